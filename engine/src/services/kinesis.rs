//! Kinesis Data Streams, provisioned: a log cut into shards, each with its part of the ring of
//! hash keys, two write buckets and its own limits for readers.
//!
//! ```text
//!   put --> hash of the key --> open shard --> records bucket, bytes bucket --> log
//!   log --> GetRecords (shared, polled)  or  events 70 ms later (enhanced fan-out)
//! ```
//!
//! Custody: each outgoing wire is a subscriber with one position a shard. What lies at the
//! position and behind it the stream holds for that wire; what was handed over it only keeps.

pub mod arguments;
mod coarsen;
mod errors;
mod fanout;
mod figures;
mod keep;
mod log;
mod longterm;
pub mod mode;
mod packed;
mod parts;
mod read;
pub mod replay;
mod reshard;
mod ring;
mod shard;
mod show;
pub mod sizing;
mod snippet;
mod uniform;
mod write;

#[cfg(test)]
mod tests;

use super::contract::{Custody, Held, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::talk::{Ask, Control, Reason, Reply, WireId};
use crate::base::footprint::See;
use crate::base::sorted::order;
use crate::base::time::{HOUR, Us};
use crate::catalog::{
    Api, Change, Dir, Entry, Family, Field, Intake, Kind, Metric, Port, PriceLine, Rules, Stat,
    Value,
};
use crate::kernel::CallId;
use std::collections::BTreeMap;

pub use errors::{Call, error_code, http_status};
pub use log::{sequence_number, shard_id};
pub use ring::{even_range, middle, owner};
pub use show::Description;

/// The most shards of a stream (UpdateShardCount, API-kin, 2026-11-22).
pub const SHARDS_MAX: u32 = 10_000;
/// The least retention, and the default [us].
pub const RETENTION_MIN: Us = 24 * HOUR;
/// The longest retention [us].
pub const RETENTION_MAX: Us = 8_760 * HOUR;
/// The least largest record, and the default [KiB].
const RECORD_KIB_MIN: u32 = 1_024;
/// The largest that a record may be made [KiB].
const RECORD_KIB_MAX: u32 = 10_240;

const TAG_SWEEP: u32 = 1;
const TAG_RESHARD: u32 = 2;
const TAG_PUSH: u32 = 3;
const TAG_COARSEN: u32 = 4;

/// Indexes into `ENTRY.metrics`.
mod metric {
    pub(super) const INCOMING_RECORDS: usize = 0;
    pub(super) const INCOMING_BYTES: usize = 1;
    pub(super) const WRITE_EXCEEDED: usize = 2;
    pub(super) const PUT_RECORD_SUCCESS: usize = 3;
    pub(super) const PUT_RECORDS_TOTAL: usize = 4;
    pub(super) const PUT_RECORDS_SUCCESSFUL: usize = 5;
    // 6: PutRecords.FailedRecords counts internal failures, which here befall whole calls only
    pub(super) const PUT_RECORDS_THROTTLED: usize = 7;
    pub(super) const PUT_RECORDS_SUCCESS: usize = 8;
    pub(super) const GET_RECORDS: usize = 9;
    pub(super) const GET_BYTES: usize = 10;
    pub(super) const GET_SUCCESS: usize = 11;
    pub(super) const GET_AGE: usize = 12;
    pub(super) const READ_EXCEEDED: usize = 13;
    pub(super) const EVENT_RECORDS: usize = 14;
    pub(super) const EVENT_BYTES: usize = 15;
    pub(super) const EVENT_BEHIND: usize = 16;
    pub(super) const OUTGOING_RECORDS: usize = 17;
    pub(super) const OUTGOING_BYTES: usize = 18;
    pub(super) const SHARD_AGE: usize = 19;
}

const fn sum(name: &'static str, unit: &'static str, per_lane: bool) -> Metric {
    Metric {
        name,
        stat: Stat::Sum,
        unit,
        per_lane,
    }
}

const fn highest(name: &'static str, per_lane: bool) -> Metric {
    Metric {
        name,
        stat: Stat::Maximum,
        unit: "Milliseconds",
        per_lane,
    }
}

const METRICS: &[Metric] = &[
    sum("IncomingRecords", "Count", true),
    sum("IncomingBytes", "Bytes", true),
    sum("WriteProvisionedThroughputExceeded", "Count", true),
    sum("PutRecord.Success", "Count", false),
    sum("PutRecords.TotalRecords", "Count", false),
    sum("PutRecords.SuccessfulRecords", "Count", false),
    sum("PutRecords.FailedRecords", "Count", false),
    sum("PutRecords.ThrottledRecords", "Count", false),
    sum("PutRecords.Success", "Count", false),
    sum("GetRecords.Records", "Count", false),
    sum("GetRecords.Bytes", "Bytes", false),
    sum("GetRecords.Success", "Count", false),
    highest("GetRecords.IteratorAgeMilliseconds", false),
    sum("ReadProvisionedThroughputExceeded", "Count", true),
    sum("SubscribeToShardEvent.Records", "Count", false),
    sum("SubscribeToShardEvent.Bytes", "Bytes", false),
    highest("SubscribeToShardEvent.MillisBehindLatest", false),
    sum("OutgoingRecords", "Count", true),
    sum("OutgoingBytes", "Bytes", true),
    highest("IteratorAgeMilliseconds", true),
];

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// ShardCount.
    pub shards: u32,
    /// RetentionPeriodHours, as a span [us].
    pub retention: Us,
    /// MaxRecordSizeInKiB.
    pub max_record_kib: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            shards: 4,
            retention: RETENTION_MIN,
            max_record_kib: RECORD_KIB_MIN,
        }
    }
}

/// A stream.
#[derive(Clone, Debug, Hash)]
pub struct Kinesis {
    /// All shards that are kept, by number; closed ones go when nothing of them is left.
    shards: Vec<shard::Shard>,
    /// Places in `shards` of the open ones, by range.
    open: Vec<u32>,
    routes: ring::Routes,
    next_id: u32,
    /// Outgoing wires, oldest first.
    subscribers: Vec<WireId>,
    /// Set while the stream is CREATING or UPDATING: until when, and what it becomes.
    changing: Option<(Us, reshard::Change)>,
    /// UpdateShardCount calls of the last 24 hours [us].
    updates: Vec<Us>,
    /// The retention in force [us].
    retention: Us,
    sweep_at: Option<Us>,
    /// Whether the log is looked at on the next full minute.
    budget_due: bool,
    /// What of the log was made coarser.
    coarse: coarsen::Coarse,
    meter: show::Meter,
    /// What is paid by its age.
    long: longterm::LongTerm,
    /// Events whose answer is open.
    flights: BTreeMap<CallId, fanout::Flight>,
    /// When somebody outside last subscribed to a shard [us].
    outside: BTreeMap<u32, Us>,
}

impl Kinesis {
    /// Place of a shard by its number.
    fn slot_by_id(&self, shard: u32) -> Option<usize> {
        self.shards
            .binary_search_by_key(&shard, |shard| shard.id)
            .ok()
    }

    /// Place of the open shard whose range holds the key.
    fn slot_of(&mut self, lane: u32, hash: u128) -> usize {
        let (open, shards) = (&self.open, &self.shards);
        let find = || open[ring::owner(open, |slot| shards[*slot as usize].from, hash)];
        self.routes.slot(lane, find) as usize
    }

    /// Draws the map of the ring anew.
    fn map_ring(&mut self) {
        let open = (0..self.shards.len()).filter(|slot| self.shards[*slot].open());
        let mut open: Vec<u32> = open.map(|slot| slot as u32).collect();
        order::sort_by_key(&mut open, |slot| self.shards[*slot as usize].from);
        self.open = open;
        self.routes.clear();
    }
}

impl Service for Kinesis {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "kinesis",
        name: "Kinesis Data Streams",
        family: Family::Streams,
        aws: true,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["put"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["poll", "push", "mapping"],
                wires_max: 64,
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
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "shards",
            kind: Kind::Int {
                min: 1,
                max: SHARDS_MAX as i64,
            },
            unit: "shards",
            change: Change::After("resharding"),
            source: "API-kin, UpdateShardCount, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Int(i64::from(c.shards)),
            set: |c, v| {
                v.uint()
                    .map(|n| c.shards = u32::try_from(n).unwrap_or(SHARDS_MAX))
            },
        },
        Field {
            key: "retention",
            kind: Kind::Span {
                min: RETENTION_MIN,
                max: RETENTION_MAX,
            },
            unit: "",
            change: Change::Live,
            source: "API-kin, IncreaseStreamRetentionPeriod, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Int(i64::try_from(c.retention).unwrap_or(i64::MAX)),
            set: |c, v| v.uint().map(|us| c.retention = us),
        },
        Field {
            key: "max_record_size",
            kind: Kind::Int {
                min: RECORD_KIB_MIN as i64,
                max: RECORD_KIB_MAX as i64,
            },
            unit: "KiB",
            change: Change::Live,
            source: "API-kin, UpdateMaxRecordSize, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Int(i64::from(c.max_record_kib)),
            set: |c, v| {
                v.uint()
                    .map(|n| c.max_record_kib = u32::try_from(n).unwrap_or(RECORD_KIB_MAX))
            },
        },
    ];

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let limits = write::limits(config, cx);
        let (now, n) = (cx.now(), config.shards.clamp(1, SHARDS_MAX));
        let shards = (0..n).map(|i| shard::Shard::new(i, even_range(i, n), &limits, now, 0));
        let mut stream = Self {
            shards: shards.collect(),
            open: Vec::new(),
            routes: ring::Routes::default(),
            next_id: n,
            subscribers: Vec::new(),
            changing: None,
            updates: Vec::new(),
            retention: config.retention,
            sweep_at: None,
            budget_due: false,
            coarse: coarsen::Coarse::default(),
            meter: show::Meter::starting(now),
            long: longterm::LongTerm::default(),
            flights: BTreeMap::new(),
            outside: BTreeMap::new(),
        };
        stream.map_ring();
        stream.take_up_wires(cx);
        stream.create(cx);
        stream
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_SWEEP => self.sweep(config, arg, cx),
            TAG_RESHARD => self.change_done(config, cx),
            TAG_PUSH => self.push_due(arg, cx),
            TAG_COARSEN => self.keep_to_budget(cx),
            _ => {}
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        if self.creating() {
            cx.refuse(incoming, Reason::InUse);
            return;
        }
        let Incoming { call, wire, ask } = incoming;
        let reply = match ask {
            Ask::Put { entries, batched } => {
                self.put(config, wire, entries.into_vec(), batched, cx)
            }
            Ask::ListShards => self.list(),
            Ask::GetShardIterator { shard, start } => self.iterator(wire, shard, start, cx),
            Ask::GetRecords {
                shard,
                ordinal,
                issued,
                limit,
            } => self.records(
                wire,
                read::Wanted {
                    shard,
                    ordinal,
                    issued,
                    limit,
                },
                cx,
            ),
            Ask::Subscribe { shard, start } => self.subscribe(wire, shard, start, cx),
            other => {
                cx.refuse(
                    Incoming {
                        call,
                        wire,
                        ask: other,
                    },
                    Reason::Invalid,
                );
                return;
            }
        };
        cx.reply(call, reply);
    }

    fn answer(&mut self, _config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        self.event_answered(call, &reply, cx);
    }

    fn crash(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {
        // the log is kept by AWS; only what was under way is not known any more
        self.flights.clear();
        let shards = self.shards.iter_mut();
        for cursor in shards.flat_map(|shard| shard.cursors.iter_mut()) {
            if let Some(push) = &mut cursor.push {
                push.cut();
            }
        }
    }

    fn recover(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.sweep_at = None;
        self.plan_sweep(config, cx);
        self.budget_due = false;
        self.plan_budget(cx);
        if let Some(at) = reshard::updating_until(self) {
            cx.wake(at, TAG_RESHARD, 0);
        }
        for slot in 0..self.shards.len() {
            for reader in 0..self.subscribers.len() {
                self.come_home(slot, reader, cx);
            }
            self.plan_pushes(slot, cx);
        }
    }

    fn admit(&self, old: &Config, new: &Config, view: &View<'_>) -> Result<(), String> {
        if old.retention != new.retention {
            self.may_retain(view)?;
            arguments::new_retention(old.retention, new.retention)?;
        }
        if old.shards != new.shards {
            self.may_update(new.shards, view)?;
        }
        Ok(())
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if old.retention != new.retention {
            self.change_retention(new, cx);
        }
        if old.shards != new.shards {
            self.update_count(new.shards, cx);
        }
    }

    fn control(
        &mut self,
        _config: &Config,
        control: &Control,
        cx: &mut Cx<'_, '_>,
    ) -> Result<(), String> {
        self.command(control, cx)
    }

    fn rewired(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        self.take_up_wires(cx);
    }

    fn set_back(
        &mut self,
        _config: &Config,
        wire: WireId,
        shard: u32,
        ordinal: u64,
        cx: &mut Cx<'_, '_>,
    ) {
        self.go_back(wire, shard, ordinal, cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.list_gauges(config, view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        self.list_custody(out);
    }

    fn peek(&self, _config: &Config, _view: &View<'_>, most: usize, out: &mut Vec<Held>) {
        self.newest(most, out);
    }

    fn retained(&self) -> u64 {
        self.log_bytes()
    }

    fn pieces(&self, see: &mut See<'_>) {
        for shard in &self.shards {
            shard.log.shared(see);
        }
    }

    fn bill(&self, _config: &Config, view: &View<'_>, out: &mut Vec<PriceLine>) {
        self.list_bill(view, out);
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        check(config, wiring, out);
    }

    fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(snippet::of(config, wiring, lang))
    }

    fn normalise(&mut self, _config: &Config, now: Us) {
        for shard in &mut self.shards {
            shard.records.refill(now);
            shard.bytes.refill(now);
            shard.large.refill(now);
        }
    }

    fn assert_invariants(&self, _config: &Config) {
        let mut next = Some(0);
        for slot in &self.open {
            let shard = &self.shards[*slot as usize];
            assert_eq!(
                Some(shard.from),
                next,
                "open ranges have no gap before {}",
                shard.id
            );
            next = shard.to.checked_add(1);
        }
        assert_eq!(next, None, "open ranges reach the end of the ring");
        for shard in &self.shards {
            assert_eq!(
                shard.cursors.len(),
                self.subscribers.len(),
                "a cursor a subscriber"
            );
            let reach = shard.log.next();
            assert!(
                shard.cursors.iter().all(|c| c.position <= reach),
                "no cursor beyond the end"
            );
        }
    }
}

/// Problems that no single field shows.
fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut tell = |field: &str, fatal: bool, text: String| {
        out.push(Problem {
            at: wiring.id.clone(),
            field: field.to_owned(),
            text,
            fatal,
        });
    };
    if wiring.ins.is_empty() {
        tell(
            "",
            false,
            "Nobody writes to this stream: connect a source to it.".to_owned(),
        );
    }
    if wiring.outs.is_empty() {
        let text = "Nobody reads this stream: its records are kept until their retention ends.";
        tell("", false, text.to_owned());
    }
    let pushed = wiring
        .outs
        .iter()
        .filter(|(kind, _, _)| kind == "push")
        .count();
    let most = Rules::NEWEST.value(&figures::CONSUMERS);
    if pushed as u64 > most {
        let text = format!(
            "{pushed} consumers are registered; a provisioned stream takes {most} (KDS-lim). \
             Remove some, or let them poll."
        );
        tell("", true, text);
    }
    let polled = wiring.outs.len() - pushed;
    if polled > 2 {
        let text = format!(
            "{polled} consumers share 2 MiB/s and 5 calls a second of each shard; from three on \
             enhanced fan-out (a push wire) is the usual remedy."
        );
        tell("", false, text);
    }
    if config.shards > 500 {
        let text = format!(
            "{} shards: the quota of an account is 20,000 in three Regions, 1,000 or 6,000 \
             elsewhere, and was 500 or 200 until about 2023 (KDS-lim). Ask for more, or use fewer.",
            config.shards
        );
        tell("shards", false, text);
    }
}
