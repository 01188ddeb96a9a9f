//! Limits and times that mappings keep to, each with its source and date.

use crate::catalog::{Dated, Figure, Status};

/// All of them.
pub(super) const ALL: &[&Figure] = &[
    &POLL_MS,
    &POLL_RECORDS,
    &PAYLOAD,
    &ITERATOR_S,
    &SUBSCRIPTION_S,
    &THROTTLE_S,
    &LIST_S,
    &BACKOFF_FIRST_MS,
    &BACKOFF_LAST_MS,
];

/// One value that never changed as far as is known.
const fn figure(
    key: &'static str,
    unit: &'static str,
    status: Status,
    history: &'static [Dated; 1],
) -> Figure {
    Figure {
        key,
        unit,
        status,
        history,
    }
}

/// From one poll of a shard to the next, while it is not behind.
pub(super) const POLL_MS: Figure = figure(
    "base_poll_ms",
    "ms",
    Status::Published,
    &[Dated {
        since: 201_506,
        value: 1_000,
        source: "L-kin (base rate of once a second), 2026-11-22",
    }],
);

/// Most records of a GetRecords.
pub(super) const POLL_RECORDS: Figure = figure(
    "poll_records",
    "records",
    Status::Published,
    &[Dated {
        since: 201_312,
        value: 10_000,
        source: "API-kin, GetRecords, 2026-11-22",
    }],
);

/// The largest event of an invocation; records are in it as base64.
pub(super) const PAYLOAD: Figure = figure(
    "batch_payload",
    "B",
    Status::Published,
    &[Dated {
        since: 201_506,
        value: 6 << 20,
        source: "L-quota, 2026-11-22",
    }],
);

/// How long an iterator can be used.
pub(super) const ITERATOR_S: Figure = figure(
    "iterator_valid_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_312,
        value: 300,
        source: "API-kin, GetShardIterator, 2026-11-22",
    }],
);

/// How long a subscription lasts.
pub(super) const SUBSCRIPTION_S: Figure = figure(
    "subscription_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_808,
        value: 300,
        source: "API-kin, SubscribeToShard, 2026-11-22",
    }],
);

/// After a refused call to the stream.
pub(super) const THROTTLE_S: Figure = figure(
    "read_penalty_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_312,
        value: 1,
        source: "API-kin, GetRecords, 2026-11-22",
    }],
);

/// From one look for new shards to the next.
pub(super) const LIST_S: Figure = figure(
    "shard_sync_s",
    "s",
    Status::Illustrative,
    &[Dated {
        since: 201_506,
        value: 60,
        source: "own",
    }],
);

/// The first pause before a batch is tried again; it doubles. Not published; with these two
/// figures a batch is tried about eight times in a minute, as was once recorded.
pub(super) const BACKOFF_FIRST_MS: Figure = figure(
    "retry_first_ms",
    "ms",
    Status::Illustrative,
    &[Dated {
        since: 201_506,
        value: 500,
        source: "own",
    }],
);

/// The longest such pause.
pub(super) const BACKOFF_LAST_MS: Figure = figure(
    "retry_last_ms",
    "ms",
    Status::Illustrative,
    &[Dated {
        since: 201_506,
        value: 20_000,
        source: "own",
    }],
);
