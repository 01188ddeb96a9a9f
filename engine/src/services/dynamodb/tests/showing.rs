//! Gauges, price lines, code, problems, words.

use super::{Load, PUT, table, write};
use crate::base::time::{HOUR, SECOND};
use crate::catalog::guide::Guide;
use crate::services::contract::{Lang, Problem, Service, Wiring};
use crate::services::dynamodb::capacity::Mode;
use crate::services::dynamodb::stream::View;
use crate::services::dynamodb::{Config, DynamoDb, ItemOf};
use crate::services::gauges::State;
use crate::services::rig::Rig;

/// One reading of the table.
pub(super) fn reading(rig: &Rig, key: &str) -> f64 {
    let gauges = rig.gauges("t");
    let found = gauges.readings.iter().find(|reading| reading.key == key);
    found.expect("a reading of this key").value
}

#[test]
fn partitions_burst_and_state_are_seen() {
    let settings = [
        ("wcu", "1000"),
        ("rcu", "3000"),
        ("burst_start", "0s"),
        ("item", "key"),
    ];
    let mut load = Load::new(table(&settings), &["a"], 500);
    assert_eq!(load.rig.gauges("t").state, State::Calm);
    load.rig.run_to(10 * SECOND);
    let gauges = load.rig.gauges("t");
    assert_eq!(gauges.lanes.len(), 2, "1,000 writes and 3,000 reads");
    assert!((gauges.lanes[0].to - 0.5).abs() < 1e-6, "half of the range");
    assert_eq!(gauges.lanes[0].records_capacity, 1_000);
    assert!(
        (gauges.tanks[0].level - 10_000.0).abs() < 0.1,
        "ten seconds of credit"
    );
    load.run(&[900], 13 * SECOND);
    assert_eq!(load.rig.gauges("t").state, State::Busy);
    load.run(&[2_000], 16 * SECOND);
    assert_eq!(load.rig.gauges("t").state, State::Refusing);
    assert!((reading(&load.rig, "consumed") - 1_000.0).abs() < 101.0);
}

/// USD by price key after `hours`.
fn bill(rig: &Rig) -> Vec<(&'static str, f64)> {
    let (node, now) = (rig.find("t"), rig.engine.now());
    let plant = rig.engine.machine();
    let mut lines = Vec::new();
    plant
        .unit(node)
        .expect("started")
        .bill(&plant.view(node, now), &mut lines);
    lines
        .iter()
        .map(|line| (line.price.key, line.usd()))
        .collect()
}

#[test]
fn capacity_is_paid_by_the_hour_and_requests_by_the_million() {
    let mut rig = table(&[
        ("wcu", "100"),
        ("rcu", "200"),
        ("index", "key"),
        ("index_wcu", "50"),
    ]);
    rig.run_to(10 * HOUR);
    let lines = bill(&rig);
    assert_eq!(lines[0].0, "wcu_hour");
    assert!(
        (lines[0].1 - 150.0 * 10.0 * 0.00065).abs() < 1e-9,
        "{lines:?}"
    );
    assert!(
        (lines[1].1 - 200.0 * 10.0 * 0.00013).abs() < 1e-9,
        "{lines:?}"
    );
    // W16: transactional writes of 3.5 KB are eight request units each
    let mut rig = table(&[("mode", "on-demand"), ("warm_write", "40000")]);
    let lane = rig.lane("k", None);
    for second in 1..=10 {
        rig.run_to(second * SECOND);
        let parcel = rig.parcel(lane, second * 100, 100, 3_583);
        let transact = crate::services::talk::Write {
            call: crate::services::talk::WriteCall::Transact,
            ..PUT
        };
        assert_eq!(write(&mut rig, &[parcel], transact), Ok(vec![]));
    }
    let lines = bill(&rig);
    assert_eq!(lines.len(), 1, "nothing by the hour: {lines:?}");
    assert!(
        (lines[0].1 * 1_000.0 - 5.0).abs() < 1e-9,
        "5.00 USD a million: {lines:?}"
    );
}

#[test]
fn code_names_what_is_set() {
    let config = Config {
        wcu: 700,
        item: ItemOf::Account,
        index: Some(ItemOf::Record),
        index_wcu: 55,
        view: View::NewAndOldImages,
        ..Config::default()
    };
    let wiring = Wiring {
        id: "balances".to_owned(),
        ..Wiring::default()
    };
    let of = |config: &Config, lang| DynamoDb::snippet(config, &wiring, lang).expect("code");
    for (lang, parts) in [
        (
            Lang::Cli,
            [
                "--table-name balances",
                "WriteCapacityUnits=700",
                "AttributeName=account_id",
            ],
        ),
        (
            Lang::Python,
            [
                "name = \"balances\"",
                "\"WriteCapacityUnits\": 700",
                "\"account_id\"",
            ],
        ),
    ] {
        let code = of(&config, lang);
        for part in parts
            .into_iter()
            .chain(["by-event_id", "55", "NEW_AND_OLD_IMAGES"])
        {
            assert!(code.contains(part), "{part} is missing in: {code}");
        }
        let demand = Config {
            mode: Mode::OnDemand,
            max_write: 900,
            warm_write: 9_000,
            ..Config::default()
        };
        let code = of(&demand, lang);
        let parts = [
            "PAY_PER_REQUEST",
            "MaxWriteRequestUnits",
            "WriteUnitsPerSecond",
        ];
        for part in parts {
            assert!(code.contains(part), "{part} is missing in: {code}");
        }
        assert!(
            !code.contains("Provisioned") && !code.contains("Stream"),
            "{code}"
        );
    }
}

#[test]
fn problems_are_told() {
    let told = |config: &Config, kinds: &[&str]| {
        let ins = kinds
            .iter()
            .map(|kind| ((*kind).to_owned(), "a".to_owned(), "tills".to_owned()));
        let wiring = Wiring {
            ins: ins.collect(),
            ..Wiring::default()
        };
        let mut out: Vec<Problem> = Vec::new();
        DynamoDb::check(config, &wiring, &mut out);
        out.into_iter()
            .map(|problem| problem.field)
            .collect::<Vec<_>>()
    };
    let plain = Config::default();
    assert!(told(&plain, &["put"]).is_empty(), "all is well");
    assert_eq!(told(&plain, &[]), [""], "nobody writes");
    let small = Config {
        index: Some(ItemOf::Key),
        index_wcu: 10,
        ..Config::default()
    };
    assert_eq!(told(&small, &["write"]), ["index_wcu"]);
    let keyed = Config {
        item: ItemOf::Key,
        ..Config::default()
    };
    assert_eq!(told(&keyed, &["put"]), ["item"]);
    assert!(told(&keyed, &["write"]).is_empty());
}

#[test]
fn the_words_cover_all_fields() {
    let text = include_str!("../../../../../static/text/en/services/dynamodb.md");
    let guide = Guide::parse(text);
    for field in DynamoDb::FIELDS {
        assert!(
            guide.fields.contains_key(field.key),
            "{} has no words",
            field.key
        );
    }
    let lists = [&guide.modelled, &guide.simplified, &guide.not_modelled];
    assert!(
        lists.iter().all(|list| !list.is_empty()),
        "three lists of honesty"
    );
}
