//! Conservation, checked: what the books say must be held is counted again from who holds it.
//!
//! `owed = first-delivered + in custody + ended` per path and `in + created = out + held + ended`
//! per node can fail only if a service lost or invented records: the two sides come from different
//! places (books against the state of the holders and the queue).

use crate::base::lanes::LaneSets;
use crate::kernel::{Engine, SimFault};
use crate::services::plant::Plant;
use crate::services::talk::{NodeId, Parcel, WireId};
use std::collections::BTreeMap;

/// One path's sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathLine {
    /// Id of the source.
    pub source: String,
    /// Ids of the nodes between.
    pub via: Vec<String>,
    /// Id of the sink.
    pub sink: String,
    /// Records made for it.
    pub owed: u64,
    /// Records that came for the first time.
    pub first_delivered: u64,
    /// Records held by somebody, each by one holder.
    pub in_custody: u64,
    /// Records that will not come, by code of the reason.
    pub ended: BTreeMap<&'static str, u64>,
    /// Records that came again.
    pub delivered_again: u64,
}

impl PathLine {
    /// owed - first-delivered - in custody - ended: 0 if the path holds.
    #[must_use]
    pub fn gap(&self) -> i128 {
        let ended: u64 = self.ended.values().sum();
        i128::from(self.owed)
            - i128::from(self.first_delivered)
            - i128::from(self.in_custody)
            - i128::from(ended)
    }
}

/// The whole check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conservation {
    /// Whether every path and every node holds.
    pub holds: bool,
    /// By path.
    pub paths: Vec<PathLine>,
    /// Whether every node holds.
    pub nodes_balanced: bool,
    /// The first thing that does not hold, in words.
    pub breach: Option<String>,
}

/// Checks the whole run as it stands. Takes time in proportion to what is held.
#[must_use]
pub fn check(engine: &Engine<Plant>) -> Conservation {
    let plant = engine.machine();
    let mut seen = Seen::new(plant);
    let items = plant
        .custody(engine.now())
        .into_iter()
        .chain(plant.in_flight(engine.pending()));
    for (_, wire, parcel) in items.filter(|(_, _, parcel)| !parcel.is_copy()) {
        seen.add(plant, wire, &parcel);
    }
    let name = |node: NodeId| plant.floor.node(node).name.to_string();
    let lines: Vec<PathLine> = plant
        .floor
        .books
        .paths
        .iter()
        .zip(seen.custody)
        .map(|(path, in_custody)| PathLine {
            source: name(path.source),
            via: path.via.iter().map(|node| name(*node)).collect(),
            sink: name(path.sink),
            owed: path.owed,
            first_delivered: path.first_delivered,
            in_custody,
            ended: path
                .ended
                .iter()
                .map(|(reason, n)| (reason.code(), *n))
                .collect(),
            delivered_again: path.delivered_again,
        })
        .collect();
    let broken_path = lines.iter().find(|line| line.gap() != 0).map(|line| {
        format!(
            "From {} to {}: {} owed, {} delivered, {} held, {} ended; {} are not accounted for.",
            line.source,
            line.sink,
            line.owed,
            line.first_delivered,
            line.in_custody,
            line.ended.values().sum::<u64>(),
            line.gap()
        )
    });
    let broken_node = nodes(engine);
    Conservation {
        holds: broken_path.is_none() && broken_node.is_none(),
        nodes_balanced: broken_node.is_none(),
        breach: broken_path.or(broken_node),
        paths: lines,
    }
}

/// What is in somebody's custody, by path.
struct Seen {
    custody: Vec<u64>,
    /// By path: records that may have two holders, because a reader lost and gets them again
    /// (`services::repeats`), and those of them that are settled or were counted. They count
    /// once; any other record with two holders is a breach.
    again: Vec<Option<(LaneSets, LaneSets)>>,
}

impl Seen {
    fn new(plant: &Plant) -> Self {
        let books = &plant.floor.books;
        let again = |ix: usize| {
            let again = books.repeats_on(ix);
            (!again.is_empty()).then(|| (again, books.paths[ix].settled().clone()))
        };
        Self {
            custody: vec![0; books.paths.len()],
            again: (0..books.paths.len()).map(again).collect(),
        }
    }

    fn add(&mut self, plant: &Plant, wire: Option<WireId>, parcel: &Parcel) {
        let books = &plant.floor.books;
        let source = plant.floor.lanes.get(parcel.lane).source;
        for (ix, path) in books.paths.iter().enumerate() {
            let through = wire.is_none_or(|wire| path.through.contains(&wire));
            if path.source != source || !through {
                continue;
            }
            let Some((again, counted)) = &mut self.again[ix] else {
                self.custody[ix] += books.open_in(ix, parcel);
                continue;
            };
            let lane = parcel.lane;
            again.parts_in(lane, path.clip(parcel), |part, may_repeat| {
                self.custody[ix] += if may_repeat {
                    counted.insert(lane, part)
                } else {
                    part.end - part.start - path.settled().covered_in(lane, part)
                };
            });
        }
    }
}

/// The first node whose tally does not fit what it holds.
fn nodes(engine: &Engine<Plant>) -> Option<String> {
    let plant = engine.machine();
    for (ix, tally) in plant.floor.books.nodes.iter().enumerate() {
        let node = NodeId(ix as u32);
        if !plant.floor.node(node).live {
            continue;
        }
        let (must, holds) = (tally.held(), plant.held_by(node, engine.now()));
        if must != i128::from(holds) {
            let name = &plant.floor.node(node).name;
            return Some(format!(
                "{name} must hold {must} records (in and created less out and ended) and holds {holds}."
            ));
        }
    }
    None
}

/// Declares a breach to the engine if the promise does not hold.
pub fn enforce(engine: &mut Engine<Plant>) -> Conservation {
    let found = check(engine);
    if let Some(what) = &found.breach {
        let at = engine.now();
        engine.declare(SimFault::Broken {
            at,
            promise: "conservation",
            what: what.clone(),
        });
    }
    found
}
