//! Tests of the bucket, over a bench with requests from outside.

use super::*;
use crate::base::time::{HOUR, SECOND};
use crate::catalog::Rules;
use crate::services::gauges::State;
use crate::services::rig::Rig;

fn bench(objects: &str) -> (Rig, u32) {
    let mut rig = Rig::new(3);
    rig.node("b", "s3", &[("objects", objects)]);
    let lane = rig.lane("k", None);
    (rig, lane)
}

fn put(rig: &mut Rig, lane: u32, first: u64, n: u32, bytes: u32) -> Reply {
    let entries = vec![rig.parcel(lane, first, n, bytes)];
    let batched = true;
    rig.ask(
        "b",
        Ask::Put {
            entries: entries.into(),
            batched,
        },
    )
}

/// (objects, bytes, next page)
fn look(rig: &mut Rig, call: ObjectCall) -> (u64, u64, Option<u64>) {
    match rig.ask("b", Ask::Object(call)) {
        Reply::Objects {
            objects,
            bytes,
            next,
        } => (objects, bytes, next),
        other => panic!("not the answer to a look: {other:?}"),
    }
}

#[test]
fn a_call_is_one_object_or_each_record_is_one() {
    for (objects, wanted) in [("batch", 1), ("record", 300)] {
        let (mut rig, lane) = bench(objects);
        put(&mut rig, lane, 0, 300, 200);
        let (hour, from) = (None, 0);
        let all = look(&mut rig, ObjectCall::List { hour, from });
        assert_eq!(all, (wanted, 60_000, None), "{objects}");
        let number = 0;
        let one = look(&mut rig, ObjectCall::Get { number });
        assert_eq!(one, (1, 60_000 / wanted, None), "{objects}: the first");
        let number = wanted;
        let none = look(&mut rig, ObjectCall::Get { number });
        assert_eq!(none, (0, 0, None), "{objects}: NoSuchKey");
    }
}

#[test]
fn a_list_has_pages_of_a_thousand_and_may_name_an_hour() {
    let (mut rig, lane) = bench("record");
    put(&mut rig, lane, 0, 1_500, 100);
    put(&mut rig, lane, 1_500, 10, 700);
    rig.run_to(2 * HOUR);
    put(&mut rig, lane, 1_510, 5, 100);
    let list = |rig: &mut Rig, hour, from| look(rig, ObjectCall::List { hour, from });
    let first = list(&mut rig, None, 0);
    assert_eq!(first, (1_000, 100_000, Some(1_000)), "a full page");
    assert_eq!(list(&mut rig, None, 1_000), (515, 57_500, None), "the rest");
    assert_eq!(
        list(&mut rig, Some(0), 1_000),
        (510, 57_000, None),
        "hour 0"
    );
    assert_eq!(
        list(&mut rig, Some(1), 0),
        (0, 0, None),
        "nothing in hour 1"
    );
    assert_eq!(list(&mut rig, Some(2), 0), (5, 500, None), "hour 2");
    assert_eq!(list(&mut rig, Some(3), 0), (0, 0, None), "nothing yet");
}

#[test]
fn keys_go_by_the_hour() {
    let at = |at| key(Rules::NEWEST, at, 42);
    assert_eq!(at(0), "2026/11/01/00/000000000042", "at the start");
    assert_eq!(
        at(31 * DAY + 9 * HOUR),
        "2026/12/02/09/000000000042",
        "later"
    );
}

#[test]
fn what_is_kept_and_asked_is_paid() {
    let (mut rig, lane) = bench("record");
    put(&mut rig, lane, 0, 1_000, 1 << 20);
    look(&mut rig, ObjectCall::Get { number: 1 });
    rig.run_to(30 * DAY);
    let node = rig.find("b");
    let plant = rig.engine.machine();
    let mut lines = Vec::new();
    let unit = plant.unit(node).expect("a started node");
    unit.bill(&plant.view(node, rig.engine.now()), &mut lines);
    let used: Vec<u128> = lines.iter().map(|line| line.micro_units).collect();
    let month = 1_000 * 1_000_000 / 1_024;
    assert_eq!(
        used,
        [month, 1_000_000_000, 1_000_000],
        "storage, puts, gets"
    );
    unit.assert_invariants();
    assert_eq!(rig.metric("b", "NumberOfObjects"), 1_000.0, "told daily");
}

#[test]
fn an_object_has_at_most_five_gigabytes_and_the_rate_is_shown() {
    let (mut rig, lane) = bench("batch");
    let reply = put(&mut rig, lane, 0, 6, 1 << 30);
    let refused =
        matches!(&reply, Reply::Refused { reason: Reason::TooLarge, back } if back.len() == 1);
    assert!(refused, "EntityTooLarge: {reply:?}");
    assert_eq!(rig.gauges("b").state, State::Refusing, "just now");
    rig.set("b", &[("objects", "record")]);
    for (n, wanted) in [
        (3_000, State::Busy),
        (3_600, State::Behind),
        (5, State::Calm),
    ] {
        let next = rig.engine.now() + 3 * SECOND;
        rig.run_to(next);
        put(&mut rig, lane, 0, n, 100);
        assert_eq!(rig.gauges("b").state, wanted, "{n} in a second");
    }
}
