//! The first visit's cures, applied to the run itself, and the figures beside them.

use super::{Session, Told, words};
use crate::ui::visit::{Beat, Cure, Figures, Scenery};
use millrace_engine::base::units::show_count;
use millrace_engine::catalog::Family;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::services::talk::NodeId;

/// The refusing log of the first visit's design.
const STREAM: &str = "stream";

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
            Cure::Consumer => self.faster_consumer(),
            Cure::Key => set("store-*", "key", "{store}/till-{nn}"),
        };
        if let Err(error) = self.edit(edit) {
            self.told = Some(Told::of(error.to_string()));
        }
    }

    fn faster_consumer(&self) -> Edit {
        set("checkout", "rate", "20000")
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
