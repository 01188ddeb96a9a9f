//! Nothing is lost or invented from tills to sinks, through polling and pushed readers, a waiting
//! room and a token bucket, while anything breaks: checked at hundreds of instants of each run.

use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::ledger::conservation::check;
use millrace_engine::services::faults::Fault;
use millrace_engine::services::plant::Order;
use millrace_engine::services::rig::Rig;

/// ```text
/// tills --> stream --poll--> app1 --> report1
///              +-----push--> app2 --> room --> report2
///                              +----> bucket -> report3
/// ```
/// `network` is the time of every call on its way.
pub(crate) fn shop(seed: u64, network: &str) -> Rig {
    let mut rig = Rig::new(seed);
    let net = [("network", network)];
    rig.node("tills", "tills", &[("rate", "700"), ("clients", "4")]);
    rig.node("stream", "kinesis", &[("shards", "2")]);
    rig.node(
        "app1",
        "consumer",
        &[("rate", "900"), ("checkpoint_every", "7s")],
    );
    rig.node("app2", "consumer", &[("rate", "1500"), ("workers", "2")]);
    rig.node(
        "room",
        "queue",
        &[("servers", "3"), ("mean", "4ms"), ("room", "200")],
    );
    rig.node("bucket", "bucket", &[("capacity", "300"), ("rate", "600")]);
    for report in ["report1", "report2", "report3"] {
        rig.node(report, "sink", &[]);
    }
    for (kind, from, to) in [
        ("poll", "stream", "app1"),
        ("push", "stream", "app2"),
        ("deliver", "app1", "report1"),
        ("deliver", "app2", "room"),
        ("deliver", "app2", "bucket"),
        ("deliver", "room", "report2"),
        ("deliver", "bucket", "report3"),
        ("put", "tills", "stream"), // last, so that no path ends halfway meanwhile
    ] {
        rig.wire(kind, from, to, &net);
    }
    rig
}

fn holds(rig: &Rig, when: &str) {
    let found = check(&rig.engine);
    let at = rig.engine.now();
    assert!(
        found.holds,
        "{when}, at {at} us: {}",
        found.breach.unwrap_or_default()
    );
}

/// A fault of some kind at some node.
fn strike(rig: &mut Rig, rng: &mut Rng, number: u32) -> (&'static str, Fault) {
    let crash = Fault::Crash;
    let kinds = [
        ("app1", crash),
        ("app2", crash),
        ("report1", crash),
        ("room", crash),
        ("app1", Fault::Slow { times: 4 }),
        ("report1", Fault::Refuse { ppm: 400_000 }),
        ("report2", crash),
        ("bucket", crash),
    ];
    let (name, fault) = kinds[rng.below(kinds.len() as u64) as usize];
    let (node, lasts) = (rig.find(name), SECOND + rng.below(4 * SECOND));
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
    (name, fault)
}

fn play(seed: u64, network: &str, faults: bool) -> Rig {
    let mut rig = shop(seed, network);
    let mut rng = Rng::stream(seed, 0, "faults");
    let (mut at, mut last): (Us, _) = (0, String::from("before any fault"));
    for step in 1..400_u32 {
        at += rng.below(400 * MS);
        rig.run_to(at);
        holds(&rig, &last);
        if faults && step.is_multiple_of(15) {
            let struck = strike(&mut rig, &mut rng, step);
            last = format!("seed {seed}, network {network}, after {struck:?}");
            holds(&rig, &last);
        }
        rig.facts.clear();
    }
    rig
}

#[test]
fn all_is_accounted_for_while_nothing_breaks() {
    let rig = play(1, "0s", false);
    let found = check(&rig.engine);
    let first = found
        .paths
        .iter()
        .find(|path| path.sink == "report1")
        .expect("a path");
    assert!(first.first_delivered > 40_000, "it runs: {first:?}");
    assert_eq!(first.delivered_again, 0, "nothing comes twice: {first:?}");
}

#[test]
fn all_is_accounted_for_while_anything_breaks() {
    for seed in 1..6 {
        play(seed, "0s", true);
    }
}

#[test]
fn all_is_accounted_for_with_calls_on_their_way() {
    for seed in 6..11 {
        play(seed, "15ms", true);
    }
}
