//! SQS: a queue, standard or FIFO. A message that is received stays in the queue, hidden from the
//! others, until its consumer deletes it or its visibility time-out is over.
//!
//! ```text
//!   send --> [delayed] --> visible --> in flight --> deleted
//!                             ^            |
//!                             +-- time-out +--> too often: dead-letter queue (redrive wire)
//! ```
//!
//! Custody: the queue keeps the originals, for all paths through the wire that they came over,
//! until they are deleted; what a receive hands out are copies.

mod dedup;
mod fields;
pub mod figures;
mod hand;
mod limits;
mod redrive;
mod run;
mod send;
mod show;
mod snippet;
mod store;

#[cfg(test)]
mod tests;

use super::contract::{Custody, Held, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::talk::{Ask, Control, Reason, Reply, WireId};
use crate::base::map::Map;
use crate::base::time::{DAY, MINUTE, SECOND, Us};
use crate::catalog::{Api, Dir, Entry, Family, Field, Intake, Metric, Port, PriceLine, Stat};
use crate::kernel::CallId;

/// DeduplicationScope in files.
const SCOPES: &[&str] = &["queue", "messageGroup"];
/// FifoThroughputLimit in files.
const THROUGHPUTS: &[&str] = &["perQueue", "perMessageGroupId"];

const TAG_DUE: u32 = 1;
const TAG_POLL: u32 = 2;
const TAG_MINUTE: u32 = 3;
const TAG_MOVE_AGAIN: u32 = 4;
const TAG_TASK: u32 = 5;

/// Indexes into `ENTRY.metrics`.
mod metric {
    pub(super) const VISIBLE: usize = 0;
    pub(super) const NOT_VISIBLE: usize = 1;
    pub(super) const DELAYED: usize = 2;
    pub(super) const OLDEST: usize = 3;
    pub(super) const SENT: usize = 4;
    pub(super) const RECEIVED: usize = 5;
    pub(super) const DELETED: usize = 6;
    pub(super) const EMPTY: usize = 7;
    pub(super) const SENT_SIZE: usize = 8;
    pub(super) const DEDUPLICATED: usize = 9;
    pub(super) const GROUPS: usize = 10;
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
    metric("ApproximateNumberOfMessagesVisible", Stat::Maximum, "Count"),
    metric(
        "ApproximateNumberOfMessagesNotVisible",
        Stat::Maximum,
        "Count",
    ),
    metric("ApproximateNumberOfMessagesDelayed", Stat::Maximum, "Count"),
    metric("ApproximateAgeOfOldestMessage", Stat::Maximum, "Seconds"),
    metric("NumberOfMessagesSent", Stat::Sum, "Count"),
    metric("NumberOfMessagesReceived", Stat::Sum, "Count"),
    metric("NumberOfMessagesDeleted", Stat::Sum, "Count"),
    metric("NumberOfEmptyReceives", Stat::Sum, "Count"),
    metric("SentMessageSize", Stat::Sum, "Bytes"),
    metric("NumberOfDeduplicatedSentMessages", Stat::Sum, "Count"),
    metric(
        "ApproximateNumberOfGroupsWithInflightMessages",
        Stat::Maximum,
        "Count",
    ),
];

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// FifoQueue.
    pub fifo: bool,
    /// VisibilityTimeout [us].
    pub visibility: Us,
    /// DelaySeconds [us].
    pub delay: Us,
    /// MessageRetentionPeriod [us].
    pub retention: Us,
    /// ReceiveMessageWaitTimeSeconds [us].
    pub wait: Us,
    /// MaximumMessageSize [B].
    pub max_bytes: u32,
    /// ContentBasedDeduplication.
    pub content_dedup: bool,
    /// DeduplicationScope is messageGroup.
    pub dedup_per_group: bool,
    /// FifoThroughputLimit is perMessageGroupId.
    pub limit_per_group: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            fifo: false,
            visibility: 30 * SECOND,
            delay: 0,
            retention: 4 * DAY,
            wait: 0,
            max_bytes: 1 << 20,
            content_dedup: false,
            dedup_per_group: false,
            limit_per_group: false,
        }
    }
}

/// A receive that waits for messages (long poll).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Poll {
    call: CallId,
    wire: WireId,
    max: u32,
    visibility: Us,
}

/// A queue.
#[derive(Clone, Debug, Hash)]
pub struct Sqs {
    store: store::Store,
    memory: dedup::Memory,
    limits: limits::Limits,
    /// Receives that wait, by their number.
    polls: Map<u64, Poll>,
    polls_begun: u64,
    /// The earliest timer set for the end of a flight or delay [us].
    armed: Option<Us>,
    moves: redrive::Moves,
    /// When it was last purged [us].
    purged_at: Option<Us>,
    /// Requests as they are billed.
    requests: u64,
    /// When a call was last refused for a limit [us].
    refused_at: Option<Us>,
}

impl Service for Sqs {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "sqs",
        name: "SQS",
        family: Family::Messaging,
        aws: true,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["put", "deliver", "on-failure"],
                wires_max: 64,
            },
            Port {
                dir: Dir::In,
                kinds: &["redrive"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["queue-mapping"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["redrive"],
                wires_max: 1,
            },
        ],
        metrics: METRICS,
        figures: figures::ALL,
        prices: figures::PRICES,
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: Some(Intake {
            call_records: &figures::CALL_RECORDS,
            call_bytes: &figures::CALL_BYTES,
            api: Api::Other,
        }),
    };
    const FIELDS: &'static [Field<Config>] = fields::FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        cx.wake(next_minute(cx.now()), TAG_MINUTE, 0);
        Self {
            store: store::Store::new(config.fifo),
            memory: dedup::Memory::default(),
            limits: limits::Limits::new(config, cx),
            polls: Map::new(),
            polls_begun: 0,
            armed: None,
            moves: redrive::Moves::default(),
            purged_at: None,
            requests: 0,
            refused_at: None,
        }
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_DUE => {
                self.armed = self.armed.filter(|at| *at > cx.now());
                self.go_on(config, cx);
            }
            TAG_POLL => self.poll_over(arg, cx),
            TAG_MINUTE => self.minute(config, cx),
            TAG_MOVE_AGAIN => self.move_again(cx),
            TAG_TASK => self.task_goes_on(cx),
            _ => {}
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        self.store.settle(cx.now());
        match &incoming.ask {
            Ask::Put { .. } | Ask::Send { .. } | Ask::Hand { .. } => {
                self.send(config, incoming, cx)
            }
            Ask::Move { .. } | Ask::DeadLetter { .. } => self.take_dead(config, incoming, cx),
            Ask::Receive {
                max,
                wait,
                visibility,
            } => {
                let (max, wait, visibility) = (*max, *wait, *visibility);
                self.receive(config, &incoming, (max, wait, visibility), cx);
            }
            Ask::Delete { .. } => self.delete(config, incoming, cx),
            Ask::Visibility { .. } => self.change_visibility(config, incoming, cx),
            _ => return cx.refuse(incoming, Reason::Invalid),
        }
        self.go_on(config, cx);
    }

    fn answer(&mut self, _config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        self.moved(call, &reply, true, cx);
    }

    fn orphan(
        &mut self,
        _config: &Config,
        call: CallId,
        _wire: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        // AWS keeps what it is moving: a crash of the queue does not lose it
        self.moved(call, &reply, false, cx);
    }

    fn crash(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        // AWS keeps the messages; receives that wait get no answer but this one
        for poll in std::mem::take(&mut self.polls).into_values() {
            let (reason, back) = (Reason::Down, Vec::new());
            cx.reply(poll.call, Reply::Refused { reason, back });
        }
    }

    fn recover(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.armed = None;
        cx.wake(next_minute(cx.now()), TAG_MINUTE, 0);
        self.moves_recover(cx);
        self.go_on(config, cx);
    }

    fn admit(&self, _old: &Config, new: &Config, _view: &View<'_>) -> Result<(), String> {
        fields::admit(new)
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if new.fifo && old.delay != new.delay {
            self.store.delay_again(new.delay);
        }
        self.limits.change(new, cx);
        self.go_on(new, cx);
    }

    fn control(
        &mut self,
        config: &Config,
        control: &Control,
        cx: &mut Cx<'_, '_>,
    ) -> Result<(), String> {
        self.store.settle(cx.now());
        match control {
            Control::Purge => self.purge(cx),
            Control::Redrive { per_second } => self.start_task(*per_second, cx),
            _ => return Err("A queue has no such command.".to_owned()),
        }?;
        self.go_on(config, cx);
        Ok(())
    }

    fn rewired(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_wires(cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.list_gauges(config, view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        for run in self.store.all() {
            out.keep(run.wire, run.parcel);
        }
        self.moves.custody(out);
    }

    fn peek(&self, _config: &Config, _view: &View<'_>, most: usize, out: &mut Vec<Held>) {
        let runs = self.store.all().take(most);
        out.extend(runs.map(|run| Held {
            lane: None,
            parcel: run.parcel,
        }));
    }

    fn bill(&self, config: &Config, _view: &View<'_>, out: &mut Vec<PriceLine>) {
        let price = if config.fifo {
            &figures::FIFO_REQUEST
        } else {
            &figures::REQUEST
        };
        let micro_units = u128::from(self.requests) * 1_000_000;
        out.push(PriceLine { price, micro_units });
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        fields::check(config, wiring, out);
    }

    fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(snippet::of(config, wiring, lang))
    }

    fn normalise(&mut self, _config: &Config, now: Us) {
        self.limits.refill(now);
    }

    fn assert_invariants(&self, _config: &Config) {
        self.store.assert_sound();
    }
}

/// The next full minute [us].
fn next_minute(now: Us) -> Us {
    (now / MINUTE + 1) * MINUTE
}

/// The error code of a purge too soon after another one.
pub const PURGE_IN_PROGRESS: &str = "AWS.SimpleQueueService.PurgeQueueInProgress";

/// The error code that AWS answers with for a reason of this service. `context` is the call
/// (`receipt`, `batch`, `empty-batch`) or what is wrong with one message (`entry`, `no-group`).
#[must_use]
pub fn error_code(reason: Reason, context: &str) -> &'static str {
    match (reason, context) {
        (Reason::TooManyEntries, _) => "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        (Reason::TooLarge, "batch") => "AWS.SimpleQueueService.BatchRequestTooLong",
        (Reason::InFlightLimit, _) => "OverLimit",
        (Reason::CallsLimit, _) => "RequestThrottled",
        (Reason::Invalid, "unknown-receipt") => "ReceiptHandleIsInvalid",
        (Reason::Invalid, "empty-batch") => "AWS.SimpleQueueService.EmptyBatchRequest",
        (Reason::Invalid, "no-group") => "MissingParameter",
        (Reason::InternalFailure | Reason::Down, _) => "InternalError",
        _ => "InvalidParameterValue",
    }
}
