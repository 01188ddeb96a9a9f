//! Tests of the contest: the figures of the back-off study, and the books.

use crate::base::time::{MS, SECOND, Us};
use crate::services::faults::Fault;
use crate::services::plant::Order;
use crate::services::rig::Rig;

/// A contest "c" before a table "t" with room for all.
fn contest(seed: u64, settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(seed);
    let table = [("item", "key"), ("partitions", "1"), ("burst_start", "5m")];
    rig.node("t", "dynamodb", &table);
    rig.node("c", "contest", settings);
    rig.wire("put", "c", "t", &[]);
    rig
}

fn reading(rig: &Rig, key: &str) -> f64 {
    let gauges = rig.gauges("c");
    let found = gauges.readings.iter().find(|reading| reading.key == key);
    found.expect("a reading of this key").value
}

/// Mean time [ms] and calls of a hundred rounds.
fn means(clients: &str, backoff: &str) -> (f64, f64) {
    let settings = [
        ("clients", clients),
        ("backoff", backoff),
        ("rounds", "100"),
    ];
    let mut rig = contest(11, &settings);
    let mut at: Us = 0;
    while reading(&rig, "rounds") < 100.0 {
        at += 60 * SECOND;
        assert!(at < 40_000 * SECOND, "it comes to an end");
        rig.run_to(at);
    }
    assert!(rig.metric("c", "Refused").abs() < 0.1, "the table has room");
    (
        reading(&rig, "round_time") * 1e3,
        reading(&rig, "round_calls"),
    )
}

#[test]
fn the_study_comes_out() {
    // figures of a simulator of its own that follows the study's description, 20 clients,
    // thousands of rounds; a tenth is four standard errors of a hundred rounds and more
    let (none, none_calls) = means("20", "none");
    let (full, full_calls) = means("20", "full");
    let (_, plain_calls) = means("20", "exponential");
    let (plain, _) = means("20", "exponential");
    assert!(
        none < full && full < plain,
        "at once is fastest: {none} {full} {plain}"
    );
    assert!(
        full_calls < none_calls,
        "jitter saves calls: {full_calls} {none_calls}"
    );
    assert!(
        plain_calls > full_calls,
        "without jitter they meet again: {plain_calls}"
    );
    let near = |found: f64, published: f64| (found - published).abs() < published / 10.0;
    assert!(near(full_calls, 99.8), "{full_calls} calls");
    assert!(near(full, 983.0), "{full} ms");
}

#[test]
fn each_client_writes_once_and_the_books_are_even() {
    let mut rig = contest(3, &[("clients", "30"), ("rounds", "3"), ("pause", "1s")]);
    for step in 1..400_u64 {
        rig.run_to(step * 53 * MS);
        balanced(&rig);
    }
    rig.run_to(60 * SECOND);
    let path = &rig.floor().books.paths[0];
    assert_eq!(
        (path.owed, path.first_delivered),
        (90, 90),
        "three rounds of 30"
    );
    assert_eq!(path.delivered_again, 0, "each once");
    balanced(&rig);
}

fn balanced(rig: &Rig) {
    let plant = rig.engine.machine();
    for name in ["c", "t"] {
        let node = rig.find(name);
        let must = rig.floor().books.nodes[node.0 as usize].held();
        let held = plant.held_by(node, rig.engine.now());
        assert_eq!(must, i128::from(held), "{name} at {}", rig.engine.now());
    }
    let path = &rig.floor().books.paths[0];
    let ended: u64 = path.ended.values().sum();
    let held = plant.custody(rig.engine.now());
    let open: u64 = held
        .iter()
        .map(|(_, _, parcel)| rig.floor().books.open_in(0, parcel))
        .sum();
    assert_eq!(path.owed, path.first_delivered + open + ended);
}

#[test]
fn faults_and_edits_keep_the_books_even() {
    let mut rig = contest(5, &[("clients", "20"), ("rounds", "9"), ("pause", "100ms")]);
    let faults = [
        ("t", Fault::Refuse { ppm: 500_000 }),
        ("t", Fault::LostAck { ppm: 500_000 }),
        ("c", Fault::Crash),
        ("t", Fault::Crash),
    ];
    for (number, (name, fault)) in (0_u32..).zip(faults) {
        let node = rig.find(name);
        let lasts = 700 * MS;
        rig.order(Order::Fault {
            node,
            fault,
            number,
            lasts,
        });
        for _ in 0..300 {
            rig.run_to(rig.engine.now() + 61 * MS);
            balanced(&rig);
        }
    }
    assert!(
        rig.floor().books.paths[0].delivered_again > 0,
        "answers were lost"
    );
    let mut rig = contest(5, &[("clients", "20")]);
    rig.run_to(45 * MS);
    let wire = rig.floor().node(rig.find("c")).outs[0];
    rig.order(Order::RemoveWire(wire));
    rig.run_to(SECOND);
    balanced(&rig);
}
