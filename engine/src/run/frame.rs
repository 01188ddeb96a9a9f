//! What the screen sees of a run: owned plain data in buffers that are reused each frame.
//!
//! Filled by [`super::Run::frame`] at the cursor, and by [`super::Run::picture`] for a time that the
//! thumb passes, out of history; read by `scene`, never read by the engine. Rates are those of
//! the last whole model second (or of the last whole step of the meter at high speeds), so that a
//! figure stands still while its second lasts and is exact.

use crate::base::sorted::SortedMap;
use crate::base::time::Us;
use crate::catalog::Family;
use crate::services::gauges::{Gauges, LaneGauge};
use crate::services::talk::{Name, NodeId, Reason, WireId};
use crate::services::{LinkKind, ServiceKind};

/// Colours of keys: the first eight keys of a design have one each, the others are neutral.
pub const KEY_COLOURS: u8 = 8;

/// Rates of one lane of a node [records/s].
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneRate {
    /// Asked to come in.
    pub tried: f64,
    /// Let in.
    pub admitted: f64,
    /// Refused.
    pub refused: f64,
    /// Let in [B/s].
    pub bytes: f64,
    /// Colour of the key that sends most here; [`KEY_COLOURS`] is neutral.
    pub colour: u8,
}

/// Of what rates by lane were taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rated {
    /// The whole second [s].
    pub second: u64,
    /// How often history had changed by then.
    pub changes: u64,
    /// The last lane, and how many there are: a new one has a number above all others.
    pub lanes: (Option<u32>, usize),
}

/// One node.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeFrame {
    /// Its number.
    pub id: NodeId,
    /// Its id in the design.
    pub name: Name,
    /// Its service.
    pub kind: ServiceKind,
    /// State, readings, lanes, tanks.
    pub gauges: Gauges,
    /// Rates by lane, beside `gauges.lanes`.
    pub rates: Vec<LaneRate>,
    /// What the rates of very many lanes were taken of: they stand until that changes.
    pub rated: Option<Rated>,
    /// Records that came in over wires, or were made [records/s].
    pub in_rate: f64,
    /// Records that went out over wires [records/s].
    pub out_rate: f64,
    /// Records refused by this node [records/s].
    pub refused_rate: f64,
    /// Colour of its key where it sends under one key only; [`KEY_COLOURS`] is neutral.
    pub colour: u8,
    /// What it believes, if records end their way here.
    pub total: Option<Total>,
    /// Frames since gauges and rates were taken, of a node with very many lanes and of what reads one.
    pub age: u8,
}

/// What a place believes at which records end their way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Total {
    /// Records counted.
    pub records: f64,
    /// Money counted [cents].
    pub cents: f64,
}

impl NodeFrame {
    /// Lanes that take work, each with its rates; a closed one is still read, but takes nothing.
    pub fn open_lanes(&self) -> impl Iterator<Item = (&LaneGauge, LaneRate)> {
        let rates = self.rates.iter().copied();
        let rates = rates.chain(std::iter::repeat(LaneRate::default()));
        self.gauges
            .lanes
            .iter()
            .zip(rates)
            .filter(|(lane, _)| lane.open)
    }

    /// Whether some of its lanes let in no more than a limit.
    #[must_use]
    pub fn has_limits(&self) -> bool {
        self.gauges
            .lanes
            .iter()
            .any(|lane| lane.records_capacity > 0)
    }

    /// Whether records wait in its lanes until somebody reads them.
    #[must_use]
    pub fn keeps_lanes(&self) -> bool {
        self.kind.entry().family == Family::Streams && !self.gauges.lanes.is_empty()
    }

    /// Lanes that take work, and lanes that are closed.
    #[must_use]
    pub fn lane_counts(&self) -> (usize, usize) {
        let open = self.open_lanes().count();
        (open, self.gauges.lanes.len() - open)
    }
}

/// One wire.
#[derive(Clone, Debug, PartialEq)]
pub struct WireFrame {
    /// Its number.
    pub id: WireId,
    /// Its id in the design.
    pub name: Name,
    /// Its kind.
    pub kind: LinkKind,
    /// Where data come from.
    pub from: NodeId,
    /// Where data go.
    pub to: NodeId,
    /// Records sent over it [records/s].
    pub rate: f64,
}

/// An exemplar record on its way: the moving marks show these.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The wire that it goes over.
    pub wire: WireId,
    /// Source lane.
    pub lane: u32,
    /// Record number in the lane: with the lane its true id.
    pub record: u64,
    /// Key.
    pub key: Name,
    /// Colour of the key; [`KEY_COLOURS`] is neutral.
    pub colour: u8,
    /// Lane of the node it goes to (the shard), if one is known.
    pub to_lane: Option<u32>,
    /// Set if it was refused there.
    pub refused: Option<Refusal>,
    /// When [us].
    pub at: Us,
}

/// Why a record bounced: the badge's words are made of this.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which law and bucket.
    pub reason: Reason,
    /// What the bucket held.
    pub had: u64,
    /// What one record needed.
    pub needed: u64,
    /// Units refilled a second.
    pub limit_per_s: u64,
}

/// Records that one node is asked for at most.
pub const HELD_MAX: usize = 24;

/// A record that lies at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRecord {
    /// The lane of the node in which it lies (the shard), where it has some.
    pub lane: Option<u32>,
    /// Source lane.
    pub source_lane: u32,
    /// Record number in the source lane: with that its true id.
    pub record: u64,
    /// Key.
    pub key: Name,
    /// Colour of the key; [`KEY_COLOURS`] is neutral.
    pub colour: u8,
    /// Payload [B].
    pub bytes: u32,
    /// Time since it was made [us].
    pub age: Us,
}

/// All that is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Frame {
    /// Model time [us].
    pub at: Us,
    /// UTC of model time 0 [us since 1970].
    pub start_us: u64,
    /// Nodes in order of their numbers.
    pub nodes: Vec<NodeFrame>,
    /// Wires in order of their numbers.
    pub wires: Vec<WireFrame>,
    /// Exemplars since the last frame, at most 12 a wall second and wire.
    pub marks: Vec<Mark>,
    /// Keys that have colours: (key, colour).
    pub keys: Vec<(Name, u8)>,
    /// Records that one mark stands for, on the busiest wire.
    pub records_per_mark: u64,
    /// Whether this is a picture out of history: what history does not know is estimated from the
    /// worlds kept before and after.
    pub past: bool,
    /// Nodes to look into: set by the caller before a frame is filled, and kept.
    pub looked_into: Vec<NodeId>,
    /// What those hold now, at most [`HELD_MAX`] records each: the newest of each lane of a log,
    /// else those that come next. Nothing in a picture out of history, which does not know it.
    pub held: SortedMap<NodeId, Vec<HeldRecord>>,
}

/// Readings that history knows as well as the world does.
const IN_HISTORY: [&str; 4] = ["rate", "in_rate", "out_rate", "iterator_age"];

impl Frame {
    /// The node with this number.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&NodeFrame> {
        let place = self.nodes.binary_search_by_key(&id, |node| node.id);
        place.ok().map(|place| &self.nodes[place])
    }

    /// The wire with this number.
    #[must_use]
    pub fn wire(&self, id: WireId) -> Option<&WireFrame> {
        let place = self.wires.binary_search_by_key(&id, |wire| wire.id);
        place.ok().map(|place| &self.wires[place])
    }

    /// Age of the oldest record that waits for a node [us]: for one with lanes, in its lanes; for a reader, in those
    /// of the node that it alone reads. None for others, and where several read and only the slowest is known.
    #[must_use]
    pub fn oldest_unread(&self, node: NodeId) -> Option<Us> {
        let find = |id: NodeId| self.node(id);
        let own = find(node).filter(|node| node.keeps_lanes());
        let read = || {
            let wire = self.wires.iter().find(|wire| {
                wire.to == node && find(wire.from).is_some_and(NodeFrame::keeps_lanes)
            })?;
            let readers = self.wires.iter().filter(|other| other.from == wire.from);
            find(wire.from).filter(|_| readers.count() == 1)
        };
        let lanes = &own.or_else(read)?.gauges.lanes;
        let waiting = lanes.iter().filter(|lane| lane.waiting > 0);
        Some(waiting.map(|lane| lane.oldest_us).max().unwrap_or(0))
    }

    /// Whether a reading is that of the frame's time, and not an estimate.
    #[must_use]
    pub fn knows(&self, reading: &str) -> bool {
        !self.past || IN_HISTORY.contains(&reading)
    }
}
