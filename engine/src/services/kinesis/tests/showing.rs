//! What is seen of a stream: states, bill, code, problems, error codes.

use super::put;
use crate::base::time::{DAY, HOUR, SECOND};
use crate::catalog::guide::Guide;
use crate::services::contract::{Lang, Service, Wiring};
use crate::services::gauges::State;
use crate::services::kinesis::{Config, Kinesis};
use crate::services::rig::Rig;

fn wiring(ins: usize, outs: &[&str]) -> Wiring {
    let node = |kind: &str, i: usize| (kind.to_owned(), format!("app-{i}"), "consumer".to_owned());
    Wiring {
        id: "sales".to_owned(),
        ins: (0..ins).map(|i| node("put", i)).collect(),
        outs: outs
            .iter()
            .enumerate()
            .map(|(i, kind)| node(kind, i))
            .collect(),
    }
}

#[test]
fn states_follow_the_load() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    let lane = rig.lane("k", None);
    assert_eq!(rig.gauges("s").state, State::Calm, "nothing yet");
    let parcel = rig.parcel(lane, 0, 500, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(rig.gauges("s").state, State::Calm, "half of the limit");
    let parcel = rig.parcel(lane, 500, 400, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(rig.gauges("s").state, State::Busy, "nine tenths");
    let parcel = rig.parcel(lane, 900, 200, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(
        rig.gauges("s").state,
        State::Refusing,
        "100 were turned away"
    );
    let lane = &rig.gauges("s").lanes[0];
    assert_eq!(
        (lane.tried, lane.admitted, lane.refused),
        (1_100, 1_000, 100)
    );
    assert_eq!((lane.from, lane.to, lane.records_level), (0.0, 1.0, 0));
    rig.run_to(5 * SECOND);
    assert_eq!(rig.gauges("s").state, State::Calm, "over");
}

#[test]
fn an_unread_stream_is_behind() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    rig.node("c", "sink", &[]);
    rig.wire("poll", "s", "c", &[]);
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 7, 10);
    put(&mut rig, vec![parcel]);
    rig.run_to(10 * SECOND);
    assert_eq!(
        rig.gauges("s").state,
        State::Calm,
        "ten seconds are allowed"
    );
    rig.run_to(11 * SECOND);
    let gauges = rig.gauges("s");
    assert_eq!((gauges.state, gauges.lanes[0].waiting), (State::Behind, 7));
    assert_eq!(gauges.lanes[0].oldest_us, 11 * SECOND);
}

#[test]
fn ten_shards_for_thirty_days_cost_the_worked_sum() {
    let mut rig = Rig::new(1);
    let node = rig.node("s", "kinesis", &[("shards", "10")]);
    rig.run_to(30 * 24 * HOUR);
    let plant = rig.engine.machine();
    let mut lines = Vec::new();
    plant
        .unit(node)
        .expect("started")
        .bill(&plant.view(node, rig.engine.now()), &mut lines);
    assert_eq!(lines.len(), 1, "only the shards: {lines:?}");
    assert!(
        (lines[0].usd() - 108.0).abs() < 1e-6,
        "aws-facts W8: {}",
        lines[0].usd()
    );
}

#[test]
fn extended_retention_is_billed_while_it_lasts() {
    let mut rig = Rig::new(1);
    let node = rig.node("s", "kinesis", &[("shards", "2")]);
    rig.run_to(10 * HOUR);
    rig.set("s", &[("retention", "48h")]);
    rig.run_to(15 * HOUR);
    rig.set("s", &[("retention", "24h")]);
    rig.run_to(20 * HOUR);
    let plant = rig.engine.machine();
    let mut lines = Vec::new();
    plant
        .unit(node)
        .expect("started")
        .bill(&plant.view(node, rig.engine.now()), &mut lines);
    let used = lines
        .iter()
        .find(|line| line.price.key == "extended_retention_hour");
    assert_eq!(
        used.map(|line| line.micro_units),
        Some(10_000_000),
        "two shards for five hours"
    );
}

/// Millionths of a unit of a price on the bill.
fn used(rig: &Rig, key: &str) -> Option<u128> {
    let (plant, node) = (rig.engine.machine(), rig.find("s"));
    let mut lines = Vec::new();
    let unit = plant.unit(node).expect("started");
    unit.bill(&plant.view(node, rig.engine.now()), &mut lines);
    let line = lines.iter().find(|line| line.price.key == key);
    line.map(|line| line.micro_units)
}

#[test]
fn what_lies_for_more_than_seven_days_is_billed_by_gb_month_until_it_goes() {
    const KEY: &str = "long_term_retention_gb_month";
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1"), ("retention", "240h")]);
    let lane = rig.lane("k", Some(0));
    for day in 0..2 {
        rig.run_to(day * DAY);
        let parcel = rig.parcel(lane, day, 1, 1_000_000);
        assert!(put(&mut rig, vec![parcel]).is_empty());
    }
    let key = u128::from(rig.engine.machine().floor.lanes.get(lane).key_bytes);
    // one record of so many bytes for so many days, in millionths of 2^30 bytes for 30 days
    let days = |n: u128| (1_000_000 + key) * n * 1_000_000 / 30 / (1 << 30);
    rig.run_to(7 * DAY);
    assert_eq!(used(&rig, KEY), None, "nothing is old yet");
    rig.run_to(8 * DAY);
    assert_eq!(used(&rig, KEY), Some(days(1)), "the first record for a day");
    rig.run_to(10 * DAY + HOUR);
    let known = used(&rig, KEY).expect("a line");
    assert!(
        (days(5)..=days(5) + 3).contains(&known),
        "3 + 2 days: {known}"
    );
    rig.run_to(20 * DAY);
    assert_eq!(
        used(&rig, KEY),
        Some(days(6)),
        "three days each, then they are gone"
    );
    let hours = used(&rig, "extended_retention_hour");
    assert_eq!(hours, Some(480_000_000), "beside the shard-hours");
}

#[test]
fn what_a_shorter_retention_forgets_is_not_billed_on() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1"), ("retention", "240h")]);
    let lane = rig.lane("k", Some(0));
    let parcel = rig.parcel(lane, 0, 1, 1_000_000);
    assert!(put(&mut rig, vec![parcel]).is_empty());
    rig.run_to(8 * DAY);
    rig.set("s", &[("retention", "24h")]);
    let before = used(&rig, "long_term_retention_gb_month");
    rig.run_to(20 * DAY);
    assert!(before.is_some_and(|n| n > 0), "a day of it: {before:?}");
    assert_eq!(used(&rig, "long_term_retention_gb_month"), before);
}

#[test]
fn code_names_what_is_set() {
    let config = Config {
        shards: 3,
        retention: 48 * HOUR,
        max_record_kib: 2_048,
    };
    let cli = Kinesis::snippet(&config, &wiring(1, &["push"]), Lang::Cli).expect("code");
    let python = Kinesis::snippet(&config, &wiring(1, &["push"]), Lang::Python).expect("code");
    for part in [
        "--shard-count 3",
        "--retention-period-hours 48",
        "--consumer-name app-0",
        "2048",
    ] {
        assert!(cli.contains(part), "{part} is missing in: {cli}");
    }
    for part in [
        "ShardCount=3",
        "RetentionPeriodHours=48",
        "ConsumerName=\"app-0\"",
        "2048",
    ] {
        assert!(python.contains(part), "{part} is missing in: {python}");
    }
    let plain = Kinesis::snippet(&Config::default(), &wiring(1, &[]), Lang::Cli).expect("code");
    assert!(
        !plain.contains("retention") && !plain.contains("consumer"),
        "no more than needed"
    );
}

#[test]
fn problems_are_told() {
    let told = |config: &Config, wiring: &Wiring| {
        let mut out = Vec::new();
        Kinesis::check(config, wiring, &mut out);
        out
    };
    let config = Config::default();
    assert!(
        told(&config, &wiring(1, &["poll", "push"])).is_empty(),
        "all is well"
    );
    assert_eq!(
        told(&config, &wiring(0, &[])).len(),
        2,
        "nobody writes, nobody reads"
    );
    assert_eq!(
        told(&config, &wiring(1, &["poll"; 3])).len(),
        1,
        "three share a shard's reads"
    );
    assert!(
        told(&config, &wiring(1, &["push"; 21]))[0].fatal,
        "too many consumers"
    );
    let many = Config {
        shards: 501,
        ..config
    };
    assert_eq!(told(&many, &wiring(1, &["poll"]))[0].field, "shards");
}

#[test]
fn the_words_cover_all_fields() {
    let text = include_str!("../../../../../static/text/en/services/kinesis.md");
    let guide = Guide::parse(text);
    for field in Kinesis::FIELDS {
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
