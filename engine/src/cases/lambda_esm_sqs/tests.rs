//! Tests of the runner with rows of their own.

use super::super::Verdict;
use super::*;

fn told(kind: &str, input: Json, expected: Json) -> Verdict {
    let row = json!({ "id": "own", "kind": kind, "in": input, "expected": expected });
    let case = Case::new(&row);
    let told = run(&case);
    case.verdict(told)
}

#[test]
fn each_receive_that_fails_is_seen_with_its_count() {
    let input = || {
        json!({
            "mapping": { "batch_size": 1 },
            "queue": { "visibility_s": 7, "max_receive_count": 3 },
            "messages": [{ "n": 0, "fail_first": 1 }, { "n": 1, "fail_first": 5 }],
            "function": "raise for the first fail_first receives",
        })
    };
    let good = json!({
        "invocations": 5, "disposition": ["processed", "dead-letter-queue"],
    });
    assert_eq!(
        told("dlq", input(), good),
        Verdict::Passed,
        "two and three receives"
    );
    let wrong = json!({ "disposition": ["processed", "processed"] });
    let told = told("dlq", input(), wrong);
    assert!(matches!(told, Verdict::Failed(_)), "the second one is dead");
}

#[test]
fn what_the_filter_holds_back_is_deleted() {
    let input = json!({
        "mapping": { "batch_size": 10, "window_s": 0 },
        "filter": { "body": { "till": [{ "suffix": "7" }] } },
        "bodies": [{ "till": "till-6" }, { "till": "till-7" }, "text"],
        "function": "ok",
    });
    let expected = json!({
        "delivered": [1], "queue_empty_afterwards": true,
        "disposition": ["filtered", "processed", "filtered"],
    });
    assert_eq!(
        told("filter", input, expected),
        Verdict::Passed,
        "one of three"
    );
}

#[test]
fn rules_are_those_of_the_engine() {
    let input = |n: u32| json!({ "queue": { "fifo": true }, "mapping": { "batch_size": n } });
    for (n, wanted) in [(10, true), (11, false)] {
        let expected = json!({ "accepted": wanted });
        let told = told("batch-size-limit", input(n), expected);
        assert_eq!(told, Verdict::Passed, "a FIFO batch of {n}");
    }
    let input = json!({ "queue": { "fifo": false }, "backlog": "large" });
    let expected = json!({ "initial_concurrent_batches": 5, "added_per_minute": 300 });
    assert_eq!(
        told("scaling-2024", input, expected),
        Verdict::Passed,
        "since 2023"
    );
}
