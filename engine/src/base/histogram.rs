//! Latencies of a whole run to three significant digits: an HDR histogram; and to one per cent, of a
//! stretch of time that is going on.
//!
//! 1,024 cells for each doubling, so that a reported quantile is less than 0.1 % above the exact
//! nearest-rank value. The cells of one doubling (8 KB) come into being with its first value: an
//! empty histogram is tiny, and one with all values between 1 ms and 1 min has 130 KB. Copies share
//! the blocks that did not change since. After
//! G. Tene's HdrHistogram, <http://hdrhistogram.org>.

use super::cells::{Spread, cell_of, highest_of, rank};
use super::footprint::{PIECE_BYTES, Piece, See};
use super::times::{times as product, times_wide};
use std::sync::Arc;

pub use super::cells::nearest_rank;
pub use super::sketch::Sketch;

/// Values above this count as this in fine cells (52 days in microseconds); sum, min and max stay
/// exact.
const TOP: u64 = (1 << 42) - 1;

/// Counts of `u64` values, at 3 significant digits up to 2^42.
pub type Histogram = Doublings<10>;

/// A sketch in the making: each cell is found at once.
pub type Draft = Doublings<{ super::sketch::BITS }>;

/// Counts of `u64` values in 2^BITS cells for each doubling.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default)]
pub struct Doublings<const BITS: u32> {
    /// One block per doubling; those without a value are absent, and none is absent at the end.
    blocks: Vec<Option<Arc<Vec<u64>>>>,
    count: u64,
    sum: u128,
    min: u64,
    max: u64,
}

impl<const BITS: u32> Doublings<BITS> {
    /// Cells of one doubling, which are allocated together.
    const BLOCK: usize = 1 << BITS;
    /// Values above this count as this in the cells.
    const TOP: u64 = if BITS < 10 { u64::MAX } else { TOP };

    /// A histogram without values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Records one value.
    pub fn record(&mut self, value: u64) {
        self.record_n(value, 1);
    }

    /// Records a value `n` times.
    #[inline]
    pub fn record_n(&mut self, value: u64, n: u64) {
        if n > 0 {
            self.note(value, value, n, times_wide(value, n));
            self.add(cell_of(value.min(Self::TOP), BITS), n);
        }
    }

    /// Records `n` values evenly spaced from `first` to `last`, both included (see [`Spread`]), at
    /// the cost of the cells between them.
    pub fn record_spread(&mut self, first: u64, last: u64, n: u64) {
        if n == 1 {
            return self.record_n(first.min(last), 1);
        }
        let spread = Spread::new(first, last, n);
        if n > 0 && spread.is_thin(BITS) {
            self.record_thin(spread, n);
        } else {
            self.record_all(spread, n, 1);
        }
    }

    /// Records the `n` values of a spread of which few lie in one cell.
    fn record_thin(&mut self, spread: Spread, n: u64) {
        let mut sum = 0;
        let mut values = spread.values();
        let place = |value: u64| {
            let cell = cell_of(value.min(Self::TOP), BITS) as usize;
            (cell / Self::BLOCK, cell % Self::BLOCK)
        };
        let mut next = values.next();
        while let Some(value) = next {
            let (open, cell) = place(value);
            let cells = self.block(open);
            cells[cell] += 1;
            sum += u128::from(value);
            next = values.next();
            // values rise, so many follow each other in one block
            while let Some(value) = next
                && let (block, cell) = place(value)
                && block == open
            {
                cells[cell] += 1;
                sum += u128::from(value);
                next = values.next();
            }
        }
        self.note(spread.first(), spread.last(), n, sum);
    }

    /// Records a value `n` times, and with each the values that a caller waiting for it left out:
    /// one every `expected_interval` below it, down to the interval itself (the correction for
    /// coordinated omission). An interval of 0 corrects nothing.
    pub fn record_corrected(&mut self, value: u64, n: u64, expected_interval: u64) {
        self.record_n(value, n);
        let steps = value.checked_div(expected_interval).unwrap_or(0);
        if n > 0 && steps > 1 {
            let last = value - expected_interval;
            let first = value - (steps - 1) * expected_interval;
            self.record_all(Spread::new(first, last, steps - 1), steps - 1, n);
        }
    }

    /// Records each of the `n` values of a spread `times` times.
    fn record_all(&mut self, spread: Spread, n: u64, times: u64) {
        if n == 0 {
            return;
        }
        self.note(
            spread.first(),
            spread.last(),
            product(n, times),
            spread.sum() * u128::from(times),
        );
        let top = cell_of(Self::TOP, BITS);
        // cells come in order, so many follow each other in one block, which is taken out for them
        let (mut open, mut cells) = (usize::MAX, Vec::new());
        spread.cells(BITS, |cell, n| {
            let cell = cell.min(top) as usize;
            if cell / Self::BLOCK != open {
                self.give(open, &mut cells);
                open = cell / Self::BLOCK;
                cells = std::mem::take(self.block(open));
            }
            cells[cell % Self::BLOCK] += product(n, times);
        });
        self.give(open, &mut cells);
    }

    /// Puts the cells back that were taken out of a block.
    fn give(&mut self, block: usize, cells: &mut Vec<u64>) {
        if !cells.is_empty() {
            *self.block(block) = std::mem::take(cells);
        }
    }

    /// The cells of a block, which comes into being.
    #[inline]
    fn block(&mut self, block: usize) -> &mut Vec<u64> {
        if block >= self.blocks.len() {
            self.blocks.resize(block + 1, None);
        }
        let cells = self.blocks[block].get_or_insert_with(|| Arc::new(vec![0; Self::BLOCK]));
        Arc::make_mut(cells)
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

    #[inline]
    fn add(&mut self, cell: u32, n: u64) {
        let (block, place) = (cell as usize / Self::BLOCK, cell as usize % Self::BLOCK);
        self.block(block)[place] += n;
    }

    /// Forgets all values and keeps the memory of blocks that no copy shares.
    pub fn clear(&mut self) {
        for block in self.blocks.iter_mut().flatten() {
            match Arc::get_mut(block) {
                Some(cells) => cells.fill(0),
                None => *block = Arc::new(vec![0; Self::BLOCK]),
            }
        }
        (self.count, self.sum, self.min, self.max) = (0, 0, 0, 0);
    }

    /// Adds all values of a sketch of the same cells.
    pub(super) fn absorb(
        &mut self,
        cells: &[(u16, u64)],
        (count, sum, min, max): (u64, u128, u64, u64),
    ) {
        if count > 0 {
            self.note(min, max, count, sum);
            cells
                .iter()
                .for_each(|(cell, n)| self.add(u32::from(*cell), *n));
        }
    }

    /// Adds all values of another histogram.
    pub fn merge(&mut self, other: &Self) {
        if other.count == 0 {
            return;
        }
        self.note(other.min, other.max, other.count, other.sum);
        if other.blocks.len() > self.blocks.len() {
            self.blocks.resize(other.blocks.len(), None);
        }
        for (mine, theirs) in self.blocks.iter_mut().zip(&other.blocks) {
            match (mine, theirs) {
                (Some(mine), Some(theirs)) => {
                    let mine = Arc::make_mut(mine).iter_mut();
                    mine.zip(theirs.iter()).for_each(|(a, b)| *a += b);
                }
                (mine, Some(_)) => mine.clone_from(theirs),
                (_, None) => {}
            }
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
        for (cell, n) in self.cells() {
            seen += n;
            // Only the last cell can hold values beyond its own end.
            if seen >= place && cell < cell_of(Self::TOP, BITS) {
                return highest_of(cell, BITS).min(self.max);
            }
        }
        self.max
    }

    /// How many values are at most `value`, counted by whole cells.
    #[must_use]
    pub fn at_most(&self, value: u64) -> u64 {
        let limit = cell_of(value.min(Self::TOP), BITS);
        self.cells()
            .take_while(|&(cell, _)| cell <= limit)
            .map(|(_, n)| n)
            .sum()
    }

    /// How many values lie between two, both included, counted by whole cells.
    #[must_use]
    pub fn between(&self, low: u64, high: u64) -> u64 {
        let below = cell_of(low.min(Self::TOP), BITS);
        let under: u64 = self
            .cells()
            .take_while(|&(cell, _)| cell < below)
            .map(|(_, n)| n)
            .sum();
        self.at_most(high).saturating_sub(under)
    }

    /// The share of values at most `value`, 0 to 1; 1 when there are none.
    #[must_use]
    pub fn share_at_most(&self, value: u64) -> f64 {
        if self.count == 0 {
            1.0
        } else {
            self.at_most(value) as f64 / self.count as f64
        }
    }

    /// The cells that have values, as (largest value of the cell, count), in order: for charts.
    pub fn iter(&self) -> impl Iterator<Item = (u64, u64)> + '_ {
        self.cells().map(|(cell, n)| (highest_of(cell, BITS), n))
    }

    /// Bytes allocated for cells (B).
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.blocks.iter().flatten().count() * Self::BLOCK * size_of::<u64>()
    }

    /// Names the blocks, which copies share until they change.
    pub fn shared(&self, see: &mut See<'_>) {
        for block in self.blocks.iter().flatten() {
            let bytes = || PIECE_BYTES + (Self::BLOCK * size_of::<u64>()) as u64;
            let piece = Piece {
                encoded: &bytes,
                bytes: &bytes,
            };
            see(Arc::as_ptr(block) as usize, piece);
        }
    }

    pub(super) fn cells(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        let blocks = (0u32..)
            .zip(&self.blocks)
            .filter_map(|(b, cells)| Some((b, cells.as_ref()?)));
        let each = blocks.flat_map(|(b, cells)| (b << BITS..).zip(cells.iter().copied()));
        each.filter(|&(_, n)| n > 0)
    }
}

#[cfg(test)]
mod tests;
