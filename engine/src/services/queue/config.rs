//! Settings of the waiting room.

use super::PLACES_MAX;
use super::law::{LAW_WORDS, Law};
use crate::base::time::{DAY, SECOND, Us};
use crate::catalog::{Change, Field, Kind, Value};

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Servers; 0: one for each who comes.
    pub servers: u64,
    /// Places to wait, beside those in service.
    pub room: u64,
    /// Law of the service time.
    pub law: Law,
    /// Mean service time [us].
    pub mean: Us,
    /// For the uniform law: half the width as a share of the mean [0.1 %].
    pub spread: u32,
    /// For the log-normal law: standard deviation over mean [hundredths].
    pub cv: u32,
    /// For the Erlang law: how many phases.
    pub phases: u32,
    /// For the law of two points: the short time as a share of the mean [0.1 %].
    pub short: u32,
    /// For the law of two points: the long time over the mean [thousandths].
    pub long: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            servers: 1,
            room: 1_000,
            law: Law::Exponential,
            mean: SECOND / 10,
            spread: 500,
            cv: 100,
            phases: 2,
            short: 500,
            long: 5_000,
        }
    }
}

pub(super) const FIELDS: &[Field<Config>] = &[
    Field {
        key: "servers",
        kind: Kind::Int {
            min: 0,
            max: 10_000,
        },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(c.servers as i64),
        set: |c, v| v.uint().map(|n| c.servers = n),
    },
    Field {
        key: "room",
        kind: Kind::Int {
            min: 0,
            max: PLACES_MAX as i64,
        },
        unit: "records",
        change: Change::Live,
        source: "own",
        shown: |c| c.servers > 0,
        get: |c| Value::Int(c.room as i64),
        set: |c, v| v.uint().map(|n| c.room = n),
    },
    Field {
        key: "law",
        kind: Kind::Choice(LAW_WORDS),
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Text(c.law.word().to_owned()),
        set: |c, v| v.text().map(|word| c.law = Law::of(word)),
    },
    Field {
        key: "mean",
        kind: Kind::Span { min: 1, max: DAY },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(c.mean as i64),
        set: |c, v| v.uint().map(|us| c.mean = us),
    },
    Field {
        key: "spread",
        kind: Kind::Decimal {
            min: 0,
            max: 1_000,
            places: 1,
        },
        unit: "%",
        change: Change::Live,
        source: "own",
        shown: |c| c.law == Law::Uniform,
        get: |c| Value::Int(i64::from(c.spread)),
        set: |c, v| {
            v.uint()
                .map(|n| c.spread = u32::try_from(n).unwrap_or(1_000))
        },
    },
    Field {
        key: "cv",
        kind: Kind::Decimal {
            min: 0,
            max: 1_000,
            places: 2,
        },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |c| c.law == Law::LogNormal,
        get: |c| Value::Int(i64::from(c.cv)),
        set: |c, v| v.uint().map(|n| c.cv = u32::try_from(n).unwrap_or(1_000)),
    },
    Field {
        key: "phases",
        kind: Kind::Int { min: 1, max: 100 },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |c| c.law == Law::Erlang,
        get: |c| Value::Int(i64::from(c.phases)),
        set: |c, v| v.uint().map(|n| c.phases = u32::try_from(n).unwrap_or(100)),
    },
    Field {
        key: "short",
        kind: Kind::Decimal {
            min: 0,
            max: 999,
            places: 1,
        },
        unit: "%",
        change: Change::Live,
        source: "own",
        shown: |c| c.law == Law::TwoPoint,
        get: |c| Value::Int(i64::from(c.short)),
        set: |c, v| v.uint().map(|n| c.short = u32::try_from(n).unwrap_or(999)),
    },
    Field {
        key: "long",
        kind: Kind::Decimal {
            min: 1_001,
            max: 1_000_000,
            places: 3,
        },
        unit: "x",
        change: Change::Live,
        source: "own",
        shown: |c| c.law == Law::TwoPoint,
        get: |c| Value::Int(i64::from(c.long)),
        set: |c, v| {
            v.uint()
                .map(|n| c.long = u32::try_from(n).unwrap_or(1_000_000))
        },
    },
];
