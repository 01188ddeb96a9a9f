//! Makes the panels' small values out of the frame, the design and the books.

use super::{Gait, SPEEDS, Session, words};
use crate::ui::seen::{
    Clock, FaultRow, FieldSeen, LaneForm, LaneRow, LaneTold, MarkSeen, NodeSeen, PartLive, PartSet,
    Row, Seen,
};
use crate::ui::text::{fill, find, t};
use millrace_engine::base::time::clock;
use millrace_engine::base::units::show_count;
use millrace_engine::catalog::{FieldInfo, Value};
use millrace_engine::design::{Design, Node};
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::run::history::TimelineNote;
use millrace_engine::scene::numbers;
use millrace_engine::services::contract::Lang;
use millrace_engine::services::gauges::{LaneGauge, Tank};
use millrace_engine::services::talk::NodeId;
use std::rc::Rc;
use yew::AttrValue;

/// Notes that are shown on the timeline.
const MARKS_MAX: usize = 60;

pub(super) fn row(label: impl Into<AttrValue>, value: impl Into<AttrValue>, bad: bool) -> Row {
    Row {
        label: label.into(),
        value: value.into(),
        bad,
        hint: None,
    }
}

impl Session {
    /// All that the panels see now.
    pub(super) fn see(&mut self, now_ms: f64) -> Seen {
        let spoken = self.spoken(now_ms);
        Seen {
            clock: self.clock(),
            nodes: Rc::new(self.nodes()),
            wires: self.wires_seen(),
            set: self.look.set.then(|| self.set()).flatten().map(Rc::new),
            live: self
                .look
                .live
                .then(|| self.live(now_ms))
                .flatten()
                .map(Rc::new),
            ledger: self.ledger(now_ms),
            over: self.take_over(),
            marks: Rc::new(self.marks()),
            spoken,
            placing: self.placing_seen(),
            tasks: self.tasks_seen(),
            carrying: self.bench.is_carrying(),
            picked: self.picked().len(),
            steps: [self.run.can_undo(), self.run.can_redo()]
                .map(|can| can.err().map(|why| why.to_string().into())),
            visit: self.beat(),
            charts: Rc::new(self.charts_seen()),
            zoomed: self.is_zoomed(),
        }
    }

    fn clock(&self) -> Clock {
        let text = clock(self.frame.start_us, self.frame.at);
        let (day, time) = text.rsplit_once(' ').unwrap_or(("", &text));
        let reached = self
            .meter
            .reached
            .filter(|_| self.gait == Gait::Plays)
            .map(|reached| {
                let figure = if reached < 10.0 {
                    format!("{reached:.1}x")
                } else {
                    format!("{}x", words::whole(reached))
                };
                AttrValue::from(fill("bar.reached", &[("speed", &figure)]))
            });
        Clock {
            day: day.to_owned().into(),
            time: time.to_owned().into(),
            at: self.frame.at,
            head: self.run.head(),
            playing: self.playing(),
            past: self.frame.past,
            speed: self.speed.min(SPEEDS.len() - 1),
            reached,
            seed: self.run.design().seed,
        }
    }

    fn nodes(&self) -> Vec<NodeSeen> {
        let name = |id: NodeId| {
            let node = self.frame.nodes.iter().find(|node| node.id == id);
            node.map(|node| AttrValue::from(node.name.to_string()))
        };
        let seen = |node: &NodeFrame| {
            let wires = || self.frame.wires.iter();
            let ins: Vec<AttrValue> = wires()
                .filter(|wire| wire.to == node.id)
                .filter_map(|wire| name(wire.from))
                .collect();
            let outs: Vec<AttrValue> = wires()
                .filter(|wire| wire.from == node.id)
                .filter_map(|wire| name(wire.to))
                .collect();
            let entry = node.kind.entry();
            NodeSeen {
                id: node.name.to_string().into(),
                service: entry.id,
                service_name: entry.name,
                family: entry.family.key(),
                place: self.place(node),
                words: self.node_words(node, &ins, &outs),
            }
        };
        self.frame.nodes.iter().map(seen).collect()
    }

    fn chosen(&self) -> Option<&NodeFrame> {
        let id = self.look.chosen.as_deref()?;
        self.frame.nodes.iter().find(|node| &*node.name == id)
    }

    fn set(&self) -> Option<PartSet> {
        let id = self.look.chosen.as_deref()?;
        let design = self.run.design();
        let Some(node) = design.node(id) else {
            return self.wire_set(id);
        };
        let config = &node.config;
        let entry = config.kind().entry();
        let wiring = design.wiring(id);
        let code = |lang| config.snippet(&wiring, lang).map(AttrValue::from);
        Some(PartSet {
            id: id.to_owned().into(),
            name: design
                .layout
                .names
                .get(id)
                .map_or(id, String::as_str)
                .to_owned()
                .into(),
            service: entry.id,
            service_name: entry.name.into(),
            family: entry.family.key(),
            wired: None,
            aws: entry.aws,
            fields: fields(
                &config.kind().fields(),
                |ix| config.shown(ix),
                |ix| config.get(ix),
            ),
            code: code(Lang::Cli)
                .zip(code(Lang::Python))
                .map(|(cli, python)| [cli, python]),
            faults: entry.faults,
            problems: problems(design, id),
        })
    }

    fn live(&mut self, now_ms: f64) -> Option<PartLive> {
        let Some(id) = self.chosen().map(|node| node.id) else {
            return self.wire_live(self.look.chosen.as_deref()?);
        };
        let hours = self.hours(id, now_ms);
        let node = self.chosen()?;
        let plant = self.run.engine().machine();
        let mut readings = self.readings(node);
        readings.extend(self.tanks(node));
        let faults = plant
            .floor
            .node(node.id)
            .faults
            .iter()
            .map(|(_, fault)| FaultRow {
                words: fill(
                    "fault.on",
                    &[("fault", t(&format!("fault.{}", fault.id())))],
                )
                .into(),
            });
        let (lane_form, lanes) = lanes(node);
        Some(PartLive {
            state: node.gauges.state.key(),
            rows: readings,
            lanes,
            lane_form,
            lane: self.stage.words.lane(node.kind.entry().id).into(),
            faults: faults.collect(),
            bill: self.bill(node.id),
            refusing: words::refusing(node),
            sized: self.sized(id),
            hours,
        })
    }

    /// The readings of a node; beside a reader's iterator age the age of the oldest record that waits for it.
    fn readings(&self, node: &NodeFrame) -> Vec<Row> {
        let service = node.kind.entry().id;
        let mut rows = Vec::new();
        for reading in &node.gauges.readings {
            let label = self.stage.words.gauge_of(service, reading.key);
            let tank = node
                .gauges
                .tanks
                .iter()
                .find(|tank| tank.key == reading.key);
            let value = match tank.filter(|tank| !tank.unit.is_empty()) {
                Some(tank) => filled(tank),
                None => numbers::reading_of_limit(reading),
            };
            rows.push(row(label, value, false));
            let unread = self.frame.oldest_unread(node.id);
            if let Some(age) = unread.filter(|_| reading.key == "iterator_age") {
                let seconds = age as f64 / 1e6;
                let mut told = row(t("chart.unread"), numbers::span(seconds), seconds > 10.0);
                told.hint = Some(t("unread.help").into());
                if node.keeps_lanes() {
                    rows.pop(); // of the stream itself it is the same number
                }
                rows.push(told);
            }
        }
        rows
    }

    /// Tanks, but for those that a reading tells already.
    fn tanks(&self, node: &NodeFrame) -> Vec<Row> {
        let service = node.kind.entry().id;
        let told = |key: &str| {
            let mut readings = node.gauges.readings.iter();
            readings.any(|reading| reading.key == key)
        };
        let tanks = node.gauges.tanks.iter().filter(|tank| !told(tank.key));
        tanks
            .map(|tank| {
                let label = self.stage.words.gauge_of(service, tank.key);
                row(label, filled(tank), false)
            })
            .collect()
    }

    fn bill(&self, node: NodeId) -> Vec<Row> {
        let plant = self.run.engine().machine();
        let mut lines = Vec::new();
        if let Some(unit) = plant.unit(node) {
            unit.bill(&plant.view(node, self.run.now()), &mut lines);
        }
        let total: f64 = lines.iter().map(|line| line.usd()).sum();
        let mut rows: Vec<Row> = lines
            .iter()
            .map(|line| row(price_name(line.price.key), usd(line.usd()), false))
            .collect();
        if rows.len() > 1 {
            rows.push(row(t("live.total"), usd(total), false));
        }
        rows
    }

    fn marks(&self) -> Vec<MarkSeen> {
        let note = |note: &TimelineNote| MarkSeen {
            at: note.at,
            words: fill(note.key, &[("value", &show_count(note.value))]).into(),
            bad: matches!(
                note.key,
                "note.first-refusal" | "note.fault" | "note.control-refused"
            ),
        };
        let notes = self.run.history().notes().iter().take(MARKS_MAX);
        let mut marks: Vec<MarkSeen> = notes.map(note).chain(self.steps()).collect();
        marks.sort_by_key(|mark| mark.at);
        marks.dedup();
        marks
    }

    /// When the load of a source steps up, as its settings say.
    fn steps(&self) -> impl Iterator<Item = MarkSeen> {
        let value = |node: &Node, key: &str| {
            let fields = node.config.kind().fields();
            let ix = fields.iter().position(|field| field.key == key)?;
            Some(node.config.get(ix))
        };
        self.run.design().nodes.iter().filter_map(move |node| {
            let steps = value(node, "shape")? == Value::Text("step".to_owned());
            let at = value(node, "at")?.uint().ok().filter(|_| steps)?;
            Some(MarkSeen {
                at,
                words: stepped(
                    node.config.kind().entry().id,
                    value(node, "rate"),
                    value(node, "rate_after"),
                )
                .into(),
                bad: false,
            })
        })
    }
}

/// What a step of the load is called: shops open their doors.
fn stepped(service: &str, before: Option<Value>, after: Option<Value>) -> &'static str {
    let rate = |value: Option<Value>| value.and_then(|value| value.uint().ok()).unwrap_or(0);
    match (rate(before), rate(after)) {
        (_, 0) => t("note.step.ends"),
        (before, after) if after < before => t("note.step.falls"),
        _ => find(&format!("note.step.{service}")).unwrap_or(t("note.step")),
    }
}

/// What is paid for under a price.
pub(super) fn price_name(key: &str) -> String {
    find(&format!("price.{key}")).map_or_else(|| key.replace('_', " "), str::to_owned)
}

fn usd(value: f64) -> String {
    if value < 0.01 {
        format!("{value:.5} USD")
    } else {
        format!("{value:.2} USD")
    }
}

/// How full a tank is, and how much it holds.
fn filled(tank: &Tank) -> String {
    let (level, size) = (words::whole(tank.level), words::whole(tank.size));
    format!("{level} / {size} {}", tank.unit)
        .trim_end()
        .to_owned()
}

/// The fields that mean something now, with their values.
pub(super) fn fields(
    all: &[FieldInfo],
    shown: impl Fn(usize) -> bool,
    get: impl Fn(usize) -> Value,
) -> Vec<FieldSeen> {
    let shown = all.iter().enumerate().filter(|(ix, _)| shown(*ix));
    shown
        .map(|(ix, info)| FieldSeen {
            info: *info,
            value: info.show(&get(ix)).into(),
        })
        .collect()
}

/// Problems of a node's or a wire's settings: each in words, and whether it is more than advice.
pub(super) fn problems(design: &Design, id: &str) -> Vec<(AttrValue, bool)> {
    let mine = design
        .check()
        .into_iter()
        .filter(|problem| problem.at == id);
    mine.map(|problem| (problem.text.into(), problem.fatal))
        .collect()
}

/// The lanes in the form that tells most of them.
fn lanes(node: &NodeFrame) -> (LaneForm, Vec<LaneRow>) {
    if node.keeps_lanes() && node.has_limits() {
        (LaneForm::Rates, stream_lanes(node))
    } else if node.has_limits() {
        (LaneForm::Buckets, buckets(node))
    } else {
        (LaneForm::Waiting, waiting_lanes(node))
    }
}

/// The lanes that take work, then the closed ones.
fn stream_lanes(node: &NodeFrame) -> Vec<LaneRow> {
    let open = node.open_lanes().map(|(lane, rate)| LaneRow {
        id: lane.id,
        told: LaneTold::Rates {
            rates: [rate.tried, rate.admitted, rate.refused].map(words::round),
            waiting: lane.waiting,
        },
        bad: rate.refused > 0.0,
    });
    let closed = node.gauges.lanes.iter().filter(|lane| !lane.open);
    let closed = closed.map(|lane| LaneRow {
        id: lane.id,
        told: LaneTold::Closed(lane.waiting),
        bad: false,
    });
    open.chain(closed).collect()
}

/// Lanes with a limit that keep nothing, such as the partitions of a table.
fn buckets(node: &NodeFrame) -> Vec<LaneRow> {
    let row = |lane: &LaneGauge| LaneRow {
        id: lane.id,
        told: LaneTold::Bucket {
            counts: [lane.admitted, lane.refused],
            level: [lane.records_level, lane.records_capacity],
        },
        bad: false,
    };
    node.gauges.lanes.iter().map(row).collect()
}

/// Lanes without a limit, such as the pollers of a function: what waits in them, and how long.
fn waiting_lanes(node: &NodeFrame) -> Vec<LaneRow> {
    let row = |lane: &LaneGauge| LaneRow {
        id: lane.id,
        told: LaneTold::Waiting {
            waiting: lane.waiting,
            oldest: lane.oldest_us,
        },
        bad: false,
    };
    node.gauges.lanes.iter().map(row).collect()
}
