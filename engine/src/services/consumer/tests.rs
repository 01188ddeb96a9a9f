//! The application against the real stream, on a bench: records are put from outside.

mod breaks;
mod reads;

use super::*;
use crate::services::facts::Fact;
use crate::services::plant::{Order, Signal};
use crate::services::rig::Rig;
use crate::services::talk::Parcel;
use std::collections::BTreeMap;

/// A bench with the stream "s" of `shards` and one consumer "c" with `settings` on a wire of `kind`.
fn bench(kind: &str, shards: &str, settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(4);
    rig.node("s", "kinesis", &[("shards", shards)]);
    rig.node("c", "consumer", settings);
    rig.wire(kind, "s", "c", &[]);
    rig
}

/// Puts `n` records of a lane at each of `times` instants, `every` apart, from `from` on.
fn feed(rig: &mut Rig, lane: u32, n: u32, from: Us, every: Us, times: u64) {
    feed_from(rig, lane, 0, n, from, every, times);
}

/// The same with the first record's number.
fn feed_from(rig: &mut Rig, lane: u32, first: u64, n: u32, from: Us, every: Us, times: u64) {
    let to = rig.find("s");
    for ix in 0..times {
        let at = from + ix * every;
        let parcel = rig.parcel(lane, first + ix * u64::from(n), n, 100);
        let parcel = Parcel { born: at, ..parcel };
        let entries = vec![parcel];
        let ask = Ask::Put {
            entries: entries.into(),
            batched: true,
        };
        rig.engine.schedule(at, Signal::FromOutside { to, ask });
    }
}

/// How often each record of a lane went over a wire.
fn moved(rig: &Rig, wire: WireId, lane: u32) -> BTreeMap<u64, u32> {
    let mut seen = BTreeMap::new();
    for (_, fact) in &rig.facts {
        if let Fact::Moved { wire: over, parcel } = fact
            && *over == wire
            && parcel.lane == lane
        {
            let (from, to) = parcel.range();
            (from..to).for_each(|record| *seen.entry(record).or_default() += 1);
        }
    }
    seen
}

/// Numbers of a lane's records in the order in which the application was done with them.
fn delivered(rig: &Rig, lane: u32) -> Vec<u64> {
    let mut order = Vec::new();
    for (_, fact) in &rig.facts {
        if let Fact::Delivered { parcel, .. } = fact
            && parcel.lane == lane
        {
            order.extend(parcel.range().0..parcel.range().1);
        }
    }
    order
}

/// Panics unless every node holds what its tally says, and every state is possible.
fn balanced(rig: &Rig, when: &str) {
    let (plant, now) = (rig.engine.machine(), rig.engine.now());
    for name in ["s", "c", "c2", "r", "r2"] {
        let Some(node) = plant.floor.find(name) else {
            continue;
        };
        let tally = plant.floor.books.nodes[node.0 as usize].held();
        let held = i128::from(plant.held_by(node, now));
        assert_eq!(
            tally, held,
            "{name} {when}, at {now}: tally and what is held"
        );
        plant
            .unit(node)
            .expect("a started node")
            .assert_invariants();
    }
}

fn near(value: f64, wanted: f64, by: f64, what: &str) {
    assert!((value - wanted).abs() <= by, "{what}: {value} for {wanted}");
}
