//! Tests of the runner with rows of their own.

use super::super::Verdict;
use super::*;

fn told(row: &Json) -> Verdict {
    let case = Case::new(row);
    let told = run(&case);
    case.verdict(told)
}

fn row(kind: &str, queue: Json, script: Json) -> Json {
    json!({
        "id": "own", "kind": kind,
        "in": { "queue": queue, "script": script },
        "expected": { "as_in_script": true },
    })
}

#[test]
fn a_script_is_held_to_what_stands_in_it() {
    let steps = |first: &str, code: &str| {
        json!([
            { "t": 0, "op": "send", "body": "one", "group": "g" },
            { "t": 0, "op": "send", "body": "two", "group": "g" },
            { "t": 1, "op": "receive", "expect": [first] },
            { "t": 7.5, "op": "delete", "of": "one", "error": code },
            { "t": 8, "op": "counts", "expect": { "visible": 2, "in_flight": 0 } },
        ])
    };
    let queue = json!({ "fifo": true, "content_dedup": true, "visibility": 6 });
    let good = row(
        "fifo-order",
        queue.clone(),
        steps("one", "InvalidParameterValue"),
    );
    assert_eq!(told(&good), Verdict::Passed, "in order, and too late");
    let wrong = row(
        "fifo-order",
        queue.clone(),
        steps("two", "InvalidParameterValue"),
    );
    assert!(matches!(told(&wrong), Verdict::Failed(_)), "another order");
    let wrong = row("fifo-order", queue, steps("one", "ReceiptHandleIsInvalid"));
    assert!(matches!(told(&wrong), Verdict::Failed(_)), "another code");
}

#[test]
fn a_call_that_fails_without_a_word_of_it_fails_the_case() {
    let script = json!([
        { "t": 0, "op": "send", "body": "m", "group": "g" },
        { "t": 0, "op": "receive", "expect": [] },
    ]);
    let row = row("fifo-arguments", json!({ "fifo": true }), script);
    assert!(
        matches!(told(&row), Verdict::Failed(_)),
        "no deduplication id"
    );
}

#[test]
fn limits_are_those_of_the_service() {
    let row = |entries: u64, expected: Json| {
        json!({
            "id": "own", "kind": "limits",
            "in": { "call": "change_visibility_batch", "entries": entries, "timeout": 5 },
            "expected": expected,
        })
    };
    let code = "AWS.SimpleQueueService.TooManyEntriesInBatchRequest";
    assert_eq!(
        told(&row(12, json!({ "error": code }))),
        Verdict::Passed,
        "12"
    );
    assert_eq!(
        told(&row(9, json!({ "accepted": true }))),
        Verdict::Passed,
        "9"
    );
    let wrong = told(&row(9, json!({ "error": code })));
    assert!(matches!(wrong, Verdict::Failed(_)), "nine are taken");
}
