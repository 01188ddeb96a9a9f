//! The numbers of SDK retries by date (aws-facts 4.6).

use crate::catalog::{Dated, Figure, Status};

/// Where the rules of botocore 1.44 were read.
const NEW: &str = "SDK-retry: botocore 1.44.5, retries/standard.py, read 2026-11";
/// Where the rules before it were read.
const OLD: &str = "SDK-retry: botocore before 1.44, retries/standard.py, read 2026-11";
/// Where the rules of the legacy mode were read.
const LEGACY: &str = "SDK-retry: botocore data/_retry.json, read 2026-11";
/// Where the adaptive limiter was read.
const ADAPTIVE: &str = "SDK-retry: botocore 1.44.5, retries/adaptive.py and throttling.py, 2026-11";

const fn figure(key: &'static str, unit: &'static str, history: &'static [Dated]) -> Figure {
    Figure {
        key,
        unit,
        status: Status::Published,
        history,
    }
}

/// Month from which the standard mode exists, and month of botocore 1.44.
const FIRST: u32 = 202_002;
const NEWEST: u32 = 202_611;

/// Attempts of the standard mode.
pub const ATTEMPTS: Figure = figure(
    "sdk_standard_attempts",
    "attempts",
    &[Dated {
        since: FIRST,
        value: 3,
        source: OLD,
    }],
);
/// Attempts of the standard mode at DynamoDB.
pub const ATTEMPTS_DDB: Figure = figure(
    "sdk_standard_attempts_dynamodb",
    "attempts",
    &[
        Dated {
            since: FIRST,
            value: 3,
            source: OLD,
        },
        Dated {
            since: NEWEST,
            value: 4,
            source: NEW,
        },
    ],
);
/// First delay after throttling.
pub const SCALE_THROTTLE: Figure = figure(
    "sdk_standard_scale_throttling",
    "us",
    &[Dated {
        since: FIRST,
        value: 1_000_000,
        source: OLD,
    }],
);
/// First delay after another failure.
pub const SCALE_OTHER: Figure = figure(
    "sdk_standard_scale_other",
    "us",
    &[
        Dated {
            since: FIRST,
            value: 1_000_000,
            source: OLD,
        },
        Dated {
            since: NEWEST,
            value: 50_000,
            source: NEW,
        },
    ],
);
/// First delay after another failure at DynamoDB.
pub const SCALE_OTHER_DDB: Figure = figure(
    "sdk_standard_scale_other_dynamodb",
    "us",
    &[
        Dated {
            since: FIRST,
            value: 1_000_000,
            source: OLD,
        },
        Dated {
            since: NEWEST,
            value: 25_000,
            source: NEW,
        },
    ],
);
/// Longest delay.
pub const CAP: Figure = figure(
    "sdk_standard_cap",
    "us",
    &[Dated {
        since: FIRST,
        value: 20_000_000,
        source: OLD,
    }],
);
/// Tokens of a client's retry quota.
pub const QUOTA: Figure = figure(
    "sdk_retry_quota",
    "tokens",
    &[Dated {
        since: FIRST,
        value: 500,
        source: OLD,
    }],
);
/// Tokens for a retry after throttling.
pub const COST_THROTTLE: Figure = figure(
    "sdk_retry_cost_throttling",
    "tokens",
    &[Dated {
        since: FIRST,
        value: 5,
        source: OLD,
    }],
);
/// Tokens for a retry after another failure.
pub const COST_OTHER: Figure = figure(
    "sdk_retry_cost_other",
    "tokens",
    &[
        Dated {
            since: FIRST,
            value: 5,
            source: OLD,
        },
        Dated {
            since: NEWEST,
            value: 14,
            source: NEW,
        },
    ],
);
/// Tokens for a retry after a time-out.
pub const COST_TIMEOUT: Figure = figure(
    "sdk_retry_cost_timeout",
    "tokens",
    &[
        Dated {
            since: FIRST,
            value: 10,
            source: OLD,
        },
        Dated {
            since: NEWEST,
            value: 14,
            source: NEW,
        },
    ],
);
/// Tokens that come back for a success at the first attempt.
pub const REFUND: Figure = figure(
    "sdk_retry_refund",
    "tokens",
    &[Dated {
        since: FIRST,
        value: 1,
        source: OLD,
    }],
);
/// Attempts of the legacy mode.
pub const LEGACY_ATTEMPTS: Figure = figure(
    "sdk_legacy_attempts",
    "attempts",
    &[Dated {
        since: 201_312,
        value: 5,
        source: LEGACY,
    }],
);
/// Attempts of the legacy mode at DynamoDB.
pub const LEGACY_ATTEMPTS_DDB: Figure = figure(
    "sdk_legacy_attempts_dynamodb",
    "attempts",
    &[Dated {
        since: 201_312,
        value: 10,
        source: LEGACY,
    }],
);
/// First delay of the legacy mode.
pub const LEGACY_SCALE: Figure = figure(
    "sdk_legacy_scale",
    "us",
    &[Dated {
        since: 201_312,
        value: 1_000_000,
        source: LEGACY,
    }],
);
/// First delay of the legacy mode at DynamoDB, without jitter.
pub const LEGACY_SCALE_DDB: Figure = figure(
    "sdk_legacy_scale_dynamodb",
    "us",
    &[Dated {
        since: 201_312,
        value: 50_000,
        source: LEGACY,
    }],
);
/// Share of the rate that is left after a throttle in the adaptive mode.
pub const CUBIC_BETA: Figure = figure(
    "sdk_adaptive_beta",
    "thousandths",
    &[Dated {
        since: FIRST,
        value: 700,
        source: ADAPTIVE,
    }],
);
/// Steepness of the recovery in the adaptive mode.
pub const CUBIC_SCALE: Figure = figure(
    "sdk_adaptive_scale",
    "thousandths",
    &[Dated {
        since: FIRST,
        value: 400,
        source: ADAPTIVE,
    }],
);
/// Weight of the newest half second in the measured rate.
pub const SMOOTHING: Figure = figure(
    "sdk_adaptive_smoothing",
    "thousandths",
    &[Dated {
        since: FIRST,
        value: 800,
        source: ADAPTIVE,
    }],
);
/// Least rate of the adaptive mode.
pub const RATE_MIN: Figure = figure(
    "sdk_adaptive_rate_min",
    "requests/1000 s",
    &[Dated {
        since: FIRST,
        value: 500,
        source: ADAPTIVE,
    }],
);
/// Largest rate of the adaptive mode over the measured one.
pub const RATE_OVER_MEASURED: Figure = figure(
    "sdk_adaptive_over_measured",
    "x",
    &[Dated {
        since: FIRST,
        value: 2,
        source: ADAPTIVE,
    }],
);
/// Most records of one PutRecords call.
pub const CALL_RECORDS: Figure = figure(
    "put_records_entries",
    "records",
    &[Dated {
        since: 201_312,
        value: 500,
        source: "API-kin PutRecords, read 2026-11",
    }],
);

/// Most bytes of one PutRecords call, keys included.
pub const CALL_BYTES: Figure = figure(
    "put_records_bytes",
    "B",
    &[
        Dated {
            since: 201_312,
            value: 5 << 20,
            source: "KDS-lim-22, read 2026-11",
        },
        Dated {
            since: 202_510,
            value: 10 << 20,
            source: "API-kin and KDS-lim, read 2026-11",
        },
    ],
);

/// All of them, for the honesty panel of a source.
pub const ALL: &[&Figure] = &[
    &ATTEMPTS,
    &ATTEMPTS_DDB,
    &SCALE_THROTTLE,
    &SCALE_OTHER,
    &SCALE_OTHER_DDB,
    &CAP,
    &QUOTA,
    &COST_THROTTLE,
    &COST_OTHER,
    &COST_TIMEOUT,
    &REFUND,
    &LEGACY_ATTEMPTS,
    &LEGACY_ATTEMPTS_DDB,
    &LEGACY_SCALE,
    &LEGACY_SCALE_DDB,
    &CUBIC_BETA,
    &CUBIC_SCALE,
    &SMOOTHING,
    &RATE_MIN,
    &RATE_OVER_MEASURED,
    &CALL_RECORDS,
    &CALL_BYTES,
];
