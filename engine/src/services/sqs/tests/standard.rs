//! Standard queues: visibility, delays, long polls, receipts, retention, purge.

use super::*;
use crate::base::time::MS;

#[test]
fn what_is_received_is_hidden_until_its_time_is_over() {
    let (mut rig, lane) = bench(&[]);
    assert_eq!(put(&mut rig, lane, 0, 10), [], "all taken");
    assert_eq!(counts(&rig, "q"), (10, 0, 0), "all visible");
    let first = receive_of(&mut rig, "q", 4, None);
    assert_eq!(numbers(&first), [0, 1, 2, 3], "the oldest");
    assert_eq!(counts(&rig, "q"), (6, 4, 0), "four in flight");
    assert_eq!(
        numbers(&receive(&mut rig, "q")),
        [4, 5, 6, 7, 8, 9],
        "the rest"
    );
    rig.run_to(30 * SECOND - 1);
    assert_eq!(receive(&mut rig, "q"), [], "still hidden");
    rig.run_to(30 * SECOND);
    assert_eq!(counts(&rig, "q"), (10, 0, 0), "visible again");
    let again = receive(&mut rig, "q");
    assert_eq!(
        numbers(&again),
        (0..10).collect::<Vec<u64>>(),
        "all of them"
    );
    assert!(again.iter().all(|m| m.received == 2), "the second time");
    assert!(again.iter().all(|m| m.parcel.is_copy()), "copies");
    balanced(&rig);
}

#[test]
fn a_delete_takes_the_named_messages_and_no_others() {
    let (mut rig, lane) = bench(&[]);
    put(&mut rig, lane, 0, 10);
    let all = receive(&mut rig, "q");
    let middle = Receipt {
        id: all[0].id + 3,
        n: 4,
        receipt: all[0].receipt,
    };
    let receipts = vec![middle];
    let reply = rig.ask("q", Ask::Delete { receipts });
    let refused = Vec::new();
    assert_eq!(reply, Reply::Receipts { refused }, "taken");
    balanced(&rig);
    rig.run_to(40 * SECOND);
    let rest = receive(&mut rig, "q");
    assert_eq!(numbers(&rest), [0, 1, 2, 7, 8, 9], "those around them");
    assert_eq!(delete(&mut rig, &rest), 0, "deleted");
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "empty");
    assert_eq!(rig.metric("q", "NumberOfMessagesDeleted"), 10.0, "counted");
    balanced(&rig);
}

#[test]
fn an_old_receipt_deletes_nothing_and_the_latest_one_does_even_late() {
    let (mut rig, lane) = bench(&[("visibility_timeout", "1s")]);
    put(&mut rig, lane, 0, 1);
    let old = receive(&mut rig, "q");
    rig.run_to(2 * SECOND);
    let new = receive(&mut rig, "q");
    assert_eq!(delete(&mut rig, &old), 0, "no error");
    assert_eq!(counts(&rig, "q"), (0, 1, 0), "but no effect");
    rig.run_to(4 * SECOND);
    assert_eq!(counts(&rig, "q"), (1, 0, 0), "its time is over");
    assert_eq!(delete(&mut rig, &new), 0, "the latest receipt");
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "gone");
    assert_eq!(hide(&mut rig, &new, SECOND), 1, "nothing to hide any more");
    balanced(&rig);
}

#[test]
fn a_change_of_visibility_counts_from_the_call() {
    let (mut rig, lane) = bench(&[("visibility_timeout", "2s")]);
    put(&mut rig, lane, 0, 2);
    let got = receive(&mut rig, "q");
    for at in 1..=4 {
        rig.run_to(at * SECOND);
        assert_eq!(hide(&mut rig, &got, 2 * SECOND), 0, "extended");
        rig.run_to(at * SECOND + 900 * MS);
        assert_eq!(receive(&mut rig, "q"), [], "hidden after {at} s");
    }
    rig.run_to(6 * SECOND);
    let again = receive(&mut rig, "q");
    assert_eq!(numbers(&again), [0, 1], "two seconds after the last call");
    assert_eq!(hide(&mut rig, &again, 0), 0, "given back at once");
    assert_eq!(counts(&rig, "q"), (2, 0, 0), "visible");
    let again = receive(&mut rig, "q");
    rig.run_to(7 * SECOND);
    assert_eq!(
        hide(&mut rig, &again, 12 * 3_600 * SECOND),
        1,
        "12 h in all"
    );
    balanced(&rig);
}

#[test]
fn a_long_poll_waits_for_a_message_and_gives_up_after_its_time() {
    let (mut rig, lane) = bench(&[]);
    let ask = |wait| Ask::Receive {
        max: 10,
        wait: Some(wait),
        visibility: None,
    };
    let first = rig.begin("q", ask(10 * SECOND));
    let second = rig.begin("q", ask(10 * SECOND));
    rig.run_to(SECOND);
    put(&mut rig, lane, 0, 3);
    let Some(Reply::Messages { messages }) = rig.answer_to(first) else {
        panic!("the first poll is answered");
    };
    assert_eq!(numbers(&messages), [0, 1, 2], "with what came");
    rig.run_to(10 * SECOND - 1);
    assert_eq!(rig.answer_to(second), None, "the second still waits");
    rig.run_to(10 * SECOND);
    let messages = Vec::new();
    assert_eq!(
        rig.answer_to(second),
        Some(Reply::Messages { messages }),
        "empty"
    );
    assert_eq!(rig.metric("q", "NumberOfEmptyReceives"), 1.0, "counted");
    let ask = ask(20 * SECOND + 1);
    assert!(
        matches!(rig.ask("q", ask), Reply::Refused { .. }),
        "20 s at most"
    );
    balanced(&rig);
}

#[test]
fn delayed_messages_come_when_their_time_has_come() {
    let (mut rig, lane) = bench(&[("delay", "2s")]);
    put(&mut rig, lane, 0, 2);
    let own = SendEntry {
        group: None,
        delay: Some(0),
        ..entry(&rig, lane, 2, 0, None)
    };
    assert_eq!(send(&mut rig, vec![own]), [], "taken");
    assert_eq!(counts(&rig, "q"), (1, 0, 2), "its own delay counts");
    assert_eq!(numbers(&receive(&mut rig, "q")), [2], "at once");
    rig.run_to(2 * SECOND);
    assert_eq!(
        numbers(&receive(&mut rig, "q")),
        [0, 1],
        "after two seconds"
    );
    let late = SendEntry {
        delay: Some(15 * MINUTE + 1),
        ..own
    };
    assert_eq!(
        send(&mut rig, vec![late]),
        [Reason::Invalid],
        "15 min at most"
    );
    balanced(&rig);
}

#[test]
fn messages_end_with_their_retention_wherever_they_are() {
    let settings = [("retention", "60s"), ("visibility_timeout", "1h")];
    let (mut rig, lane) = bench(&settings);
    put(&mut rig, lane, 0, 5);
    receive_of(&mut rig, "q", 2, None);
    rig.run_to(60 * SECOND - 1);
    assert_eq!(counts(&rig, "q"), (3, 2, 0), "still there");
    rig.run_to(60 * SECOND);
    assert_eq!(receive(&mut rig, "q"), [], "too old");
    rig.run_to(120 * SECOND);
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "all gone");
    let node = rig.find("q");
    let ended = &rig.floor().books.nodes[node.0 as usize].ended;
    assert_eq!(ended.get(&Reason::Retention), Some(&5), "with the reason");
    balanced(&rig);
}

#[test]
fn a_purge_deletes_all_and_is_taken_once_a_minute() {
    let (mut rig, lane) = bench(&[]);
    put(&mut rig, lane, 0, 5);
    receive_of(&mut rig, "q", 2, None);
    let late = SendEntry {
        group: None,
        delay: Some(5 * SECOND),
        ..entry(&rig, lane, 5, 0, None)
    };
    send(&mut rig, vec![late]);
    assert!(!command(&mut rig, "q", Control::Purge), "taken");
    assert_eq!(counts(&rig, "q"), (0, 0, 0), "nothing is left");
    balanced(&rig);
    assert!(command(&mut rig, "q", Control::Purge), "too soon");
    rig.run_to(60 * SECOND);
    assert!(!command(&mut rig, "q", Control::Purge), "a minute later");
}

#[test]
fn a_crash_loses_no_message_and_answers_those_who_wait() {
    use crate::services::faults::Fault;
    let (mut rig, lane) = bench(&[("delay", "1s")]);
    put(&mut rig, lane, 0, 5);
    let wait = Some(20 * SECOND);
    let (max, visibility) = (10, None);
    let poll = rig.begin(
        "q",
        Ask::Receive {
            max,
            wait,
            visibility,
        },
    );
    let node = rig.find("q");
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 1,
        lasts: 10 * SECOND,
    });
    let down = Reply::Refused {
        reason: Reason::Down,
        back: Vec::new(),
    };
    assert_eq!(rig.answer_to(poll), Some(down), "no messages for it");
    rig.run_to(11 * SECOND);
    assert_eq!(numbers(&receive(&mut rig, "q")).len(), 5, "all are there");
    rig.run_to(41 * SECOND);
    assert_eq!(counts(&rig, "q"), (5, 0, 0), "timers ring again");
    balanced(&rig);
}
