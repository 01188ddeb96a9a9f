//! Fills the frame: what the screen sees at the cursor, and at a time that the thumb passes.

use super::Run;
use super::frame::{
    Frame, HELD_MAX, HeldRecord, KEY_COLOURS, LaneRate, Mark, NodeFrame, Rated, Total, WireFrame,
};
use super::history::{History, Key};
use super::orders::fault_of;
use super::watch::Exemplar;
use crate::base::sorted::{SortedMap, SortedSet, order};
use crate::base::time::{SECOND, Us};
use crate::catalog::Family;
use crate::design::file::Act;
use crate::kernel::Engine;
use crate::services::contract::Held;
use crate::services::faults::Fault;
use crate::services::floor::Floor;
use crate::services::gauges::{Gauges, State};
use crate::services::plant::Plant;
use crate::services::talk::{Name, NodeId, WireId};

/// A node with so many lanes or more is not looked at in each frame.
const LANES_MANY: usize = 1_000;
/// So many of its lanes put a look off by a frame: ten thousand are looked at three times in two seconds.
const LANES_A_FRAME: usize = 250;
/// No look is put off by more frames.
const FRAMES_MAX: usize = 60;

/// Colours of the first keys of the run, in the order of their lanes.
fn colours(floor: &Floor) -> SortedMap<Name, u8> {
    let mut found = SortedMap::new();
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
        let exemplars = self.watch.take_exemplars();
        if out.past {
            out.nodes.clear(); // the exact world is looked at at once, however many lanes it has
        }
        let view = self.view(&self.engine, self.now());
        let keys = view.fill(out);
        view.look_into(&keys, out);
        let floor = &view.plant.floor;
        let marks = exemplars
            .iter()
            .map(|exemplar| mark(floor, &keys, exemplar));
        out.marks.extend(marks);
    }

    /// Fills `out` with the picture of a simulated time out of history, in a time that does not
    /// depend on how far it lies: rates, refusals and ages are those of `at`, other readings lie
    /// between those of the worlds kept before and after. Neither cursor nor world moves.
    pub fn picture(&self, at: Us, out: &mut Frame) {
        let at = at.min(self.head);
        let [before, after] = self.worlds_around(at);
        let world = before.or(after).unwrap_or(&self.engine);
        self.view(world, at).fill(out);
        out.past = true;
        let mut refuses = refusing(&out.nodes);
        let began = before.map_or(0, Engine::now);
        if let Some(after) = after {
            let span = after.now().saturating_sub(began).max(1) as f64;
            let share = at.saturating_sub(began) as f64 / span;
            let mut later = Vec::new();
            self.view(after, at).nodes(&mut later, &SortedMap::new());
            refuses.extend(refusing(&later));
            for node in &mut out.nodes {
                if before.is_none() {
                    clear(node); // nothing had happened at the start
                }
                if let Ok(ix) = later.binary_search_by_key(&node.id, |later| later.id) {
                    between(node, &later[ix], share);
                }
            }
        }
        self.date(out, &refuses);
    }

    fn view<'a>(&'a self, world: &'a Engine<Plant>, at: Us) -> Viewpoint<'a> {
        Viewpoint {
            plant: world.machine(),
            history: &self.watch.history,
            world_at: world.now(),
            at,
        }
    }

    /// The nearest worlds at hand on both sides of `at`, the present one among them.
    fn worlds_around(&self, at: Us) -> [Option<&Engine<Plant>>; 2] {
        let [before, after] = self.checkpoints.around(at);
        let mut found = [before, after].map(|kept| kept.map(|kept| &kept.engine));
        let here = self.now();
        let [before, after] = &mut found;
        if here <= at && before.is_none_or(|world| world.now() < here) {
            *before = Some(&self.engine);
        } else if here > at && after.is_none_or(|world| world.now() > here) {
            *after = Some(&self.engine);
        }
        found
    }

    /// Brings states and readings as far to the frame's time as history and inputs know them.
    /// `refuses` are the nodes that refuse in a world nearby.
    fn date(&self, frame: &mut Frame, refuses: &SortedSet<NodeId>) {
        let refusing: SortedSet<NodeId> = refusing_now(frame);
        for node in &mut frame.nodes {
            let turned_away = frame
                .wires
                .iter()
                .any(|wire| wire.from == node.id && refusing.contains(&wire.to));
            let refuses = refuses.contains(&node.id) && turned_away;
            node.gauges.state = match node.gauges.state {
                _ if self.down_at(&node.name, frame.at) => State::Down,
                _ if refuses || refusing.contains(&node.id) => State::Refusing,
                State::Down | State::Refusing => State::Calm,
                other => other,
            };
            self.date_readings(node, frame.at);
        }
    }

    fn date_readings(&self, node: &mut NodeFrame, at: Us) {
        let entry = node.kind.entry();
        let rate = if entry.family == Family::Sources {
            node.out_rate
        } else {
            node.in_rate
        };
        let mut metrics = entry.metrics.iter();
        let aged = metrics.position(|metric| metric.name.contains("IteratorAge"));
        let age = aged.and_then(|ix| {
            let metric = ix as u16;
            let (node, lane) = (node.id, None);
            let key = Key::Metric { node, lane, metric };
            self.watch.history.peak(key, at)
        });
        for reading in &mut node.gauges.readings {
            match (reading.key, age) {
                ("rate", _) => reading.value = rate,
                ("iterator_age", Some(ms)) => reading.value = ms as f64 / 1e3,
                _ => {}
            }
        }
    }

    /// Whether a crash among the inputs holds a node down at `at`.
    fn down_at(&self, name: &str, at: Us) -> bool {
        self.inputs.iter().any(|input| match &input.act {
            Act::Fault(spec) if spec.node == name && input.at_us <= at => {
                let lasts = fault_of(spec).map(|(fault, lasts)| (fault == Fault::Crash, lasts));
                matches!(lasts, Ok((true, lasts)) if at < input.at_us.saturating_add(lasts))
            }
            _ => false,
        })
    }
}

fn refusing(nodes: &[NodeFrame]) -> SortedSet<NodeId> {
    let refusing = nodes
        .iter()
        .filter(|node| node.gauges.state == State::Refusing);
    refusing.map(|node| node.id).collect()
}

/// Nodes that refuse at the frame's time, as history has it.
fn refusing_now(frame: &Frame) -> SortedSet<NodeId> {
    let refusing = frame.nodes.iter().filter(|node| node.refused_rate > 0.0);
    refusing.map(|node| node.id).collect()
}

/// A node before anything has happened to it.
fn clear(node: &mut NodeFrame) {
    let gauges = &mut node.gauges;
    gauges.readings.iter_mut().for_each(|it| it.value = 0.0);
    gauges.tanks.iter_mut().for_each(|it| it.level = 0.0);
    gauges
        .lanes
        .iter_mut()
        .for_each(|it| (it.waiting, it.oldest_us) = (0, 0));
    node.total = node.total.map(|_| Total::default());
}

/// Brings a node a share of the way to what it is later; what the two have not in common stays.
fn between(node: &mut NodeFrame, later: &NodeFrame, share: f64) {
    let towards = |from: &mut f64, to: f64| *from += (to - *from) * share;
    let count = |from: &mut u64, to: u64| {
        let mut value = *from as f64;
        towards(&mut value, to as f64);
        *from = value.round() as u64;
    };
    let (now, then) = (&mut node.gauges, &later.gauges);
    for (reading, later) in now.readings.iter_mut().zip(&then.readings) {
        if reading.key == later.key {
            towards(&mut reading.value, later.value);
        }
    }
    for (tank, later) in now.tanks.iter_mut().zip(&then.tanks) {
        if tank.key == later.key {
            towards(&mut tank.level, later.level);
        }
    }
    for (lane, later) in now.lanes.iter_mut().zip(&then.lanes) {
        if lane.id == later.id {
            count(&mut lane.waiting, later.waiting);
            count(&mut lane.oldest_us, later.oldest_us);
        }
    }
    if let (Some(total), Some(later)) = (&mut node.total, later.total) {
        towards(&mut total.records, later.records);
        towards(&mut total.cents, later.cents);
    }
}

/// A world, and the time of which the rates are shown beside it.
struct Viewpoint<'a> {
    plant: &'a Plant,
    history: &'a History,
    /// The world's time [us].
    world_at: Us,
    /// The time shown [us].
    at: Us,
}

impl Viewpoint<'_> {
    /// Everything but the marks; gives the colours of the keys.
    fn fill(&self, out: &mut Frame) -> SortedMap<Name, u8> {
        let floor = &self.plant.floor;
        if self.at < out.at {
            out.nodes.clear(); // time went back: no look is put off
        }
        out.at = self.at;
        out.start_us = floor.start_us;
        out.past = false;
        out.held.clear();
        let keys = colours(floor);
        self.wires(&mut out.wires);
        self.nodes(&mut out.nodes, &keys);
        out.marks.clear();
        out.keys.clear();
        out.keys
            .extend(keys.iter().map(|(key, colour)| (key.clone(), *colour)));
        order::sort_by_key(&mut out.keys, |(_, colour)| *colour);
        let busiest = out.wires.iter().map(|wire| wire.rate).fold(0.0, f64::max);
        out.records_per_mark = (busiest / 12.0).round().max(1.0) as u64;
        keys
    }

    /// The records in the nodes that the frame asks for.
    fn look_into(&self, keys: &SortedMap<Name, u8>, out: &mut Frame) {
        for node in &out.looked_into {
            if out.nodes.binary_search_by_key(node, |node| node.id).is_ok() {
                out.held.insert(*node, self.held(*node, keys));
            }
        }
    }

    /// Single records that a node holds: in turn one of each run, then the second of each.
    fn held(&self, node: NodeId, keys: &SortedMap<Name, u8>) -> Vec<HeldRecord> {
        let mut runs = Vec::new();
        self.plant.peek(node, self.at, HELD_MAX, &mut runs);
        let longest = runs.iter().map(|held| held.parcel.n).max().unwrap_or(0);
        let places = (0..longest).flat_map(|place| runs.iter().map(move |held| (place, held)));
        let records = places.filter(|(place, held)| *place < held.parcel.n);
        records
            .take(HELD_MAX)
            .map(|(place, held)| self.record(held, place, keys))
            .collect()
    }

    fn record(&self, held: &Held, place: u32, keys: &SortedMap<Name, u8>) -> HeldRecord {
        let parcel = &held.parcel;
        let key = self.plant.floor.lanes.get(parcel.lane).key.clone();
        // of a log the newest stands first
        let place = if held.lane.is_some() {
            parcel.n - 1 - place
        } else {
            place
        };
        HeldRecord {
            lane: held.lane,
            source_lane: parcel.lane,
            record: parcel.first + u64::from(place),
            colour: keys.get(&key).copied().unwrap_or(KEY_COLOURS),
            key,
            bytes: parcel.bytes_each,
            age: self.at.saturating_sub(parcel.born_at(place)),
        }
    }

    fn wires(&self, wires: &mut Vec<WireFrame>) {
        wires.clear();
        let floor = &self.plant.floor;
        for (ix, info) in floor.wires.iter().enumerate().filter(|(_, info)| info.live) {
            let id = WireId(ix as u32);
            wires.push(WireFrame {
                id,
                name: info.name.clone(),
                kind: info.link.kind(),
                from: info.from,
                to: info.to,
                rate: self.history.rate(Key::Moved { wire: id }, self.at),
            });
        }
    }

    /// All nodes; those of very many lanes that are there already are looked at now and then.
    fn nodes(&self, nodes: &mut Vec<NodeFrame>, keys: &SortedMap<Name, u8>) {
        let crowds: Vec<(NodeId, usize)> = nodes
            .iter()
            .map(|node| (node.id, node.gauges.lanes.len()))
            .filter(|(_, lanes)| *lanes >= LANES_MANY)
            .collect();
        let mut kept: SortedMap<NodeId, NodeFrame> =
            nodes.drain(..).map(|node| (node.id, node)).collect();
        let floor = &self.plant.floor;
        let live = floor.nodes.iter().enumerate();
        for (ix, info) in live.filter(|(_, info)| info.live) {
            let id = NodeId(ix as u32);
            let mut frame = kept.remove(&id).unwrap_or_else(|| NodeFrame {
                id,
                name: info.name.clone(),
                kind: info.kind,
                gauges: Gauges::default(),
                rates: Vec::new(),
                rated: None,
                in_rate: 0.0,
                out_rate: 0.0,
                refused_rate: 0.0,
                colour: KEY_COLOURS,
                total: None,
                age: 0,
            });
            frame.total = self.total(id);
            frame.age = frame.age.saturating_add(1);
            // what reads very many lanes knows as many
            let read = || info.ins.iter().map(|wire| floor.wire(*wire).from);
            let own = |(of, lanes): &(NodeId, usize)| {
                (*of == id || read().any(|from| from == *of)).then_some(*lanes)
            };
            let lanes = crowds.iter().filter_map(own).max().unwrap_or(0);
            let frames = (lanes / LANES_A_FRAME).min(FRAMES_MAX);
            if usize::from(frame.age) >= frames {
                frame.age = 0;
                frame.gauges.clear();
                self.plant.gauges(id, self.world_at, &mut frame.gauges);
                self.rates(&mut frame, keys);
            }
            nodes.push(frame);
        }
    }

    /// What a node believes at which records end their way.
    fn total(&self, node: NodeId) -> Option<Total> {
        let floor = &self.plant.floor;
        let source = floor.node(node).kind.entry().family == Family::Sources;
        if source || !floor.is_sink(node) {
            return None;
        }
        let mine = floor.books.paths.iter().filter(|path| path.sink == node);
        Some(mine.fold(Total::default(), |sum, path| Total {
            records: sum.records + path.believed.records as f64,
            cents: sum.cents + path.believed.money_cents as f64,
        }))
    }

    fn rates(&self, frame: &mut NodeFrame, keys: &SortedMap<Name, u8>) {
        let (history, at, node) = (self.history, self.at, frame.id);
        let floor = &self.plant.floor;
        let sum = |wires: &[WireId]| -> f64 {
            wires
                .iter()
                .map(|wire| history.rate(Key::Moved { wire: *wire }, at))
                .sum()
        };
        let info = floor.node(node);
        frame.in_rate = sum(&info.ins);
        frame.out_rate = sum(&info.outs);
        frame.refused_rate = history.rate(Key::Refused { node, lane: None }, at);
        let lanes = &frame.gauges.lanes;
        let rated = Rated {
            second: at / SECOND,
            changes: history.changes(),
            lanes: (lanes.last().map(|lane| lane.id), lanes.len()),
        };
        let rated = (lanes.len() >= LANES_MANY).then_some(rated);
        if rated.is_none() || frame.rated != rated {
            self.lane_rates(frame, keys);
            frame.rated = rated;
        }
        if info.kind.entry().family == Family::Sources {
            frame.colour = only_key(floor, node)
                .and_then(|key| keys.get(&key).copied())
                .unwrap_or(KEY_COLOURS);
        }
    }

    fn lane_rates(&self, frame: &mut NodeFrame, keys: &SortedMap<Name, u8>) {
        let (history, at, node) = (self.history, self.at, frame.id);
        let floor = &self.plant.floor;
        frame.rates.clear();
        for lane in &frame.gauges.lanes {
            let of = Some(lane.id);
            let admitted = history.rate(Key::Admitted { node, lane: of }, at);
            let refused = history.rate(Key::Refused { node, lane: of }, at);
            let last = history.last_lane(node, lane.id);
            let colour = last
                .and_then(|lane| floor.lanes.iter().nth(lane as usize))
                .and_then(|lane| keys.get(&lane.key).copied());
            frame.rates.push(LaneRate {
                tried: admitted + refused,
                admitted,
                refused,
                bytes: history.rate(
                    Key::AdmittedBytes {
                        node,
                        lane: lane.id,
                    },
                    at,
                ),
                colour: colour.unwrap_or(KEY_COLOURS),
            });
        }
    }
}

/// The key of a source that sends under one key only, judged by its newest lanes.
fn only_key(floor: &Floor, source: NodeId) -> Option<Name> {
    let mut lanes = floor.lanes.iter().filter(|lane| lane.source == source);
    let first = lanes.next()?.key.clone();
    lanes.all(|lane| lane.key == first).then_some(first)
}

fn mark(floor: &Floor, keys: &SortedMap<Name, u8>, exemplar: &Exemplar) -> Mark {
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
