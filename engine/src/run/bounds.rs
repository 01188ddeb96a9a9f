//! The limit that a metric of a node is held against: what a chart of the metric draws as a dashed line.

use super::Run;
use super::frame::{Frame, NodeFrame};
use crate::base::time::Us;
use crate::catalog::Value;
use crate::services::gauges::LaneGauge;

/// A limit, in the unit of its metric; of a metric that is summed, a second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Key of its name in the text files.
    pub label: &'static str,
    /// The number.
    pub value: f64,
}

/// Metrics of a service that are held against the limit of one of its readings: id, metric, reading.
const OF_READINGS: [(&str, &str, &str); 6] = [
    ("dynamodb", "ConsumedWriteCapacityUnits", "consumed"),
    ("lambda", "ConcurrentExecutions", "invocations"),
    ("sqs", "ApproximateNumberOfMessagesNotVisible", "in_flight"),
    ("sqs", "ApproximateAgeOfOldestMessage", "oldest"),
    ("s3", "PutRequests", "put_rate"),
    ("queue", "Waiting", "waiting"),
];

/// What all open lanes together take a second, if they have a limit.
fn lanes(node: &NodeFrame, of: fn(&LaneGauge) -> u64) -> Option<f64> {
    let all: u64 = node.open_lanes().map(|(lane, _)| of(lane)).sum();
    (all > 0).then_some(all as f64)
}

fn reading(node: &NodeFrame, key: &str) -> Option<f64> {
    let mut readings = node.gauges.readings.iter();
    readings.find(|reading| reading.key == key)?.limit
}

impl Run {
    /// The limit of a metric of a node, by the metric's name; none where the service has none for it.
    #[must_use]
    pub fn bound(&self, frame: &Frame, node: &NodeFrame, metric: &str) -> Option<Bound> {
        let entry = node.kind.entry();
        let stream = |value: Option<f64>| bound("chart.limit.stream", value);
        match (entry.id, metric) {
            ("kinesis", "IncomingRecords") => stream(lanes(node, |lane| lane.records_capacity)),
            ("kinesis", "IncomingBytes") => stream(lanes(node, |lane| lane.bytes_capacity)),
            ("kinesis", "GetRecords.Bytes") => stream(self.read_bytes(node)),
            ("dynamodb", "ConsumedReadCapacityUnits") => {
                bound("chart.limit.capacity", self.provisioned_reads(node))
            }
            (_, name) if name.contains("IteratorAge") || name.contains("MillisBehindLatest") => {
                bound("chart.limit.retention", self.kept_for(frame, node))
            }
            (id, name) => {
                let found = OF_READINGS.iter();
                let mut found = found.filter(|(of, metric, _)| (*of, *metric) == (id, name));
                let (_, _, key) = found.next()?;
                bound(label(key), reading(node, key))
            }
        }
    }

    /// What the shards give all their polling readers together [B/s].
    fn read_bytes(&self, node: &NodeFrame) -> Option<f64> {
        let mut figures = node.kind.entry().figures.iter();
        let each = figures.find(|figure| figure.key == "read_bytes_per_shard_s")?;
        let shards = node.open_lanes().count() as f64;
        Some(shards * self.design.rules.value(each) as f64)
    }

    /// Read capacity units that a provisioned table has [units/s].
    fn provisioned_reads(&self, node: &NodeFrame) -> Option<f64> {
        let units = self.setting_of(&node.name, "rcu")?;
        units.uint().ok().map(|units| units as f64)
    }

    /// How long records are kept that a node waits for, its own or those of the stream that it reads [ms].
    fn kept_for(&self, frame: &Frame, node: &NodeFrame) -> Option<f64> {
        let read = frame.wires.iter().filter(|wire| wire.to == node.id);
        let read = read.filter_map(|wire| frame.nodes.iter().find(|from| from.id == wire.from));
        let mut spans = std::iter::once(node).chain(read).filter_map(|node| {
            let span = self.setting_of(&node.name, "retention")?;
            span.uint().ok()
        });
        let span: Us = spans.next()?;
        Some(span as f64 / 1e3)
    }

    /// A setting of a node that means something now.
    fn setting_of(&self, node: &str, key: &str) -> Option<Value> {
        let config = &self.design.node(node)?.config;
        let fields = config.kind().fields();
        let ix = fields.iter().position(|field| field.key == key)?;
        config.shown(ix).then(|| config.get(ix))
    }
}

fn bound(label: &'static str, value: Option<f64>) -> Option<Bound> {
    let value = value.filter(|value| value.is_finite() && *value > 0.0)?;
    Some(Bound { label, value })
}

/// Key of the name of the limit of a reading.
fn label(reading: &str) -> &'static str {
    match reading {
        "consumed" => "chart.limit.capacity",
        "invocations" => "chart.limit.concurrency",
        "in_flight" => "chart.limit.in-flight",
        "oldest" => "chart.limit.retention",
        "put_rate" => "chart.limit.prefix",
        _ => "chart.limit.room",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::run::shops;

    fn of(run: &mut Run, node: &str, metric: &str) -> Option<(&'static str, f64)> {
        let mut frame = Frame::default();
        run.frame(&mut frame);
        let found = frame.nodes.iter().find(|frame| &*frame.name == node)?;
        let bound = run.bound(&frame, found, metric)?;
        Some((bound.label, bound.value))
    }

    #[test]
    fn a_stream_is_held_against_all_its_shards() {
        let mut run = shops::shop(&[], &[("shards", "4"), ("retention", "48h")], &[]);
        run.advance(3 * SECOND, u64::MAX);
        let mut stream = |metric| of(&mut run, "stream", metric);
        // 1,000 records and 1 MiB written, 2 MiB read, a shard and second (facts 1.2)
        assert_eq!(
            stream("IncomingRecords"),
            Some(("chart.limit.stream", 4_000.0))
        );
        let mib = f64::from(1 << 20);
        assert_eq!(
            stream("IncomingBytes"),
            Some(("chart.limit.stream", 4.0 * mib))
        );
        assert_eq!(
            stream("GetRecords.Bytes"),
            Some(("chart.limit.stream", 8.0 * mib))
        );
        let kept = Some(("chart.limit.retention", 48.0 * 3_600_000.0));
        assert_eq!(stream("GetRecords.IteratorAgeMilliseconds"), kept);
        assert_eq!(stream("PutRecords.Success"), None);
        assert_eq!(
            of(&mut run, "app", "IteratorAge"),
            kept,
            "of the stream that it reads"
        );
        assert_eq!(of(&mut run, "tills", "Made"), None);
    }
}
