//! How a source follows a trace of exact records: each row once, at its time, in its key's lane.

use super::maker::LaneAt;
use super::settings::Values;
use crate::base::rng::payload;
use crate::base::time::{SECOND, Us};
use crate::services::payload::Listing;
use crate::services::shared::keys::{self, Choice, Plan};
use crate::services::shared::trace::Trace;
use crate::services::shared::trace::exact::{Exact, Row};
use crate::services::talk::{Op, Parcel, push_joined};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Salt of the key of a row, where keys are not those of the file.
const SALT_KEY: u32 = 3 << 29;

/// A place in the records of a trace.
#[derive(Clone, Debug, Hash)]
pub struct Listed {
    trace: Arc<Trace>,
    /// By row: the ordinal of its lane.
    lane_of: Arc<[u32]>,
    /// The next row.
    next: usize,
}

impl Listed {
    /// At the start of a trace with exact records; `None` for another one.
    #[must_use]
    pub fn new(trace: &Arc<Trace>) -> Option<Self> {
        trace.exact.as_ref()?;
        Some(Self {
            trace: trace.clone(),
            lane_of: Arc::default(),
            next: 0,
        })
    }

    fn rows(&self) -> &[Row] {
        self.trace.exact.as_ref().map_or(&[], |exact| &exact.rows)
    }

    /// The lanes for what is still to come, and which rows each of them carries.
    pub fn plan(
        &mut self,
        values: &Values,
        name: &str,
        (seed, node): (u64, u32),
    ) -> (Plan, Arc<Listing>) {
        let none = Exact::default();
        let exact = self.trace.exact.as_ref().unwrap_or(&none);
        let (plan, lane_of): (Plan, Arc<[u32]>) = if values.keys.choice == Choice::File {
            let (plan, by_key) = values.keys.plan_of(&exact.keys);
            let lanes = exact.rows.iter().map(|row| by_key[row.key as usize]);
            (plan, lanes.collect())
        } else {
            let plan = values.keys.plan(name, values.template_keys());
            let count = plan.lanes.len() as u32;
            let rows = 0..exact.rows.len() as u64;
            let pick = |row| keys::pick(payload(seed, node, row, SALT_KEY), count, &plan.sums);
            let lanes = rows.map(pick).collect();
            (plan, lanes)
        };
        let mut rows = vec![Vec::new(); plan.lanes.len()];
        for (row, lane) in (0_u32..).zip(lane_of.iter()).skip(self.next) {
            rows[*lane as usize].push(row);
        }
        self.lane_of = lane_of;
        let trace = self.trace.clone();
        (plan, Arc::new(Listing { trace, rows }))
    }

    /// Records a second now [milli-records/s]: those of the second before.
    #[must_use]
    pub fn rate_at(&self, at: Us) -> u64 {
        let before = |at: Us| self.rows().partition_point(|row| row.at < at) as u64;
        (before(at) - before(at.saturating_sub(SECOND))) * 1_000
    }

    /// Rows before `at` that nobody made: their numbers are left out.
    pub fn skip_to(&mut self, at: Us, lanes: &mut [LaneAt]) {
        while let Some(row) = self.rows().get(self.next).filter(|row| row.at < at) {
            debug_assert!(row.at < at, "only what lies before");
            if let Some(lane) = lanes.get_mut(self.lane_of[self.next] as usize) {
                lane.next += 1;
            }
            self.next += 1;
        }
    }

    /// What was made before `to`, lane by lane.
    pub fn make(&mut self, to: Us, lanes: &mut [LaneAt]) -> Vec<Parcel> {
        let mut by_lane: BTreeMap<u32, Vec<Parcel>> = BTreeMap::new();
        while let Some(row) = self
            .rows()
            .get(self.next)
            .filter(|row| row.at < to)
            .copied()
        {
            let ordinal = self.lane_of[self.next];
            self.next += 1;
            let Some(lane) = lanes.get_mut(ordinal as usize) else {
                continue;
            };
            let parcel = Parcel {
                lane: lane.id,
                n: 1,
                first: lane.next,
                born: row.at,
                span: 0,
                bytes_each: row.bytes,
                op: Op::Listed,
                flags: 0,
            };
            lane.next += 1;
            push_joined(by_lane.entry(ordinal).or_default(), parcel);
        }
        by_lane.into_values().flatten().collect()
    }
}
