//! Ends and curves of wires. A wire into a card with lanes has one way to each lane.

use super::{LaneGrid, Look, Mode, NodeBox};
use crate::run::frame::{Frame, WireFrame};
use crate::scene::shapes::{Curve, Point};
use crate::services::talk::{NodeId, WireId};

/// Room beside the compact layout for the wires that run down its sides.
pub(crate) const GUTTER: f64 = 22.0;
/// The largest distance of two ends on one edge.
const PORT_GAP: f64 = 34.0;

/// Where a wire runs.
#[derive(Clone, Debug, PartialEq)]
pub struct WireShape {
    /// Which.
    pub id: WireId,
    /// Where data come from.
    pub from: NodeId,
    /// Where data go.
    pub to: NodeId,
    /// Its start, on the edge of `from`.
    pub start: Point,
    /// Its end, on the edge of `to`, where no lane is known.
    pub end: Point,
    /// The way from start to end.
    pub curve: Curve,
    /// Where it runs down the side: x of the way down.
    gutter: Option<f64>,
}

impl WireShape {
    /// The way to a lane of the node it ends at.
    #[must_use]
    pub fn to_lane(&self, grid: Option<&LaneGrid>, lane: Option<u32>) -> Curve {
        let rows = grid.filter(|grid| grid.has_rows());
        let row = lane.and_then(|lane| rows?.lane(lane));
        match row {
            Some(row) => self.way(Point::new(self.end.x, row.centre().y)),
            None => self.curve.clone(),
        }
    }

    fn way(&self, end: Point) -> Curve {
        way(self.start, end, self.gutter)
    }
}

fn way(start: Point, end: Point, gutter: Option<f64>) -> Curve {
    match gutter {
        Some(x) => Curve::through(&[start, Point::new(x, start.y), Point::new(x, end.y), end]),
        None if (end.y - start.y).abs() > 3.0 * (end.x - start.x).abs() => Curve::down(start, end),
        None => Curve::across(start, end),
    }
}

/// All wires whose ends exist.
pub(super) fn shapes(frame: &Frame, nodes: &[NodeBox], mode: Mode) -> Vec<WireShape> {
    frame
        .wires
        .iter()
        .filter_map(|wire| {
            let from = nodes.iter().find(|node| node.id == wire.from)?;
            let to = nodes.iter().find(|node| node.id == wire.to)?;
            Some(match mode {
                Mode::Wide => wide(frame, nodes, wire, from, to),
                Mode::Compact => compact(frame, wire, from, to),
            })
        })
        .collect()
}

fn shape(wire: &WireFrame, start: Point, end: Point, gutter: Option<f64>) -> WireShape {
    WireShape {
        id: wire.id,
        from: wire.from,
        to: wire.to,
        start,
        end,
        curve: way(start, end, gutter),
        gutter,
    }
}

/// The share of an edge's height at which the `wire` ends among its neighbours there.
fn spread(mut wires: Vec<(f64, WireId)>, wire: WireId, height: f64) -> f64 {
    wires.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let place = wires.iter().position(|(_, id)| *id == wire).unwrap_or(0);
    let gap = PORT_GAP.min(height / (wires.len() + 1) as f64);
    (place as f64 - (wires.len().saturating_sub(1)) as f64 / 2.0) * gap
}

fn height_of(nodes: &[NodeBox], id: NodeId) -> f64 {
    let node = nodes.iter().find(|node| node.id == id);
    node.map_or(0.0, |node| node.rect.centre().y)
}

fn wide(
    frame: &Frame,
    nodes: &[NodeBox],
    wire: &WireFrame,
    from: &NodeBox,
    to: &NodeBox,
) -> WireShape {
    let outs = frame.wires.iter().filter(|other| other.from == wire.from);
    let outs = outs.map(|other| (height_of(nodes, other.to), other.id));
    let start = Point::new(
        from.rect.right(),
        from.rect.centre().y + spread(outs.collect(), wire.id, from.rect.h),
    );
    let ins = frame.wires.iter().filter(|other| other.to == wire.to);
    let ins = ins.map(|other| (height_of(nodes, other.from), other.id));
    let end_y = match &to.lanes {
        Some(grid) => grid.area.centre().y,
        None => to.rect.centre().y + spread(ins.collect(), wire.id, to.rect.h),
    };
    shape(wire, start, Point::new(to.rect.x, end_y), None)
}

fn compact(frame: &Frame, wire: &WireFrame, from: &NodeBox, to: &NodeBox) -> WireShape {
    let (a, b) = (from.rect, to.rect);
    if let Some(grid) = &to.lanes {
        return down_the_side(frame, wire, from, to, grid.area.centre().y);
    }
    if a.y < b.bottom() && b.y < a.bottom() {
        let (start, end) = if a.x < b.x {
            (a.right(), b.x)
        } else {
            (a.x, b.right())
        };
        let start = Point::new(start, a.centre().y);
        return shape(wire, start, Point::new(end, b.centre().y), None);
    }
    // left of the middle, where no flag of a state stands
    let enter = b.x + b.w * 0.36;
    let x = enter.clamp(a.x + 16.0, a.right() - 16.0);
    let x = if from.look == Look::Lanes {
        x
    } else {
        a.centre().x
    };
    shape(
        wire,
        Point::new(x, a.bottom()),
        Point::new(enter, b.y),
        None,
    )
}

/// Out at the outer edge, down beside everything, in at the lane; each wire on its own way.
fn down_the_side(
    frame: &Frame,
    wire: &WireFrame,
    from: &NodeBox,
    to: &NodeBox,
    end_y: f64,
) -> WireShape {
    let (a, b) = (from.rect, to.rect);
    let left = a.centre().x < b.centre().x + 1.0;
    let place = frame
        .wires
        .iter()
        .filter(|other| other.to == wire.to)
        .position(|other| other.id == wire.id)
        .unwrap_or(0);
    let out = 8.0 + 4.0 * (place / 2 % 3) as f64;
    let (start, end, gutter) = if left {
        (a.x, b.x, a.x.min(b.x) - out)
    } else {
        (a.right(), b.right(), a.right().max(b.right()) + out)
    };
    let start = Point::new(start, a.centre().y);
    shape(wire, start, Point::new(end, end_y), Some(gutter))
}
