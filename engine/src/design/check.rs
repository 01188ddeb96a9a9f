//! Problems of a design: a list, never only the first.

use super::edit::{check_id, check_name, check_place, short};
use super::{Design, EditError, Layout, Wire};
use crate::base::sorted::SortedSet;
use crate::catalog::Dir;
use crate::services::ServiceKind;
use crate::services::contract::Problem;

/// Most nodes of a design.
pub const NODES_MAX: usize = 1_000;
/// Most wires of a design.
pub const WIRES_MAX: usize = 4_000;

/// Wire kinds that can lead from one service to another, in the order of preference.
#[must_use]
pub fn kinds_between(from: ServiceKind, to: ServiceKind) -> Vec<&'static str> {
    let outs = from
        .entry()
        .ports
        .iter()
        .filter(|port| port.dir == Dir::Out);
    let ins: Vec<&str> = to
        .entry()
        .ports
        .iter()
        .filter(|port| port.dir == Dir::In)
        .flat_map(|port| port.kinds.iter().copied())
        .collect();
    outs.flat_map(|port| port.kinds.iter().copied())
        .filter(|kind| ins.contains(kind))
        .collect()
}

/// Whether the wire can be added to the design.
///
/// # Errors
/// A sentence: which end is missing, or why the two services cannot be joined so.
pub fn can_be(design: &Design, wire: &Wire) -> Result<(), EditError> {
    let end = |id: &String| {
        design
            .node(id)
            .ok_or_else(|| EditError::Unknown(id.clone()))
    };
    let (from, to) = (end(&wire.from)?, end(&wire.to)?);
    if wire.from == wire.to {
        return Err(EditError::Wire(format!(
            "A wire cannot lead from {} to itself.",
            short(&wire.from)
        )));
    }
    let (out, into) = (from.config.kind(), to.config.kind());
    let kinds = kinds_between(out, into);
    let kind = wire.link.kind().entry().id;
    if !kinds.contains(&kind) {
        let (out, into) = (out.entry().name, into.entry().name);
        let instead = match kinds.first() {
            Some(kind) => format!(" A wire of the kind \"{kind}\" can."),
            None => String::new(),
        };
        return Err(EditError::Wire(format!(
            "No \"{kind}\" wire can lead from {out} to {into}.{instead}"
        )));
    }
    let twin = design
        .wires
        .iter()
        .any(|w| w.from == wire.from && w.to == wire.to && w.link.kind() == wire.link.kind());
    if twin && kind != "push" {
        let (from, to) = (&wire.from, &wire.to);
        let code = if wire.link.kind().entry().active {
            "ResourceConflictException: " // CreateEventSourceMapping (API-lam, 2026-11-22)
        } else {
            ""
        };
        return Err(EditError::Wire(format!(
            "{code}{from} and {to} are joined by such a wire already."
        )));
    }
    within_ports(design, wire, kind)
}

/// Whether both ports have room for one more wire of this kind.
fn within_ports(design: &Design, wire: &Wire, kind: &str) -> Result<(), EditError> {
    for (id, dir) in [(&wire.from, Dir::Out), (&wire.to, Dir::In)] {
        let Some(node) = design.node(id) else {
            continue;
        };
        let entry = node.config.kind().entry();
        let port = entry
            .ports
            .iter()
            .find(|port| port.dir == dir && port.kinds.contains(&kind));
        let Some(port) = port else { continue };
        let there = design.wires.iter().filter(|w| {
            let at = if dir == Dir::Out { &w.from } else { &w.to };
            at == id && port.kinds.contains(&w.link.kind().entry().id)
        });
        if there.count() as u64 >= u64::from(port.wires_max) {
            return Err(EditError::Wire(format!(
                "{id} takes at most {} such wires; remove one first.",
                port.wires_max
            )));
        }
    }
    Ok(())
}

/// What is wrong with names and places.
pub(super) fn layout_problems(layout: &Layout) -> Vec<Problem> {
    let names = layout.names.iter().map(|(id, name)| (id, check_name(name)));
    let places = layout
        .places
        .iter()
        .map(|(id, at)| (id, check_place(id, *at)));
    let wrong = names
        .chain(places)
        .filter_map(|(id, checked)| Some((id, checked.err()?)));
    let fatal = |at: String, text: String| Problem {
        at,
        field: String::new(),
        text,
        fatal: true,
    };
    let short = |id: &String| id.chars().take(64).collect::<String>();
    wrong
        .map(|(id, error)| fatal(short(id), error.to_string()))
        .take(20)
        .collect()
}

impl Design {
    /// All problems; fatal ones keep it from running.
    #[must_use]
    pub fn check(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut ids = SortedSet::new();
        let fatal = |at: &str, text: String| Problem {
            at: at.to_owned(),
            field: String::new(),
            text,
            fatal: true,
        };
        if self.nodes.len() > NODES_MAX || self.wires.len() > WIRES_MAX {
            out.push(fatal(
                "",
                format!(
                    "The design has {} nodes and {} wires; at most {NODES_MAX} and {WIRES_MAX} run.",
                    self.nodes.len(),
                    self.wires.len()
                ),
            ));
        }
        let all = self
            .nodes
            .iter()
            .map(|n| &n.id)
            .chain(self.wires.iter().map(|w| &w.id));
        for id in all {
            if let Err(error) = check_id(id) {
                out.push(fatal(id, error.to_string()));
            } else if !ids.insert(id.clone()) {
                out.push(fatal(
                    id,
                    format!("\"{}\" stands twice: each id stands once.", short(id)),
                ));
            }
        }
        let mut bare = Self {
            wires: Vec::new(),
            ..self.clone()
        };
        for wire in &self.wires {
            match can_be(&bare, wire) {
                Ok(()) => bare.wires.push(wire.clone()),
                Err(error) => out.push(fatal(
                    &wire.id,
                    format!("Wire {}: {error}", short(&wire.id)),
                )),
            }
        }
        for node in &self.nodes {
            node.config.check(&self.wiring(&node.id), &mut out);
        }
        for wire in &self.wires {
            wire.link.check(&self.ends(wire), &mut out);
        }
        out
    }
}
