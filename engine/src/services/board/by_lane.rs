//! Cells by lane and metric. A stream of ten thousand shards counts a sample or two of each many times a second, mostly
//! shard after shard: so the cells of a metric lie side by side, and a copy takes one piece of memory a metric.
//!
//! ```text
//!   IncomingRecords   lane 0 | lane 1 | lane 2 | ...
//!   IncomingBytes     lane 0 | lane 1 | lane 2 | ...
//! ```

use super::Cell;
use std::hash::{Hash, Hasher};

/// Cells of lanes; a lane is there from its first sample on.
#[derive(Clone, Debug, Default)]
pub struct ByLane {
    /// By metric, then by lane; a metric without samples has no cells.
    columns: Vec<Vec<Cell>>,
    /// How many lanes there are.
    len: usize,
}

impl ByLane {
    /// No lane yet, of a node with so many metrics.
    #[must_use]
    pub(super) fn new(metrics: usize) -> Self {
        Self {
            columns: vec![Vec::new(); metrics],
            len: 0,
        }
    }

    /// Joins a sample.
    #[inline]
    pub(super) fn add(&mut self, lane: u32, metric: usize, value: u64) {
        let (column, ix) = (&mut self.columns[metric], lane as usize);
        if column.len() <= ix {
            column.resize(ix + 1, Cell::default());
        }
        let first = column[ix].samples == 0;
        column[ix].add(value);
        if first {
            self.came(ix);
        }
    }

    /// A metric has its first sample of a lane: of all metrics, perhaps.
    #[cold]
    fn came(&mut self, lane: usize) {
        let cells = self.columns.iter().filter_map(|column| column.get(lane));
        self.len += usize::from(cells.map(|cell| cell.samples).sum::<u64>() == 1);
    }

    /// Fills `row` with the cells of a lane, one a metric; whether it has a sample.
    fn fill(&self, lane: usize, row: &mut Vec<Cell>) -> bool {
        row.clear();
        let cells = self.columns.iter().map(|column| column.get(lane));
        row.extend(cells.map(|cell| cell.copied().unwrap_or_default()));
        row.iter().any(|cell| cell.samples > 0)
    }

    /// One past the last lane.
    fn end(&self) -> usize {
        self.columns.iter().map(Vec::len).max().unwrap_or(0)
    }

    /// Calls `see` with each lane that has samples and its cells, in order.
    fn each(&self, mut see: impl FnMut(u32, &[Cell])) {
        let mut row = Vec::with_capacity(self.columns.len());
        for lane in 0..self.end() {
            if self.fill(lane, &mut row) {
                see(lane as u32, &row);
            }
        }
    }

    /// The cells of a lane that has samples, one a metric.
    #[must_use]
    pub fn get(&self, lane: u32) -> Option<Vec<Cell>> {
        let mut row = Vec::new();
        self.fill(lane as usize, &mut row).then_some(row)
    }

    /// All lanes that have samples, in order.
    #[must_use]
    pub fn lanes(&self) -> Vec<u32> {
        let mut all = Vec::new();
        self.each(|lane, _| all.push(lane));
        all
    }
}

impl PartialEq for ByLane {
    fn eq(&self, other: &Self) -> bool {
        let (mut mine, mut theirs) = (Vec::new(), Vec::new());
        let same = |lane| {
            let both = (self.fill(lane, &mut mine), other.fill(lane, &mut theirs));
            both == (false, false) || both == (true, true) && mine == theirs
        };
        (0..self.end().max(other.end())).all(same)
    }
}

impl Eq for ByLane {}

impl Hash for ByLane {
    /// As a map of rows by lane.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.each(|lane, row| (lane, row).hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use std::collections::BTreeMap;

    #[test]
    fn it_is_a_tree_of_rows_by_its_lanes() {
        let (mut cells, mut tree) = (ByLane::new(3), BTreeMap::<u32, Vec<Cell>>::new());
        let (mut again, samples) = (ByLane::new(3), [(4, 0), (0, 2), (9, 0), (4, 2), (2, 2)]);
        assert_eq!(Digest::of(&cells), Digest::of(&tree));
        for (value, (lane, metric)) in (7..).zip(samples) {
            cells.add(lane, metric, value);
            tree.entry(lane)
                .or_insert_with(|| vec![Cell::default(); 3])
                .get_mut(metric)
                .expect("three metrics")
                .add(value);
            assert_eq!(Digest::of(&cells), Digest::of(&tree), "hashes as a tree");
            assert!(cells.lanes().iter().eq(tree.keys()));
            assert!((0..12).all(|lane| cells.get(lane).as_ref() == tree.get(&lane)));
            assert_ne!(cells, again);
        }
        for (value, (lane, metric)) in (7..).zip(samples).collect::<Vec<_>>().into_iter().rev() {
            again.add(lane, metric, value);
        }
        assert_eq!(cells, again, "whatever came first");
    }
}
