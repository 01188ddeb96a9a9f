//! The charts' canvases, what stands beside their titles, and what the reader does to them.

mod cursor;
mod numbers;
mod pictures;

use super::Session;
use crate::platform::chart_canvas::{ChartCanvas, Picture};
use crate::platform::dom;
use crate::ui::charts::{BETWEEN, ChartSeen, Choice, Read, Which, word};
use crate::ui::text::{fill, find, t};
use cursor::Cursor;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::units::show_count;
use millrace_engine::charts::heat::Heat;
use millrace_engine::charts::spec::Chart;
use millrace_engine::run::frame::NodeFrame;
use wasm_bindgen::JsCast;
use yew::AttrValue;

/// Between two looks at the history [ms].
const PAUSE_MS: f64 = 250.0;
/// A look may take one part in this many of the time between two.
const SHARE: f64 = 25.0;
/// The same two while the thumb moves: the cursor follows it.
const SCRUB_PAUSE_MS: f64 = 40.0;
const SCRUB_SHARE: f64 = 5.0;

/// The canvases and what stands beside their titles.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    canvases: SortedMap<Which, ChartCanvas>,
    next_ms: f64,
    cursor: Cursor,
    seen: SortedMap<Which, Beside>,
}

/// What stands beside a title.
#[derive(Clone, Debug, Default)]
struct Beside {
    figures: AttrValue,
    cursor: Option<AttrValue>,
}

impl Desk {
    /// The canvases are gone or have other colours.
    pub(super) fn forget(&mut self) {
        self.canvases.clear();
        self.next_ms = 0.0;
    }
}

/// The text of a key of the engine, or the name of a metric.
fn said(key: &str) -> String {
    find(key).unwrap_or(key).to_owned()
}

impl Session {
    /// Draws the charts if they are open and it is time; the shared cursor in any case.
    pub(super) fn draw_charts(&mut self, now_ms: f64) {
        if !self.look.charts {
            self.desk.canvases.clear();
            self.desk.cursor.leave();
            return;
        }
        let hasty = self.is_hasty() && !self.scrubbing();
        if now_ms < self.desk.next_ms && !hasty {
            self.draw_cursor();
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
        canvases.retain(|_, canvas| canvas.is_in_page());
        let over = self.desk.cursor.over();
        let mut seen = SortedMap::new();
        for which in self.look.shelf.all().collect::<Vec<_>>() {
            if !canvases.contains_key(&which) {
                let element = dom::by_id(&which.canvas()).and_then(|found| found.dyn_into().ok());
                let fresh = element.and_then(ChartCanvas::new);
                canvases.extend(fresh.map(|fresh| (which, fresh)));
            }
            let Some(canvas) = canvases.get_mut(&which) else {
                continue; // not in the page yet
            };
            let picture = self.picture(which);
            seen.insert(which, self.beside(&picture));
            canvas.show(picture, over, &said);
        }
        self.desk.canvases = canvases;
        self.desk.seen = seen;
    }

    /// Moves the shared cursor over pictures that stay as they are.
    fn draw_cursor(&mut self) {
        let over = self.desk.cursor.over();
        if !std::mem::take(&mut self.desk.cursor.moved) {
            return;
        }
        let mut canvases = std::mem::take(&mut self.desk.canvases);
        for (which, canvas) in &mut canvases {
            canvas.point(over);
            if let Some(picture) = canvas.picture() {
                let beside = self.beside(picture);
                self.desk.seen.insert(*which, beside);
            }
        }
        self.desk.canvases = canvases;
    }

    fn beside(&self, picture: &Picture) -> Beside {
        let mark = self.desk.cursor.mark;
        let Some(at) = mark else {
            let figures = match picture {
                Picture::Chart(chart) => figures(chart, chart.latest(), false),
                Picture::Heat(heat) => heat_figure(heat),
            };
            return Beside {
                figures: figures.into(),
                cursor: None,
            };
        };
        let (time, seconds) = (self.time_of(at), at as f64 / 1e6);
        let (few, all) = match picture {
            Picture::Chart(chart) => {
                let values = chart.at(seconds);
                (
                    figures(chart, values.clone(), false),
                    figures(chart, values, true),
                )
            }
            Picture::Heat(heat) => {
                let busiest = heat_at(heat, seconds);
                (busiest.clone(), busiest)
            }
        };
        let known = |of: &str| {
            if of.is_empty() {
                t("table.none").to_owned()
            } else {
                of.to_owned()
            }
        };
        let mut spoken = format!("{time}: {}", known(&all));
        if let Some(half) = self.desk.cursor.half {
            spoken.push_str(". ");
            spoken.push_str(&fill("chart.cursor.half", &[("time", &self.time_of(half))]));
        }
        Beside {
            figures: format!("{time}{BETWEEN}{}", known(&few)).into(),
            cursor: Some(spoken.into()),
        }
    }

    /// `10:04:12` of a model time.
    fn time_of(&self, at: u64) -> String {
        let text = millrace_engine::base::time::clock(self.frame.start_us, at);
        let time = text.rsplit(' ').next().unwrap_or_default();
        time.split('.').next().unwrap_or_default().to_owned()
    }

    /// The charts as the page shows them.
    pub(super) fn charts_seen(&self) -> Vec<ChartSeen> {
        let view = self.view();
        let second = |at: u64| (at / 1_000_000) as i64;
        let at = self.desk.cursor.mark.unwrap_or(self.frame.at);
        let at = at.clamp(view.from, view.to.max(view.from));
        let seen = |which: Which| {
            let beside = self.desk.seen.get(&which).cloned().unwrap_or_default();
            let node = self.charted(which);
            let read = self.look.shelf.read(which);
            let service = node.map_or("", |node| node.kind.entry().id);
            let pinned = self.look.shelf.pinned(which);
            ChartSeen {
                which,
                title: read
                    .map_or_else(|| which.title_of(service), Read::title)
                    .into(),
                node: match (read, node, pinned) {
                    (Some(Read::CostOfAll), ..) => AttrValue::default(),
                    (_, Some(node), _) => node.name.to_string().into(),
                    (_, None, name) => name.unwrap_or_default().to_owned().into(),
                },
                pinned: pinned.is_some(),
                missing: self.missing(read, node, pinned),
                figures: beside.figures,
                cursor: beside.cursor,
                range: [second(view.from), second(at), second(view.to)],
            }
        };
        self.look.shelf.all().map(seen).collect()
    }

    /// Why a chart has nothing to show, if it has not.
    fn missing(
        &self,
        read: Option<Read>,
        node: Option<&NodeFrame>,
        pinned: Option<&str>,
    ) -> Option<AttrValue> {
        match (read, node, pinned) {
            (Some(Read::CostOfAll), ..) => None,
            (_, None, Some(name)) => Some(fill("chart.gone", &[("node", name)]).into()),
            (Some(read), Some(node), _) if !self.reads(node, read) => {
                Some(fill("chart.has-not", &[("node", &node.name)]).into())
            }
            (Some(_), None, None) => Some(t("chart.no-node").into()),
            _ => None,
        }
    }

    /// What a chart can be added of.
    pub(crate) fn choices(&self) -> Vec<Choice> {
        let of = |node: &NodeFrame| {
            let entry = node.kind.entry();
            let metrics = entry.metrics.iter().map(|metric| Read::Metric(metric.name));
            let own = [
                Read::In,
                Read::Out,
                Read::Refused,
                Read::Cost,
                Read::CostOfAll,
            ];
            let reads = metrics.chain(own).filter(|read| self.reads(node, *read));
            Choice {
                node: node.name.to_string().into(),
                service: entry.name,
                reads: reads.collect(),
            }
        };
        self.frame.nodes.iter().map(of).collect()
    }
}

/// Values of a chart in words: where there is little room at most two, so that they always have it.
fn figures(chart: &Chart, values: Vec<(&'static str, Option<f64>)>, all: bool) -> String {
    const NAMED: [&str; 4] = ["chart.in", "chart.out", "chart.p50", "chart.p99"];
    let alone = values.len() == 1;
    let mut told: Vec<String> = Vec::new();
    for (label, value) in values {
        if let Some(value) = value.filter(|_| alone || all || NAMED.contains(&label)) {
            let short = chart.unit.short(value);
            let short = format!("{short}{}", if alone { chart.unit.each() } else { "" });
            told.push(if alone {
                short
            } else {
                format!("{} {short}", word(label))
            });
        }
    }
    told.join(BETWEEN)
}

fn heat_figure(heat: &Heat) -> String {
    if heat.limit <= 0.0 {
        return String::new();
    }
    fill(
        "chart.against",
        &[("limit", &show_count(heat.limit as u64))],
    )
}

/// The busiest shard at a time.
fn heat_at(heat: &Heat, time: f64) -> String {
    heat.busiest(time)
        .map_or_else(String::new, |(shard, load)| {
            let load = show_count(load.round().max(0.0) as u64);
            fill(
                "chart.busiest",
                &[("shard", &shard.to_string()), ("load", &load)],
            )
        })
}
