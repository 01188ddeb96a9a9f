//! Retries: delays, quotas, error classes, adaptive rates, buckets, and the contest of n clients.
//!
//! Each case calls the function of the client library that all sources use, with the draw given.

mod contest;

use super::{Case, Inexpressible, Node, Told};
use crate::base::bucket::{Bucket, take_all};
use crate::base::rng::Rng;
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;
use crate::services::shared::client::limiter::{Cubic, TokenBucket};
use crate::services::shared::client::producer::ShardLimiter;
use crate::services::shared::client::{
    Api, Backoff, Failure, KafkaBackoff, Quota, SdkMode, SdkRules, codes,
};
use serde_json::json;

/// The rules before those of botocore 1.44 ("2.1" in the tables).
const CLASSIC: Rules = Rules { as_of: 202_408 };
/// Draws of a jitter that is not given: its ends, and some between.
const DRAWS: [f64; 5] = [0.0, 0.25, 0.5, 0.75, 1.0];

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "standard-delay" => sdk_delay(case, &sdk(SdkMode::Standard, CLASSIC)?),
        "standard-2.1-delay" => sdk_delay(case, &sdk(SdkMode::Standard, Rules::NEWEST)?),
        "legacy-delay" => sdk_delay(case, &sdk(SdkMode::Legacy, CLASSIC)?),
        "max-attempts" => max_attempts(case),
        "quota" => quota(case, &sdk(SdkMode::Standard, CLASSIC)?),
        "quota-2.1" => quota(case, &sdk(SdkMode::Standard, Rules::NEWEST)?),
        "error-class" => error_class(case),
        "adaptive-cubic" => cubic(case),
        "token-bucket" => token_bucket(case),
        "kafka-backoff" => kafka(case),
        "kpl-token-bucket" => buckets(case),
        "kpl-limiter" => deadlines(case),
        "jitter-bounds" => jitter(case),
        "contest" => contest::run(case),
        _ => Err(case.unknown_kind()),
    }
}

fn sdk(mode: SdkMode, rules: Rules) -> Result<SdkRules, Inexpressible> {
    let rules = SdkRules::of(mode, Api::Other, rules);
    rules.ok_or_else(|| Inexpressible("the mode does not retry".to_owned()))
}

// ---- delays ----------------------------------------------------------------------------------

/// The draws of a case: the one given, or a spread of them.
fn draws(input: &Node<'_>) -> Result<Vec<f64>, Inexpressible> {
    let random = input.get("random")?;
    if !random.is_text() {
        return Ok(vec![random.f64()?]);
    }
    match random.text()? {
        "uniform 0..1" => Ok(DRAWS.to_vec()),
        _ => Err(random.bad("is no draw that is known")),
    }
}

fn sdk_delay(case: &Case<'_>, rules: &SdkRules) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let mode = input.get("mode")?;
    if !case.kind().starts_with(mode.text()?) {
        return Err(mode.bad("is not the mode of this kind"));
    }
    let mut rules = *rules;
    if let Some(cap) = input.opt("max_backoff_s") {
        rules.cap = cap.seconds()?;
    }
    for key in ["scale_s", "base"] {
        if let Some(scale) = input.opt(key) {
            rules.scale_other = scale.seconds()?;
        }
    }
    if let Some(growth) = input.opt("growth")
        && growth.u64()? != 2
    {
        return Err(growth.bad("is not 2, the growth of all modes"));
    }
    let attempt = input.get("attempt")?.u32()?;
    let delays: Vec<f64> = draws(&input)?
        .into_iter()
        .map(|draw| rules.delay(attempt, Failure::Transient, &mut || draw) as f64 / SECOND as f64)
        .collect();
    if let Some(delay) = expected.find("delay_s") {
        for found in &delays {
            delay.near(*found, 1e-6);
        }
    }
    if let Some(range) = expected.find("delay_s_between") {
        let (least, most) = ends(&delays);
        range.within(least, most);
    }
    Ok(())
}

fn ends(values: &[f64]) -> (f64, f64) {
    let least = values.iter().copied().fold(f64::INFINITY, f64::min);
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (least, most)
}

fn max_attempts(case: &Case<'_>) -> Told {
    let input = case.input();
    let rules = SdkRules {
        attempts: input.get("max_attempts")?.u32()?,
        ..sdk(SdkMode::Standard, CLASSIC)?
    };
    let attempt = input.get("attempt")?.u32()?;
    case.check("retry", rules.retries(attempt, Failure::Transient));
    Ok(())
}

fn kafka(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let number = |key: &str| input.get(key)?.f64();
    let backoff = KafkaBackoff {
        initial: number("initial_ms")?,
        ratio: number("ratio")?,
        max: number("max_ms")?,
        jitter: number("jitter")?,
    };
    let attempts = input.get("attempts")?.u32()?;
    let delays = DRAWS.map(|draw| backoff.pause(attempts, &mut || draw) as f64);
    let (least, most) = ends(&delays);
    if let Some(delay) = expected.find("delay_ms") {
        delay.same(least);
        delay.same(most);
    }
    if let Some(range) = expected.find("delay_ms_between") {
        range.within(least, most);
    }
    if let Some(top) = expected.find("delay_ms_at_most") {
        top.holds(most <= top.f64()?, most);
    }
    Ok(())
}

/// The back-offs of the study, in whatever unit base and cap have.
fn jitter(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let bounds = (input.get("base")?.f64()?, input.get("cap")?.f64()?);
    let n = input.opt("n").map_or(Ok(0), |n| n.u32())?;
    let previous = input.opt("previous").map_or(Ok(bounds.0), |n| n.f64())?;
    let all = |backoff: Backoff| {
        let delays = DRAWS.map(|draw| backoff.pause(bounds, n, previous, &mut || draw));
        ends(&delays)
    };
    if let Some(delay) = expected.find("exponential") {
        let (least, most) = all(Backoff::Exponential);
        delay.near(least, 1e-12);
        delay.near(most, 1e-12);
    }
    for (key, backoff) in [
        ("equal_between", Backoff::Equal),
        ("full_between", Backoff::Full),
        ("decorrelated_between", Backoff::Decorrelated),
    ] {
        if let Some(range) = expected.find(key) {
            let (least, most) = all(backoff);
            // the ends belong to the formula, so both must be met
            range.spans(least, most);
        }
    }
    Ok(())
}

// ---- quotas and classes ----------------------------------------------------------------------

fn quota(case: &Case<'_>, rules: &SdkRules) -> Told {
    let input = case.input();
    let mut quota = Quota::new(input.get("capacity")?.u32()?);
    let (mut granted, mut paid) = (Vec::new(), None);
    for op in input.get("ops")?.items()? {
        if !op.is_text() {
            let parts = op.items()?;
            let [name, amount] = &parts[..] else {
                return Err(op.bad("is no pair of a name and an amount"));
            };
            match name.text()? {
                "take" => granted.push(quota.acquire(amount.u32()?)),
                "give" => quota.release(amount.u32()?),
                other => return Err(name.bad(format!("is the unknown \"{other}\""))),
            }
            continue;
        }
        let failure = match op.text()? {
            "acquire error" => Failure::Transient,
            "acquire timeout" => Failure::Timeout,
            "acquire throttling" | "acquire throttle" => Failure::Throttle,
            "success after retry" => {
                quota.release(rules.refund_for(paid.take()));
                continue;
            }
            "success of another request without retry" | "success without retry" => {
                quota.release(rules.refund_for(None));
                continue;
            }
            _ => return Err(op.bad("is not known")),
        };
        let cost = rules.cost(failure);
        let taken = quota.acquire(cost);
        granted.push(taken);
        paid = taken.then_some(cost);
    }
    case.check("available", quota.available());
    case.check("granted", granted);
    Ok(())
}

fn error_class(case: &Case<'_>) -> Told {
    let input = case.input();
    let code = match input.opt("error_code") {
        Some(code) => Some(code.text()?),
        None => None,
    };
    // a code without a status is a refusal of the request
    let status = input.opt("http_status").map_or(Ok(400), |n| n.u32())?;
    let status = u16::try_from(status).map_err(|_| input.bad("has no HTTP status"))?;
    let failure = codes::failure(code, status);
    case.check("throttling", failure == Failure::Throttle);
    case.check("transient", failure == Failure::Transient);
    let once = sdk(SdkMode::Standard, CLASSIC)?.retries(1, failure);
    case.check("retried", once);
    Ok(())
}

// ---- rates -----------------------------------------------------------------------------------

fn cubic(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let number = |key: &str, otherwise: f64| input.opt(key).map_or(Ok(otherwise), |n| n.f64());
    let start = number("start_time", 0.0)?;
    let (beta, scale) = (input.get("beta")?.f64()?, input.get("scale")?.f64()?);
    let mut cubic = Cubic::new(input.get("start_rate")?.f64()?, start, beta, scale);
    let mut rate = None;
    if let Some(at) = input.opt("error_at_s") {
        rate = Some(cubic.error(input.get("rate_then")?.f64()?, at.f64()?));
    }
    if let Some(at) = input.opt("success_at_s") {
        rate = Some(cubic.success(at.f64()?));
    }
    for (key, found) in [
        ("k", Some(cubic.k())),
        ("w_max", Some(cubic.w_max())),
        ("rate", rate),
    ] {
        if let Some(field) = expected.find(key) {
            match found {
                Some(found) => field.near(found, 1e-8),
                None => field.holds(false, "no rate"),
            }
        }
    }
    Ok(())
}

fn token_bucket(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    if let Some(empty) = input.opt("start_empty")
        && !empty.flag()?
    {
        return Err(empty.bad("is false, and the limiter starts empty"));
    }
    let number = |key: &str, otherwise: f64| input.opt(key).map_or(Ok(otherwise), |n| n.f64());
    let mut bucket = TokenBucket::new(number("max_rate", 1.0)?, number("min_rate", 0.5)?, 0);
    let mut change: Option<(Us, f64)> = match input.opt("set_max_rate") {
        Some(set) => Some((set.get("t_s")?.seconds()?, set.get("value")?.f64()?)),
        None => None,
    };
    let mut granted = Vec::new();
    for take in input
        .opt("takes")
        .map_or(Ok(Vec::new()), |list| list.items())?
    {
        let at = take.get("t_s")?.seconds()?;
        if let Some((when, rate)) = change.filter(|(when, _)| *when <= at) {
            bucket.set_rate(rate, when);
            change = None;
        }
        granted.push(bucket.take(take.get("n")?.u64()?, at));
    }
    if let Some((when, rate)) = change {
        bucket.set_rate(rate, when);
    }
    case.check("granted", granted);
    for (key, found) in [
        ("max_rate", bucket.rate()),
        ("max_capacity", bucket.capacity()),
    ] {
        if let Some(field) = expected.find(key) {
            field.near(found, 1e-12);
        }
    }
    Ok(())
}

/// A take is granted if every stream of the bucket has enough.
fn buckets(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut streams = Vec::new();
    for stream in input.get("streams")?.items()? {
        let (most, rate) = (stream.get("max")?.u64()?, stream.get("rate_per_s")?.u64()?);
        streams.push(Bucket::new(most, rate, 0));
    }
    let mut granted = Vec::new();
    for take in input.get("takes")?.items()? {
        let at = take.get("t_ms")?.millis()?;
        let amounts = take.get("n")?;
        let wants: Result<Vec<u64>, _> = match amounts.is_list() {
            true => amounts.items()?.iter().map(Node::u64).collect(),
            false => Ok(vec![amounts.u64()?]),
        };
        let wants = wants?;
        if wants.len() != streams.len() {
            return Err(amounts.bad("has not one amount a stream"));
        }
        granted.push(take_all(&mut streams, at, &wants));
    }
    case.check("granted", granted);
    Ok(())
}

/// Records come in random order, with deadlines of their own, and leave within a shard's limits.
fn deadlines(case: &Case<'_>) -> Told {
    let input = case.input();
    let n = input.get("records")?.u64()?;
    let order = input.get("deadlines")?;
    if order.text()? != "distinct, arrival order random" || n > 1_000_000 {
        return Err(order.bad("is no order that is known"));
    }
    let mut rng = Rng::stream(1, 0, "deadlines");
    let mut deadlines: Vec<Us> = (0..n).map(|i| SECOND + i * 1_000).collect();
    for i in (1..deadlines.len()).rev() {
        deadlines.swap(i, rng.below(i as u64 + 1) as usize);
    }
    let mut limiter = ShardLimiter::new(1_000, 1 << 20, 150, 0);
    for deadline in deadlines {
        limiter.add(deadline, 1, 100);
    }
    let (mut gone, mut now) = (Vec::new(), 0);
    while limiter.waiting() > 0 {
        gone.extend(limiter.drain(now).into_iter().map(|(deadline, _)| deadline));
        now = limiter.next_at(now).unwrap_or(now + SECOND);
    }
    let ordered = gone.len() as u64 == n && gone.is_sorted();
    case.check("emitted_in_order_of_deadline", json!(ordered));
    case.check("emitted", gone.len());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;
    use serde_json::Value as Json;

    fn told(kind: &str, input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "x", "kind": kind, "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    fn fails(kind: &str, input: &Json, expected: &Json) -> bool {
        matches!(told(kind, input, expected), Verdict::Failed(_))
    }

    #[test]
    fn delays_are_told_with_their_draw() {
        let input = json!({"mode": "standard", "attempt": 3, "random": 0.5, "max_backoff_s": 3});
        assert_eq!(
            told("standard-delay", &input, &json!({"delay_s": 1.5})),
            Verdict::Passed
        );
        assert!(fails("standard-delay", &input, &json!({"delay_s": 2})));
        let input = json!({"base": 4, "cap": 100, "n": 2});
        let kind = "jitter-bounds";
        assert_eq!(
            told(kind, &input, &json!({"equal_between": [8, 16]})),
            Verdict::Passed
        );
        assert!(
            fails(kind, &input, &json!({"equal_between": [7, 16]})),
            "an end that is not met"
        );
    }

    #[test]
    fn quotas_know_their_rules() {
        // aws-facts 4.6
        let input = json!({"capacity": 100, "ops": ["acquire throttling", "acquire error"]});
        assert_eq!(
            told("quota-2.1", &input, &json!({"available": 81})),
            Verdict::Passed
        );
        assert_eq!(
            told("quota", &input, &json!({"available": 90})),
            Verdict::Passed
        );
        assert!(fails("quota", &input, &json!({"available": 81})));
        let odd = json!({"capacity": 100, "ops": ["borrow"]});
        let found = told("quota", &odd, &json!({"available": 100}));
        assert!(matches!(found, Verdict::NotExpressible(_)), "{found:?}");
    }

    #[test]
    fn a_take_needs_every_stream() {
        let streams = json!([{"max": 10, "rate_per_s": 10}, {"max": 5, "rate_per_s": 1}]);
        let takes = json!([{"t_ms": 0, "n": [4, 6]}, {"t_ms": 0, "n": [10, 5]}, {"t_ms": 500, "n": [5, 0]}]);
        let input = json!({"streams": streams, "takes": takes});
        let granted = json!({"granted": [false, true, true]});
        assert_eq!(told("kpl-token-bucket", &input, &granted), Verdict::Passed);
    }
}
