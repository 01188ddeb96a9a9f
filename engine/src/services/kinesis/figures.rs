//! Limits, defaults and prices of Kinesis Data Streams, each with its source and date.

use crate::catalog::{Dated, Figure, Price, Status};

/// One published value that never changed as far as is known.
const fn published(key: &'static str, unit: &'static str, now: &'static [Dated; 1]) -> Figure {
    Figure {
        key,
        unit,
        status: Status::Published,
        history: now,
    }
}

const LIM: &str = "KDS-lim, Quotas and limits, 2026-11-22";
const API: &str = "API-kin, 2026-11-22";

/// Records that a shard takes a second.
pub(super) const WRITE_RECORDS: Figure = published(
    "records_per_shard_s",
    "records/s",
    &[Dated {
        since: 201_311,
        value: 1_000,
        source: LIM,
    }],
);
/// Bytes that a shard takes a second, partition keys included.
pub(super) const WRITE_BYTES: Figure = published(
    "bytes_per_shard_s",
    "B/s",
    &[Dated {
        since: 201_311,
        value: 1 << 20,
        source: LIM,
    }],
);
/// What a shard lets through at once of records above 1 MiB.
pub(super) const LARGE_BURST: Figure = Figure {
    key: "large_record_burst",
    unit: "B",
    status: Status::Unverified,
    history: &[Dated {
        since: 201_311,
        value: 10 << 20,
        source: "KDS-large, 2026-11-22",
    }],
};
/// Above this a record counts as large.
pub(super) const ORDINARY_RECORD: Figure = published(
    "ordinary_record",
    "B",
    &[Dated {
        since: 201_311,
        value: 1 << 20,
        source: "KDS-large, 2026-11-22",
    }],
);
/// The largest record, with its key, that any setting of the stream allows.
pub(super) const RECORD_LARGEST: Figure = Figure {
    key: "record_largest",
    unit: "B",
    status: Status::Published,
    history: &[
        Dated {
            since: 201_311,
            value: 1 << 20,
            source: "KDS-lim-22, 2022-08",
        },
        Dated {
            since: 202_510,
            value: 10 << 20,
            source: "KDS-large, 2026-11-22",
        },
    ],
};
/// Whether an oversized record fails alone (1) or with its whole call (0).
pub(super) const OVERSIZED_ALONE: Figure = Figure {
    key: "oversized_alone",
    unit: "",
    status: Status::Unverified,
    history: &[
        Dated {
            since: 201_311,
            value: 0,
            source: "API-kin, ValidationException",
        },
        Dated {
            since: 202_510,
            value: 1,
            source: "emulators of 2025, 2026-11-22",
        },
    ],
};
/// Records of one PutRecords call.
pub(super) const CALL_RECORDS: Figure = published(
    "put_records_count",
    "records",
    &[Dated {
        since: 201_312,
        value: 500,
        source: API,
    }],
);
/// Bytes of one PutRecords call, partition keys included.
pub(super) const CALL_BYTES: Figure = Figure {
    key: "put_records_bytes",
    unit: "B",
    status: Status::Published,
    history: &[
        Dated {
            since: 201_312,
            value: 5 << 20,
            source: "KDS-lim-22, 2022-08",
        },
        Dated {
            since: 202_510,
            value: 10 << 20,
            source: API,
        },
    ],
};
/// Characters of a partition key.
pub(super) const KEY_CHARS: Figure = published(
    "partition_key",
    "characters",
    &[Dated {
        since: 201_311,
        value: 256,
        source: API,
    }],
);
/// GetRecords calls a shard answers a second.
pub(super) const READ_CALLS: Figure = published(
    "get_records_calls_s",
    "calls/s",
    &[Dated {
        since: 201_311,
        value: 5,
        source: LIM,
    }],
);
/// GetShardIterator calls a shard answers a second.
pub(super) const ITERATOR_CALLS: Figure = published(
    "get_shard_iterator_calls_s",
    "calls/s",
    &[Dated {
        since: 201_311,
        value: 5,
        source: API,
    }],
);
/// Bytes a second that all GetRecords readers of a shard share.
pub(super) const READ_BYTES: Figure = published(
    "read_bytes_per_shard_s",
    "B/s",
    &[Dated {
        since: 201_311,
        value: 2 << 20,
        source: LIM,
    }],
);
/// Records of one GetRecords answer.
pub(super) const ANSWER_RECORDS: Figure = published(
    "get_records_count",
    "records",
    &[Dated {
        since: 201_311,
        value: 10_000,
        source: API,
    }],
);
/// Bytes of one GetRecords answer.
pub(super) const ANSWER_BYTES: Figure = published(
    "get_records_bytes",
    "B",
    &[Dated {
        since: 201_311,
        value: 10 << 20,
        source: API,
    }],
);
/// How long GetRecords is refused after a full answer.
pub(super) const FULL_PENALTY: Figure = published(
    "after_full_answer",
    "us",
    &[Dated {
        since: 201_311,
        value: 5_000_000,
        source: API,
    }],
);
/// How long GetRecords is refused after a read throttle.
pub(super) const READ_PENALTY: Figure = published(
    "after_read_throttle",
    "us",
    &[Dated {
        since: 201_311,
        value: 1_000_000,
        source: API,
    }],
);
/// How long an iterator can be used.
pub(super) const ITERATOR_LIFE: Figure = published(
    "iterator_life",
    "us",
    &[Dated {
        since: 201_311,
        value: 300_000_000,
        source: API,
    }],
);
/// How long a subscription lasts.
pub(super) const SUBSCRIPTION_LIFE: Figure = published(
    "subscription_life",
    "us",
    &[Dated {
        since: 201_808,
        value: 300_000_000,
        source: API,
    }],
);
/// The least time between two SubscribeToShard calls of one consumer for one shard.
pub(super) const SUBSCRIBE_AGAIN: Figure = published(
    "subscribe_again",
    "us",
    &[Dated {
        since: 201_808,
        value: 5_000_000,
        source: API,
    }],
);
/// Mean time from a record's arrival to its event, used as a constant.
pub(super) const PUSH_DELAY: Figure = published(
    "push_delay",
    "us",
    &[Dated {
        since: 201_808,
        value: 70_000,
        source: "KDS-efo, latency table, 2026-11-22",
    }],
);
/// Bytes a second of one subscription.
pub(super) const PUSH_BYTES: Figure = published(
    "push_bytes_per_shard_s",
    "B/s",
    &[Dated {
        since: 201_808,
        value: 2 << 20,
        source: "KDS-efo, 2026-11-22",
    }],
);
/// Registered consumers of one stream.
pub(super) const CONSUMERS: Figure = Figure {
    key: "registered_consumers",
    unit: "consumers",
    status: Status::Published,
    history: &[
        Dated {
            since: 201_808,
            value: 5,
            source: "service model of 2018, unverified",
        },
        Dated {
            since: 201_911,
            value: 20,
            source: LIM,
        },
    ],
};
/// UpdateShardCount calls in 24 hours.
pub(super) const UPDATES_A_DAY: Figure = published(
    "update_shard_count_day",
    "calls",
    &[Dated {
        since: 201_611,
        value: 10,
        source: API,
    }],
);
/// Changes between on-demand and provisioned mode in 24 hours.
pub(super) const SWITCHES_A_DAY: Figure = published(
    "mode_switches_day",
    "changes",
    &[Dated {
        since: 202_111,
        value: 2,
        source: LIM,
    }],
);
/// Writes that a new on-demand stream serves.
pub(super) const ON_DEMAND_NEW: Figure = published(
    "on_demand_new",
    "MiB/s",
    &[Dated {
        since: 202_111,
        value: 4,
        source: LIM,
    }],
);
/// The most writes that an on-demand stream serves (us-east-1).
pub(super) const ON_DEMAND_MOST: Figure = Figure {
    key: "on_demand_most",
    unit: "MiB/s",
    status: Status::Published,
    history: &[
        Dated {
            since: 202_111,
            value: 200,
            source: "KDS-lim-22, 2022-08",
        },
        Dated {
            since: 202_401,
            value: 10 << 10,
            source: LIM,
        },
    ],
};
/// Whether UpdateShardCount always ends in shards of equal size (1), or makes fewer on the way (0).
pub(super) const EVEN_SHARDS: Figure = Figure {
    key: "even_shards",
    unit: "",
    status: Status::Unverified,
    history: &[
        Dated {
            since: 201_611,
            value: 0,
            source: "suites of moto and kinesis-mock, 2021, read 2026-11-22",
        },
        Dated {
            since: 202_305,
            value: 1,
            source: "API-kin, ScalingType; 4 to 3 as seen in risingwave #9961, 2023-05",
        },
    ],
};
/// How long a stream that is made during a run is CREATING.
pub(super) const CREATE_TIME: Figure = Figure {
    key: "creating_time",
    unit: "us",
    status: Status::Illustrative,
    history: &[Dated {
        since: 201_311,
        value: 10_000_000,
        source: "own",
    }],
};
/// How long a stream is UPDATING.
pub(super) const RESHARD_TIME: Figure = Figure {
    key: "resharding_time",
    unit: "us",
    status: Status::Illustrative,
    history: &[Dated {
        since: 201_311,
        value: 30_000_000,
        source: "own",
    }],
};
/// Shards of one account (us-east-1).
pub(super) const SHARD_QUOTA: Figure = Figure {
    key: "shard_quota",
    unit: "shards",
    status: Status::Published,
    history: &[
        Dated {
            since: 201_311,
            value: 500,
            source: "KDS-lim-22, 2022-08",
        },
        Dated {
            since: 202_401,
            value: 20_000,
            source: LIM,
        },
    ],
};

/// All figures of the service.
pub(super) const ALL: &[&Figure] = &[
    &WRITE_RECORDS,
    &WRITE_BYTES,
    &LARGE_BURST,
    &ORDINARY_RECORD,
    &RECORD_LARGEST,
    &OVERSIZED_ALONE,
    &CALL_RECORDS,
    &CALL_BYTES,
    &KEY_CHARS,
    &READ_CALLS,
    &ITERATOR_CALLS,
    &READ_BYTES,
    &ANSWER_RECORDS,
    &ANSWER_BYTES,
    &FULL_PENALTY,
    &READ_PENALTY,
    &ITERATOR_LIFE,
    &SUBSCRIPTION_LIFE,
    &SUBSCRIBE_AGAIN,
    &PUSH_DELAY,
    &PUSH_BYTES,
    &CONSUMERS,
    &UPDATES_A_DAY,
    &SWITCHES_A_DAY,
    &ON_DEMAND_NEW,
    &ON_DEMAND_MOST,
    &EVEN_SHARDS,
    &CREATE_TIME,
    &RESHARD_TIME,
    &SHARD_QUOTA,
];

const LIST: &str = "P-list, us-east-1, 2026-11-22";

/// An open shard for an hour.
pub(super) const SHARD_HOUR: Price = Price {
    key: "shard_hour",
    unit: "shard-hour",
    nano_usd: 15_000_000,
    status: Status::Published,
    source: LIST,
};
/// A PUT payload unit: each started 25 KB of a record's payload.
pub(super) const PUT_UNIT: Price = Price {
    key: "put_payload_unit",
    unit: "PUT payload unit",
    nano_usd: 14,
    status: Status::Published,
    source: LIST,
};
/// A registered consumer for an hour on one shard.
pub(super) const CONSUMER_SHARD_HOUR: Price = Price {
    key: "consumer_shard_hour",
    unit: "consumer-shard-hour",
    nano_usd: 15_000_000,
    status: Status::Published,
    source: LIST,
};
/// What registered consumers were sent.
pub(super) const CONSUMER_GB: Price = Price {
    key: "consumer_gb",
    unit: "GB",
    nano_usd: 13_000_000,
    status: Status::Published,
    source: LIST,
};
/// Retention beyond 24 hours, per shard and hour; AWS's price for the second to the seventh day.
pub(super) const EXTENDED_HOUR: Price = Price {
    key: "extended_retention_hour",
    unit: "shard-hour",
    nano_usd: 20_000_000,
    status: Status::Unverified,
    source: "general knowledge, 2026-11",
};
/// What lies in the stream for more than seven days, on top of the shard-hours of the retention;
/// what reading it costs is not published where we looked, and is left out.
pub(super) const LONG_TERM_MONTH: Price = Price {
    key: "long_term_retention_gb_month",
    unit: "GB-month",
    nano_usd: 23_000_000,
    status: Status::Published,
    source: LIST,
};

/// All prices of the service.
pub(super) const PRICES: &[&Price] = &[
    &SHARD_HOUR,
    &PUT_UNIT,
    &CONSUMER_SHARD_HOUR,
    &CONSUMER_GB,
    &EXTENDED_HOUR,
    &LONG_TERM_MONTH,
];

/// Bytes of one PUT payload unit (aws-facts 1.6).
pub(super) const UNIT_BYTES: u64 = 25 << 10;
