//! Nothing is lost in silence while anything breaks: conservation at hundreds of instants.

use super::holds;
use crate::base::rng::Rng;
use crate::base::time::{MS, SECOND, Us};
use crate::services::faults::Fault;
use crate::services::plant::Order;
use crate::services::rig::{Rig, link_of};

/// ```text
/// tills --> s --mapping--> f --deliver--> r1, room -> r2
///           +---mapping--> g (a sink itself), efo
/// ```
fn shop(seed: u64, network: &str) -> Rig {
    let mut rig = Rig::new(seed);
    let net = [("network", network)];
    for sink in ["r1", "r2", "dlq"] {
        rig.node(sink, "sink", &[]);
    }
    rig.node(
        "room",
        "queue",
        &[("servers", "3"), ("mean", "3ms"), ("room", "2000")],
    );
    let fails = [
        ("errors", "share"),
        ("error_share", "0.2"),
        ("duration", "150ms"),
    ];
    rig.node(
        "f",
        "lambda",
        &[&fails[..], &[("error_tries", "2"), ("timeout", "2s")]].concat(),
    );
    rig.node(
        "g",
        "lambda",
        &[
            ("duration", "300ms"),
            ("errors", "every"),
            ("error_every", "997"),
        ],
    );
    rig.node("s", "kinesis", &[("shards", "2")]);
    rig.node("tills", "tills", &[("rate", "500"), ("clients", "4")]);
    rig.wire("deliver", "f", "r1", &net);
    rig.wire("deliver", "f", "room", &net);
    rig.wire("deliver", "room", "r2", &net);
    rig.wire("on-failure", "f", "dlq", &net);
    rig.wire("on-failure", "g", "dlq", &net);
    rig.wire(
        "mapping",
        "s",
        "f",
        &[("max_retries", "3"), ("parallelization", "3")],
    );
    rig.wire(
        "mapping",
        "s",
        "g",
        &[("efo", "yes"), ("bisect", "yes"), ("max_retries", "1")],
    );
    rig.wire("put", "tills", "s", &net);
    rig
}

fn strike(rig: &mut Rig, rng: &mut Rng, number: u32) -> String {
    let (crash, slow) = (Fault::Crash, Fault::Slow { times: 8 });
    let (refuse, lost) = (
        Fault::Refuse { ppm: 400_000 },
        Fault::LostAck { ppm: 300_000 },
    );
    let names = ["f", "g", "f", "g", "s", "r1", "room", "dlq"];
    let name = names[rng.below(names.len() as u64) as usize];
    let fault = [crash, slow, refuse, lost][rng.below(4) as usize];
    let (node, lasts) = (rig.find(name), SECOND + rng.below(4 * SECOND));
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
    format!("{name} {fault:?}")
}

/// Now and then a setting changes too.
fn alter(rig: &mut Rig, rng: &mut Rng) {
    let modes = ["raise", "report", "swallow"];
    let mode = modes[rng.below(3) as usize];
    rig.set("f", &[("on_error", mode)]);
    let wires = &rig.floor().wires;
    let ix = wires
        .iter()
        .position(|wire| &*wire.name == "mapping")
        .expect("a mapping");
    let wire = crate::services::talk::WireId(ix as u32);
    let factor = (1 + rng.below(4)).to_string();
    let report = if rng.below(2) == 0 { "yes" } else { "no" };
    let enabled = if rng.below(4) == 0 { "no" } else { "yes" };
    let settings = [
        ("max_retries", "3"),
        ("parallelization", factor.as_str()),
        ("report_batch_item_failures", report),
        ("bisect", report),
        ("enabled", enabled),
    ];
    let link = link_of("mapping", &settings).expect("good settings");
    rig.order(Order::ConfigureWire { wire, link });
}

fn play(seed: u64, network: &str) {
    let mut rig = shop(seed, network);
    let mut rng = Rng::stream(seed, 0, "faults");
    let (mut at, mut last): (Us, _) = (0, String::from("before any fault"));
    for step in 1..300_u32 {
        at += rng.below(400 * MS);
        rig.run_to(at);
        holds(&rig, &last);
        if step.is_multiple_of(12) {
            let struck = strike(&mut rig, &mut rng, step);
            last = format!("seed {seed}, network {network}, after {struck}");
            holds(&rig, &last);
        }
        if step.is_multiple_of(40) {
            alter(&mut rig, &mut rng);
            holds(&rig, &format!("{last} and a change"));
        }
        rig.facts.clear();
    }
    // everything heals: what is owed comes, ends with a reason, or is in somebody's hands
    rig.run_to(at + 120 * SECOND);
    holds(&rig, "healed");
    assert!(
        rig.metric("r1", "Records") > 5_000.0,
        "it ran: {}",
        rig.metric("r1", "Records")
    );
}

#[test]
fn all_is_accounted_for_while_anything_breaks() {
    (1..6).for_each(|seed| play(seed, "0s"));
}

#[test]
fn all_is_accounted_for_with_calls_on_their_way() {
    (6..11).for_each(|seed| play(seed, "15ms"));
}
