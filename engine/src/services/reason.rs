//! The coded cause of each refusal, loss, delay or duplicate.
//!
//! A code is part of reports and of text keys (`reason.<code>`), so it never changes its meaning.

/// The coded cause of each refusal, loss, delay or duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// A shard's records-per-second bucket is empty.
    WriteRecords,
    /// A shard's bytes-per-second bucket is empty.
    WriteBytes,
    /// More GetRecords calls than a shard allows a second, or a penalty still runs.
    ReadCalls,
    /// More bytes read than a shard allows.
    ReadBytes,
    /// A record or call above the size limit.
    TooLarge,
    /// The service failed inside (a fault was set).
    InternalFailure,
    /// The service was down.
    Down,
    /// No answer came before the client's time-out.
    NoAnswer,
    /// All attempts were used.
    AttemptsSpent,
    /// The client's retry quota was empty.
    QuotaSpent,
    /// The client's buffer of records to send again was full.
    BufferFull,
    /// Older than the stream's retention before the reader came to it.
    Retention,
    /// Before the position at which the reader started.
    BeforeStart,
    /// Lost in the memory of a node that crashed.
    Crashed,
    /// Node or wire was removed.
    Removed,
    /// The waiting room was full.
    RoomFull,
    /// The token bucket was empty.
    NoToken,
    /// The request was malformed for the service (iterator expired, shard unknown, argument).
    Invalid,
    /// One record went to several subscribers.
    FanOut,
    /// Read again from an earlier position.
    ReadAgain,
    /// Sent again although it had been accepted.
    SentAgain,
    /// An iterator was used after its five minutes.
    ExpiredIterator,
    /// What is asked for is in use: subscribed a moment ago, a stream that is not ACTIVE.
    InUse,
    /// The function ended with an error.
    FunctionError,
    /// The function ran longer than its time-out.
    FunctionTimeout,
    /// The code caught its own error and returned as if all were well.
    Swallowed,
    /// No execution environment was free: account, reservation or scaling rate.
    Concurrency,
    /// Older than the mapping's or queue's maximum age.
    MaxAge,
    /// Left its way for a dead-letter queue or an on-failure destination.
    DeadLettered,
    /// The filter of a mapping or subscription left it out.
    Filtered,
    /// The condition of a write did not hold.
    ConditionFailed,
    /// Deleted from a queue by a consumer that had not delivered it.
    Acknowledged,
    /// Handed out by a queue that keeps it until it is deleted.
    Received,
    /// Deleted from a queue by a consumer that was done with it.
    Deleted,
    /// Sent twice within the deduplication interval of a FIFO queue, which kept the first only.
    Deduplicated,
    /// Deleted with all others of its queue by PurgeQueue.
    Purged,
    /// More entries than a batched call takes.
    TooManyEntries,
    /// A table's (or index's) provisioned capacity is spent.
    TableCapacity,
    /// One partition of a table takes no more (1,000 WCU, 3,000 RCU).
    KeyRange,
    /// Above what an on-demand table serves now.
    OnDemandLimit,
    /// Above the account's quota of a table.
    AccountLimit,
    /// Another transaction or write holds the item.
    TransactionConflict,
    /// Too many messages in flight.
    InFlightLimit,
    /// Too many calls a second (FIFO queue, API).
    CallsLimit,
    /// Too many requests a second under one prefix of a bucket.
    SlowDown,
    /// The request breaks a constraint of the API: a length, a count, a pattern.
    Malformed,
    /// What the request names is not there.
    NotFound,
    /// A call above the size limit.
    CallTooLarge,
    /// More consumers are registered than the stream takes.
    TooManyConsumers,
}

impl Reason {
    /// All reasons.
    pub const ALL: [Self; 49] = [
        Self::WriteRecords,
        Self::WriteBytes,
        Self::ReadCalls,
        Self::ReadBytes,
        Self::TooLarge,
        Self::InternalFailure,
        Self::Down,
        Self::NoAnswer,
        Self::AttemptsSpent,
        Self::QuotaSpent,
        Self::BufferFull,
        Self::Retention,
        Self::BeforeStart,
        Self::Crashed,
        Self::Removed,
        Self::RoomFull,
        Self::NoToken,
        Self::Invalid,
        Self::FanOut,
        Self::ReadAgain,
        Self::SentAgain,
        Self::ExpiredIterator,
        Self::InUse,
        Self::FunctionError,
        Self::FunctionTimeout,
        Self::Swallowed,
        Self::Concurrency,
        Self::MaxAge,
        Self::DeadLettered,
        Self::Filtered,
        Self::ConditionFailed,
        Self::Acknowledged,
        Self::Received,
        Self::Deleted,
        Self::Deduplicated,
        Self::Purged,
        Self::TooManyEntries,
        Self::TableCapacity,
        Self::KeyRange,
        Self::OnDemandLimit,
        Self::AccountLimit,
        Self::TransactionConflict,
        Self::InFlightLimit,
        Self::CallsLimit,
        Self::SlowDown,
        Self::Malformed,
        Self::NotFound,
        Self::CallTooLarge,
        Self::TooManyConsumers,
    ];

    /// The code in reports; its sentence lies in the text files under `reason.<code>`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::WriteRecords => "write-records-limit",
            Self::WriteBytes => "write-bytes-limit",
            Self::ReadCalls => "read-calls-limit",
            Self::ReadBytes => "read-bytes-limit",
            Self::TooLarge => "too-large",
            Self::InternalFailure => "internal-failure",
            Self::Down => "down",
            Self::NoAnswer => "no-answer",
            Self::AttemptsSpent => "attempts-spent",
            Self::QuotaSpent => "retry-quota-spent",
            Self::BufferFull => "client-buffer-full",
            Self::Retention => "retention",
            Self::BeforeStart => "before-start-position",
            Self::Crashed => "crashed",
            Self::Removed => "removed",
            Self::RoomFull => "room-full",
            Self::NoToken => "no-token",
            Self::Invalid => "invalid-request",
            Self::FanOut => "fan-out",
            Self::ReadAgain => "read-again",
            Self::SentAgain => "sent-again",
            Self::ExpiredIterator => "expired-iterator",
            Self::InUse => "resource-in-use",
            Self::FunctionError => "function-error",
            Self::FunctionTimeout => "function-timeout",
            Self::Swallowed => "swallowed",
            Self::Concurrency => "concurrency-limit",
            Self::MaxAge => "max-age",
            Self::DeadLettered => "dead-lettered",
            Self::Filtered => "filtered",
            Self::ConditionFailed => "condition-failed",
            Self::Acknowledged => "deleted-undelivered",
            Self::Received => "received",
            Self::Deleted => "deleted",
            Self::Deduplicated => "deduplicated",
            Self::Purged => "purged",
            Self::TooManyEntries => "too-many-entries",
            Self::TableCapacity => "table-capacity",
            Self::KeyRange => "key-range-limit",
            Self::OnDemandLimit => "on-demand-limit",
            Self::AccountLimit => "account-limit",
            Self::TransactionConflict => "transaction-conflict",
            Self::InFlightLimit => "in-flight-limit",
            Self::CallsLimit => "calls-limit",
            Self::SlowDown => "slow-down",
            Self::Malformed => "malformed-request",
            Self::NotFound => "not-found",
            Self::CallTooLarge => "call-too-large",
            Self::TooManyConsumers => "too-many-consumers",
        }
    }

    /// Whether an SDK counts it as throttling (aws-facts 4.6, SDK-retry 2026-11).
    #[must_use]
    pub fn is_throttle(self) -> bool {
        matches!(
            self,
            Self::WriteRecords
                | Self::WriteBytes
                | Self::ReadCalls
                | Self::ReadBytes
                | Self::Concurrency
                | Self::TableCapacity
                | Self::KeyRange
                | Self::OnDemandLimit
                | Self::AccountLimit
                | Self::CallsLimit
                | Self::SlowDown
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique() {
        let mut codes: Vec<&str> = Reason::ALL.iter().map(|reason| reason.code()).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), Reason::ALL.len(), "one code a reason");
    }
}
