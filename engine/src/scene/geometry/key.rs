//! What a layout depends on: while that stays, places, rows and curves stay too.

use super::{Look, Mode, has_inside};
use crate::base::sorted::SortedMap;
use crate::run::frame::{Frame, NodeFrame};
use crate::services::talk::{NodeId, WireId};

/// All that a layout depends on, as far as it was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Key {
    mode: Mode,
    nodes: Vec<NodeKey>,
    wires: Vec<WireKey>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct NodeKey {
    id: NodeId,
    look: Look,
    inside: bool,
    lanes: Vec<(u32, bool)>,
    place: Option<(i32, i32)>,
}

type WireKey = (WireId, NodeId, NodeId);

impl NodeKey {
    fn of(node: &NodeFrame, place: Option<(i32, i32)>) -> Self {
        Self {
            id: node.id,
            look: Look::of(node),
            inside: has_inside(node),
            lanes: lanes(node).collect(),
            place,
        }
    }

    fn is(&self, node: &NodeFrame, place: Option<(i32, i32)>) -> bool {
        self.id == node.id
            && self.place == place
            && self.inside == has_inside(node)
            && self.look == Look::of(node)
            && lanes(node).eq(self.lanes.iter().copied())
    }
}

fn lanes(node: &NodeFrame) -> impl Iterator<Item = (u32, bool)> {
    node.gauges.lanes.iter().map(|lane| (lane.id, lane.open))
}

impl Key {
    /// The key of a frame.
    pub(super) fn of(frame: &Frame, places: &SortedMap<String, (i32, i32)>, mode: Mode) -> Self {
        let nodes = frame.nodes.iter();
        Self {
            mode,
            nodes: nodes
                .map(|node| NodeKey::of(node, place_of(node, places, mode)))
                .collect(),
            wires: wires(frame).collect(),
        }
    }

    /// Whether a frame has this key; makes nothing.
    pub(super) fn is(
        &self,
        frame: &Frame,
        places: &SortedMap<String, (i32, i32)>,
        mode: Mode,
    ) -> bool {
        self.mode == mode
            && self.nodes.len() == frame.nodes.len()
            && wires(frame).eq(self.wires.iter().copied())
            && self
                .nodes
                .iter()
                .zip(&frame.nodes)
                .all(|(key, node)| key.is(node, place_of(node, places, mode)))
    }
}

/// The compact layout knows no places.
fn place_of(
    node: &NodeFrame,
    places: &SortedMap<String, (i32, i32)>,
    mode: Mode,
) -> Option<(i32, i32)> {
    let known = (mode == Mode::Wide).then(|| places.get(&*node.name));
    known.flatten().copied()
}

fn wires(frame: &Frame) -> impl Iterator<Item = WireKey> {
    frame.wires.iter().map(|wire| (wire.id, wire.from, wire.to))
}
