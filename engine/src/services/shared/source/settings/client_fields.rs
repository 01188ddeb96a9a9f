//! Fields of clients: how they put and what they do about failures.

use super::{GIVE_UP, ORDER, PUT, Settings, field, index, small, word};
use crate::base::time::{DAY, HOUR, MS};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::shared::client::{Backoff, SdkMode};
use crate::services::shared::source::Preset;

/// The fields of clients: how they put and what they do about failures.
impl<P: Preset> Settings<P> {
    /// Batches or single records.
    pub const PUT: Field<Self> = field!(
        "put",
        Kind::Choice(PUT),
        "",
        Change::Live,
        "API-kin PutRecord, PutRecords (2026-11)",
        shown | _ | true,
        get | c | word(PUT, usize::from(c.single)),
        set | c,
        v | index(PUT, v).map(|ix| c.values.single = ix == 1)
    );
    /// Retries inside the SDK.
    pub const SDK_RETRY: Field<Self> = field!(
        "sdk_retry",
        Kind::Choice(SdkMode::WORDS),
        "",
        Change::Live,
        "SDK-retry: botocore 1.44.5 (2026-11)",
        shown | _ | true,
        get | c | Value::Text(c.sdk_retry.word().to_owned()),
        set | c,
        v | {
            let ix = index(SdkMode::WORDS, v)?;
            c.values.sdk_retry = SdkMode::of(SdkMode::WORDS[ix]).unwrap_or(SdkMode::None);
            Ok(())
        }
    );
    /// Resend of failed entries.
    pub const RESEND: Field<Self> = field!(
        "resend",
        Kind::Choice(Backoff::WORDS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Text(Backoff::word(c.resend).to_owned()),
        set | c,
        v | {
            let ix = index(Backoff::WORDS, v)?;
            c.values.resend = Backoff::of(Backoff::WORDS[ix]);
            Ok(())
        }
    );
    /// First delay.
    pub const BASE: Field<Self> = field!(
        "base",
        Kind::Span { min: 0, max: HOUR },
        "",
        Change::Live,
        "own",
        shown | c | c.resend.is_some(),
        get | c | Value::Int(c.base as i64),
        set | c,
        v | v.uint().map(|us| c.values.base = us)
    );
    /// Longest delay.
    pub const CAP: Field<Self> = field!(
        "cap",
        Kind::Span { min: MS, max: HOUR },
        "",
        Change::Live,
        "own",
        shown | c | !matches!(c.resend, None | Some(Backoff::Fixed)),
        get | c | Value::Int(c.cap as i64),
        set | c,
        v | v.uint().map(|us| c.values.cap = us)
    );
    /// Attempts in all.
    pub const ATTEMPTS: Field<Self> = field!(
        "attempts",
        Kind::Int { min: 1, max: 1_000 },
        "",
        Change::Live,
        "own",
        shown | c | c.resend.is_some(),
        get | c | Value::Int(i64::from(c.attempts)),
        set | c,
        v | small(v).map(|n| c.values.attempts = n)
    );
    /// Order within a client.
    pub const ORDER: Field<Self> = field!(
        "order",
        Kind::Choice(ORDER),
        "",
        Change::Live,
        "own",
        shown | c | c.resend.is_some() || c.sdk_retry != SdkMode::None,
        get | c | word(ORDER, usize::from(c.keeps_order)),
        set | c,
        v | index(ORDER, v).map(|ix| c.values.keeps_order = ix == 1)
    );
    /// What is given up.
    pub const GIVE_UP: Field<Self> = field!(
        "give_up",
        Kind::Choice(GIVE_UP),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | word(GIVE_UP, usize::from(c.journal)),
        set | c,
        v | index(GIVE_UP, v).map(|ix| c.values.journal = ix == 1)
    );
    /// Pause of the journal.
    pub const JOURNAL_AFTER: Field<Self> = field!(
        "journal_after",
        Kind::Span {
            min: 100 * MS,
            max: DAY
        },
        "",
        Change::Live,
        "own",
        shown | c | c.journal,
        get | c | Value::Int(c.journal_after as i64),
        set | c,
        v | v.uint().map(|us| c.values.journal_after = us)
    );
    /// Most waiting records.
    pub const BUFFER_RECORDS: Field<Self> = field!(
        "buffer_records",
        Kind::Int {
            min: 0,
            max: 10_000_000
        },
        "records",
        Change::Live,
        "own",
        shown | c | c.resend.is_some() || c.sdk_retry != SdkMode::None,
        get | c | Value::Int(c.buffer_records as i64),
        set | c,
        v | v.uint().map(|n| c.values.buffer_records = n)
    );
    /// Time-out of an answer.
    pub const TIMEOUT: Field<Self> = field!(
        "timeout",
        Kind::Span {
            min: 100 * MS,
            max: HOUR
        },
        "",
        Change::Live,
        "botocore read_timeout, 60 s (unverified, 2026-11)",
        shown | _ | true,
        get | c | Value::Int(c.timeout as i64),
        set | c,
        v | v.uint().map(|us| c.values.timeout = us)
    );
}
