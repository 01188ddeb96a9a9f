//! What a reader lost and gets again: the only records that two holders may have at a time.
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

use super::books::Books;
use super::lanes::Lanes;
use super::talk::{Parcel, WireId};
use crate::base::intervals::LaneSets;
use std::collections::BTreeMap;
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
}

impl Hash for Repeats {
    /// Writes nothing when it is empty, as in a run in which no reader lost anything.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.by_wire.is_empty() {
            self.by_wire.hash(state);
            state.write_u64(self.runs as u64);
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

    /// Forgets records that have come or ended on all their paths.
    fn forget_settled(&mut self, lanes: &Lanes) {
        let old = std::mem::take(&mut self.repeats);
        for (wire, set) in &old.by_wire {
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

    /// The records that two holders may have on the path with this index.
    #[must_use]
    pub fn repeats_on(&self, path: usize) -> LaneSets {
        let through = &self.paths[path].through;
        let mut all = LaneSets::default();
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
