//! What came out of an act beside what must come out: its figures, found in the report of its run.

use super::scenarios::{Act, Figure};
use crate::services::ServiceKind;
use serde_json::{Value, json};

/// What a number counts, so that it can be shown with its unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Records, calls, keys, pieces.
    Count,
    /// A time [us].
    Span,
}

/// One figure and what came out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// What must come out.
    pub figure: &'static Figure,
    /// What came out; `None` if the report has no number there.
    pub value: Option<f64>,
    /// What the number counts.
    pub measure: Measure,
}

impl Outcome {
    /// Whether it is what must come out, within the tolerance.
    #[must_use]
    pub fn ok(&self) -> bool {
        let off = |value: f64| (value - self.figure.value).abs();
        self.value
            .is_some_and(|value| off(value) <= self.figure.tolerance)
    }

    /// Name, value, what was expected with its tolerance, and whether it came out.
    #[must_use]
    pub fn value(&self) -> Value {
        json!({
            "name": self.figure.name,
            "value": self.value,
            "expected": self.figure.value,
            "tolerance": self.figure.tolerance,
            "ok": self.ok(),
        })
    }
}

impl Act {
    /// What came out of the act, in the order of its figures. `report` is a run's report, or the
    /// parts of it that the figures' paths name.
    #[must_use]
    pub fn outcomes(&self, report: &Value) -> Vec<Outcome> {
        let of = |figure: &'static Figure| Outcome {
            figure,
            value: number(report, figure.path),
            measure: measure(report, figure.path),
        };
        self.figures.iter().map(of).collect()
    }
}

/// What stands in a report at a path such as `nodes/stream/shards/2/metrics/IncomingRecords`:
/// names of members and numbers of list entries, joined by `/`.
#[must_use]
pub fn at<'a>(report: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('/')
        .try_fold(report, |value, part| match part.parse::<usize>() {
            Ok(ix) if value.is_array() => value.get(ix),
            _ => value.get(part),
        })
}

/// The number at a path, if one stands there.
#[must_use]
pub fn number(report: &Value, path: &str) -> Option<f64> {
    at(report, path)?.as_f64()
}

/// Latencies are times, and so are metrics whose unit says so.
fn measure(report: &Value, path: &str) -> Measure {
    let parts: Vec<&str> = path.split('/').collect();
    let span = match parts.as_slice() {
        ["latency_us", _, what] => !matches!(*what, "count" | "not_delivered"),
        ["nodes", node, .., metric] => unit(report, node, metric) == Some("Microseconds"),
        _ => false,
    };
    if span { Measure::Span } else { Measure::Count }
}

/// The unit of a node's metric, from the catalogue.
fn unit(report: &Value, node: &str, metric: &str) -> Option<&'static str> {
    let service = report["nodes"][node]["service"].as_str()?;
    let mut kinds = ServiceKind::ALL.iter().map(|kind| kind.entry());
    let entry = kinds.find(|entry| entry.id == service)?;
    let mut metrics = entry.metrics.iter();
    let found = metrics.find(|known| known.name == metric)?;
    Some(found.unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Value {
        json!({
            "nodes": {"stream": {"service": "kinesis", "shards": [{"n": 3}, {"n": 4}]}},
            "latency_us": {"sales": {"p50": 120_000, "count": 7}},
        })
    }

    #[test]
    fn a_path_walks_members_and_lists() {
        let report = report();
        assert_eq!(number(&report, "nodes/stream/shards/1/n"), Some(4.0));
        assert_eq!(
            number(&report, "nodes/stream/shards/2/n"),
            None,
            "no such entry"
        );
        assert_eq!(
            number(&report, "nodes/stream/service"),
            None,
            "a word is no number"
        );
    }

    #[test]
    fn times_are_told_from_counts() {
        let report = report();
        assert_eq!(measure(&report, "latency_us/sales/p50"), Measure::Span);
        assert_eq!(measure(&report, "latency_us/sales/count"), Measure::Count);
        let incoming = "nodes/stream/metrics/IncomingRecords";
        assert_eq!(measure(&report, incoming), Measure::Count);
    }

    #[test]
    fn what_differs_by_more_than_the_tolerance_is_not_right() {
        static FIGURE: Figure = Figure {
            name: "median",
            path: "latency_us/sales/p50",
            value: 100_000.0,
            tolerance: 20_000.0,
        };
        let outcome = |value| Outcome {
            figure: &FIGURE,
            value,
            measure: Measure::Span,
        };
        assert!(outcome(number(&report(), FIGURE.path)).ok());
        assert!(!outcome(Some(120_001.0)).ok());
        assert!(!outcome(None).ok(), "nothing came out");
    }
}
