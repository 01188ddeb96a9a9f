//! What is seen of a queue.

use super::{Config, Sqs, figures};
use crate::base::time::{MINUTE, SECOND};
use crate::services::cx::View;
use crate::services::gauges::{Gauges, State};

impl Sqs {
    pub(super) fn list_gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let limit = view.figure(if config.fifo {
            &figures::IN_FLIGHT_FIFO
        } else {
            &figures::IN_FLIGHT
        });
        let store = &self.store;
        let age = store
            .oldest()
            .map_or(0, |sent| view.now.saturating_sub(sent));
        out.read("visible", store.visible as f64, "messages");
        out.read_of(
            "in_flight",
            store.in_flight as f64,
            "messages",
            limit as f64,
        );
        out.read("delayed", store.later as f64, "messages");
        out.read_of(
            "oldest",
            age as f64 / 1e6,
            "s",
            config.retention as f64 / 1e6,
        );
        out.read("long_polls", self.polls.len() as f64, "");
        let lately = self
            .refused_at
            .is_some_and(|at| view.now.saturating_sub(at) < SECOND);
        // own choice: a message that waits for a minute beyond its first time-out is late
        let late = age > config.delay + config.visibility + MINUTE;
        out.state = match () {
            () if view.down() => State::Down,
            () if lately => State::Refusing,
            () if (late && store.visible > 0) || self.moves.waiting() > 0 => State::Behind,
            () if store.in_flight * 10 > limit * 8 => State::Busy,
            () => State::Calm,
        };
    }
}
