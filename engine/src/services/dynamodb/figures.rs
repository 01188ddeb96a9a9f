//! Limits, defaults and prices of DynamoDB, each with its source and date (aws-facts 4).

use crate::catalog::{Dated, Figure, Price, Status};

const API: &str = "API-ddb, 2026-11-22";
const PART: &str =
    "D-part, bp-partition-key-design 2022-05, and warm-throughput-scenarios, 2026-11-22";
const DEMAND: &str = "D-cap, 2022-05, and on-demand-capacity-mode, 2026-11-22";
const QUOTAS: &str = "ServiceQuotas, 2023, and on-demand-capacity-mode, 2026-11-22";
const OWN: &str = "chosen so that the picture is right";

const fn figure(
    key: &'static str,
    unit: &'static str,
    status: Status,
    history: &'static [Dated],
) -> Figure {
    Figure {
        key,
        unit,
        status,
        history,
    }
}

macro_rules! figures {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $unit:literal, $status:ident,
        [$(($since:literal, $value:expr, $source:expr)),+];)+) => {
        $($(#[$doc])* pub(super) const $name: Figure = figure($key, $unit, Status::$status,
            &[$(Dated { since: $since, value: $value, source: $source }),+]);)+
        /// All figures of the service.
        pub(super) const ALL: &[&Figure] = &[$(&$name),+];
    };
}

figures! {
    /// Bytes that one write unit covers.
    WRITE_UNIT = "write_unit", "B", Published, [(201_201, 1 << 10, "D-cap, 2022-05")];
    /// Bytes that one read unit covers.
    READ_UNIT = "read_unit", "B", Published, [(201_201, 4 << 10, "D-cap, 2022-05")];
    /// Units that a transaction takes for one of a plain write or read.
    TRANSACTION_TIMES = "transaction_units", "times", Published, [(201_811, 2, "D-cap, 2022-05")];
    /// The largest item, names and values.
    ITEM_BYTES = "item_bytes", "B", Published, [(201_201, 400 << 10, API)];
    /// Puts and deletes of one BatchWriteItem.
    BATCH_WRITES = "batch_write_items", "items", Published, [(201_201, 25, API)];
    /// Bytes of one BatchWriteItem.
    BATCH_BYTES = "batch_write_bytes", "B", Published, [(201_201, 16 << 20, API)];
    /// Items of one BatchGetItem.
    BATCH_READS = "batch_get_items", "items", Published, [(201_201, 100, API)];
    /// Actions of one TransactWriteItems.
    TRANSACTION_WRITES = "transact_write_items", "actions", Published, [(201_811, 100, API)];
    /// Bytes of one TransactWriteItems.
    TRANSACTION_BYTES = "transact_write_bytes", "B", Published, [(201_811, 4 << 20, API)];
    /// Write units that one partition takes a second, in every mode.
    PARTITION_WRITE = "partition_write_units_s", "units/s", Published, [(201_201, 1_000, PART)];
    /// Read units that one partition takes a second, in every mode.
    PARTITION_READ = "partition_read_units_s", "units/s", Published, [(201_201, 3_000, PART)];
    /// Seconds of unused provisioned capacity that are kept.
    BURST = "burst_seconds", "s", Published, [(201_201, 300, "D-part, 2022-05")];
    /// Writes that a new on-demand table serves at once.
    DEMAND_WRITE = "on_demand_write_units_s", "units/s", Published, [(201_811, 4_000, DEMAND)];
    /// Reads that a new on-demand table serves at once.
    DEMAND_READ = "on_demand_read_units_s", "units/s", Published, [(201_811, 12_000, DEMAND)];
    /// What an on-demand table serves in times of its previous peak.
    DEMAND_TIMES = "on_demand_times_peak", "times", Published, [(201_811, 2, DEMAND)];
    /// Minutes after which a load counts as a previous peak.
    DEMAND_WINDOW = "on_demand_window", "min", Published, [(201_811, 30, DEMAND)];
    /// Write units that the account's quota gives one table.
    TABLE_WRITE = "table_write_quota_s", "units/s", Published, [(201_201, 40_000, QUOTAS)];
    /// Read units that the account's quota gives one table.
    TABLE_READ = "table_read_quota_s", "units/s", Published, [(201_201, 40_000, QUOTAS)];
    /// Changes from provisioned to on-demand in 24 hours.
    MODE_CHANGES = "mode_changes_a_day", "changes", Published,
        [(201_811, 1, "D-cap, 2022-05"), (202_411, 4, DEMAND)];
    /// How long a transaction holds its items, during which others conflict with it.
    TRANSACTION_HOLD = "transaction_hold", "us", Illustrative, [(201_811, 5_000, OWN)];
    /// GB of each month's storage that are free.
    FREE_GB = "free_storage", "GB", Published, [(201_201, 25, "P-list, us-east-1, 2026-11-22")];
}

const LIST: &str = "P-list, us-east-1, since 2024-11-01 for on-demand, 2026-11-22";

const fn price(key: &'static str, unit: &'static str, nano_usd: u64) -> Price {
    Price {
        key,
        unit,
        nano_usd,
        status: Status::Unverified,
        source: LIST,
    }
}

/// A write request unit of an on-demand table.
pub(super) const WRITE_REQUEST: Price = price("write_request_unit", "WRU", 625);
/// A read request unit of an on-demand table.
pub(super) const READ_REQUEST: Price = price("read_request_unit", "RRU", 125);
/// A provisioned write unit for an hour, of table or index.
pub(super) const WRITE_HOUR: Price = price("wcu_hour", "WCU-hour", 650_000);
/// A provisioned read unit for an hour.
pub(super) const READ_HOUR: Price = price("rcu_hour", "RCU-hour", 130_000);
/// Storage beyond what is free.
pub(super) const STORAGE: Price = price("storage_gb_month", "GB-month", 250_000_000);

/// All prices of the service.
pub(super) const PRICES: &[&Price] = &[
    &WRITE_REQUEST,
    &READ_REQUEST,
    &WRITE_HOUR,
    &READ_HOUR,
    &STORAGE,
];
