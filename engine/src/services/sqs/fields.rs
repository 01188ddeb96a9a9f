//! The settings of a queue, described and checked.

use super::{Config, SCOPES, THROUGHPUTS};
use crate::base::time::{DAY, HOUR, MINUTE, SECOND};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::contract::{Problem, Wiring};

/// The fields.
pub(super) const FIELDS: &[Field<Config>] = &[
    Field {
        key: "fifo",
        kind: Kind::Flag,
        unit: "",
        change: Change::Restart,
        source: "API-sqs, CreateQueue, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Flag(c.fifo),
        set: |c, v| v.flag().map(|on| c.fifo = on),
    },
    Field {
        key: "visibility_timeout",
        kind: Kind::Span {
            min: 0,
            max: 12 * HOUR,
        },
        unit: "",
        change: Change::Live,
        source: "API-sqs, SetQueueAttributes, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.visibility as i64),
        set: |c, v| v.uint().map(|us| c.visibility = us),
    },
    Field {
        key: "retention",
        kind: Kind::Span {
            min: MINUTE,
            max: 14 * DAY,
        },
        unit: "",
        change: Change::Live,
        source: "API-sqs, SetQueueAttributes, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.retention as i64),
        set: |c, v| v.uint().map(|us| c.retention = us),
    },
    Field {
        key: "delay",
        kind: Kind::Span {
            min: 0,
            max: 15 * MINUTE,
        },
        unit: "",
        change: Change::Live,
        source: "API-sqs, SetQueueAttributes, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.delay as i64),
        set: |c, v| v.uint().map(|us| c.delay = us),
    },
    Field {
        key: "receive_wait",
        kind: Kind::Span {
            min: 0,
            max: 20 * SECOND,
        },
        unit: "",
        change: Change::Live,
        source: "API-sqs, SetQueueAttributes, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(c.wait as i64),
        set: |c, v| v.uint().map(|us| c.wait = us),
    },
    Field {
        key: "max_message_size",
        kind: Kind::Int {
            min: 1_024,
            max: 1 << 20,
        },
        unit: "B",
        change: Change::Live,
        source: "SQS-q, quotas-messages, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.max_bytes)),
        set: |c, v| {
            v.uint()
                .map(|n| c.max_bytes = u32::try_from(n).unwrap_or(1 << 20))
        },
    },
    Field {
        key: "content_dedup",
        kind: Kind::Flag,
        unit: "",
        change: Change::Live,
        source: "API-sqs, ContentBasedDeduplication, 2026-11-22",
        shown: |c| c.fifo,
        get: |c| Value::Flag(c.content_dedup),
        set: |c, v| v.flag().map(|on| c.content_dedup = on),
    },
    Field {
        key: "dedup_scope",
        kind: Kind::Choice(SCOPES),
        unit: "",
        change: Change::Live,
        source: "API-sqs, DeduplicationScope, 2026-11-22",
        shown: |c| c.fifo,
        get: |c| Value::Text(SCOPES[usize::from(c.dedup_per_group)].to_owned()),
        set: |c, v| v.text().map(|word| c.dedup_per_group = word == SCOPES[1]),
    },
    Field {
        key: "throughput_limit",
        kind: Kind::Choice(THROUGHPUTS),
        unit: "",
        change: Change::Live,
        source: "API-sqs, FifoThroughputLimit, 2026-11-22",
        shown: |c| c.fifo,
        get: |c| Value::Text(THROUGHPUTS[usize::from(c.limit_per_group)].to_owned()),
        set: |c, v| {
            v.text()
                .map(|word| c.limit_per_group = word == THROUGHPUTS[1])
        },
    },
];

/// Whether these settings may stand together.
pub(super) fn admit(config: &Config) -> Result<(), String> {
    if config.fifo && config.limit_per_group && !config.dedup_per_group {
        return Err(
            "FifoThroughputLimit perMessageGroupId needs DeduplicationScope messageGroup (API-sqs)."
                .to_owned(),
        );
    }
    Ok(())
}

/// Problems that no single field shows.
pub(super) fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut tell = |field: &str, fatal: bool, text: String| {
        out.push(Problem {
            at: wiring.id.clone(),
            field: field.to_owned(),
            text,
            fatal,
        });
    };
    if let Err(text) = admit(config) {
        tell("throughput_limit", true, text);
    }
    let dead_letters = wiring.ins.iter().any(|(kind, _, _)| kind == "redrive");
    let sent_to = wiring.ins.iter().any(|(kind, _, _)| kind != "redrive");
    if wiring.ins.is_empty() {
        let text = "Nobody sends to this queue: connect a source or a function to it.";
        tell("", false, text.to_owned());
    }
    let read = wiring.outs.iter().any(|(kind, _, _)| kind != "redrive");
    if !read && sent_to && !dead_letters {
        let text = "Nobody receives from this queue: its messages are kept until their retention \
                    ends.";
        tell("", false, text.to_owned());
    }
    let buried = wiring.outs.iter().any(|(kind, _, _)| kind == "redrive");
    if read && !buried {
        let text = "The queue has no dead-letter queue: a message that always fails comes back \
                    until its retention ends. Draw a redrive wire to a second queue.";
        tell("", false, text.to_owned());
    }
}
