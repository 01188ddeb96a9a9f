//! The stream as code: AWS CLI and boto3.

use super::{Config, RETENTION_MIN};
use crate::base::time::HOUR;
use crate::services::contract::{Lang, Wiring};
use std::fmt::Write as _;

/// Code that makes the stream as it is set.
pub(super) fn of(config: &Config, wiring: &Wiring, lang: Lang) -> String {
    match lang {
        Lang::Cli => cli(config, wiring),
        Lang::Python => python(config, wiring),
    }
}

fn consumers(wiring: &Wiring) -> impl Iterator<Item = &str> {
    wiring
        .outs
        .iter()
        .filter(|(kind, _, _)| kind == "push")
        .map(|(_, node, _)| node.as_str())
}

fn cli(config: &Config, wiring: &Wiring) -> String {
    let (name, shards) = (&wiring.id, config.shards);
    let mut text = format!(
        "aws kinesis create-stream --stream-name {name} --shard-count {shards} \\\n  \
         --stream-mode-details StreamMode=PROVISIONED"
    );
    if config.max_record_kib != super::RECORD_KIB_MIN {
        let _ = write!(
            text,
            " \\\n  --max-record-size-in-kib {}",
            config.max_record_kib
        );
    }
    let _ = write!(
        text,
        "\naws kinesis wait stream-exists --stream-name {name}\n"
    );
    if config.retention > RETENTION_MIN {
        let hours = config.retention / HOUR;
        let _ = write!(
            text,
            "aws kinesis increase-stream-retention-period --stream-name {name} \\\n  \
             --retention-period-hours {hours}\n"
        );
    }
    for consumer in consumers(wiring) {
        let _ = write!(
            text,
            "aws kinesis register-stream-consumer --consumer-name {consumer} \\\n  \
             --stream-arn $(aws kinesis describe-stream-summary --stream-name {name} \\\n    \
             --query StreamDescriptionSummary.StreamARN --output text)\n"
        );
    }
    text
}

fn python(config: &Config, wiring: &Wiring) -> String {
    let (name, shards) = (&wiring.id, config.shards);
    let mut text = format!(
        "import boto3\n\nkinesis = boto3.client(\"kinesis\")\nname = \"{name}\"\n\
         kinesis.create_stream(\n    StreamName=name,\n    ShardCount={shards},\n    \
         StreamModeDetails={{\"StreamMode\": \"PROVISIONED\"}},\n"
    );
    if config.max_record_kib != super::RECORD_KIB_MIN {
        let _ = writeln!(text, "    MaxRecordSizeInKiB={},", config.max_record_kib);
    }
    text.push_str(")\nkinesis.get_waiter(\"stream_exists\").wait(StreamName=name)\n");
    if config.retention > RETENTION_MIN {
        let hours = config.retention / HOUR;
        let _ = write!(
            text,
            "kinesis.increase_stream_retention_period(\n    StreamName=name, \
             RetentionPeriodHours={hours}\n)\n"
        );
    }
    if consumers(wiring).next().is_some() {
        text.push_str(
            "summary = kinesis.describe_stream_summary(StreamName=name)\n\
             arn = summary[\"StreamDescriptionSummary\"][\"StreamARN\"]\n",
        );
    }
    for consumer in consumers(wiring) {
        let _ = writeln!(
            text,
            "kinesis.register_stream_consumer(StreamARN=arn, ConsumerName=\"{consumer}\")"
        );
    }
    text
}
