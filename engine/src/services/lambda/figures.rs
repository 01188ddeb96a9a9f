//! Limits, defaults and prices of Lambda, each with its source and date.

use crate::catalog::{Dated, Figure, Price, Status};
use crate::services::shared::letters;

/// All limits of a function.
pub(super) const ALL: &[&Figure] = &[
    &CONCURRENCY,
    &GROW_AT_ONCE,
    &GROW_PER_S,
    &REQUESTS_PER_PLACE,
    &PAYLOAD,
    &PAYLOAD_ASYNC,
    &FIRST_RETRY_S,
    &SECOND_RETRY_S,
    &THROTTLE_FIRST_S,
    &THROTTLE_LAST_S,
    &COLD_START_MS,
    &KEEP_ALIVE_S,
    &letters::TRIES,
    &letters::AGAIN_MS,
];

/// All prices.
pub(super) const PRICES: &[&Price] = &[&REQUEST, &GB_SECOND];

/// One value that never changed as far as is known.
const fn figure(
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

/// Invocations that an account runs at once in a Region; new accounts have less.
pub(super) const CONCURRENCY: Figure = figure(
    "account_concurrency",
    "",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 1_000,
        source: "L-quota, 2026-11-22",
    }],
);

/// Execution environments that a function adds at once.
pub(super) const GROW_AT_ONCE: Figure = figure(
    "environments_at_once",
    "",
    Status::Published,
    &[Dated {
        since: 202_311,
        value: 1_000,
        source: "L-scale (1,000 every 10 s), 2026-11-22",
    }],
);

/// Execution environments that a function adds a second after that.
pub(super) const GROW_PER_S: Figure = figure(
    "environments_per_s",
    "1/s",
    Status::Published,
    &[Dated {
        since: 202_311,
        value: 100,
        source: "L-scale (1,000 every 10 s), 2026-11-22",
    }],
);

/// Synchronous requests a second for each invocation that may run at once.
pub(super) const REQUESTS_PER_PLACE: Figure = figure(
    "requests_per_concurrency_s",
    "1/s",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 10,
        source: "L-quota, 2026-11-22",
    }],
);

/// The largest event of a synchronous invocation.
pub(super) const PAYLOAD: Figure = figure(
    "payload",
    "B",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 6 << 20,
        source: "L-quota, 2026-11-22",
    }],
);

/// The largest event of an asynchronous invocation.
pub(super) const PAYLOAD_ASYNC: Figure = figure(
    "payload_async",
    "B",
    Status::Published,
    &[
        Dated {
            since: 201_411,
            value: 256 << 10,
            source: "doc-23",
        },
        Dated {
            since: 202_510,
            value: 1 << 20,
            source: "L-quota, 2026-11-22",
        },
    ],
);

/// From the first failed asynchronous attempt to the second.
pub(super) const FIRST_RETRY_S: Figure = figure(
    "async_first_retry_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 60,
        source: "L-async, 2026-11-22",
    }],
);

/// From the second to the third.
pub(super) const SECOND_RETRY_S: Figure = figure(
    "async_second_retry_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 120,
        source: "L-async, 2026-11-22",
    }],
);

/// The first wait of an asynchronous event that was throttled; it doubles.
pub(super) const THROTTLE_FIRST_S: Figure = figure(
    "async_throttle_first_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 1,
        source: "L-async, 2026-11-22",
    }],
);

/// The longest such wait.
pub(super) const THROTTLE_LAST_S: Figure = figure(
    "async_throttle_last_s",
    "s",
    Status::Published,
    &[Dated {
        since: 201_411,
        value: 300,
        source: "L-async, 2026-11-22",
    }],
);

/// Start of a new environment: from under 100 ms to over 1 s.
pub(super) const COLD_START_MS: Figure = figure(
    "cold_start_ms",
    "ms",
    Status::Illustrative,
    &[Dated {
        since: 201_411,
        value: 250,
        source: "own; AWS says from under 100 ms to over 1 s",
    }],
);

/// How long an idle environment is kept.
pub(super) const KEEP_ALIVE_S: Figure = figure(
    "environment_keep_s",
    "s",
    Status::Illustrative,
    &[Dated {
        since: 201_411,
        value: 600,
        source: "own",
    }],
);

/// A request.
pub(super) const REQUEST: Price = Price {
    key: "requests",
    unit: "request",
    nano_usd: 200,
    status: Status::Published,
    source: "P-list, us-east-1, 2026-11-22 (0.20 USD a million)",
};

/// Memory times duration, x86.
pub(super) const GB_SECOND: Price = Price {
    key: "gb_seconds",
    unit: "GB-second",
    nano_usd: 16_667,
    status: Status::Published,
    source: "P-list, us-east-1, 2026-11-22 (0.0000166667 USD)",
};
