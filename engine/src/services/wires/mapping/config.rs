//! Settings of a mapping, under the names of CreateEventSourceMapping.

use super::super::start::{START_WORDS, StartKind};
use super::filter::Filter;
use crate::base::time::{DAY, SECOND, Us};
use crate::catalog::{Change, Field, FieldError, Kind, Value};

/// What is kept on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Enabled.
    pub enabled: bool,
    /// BatchSize.
    pub batch_size: u32,
    /// MaximumBatchingWindowInSeconds [s].
    pub window: u32,
    /// ParallelizationFactor.
    pub parallelization: u32,
    /// MaximumRetryAttempts; none: until the records expire.
    pub max_retries: Option<u32>,
    /// MaximumRecordAgeInSeconds [s]; none: no limit.
    pub max_age: Option<u32>,
    /// BisectBatchOnFunctionError.
    pub bisect: bool,
    /// ReportBatchItemFailures among the FunctionResponseTypes.
    pub report: bool,
    /// TumblingWindowInSeconds [s]; 0: none.
    pub tumbling: u32,
    /// FilterCriteria: one pattern, or a list of them as alternatives; empty: none.
    pub filter: String,
    /// StartingPosition.
    pub start: StartKind,
    /// StartingPositionTimestamp, since the run's start [us].
    pub timestamp: Us,
    /// Whether the ARN is that of a consumer with its own throughput.
    pub efo: bool,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            batch_size: 100,
            window: 0,
            parallelization: 1,
            max_retries: None,
            max_age: None,
            bisect: false,
            report: false,
            tumbling: 0,
            filter: String::new(),
            start: StartKind::TrimHorizon,
            timestamp: 0,
            efo: false,
        }
    }
}

impl Config {
    /// The batching window [us].
    pub(super) fn window_us(&self) -> Us {
        Us::from(self.window) * SECOND
    }

    /// The maximum age of a record [us].
    pub(super) fn max_age_us(&self) -> Option<Us> {
        self.max_age.map(|age| Us::from(age) * SECOND)
    }

    /// The tumbling window [us].
    pub(super) fn tumbling_us(&self) -> Option<Us> {
        (self.tumbling > 0).then_some(Us::from(self.tumbling) * SECOND)
    }
}

const API: &str = "API-lam, CreateEventSourceMapping, 2026-11-22";
/// The lowest maximum age (0 to 59 s are not allowed).
const AGE_MIN: i64 = 60;

fn int(value: &Value) -> Result<u32, FieldError> {
    value.uint().map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// A whole number that takes effect at once.
macro_rules! whole {
    ($field:ident, $key:literal, $min:expr, $max:expr, $unit:expr) => {
        Field {
            key: $key,
            kind: Kind::Int {
                min: $min,
                max: $max,
            },
            unit: $unit,
            change: Change::Live,
            source: API,
            shown: |_| true,
            get: |c| Value::Int(i64::from(c.$field)),
            set: |c, v| int(v).map(|n| c.$field = n),
        }
    };
}

/// Yes or no.
macro_rules! flag {
    ($field:ident, $key:literal, $change:expr) => {
        Field {
            key: $key,
            kind: Kind::Flag,
            unit: "",
            change: $change,
            source: API,
            shown: |_| true,
            get: |c| Value::Flag(c.$field),
            set: |c, v| v.flag().map(|on| c.$field = on),
        }
    };
}

/// A maximum; -1: none.
macro_rules! most {
    ($field:ident, $key:literal, $max:expr, $unit:expr, $set:expr) => {
        Field {
            key: $key,
            kind: Kind::Int { min: -1, max: $max },
            unit: $unit,
            change: Change::Live,
            source: API,
            shown: |_| true,
            get: |c| Value::Int(c.$field.map_or(-1, i64::from)),
            set: $set,
        }
    };
}

const START: Change = Change::After("the next start without a checkpoint");

/// All settings.
pub(super) const FIELDS: &[Field<Config>] = &[
    flag!(enabled, "enabled", Change::Live),
    whole!(batch_size, "batch_size", 1, 10_000, "records"),
    whole!(window, "window", 0, 300, "s"),
    whole!(parallelization, "parallelization", 1, 10, ""),
    most!(max_retries, "max_retries", 10_000, "", |c, v| {
        v.int().map(|n| c.max_retries = u32::try_from(n).ok())
    }),
    most!(max_age, "max_age", 604_800, "s", |c, v| {
        let n = v.int()?;
        if (0..AGE_MIN).contains(&n) {
            return Err(FieldError(format!(
                "max_age: {n} is neither -1 nor a whole number from {AGE_MIN} to 604800 ({API})."
            )));
        }
        c.max_age = u32::try_from(n).ok();
        Ok(())
    }),
    flag!(bisect, "bisect", Change::Live),
    flag!(report, "report_batch_item_failures", Change::Live),
    whole!(tumbling, "tumbling", 0, 900, "s"),
    Field {
        key: "filter",
        kind: Kind::Text { chars_max: 4_096 },
        unit: "",
        change: Change::Live,
        source: API,
        shown: |_| true,
        get: |c| Value::Text(c.filter.clone()),
        set: |c, v| {
            let text = v.text()?;
            Filter::parse(text).map_err(|why| FieldError(format!("filter: {why}")))?;
            text.clone_into(&mut c.filter);
            Ok(())
        },
    },
    Field {
        key: "start",
        kind: Kind::Choice(START_WORDS),
        unit: "",
        change: START,
        source: API,
        shown: |_| true,
        get: |c| Value::Text(c.start.word().to_owned()),
        set: |c, v| v.text().map(|word| c.start = StartKind::of(word)),
    },
    Field {
        key: "timestamp",
        kind: Kind::Span {
            min: 0,
            max: 400 * DAY,
        },
        unit: "after the start",
        change: START,
        source: API,
        shown: |c| c.start == StartKind::AtTimestamp,
        get: |c| Value::Int(c.timestamp as i64),
        set: |c, v| v.uint().map(|us| c.timestamp = us),
    },
    flag!(efo, "efo", Change::Restart),
];
