//! Tests of sources that follow a trace.

use super::{balanced, moved};
use crate::base::sorted::SortedMap;
use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::services::rig::Rig;
use crate::services::shared::trace::parse;
use std::sync::Arc;

/// A trace before a sink.
pub(super) fn replay(text: &str, settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    let trace = parse("load.csv", text).expect("a good file");
    let traces = SortedMap::from([("load.csv".to_owned(), Arc::new(trace))]);
    rig.engine.machine_mut().floor.traces = Arc::new(traces);
    rig.node("report", "sink", &[]);
    let mut all = vec![("trace", "load.csv")];
    all.extend_from_slice(settings);
    rig.node("feed", "trace", &all);
    rig.wire("deliver", "feed", "report", &[]);
    rig
}

/// Records made in each span of `step` until `end`, by their times of birth.
pub(super) fn made(rig: &mut Rig, step: Us, end: Us) -> Vec<u64> {
    rig.run_to(end + 10 * SECOND);
    let mut out = vec![0; (end / step) as usize];
    let times: Vec<Us> = rig.facts.iter().map(|(at, _)| *at).collect();
    let mut seen = None;
    for at in times {
        if seen == Some(at) {
            continue;
        }
        seen = Some(at);
        for parcel in moved(rig, at) {
            (0..parcel.n).for_each(|i| out[(parcel.born_at(i) / step) as usize] += 1);
        }
    }
    out
}

const FILE: &str = "t_s,value\n0,10\n60,0\n120,7\n180,1000\n240,3\n";

#[test]
fn each_step_has_exactly_its_count() {
    for tick in ["1s", "100ms", "7s", "10s"] {
        let mut rig = replay(FILE, &[("scale", "none"), ("tick", tick)]);
        let counts = made(&mut rig, MINUTE, 5 * MINUTE);
        assert_eq!(counts, [10, 0, 7, 1_000, 3], "tick {tick}");
        balanced(&rig);
    }
}

#[test]
fn sums_of_scaled_values_are_rounded_once() {
    let settings = [("scale", "factor"), ("factor", "0.15")];
    let mut rig = replay(FILE, &settings);
    // sums 1.5, 1.5, 2.55, 152.55, 153 rounded half up: 2, 2, 3, 153, 153
    assert_eq!(
        made(&mut rig, MINUTE, 5 * MINUTE),
        [2, 0, 1, 150, 0],
        "15 in a hundred"
    );
    let mut rig = replay(FILE, &[("peak", "50")]);
    // 1,000 becomes 50 a second for a minute, 3,000; the others times three
    assert_eq!(
        made(&mut rig, MINUTE, 5 * MINUTE),
        [30, 0, 21, 3_000, 9],
        "by peak"
    );
    let mut rig = replay(FILE, &[("scale", "none"), ("value_is", "rate")]);
    assert_eq!(
        made(&mut rig, MINUTE, 5 * MINUTE),
        [600, 0, 420, 60_000, 180],
        "as rates"
    );
    let settings = [("value_is", "rate"), ("peak", "100")];
    let mut rig = replay("t_s,value\n0,0.5\n10,0.25\n", &settings);
    assert_eq!(
        made(&mut rig, 10 * SECOND, 20 * SECOND),
        [1_000, 500],
        "rates by peak"
    );
}

#[test]
fn a_poisson_spread_keeps_the_mean() {
    let mut rig = replay(
        "t_s,value\n0,6000\n60,6000\n",
        &[("scale", "none"), ("spread", "poisson")],
    );
    let made = made(&mut rig, MINUTE, 2 * MINUTE);
    let near = |n: u64| (5_600..6_400).contains(&n);
    assert!(
        made.iter().all(|n| near(*n)) && made != [6_000, 6_000],
        "by chance: {made:?}"
    );
}

#[test]
fn odd_traces_make_nothing_and_break_nothing() {
    let mut rig = replay("t_s,value\n0,0\n60,0\n", &[]);
    assert_eq!(
        made(&mut rig, MINUTE, 2 * MINUTE),
        [0, 0],
        "all zero, scaled by its peak"
    );
    let mut rig = replay(FILE, &[("trace", "no such")]);
    assert_eq!(
        made(&mut rig, MINUTE, MINUTE),
        [0],
        "a trace that is not there"
    );
    let mut rig = replay("t_s,value\n5,3\n", &[("scale", "none")]);
    assert_eq!(
        made(&mut rig, SECOND, 2 * SECOND),
        [3, 0],
        "one row lasts a second"
    );
    let huge = "t_s,value\n0,1000000000000\n0.000001,5\n";
    let mut rig = replay(huge, &[("peak", "1000")]);
    rig.run_to(2 * SECOND);
    balanced(&rig);
}

#[test]
fn a_closed_shop_skips_its_part_of_the_trace() {
    let mut rig = replay(FILE, &[("scale", "none"), ("burst", "1")]);
    let node = rig.find("feed");
    rig.run_to(30 * SECOND + 500 * MS);
    let (fault, lasts) = (crate::services::faults::Fault::Crash, 120 * SECOND);
    rig.order(crate::services::plant::Order::Fault {
        node,
        fault,
        number: 1,
        lasts,
    });
    rig.run_to(310 * SECOND);
    // until 30.5 s six of ten; then nothing until 150.5 s; three of seven from there
    let expected = 6.0 + 3.0 + 1_000.0 + 3.0;
    assert!(
        (rig.metric("feed", "Made") - expected).abs() < 0.5,
        "{}",
        rig.metric("feed", "Made")
    );
    balanced(&rig);
}

#[test]
fn few_keys_a_tick_load_all_shards_as_all_keys_would() {
    for keys in ["100000", "300"] {
        let file = "t_s,value\n0,210000\n60,210000\n";
        let mut rig = replay(
            file,
            &[("scale", "none"), ("burst", "1"), ("key_count", keys)],
        );
        rig.run_to(60 * SECOND);
        let part = |hash: u128| (hash >> 126) as usize;
        let mut share = [0.0; 4];
        let lanes = &rig.floor().lanes;
        lanes
            .iter()
            .for_each(|lane| share[part(lane.hash)] += 1.0 / lanes.len() as f64);
        for tick in 1..=60 {
            let mut by_part = [0_u32; 4];
            for parcel in moved(&rig, tick * SECOND) {
                by_part[part(rig.floor().lanes.get(parcel.lane).hash)] += parcel.n;
            }
            assert_eq!(by_part.iter().sum::<u32>(), 3_500, "a tick of {keys} keys");
            for (n, share) in by_part.iter().zip(share) {
                let apart = f64::from(*n) / 3_500.0 - share;
                assert!(
                    apart.abs() < 0.04,
                    "{keys} keys: {by_part:?} against {share}"
                );
            }
        }
    }
}
