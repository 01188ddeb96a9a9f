//! Consumer application: the customer's own program that reads a stream over the Kinesis API, works
//! on the records and hands them on.
//!
//! ```text
//!   stream --poll: GetRecords, one call a shard and interval--+
//!   stream --push: SubscribeToShard, events ------------------+--> memory --> workers --> out
//!                                                                  one batch a shard
//! ```
//!
//! A shard is asked again only when its last batch is done, so that a slow program falls behind in
//! the stream and not in its memory. Parents are read to their end before their children. Each
//! shard's first poll comes after a share of the interval drawn from the application's own random
//! stream, so that several applications do not call in step.

mod figures;
mod reader;
mod shard;
mod show;
#[cfg(test)]
mod tests;
mod work;

use super::contract::{Custody, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::shared::reading::Key;
use super::talk::{Ask, Reason, Reply, WireId};
use crate::base::rng::Rng;
use crate::base::time::{HOUR, MS, SECOND, Us};
use crate::catalog::{Change, Dir, Entry, Family, Field, Kind, Metric, Port, Stat, Value};
use crate::kernel::CallId;
use shard::Shard;
use std::collections::{BTreeMap, VecDeque};
use work::{Handing, Meter};

/// Index of `Read` in the metrics.
const READ: usize = 0;
/// Index of `Processed` in the metrics.
const PROCESSED: usize = 1;
/// Index of `HandedOn` in the metrics.
const HANDED_ON: usize = 2;
/// Index of `ReadThrottled` in the metrics.
const READ_THROTTLED: usize = 3;
/// Index of `Calls` in the metrics.
const CALLS: usize = 4;
/// Index of `HandedOverDelay` in the metrics.
const DELAY: usize = 5;
/// Index of `HandedOverDelayMax` in the metrics.
const DELAY_MAX: usize = 6;
/// Index of `IteratorAgeMilliseconds` in the metrics.
const ITERATOR_AGE: usize = 7;

/// A shard's next call is due; `arg` is its [`Key`].
const TAG_READ: u32 = 0;
/// A slice of work is done; `arg` is its shard's [`Key`].
const TAG_WORK: u32 = 1;
/// A slice that was not taken is handed on again; `arg` is its shard's [`Key`].
const TAG_AGAIN: u32 = 2;
/// The shards of a wire are listed again; `arg` is the wire.
const TAG_LIST: u32 = 3;
/// Positions are saved.
const TAG_CHECKPOINT: u32 = 4;

/// Where reading goes on after a crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RestartAt {
    /// At the position saved last; at the wire's start position where none was saved.
    Checkpoint,
    /// At the wire's start position, as an application with a new name.
    Start,
}

/// The words of [`RestartAt`] in files.
const RESTART_WORDS: &[&str] = &["checkpoint", "start"];

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// From one GetRecords of a shard to the next [us].
    pub interval: Us,
    /// Most records of a GetRecords.
    pub limit: u32,
    /// Records a second, of all workers together [thousandths]; 0: as fast as they come.
    pub rate: u64,
    /// Shards worked on at the same time.
    pub workers: u32,
    /// From one saving of the positions to the next [us]; 0: after each batch.
    pub checkpoint_every: Us,
    /// Where reading goes on after a crash.
    pub restart_at: RestartAt,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            interval: SECOND,
            limit: 10_000,
            rate: 0,
            workers: 1,
            checkpoint_every: 0,
            restart_at: RestartAt::Checkpoint,
        }
    }
}

const FIELDS: &[Field<Config>] = &[
    Field {
        key: "interval",
        kind: Kind::Span {
            min: 50 * MS,
            max: HOUR,
        },
        unit: "",
        change: Change::Live,
        source: "kinesis-low-latency.html (idleTimeBetweenReads, default 1 s), 2023",
        shown: |_| true,
        get: |c| Value::Int(c.interval as i64),
        set: |c, v| v.uint().map(|us| c.interval = us),
    },
    Field {
        key: "limit",
        kind: Kind::Int {
            min: 1,
            max: 10_000,
        },
        unit: "records",
        change: Change::Live,
        source: "API-kin, GetRecords, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.limit)),
        set: |c, v| {
            v.uint()
                .map(|n| c.limit = u32::try_from(n).unwrap_or(u32::MAX))
        },
    },
    Field {
        key: "rate",
        kind: Kind::Decimal {
            min: 0,
            max: 1_000_000_000,
            places: 3,
        },
        unit: "records/s",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(c.rate as i64),
        set: |c, v| v.uint().map(|n| c.rate = n),
    },
    Field {
        key: "workers",
        kind: Kind::Int { min: 1, max: 1_000 },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |c| c.rate > 0,
        get: |c| Value::Int(i64::from(c.workers)),
        set: |c, v| {
            v.uint()
                .map(|n| c.workers = u32::try_from(n).unwrap_or(u32::MAX))
        },
    },
    Field {
        key: "checkpoint_every",
        kind: Kind::Span { min: 0, max: HOUR },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(c.checkpoint_every as i64),
        set: |c, v| v.uint().map(|us| c.checkpoint_every = us),
    },
    Field {
        key: "restart_at",
        kind: Kind::Choice(RESTART_WORDS),
        unit: "",
        change: Change::After("the next restart after a crash"),
        source: "own",
        shown: |_| true,
        get: |c| Value::Text(RESTART_WORDS[c.restart_at as usize].to_owned()),
        set: |c, v| {
            v.text().map(|word| {
                let start = word == RESTART_WORDS[RestartAt::Start as usize];
                c.restart_at = if start {
                    RestartAt::Start
                } else {
                    RestartAt::Checkpoint
                };
            })
        },
    },
];

/// A metric of the node alone.
const fn metric(name: &'static str, stat: Stat, unit: &'static str) -> Metric {
    Metric {
        name,
        stat,
        unit,
        per_lane: false,
    }
}

/// What is kept of a wire that is read.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Feed {
    /// Whether the stream pushes (enhanced fan-out).
    push: bool,
    /// ListShards on the way.
    listing: Option<CallId>,
    /// When its shards are listed again [us].
    list_at: Us,
}

/// What a request on the way was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    /// ListShards of a wire.
    List(WireId),
    /// GetShardIterator, GetRecords or SubscribeToShard of a shard.
    Shard(Key),
    /// Records of a shard handed on over a wire.
    Hand(Key, WireId),
}

/// State.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Consumer {
    feeds: BTreeMap<WireId, Feed>,
    shards: BTreeMap<Key, Shard>,
    /// Slices that are done here and not yet taken by all next places, at most one a shard.
    handing: BTreeMap<Key, Handing>,
    asked: BTreeMap<CallId, Asked>,
    /// Batches in memory in order of arrival: shard, records not worked on yet.
    ready: VecDeque<(Key, u64)>,
    /// Workers at work.
    busy: u32,
    /// What whole microseconds left over of the time of work [1 / rate us].
    rest: u64,
    /// When positions are saved next [us].
    save_at: Option<Us>,
    phases: Rng,
    meter: Meter,
}

impl Service for Consumer {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "consumer",
        name: "Consumer application",
        family: Family::Compute,
        aws: false,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["poll", "push"],
                wires_max: 16,
            },
            Port {
                dir: Dir::Out,
                kinds: &["deliver"],
                wires_max: 16,
            },
        ],
        metrics: &[
            metric("Read", Stat::Sum, "Count"),
            metric("Processed", Stat::Sum, "Count"),
            metric("HandedOn", Stat::Sum, "Count"),
            metric("ReadThrottled", Stat::Sum, "Count"),
            metric("Calls", Stat::Sum, "Count"),
            metric("HandedOverDelay", Stat::Average, "Microseconds"),
            metric("HandedOverDelayMax", Stat::Maximum, "Microseconds"),
            metric("IteratorAgeMilliseconds", Stat::Maximum, "Milliseconds"),
        ],
        figures: figures::ALL,
        prices: &[],
        faults: &["crash", "slow"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let mut state = Self {
            feeds: BTreeMap::new(),
            shards: BTreeMap::new(),
            handing: BTreeMap::new(),
            asked: BTreeMap::new(),
            ready: VecDeque::new(),
            busy: 0,
            rest: 0,
            save_at: None,
            phases: cx.rng("poll phase"),
            meter: Meter::default(),
        };
        state.take_up_wires(cx);
        state.plan_save(config, cx);
        state
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_READ => self.read_due(config, Key::of(arg), cx),
            TAG_WORK => self.worked(config, Key::of(arg), cx),
            TAG_AGAIN => self.hand_on(Key::of(arg), cx),
            TAG_LIST => self.list_due(WireId(u32::try_from(arg).unwrap_or(u32::MAX)), cx),
            _ => self.save_due(config, cx),
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let Incoming { wire, .. } = incoming;
        match &incoming.ask {
            Ask::ShardEvent { shard, .. } if self.subscribed(Key(wire, *shard)) => {
                self.event(config, incoming, cx);
            }
            _ => cx.refuse(incoming, Reason::Invalid),
        }
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        match self.asked.remove(&call) {
            Some(Asked::List(wire)) => self.listed(wire, reply, cx),
            Some(Asked::Shard(key)) => self.shard_answered(config, key, reply, cx),
            Some(Asked::Hand(key, out)) => self.hand_answered(config, key, out, reply, cx),
            None => {}
        }
    }

    fn orphan(
        &mut self,
        _config: &Config,
        call: CallId,
        wire: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        self.answered_late(call, wire, &reply, cx);
    }

    fn crash(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_memory(cx);
    }

    fn recover(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if config.restart_at == RestartAt::Start {
            self.shards.clear();
        }
        self.feeds.clear();
        self.take_up_wires(cx);
        self.plan_save(config, cx);
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if old.rate != new.rate || old.workers != new.workers {
            self.rest = 0;
        }
        if old.interval != new.interval {
            self.plan_polls(new, cx);
        }
        if old.checkpoint_every != new.checkpoint_every {
            self.plan_save(new, cx);
        }
        self.pump(new, cx);
    }

    fn rewired(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_wires(config, cx);
        if !cx.view().down() {
            self.take_up_wires(cx);
            self.pump(config, cx);
        }
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.show(config, view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        self.held(out);
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        show::check(config, wiring, out);
    }

    fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(show::snippet(config, wiring, lang))
    }

    fn normalise(&mut self, _config: &Config, now: Us) {
        self.meter.roll(now);
    }

    fn assert_invariants(&self, config: &Config) {
        self.check_counts(config);
    }
}
