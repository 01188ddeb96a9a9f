//! The truth books: for each path from a source to a sink, what is owed, what came first, what
//! came again, what ended and why; for each node, what went in and out.
//!
//! ```text
//!  owed = first-delivered + in custody of exactly one holder + ended(reason)      per path
//!  in + created(reason) = out + held + ended(reason)                              per node
//! ```
//!
//! A path is a source and the last wire into a sink. `in custody` and `held` are not kept here:
//! they are counted from the state of the holders (see `ledger::conservation`), so that the sums
//! above can fail. Which record was settled is kept as a watermark per lane with exceptions above
//! it, which stays small because whatever is given up is settled too.

mod sums;
mod tally;
mod tracked;
mod unowed;
mod ways;

use super::lanes::Lanes;
use super::repeats::Repeats;
use super::talk::{NodeId, Op, Parcel, Reason, WireId};
use crate::base::intervals::LaneSets;
use crate::base::map::Map;
use crate::base::sorted::SortedSet;
use crate::base::table::Table;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;
use sums::UnitsByPath;
pub use sums::{Sums, Worth};
pub use tally::Tally;
pub use tracked::{By, Standing, TRACKED_KEYS_MAX, Track, Tracker};
use unowed::Unowed;
pub use ways::Way;

/// What is owed to a sink and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// Where the records are made.
    pub source: NodeId,
    /// Where they must come.
    pub sink: NodeId,
    /// The last wire.
    pub last: WireId,
    /// Nodes between, in order.
    pub via: Vec<NodeId>,
    /// All wires on any way from the source to the last wire, those included that were removed:
    /// what is held for them still belongs to the path.
    pub through: SortedSet<WireId>,
    /// Records made for it.
    pub owed: u64,
    /// Records that came for the first time.
    pub first_delivered: u64,
    /// Records that came again.
    pub delivered_again: u64,
    /// Records that will not come, by reason.
    pub ended: BTreeMap<Reason, u64>,
    /// Records that came after a later record of their lane.
    pub out_of_order: u64,
    /// Records that came later than the sink's limit.
    pub late: u64,
    /// Sums of what the sink was handed, repeats included: what a report believes.
    pub believed: Sums,
    /// Units and money of the parts of the sum.
    pub worth: Worth,
    /// Lane and record numbers that came or ended.
    settled: LaneSets,
    /// Ended in a way that can be taken back, by reason: skipped by a start position (comes when
    /// the reader is set back), dead-lettered (comes when it is moved back), ended on one of
    /// several ways (comes by another).
    undone: BTreeMap<Reason, LaneSets>,
    /// Per lane: one behind the highest record number that came.
    highest: Table<u64>,
    /// By lane: the first record number that the path is about; lanes beyond the list start at 0.
    from: Arc<[u64]>,
    /// By lane: one behind the last record number that it is about, once the design has no way
    /// any more; lanes beyond the list have none.
    closed: Option<Arc<[u64]>>,
    /// Made before the path began, and held by nobody for it then.
    unowed: Unowed,
}

impl Path {
    fn new(way: Way, from: Arc<[u64]>, unowed: Unowed) -> Self {
        Self {
            unowed,
            source: way.source,
            sink: way.sink,
            last: way.last,
            via: way.via,
            through: way.through,
            owed: 0,
            first_delivered: 0,
            delivered_again: 0,
            ended: BTreeMap::new(),
            out_of_order: 0,
            late: 0,
            believed: Sums::default(),
            worth: Worth::default(),
            settled: LaneSets::default(),
            undone: BTreeMap::new(),
            highest: Table::default(),
            from,
            closed: None,
        }
    }

    /// Whether records that are made now are owed on it.
    #[must_use]
    pub fn live(&self) -> bool {
        self.closed.is_none()
    }

    /// Whether any record that is owed neither came nor ended.
    #[must_use]
    pub fn waits(&self) -> bool {
        let ended: u64 = self.ended.values().sum();
        self.owed > self.first_delivered.saturating_add(ended)
    }

    /// Lane and record numbers that came or ended.
    #[must_use]
    pub fn settled(&self) -> &LaneSets {
        &self.settled
    }

    /// Adds up those records of a run that are owed, and neither came nor ended.
    #[must_use]
    pub fn open(&self, lane: u32, run: Range<u64>) -> u64 {
        let mut open = 0;
        self.open_parts(lane, run, |range| open += range.end - range.start);
        open
    }

    /// Calls `see` with those parts of a run that are owed, and neither came nor ended.
    pub(super) fn open_parts(&self, lane: u32, run: Range<u64>, mut see: impl FnMut(Range<u64>)) {
        self.settled.parts_in(lane, run, |range, settled| {
            if !settled {
                self.unowed.others(lane, range, &mut see);
            }
        });
    }

    /// All that nobody need hold for the path: what came or ended, and what is not owed.
    #[must_use]
    pub fn not_waited_for(&self) -> LaneSets {
        let mut all = self.settled.clone();
        self.unowed.add_to(&mut all);
        all
    }

    /// The part of a parcel's record numbers that the path is about.
    #[must_use]
    pub fn clip(&self, parcel: &Parcel) -> Range<u64> {
        let lane = parcel.lane as usize;
        let (first, end) = parcel.range();
        let from = self.from.get(lane).copied().unwrap_or(0);
        let to = match &self.closed {
            None => u64::MAX,
            Some(closed) => closed.get(lane).copied().unwrap_or(0),
        };
        let from = first.max(from);
        from..end.min(to).max(from)
    }
}

impl Path {
    /// Settles what came; gives the sums of what had come before. What had ended in a way that can
    /// be taken back comes for the first time all the same.
    fn settle_delivered(&mut self, seed: u64, lanes: &Lanes, parcel: &Parcel) -> Sums {
        let (lane, part) = (parcel.lane, self.clip(parcel));
        let covered_in = |set: &LaneSets| {
            let mut sums = Sums::default();
            set.parts_in(lane, part.clone(), |range, covered| {
                if covered {
                    sums.add(Sums::of(seed, lanes, parcel, range));
                }
            });
            sums
        };
        let mut again = covered_in(&self.settled);
        for (reason, set) in &mut self.undone {
            let back = covered_in(set);
            if back.records == 0 {
                continue;
            }
            set.remove(lane, part.clone());
            if let Some(ended) = self.ended.get_mut(reason) {
                *ended = ended.saturating_sub(back.records);
            }
            if let Some(ended) = self.worth.ended.get_mut(reason) {
                *ended = ended.without(back);
            }
            again = again.without(back);
        }
        self.settled.insert(lane, part);
        again
    }
}

/// All books of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Books {
    seed: u64,
    /// Paths in the order in which they came to be.
    pub paths: Vec<Path>,
    /// By node number.
    pub nodes: Vec<Tally>,
    /// By lane: one behind the last record that was made.
    made_to: Vec<u64>,
    /// What each source made.
    pub made: Map<NodeId, Sums>,
    /// What the records of each source say, as it made them last.
    pub ops: Map<NodeId, Op>,
    /// Records that two holders may have: readers lost and get them again.
    pub(super) repeats: Repeats,
    /// Units made by lane, for the first lanes.
    made_units_by_lane: Table<u64>,
    /// Units handed over by path index and lane, for the first lanes.
    believed_units_by_lane: UnitsByPath,
    /// Stocks and balances, by the sinks that want them followed.
    trackers: BTreeMap<NodeId, Tracker>,
}

/// How a delivery divides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivery {
    /// Records that came for the first time.
    pub first: u64,
    /// Records that had come before.
    pub again: u64,
}

impl Books {
    /// Empty books.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            ..Self::default()
        }
    }

    /// The tally of a node.
    pub fn node(&mut self, node: NodeId) -> &mut Tally {
        let ix = node.0 as usize;
        if self.nodes.len() <= ix {
            self.nodes.resize_with(ix + 1, Tally::default);
        }
        &mut self.nodes[ix]
    }

    /// Those of the records that the path did not owe are owed from now on.
    fn owe_unowed(&mut self, lanes: &Lanes, path: usize, parcel: &Parcel) {
        if self.paths[path].unowed.is_empty() {
            return;
        }
        let part = self.paths[path].clip(parcel);
        for range in self.paths[path].unowed.take(parcel.lane, part) {
            self.owe_part(lanes, path, parcel, range);
        }
    }

    fn owe_part(&mut self, lanes: &Lanes, path: usize, parcel: &Parcel, part: Range<u64>) {
        let path = &mut self.paths[path];
        path.owed += part.end - part.start;
        let sums = Sums::of(self.seed, lanes, parcel, part.clone());
        path.worth.owed.add(sums);
        if let Some(tracker) = self.trackers.get_mut(&path.sink) {
            let Tracker { track, truth, .. } = tracker;
            truth.fold(track, self.seed, lanes, parcel, part);
        }
    }

    /// A sink (or table) wants stocks or balances followed from now on.
    pub fn track(&mut self, sink: NodeId, track: Track) {
        let tracker = Tracker {
            track,
            ..Tracker::default()
        };
        self.trackers.insert(sink, tracker);
    }

    /// Stocks or balances of a sink, if it wants them followed.
    #[must_use]
    pub fn tracker(&self, sink: NodeId) -> Option<&Tracker> {
        self.trackers.get(&sink)
    }

    /// A source made these records: they are owed on every live path behind it.
    pub fn made(&mut self, lanes: &Lanes, parcel: &Parcel) {
        let source = lanes.get(parcel.lane).source;
        let (from, to) = parcel.range();
        let sums = Sums::of(self.seed, lanes, parcel, from..to);
        self.ops.insert(source, parcel.op);
        self.made.at(source).add(sums);
        if (parcel.lane as usize) < TRACKED_KEYS_MAX {
            *self.made_units_by_lane.at(parcel.lane) += sums.units;
        }
        let lane = parcel.lane as usize;
        if self.made_to.len() <= lane {
            self.made_to.resize(lane + 1, 0);
        }
        self.made_to[lane] = self.made_to[lane].max(parcel.range().1);
        let paths = self.paths.iter_mut();
        for path in paths.filter(|path| path.live() && path.source == source) {
            path.owed += u64::from(parcel.n);
            path.worth.owed.add(sums);
        }
        for (sink, tracker) in &mut self.trackers {
            let mut paths = self.paths.iter();
            if paths.any(|path| path.live() && path.source == source && path.sink == *sink) {
                let Tracker { track, truth, .. } = tracker;
                truth.fold(track, self.seed, lanes, parcel, from..to);
            }
        }
        self.node(source).taken += u64::from(parcel.n);
    }

    /// Records ended for all paths through `wire` (`None`: all paths from their source).
    /// Copies end without an obligation. Gives how many obligations ended.
    pub fn ended(
        &mut self,
        lanes: &Lanes,
        wire: Option<WireId>,
        parcel: &Parcel,
        reason: Reason,
    ) -> u64 {
        let source = lanes.get(parcel.lane).source;
        let mut sum = 0;
        for ix in 0..self.paths.len() {
            let path = &self.paths[ix];
            if path.source == source && wire.is_none_or(|wire| path.through.contains(&wire)) {
                sum += self.end_on(lanes, ix, parcel, reason);
            }
        }
        sum
    }

    /// Records ended for one path. Gives how many obligations ended.
    pub fn end_on(&mut self, lanes: &Lanes, path: usize, parcel: &Parcel, reason: Reason) -> u64 {
        let (seed, ix) = (self.seed, path);
        let path = &mut self.paths[path];
        let part = path.clip(parcel);
        if parcel.is_copy() || part.is_empty() {
            return 0;
        }
        let mut open = Vec::new();
        path.open_parts(parcel.lane, part, |range| open.push(range));
        let mut ended = Sums::default();
        for range in &open {
            ended.add(Sums::of(seed, lanes, parcel, range.clone()));
        }
        let revives = matches!(reason, Reason::BeforeStart | Reason::DeadLettered);
        // only what was not settled before may come back, or come another way
        for range in &open {
            let undone = &mut path.undone;
            let may = |part| {
                undone.entry(reason).or_default().insert(parcel.lane, part);
            };
            if revives {
                std::iter::once(range.clone()).for_each(may);
            } else {
                self.repeats.comes_otherwise(ix, parcel.lane, range, may);
            }
        }
        let open = open.into_iter();
        let fresh = open
            .map(|range| path.settled.insert(parcel.lane, range))
            .sum();
        if fresh > 0 {
            *path.ended.entry(reason).or_default() += fresh;
            path.worth.ended.entry(reason).or_default().add(ended);
        }
        fresh
    }

    /// Records came to a sink over `last`, of which `late` later than its limit; its report adds
    /// them up if they are `believed`.
    pub fn delivered(
        &mut self,
        lanes: &Lanes,
        last: WireId,
        parcel: &Parcel,
        (mut late, believed): (u64, bool),
    ) -> Delivery {
        let source = lanes.get(parcel.lane).source;
        let mut all = Delivery::default();
        for ix in 0..self.paths.len() {
            let path = &self.paths[ix];
            if path.source != source || path.last != last || path.clip(parcel).is_empty() {
                continue;
            }
            let delivery = self.deliver_on(lanes, ix, parcel, believed);
            all.first += delivery.first;
            all.again += delivery.again;
            self.paths[ix].late += std::mem::take(&mut late);
        }
        all
    }

    fn deliver_on(
        &mut self,
        lanes: &Lanes,
        path: usize,
        parcel: &Parcel,
        believed: bool,
    ) -> Delivery {
        self.owe_unowed(lanes, path, parcel);
        let (seed, ix) = (self.seed, path);
        let path = &mut self.paths[path];
        let lane = parcel.lane;
        let part = path.clip(parcel);
        let (from, to, n) = (part.start, part.end, part.end - part.start);
        let all = Sums::of(seed, lanes, parcel, part.clone());
        let again = path.settle_delivered(seed, lanes, parcel);
        let first = all.without(again);
        path.first_delivered += first.records;
        path.delivered_again += again.records;
        path.worth.first.add(first);
        if believed {
            path.believed.add(all);
            if again.records > 0 {
                let reason = if parcel.is_copy() {
                    Reason::SentAgain
                } else {
                    Reason::ReadAgain
                };
                path.worth.again.entry(reason).or_default().add(again);
            }
            if let Some(Tracker { track, belief, .. }) = self.trackers.get_mut(&path.sink) {
                belief.fold(track, seed, lanes, parcel, part);
            }
        } else {
            path.worth.unchanged.add(first);
        }
        if believed && (lane as usize) < TRACKED_KEYS_MAX {
            *self.believed_units_by_lane.at(ix, lane) += all.units;
        }
        let highest = path.highest.at(lane);
        path.out_of_order += highest.saturating_sub(from).min(n).min(first.records);
        *highest = (*highest).max(to);
        Delivery {
            first: first.records,
            again: again.records,
        }
    }

    /// How many of the parcel's records are neither delivered nor ended on the path.
    #[must_use]
    pub fn open_in(&self, path: usize, parcel: &Parcel) -> u64 {
        let path = &self.paths[path];
        path.open(parcel.lane, path.clip(parcel))
    }

    /// Units made and believed at `sink` by key, for the tracked lanes.
    #[must_use]
    pub fn by_key(&self, lanes: &Lanes, sink: NodeId) -> BTreeMap<String, (u64, u64)> {
        let mut keys: BTreeMap<String, (u64, u64)> = BTreeMap::new();
        let sources: SortedSet<NodeId> = self
            .paths
            .iter()
            .filter(|path| path.sink == sink)
            .map(|path| path.source)
            .collect();
        for (lane, units) in self.made_units_by_lane.iter() {
            let lane = lanes.get(lane);
            if sources.contains(&lane.source) {
                keys.entry(lane.key.to_string()).or_default().0 += units;
            }
        }
        for (path, lane, units) in self.believed_units_by_lane.iter() {
            if self.paths[path].sink == sink {
                keys.entry(lanes.get(lane).key.to_string()).or_default().1 += units;
            }
        }
        keys
    }
}
