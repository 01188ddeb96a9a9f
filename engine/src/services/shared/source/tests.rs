//! Tests of sources on a bench: tills in front of a sink.

use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::services::ServiceKind;
use crate::services::books::Tally;
use crate::services::contract::Wiring;
use crate::services::facts::Fact;
use crate::services::rig::{Rig, config_of};
use crate::services::talk::Parcel;

/// Tills `store-001` before a sink `report`.
fn shop(settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    rig.node("report", "sink", &[]);
    rig.node("store-001", "tills", settings);
    rig.wire("deliver", "store-001", "report", &[]);
    rig
}

/// Parcels that left over a wire at a time.
fn moved(rig: &Rig, at: Us) -> Vec<Parcel> {
    let here = rig.facts.iter().filter(|(when, _)| *when == at);
    here.filter_map(|(_, fact)| match fact {
        Fact::Moved { parcel, .. } => Some(*parcel),
        _ => None,
    })
    .collect()
}

/// Both sums of the books hold: for the node and for each path.
pub(super) fn balanced(rig: &Rig) {
    let (plant, now) = (rig.engine.machine(), rig.engine.now());
    for (ix, info) in plant.floor.nodes.iter().enumerate() {
        let node = crate::services::talk::NodeId(ix as u32);
        if info.live {
            let tally: &Tally = &plant.floor.books.nodes[ix];
            let held = plant.held_by(node, now);
            assert_eq!(
                tally.held(),
                i128::from(held),
                "{} at {now}: {tally:?}",
                info.name
            );
        }
    }
    for (ix, path) in plant.floor.books.paths.iter().enumerate() {
        let held: u64 = plant
            .custody(now)
            .iter()
            .filter(|(_, wire, _)| wire.is_none_or(|wire| path.through.contains(&wire)))
            .map(|(_, _, parcel)| plant.floor.books.open_in(ix, parcel))
            .sum();
        let ended: u64 = path.ended.values().sum();
        assert_eq!(
            path.owed,
            path.first_delivered + held + ended,
            "path {ix} at {now}"
        );
    }
}

const BLACK_FRIDAY: &[(&str, &str)] = &[
    ("shape", "step"),
    ("rate", "200"),
    ("rate_after", "1500"),
    ("at", "5s"),
];

#[test]
fn a_step_of_ten_tills_is_exact() {
    let mut rig = shop(BLACK_FRIDAY);
    rig.run_to(60 * SECOND);
    let (calm, rush) = (moved(&rig, 5 * SECOND), moved(&rig, 6 * SECOND));
    let counts = |parcels: &[Parcel]| parcels.iter().map(|p| p.n).collect::<Vec<_>>();
    assert_eq!(counts(&calm), [2; 10], "200 a second over ten tills");
    assert_eq!(counts(&rush), [15; 10], "1,500 a second over ten tills");
    assert!(
        rush.iter()
            .all(|p| p.born >= 5_900 * MS && p.born < 6 * SECOND),
        "born in the tick"
    );
    assert!(
        rush.iter().all(|p| p.span == 100_000),
        "evenly over its width"
    );
    let lanes = &rig.floor().lanes;
    assert!(
        lanes.iter().all(|lane| &*lane.key == "store-001"),
        "one key"
    );
    assert_eq!(
        lanes.iter().map(|lane| lane.client).max(),
        Some(9),
        "ten clients"
    );
    assert!(
        (rig.metric("store-001", "Made") - 83_500.0).abs() < 0.5,
        "5 x 200 + 55 x 1,500"
    );
    assert!(
        (rig.metric("report", "Records") - 83_500.0).abs() < 0.5,
        "all of them came"
    );
    balanced(&rig);
}

#[test]
fn another_key_template_makes_lanes_of_its_own() {
    let mut rig = shop(BLACK_FRIDAY);
    rig.run_to(10 * SECOND + 50 * MS);
    rig.set("store-001", &[("key", "{store}/till-{nn}")]);
    balanced(&rig);
    assert_eq!(rig.floor().lanes.len(), 20, "ten old ones, ten new ones");
    assert_eq!(
        &*rig.floor().lanes.get(10).key,
        "store-001/till-01",
        "the first new one"
    );
    assert_eq!(
        moved(&rig, 10 * SECOND + 50 * MS).len(),
        10,
        "what was made goes under old keys"
    );
    rig.run_to(10 * SECOND + 100 * MS);
    let after = moved(&rig, 10 * SECOND + 100 * MS);
    assert!(
        after.iter().all(|p| p.lane >= 10),
        "new records carry new keys"
    );
    assert_eq!(after.iter().map(|p| p.n).sum::<u32>(), 75, "half a tick");
    rig.run_to(20 * SECOND);
    assert!(
        (rig.metric("store-001", "Made") - 23_500.0).abs() < 0.5,
        "nothing lost between"
    );
    balanced(&rig);
}

/// Four stores before a stream of so many shards.
fn four_stores(shards: &str, settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    rig.node("stream", "kinesis", &[("shards", shards)]);
    for store in ["store-001", "store-002", "store-003", "store-004"] {
        rig.node(store, "tills", BLACK_FRIDAY);
        rig.set(store, settings);
        rig.wire("put", store, "stream", &[]);
    }
    rig
}

const STORES: [&str; 4] = ["store-001", "store-002", "store-003", "store-004"];

#[test]
fn four_hot_keys_lose_a_third_in_front_of_ten_shards() {
    let mut rig = four_stores("10", &[]);
    rig.run_to(600 * SECOND);
    for store in STORES {
        // 500 a second from the moment the bucket is empty; puts at the end of a tick cost the
        // bucket at most what one tick refills
        let lost = rig.metric(store, "GivenUp");
        assert!((296_500.0..=296_600.0).contains(&lost), "{store}: {lost}");
    }
    let refused = |fact: &Fact| matches!(fact, Fact::Refused { .. });
    let first = rig
        .facts
        .iter()
        .find(|(_, fact)| refused(fact))
        .map(|(at, _)| *at);
    assert!(
        first.is_some_and(|at| at.abs_diff(7 * SECOND) <= 100 * MS),
        "first at {first:?}"
    );
    balanced(&rig);
}

#[test]
fn forty_keys_spread_better() {
    let mut rig = four_stores("10", &[("key", "{store}/till-{nn}")]);
    rig.run_to(600 * SECOND);
    let lost: f64 = STORES
        .iter()
        .map(|store| rig.metric(store, "GivenUp"))
        .sum();
    assert!(
        (28_750.0..=28_850.0).contains(&lost),
        "50 a second on one shard: {lost}"
    );
    balanced(&rig);
}

#[test]
fn every_setting_has_its_words() {
    use crate::catalog::guide::Guide;
    let tills = include_str!("../../../../../static/text/en/services/tills.md");
    let terminals = include_str!("../../../../../static/text/en/services/terminals.md");
    let trace = include_str!("../../../../../static/text/en/services/trace.md");
    for (id, text) in [("tills", tills), ("terminals", terminals), ("trace", trace)] {
        let guide = Guide::parse(text);
        let fields = ServiceKind::of_id(id).expect("in the list").fields();
        for field in &fields {
            assert!(
                guide.fields.contains_key(field.key),
                "{id}.md has no {}",
                field.key
            );
        }
        assert_eq!(
            guide.fields.len(),
            fields.len(),
            "{id}.md has no words too many"
        );
    }
}

#[test]
fn settings_that_cannot_mean_what_they_say_are_told() {
    let problems = |service: &str, settings: &[(&str, &str)], outs: usize| {
        let config = config_of(service, settings).expect("in range");
        let outs = vec![("put".to_owned(), "s".to_owned(), "kinesis".to_owned()); outs];
        let mut out = Vec::new();
        config.check(
            &Wiring {
                id: "n".to_owned(),
                ins: Vec::new(),
                outs,
            },
            &mut out,
        );
        out.into_iter()
            .map(|problem| problem.field)
            .collect::<Vec<_>>()
    };
    assert!(
        problems("tills", &[], 1).is_empty(),
        "one key for all tills is no mistake"
    );
    assert_eq!(problems("tills", &[], 0), [""], "no wire");
    assert_eq!(
        problems("tills", &[("key", "{shop}")], 1),
        ["key"],
        "an unknown word"
    );
    assert_eq!(
        problems("tills", &[("bytes_max", "1")], 1),
        ["bytes_max"],
        "less than the least"
    );
    let bursts = [("shape", "bursts"), ("lasting", "60s"), ("period", "60s")];
    assert_eq!(
        problems("tills", &bursts, 1),
        ["lasting"],
        "always inside a burst"
    );
    assert_eq!(problems("trace", &[], 1), ["trace"], "no trace");
}

mod clients;
mod fresh;
mod listed;
mod load;
mod payloads;
mod traces;
