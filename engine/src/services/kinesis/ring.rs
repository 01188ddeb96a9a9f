//! The ring of 2^128 hash keys, and which open shard owns which part of it.

use std::hash::{Hash, Hasher};

/// First hash key of shard `i` of `n` even ones: floor(i x 2^128 / n) (aws-facts 1.3.2).
///
/// 2^128 does not fit into 128 bits, so it is taken as q x n + r.
#[must_use]
pub(super) fn even_start(i: u32, n: u32) -> u128 {
    let (i, n) = (u128::from(i), u128::from(n.max(1)));
    if i == 0 {
        return 0;
    }
    let (mut q, mut r) = (u128::MAX / n, u128::MAX % n + 1);
    if r == n {
        q = q.saturating_add(1);
        r = 0;
    }
    i.saturating_mul(q).saturating_add(i * r / n)
}

/// Inclusive range of shard `i` of `n` even ones.
#[must_use]
pub fn even_range(i: u32, n: u32) -> (u128, u128) {
    let to = if i + 1 >= n {
        u128::MAX
    } else {
        even_start(i + 1, n) - 1
    };
    (even_start(i, n), to)
}

/// The start of the upper child of an even split: (start + end) / 2, rounded down.
#[must_use]
pub fn middle(from: u128, to: u128) -> u128 {
    from + (to - from) / 2
}

/// Which of the open shards, sorted by their first keys, owns the key.
#[must_use]
pub fn owner<T>(open: &[T], from: impl Fn(&T) -> u128, hash: u128) -> usize {
    let above = open.partition_point(|shard| from(shard) <= hash);
    above.saturating_sub(1)
}

/// Where a key lies on the ring, 0..1, for drawing only.
#[must_use]
pub(super) fn share(at: u128) -> f32 {
    (at as f64 / u128::MAX as f64) as f32
}

/// No shard was looked up yet.
const UNKNOWN: u32 = u32::MAX;

/// Which slot each lane goes to, found once per lane and map of shards. It is a memory of a
/// function of the state, no state of its own, so it does not hash.
#[derive(Clone, Debug, Default)]
pub(super) struct Routes {
    by_lane: Vec<u32>,
}

impl Routes {
    /// Forgets all: the map of shards changed.
    pub(super) fn clear(&mut self) {
        self.by_lane.clear();
    }

    /// The slot of a lane, from memory or from `find`.
    pub(super) fn slot(&mut self, lane: u32, find: impl FnOnce() -> u32) -> u32 {
        let ix = lane as usize;
        if self.by_lane.len() <= ix {
            self.by_lane.resize(ix + 1, UNKNOWN);
        }
        if self.by_lane[ix] == UNKNOWN {
            self.by_lane[ix] = find();
        }
        self.by_lane[ix]
    }
}

impl Hash for Routes {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn even_ranges_cover_the_ring_without_gap() {
        for n in [1, 2, 3, 4, 5, 7, 10, 1_000, 9_999, 10_000] {
            assert_eq!(even_range(0, n).0, 0, "{n} shards begin at 0");
            assert_eq!(
                even_range(n - 1, n).1,
                u128::MAX,
                "{n} shards end at the top"
            );
            for i in 1..n {
                let (from, to) = even_range(i, n);
                assert_eq!(even_range(i - 1, n).1 + 1, from, "shard {i} of {n}");
                assert!(from < to, "shard {i} of {n} is not empty");
            }
        }
    }

    #[test]
    fn three_shards_are_those_of_the_published_sample() {
        assert_eq!(
            even_range(0, 3).1,
            113_427_455_640_312_821_154_458_202_477_256_070_484
        );
        assert_eq!(
            even_range(2, 3).0,
            226_854_911_280_625_642_308_916_404_954_512_140_970
        );
    }

    #[test]
    fn the_middle_is_that_of_the_worked_number() {
        let (from, to) = even_range(2, 4);
        // aws-facts W3
        assert_eq!(
            middle(from, to),
            212_676_479_325_586_539_664_609_129_644_855_132_159
        );
        assert_eq!(middle(0, u128::MAX), (1 << 127) - 1, "the whole ring");
    }
}
