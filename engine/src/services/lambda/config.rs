//! Settings of a function: what its code does, how it fails, and what Lambda keeps to.

use super::errors::Poison;
use crate::base::time::{HOUR, MINUTE, MS, SECOND, Us};
use crate::catalog::{Change, Field, FieldError, Kind, Value};
use crate::services::shared::client::SdkMode;

/// A setting that is one word of a few.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant),+ }

        impl $name {
            /// The words in files.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// Its word.
            #[must_use]
            pub fn word(self) -> &'static str {
                Self::WORDS[self as usize]
            }

            fn of(word: &str) -> Option<Self> {
                let all = [$(Self::$variant),+];
                let ix = Self::WORDS.iter().position(|known| *known == word)?;
                all.get(ix).copied()
            }

            fn get(self) -> Value {
                Value::Text(self.word().to_owned())
            }

            fn set(&mut self, value: &Value) -> Result<(), FieldError> {
                let word = value.text()?;
                let found = Self::of(word);
                *self = found.ok_or_else(|| FieldError(format!("\"{word}\" is no known word.")))?;
                Ok(())
            }
        }
    };
}

words! {
    /// Which records the code fails on.
    Errors {
        /// None.
        Never = "never",
        /// All.
        Always = "always",
        /// Every n-th record of a lane.
        Every = "every",
        /// A share of the records, chosen by a hash of each.
        Share = "share",
        /// Those with given numbers.
        Poison = "poison",
        /// All of the first k invocations.
        First = "first",
    }
}

words! {
    /// What the code does with an error.
    OnError {
        /// Lets it through: the invocation fails.
        Raise = "raise",
        /// Goes on and reports what failed (batchItemFailures).
        Report = "report",
        /// Catches it, goes on and returns as if all were well.
        Swallow = "swallow",
    }
}

words! {
    /// How a record that comes twice is kept from counting twice.
    Idempotency {
        /// Not at all.
        None = "none",
        /// A condition on the sequence number stored with the item.
        Sequence = "sequence",
        /// A condition on a remembered event id.
        EventId = "event-id",
    }
}

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Own work of an invocation, whatever it brings [us].
    pub duration: Us,
    /// Own work for each record on top [us].
    pub per_record: Us,
    /// MemorySize [MB].
    pub memory: u32,
    /// Timeout [us].
    pub timeout: Us,
    /// ReservedConcurrentExecutions; none if not set.
    pub reserved: Option<u32>,
    /// The account's concurrency quota in the Region.
    pub account: u32,
    /// Start of a new execution environment [us].
    pub cold_start: Us,
    /// How long an idle environment is kept [us].
    pub keep_alive: Us,
    /// Which records fail.
    pub errors: Errors,
    /// For `every`: each so many.
    pub error_every: u64,
    /// For `share` [thousandths of a per cent].
    pub error_share: u64,
    /// For `poison`.
    pub poison: Poison,
    /// For `first`: how many invocations.
    pub error_first: u64,
    /// How often a bad record fails before it is worked on; 0: for ever.
    pub error_tries: u32,
    /// What the code does with an error.
    pub on_error: OnError,
    /// Whether records before the failing one were written already.
    pub written_before: bool,
    /// What it returns, as JSON; empty: what its work comes to.
    pub returns: String,
    /// How repeats are kept from counting twice.
    pub idempotency: Idempotency,
    /// The SDK's retry mode for the calls of the code.
    pub sdk_retry: SdkMode,
    /// MaximumRetryAttempts of asynchronous invocations.
    pub retries: u32,
    /// MaximumEventAgeInSeconds of asynchronous invocations, as a span [us].
    pub max_event_age: Us,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            duration: 100 * MS,
            per_record: 0,
            memory: 128,
            timeout: 3 * SECOND,
            reserved: None,
            account: 1_000,
            cold_start: 250 * MS,
            keep_alive: 10 * MINUTE,
            errors: Errors::Never,
            error_every: 100,
            error_share: 1_000,
            poison: Poison::default(),
            error_first: 1,
            error_tries: 0,
            on_error: OnError::Raise,
            written_before: true,
            returns: String::new(),
            idempotency: Idempotency::None,
            sdk_retry: SdkMode::Standard,
            retries: 2,
            max_event_age: 6 * HOUR,
        }
    }
}

impl Config {
    /// How many invocations may run at once.
    #[must_use]
    pub fn concurrency(&self) -> u64 {
        u64::from(self.reserved.unwrap_or(self.account))
    }
}

const QUOTA: &str = "L-quota, 2026-11-22";
const ASYNC: &str = "API-lam, PutFunctionEventInvokeConfig, 2026-11-22";

fn int(value: &Value) -> Result<u32, FieldError> {
    value.uint().map(|n| u32::try_from(n).unwrap_or(u32::MAX))
}

/// A span that takes effect at once.
macro_rules! span {
    ($field:ident, $min:expr, $max:expr, $source:expr, $shown:expr) => {
        Field {
            key: stringify!($field),
            kind: Kind::Span {
                min: $min,
                max: $max,
            },
            unit: "",
            change: Change::Live,
            source: $source,
            shown: $shown,
            get: |c| Value::Int(c.$field as i64),
            set: |c, v| v.uint().map(|us| c.$field = us),
        }
    };
}

/// A whole number that takes effect at once.
macro_rules! whole {
    ($field:ident, $min:expr, $max:expr, $unit:expr, $source:expr, $shown:expr) => {
        Field {
            key: stringify!($field),
            kind: Kind::Int {
                min: $min,
                max: $max,
            },
            unit: $unit,
            change: Change::Live,
            source: $source,
            shown: $shown,
            get: |c| Value::Int(i64::from(c.$field)),
            set: |c, v| int(v).map(|n| c.$field = n),
        }
    };
}

/// One word of a few, in effect at once.
macro_rules! choice {
    ($field:ident, $words:expr, $shown:expr) => {
        Field {
            key: stringify!($field),
            kind: Kind::Choice($words),
            unit: "",
            change: Change::Live,
            source: "own",
            shown: $shown,
            get: |c| c.$field.get(),
            set: |c, v| c.$field.set(v),
        }
    };
}

/// A long whole number of our own that takes effect at once.
macro_rules! count {
    ($field:ident, $max:expr, $unit:expr, $shown:expr) => {
        Field {
            key: stringify!($field),
            kind: Kind::Int { min: 1, max: $max },
            unit: $unit,
            change: Change::Live,
            source: "own",
            shown: $shown,
            get: |c| Value::Int(c.$field as i64),
            set: |c, v| v.uint().map(|n| c.$field = n),
        }
    };
}

/// All settings.
pub(super) const FIELDS: &[Field<Config>] = &[
    span!(duration, 0, 900 * SECOND, "own", |_| true),
    span!(per_record, 0, 10 * SECOND, "own", |_| true),
    whole!(memory, 128, 10_240, "MB", QUOTA, |_| true),
    span!(timeout, SECOND, 900 * SECOND, QUOTA, |_| true),
    Field {
        key: "reserved",
        kind: Kind::Int {
            min: -1,
            max: 1_000_000,
        },
        unit: "",
        change: Change::Live,
        source: "API-lam, PutFunctionConcurrency, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.reserved.map_or(-1, i64::from)),
        set: |c, v| v.int().map(|n| c.reserved = u32::try_from(n).ok()),
    },
    whole!(account, 10, 1_000_000, "", QUOTA, |_| true),
    span!(cold_start, 0, 10 * SECOND, "own", |_| true),
    span!(keep_alive, SECOND, HOUR, "own", |_| true),
    choice!(errors, Errors::WORDS, |_| true),
    count!(error_every, 1_000_000_000, "records", |c| c.errors
        == Errors::Every),
    Field {
        key: "error_share",
        kind: Kind::Decimal {
            min: 0,
            max: 100_000,
            places: 3,
        },
        unit: "%",
        change: Change::Live,
        source: "own",
        shown: |c| c.errors == Errors::Share,
        get: |c| Value::Int(c.error_share as i64),
        set: |c, v| v.uint().map(|n| c.error_share = n),
    },
    Field {
        key: "poison",
        kind: Kind::Text { chars_max: 400 },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |c| c.errors == Errors::Poison,
        get: |c| Value::Text(c.poison.to_string()),
        set: |c, v| Poison::parse(v.text()?).map(|poison| c.poison = poison),
    },
    count!(error_first, 1_000_000_000, "invocations", |c| c.errors
        == Errors::First),
    whole!(error_tries, 0, 100, "", "own", |c| !matches!(
        c.errors,
        Errors::Never | Errors::First
    )),
    choice!(on_error, OnError::WORDS, |_| true),
    Field {
        key: "written_before",
        kind: Kind::Flag,
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |c| c.on_error == OnError::Raise,
        get: |c| Value::Flag(c.written_before),
        set: |c, v| v.flag().map(|on| c.written_before = on),
    },
    Field {
        key: "returns",
        kind: Kind::Text { chars_max: 2_000 },
        unit: "",
        change: Change::Live,
        source: "L-kin, ReportBatchItemFailures, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Text(c.returns.clone()),
        set: |c, v| {
            let text = v.text()?;
            super::returned::check(text)?;
            text.clone_into(&mut c.returns);
            Ok(())
        },
    },
    choice!(idempotency, Idempotency::WORDS, |_| true),
    Field {
        key: "sdk_retry",
        kind: Kind::Choice(SdkMode::WORDS),
        unit: "",
        change: Change::Live,
        source: "SDK-retry, 2026-11",
        shown: |_| true,
        get: |c| Value::Text(c.sdk_retry.word().to_owned()),
        set: |c, v| {
            v.text()
                .map(|word| c.sdk_retry = SdkMode::of(word).unwrap_or(c.sdk_retry))
        },
    },
    whole!(retries, 0, 2, "", ASYNC, |_| true),
    span!(max_event_age, MINUTE, 6 * HOUR, ASYNC, |_| true),
];
