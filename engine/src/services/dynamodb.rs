//! DynamoDB table, provisioned or on demand: items by the hash of their key over partitions, each
//! with its own limits, and a limit of the whole.
//!
//! ```text
//!   put, write --> table's bucket --> index's bucket --> partition of the item --> condition --> item
//!                    refused: capacity, on-demand limit          key range        failed: consumed
//! ```
//!
//! A write that is made is where the way of its record ends: the table is a sink. Which item a
//! record belongs to is a setting.

mod capacity;
pub mod errors;
mod figures;
mod items;
mod peak;
mod read;
mod settings;
mod show;
mod snippet;
pub mod stream;
pub mod units;
mod write;

#[cfg(test)]
mod tests;

use super::AnyLink;
use super::books::{By, Track};
use super::contract::{Beliefs, Custody, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::talk::{Ask, Reason, Reply, WriteOp};
use crate::base::footprint::See;
use crate::base::time::{DAY, Us};
use crate::catalog::{
    Api, Dir, Entry, Family, Field, Intake, Metric, Port, PriceLine, Rules, Stat,
};
use crate::kernel::CallId;
use capacity::{Capacity, Laws, Limit, Mode, Wanted};
use std::collections::{BTreeMap, BTreeSet};

pub use settings::{Config, ItemOf};

/// Indexes into `ENTRY.metrics`.
mod metric {
    use crate::services::talk::Reason;

    pub(super) const CONSUMED_WRITE: usize = 0;
    pub(super) const CONSUMED_READ: usize = 1;
    pub(super) const PROVISIONED_WRITE: usize = 2;
    pub(super) const PROVISIONED_READ: usize = 3;
    pub(super) const WRITE_THROTTLE: usize = 4;
    pub(super) const READ_THROTTLE: usize = 5;
    pub(super) const THROTTLED_REQUESTS: usize = 6;
    pub(super) const CONDITION_FAILED: usize = 15;
    pub(super) const CONFLICTS: usize = 16;
    pub(super) const USER_ERRORS: usize = 17;
    pub(super) const INDEX_CONSUMED_WRITE: usize = 18;
    pub(super) const INDEX_WRITE_THROTTLE: usize = 19;

    /// The metric of throttled writes by reason.
    pub(super) fn of_write_throttle(reason: Reason) -> Option<usize> {
        match reason {
            Reason::TableCapacity => Some(7),
            Reason::KeyRange => Some(8),
            Reason::OnDemandLimit => Some(9),
            Reason::AccountLimit => Some(10),
            _ => None,
        }
    }

    /// The metric of throttled reads by reason.
    pub(super) fn of_read_throttle(reason: Reason) -> Option<usize> {
        of_write_throttle(reason).map(|metric| metric + 4)
    }
}

const fn sum(name: &'static str, per_lane: bool) -> Metric {
    Metric {
        name,
        stat: Stat::Sum,
        unit: "Count",
        per_lane,
    }
}

const fn highest(name: &'static str) -> Metric {
    Metric {
        name,
        stat: Stat::Maximum,
        unit: "Count",
        per_lane: false,
    }
}

const METRICS: &[Metric] = &[
    sum("ConsumedWriteCapacityUnits", true),
    sum("ConsumedReadCapacityUnits", true),
    highest("ProvisionedWriteCapacityUnits"),
    highest("ProvisionedReadCapacityUnits"),
    sum("WriteThrottleEvents", true),
    sum("ReadThrottleEvents", true),
    sum("ThrottledRequests", false),
    sum("WriteProvisionedThroughputThrottleEvents", false),
    sum("WriteKeyRangeThroughputThrottleEvents", false),
    sum("WriteMaxOnDemandThroughputThrottleEvents", false),
    sum("WriteAccountLimitThrottleEvents", false),
    sum("ReadProvisionedThroughputThrottleEvents", false),
    sum("ReadKeyRangeThroughputThrottleEvents", false),
    sum("ReadMaxOnDemandThroughputThrottleEvents", false),
    sum("ReadAccountLimitThrottleEvents", false),
    sum("ConditionalCheckFailedRequests", false),
    sum("TransactionConflict", false),
    sum("UserErrors", false),
    sum("Index.ConsumedWriteCapacityUnits", false),
    sum("Index.WriteThrottleEvents", false),
];

/// A table.
#[derive(Clone, Debug, Hash)]
pub struct DynamoDb {
    capacity: Capacity,
    /// The secondary index.
    index: Option<Capacity>,
    items: items::Items,
    /// Items that a transaction holds: until when, and which request.
    held: BTreeMap<u128, (Us, u64)>,
    /// Requests so far.
    turn: u64,
    /// Read units that make no whole one yet [milli-units].
    carry_milli: u64,
    /// Changes from provisioned to on-demand of the last 24 hours [us].
    mode_changes: Vec<Us>,
    refused_at: Option<Us>,
    pulse: show::Pulse,
    meter: show::Meter,
}

/// What is set for writes and for reads.
fn wanted(config: &Config) -> (Wanted, Wanted) {
    let of = |provisioned: u32, warm: u32, most: u32| Wanted {
        mode: config.mode,
        provisioned: u64::from(provisioned),
        warm: u64::from(warm),
        most: u64::from(most),
    };
    (
        of(config.wcu, config.warm_write, config.max_write),
        of(config.rcu, config.warm_read, config.max_read),
    )
}

/// What is set for writes to the index.
fn wanted_of_index(config: &Config) -> Wanted {
    Wanted {
        provisioned: u64::from(config.index_wcu),
        ..wanted(config).0
    }
}

impl DynamoDb {
    /// Stream records that the table has made, by event in the order of
    /// [`stream::Event::ALL`]; none without a stream.
    #[must_use]
    pub fn stream_events(&self, config: &Config) -> [u64; 3] {
        if config.view == stream::View::Off {
            [0; 3]
        } else {
            self.items.events
        }
    }

    /// Brings limits up to `now` and forgets holds that are over.
    fn roll(&mut self, now: Us) {
        self.capacity.roll(now);
        if let Some(index) = &mut self.index {
            index.roll(now);
        }
        self.held.retain(|_, (until, _)| *until > now);
    }

    fn tell_provisioned(&self, cx: &mut Cx<'_, '_>) {
        let (write, read) = self.capacity.provisioned();
        cx.count(metric::PROVISIONED_WRITE, None, write);
        cx.count(metric::PROVISIONED_READ, None, read);
    }
}

/// What the ledger follows at a table with such items.
fn followed(of: ItemOf) -> Option<By> {
    match of {
        ItemOf::Record | ItemOf::Key => None,
        ItemOf::Product => Some(By::Product),
        ItemOf::Account => Some(By::Account),
    }
}

/// Whether some function writes here under the condition that no number falls below zero.
fn guarded(cx: &Cx<'_, '_>) -> bool {
    let view = cx.view();
    cx.wires_in()
        .iter()
        .any(|wire| match &view.floor.wire(*wire).link {
            AnyLink::Write(config) => config.op == WriteOp::Add && config.not_below_zero,
            _ => false,
        })
}

/// New capacity of the table and of its index.
fn new_capacity(config: &Config, rules: Rules, now: Us) -> (Capacity, Option<Capacity>) {
    let (write, read) = wanted(config);
    let (of_writes, of_reads) = (Laws::of_writes(rules), Laws::of_reads(rules));
    let limit = |wanted, laws| Limit::new(wanted, laws, config.burst_start, now);
    let table = Capacity::new(
        limit(write, of_writes),
        limit(read, of_reads),
        config.partitions,
        now,
    );
    let index = config.index.map(|_| {
        let write = limit(wanted_of_index(config), of_writes);
        Capacity::new(write, limit(read, of_reads), 0, now)
    });
    (table, index)
}

impl Service for DynamoDb {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "dynamodb",
        name: "DynamoDB table",
        family: Family::Storage,
        aws: true,
        ports: &[Port {
            dir: Dir::In,
            kinds: &["put", "write"],
            wires_max: 64,
        }],
        metrics: METRICS,
        figures: figures::ALL,
        prices: figures::PRICES,
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: Some(Intake {
            call_records: &figures::BATCH_WRITES,
            call_bytes: &figures::BATCH_BYTES,
            api: Api::DynamoDb,
        }),
    };
    const FIELDS: &'static [Field<Config>] = settings::FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let now = cx.now();
        let (capacity, index) = new_capacity(config, cx.rules(), now);
        let table = Self {
            capacity,
            index,
            items: items::Items::default(),
            held: BTreeMap::new(),
            turn: 0,
            carry_milli: 0,
            mode_changes: Vec::new(),
            refused_at: None,
            pulse: show::Pulse::default(),
            meter: show::Meter::starting(now),
        };
        table.tell_provisioned(cx);
        if let Some(by) = followed(config.item) {
            let not_below_zero = guarded(cx);
            let start = config.initial;
            cx.track(Track {
                by,
                start,
                not_below_zero,
            });
        }
        table
    }

    fn wake(&mut self, _config: &Config, _tag: u32, _arg: u64, _cx: &mut Cx<'_, '_>) {}

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        self.turn += 1;
        let view = cx.view();
        self.advance_meter(&view);
        let Incoming { call, wire, ask } = incoming;
        let reply = match ask {
            Ask::Put { entries, batched } => {
                self.put(config, wire, entries.into_vec(), batched, cx)
            }
            Ask::Write { entries, write } => self.write(config, wire, &entries, write, cx),
            Ask::Read(get) => self.get(config, &get, cx),
            ask => {
                cx.refuse(Incoming { call, wire, ask }, Reason::Invalid);
                return;
            }
        };
        cx.reply(call, reply);
    }

    fn answer(&mut self, _config: &Config, _call: CallId, _reply: Reply, _cx: &mut Cx<'_, '_>) {}

    fn recover(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {}

    fn admit(&self, old: &Config, new: &Config, view: &View<'_>) -> Result<(), String> {
        let to_demand = (old.mode, new.mode) == (Mode::Provisioned, Mode::OnDemand);
        let most = view.figure(&figures::MODE_CHANGES);
        let recent = self.mode_changes.iter().filter(|at| **at + DAY > view.now);
        if to_demand && recent.count() as u64 >= most {
            return Err(format!(
                "LimitExceededException: a table changes to on-demand at most {most} times in 24 \
                 hours; it may go back to provisioned at any time."
            ));
        }
        Ok(())
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        self.roll(now);
        let view = cx.view();
        self.advance_meter(&view);
        if (old.mode, new.mode) == (Mode::Provisioned, Mode::OnDemand) {
            self.mode_changes.retain(|at| *at + DAY > now);
            self.mode_changes.push(now);
        }
        let (write, read) = wanted(new);
        self.capacity.change(write, read, now);
        if let Some(index) = &mut self.index {
            index.change(wanted_of_index(new), read, now);
        }
        self.tell_provisioned(cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.list_gauges(config, view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, _out: &mut Custody) {}

    fn pieces(&self, see: &mut See<'_>) {
        self.items.pieces(see);
    }

    fn bill(&self, _config: &Config, view: &View<'_>, out: &mut Vec<PriceLine>) {
        self.list_bill(view, out);
    }

    fn beliefs(&self, config: &Config, _view: &View<'_>, out: &mut Beliefs) {
        let Some(by) = followed(config.item) else {
            return;
        };
        out.told = true;
        let wanted: BTreeSet<String> = out.wanted.iter().cloned().collect();
        for (key, item) in &self.items.shared {
            let name = by.name(u32::try_from(*key).unwrap_or(u32::MAX));
            if wanted.contains(&name) {
                out.say(&name, item.number);
            }
        }
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        check(config, wiring, out);
    }

    fn snippet(config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(snippet::of(config, wiring, lang))
    }

    fn normalise(&mut self, _config: &Config, now: Us) {
        self.capacity.refill(now);
        if let Some(index) = &mut self.index {
            index.refill(now);
        }
        self.held.retain(|_, (until, _)| *until > now);
    }
}

fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut say = |field: &str, text: String| {
        out.push(Problem {
            at: wiring.id.clone(),
            field: field.to_owned(),
            text,
            fatal: false,
        });
    };
    if wiring.ins.is_empty() {
        let text = "Nobody writes to the table. Draw a wire to it from a source or a function.";
        say("", text.to_owned());
    }
    let provisioned = config.mode == Mode::Provisioned;
    if provisioned && config.index.is_some() && config.index_wcu < config.wcu {
        let text = format!(
            "The index takes {} units a second, the table {}: when the index is full, writes to \
             the table are refused. Give the index as much as the table.",
            config.index_wcu, config.wcu
        );
        say("index_wcu", text);
    }
    if config.item != ItemOf::Record && wiring.ins.iter().any(|(kind, ..)| kind == "put") {
        let text = "A BatchWriteItem may not hold the same item twice: clients that batch records \
                    of one key have their calls refused. Let them put records singly.";
        say("item", text.to_owned());
    }
}
