//! Crashes, refusals, lost answers, wires that come and go.

use super::*;
use crate::base::rng::Rng;
use crate::services::faults::Fault;

fn fault(rig: &mut Rig, name: &str, fault: Fault, number: u32, lasts: Us) {
    let node = rig.find(name);
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

/// A bench with a sink "r" behind the consumer; gives the wire to it.
fn chain(kind: &str, settings: &[(&str, &str)], out: &[(&str, &str)]) -> (Rig, WireId, u32) {
    let mut rig = bench(kind, "1", settings);
    rig.node("r", "sink", &[]);
    let wire = rig.wire("deliver", "c", "r", out);
    let lane = rig.lane("k", None);
    (rig, wire, lane)
}

/// (records that came, records that came more than once)
fn came(rig: &Rig, wire: WireId, lane: u32) -> (usize, usize) {
    let seen = moved(rig, wire, lane);
    (
        seen.len(),
        seen.values().filter(|times| **times > 1).count(),
    )
}

#[test]
fn after_a_crash_the_unfinished_batch_comes_twice_and_nothing_is_lost() {
    for kind in ["poll", "push"] {
        let (mut rig, wire, lane) = chain(kind, &[("rate", "1000")], &[]);
        feed(&mut rig, lane, 50, 0, 100 * MS, 600);
        rig.run_to(20 * SECOND + 450 * MS);
        fault(&mut rig, "c", Fault::Crash, 1, 10 * SECOND);
        balanced(&rig, "just after the crash");
        rig.run_to(100 * SECOND);
        let (all, twice) = came(&rig, wire, lane);
        assert_eq!(all, 30_000, "{kind}: none is lost");
        assert!(
            twice <= 1_000,
            "{kind}: at most a batch of a second twice: {twice}"
        );
        balanced(&rig, kind);
    }
}

#[test]
fn what_was_done_since_the_last_checkpoint_is_done_again() {
    let settings = [("checkpoint_every", "60s"), ("interval", "200ms")];
    let (mut rig, wire, lane) = chain("poll", &settings, &[]);
    feed(&mut rig, lane, 10, 0, 100 * MS, 2_000);
    // saved at 60 s, crashes at 90 s: about 30 s of 100/s come twice
    rig.run_to(90 * SECOND);
    fault(&mut rig, "c", Fault::Crash, 1, 5 * SECOND);
    rig.run_to(260 * SECOND);
    let (all, twice) = came(&rig, wire, lane);
    assert_eq!(all, 20_000, "none is lost");
    near(twice as f64, 3_000.0, 50.0, "twice");
    balanced(&rig, "at the end");
}

#[test]
fn a_new_application_at_latest_never_sees_what_came_while_it_was_down() {
    for (restart, lost) in [("checkpoint", 0.0), ("start", 1_000.0)] {
        let mut rig = Rig::new(4);
        rig.node("s", "kinesis", &[("shards", "1")]);
        let settings = [("interval", "200ms"), ("restart_at", restart)];
        rig.node("c", "consumer", &settings);
        rig.wire("poll", "s", "c", &[("start", "LATEST")]);
        let lane = rig.lane("k", None);
        feed(&mut rig, lane, 10, SECOND, 100 * MS, 500);
        rig.run_to(20 * SECOND);
        fault(&mut rig, "c", Fault::Crash, 1, 10 * SECOND);
        rig.run_to(100 * SECOND);
        let mut seen = delivered(&rig, lane);
        seen.sort_unstable();
        seen.dedup();
        near(5_000.0 - seen.len() as f64, lost, 30.0, restart);
        balanced(&rig, restart);
    }
}

#[test]
fn a_sink_that_is_down_holds_the_shard_and_keeps_its_order() {
    for kind in ["poll", "push"] {
        let (mut rig, wire, lane) = chain(kind, &[("rate", "2000")], &[]);
        feed(&mut rig, lane, 10, 0, 100 * MS, 600);
        rig.run_to(10 * SECOND);
        fault(&mut rig, "r", Fault::Crash, 1, 15 * SECOND);
        rig.run_to(20 * SECOND);
        balanced(&rig, "while the sink is down");
        let age = rig.gauges("c").readings[2].value;
        near(age, 10.0, 1.5, "age while it waits");
        rig.run_to(90 * SECOND);
        balanced(&rig, "at the end");
        assert_eq!(came(&rig, wire, lane).0, 6_000, "{kind}: all came");
        let order = delivered(&rig, lane);
        assert_eq!(
            order,
            (0..6_000).collect::<Vec<u64>>(),
            "{kind}: once, in order"
        );
    }
}

#[test]
fn a_lost_answer_brings_records_twice() {
    let (mut rig, _, lane) = chain("poll", &[], &[]);
    feed(&mut rig, lane, 10, 0, 100 * MS, 100);
    rig.run_to(5 * SECOND);
    fault(
        &mut rig,
        "r",
        Fault::LostAck { ppm: 1_000_000 },
        1,
        3 * SECOND,
    );
    rig.run_to(200 * SECOND);
    let order = delivered(&rig, lane);
    let mut once = order.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), 1_000, "none is lost");
    assert!(order.len() > 1_000, "some came twice: {}", order.len());
    balanced(&rig, "at the end");
}

#[test]
fn two_wires_out_get_all_records_each() {
    let (mut rig, first, lane) = chain("poll", &[("rate", "500")], &[]);
    rig.node("r2", "sink", &[]);
    let second = rig.wire("deliver", "c", "r2", &[("network", "30ms")]);
    feed(&mut rig, lane, 10, 0, 100 * MS, 300);
    rig.run_to(10 * SECOND);
    fault(&mut rig, "r2", Fault::Crash, 1, 4 * SECOND);
    for second in 11..20 {
        rig.run_to(second * SECOND);
        balanced(&rig, "while one is down");
    }
    rig.run_to(60 * SECOND);
    for wire in [first, second] {
        assert_eq!(came(&rig, wire, lane).0, 3_000, "all over {wire:?}");
    }
    assert_eq!(delivered(&rig, lane).len(), 6_000, "once each");
    balanced(&rig, "at the end");
}

#[test]
fn wires_come_and_go_while_it_runs() {
    let (mut rig, out, lane) = chain("poll", &[("rate", "80")], &[]);
    feed(&mut rig, lane, 10, 0, 100 * MS, 600);
    let ins = rig.floor().node(rig.find("c")).ins.clone();
    rig.run_to(20 * SECOND);
    rig.order(Order::RemoveWire(ins[0]));
    balanced(&rig, "without its stream");
    let (done, held) = (rig.metric("c", "Processed"), rig.find("c"));
    rig.run_to(30 * SECOND);
    assert_eq!(
        rig.engine.machine().held_by(held, rig.engine.now()),
        0,
        "memory is given up"
    );
    near(rig.metric("c", "Processed"), done, 10.0, "nothing is read");
    rig.wire("poll", "s", "c", &[]);
    rig.order(Order::RemoveWire(out));
    rig.run_to(40 * SECOND);
    balanced(&rig, "as a sink with a new wire");
    assert!(
        rig.metric("c", "Processed") > done + 500.0,
        "it reads again, from the start"
    );
}

#[test]
fn a_slow_fault_stretches_the_work() {
    let (mut rig, _, lane) = chain("poll", &[("rate", "1000")], &[]);
    feed(&mut rig, lane, 50, 0, 100 * MS, 1_000);
    rig.run_to(10 * SECOND);
    let before = rig.metric("c", "Processed");
    fault(&mut rig, "c", Fault::Slow { times: 5 }, 1, 20 * SECOND);
    rig.run_to(30 * SECOND);
    near(
        rig.metric("c", "Processed") - before,
        4_000.0,
        250.0,
        "a fifth of 1,000 a second",
    );
}

#[test]
fn tallies_hold_through_anything() {
    for (seed, kind) in [(1, "poll"), (2, "push"), (3, "poll"), (4, "push")] {
        let settings = [
            ("rate", "900"),
            ("workers", "2"),
            ("checkpoint_every", "7s"),
        ];
        let (mut rig, wire, lane) = chain(kind, &settings, &[("network", "20ms")]);
        feed(&mut rig, lane, 50, 0, 100 * MS, 1_500);
        let mut rng = Rng::stream(seed, 0, "faults");
        let mut number = 0;
        for step in 1..1_000_u64 {
            rig.run_to(step * 150 * MS + rng.below(150 * MS));
            balanced(&rig, kind);
            if step % 20 == 0 {
                number += 1;
                let (name, what) = match rng.below(4) {
                    0 => ("c", Fault::Crash),
                    1 => ("r", Fault::Crash),
                    2 => ("r", Fault::Refuse { ppm: 500_000 }),
                    _ => ("c", Fault::Slow { times: 3 }),
                };
                fault(&mut rig, name, what, number, SECOND + rng.below(3 * SECOND));
            }
        }
        rig.run_to(400 * SECOND);
        balanced(&rig, "at the end");
        assert_eq!(
            came(&rig, wire, lane).0,
            75_000,
            "{kind}, {seed}: none is lost"
        );
    }
}
