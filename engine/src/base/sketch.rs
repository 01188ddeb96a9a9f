//! Latencies of one window to about one per cent: a sparse list of cells.
//!
//! 128 cells for each doubling, of which only those with values are kept: a window with a hundred
//! different values costs at most 1.6 KB. Sketches of adjoining windows merge without loss.

use super::cells::{Spread, cell_of, highest_of, rank};
use super::histogram::Draft;

/// Cells per doubling, as a power of two: an error below 0.8 %.
pub(super) const BITS: u32 = 7;

/// Counts of `u64` values at about 1 % precision; the whole range of 64 bits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Sketch {
    /// (cell, count above 0), in order of the cells.
    cells: Vec<(u16, u64)>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
}

impl Sketch {
    /// A sketch without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one value.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Records a value `n` times.
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n > 0 {
            self.note(value, value, n, u128::from(value) * u128::from(n));
            self.add(narrow(cell_of(value, BITS)), n);
        }
    }

    /// Records `n` values evenly spaced from `first` to `last`, both included (see [`Spread`]).
    pub fn record_spread(&mut self, first: u64, last: u64, n: u64) {
        if n > 0 {
            let spread = Spread::new(first, last, n);
            self.note(spread.first(), spread.last(), n, spread.sum());
            let mut near = self.place(narrow(cell_of(spread.first(), BITS)));
            spread.cells(BITS, |cell, n| near = self.add_from(near, narrow(cell), n));
        }
    }

    /// Place of a cell, or where it belongs.
    fn place(&self, cell: u16) -> usize {
        self.cells.partition_point(|held| held.0 < cell)
    }

    /// Adds to a cell that stands at `near` or behind; gives its place. Cells that come in order
    /// are found at once.
    fn add_from(&mut self, near: usize, cell: u16, n: u64) -> usize {
        let ahead = self.cells[near..].iter().take_while(|held| held.0 < cell);
        let at = near + ahead.count();
        match self.cells.get_mut(at).filter(|held| held.0 == cell) {
            Some(held) => held.1 += n,
            None => self.cells.insert(at, (cell, n)),
        }
        at
    }

    fn note(&mut self, first: u64, last: u64, n: u64, sum: u128) {
        self.min = if self.count == 0 {
            first
        } else {
            self.min.min(first)
        };
        self.max = self.max.max(last);
        self.count += n;
        self.sum += sum;
    }

    fn add(&mut self, cell: u16, n: u64) {
        match self.cells.binary_search_by_key(&cell, |held| held.0) {
            Ok(at) => self.cells[at].1 += n,
            Err(at) => self.cells.insert(at, (cell, n)),
        }
    }

    /// Adds all values of another sketch.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.note(other.min, other.max, other.count, other.sum);
        if self.cells.is_empty() {
            self.cells.clone_from(&other.cells);
            return;
        }
        let mut near = 0;
        for &(cell, n) in &other.cells {
            near = self.add_from(near, cell, n);
        }
    }

    /// How many values were recorded.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The exact sum of the values.
    #[must_use]
    pub fn sum(&self) -> u128 {
        self.sum
    }

    /// The mean of the values; 0 when there are none.
    #[must_use]
    pub fn mean(&self) -> f64 {
        if self.count == 0 {
            0.0
        } else {
            self.sum as f64 / self.count as f64
        }
    }

    /// The least value, exactly; 0 when there are none.
    #[must_use]
    pub fn min(&self) -> u64 {
        self.min
    }

    /// The largest value, exactly; 0 when there are none.
    #[must_use]
    pub fn max(&self) -> u64 {
        self.max
    }

    /// The nearest-rank quantile: the upper end of the cell of the value at place ceil(q x count),
    /// but never above the largest value. `q` is 0 to 1; 0 gives the least value. 0 when empty.
    #[must_use]
    pub fn quantile(&self, q: f64) -> u64 {
        if q <= 0.0 || self.count == 0 {
            return self.min;
        }
        let place = rank(q, self.count);
        let mut seen = 0;
        let found = self.cells.iter().find(|(_, n)| {
            seen += n;
            seen >= place
        });
        found.map_or(self.max, |&(cell, _)| {
            highest_of(u32::from(cell), BITS).min(self.max)
        })
    }

    /// Adds all its values to a draft.
    pub fn add_to(&self, draft: &mut Draft) {
        draft.absorb(&self.cells, (self.count, self.sum, self.min, self.max));
    }

    /// The cells that have values, as (largest value of the cell, count), in order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.cells
            .iter()
            .map(|&(cell, n)| (highest_of(u32::from(cell), BITS), n))
    }

    /// Forgets all values and keeps the memory.
    pub fn clear(&mut self) {
        self.cells.clear();
        (self.count, self.sum, self.min, self.max) = (0, 0, 0, 0);
    }
}

impl From<&Draft> for Sketch {
    fn from(draft: &Draft) -> Self {
        Self {
            cells: draft.cells().map(|(cell, n)| (narrow(cell), n)).collect(),
            count: draft.count(),
            sum: draft.sum(),
            min: draft.min(),
            max: draft.max(),
        }
    }
}

/// The last cell of 64 bits is number 7,423, so all fit.
fn narrow(cell: u32) -> u16 {
    cell as u16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn quantiles_are_within_one_per_cent_above() {
        let mut rng = Rng::stream(8, 0, "sketch");
        let mut all: Vec<u64> = (0..3_000)
            .map(|_| rng.next_u64() >> (20 + rng.below(44)))
            .collect();
        let mut sketch = Sketch::new();
        all.iter().for_each(|&value| sketch.record(value));
        all.sort_unstable();
        for q in [0.0, 0.1, 0.5, 0.95, 0.99, 1.0] {
            let (found, exact) = (
                sketch.quantile(q),
                crate::base::cells::nearest_rank(&all, q).expect("values"),
            );
            assert!(
                found >= exact && found - exact <= exact / 100,
                "{q}: {found} for {exact}"
            );
        }
        assert_eq!(
            (sketch.min(), sketch.max(), sketch.count()),
            (all[0], all[2_999], 3_000)
        );
        assert_eq!(cell_of(u64::MAX, BITS), 7_423);
    }

    #[test]
    fn a_merge_is_all_values_at_once() {
        let (mut a, mut b, mut all) = (Sketch::new(), Sketch::new(), Sketch::new());
        a.record_spread(10, 9_000, 500);
        b.record_n(77, 3);
        b.record(1 << 40);
        all.record(1 << 40);
        all.record_n(77, 3);
        all.record_spread(10, 9_000, 500);
        a.merge(&b);
        a.merge(&Sketch::new());
        assert_eq!(a, all);
        assert_eq!(
            a.sum(),
            500 * (10 + 9_000) / 2 + 231 + (1 << 40) - rounding(8_990, 499)
        );
        let mut draft = Draft::new();
        b.add_to(&mut draft);
        draft.record_spread(10, 9_000, 500);
        assert_eq!(Sketch::from(&draft), all, "a draft has the same cells");
        assert_eq!(draft.quantile(0.9), all.quantile(0.9));
        draft.clear();
        draft.record_spread(u64::MAX, 3, 2);
        b.clear();
        b.record_spread(3, u64::MAX, 2);
        assert_eq!(Sketch::from(&draft), b, "up to the largest number");
        all.clear();
        assert_eq!(all, Sketch::new());
        assert_eq!((all.quantile(0.5), all.iter().count()), (0, 0));
    }

    /// What rounding down takes from the sum of a spread.
    fn rounding(span: u128, m: u128) -> u128 {
        (0..=m).map(|j| span * j % m).sum::<u128>() / m
    }
}
