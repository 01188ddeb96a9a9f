//! Where everything stands, in world units: boxes of nodes, rows of lanes, ends and curves of wires.
//!
//! ```text
//! wide     columns from left to right by depth, or the places that the design gives
//! compact  bands from top to bottom for narrow screens; wires into lanes run down the sides
//! ```

mod index;
mod key;
mod lanes;
mod layout;
mod route;
mod wires;

pub use lanes::{LaneGrid, ROWS_MAX};
pub use wires::WireShape;

use super::node::has_inside;
use super::shapes::{Point, Rect};
use crate::base::sorted::SortedMap;
use crate::catalog::Family;
use crate::run::frame::{Frame, NodeFrame};
use crate::services::talk::{NodeId, WireId};
use index::Index;
use key::Key;

/// Stages narrower than this take the compact layout [px].
pub const NARROW: f64 = 700.0;
/// Room above a node for the flag of its state.
pub(crate) const FLAG: f64 = 9.0;

/// How nodes are set out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Columns.
    #[default]
    Wide,
    /// Bands.
    Compact,
}

impl Mode {
    /// The mode for a stage of this width [px].
    #[must_use]
    pub fn of_width(width: f64) -> Self {
        if width < NARROW {
            Self::Compact
        } else {
            Self::Wide
        }
    }

    /// The smallest zoom at which this mode can be read.
    #[must_use]
    pub fn zoom_min(self) -> f64 {
        match self {
            Self::Wide => 0.6,
            Self::Compact => 0.84,
        }
    }
}

/// The way a node is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Makes records.
    Source,
    /// Lanes inside.
    Lanes,
    /// Readings.
    Card,
    /// One large total.
    Total,
}

impl Look {
    /// How this node is drawn: by its family and by what it shows, not by its name.
    #[must_use]
    pub fn of(node: &NodeFrame) -> Self {
        let total = node.total.is_some()
            || node
                .gauges
                .readings
                .iter()
                .any(|reading| reading.key == "money");
        match node.kind.entry().family {
            Family::Sources => Self::Source,
            Family::Streams if !node.gauges.lanes.is_empty() => Self::Lanes,
            Family::Storage if total => Self::Total,
            Family::Workbench | Family::Messaging if node.has_limits() => Self::Lanes,
            _ => Self::Card,
        }
    }
}

/// Where a node stands.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeBox {
    /// Which.
    pub id: NodeId,
    /// How it is drawn.
    pub look: Look,
    /// Its card.
    pub rect: Rect,
    /// Its lanes, if it shows any.
    pub lanes: Option<LaneGrid>,
}

/// Where everything stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Geometry {
    /// How it was set out.
    pub mode: Mode,
    /// In the order of the frame.
    pub nodes: Vec<NodeBox>,
    /// In the order of the frame.
    pub wires: Vec<WireShape>,
    node_index: Index<NodeId>,
    wire_index: Index<WireId>,
    key: Key,
}

impl Geometry {
    /// Sets out a frame. `places` are upper left corners by node id; the compact mode, in which
    /// they could not be read, does without them.
    #[must_use]
    pub fn of(frame: &Frame, places: &SortedMap<String, (i32, i32)>, mode: Mode) -> Self {
        let mut geometry = Self::default();
        geometry.set_out(frame, places, mode);
        geometry
    }

    /// Sets a frame out anew if something that places, rows or curves depend on has changed since
    /// the last time (kinds, lanes, wires, places, mode; never rates): cheap enough for every
    /// drawn frame, and of what stays nothing is worked out again. Gives whether it has changed.
    pub fn refresh(
        &mut self,
        frame: &Frame,
        places: &SortedMap<String, (i32, i32)>,
        mode: Mode,
    ) -> bool {
        let same = self.key.is(frame, places, mode);
        if !same {
            self.set_out(frame, places, mode);
        }
        !same
    }

    fn set_out(&mut self, frame: &Frame, places: &SortedMap<String, (i32, i32)>, mode: Mode) {
        let node_index = Index::of(frame.nodes.iter().map(|node| node.id));
        let mut nodes: Vec<NodeBox> = frame
            .nodes
            .iter()
            .map(|node| {
                let look = Look::of(node);
                let (w, h) = size(node, look, mode);
                NodeBox {
                    id: node.id,
                    look,
                    rect: Rect::new(0.0, 0.0, w, h),
                    lanes: None,
                }
            })
            .collect();
        let edges = layout::edges(frame, &node_index);
        match mode {
            Mode::Wide => layout::columns(frame, &edges, places, &mut nodes),
            Mode::Compact => layout::bands(&edges, &mut nodes),
        }
        for (node, place) in frame.nodes.iter().zip(&mut nodes) {
            if place.look == Look::Lanes {
                place.lanes = Some(LaneGrid::of(node, &place.rect, mode));
            }
        }
        let old: &[WireShape] = if self.mode == mode { &self.wires } else { &[] };
        let before = wires::Before::of(old, &self.nodes, &nodes);
        let wires = wires::shapes(frame, &nodes, &node_index, mode, before);
        *self = Self {
            mode,
            wire_index: Index::of(wires.iter().map(|wire| wire.id)),
            key: Key::of(frame, places, mode),
            nodes,
            wires,
            node_index,
        };
    }

    /// The place of a node.
    #[must_use]
    pub fn node(&self, id: NodeId) -> Option<&NodeBox> {
        self.node_index.get(id).map(|ix| &self.nodes[ix])
    }

    /// The shape of a wire.
    #[must_use]
    pub fn wire(&self, id: WireId) -> Option<&WireShape> {
        self.wire_index.get(id).map(|ix| &self.wires[ix])
    }

    /// The smallest box around all nodes, flags and side wires.
    #[must_use]
    pub fn bounds(&self) -> Rect {
        let rects = self.nodes.iter().map(|node| {
            let side = match self.mode {
                Mode::Wide => 6.0,
                Mode::Compact => wires::GUTTER,
            };
            let rect = node.rect;
            Rect::new(
                rect.x - side,
                rect.y - FLAG,
                rect.w + 2.0 * side,
                rect.h + FLAG,
            )
        });
        rects
            .reduce(|all, rect| all.around(&rect))
            .unwrap_or_default()
    }

    /// What to show first where not all can be seen: the first node with lanes, or all.
    #[must_use]
    pub fn focus(&self) -> Rect {
        let lanes = self.nodes.iter().find(|node| node.look == Look::Lanes);
        lanes.map_or_else(|| self.bounds(), |node| node.rect)
    }

    /// A free place for a new node near `wanted` (upper left corner), on the grid of ten.
    #[must_use]
    pub fn free_place(&self, wanted: Point, w: f64, h: f64) -> Point {
        let snap = |value: f64| libm::round(value / 10.0) * 10.0;
        let mut rect = Rect::new(snap(wanted.x), snap(wanted.y), w, h);
        for _ in 0..200 {
            let Some(other) = self
                .nodes
                .iter()
                .find(|node| node.rect.grown(12.0).overlaps(&rect))
            else {
                break;
            };
            rect.y = snap(other.rect.bottom() + 20.0);
        }
        Point::new(rect.x, rect.y)
    }
}

/// Width and height of a node: fixed by its kind and the number of its lanes, never by its load,
/// so that nothing moves while playing.
fn size(node: &NodeFrame, look: Look, mode: Mode) -> (f64, f64) {
    // a table that is counted shows its partitions too
    let inside = has_inside(node);
    match (look, mode) {
        (Look::Source, Mode::Wide) => (136.0, 80.0),
        (Look::Source, Mode::Compact) => (150.0, 56.0),
        (Look::Lanes, _) => lanes::size(node, mode),
        (Look::Card, Mode::Wide) => (168.0, if inside { 120.0 } else { 112.0 }),
        (Look::Total, Mode::Wide) => (168.0, if inside { 150.0 } else { 100.0 }),
        (Look::Total, Mode::Compact) if inside => (150.0, 112.0),
        (Look::Card, Mode::Compact) if inside => (150.0, 102.0),
        (Look::Card | Look::Total, Mode::Compact) => (150.0, 90.0),
    }
}

#[cfg(test)]
mod crowd;
#[cfg(test)]
mod tests;
