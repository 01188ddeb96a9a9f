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
    let of = [
        Measure::Inside,
        Measure::Wait,
        Measure::WaitQuantile(0.05, 28.9),
    ];
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
        (controlled.mean - 4.0).abs() < f64::max(5.0 * controlled.error, 4.0 * CLOSE),
        "{controlled:?}"
    );
}

/// The verdict on values of a queue whose engine has another mean service or other servers.
fn told_of_wrong(model: &Model, (mean, servers): (f64, u64), expected: &Json) -> Verdict {
    let mut model = model.clone();
    for (key, text) in &mut model.settings {
        match *key {
            "mean" => *text = format!("{:.0}us", mean * 1e6),
            "servers" => *text = servers.to_string(),
            _ => {}
        }
    }
    let raw = json!({"id": "own", "kind": "M/M/c", "in": {}, "expected": expected});
    let case = Case::new(&raw);
    let told = compare(&case, &model, Reaches::new(300));
    case.verdict(told)
}

#[test]
fn an_engine_with_another_rate_is_found_at_any_load() {
    // (load, servers, L): what the closed form says of the queue as declared
    for (load, servers, inside) in [
        (0.95, 1, 19.0),
        (0.9, 2, 9.473_684_2),
        (0.5, 3, 1.736_842_1),
    ] {
        let law = (load * servers as f64, 1.0, Law::Exponential);
        let model = Model::new(law, Some(servers), None).expect("a good model");
        let expected = json!({"L": inside});
        let told = |mean, servers| told_of_wrong(&model, (mean, servers), &expected);
        assert_eq!(told(1.0, servers), Verdict::Passed, "{load} {servers}");
        for wrong in [
            told(0.985, servers),
            told(1.015, servers),
            told(1.0, servers + 1),
        ] {
            assert!(
                matches!(wrong, Verdict::Failed(_)),
                "{load} {servers}: {wrong:?}"
            );
        }
    }
}

#[test]
fn an_engine_with_another_mean_is_found_under_a_law_with_memory() {
    let law = (0.9, 1.0, Law::TwoPoint(0.5, 5.0));
    let model = Model::new(law, Some(1), None).expect("a good model");
    // Pollaczek and Khinchine: 0.9 x 3 / (2 x 0.1)
    let expected = json!({"Wq": 13.5});
    assert_eq!(told_of_wrong(&model, (1.0, 1), &expected), Verdict::Passed);
    for mean in [0.98, 1.02] {
        let wrong = told_of_wrong(&model, (mean, 1), &expected);
        assert!(matches!(wrong, Verdict::Failed(_)), "{mean}: {wrong:?}");
    }
}

#[test]
fn what_hardly_ever_happens_is_not_told_by_way_of_controls() {
    // Erlang C of 20 servers at load 0.25 is 6e-7: a run sees next to none who wait
    let input = json!({"arrival_rate": 5.0, "service_rate": 1.0, "servers": 20});
    let expected = json!({"utilisation": 0.25, "p_wait_erlang_c": 3.503e-7});
    assert!(untold("M/M/c", &input, &expected, "narrowly"));
}
