//! A tick of very many keys goes out in parts, and yet in the same requests.

use super::{balanced, moved};
use crate::base::time::MS;
use crate::services::facts::Fact;
use crate::services::rig::Rig;

/// Tills with 6,000 keys of which each has a record a tick, before two streams.
fn tills(more: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    for stream in ["a", "b"] {
        rig.node(stream, "kinesis", &[("shards", "100")]);
    }
    let many = [
        ("rate", "60000"),
        ("tick", "100ms"),
        ("keys", "uniform"),
        ("key_count", "6000"),
        ("lane_budget", "6000"),
        ("clients", "1"),
    ];
    let settings: Vec<_> = many.iter().chain(more).copied().collect();
    rig.node("tills", "tills", &settings);
    for stream in ["a", "b"] {
        rig.wire("put", "tills", stream, &[]);
    }
    rig
}

/// Requests that came by then, to both streams.
fn calls(rig: &Rig) -> f64 {
    rig.metric("a", "PutRecords.TotalRecords") + rig.metric("b", "PutRecords.TotalRecords")
}

#[test]
fn requests_are_cut_as_if_all_were_sent_at_once() {
    let mut rig = tills(&[]);
    rig.run_to(100 * MS);
    let sent = moved(&rig, 100 * MS);
    assert_eq!(sent.iter().map(|parcel| parcel.n).sum::<u32>(), 12_000);
    let whole = |parcel: &crate::services::talk::Parcel| parcel.n == 1;
    assert!(sent.len() == 12_000 && sent.iter().all(whole));
    assert_eq!(rig.metric("tills", "Made"), 6_000.0);
    let requests = rig.metric("tills", "Calls");
    assert_eq!(requests, 24.0, "twelve of 500 records to each stream");
    balanced(&rig);
    rig.run_to(150 * MS);
    assert_eq!(calls(&rig), 12_000.0, "all of it came");
    balanced(&rig);
}

#[test]
fn every_lane_goes_once_and_in_order_to_each_stream() {
    let mut rig = tills(&[]);
    rig.run_to(250 * MS);
    let wires = rig.floor().node(rig.find("tills")).outs.clone();
    for wire in wires.iter() {
        let lanes = rig.facts.iter().filter_map(|(at, fact)| match fact {
            Fact::Moved { wire: over, parcel } if over == wire && *at == 100 * MS => {
                Some(parcel.lane)
            }
            _ => None,
        });
        let lanes: Vec<u32> = lanes.collect();
        assert_eq!(lanes.len(), 6_000);
        assert!(lanes.is_sorted_by(|a, b| a < b), "in the order of the keys");
    }
}

#[test]
fn what_is_put_one_by_one_leaves_at_once() {
    let mut rig = tills(&[("put", "single")]);
    rig.run_to(99 * MS);
    let before = rig.engine.events();
    rig.run_to(100 * MS);
    assert_eq!(rig.metric("tills", "Calls"), 12_000.0);
    let events = rig.engine.events() - before;
    assert_eq!(
        events, 5,
        "a tick, two bundles and their answers, not three times as many"
    );
    balanced(&rig);
}

#[test]
fn a_change_between_two_ticks_loses_nothing() {
    let mut rig = tills(&[]);
    rig.run_to(130 * MS);
    rig.set("tills", &[("rate", "90000"), ("key_count", "6000")]);
    balanced(&rig);
    rig.run_to(1_000 * MS);
    balanced(&rig);
    assert_eq!(calls(&rig), 2.0 * rig.metric("tills", "Made"));
}
