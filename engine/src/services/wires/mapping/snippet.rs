//! The mapping as code: create-event-source-mapping.

use super::super::start::StartKind;
use super::config::Config;
use crate::base::time::SECOND;
use crate::services::contract::{Ends, Lang};
use serde_json::Value;
use std::fmt::Write as _;

/// Code that makes the mapping as it is set.
pub(super) fn of(config: &Config, ends: &Ends, lang: Lang) -> String {
    match lang {
        Lang::Cli => cli(config, ends),
        Lang::Python => python(config, ends),
    }
}

/// The patterns of the filter, each as JSON.
fn patterns(config: &Config) -> Vec<String> {
    match serde_json::from_str::<Value>(&config.filter) {
        Ok(Value::Array(list)) => list.iter().map(Value::to_string).collect(),
        Ok(one) => vec![one.to_string()],
        Err(_) => Vec::new(),
    }
}

/// Settings that are whole numbers: the CLI's word, boto3's word, the value, the usual value.
fn numbers(config: &Config) -> [(&'static str, &'static str, i64, i64); 5] {
    let most = |value: Option<u32>| value.map_or(-1, i64::from);
    [
        (
            "maximum-batching-window-in-seconds",
            "MaximumBatchingWindowInSeconds",
            i64::from(config.window),
            0,
        ),
        (
            "parallelization-factor",
            "ParallelizationFactor",
            i64::from(config.parallelization),
            1,
        ),
        (
            "maximum-retry-attempts",
            "MaximumRetryAttempts",
            most(config.max_retries),
            -1,
        ),
        (
            "maximum-record-age-in-seconds",
            "MaximumRecordAgeInSeconds",
            most(config.max_age),
            -1,
        ),
        (
            "tumbling-window-in-seconds",
            "TumblingWindowInSeconds",
            i64::from(config.tumbling),
            0,
        ),
    ]
}

fn cli(config: &Config, ends: &Ends) -> String {
    let (stream, function) = (&ends.from.0, &ends.to.0);
    let arn = if config.efo {
        format!(
            "arn=$(aws kinesis register-stream-consumer --consumer-name {function} \\\n  \
             --stream-arn \"$(aws kinesis describe-stream-summary --stream-name {stream} \\\n    \
             --query StreamDescriptionSummary.StreamARN --output text)\" \\\n  \
             --query Consumer.ConsumerARN --output text)\n"
        )
    } else {
        format!(
            "arn=$(aws kinesis describe-stream-summary --stream-name {stream} \\\n  \
             --query StreamDescriptionSummary.StreamARN --output text)\n"
        )
    };
    let mut text = format!(
        "{arn}aws lambda create-event-source-mapping --function-name {function} \\\n  \
         --event-source-arn \"$arn\" --starting-position {}",
        config.start.word()
    );
    let mut add = |words: String| {
        let _ = write!(text, " \\\n  {words}");
    };
    if config.start == StartKind::AtTimestamp {
        add(format!(
            "--starting-position-timestamp $((START + {}))",
            config.timestamp / SECOND
        ));
    }
    add(format!("--batch-size {}", config.batch_size));
    for (name, _, value, usual) in numbers(config) {
        if value != usual {
            add(format!("--{name} {value}"));
        }
    }
    if config.bisect {
        add("--bisect-batch-on-function-error".to_owned());
    }
    if config.report {
        add("--function-response-types ReportBatchItemFailures".to_owned());
    }
    if !config.enabled {
        add("--no-enabled".to_owned());
    }
    let filters: Vec<Value> = patterns(config)
        .into_iter()
        .map(|pattern| serde_json::json!({ "Pattern": pattern }))
        .collect();
    if !filters.is_empty() {
        let criteria = serde_json::json!({ "Filters": filters });
        add(format!("--filter-criteria '{criteria}'"));
    }
    text.push_str(
        "\n# a destination for what is given up:\n#   --destination-config \
         '{\"OnFailure\":{\"Destination\":\"<ARN of a queue, topic or bucket>\"}}'\n",
    );
    text
}

fn python(config: &Config, ends: &Ends) -> String {
    let (stream, function) = (&ends.from.0, &ends.to.0);
    let mut text = format!(
        "import boto3\n\nkinesis = boto3.client(\"kinesis\")\nsummary = kinesis.describe_stream_summary(\
         StreamName=\"{stream}\")\narn = summary[\"StreamDescriptionSummary\"][\"StreamARN\"]\n"
    );
    if config.efo {
        let _ = writeln!(
            text,
            "consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=\"{function}\")\n\
             arn = consumer[\"Consumer\"][\"ConsumerARN\"]"
        );
    }
    let _ = write!(
        text,
        "boto3.client(\"lambda\").create_event_source_mapping(\n    FunctionName=\"{function}\",\n    \
         EventSourceArn=arn,\n    StartingPosition=\"{}\",\n",
        config.start.word()
    );
    if config.start == StartKind::AtTimestamp {
        let after = config.timestamp / SECOND;
        let _ = writeln!(text, "    StartingPositionTimestamp=start + {after},");
    }
    let _ = writeln!(text, "    BatchSize={},", config.batch_size);
    for (_, name, value, usual) in numbers(config) {
        if value != usual {
            let _ = writeln!(text, "    {name}={value},");
        }
    }
    if config.bisect {
        text.push_str("    BisectBatchOnFunctionError=True,\n");
    }
    if config.report {
        text.push_str("    FunctionResponseTypes=[\"ReportBatchItemFailures\"],\n");
    }
    if !config.enabled {
        text.push_str("    Enabled=False,\n");
    }
    let patterns = patterns(config);
    if !patterns.is_empty() {
        let list: Vec<String> = patterns
            .iter()
            .map(|p| format!("{{\"Pattern\": r'''{p}'''}}"))
            .collect();
        let _ = writeln!(
            text,
            "    FilterCriteria={{\"Filters\": [{}]}},",
            list.join(", ")
        );
    }
    text.push_str(
        "    # DestinationConfig={\"OnFailure\": {\"Destination\": \"<ARN of a queue, topic or bucket>\"}},\n)\n",
    );
    text
}
