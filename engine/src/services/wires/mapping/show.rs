//! What is seen of a mapping: its pollers as lanes of the function, custody, problems.

use super::Mapping;
use super::config::Config;
use crate::base::time::{SECOND, Us};
use crate::services::contract::{Custody, Ends, Problem};
use crate::services::cx::View;
use crate::services::gauges::{Gauges, LaneGauge, State, Tank};
use crate::services::shared::reading::Phase;

/// From this age of the oldest record on it counts as behind [us].
const BEHIND_US: Us = 10 * SECOND;

impl Mapping {
    /// Adds to what is seen of the function.
    pub(super) fn show(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let mut oldest = 0;
        let mut fullest = 0;
        let mut retrying = 0;
        for (key, shard) in &self.shards {
            if shard.cursor.phase == Phase::Finished {
                continue;
            }
            let since = shard
                .lanes
                .iter()
                .filter_map(super::batch::Lane::oldest)
                .min();
            let age = since
                .map_or(0, |at| view.now.saturating_sub(at))
                .max(shard.cursor.behind);
            let waiting: u64 = shard.lanes.iter().map(super::batch::Lane::in_hand).sum();
            let failed = shard.lanes.iter().flat_map(|lane| &lane.waiting);
            retrying += failed.filter(|batch| batch.pauses > 0).count();
            fullest = shard
                .lanes
                .iter()
                .map(|lane| lane.n)
                .fold(fullest, u64::max);
            oldest = oldest.max(age);
            out.lanes.push(LaneGauge {
                id: key.1,
                open: shard.cursor.phase != Phase::Draining,
                admitted: shard.cursor.next,
                waiting,
                oldest_us: age,
                ..LaneGauge::default()
            });
        }
        out.read("iterator_age", oldest as f64 / 1e6, "s");
        out.read("retrying", retrying as f64, "");
        out.tanks.push(Tank {
            key: "gathered",
            level: (fullest as f64).min(f64::from(config.batch_size)),
            size: f64::from(config.batch_size),
            unit: "records",
        });
        let behind = oldest > BEHIND_US || retrying > 0;
        if behind && matches!(out.state, State::Calm | State::Busy) {
            out.state = State::Behind;
        }
    }

    /// What is gathered and what waits to be tried again.
    pub(super) fn held(&self, out: &mut Custody) {
        let wire = Some(self.wire);
        for shard in self.shards.values() {
            for read in shard.lanes.iter().flat_map(super::batch::Lane::held) {
                out.hold(wire, read.parcel);
            }
            for read in shard.cursor.events.iter().flat_map(|event| &event.reads) {
                out.hold(wire, read.parcel);
            }
        }
        self.letters.custody(out);
    }
}

pub(super) fn check(config: &Config, ends: &Ends, out: &mut Vec<Problem>) {
    let mut say = |field: &str, text: String| {
        out.push(Problem {
            at: ends.id.clone(),
            field: field.to_owned(),
            text,
            fatal: false,
        });
    };
    if !config.enabled {
        let text = format!("The mapping is disabled: {} gets nothing.", ends.to.0);
        say("enabled", text);
    }
    if config.max_retries.is_none() && config.max_age.is_none() {
        let text = "Retries and age have no limit: one bad record holds up its shard until the stream \
                    forgets it. Limit the retry attempts or the record age, and wire an \
                    on-failure destination.";
        say("max_retries", text.to_owned());
    }
    if config.tumbling > 0 && config.window > config.tumbling {
        let text = format!(
            "The batching window of {} s is longer than the tumbling window of {} s.",
            config.window, config.tumbling
        );
        say("window", text);
    }
}
