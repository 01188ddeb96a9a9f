//! Settings of a table.

use super::capacity::{Mode, PARTITIONS_MAX};
use super::stream::View;
use crate::base::time::{DAY, MINUTE, SECOND, Us};
use crate::catalog::{Change, Field, Kind, Value};

/// Which item a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ItemOf {
    /// An item each, keyed by the event's own id.
    Record,
    /// One for all records with the same key.
    Key,
    /// One a product: its stock.
    Product,
    /// One an account: its balance.
    Account,
}

/// The words of [`ItemOf`] in files.
const ITEMS: &[&str] = &["record", "key", "product", "account"];
/// The words of [`Mode`] in files.
const MODES: &[&str] = &["provisioned", "on-demand"];
/// The words of what the index is keyed by.
const INDEXES: &[&str] = &["none", "record", "key", "product", "account"];

fn item_of(word: &str) -> ItemOf {
    match word {
        "key" => ItemOf::Key,
        "product" => ItemOf::Product,
        "account" => ItemOf::Account,
        _ => ItemOf::Record,
    }
}

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// BillingMode.
    pub mode: Mode,
    /// WriteCapacityUnits.
    pub wcu: u32,
    /// ReadCapacityUnits.
    pub rcu: u32,
    /// WarmThroughput.WriteUnitsPerSecond.
    pub warm_write: u32,
    /// WarmThroughput.ReadUnitsPerSecond.
    pub warm_read: u32,
    /// OnDemandThroughput.MaxWriteRequestUnits; 0: none.
    pub max_write: u32,
    /// OnDemandThroughput.MaxReadRequestUnits; 0: none.
    pub max_read: u32,
    /// Partitions at the start; 0: as many as the capacity needs.
    pub partitions: u32,
    /// Unused capacity that it starts with [us].
    pub burst_start: Us,
    /// Which item a record belongs to.
    pub item: ItemOf,
    /// Names and values of an item that is added to [B].
    pub item_bytes: u32,
    /// The number that an item starts with.
    pub initial: i64,
    /// What the secondary index is keyed by, if there is one.
    pub index: Option<ItemOf>,
    /// WriteCapacityUnits of the index.
    pub index_wcu: u32,
    /// Bytes that an item has in the index; 0: all of it [B].
    pub index_bytes: u32,
    /// StreamViewType.
    pub view: View,
    /// Records that come later than this after they were made count as late [us].
    pub late_after: Us,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            mode: Mode::Provisioned,
            wcu: 1_000,
            rcu: 1_000,
            warm_write: 4_000,
            warm_read: 12_000,
            max_write: 0,
            max_read: 0,
            partitions: 0,
            burst_start: SECOND,
            item: ItemOf::Record,
            item_bytes: 100,
            initial: 0,
            index: None,
            index_wcu: 1_000,
            index_bytes: 0,
            view: View::Off,
            late_after: MINUTE,
        }
    }
}

const QUOTA: &str = "ServiceQuotas, default table quota in big Regions, 2026-11-22";
const WARM: &str = "on-demand-capacity-mode and warm-throughput, 2026-11-22";

/// A whole number of units a second.
macro_rules! units {
    ($key:literal, $field:ident, $min:literal, $source:expr, $shown:expr) => {
        Field {
            key: $key,
            kind: Kind::Int {
                min: $min,
                max: 40_000,
            },
            unit: "units/s",
            change: Change::Live,
            source: $source,
            shown: $shown,
            get: |c| Value::Int(i64::from(c.$field)),
            set: |c, v| {
                v.uint()
                    .map(|n| c.$field = u32::try_from(n).unwrap_or(u32::MAX))
            },
        }
    };
}

/// The fields.
pub(super) const FIELDS: &[Field<Config>] = &[
    Field {
        key: "mode",
        kind: Kind::Choice(MODES),
        unit: "",
        change: Change::Live,
        source: "API-ddb, BillingMode, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Text(MODES[c.mode as usize].to_owned()),
        set: |c, v| {
            v.text().map(|word| {
                c.mode = if word == MODES[1] {
                    Mode::OnDemand
                } else {
                    Mode::Provisioned
                }
            })
        },
    },
    units!("wcu", wcu, 1, QUOTA, |c| c.mode == Mode::Provisioned),
    units!("rcu", rcu, 1, QUOTA, |c| c.mode == Mode::Provisioned),
    units!("warm_write", warm_write, 4_000, WARM, |c| c.mode
        == Mode::OnDemand),
    units!("warm_read", warm_read, 12_000, WARM, |c| c.mode
        == Mode::OnDemand),
    units!("max_write", max_write, 0, WARM, |c| c.mode
        == Mode::OnDemand),
    units!("max_read", max_read, 0, WARM, |c| c.mode == Mode::OnDemand),
    Field {
        key: "partitions",
        kind: Kind::Int {
            min: 0,
            max: PARTITIONS_MAX as i64,
        },
        unit: "partitions",
        change: Change::Restart,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.partitions)),
        set: |c, v| {
            v.uint()
                .map(|n| c.partitions = u32::try_from(n).unwrap_or(PARTITIONS_MAX))
        },
    },
    Field {
        key: "burst_start",
        kind: Kind::Span {
            min: 0,
            max: 5 * MINUTE,
        },
        unit: "",
        change: Change::Restart,
        source: "D-part, burst capacity of 300 seconds, 2022-05",
        shown: |c| c.mode == Mode::Provisioned,
        get: |c| Value::Int(c.burst_start as i64),
        set: |c, v| v.uint().map(|us| c.burst_start = us),
    },
    Field {
        key: "item",
        kind: Kind::Choice(ITEMS),
        unit: "",
        change: Change::Restart,
        source: "own",
        shown: |_| true,
        get: |c| Value::Text(ITEMS[c.item as usize].to_owned()),
        set: |c, v| v.text().map(|word| c.item = item_of(word)),
    },
    Field {
        key: "item_bytes",
        kind: Kind::Int {
            min: 1,
            max: 400 << 10,
        },
        unit: "B",
        change: Change::Live,
        source: "API-ddb, item size, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.item_bytes)),
        set: |c, v| {
            v.uint()
                .map(|n| c.item_bytes = u32::try_from(n).unwrap_or(u32::MAX))
        },
    },
    Field {
        key: "initial",
        kind: Kind::Int {
            min: 0,
            max: 1_000_000_000_000,
        },
        unit: "",
        change: Change::Restart,
        source: "own",
        shown: |c| c.item != ItemOf::Record,
        get: |c| Value::Int(c.initial),
        set: |c, v| v.int().map(|n| c.initial = n),
    },
    Field {
        key: "index",
        kind: Kind::Choice(INDEXES),
        unit: "",
        change: Change::Restart,
        source: "API-ddb, GlobalSecondaryIndexes, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Text(INDEXES[c.index.map_or(0, |of| of as usize + 1)].to_owned()),
        set: |c, v| {
            v.text()
                .map(|word| c.index = (word != INDEXES[0]).then(|| item_of(word)))
        },
    },
    units!("index_wcu", index_wcu, 1, QUOTA, |c| c.index.is_some()
        && c.mode == Mode::Provisioned),
    Field {
        key: "index_bytes",
        kind: Kind::Int {
            min: 0,
            max: 400 << 10,
        },
        unit: "B",
        change: Change::Live,
        source: "API-ddb, Projection, 2026-11-22",
        shown: |c| c.index.is_some(),
        get: |c| Value::Int(i64::from(c.index_bytes)),
        set: |c, v| {
            v.uint()
                .map(|n| c.index_bytes = u32::try_from(n).unwrap_or(u32::MAX))
        },
    },
    Field {
        key: "stream_view",
        kind: Kind::Choice(View::WORDS),
        unit: "",
        change: Change::Restart,
        source: "API-ddb, StreamViewType, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Text(c.view.word().to_owned()),
        set: |c, v| {
            v.text()
                .map(|word| c.view = View::of(word).unwrap_or(View::Off))
        },
    },
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
];
