//! From what a design became to orders for the plant: names resolved, differences found.

use crate::base::time::{Us, parse_span};
use crate::design::edit::{EditError, short};
use crate::design::file::FaultSpec;
use crate::design::{Design, Node, Wire};
use crate::kernel::{Engine, Limits};
use crate::services::faults::Fault;
use crate::services::floor::Floor;
use crate::services::plant::{Order, Plant};
use crate::services::talk::WireId;
use std::sync::Arc;

/// Bytes that retained logs may take before the oldest parts are made coarser (product.md 3.7).
pub const LOG_BUDGET: u64 = 96 << 20;

/// Builds the plant of a design and schedules the start of all that stands on it.
#[must_use]
pub fn build(design: &Design, log_budget: u64) -> Engine<Plant> {
    let mut floor = Floor::new(design.seed, design.start_us, design.rules, log_budget);
    floor.traces = Arc::new(design.traces.clone());
    let mut plant = Plant::new(floor);
    for node in &design.nodes {
        plant.add_node(node.id.as_str().into(), &node.config);
    }
    for wire in &design.wires {
        let (from, to) = (plant.floor.find(&wire.from), plant.floor.find(&wire.to));
        if let (Some(from), Some(to)) = (from, to) {
            plant.add_wire(wire.id.as_str().into(), from, to, wire.link.clone());
        }
    }
    plant.floor.rewire();
    let signals = plant.first_signals();
    let mut engine = Engine::new(plant, Limits::default());
    for signal in signals {
        engine.schedule(0, signal);
    }
    engine
}

fn live_wire(floor: &Floor, id: &str) -> Option<WireId> {
    let ix = floor
        .wires
        .iter()
        .position(|wire| wire.live && &*wire.name == id)?;
    Some(WireId(ix as u32))
}

/// Orders that make the plant of `old` that of `new`, one at a time: an order for a new node is
/// carried out before the next is resolved, so this gives only those that can be resolved now.
#[must_use]
pub fn between(floor: &Floor, old: &Design, new: &Design) -> Vec<Order> {
    let mut orders = Vec::new();
    for wire in old
        .wires
        .iter()
        .filter(|wire| same_wire(new, wire).is_none())
    {
        orders.extend(live_wire(floor, &wire.id).map(Order::RemoveWire));
    }
    for node in old
        .nodes
        .iter()
        .filter(|node| same_node(new, node).is_none())
    {
        orders.extend(floor.find(&node.id).map(Order::RemoveNode));
    }
    for node in &new.nodes {
        match same_node(old, node) {
            None => orders.push(Order::AddNode {
                name: node.id.as_str().into(),
                config: node.config.clone(),
            }),
            Some(before) if before.config != node.config => {
                let config = node.config.clone();
                orders.extend(
                    floor
                        .find(&node.id)
                        .map(|node| Order::Configure { node, config }),
                );
            }
            Some(_) => {}
        }
    }
    for wire in &new.wires {
        match same_wire(old, wire) {
            Some(before) if before.link != wire.link => {
                let link = wire.link.clone();
                let order = |wire| Order::ConfigureWire { wire, link };
                orders.extend(live_wire(floor, &wire.id).map(order));
            }
            _ => {}
        }
    }
    orders
}

/// Orders for wires that are new; to be resolved after new nodes stand on the floor.
#[must_use]
pub fn new_wires(floor: &Floor, old: &Design, new: &Design) -> Vec<Order> {
    let fresh = new
        .wires
        .iter()
        .filter(|wire| same_wire(old, wire).is_none());
    fresh
        .filter_map(|wire| {
            let (from, to) = (floor.find(&wire.from)?, floor.find(&wire.to)?);
            let name = wire.id.as_str().into();
            Some(Order::AddWire {
                name,
                from,
                to,
                link: wire.link.clone(),
            })
        })
        .collect()
}

fn same_node<'a>(design: &'a Design, node: &Node) -> Option<&'a Node> {
    design
        .node(&node.id)
        .filter(|other| other.config.kind() == node.config.kind())
}

fn same_wire<'a>(design: &'a Design, wire: &Wire) -> Option<&'a Wire> {
    design.wire(&wire.id).filter(|other| {
        other.from == wire.from && other.to == wire.to && other.link.kind() == wire.link.kind()
    })
}

/// Reads a fault of a file.
///
/// # Errors
/// A sentence with what and where.
pub fn fault_of(spec: &FaultSpec) -> Result<(Fault, Us), EditError> {
    let refused = |text: String| EditError::Refused(text);
    let node = short(&spec.node);
    let lasts = parse_span(&spec.lasts)
        .map_err(|error| refused(format!("The fault at {node}: {error}")))?;
    if lasts == 0 {
        return Err(refused(format!("The fault at {node} lasts no time.")));
    }
    let ppm = || -> Result<u32, EditError> {
        let percent = spec.percent.unwrap_or(100.0);
        if !(0.0..=100.0).contains(&percent) {
            return Err(refused(format!(
                "The fault at {node}: {percent} percent is not between 0 and 100."
            )));
        }
        Ok((percent * 10_000.0) as u32)
    };
    let fault = match spec.kind.as_str() {
        "crash" => Fault::Crash,
        "slow" => match spec.times.unwrap_or(10) {
            times @ 2..=100_000 => Fault::Slow { times },
            times => {
                return Err(refused(format!(
                    "The fault at {node}: {times} times as slow is not between 2 and 100,000."
                )));
            }
        },
        "refuse" => Fault::Refuse { ppm: ppm()? },
        "lost-ack" => Fault::LostAck { ppm: ppm()? },
        other => {
            let short: String = other.chars().take(40).collect();
            return Err(refused(format!(
                "There is no fault \"{short}\"; there are crash, slow, refuse, lost-ack."
            )));
        }
    };
    Ok((fault, lasts))
}
