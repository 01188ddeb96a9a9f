//! The headless report: one JSON object of metrics, latencies, ledger, conservation, digest.

use super::Run;
use crate::base::digest::Hex;
use crate::base::sorted::{SortedMap, SortedSet};
use crate::base::time::Us;
use crate::design::file::ENGINE;
use crate::ledger::conservation::{Conservation, PathLine};
use crate::services::board::{Board, Cell};
use crate::services::facts::Fact;
use crate::services::floor::Floor;
use crate::services::talk::NodeId;
use serde_json::{Map, Value, json};

/// `shardId-000000000008`, as AWS writes it.
#[must_use]
pub fn shard_id(lane: u32) -> String {
    format!("shardId-{lane:012}")
}

/// A whole number as such, anything else rounded to six digits behind the point.
fn number(value: f64) -> Value {
    if value == value.trunc() && value.abs() < 9e15 {
        json!(value as i64)
    } else {
        json!((value * 1e6).round() / 1e6)
    }
}

fn metrics_of(floor: &Floor, node: NodeId, cells: &[Cell], per_lane: bool) -> Map<String, Value> {
    let metrics = floor.node(node).kind.entry().metrics;
    let rows = metrics
        .iter()
        .zip(cells)
        .filter(|(metric, _)| !per_lane || metric.per_lane);
    rows.map(|(metric, cell)| (metric.name.to_owned(), number(cell.value(metric))))
        .collect()
}

fn node_value(floor: &Floor, node: NodeId, board: &Board, lanes: &[u32]) -> Value {
    let entry = floor.node(node).kind.entry();
    let mut value = json!({
        "service": entry.id,
        "metrics": metrics_of(floor, node, &board.total, false),
    });
    if entry.metrics.iter().any(|metric| metric.per_lane) {
        let empty = vec![Cell::default(); entry.metrics.len()];
        let shards: Vec<Value> = lanes
            .iter()
            .map(|lane| {
                let cells = board.lanes.get(*lane);
                let cells = cells.as_ref().unwrap_or(&empty);
                json!({"id": shard_id(*lane), "metrics": metrics_of(floor, node, cells, true)})
            })
            .collect();
        value["shards"] = json!(shards);
    }
    value
}

/// Sums of metrics over intervals, folded from facts: what `--every` prints.
#[derive(Debug, Default)]
pub struct Interval {
    boards: SortedMap<NodeId, Board>,
}

impl Interval {
    /// Folds one fact.
    pub fn fold(&mut self, floor: &Floor, fact: &Fact) {
        if let Fact::Metric {
            node,
            lane,
            metric,
            value,
        } = fact
        {
            let width = floor.node(*node).kind.entry().metrics.len();
            let board = self
                .boards
                .entry(*node)
                .or_insert_with(|| Board::new(width));
            board.add(0, usize::from(*metric), *lane, *value);
        }
    }
}

impl Run {
    /// All lanes of a node, in order: those that are shown and those that were counted.
    fn lanes_of(&self, node: NodeId) -> Vec<u32> {
        let plant = self.engine.machine();
        let mut gauges = crate::services::gauges::Gauges::default();
        plant.gauges(node, self.now(), &mut gauges);
        let shown = gauges.lanes.iter().map(|lane| lane.id);
        let counted = plant.floor.boards[node.0 as usize].lanes.lanes();
        shown
            .chain(counted)
            .collect::<SortedSet<u32>>()
            .into_iter()
            .collect()
    }

    fn nodes_value(&self, of: Option<&Interval>) -> Value {
        let floor = &self.engine.machine().floor;
        let mut nodes = Map::new();
        for (ix, info) in floor.nodes.iter().enumerate().filter(|(_, info)| info.live) {
            let node = NodeId(ix as u32);
            let lanes = self.lanes_of(node);
            let empty = Board::new(info.kind.entry().metrics.len());
            let board = match of {
                None => &floor.boards[ix],
                Some(interval) => interval.boards.get(&node).unwrap_or(&empty),
            };
            nodes.insert(
                info.name.to_string(),
                node_value(floor, node, board, &lanes),
            );
        }
        Value::Object(nodes)
    }

    /// One entry of `series`: the metrics of the interval that starts at `from`.
    #[must_use]
    pub fn interval_value(&self, from: Us, interval: &Interval) -> Value {
        json!({"t_us": from, "nodes": self.nodes_value(Some(interval))})
    }

    /// Ids of the sinks.
    pub(super) fn sinks(&self) -> SortedSet<NodeId> {
        self.engine
            .machine()
            .floor
            .books
            .paths
            .iter()
            .map(|path| path.sink)
            .collect()
    }

    fn latency_value(&self) -> Value {
        let floor = &self.engine.machine().floor;
        let mut out = Map::new();
        for sink in self.sinks() {
            let paths = floor.books.paths.iter().filter(|path| path.sink == sink);
            let open: u64 = paths
                .map(|path| path.owed.saturating_sub(path.first_delivered))
                .sum();
            let name = floor.node(sink).name.to_string();
            let whole = self.watch.history.whole(sink);
            let at = |q: f64| whole.map_or(0, |whole| whole.quantile(q));
            let value = json!({
                "count": whole.map_or(0, |whole| whole.count()),
                "p50": at(0.5), "p95": at(0.95), "p99": at(0.99),
                "max": whole.map_or(0, |whole| whole.max()),
                "not_delivered": open,
            });
            out.insert(name, value);
        }
        Value::Object(out)
    }

    fn reasons_value(&self) -> Value {
        let mut reasons: SortedMap<&'static str, u64> = SortedMap::new();
        for path in &self.engine.machine().floor.books.paths {
            for (reason, n) in &path.ended {
                *reasons.entry(reason.code()).or_default() += n;
            }
            if path.delivered_again > 0 {
                *reasons.entry("delivered-again").or_default() += path.delivered_again;
            }
        }
        json!(reasons)
    }

    /// What was used of each price, by node [USD].
    #[must_use]
    pub fn cost_value(&self) -> Value {
        let costs = self.costs().nodes.into_iter();
        let each = costs.map(|cost| {
            let lines = cost.lines.iter().map(|line| {
                json!({
                    "line": line.used.price.key,
                    "units": line.used.micro_units as f64 / 1e6,
                    "unit": line.used.price.unit,
                    "usd": line.used.usd(),
                    "source": line.used.price.source,
                })
            });
            (cost.name.to_string(), lines.collect())
        });
        Value::Object(each.collect())
    }

    fn refused_value(&self) -> Value {
        let lines = self.refused_inputs();
        json!(
            lines
                .map(|(input, text)| json!({"at_us": input.at_us, "n": input.n, "why": text}))
                .collect::<Vec<_>>()
        )
    }

    /// The parts of the report that a scenario's figures name: without what takes long to count.
    #[must_use]
    pub fn figures_report(&self) -> Value {
        json!({
            "nodes": self.nodes_value(None),
            "latency_us": self.latency_value(),
            "reasons": self.reasons_value(),
            "ledger": self.ledger_value(),
        })
    }

    /// The whole report.
    pub fn report(&mut self, scenario: &str) -> Value {
        let conservation = self.conservation();
        json!({
            "scenario": scenario,
            "seed": self.first.seed,
            "until_us": self.now(),
            "engine": ENGINE,
            "digest": Hex(self.digest()).to_string(),
            "conservation": conservation_value(&conservation),
            "nodes": self.nodes_value(None),
            "latency_us": self.latency_value(),
            "reasons": self.reasons_value(),
            "ledger": self.ledger_value(),
            "cost_usd": self.cost_value(),
            "memory": self.memory_value(),
            "fault": self.engine.fault().map(ToString::to_string),
            "refused_inputs": self.refused_value(),
        })
    }
}

fn conservation_value(found: &Conservation) -> Value {
    let line = |line: &PathLine| {
        json!({
            "source": line.source,
            "via": line.via,
            "sink": line.sink,
            "owed": line.owed,
            "first_delivered": line.first_delivered,
            "in_custody": line.in_custody,
            "ended": line.ended,
            "delivered_again": line.delivered_again,
        })
    };
    json!({
        "holds": found.holds,
        "paths": found.paths.iter().map(line).collect::<Vec<_>>(),
        "nodes_balanced": found.nodes_balanced,
        "breach": found.breach,
    })
}
