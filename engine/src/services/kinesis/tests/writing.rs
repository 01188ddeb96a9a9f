//! Routing, the two buckets, partial failure (aws-facts W1, W2, W4, W6, W8).

use super::{count, get, got, iterator, put};
use crate::base::rng::Rng;
use crate::base::time::SECOND;
use crate::catalog::Rules;
use crate::services::facts::Fact;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Reason, Reply, StartAt};

/// The shard that holds the one record of a key.
fn shard_of(shards: &str, key: &str, explicit: Option<u128>) -> u32 {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", shards)]);
    let lane = rig.lane(key, explicit);
    let parcel = rig.parcel(lane, 0, 1, 100);
    assert!(put(&mut rig, vec![parcel]).is_empty(), "it is taken");
    let admitted = rig.facts.iter().find_map(|(_, fact)| match fact {
        Fact::Admitted { lane, .. } => Some(*lane),
        _ => None,
    });
    admitted.expect("a shard took it")
}

#[test]
fn keys_go_where_the_worked_numbers_say() {
    for (key, of_3, of_4, of_5, of_8, of_10) in [
        ("store-001", 0, 0, 1, 1, 2),
        ("store-002", 2, 2, 3, 5, 7),
        ("store-003", 2, 3, 4, 7, 8),
        ("store-004", 1, 2, 2, 4, 5),
        ("cust-12345", 0, 0, 0, 1, 1),
        ("12345", 1, 2, 2, 4, 5),
        ("67890", 0, 0, 0, 0, 1),
    ] {
        for (shards, wanted) in [
            ("3", of_3),
            ("4", of_4),
            ("5", of_5),
            ("8", of_8),
            ("10", of_10),
        ] {
            assert_eq!(shard_of(shards, key, None), wanted, "{key} of {shards}");
        }
    }
}

#[test]
fn explicit_hash_keys_go_by_range() {
    let border = 85_070_591_730_234_615_865_843_651_857_942_052_863;
    for (key, shard) in [
        (0, 0),
        (1 << 127, 2),
        (u128::MAX, 3),
        (border, 0),
        (border + 1, 1),
    ] {
        assert_eq!(shard_of("4", "a", Some(key)), shard, "{key}");
    }
}

#[test]
fn a_thousand_keys_fall_as_the_worked_numbers_say() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "4")]);
    let keys: Vec<String> = (1..=1_000).map(|i| format!("store-{i:04}")).collect();
    let lanes: Vec<u32> = keys.iter().map(|key| rig.lane(key, None)).collect();
    for some in lanes.chunks(500) {
        let entries = some
            .iter()
            .map(|lane| rig.parcel(*lane, 0, 1, 100))
            .collect();
        assert!(put(&mut rig, entries).is_empty(), "all are taken");
    }
    let admitted: Vec<u64> = rig
        .gauges("s")
        .lanes
        .iter()
        .map(|lane| lane.admitted)
        .collect();
    assert_eq!(admitted, [274, 236, 231, 259]);
}

#[test]
fn the_third_call_of_500_in_one_second_fails() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lane = rig.lane("k", None);
    let mut failed = Vec::new();
    for call in 0..3 {
        let parcel = rig.parcel(lane, call * 500, 500, 99);
        failed.push(put(&mut rig, vec![parcel]));
    }
    assert!(
        failed[0].is_empty() && failed[1].is_empty(),
        "1,000 are taken"
    );
    assert_eq!(failed[2].len(), 1, "one parcel comes back whole");
    assert_eq!(
        (failed[2][0].0.n, failed[2][0].1),
        (500, Reason::WriteRecords)
    );
    assert_eq!(
        rig.metric("s", "WriteProvisionedThroughputExceeded") as u64,
        500
    );
    assert_eq!(rig.metric("s", "IncomingRecords") as u64, 1_000);
    assert_eq!(
        rig.metric("s", "PutRecords.Success") as u64,
        2,
        "the third had no success"
    );
}

#[test]
fn large_parcels_bind_at_the_bytes() {
    for (key, n) in [("", 51), ("k".repeat(256).as_str(), 50)] {
        let mut rig = Rig::new(1);
        rig.node("s", "kinesis", &[("shards", "1")]);
        let lane = rig.lane(if key.is_empty() { "k" } else { key }, None);
        let bytes = if key.is_empty() { 20_479 } else { 20_480 };
        let parcel = rig.parcel(lane, 0, 80, bytes);
        let failed = put(&mut rig, vec![parcel]);
        assert_eq!(80 - failed[0].0.n, n, "with {} bytes of key", key.len());
        assert_eq!(
            (failed[0].0.first, failed[0].1),
            (u64::from(n), Reason::WriteBytes),
            "tail"
        );
    }
}

#[test]
fn one_key_at_three_times_the_limit_gets_a_third() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "10")]);
    let lane = rig.lane("k", None);
    for tenth in 0..100_u64 {
        rig.run_to(tenth * SECOND / 10);
        let parcel = rig.parcel(lane, tenth * 31, 31, 10_239);
        put(&mut rig, vec![parcel]);
    }
    let lanes = rig.gauges("s").lanes;
    let busy: Vec<_> = lanes.iter().filter(|lane| lane.tried > 0).collect();
    assert_eq!(busy.len(), 1, "nine shards stay idle");
    let mib = busy[0].bytes as f64 / f64::from(1 << 20);
    assert!(
        (10.0..=11.0).contains(&mib),
        "1 MiB/s and the first second's worth: {mib}"
    );
}

#[test]
fn failed_entries_keep_the_order_of_the_request() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "2")]);
    let (low, high) = (rig.lane("a", Some(0)), rig.lane("b", Some(u128::MAX)));
    for first in [0, 400] {
        let fill = [low, high].map(|lane| rig.parcel(lane, first, 249, 10));
        assert!(put(&mut rig, fill.to_vec()).is_empty());
        let fill = [low, high].map(|lane| rig.parcel(lane, first + 249, 249, 10));
        put(&mut rig, fill.to_vec());
    }
    let entries = [(high, 1_000), (low, 1_000), (high, 1_100), (low, 1_100)];
    let entries = entries.map(|(lane, first)| rig.parcel(lane, first, 30, 10));
    let failed = put(&mut rig, entries.to_vec());
    let order: Vec<(u32, u64, u32)> = failed.iter().map(|(p, _)| (p.lane, p.first, p.n)).collect();
    assert_eq!(
        order,
        [
            (high, 1_004, 26),
            (low, 1_004, 26),
            (high, 1_100, 30),
            (low, 1_100, 30)
        ]
    );
}

#[test]
fn calls_and_records_above_the_limits_are_refused() {
    let refusal = |rules: Rules, records: &[(u32, u32)]| {
        let mut rig = Rig::under(1, rules);
        rig.node("s", "kinesis", &[("shards", "1")]);
        let lane = rig.lane("key", None);
        let entries = records
            .iter()
            .map(|(n, bytes)| rig.parcel(lane, 0, *n, *bytes))
            .collect();
        match rig.ask(
            "s",
            Ask::Put {
                entries,
                batched: true,
            },
        ) {
            Reply::Refused { reason, .. } => Some(reason),
            Reply::Put { failed } => failed
                .first()
                .filter(|failed| failed.reason == Reason::TooLarge)
                .map(|failed| failed.reason),
            other => panic!("{other:?}"),
        }
    };
    let old = Rules { as_of: 202_408 };
    assert_eq!(
        refusal(Rules::NEWEST, &[(501, 1)]),
        Some(Reason::Malformed),
        "501 records"
    );
    assert_eq!(refusal(Rules::NEWEST, &[(500, 1)]), None, "500 records");
    let five = [(5, (1 << 20) - 3)];
    assert_eq!(refusal(old, &five), None, "5 MiB");
    assert_eq!(
        refusal(old, &[five[0], (1, 1)]),
        Some(Reason::CallTooLarge),
        "more, before 2025-10"
    );
    assert_eq!(
        refusal(Rules::NEWEST, &[five[0], (1, 1)]),
        None,
        "more, now"
    );
    assert_eq!(
        refusal(Rules::NEWEST, &[(1, (1 << 20) - 2)]),
        Some(Reason::TooLarge),
        "1 MiB + 1"
    );
    assert_eq!(
        refusal(Rules::NEWEST, &[(1, (1 << 20) - 3)]),
        None,
        "1 MiB with its key"
    );
}

#[test]
fn an_oversized_record_fails_alone() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lane = rig.lane("key", None);
    let entries = vec![rig.parcel(lane, 0, 1, 10), rig.parcel(lane, 1, 1, 2 << 20)];
    let failed = put(&mut rig, entries);
    assert_eq!(failed.len(), 1);
    assert_eq!((failed[0].0.first, failed[0].1), (1, Reason::TooLarge));
    // FailedRecords counts internal failures, not what the caller did wrong (aws-facts 1.5)
    let counted = ["Total", "Successful", "Throttled", "Failed"]
        .map(|what| rig.metric("s", &format!("PutRecords.{what}Records")));
    assert_eq!(
        counted,
        [2.0, 1.0, 0.0, 0.0],
        "total, in, throttled, failed"
    );
    rig.set("s", &[("max_record_size", "10240")]);
    let parcel = rig.parcel(lane, 1, 1, 10 * (1 << 20) - 3);
    assert_eq!(
        put(&mut rig, vec![parcel]).len(),
        1,
        "the tank lacks the first record's bytes"
    );
    rig.run_to(SECOND);
    assert!(put(&mut rig, vec![parcel]).is_empty(), "a burst of 10 MiB");
}

#[test]
fn what_is_put_can_be_read_in_order() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lanes = ["a", "b", "c"].map(|key| rig.lane(key, None));
    for (i, lane) in lanes.iter().cycle().take(9).enumerate() {
        let parcel = rig.parcel(*lane, i as u64 / 3 * 5, 5, 10);
        put(&mut rig, vec![parcel]);
    }
    let from = iterator(&mut rig, 0, StartAt::TrimHorizon).expect("an iterator");
    let (reads, next, behind, _) = got(&mut rig, 0, from);
    assert_eq!((count(&reads), next, behind), (45, Some(45), 0));
    assert!(
        reads.windows(2).all(|two| two[0].ordinal < two[1].ordinal),
        "in order"
    );
    assert!(
        matches!(get(&mut rig, 0, 46, 10), Reply::Refused { .. }),
        "beyond the end"
    );
}

#[test]
fn put_payload_units_are_those_of_the_worked_numbers() {
    for (kib, units) in [(1, 1), (25, 1), (26, 2), (45, 2), (1_000, 40)] {
        let mut rig = Rig::new(1);
        rig.node("s", "kinesis", &[("shards", "1")]);
        let lane = rig.lane("k", None);
        let parcel = rig.parcel(lane, 0, 1, kib << 10);
        assert!(put(&mut rig, vec![parcel]).is_empty());
        assert_eq!(units_of(&rig), units, "{kib} KiB");
    }
}

fn units_of(rig: &Rig) -> u128 {
    let plant = rig.engine.machine();
    let node = rig.find("s");
    let mut lines = Vec::new();
    plant
        .unit(node)
        .expect("started")
        .bill(&plant.view(node, rig.engine.now()), &mut lines);
    let line = lines
        .iter()
        .find(|line| line.price.key == "put_payload_unit")
        .expect("a line");
    line.micro_units / 1_000_000
}

/// Whether in some span a shard let in more than C + r x w.
fn breaks_the_law(admitted: &[(u64, u64)], capacity: u64, rate: u64) -> bool {
    (0..admitted.len()).any(|from| {
        let mut sum = 0_u128;
        admitted[from..].iter().any(|(at, n)| {
            sum += u128::from(*n) * 1_000_000;
            let w = u128::from(at - admitted[from].0);
            sum > u128::from(capacity) * 1_000_000 + u128::from(rate) * w
        })
    })
}

/// (instant, records, bytes) that one shard let in under a random load.
fn random_load(seed: u64, shards: &str) -> Vec<(u64, u64, u64)> {
    let mut rig = Rig::new(seed);
    rig.node("s", "kinesis", &[("shards", shards)]);
    let mut rng = Rng::stream(seed, 0, "load");
    let lane = rig.lane("k", Some(0));
    let mut first = 0;
    for _ in 0..150 {
        rig.run_to(rig.engine.now() + rng.below(SECOND / 3));
        let n = 1 + rng.below(500) as u32;
        let parcel = rig.parcel(lane, first, n, 1 + rng.below(4_000) as u32);
        put(&mut rig, vec![parcel]);
        first += u64::from(n);
    }
    let admitted = rig.facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Admitted { parcel, .. } => {
            let n = u64::from(parcel.n);
            Some((*at, n, n * (u64::from(parcel.bytes_each) + 1)))
        }
        _ => None,
    });
    admitted.collect()
}

#[test]
fn no_span_admits_more_than_either_bucket() {
    for seed in 0..12 {
        let load = random_load(seed, "2");
        let records: Vec<_> = load.iter().map(|(at, n, _)| (*at, *n)).collect();
        let bytes: Vec<_> = load.iter().map(|(at, _, bytes)| (*at, *bytes)).collect();
        assert!(
            !breaks_the_law(&records, 1_000, 1_000),
            "records, seed {seed}"
        );
        assert!(
            !breaks_the_law(&bytes, 1 << 20, 1 << 20),
            "bytes, seed {seed}"
        );
        // the planted fault: a tenth more than was let in is found out
        let more: Vec<_> = bytes.iter().map(|(at, n)| (*at, n + n / 10)).collect();
        assert!(
            breaks_the_law(&more, 1 << 20, 1 << 20),
            "the check can fail, seed {seed}"
        );
    }
}
