//! The words of the stage, and the sentences that stand for its pictures.
//!
//! All words lie in `static/text/<language>/scene.txt`; English is compiled in, so that no key is
//! ever without words. Sentences name a node, its readings and its state, for the elements beside
//! the canvas.

use super::numbers;
use crate::base::words::Table;
use crate::run::frame::{Frame, NodeFrame, Refusal, WireFrame};
use crate::services::gauges::State;
use crate::services::talk::Reason;

const ENGLISH: &str = include_str!("../../../static/text/en/scene.txt");

/// Words by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    table: Table,
}

impl Default for Words {
    fn default() -> Self {
        Self::parse(ENGLISH)
    }
}

impl Words {
    /// Reads `key = text` lines; what it does not understand it leaves out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let table = Table::parse(text);
        Self { table }
    }

    /// Another language over English: keys that it lacks stay English.
    #[must_use]
    pub fn over_english(text: &str) -> Self {
        let mut words = Self::default();
        words.table.extend(Table::parse(text));
        words
    }

    /// The words under a key; a key without words is read out with blanks for its marks.
    #[must_use]
    pub fn get(&self, key: &str) -> String {
        self.table.get(key)
    }

    /// The words under a key with `{name}`s filled in.
    #[must_use]
    pub fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.table.fill(key, values)
    }

    /// What a lane of the service is called.
    #[must_use]
    pub fn lane(&self, service: &str) -> String {
        let own = self.table.find(&format!("lane.{service}"));
        own.map_or_else(|| self.get("lane"), str::to_owned)
    }

    /// The word of a state.
    #[must_use]
    pub fn state(&self, state: State) -> String {
        self.get(state.key())
    }

    /// The label of a reading.
    #[must_use]
    pub fn gauge(&self, key: &str) -> String {
        self.get(&format!("gauge.{key}"))
    }

    /// The label of a reading of a service, which may have its own word for it.
    #[must_use]
    pub fn gauge_of(&self, service: &str, key: &str) -> String {
        let own = self.table.find(&format!("gauge.{key}.{service}"));
        own.map_or_else(|| self.gauge(key), str::to_owned)
    }

    /// Why a record bounced: bucket and both numbers.
    #[must_use]
    pub fn refusal(&self, refusal: &Refusal) -> String {
        let (key, bytes) = match refusal.reason {
            Reason::WriteRecords => ("bucket.records", false),
            Reason::WriteBytes => ("bucket.bytes", true),
            Reason::ReadCalls => ("bucket.reads", false),
            Reason::ReadBytes => ("bucket.read-bytes", true),
            Reason::NoToken => ("bucket.token", false),
            Reason::TableCapacity
            | Reason::KeyRange
            | Reason::OnDemandLimit
            | Reason::AccountLimit
            | Reason::CallsLimit => (refusal.reason.code(), false),
            other => return self.get(&format!("reason.{}", other.code())),
        };
        let show = |value: u64| {
            if bytes {
                numbers::bytes(value as f64)
            } else {
                numbers::whole(value as f64)
            }
        };
        let (had, limit) = (show(refusal.had), show(refusal.limit_per_s));
        let long = format!("reason.{key}");
        let key = if key.starts_with("bucket.") {
            key
        } else {
            &long
        };
        self.fill(key, &[("had", &had), ("limit", &limit)])
    }

    /// A node as a sentence or two.
    #[must_use]
    pub fn node(&self, node: &NodeFrame, name: &str) -> String {
        let entry = node.kind.entry();
        let key = if entry.family == crate::catalog::Family::Sources {
            "say.source"
        } else if node.rates.len() > 1 && node.keeps_lanes() {
            "say.lanes"
        } else {
            "say.node"
        };
        let taken = if key == "say.lanes" {
            node.rates.iter().map(|rate| rate.admitted).sum()
        } else {
            node.in_rate
        };
        let (open, closed) = node.lane_counts();
        let closed = match closed {
            0 => String::new(),
            n => self.fill("say.closed", &[("n", &n.to_string())]),
        };
        let mut text = self.fill(
            key,
            &[
                ("name", name),
                ("service", entry.name),
                ("in", &numbers::whole(taken)),
                ("out", &numbers::whole(node.out_rate)),
                ("refused", &numbers::whole(node.refused_rate)),
                ("lanes", &open.to_string()),
                ("closed", &closed),
                ("word", &self.lane(entry.id)),
                ("state", &self.state(node.gauges.state)),
            ],
        );
        for reading in node.gauges.readings.iter().take(3) {
            let label = capital(&self.gauge_of(entry.id, reading.key));
            let value = numbers::reading(reading);
            text.push(' ');
            text.push_str(&self.fill("say.reading", &[("label", &label), ("value", &value)]));
        }
        text
    }

    /// A lane as a phrase; `None` if the node has no such lane.
    #[must_use]
    pub fn lane_of(&self, node: &NodeFrame, lane: u32) -> Option<String> {
        let ix = node
            .gauges
            .lanes
            .iter()
            .position(|gauge| gauge.id == lane)?;
        let gauge = &node.gauges.lanes[ix];
        let rate = node.rates.get(ix).copied().unwrap_or_default();
        let key = if !gauge.open {
            "say.lane-closed"
        } else if rate.tried < 0.5 {
            "say.lane-idle"
        } else {
            "say.lane"
        };
        Some(self.fill(
            key,
            &[
                ("word", &self.lane(node.kind.entry().id)),
                ("n", &lane.to_string()),
                ("tried", &numbers::whole(rate.tried)),
                ("admitted", &numbers::whole(rate.admitted)),
                ("refused", &numbers::whole(rate.refused)),
                ("waiting", &numbers::whole(gauge.waiting as f64)),
            ],
        ))
    }

    /// A wire as a phrase.
    #[must_use]
    pub fn wire(&self, frame: &Frame, wire: &WireFrame) -> String {
        let name = |id| frame.node(id).map_or("", |node| &*node.name);
        let rate = numbers::whole(wire.rate);
        let kind = self.wire_kind(wire.kind.entry().id);
        let values = [
            ("kind", kind.as_str()),
            ("from", name(wire.from)),
            ("to", name(wire.to)),
            ("rate", rate.as_str()),
        ];
        self.fill("say.wire", &values)
    }

    /// What a wire kind is called.
    #[must_use]
    pub fn wire_kind(&self, kind: &str) -> String {
        let own = self.table.find(&format!("wire.{kind}"));
        own.map_or_else(|| capital(&kind.replace('-', " ")), str::to_owned)
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_bucket_and_numbers() {
        let refusal = Refusal {
            reason: Reason::WriteRecords,
            had: 0,
            needed: 1,
            limit_per_s: 1_000,
        };
        let words = Words::default();
        assert_eq!(words.refusal(&refusal), "records bucket 0 of 1,000/s");
        let bytes = Refusal {
            reason: Reason::WriteBytes,
            had: 512,
            needed: 1_024,
            limit_per_s: 1_048_576,
        };
        assert_eq!(words.refusal(&bytes), "bytes bucket 512 B of 1.0 MiB/s");
    }

    #[test]
    fn a_key_without_words_is_read_out() {
        assert_eq!(Words::default().gauge("poll_wait_ms"), "poll wait ms");
        assert_eq!(Words::over_english("lane = Spur").lane("sink"), "Spur");
        assert_eq!(Words::over_english("lane = Spur").get("state.calm"), "calm");
        assert_eq!(Words::default().wire_kind("poll"), "Poll");
        assert_eq!(Words::default().wire_kind("queue-tap"), "Queue tap");
    }

    #[test]
    fn a_wire_says_kind_ends_and_rate() {
        let frame = crate::scene::sample::black_friday(10, 1_500.0);
        let said = Words::default().wire(&frame, &frame.wires[0]);
        assert_eq!(
            said,
            "Put wire from store-001 to orders: 1,500 records a second."
        );
    }
}
