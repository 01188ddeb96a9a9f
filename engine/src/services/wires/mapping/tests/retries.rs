//! Batches that fail: tried again, halved, cut at what was reported, given up.

use super::{batches, bench, holds, numbers, put};
use crate::base::time::{HOUR, SECOND};
use crate::services::LinkKind;
use crate::services::LinkUnit;
use crate::services::rig::Rig;
use crate::services::talk::{Outcome, WireId};
use crate::services::wires::mapping::{GivenUp, Notice};

const MINUTE: u64 = 60 * SECOND;

fn notice(rig: &Rig, wire: WireId) -> Notice {
    let Some(LinkUnit::Mapping(part)) = rig.engine.machine().link(wire) else {
        panic!("a mapping: {:?}", LinkKind::ALL);
    };
    part.state
        .last_notice()
        .expect("something was given up")
        .clone()
}

#[test]
fn halves_until_the_bad_record_stands_alone() {
    // aws-facts W34, all halves counted
    for (n, bad, invocations) in [
        (8, 0, 7),
        (8, 7, 7),
        (128, 5, 15),
        (100, 0, 13),
        (100, 50, 13),
        (100, 99, 15),
    ] {
        let poison = bad.to_string();
        let fails = [("errors", "poison"), ("poison", poison.as_str())];
        let size = n.to_string();
        let settings = [
            ("bisect", "yes"),
            ("max_retries", "0"),
            ("batch_size", size.as_str()),
        ];
        let (mut rig, wire) = bench("1", &fails, &settings);
        let lane = rig.lane("a", None);
        put(&mut rig, lane, 0, n, 0);
        rig.run_to(HOUR);
        let seen = batches(&rig, wire);
        assert_eq!(
            seen.len(),
            invocations,
            "{n} records, {bad} is bad: {seen:?}"
        );
        assert_eq!(
            rig.metric("dlq", "Records"),
            1.0,
            "only the bad one is given up"
        );
        let sent = notice(&rig, wire);
        assert_eq!(
            (sent.start, sent.end, sent.batch_size),
            (bad, bad, 1),
            "it stands alone"
        );
        holds(&rig, "after the halves");
    }
}

#[test]
fn the_lowest_reported_record_is_the_checkpoint() {
    // aws-facts W35 counts from 1: batch 1 to 10, answer [7, 4, 9]
    let fails = [
        ("errors", "poison"),
        ("poison", "4, 7, 9"),
        ("error_tries", "1"),
        ("on_error", "report"),
    ];
    let (mut rig, wire) = bench(
        "1",
        &fails,
        &[("report_batch_item_failures", "yes"), ("batch_size", "10")],
    );
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 1, 10, 0);
    rig.run_to(MINUTE);
    let all: Vec<u64> = (1..=10).collect();
    assert_eq!(
        numbers(&rig, wire),
        [all.clone(), all[3..].to_vec()],
        "the next batch starts at 4"
    );
    holds(&rig, "after the report");
}

#[test]
fn a_report_that_was_not_asked_for_loses_what_it_names() {
    let fails = [
        ("errors", "poison"),
        ("poison", "4"),
        ("on_error", "report"),
    ];
    let (mut rig, wire) = bench("1", &fails, &[]);
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 10, 0);
    rig.run_to(MINUTE);
    assert_eq!(numbers(&rig, wire).len(), 1, "a success to Lambda");
    let node = rig.find("f");
    let tally = &rig.floor().books.nodes[node.0 as usize];
    assert_eq!(
        tally.ended.values().sum::<u64>(),
        1,
        "one is gone: {:?}",
        tally.ended
    );
    holds(&rig, "after the report");
}

#[test]
fn attempts_are_counted_and_the_notice_tells_them() {
    for (retries, invocations) in [("0", 1), ("2", 3), ("4", 5)] {
        let (mut rig, wire) = bench("1", &[("errors", "always")], &[("max_retries", retries)]);
        let lane = rig.lane("a", None);
        put(&mut rig, lane, 0, 3, 0);
        rig.run_to(5 * MINUTE);
        assert_eq!(numbers(&rig, wire).len(), invocations, "{retries} retries");
        let wanted = Notice {
            condition: GivenUp::RetryAttemptsExhausted,
            invoke_count: invocations as u32,
            batch_size: 3,
            shard: 0,
            start: 0,
            end: 2,
            response: Some(Outcome::Failed),
        };
        assert_eq!(notice(&rig, wire), wanted, "the notice");
        assert_eq!(rig.metric("dlq", "Records"), 3.0, "the destination is told");
        holds(&rig, "after the attempts");
    }
}

#[test]
fn what_is_too_old_is_given_up_and_only_that() {
    let (mut rig, wire) = bench(
        "1",
        &[("errors", "always")],
        &[("max_age", "60"), ("batch_size", "1")],
    );
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 1, 0);
    rig.run_to(60 * SECOND);
    let tries = numbers(&rig, wire).len();
    assert!(
        (5..=11).contains(&tries),
        "about eight invocations in a minute, not {tries}"
    );
    let sent = notice(&rig, wire);
    assert_eq!(
        (sent.condition, sent.response),
        (GivenUp::RecordAgeExceeded, None),
        "too old"
    );
    rig.set("f", &[("errors", "never")]);
    put(&mut rig, lane, 1, 5, 61 * SECOND);
    rig.run_to(70 * SECOND);
    assert_eq!(
        numbers(&rig, wire)[tries..],
        [[1], [2], [3], [4], [5]],
        "fresh ones go on"
    );
    assert_eq!(rig.metric("dlq", "Records"), 1.0, "one was given up");
    holds(&rig, "after the age");
}

#[test]
fn throttles_and_failures_of_the_system_do_not_count() {
    let (mut rig, wire) = bench("1", &[("reserved", "0")], &[("max_retries", "0")]);
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 3, 0);
    rig.run_to(MINUTE);
    assert!(rig.metric("f", "Throttles") > 3.0, "tried again and again");
    assert_eq!(rig.metric("f", "Invocations"), 0.0, "never let in");
    rig.set("f", &[("reserved", "-1")]);
    rig.run_to(2 * MINUTE);
    let last = batches(&rig, wire).pop().map(|(_, numbers)| numbers);
    assert!(
        last.is_some_and(|numbers| numbers.ends_with(&[0, 1, 2])),
        "then it goes"
    );
    assert_eq!(rig.metric("dlq", "Records"), 0.0, "nothing was given up");
    holds(&rig, "after the throttles");
}

#[test]
fn a_bad_record_holds_up_its_shard_until_the_stream_forgets_it() {
    let fails = [("errors", "poison"), ("poison", "0")];
    let (mut rig, wire) = bench("1", &fails, &[("batch_size", "2")]);
    let lane = rig.lane("a", None);
    put(&mut rig, lane, 0, 4, 0);
    rig.run_to(23 * HOUR);
    assert!(
        numbers(&rig, wire).iter().all(|batch| batch == &[0, 1]),
        "nothing passes it"
    );
    holds(&rig, "while it blocks");
    // the stream keeps 24 hours, and then the whole batch is forgotten with what follows it
    put(&mut rig, lane, 4, 2, 24 * HOUR);
    rig.run_to(25 * HOUR);
    assert_eq!(
        numbers(&rig, wire).pop(),
        Some(vec![4, 5]),
        "the next ones go on"
    );
    let node = rig.find("f");
    let tally = &rig.floor().books.nodes[node.0 as usize];
    let forgotten = tally.ended.get(&crate::services::talk::Reason::Retention);
    assert_eq!(forgotten, Some(&4), "forgotten: {:?}", tally.ended);
    holds(&rig, "after the retention");
}
