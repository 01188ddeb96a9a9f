//! The table as code: AWS CLI and boto3.

use super::capacity::Mode;
use super::settings::{Config, ItemOf};
use super::stream::View;
use crate::services::contract::{Lang, Wiring};
use std::fmt::Write as _;

/// Code that makes the table as it is set.
pub(super) fn of(config: &Config, wiring: &Wiring, lang: Lang) -> String {
    match lang {
        Lang::Cli => cli(config, &wiring.id),
        Lang::Python => python(config, &wiring.id),
    }
}

/// The attribute that is the partition key.
fn key(of: ItemOf) -> &'static str {
    match of {
        ItemOf::Record => "event_id",
        ItemOf::Key => "key",
        ItemOf::Product => "product_id",
        ItemOf::Account => "account_id",
    }
}

/// The attributes that are keys of table or index.
fn attributes(config: &Config) -> Vec<&'static str> {
    let mut all = vec![key(config.item)];
    all.extend(config.index.map(key).filter(|index| *index != all[0]));
    all
}

/// Name and value of the throughput that a mode has, in the words of the API.
fn throughput(config: &Config) -> Option<(&'static str, [(&'static str, u32); 2])> {
    match config.mode {
        Mode::Provisioned => Some((
            "ProvisionedThroughput",
            [
                ("ReadCapacityUnits", config.rcu),
                ("WriteCapacityUnits", config.wcu),
            ],
        )),
        Mode::OnDemand if config.max_write > 0 || config.max_read > 0 => Some((
            "OnDemandThroughput",
            [
                ("MaxReadRequestUnits", config.max_read),
                ("MaxWriteRequestUnits", config.max_write),
            ],
        )),
        Mode::OnDemand => None,
    }
}

fn warm(config: &Config) -> bool {
    config.mode == Mode::OnDemand && (config.warm_write > 4_000 || config.warm_read > 12_000)
}

fn billing(config: &Config) -> &'static str {
    match config.mode {
        Mode::Provisioned => "PROVISIONED",
        Mode::OnDemand => "PAY_PER_REQUEST",
    }
}

fn cli(config: &Config, name: &str) -> String {
    let mut text =
        format!("aws dynamodb create-table --table-name {name} \\\n  --attribute-definitions");
    for attribute in attributes(config) {
        let _ = write!(text, " AttributeName={attribute},AttributeType=S");
    }
    let _ = write!(
        text,
        " \\\n  --key-schema AttributeName={},KeyType=HASH \\\n  --billing-mode {}",
        key(config.item),
        billing(config)
    );
    if let Some((kind, values)) = throughput(config) {
        let option = if kind == "ProvisionedThroughput" {
            "--provisioned-throughput"
        } else {
            "--on-demand-throughput"
        };
        let values = values.iter().filter(|(_, n)| *n > 0);
        let values: Vec<String> = values.map(|(key, n)| format!("{key}={n}")).collect();
        let _ = write!(text, " \\\n  {option} {}", values.join(","));
    }
    if warm(config) {
        let _ = write!(
            text,
            " \\\n  --warm-throughput ReadUnitsPerSecond={},WriteUnitsPerSecond={}",
            config.warm_read, config.warm_write
        );
    }
    if let Some(index) = config.index {
        let _ = write!(
            text,
            " \\\n  --global-secondary-indexes '[{{\"IndexName\": \"by-{0}\", \"KeySchema\": \
             [{{\"AttributeName\": \"{0}\", \"KeyType\": \"HASH\"}}], \"Projection\": \
             {{\"ProjectionType\": \"{1}\"}}{2}}}]'",
            key(index),
            projection(config),
            index_throughput(config)
        );
    }
    if config.view != View::Off {
        let view = config.view.word();
        let _ = write!(
            text,
            " \\\n  --stream-specification StreamEnabled=true,StreamViewType={view}"
        );
    }
    let _ = writeln!(text, "\naws dynamodb wait table-exists --table-name {name}");
    text
}

fn projection(config: &Config) -> &'static str {
    if config.index_bytes == 0 {
        "ALL"
    } else {
        "KEYS_ONLY"
    }
}

fn index_throughput(config: &Config) -> String {
    match config.mode {
        Mode::OnDemand => String::new(),
        Mode::Provisioned => format!(
            ", \"ProvisionedThroughput\": {{\"ReadCapacityUnits\": {}, \"WriteCapacityUnits\": {}}}",
            config.rcu, config.index_wcu
        ),
    }
}

fn python(config: &Config, name: &str) -> String {
    let mut text = format!(
        "import boto3\n\ndynamodb = boto3.client(\"dynamodb\")\nname = \"{name}\"\n\
         dynamodb.create_table(\n    TableName=name,\n    AttributeDefinitions=[\n"
    );
    for attribute in attributes(config) {
        let _ = writeln!(
            text,
            "        {{\"AttributeName\": \"{attribute}\", \"AttributeType\": \"S\"}},"
        );
    }
    let _ = write!(
        text,
        "    ],\n    KeySchema=[{{\"AttributeName\": \"{}\", \"KeyType\": \"HASH\"}}],\n    \
         BillingMode=\"{}\",\n",
        key(config.item),
        billing(config)
    );
    if let Some((kind, values)) = throughput(config) {
        let values = values.iter().filter(|(_, n)| *n > 0);
        let values: Vec<String> = values.map(|(key, n)| format!("\"{key}\": {n}")).collect();
        let _ = writeln!(text, "    {kind}={{{}}},", values.join(", "));
    }
    if warm(config) {
        let _ = writeln!(
            text,
            "    WarmThroughput={{\"ReadUnitsPerSecond\": {}, \"WriteUnitsPerSecond\": {}}},",
            config.warm_read, config.warm_write
        );
    }
    if let Some(index) = config.index {
        let _ = writeln!(
            text,
            "    GlobalSecondaryIndexes=[{{\n        \"IndexName\": \"by-{0}\",\n        \
             \"KeySchema\": [{{\"AttributeName\": \"{0}\", \"KeyType\": \"HASH\"}}],\n        \
             \"Projection\": {{\"ProjectionType\": \"{1}\"}}{2},\n    }}],",
            key(index),
            projection(config),
            index_throughput(config)
        );
    }
    if config.view != View::Off {
        let _ = writeln!(
            text,
            "    StreamSpecification={{\"StreamEnabled\": True, \"StreamViewType\": \"{}\"}},",
            config.view.word()
        );
    }
    text.push_str(")\ndynamodb.get_waiter(\"table_exists\").wait(TableName=name)\n");
    text
}
