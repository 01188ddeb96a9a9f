//! The wires as the panels see them: an element each in the mirror, and the chosen one's settings and life.

use super::Session;
use super::looking::{fields, problems, row};
use crate::ui::seen::{PartLive, PartSet, WireSeen, Wired};
use crate::ui::text::{fill, t};
use millrace_engine::base::time::show_span;
use millrace_engine::base::units::show_count;
use millrace_engine::run::frame::WireFrame;
use millrace_engine::scene::numbers;
use millrace_engine::services::contract::{Custody, Lang};
use millrace_engine::services::talk::{NodeId, WireId};
use std::rc::Rc;
use yew::AttrValue;

impl Session {
    /// All wires, in the order of the frame.
    pub(super) fn wires(&self) -> Vec<WireSeen> {
        let seen = |wire: &WireFrame| WireSeen {
            id: wire.name.to_string().into(),
            from: self.name_of(wire.from),
            to: self.name_of(wire.to),
            place: self.place_of_wire(wire.id),
            words: self.stage.words.wire(&self.frame, wire).into(),
        };
        self.frame.wires.iter().map(seen).collect()
    }

    fn name_of(&self, id: NodeId) -> AttrValue {
        let node = self.frame.nodes.iter().find(|node| node.id == id);
        node.map_or_else(AttrValue::default, |node| node.name.to_string().into())
    }

    /// The wire with this id, as it is drawn.
    pub(crate) fn find_wire(&self, id: &str) -> Option<&WireFrame> {
        self.frame.wires.iter().find(|wire| &*wire.name == id)
    }

    /// The chosen wire as it is set.
    pub(super) fn wire_set(&self, id: &str) -> Option<PartSet> {
        let design = self.run.design();
        let wire = design.wire(id)?;
        let kind = wire.link.kind();
        let entry = kind.entry();
        let ends = design.ends(wire);
        let snippet = |lang| wire.link.snippet(&ends, lang).map(AttrValue::from);
        let code = snippet(Lang::Cli).zip(snippet(Lang::Python));
        let code = code.map(|(cli, python)| [cli, python]);
        Some(PartSet {
            id: id.to_owned().into(),
            name: id.to_owned().into(),
            service: entry.id,
            service_name: self.stage.words.wire_kind(entry.id).into(),
            family: "wire",
            wired: Some(Wired {
                from: wire.from.clone().into(),
                to: wire.to.clone().into(),
                pulled: entry.pulled,
            }),
            aws: false,
            fields: fields(
                &kind.fields(),
                |ix| wire.link.shown(ix),
                |ix| wire.link.get(ix),
            ),
            code,
            faults: &[],
            problems: problems(design, id),
        })
    }

    /// The chosen wire, live: what it carries, and what is on the way.
    pub(super) fn wire_live(&self, id: &str) -> Option<PartLive> {
        let wire = self.find_wire(id)?;
        let delay = self.run.design().wire(id)?.link.delay();
        let (from, to) = (self.name_of(wire.from), self.name_of(wire.to));
        let (caller, asked) = if wire.kind.entry().pulled {
            (&to, &from)
        } else {
            (&from, &to)
        };
        let calls = fill("wire.calls.text", &[("caller", caller), ("asked", asked)]);
        let rate = format!("{} rec/s", numbers::count(wire.rate));
        let rows = vec![
            row(t("wire.rate"), rate, false),
            row(t("wire.way"), records(self.on_the_way(wire.id)), false),
            row(t("wire.trip"), show_span(delay), false),
            row(t("wire.calls"), calls, false),
        ];
        Some(PartLive {
            rows,
            ..PartLive::default()
        })
    }

    /// Records that the wire holds, or that are in a call or answer on it.
    fn on_the_way(&self, wire: WireId) -> u64 {
        let engine = self.run.engine();
        let plant = engine.machine();
        let flying = plant.in_flight(engine.pending()).into_iter();
        let calls = flying.filter(|(_, over, _)| *over == Some(wire));
        let mut held = Custody::default();
        if let Some(link) = plant.link(wire) {
            link.custody(&mut held);
        }
        let flying: u64 = calls.map(|(_, _, parcel)| u64::from(parcel.n)).sum();
        let kept: u64 = held
            .held
            .iter()
            .map(|(_, parcel)| u64::from(parcel.n))
            .sum();
        flying + kept + held.beside
    }

    /// The wires in an `Rc`, for the mirror.
    pub(super) fn wires_seen(&self) -> Rc<Vec<WireSeen>> {
        Rc::new(self.wires())
    }
}

fn records(n: u64) -> String {
    match n {
        1 => t("records.one").to_owned(),
        n => fill("records", &[("n", &show_count(n))]),
    }
}
