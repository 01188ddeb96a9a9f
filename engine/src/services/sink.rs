//! Counter sink: what a report believes. It counts whatever it is handed, repeats included, so
//! that the ledger can set its belief beside the truth.

use super::books::{By, Track};
use super::contract::{Custody, Incoming, Service};
use super::cx::{Cx, View};
use super::gauges::{Gauges, State};
use super::talk::{Ask, Reason, Reply};
use crate::base::time::{DAY, MINUTE, Us};
use crate::catalog::{Change, Dir, Entry, Family, Field, Kind, Metric, Port, Stat, Value};
use crate::kernel::CallId;

/// Index of `Records` in the metrics.
const RECORDS: usize = 0;
/// Index of `Repeats` in the metrics.
const REPEATS: usize = 1;

/// Largest stock or balance at the start [pieces or cents].
const NUMBER_MAX: i64 = 1_000_000_000_000;

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Records that come later than this after they were made count as late [us].
    pub late_after: Us,
    /// What is followed by key.
    pub track: By,
    /// Stock of every product at the start.
    pub stock: i64,
    /// Balance of every account at the start [cents].
    pub balance: i64,
    /// Whether operations are declined that would take a stock or balance below zero.
    pub not_below_zero: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            late_after: MINUTE,
            track: By::Key,
            stock: 10_000,
            balance: 100_000,
            not_below_zero: false,
        }
    }
}

/// State: nothing of its own; what it believes stands in the books.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Sink;

impl Service for Sink {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "sink",
        name: "Counter sink",
        family: Family::Storage,
        aws: false,
        ports: &[Port {
            dir: Dir::In,
            kinds: &["deliver", "put", "on-failure"],
            wires_max: 64,
        }],
        metrics: &[
            Metric {
                name: "Records",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Repeats",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
        ],
        figures: &[],
        prices: &[],
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "late_after",
            kind: Kind::Span {
                min: 1,
                max: 365 * DAY,
            },
            unit: "",
            change: Change::Live,
            source: "own",
            shown: |_| true,
            get: |c| Value::Int(c.late_after as i64),
            set: |c, v| v.uint().map(|us| c.late_after = us),
        },
        Field {
            key: "track",
            kind: Kind::Choice(By::WORDS),
            unit: "",
            change: Change::Restart,
            source: "own",
            shown: |_| true,
            get: |c| Value::Text(c.track.word().to_owned()),
            set: |c, v| v.text().map(|word| c.track = By::of(word)),
        },
        Field {
            key: "stock",
            kind: Kind::Int {
                min: 0,
                max: NUMBER_MAX,
            },
            unit: "",
            change: Change::Restart,
            source: "own",
            shown: |c| c.track == By::Product,
            get: |c| Value::Int(c.stock),
            set: |c, v| v.uint().map(|n| c.stock = n as i64),
        },
        Field {
            key: "balance",
            kind: Kind::Decimal {
                min: 0,
                max: NUMBER_MAX,
                places: 2,
            },
            unit: "",
            change: Change::Restart,
            source: "own",
            shown: |c| c.track == By::Account,
            get: |c| Value::Int(c.balance),
            set: |c, v| v.uint().map(|n| c.balance = n as i64),
        },
        Field {
            key: "not_below_zero",
            kind: Kind::Flag,
            unit: "",
            change: Change::Restart,
            source: "own",
            shown: |c| c.track != By::Key,
            get: |c| Value::Flag(c.not_below_zero),
            set: |c, v| v.flag().map(|flag| c.not_below_zero = flag),
        },
    ];

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let start = match config.track {
            By::Key => return Self,
            By::Product => config.stock,
            By::Account => config.balance,
        };
        cx.track(Track {
            by: config.track,
            start,
            not_below_zero: config.not_below_zero,
        });
        Self
    }

    fn wake(&mut self, _config: &Config, _tag: u32, _arg: u64, _cx: &mut Cx<'_, '_>) {}

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let (parcels, reply) = match &incoming.ask {
            Ask::Hand { parcels } => (&parcels[..], Reply::Done),
            Ask::DeadLetter { parcels, .. } => (&parcels[..], Reply::Done),
            Ask::Put { entries, .. } => (&entries[..], Reply::Put { failed: Vec::new() }),
            _ => return cx.refuse(incoming, Reason::Invalid),
        };
        for parcel in parcels {
            cx.took(u64::from(parcel.n));
            let delivery = cx.delivered(incoming.wire, parcel, config.late_after);
            cx.count(RECORDS, None, u64::from(parcel.n));
            if delivery.again > 0 {
                cx.count(REPEATS, None, delivery.again);
            }
        }
        cx.reply(incoming.call, reply);
    }

    fn answer(&mut self, _config: &Config, _call: CallId, _reply: Reply, _cx: &mut Cx<'_, '_>) {}

    fn recover(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {}

    fn gauges(&self, _config: &Config, view: &View<'_>, out: &mut Gauges) {
        let node = view.node();
        let mut believed = 0;
        let mut money = 0;
        for path in view
            .floor
            .books
            .paths
            .iter()
            .filter(|path| path.sink == node)
        {
            believed += path.believed.records;
            money += path.believed.money_cents;
        }
        out.read("records", believed as f64, "records");
        out.read("money", money as f64 / 100.0, "USD");
        out.state = if view.down() {
            State::Down
        } else {
            State::Calm
        };
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, _out: &mut Custody) {}
}
