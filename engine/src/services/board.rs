//! CloudWatch metrics are world: alarms and scalers read them. One board a node; a row for the
//! node and one a lane (shard); sums over the run, and one-minute points of the node, bounded.
//!
//! Beside that a board gathers what no observer was told one by one ([`Fresh`]): who plays a design
//! takes it up at the end of each second.

mod by_lane;

use crate::base::footprint::{Footprint, PIECE_BYTES, Piece, See};
use crate::base::time::{MINUTE, Us};
use crate::base::times::times;
use crate::catalog::Metric;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

pub use by_lane::ByLane;

/// Joined samples of one metric.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Cell {
    /// Sum of the samples.
    pub sum: u64,
    /// How many samples.
    pub samples: u64,
    /// The largest sample.
    pub max: u64,
}

impl Cell {
    /// Joins one sample.
    #[inline]
    pub fn add(&mut self, value: u64) {
        self.sum += value;
        self.samples += 1;
        self.max = self.max.max(value);
    }

    /// Joins another cell.
    pub fn merge(&mut self, other: &Self) {
        self.sum += other.sum;
        self.samples += other.samples;
        self.max = self.max.max(other.max);
    }

    /// The cell's value under the metric's statistic.
    #[must_use]
    pub fn value(&self, metric: &Metric) -> f64 {
        use crate::catalog::Stat;
        match metric.stat {
            Stat::Sum => self.sum as f64,
            Stat::Maximum => self.max as f64,
            Stat::Average if self.samples == 0 => 0.0,
            Stat::Average => self.sum as f64 / self.samples as f64,
        }
    }
}

/// One-minute points that are kept: CloudWatch alarms look back at most a day; an hour is enough
/// for what this revision reads.
const MINUTES_KEPT: usize = 60;

/// A finished minute since the start, and its cells, which copies of the world share.
pub type Minute = (u64, Arc<[Cell]>);

/// Samples of the node since they were last taken up. They are for those who look, who may do so
/// at any time: no part of the world, so they do not hash.
#[derive(Clone, Debug, Default)]
struct Fresh {
    cells: Vec<Cell>,
    any: bool,
}

impl PartialEq for Fresh {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Fresh {}

impl Hash for Fresh {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

/// The metrics of one node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Board {
    /// Over the run, by metric.
    pub total: Vec<Cell>,
    /// Over the run, by lane and metric.
    pub lanes: ByLane,
    minute: u64,
    current: Vec<Cell>,
    /// Finished minutes, newest last: (minute since start, cells).
    points: VecDeque<Minute>,
    fresh: Fresh,
}

impl Board {
    /// A board for a service with `metrics` metrics.
    #[must_use]
    pub fn new(metrics: usize) -> Self {
        let cells = vec![Cell::default(); metrics];
        Self {
            total: cells.clone(),
            current: cells.clone(),
            lanes: ByLane::new(metrics),
            fresh: Fresh { cells, any: false },
            ..Self::default()
        }
    }

    /// Joins a sample at `now`.
    #[inline]
    pub fn add(&mut self, now: Us, metric: usize, lane: Option<u32>, value: u64) {
        self.roll(now);
        self.total[metric].add(value);
        self.current[metric].add(value);
        if let Some(lane) = lane {
            self.lanes.add(lane, metric, value);
        }
    }

    /// Joins a sample of the node at `now` that is taken up later.
    #[inline]
    pub fn gather(&mut self, now: Us, metric: usize, value: u64) {
        self.roll(now);
        self.total[metric].add(value);
        self.current[metric].add(value);
        self.fresh.cells[metric].add(value);
        self.fresh.any = true;
    }

    /// Calls `see` with what was gathered of each metric, and forgets it.
    pub fn take_up(&mut self, mut see: impl FnMut(u16, &Cell)) {
        if !std::mem::take(&mut self.fresh.any) {
            return;
        }
        for (metric, cell) in (0..).zip(&mut self.fresh.cells) {
            if cell.samples > 0 {
                see(metric, cell);
                *cell = Cell::default();
            }
        }
    }

    /// Closes minutes that have passed.
    #[inline]
    pub fn roll(&mut self, now: Us) {
        // time does not go back, and in a browser a division is slow
        if now < times(self.minute + 1, MINUTE) {
            return;
        }
        self.close(now / MINUTE);
    }

    fn close(&mut self, minute: u64) {
        let width = self.total.len();
        let done = std::mem::replace(&mut self.current, vec![Cell::default(); width]);
        if done.iter().any(|cell| cell.samples > 0) {
            self.points.push_back((self.minute, done.into()));
        }
        while self.points.len() > MINUTES_KEPT {
            self.points.pop_front();
        }
        self.minute = minute;
    }

    /// Finished one-minute points, oldest first.
    pub fn points(&self) -> impl Iterator<Item = &Minute> {
        self.points.iter()
    }

    /// Names the finished minutes, which copies share.
    pub fn shared(&self, see: &mut See<'_>) {
        for (_, cells) in &self.points {
            let piece = Piece {
                encoded: &|| Footprint::of(cells),
                bytes: &|| PIECE_BYTES + size_of_val::<[Cell]>(cells) as u64,
            };
            see(cells.as_ptr() as usize, piece);
        }
    }
}
