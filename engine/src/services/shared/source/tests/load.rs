//! Tests of what sources make: counts, keys, sizes, chance.

use super::{balanced, moved, shop};
use crate::base::digest::Digest;
use crate::base::time::{MS, SECOND};
use crate::services::facts::Fact;
use crate::services::rig::Rig;
use crate::services::talk::Parcel;

/// All parcels that moved.
fn all(rig: &Rig) -> Vec<Parcel> {
    let facts = rig.facts.iter();
    facts
        .filter_map(|(_, fact)| match fact {
            Fact::Moved { parcel, .. } => Some(*parcel),
            _ => None,
        })
        .collect()
}

#[test]
fn ticks_change_no_count_and_no_birth() {
    let births = |tick: &str| {
        let mut rig = shop(&[("rate", "123.457"), ("tick", tick)]);
        rig.run_to(7 * SECOND);
        let mut births: Vec<(u32, u64, u64)> = all(&rig)
            .iter()
            .flat_map(|p| (0..p.n).map(|i| (p.lane, p.first + u64::from(i), p.born_at(i))))
            .collect();
        births.sort_unstable();
        births
    };
    let fine = births("1ms");
    assert_eq!(fine.len(), 865, "123.457 x 7, the record begun counted");
    for tick in ["100ms", "1s", "7s"] {
        let coarse = births(tick);
        assert_eq!(coarse.len(), fine.len(), "tick {tick}");
        for (a, b) in fine.iter().zip(&coarse) {
            assert_eq!((a.0, a.1), (b.0, b.1), "the same records");
            assert!(a.2.abs_diff(b.2) <= 1, "born at the same time: {a:?} {b:?}");
        }
    }
}

#[test]
fn one_seed_one_run() {
    let digest = |seed: u64, arrivals: &str| {
        let mut rig = Rig::new(seed);
        rig.node("report", "sink", &[]);
        rig.node("bank", "terminals", &[("arrivals", arrivals)]);
        rig.wire("deliver", "bank", "report", &[]);
        rig.run_to(3 * SECOND);
        balanced(&rig);
        Digest::of(&all(&rig))
    };
    assert_eq!(digest(1, "poisson"), digest(1, "poisson"), "the same seed");
    assert_ne!(digest(1, "poisson"), digest(2, "poisson"), "another seed");
    assert_eq!(
        digest(1, "regular"),
        digest(2, "regular"),
        "nothing by chance"
    );
}

#[test]
fn terminals_pay_by_chance_over_a_thousand_accounts() {
    let mut rig = Rig::new(5);
    rig.node("report", "sink", &[]);
    rig.node("bank", "terminals", &[]);
    rig.wire("deliver", "bank", "report", &[]);
    rig.run_to(100 * SECOND);
    let made = rig.metric("bank", "Made");
    assert!((made - 50_000.0).abs() < 1_000.0, "500 a second: {made}");
    assert_eq!(rig.floor().lanes.len(), 1_000, "a lane an account");
    assert_eq!(&*rig.floor().lanes.get(16).key, "acct-0017", "its key");
    assert_eq!(
        rig.floor().lanes.get(201).client,
        1,
        "200 clients take accounts in turn"
    );
    balanced(&rig);
}

#[test]
fn skewed_keys_follow_their_law() {
    for (settings, low, high) in [
        (&[("keys", "hot"), ("hot_percent", "70")][..], 0.68, 0.72),
        (
            &[("keys", "zipf"), ("zipf_exponent", "1")][..],
            0.126,
            0.142,
        ),
        (
            &[("keys", "uniform"), ("arrivals", "poisson")][..],
            0.0,
            0.004,
        ),
        (&[("keys", "list"), ("key_list", "a,b")][..], 0.499, 0.501),
    ] {
        let mut rig = shop(settings);
        rig.run_to(100 * SECOND);
        let (mut first, mut sum) = (0, 0);
        for parcel in all(&rig) {
            sum += parcel.n;
            first += if parcel.lane == 0 { parcel.n } else { 0 };
        }
        let share = f64::from(first) / f64::from(sum);
        assert!((low..high).contains(&share), "{settings:?}: {share}");
        balanced(&rig);
    }
}

#[test]
fn regular_slots_load_all_parts_of_the_ring_in_every_tick() {
    let settings = [
        ("keys", "uniform"),
        ("key_count", "1000000"),
        ("rate", "3200"),
    ];
    let mut rig = shop(&settings);
    rig.run_to(SECOND);
    for tick in 1..=10 {
        let mut by_part = [0_u32; 8];
        for parcel in moved(&rig, tick * 100 * MS) {
            let hash = rig.floor().lanes.get(parcel.lane).hash;
            by_part[(hash >> 125) as usize] += parcel.n;
        }
        assert!(
            by_part.iter().all(|n| (38..=42).contains(n)),
            "tick {tick}: {by_part:?}"
        );
    }
}

#[test]
fn sizes_lie_in_their_range() {
    let settings = [("bytes", "100"), ("bytes_max", "299"), ("rate", "1000")];
    let mut rig = shop(&settings);
    rig.run_to(10 * SECOND);
    let parcels = all(&rig);
    let records: u64 = parcels.iter().map(|p| u64::from(p.n)).sum();
    let bytes: u64 = parcels
        .iter()
        .map(|p| u64::from(p.n) * u64::from(p.bytes_each))
        .sum();
    assert_eq!(records, 10_000, "all records");
    assert!(
        parcels.iter().all(|p| (100..=299).contains(&p.bytes_each)),
        "in the range"
    );
    let mean = bytes as f64 / records as f64;
    assert!((mean - 199.5).abs() < 2.0, "mean {mean}");
    assert!(
        rig.gauges("store-001")
            .readings
            .iter()
            .all(|r| r.key != "approximates"),
        "exact"
    );
    let mut coarse = shop(&[("bytes", "100"), ("bytes_max", "299"), ("rate", "100000")]);
    coarse.run_to(SECOND);
    let records: u64 = all(&coarse).iter().map(|p| u64::from(p.n)).sum();
    assert_eq!(records, 100_000, "in larger parts");
    assert!(all(&coarse).len() <= 1_600, "16 sizes a lane and tick");
    let says = coarse.gauges("store-001").readings;
    assert!(
        says.iter().any(|r| r.key == "approximates"),
        "the node says so"
    );
}

#[test]
fn sources_without_a_wire_and_with_two_balance() {
    let mut rig = Rig::new(3);
    rig.node("store-001", "tills", &[]);
    rig.run_to(SECOND);
    balanced(&rig);
    rig.node("one", "sink", &[]);
    rig.node("two", "sink", &[]);
    rig.wire("deliver", "store-001", "one", &[]);
    rig.wire("deliver", "store-001", "two", &[]);
    rig.run_to(2 * SECOND);
    balanced(&rig);
    for sink in ["one", "two"] {
        assert!(
            (rig.metric(sink, "Records") - 200.0).abs() < 0.5,
            "both get all of a second"
        );
    }
}
