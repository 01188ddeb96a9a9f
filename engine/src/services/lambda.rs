//! Lambda: a function that is run on batches of records, or on each of them alone.
//!
//! ```text
//!   mapping --batch--+                                         +--> table, queue, stream, sink
//!   invoke  --each---+--> environments: own work, then calls --+
//!   async   --queue--+          | error: back to the caller, or tried again
//!                               +--> on-failure destination (asynchronous events)
//! ```
//!
//! Custody: the records of an invocation are the function's from the request to the answer; what
//! it has written belongs to whom it was written to. Of a failed invocation all records go back,
//! those that had been written as copies, for the caller will send them again. An invocation that
//! is cut short (time-out, crash) answers once its own calls are answered, so that nothing is in
//! two hands.

mod calls;
mod config;
mod end;
mod errors;
mod events;
mod figures;
mod places;
mod returned;
mod run;
mod show;
mod snippet;
#[cfg(test)]
mod tests;

use super::contract::{Custody, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::shared::letters::Letters;
use super::talk::{Ask, Reason, Reply, WireId};
use crate::base::map::Map;
use crate::base::rng::Rng;
use crate::base::time::Us;
use crate::catalog::{Dir, Entry, Family, Field, Metric, Port, PriceLine, Stat};
use crate::kernel::CallId;

pub use config::{Config, Errors, Idempotency, OnError};
pub use errors::Poison;
pub use returned::{Reading, read as read_return};

/// Own work of an invocation is over; `arg` is its number.
const TAG_WORK: u32 = 0;
/// Calls of an invocation are made again; `arg` is its number.
const TAG_AGAIN: u32 = 1;
/// Asynchronous events are due.
const TAG_EVENTS: u32 = 2;
/// Dead letters are sent again.
const TAG_LETTERS: u32 = 3;

/// Indexes into `ENTRY.metrics`; what stands at work on a wire to the function counts there too.
pub mod metric {
    /// `Invocations`.
    pub const INVOCATIONS: usize = 0;
    /// `Errors`.
    pub const ERRORS: usize = 1;
    /// `Throttles`.
    pub const THROTTLES: usize = 2;
    /// `Duration`.
    pub const DURATION: usize = 3;
    /// `ConcurrentExecutions`.
    pub const CONCURRENT: usize = 4;
    /// `IteratorAge`.
    pub const ITERATOR_AGE: usize = 5;
    /// `DestinationDeliveryFailures`.
    pub const DESTINATION_FAILURES: usize = 7;
    /// `AsyncEventAge`.
    pub const EVENT_AGE: usize = 8;
    /// `AsyncEventsDropped`.
    pub const EVENTS_DROPPED: usize = 9;
    /// `AsyncEventsReceived`.
    pub const EVENTS_RECEIVED: usize = 10;
}

const fn metric(name: &'static str, stat: Stat, unit: &'static str) -> Metric {
    Metric {
        name,
        stat,
        unit,
        per_lane: false,
    }
}

const METRICS: &[Metric] = &[
    metric("Invocations", Stat::Sum, "Count"),
    metric("Errors", Stat::Sum, "Count"),
    metric("Throttles", Stat::Sum, "Count"),
    metric("Duration", Stat::Average, "Milliseconds"),
    metric("ConcurrentExecutions", Stat::Maximum, "Count"),
    metric("IteratorAge", Stat::Maximum, "Milliseconds"),
    metric("DeadLetterErrors", Stat::Sum, "Count"),
    metric("DestinationDeliveryFailures", Stat::Sum, "Count"),
    metric("AsyncEventAge", Stat::Maximum, "Milliseconds"),
    metric("AsyncEventsDropped", Stat::Sum, "Count"),
    metric("AsyncEventsReceived", Stat::Sum, "Count"),
];

/// What a request on the way was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Asked {
    /// Number of the invocation.
    run: u64,
    /// Over which wire.
    out: WireId,
}

/// A function.
#[derive(Clone, Debug, Hash)]
pub struct Lambda {
    /// Invocations that have not been answered, by number.
    runs: Map<u64, run::Run>,
    next_run: u64,
    asked: Map<CallId, Asked>,
    places: places::Places,
    /// Asynchronous events that wait for an attempt.
    events: events::Events,
    letters: Letters,
    tries: errors::Tries,
    /// Draws of back-offs.
    draws: Rng,
    /// Invocations so far.
    invoked: u64,
    /// Memory times billed duration [MB ms].
    mb_ms: u64,
    /// The last throttle [us].
    throttled_at: Option<Us>,
    /// The last invocation that failed [us].
    failed_at: Option<Us>,
}

impl Service for Lambda {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "lambda",
        name: "Lambda",
        family: Family::Compute,
        aws: true,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["mapping", "invoke", "queue-mapping"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["write", "put", "deliver"],
                wires_max: 16,
            },
            Port {
                dir: Dir::Out,
                kinds: &["on-failure"],
                wires_max: 1,
            },
        ],
        metrics: METRICS,
        figures: figures::ALL,
        prices: figures::PRICES,
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = config::FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        Self {
            runs: Map::new(),
            next_run: 0,
            asked: Map::new(),
            places: places::Places::new(config, cx.rules(), cx.now()),
            events: events::Events::default(),
            letters: Letters::default(),
            tries: errors::Tries::default(),
            draws: cx.rng("back-off"),
            invoked: 0,
            mb_ms: 0,
            throttled_at: None,
            failed_at: None,
        }
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_WORK => self.worked(config, arg, cx),
            TAG_AGAIN => self.call_again(config, arg, cx),
            TAG_EVENTS => self.events_due(config, cx),
            _ => self.letters.due(cx),
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let Incoming { call, wire, ask } = incoming;
        match ask {
            Ask::Invoke {
                reads,
                asynchronous: true,
            } => self.accept(config, (call, wire), &reads, cx),
            Ask::Invoke { reads, .. } => self.invoke(config, (call, wire), &reads, cx),
            ask => cx.refuse(Incoming { call, wire, ask }, Reason::Invalid),
        }
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        self.answered(config, call, &reply, false, cx);
    }

    fn orphan(
        &mut self,
        config: &Config,
        call: CallId,
        _wire: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        self.answered(config, call, &reply, true, cx);
    }

    fn crash(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.environments_die(config, cx);
    }

    fn recover(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        self.events.rearm(TAG_EVENTS, cx);
        self.letters.rearm(TAG_LETTERS, cx);
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if old.concurrency() != new.concurrency() {
            self.places.set_limits(new, cx.rules(), cx.now());
        }
    }

    fn rewired(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_wires(config, cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.show(config, view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        self.held(out);
    }

    fn bill(&self, _config: &Config, _view: &View<'_>, out: &mut Vec<PriceLine>) {
        self.list_bill(out);
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        show::check(config, wiring, out);
    }

    fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(snippet::of(config, wiring, lang))
    }

    fn normalise(&mut self, config: &Config, now: Us) {
        self.places.normalise(config, now);
    }

    fn assert_invariants(&self, _config: &Config) {
        let used: u64 = self.runs.values().map(|run| run.places).sum();
        assert_eq!(used, self.places.used, "environments at work");
        let open = self.runs.values().flat_map(|run| &run.parts);
        let open = open.filter(|part| part.call.is_some()).count();
        assert_eq!(open, self.asked.len(), "requests on the way");
    }
}
