//! Batches as they are read and cut: polls, sizes, windows, lanes, positions.

use super::{batches, bench, holds, numbers, put};
use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::services::facts::Fact;
use crate::services::lanes::key_hash;
use crate::services::plant::Order;
use crate::services::rig::{Rig, link_of};
use crate::services::talk::WireId;
use std::collections::BTreeMap;

/// From the put of each record to its invocation [us]: mean and largest.
fn delays(rig: &Rig, wire: WireId) -> (f64, Us) {
    let mut all = Vec::new();
    for (at, fact) in &rig.facts {
        if let Fact::Moved { wire: over, parcel } = fact
            && *over == wire
        {
            all.extend((0..parcel.n).map(|i| at - parcel.born_at(i)));
        }
    }
    let mean = all.iter().sum::<Us>() as f64 / all.len() as f64;
    (mean, all.into_iter().max().unwrap_or(0))
}

/// Changes the mapping.
fn change(rig: &mut Rig, wire: WireId, settings: &[(&str, &str)]) {
    let link = link_of("mapping", settings).expect("good settings");
    rig.order(Order::ConfigureWire { wire, link });
}

#[test]
fn a_record_waits_half_a_second_on_average_and_a_second_at_most() {
    // product.md 10, card-fraud
    let (mut rig, wire) = bench("4", &[("duration", "20ms")], &[]);
    let lanes: Vec<u32> = (0..64)
        .map(|i| rig.lane(&format!("card-{i}"), None))
        .collect();
    for i in 0..4_000_u64 {
        // 37 ms apart: no multiple of the second
        put(
            &mut rig,
            lanes[(i % 64) as usize],
            i / 64,
            1,
            SECOND + i * 37 * MS,
        );
    }
    rig.run_to(4 * MINUTE);
    let (mean, most) = delays(&rig, wire);
    assert!(
        (mean - 500_000.0).abs() < 25_000.0,
        "half a second on average: {mean}"
    );
    assert!(
        most <= SECOND + 20 * MS,
        "a second and the call at most: {most}"
    );
    assert_eq!(rig.metric("f", "Errors"), 0.0, "no errors");
    holds(&rig, "after four minutes");
}

#[test]
fn pushed_records_wait_seventy_milliseconds() {
    let (mut rig, wire) = bench("2", &[], &[("efo", "yes")]);
    let lanes: Vec<u32> = (0..8)
        .map(|i| rig.lane(&format!("card-{i}"), None))
        .collect();
    for i in 0..1_000_u64 {
        put(
            &mut rig,
            lanes[(i % 8) as usize],
            i / 8,
            1,
            SECOND + i * 370 * MS,
        );
    }
    rig.run_to(8 * MINUTE);
    let (mean, most) = delays(&rig, wire);
    assert!(
        (mean - 70_000.0).abs() < 1_000.0,
        "the published mean: {mean}"
    );
    assert!(most <= 75 * MS, "a constant: {most}");
    let all: usize = numbers(&rig, wire).iter().map(Vec::len).sum();
    assert_eq!(
        all, 1_000,
        "all came, over the renewal of the subscriptions"
    );
    holds(&rig, "after eight minutes");
}

#[test]
fn a_batch_is_cut_by_size_and_the_next_one_starts_when_it_ended() {
    let (mut rig, wire) = bench(
        "1",
        &[("duration", "5s"), ("timeout", "10s")],
        &[("batch_size", "10")],
    );
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 10, 0);
    put(&mut rig, lane, 10, 10, 100 * MS);
    rig.run_to(MINUTE);
    let seen = batches(&rig, wire);
    let sizes: Vec<usize> = seen.iter().map(|(_, numbers)| numbers.len()).collect();
    assert_eq!(sizes, [10, 10], "two batches");
    assert!(
        seen[1].0 - seen[0].0 >= 5 * SECOND,
        "one after the other: {seen:?}"
    );
}

#[test]
fn a_window_gathers_and_the_size_ends_it_early() {
    let (mut rig, wire) = bench("1", &[], &[("batch_size", "5"), ("window", "30")]);
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 3, SECOND);
    rig.run_to(20 * SECOND);
    assert_eq!(numbers(&rig, wire), Vec::<Vec<u64>>::new(), "it gathers");
    rig.run_to(31 * SECOND);
    assert_eq!(numbers(&rig, wire), [[0, 1, 2]], "the window ended");
    put(&mut rig, lane, 3, 5, 32 * SECOND);
    rig.run_to(34 * SECOND);
    assert_eq!(numbers(&rig, wire)[1], [3, 4, 5, 6, 7], "full at once");
    holds(&rig, "after the windows");
}

#[test]
fn six_megabytes_of_base64_end_a_batch() {
    let (mut rig, wire) = bench("1", &[], &[("batch_size", "1000")]);
    let lane = rig.lane("a", None);
    let to = rig.find("s");
    // 700 KiB become 955,742 bytes with their key: six fit into 6 MiB
    for i in 0..10_u64 {
        let parcel = rig.parcel(lane, i, 1, 700 << 10);
        let entries = vec![parcel];
        let ask = crate::services::talk::Ask::Put {
            entries: entries.into(),
            batched: true,
        };
        let signal = crate::services::plant::Signal::FromOutside { to, ask };
        rig.engine.schedule(i * SECOND, signal);
    }
    rig.set("f", &[("duration", "100s"), ("timeout", "900s")]);
    rig.run_to(10 * MINUTE);
    let sizes: Vec<usize> = numbers(&rig, wire).iter().map(Vec::len).collect();
    assert!(sizes.iter().all(|n| *n <= 6), "at most six: {sizes:?}");
    assert!(
        sizes.contains(&6),
        "and six where they are there: {sizes:?}"
    );
}

#[test]
fn throughput_is_batch_by_duration_times_parallelization() {
    // aws-facts W31: 100 / 0.5 s x 1 = 200 a second; 500 / 1 s x 2 = 1,000
    for (size, duration, factor, per_s) in
        [("100", "500ms", "1", 200.0), ("500", "1s", "2", 1_000.0)]
    {
        let function = [("duration", duration), ("timeout", "5s")];
        let settings = [("batch_size", size), ("parallelization", factor)];
        let (mut rig, wire) = bench("1", &function, &settings);
        // as many keys in one lane of the shard as in the other
        let names = (0..500).map(|i| format!("k-{i}"));
        let (even, odd): (Vec<String>, Vec<String>) =
            names.partition(|k| key_hash(k).is_multiple_of(2));
        let names = even.iter().take(25).chain(odd.iter().take(25));
        let lanes: Vec<u32> = names.map(|name| rig.lane(name, None)).collect();
        for tick in 0..600_u64 {
            for (i, lane) in lanes.iter().enumerate() {
                put(&mut rig, *lane, tick * 2, 2, tick * 100 * MS + i as u64);
            }
        }
        rig.run_to(20 * SECOND);
        let before: usize = numbers(&rig, wire).iter().map(Vec::len).sum();
        rig.run_to(60 * SECOND);
        let after: usize = numbers(&rig, wire).iter().map(Vec::len).sum();
        let rate = (after - before) as f64 / 40.0;
        let off = (rate - per_s).abs() / per_s;
        assert!(
            off < 0.04,
            "{size} in {duration} x {factor}: {rate} a second, not {per_s}"
        );
        assert_eq!(
            rig.metric("f", "ConcurrentExecutions"),
            factor.parse::<f64>().expect("a number")
        );
        holds(&rig, "while it is behind");
    }
}

#[test]
fn ten_shards_by_five_are_fifty_at_once() {
    // aws-facts W31
    let function = [("duration", "2s")];
    let settings = [("parallelization", "5"), ("batch_size", "1")];
    let (mut rig, wire) = bench("10", &function, &settings);
    for i in 0..1_000 {
        let lane = rig.lane(&format!("k-{i}"), None);
        put(&mut rig, lane, 0, 2, 0);
    }
    rig.run_to(20 * SECOND);
    assert_eq!(
        rig.metric("f", "ConcurrentExecutions"),
        50.0,
        "shards times the factor"
    );
    rig.run_to(5 * MINUTE);
    // order by key: the second record of a lane never before its first
    let mut next: BTreeMap<u32, u64> = BTreeMap::new();
    for (_, fact) in &rig.facts {
        if let Fact::Moved { wire: over, parcel } = fact
            && *over == wire
        {
            let seen = next.entry(parcel.lane).or_default();
            assert_eq!(parcel.first, *seen, "in order within lane {}", parcel.lane);
            *seen += u64::from(parcel.n);
        }
    }
    assert_eq!(next.values().sum::<u64>(), 2_000, "all came once");
    holds(&rig, "at the end");
}

#[test]
fn a_change_of_the_factor_keeps_all_and_the_order_of_keys() {
    let (mut rig, wire) = bench("1", &[("duration", "1s")], &[("batch_size", "10")]);
    let lanes: Vec<u32> = (0..20).map(|i| rig.lane(&format!("k-{i}"), None)).collect();
    for lane in &lanes {
        put(&mut rig, *lane, 0, 40, 0);
    }
    for (at, factor) in [(5, "4"), (9, "1"), (14, "10")] {
        rig.run_to(at * SECOND);
        change(
            &mut rig,
            wire,
            &[("batch_size", "10"), ("parallelization", factor)],
        );
        holds(&rig, "after the change");
    }
    rig.run_to(5 * MINUTE);
    let mut next: BTreeMap<u32, u64> = BTreeMap::new();
    for (_, fact) in &rig.facts {
        if let Fact::Moved { wire: over, parcel } = fact
            && *over == wire
        {
            assert_eq!(
                parcel.first,
                *next.entry(parcel.lane).or_default(),
                "in order"
            );
            *next.entry(parcel.lane).or_default() += u64::from(parcel.n);
        }
    }
    assert_eq!(next.values().sum::<u64>(), 800, "all came once");
}

#[test]
fn disabled_it_stops_and_enabled_it_goes_on_where_it_was() {
    let (mut rig, wire) = bench("1", &[], &[("batch_size", "10")]);
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 10, 0);
    rig.run_to(5 * SECOND);
    change(&mut rig, wire, &[("batch_size", "10"), ("enabled", "no")]);
    put(&mut rig, lane, 10, 10, 6 * SECOND);
    rig.run_to(10 * MINUTE);
    assert_eq!(numbers(&rig, wire).len(), 1, "nothing more is consumed");
    holds(&rig, "while disabled");
    change(&mut rig, wire, &[("batch_size", "10")]);
    rig.run_to(11 * MINUTE);
    let all: Vec<u64> = numbers(&rig, wire).concat();
    assert_eq!(
        all,
        (0..20).collect::<Vec<u64>>(),
        "from where it was, each once"
    );
    holds(&rig, "enabled again");
}

#[test]
fn positions_count_for_a_new_mapping() {
    for (start, first) in [("TRIM_HORIZON", 0), ("LATEST", 20), ("AT_TIMESTAMP", 10)] {
        let mut rig = Rig::new(4);
        rig.node("s", "kinesis", &[("shards", "1")]);
        rig.node("f", "lambda", &[]);
        let lane = rig.lane("a", None);
        put(&mut rig, lane, 0, 10, 0);
        put(&mut rig, lane, 10, 10, 10 * SECOND);
        rig.run_to(20 * SECOND);
        let wire = rig.wire(
            "mapping",
            "s",
            "f",
            &[("start", start), ("timestamp", "5s")],
        );
        put(&mut rig, lane, 20, 10, 21 * SECOND);
        rig.run_to(MINUTE);
        let all: Vec<u64> = numbers(&rig, wire).concat();
        assert_eq!(all, (first..30).collect::<Vec<u64>>(), "{start}");
        holds(&rig, start);
    }
}

#[test]
fn parents_are_read_before_their_children() {
    let (mut rig, wire) = bench("1", &[("duration", "300ms")], &[("batch_size", "50")]);
    let lane = rig.lane("a", None);
    for i in 0..120 {
        put(&mut rig, lane, i * 10, 10, i * 500 * MS);
    }
    rig.run_to(10 * SECOND);
    let stream = rig.find("s");
    rig.set("s", &[("shards", "2")]);
    assert!(stream.0 < 10, "there is one");
    rig.run_to(3 * MINUTE);
    let all: Vec<u64> = numbers(&rig, wire).concat();
    assert_eq!(
        all,
        (0..1_200).collect::<Vec<u64>>(),
        "in order over the seam, each once"
    );
    holds(&rig, "after the split");
}

#[test]
fn a_filter_leaves_out_what_does_not_match() {
    let filter = r#"{"partitionKey": ["a"]}"#;
    let (mut rig, wire) = bench("1", &[], &[("filter", filter)]);
    let (a, b) = (rig.lane("a", None), rig.lane("b", None));
    put(&mut rig, a, 0, 3, 0);
    put(&mut rig, b, 100, 3, 0);
    rig.run_to(10 * SECOND);
    assert_eq!(numbers(&rig, wire).concat(), [0, 1, 2], "only those");
    let node = rig.find("f");
    let ended = &rig.floor().books.nodes[node.0 as usize].ended;
    assert_eq!(
        ended.get(&crate::services::talk::Reason::Filtered),
        Some(&3),
        "the others end"
    );
    holds(&rig, "after the filter");
}

#[test]
fn a_tumbling_window_ends_with_an_invocation_of_its_own() {
    let (mut rig, wire) = bench("1", &[], &[("tumbling", "60")]);
    let lane = rig.lane("a", None);
    for (first, at) in [(0, 5), (1, 55), (2, 65), (3, 70)] {
        put(&mut rig, lane, first, 1, at * SECOND);
    }
    rig.run_to(5 * MINUTE);
    let seen = numbers(&rig, wire);
    let empty: Vec<u64> = Vec::new();
    let wanted = [vec![0], vec![1], empty.clone(), vec![2], vec![3], empty];
    assert_eq!(
        seen, wanted,
        "two windows of two records, each closed by a last invocation"
    );
}

#[test]
fn a_removed_mapping_leaves_nothing_open() {
    let (mut rig, wire) = bench(
        "2",
        &[("duration", "3s"), ("timeout", "5s")],
        &[("window", "5")],
    );
    let lanes: Vec<u32> = (0..8).map(|i| rig.lane(&format!("k-{i}"), None)).collect();
    for lane in &lanes {
        put(&mut rig, *lane, 0, 200, 0);
        put(&mut rig, *lane, 200, 100, 4 * SECOND);
    }
    rig.run_to(5 * SECOND);
    holds(&rig, "at work");
    rig.order(Order::RemoveWire(wire));
    holds(&rig, "the wire is gone");
    rig.run_to(MINUTE);
    holds(&rig, "a minute later");
    assert_eq!(rig.floor().calls.open_count(), 0, "no request is open");
}
