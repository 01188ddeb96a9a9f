//! A look into the nodes shows real records, few of them, and changes nothing.

use crate::support::{act, run_of, to};
use millrace_engine::base::time::SECOND;
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::run::frame::{Frame, HELD_MAX};
use millrace_engine::services::talk::NodeId;

/// A frame that looks into every node.
fn looked_into(run: &mut Run) -> Frame {
    let mut frame = Frame::default();
    run.frame(&mut frame);
    assert!(frame.held.is_empty(), "nobody asked");
    frame.looked_into = frame.nodes.iter().map(|node| node.id).collect();
    run.frame(&mut frame);
    frame
}

fn id_of(frame: &Frame, name: &str) -> NodeId {
    let node = frame.nodes.iter().find(|node| &*node.name == name);
    node.expect("a node of this name").id
}

#[test]
fn looking_changes_no_scenario() {
    for scenario in scenarios::list() {
        let name = scenario.id;
        let (mut seen, mut unseen) = (run_of(name, None), run_of(name, None));
        for step in 1..=12 {
            let at = step * 1_370_000;
            to(&mut seen, at);
            to(&mut unseen, at);
            let frame = looked_into(&mut seen);
            for (node, held) in &frame.held {
                assert!(held.len() <= HELD_MAX, "{name}: {} of {node:?}", held.len());
            }
            assert_eq!(seen.digest(), unseen.digest(), "{name} at {at} us");
        }
    }
}

#[test]
fn a_stream_shows_the_newest_of_each_lane_under_the_keys_that_fall_there() {
    let mut run = run_of("black-friday", None);
    to(&mut run, 4 * SECOND + 330_000);
    let frame = looked_into(&mut run);
    let stream = frame.nodes.iter().find(|node| node.keeps_lanes());
    let stream = stream.expect("a stream").id;
    let held = &frame.held[&stream];
    let mut lanes: Vec<(u32, &str)> = held
        .iter()
        .map(|record| (record.lane.expect("a shard"), &*record.key))
        .collect();
    lanes.sort_unstable();
    lanes.dedup();
    let wanted = [
        (2, "store-001"),
        (5, "store-004"),
        (7, "store-002"),
        (8, "store-003"),
    ];
    assert_eq!(lanes, wanted, "as the hash of the keys has it");
    for record in held {
        assert_eq!(record.bytes, 300);
        assert!(record.age < 2 * SECOND, "new ones: {record:?}");
        let wanted = frame.keys.iter().find(|(key, _)| *key == record.key);
        assert_eq!(wanted.map(|(_, colour)| *colour), Some(record.colour));
    }
}

#[test]
fn a_source_shows_what_goes_next_and_a_record_only_once() {
    let mut run = run_of("black-friday", None);
    to(&mut run, 2 * SECOND + 57_000);
    let frame = looked_into(&mut run);
    let held = &frame.held[&id_of(&frame, "store-001")];
    assert!(!held.is_empty(), "made since the last tick");
    let mut ids: Vec<(u32, u64)> = held
        .iter()
        .map(|record| (record.source_lane, record.record))
        .collect();
    assert!(
        held.iter()
            .all(|record| record.age < SECOND && &*record.key == "store-001")
    );
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn what_is_shown_is_held() {
    let (design, inputs) = act("black-friday", None);
    let mut run = Run::new(design).expect("it runs");
    run.set_inputs(inputs).expect("its inputs are taken");
    to(&mut run, 6 * SECOND);
    let frame = looked_into(&mut run);
    let custody = run.engine().machine().custody(run.now());
    let mut looked = 0;
    for (node, held) in &frame.held {
        let source = run.engine().machine().floor.node(*node).ins.is_empty();
        for record in held
            .iter()
            .filter(|record| record.lane.is_none() && !source)
        {
            let holds = custody.iter().any(|(holder, _, parcel)| {
                holder == node
                    && parcel.lane == record.source_lane
                    && (parcel.first..parcel.first + u64::from(parcel.n)).contains(&record.record)
            });
            assert!(holds, "{node:?} holds {record:?}");
            looked += 1;
        }
    }
    assert!(looked > 0, "something is held outside lanes and sources");
}
