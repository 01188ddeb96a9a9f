//! Redrive: a queue moves messages that were received too often to its dead-letter queue.
//!
//! The policy of the queue (RedrivePolicy) stands here: after how many receives. What goes over
//! the wire has left its way, so nobody is owed it there.

use crate::catalog::{Change, Field, Kind, Value, WireEntry};
use crate::services::contract::{Ends, Lang, Link, Problem};
use crate::services::cx::Cx;

/// What is kept on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// maxReceiveCount: a message that was received so often moves at the next receive.
    pub max_receive_count: u32,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            max_receive_count: 10,
        }
    }
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Redrive;

impl Link for Redrive {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "redrive",
        pulled: false,
        active: false,
        aside: true,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[Field {
        key: "max_receive_count",
        kind: Kind::Int { min: 1, max: 1_000 },
        unit: "receives",
        change: Change::Live,
        source: "API-sqs, RedrivePolicy, 2026-11-22",
        shown: |_| true,
        get: |c| Value::Int(i64::from(c.max_receive_count)),
        set: |c, v| {
            v.uint()
                .map(|n| c.max_receive_count = u32::try_from(n).unwrap_or(1_000))
        },
    }];

    fn start(_config: &Config, _cx: &mut Cx<'_, '_>) -> Self {
        Self
    }

    fn check(_config: &Config, ends: &Ends, out: &mut Vec<Problem>) {
        let mut tell = |fatal: bool, text: String| {
            out.push(Problem {
                at: ends.id.clone(),
                field: String::new(),
                text,
                fatal,
            });
        };
        let (from, to) = (&ends.from.0, &ends.to.0);
        let fifo = |value: Option<&Value>| matches!(value, Some(Value::Flag(true)));
        if fifo(ends.from_value("fifo")) != fifo(ends.to_value("fifo")) {
            tell(
                true,
                format!(
                    "The dead-letter queue of a FIFO queue is a FIFO queue, that of a standard \
                     queue a standard one: make {from} and {to} of one type."
                ),
            );
        }
        if let (Some(Value::Int(own)), Some(Value::Int(dead))) =
            (ends.from_value("retention"), ends.to_value("retention"))
            && !fifo(ends.from_value("fifo"))
            && dead <= own
        {
            tell(
                false,
                format!(
                    "A message keeps its time of sending when it moves: give {to} a longer \
                     retention than {from}, or dead letters end before anybody looks at them."
                ),
            );
        }
    }

    fn snippet(config: &Config, ends: &Ends, lang: Lang) -> Option<String> {
        let (from, to, n) = (&ends.from.0, &ends.to.0, config.max_receive_count);
        Some(match lang {
            Lang::Cli => format!(
                "dlq=$(aws sqs get-queue-url --queue-name {to} --query QueueUrl --output text)\n\
                 arn=$(aws sqs get-queue-attributes --queue-url $dlq \\\n  \
                 --attribute-names QueueArn --query Attributes.QueueArn --output text)\n\
                 url=$(aws sqs get-queue-url --queue-name {from} --query QueueUrl --output text)\n\
                 cat > redrive.json <<EOF\n\
                 {{\"RedrivePolicy\": \"{{\\\"deadLetterTargetArn\\\": \\\"$arn\\\", \
                 \\\"maxReceiveCount\\\": \\\"{n}\\\"}}\"}}\nEOF\n\
                 aws sqs set-queue-attributes --queue-url $url --attributes file://redrive.json\n"
            ),
            Lang::Python => format!(
                "import json\n\nimport boto3\n\nsqs = boto3.client(\"sqs\")\n\
                 dlq = sqs.get_queue_url(QueueName=\"{to}\")[\"QueueUrl\"]\n\
                 attributes = sqs.get_queue_attributes(QueueUrl=dlq, AttributeNames=[\"QueueArn\"])\n\
                 policy = {{\n    \"deadLetterTargetArn\": attributes[\"Attributes\"][\"QueueArn\"],\n    \
                 \"maxReceiveCount\": \"{n}\",\n}}\n\
                 sqs.set_queue_attributes(\n    \
                 QueueUrl=sqs.get_queue_url(QueueName=\"{from}\")[\"QueueUrl\"],\n    \
                 Attributes={{\"RedrivePolicy\": json.dumps(policy)}},\n)\n"
            ),
        })
    }
}
