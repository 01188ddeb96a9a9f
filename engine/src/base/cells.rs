//! Log-linear cells: the common scale of histogram and sketch, and values spread evenly on it.
//!
//! Values below twice 2^bits have a cell of their own; above, each doubling has 2^bits cells of
//! equal width. So a value and the upper end of its cell differ by less than 1 in 2^bits.
//!
//! ```text
//! bits = 2:  0 1 2 3 4 5 6 7 | 8-9 10-11 12-13 14-15 | 16-19 20-23 24-27 28-31 | 32-39 ...
//! ```

use super::times::times_wide;

/// The number of the cell of a value: order is kept, and no number is left out.
#[must_use]
#[inline]
pub fn cell_of(value: u64, bits: u32) -> u32 {
    let shift = (63 - (value | 1).leading_zeros()).saturating_sub(bits);
    (shift << bits) + (value >> shift) as u32
}

/// The least value of a cell.
#[must_use]
#[inline]
pub fn lowest_of(cell: u32, bits: u32) -> u64 {
    let shift = (cell >> bits).saturating_sub(1);
    u64::from(cell - (shift << bits)) << shift
}

/// The largest value of a cell.
#[must_use]
#[inline]
pub fn highest_of(cell: u32, bits: u32) -> u64 {
    let shift = (cell >> bits).saturating_sub(1);
    lowest_of(cell, bits) + ((1 << shift) - 1)
}

/// `n` values evenly spaced from `first` to `last`, both included: the one at place j is
/// first + span x j / (n - 1), rounded down. A single value is `first`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spread {
    first: u64,
    last: u64,
    n: u64,
}

impl Spread {
    /// The values from the lesser of `a` and `b` to the greater.
    #[must_use]
    pub fn new(a: u64, b: u64, n: u64) -> Self {
        let (first, last) = (a.min(b), a.max(b));
        Self {
            first,
            last: if n == 1 { first } else { last },
            n,
        }
    }

    /// The least of the values.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.first
    }

    /// The largest of the values.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.last
    }

    /// How many of the values are at most `limit`.
    #[must_use]
    pub fn at_most(&self, limit: u64) -> u64 {
        if self.n == 0 || limit < self.first {
            return 0;
        }
        if limit >= self.last {
            return self.n;
        }
        // The place j is at most `limit` when span x j < (limit - first + 1) x (n - 1).
        let span = u128::from(self.last - self.first);
        let room = u128::from(limit - self.first + 1) * u128::from(self.n - 1);
        u64::try_from((room - 1) / span + 1)
            .unwrap_or(self.n)
            .min(self.n)
    }

    /// The sum of the values, exactly.
    #[must_use]
    pub fn sum(&self) -> u128 {
        if self.n < 2 {
            return times_wide(self.n, self.first);
        }
        // The places j and m - j (m = n - 1) lose together one whole to rounding, or nothing
        // when m divides span x j, which it does at gcd(span, m) + 1 places.
        let (span, m) = (self.last - self.first, self.n - 1);
        let lost = u128::from(gcd(span, m));
        times_wide(self.n, self.first) + (times_wide(self.n, span) + lost - u128::from(m)) / 2
    }

    /// The values, in order, with one division for all.
    pub fn values(&self) -> impl Iterator<Item = u64> + use<> {
        let (span, steps) = (self.last - self.first, self.n.saturating_sub(1).max(1));
        // span x j / steps is j whole parts, and one more each time that the rests fill a step
        let (whole, part) = (span / steps, span % steps);
        let (mut value, mut rest) = (self.first, 0);
        (0..self.n).map(move |place| {
            if place > 0 {
                value += whole;
                let left = steps - rest;
                if part >= left {
                    value += 1;
                    rest = part - left;
                } else {
                    rest += part;
                }
            }
            value
        })
    }

    /// Whether there are no more values than cells from the first one's to the last one's.
    #[must_use]
    pub fn is_thin(&self, bits: u32) -> bool {
        self.n <= u64::from(cell_of(self.last, bits) - cell_of(self.first, bits))
    }

    /// Calls `see` with cells that have values, and how many, in order; a cell may come more than
    /// once. Costs the number of cells between first and last, or that of the values if it is less.
    pub fn cells(&self, bits: u32, mut see: impl FnMut(u32, u64)) {
        if self.n == 0 {
            return;
        }
        if self.is_thin(bits) {
            self.values().for_each(|value| see(cell_of(value, bits), 1));
            return;
        }
        let (low, high) = (cell_of(self.first, bits), cell_of(self.last, bits));
        let mut below = 0;
        for cell in low..=high {
            let upto = self.at_most(highest_of(cell, bits));
            if upto > below {
                see(cell, upto - below);
            }
            below = upto;
        }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The place, from 1, of the nearest-rank quantile `q` among `count` values: ceil(q x count).
#[must_use]
pub fn rank(q: f64, count: u64) -> u64 {
    let place = libm::ceil(q.clamp(0.0, 1.0) * count as f64) as u64;
    place.clamp(1, count.max(1))
}

/// The nearest-rank quantile `q` of sorted values, exactly; `None` when there are none.
#[must_use]
pub fn nearest_rank(sorted: &[u64], q: f64) -> Option<u64> {
    let place = rank(q, sorted.len() as u64);
    sorted.get(place as usize - 1).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn cells_follow_each_other_without_a_gap() {
        for bits in [2, 7, 10] {
            for cell in 0..4_000u32.min((63 - bits) << bits) {
                let (low, high) = (lowest_of(cell, bits), highest_of(cell, bits));
                assert_eq!((cell_of(low, bits), cell_of(high, bits)), (cell, cell));
                assert_eq!(cell_of(high + 1, bits), cell + 1);
                assert!((high - low) << bits < low.max(1), "cell {cell} is too wide");
            }
        }
        assert_eq!(highest_of(cell_of(u64::MAX, 10), 10), u64::MAX);
    }

    #[test]
    fn a_spread_is_what_it_says() {
        let mut rng = Rng::stream(5, 0, "spread");
        for _ in 0..500 {
            let (a, b) = (rng.below(400), rng.below(400));
            let n = rng.below(60);
            let spread = Spread::new(a, b, n);
            let (first, span) = (a.min(b), a.abs_diff(b));
            let values: Vec<u64> = (0..n)
                .map(|j| first + (span * j).checked_div(n - 1).unwrap_or(0))
                .collect();
            assert!(spread.values().eq(values.iter().copied()));
            assert_eq!(
                spread.sum(),
                values.iter().map(|&v| u128::from(v)).sum::<u128>()
            );
            for limit in [first, first + span / 2, first + span, rng.below(400)] {
                let expected = values.iter().filter(|&&v| v <= limit).count() as u64;
                assert_eq!(spread.at_most(limit), expected, "{spread:?} up to {limit}");
            }
            let mut in_cells = Vec::new();
            spread.cells(4, |cell, n| in_cells.extend((0..n).map(|_| cell)));
            assert!(
                in_cells
                    .into_iter()
                    .eq(values.iter().map(|&v| cell_of(v, 4)))
            );
        }
    }

    #[test]
    fn ranks_are_nearest_ranks() {
        let ranks = [0.0, 0.25, 0.5, 0.95, 1.0].map(|q| rank(q, 10));
        assert_eq!(ranks, [1, 3, 5, 10, 10]);
        assert_eq!((rank(0.99, 50), rank(0.5, 0)), (50, 1));
    }
}
