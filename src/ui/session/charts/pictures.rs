//! What each chart shows, made out of history, and of which node it is.

use super::Session;
use crate::platform::chart_canvas::Picture;
use crate::ui::charts::{Read, Which};
use millrace_engine::base::time::MINUTE;
use millrace_engine::charts::build::{self, StreamLimits, View};
use millrace_engine::charts::heat::Heat;
use millrace_engine::charts::metric;
use millrace_engine::charts::spec::Chart;
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::run::history::{Key, Point};
use millrace_engine::services::talk::NodeId;

/// The metric that counts what a table let in.
const CONSUMED: &str = "ConsumedWriteCapacityUnits";
/// Shards in the heat strip at most.
const ROWS_MAX: usize = 40;

/// The place of a metric among those of a node's service.
fn place(node: &NodeFrame, name: &str) -> Option<u16> {
    let mut metrics = node.kind.entry().metrics.iter();
    let ix = metrics.position(|metric| metric.name == name)?;
    u16::try_from(ix).ok()
}

impl Session {
    /// The picture of a chart at this moment.
    pub(super) fn picture(&self, which: Which) -> Picture {
        let view = self.view();
        let node = self.charted(which);
        match (which, node) {
            (Which::Throughput, Some(node)) => Picture::Chart(self.throughput(&view, node)),
            (Which::Throughput, None) => {
                Picture::Chart(build::throughput(&view, &[], &[], &[], None))
            }
            (Which::Latency, node) => Picture::Chart(self.latency(&view, node)),
            (Which::Age, Some(node)) => Picture::Chart(self.age(&view, node)),
            (Which::Age, None) => Picture::Chart(build::age(&view, &[], None, None)),
            (Which::Heat, Some(node)) => Picture::Heat(self.heat(&view, node)),
            (Which::Heat, None) => Picture::Heat(build::heat(&view, &[], 0.0)),
            (Which::Added(_), node) => {
                let read = self.look.shelf.read(which);
                Picture::Chart(self.added(&view, read.unwrap_or(Read::CostOfAll), node))
            }
        }
    }

    fn added(&self, view: &View, read: Read, node: Option<&NodeFrame>) -> Chart {
        let title = read.key();
        let Some(node) = node.filter(|node| self.reads(node, read)) else {
            return metric::empty(view, title);
        };
        let over = |mine: &dyn Fn(NodeId, NodeId) -> bool| {
            let wires = self.frame.wires.iter();
            let wires = wires.filter(|wire| mine(wire.from, wire.to));
            wires.fold(Vec::new(), |all, wire| {
                build::together(&all, &self.series(Key::Moved { wire: wire.id }, view))
            })
        };
        let id = node.id;
        match read {
            Read::Metric(name) => self.metric(view, node, name),
            Read::In => metric::records(view, title, &over(&|_, to| to == id)),
            Read::Out => metric::records(view, title, &over(&|from, _| from == id)),
            Read::Refused => {
                let key = Key::Refused {
                    node: id,
                    lane: None,
                };
                metric::records(view, title, &self.series(key, view))
            }
            Read::Cost => metric::cost(view, title, &self.run.cost_over_time(Some(id))),
            Read::CostOfAll => metric::cost(view, title, &self.run.cost_over_time(None)),
        }
    }

    fn metric(&self, view: &View, node: &NodeFrame, name: &'static str) -> Chart {
        let Some(ix) = place(node, name) else {
            return metric::empty(view, name);
        };
        let key = Key::Metric {
            node: node.id,
            lane: None,
            metric: ix,
        };
        let about = &node.kind.entry().metrics[usize::from(ix)];
        let bound = self.run.bound(&self.frame, node, name);
        metric::metric(view, about, &self.series(key, view), bound)
    }

    /// Whether something can be read of a node.
    pub(super) fn reads(&self, node: &NodeFrame, read: Read) -> bool {
        let wires = || self.frame.wires.iter();
        match read {
            Read::Metric(name) => place(node, name).is_some(),
            Read::In => wires().any(|wire| wire.to == node.id),
            Read::Out => wires().any(|wire| wire.from == node.id),
            Read::Refused => node.has_limits(),
            Read::Cost => !node.kind.entry().prices.is_empty(),
            Read::CostOfAll => true,
        }
    }

    /// The whole time that was simulated, at least a minute; or what was zoomed to.
    pub(super) fn view(&self) -> View {
        const DAY_S: u64 = 86_400;
        let start_s = self.frame.start_us / 1_000_000;
        let head = self.run.head();
        let (from, to) = self.desk.cursor.zoom.unwrap_or((0, head.max(MINUTE)));
        View {
            from,
            to,
            head,
            cursor: Some(self.frame.at),
            clock: Some((start_s % DAY_S) as f64),
        }
    }

    /// The node that a chart is of: the one that it keeps, or the one that its kind finds.
    pub(super) fn charted(&self, which: Which) -> Option<&NodeFrame> {
        let named = |name: &str| self.frame.nodes.iter().find(|node| &*node.name == name);
        if let Some(name) = self.look.shelf.pinned(which) {
            return named(name);
        }
        let chosen = self.look.chosen.as_deref().and_then(named);
        match which {
            Which::Latency => self.arrived(chosen),
            Which::Added(_) => chosen,
            Which::Throughput | Which::Age | Which::Heat => self.limited(chosen),
        }
    }

    /// The chosen node if it is a stream, else the first; where there is no stream, the first node whose lanes have
    /// limits, such as a table.
    fn limited<'a>(&'a self, chosen: Option<&'a NodeFrame>) -> Option<&'a NodeFrame> {
        let limits = |node: &&NodeFrame| node.has_limits() && node.keeps_lanes();
        let nodes = || self.frame.nodes.iter();
        let first = || nodes().find(limits);
        let any = || nodes().find(|node| node.has_limits());
        chosen.filter(limits).or_else(first).or_else(any)
    }

    /// The chosen node if records end their way there, else the first such.
    fn arrived<'a>(&'a self, chosen: Option<&'a NodeFrame>) -> Option<&'a NodeFrame> {
        let paths = &self.run.engine().machine().floor.books.paths;
        let is_sink = |id: NodeId| paths.iter().any(|path| path.sink == id);
        chosen.filter(|node| is_sink(node.id)).or_else(|| {
            let first = paths.first()?.sink;
            self.frame.nodes.iter().find(|node| node.id == first)
        })
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

    fn latency(&self, view: &View, sink: Option<&NodeFrame>) -> Chart {
        let plant = self.run.engine().machine();
        let paths = &plant.floor.books.paths;
        let Some(sink) = sink.map(|node| node.id) else {
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
