//! How AWS words a refusal: the error code of a reason, by the call that it answers.

use super::figures;
use crate::catalog::Rules;
use crate::services::talk::Reason;

/// A call of the data plane, or one entry of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Call {
    /// PutRecord.
    PutRecord,
    /// PutRecords as a whole.
    PutRecords,
    /// One entry of a PutRecords that was answered with 200.
    PutRecordsEntry,
    /// GetShardIterator.
    GetShardIterator,
    /// GetRecords.
    GetRecords,
    /// SubscribeToShard.
    SubscribeToShard,
    /// ListShards.
    ListShards,
}

impl Call {
    /// Whether it reads or writes records: for those a stream is not there before it is ACTIVE.
    fn moves_records(self) -> bool {
        !matches!(self, Self::SubscribeToShard | Self::ListShards)
    }
}

/// The error code of a reason in the answer to a call (aws-facts 1.4; API-kin).
#[must_use]
pub fn error_code(reason: Reason, call: Call, rules: Rules) -> &'static str {
    match reason {
        _ if reason.is_throttle() => "ProvisionedThroughputExceededException",
        Reason::InternalFailure if call == Call::PutRecordsEntry => "InternalFailure",
        Reason::InternalFailure | Reason::Down => "InternalFailureException",
        Reason::ExpiredIterator => "ExpiredIteratorException",
        Reason::InUse if call.moves_records() => "ResourceNotFoundException",
        Reason::InUse => "ResourceInUseException",
        Reason::NotFound => "ResourceNotFoundException",
        Reason::TooManyConsumers => "LimitExceededException",
        Reason::Malformed => "ValidationException",
        // while 1 MiB was a constraint of the API and no setting, the record was malformed
        Reason::TooLarge if rules.value(&figures::OVERSIZED_ALONE) == 0 => "ValidationException",
        _ => "InvalidArgumentException",
    }
}

/// The HTTP status of an error code.
#[must_use]
pub fn http_status(code: &str) -> u16 {
    if code.starts_with("InternalFailure") {
        500
    } else {
        400
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_have_the_codes_of_aws() {
        let (now, then) = (Rules::NEWEST, Rules { as_of: 202_408 });
        let throttled = "ProvisionedThroughputExceededException";
        let code_of = |reason, call, rules| error_code(reason, call, rules);
        assert_eq!(
            code_of(Reason::WriteBytes, Call::PutRecordsEntry, now),
            throttled
        );
        assert_eq!(code_of(Reason::ReadCalls, Call::GetRecords, now), throttled);
        assert_eq!(
            code_of(Reason::ExpiredIterator, Call::GetRecords, now),
            "ExpiredIteratorException"
        );
        assert_eq!(
            code_of(Reason::NotFound, Call::GetShardIterator, now),
            "ResourceNotFoundException"
        );
        assert_eq!(
            code_of(Reason::InUse, Call::SubscribeToShard, now),
            "ResourceInUseException"
        );
        assert_eq!(
            code_of(Reason::InUse, Call::PutRecord, now),
            "ResourceNotFoundException"
        );
        assert_eq!(
            code_of(Reason::Malformed, Call::PutRecords, now),
            "ValidationException"
        );
        assert_eq!(
            code_of(Reason::TooLarge, Call::PutRecordsEntry, now),
            "InvalidArgumentException"
        );
        assert_eq!(
            code_of(Reason::TooLarge, Call::PutRecords, then),
            "ValidationException"
        );
        assert_eq!(
            code_of(Reason::CallTooLarge, Call::PutRecords, then),
            "InvalidArgumentException"
        );
        assert_eq!(
            code_of(Reason::InternalFailure, Call::PutRecordsEntry, now),
            "InternalFailure"
        );
        assert_eq!(http_status("InternalFailureException"), 500);
        assert_eq!(http_status("ValidationException"), 400);
    }
}
