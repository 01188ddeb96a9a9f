//! Settings of a queue mapping, under the names of CreateEventSourceMapping.

use crate::base::time::{SECOND, Us};
use crate::catalog::{Change, Field, FieldError, Kind, Value};
use crate::services::wires::mapping::Filter;

/// What is kept on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Enabled.
    pub enabled: bool,
    /// BatchSize.
    pub batch_size: u32,
    /// MaximumBatchingWindowInSeconds [s].
    pub window: u32,
    /// ScalingConfig.MaximumConcurrency; none if not set.
    pub max_concurrency: Option<u32>,
    /// ReportBatchItemFailures among the FunctionResponseTypes.
    pub report: bool,
    /// FilterCriteria: a pattern as JSON, or a list of them; empty: all pass.
    pub filter: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            enabled: true,
            batch_size: 10,
            window: 0,
            max_concurrency: None,
            report: false,
            filter: String::new(),
        }
    }
}

impl Config {
    /// The batching window [us].
    pub(super) fn window_us(&self) -> Us {
        Us::from(self.window) * SECOND
    }
}

const API: &str = "API-lam, CreateEventSourceMapping, 2026-11-22";

fn int(value: &Value) -> Result<u32, FieldError> {
    value.uint().map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// All settings.
pub(super) const FIELDS: &[Field<Config>] = &[
    Field {
        key: "enabled",
        kind: Kind::Flag,
        unit: "",
        change: Change::Live,
        source: API,
        shown: |_| true,
        get: |c| Value::Flag(c.enabled),
        set: |c, v| v.flag().map(|on| c.enabled = on),
    },
    Field {
        key: "batch_size",
        kind: Kind::Int {
            min: 1,
            max: 10_000,
        },
        unit: "messages",
        change: Change::Live,
        source: API,
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.batch_size)),
        set: |c, v| int(v).map(|n| c.batch_size = n),
    },
    Field {
        key: "window",
        kind: Kind::Int { min: 0, max: 300 },
        unit: "s",
        change: Change::Live,
        source: API,
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.window)),
        set: |c, v| int(v).map(|n| c.window = n),
    },
    Field {
        key: "max_concurrency",
        kind: Kind::Int {
            min: -1,
            max: 1_000,
        },
        unit: "batches",
        change: Change::Live,
        source: "API-lam, ScalingConfig, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.max_concurrency.map_or(-1, i64::from)),
        set: |c, v| {
            let n = v.int()?;
            if (0..2).contains(&n) {
                return Err(FieldError(format!(
                    "max_concurrency: {n} is neither -1 (none) nor a whole number from 2 to 1000 \
                     (API-lam, ScalingConfig)."
                )));
            }
            c.max_concurrency = u32::try_from(n).ok();
            Ok(())
        },
    },
    Field {
        key: "report_batch_item_failures",
        kind: Kind::Flag,
        unit: "",
        change: Change::Live,
        source: API,
        shown: |_| true,
        get: |c| Value::Flag(c.report),
        set: |c, v| v.flag().map(|on| c.report = on),
    },
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
];
