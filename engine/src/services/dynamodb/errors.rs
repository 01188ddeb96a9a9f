//! What the API says when it refuses: error code, and for throttling the reason (aws-facts 4.3).

use crate::services::talk::{Reason, WriteCall};

/// What was asked of which resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Whether it was a read.
    pub read: bool,
    /// Whether an index refused it, not the table.
    pub index: bool,
}

/// The error code of a refusal. In a transaction every one is a cancellation, whose list of reasons
/// names the cause.
#[must_use]
pub fn error_code(reason: Reason, call: WriteCall) -> &'static str {
    let transaction = call == WriteCall::Transact;
    match reason {
        Reason::TableCapacity | Reason::KeyRange | Reason::OnDemandLimit => {
            "ProvisionedThroughputExceededException"
        }
        Reason::AccountLimit => "RequestLimitExceeded",
        Reason::ConditionFailed | Reason::TransactionConflict if transaction => {
            "TransactionCanceledException"
        }
        Reason::ConditionFailed => "ConditionalCheckFailedException",
        Reason::TransactionConflict => "TransactionConflictException",
        Reason::InternalFailure | Reason::Down => "InternalServerError",
        _ => "ValidationException",
    }
}

/// The entry of ThrottlingReasons, such as `TableWriteKeyRangeThroughputExceeded`; `None` for what
/// is no throttling.
#[must_use]
pub fn throttling_reason(reason: Reason, asked: Asked) -> Option<String> {
    let cause = match reason {
        Reason::TableCapacity => "ProvisionedThroughputExceeded",
        Reason::KeyRange => "KeyRangeThroughputExceeded",
        Reason::OnDemandLimit => "MaxOnDemandThroughputExceeded",
        Reason::AccountLimit => "AccountLimitExceeded",
        _ => return None,
    };
    let resource = if asked.index { "Index" } else { "Table" };
    let way = if asked.read { "Read" } else { "Write" };
    Some(format!("{resource}{way}{cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::shared::client::{Failure, codes};

    #[test]
    fn reasons_name_resource_way_and_cause() {
        let table = Asked {
            read: false,
            index: false,
        };
        let hot = throttling_reason(Reason::KeyRange, table);
        assert_eq!(
            hot.as_deref(),
            Some("TableWriteKeyRangeThroughputExceeded"),
            "W17"
        );
        let index = Asked {
            read: true,
            index: true,
        };
        let index = throttling_reason(Reason::TableCapacity, index);
        assert_eq!(
            index.as_deref(),
            Some("IndexReadProvisionedThroughputExceeded")
        );
        assert_eq!(throttling_reason(Reason::ConditionFailed, table), None);
    }

    #[test]
    fn an_sdk_reads_the_code_as_it_reads_the_reason() {
        for reason in [
            Reason::TableCapacity,
            Reason::KeyRange,
            Reason::OnDemandLimit,
            Reason::AccountLimit,
            Reason::ConditionFailed,
            Reason::TooLarge,
            Reason::Malformed,
        ] {
            let code = error_code(reason, WriteCall::Single);
            assert_eq!(
                codes::failure(Some(code), 400),
                Failure::of(reason),
                "{reason:?}"
            );
        }
        let cancelled = error_code(Reason::ConditionFailed, WriteCall::Transact);
        assert_eq!(codes::failure(Some(cancelled), 400), Failure::Fatal);
    }
}
