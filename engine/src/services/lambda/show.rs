//! What is seen of a function: gauges, custody, bill, problems.

use super::config::{Config, Idempotency};
use super::figures::{CONCURRENCY, GB_SECOND, REQUEST};
use super::{Lambda, metric};
use crate::base::time::SECOND;
use crate::catalog::{PriceLine, Rules};
use crate::services::contract::{Custody, Problem, Wiring};
use crate::services::cx::View;
use crate::services::gauges::{Gauges, State, Tank};

/// From this share of the concurrency on it counts as busy.
const BUSY_SHARE: f64 = 0.8;
/// Events that wait longer than this make it stand behind [us].
const BEHIND_US: u64 = 60 * SECOND;

impl Lambda {
    pub(super) fn show(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let limit = config.concurrency() as f64;
        let used = self.places.used as f64;
        out.read_of("invocations", used, "", limit);
        out.tanks.push(Tank {
            key: "invocations",
            level: used,
            size: limit.max(1.0),
            unit: "",
        });
        out.read("warm", self.places.warm(config, view.now) as f64, "");
        out.read("cold_starts", self.places.cold as f64, "");
        let waiting = self.events.len();
        if waiting > 0 {
            out.read("events", waiting as f64, "records");
        }
        let board = &view.floor.boards[view.node().0 as usize];
        out.read("errors", board.total[metric::ERRORS].sum as f64, "");
        out.state = self.state(config, view);
    }

    fn state(&self, config: &Config, view: &View<'_>) -> State {
        let lately = |at: Option<u64>| at.is_some_and(|at| view.now.saturating_sub(at) < SECOND);
        let oldest = self
            .events
            .oldest()
            .map_or(0, |at| view.now.saturating_sub(at));
        let busy = self.places.used as f64 >= BUSY_SHARE * config.concurrency() as f64;
        match () {
            () if view.down() => State::Down,
            () if lately(self.throttled_at) => State::Refusing,
            () if oldest > BEHIND_US => State::Behind,
            () if busy || lately(self.failed_at) => State::Busy,
            () => State::Calm,
        }
    }

    pub(super) fn held(&self, out: &mut Custody) {
        for run in self.runs.values() {
            for item in &run.rest {
                out.hold(Some(run.wire), item.read.parcel);
            }
            for fallen in &run.fallen {
                out.hold(
                    Some(fallen.out.unwrap_or(run.wire)),
                    fallen.item.read.parcel,
                );
            }
            for part in &run.parts {
                let back = part.sent.iter().filter(|_| part.call.is_none());
                for item in part.todo.iter().chain(back) {
                    out.hold(Some(part.out), item.read.parcel);
                }
            }
        }
        self.events.custody(out);
        self.letters.custody(out);
    }

    pub(super) fn list_bill(&self, out: &mut Vec<PriceLine>) {
        out.push(PriceLine {
            price: &REQUEST,
            micro_units: u128::from(self.invoked) * 1_000_000,
        });
        out.push(PriceLine {
            price: &GB_SECOND,
            micro_units: u128::from(self.mb_ms) * 1_000 / 1_024,
        });
    }
}

pub(super) fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut tell = |field: &str, text: String, fatal: bool| {
        out.push(Problem {
            at: wiring.id.clone(),
            field: field.to_owned(),
            text,
            fatal,
        });
    };
    let work = config.duration.saturating_add(config.per_record);
    if work > config.timeout {
        let text = "Its own work takes longer than its time-out: every invocation is cut short. \
                    Raise the time-out or shorten the duration.";
        tell("timeout", text.to_owned(), false);
    }
    if config.reserved == Some(0) {
        let text = "Reserved concurrency 0 stops the function: every invocation is throttled.";
        tell("reserved", text.to_owned(), false);
    }
    let account = u64::from(config.account);
    let left = account.saturating_sub(u64::from(config.reserved.unwrap_or(0)));
    if config.reserved.is_some() && left < UNRESERVED_MIN {
        let text = format!(
            "{UNRESERVED_MIN} of the account's {account} must stay unreserved, and {left} would: \
             InvalidParameterValueException. Reserve at most {}.",
            account.saturating_sub(UNRESERVED_MIN)
        );
        tell("reserved", text, true);
    }
    let usual = Rules::NEWEST.value(&CONCURRENCY);
    if account > usual {
        let text = format!("The quota is {usual} until AWS raises it on request.");
        tell("account", text, false);
    }
    let writes = wiring.outs.iter().any(|(kind, _, _)| kind == "write");
    if config.idempotency != Idempotency::None && !writes {
        let text = "The condition against repeats stands on writes to a table, and no such wire leads out.";
        tell("idempotency", text.to_owned(), false);
    }
}

/// What reservations must leave to the other functions (API-lam, PutFunctionConcurrency, 2026-11-22).
const UNRESERVED_MIN: u64 = 100;
