//! Dead letters: when they move, what they keep, how they come back.

use super::*;

#[test]
fn the_fourth_receive_moves_instead() {
    // W36: visibility 30 s, maxReceiveCount 3, never deleted, polled at once
    let (mut rig, lane) = pair(&[], "3");
    put(&mut rig, lane, 0, 1);
    let mut at = Vec::new();
    for second in 0..=95 {
        rig.run_to(second * SECOND);
        if !receive(&mut rig, "q").is_empty() {
            at.push(second);
        }
        let moved = counts(&rig, "dlq").0 == 1;
        assert_eq!(moved, second >= 90, "moved at {second} s");
        balanced(&rig);
    }
    assert_eq!(at, [0, 30, 60], "receives");
    let dead = receive(&mut rig, "dlq");
    assert_eq!(
        (dead[0].sent, dead[0].received),
        (0, 1),
        "time of sending stays"
    );
}

#[test]
fn a_dead_letter_frees_its_group_and_counts_time_anew_in_a_fifo_queue() {
    let (mut rig, lane) = pair(&[("fifo", "yes")], "1");
    for (number, group) in [(0, 1), (1, 1)] {
        let one = entry(&rig, lane, number, group, Some(number));
        send(&mut rig, vec![one]);
    }
    assert_eq!(numbers(&receive_of(&mut rig, "q", 1, Some(0))), [0], "once");
    rig.run_to(5 * SECOND);
    assert_eq!(
        numbers(&receive_of(&mut rig, "q", 1, None)),
        [1],
        "the next one"
    );
    let dead = receive(&mut rig, "dlq");
    assert_eq!((dead[0].sent, dead[0].group), (5 * SECOND, 1), "a new time");
    balanced(&rig);
}

#[test]
fn a_dead_letter_queue_that_is_down_gets_them_later() {
    use crate::services::faults::Fault;
    let (mut rig, lane) = pair(&[("visibility_timeout", "1s")], "1");
    put(&mut rig, lane, 0, 10);
    receive(&mut rig, "q");
    let node = rig.find("dlq");
    let (number, lasts) = (1, 20 * SECOND);
    let fault = Fault::Crash;
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
    rig.run_to(2 * SECOND);
    assert_eq!(receive(&mut rig, "q"), [], "all are dead");
    balanced(&rig);
    rig.run_to(30 * SECOND);
    assert_eq!(counts(&rig, "dlq"), (10, 0, 0), "all came");
    balanced(&rig);
}

#[test]
fn a_move_task_gives_them_back_at_its_rate() {
    let (mut rig, lane) = pair(&[("visibility_timeout", "1s")], "1");
    for first in 0..10 {
        put(&mut rig, lane, first * 10, 10);
    }
    for at in [0, 2] {
        rig.run_to(at * SECOND);
        (0..10).for_each(|_| drop(receive(&mut rig, "q")));
    }
    assert_eq!(counts(&rig, "dlq"), (100, 0, 0), "all are dead");
    assert!(
        command(&mut rig, "q", Control::Redrive { per_second: 10 }),
        "not a dead-letter queue"
    );
    assert!(
        command(&mut rig, "dlq", Control::Redrive { per_second: 501 }),
        "500 at most"
    );
    assert!(
        !command(&mut rig, "dlq", Control::Redrive { per_second: 20 }),
        "taken"
    );
    assert!(
        command(&mut rig, "dlq", Control::Redrive { per_second: 20 }),
        "one at a time"
    );
    rig.run_to(4 * SECOND + SECOND / 2);
    assert_eq!(counts(&rig, "dlq"), (40, 0, 0), "20 a second");
    balanced(&rig);
    rig.run_to(10 * SECOND);
    assert_eq!(counts(&rig, "dlq"), (0, 0, 0), "all went");
    let back = receive(&mut rig, "q");
    assert!(
        back.iter().all(|m| m.received == 1 && m.sent >= 2 * SECOND),
        "new messages"
    );
    balanced(&rig);
}

#[test]
fn notices_are_one_message_each() {
    let (mut rig, lane) = bench(&[]);
    let parcels = vec![
        rig.parcel(lane, 0, 100, 300),
        rig.parcel(lane, 100, 50, 300),
    ];
    let carries = false;
    assert_eq!(
        rig.ask(
            "q",
            Ask::DeadLetter {
                parcels,
                carries,
                error: None
            }
        ),
        Reply::Done,
        "taken"
    );
    assert_eq!(counts(&rig, "q"), (2, 0, 0), "two notices");
    let got = receive(&mut rig, "q");
    let told: Vec<(bool, u32)> = got.iter().map(|m| (m.notice, m.parcel.n)).collect();
    assert_eq!(told, [(true, 100), (true, 50)], "of so many records");
    balanced(&rig);
    assert_eq!(delete(&mut rig, &got), 0, "deleted");
    balanced(&rig);
}
