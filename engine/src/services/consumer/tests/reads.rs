//! Delays, pace, order: what the application does while nothing breaks.

use super::*;
use crate::base::time::MINUTE;
use crate::services::talk::Control;

#[test]
fn one_polling_application_waits_a_tenth_of_a_second() {
    // product.md 10, card-fraud: mean 0.10 s, at most 0.20 s
    let mut rig = bench("poll", "1", &[("interval", "200ms")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 1, SECOND, 7 * MS, 10_000);
    rig.run_to(80 * SECOND);
    near(
        rig.metric("c", "HandedOverDelay") / 1e6,
        0.10,
        0.002,
        "mean",
    );
    let max = rig.metric("c", "HandedOverDelayMax") / 1e6;
    assert!((0.19..=0.20).contains(&max), "at most 0.2 s: {max}");
    near(rig.metric("c", "Processed"), 10_000.0, 0.0, "all are read");
    balanced(&rig, "at the end");
}

#[test]
fn five_polling_applications_wait_half_a_second_and_none_is_throttled() {
    let mut rig = Rig::new(8);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lane = rig.lane("k", None);
    for ix in 0..5 {
        let name = format!("app{ix}");
        rig.node(&name, "consumer", &[("interval", "1s")]);
        rig.wire("poll", "s", &name, &[]);
    }
    feed(&mut rig, lane, 1, 2 * SECOND, 7 * MS, 20_000);
    rig.run_to(150 * SECOND);
    for ix in 0..5 {
        let name = format!("app{ix}");
        near(
            rig.metric(&name, "HandedOverDelay") / 1e6,
            0.50,
            0.005,
            &name,
        );
        let max = rig.metric(&name, "HandedOverDelayMax") / 1e6;
        assert!((0.98..=1.0).contains(&max), "{name}: at most 1 s: {max}");
        near(
            rig.metric(&name, "ReadThrottled"),
            0.0,
            0.0,
            "five calls a second fit",
        );
    }
}

#[test]
fn too_many_polls_are_refused_and_counted_and_nothing_is_lost() {
    let mut rig = Rig::new(8);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lane = rig.lane("k", None);
    for name in ["c", "c2"] {
        rig.node(name, "consumer", &[("interval", "200ms")]);
        rig.wire("poll", "s", name, &[]);
    }
    feed(&mut rig, lane, 1, SECOND, 20 * MS, 1_000);
    rig.run_to(40 * SECOND);
    let throttled = rig.metric("c", "ReadThrottled") + rig.metric("c2", "ReadThrottled");
    assert!(
        throttled > 5.0,
        "ten calls a second on a shard that answers five: {throttled}"
    );
    for name in ["c", "c2"] {
        near(rig.metric(name, "Processed"), 1_000.0, 0.0, "all are read");
    }
}

#[test]
fn fan_out_takes_seventy_milliseconds_whoever_else_reads() {
    let mut rig = bench("push", "1", &[]);
    rig.node("c2", "consumer", &[]);
    rig.wire("push", "s", "c2", &[]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 1, SECOND, 10 * MS, 100_000);
    rig.run_to(1_100 * SECOND);
    for name in ["c", "c2"] {
        near(
            rig.metric(name, "HandedOverDelay"),
            70_000.0,
            0.0,
            "mean [us]",
        );
        near(
            rig.metric(name, "HandedOverDelayMax"),
            70_000.0,
            0.0,
            "most [us]",
        );
        // 1,000 s: subscriptions were taken out anew three times
        near(rig.metric(name, "Processed"), 100_000.0, 0.0, "all came");
    }
    assert_eq!(delivered(&rig, lane).len(), 200_000, "once to each");
    balanced(&rig, "at the end");
}

#[test]
fn a_constant_deficit_ages_as_the_worked_numbers_say() {
    // aws-facts W10: p 1,000/s, c 800/s: after 600 s 120,000 wait and are 120 s old
    let mut rig = bench("poll", "1", &[("rate", "800")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 100, 0, 100 * MS, 10 * 900);
    rig.run_to(600 * SECOND);
    near(rig.metric("c", "Processed"), 480_000.0, 1_600.0, "done");
    near(
        rig.metric("c", "IteratorAgeMilliseconds") / 1e3,
        120.0,
        1.5,
        "age",
    );
    let gauges = rig.gauges("c");
    assert_eq!(
        gauges.state,
        crate::services::gauges::State::Behind,
        "seen as behind"
    );
    near(gauges.readings[0].value, 800.0, 80.0, "rate shown");
    near(gauges.readings[2].value, 120.0, 1.5, "age shown");
    // catch-up of 120,000 at 1,500/s while 1,000/s arrive: 240 s
    rig.set("c", &[("rate", "1500")]);
    rig.run_to(835 * SECOND);
    let age = |rig: &Rig| rig.gauges("c").readings[2].value;
    assert!(age(&rig) > 1.0, "not yet: {}", age(&rig));
    rig.run_to(850 * SECOND);
    assert!(age(&rig) < 1.5, "caught up: {}", age(&rig));
    balanced(&rig, "at the end");
}

#[test]
fn the_rate_is_exact_and_workers_share_it() {
    // four shards, each with more than its share: 4 workers do 333.333 a second together
    for workers in ["1", "4"] {
        let mut rig = bench("poll", "4", &[("rate", "333.333"), ("workers", workers)]);
        for shard in 0..4_u128 {
            let lane = rig.lane(&shard.to_string(), Some((shard << 126) + 1));
            feed(&mut rig, lane, 500, 0, SECOND, 100);
        }
        rig.run_to(SECOND);
        let before = rig.metric("c", "Processed");
        rig.run_to(301 * SECOND);
        let done = rig.metric("c", "Processed") - before;
        near(done, 99_999.9, 40.0, &format!("{workers} workers in 300 s"));
        balanced(&rig, "at the end");
    }
}

#[test]
fn a_small_limit_limits_the_speed() {
    // aws-facts W7: limit 100 at five calls a second
    let mut rig = bench("poll", "1", &[("limit", "100"), ("interval", "200ms")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 100, 0, 100 * MS, 1_000);
    rig.run_to(SECOND);
    let before = rig.metric("c", "Processed");
    rig.run_to(61 * SECOND);
    near(
        rig.metric("c", "Processed") - before,
        30_000.0,
        100.0,
        "500 a second",
    );
}

#[test]
fn parents_are_read_to_their_end_before_their_children() {
    for kind in ["poll", "push"] {
        let mut rig = bench(kind, "1", &[("rate", "700")]);
        let lanes: Vec<u32> = (0..8)
            .map(|ix| rig.lane(&format!("key-{ix}"), None))
            .collect();
        for lane in &lanes {
            feed(&mut rig, *lane, 10, SECOND, 100 * MS, 400);
        }
        let node = rig.find("s");
        rig.run_to(10 * SECOND);
        let split = Control::SplitShard {
            shard: 0,
            new_start: None,
        };
        rig.order(Order::Control {
            node,
            control: split,
        });
        rig.run_to(22 * SECOND);
        let merge = Control::MergeShards {
            shard: 1,
            adjacent: 2,
        };
        rig.order(Order::Control {
            node,
            control: merge,
        });
        for second in 23..120 {
            rig.run_to(second * SECOND);
            balanced(&rig, kind);
        }
        for lane in lanes {
            let order = delivered(&rig, lane);
            let wanted: Vec<u64> = (0..4_000).collect();
            assert!(
                order == wanted,
                "{kind}: all once and in order ({})",
                order.len()
            );
        }
    }
}

#[test]
fn starts_where_the_wire_says() {
    for (start, wanted) in [
        (vec![("start", "TRIM_HORIZON")], 100),
        (vec![("start", "LATEST")], 50),
        (vec![("start", "AT_TIMESTAMP"), ("timestamp", "2s")], 80),
    ] {
        let mut rig = Rig::new(4);
        rig.node("s", "kinesis", &[("shards", "2")]);
        let lane = rig.lane("k", None);
        feed(&mut rig, lane, 1, 0, 100 * MS, 100);
        rig.run_to(5 * SECOND - 1);
        rig.node("c", "consumer", &[]);
        rig.wire("poll", "s", "c", &start);
        rig.run_to(20 * SECOND);
        near(
            rig.metric("c", "Processed"),
            f64::from(wanted),
            0.0,
            start[0].1,
        );
        balanced(&rig, start[0].1);
    }
}

#[test]
fn iterators_older_than_five_minutes_are_fetched_anew() {
    let mut rig = bench("poll", "1", &[("interval", "10m")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 1, 0, MINUTE, 60);
    rig.run_to(75 * MINUTE);
    assert_eq!(
        delivered(&rig, lane),
        (0..60).collect::<Vec<u64>>(),
        "all once"
    );
}

#[test]
fn a_slow_subscriber_falls_behind_in_the_stream_and_not_in_memory() {
    let mut rig = bench("push", "1", &[("rate", "500"), ("limit", "1000")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 100, 0, 100 * MS, 6_000);
    rig.run_to(600 * SECOND);
    let node = rig.find("c");
    let held = rig.engine.machine().held_by(node, rig.engine.now());
    // a batch, and three events of a second's 2 MiB (20,000 records)
    assert!(
        held < 65_000,
        "300,000 are behind, {held} of them in memory"
    );
    near(rig.gauges("c").readings[2].value, 300.0, 2.0, "age");
    balanced(&rig, "at the end");
}

#[test]
fn new_settings_take_effect_at_once() {
    let mut rig = bench("poll", "1", &[("interval", "10s")]);
    let lane = rig.lane("k", None);
    feed(&mut rig, lane, 1, 0, 100 * MS, 1_000);
    rig.run_to(30 * SECOND);
    let calls = rig.metric("c", "Calls");
    assert!((2.0..=4.0).contains(&calls), "every ten seconds: {calls}");
    rig.set("c", &[("interval", "200ms")]);
    rig.run_to(40 * SECOND);
    near(rig.metric("c", "Calls") - calls, 50.0, 2.0, "five a second");
}
