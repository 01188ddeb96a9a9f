//! Limits and prices of S3, each with its source and date.

use crate::catalog::{Dated, Figure, Price, Status};

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

/// The largest object that one PutObject makes [B].
pub(super) const OBJECT_BYTES: Figure = figure(
    "put_bytes",
    "B",
    Status::Published,
    &[Dated {
        since: 200_603,
        value: 5 << 30,
        source: "S3-qf, 2026-11-22: 5 GB, taken as 5 GiB",
    }],
);
/// The most records that a client of ours writes into one object.
pub(super) const CALL_RECORDS: Figure = figure(
    "object_records",
    "records",
    Status::Illustrative,
    &[Dated {
        since: 200_603,
        value: 10_000,
        source: "own choice; S3 knows no records",
    }],
);
/// Writes a second of one prefix that S3 promises at least; shown, not enforced.
pub(super) const PREFIX_PUTS: Figure = figure(
    "prefix_puts",
    "requests/s",
    Status::Published,
    &[Dated {
        since: 201_807,
        value: 3_500,
        source: "S3-perf, 2026-11-22; the month is unverified",
    }],
);
/// Keys of one page of ListObjectsV2.
pub(super) const LIST_KEYS: Figure = figure(
    "list_keys",
    "keys",
    Status::Published,
    &[Dated {
        since: 200_603,
        value: 1_000,
        source: "API-s3, ListObjectsV2, 2026-11-22",
    }],
);

/// All figures of the service.
pub(super) const ALL: &[&Figure] = &[&OBJECT_BYTES, &CALL_RECORDS, &PREFIX_PUTS, &LIST_KEYS];

/// Storage of the standard class.
pub(super) const STORAGE: Price = Price {
    key: "storage",
    unit: "GB-month",
    nano_usd: 23_000_000,
    status: Status::Published,
    source: "P-list, us-east-1, 2026-11-22",
};
/// PUT, COPY, POST and LIST: 0.005 USD per 1,000.
pub(super) const PUT: Price = Price {
    key: "put_request",
    unit: "request",
    nano_usd: 5_000,
    status: Status::Unverified,
    source: "us-east-1, 2026-11, unverified",
};
/// GET and all others: 0.0004 USD per 1,000.
pub(super) const GET: Price = Price {
    key: "get_request",
    unit: "request",
    nano_usd: 400,
    status: Status::Unverified,
    source: "us-east-1, 2026-11, unverified",
};

/// All prices of the service.
pub(super) const PRICES: &[&Price] = &[&STORAGE, &PUT, &GET];
