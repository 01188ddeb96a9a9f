//! What a client does when a call fails: the SDK's retries, and the program's own resend.
//!
//! The two are apart, because PutRecords answers 200 with failed entries, which no SDK retries:
//!
//! ```text
//!   whole call fails ──> SDK: attempts, back-off, quota ──spent──┐
//!   entries fail in a good answer ──────────────────────────────┴──> program: resend ──> give up
//! ```
//!
//! All laws here are pure functions of their arguments and of a source of random numbers in
//! 0..1, so that tables of other people's cases run on the very same code.
//! Sources: aws-facts 4.6 (botocore 1.44.5, read 2026-11), W26 to W30.

pub mod backoff;
pub mod codes;
pub mod figures;
pub mod limiter;
pub mod producer;
pub mod quota;

pub use backoff::{Backoff, KafkaBackoff, Resend};
pub use limiter::Limiter;
pub use quota::Quota;

use crate::base::time::Us;
pub use crate::catalog::Api;
use crate::catalog::Rules;
use crate::services::talk::Reason;

/// The retry mode of an SDK.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SdkMode {
    /// `max_attempts = 1`.
    None,
    /// The first mode of boto3, its default until 2026.
    Legacy,
    /// The common mode of all SDKs.
    Standard,
    /// Standard with a limiter of the client's own rate.
    Adaptive,
}

impl SdkMode {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] = &["none", "legacy", "standard", "adaptive"];

    /// The mode of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [Self::None, Self::Legacy, Self::Standard, Self::Adaptive];
        let ix = Self::WORDS.iter().position(|known| *known == word)?;
        all.get(ix).copied()
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// How an SDK sees the failure of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Failure {
    /// A throttling error code.
    Throttle,
    /// An error inside the service, or no connection.
    Transient,
    /// No answer in time.
    Timeout,
    /// The request itself is wrong: sending it again cannot help.
    Fatal,
}

impl Failure {
    /// The failure behind a reason.
    #[must_use]
    pub fn of(reason: Reason) -> Self {
        match reason {
            _ if reason.is_throttle() => Self::Throttle,
            Reason::NoAnswer => Self::Timeout,
            Reason::TooLarge
            | Reason::CallTooLarge
            | Reason::Invalid
            | Reason::Malformed
            | Reason::NotFound
            | Reason::TooManyConsumers
            | Reason::ExpiredIterator
            | Reason::InUse
            | Reason::ConditionFailed
            | Reason::TransactionConflict
            | Reason::Removed => Self::Fatal,
            _ => Self::Transient,
        }
    }
}

/// The numbers of one retry mode for one API under dated rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SdkRules {
    /// Attempts in all, the first one included.
    pub attempts: u32,
    /// Whether each delay is multiplied by a random number in 0..1.
    pub jitter: bool,
    /// First delay after throttling [us].
    pub scale_throttle: Us,
    /// First delay after another failure [us].
    pub scale_other: Us,
    /// Longest delay [us].
    pub cap: Us,
    /// Tokens of the retry quota; 0: the mode has none.
    pub quota: u32,
    /// Tokens for a retry after throttling.
    pub cost_throttle: u32,
    /// Tokens for a retry after another failure.
    pub cost_other: u32,
    /// Tokens for a retry after a time-out.
    pub cost_timeout: u32,
    /// Tokens that come back for a success at the first attempt.
    pub refund: u32,
}

impl SdkRules {
    /// The numbers in force; `None` where the SDK does not retry at all.
    #[must_use]
    pub fn of(mode: SdkMode, api: Api, rules: Rules) -> Option<Self> {
        match mode {
            SdkMode::None => None,
            SdkMode::Legacy => Some(Self::legacy(api, rules)),
            SdkMode::Standard | SdkMode::Adaptive => Some(Self::standard(api, rules)),
        }
    }

    fn legacy(api: Api, rules: Rules) -> Self {
        let of = |figure| rules.value(figure);
        let (attempts, scale) = match api {
            Api::DynamoDb => (
                of(&figures::LEGACY_ATTEMPTS_DDB),
                of(&figures::LEGACY_SCALE_DDB),
            ),
            Api::Other => (of(&figures::LEGACY_ATTEMPTS), of(&figures::LEGACY_SCALE)),
        };
        Self {
            attempts: attempts as u32,
            jitter: api == Api::Other,
            scale_throttle: scale,
            scale_other: scale,
            cap: Us::MAX,
            quota: 0,
            cost_throttle: 0,
            cost_other: 0,
            cost_timeout: 0,
            refund: 0,
        }
    }

    fn standard(api: Api, rules: Rules) -> Self {
        let of = |figure| rules.value(figure);
        let (attempts, scale_other) = match api {
            Api::DynamoDb => (of(&figures::ATTEMPTS_DDB), of(&figures::SCALE_OTHER_DDB)),
            Api::Other => (of(&figures::ATTEMPTS), of(&figures::SCALE_OTHER)),
        };
        Self {
            attempts: attempts as u32,
            jitter: true,
            scale_throttle: of(&figures::SCALE_THROTTLE),
            scale_other,
            cap: of(&figures::CAP),
            quota: of(&figures::QUOTA) as u32,
            cost_throttle: of(&figures::COST_THROTTLE) as u32,
            cost_other: of(&figures::COST_OTHER) as u32,
            cost_timeout: of(&figures::COST_TIMEOUT) as u32,
            refund: of(&figures::REFUND) as u32,
        }
    }

    /// Whether the SDK tries again after so many failed attempts, its quota aside.
    #[must_use]
    pub fn retries(&self, attempt: u32, failure: Failure) -> bool {
        failure != Failure::Fatal && attempt < self.attempts
    }

    /// Tokens that a retry after this failure costs.
    #[must_use]
    pub fn cost(&self, failure: Failure) -> u32 {
        match failure {
            Failure::Throttle => self.cost_throttle,
            Failure::Timeout => self.cost_timeout,
            Failure::Transient | Failure::Fatal => self.cost_other,
        }
    }

    /// The delay after `attempt` failed attempts (1: the first request failed) [us].
    pub fn delay(&self, attempt: u32, failure: Failure, draw: &mut dyn FnMut() -> f64) -> Us {
        let scale = match failure {
            Failure::Throttle => self.scale_throttle,
            _ => self.scale_other,
        };
        let exponent = attempt.saturating_sub(1).min(40);
        let bound = scale.saturating_mul(1 << exponent).min(self.cap);
        if self.jitter {
            (bound as f64 * draw()) as Us
        } else {
            bound
        }
    }

    /// Tokens that a success brings back: what its last retry cost (`paid`), or a little if it was
    /// the first attempt.
    #[must_use]
    pub fn refund_for(&self, paid: Option<u32>) -> u32 {
        paid.unwrap_or(self.refund)
    }

    /// A full quota of one client; one that is never empty where the mode has none.
    #[must_use]
    pub fn new_quota(&self) -> Quota {
        Quota::new(self.quota)
    }
}

#[cfg(test)]
mod tests;
