//! FIFO queues: order, locked groups, deduplication.

use super::*;

const FIFO: (&str, &str) = ("fifo", "yes");

/// Sends messages (number, group) one call each, numbers as their deduplication ids.
fn feed(rig: &mut Rig, lane: u32, list: &[(u64, u64)]) {
    for (number, group) in list {
        let one = entry(rig, lane, *number, *group, Some(*number));
        assert_eq!(send(rig, vec![one]), [], "message {number}");
    }
}

fn got(rig: &mut Rig, max: u32) -> Vec<u64> {
    numbers(&receive_of(rig, "q", max, None))
}

#[test]
fn a_receive_empties_one_group_before_the_next() {
    let (mut rig, lane) = bench(&[FIFO]);
    feed(&mut rig, lane, &[(0, 1), (1, 2), (2, 1), (3, 1)]);
    assert_eq!(got(&mut rig, 10), [0, 2, 3, 1], "group 1, then group 2");
    balanced(&rig);
}

#[test]
fn a_group_is_locked_while_one_of_its_messages_is_away() {
    let (mut rig, lane) = bench(&[FIFO]);
    feed(&mut rig, lane, &[(0, 1), (1, 1), (2, 2), (3, 1)]);
    let first = receive_of(&mut rig, "q", 2, None);
    assert_eq!(numbers(&first), [0, 1], "of group 1");
    assert_eq!(got(&mut rig, 10), [2], "only group 2 is free");
    assert_eq!(delete(&mut rig, &first[..1]), 0, "one of two");
    assert_eq!(got(&mut rig, 10), [] as [u64; 0], "the other one locks it");
    assert_eq!(delete(&mut rig, &first[1..]), 0, "both");
    assert_eq!(got(&mut rig, 10), [3], "free again");
    balanced(&rig);
}

#[test]
fn what_lies_before_a_hidden_message_comes_back_and_what_lies_behind_does_not() {
    let (mut rig, lane) = bench(&[FIFO, ("visibility_timeout", "1s")]);
    feed(&mut rig, lane, &[(0, 1), (1, 1), (2, 1), (3, 1)]);
    let all = receive_of(&mut rig, "q", 3, None);
    assert_eq!(
        hide(&mut rig, &all[1..2], 5 * SECOND),
        0,
        "the second stays away"
    );
    rig.run_to(2 * SECOND);
    assert_eq!(got(&mut rig, 10), [0], "only what lies before it");
    rig.run_to(10 * SECOND);
    assert_eq!(got(&mut rig, 10), [0, 1, 2, 3], "in order, all of them");
    balanced(&rig);
}

#[test]
fn a_group_that_comes_back_stands_behind_those_that_wait() {
    let (mut rig, lane) = bench(&[FIFO, ("visibility_timeout", "1s")]);
    feed(&mut rig, lane, &[(0, 1), (1, 2), (2, 3)]);
    assert_eq!(got(&mut rig, 1), [0], "group 1");
    rig.run_to(SECOND / 2);
    assert_eq!(got(&mut rig, 1), [1], "group 2");
    rig.run_to(3 * SECOND);
    assert_eq!(got(&mut rig, 10), [2, 0, 1], "group 3 never left");
    balanced(&rig);
}

#[test]
fn an_expired_receipt_is_refused() {
    let (mut rig, lane) = bench(&[FIFO, ("visibility_timeout", "1s")]);
    feed(&mut rig, lane, &[(0, 1)]);
    let first = receive(&mut rig, "q");
    rig.run_to(2 * SECOND);
    assert_eq!(delete(&mut rig, &first), 1, "refused");
    assert_eq!(hide(&mut rig, &first, SECOND), 1, "refused");
    assert_eq!(numbers(&receive(&mut rig, "q")), [0], "it is still there");
    assert_eq!(delete(&mut rig, &first), 1, "an older receipt");
    balanced(&rig);
}

#[test]
fn equal_ids_within_five_minutes_are_kept_once() {
    let (mut rig, lane) = bench(&[FIFO]);
    feed(&mut rig, lane, &[(0, 1)]);
    let got = receive(&mut rig, "q");
    delete(&mut rig, &got);
    rig.run_to(299 * SECOND);
    let twin = entry(&rig, lane, 1, 2, Some(0));
    assert_eq!(send(&mut rig, vec![twin]), [], "accepted");
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "and not kept, in any group");
    rig.run_to(300 * SECOND);
    assert_eq!(send(&mut rig, vec![twin]), [], "accepted");
    assert_eq!(counts(&rig, "q"), (1, 0, 0), "forgotten after five minutes");
    balanced(&rig);
}

#[test]
fn the_scope_of_deduplication_may_be_the_group() {
    let (mut rig, lane) = bench(&[FIFO, ("dedup_scope", "messageGroup")]);
    let (one, two) = (
        entry(&rig, lane, 0, 1, Some(9)),
        entry(&rig, lane, 1, 2, Some(9)),
    );
    assert_eq!(send(&mut rig, vec![one, two]), [], "taken");
    assert_eq!(counts(&rig, "q"), (2, 0, 0), "two groups, two messages");
}

#[test]
fn a_message_needs_group_and_id_or_content() {
    for (content, wanted) in [("no", 1), ("yes", 0)] {
        let (mut rig, lane) = bench(&[FIFO, ("content_dedup", content)]);
        let no_id = entry(&rig, lane, 0, 1, None);
        let no_group = SendEntry {
            group: None,
            ..entry(&rig, lane, 1, 1, Some(1))
        };
        assert_eq!(
            send(&mut rig, vec![no_group]),
            [Reason::Invalid],
            "no group"
        );
        let failed = send(&mut rig, vec![no_id]);
        assert_eq!(failed.len(), wanted, "content {content}");
        let twin = entry(&rig, lane, 0, 2, None);
        send(&mut rig, vec![twin]);
        assert_eq!(counts(&rig, "q").0, u64::from(content == "yes"), "one body");
        balanced(&rig);
    }
}

#[test]
fn one_message_without_an_id_fails_the_whole_batch() {
    let (mut rig, lane) = bench(&[FIFO]);
    let (good, bad) = (
        entry(&rig, lane, 0, 1, Some(0)),
        entry(&rig, lane, 1, 1, None),
    );
    assert_eq!(
        send(&mut rig, vec![good, bad]),
        [Reason::Invalid],
        "refused"
    );
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "nothing of it is there");
    balanced(&rig);
}

#[test]
fn a_source_that_sends_again_is_not_counted_twice() {
    let (mut rig, lane) = bench(&[FIFO]);
    put(&mut rig, lane, 0, 6);
    put(&mut rig, lane, 4, 6);
    assert_eq!(counts(&rig, "q"), (10, 0, 0), "each record once");
    let metric = rig.metric("q", "NumberOfDeduplicatedSentMessages");
    assert_eq!(metric, 2.0, "two were known");
    balanced(&rig);
}

#[test]
fn the_delay_of_a_fifo_queue_is_the_queues() {
    let (mut rig, lane) = bench(&[FIFO, ("delay", "2s")]);
    let zero = SendEntry {
        delay: Some(0),
        ..entry(&rig, lane, 0, 1, Some(0))
    };
    let own = SendEntry {
        delay: Some(SECOND),
        ..entry(&rig, lane, 1, 1, Some(1))
    };
    assert_eq!(
        send(&mut rig, vec![zero, own]),
        [Reason::Invalid],
        "no own delay"
    );
    assert_eq!(counts(&rig, "q"), (0, 0, 1), "zero changes nothing");
    rig.set("q", &[("delay", "5s")]);
    rig.run_to(5 * SECOND - 1);
    assert_eq!(counts(&rig, "q"), (0, 0, 1), "the new delay counts for all");
    rig.run_to(5 * SECOND);
    assert_eq!(counts(&rig, "q"), (1, 0, 0), "now");
}
