//! The floor of the plant: topology, registers and books that all services stand on.

use super::board::Board;
use super::books::{Books, Way};
use super::faults::Afflictions;
use super::lanes::Lanes;
use super::talk::{Name, NodeId, OUTSIDE, Parcel, Place, WireId};
use super::{AnyConfig, AnyLink, ServiceKind};
use crate::base::rng::Rng;
use crate::base::sorted::{SortedMap, SortedSet};
use crate::base::time::Us;
use crate::catalog::Rules;
use crate::kernel::{CallId, Calls};
use std::sync::Arc;

/// What is known of a node beside its unit.
#[derive(Clone, Debug, Hash)]
pub struct NodeInfo {
    /// Its id in the design.
    pub name: Name,
    /// Its service.
    pub kind: ServiceKind,
    /// The settings it will start with; taken at its `Start`.
    pub first_config: Option<AnyConfig>,
    /// Counts crashes; timers and answers of an earlier life find nobody.
    pub life: u32,
    /// False once removed.
    pub live: bool,
    /// Faults that are on.
    pub faults: Afflictions,
    /// Draws of faults.
    pub fault_rng: Rng,
    /// Wires whose data come in, oldest first.
    pub ins: Arc<[WireId]>,
    /// Wires whose data go out, oldest first.
    pub outs: Arc<[WireId]>,
}

/// What is known of a wire beside its unit.
#[derive(Clone, Debug, Hash)]
pub struct WireInfo {
    /// Its id in the design.
    pub name: Name,
    /// Where data come from.
    pub from: NodeId,
    /// Where data go.
    pub to: NodeId,
    /// Its settings.
    pub link: AnyLink,
    /// False once removed.
    pub live: bool,
    /// Counts restarts of what AWS keeps on it.
    pub life: u32,
}

/// An open request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct OpenCall {
    /// Who asked.
    pub asker: Place,
    /// The asker's life then.
    pub life: u32,
    /// Over which wire.
    pub wire: WireId,
    /// Who must answer.
    pub to: Place,
    /// How long the asker waits for an answer that is lost [us].
    pub timeout: Us,
    /// Set when the answer will be lost: the records of the request.
    pub lost: Option<Vec<Parcel>>,
    /// For GetRecords: shard and number asked for, to set the reader back if the answer is lost.
    pub read_from: Option<(u32, u64)>,
}

/// All that services share.
#[derive(Clone, Debug, Hash)]
pub struct Floor {
    /// The run's seed.
    pub seed: u64,
    /// UTC of model time 0 [us since 1970].
    pub start_us: u64,
    /// The limits and defaults in force.
    pub rules: Rules,
    /// By node number.
    pub nodes: Vec<NodeInfo>,
    /// By wire number.
    pub wires: Vec<WireInfo>,
    /// All lanes.
    pub lanes: Lanes,
    /// The truth books.
    pub books: Books,
    /// By node number.
    pub boards: Vec<Board>,
    /// Open requests.
    pub calls: Calls<OpenCall>,
    /// Traces of the design by name, as (time since start [us], value) steps.
    pub traces: Arc<SortedMap<String, Arc<super::shared::trace::Trace>>>,
    /// Requests whose records nobody else has, although their sender lost them and reads a log.
    pub alone: Alone,
    /// Bytes that retained logs may take before the oldest parts are made coarser [B].
    pub log_budget: Budget,
}

/// Requests of an earlier life of a reader whose log does not have their records again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alone(pub(super) SortedSet<CallId>);

impl std::hash::Hash for Alone {
    /// Writes nothing when it is empty, as in a run in which no reader lost its log.
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}

/// A budget of memory. It is about the machine that runs the model and no part of the world, so it
/// does not hash: two runs are equal until the smaller budget is first exceeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget(pub u64);

impl std::hash::Hash for Budget {
    fn hash<H: std::hash::Hasher>(&self, _state: &mut H) {}
}

impl Floor {
    /// A floor with nothing on it.
    #[must_use]
    pub fn new(seed: u64, start_us: u64, rules: Rules, log_budget: u64) -> Self {
        Self {
            seed,
            start_us,
            rules,
            nodes: Vec::new(),
            wires: Vec::new(),
            lanes: Lanes::default(),
            books: Books::new(seed),
            boards: Vec::new(),
            calls: Calls::default(),
            traces: Arc::default(),
            alone: Alone::default(),
            log_budget: Budget(log_budget),
        }
    }

    /// The node.
    #[must_use]
    pub fn node(&self, node: NodeId) -> &NodeInfo {
        &self.nodes[node.0 as usize]
    }

    /// The wire.
    #[must_use]
    pub fn wire(&self, wire: WireId) -> &WireInfo {
        &self.wires[wire.0 as usize]
    }

    /// Whether requests can still come over the wire.
    #[must_use]
    pub fn carries(&self, wire: WireId) -> bool {
        wire == OUTSIDE || self.wire(wire).live
    }

    /// Time that a request, and again its answer, is on the way [us].
    #[must_use]
    pub fn delay(&self, wire: WireId) -> Us {
        if wire == OUTSIDE {
            0
        } else {
            self.wire(wire).link.delay()
        }
    }

    /// The node's number by its id in the design.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NodeId> {
        let ix = self
            .nodes
            .iter()
            .position(|node| node.live && &*node.name == name)?;
        Some(NodeId(ix as u32))
    }

    /// Whether records end their way at the node: nothing leads on from it, dead letters aside.
    #[must_use]
    pub fn is_sink(&self, node: NodeId) -> bool {
        self.node(node).outs.iter().all(|wire| self.aside(*wire))
    }

    /// Whether what goes over the wire has left its way: dead letters, failures.
    #[must_use]
    pub fn aside(&self, wire: WireId) -> bool {
        self.wire(wire).link.kind().entry().aside
    }

    /// The node whose tally counts what a place holds: of a wire, its receiving end.
    #[must_use]
    #[inline]
    pub fn node_of(&self, place: Place) -> NodeId {
        match place {
            Place::Node(node) => node,
            Place::Wire(wire) => self.wire(wire).to,
            Place::Outside => NodeId(0),
        }
    }

    /// The life of who acts at a place.
    #[must_use]
    pub fn life(&self, place: Place) -> u32 {
        match place {
            Place::Node(node) => self.node(node).life,
            Place::Wire(wire) => self.wire(wire).life,
            Place::Outside => 0,
        }
    }

    /// Takes up a changed topology: the wires of each node, and the paths from sources to sinks.
    /// Gives the indexes of new paths.
    pub fn rewire(&mut self) -> Vec<usize> {
        for (ix, node) in self.nodes.iter_mut().enumerate() {
            let id = NodeId(ix as u32);
            let of = |wanted: &dyn Fn(&WireInfo) -> bool| -> Arc<[WireId]> {
                let wires = self.wires.iter().enumerate();
                wires
                    .filter(|(_, w)| w.live && wanted(w))
                    .map(|(ix, _)| WireId(ix as u32))
                    .collect()
            };
            node.ins = of(&|wire| wire.to == id);
            node.outs = of(&|wire| wire.from == id);
        }
        let found = self.find_paths();
        self.books.set_paths(&self.lanes, found)
    }

    fn find_paths(&self) -> Vec<Way> {
        let mut found = Vec::new();
        for (ix, node) in self.nodes.iter().enumerate() {
            if !node.live || !node.kind.entry().makes_records() {
                continue;
            }
            let source = NodeId(ix as u32);
            let ahead = self.reach(source, true);
            for (wx, wire) in self.wires.iter().enumerate() {
                let last = WireId(wx as u32);
                let leads = wire.live && !self.aside(last) && ahead.contains(&wire.from);
                if !leads || !self.is_sink(wire.to) {
                    continue;
                }
                let mut behind = self.reach(wire.from, false);
                behind.retain(|node| ahead.contains(node));
                let mut through: SortedSet<WireId> = (0..self.wires.len() as u32)
                    .map(WireId)
                    .filter(|id| {
                        let aside = self.aside(*id);
                        let wire = self.wire(*id);
                        wire.live
                            && !aside
                            && behind.contains(&wire.from)
                            && behind.contains(&wire.to)
                    })
                    .collect();
                through.insert(last);
                let via = behind
                    .iter()
                    .copied()
                    .filter(|node| *node != source)
                    .collect();
                let parts = |wire: &&WireId| {
                    let same = |other: &&WireId| self.wire(**other).from == self.wire(**wire).from;
                    through.iter().filter(same).count() > 1
                };
                let parted = through.iter().any(|wire| parts(&wire));
                found.push(Way {
                    source,
                    sink: wire.to,
                    last,
                    via,
                    through,
                    parted,
                });
            }
        }
        found
    }

    /// Whether records on `wire` can still come to `last` and end their way there.
    #[must_use]
    pub fn leads(&self, wire: WireId, last: WireId) -> bool {
        let (here, end) = (self.wire(wire), self.wire(last));
        let ends = end.live && self.is_sink(end.to);
        here.live
            && !self.aside(wire)
            && ends
            && (wire == last || self.reach(here.to, true).contains(&end.from))
    }

    /// Whether records that came to `node` over `wire` can still end their way behind `last`, or
    /// here if that is the wire they came over, whether it is still there or not.
    #[must_use]
    pub fn leads_from(&self, node: NodeId, wire: WireId, last: WireId) -> bool {
        if !self.node(node).live {
            return false;
        }
        if wire == last {
            return self.is_sink(node);
        }
        let end = self.wire(last);
        end.live && self.is_sink(end.to) && self.reach(node, true).contains(&end.from)
    }

    /// Whether ways part behind `start` that all lead on to `last`.
    #[must_use]
    pub fn parts_ahead(&self, start: NodeId, last: WireId) -> bool {
        let mut between = self.reach(self.wire(last).from, false);
        let ahead = self.reach(start, true);
        between.retain(|node| ahead.contains(node));
        between.iter().any(|node| {
            let outs = self.node(*node).outs.iter();
            let leads = |out: &&WireId| {
                let goes_on = between.contains(&self.wire(**out).to);
                !self.aside(**out) && (**out == last || goes_on)
            };
            outs.filter(leads).count() > 1
        })
    }

    /// Records are held for a wire that is new: on a path that it is no part of but leads on to, they
    /// are with somebody else too.
    pub fn met_on(&mut self, wire: WireId, parcel: &Parcel) {
        let source = self.lanes.get(parcel.lane).source;
        for ix in 0..self.books.paths.len() {
            let path = &self.books.paths[ix];
            let other = path.source == source && !path.through.contains(&wire);
            if other && self.books.open_in(ix, parcel) > 0 && self.leads(wire, path.last) {
                self.books.met(&self.lanes, ix, parcel);
            }
        }
    }

    /// All nodes that can be reached from `start` along (or against) the data, itself included;
    /// not over wires of dead letters.
    fn reach(&self, start: NodeId, along: bool) -> SortedSet<NodeId> {
        let mut seen = SortedSet::from([start]);
        let mut open = vec![start];
        while let Some(node) = open.pop() {
            let wires = if along {
                &self.node(node).outs
            } else {
                &self.node(node).ins
            };
            for wire in wires.iter().filter(|wire| !self.aside(**wire)) {
                let wire = self.wire(*wire);
                let next = if along { wire.to } else { wire.from };
                if seen.insert(next) {
                    open.push(next);
                }
            }
        }
        seen
    }
}
