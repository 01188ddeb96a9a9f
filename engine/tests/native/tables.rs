//! A table behind tills: pace, conservation and one digest whatever way the run takes.

use crate::support::{act, number, set, to};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::SECOND;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::Run;

fn node(id: &str, service: &str, settings: &[(&str, &str)]) -> Edit {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Edit::AddNode {
        id: id.to_owned(),
        service: service.to_owned(),
        settings: settings.iter().map(pair).collect(),
    }
}

/// Tills of `rate` records a second before a table.
fn tills(rate: &str, till: &[(&str, &str)], table: &[(&str, &str)]) -> Run {
    let mut all = vec![("rate", rate)];
    all.extend_from_slice(till);
    let edits = [
        node("table", "dynamodb", table),
        node("store-001", "tills", &all),
        Edit::AddWire {
            id: "w".to_owned(),
            kind: "put".to_owned(),
            from: "store-001".to_owned(),
            to: "table".to_owned(),
            settings: SortedMap::new(),
        },
    ];
    let design = edits.iter().fold(Design::default(), |design, edit| {
        design.apply(edit).expect("a good edit")
    });
    Run::new(design).expect("the design runs")
}

#[test]
fn four_thousand_writes_a_second_all_come_in() {
    let mut run = tills("4000", &[], &[("wcu", "8000")]);
    to(&mut run, 30 * SECOND);
    let report = run.report("");
    let written = number(&report, "nodes/table/metrics/ConsumedWriteCapacityUnits");
    assert!(
        (119_000.0..=120_000.0).contains(&written),
        "{written} units"
    );
}

#[test]
fn a_throttled_table_has_one_digest_straight_and_in_steps() {
    let settings = [("resend", "full"), ("sdk_retry", "standard")];
    let table = [("wcu", "600"), ("index", "key"), ("index_wcu", "500")];
    let mut straight = tills("900", &settings, &table);
    let mut steps = tills("900", &settings, &table);
    to(&mut straight, 20 * SECOND);
    for step in 1..=200 {
        to(&mut steps, step * SECOND / 10);
    }
    assert_eq!(straight.digest(), steps.digest(), "looked at or not");
    let refused = number(
        &straight.report(""),
        "nodes/table/metrics/WriteThrottleEvents",
    );
    assert!(refused > 3_000.0, "it throttles: {refused}");
}

/// An act with some settings changed.
fn changed(scenario: &str, name: &str, settings: &[(&str, &str, &str)]) -> Run {
    let (design, _) = act(scenario, Some(name));
    let design = settings.iter().fold(design, |design, (at, field, value)| {
        design.apply(&set(at, field, value)).expect("a good edit")
    });
    Run::new(design).expect("the design runs")
}

#[test]
fn a_batch_of_a_function_with_one_item_twice_is_refused_as_a_whole() {
    let settings = [
        ("inventory", "errors", "never"),
        ("inventory-to-stock", "op", "put"),
        ("inventory-to-stock", "call", "batch"),
    ];
    let mut run = changed("live-inventory", "swallowed", &settings);
    to(&mut run, 20 * SECOND);
    let report = run.report("");
    let refused = number(&report, "nodes/stock/metrics/UserErrors");
    assert!(refused > 0.0, "twenty products, up to 25 writes a call");
}

#[test]
fn entries_that_come_back_from_a_batched_call_are_nothing_that_an_sdk_sends_again() {
    for mode in ["none", "standard"] {
        let settings = [
            ("sales", "wcu", "1000"),
            ("sales", "burst_start", "0s"),
            ("checkout", "sdk_retry", mode),
        ];
        let mut run = changed("black-friday", "key-per-till", &settings);
        to(&mut run, 12 * SECOND);
        let report = run.report("");
        let errors = number(&report, "nodes/checkout/metrics/Errors");
        assert!(errors > 0.0, "{mode}: the function learns of them");
    }
}
