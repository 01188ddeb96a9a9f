//! The engine against tables of cases that others wrote.
//!
//! A table is a file of `{"topic", "schema", "sources", "cases"}`. Each topic has one file here and one
//! line in [`TOPICS`]. A runner reads a case field by field ([`value::Node`]) and either tells it to the
//! engine and compares what comes out, or says why it cannot be told. Cases with records, times or
//! scripts go through the whole engine on a bench ([`crate::services::rig`]); cases of one rule call the
//! function that the services call, with the random draw given.
//!
//! What is not understood never passes: a field of `in` that nobody read, a field of `expected` that
//! nobody compared, a kind or a topic without a runner all make a case *not expressible*, with the
//! reason. Where a row contradicts the facts the model is built on, it stands in [`known`]; one that
//! comes out right after all fails, so that the list stays true.
//!
//! # To add a topic
//!
//! 1. `cases/<topic>.rs` with `pub(super) fn run(case: &Case<'_>) -> Told`;
//! 2. `mod <topic>;` and one line in [`TOPICS`].

mod dynamodb_capacity;
mod kinesis_iterators;
mod kinesis_limits;
mod kinesis_resharding;
mod kinesis_routing;
mod known;
mod lambda_esm;
mod lambda_esm_kinesis;
mod lambda_esm_sqs;
mod percentiles;
mod queue;
mod queueing_theory;
mod report;
mod retries_backoff;
mod shard_sizing;
mod sqs;
mod stream;
mod value;

pub use known::Disagreement;
pub use report::{Counts, Report, TableReport, form, scoreboard};
pub use value::{Case, Inexpressible, Node, Told};

use serde_json::Value as Json;
use std::collections::BTreeMap;

/// How the cases of a topic are told to the engine.
#[derive(Clone, Copy, Debug)]
enum Topic {
    /// One by one.
    Each(fn(&Case<'_>) -> Told),
    /// All of a table together: where intervals depend on how many comparisons are made.
    Whole(fn(&[Case<'_>]) -> Vec<Told>),
}

/// All topics that have a runner, one line each, by name.
const TOPICS: &[(&str, Topic)] = &[
    ("dynamodb-capacity", Topic::Each(dynamodb_capacity::run)),
    ("kinesis-iterators", Topic::Each(kinesis_iterators::run)),
    ("kinesis-limits", Topic::Each(kinesis_limits::run)),
    ("kinesis-resharding", Topic::Each(kinesis_resharding::run)),
    ("kinesis-routing", Topic::Each(kinesis_routing::run)),
    ("lambda-esm-kinesis", Topic::Each(lambda_esm_kinesis::run)),
    ("lambda-esm-sqs", Topic::Each(lambda_esm_sqs::run)),
    ("percentiles", Topic::Each(percentiles::run)),
    ("queueing-theory", Topic::Whole(queueing_theory::run)),
    ("retries-backoff", Topic::Each(retries_backoff::run)),
    ("shard-sizing", Topic::Each(shard_sizing::run)),
    ("sqs", Topic::Each(sqs::run)),
];

/// What became of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// All that was expected came out.
    Passed,
    /// Something else came out: what.
    Failed(String),
    /// It cannot be told to the engine: why.
    NotExpressible(String),
    /// It fails as it must by the facts that the model is built on.
    Known(&'static Disagreement),
}

/// One case after its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Its name.
    pub id: String,
    /// Key of its source in the table.
    pub source: String,
    /// How far the source is to be trusted: R recorded from AWS, A written by AWS, T third party,
    /// F closed form, C computed, ? not said.
    pub trust: char,
    /// What became of it.
    pub verdict: Verdict,
}

/// Runs all tables, each a file's name and text.
#[must_use]
pub fn run(files: &[(String, String)]) -> Report {
    let mut report = Report::default();
    for (name, text) in files {
        match read(text) {
            Ok(table) => report.tables.push(run_table(&table)),
            Err(why) => report.unreadable.push((name.clone(), why)),
        }
    }
    report.tables.sort_by(|a, b| a.topic.cmp(&b.topic));
    report
}

fn read(text: &str) -> Result<Json, String> {
    let table: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    if !table["topic"].is_string() {
        return Err("no \"topic\"".to_owned());
    }
    if !table["cases"].is_array() {
        return Err("no list of \"cases\"".to_owned());
    }
    Ok(table)
}

fn run_table(table: &Json) -> TableReport {
    let name = table["topic"].as_str().unwrap_or_default();
    let topic = TOPICS.iter().find(|(known, _)| *known == name);
    run_with(table, topic.map(|(_, topic)| *topic), known::ALL)
}

/// Runs a table with the runner given; without one, no case of it can be told.
fn run_with(
    table: &Json,
    topic: Option<Topic>,
    disagreements: &'static [Disagreement],
) -> TableReport {
    let name = table["topic"].as_str().unwrap_or_default();
    let rows = table["cases"].as_array().map_or(&[][..], Vec::as_slice);
    let cases: Vec<Case<'_>> = rows.iter().map(Case::new).collect();
    let told: Vec<Told> = match topic {
        Some(Topic::Each(tell)) => cases.iter().map(tell).collect(),
        Some(Topic::Whole(tell)) => tell(&cases),
        None => {
            let why = "there is no runner for this topic yet".to_owned();
            vec![Err(Inexpressible(why)); cases.len()]
        }
    };
    assert_eq!(told.len(), cases.len(), "{name}: every case is told once");
    let trust = trust_of(table);
    let outcome = |((case, row), told): ((&Case<'_>, &Json), Told)| {
        let source = row["source"].as_str().unwrap_or_default();
        Outcome {
            id: case.id().to_owned(),
            source: source.to_owned(),
            trust: trust.get(source).copied().unwrap_or('?'),
            verdict: known::weigh(disagreements, name, case.id(), case.verdict(told)),
        }
    };
    TableReport {
        topic: name.to_owned(),
        outcomes: cases.iter().zip(rows).zip(told).map(outcome).collect(),
    }
}

/// The letter of each source.
fn trust_of(table: &Json) -> BTreeMap<&str, char> {
    let sources = table["sources"].as_array().map_or(&[][..], Vec::as_slice);
    let letter = |source: &Json| match source["trust"].as_str() {
        Some("recorded-from-aws") => 'R',
        Some("aws-authored") => 'A',
        Some("third-party") => 'T',
        Some("closed-form") => 'F',
        Some("computed") => 'C',
        _ => '?',
    };
    fn pair(source: &Json, letter: char) -> Option<(&str, char)> {
        Some((source.get("key")?.as_str()?, letter))
    }
    sources
        .iter()
        .filter_map(|source| pair(source, letter(source)))
        .collect()
}

#[cfg(test)]
mod tests;
