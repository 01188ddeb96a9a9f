//! Sets of record numbers as sorted, disjoint, half-open ranges.
//!
//! ```text
//! 0   4       9  11          20
//! ####........##..............   runs: 0..4, 9..11
//! ```
//!
//! Runs never touch: adjoining ones are one. So a set has one form only, and equal sets hash
//! equally. Many lanes at once are in [`LaneSets`].

use std::ops::Range;

pub use super::lanes::LaneSets;

/// A set of `u64` that is cheap when its members come in runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Intervals {
    /// Sorted, disjoint and not touching: (first, one past the last).
    runs: Vec<(u64, u64)>,
    /// How many numbers are in.
    len: u64,
}

impl Intervals {
    /// The empty set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many numbers are in.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether none is in.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many runs the numbers make.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.len()
    }

    /// The runs in order.
    pub fn iter(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        self.runs.iter().map(|&(start, end)| start..end)
    }

    /// The first number that is in.
    #[must_use]
    pub fn first(&self) -> Option<u64> {
        self.runs.first().map(|run| run.0)
    }

    /// One past the last number that is in; 0 for the empty set.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.runs.last().map_or(0, |run| run.1)
    }

    /// Adds a range; gives how many of its numbers were not in before.
    pub fn insert(&mut self, range: Range<u64>) -> u64 {
        let Range { start, end } = range;
        if start >= end {
            return 0;
        }
        // The usual case: record numbers come in order, so the range goes to the end.
        match self.runs.last_mut() {
            Some(last) if start == last.1 => {
                last.1 = end;
                self.len += end - start;
                return end - start;
            }
            Some(last) if start < last.1 => {}
            _ => {
                self.runs.push((start, end));
                self.len += end - start;
                return end - start;
            }
        }
        let from = self.runs.partition_point(|run| run.1 < start);
        let to = from + self.runs[from..].partition_point(|run| run.0 <= end);
        let touched = &self.runs[from..to];
        let held: u64 = touched.iter().map(|run| run.1 - run.0).sum();
        let joined = (
            touched.first().map_or(start, |run| run.0.min(start)),
            touched.last().map_or(end, |run| run.1.max(end)),
        );
        let added = joined.1 - joined.0 - held;
        self.runs.splice(from..to, [joined]);
        self.len += added;
        added
    }

    /// Takes a range out; gives how many of its numbers were in.
    pub fn remove(&mut self, range: Range<u64>) -> u64 {
        let Range { start, end } = range;
        if start >= end {
            return 0;
        }
        let (from, to) = self.overlapping(start, end);
        let touched = &self.runs[from..to];
        let (Some(&first), Some(&last)) = (touched.first(), touched.last()) else {
            return 0;
        };
        let held: u64 = touched.iter().map(|run| run.1 - run.0).sum();
        let before = (first.0 < start).then_some((first.0, start));
        let after = (last.1 > end).then_some((end, last.1));
        let kept: u64 = before.iter().chain(&after).map(|run| run.1 - run.0).sum();
        self.runs.splice(from..to, before.into_iter().chain(after));
        self.len -= held - kept;
        held - kept
    }

    /// Whether a number is in.
    #[must_use]
    pub fn contains(&self, n: u64) -> bool {
        let at = self.runs.partition_point(|run| run.1 <= n);
        self.runs.get(at).is_some_and(|run| run.0 <= n)
    }

    /// How many numbers of a range are in.
    #[must_use]
    pub fn covered_in(&self, range: Range<u64>) -> u64 {
        let mut covered = 0;
        self.parts_in(range, |part, is_in| {
            if is_in {
                covered += part.end - part.start;
            }
        });
        covered
    }

    /// Calls `see` with the parts of a range in order, each with whether it is in; the parts
    /// alternate and make up the whole range.
    pub fn parts_in(&self, range: Range<u64>, mut see: impl FnMut(Range<u64>, bool)) {
        let Range { start, end } = range;
        if start >= end {
            return;
        }
        let (from, to) = self.overlapping(start, end);
        let mut at = start;
        for &(first, past) in &self.runs[from..to] {
            let (first, past) = (first.max(start), past.min(end));
            if at < first {
                see(at..first, false);
            }
            see(first..past, true);
            at = past;
        }
        if at < end {
            see(at..end, false);
        }
    }

    /// The runs that have a number in common with `start..end`, as places in the list.
    fn overlapping(&self, start: u64, end: u64) -> (usize, usize) {
        let from = self.runs.partition_point(|run| run.1 <= start);
        (
            from,
            from + self.runs[from..].partition_point(|run| run.0 < end),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::rng::Rng;
    use std::collections::BTreeSet;

    fn agrees(set: &Intervals, model: &BTreeSet<u64>) {
        let numbers: Vec<u64> = set.iter().flatten().collect();
        assert!(numbers.iter().eq(model.iter()));
        assert_eq!(set.len(), model.len() as u64);
        assert!(
            set.runs.windows(2).all(|two| two[0].1 < two[1].0),
            "runs touch: {set:?}"
        );
        assert!(set.runs.iter().all(|run| run.0 < run.1));
    }

    #[test]
    fn agrees_with_a_plain_set() {
        let mut rng = Rng::stream(3, 0, "intervals");
        for _ in 0..60 {
            let (mut set, mut model) = (Intervals::new(), BTreeSet::new());
            for _ in 0..60 {
                let start = rng.below(100);
                let range = start..start + rng.below(12);
                let held = model.range(range.clone()).count() as u64;
                assert_eq!(set.covered_in(range.clone()), held);
                if rng.below(3) > 0 {
                    assert_eq!(set.insert(range.clone()), range.end - range.start - held);
                    model.extend(range);
                } else {
                    assert_eq!(set.remove(range.clone()), held);
                    model.retain(|n| !range.contains(n));
                }
                agrees(&set, &model);
                let n = rng.below(112);
                assert_eq!(set.contains(n), model.contains(&n));
            }
        }
    }

    #[test]
    fn parts_alternate_and_fill_the_range() {
        let mut set = Intervals::new();
        set.insert(4..6);
        set.insert(8..9);
        let mut parts = Vec::new();
        set.parts_in(5..12, |part, is_in| {
            parts.push((part.start, part.end, is_in))
        });
        assert_eq!(
            parts,
            [(5, 6, true), (6, 8, false), (8, 9, true), (9, 12, false)]
        );
        set.parts_in(7..7, |_, _| panic!("an empty range has no parts"));
        assert_eq!((set.first(), set.end(), set.runs()), (Some(4), 9, 2));
    }

    #[test]
    fn the_way_there_does_not_show() {
        let (mut a, mut b) = (Intervals::new(), Intervals::new());
        (0..10).for_each(|n| assert_eq!(a.insert(n..n + 1), 1));
        assert_eq!(b.insert(5..20), 15);
        assert_eq!(b.insert(0..5), 5);
        assert_eq!(b.remove(10..20), 10);
        assert_eq!((a.runs(), &a), (1, &b));
        assert_eq!(Digest::of(&a), Digest::of(&b));
    }
}
