//! Limits of calls, sizes, messages in flight; what is billed.

use super::*;
use crate::catalog::Rules;

#[test]
fn a_batch_takes_ten_messages_and_a_mebibyte() {
    let (mut rig, lane) = bench(&[]);
    assert_eq!(put(&mut rig, lane, 0, 10), [], "ten");
    assert_eq!(
        put(&mut rig, lane, 10, 11),
        [(11, Reason::TooManyEntries)],
        "eleven"
    );
    let halves = |rig: &Rig, bytes| vec![rig.parcel(lane, 30, 2, bytes)];
    let entries = halves(&rig, 512 << 10);
    assert_eq!(put_all(&mut rig, entries, true), [], "1 MiB in all");
    let entries = halves(&rig, (512 << 10) + 1);
    assert_eq!(
        put_all(&mut rig, entries, true),
        [(2, Reason::TooLarge)],
        "more"
    );
    assert_eq!(
        put_all(&mut rig, Vec::new(), true),
        [],
        "nothing comes back of nothing"
    );
    let code = error_code(Reason::TooManyEntries, "batch");
    assert_eq!(
        code, "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
        "its code"
    );
    balanced(&rig);
}

#[test]
fn a_message_above_the_queues_size_fails_alone() {
    let (mut rig, lane) = bench(&[("max_message_size", "1024")]);
    let entries = vec![rig.parcel(lane, 0, 1, 1_024), rig.parcel(lane, 1, 1, 1_025)];
    assert_eq!(
        put_all(&mut rig, entries, true),
        [(1, Reason::TooLarge)],
        "one of two"
    );
    assert_eq!(counts(&rig, "q"), (1, 0, 0), "the other is there");
}

#[test]
fn messages_were_smaller_before_august_2025() {
    let mut rig = Rig::under(3, Rules { as_of: 202_507 });
    rig.node("q", "sqs", &[]);
    let lane = rig.lane("k", None);
    let entries = vec![rig.parcel(lane, 0, 1, 256 << 10)];
    assert_eq!(put_all(&mut rig, entries, false), [], "256 KiB");
    let entries = vec![rig.parcel(lane, 1, 1, (256 << 10) + 1)];
    assert_eq!(
        put_all(&mut rig, entries, false),
        [(1, Reason::TooLarge)],
        "more"
    );
}

#[test]
fn a_fifo_queue_takes_300_calls_a_second() {
    let (mut rig, lane) = bench(&[("fifo", "yes")]);
    let entries = vec![rig.parcel(lane, 0, 400, 100)];
    let failed = put_all(&mut rig, entries, false);
    assert_eq!(failed, [(100, Reason::CallsLimit)], "single calls");
    rig.run_to(SECOND);
    let mut taken = 0;
    for call in 0..320 {
        taken += u64::from(put(&mut rig, lane, 1_000 + call * 10, 10).is_empty()) * 10;
    }
    assert_eq!(taken, 3_000, "calls of ten");
    assert!(
        (0..400).any(|_| {
            let ask = Ask::Receive {
                max: 1,
                wait: Some(0),
                visibility: None,
            };
            let reason = Reason::CallsLimit;
            let back = Vec::new();
            rig.ask("q", ask) == Reply::Refused { reason, back }
        }),
        "receives have a bucket of their own"
    );
    balanced(&rig);
}

#[test]
fn high_throughput_mode_limits_each_group() {
    let settings = [
        ("fifo", "yes"),
        ("dedup_scope", "messageGroup"),
        ("throughput_limit", "perMessageGroupId"),
    ];
    let (mut rig, lane) = bench(&settings);
    let other = rig.lane("another", None);
    let entries = vec![
        rig.parcel(lane, 0, 400, 100),
        rig.parcel(other, 0, 250, 100),
    ];
    let failed = put_all(&mut rig, entries, false);
    assert_eq!(
        failed,
        [(100, Reason::CallsLimit)],
        "300 of one group, all of the other"
    );
    balanced(&rig);
}

#[test]
fn so_many_may_be_in_flight() {
    let (mut rig, lane) = bench(&[]);
    let entries = vec![rig.parcel(lane, 0, 120_010, 100)];
    assert_eq!(put_all(&mut rig, entries, false), [], "no limit on sending");
    for _ in 0..12_000 {
        receive(&mut rig, "q");
    }
    let (max, wait, visibility) = (10, Some(0), None);
    let reply = rig.ask(
        "q",
        Ask::Receive {
            max,
            wait,
            visibility,
        },
    );
    let back = Vec::new();
    let reason = Reason::InFlightLimit;
    assert_eq!(reply, Reply::Refused { reason, back }, "OverLimit");
    assert_eq!(counts(&rig, "q"), (10, 120_000, 0), "in flight");
    balanced(&rig);
}

#[test]
fn each_started_64_kb_of_a_call_is_a_request() {
    // W44: a message of 65 KB is two requests
    assert_eq!(figures::requests_of(65 << 10), 2, "65 KB");
    assert_eq!(figures::requests_of(64 << 10), 1, "64 KB");
    assert_eq!(figures::requests_of(0), 1, "an empty answer");
    let (mut rig, lane) = bench(&[]);
    let entries = vec![rig.parcel(lane, 0, 3, 65 << 10)];
    put_all(&mut rig, entries, false);
    let requests = |rig: &Rig| {
        let node = rig.find("q");
        let plant = rig.engine.machine();
        let mut lines = Vec::new();
        let unit = plant.unit(node).expect("a started node");
        unit.bill(&plant.view(node, rig.engine.now()), &mut lines);
        lines[0].micro_units / 1_000_000
    };
    assert_eq!(requests(&rig), 6, "three of two each");
    receive(&mut rig, "q");
    assert_eq!(requests(&rig), 10, "195 KB in one answer");
    receive(&mut rig, "q");
    assert_eq!(requests(&rig), 11, "an empty one");
}
