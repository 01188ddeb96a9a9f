//! Reads: units, consistency, throttling.

use super::{PUT, table, write};
use crate::base::time::SECOND;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Get, GetCall, Reason, Reply};

/// A strongly consistent read of one item.
pub(super) fn one(key: u128) -> Get {
    Get {
        call: GetCall::One,
        key,
        items: 1,
        bytes_each: 0,
        consistent: true,
    }
}

/// Milli-units and unprocessed keys, or why it was refused.
fn get(rig: &mut Rig, get: Get) -> Result<(u64, u32), Reason> {
    match rig.ask("t", Ask::Read(get)) {
        Reply::Items {
            unprocessed,
            milli_units,
            ..
        } => Ok((milli_units, unprocessed)),
        Reply::Refused { reason, .. } => Err(reason),
        other => panic!("not the answer to a read: {other:?}"),
    }
}

#[test]
fn units_follow_call_and_consistency() {
    let mut rig = table(&[("rcu", "100"), ("burst_start", "5m")]);
    let ten = Get {
        items: 10,
        bytes_each: 4_178,
        ..one(5)
    };
    for (call, consistent, milli) in [
        (GetCall::Query, true, 11_000),
        (GetCall::Query, false, 5_500),
        (GetCall::Batch, true, 20_000),
        (GetCall::Batch, false, 10_000),
        (GetCall::Transact, false, 40_000),
    ] {
        let ask = Get {
            call,
            consistent,
            ..ten
        };
        assert_eq!(get(&mut rig, ask), Ok((milli, 0)), "{call:?}");
    }
    let missing = Get {
        consistent: false,
        ..one(5)
    };
    assert_eq!(
        get(&mut rig, missing),
        Ok((500, 0)),
        "half a unit for nothing"
    );
    let consumed = rig.metric("t", "ConsumedReadCapacityUnits");
    assert!(
        (consumed - 87.0).abs() < 0.1,
        "whole units of 87: {consumed}"
    );
}

#[test]
fn an_item_that_the_table_keeps_has_its_real_size() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("k", None);
    let parcel = rig.parcel(lane, 0, 1, 10_239);
    write(&mut rig, &[parcel], PUT).expect("written");
    let key = rig.floor().lanes.get(lane).hash;
    assert_eq!(get(&mut rig, one(key)), Ok((3_000, 0)), "10 KB");
}

#[test]
fn reads_are_throttled_and_a_batch_in_part() {
    let mut rig = table(&[("rcu", "10"), ("burst_start", "1s")]);
    let batch = Get {
        call: GetCall::Batch,
        items: 25,
        bytes_each: 100,
        ..one(1)
    };
    assert_eq!(
        get(&mut rig, batch),
        Ok((10_000, 15)),
        "15 keys unprocessed"
    );
    assert_eq!(
        get(&mut rig, batch),
        Err(Reason::TableCapacity),
        "nothing at all"
    );
    assert_eq!(get(&mut rig, one(1)), Err(Reason::TableCapacity));
    assert!((rig.metric("t", "ReadThrottleEvents") - 41.0).abs() < 0.1);
    assert!((rig.metric("t", "ThrottledRequests") - 2.0).abs() < 0.1);
    rig.run_to(SECOND);
    assert_eq!(get(&mut rig, one(1)), Ok((1_000, 0)), "a second later");
    let many = Get {
        items: 101,
        ..batch
    };
    assert_eq!(
        get(&mut rig, many),
        Err(Reason::Invalid),
        "100 keys a batch"
    );
}

#[test]
fn a_hot_key_is_read_3000_times_a_second() {
    let mut rig = table(&[("rcu", "20000"), ("burst_start", "5m")]);
    let ask = Get {
        bytes_each: 100,
        ..one(1)
    };
    let served = (0..4_000)
        .take_while(|_| get(&mut rig, ask).is_ok())
        .count();
    assert_eq!(served, 3_000, "the partition's bucket");
    assert_eq!(get(&mut rig, ask), Err(Reason::KeyRange));
}
