//! Frames made by hand, for tests, pictures and benchmarks of the drawing alone.

use crate::base::sorted::SortedMap;
use crate::run::frame::{
    Frame, HELD_MAX, HeldRecord, KEY_COLOURS, LaneRate, Mark, NodeFrame, Refusal, WireFrame,
};
use crate::services::gauges::{Gauges, LaneGauge, State};
use crate::services::talk::{Name, NodeId, Reason, WireId};
use crate::services::{LinkKind, ServiceKind};

/// Lanes that the four stores' keys fall on, of ten.
const STORE_LANES: [u32; 4] = [2, 7, 8, 5];

/// The service with this id, or the first of all while it is not built in.
#[must_use]
pub fn kind(id: &str) -> ServiceKind {
    ServiceKind::of_id(id).unwrap_or(ServiceKind::ALL[0])
}

/// A node with rates, without gauges.
#[must_use]
pub fn node(id: u32, name: &str, service: &str, in_rate: f64, out_rate: f64) -> NodeFrame {
    NodeFrame {
        id: NodeId(id),
        name: Name::from(name),
        kind: kind(service),
        gauges: Gauges::default(),
        rates: Vec::new(),
        in_rate,
        out_rate,
        refused_rate: 0.0,
        colour: KEY_COLOURS,
        total: None,
        age: 0,
        rated: None,
    }
}

/// A wire at a rate.
#[must_use]
pub fn wire(id: u32, kind: &str, from: u32, to: u32, rate: f64) -> WireFrame {
    WireFrame {
        id: WireId(id),
        name: Name::from(format!("w{id}")),
        kind: LinkKind::of_id(kind).unwrap_or(LinkKind::ALL[0]),
        from: NodeId(from),
        to: NodeId(to),
        rate,
    }
}

/// Four stores, a stream of `lanes`, a consumer, a report: each store sends `rate` a second.
#[must_use]
pub fn black_friday(lanes: u32, rate: f64) -> Frame {
    let mut frame = Frame {
        at: 12_000_000,
        records_per_mark: 125,
        ..Frame::default()
    };
    for store in 0..4_u32 {
        let name = format!("store-{:03}", store + 1);
        let mut node = node(store, &name, "tills", rate, rate);
        node.colour = store as u8;
        let given_up = (rate - 1_000.0).max(0.0) * 25.0;
        node.gauges.read("given_up", given_up, "records");
        frame.keys.push((Name::from(name), store as u8));
        frame.nodes.push(node);
        frame.wires.push(wire(store, "put", store, 4, rate));
    }
    let admitted = rate.min(1_000.0);
    frame.nodes.push(stream(lanes, rate));
    frame.nodes.push(consumer(admitted * 4.0));
    let mut sink = node(6, "sales-report", "sink", admitted * 4.0, 0.0);
    sink.gauges.read("records", 1_004_152.0, "records");
    sink.gauges.read("money", 18_074_736.0, "USD");
    frame.nodes.push(sink);
    frame.wires.push(wire(4, "poll", 4, 5, admitted * 4.0));
    frame.wires.push(wire(5, "deliver", 5, 6, admitted * 4.0));
    frame
}

/// 500 nodes in all states, one in seven a stream of ten lanes, and 1,000 wires; with places on a
/// grid of 25 columns.
#[must_use]
pub fn workshop() -> (Frame, SortedMap<String, (i32, i32)>) {
    const COLUMNS: u32 = 25;
    const STATES: [State; 5] = [
        State::Calm,
        State::Busy,
        State::Behind,
        State::Refusing,
        State::Down,
    ];
    let mut frame = Frame {
        records_per_mark: 10,
        ..Frame::default()
    };
    let mut places = SortedMap::new();
    for id in 0..500_u32 {
        let name = format!("n{id}");
        let mut node = match id % 7 {
            0 => stream(10, 1_500.0),
            1 => node(id, &name, "tills", 900.0, 900.0),
            _ => node(id, &name, "consumer", 900.0, 850.0),
        };
        (node.id, node.name) = (NodeId(id), Name::from(&*name));
        node.gauges.state = STATES[id as usize % STATES.len()];
        frame.nodes.push(node);
        let (column, row) = ((id % COLUMNS) as i32, (id / COLUMNS) as i32);
        places.insert(name, (column * 330, row * 460));
    }
    for id in 0..1_000_u32 {
        let from = id / 2;
        let to = (from + if id % 2 == 0 { 1 } else { COLUMNS + 2 }) % 500;
        frame.wires.push(wire(id, "put", from, to, 500.0));
    }
    (frame, places)
}

fn stream(lanes: u32, rate: f64) -> NodeFrame {
    let admitted = rate.min(1_000.0);
    let refused = rate - admitted;
    let mut node = node(4, "orders", "kinesis", rate * 4.0, admitted * 4.0);
    node.refused_rate = refused * 4.0;
    node.gauges.state = if refused > 0.0 {
        State::Refusing
    } else {
        State::Calm
    };
    for id in 0..lanes {
        let store = STORE_LANES.iter().position(|lane| *lane == id);
        let mut lane = LaneGauge {
            id,
            open: true,
            records_level: 1_000,
            records_capacity: 1_000,
            bytes_level: 1_048_576,
            bytes_capacity: 1_048_576,
            ..LaneGauge::default()
        };
        let mut of = LaneRate {
            colour: KEY_COLOURS,
            ..LaneRate::default()
        };
        if let Some(store) = store {
            lane.records_level = (1_000.0 - admitted) as u64;
            lane.bytes_level = 748_576;
            of = LaneRate {
                tried: rate,
                admitted,
                refused,
                bytes: admitted * 300.0,
                colour: store as u8,
            };
        }
        node.gauges.lanes.push(lane);
        node.rates.push(of);
    }
    node
}

fn consumer(rate: f64) -> NodeFrame {
    let mut node = node(5, "checkout", "consumer", rate, rate);
    node.gauges.read("in_hand", 500.0, "records");
    node.gauges.read("age", 4.2, "s");
    node.gauges.state = if rate > 3_900.0 {
        State::Behind
    } else {
        State::Calm
    };
    node
}

/// Records that every node holds: of a stream one in each lane, elsewhere a dozen.
pub fn add_records(frame: &mut Frame) {
    for node in &frame.nodes {
        let lanes = node.gauges.lanes.iter().filter(|lane| lane.open);
        let lanes: Vec<u32> = lanes.map(|lane| lane.id).collect();
        let stream = node.keeps_lanes();
        let count = if stream { lanes.len() } else { 12 };
        let held = (0..count.min(HELD_MAX)).map(|k| {
            let store = k as u32 % 4;
            HeldRecord {
                lane: stream.then(|| lanes[k]),
                source_lane: store,
                record: 1_000 + k as u64,
                key: Name::from(format!("store-{:03}", store + 1)),
                colour: store as u8,
                bytes: 300,
                age: 400_000 + 130_000 * k as u64,
            }
        });
        frame.held.insert(node.id, held.collect());
    }
}

/// One exemplar on every wire of [`black_friday`].
pub fn add_marks(frame: &mut Frame, record: u64) {
    frame.marks.clear();
    for wire in 0..6_u32 {
        let store = if wire < 4 { wire } else { (record % 4) as u32 };
        let rate = frame.nodes[4]
            .rates
            .get(STORE_LANES[store as usize] as usize);
        let refuses =
            wire < 4 && record.is_multiple_of(3) && rate.is_some_and(|rate| rate.refused > 0.0);
        frame.marks.push(Mark {
            wire: WireId(wire),
            lane: store,
            record,
            key: Name::from(format!("store-{:03}", store + 1)),
            colour: store as u8,
            to_lane: (wire < 4).then(|| STORE_LANES[store as usize]),
            refused: refuses.then_some(Refusal {
                reason: Reason::WriteRecords,
                had: 0,
                needed: 1,
                limit_per_s: 1_000,
            }),
            at: frame.at,
        });
    }
}
