//! Sets of record numbers for many lanes: partitions, shards, sources.
//!
//! In each lane nearly all numbers below some mark are in, and only a few stray runs lie above
//! it. So a lane costs eight bytes for its mark, and strays of all lanes share one map,
//! whose copies share what did not change ([`super::runs`]).
//!
//! ```text
//! lane 0  ##########|                mark 10
//! lane 1  ####|...##....#            mark 4, strays 7..9 and 13..14
//! ```

use super::footprint::See;
use super::runs::Runs;
use std::ops::Range;

/// One set of `u64` per lane. A lane that was never touched is empty; equal sets hash equally.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct LaneSets {
    /// All numbers below a lane's mark are in, and the mark itself is not. No zeros at the end.
    marks: Vec<u64>,
    /// Runs above the marks. They touch neither each other nor the mark.
    strays: Runs,
    /// How many numbers are in, over all lanes.
    len: u64,
}

impl LaneSets {
    /// Empty sets.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many numbers are in, over all lanes.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether no lane has a number.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many runs there are: lanes with a mark above 0, and strays.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.marks.iter().filter(|&&mark| mark > 0).count() + self.strays.len()
    }

    /// The mark of a lane: the first number that is not in.
    #[must_use]
    pub fn mark(&self, lane: u32) -> u64 {
        self.marks.get(lane as usize).copied().unwrap_or(0)
    }

    /// The runs above a lane's mark, in order.
    pub fn strays(&self, lane: u32) -> impl Iterator<Item = Range<u64>> + '_ {
        self.strays.within(lane, 0..u64::MAX)
    }

    /// All runs, by lane and in order within each, but for those of a lane's mark come first.
    pub fn iter(&self) -> impl Iterator<Item = (u32, Range<u64>)> + '_ {
        let marked = (0_u32..).zip(&self.marks).filter(|(_, mark)| **mark > 0);
        let marked = marked.map(|(lane, mark)| (lane, 0..*mark));
        marked.chain(self.strays.iter())
    }

    /// One past the last number in a lane; 0 for an empty one.
    #[must_use]
    pub fn end(&self, lane: u32) -> u64 {
        let last = self.strays.before(lane, u64::MAX);
        last.map_or(self.mark(lane), |(_, end)| end)
    }

    /// How many numbers of a lane are in.
    #[must_use]
    pub fn len_of(&self, lane: u32) -> u64 {
        self.mark(lane)
            + self
                .strays(lane)
                .map(|run| run.end - run.start)
                .sum::<u64>()
    }

    /// Adds a range to a lane; gives how many of its numbers were not in before.
    pub fn insert(&mut self, lane: u32, range: Range<u64>) -> u64 {
        let mark = self.mark(lane);
        let (mut start, mut end) = (range.start.max(mark), range.end);
        if start >= end {
            return 0;
        }
        // Joins with each stray that overlaps or touches, from the last backwards.
        let mut held = 0;
        let touched = |strays: &Runs, start, end: u64| {
            let last = strays.before(lane, end.saturating_add(1));
            last.filter(|(_, past)| *past >= start)
        };
        while let Some((first, past)) = touched(&self.strays, start, end) {
            if held == 0 && first <= start {
                // the only one, since strays do not touch each other
                return self.stretch(lane, first..past, end);
            }
            self.strays.remove(lane, first);
            held += past - first;
            (start, end) = (start.min(first), end.max(past));
        }
        if start == mark {
            self.set_mark(lane, end);
        } else {
            self.strays.insert(lane, start..end);
        }
        let added = end - start - held;
        self.len += added;
        added
    }

    /// Puts the end of a stray further back; gives how many numbers are new.
    fn stretch(&mut self, lane: u32, stray: Range<u64>, end: u64) -> u64 {
        let added = end.saturating_sub(stray.end);
        if added > 0 {
            self.strays.stretch(lane, stray.start, end);
            self.len += added;
        }
        added
    }

    /// Takes a range out of a lane; gives how many of its numbers were in.
    pub fn remove(&mut self, lane: u32, range: Range<u64>) -> u64 {
        let Range { start, end } = range;
        if start >= end {
            return 0;
        }
        let mut removed = 0;
        let overlapped = |strays: &Runs| {
            let last = strays.before(lane, end);
            last.filter(|(_, past)| *past > start)
        };
        while let Some((first, past)) = overlapped(&self.strays) {
            self.strays.remove(lane, first);
            removed += past.min(end) - first.max(start);
            if first < start {
                self.strays.insert(lane, first..start);
            }
            if past > end {
                self.strays.insert(lane, end..past);
            }
        }
        let mark = self.mark(lane);
        if start < mark {
            removed += mark.min(end) - start;
            if end < mark {
                self.strays.insert(lane, end..mark);
            }
            self.set_mark(lane, start);
        }
        self.len -= removed;
        removed
    }

    /// Whether a number of a lane is in.
    #[must_use]
    pub fn contains(&self, lane: u32, n: u64) -> bool {
        n < self.mark(lane)
            || self
                .strays
                .before(lane, n.saturating_add(1))
                .is_some_and(|(_, past)| n < past)
    }

    /// How many numbers of a range of a lane are in.
    #[must_use]
    pub fn covered_in(&self, lane: u32, range: Range<u64>) -> u64 {
        let mut covered = 0;
        self.parts_in(lane, range, |part, is_in| {
            if is_in {
                covered += part.end - part.start;
            }
        });
        covered
    }

    /// Calls `see` with the parts of a range of a lane in order, each with whether it is in; the
    /// parts alternate and make up the whole range.
    pub fn parts_in(&self, lane: u32, range: Range<u64>, mut see: impl FnMut(Range<u64>, bool)) {
        let Range { start, end } = range;
        let mut at = start;
        let mark = self.mark(lane);
        if start < end && start < mark {
            at = mark.min(end);
            see(start..at, true);
        }
        if at >= end {
            return;
        }
        let before = self.strays.before(lane, at.saturating_add(1));
        let from = before
            .filter(|(_, past)| *past > at)
            .map_or(at, |(first, _)| first);
        for run in self.strays.within(lane, from..end) {
            let (first, past) = (run.start.max(at), run.end.min(end));
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

    /// Names the pieces that copies share; its encoding writes them out all the same.
    pub fn shared(&self, see: &mut See<'_>) {
        self.strays.shared(see);
    }

    fn set_mark(&mut self, lane: u32, mark: u64) {
        let at = lane as usize;
        if at >= self.marks.len() {
            self.marks.resize(at + 1, 0);
        }
        self.marks[at] = mark;
        while self.marks.last() == Some(&0) {
            self.marks.pop();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::intervals::Intervals;
    use crate::base::rng::Rng;

    fn agrees(sets: &LaneSets, model: &[Intervals; 3]) {
        for (lane, one) in (0u32..).zip(model) {
            let mut runs: Vec<_> = sets.strays(lane).collect();
            if sets.mark(lane) > 0 {
                runs.insert(0, 0..sets.mark(lane));
            }
            assert!(
                runs.iter().cloned().eq(one.iter()),
                "lane {lane}: {runs:?} and {one:?}"
            );
            assert_eq!((sets.len_of(lane), sets.end(lane)), (one.len(), one.end()));
        }
        assert_eq!(sets.len(), model.iter().map(Intervals::len).sum::<u64>());
        assert_eq!(
            sets.runs(),
            model.iter().map(Intervals::runs).sum::<usize>()
        );
        assert_ne!(sets.marks.last(), Some(&0));
    }

    #[test]
    fn agrees_with_one_set_per_lane() {
        let mut rng = Rng::stream(4, 0, "lanes");
        for _ in 0..60 {
            let (mut sets, mut model) = (LaneSets::new(), <[Intervals; 3]>::default());
            for _ in 0..80 {
                let (lane, start) = (rng.below(3) as u32, rng.below(60));
                let range = start..start + rng.below(12);
                let one = &mut model[lane as usize];
                let mut parts = [Vec::new(), Vec::new()];
                sets.parts_in(lane, range.clone(), |part, is_in| {
                    parts[0].push((part, is_in))
                });
                one.parts_in(range.clone(), |part, is_in| parts[1].push((part, is_in)));
                assert_eq!(parts[0], parts[1], "{range:?} of {one:?}");
                assert_eq!(
                    sets.covered_in(lane, range.clone()),
                    one.covered_in(range.clone())
                );
                if rng.below(3) > 0 {
                    assert_eq!(sets.insert(lane, range.clone()), one.insert(range));
                } else {
                    assert_eq!(sets.remove(lane, range.clone()), one.remove(range));
                }
                let n = rng.below(72);
                assert_eq!(sets.contains(lane, n), one.contains(n));
                agrees(&sets, &model);
            }
        }
    }

    #[test]
    fn the_mark_takes_in_what_adjoins() {
        let mut sets = LaneSets::new();
        assert_eq!(sets.insert(9, 4..6), 2);
        assert_eq!(sets.insert(9, 8..9), 1);
        assert_eq!((sets.mark(9), sets.runs()), (0, 2));
        assert_eq!(sets.insert(9, 0..4), 4);
        assert_eq!((sets.mark(9), sets.runs()), (6, 2));
        assert_eq!(sets.insert(9, 2..20), 13);
        assert_eq!((sets.mark(9), sets.runs(), sets.len()), (20, 1, 20));
        assert!(sets.contains(9, 19) && !sets.contains(9, 20) && !sets.contains(8, 0));
    }

    #[test]
    fn the_way_there_does_not_show() {
        let (mut a, mut b) = (LaneSets::new(), LaneSets::new());
        (0..10).for_each(|n| assert_eq!(a.insert(0, n..n + 1), 1));
        assert_eq!(b.insert(0, 0..20), 20);
        assert_eq!(b.remove(0, 10..20), 10);
        assert_eq!(b.insert(5, 0..3), 3);
        assert_eq!(b.remove(5, 0..3), 3);
        assert_eq!(a, b);
        assert_eq!(Digest::of(&a), Digest::of(&b));
    }
}
