//! Tests of the laws of retries: the worked numbers W26 to W30.

use super::limiter::{Cubic, TokenBucket};
use super::*;
use crate::base::time::{MS, SECOND};

const OLD: Rules = Rules { as_of: 202_408 };

fn rules(mode: SdkMode, api: Api, under: Rules) -> SdkRules {
    SdkRules::of(mode, api, under).expect("a mode that retries")
}

/// Bounds of all delays of a rule set [ms], as long as it retries.
fn bounds(rules: &SdkRules, failure: Failure) -> Vec<u64> {
    let attempts = (1..20).take_while(|attempt| rules.retries(*attempt, failure));
    attempts
        .map(|attempt| rules.delay(attempt, failure, &mut || 1.0) / MS)
        .collect()
}

#[test]
fn w26_bounds_of_sdk_delays() {
    let new = Rules::NEWEST;
    let standard = rules(SdkMode::Standard, Api::Other, new);
    assert_eq!(
        bounds(&standard, Failure::Throttle),
        [1_000, 2_000],
        "throttling"
    );
    assert_eq!(
        bounds(&standard, Failure::Transient),
        [50, 100],
        "other errors"
    );
    let table = rules(SdkMode::Standard, Api::DynamoDb, new);
    assert_eq!(
        bounds(&table, Failure::Transient),
        [25, 50, 100],
        "DynamoDB, other errors"
    );
    assert_eq!(
        bounds(&table, Failure::Throttle),
        [1_000, 2_000, 4_000],
        "DynamoDB, throttling"
    );
    let legacy = rules(SdkMode::Legacy, Api::DynamoDb, new);
    let exact = bounds(&legacy, Failure::Throttle);
    assert_eq!(
        exact,
        [50, 100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800],
        "legacy DynamoDB"
    );
    assert_eq!(exact.iter().sum::<u64>(), 25_550, "25.55 s in all");
    assert_eq!(
        legacy.delay(3, Failure::Throttle, &mut || 0.1),
        200 * MS,
        "without jitter"
    );
    let legacy = rules(SdkMode::Legacy, Api::Other, new);
    assert_eq!(
        bounds(&legacy, Failure::Throttle),
        [1_000, 2_000, 4_000, 8_000],
        "legacy"
    );
    assert_eq!(
        legacy.delay(2, Failure::Throttle, &mut || 0.5),
        SECOND,
        "with jitter"
    );
    assert!(
        bounds(&standard, Failure::Fatal).is_empty(),
        "what is wrong stays wrong"
    );
    assert!(
        SdkRules::of(SdkMode::None, Api::Other, new).is_none(),
        "no retries"
    );
}

#[test]
fn older_rules_give_older_delays() {
    let standard = rules(SdkMode::Standard, Api::Other, OLD);
    assert_eq!(
        bounds(&standard, Failure::Transient),
        [1_000, 2_000],
        "no short scale yet"
    );
    assert_eq!(
        bounds(&standard, Failure::Throttle),
        [1_000, 2_000],
        "as today"
    );
    assert_eq!(
        standard.delay(9, Failure::Throttle, &mut || 1.0),
        20 * SECOND,
        "the cap"
    );
    let table = rules(SdkMode::Standard, Api::DynamoDb, OLD);
    assert_eq!(table.attempts, 3, "no fourth attempt yet");
}

/// Delays before nine retries [ms], with every draw the same.
fn delays(backoff: Backoff, draw: f64) -> Vec<u64> {
    let resend = resend(backoff);
    let mut previous = 0;
    let next = |attempt| {
        previous = resend.delay(attempt, previous, &mut || draw)?;
        Some(previous / MS)
    };
    (1..10).filter_map(next).collect()
}

fn resend(backoff: Backoff) -> Resend {
    Resend {
        backoff,
        base: 100 * MS,
        cap: 20 * SECOND,
        attempts: 10,
    }
}

#[test]
fn w26_w29_w30_bounds_of_resends() {
    let full = [100, 200, 400, 800, 1_600, 3_200, 6_400, 12_800, 20_000];
    assert_eq!(delays(Backoff::Full, 1.0), full, "W26, upper bounds");
    assert_eq!(delays(Backoff::Full, 0.0), [0; 9], "W26, lower bounds");
    assert_eq!(delays(Backoff::Exponential, 0.3), full, "without jitter");
    assert_eq!(delays(Backoff::Equal, 0.0)[3], 400, "W29: 0.4 to");
    assert_eq!(delays(Backoff::Equal, 1.0)[3], 800, "W29: 0.8 s");
    assert_eq!(delays(Backoff::Fixed, 0.7), [100; 9], "fixed");
    let loose = resend(Backoff::Decorrelated);
    assert_eq!(
        loose.delay(2, 400 * MS, &mut || 0.0),
        Some(100 * MS),
        "W29: 0.1 to"
    );
    assert_eq!(
        loose.delay(2, 400 * MS, &mut || 1.0),
        Some(1_200 * MS),
        "W29: 1.2 s"
    );
    let notes = delays(Backoff::Exponential, 0.0)[..3].iter().sum::<u64>();
    assert_eq!(notes, 700, "W30: the notes' loop waits 0.7 s");
    let spent = Resend {
        attempts: 3,
        ..loose
    };
    assert_eq!(
        spent.delay(3, 0, &mut || 1.0),
        None,
        "three attempts are two retries"
    );
}

#[test]
fn w27_retries_until_the_quota_is_empty() {
    let count = |under, failure| {
        let rules = rules(SdkMode::Standard, Api::Other, under);
        let mut quota = rules.new_quota();
        let n = std::iter::repeat_with(|| quota.acquire(rules.cost(failure)));
        (n.take_while(|granted| *granted).count(), quota.available())
    };
    assert_eq!(
        count(Rules::NEWEST, Failure::Transient),
        (35, 10),
        "14 each, 10 left"
    );
    assert_eq!(count(Rules::NEWEST, Failure::Throttle), (100, 0), "5 each");
    assert_eq!(count(OLD, Failure::Transient), (100, 0), "5 each");
    assert_eq!(count(OLD, Failure::Timeout), (50, 0), "10 each");
}

#[test]
fn successes_fill_the_quota_up() {
    let mut quota = Quota::new(500);
    assert!(quota.acquire(5), "500 tokens");
    quota.release(1);
    assert_eq!(
        quota.available(),
        496,
        "a success of another request gives 1 back"
    );
    quota.release(5);
    assert!(
        quota.is_full(),
        "a success after a retry gives its cost back, up to the capacity"
    );
}

#[test]
fn w28_cubic_recovers_after_k() {
    let cubic = Cubic::new(10.0, 0.0, 0.7, 0.4);
    assert!(
        (cubic.k() - 1.957_433_820_584_431_7).abs() < 1e-12,
        "cbrt(10 x 0.3 / 0.4)"
    );
    for (at, rate) in [
        (0.0, 7.0),
        (1.0, 9.648_936_01),
        (2.5, 10.063_887_832),
        (4.0, 13.408_697),
    ] {
        assert!((cubic.success(at) - rate).abs() < 1e-6, "at {at} s");
    }
    assert!((cubic.success(cubic.k()) - 10.0).abs() < 1e-12, "back at K");
    let mut other = Cubic::new(10.0, 0.0, 0.6, 0.4);
    assert!((other.error(10.0, 1.0) - 6.0).abs() < 1e-12, "another beta");
}

#[test]
fn w28_the_limiter_starts_at_the_first_throttle() {
    let mut limiter = Limiter::new(Rules::NEWEST, 0);
    for ix in 0..200_u64 {
        assert_eq!(limiter.acquire(ix * 100 * MS), Ok(()), "it sleeps");
        limiter.answered(false, ix * 100 * MS);
    }
    assert!(
        (limiter.measured() - 10.0).abs() < 1e-6,
        "ten a second: {}",
        limiter.measured()
    );
    limiter.answered(true, 20 * SECOND);
    let rate = limiter.rate().expect("awake");
    assert!(
        (rate - limiter.measured() * 0.7).abs() < 1e-9,
        "seven a second, got {rate}"
    );
    let burst = (0..20).take_while(|_| limiter.acquire(20 * SECOND).is_ok());
    assert_eq!(
        burst.count(),
        7,
        "what the bucket holds: one second's worth"
    );
    let wait = limiter.acquire(20 * SECOND).expect_err("then it is empty");
    assert!(
        (1..=SECOND / 7 + 1).contains(&wait),
        "a seventh of a second: {wait} us"
    );
    assert_eq!(
        limiter.acquire(20 * SECOND + wait),
        Ok(()),
        "then it goes on"
    );
}

#[test]
fn buckets_have_a_least_rate_and_room_for_one() {
    let mut bucket = TokenBucket::new(1.0, 0.2, 0);
    bucket.set_rate(0.1, SECOND);
    assert_eq!(
        (bucket.rate(), bucket.capacity()),
        (0.2, 1.0),
        "the least rate, one token"
    );
    let mut steady = TokenBucket::new(10.0, 0.5, 0);
    for ix in 0..20_u64 {
        assert!(
            steady.take(1, SECOND + ix * 100 * MS),
            "ten a second, take {ix}"
        );
    }
}

#[test]
fn kafka_delays_grow_to_their_top_and_scatter_by_their_share() {
    let backoff = KafkaBackoff {
        initial: 50.0,
        ratio: 3.0,
        max: 1_000.0,
        jitter: 0.25,
    };
    let pause = |attempts, draw| backoff.pause(attempts, &mut || draw);
    assert_eq!(
        [0, 1, 2, 3, 9].map(|n| pause(n, 0.5)),
        [50, 150, 450, 1_000, 1_000]
    );
    assert_eq!((pause(1, 0.0), pause(1, 1.0)), (112, 187));
    assert_eq!(pause(9, 1.0), 1_000, "never above the top");
    let short = KafkaBackoff {
        max: 10.0,
        jitter: 0.0,
        ..backoff
    };
    assert_eq!(short.pause(4, &mut || 0.5), 50, "never below the first");
}
