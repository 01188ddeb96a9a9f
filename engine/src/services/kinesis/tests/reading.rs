//! Iterators, limits of reading, retention (aws-facts W7, W10; 1.3.11 to 1.3.13).

use super::{count, get, got, iterator, put};
use crate::base::time::{HOUR, MINUTE, MS, SECOND};
use crate::services::facts::Fact;
use crate::services::rig::Rig;
use crate::services::talk::{Reason, Reply, StartAt};

/// A bench with one shard and one lane.
fn bench(settings: &[(&str, &str)]) -> (Rig, u32) {
    let mut rig = Rig::new(1);
    let mut all = vec![("shards", "1")];
    all.extend(settings);
    rig.node("s", "kinesis", &all);
    let lane = rig.lane("k", None);
    (rig, lane)
}

/// Puts `n` records of `bytes` at a time.
fn fill(rig: &mut Rig, lane: u32, at: u64, first: u64, n: u32, bytes: u32) {
    rig.run_to(at);
    let parcel = rig.parcel(lane, first, n, bytes);
    assert!(put(rig, vec![parcel]).is_empty(), "{n} records at {at} us");
}

fn refusal(reply: &Reply) -> Option<Reason> {
    match reply {
        Reply::Refused { reason, .. } => Some(*reason),
        _ => None,
    }
}

#[test]
fn five_types_of_iterator() {
    let (mut rig, lane) = bench(&[]);
    fill(&mut rig, lane, 0, 0, 5, 10);
    fill(&mut rig, lane, 2 * SECOND, 5, 5, 10);
    rig.run_to(3 * SECOND);
    for (start, first) in [
        (StartAt::TrimHorizon, Some(0)),
        (StartAt::Latest, Some(10)),
        (StartAt::AtTimestamp(0), Some(0)),
        (StartAt::AtTimestamp(1), Some(5)),
        (StartAt::AtTimestamp(2 * SECOND), Some(5)),
        (StartAt::AtTimestamp(3 * SECOND), Some(10)),
        (StartAt::AtTimestamp(30 * SECOND), None),
        (StartAt::AtSequence(3), Some(3)),
        (StartAt::AfterSequence(3), Some(4)),
        (StartAt::AfterSequence(9), Some(10)),
        (StartAt::AtSequence(10), None),
        (StartAt::AfterSequence(10), None),
    ] {
        rig.run_to(rig.engine.now() + SECOND);
        assert_eq!(iterator(&mut rig, 0, start), first, "{start:?}");
    }
    assert_eq!(
        iterator(&mut rig, 1, StartAt::Latest),
        None,
        "there is no shard 1"
    );
}

#[test]
fn latest_gives_what_comes_after_the_call() {
    let (mut rig, lane) = bench(&[]);
    fill(&mut rig, lane, 0, 0, 4, 10);
    let from = iterator(&mut rig, 0, StartAt::Latest).expect("an iterator");
    fill(&mut rig, lane, 2 * MS, 4, 1, 10);
    let (reads, next, behind, _) = got(&mut rig, 0, from);
    assert_eq!(
        (reads[0].parcel.first, count(&reads), next, behind),
        (4, 1, Some(5), 0)
    );
}

#[test]
fn one_iterator_gives_the_same_again() {
    let (mut rig, lane) = bench(&[]);
    fill(&mut rig, lane, 0, 0, 5, 10);
    for (from, limit, n) in [(1, 2, 2), (3, 3, 2), (3, 1, 1), (3, 10_000, 2)] {
        let Reply::Records { reads, .. } = get(&mut rig, 0, from, limit) else {
            panic!("no records")
        };
        assert_eq!(
            (reads[0].ordinal, count(&reads)),
            (from, n),
            "from {from}, {limit} at most"
        );
    }
    assert_eq!(
        refusal(&get(&mut rig, 0, 0, 0)),
        Some(Reason::Invalid),
        "Limit 0"
    );
    assert_eq!(
        refusal(&get(&mut rig, 0, 0, 10_001)),
        Some(Reason::Invalid),
        "Limit 10,001"
    );
}

#[test]
fn an_iterator_expires_after_five_minutes() {
    let (mut rig, _) = bench(&[]);
    let expired = Some(Reason::ExpiredIterator);
    for (age, wanted) in [(5 * MINUTE - 1, None), (5 * MINUTE, expired)] {
        rig.run_to(rig.engine.now() + 10 * MINUTE);
        let issued = rig.engine.now() - age;
        let ask = crate::services::talk::Ask::GetRecords {
            shard: 0,
            ordinal: 0,
            issued,
            limit: 9,
        };
        assert_eq!(refusal(&rig.ask("s", ask)), wanted, "{age} us old");
    }
    let told = rig.facts.iter().filter_map(|(_, fact)| match fact {
        Fact::CallRefused { lane, reason, .. } => Some((*lane, *reason)),
        _ => None,
    });
    assert_eq!(
        told.collect::<Vec<_>>(),
        [(Some(0), Reason::ExpiredIterator)],
        "observers learn why"
    );
}

#[test]
fn five_calls_a_second_and_then_a_second_of_silence() {
    let (mut rig, _) = bench(&[]);
    let mut answers = Vec::new();
    for tenth in 0..20_u64 {
        rig.run_to(tenth * SECOND / 10);
        answers.push(refusal(&get(&mut rig, 0, 0, 10)));
    }
    assert!(answers[..5].iter().all(Option::is_none), "five calls");
    let closed = answers[5..15]
        .iter()
        .all(|answer| *answer == Some(Reason::ReadCalls));
    assert!(
        closed,
        "refused, and for a second from the first refusal on"
    );
    assert!(answers[15].is_none(), "open again");
    assert_eq!(
        rig.metric("s", "ReadProvisionedThroughputExceeded") as u64,
        10
    );
}

#[test]
fn five_readers_each_once_a_second_are_served() {
    let (mut rig, _) = bench(&[]);
    for second in 0..20_u64 {
        rig.run_to(second * SECOND);
        let served = (0..5)
            .filter(|_| refusal(&get(&mut rig, 0, 0, 10)).is_none())
            .count();
        assert_eq!(served, 5, "second {second}");
    }
}

#[test]
fn a_full_answer_shuts_the_shard_for_five_seconds() {
    for (after, open) in [
        (1_000, false),
        (3_000, false),
        (4_900, false),
        (5_000, true),
    ] {
        let (mut rig, lane) = bench(&[]);
        for second in 0..12_u64 {
            fill(
                &mut rig,
                lane,
                second * SECOND,
                second * 64,
                64,
                (16 << 10) - 1,
            );
        }
        rig.run_to(20 * SECOND);
        let (reads, next, _, _) = got(&mut rig, 0, 0);
        assert_eq!(
            (count(&reads), next),
            (640, Some(640)),
            "10 MiB, whole records"
        );
        rig.run_to(20 * SECOND + after * MS);
        let reply = get(&mut rig, 0, 640, 10_000);
        assert_eq!(refusal(&reply).is_none(), open, "{after} ms later");
        let wrong = matches!(refusal(&reply), Some(reason) if reason != Reason::ReadBytes);
        assert!(!wrong, "the bytes are the reason");
    }
}

#[test]
fn readers_share_two_mib_a_second() {
    let (mut rig, lane) = bench(&[]);
    for second in 0..30_u64 {
        fill(
            &mut rig,
            lane,
            second * SECOND,
            second * 64,
            64,
            (16 << 10) - 1,
        );
    }
    let (mut bytes, mut from) = (0, 0);
    for fifth in 0..100_u64 {
        rig.run_to(30 * SECOND + fifth * SECOND / 5);
        if let Reply::Records { reads, next, .. } = get(&mut rig, 0, from, 64) {
            bytes += count(&reads) * (16 << 10);
            from = next.expect("open");
            from %= 1_900;
        }
    }
    let mib_s = bytes as f64 / f64::from(1 << 20) / 20.0;
    assert!((1.0..=2.1).contains(&mib_s), "{mib_s} MiB/s over 20 s");
}

#[test]
fn behind_is_told_until_the_tip_is_reached() {
    let (mut rig, lane) = bench(&[]);
    fill(&mut rig, lane, 0, 0, 1, 10);
    fill(&mut rig, lane, SECOND, 1, 1, 10);
    let behind = |reply: Reply| match reply {
        Reply::Records { behind_ms, .. } => behind_ms,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        behind(get(&mut rig, 0, 0, 1)),
        1_000,
        "the last record returned is a second old"
    );
    assert_eq!(behind(get(&mut rig, 0, 1, 1)), 0, "at the tip");
}

#[test]
fn age_grows_as_the_worked_numbers_say() {
    // aws-facts W10: 1,000 in, 800 out a second: after 600 s 120,000 behind, 120 s old
    let (mut rig, lane) = bench(&[]);
    let mut from = 0;
    for tick in 0..1_200_u64 {
        let at = tick * SECOND / 2;
        fill(&mut rig, lane, at, tick * 500, 500, 10);
        if let Reply::Records {
            next: Some(next), ..
        } = get(&mut rig, 0, from, 400)
        {
            from = next;
        }
    }
    assert_eq!(600_000 - from, 120_000, "the backlog");
    let age = rig.metric("s", "GetRecords.IteratorAgeMilliseconds") / 1_000.0;
    assert!((119.0..=121.0).contains(&age), "{age} s");
}

#[test]
fn retention_ends_reading_and_raising_brings_nothing_back() {
    let (mut rig, lane) = bench(&[("retention", "30h")]);
    fill(&mut rig, lane, 0, 0, 10, 10);
    fill(&mut rig, lane, 10 * HOUR, 10, 10, 10);
    rig.run_to(29 * HOUR);
    assert_eq!(
        iterator(&mut rig, 0, StartAt::TrimHorizon),
        Some(0),
        "all is within 30 h"
    );
    rig.set("s", &[("retention", "24h")]);
    assert_eq!(
        iterator(&mut rig, 0, StartAt::TrimHorizon),
        Some(10),
        "lowered: cut at once"
    );
    rig.set("s", &[("retention", "48h")]);
    assert_eq!(
        iterator(&mut rig, 0, StartAt::TrimHorizon),
        Some(10),
        "raised: gone is gone"
    );
    rig.run_to(57 * HOUR);
    assert_eq!(
        got(&mut rig, 0, 0).0[0].ordinal,
        10,
        "too old an iterator: the oldest kept"
    );
    rig.run_to(58 * HOUR);
    assert_eq!(
        iterator(&mut rig, 0, StartAt::TrimHorizon),
        Some(20),
        "48 h are over"
    );
    assert_eq!(
        rig.gauges("s")
            .readings
            .iter()
            .find(|r| r.key == "kept")
            .map(|r| r.value),
        Some(0.0)
    );
}

#[test]
fn order_holds_in_each_shard_over_many_lanes() {
    let mut rig = Rig::new(3);
    rig.node("s", "kinesis", &[("shards", "4")]);
    let lanes: Vec<u32> = (0..20)
        .map(|i| rig.lane(&format!("key-{i}"), None))
        .collect();
    for tick in 0..50_u64 {
        rig.run_to(tick * SECOND / 10);
        let entries = lanes
            .iter()
            .map(|lane| rig.parcel(*lane, tick * 3, 3, 50))
            .collect();
        put(&mut rig, entries);
    }
    let mut seen = 0;
    for shard in 0..4 {
        let (reads, _, _, _) = got(&mut rig, shard, 0);
        let mut last = std::collections::BTreeMap::new();
        for read in &reads {
            let next = last.entry(read.parcel.lane).or_insert(0);
            assert_eq!(
                read.parcel.first, *next,
                "lane {} in shard {shard}",
                read.parcel.lane
            );
            *next += u64::from(read.parcel.n);
        }
        seen += count(&reads);
    }
    assert_eq!(seen, 50 * 20 * 3, "nothing is missing");
}
