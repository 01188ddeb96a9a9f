//! What lies under the pointer.

use super::geometry::{Geometry, Look, NodeBox};
use super::motion::Motion;
use super::shapes::Point;
use crate::catalog::Dir;
use crate::services::talk::{NodeId, WireId};

/// Something on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A node.
    Node(NodeId),
    /// A lane of a node: its id.
    Lane(NodeId, u32),
    /// The refusals of a lane: asks Why?
    Badge(NodeId, u32),
    /// Where wires leave or enter a node.
    Port(NodeId, Dir),
    /// A wire.
    Wire(WireId),
}

impl Target {
    /// The node that it belongs to.
    #[must_use]
    pub fn node(self) -> Option<NodeId> {
        match self {
            Self::Node(id) | Self::Lane(id, _) | Self::Badge(id, _) | Self::Port(id, _) => Some(id),
            Self::Wire(_) => None,
        }
    }
}

/// What lies at a world point; `slack` is how far beside thin things a pointer may be.
#[must_use]
pub fn at(geometry: &Geometry, motion: &Motion, point: Point, slack: f64) -> Option<Target> {
    let port = geometry.nodes.iter().rev().find_map(|node| {
        let [left, right] = ports(node);
        if right.distance(point) <= slack + 3.0 {
            Some(Target::Port(node.id, Dir::Out))
        } else if left.distance(point) <= slack + 3.0 && node.look != Look::Source {
            Some(Target::Port(node.id, Dir::In))
        } else {
            None
        }
    });
    let inside = || {
        let node = geometry.nodes.iter().rev();
        node.filter(|node| node.rect.holds(point))
            .find_map(|node| inside(node, motion, point))
    };
    port.or_else(inside)
        .or_else(|| nearest_wire(geometry, motion, point, slack))
}

/// Middle of the left and of the right edge: where a wire may be drawn from and to.
#[must_use]
pub fn ports(node: &NodeBox) -> [Point; 2] {
    let y = node.rect.centre().y;
    [Point::new(node.rect.x, y), Point::new(node.rect.right(), y)]
}

fn inside(node: &NodeBox, motion: &Motion, point: Point) -> Option<Target> {
    if let Some(grid) = &node.lanes {
        if let Some((lane, _, seen)) = motion.newest_badge(node.id)
            && seen > 0.1
            && grid.plate.holds(point)
        {
            return Some(Target::Badge(node.id, lane));
        }
        if let Some((cell, lane)) = grid.at(point) {
            let place = grid.places[cell * grid.per_cell];
            let bars = motion.bars(node.id).and_then(|bars| bars.lanes.get(place));
            let refuses = bars.is_some_and(|bar| bar.excess > 0.001);
            let on_figure = !grid.has_rows() || grid.badge(cell).holds(point);
            return Some(if refuses && on_figure {
                Target::Badge(node.id, lane)
            } else {
                Target::Lane(node.id, lane)
            });
        }
        if let Some(lane) = grid.closed_at(point) {
            return Some(Target::Lane(node.id, lane));
        }
    }
    Some(Target::Node(node.id))
}

fn nearest_wire(geometry: &Geometry, motion: &Motion, point: Point, slack: f64) -> Option<Target> {
    let distance = |wire: &super::geometry::WireShape| {
        let grid = geometry.node(wire.to).and_then(|node| node.lanes.as_ref());
        motion
            .ways(wire.id)
            .map(|(lane, _)| wire.to_lane(grid, Some(lane)).distance(point))
            .fold(wire.curve.distance(point), f64::min)
    };
    geometry
        .wires
        .iter()
        .filter(|wire| wire.reach.grown(slack).holds(point))
        .map(|wire| (distance(wire), wire.id))
        .filter(|(far, _)| *far <= slack)
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, id)| Target::Wire(id))
}
