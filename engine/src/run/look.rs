//! Fills the frame: what the screen sees at the cursor.

use super::Run;
use super::frame::{Frame, KEY_COLOURS, LaneRate, Mark, NodeFrame, WireFrame};
use super::history::Key;
use super::watch::Exemplar;
use crate::catalog::Family;
use crate::services::floor::Floor;
use crate::services::gauges::Gauges;
use crate::services::talk::{Name, NodeId, WireId};
use std::collections::BTreeMap;

/// Colours of the first keys of the run, in the order of their lanes.
fn colours(floor: &Floor) -> BTreeMap<Name, u8> {
    let mut found = BTreeMap::new();
    for lane in floor.lanes.iter().take(4_096) {
        if found.len() >= usize::from(KEY_COLOURS) {
            break;
        }
        let next = found.len() as u8;
        found.entry(lane.key.clone()).or_insert(next);
    }
    found
}

impl Run {
    /// Fills `out` with what is seen at the cursor; its buffers are reused.
    pub fn frame(&mut self, out: &mut Frame) {
        out.at = self.now();
        out.start_us = self.engine.machine().floor.start_us;
        let exemplars = self.watch.take_exemplars();
        let floor = &self.engine.machine().floor;
        let keys = colours(floor);
        self.fill_wires(&mut out.wires);
        self.fill_nodes(&mut out.nodes, &keys);
        out.marks.clear();
        out.marks.extend(
            exemplars
                .iter()
                .map(|exemplar| mark(floor, &keys, exemplar)),
        );
        out.keys.clear();
        out.keys
            .extend(keys.iter().map(|(key, colour)| (key.clone(), *colour)));
        out.keys.sort_by_key(|(_, colour)| *colour);
        let busiest = out.wires.iter().map(|wire| wire.rate).fold(0.0, f64::max);
        out.records_per_mark = (busiest / 12.0).round().max(1.0) as u64;
    }

    fn fill_wires(&self, wires: &mut Vec<WireFrame>) {
        wires.clear();
        let floor = &self.engine.machine().floor;
        for (ix, info) in floor.wires.iter().enumerate().filter(|(_, info)| info.live) {
            let id = WireId(ix as u32);
            wires.push(WireFrame {
                id,
                name: info.name.clone(),
                kind: info.link.kind(),
                from: info.from,
                to: info.to,
                rate: self.watch.history.rate(Key::Moved { wire: id }, self.now()),
            });
        }
    }

    fn fill_nodes(&self, nodes: &mut Vec<NodeFrame>, keys: &BTreeMap<Name, u8>) {
        let plant = self.engine.machine();
        let mut kept: BTreeMap<NodeId, NodeFrame> =
            nodes.drain(..).map(|node| (node.id, node)).collect();
        for (ix, info) in plant
            .floor
            .nodes
            .iter()
            .enumerate()
            .filter(|(_, info)| info.live)
        {
            let id = NodeId(ix as u32);
            let mut frame = kept.remove(&id).unwrap_or_else(|| NodeFrame {
                id,
                name: info.name.clone(),
                kind: info.kind,
                gauges: Gauges::default(),
                rates: Vec::new(),
                in_rate: 0.0,
                out_rate: 0.0,
                refused_rate: 0.0,
                colour: KEY_COLOURS,
            });
            frame.gauges.clear();
            plant.gauges(id, self.now(), &mut frame.gauges);
            self.fill_rates(&mut frame, keys);
            nodes.push(frame);
        }
    }

    fn fill_rates(&self, frame: &mut NodeFrame, keys: &BTreeMap<Name, u8>) {
        let (history, now, node) = (&self.watch.history, self.now(), frame.id);
        let floor = &self.engine.machine().floor;
        let sum = |wires: &[WireId]| -> f64 {
            wires
                .iter()
                .map(|wire| history.rate(Key::Moved { wire: *wire }, now))
                .sum()
        };
        let info = floor.node(node);
        frame.in_rate = sum(&info.ins);
        frame.out_rate = sum(&info.outs);
        frame.refused_rate = history.rate(Key::Refused { node, lane: None }, now);
        frame.rates.clear();
        for lane in &frame.gauges.lanes {
            let of = Some(lane.id);
            let admitted = history.rate(Key::Admitted { node, lane: of }, now);
            let refused = history.rate(Key::Refused { node, lane: of }, now);
            let last = history.last_lane(node, lane.id);
            let colour = last.and_then(|lane| keys.get(&floor.lanes.get(lane).key).copied());
            frame.rates.push(LaneRate {
                tried: admitted + refused,
                admitted,
                refused,
                bytes: history.rate(
                    Key::AdmittedBytes {
                        node,
                        lane: lane.id,
                    },
                    now,
                ),
                colour: colour.unwrap_or(KEY_COLOURS),
            });
        }
        if info.kind.entry().family == Family::Sources {
            frame.colour = only_key(floor, node)
                .and_then(|key| keys.get(&key).copied())
                .unwrap_or(KEY_COLOURS);
        }
    }
}

/// The key of a source that sends under one key only, judged by its newest lanes.
fn only_key(floor: &Floor, source: NodeId) -> Option<Name> {
    let mut lanes = floor.lanes.iter().filter(|lane| lane.source == source);
    let first = lanes.next()?.key.clone();
    lanes.all(|lane| lane.key == first).then_some(first)
}

fn mark(floor: &Floor, keys: &BTreeMap<Name, u8>, exemplar: &Exemplar) -> Mark {
    let key = floor.lanes.get(exemplar.parcel.lane).key.clone();
    Mark {
        wire: exemplar.wire,
        lane: exemplar.parcel.lane,
        record: exemplar.parcel.first,
        colour: keys.get(&key).copied().unwrap_or(KEY_COLOURS),
        key,
        to_lane: exemplar.to_lane,
        refused: exemplar.refused,
        at: exemplar.at,
    }
}
