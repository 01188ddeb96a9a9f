//! Records that were made before a path began and that nobody held for it then: they are owed once
//! they are found to come after all, from a log that kept them or because somebody sends them again.
//!
//! ```text
//!   made  |=======held====|........ the path begins: "held" is owed, the rest of what was made is not
//!             ^ comes as a copy, long after its original had come: owed from then on
//! ```

use crate::base::lanes::LaneSets;
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// The records, by lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Unowed(LaneSets);

impl Hash for Unowed {
    /// Writes nothing when it is empty, as on every path that began with its source.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}

impl Unowed {
    /// All records of these lanes, each from its first number to its end.
    pub(super) fn all(lanes: impl Iterator<Item = (u32, Range<u64>)>) -> Self {
        let mut set = LaneSets::default();
        for (lane, range) in lanes {
            set.insert(lane, range);
        }
        Self(set)
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes out a part of a lane: gives what of it was in.
    pub(super) fn take(&mut self, lane: u32, part: Range<u64>) -> Vec<Range<u64>> {
        let mut taken = Vec::new();
        self.0.parts_in(lane, part, |range, is_in| {
            if is_in {
                taken.push(range);
            }
        });
        for range in &taken {
            self.0.remove(lane, range.clone());
        }
        taken
    }

    /// Adds all of them to a set.
    pub(super) fn add_to(&self, set: &mut LaneSets) {
        for (lane, range) in self.0.iter() {
            set.insert(lane, range);
        }
    }

    /// Calls `see` with those parts of a run that are not in.
    pub(super) fn others(&self, lane: u32, run: Range<u64>, mut see: impl FnMut(Range<u64>)) {
        self.0.parts_in(lane, run, |range, is_in| {
            if !is_in {
                see(range);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_record_is_taken_once() {
        let one = |range: std::ops::Range<u64>| std::iter::once(range).collect::<Vec<_>>();
        let mut unowed = Unowed::all([(0, 10..20), (3, 0..5)].into_iter());
        assert_eq!(unowed.take(0, 0..12), one(10..12), "what was in");
        assert_eq!(unowed.take(0, 11..15), one(12..15), "and not again");
        assert!(unowed.take(1, 0..9).is_empty(), "another lane");
        let mut owed = Vec::new();
        unowed.others(0, 8..25, |range| owed.push(range));
        assert_eq!(owed, [8..15, 20..25], "around what is left");
    }
}
