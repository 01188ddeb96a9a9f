//! What a run takes of memory, beside what it may take (product.md 3.7).

use super::{Run, checkpoints};
use serde_json::{Value, json};

/// Bytes used and allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// What is used now [B].
    pub used: u64,
    /// What may be used [B].
    pub budget: u64,
}

impl Use {
    /// As a value of the report.
    #[must_use]
    pub fn value(self) -> Value {
        json!({"used": self.used, "budget": self.budget})
    }
}

/// The three budgets. They bound what grows with time and records; what stands for the design
/// itself (its nodes, their state at the head) comes beside them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Retained logs of the world at the cursor.
    pub logs: Use,
    /// Copies of the world, beside what they share with it; as of the last one.
    pub checkpoints: Use,
    /// Rollups of the branch.
    pub history: Use,
}

impl Run {
    /// What is used of each budget.
    #[must_use]
    pub fn memory(&self) -> Memory {
        let of = |(used, budget): (u64, u64)| Use { used, budget };
        let logs = checkpoints::logs(&self.engine);
        Memory {
            logs: of((logs, self.log_budget)),
            checkpoints: of(self.checkpoints.bytes()),
            history: of(self.watch.history.bytes()),
        }
    }

    pub(super) fn memory_value(&self) -> Value {
        let Memory {
            logs,
            checkpoints,
            history,
        } = self.memory();
        json!({
            "logs": logs.value(),
            "checkpoints": checkpoints.value(),
            "history": history.value(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::design::edit::Edit;
    use crate::kernel::Stop;
    use crate::run::checkpoints::Checkpoints;
    use crate::run::history::{History, Key};
    use crate::run::shops::shop;

    /// A stream of many shards that an application reads slowly, with small budgets.
    fn busy(checkpoints: u64, history: u64) -> Run {
        let tills = [("rate", "4000"), ("clients", "300")];
        let mut run = shop(&tills, &[("shards", "120")], &[("rate", "3000")]);
        run.checkpoints = Checkpoints::with_budget(checkpoints, 2_000);
        run.watch.history = History::with_budget(history);
        run
    }

    fn moved(run: &Run) -> u64 {
        let floor = &run.engine.machine().floor;
        let node = floor.find("stream").expect("the stream");
        let key = Key::Metric {
            node,
            lane: None,
            metric: 0,
        };
        let points = run.history().series(key, 0, run.head());
        points.iter().map(|point| point.sum).sum()
    }

    #[test]
    fn every_budget_is_kept_at_every_instant() {
        let (checkpoints, history) = (3 << 20, 2 << 20);
        let mut run = busy(checkpoints, history);
        let mut most = Memory::default();
        for second in 1..240 {
            run.advance(second * SECOND, u64::MAX);
            let now = run.memory();
            for (used, name) in [(now.checkpoints, "checkpoints"), (now.history, "history")] {
                assert!(used.used <= used.budget, "{name} at {second} s: {now:?}");
            }
            most.checkpoints.used = most.checkpoints.used.max(now.checkpoints.used);
            most.history.used = most.history.used.max(now.history.used);
            most.logs.used = now.logs.used;
        }
        assert!(
            most.checkpoints.used > checkpoints / 2,
            "they matter: {most:?}"
        );
        assert!(most.history.used > history / 2, "they matter: {most:?}");
        assert!(most.logs.used > 1 << 20, "{most:?}");
        let total = run.engine.machine().floor.boards[1].total[0].sum;
        assert_eq!(
            moved(&run),
            total,
            "sums of history are those of the metric"
        );
    }

    #[test]
    fn small_budgets_change_no_way_to_a_world() {
        let (goal, fork) = (70 * SECOND, 30 * SECOND);
        let mut large = busy(64 << 20, 64 << 20);
        large.advance(goal, u64::MAX);
        let (wanted, moves) = (large.digest(), moved(&large));
        for (checkpoints, history) in [(2 << 20, 300_000), (100_000, 50_000)] {
            let mut run = busy(checkpoints, history);
            run.advance(100 * SECOND, u64::MAX);
            while run.seek(goal, u64::MAX).stop == Stop::Budget {}
            assert_eq!(run.digest(), wanted, "by seek, {checkpoints} B");
            while run.seek(fork, u64::MAX).stop == Stop::Budget {}
            let edit = Edit::Set {
                at: "app".into(),
                field: "rate".into(),
                value: "3000".into(),
            };
            run.edit(edit).expect("an edit that changes nothing");
            assert_eq!(run.head(), fork, "what came later is dropped");
            run.advance(goal, u64::MAX);
            assert_eq!(run.digest(), wanted, "by fork, {checkpoints} B");
            assert_eq!(moved(&run), moves, "history too, {history} B");
        }
    }

    #[test]
    fn what_two_checkpoints_share_counts_once_and_what_the_head_has_not_at_all() {
        let mut run = busy(64 << 20, 64 << 20);
        run.advance(60 * SECOND, u64::MAX);
        let kept = run.checkpoint_times().count() as u64;
        assert!(kept > 4, "{kept} checkpoints");
        let now = run.memory();
        let each = now.checkpoints.used / kept;
        assert!(now.logs.used > 2 << 20, "a log of some size: {now:?}");
        // a copy that the head shares nothing with has all of it
        let mut alone = Checkpoints::with_budget(64 << 20, 2_000);
        alone.keep(&run.engine, 0, &run.watch.history, 0);
        let with_head = alone.bytes().0;
        // the log grows evenly: on the mean a copy would have half of it
        assert!(
            each < with_head + now.logs.used / 4,
            "not the log each time: {each} B, {with_head} B without it, {now:?}"
        );
        let other = busy(1 << 20, 1 << 20);
        alone.keep(&other.engine, 0, &other.watch.history, 0);
        let without = alone.bytes().0 - with_head;
        assert!(without > now.logs.used / 2, "{without} of {now:?}");
    }
}
