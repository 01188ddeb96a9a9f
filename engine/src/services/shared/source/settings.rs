//! Settings of all sources: one set of values, one description of each field. A source lists the
//! fields that mean something to it, and gives its own defaults.

mod client_fields;
mod load_fields;
mod payload_fields;
mod record_fields;

use super::Preset;
use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::catalog::{FieldError, Value};
use crate::services::payload::Law;
use crate::services::payload::Subject;
use crate::services::shared::client::{Backoff, SdkMode};
use crate::services::shared::keys::{self, Choice, Keys};
use crate::services::shared::load::{Load, Shape};
use std::marker::PhantomData;

/// What becomes of records that a client gives up.
pub const GIVE_UP: &[&str] = &["drop", "journal"];
/// How records are put.
pub const PUT: &[&str] = &["batched", "single"];
/// When records come within a span.
pub const ARRIVALS: &[&str] = &["regular", "poisson"];
/// Whether new records wait behind older ones that are sent again.
pub const ORDER: &[&str] = &["loses", "keeps"];
/// How the values of a trace become records.
pub const SCALE: &[&str] = &["peak", "factor", "none"];
/// What a value of a trace is.
pub const VALUE_IS: &[&str] = &["count", "rate"];
/// What the records of card terminals are.
pub const OPERATIONS: &[&str] = &["payments", "account"];
/// How the records of a step of a trace lie in it.
pub const SPREAD: &[&str] = &["even", "poisson"];

/// Values of all settings that a source may have.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Values {
    /// Rate over time.
    pub load: Load,
    /// Evenly (false) or by chance.
    pub poisson: bool,
    /// Keys of the records.
    pub keys: Keys,
    /// Clients that the node stands for.
    pub clients: u32,
    /// Least payload of a record [B].
    pub bytes: u32,
    /// Largest payload of a record [B]; equal or less: all have the least.
    pub bytes_max: u32,
    /// One call a record instead of batches.
    pub single: bool,
    /// Retries inside the SDK.
    pub sdk_retry: SdkMode,
    /// Resend of failed entries by the program; `None`: none.
    pub resend: Option<Backoff>,
    /// First delay of the resend [us].
    pub base: Us,
    /// Longest delay of the resend [us].
    pub cap: Us,
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// New records wait behind older ones of the same client.
    pub keeps_order: bool,
    /// What is given up goes to the client's journal.
    pub journal: bool,
    /// Pause before the journal is sent again [us].
    pub journal_after: Us,
    /// Most records that wait to be sent again, over all clients.
    pub buffer_records: u64,
    /// How long a client waits for an answer [us].
    pub timeout: Us,
    /// Width of a tick [us].
    pub tick: Us,
    /// Whether all clients send at the end of the tick, or each at its own moment.
    pub in_step: bool,
    /// Name of the trace.
    pub trace: String,
    /// Word of [`SCALE`] by index.
    pub scale: u8,
    /// Rate of the largest value under the scale `peak` [milli-records/s].
    pub peak: u64,
    /// Factor under the scale `factor` [millionths].
    pub factor: u64,
    /// Values are rates, not counts a step.
    pub value_is_rate: bool,
    /// From what products, quantities, amounts and accounts are drawn.
    pub law: Law,
    /// Deposits and withdrawals in the place of payments.
    pub account_ops: bool,
}

impl Values {
    /// How many keys a template gives that has one key a client: or one an account or product,
    /// where it names that.
    #[must_use]
    pub fn template_keys(&self) -> u32 {
        match keys::subject(&self.keys.template, 1) {
            Subject::Any => self.clients.max(1),
            Subject::Product(_) => self.law.products.max(1),
            Subject::Account(_) => self.law.accounts.max(1),
        }
    }

    /// The law of the payloads: keys that name an account or product are as many as there are.
    #[must_use]
    pub fn law_in_force(&self) -> Law {
        let mut law = self.law.clone();
        let counted = matches!(
            self.keys.choice,
            Choice::Uniform | Choice::Zipf | Choice::Hot
        );
        match keys::subject(&self.keys.template, 1) {
            Subject::Product(_) if counted => law.products = self.keys.count,
            Subject::Account(_) if counted => law.accounts = self.keys.count,
            Subject::Any | Subject::Product(_) | Subject::Account(_) => (),
        }
        law
    }
}

impl Default for Values {
    fn default() -> Self {
        Self {
            load: Load {
                shape: Shape::Constant,
                rate: 200_000,
                rate_after: 1_500_000,
                at: 5 * SECOND,
                lasting: 10 * SECOND,
                period: MINUTE,
                peak_milli: 1_800,
                peak_hour: 17,
            },
            poisson: false,
            keys: Keys {
                choice: Choice::Template,
                template: "{store}".to_owned(),
                count: 1_000,
                zipf_centi: 100,
                hot_permille: 500,
                list: "a, b, c".to_owned(),
                lanes_max: 4_096,
            },
            clients: 10,
            bytes: 300,
            bytes_max: 300,
            single: false,
            sdk_retry: SdkMode::None,
            resend: None,
            base: 100 * MS,
            cap: 20 * SECOND,
            attempts: 3,
            keeps_order: false,
            journal: false,
            journal_after: 10 * SECOND,
            buffer_records: 100_000,
            timeout: MINUTE,
            tick: 100 * MS,
            in_step: true,
            trace: String::new(),
            scale: 0,
            peak: 3_500_000,
            factor: 1_000_000,
            value_is_rate: false,
            law: Law::default(),
            account_ops: false,
        }
    }
}

/// Settings of one source.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Settings<P> {
    /// The values.
    pub values: Values,
    preset: PhantomData<P>,
}

impl<P: Preset> Default for Settings<P> {
    fn default() -> Self {
        Self {
            values: P::defaults(),
            preset: PhantomData,
        }
    }
}

impl<P> std::ops::Deref for Settings<P> {
    type Target = Values;

    fn deref(&self) -> &Values {
        &self.values
    }
}

/// Reads a word out of a list; the list was checked before.
fn index(words: &[&str], value: &Value) -> Result<usize, FieldError> {
    let word = value.text()?;
    words
        .iter()
        .position(|known| *known == word)
        .ok_or_else(|| FieldError(format!("\"{word}\" is not one of: {}.", words.join(", "))))
}

fn small(value: &Value) -> Result<u32, FieldError> {
    let n = value.uint()?;
    u32::try_from(n).map_err(|_| FieldError(format!("{n} is too large.")))
}

fn word(words: &[&str], ix: usize) -> Value {
    Value::Text(words.get(ix).copied().unwrap_or_default().to_owned())
}

/// Most records a second of one node [milli-records/s].
const RATE_MAX: i64 = 10_000_000_000;

/// A field: key, kind, unit, when a change takes effect, where range and default come from, when
/// it is shown, how it is read and written.
macro_rules! field {
    (
        $key:literal, $kind:expr, $unit:literal, $change:expr, $source:literal,
        shown $shown:expr, get $get:expr, set $set:expr
    ) => {
        Field {
            key: $key,
            kind: $kind,
            unit: $unit,
            change: $change,
            source: $source,
            shown: $shown,
            get: $get,
            set: $set,
        }
    };
}
use field;
