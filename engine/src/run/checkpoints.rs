//! Checkpoints: copies of the world, evenly by events, within a byte budget.
//!
//! Growing parts of the world are shared, so that a copy costs what changed since. Over the
//! budget every second one far from the cursor goes; the first one, at the start, always stays.

use super::history::Mark;
use crate::base::time::Us;
use crate::kernel::Engine;
use crate::services::plant::Plant;

/// Events between checkpoints: re-running them costs about 25 ms.
pub const EVENTS_BETWEEN: u64 = 40_000;
/// Bytes that checkpoints may take (product.md 3.7).
pub const BUDGET_BYTES: u64 = 48 << 20;

/// A copy of the world at a time.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Model time [us].
    pub at: Us,
    /// The world.
    pub engine: Engine<Plant>,
    /// How many inputs had been taken.
    pub inputs: usize,
    /// History as it was.
    pub mark: Mark,
    /// What it costs beside what it shares [B], estimated.
    bytes: u64,
}

/// The checkpoints of a branch, by time.
#[derive(Clone, Debug, Default)]
pub struct Checkpoints {
    list: Vec<Checkpoint>,
}

/// What a copy of the world costs beside what it shares [B]: pending signals, open buckets of
/// history, and a fixed part a node. An estimate that errs on the high side.
fn cost(engine: &Engine<Plant>) -> u64 {
    let plant = engine.machine();
    let nodes = plant.floor.nodes.len() as u64;
    let lanes: u64 = plant
        .floor
        .boards
        .iter()
        .map(|board| board.lanes.len() as u64)
        .sum();
    engine.pending().len() as u64 * 256 + nodes * 64 * 1_024 + lanes * 1_024
}

impl Checkpoints {
    /// Whether the world has run far enough since the last one.
    #[must_use]
    pub fn due(&self, engine: &Engine<Plant>) -> bool {
        self.list
            .last()
            .is_none_or(|last| engine.events() >= last.engine.events() + EVENTS_BETWEEN)
    }

    /// Keeps a copy; `cursor` is where the person looks.
    pub fn keep(&mut self, engine: &Engine<Plant>, inputs: usize, mark: Mark, cursor: Us) {
        let at = engine.now();
        let bytes = cost(engine);
        self.list.push(Checkpoint {
            at,
            engine: engine.clone(),
            inputs,
            mark,
            bytes,
        });
        while self.bytes() > BUDGET_BYTES && self.list.len() > 3 {
            self.thin(cursor);
        }
    }

    fn bytes(&self) -> u64 {
        self.list.iter().map(|checkpoint| checkpoint.bytes).sum()
    }

    /// Drops every second one of the half that lies farthest from the cursor.
    fn thin(&mut self, cursor: Us) {
        let mut far: Vec<usize> = (1..self.list.len()).collect();
        far.sort_by_key(|ix| std::cmp::Reverse(self.list[*ix].at.abs_diff(cursor)));
        far.truncate((self.list.len() / 2).max(1));
        far.sort_unstable();
        let gone: Vec<usize> = far.into_iter().step_by(2).collect();
        let mut ix = 0;
        self.list.retain(|_| {
            ix += 1;
            gone.binary_search(&(ix - 1)).is_err()
        });
    }

    /// The last one at or before `at`.
    #[must_use]
    pub fn before(&self, at: Us) -> Option<&Checkpoint> {
        let behind = self.list.partition_point(|checkpoint| checkpoint.at <= at);
        behind.checked_sub(1).map(|ix| &self.list[ix])
    }

    /// The last one at or before `at` and the first one after it, of those in which the services
    /// have started.
    #[must_use]
    pub fn around(&self, at: Us) -> [Option<&Checkpoint>; 2] {
        let started = |found: &&Checkpoint| found.engine.events() > 0;
        let before = self.before(at).filter(started);
        let mut after = self.list.iter().filter(|found| found.at > at);
        [before, after.find(started)]
    }

    /// Forgets all that lie after `at`, and those at `at` that took more than `inputs` inputs.
    pub fn cut(&mut self, at: Us, inputs: usize) {
        self.list
            .retain(|checkpoint| checkpoint.at <= at && checkpoint.inputs <= inputs);
    }

    /// Times of all checkpoints, for the timeline's shade.
    pub fn times(&self) -> impl Iterator<Item = Us> {
        self.list.iter().map(|checkpoint| checkpoint.at)
    }
}
