//! Limits and defaults that the application keeps to.

use crate::catalog::{Dated, Figure, Status};

/// All of them.
pub(super) const ALL: &[&Figure] = &[
    &ITERATOR_S,
    &SUBSCRIPTION_S,
    &THROTTLE_S,
    &LIST_S,
    &IDLE_LEAST_MS,
    &SHARD_CALLS,
];

/// How long an iterator can be used.
pub(super) const ITERATOR_S: Figure = Figure {
    key: "iterator_valid_s",
    unit: "s",
    status: Status::Published,
    history: &[Dated {
        since: 201_312,
        value: 300,
        source: "API-kin, GetShardIterator, 2026-11-22",
    }],
};

/// How long a subscription lasts.
pub(super) const SUBSCRIPTION_S: Figure = Figure {
    key: "subscription_s",
    unit: "s",
    status: Status::Published,
    history: &[Dated {
        since: 201_808,
        value: 300,
        source: "API-kin, SubscribeToShard, 2026-11-22",
    }],
};

/// After a refused GetRecords: those of the next second are refused too.
pub(super) const THROTTLE_S: Figure = Figure {
    key: "read_penalty_s",
    unit: "s",
    status: Status::Published,
    history: &[Dated {
        since: 201_312,
        value: 1,
        source: "API-kin, GetRecords, 2026-11-22",
    }],
};

/// From one look for new shards to the next (the KCL's default, from general knowledge).
pub(super) const LIST_S: Figure = Figure {
    key: "shard_sync_s",
    unit: "s",
    status: Status::Unverified,
    history: &[Dated {
        since: 201_312,
        value: 60,
        source: "KCL shardSyncIntervalMillis, 2026-11",
    }],
};

/// The shortest interval that AWS advises.
pub(super) const IDLE_LEAST_MS: Figure = Figure {
    key: "idle_time_least_ms",
    unit: "ms",
    status: Status::Published,
    history: &[Dated {
        since: 201_312,
        value: 200,
        source: "kinesis-low-latency.html, 2023",
    }],
};

/// GetRecords calls a second that a shard answers, to all its readers together.
pub(super) const SHARD_CALLS: Figure = Figure {
    key: "get_records_per_shard_s",
    unit: "calls/s",
    status: Status::Published,
    history: &[Dated {
        since: 201_312,
        value: 5,
        source: "KDS-lim, 2026-11-22",
    }],
};
