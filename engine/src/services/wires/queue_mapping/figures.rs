//! Limits and defaults of a queue mapping, each with its source and date.

use crate::catalog::{Dated, Figure, Status};

const GUIDE: &str = "L-sqs, services-sqs-scaling, 2026-11-22";

const fn one(
    key: &'static str,
    unit: &'static str,
    status: Status,
    history: &'static [Dated],
) -> Figure {
    Figure {
        key,
        unit,
        status,
        history,
    }
}

/// Batches at work at first.
pub(super) const FIRST: Figure = one(
    "concurrent_batches_first",
    "batches",
    Status::Published,
    &[Dated {
        since: 201_806,
        value: 5,
        source: GUIDE,
    }],
);
/// How many more each minute.
pub(super) const MORE: Figure = one(
    "concurrent_batches_a_minute",
    "batches",
    Status::Published,
    &[
        Dated {
            since: 201_806,
            value: 60,
            source: "with-sqs, developer guide of 2023",
        },
        Dated {
            since: 202_311,
            value: 300,
            source: GUIDE,
        },
    ],
);
/// The most of one mapping.
pub(super) const MOST: Figure = one(
    "concurrent_batches_most",
    "batches",
    Status::Published,
    &[Dated {
        since: 201_806,
        value: 1_000,
        source: GUIDE,
    }],
);
/// The largest batch as a call of the function [B].
pub(super) const PAYLOAD: Figure = one(
    "batch_bytes",
    "B",
    Status::Published,
    &[Dated {
        since: 201_806,
        value: 6 << 20,
        source: "L-quota, 2026-11-22",
    }],
);
/// How long a receive of the mapping waits for messages [us].
pub(super) const LONG_POLL: Figure = one(
    "long_poll",
    "us",
    Status::Published,
    &[Dated {
        since: 201_806,
        value: 20_000_000,
        source: "L-sqs, 2026-11-22",
    }],
);
/// How often a throttled batch is tried before it is left to its visibility time-out.
pub(super) const TRIES: Figure = one(
    "throttled_tries",
    "attempts",
    Status::Illustrative,
    &[Dated {
        since: 201_806,
        value: 5,
        source: "own choice: about the default visibility time-out",
    }],
);
/// Pause after a refusal, doubled each time [us].
pub(super) const PAUSE: Figure = one(
    "pause",
    "us",
    Status::Illustrative,
    &[Dated {
        since: 201_806,
        value: 1_000_000,
        source: "own choice",
    }],
);

/// All figures of the kind.
pub(super) const ALL: &[&Figure] = &[&FIRST, &MORE, &MOST, &PAYLOAD, &LONG_POLL, &TRIES, &PAUSE];
