//! After a long run: which limits bound, and in which hours.

use super::Session;
use crate::ui::seen::Row;
use crate::ui::text::{fill, find};
use millrace_engine::base::sorted::{SortedMap, order};
use millrace_engine::base::time::{HOUR, Us, clock};
use millrace_engine::base::units::show_count;
use millrace_engine::run::history::Key;
use millrace_engine::services::talk::{NodeId, Reason};
use std::rc::Rc;

/// Between two looks at the whole history [ms].
const PAUSE_MS: f64 = 2_000.0;
/// Hours that are named.
const HOURS_MAX: usize = 6;

/// What was found last.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Hours {
    /// Refused, by the limit that bound.
    pub(crate) binds: Vec<Row>,
    /// The hours in which most was refused.
    pub(crate) worst: Vec<Row>,
}

/// What was found last, and when.
#[derive(Debug, Default)]
pub(super) struct Kept {
    next_ms: f64,
    node: Option<NodeId>,
    found: Rc<Hours>,
}

impl Session {
    /// Which limits bound at a node, and when; looked up now and then.
    pub(super) fn hours(&mut self, node: NodeId, now_ms: f64) -> Rc<Hours> {
        if self.run.head() < HOUR {
            return Rc::default();
        }
        if self.kept.node != Some(node) || now_ms >= self.kept.next_ms {
            let found = Rc::new(Hours {
                binds: self.binds(),
                worst: self.worst(node),
            });
            self.kept = Kept {
                next_ms: now_ms + PAUSE_MS,
                node: Some(node),
                found,
            };
        }
        Rc::clone(&self.kept.found)
    }

    fn refused(&self, key: Key) -> impl Iterator<Item = (Us, u64)> {
        let points = self.run.history().series(key, 0, self.run.head());
        points.into_iter().map(|point| (point.at, point.sum))
    }

    fn binds(&self) -> Vec<Row> {
        let sum = |reason: &Reason| -> u64 {
            self.refused(Key::Because { reason: *reason })
                .map(|(_, n)| n)
                .sum()
        };
        let mut all: Vec<(Reason, u64)> = Reason::ALL
            .iter()
            .map(|reason| (*reason, sum(reason)))
            .collect();
        all.retain(|(_, n)| *n > 0);
        order::sort_by_key(&mut all, |(_, n)| std::cmp::Reverse(*n));
        let name = |reason: Reason| {
            let code = reason.code();
            find(&format!("binds.{code}")).map_or_else(|| code.replace('-', " "), str::to_owned)
        };
        let row =
            |(reason, n): (Reason, u64)| super::looking::row(name(reason), show_count(n), true);
        all.into_iter().map(row).collect()
    }

    fn worst(&self, node: NodeId) -> Vec<Row> {
        let mut by_hour: SortedMap<Us, u64> = SortedMap::new();
        for (at, n) in self.refused(Key::Refused { node, lane: None }) {
            *by_hour.entry(at / HOUR).or_default() += n;
        }
        let mut hours: Vec<(Us, u64)> = by_hour.into_iter().filter(|(_, n)| *n > 0).collect();
        order::sort_by_key(&mut hours, |(_, n)| std::cmp::Reverse(*n));
        hours.truncate(HOURS_MAX);
        order::sort_by_key(&mut hours, |(hour, _)| *hour);
        let row = |(hour, n): (Us, u64)| {
            let text = clock(self.frame.start_us, hour * HOUR);
            let text = text.rsplit_once(':').map_or(&*text, |(minute, _)| minute);
            super::looking::row(fill("hours.from", &[("time", text)]), show_count(n), true)
        };
        hours.into_iter().map(row).collect()
    }
}
