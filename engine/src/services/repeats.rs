//! The only records that two holders may have at a time: what a reader lost and gets again, and
//! what goes several ways that meet again before its sink.
//!
//! A reader that crashed reads again from its saved position. What it had handed on since then may
//! still be on its way to the sink, and the log holds it again:
//!
//! ```text
//!   log    [....saved=======position....)      set back: ==== is the log's again
//!                  |||||
//!   room           some of ==== still waits here: for those alone the check counts one holder
//! ```
//!
//! Once such a record has come or ended it is settled, and the exception for it is forgotten.
//!
//! After a change of the design what travels on a way that is gone may meet itself: another wire
//! reads it again, or ways part before it now. That is noted record by record, so that a second
//! holder of any other record of the path is a breach still.
//!
//! ```text
//!   log --poll--> application --> sink    two ways, one path: each record is owed once and comes
//!      \--push----^                       twice; the check counts a record once, whoever has it
//! ```

use super::books::Books;
use super::lanes::Lanes;
use super::talk::{Parcel, WireId};
use crate::base::intervals::LaneSets;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// Runs that are kept before settled ones are looked for.
const RUNS_LEAST: usize = 256;

/// Records that were held again, by the wire that they are held for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repeats {
    by_wire: BTreeMap<WireId, LaneSets>,
    /// Runs that were left when settled ones were last dropped.
    runs: usize,
    /// Paths, by index, with ways that part and meet again.
    parted: BTreeSet<u32>,
    /// By path: the records that were somewhere else too, or before a fork, when the design changed.
    met: BTreeMap<u32, LaneSets>,
}

impl Repeats {
    /// The path with this index has ways that part and meet again.
    pub(super) fn part(&mut self, path: usize) {
        self.parted.insert(path as u32);
    }

    /// Whether the path with this index has, or had, such ways.
    pub(super) fn parted(&self, path: usize) -> bool {
        self.parted.contains(&(path as u32))
    }

    /// Calls `see` with those records of a run that may come another way if they end on one.
    pub(super) fn comes_otherwise(
        &self,
        path: usize,
        lane: u32,
        run: &Range<u64>,
        mut see: impl FnMut(Range<u64>),
    ) {
        if self.parted(path) {
            see(run.clone());
        } else if let Some(met) = self.met.get(&(path as u32)) {
            met.parts_in(lane, run.clone(), |part, is_in| {
                if is_in {
                    see(part);
                }
            });
        }
    }
}

impl Hash for Repeats {
    /// Writes nothing when it is empty, as in a run in which no reader lost anything and no ways
    /// part and meet again.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.by_wire.is_empty() {
            self.by_wire.hash(state);
            state.write_u64(self.runs as u64);
        }
        if !self.parted.is_empty() {
            self.parted.hash(state);
        }
        if !self.met.is_empty() {
            self.met.hash(state);
        }
    }
}

impl Books {
    /// Records are held again for `wire`, although what was handed on of them may be with
    /// somebody else still. Copies have no obligation, so nothing is noted of them.
    pub fn held_again(&mut self, lanes: &Lanes, wire: WireId, parcel: &Parcel) {
        if parcel.is_copy() {
            return;
        }
        let (from, to) = parcel.range();
        let set = self.repeats.by_wire.entry(wire).or_default();
        set.insert(parcel.lane, from..to);
        if set.runs() > RUNS_LEAST + 2 * self.repeats.runs {
            self.forget_settled(lanes);
        }
    }

    /// Records that somebody holds may be with somebody else too on the path with this index, now or
    /// later: noted of those that it waits for.
    pub fn met(&mut self, lanes: &Lanes, path: usize, parcel: &Parcel) {
        let (of, lane) = (&self.paths[path], parcel.lane);
        if parcel.is_copy() || of.source != lanes.get(lane).source || self.repeats.parted(path) {
            return;
        }
        let met = &mut self.repeats.met;
        of.open_parts(lane, of.clip(parcel), |part| {
            met.entry(path as u32).or_default().insert(lane, part);
        });
    }

    /// Forgets those that have come or ended meanwhile.
    pub(super) fn forget_met(&mut self) {
        for (path, met) in std::mem::take(&mut self.repeats.met) {
            let mut open = LaneSets::default();
            for (lane, run) in met.iter() {
                let of = &self.paths[path as usize];
                of.open_parts(lane, run, |part| {
                    open.insert(lane, part);
                });
            }
            if !open.is_empty() {
                self.repeats.met.insert(path, open);
            }
        }
    }

    /// Forgets records that have come or ended on all their paths.
    fn forget_settled(&mut self, lanes: &Lanes) {
        let old = std::mem::take(&mut self.repeats.by_wire);
        self.repeats.runs = 0;
        for (wire, set) in &old {
            let mut open = LaneSets::default();
            for (lane, run) in set.iter() {
                self.open_parts(lanes, *wire, lane, run, |part| {
                    open.insert(lane, part);
                });
            }
            self.repeats.runs = self.repeats.runs.max(open.runs());
            if !open.is_empty() {
                self.repeats.by_wire.insert(*wire, open);
            }
        }
    }

    /// Calls `see` with the parts of a run that some path through the wire still waits for.
    fn open_parts(
        &self,
        lanes: &Lanes,
        wire: WireId,
        lane: u32,
        run: Range<u64>,
        mut see: impl FnMut(Range<u64>),
    ) {
        let source = lanes.get(lane).source;
        for path in &self.paths {
            if path.source == source && path.through.contains(&wire) {
                path.settled().parts_in(lane, run.clone(), |part, settled| {
                    if !settled {
                        see(part);
                    }
                });
            }
        }
    }

    /// Whether any record on the path with this index may have two holders: it goes several ways.
    #[must_use]
    pub fn goes_several_ways(&self, path: usize) -> bool {
        self.repeats.parted(path)
    }

    /// The records that two holders may have on the path with this index.
    #[must_use]
    pub fn repeats_on(&self, path: usize) -> LaneSets {
        let through = &self.paths[path].through;
        let mut all = self
            .repeats
            .met
            .get(&(path as u32))
            .cloned()
            .unwrap_or_default();
        for (_, set) in self
            .repeats
            .by_wire
            .iter()
            .filter(|(wire, _)| through.contains(wire))
        {
            for (lane, run) in set.iter() {
                all.insert(lane, run);
            }
        }
        all
    }
}
