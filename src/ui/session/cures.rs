//! The first visit's cures, applied to the run itself, and the figures beside them.

use super::{Session, Told, words};
use crate::ui::visit::{Beat, Cure, Figures, Scenery};
use millrace_engine::base::units::show_count;
use millrace_engine::catalog::{Family, FieldInfo};
use millrace_engine::design::edit::Edit;
use millrace_engine::run::frame::{NodeFrame, WireFrame};
use millrace_engine::services::talk::NodeId;

/// The refusing log of the first visit's design.
const STREAM: &str = "stream";

/// Settings that make a reader faster, of whatever service or wire has them.
const FASTER: [(&str, &str); 3] = [
    ("rate", "20000"),
    ("memory", "3008"),
    ("parallelization", "10"),
];

fn has(fields: &[FieldInfo], key: &str) -> bool {
    fields.iter().any(|field| field.key == key)
}

fn set(at: &str, field: &str, value: &str) -> Edit {
    Edit::Set {
        at: at.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    }
}

impl Session {
    /// Applies the forecast's cure when it is due.
    pub(super) fn cure(&mut self) {
        if self.scrubbing() {
            return;
        }
        let figures = self.figures();
        let Some(cure) = self.visit.due(self.run.now(), || figures) else {
            return;
        };
        let edit = match cure {
            Cure::Lanes => set(STREAM, "shards", &(self.lanes() * 2).to_string()),
            Cure::Consumer | Cure::Function => self.faster_reader(),
            Cure::Key => set("store-*", "key", "{store}/till-{nn}"),
        };
        if let Err(error) = self.edit(edit) {
            self.told = Some(Told::of(error.to_string()));
        }
    }

    /// The node that reads the stream, and the wire over which it does.
    fn reader(&self) -> Option<(&NodeFrame, &WireFrame)> {
        let stream = self.stream()?.id;
        let wire = self.frame.wires.iter().find(|wire| wire.from == stream)?;
        let node = self.frame.nodes.iter().find(|node| node.id == wire.to)?;
        Some((node, wire))
    }

    /// Whether the reader is a function, which grows by memory, and not a program, which works faster.
    fn reads_function(&self) -> bool {
        let reader = self.reader();
        reader.is_some_and(|(node, _)| has(&node.kind.fields(), "memory"))
    }

    /// The reader made as able as its settings let it be: whatever it is, it reads no more than was let in.
    fn faster_reader(&self) -> Edit {
        let mut edits = Vec::new();
        if let Some((node, wire)) = self.reader() {
            let (fields, kept) = (node.kind.fields(), wire.kind.fields());
            for (field, value) in FASTER {
                if has(&fields, field) {
                    edits.push(set(&node.name, field, value));
                }
                if has(&kept, field) {
                    edits.push(set(&wire.name, field, value));
                }
            }
            edits.extend(self.half_the_duration(&node.name));
        }
        Edit::Many(edits)
    }

    /// What is bigger is done in half the time, where a node says how long its work takes.
    fn half_the_duration(&self, id: &str) -> Option<Edit> {
        let config = &self.run.design().node(id)?.config;
        let fields = config.kind().fields();
        let ix = fields.iter().position(|field| field.key == "duration")?;
        let lasts = config.get(ix).uint().ok()?;
        Some(set(id, "duration", &format!("{}us", lasts / 2)))
    }

    fn stream(&self) -> Option<&NodeFrame> {
        self.frame.nodes.iter().find(|node| &*node.name == STREAM)
    }

    fn lanes(&self) -> usize {
        self.stream().map_or(0, |node| node.lane_counts().0)
    }

    /// Refused a second, and what the lanes cost an hour.
    pub(super) fn figures(&self) -> Figures {
        let refused = self.stream().map_or(0.0, |node| node.refused_rate);
        Figures {
            refused: show_count(refused.round() as u64).into(),
            cost: format!("{:.2}", self.lanes() as f64 * self.shard_hour_usd()).into(),
        }
    }

    /// The price of a shard for an hour, from the stream's own price table.
    fn shard_hour_usd(&self) -> f64 {
        let prices = self.stream().map(|node| node.kind.entry().prices);
        let price = prices.and_then(|prices| prices.iter().find(|price| price.key == "shard_hour"));
        price.map_or(0.0, |price| price.nano_usd as f64 / 1e9)
    }

    /// What the first visit's card shows.
    pub(super) fn beat(&self) -> Beat {
        let third = self.stream().is_some_and(|node| {
            let tried: f64 = node.rates.iter().map(|lane| lane.tried).sum();
            node.refused_rate > 0.0 && node.refused_rate * 3.2 >= tried
        });
        let view = Scenery {
            stores: self.sources() as u64,
            lanes: self.lanes() as u64,
            empty: self.stream().map_or(0, words::empty_lanes) as u64,
            third,
            function: self.reads_function(),
        };
        self.visit.beat(self.run.now(), view, || self.figures())
    }

    fn sources(&self) -> usize {
        let is_source = |node: &&NodeFrame| node.kind.entry().family == Family::Sources;
        self.frame.nodes.iter().filter(is_source).count()
    }

    /// The number of a node by its id.
    pub(crate) fn find(&self, id: &str) -> Option<NodeId> {
        self.run.engine().machine().floor.find(id)
    }
}
