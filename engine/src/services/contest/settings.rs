//! Settings of a contest.

use crate::base::time::{HOUR, MINUTE, MS, SECOND, Us};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::shared::client::Backoff;

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Clients that contend.
    pub clients: u32,
    /// The delay before a client tries again; `None`: at once.
    pub backoff: Option<Backoff>,
    /// Base of the delay [us].
    pub base: Us,
    /// Longest delay [us].
    pub cap: Us,
    /// Mean time of one message [us].
    pub mean: Us,
    /// Its standard deviation [us].
    pub sd: Us,
    /// Rounds in all.
    pub rounds: u32,
    /// From the end of a round to the next [us].
    pub pause: Us,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            clients: 10,
            backoff: Some(Backoff::Full),
            base: 5 * MS,
            cap: 2 * SECOND,
            mean: 10 * MS,
            sd: 2 * MS,
            rounds: 100,
            pause: 10 * SECOND,
        }
    }
}

const STUDY: &str = "AWS Architecture Blog, Exponential Backoff And Jitter, 2015";

/// A span of time.
macro_rules! span {
    ($key:literal, $field:ident, $min:expr, $max:expr, $source:expr) => {
        Field {
            key: $key,
            kind: Kind::Span {
                min: $min,
                max: $max,
            },
            unit: "",
            change: Change::Live,
            source: $source,
            shown: |_| true,
            get: |c| Value::Int(c.$field as i64),
            set: |c, v| v.uint().map(|us| c.$field = us),
        }
    };
}

/// A count.
macro_rules! count {
    ($key:literal, $field:ident, $max:literal, $source:expr) => {
        Field {
            key: $key,
            kind: Kind::Int { min: 1, max: $max },
            unit: "",
            change: Change::Live,
            source: $source,
            shown: |_| true,
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
    count!("clients", clients, 1_000, STUDY),
    Field {
        key: "backoff",
        kind: Kind::Choice(Backoff::WORDS),
        unit: "",
        change: Change::Live,
        source: STUDY,
        shown: |_| true,
        get: |c| Value::Text(Backoff::word(c.backoff).to_owned()),
        set: |c, v| v.text().map(|word| c.backoff = Backoff::of(word)),
    },
    span!("base", base, 1, MINUTE, STUDY),
    span!("cap", cap, 1, HOUR, STUDY),
    span!("network", mean, 0, MINUTE, STUDY),
    span!("network_sd", sd, 0, MINUTE, STUDY),
    count!("rounds", rounds, 10_000, "own"),
    span!("pause", pause, 1, HOUR, "own"),
];
