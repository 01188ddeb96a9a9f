//! The mapping as code: AWS CLI and boto3.

use super::Config;
use crate::services::contract::{Ends, Lang};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Code that makes the mapping as it is set.
pub(super) fn of(config: &Config, ends: &Ends, lang: Lang) -> String {
    match lang {
        Lang::Cli => cli(config, ends),
        Lang::Python => python(config, ends),
    }
}

fn cli(config: &Config, ends: &Ends) -> String {
    let (queue, function) = (&ends.from.0, &ends.to.0);
    let mut text = format!(
        "url=$(aws sqs get-queue-url --queue-name {queue} --query QueueUrl --output text)\n\
         arn=$(aws sqs get-queue-attributes --queue-url $url \\\n  \
         --attribute-names QueueArn --query Attributes.QueueArn --output text)\n\
         aws lambda create-event-source-mapping --function-name {function} \\\n  \
         --event-source-arn $arn --batch-size {} \\\n  \
         --maximum-batching-window-in-seconds {}",
        config.batch_size, config.window
    );
    if let Some(most) = config.max_concurrency {
        let _ = write!(text, " \\\n  --scaling-config MaximumConcurrency={most}");
    }
    if !config.filter.trim().is_empty() {
        let _ = write!(text, " \\\n  --filter-criteria '{}'", criteria(config));
    }
    if config.report {
        text.push_str(" \\\n  --function-response-types ReportBatchItemFailures");
    }
    if !config.enabled {
        text.push_str(" --no-enabled");
    }
    text.push('\n');
    text
}

fn python(config: &Config, ends: &Ends) -> String {
    let (queue, function) = (&ends.from.0, &ends.to.0);
    let mut text = format!(
        "import boto3\n\nsqs = boto3.client(\"sqs\")\n\
         url = sqs.get_queue_url(QueueName=\"{queue}\")[\"QueueUrl\"]\n\
         queue = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[\"QueueArn\"])\n\
         boto3.client(\"lambda\").create_event_source_mapping(\n    \
         FunctionName=\"{function}\",\n    \
         EventSourceArn=queue[\"Attributes\"][\"QueueArn\"],\n    \
         BatchSize={},\n    MaximumBatchingWindowInSeconds={},\n",
        config.batch_size, config.window
    );
    if let Some(most) = config.max_concurrency {
        let _ = writeln!(
            text,
            "    ScalingConfig={{\"MaximumConcurrency\": {most}}},"
        );
    }
    if !config.filter.trim().is_empty() {
        let _ = writeln!(text, "    FilterCriteria={},", criteria(config));
    }
    if config.report {
        text.push_str("    FunctionResponseTypes=[\"ReportBatchItemFailures\"],\n");
    }
    if !config.enabled {
        text.push_str("    Enabled=False,\n");
    }
    text.push_str(")\n");
    text
}

/// FilterCriteria: each pattern as a text of JSON.
fn criteria(config: &Config) -> Value {
    let patterns = match serde_json::from_str(&config.filter) {
        Ok(Value::Array(list)) => list,
        Ok(one) => vec![one],
        Err(_) => Vec::new(),
    };
    let text = |pattern: &Value| json!({ "Pattern": pattern.to_string() });
    json!({ "Filters": patterns.iter().map(text).collect::<Vec<_>>() })
}
