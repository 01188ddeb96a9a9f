//! The function on a bench.

mod alone;
mod called;

use crate::kernel::CallId;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Read};

/// A function "f" that delivers to the counter "out".
fn bench(settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(4);
    rig.node("out", "sink", &[]);
    rig.node("f", "lambda", settings);
    rig.wire("deliver", "f", "out", &[]);
    rig.lane("a", None);
    rig
}

/// Invokes it with records 0 to n - 1 of the first lane.
fn invoke(rig: &mut Rig, n: u32) -> CallId {
    let reads = vec![Read::loose(rig.parcel(0, 0, n, 100))];
    let asynchronous = false;
    rig.begin(
        "f",
        Ask::Invoke {
            reads,
            asynchronous,
        },
    )
}

/// Panics unless every node holds what its tally says, and every state is possible.
fn settled(rig: &Rig) {
    let (plant, now) = (rig.engine.machine(), rig.engine.now());
    for (ix, info) in plant.floor.nodes.iter().enumerate() {
        let node = crate::services::talk::NodeId(ix as u32);
        let tally = plant.floor.books.nodes[ix].held();
        let held = i128::from(plant.held_by(node, now));
        assert_eq!(
            tally, held,
            "{} at {now}: tally and what is held",
            info.name
        );
        plant
            .unit(node)
            .expect("a started node")
            .assert_invariants();
    }
}
