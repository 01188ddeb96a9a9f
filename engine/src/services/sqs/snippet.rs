//! The queue as code: AWS CLI and boto3.

use super::{Config, SCOPES, THROUGHPUTS};
use crate::base::time::SECOND;
use crate::services::contract::{Lang, Wiring};
use std::fmt::Write as _;

/// Code that makes the queue as it is set.
pub(super) fn of(config: &Config, wiring: &Wiring, lang: Lang) -> String {
    let name = queue_name(config, &wiring.id);
    let attributes = attributes(config);
    match lang {
        Lang::Cli => cli(&name, &attributes),
        Lang::Python => python(&name, &attributes),
    }
}

/// The name of a FIFO queue ends in `.fifo`.
fn queue_name(config: &Config, id: &str) -> String {
    let end = if config.fifo && !id.ends_with(".fifo") {
        ".fifo"
    } else {
        ""
    };
    format!("{id}{end}")
}

/// Attributes that CreateQueue is given, all as text.
fn attributes(config: &Config) -> Vec<(&'static str, String)> {
    let seconds = |us: u64| (us / SECOND).to_string();
    let mut all = vec![
        ("VisibilityTimeout", seconds(config.visibility)),
        ("MessageRetentionPeriod", seconds(config.retention)),
        ("DelaySeconds", seconds(config.delay)),
        ("ReceiveMessageWaitTimeSeconds", seconds(config.wait)),
        ("MaximumMessageSize", config.max_bytes.to_string()),
    ];
    if config.fifo {
        all.push(("FifoQueue", "true".to_owned()));
        all.push((
            "ContentBasedDeduplication",
            config.content_dedup.to_string(),
        ));
        let scope = SCOPES[usize::from(config.dedup_per_group)];
        all.push(("DeduplicationScope", scope.to_owned()));
        let limit = THROUGHPUTS[usize::from(config.limit_per_group)];
        all.push(("FifoThroughputLimit", limit.to_owned()));
    }
    all
}

fn cli(name: &str, attributes: &[(&'static str, String)]) -> String {
    let pairs: Vec<String> = attributes
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    format!(
        "aws sqs create-queue --queue-name {name} \\\n  --attributes {}\n",
        pairs.join(",")
    )
}

fn python(name: &str, attributes: &[(&'static str, String)]) -> String {
    let mut text = format!(
        "import boto3\n\nsqs = boto3.client(\"sqs\")\nqueue = sqs.create_queue(\n    \
         QueueName=\"{name}\",\n    Attributes={{\n"
    );
    for (key, value) in attributes {
        let _ = writeln!(text, "        \"{key}\": \"{value}\",");
    }
    text.push_str("    },\n)\nurl = queue[\"QueueUrl\"]\n");
    text
}
