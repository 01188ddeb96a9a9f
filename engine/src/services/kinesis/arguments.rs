//! Arguments as they are written in calls: what the API refuses before the stream is asked.
//!
//! A refusal is AWS's error code, then a sentence. A constraint of the API (a length, a pattern, an
//! enumeration) answers ValidationException, a value that does not fit InvalidArgumentException.

use super::figures;
use super::log::{parse_sequence_number, shard_id};
use super::{RETENTION_MAX, RETENTION_MIN};
use crate::base::time::{HOUR, Us};
use crate::catalog::Rules;
use crate::services::lanes::Lane;
use crate::services::talk::StartAt;

/// Most characters of a partition key.
pub(super) fn key_chars(rules: Rules) -> u64 {
    rules.value(&figures::KEY_CHARS)
}

/// Whether a partition key has 1 to `most` characters; a character takes one to four bytes.
#[inline]
pub(super) fn key_has(lane: &Lane, most: u64) -> bool {
    let bytes = u64::from(lane.key_bytes);
    bytes > 0 && (bytes <= most || lane.key.chars().count() as u64 <= most)
}

/// Whether the text is a whole number without sign and leading zeros (the API's pattern).
fn is_decimal(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

/// An ExplicitHashKey or NewStartingHashKey: a decimal number from 0 to 2^128 - 1.
///
/// # Errors
/// AWS's refusal of another text.
pub fn hash_key(text: &str) -> Result<u128, String> {
    if !is_decimal(text) || text.len() > 39 {
        return Err(format!(
            "ValidationException: The hash key \"{text}\" is no decimal number of up to 39 digits."
        ));
    }
    text.parse().map_err(|_| {
        format!(
            "InvalidArgumentException: The hash key {text} is above {}.",
            u128::MAX
        )
    })
}

/// What GetShardIterator or SubscribeToShard is given beside the shard.
#[derive(Clone, Copy, Debug, Default)]
pub struct Position<'a> {
    /// ShardIteratorType.
    pub kind: &'a str,
    /// StartingSequenceNumber.
    pub sequence: Option<&'a str>,
    /// Timestamp [us since the run's start]; before the start is 0.
    pub timestamp: Option<Us>,
}

impl Position<'_> {
    /// The position that is meant, in `shard` at `now` (API-kin, GetShardIterator).
    ///
    /// # Errors
    /// AWS's refusal: a type that is not known, what the type needs and has not, what it has and
    /// does not take, a number that is none of this shard, a time to come.
    pub fn resolve(&self, shard: u32, now: Us) -> Result<StartAt, String> {
        let numbered = matches!(self.kind, "AT_SEQUENCE_NUMBER" | "AFTER_SEQUENCE_NUMBER");
        let timed = self.kind == "AT_TIMESTAMP";
        if !numbered && !timed && !matches!(self.kind, "TRIM_HORIZON" | "LATEST") {
            return Err(format!(
                "ValidationException: There is no ShardIteratorType \"{}\".",
                self.kind
            ));
        }
        if let Some(text) = self.sequence.filter(|text| !is_decimal(text)) {
            return Err(format!(
                "ValidationException: StartingSequenceNumber \"{text}\" is no decimal number."
            ));
        }
        if self.sequence.is_some() != numbered || self.timestamp.is_some() != timed {
            return Err(format!(
                "InvalidArgumentException: {} takes {}.",
                self.kind,
                match (numbered, timed) {
                    (true, _) => "a StartingSequenceNumber and no Timestamp",
                    (_, true) => "a Timestamp and no StartingSequenceNumber",
                    _ => "neither StartingSequenceNumber nor Timestamp",
                }
            ));
        }
        match self.kind {
            "TRIM_HORIZON" => Ok(StartAt::TrimHorizon),
            "LATEST" => Ok(StartAt::Latest),
            "AT_TIMESTAMP" => at_time(self.timestamp.unwrap_or(0), now),
            _ => self.at_number(shard),
        }
    }

    fn at_number(&self, shard: u32) -> Result<StartAt, String> {
        let text = self.sequence.unwrap_or_default();
        match parse_sequence_number(text) {
            Some((of, ordinal)) if of == shard && self.kind == "AT_SEQUENCE_NUMBER" => {
                Ok(StartAt::AtSequence(ordinal))
            }
            Some((of, ordinal)) if of == shard => Ok(StartAt::AfterSequence(ordinal)),
            _ => Err(format!(
                "InvalidArgumentException: StartingSequenceNumber {text} is none of {}.",
                shard_id(shard)
            )),
        }
    }
}

fn at_time(at: Us, now: Us) -> Result<StartAt, String> {
    if at > now {
        return Err("InvalidArgumentException: The Timestamp lies in the future.".to_owned());
    }
    Ok(StartAt::AtTimestamp(at))
}

/// The call that changes a stream's retention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RetentionCall {
    /// IncreaseStreamRetentionPeriod.
    Increase,
    /// DecreaseStreamRetentionPeriod.
    Decrease,
}

/// The retention after a call, from the one before [us].
///
/// # Errors
/// AWS's refusal: outside 24 to 8,760 hours, or in the direction of the other call.
pub fn retention(before: Us, call: RetentionCall, wanted: Us) -> Result<Us, String> {
    let refuse = |why: &str| {
        let (before, wanted) = (before / HOUR, wanted / HOUR);
        Err(format!(
            "InvalidArgumentException: {wanted} hours after {before} hours: {why}."
        ))
    };
    match call {
        _ if wanted < RETENTION_MIN => refuse("24 hours are the least retention"),
        _ if wanted > RETENTION_MAX => refuse("8,760 hours are the longest retention"),
        RetentionCall::Increase if wanted < before => refuse("an increase makes it no shorter"),
        RetentionCall::Decrease if wanted > before => refuse("a decrease makes it no longer"),
        _ => Ok(wanted),
    }
}

/// Checks a new setting of the retention by the call that leads to it.
pub(super) fn new_retention(before: Us, wanted: Us) -> Result<(), String> {
    let call = if wanted > before {
        RetentionCall::Increase
    } else {
        RetentionCall::Decrease
    };
    retention(before, call, wanted).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::kinesis::sequence_number;

    fn code<T>(result: Result<T, String>) -> Option<String> {
        let text = result.err()?;
        text.split_once(':').map(|(code, _)| code.to_owned())
    }

    #[test]
    fn hash_keys_are_decimal_numbers_of_128_bits() {
        assert_eq!(hash_key("0"), Ok(0));
        assert_eq!(hash_key(&u128::MAX.to_string()), Ok(u128::MAX));
        let over = "340282366920938463463374607431768211456";
        for (text, wanted) in [
            (over, "InvalidArgumentException"),
            ("", "ValidationException"),
            ("-1", "ValidationException"),
            ("007", "ValidationException"),
            ("12x", "ValidationException"),
            (
                "1000000000000000000000000000000000000000",
                "ValidationException",
            ),
        ] {
            assert_eq!(code(hash_key(text)).as_deref(), Some(wanted), "{text}");
        }
    }

    #[test]
    fn positions_take_what_their_type_needs() {
        let number = sequence_number(3, 17, 5_000);
        let at = |kind, sequence, timestamp| {
            let position = Position {
                kind,
                sequence,
                timestamp,
            };
            position.resolve(3, 1_000)
        };
        let number = Some(number.as_str());
        assert_eq!(at("LATEST", None, None), Ok(StartAt::Latest));
        assert_eq!(
            at("AFTER_SEQUENCE_NUMBER", number, None),
            Ok(StartAt::AfterSequence(17))
        );
        assert_eq!(
            at("AT_TIMESTAMP", None, Some(1_000)),
            Ok(StartAt::AtTimestamp(1_000))
        );
        let other = sequence_number(4, 17, 5_000);
        for (kind, sequence, timestamp, wanted) in [
            ("YESTERDAY", None, None, "ValidationException"),
            ("AT_SEQUENCE_NUMBER", Some("x"), None, "ValidationException"),
            ("AT_SEQUENCE_NUMBER", None, None, "InvalidArgumentException"),
            (
                "AT_SEQUENCE_NUMBER",
                Some("5"),
                None,
                "InvalidArgumentException",
            ),
            (
                "AT_SEQUENCE_NUMBER",
                Some(other.as_str()),
                None,
                "InvalidArgumentException",
            ),
            ("TRIM_HORIZON", number, None, "InvalidArgumentException"),
            ("LATEST", None, Some(5), "InvalidArgumentException"),
            ("AT_TIMESTAMP", None, None, "InvalidArgumentException"),
            (
                "AT_TIMESTAMP",
                None,
                Some(1_001),
                "InvalidArgumentException",
            ),
        ] {
            let found = code(at(kind, sequence, timestamp));
            assert_eq!(found.as_deref(), Some(wanted), "{kind} {sequence:?}");
        }
    }

    #[test]
    fn retention_goes_each_way_by_its_own_call() {
        use RetentionCall::{Decrease, Increase};
        for (before, call, wanted, fits) in [
            (24, Increase, 24, true),
            (24, Increase, 8_760, true),
            (24, Increase, 8_761, false),
            (24, Increase, 23, false),
            (30, Increase, 25, false),
            (30, Decrease, 25, true),
            (30, Decrease, 31, false),
            (30, Decrease, 23, false),
        ] {
            let after = retention(before * HOUR, call, wanted * HOUR);
            assert_eq!(after.is_ok(), fits, "{before} {call:?} {wanted}");
        }
    }
}
