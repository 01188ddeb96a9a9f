//! Limits, defaults and prices of SQS, each with its source and date.

use crate::catalog::{Dated, Figure, Price, Status};

const API: &str = "API-sqs, 2026-11-22";
const QUOTA: &str = "SQS-q, Amazon SQS message quotas, 2026-11-22";
const OLD_QUOTA: &str = "sqs-guide-2023, quotas-messages, 2023";
const FIFO: &str = "API-sqs, troubleshooting-fifo-throttling-issues, 2026-11-22";

/// One published value that never changed as far as is known.
const fn published(key: &'static str, unit: &'static str, history: &'static [Dated]) -> Figure {
    Figure {
        key,
        unit,
        status: Status::Published,
        history,
    }
}

/// Messages of one batched call, and of one receive.
pub(super) const CALL_RECORDS: Figure = published(
    "batch_entries",
    "messages",
    &[Dated {
        since: 201_107,
        value: 10,
        source: QUOTA,
    }],
);
/// Bytes of all messages of one batched call, and of the largest message.
pub(super) const CALL_BYTES: Figure = Figure {
    key: "batch_bytes",
    unit: "B",
    status: Status::Unverified,
    history: &[
        Dated {
            since: 201_306,
            value: 256 << 10,
            source: OLD_QUOTA,
        },
        Dated {
            since: 202_508,
            value: 1 << 20,
            source: "SQS-q, 2026-11-22; the month is unverified",
        },
    ],
};
/// Messages in flight of a standard queue.
pub(super) const IN_FLIGHT: Figure = published(
    "in_flight_standard",
    "messages",
    &[Dated {
        since: 201_107,
        value: 120_000,
        source: API,
    }],
);
/// Messages in flight of a FIFO queue.
pub(super) const IN_FLIGHT_FIFO: Figure = Figure {
    key: "in_flight_fifo",
    unit: "messages",
    status: Status::Unverified,
    history: &[
        Dated {
            since: 201_611,
            value: 20_000,
            source: OLD_QUOTA,
        },
        Dated {
            since: 202_411,
            value: 120_000,
            source: "API-sqs, 2026-11-22; the month is unverified",
        },
    ],
};
/// Calls a second of each API action of a FIFO queue, batched or not.
pub(super) const FIFO_CALLS: Figure = published(
    "fifo_calls",
    "calls/s",
    &[Dated {
        since: 201_611,
        value: 300,
        source: FIFO,
    }],
);
/// Calls a second of each API action in high-throughput mode.
pub(super) const HIGH_CALLS: Figure = Figure {
    key: "fifo_calls_high_throughput",
    unit: "calls/s",
    status: Status::Unverified,
    history: &[Dated {
        since: 202_105,
        value: 70_000,
        source: "third party, us-east-1, 2026-11",
    }],
};
/// In high-throughput mode: messages a second of one message group, in batches.
pub(super) const GROUP_MESSAGES: Figure = Figure {
    key: "fifo_group_messages",
    unit: "messages/s",
    status: Status::Illustrative,
    history: &[Dated {
        since: 202_105,
        value: 3_000,
        source: "a partition's limit taken for a group's, 2026-11",
    }],
};
/// How long a FIFO queue remembers what was sent [us].
pub(super) const DEDUP_INTERVAL: Figure = published(
    "dedup_interval",
    "us",
    &[Dated {
        since: 201_611,
        value: 300_000_000,
        source: API,
    }],
);
/// How long a message may be hidden in all after it was received [us].
pub(super) const HIDDEN_MAX: Figure = published(
    "visibility_max",
    "us",
    &[Dated {
        since: 201_107,
        value: 43_200_000_000,
        source: API,
    }],
);
/// Least time between two purges [us].
pub(super) const PURGE_EVERY: Figure = published(
    "purge_interval",
    "us",
    &[Dated {
        since: 201_412,
        value: 60_000_000,
        source: "API-sqs, PurgeQueueInProgress, 2026-11-22",
    }],
);
/// Messages a second that a move task gives back when nobody sets a rate.
pub(super) const MOVE_RATE: Figure = Figure {
    key: "move_rate",
    unit: "messages/s",
    status: Status::Illustrative,
    history: &[Dated {
        since: 202_306,
        value: 500,
        source: "the highest rate that can be set; the service's own is not published",
    }],
};
/// How long a queue waits before it offers a message again that could not be moved [us].
pub(super) const MOVE_AGAIN: Figure = Figure {
    key: "move_again",
    unit: "us",
    status: Status::Illustrative,
    history: &[Dated {
        since: 201_401,
        value: 1_000_000,
        source: "own choice",
    }],
};

/// All figures of the service.
pub(super) const ALL: &[&Figure] = &[
    &CALL_RECORDS,
    &CALL_BYTES,
    &IN_FLIGHT,
    &IN_FLIGHT_FIFO,
    &FIFO_CALLS,
    &HIGH_CALLS,
    &GROUP_MESSAGES,
    &DEDUP_INTERVAL,
    &HIDDEN_MAX,
    &PURGE_EVERY,
    &MOVE_RATE,
    &MOVE_AGAIN,
];

const LIST: &str = "P-list, us-east-1, 2026-11-22";

/// A request to a standard queue: each started 64 KB of a call's payload.
pub(super) const REQUEST: Price = Price {
    key: "standard_request",
    unit: "request",
    nano_usd: 400,
    status: Status::Published,
    source: LIST,
};
/// A request to a FIFO queue.
pub(super) const FIFO_REQUEST: Price = Price {
    key: "fifo_request",
    unit: "request",
    nano_usd: 500,
    status: Status::Published,
    source: LIST,
};

/// All prices of the service.
pub(super) const PRICES: &[&Price] = &[&REQUEST, &FIFO_REQUEST];

/// Bytes of one billed request (aws-facts 11, W44).
pub(super) const REQUEST_BYTES: u64 = 64 << 10;

/// Requests that a call with so many bytes counts as: at least one.
#[must_use]
pub fn requests_of(bytes: u64) -> u64 {
    bytes.div_ceil(REQUEST_BYTES).max(1)
}
