//! What the charts show, made out of history, and the canvases that show it.

use super::Session;
use crate::platform::chart_canvas::ChartCanvas;
use crate::platform::dom;
use crate::ui::charts::{BETWEEN, ChartTable, Which};
use crate::ui::text::{fill, t};
use millrace_engine::base::time::{MINUTE, clock};
use millrace_engine::charts::build::{self, StreamLimits, View};
use millrace_engine::charts::heat::{self, Heat};
use millrace_engine::charts::number::Unit;
use millrace_engine::charts::spec::Chart;
use millrace_engine::charts::table::{self, Table};
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::run::history::{Key, Point};
use millrace_engine::services::talk::NodeId;
use wasm_bindgen::JsCast;
use yew::AttrValue;

/// Between two looks at the history [ms].
const PAUSE_MS: f64 = 250.0;
/// A look may take one part in this many of the time between two.
const SHARE: f64 = 25.0;
/// The same two while the thumb moves: the cursor follows it.
const SCRUB_PAUSE_MS: f64 = 40.0;
const SCRUB_SHARE: f64 = 5.0;
/// The metric that counts what a table let in.
const CONSUMED: &str = "ConsumedWriteCapacityUnits";
/// Shards in the heat strip at most.
const ROWS_MAX: usize = 40;

/// The canvases and what stands beside their titles.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    canvases: Vec<Option<ChartCanvas>>,
    next_ms: f64,
    pub(super) figures: [AttrValue; 4],
}

impl Desk {
    /// The canvases are gone or have other colours.
    pub(super) fn forget(&mut self) {
        *self = Self {
            figures: std::mem::take(&mut self.figures),
            ..Self::default()
        };
    }
}

fn word(key: &str) -> String {
    t(key).to_owned()
}

fn canvas(which: Which) -> Option<ChartCanvas> {
    let element = dom::by_id(which.canvas())?;
    ChartCanvas::new(element.dyn_into().ok()?)
}

impl Session {
    /// Draws the charts if they are open and it is time.
    pub(super) fn draw_charts(&mut self, now_ms: f64) {
        if !self.look.charts {
            self.desk.canvases.clear();
            return;
        }
        let hasty = self.is_hasty() && !self.scrubbing();
        if now_ms < self.desk.next_ms && !hasty {
            return;
        }
        let began = dom::now_ms();
        self.chart_all();
        let took = dom::now_ms() - began;
        let (pause, share) = if self.scrubbing() {
            (SCRUB_PAUSE_MS, SCRUB_SHARE)
        } else {
            (PAUSE_MS, SHARE)
        };
        self.desk.next_ms = now_ms + pause.max(took * share);
    }

    fn chart_all(&mut self) {
        let mut canvases = std::mem::take(&mut self.desk.canvases);
        if canvases.is_empty() {
            canvases = Which::ALL.into_iter().map(canvas).collect();
        }
        if canvases.iter().any(Option::is_none) {
            return; // not in the page yet
        }
        let (charts, heat) = self.charts();
        let mut figures = charts.each_ref().map(figures);
        let [throughput, latency, age] = std::mem::take(&mut figures);
        let peak = heat_figure(&heat);
        for (canvas, chart) in canvases.iter_mut().flatten().zip(&charts) {
            canvas.chart(chart, &word);
        }
        if let Some(Some(canvas)) = canvases.last_mut() {
            canvas.heat(&heat, &word);
        }
        self.desk.figures = [throughput, latency, age, peak];
        self.desk.canvases = canvases;
    }

    /// The charts of this moment.
    fn charts(&self) -> ([Chart; 3], Heat) {
        let view = self.view();
        let Some(node) = self.charted() else {
            let nothing = [
                build::throughput(&view, &[], &[], &[], None),
                self.latency(&view),
                build::age(&view, &[], None, None),
            ];
            return (nothing, build::heat(&view, &[], 0.0));
        };
        let charts = [
            self.throughput(&view, node),
            self.latency(&view),
            self.age(&view, node),
        ];
        (charts, self.heat(&view, node))
    }

    /// A chart's numbers as they are drawn now.
    pub(crate) fn table(&self, which: Which) -> ChartTable {
        let (charts, heat) = self.charts();
        let chart = match which {
            Which::Throughput => &charts[0],
            Which::Latency => &charts[1],
            Which::Age => &charts[2],
            Which::Heat => {
                let limit = Unit::PerSecond.full(heat.limit);
                return self.chart_table(
                    which,
                    heat::table(&heat, &word),
                    vec![fill("table.limit", &[("limit", &limit)])],
                    heat::csv(&heat, &word),
                );
            }
        };
        let mut table = table::table(chart, &word);
        table.rows.reverse(); // the newest first: it is what is asked for
        if chart.unit == Unit::PerSecond {
            // where nothing was counted the rate is nothing, not unknown
            let empty = table
                .rows
                .iter_mut()
                .flatten()
                .filter(|cell| cell.is_empty());
            empty.for_each(|cell| "0".clone_into(cell));
        }
        let beside = table::beside(chart, &word);
        self.chart_table(which, table, beside, table::csv(chart, &word))
    }

    fn chart_table(
        &self,
        which: Which,
        table: Table,
        beside: Vec<String>,
        csv: String,
    ) -> ChartTable {
        let time = clock(self.frame.start_us, self.frame.at);
        let time = time.split('.').next().unwrap_or_default();
        let of = self.charted();
        let text = |cells: Vec<String>| cells.into_iter().map(AttrValue::from).collect();
        ChartTable {
            which,
            of: of.map_or_else(AttrValue::default, |node| node.name.to_string().into()),
            service: self.charted_service(),
            to: time.to_owned().into(),
            head: text(table.head),
            rows: table.rows.into_iter().map(text).collect(),
            beside: text(beside),
            csv: csv.into(),
        }
    }

    /// The whole time that was simulated, at least a minute.
    fn view(&self) -> View {
        const DAY_S: u64 = 86_400;
        let start_s = self.frame.start_us / 1_000_000;
        View {
            from: 0,
            to: self.run.head().max(MINUTE),
            head: self.run.head(),
            cursor: Some(self.frame.at),
            clock: Some((start_s % DAY_S) as f64),
        }
    }

    /// The node that the charts are about: the chosen one if it is a stream, else the first; where there is no
    /// stream, the first node whose lanes have limits, such as a table.
    fn charted(&self) -> Option<&NodeFrame> {
        let limits = |node: &&NodeFrame| node.has_limits() && node.keeps_lanes();
        let chosen = self.look.chosen.as_deref();
        let named = self
            .frame
            .nodes
            .iter()
            .find(|node| Some(&*node.name) == chosen);
        named
            .filter(limits)
            .or_else(|| self.frame.nodes.iter().find(limits))
            .or_else(|| self.frame.nodes.iter().find(|node| node.has_limits()))
    }

    /// The service that the charts are about; empty if there is none.
    pub(super) fn charted_service(&self) -> &'static str {
        self.charted().map_or("", |node| node.kind.entry().id)
    }

    fn series(&self, key: Key, view: &View) -> Vec<Point> {
        self.run.history().series(key, view.from, view.to)
    }

    /// What was let in: of a stream by its records, of a table by the units that they took.
    fn let_in(&self, of: &NodeFrame, lane: Option<u32>, view: &View) -> Vec<Point> {
        let node = of.id;
        if of.keeps_lanes() {
            return self.series(Key::Admitted { node, lane }, view);
        }
        let mut metrics = of.kind.entry().metrics.iter();
        let ix = metrics.position(|metric| metric.name == CONSUMED);
        ix.map_or_else(Vec::new, |ix| {
            let metric = ix as u16;
            self.series(Key::Metric { node, lane, metric }, view)
        })
    }

    /// Refused, and let in or refused, at a node or one of its lanes.
    fn refused_and_tried(&self, of: &NodeFrame, lane: Option<u32>, view: &View) -> [Vec<Point>; 2] {
        let refused = self.series(Key::Refused { node: of.id, lane }, view);
        let admitted = self.let_in(of, lane, view);
        let tried = build::together(&admitted, &refused);
        [refused, tried]
    }

    fn throughput(&self, view: &View, node: &NodeFrame) -> Chart {
        let [refused, tried] = self.refused_and_tried(node, None, view);
        let mut out = Vec::new();
        for wire in self.frame.wires.iter().filter(|wire| wire.from == node.id) {
            out = build::together(&out, &self.series(Key::Moved { wire: wire.id }, view));
        }
        if !node.keeps_lanes() {
            let kept = self.let_in(node, None, view);
            return build::throughput(view, &tried, &kept, &refused, None);
        }
        let mut limits = StreamLimits::default();
        for (lane, rate) in node.open_lanes() {
            let room = lane.records_capacity as f64;
            limits.all += room;
            if rate.tried > 0.0 {
                limits.used += room;
                limits.shards += 1;
            }
        }
        build::throughput(view, &tried, &out, &refused, Some(limits))
    }

    fn latency(&self, view: &View) -> Chart {
        let plant = self.run.engine().machine();
        let paths = &plant.floor.books.paths;
        let Some(sink) = paths.first().map(|path| path.sink) else {
            return build::latency(view, &[], 0.0);
        };
        let points = self.run.history().latency(sink, view.from, view.to);
        let mine = || paths.iter().filter(|path| path.sink == sink);
        let owed: u64 = mine().map(|path| path.owed).sum();
        let came: u64 = mine().map(|path| path.first_delivered).sum();
        let missing = owed.saturating_sub(came) as f64 / owed.max(1) as f64;
        build::latency(view, &points, missing)
    }

    /// The age that CloudWatch shows, under whichever of its names the node or its readers have it.
    fn age(&self, view: &View, node: &NodeFrame) -> Chart {
        let readers = self
            .frame
            .wires
            .iter()
            .filter(|wire| wire.from == node.id)
            .map(|wire| wire.to);
        let mut ages = readers.chain([node.id]).map(|at| self.age_of(at, view));
        let points = ages.find(|points| !points.is_empty()).unwrap_or_default();
        build::age(view, &points, None, self.frame.oldest_unread(node.id))
    }

    fn age_of(&self, at: NodeId, view: &View) -> Vec<Point> {
        let Some(node) = self.frame.nodes.iter().find(|node| node.id == at) else {
            return Vec::new();
        };
        let metrics = node.kind.entry().metrics;
        let Some(ix) = metrics
            .iter()
            .position(|metric| metric.name.contains("IteratorAge"))
        else {
            return Vec::new();
        };
        let key = Key::Metric {
            node: at,
            lane: None,
            metric: ix as u16,
        };
        let mut points = self.series(key, view);
        points.iter_mut().for_each(|point| point.max *= 1_000);
        points
    }

    fn heat(&self, view: &View, node: &NodeFrame) -> Heat {
        let first = node.open_lanes().next();
        let limit = first.map_or(0, |(lane, _)| lane.records_capacity);
        // of more lanes than rows, those with the most load, and the newest of the closed
        let mut open: Vec<(u64, u32)> = node
            .open_lanes()
            .map(|(lane, rate)| (rate.tried as u64, lane.id))
            .collect();
        open.sort_unstable_by_key(|(tried, id)| (std::cmp::Reverse(*tried), *id));
        let closed = node.gauges.lanes.iter().filter(|lane| !lane.open);
        let open = open.into_iter().map(|(_, id)| id);
        let mut ids: Vec<u32> = open.chain(closed.map(|lane| lane.id).rev()).collect();
        ids.truncate(ROWS_MAX);
        ids.sort_unstable();
        let shards: Vec<(u32, Vec<Point>)> = ids
            .into_iter()
            .map(|id| {
                let [_, tried] = self.refused_and_tried(node, Some(id), view);
                (id, tried)
            })
            .collect();
        build::heat(view, &shards, limit as f64)
    }
}

/// The newest values, as the title's neighbour says them: at most two, so that they always have room.
fn figures(chart: &Chart) -> AttrValue {
    const NAMED: [&str; 4] = ["chart.in", "chart.out", "chart.p50", "chart.p99"];
    let latest = chart.latest();
    let alone = latest.len() == 1;
    let mut said: Vec<String> = Vec::new();
    for (label, value) in latest {
        if let Some(value) = value.filter(|_| alone || NAMED.contains(&label)) {
            let short = chart.unit.short(value);
            said.push(if alone {
                short
            } else {
                format!("{} {short}", t(label))
            });
        }
    }
    said.join(BETWEEN).into()
}

fn heat_figure(heat: &Heat) -> AttrValue {
    if heat.limit <= 0.0 {
        return AttrValue::default();
    }
    let limit = millrace_engine::base::units::show_count(heat.limit as u64);
    crate::ui::text::fill("chart.against", &[("limit", &limit)]).into()
}
