//! Conservation along whole ways: tills, a stream, consumers, a sink, with whatever may befall them.

use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND};
use millrace_engine::ledger::conservation::{self, Conservation};
use millrace_engine::services::faults::Fault;
use millrace_engine::services::rig::Rig;
use millrace_engine::services::signal::{Order, Signal};
use millrace_engine::services::talk::{Ask, Control, Place, WireId};

/// Tills, a stream of two shards, and one consumer over `kind` into a sink.
fn line(seed: u64, kind: &str, network: &str) -> Rig {
    let mut rig = Rig::new(seed);
    rig.node("s", "kinesis", &[("shards", "2")]);
    rig.node("sink", "sink", &[]);
    rig.node(
        "app",
        "consumer",
        &[("interval", "200ms"), ("checkpoint_every", "2s")],
    );
    rig.wire(kind, "s", "app", &[("network", network)]);
    rig.wire("deliver", "app", "sink", &[]);
    rig.node(
        "tills",
        "tills",
        &[("rate", "40"), ("keys", "list"), ("key_list", "a, b, c, d")],
    );
    rig.wire("put", "tills", "s", &[("network", network)]);
    rig
}

fn holds(rig: &Rig, when: &str) -> Conservation {
    let found = conservation::check(&rig.engine);
    assert!(found.holds, "{when}: {:?}", found.breach);
    found
}

fn befall(rig: &mut Rig, node: &str, fault: Fault, number: u32, lasts: u64) {
    let node = rig.find(node);
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

#[test]
fn what_the_tills_make_comes_to_the_sink() {
    for kind in ["poll", "push"] {
        for network in ["0s", "7ms"] {
            let mut rig = line(1, kind, network);
            for tenth in 0..300_u64 {
                rig.run_to(tenth * SECOND / 10 + 3 * MS);
                holds(&rig, kind);
            }
            let found = holds(&rig, kind);
            let path = &found.paths[0];
            assert!(path.owed > 1_000, "{kind}: records are made: {path:?}");
            assert!(
                path.owed - path.first_delivered < 200,
                "{kind}, {network}: {path:?}"
            );
        }
    }
}

#[test]
fn a_pushed_record_is_handed_over_after_seventy_milliseconds() {
    let mut rig = line(1, "push", "0s");
    rig.run_to(20 * SECOND);
    let delay = rig.metric("app", "HandedOverDelay");
    assert!((69_000.0..=72_000.0).contains(&delay), "{delay} us");
}

#[test]
fn nothing_is_lost_count_of_whatever_befalls() {
    for seed in 0..24 {
        let kind = if seed % 2 == 0 { "poll" } else { "push" };
        let network = if seed % 3 == 0 { "9ms" } else { "0s" };
        let mut rig = line(seed, kind, network);
        let mut rng = Rng::stream(seed, 0, "script");
        let mut extra = Vec::new();
        for step in 0..80_u32 {
            rig.run_to(rig.engine.now() + 500 * MS + rng.below(SECOND));
            misfortune(&mut rig, &mut rng, step, &mut extra);
            holds(
                &rig,
                &format!("seed {seed} ({kind}, {network}), step {step}"),
            );
        }
    }
}

/// One thing that may happen.
fn misfortune(rig: &mut Rig, rng: &mut Rng, step: u32, extra: &mut Vec<WireId>) {
    let lasts = 200 * MS + rng.below(8 * SECOND);
    match rng.below(9) {
        0 => befall(rig, "app", Fault::Crash, step, lasts),
        1 => befall(rig, "s", Fault::Crash, step, lasts),
        2 => befall(rig, "s", Fault::LostAck { ppm: 300_000 }, step, lasts),
        3 => befall(rig, "app", Fault::LostAck { ppm: 300_000 }, step, lasts),
        4 => befall(rig, "app", Fault::Refuse { ppm: 300_000 }, step, lasts),
        5 => {
            let node = rig.find("s");
            let shard = rng.below(8) as u32;
            let control = Control::SplitShard {
                shard,
                new_start: None,
            };
            rig.order(Order::Control { node, control });
        }
        6 if extra.is_empty() => add_reader(rig, step, extra),
        7 => {
            for wire in extra.drain(..) {
                rig.order(Order::RemoveWire(wire));
            }
        }
        _ => {}
    }
}

/// Another application with its own sink.
fn add_reader(rig: &mut Rig, step: u32, extra: &mut Vec<WireId>) {
    let (app, sink) = (format!("app-{step}"), format!("sink-{step}"));
    rig.node(&sink, "sink", &[]);
    rig.node(&app, "consumer", &[]);
    rig.wire("deliver", &app, &sink, &[]);
    let kind = if step.is_multiple_of(2) {
        "push"
    } else {
        "poll"
    };
    extra.push(rig.wire(kind, "s", &app, &[]));
}

#[test]
fn a_planted_loss_is_found() {
    let mut rig = line(1, "poll", "0s");
    rig.run_to(10 * SECOND + 50 * MS);
    let wire = rig.floor().node(rig.find("s")).outs[0];
    let node = rig.find("s");
    // the log is told that the reader lost what it has in truth handed on or still holds
    let now = rig.engine.now();
    rig.engine.schedule(
        now,
        Signal::SetBack {
            node,
            wire,
            shard: 0,
            ordinal: 0,
        },
    );
    rig.run_to(now);
    assert!(
        conservation::check(&rig.engine).holds,
        "a repeat alone breaks nothing"
    );
    rig.engine.machine_mut().floor.books.paths[0].owed += 1;
    assert!(
        !conservation::check(&rig.engine).holds,
        "a record that nobody has is found out"
    );
}

/// Something that the stream holds now, and the same once more on its way to the sink.
fn plant_a_second_holder(rig: &mut Rig) {
    let call = rig.begin(
        "sink",
        Ask::Hand {
            parcels: vec![].into(),
        },
    );
    let (now, stream, sink) = (rig.engine.now(), rig.find("s"), rig.find("sink"));
    let held = rig.engine.machine().custody(now);
    let first = held
        .into_iter()
        .find(|(node, _, p)| *node == stream && !p.is_copy());
    let (_, _, parcel) = first.expect("the stream holds something");
    let wire = rig.floor().node(rig.find("app")).outs[0];
    let (to, parcels) = (Place::Node(sink), vec![parcel]);
    let signal = Signal::Arrive {
        call,
        wire,
        to,
        ask: Ask::Hand {
            parcels: parcels.into(),
        },
    };
    rig.engine.schedule(now + SECOND, signal);
}

#[test]
fn a_planted_second_holder_is_found_also_where_a_reader_had_crashed() {
    for kind in ["poll", "push"] {
        for crashes in [0, 1, 3] {
            let mut rig = line(1, kind, "0s");
            for crash in 0..crashes {
                rig.run_to((11 + u64::from(crash) * 8) * SECOND + 70 * MS);
                befall(&mut rig, "app", Fault::Crash, crash, 3 * SECOND);
                holds(&rig, "at the crash");
            }
            rig.run_to(60 * SECOND);
            let stream = rig.find("s");
            while rig.engine.machine().held_by(stream, rig.engine.now()) == 0 {
                rig.run_to(rig.engine.now() + MS);
            }
            let path = &holds(&rig, "before").paths[0];
            assert_eq!(path.delivered_again > 0, crashes > 0, "{kind}: {path:?}");
            plant_a_second_holder(&mut rig);
            let found = conservation::check(&rig.engine);
            assert!(!found.holds, "{kind} after {crashes} crashes");
        }
    }
}

#[test]
fn order_by_key_holds_over_splits_and_merges() {
    for kind in ["poll", "push"] {
        let mut rig = line(3, kind, "0s");
        let node = rig.find("s");
        let split = |shard| Control::SplitShard {
            shard,
            new_start: None,
        };
        let merge = Control::MergeShards {
            shard: 1,
            adjacent: 3,
        };
        for (at, control) in [(5, split(0)), (50, merge), (100, split(4))] {
            rig.run_to(at * SECOND);
            rig.order(Order::Control { node, control });
        }
        rig.run_to(150 * SECOND);
        rig.set("s", &[("shards", "5")]);
        rig.run_to(240 * SECOND);
        let open = rig
            .gauges("s")
            .lanes
            .iter()
            .filter(|lane| lane.open)
            .count();
        assert_eq!(open, 5, "all four changes were made");
        let path = &rig.floor().books.paths[0];
        assert_eq!((path.out_of_order, path.delivered_again), (0, 0), "{kind}");
        assert!(path.owed - path.first_delivered < 100, "{kind}: {path:?}");
        holds(&rig, kind);
    }
}
