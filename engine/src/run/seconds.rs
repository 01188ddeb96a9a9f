//! Runs second by second, and takes up at the end of each what the boards of the nodes gathered.
//!
//! Most of what happens are samples of metrics. Told one by one they would cost more than all else
//! that history is made of; gathered, a second of them costs as much as one. The sums are the same,
//! for a board is looked at before an event of another second is handled.

use super::Run;
use crate::base::time::{SECOND, Us};
use crate::kernel::Stop;
use crate::services::talk::NodeId;

impl Run {
    /// Runs on to `goal`, at most `budget` events.
    pub(super) fn run_seconds(&mut self, goal: Us, budget: u64) -> Stop {
        let mut left = budget;
        loop {
            // a time without events is passed over at once
            let next = self.engine.next_at().unwrap_or(goal);
            let end = (next - next % SECOND).saturating_add(SECOND - 1);
            let until = goal.min(end);
            let events = self.engine.events();
            let stop = self.engine.run_until(until, left, &mut self.watch);
            left = left.saturating_sub(self.engine.events() - events);
            self.take_up_boards(next);
            if stop != Stop::Reached || until == goal {
                return stop;
            }
        }
    }

    /// Folds what boards gathered in the second of `at`, or forgets it while events are simulated
    /// again.
    fn take_up_boards(&mut self, at: Us) {
        let folding = self.watch.folding;
        let history = &mut self.watch.history;
        let boards = &mut self.engine.machine_mut().floor.boards;
        for (node, board) in (0..).map(NodeId).zip(boards) {
            board.take_up(|metric, cell| {
                if folding {
                    history.fold_cell(at, node, metric, cell);
                }
            });
        }
    }
}
