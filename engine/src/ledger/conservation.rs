//! Conservation, checked: what the books say must be held is counted again from who holds it.
//!
//! `owed = first-delivered + in custody + ended` per path and `in + created = out + held + ended`
//! per node can fail only if a service lost or invented records: the two sides come from different
//! places (books against the state of the holders and the queue).

use crate::base::lanes::LaneSets;
use crate::base::sorted::SortedMap;
use crate::kernel::{Engine, SimFault};
use crate::services::books::{Path, Tally};
use crate::services::contract::Custody;
use crate::services::plant::Plant;
use crate::services::talk::{NodeId, Parcel, WireId};

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
    pub ended: SortedMap<&'static str, u64>,
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

/// Something that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// What was seen, with values.
    pub what: String,
    /// Ids of the nodes in question: those of the path in order, or the one node.
    pub ids: Vec<String>,
}

/// Checks the whole run as it stands. Takes time in proportion to what is held.
#[must_use]
pub fn check(engine: &Engine<Plant>) -> Conservation {
    conclude(engine).0
}

fn conclude(engine: &Engine<Plant>) -> (Conservation, Option<Breach>) {
    let counted = Counted::of(engine);
    let (path, node) = (counted.broken_path(engine), counted.broken_node(engine));
    let nodes_balanced = node.is_none();
    let breach = path.or(node);
    let paths = engine.machine().floor.books.paths.iter();
    let lines = paths.zip(&counted.seen.custody);
    let found = Conservation {
        holds: breach.is_none(),
        nodes_balanced,
        breach: breach.as_ref().map(|breach| breach.what.clone()),
        paths: lines
            .map(|(path, held)| line(engine, path, *held))
            .collect(),
    };
    (found, breach)
}

/// The first breach, if there is one, and how many times a stretch of held records was looked at
/// on a path: the measure of what the check cost.
#[must_use]
pub fn look(engine: &Engine<Plant>) -> (Option<Breach>, u64) {
    let counted = Counted::of(engine);
    let broken = counted.broken_path(engine);
    let broken = broken.or_else(|| counted.broken_node(engine));
    (broken, counted.looks)
}

fn name(engine: &Engine<Plant>, node: NodeId) -> String {
    engine.machine().floor.node(node).name.to_string()
}

fn line(engine: &Engine<Plant>, path: &Path, in_custody: u64) -> PathLine {
    let ended = path.ended.iter();
    PathLine {
        source: name(engine, path.source),
        via: path.via.iter().map(|node| name(engine, *node)).collect(),
        sink: name(engine, path.sink),
        owed: path.owed,
        first_delivered: path.first_delivered,
        in_custody,
        ended: ended.map(|(reason, n)| (reason.code(), *n)).collect(),
        delivered_again: path.delivered_again,
    }
}

/// All that is held, counted once.
struct Counted {
    seen: Seen,
    /// By node, as its tally counts it.
    held: Vec<u64>,
    looks: u64,
}

impl Counted {
    fn of(engine: &Engine<Plant>) -> Self {
        let plant = engine.machine();
        let paths = plant.floor.books.paths.len() as u64;
        let mut all = Self {
            seen: Seen::new(plant),
            held: vec![0; plant.floor.nodes.len()],
            looks: paths,
        };
        let mut custody = Custody::default();
        for ix in 0..plant.floor.nodes.len() {
            let node = NodeId(ix as u32);
            if let Some(unit) = plant.unit(node) {
                unit.custody(&plant.view(node, engine.now()), &mut custody);
                all.add(plant, node, &mut custody);
            }
        }
        for (ix, info) in plant.floor.wires.iter().enumerate() {
            if let Some(link) = plant.link(WireId(ix as u32)).filter(|_| info.live) {
                link.custody(&mut custody);
                all.add(plant, info.to, &mut custody);
            }
        }
        for (_, wire, parcel) in plant.in_flight(engine.pending()) {
            all.looks += paths;
            all.seen.add(plant, wire, &parcel);
        }
        all
    }

    /// Counts what one holder named, and empties the list.
    fn add(&mut self, plant: &Plant, node: NodeId, custody: &mut Custody) {
        let held = &mut self.held[node.0 as usize];
        *held += std::mem::take(&mut custody.beside);
        let kept = custody.kept.drain(..);
        let kept = kept.map(|(wire, parcel)| (Some(wire), parcel));
        for (wire, parcel) in custody.held.drain(..).chain(kept) {
            *held += u64::from(parcel.n);
            self.looks += plant.floor.books.paths.len() as u64;
            self.seen.add(plant, wire, &parcel);
        }
    }

    fn broken_path(&self, engine: &Engine<Plant>) -> Option<Breach> {
        let paths = engine.machine().floor.books.paths.iter();
        let broken = paths.zip(&self.seen.custody).find(|(path, held)| {
            let ended: u64 = path.ended.values().sum();
            u128::from(path.owed)
                != u128::from(path.first_delivered) + u128::from(**held) + u128::from(ended)
        });
        let line = broken.map(|(path, held)| line(engine, path, *held))?;
        let what = format!(
            "From {} to {}: {} owed, {} delivered, {} held, {} ended; {} are not accounted for.",
            line.source,
            line.sink,
            line.owed,
            line.first_delivered,
            line.in_custody,
            line.ended.values().sum::<u64>(),
            line.gap()
        );
        let ids = [line.source].into_iter().chain(line.via).chain([line.sink]);
        let ids = ids.collect();
        Some(Breach { what, ids })
    }

    /// The first node whose tally does not fit what it holds.
    fn broken_node(&self, engine: &Engine<Plant>) -> Option<Breach> {
        let floor = &engine.machine().floor;
        let live = |ix: &usize| floor.nodes[*ix].live;
        let must = |ix: usize| floor.books.nodes.get(ix).map_or(0, Tally::held);
        let broken = |ix: &usize| must(*ix) != i128::from(self.held[*ix]);
        let ix = (0..self.held.len()).filter(live).find(broken)?;
        let (id, must, holds) = (floor.nodes[ix].name.to_string(), must(ix), self.held[ix]);
        let what = format!(
            "{id} must hold {must} records (in and created less out and ended) and holds {holds}."
        );
        Some(Breach {
            what,
            ids: vec![id],
        })
    }
}

/// What is in somebody's custody, by path.
struct Seen {
    custody: Vec<u64>,
    /// By path, if there are any: the records that may have two holders.
    again: Vec<Option<Again>>,
}

/// Records of a path that may have two holders, because a reader lost and gets them again, because
/// they go several ways, or because a changed design lets them meet (`services::repeats`). They count
/// once; any other record with two holders is a breach.
struct Again {
    /// Which; all of the path if there is no set.
    which: Option<LaneSets>,
    /// Those of them that are settled or were counted.
    counted: LaneSets,
}

impl Seen {
    fn new(plant: &Plant) -> Self {
        let books = &plant.floor.books;
        let again = |ix: usize| {
            let all = books.goes_several_ways(ix);
            let which = books.repeats_on(ix);
            (all || !which.is_empty()).then(|| Again {
                which: (!all).then_some(which),
                counted: books.paths[ix].not_waited_for(),
            })
        };
        Self {
            custody: vec![0; books.paths.len()],
            again: (0..books.paths.len()).map(again).collect(),
        }
    }

    fn add(&mut self, plant: &Plant, wire: Option<WireId>, parcel: &Parcel) {
        if parcel.is_copy() {
            return;
        }
        let books = &plant.floor.books;
        let source = plant.floor.lanes.get(parcel.lane).source;
        for (ix, path) in books.paths.iter().enumerate() {
            let through = wire.is_none_or(|wire| path.through.contains(&wire));
            if path.source != source || !through {
                continue;
            }
            let Some(Again { which, counted }) = &mut self.again[ix] else {
                self.custody[ix] += books.open_in(ix, parcel);
                continue;
            };
            let lane = parcel.lane;
            let Some(which) = which else {
                self.custody[ix] += counted.insert(lane, path.clip(parcel));
                continue;
            };
            which.parts_in(lane, path.clip(parcel), |part, may_repeat| {
                self.custody[ix] += if may_repeat {
                    counted.insert(lane, part)
                } else {
                    path.open(lane, part)
                };
            });
        }
    }
}

/// Declares a breach to the engine: the run stops.
pub fn declare(engine: &mut Engine<Plant>, breach: Breach) {
    let (at, event) = (engine.now(), engine.events());
    let Breach { what, ids } = breach;
    engine.declare(SimFault::Broken {
        at,
        event,
        promise: "conservation",
        ids,
        what,
    });
}

/// Checks, and declares a breach to the engine if the promise does not hold.
pub fn enforce(engine: &mut Engine<Plant>) -> Conservation {
    let (found, breach) = conclude(engine);
    if let Some(breach) = breach {
        declare(engine, breach);
    }
    found
}
