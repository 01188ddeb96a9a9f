//! The run in words: what a node does, and the one sentence for the live region.

use super::Session;
use crate::ui::text::{fill, number, number_first, t};
use millrace_engine::base::units::show_count;
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::services::gauges::State;
use yew::AttrValue;

/// Model-independent pace of the live region: at most one sentence in this time [ms].
const PAUSE_MS: f64 = 5_000.0;

/// What was said last.
#[derive(Debug, Default)]
pub(super) struct Spoken {
    text: AttrValue,
    at_ms: f64,
}

/// The nearest whole number.
pub(super) fn round(value: f64) -> u64 {
    value.max(0.0).round() as u64
}

/// A number without a fraction, with separators.
pub(super) fn whole(value: f64) -> String {
    show_count(round(value))
}

/// How many lanes refuse now, and of how many that take work.
pub(super) fn refusing_lanes(node: &NodeFrame) -> (usize, usize) {
    let refusing = node.open_lanes().filter(|(_, rate)| rate.refused > 0.0);
    (refusing.count(), node.lane_counts().0)
}

/// How many lanes take work and get none.
pub(super) fn empty_lanes(node: &NodeFrame) -> usize {
    let empty = node.open_lanes().filter(|(_, rate)| rate.tried < 0.5);
    empty.count()
}

/// Records a second that asked to come in.
pub(super) fn tried(node: &NodeFrame) -> f64 {
    node.rates.iter().map(|lane| lane.tried).sum()
}

/// Heading and sentence of what a node refuses; `None` if it takes everything.
pub(super) fn refusing(node: &NodeFrame) -> Option<(AttrValue, AttrValue)> {
    if node.refused_rate <= 0.0 {
        return None;
    }
    let (some, all) = refusing_lanes(node);
    let refused = whole(node.refused_rate);
    let mut readings = node.gauges.readings.iter();
    let limit = readings.find_map(|reading| Some((reading, reading.limit?)));
    if let Some((reading, limit)) = limit.filter(|_| !node.keeps_lanes()) {
        let used = whole(reading.value);
        let values = [
            ("refused", &*refused),
            ("used", &used),
            ("limit", &whole(limit)),
            ("unit", reading.unit),
        ];
        return Some((
            t("state.refusing").into(),
            fill("refusing.limit", &values).into(),
        ));
    }
    if some == 0 || all == 0 {
        let text = fill("refusing.whole", &[("refused", &refused)]);
        return Some((t("state.refusing").into(), text.into()));
    }
    let open = node.open_lanes();
    let room: u64 = open.map(|(lane, _)| lane.records_capacity).sum();
    let title = fill(
        "refusing.title",
        &[("some", &some.to_string()), ("all", &all.to_string())],
    );
    let text = fill(
        "refusing.text",
        &[
            ("refused", &refused),
            ("tried", &whole(tried(node))),
            ("room", &show_count(room)),
        ],
    );
    Some((title.into(), text.into()))
}

impl Session {
    /// State and figures of a node, as a screen reader says them.
    pub(super) fn node_words(
        &self,
        node: &NodeFrame,
        ins: &[AttrValue],
        outs: &[AttrValue],
    ) -> AttrValue {
        let names = &self.run.design().layout.names;
        let name = names.get(&*node.name).map_or(&*node.name, String::as_str);
        let mut words = self.stage.words.node(node, name);
        if self.bench.picked.contains(&*node.name) {
            words.push(' ');
            words.push_str(t("pick.node"));
        }
        for (key, ids) in [("stage.from", ins), ("stage.to", outs)] {
            if !ids.is_empty() {
                words.push(' ');
                words.push_str(&fill(key, &[("nodes", &ids.join(", "))]));
            }
        }
        words.into()
    }

    /// Says something at once, in place of the next sentence on counts.
    pub(crate) fn say(&mut self, text: String) {
        self.spoken = Spoken {
            text: text.into(),
            at_ms: self.last_ms.unwrap_or(1.0).max(1.0),
        };
    }

    /// The sentence for the live region: changed rarely, and only when there is something else to say.
    pub(super) fn spoken(&mut self, now_ms: f64) -> AttrValue {
        if now_ms - self.spoken.at_ms < PAUSE_MS && self.spoken.at_ms > 0.0 {
            return self.spoken.text.clone();
        }
        let text: AttrValue = self.sentence().into();
        if text != self.spoken.text {
            self.spoken = Spoken {
                text,
                at_ms: now_ms,
            };
        }
        self.spoken.text.clone()
    }

    fn sentence(&self) -> String {
        let mut sentences = Vec::new();
        for node in &self.frame.nodes {
            if node.gauges.state == State::Down {
                sentences.push(fill("spoken.down", &[("node", &node.name)]));
            }
            let (some, all) = refusing_lanes(node);
            if node.refused_rate > 0.0 && !node.keeps_lanes() {
                let refused = rounded(node.refused_rate);
                let values = [("node", &*node.name), ("refused", &refused)];
                sentences.push(fill("spoken.refusing.node", &values));
            } else if node.refused_rate > 0.0 && some > 0 && all > 0 {
                sentences.push(fill(
                    "spoken.refusing",
                    &[
                        ("some", &number_first(some as u64)),
                        ("all", &number(all as u64)),
                        ("refused", &rounded(node.refused_rate)),
                        ("tried", &rounded(tried(node))),
                    ],
                ));
            }
        }
        if sentences.is_empty() {
            t("spoken.well").to_owned()
        } else {
            sentences.join(" ")
        }
    }
}

/// To two digits, so that a figure that trembles is not said again and again.
fn rounded(value: f64) -> String {
    let whole_value = value.max(0.0).round() as u64;
    let unit = 10_u64.pow(whole_value.max(1).ilog10().saturating_sub(1));
    show_count(whole_value / unit * unit)
}
