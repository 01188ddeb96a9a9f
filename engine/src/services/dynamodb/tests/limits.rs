//! The limits of table and partitions: the worked numbers W17 to W20, and that none is exceeded.

use super::{Load, PUT, table, write};
use crate::base::rng::Rng;
use crate::base::time::{HOUR, MINUTE, SECOND, Us};
use crate::services::plant::Order;
use crate::services::rig::Rig;
use crate::services::talk::Reason;

/// The refusals of one reason.
fn only(refused: &std::collections::BTreeMap<Reason, u64>, reason: Reason) -> u64 {
    assert!(refused.keys().all(|known| *known == reason), "{refused:?}");
    refused.get(&reason).copied().unwrap_or(0)
}

#[test]
fn w17_a_hot_key_is_held_by_its_partition() {
    let settings = [("wcu", "10000"), ("item", "key"), ("burst_start", "5m")];
    let mut load = Load::new(table(&settings), &["hot"], 1_000);
    load.run(&[2_400], 2 * SECOND);
    let (taken, refused) = load.run(&[2_400], 12 * SECOND);
    assert_eq!(taken, 10_000, "1,000 a second");
    assert_eq!(only(&refused, Reason::KeyRange), 14_000, "1,400 a second");
    let metric = load
        .rig
        .metric("t", "WriteKeyRangeThroughputThrottleEvents");
    assert!(
        metric > 14_000.0 && (load.rig.metric("t", "WriteThrottleEvents") - metric).abs() < 0.5
    );
}

#[test]
fn w18_burst_is_spent_and_then_gone() {
    let settings = [("wcu", "100"), ("item", "key"), ("burst_start", "0s")];
    let mut load = Load::new(table(&settings), &["a"], 500);
    load.rig.run_to(300 * SECOND);
    let level = load.rig.gauges("t").tanks[0].level;
    assert!(
        (level - 30_000.0).abs() < 1e-9,
        "300 s of 100 units: {level}"
    );
    let (taken, refused) = load.run(&[400], 400 * SECOND);
    // the first tenth of a second gains nothing: the bucket is full
    assert!(taken >= 39_990, "100 s at 400: {taken}");
    assert!(only(&refused, Reason::TableCapacity) <= 10, "{refused:?}");
    let (taken, refused) = load.run(&[400], 500 * SECOND);
    assert_eq!(taken, 10_000, "then 100 a second");
    assert_eq!(
        only(&refused, Reason::TableCapacity),
        30_000,
        "the rest is refused"
    );
}

#[test]
fn w19_an_uneven_load_fits_while_the_table_has_room() {
    let settings = [
        ("wcu", "400"),
        ("partitions", "4"),
        ("item", "key"),
        ("burst_start", "0s"),
    ];
    // one key in each quarter of the hash range, by MD5
    let mut load = Load::new(
        table(&settings),
        &["store-001", "store-002", "store-003", "b"],
        500,
    );
    let (taken, refused) = load.run(&[50, 50, 50, 150], 60 * SECOND);
    assert_eq!(
        (taken, refused.len()),
        (300 * 60, 0),
        "300 of 400, each below 1,000"
    );
    let (taken, refused) = load.run(&[50, 50, 50, 650], 120 * SECOND);
    assert!(taken >= 400 * 60, "the table's own capacity: {taken}");
    assert!(
        only(&refused, Reason::TableCapacity) > 0,
        "no partition is in the way"
    );
}

#[test]
fn w20_on_demand_serves_twice_the_peak_of_half_an_hour_ago() {
    let mut load = Load::new(table(&[("mode", "on-demand")]), &["a"], 500);
    load.run(&[4_000], SECOND);
    let (taken, refused) = load.run(&[4_000], 61 * SECOND);
    assert!(
        refused.values().sum::<u64>() * 100 < taken,
        "4,000 a second: {refused:?}"
    );
    load.run(&[9_000], 63 * SECOND);
    let (taken, refused) = load.run(&[9_000], 73 * SECOND);
    let refused: u64 = refused.values().sum();
    assert!(
        (39_000..=41_500).contains(&taken),
        "4,000 of 9,000 a second: {taken}"
    );
    assert!(
        (48_500..=51_000).contains(&refused),
        "5,000 are refused: {refused}"
    );
    load.run(&[4_000], 3 * MINUTE);
    load.rig.run_to(HOUR);
    load.run(&[8_000], HOUR + 2 * SECOND);
    let (taken, refused) = load.run(&[8_000], HOUR + 12 * SECOND);
    let refused: u64 = refused.values().sum();
    assert!(
        taken > 79_000 && refused < 1_000,
        "8,000 a second: {taken}, {refused} refused"
    );
}

#[test]
fn warm_throughput_and_a_maximum_hold_at_once() {
    let settings = [
        ("mode", "on-demand"),
        ("warm_write", "9000"),
        ("max_write", "500"),
    ];
    let mut load = Load::new(table(&settings), &["a"], 500);
    load.run(&[1_000], 2 * SECOND);
    let (taken, refused) = load.run(&[1_000], 12 * SECOND);
    assert_eq!(
        (taken, only(&refused, Reason::OnDemandLimit)),
        (5_000, 5_000)
    );
    let mut load = Load::new(table(&settings[..2]), &["a"], 500);
    let (taken, refused) = load.run(&[8_000], 10 * SECOND);
    assert!(taken > 79_000, "warmed up: {refused:?}");
    let all = [("mode", "on-demand"), ("warm_write", "40000")];
    let mut load = Load::new(table(&all), &["a"], 500);
    load.run(&[60_000], 2 * SECOND);
    let (taken, refused) = load.run(&[60_000], 4 * SECOND);
    assert!(
        (79_000..=80_000).contains(&taken),
        "the quota of 40,000: {taken}"
    );
    assert!(
        refused[&Reason::AccountLimit] > 10_000,
        "and is told: {refused:?}"
    );
}

#[test]
fn a_full_index_holds_the_table_back() {
    let settings = [
        ("wcu", "1000"),
        ("index", "key"),
        ("index_wcu", "100"),
        ("partitions", "4"),
        ("burst_start", "0s"),
    ];
    let mut load = Load::new(table(&settings), &["a"], 500);
    let (taken, refused) = load.run(&[500], 20 * SECOND);
    assert_eq!(taken, 2_000, "100 a second");
    assert_eq!(only(&refused, Reason::TableCapacity), 8_000);
    assert!((load.rig.metric("t", "Index.WriteThrottleEvents") - 8_000.0).abs() < 0.5);
    assert!((load.rig.metric("t", "Index.ConsumedWriteCapacityUnits") - 2_000.0).abs() < 0.5);
}

#[test]
fn a_mode_changes_four_times_a_day() {
    let mut rig = table(&[]);
    let admitted = |rig: &Rig, mode: &str| {
        let node = rig.find("t");
        let plant = rig.engine.machine();
        let unit = plant.unit(node).expect("started");
        let mut new = unit.config();
        let field = new
            .kind()
            .fields()
            .iter()
            .position(|f| f.key == "mode")
            .expect("a mode");
        new.set(field, &crate::catalog::Value::Text(mode.to_owned()))
            .expect("a mode");
        unit.admit(&new, &plant.view(node, rig.engine.now()))
    };
    for _ in 0..4 {
        assert_eq!(admitted(&rig, "on-demand"), Ok(()));
        rig.set("t", &[("mode", "on-demand")]);
        assert_eq!(admitted(&rig, "provisioned"), Ok(()), "back at any time");
        rig.set("t", &[("mode", "provisioned")]);
    }
    let refused = admitted(&rig, "on-demand").expect_err("the fifth time");
    assert!(refused.contains("4 times"), "{refused}");
    rig.run_to(24 * HOUR);
    assert_eq!(admitted(&rig, "on-demand"), Ok(()), "a day later");
}

#[test]
fn a_change_to_on_demand_serves_what_was_provisioned() {
    let mut rig = table(&[("wcu", "10000")]);
    rig.set("t", &[("mode", "on-demand")]);
    let mut load = Load::new(rig, &["a"], 500);
    load.run(&[10_000], 2 * SECOND);
    let (taken, _) = load.run(&[10_000], 12 * SECOND);
    assert!(taken > 95_000, "10,000 a second: {taken}");
    let node = load.rig.find("t");
    assert!(load.rig.floor().node(node).live && load.rig.gauges("t").lanes.len() >= 10);
}

/// Instants and amounts.
type Log = Vec<(Us, u64)>;

/// Units let in by a random load, by partition and of the whole.
fn admitted(settings: &[(&str, &str)], seed: u64) -> (Vec<Log>, Log) {
    let mut rig = table(settings);
    let lanes: Vec<u32> = (0..20).map(|i| rig.lane(&format!("k{i}"), None)).collect();
    let mut rng = Rng::stream(seed, 0, "load");
    let n = rig.gauges("t").lanes.len();
    let (mut by_partition, mut all) = (vec![Vec::new(); n], Vec::new());
    let mut next = vec![0; lanes.len()];
    for _ in 0..600 {
        let pause = [0, 1_000, 70_000, 2 * SECOND][rng.below(4) as usize];
        rig.run_to(rig.engine.now() + rng.below(pause + 1));
        let lane = rng.below(3) as usize * rng.below(7) as usize;
        let n = 1 + rng.below(900);
        let parcel = rig.parcel(lanes[lane], next[lane], n as u32, 900);
        next[lane] += n;
        let before: Vec<u64> = rig
            .gauges("t")
            .lanes
            .iter()
            .map(|lane| lane.admitted)
            .collect();
        write(&mut rig, &[parcel], PUT).expect("single writes");
        let now = rig.engine.now();
        let after = rig.gauges("t").lanes;
        let mut sum = 0;
        for ((log, lane), before) in by_partition.iter_mut().zip(&after).zip(before) {
            sum += lane.admitted - before;
            log.push((now, lane.admitted - before));
        }
        all.push((now, sum));
    }
    (by_partition, all)
}

/// Whether in some span more than C + r x w came in.
fn breaks(log: &[(Us, u64)], capacity: u64, rate: u64) -> bool {
    (0..log.len()).any(|from| {
        let mut sum = 0;
        log[from..].iter().any(|(at, n)| {
            sum += u128::from(*n) * 1_000_000;
            let gained = u128::from(rate) * u128::from(at - log[from].0);
            sum > u128::from(capacity) * 1_000_000 + gained
        })
    })
}

#[test]
fn no_limiter_admits_more_than_its_limit_over_any_interval() {
    let mut bound = false;
    for seed in 0..4 {
        for item in ["key", "record"] {
            let settings = [("wcu", "800"), ("partitions", "3"), ("item", item)];
            let (partitions, all) = admitted(&settings, seed);
            assert!(!breaks(&all, 300 * 800, 800), "the table, seed {seed}");
            for partition in &partitions {
                assert!(!breaks(partition, 1_000, 1_000), "a partition, seed {seed}");
                bound |= breaks(partition, 900, 900);
            }
            let (partitions, all) = admitted(&[("mode", "on-demand"), ("item", item)], seed);
            assert!(!breaks(&all, 4_000, 4_000), "on demand, seed {seed}");
            assert!(
                partitions.iter().all(|log| !breaks(log, 1_000, 1_000)),
                "seed {seed}"
            );
        }
    }
    assert!(bound, "the loads reach the limits: the check can fail");
}

#[test]
fn other_capacity_is_there_at_once() {
    let mut load = Load::new(table(&[("wcu", "100"), ("burst_start", "0s")]), &["a"], 500);
    load.run(&[200], 10 * SECOND);
    let node = load.rig.find("t");
    load.rig.set("t", &[("wcu", "3000")]);
    assert!(load.rig.gauges("t").lanes.len() >= 3, "it has split");
    let (taken, refused) = load.run(&[2_000], 20 * SECOND);
    assert_eq!((taken, refused.len()), (20_000, 0), "2,000 of 3,000");
    load.rig.order(Order::RemoveNode(node));
}
