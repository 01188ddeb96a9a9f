//! Rows of our own: right ones pass, planted wrong ones fail, what is not understood is not told.

use super::*;
use crate::cases::Verdict;
use serde_json::{Value as Json, json};

/// The verdict on one row that is a table of its own.
fn told(kind: &str, input: &Json, expected: &Json) -> Verdict {
    let raw = json!({"id": "own", "kind": kind, "in": input, "expected": expected});
    let cases = [Case::new(&raw)];
    let told = run(&cases).remove(0);
    cases[0].verdict(told)
}

fn fails(kind: &str, input: &Json, expected: &Json) -> bool {
    matches!(told(kind, input, expected), Verdict::Failed(_))
}

fn untold(kind: &str, input: &Json, expected: &Json, part: &str) -> bool {
    let found = told(kind, input, expected);
    matches!(found, Verdict::NotExpressible(why) if why.contains(part))
}

#[test]
fn a_single_server_keeps_to_its_closed_forms() {
    // load 0.4: W = 1 / 0.6, Wq = 0.4 W, L = 0.4 / 0.6
    let input = json!({"arrival_rate": 0.8, "service_rate": 2.0, "servers": 1});
    let expected = json!({
        "utilisation": 0.4, "W": 0.833_333_33, "Wq": 0.333_333_33, "L": 0.666_666_67, "p_wait": 0.4,
        "p95_response": 2.496_443_6, "p_n": [0.6, 0.24],
    });
    assert_eq!(told("M/M/1", &input, &expected), Verdict::Passed);
    for (key, wrong) in [
        ("W", 0.86),
        ("Wq", 0.345),
        ("L", 0.645),
        ("p_wait", 0.412),
        ("p95_response", 2.58),
        ("utilisation", 0.41),
    ] {
        assert!(
            fails("M/M/1", &input, &json!({key: wrong})),
            "{key} {wrong}"
        );
    }
    assert!(fails("M/M/1", &input, &json!({"p_n": [0.6, 0.25]})));
}

#[test]
fn rooms_that_fill_turn_customers_away() {
    // a = 2, c = 2: Erlang B 0.4; a room of 3 at load 1: blocked 1/4, L = 1.5
    let input = json!({"offered_load": 2.0, "servers": 2, "queue": 0});
    let right = json!({"p_block": 0.4, "carried": 1.2});
    assert_eq!(told("Erlang-B", &input, &right), Verdict::Passed);
    assert!(fails("Erlang-B", &input, &json!({"p_block": 0.412})));
    let input = json!({"arrival_rate": 1.0, "service_rate": 1.0, "servers": 1, "room_including_service": 3});
    let right = json!({"p_block": 0.25, "L": 1.5, "throughput": 0.75, "W": 2.0});
    assert_eq!(told("M/M/1/K", &input, &right), Verdict::Passed);
    assert!(fails("M/M/1/K", &input, &json!({"W": 2.06})));
}

#[test]
fn laws_are_read_from_words_and_must_have_their_spread() {
    for (text, law) in [
        ("uniform 0.5..1.5", Law::Uniform(0.5)),
        ("Erlang-3, mean 1", Law::Erlang(3)),
        (
            "0.5 with probability 8/9, else 5.0",
            Law::TwoPoint(0.5, 5.0),
        ),
        (
            "any law with mean 1 and squared coefficient of variation 3",
            Law::TwoPoint(0.5, 7.0),
        ),
    ] {
        let (found, mean) = Law::read(text).expect("it is known");
        assert!((mean - 1.0).abs() < 1e-9, "{text}: mean {mean}");
        assert!((found.scv() - law.scv()).abs() < 1e-9, "{text}: {found:?}");
    }
    assert_eq!(Law::read("Cauchy"), None);
    let input = |scv: f64, law: &str| {
        json!({
            "arrival_rate": 0.3, "mean_service": 1.0, "scv_service": scv, "servers": 1, "distribution": law,
        })
    };
    let erlang = input(0.25, "Erlang-4, mean 1");
    // Pollaczek and Khinchine: 0.3 (1 + 0.25) / (2 x 0.7)
    let right = json!({"Wq": 0.267_857});
    assert_eq!(told("M/G/1", &erlang, &right), Verdict::Passed);
    assert!(fails("M/G/1", &erlang, &json!({"Wq": 0.28})));
    let other = input(0.5, "Erlang-4, mean 1");
    assert!(untold("M/G/1", &other, &right, "in.scv_service"));
}

#[test]
fn what_is_not_understood_is_not_told() {
    let input = json!({"arrival_rate": 10, "W": 0.5});
    assert_eq!(told("Little", &input, &json!({"L": 5.0})), Verdict::Passed);
    assert!(untold(
        "Little",
        &input,
        &json!({"L": 5.0, "mood": 1}),
        "expected.mood"
    ));
    let more = json!({"arrival_rate": 10, "W": 0.5, "balking": 0.1});
    assert!(untold("Little", &more, &json!({"L": 5.0}), "in.balking"));
    assert!(untold("G/G/1", &input, &json!({"L": 5.0}), "not known"));
    let full = json!({"arrival_rate": 0.999, "service_rate": 1.0, "servers": 1});
    assert!(untold("M/M/1", &full, &json!({"L": 999.0}), "saturation"));
}

#[test]
fn controls_show_a_rate_that_is_not_kept() {
    let law = (0.9, 1.0, Law::Exponential);
    let mut model = Model::new(law, Some(1), None).expect("a good model");
    let of = [Measure::Inside, Measure::Wait, Measure::WaitQuantile(0.05, 28.9)];
    let off = |model: &Model| {
        let sample = Sample::new(model, 5e3, &of).expect("it runs");
        Reaches::new(100).off(&sample)
    };
    assert_eq!(off(&model), 0, "all is as declared");
    model.mean = 1.03;
    assert!(off(&model) > 0, "the service is faster than declared");
}

#[test]
fn controls_narrow_an_interval_around_the_same_mean() {
    let law = (0.8, 1.0, Law::TwoPoint(0.5, 3.0));
    let model = Model::new(law, Some(1), None).expect("a good model");
    let sample = Sample::new(&model, 5e3, &[]).expect("it runs");
    let plain = sample.plain(Measure::Wait).expect("a mean");
    let controlled = sample.controlled(Measure::Wait).expect("a mean");
    assert!(
        controlled.error * 4.0 < plain.error,
        "{controlled:?} {plain:?}"
    );
    assert!((controlled.mean - plain.mean).abs() < 4.0 * plain.error);
    // Pollaczek and Khinchine: 0.8 x 2 / (2 x 0.2)
    assert!(
        (controlled.mean - 4.0).abs() < 5.0 * controlled.error,
        "{controlled:?}"
    );
}
