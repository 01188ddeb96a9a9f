//! The mapping between the real stream and the real function.

mod faults;
mod reads;
mod retries;

use crate::base::time::Us;
use crate::ledger::conservation::check;
use crate::services::facts::Fact;
use crate::services::plant::Signal;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Parcel, WireId};

/// A bench with the stream "s", the function "f" and the counter "dlq" on failure.
fn bench(shards: &str, function: &[(&str, &str)], mapping: &[(&str, &str)]) -> (Rig, WireId) {
    let mut rig = Rig::new(4);
    rig.node("dlq", "sink", &[]);
    rig.node("s", "kinesis", &[("shards", shards)]);
    let quick = [("duration", "0s"), ("cold_start", "0s")];
    rig.node("f", "lambda", &[&quick[..], function].concat());
    rig.wire("on-failure", "f", "dlq", &[]);
    let wire = rig.wire("mapping", "s", "f", mapping);
    (rig, wire)
}

/// Puts records `first` to `first + n - 1` of a lane, one each, at a time.
fn put(rig: &mut Rig, lane: u32, first: u64, n: u64, at: Us) {
    let to = rig.find("s");
    let one = |i| Parcel {
        born: at,
        ..rig.parcel(lane, first + i, 1, 100)
    };
    let entries = (0..n).map(one).collect();
    let batched = true;
    rig.engine.schedule(
        at,
        Signal::FromOutside {
            to,
            ask: Ask::Put { entries, batched },
        },
    );
}

/// Record numbers of each invocation over the wire, in order, with their times.
fn batches(rig: &Rig, wire: WireId) -> Vec<(Us, Vec<u64>)> {
    let node = rig.find("f");
    let mut all = Vec::new();
    let mut open: Vec<u64> = Vec::new();
    for (at, fact) in &rig.facts {
        match fact {
            Fact::Moved { wire: over, parcel } if *over == wire => {
                open.extend(parcel.range().0..parcel.range().1);
            }
            Fact::Metric {
                node: of,
                metric: 0,
                ..
            } if *of == node => all.push((*at, std::mem::take(&mut open))),
            _ => {}
        }
    }
    all
}

/// The same without the times.
fn numbers(rig: &Rig, wire: WireId) -> Vec<Vec<u64>> {
    batches(rig, wire)
        .into_iter()
        .map(|(_, numbers)| numbers)
        .collect()
}

/// Panics unless nothing is lost or invented and every state is possible.
fn holds(rig: &Rig, when: &str) {
    let found = check(&rig.engine);
    let at = rig.engine.now();
    assert!(
        found.holds,
        "{when}, at {at} us: {}",
        found.breach.unwrap_or_default()
    );
    let plant = rig.engine.machine();
    for (ix, _) in plant.floor.nodes.iter().enumerate() {
        let node = crate::services::talk::NodeId(ix as u32);
        plant
            .unit(node)
            .expect("a started node")
            .assert_invariants();
    }
}
