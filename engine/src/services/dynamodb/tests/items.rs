//! What writes do to items: conditions, repeats, batches, transactions.

use super::{PUT, table, write, write_reads};
use crate::base::time::SECOND;
use crate::services::contract::Beliefs;
use crate::services::payload::account_name;
use crate::services::rig::Rig;
use crate::services::talk::{
    Ask, Condition, Op, Parcel, Read, Reason, Reply, Write, WriteCall, WriteOp,
};

const ADD: Write = Write {
    op: WriteOp::Add,
    ..PUT
};

fn on(condition: Condition, write: Write) -> Write {
    Write { condition, ..write }
}

/// How often records changed the item of a key.
fn version(rig: &mut Rig, lane: u32) -> u64 {
    let key = rig.floor().lanes.get(lane).hash;
    let get = super::reading::one(key);
    match rig.ask("t", Ask::Read(get)) {
        Reply::Items { version, .. } => version,
        other => panic!("not an item: {other:?}"),
    }
}

#[test]
fn a_second_put_of_a_record_fails_only_where_the_item_must_be_new() {
    for item in ["record", "key"] {
        let mut rig = table(&[("item", item), ("partitions", "1")]);
        let lane = rig.lane("k", None);
        let one = [rig.parcel(lane, 0, 1, 100)];
        assert_eq!(
            write(&mut rig, &one, on(Condition::New, PUT)),
            Ok(vec![]),
            "{item}"
        );
        let again = write(&mut rig, &one, on(Condition::New, PUT));
        assert_eq!(again, Ok(vec![(1, Reason::ConditionFailed)]), "{item}");
        assert_eq!(
            write(&mut rig, &one, PUT),
            Ok(vec![]),
            "{item}: a plain put"
        );
        let consumed = rig.metric("t", "ConsumedWriteCapacityUnits");
        assert!(
            (consumed - 3.0).abs() < 0.1,
            "a failed condition costs: {consumed}"
        );
        assert!((rig.metric("t", "ConditionalCheckFailedRequests") - 1.0).abs() < 0.1);
        assert!(
            (super::showing::reading(&rig, "items") - 1.0).abs() < 0.1,
            "{item}"
        );
    }
}

#[test]
fn remembered_event_ids_let_each_record_add_once() {
    for item in ["record", "key", "product"] {
        let mut rig = table(&[("item", item)]);
        let lane = rig.lane("k", None);
        let sale = |parcel: Parcel| Parcel {
            op: Op::Sale,
            ..parcel
        };
        let (a, b) = (rig.parcel(lane, 0, 10, 100), rig.parcel(lane, 5, 10, 100));
        let write_ids = on(Condition::EventId, ADD);
        assert_eq!(write(&mut rig, &[sale(a)], write_ids), Ok(vec![]), "{item}");
        let failed = write(&mut rig, &[sale(b)], write_ids).expect("single writes");
        let n: u32 = failed.iter().map(|(n, _)| n).sum();
        assert_eq!(n, 5, "{item}: five were there: {failed:?}");
        let twice = write(&mut rig, &[sale(b)], ADD);
        assert_eq!(twice, Ok(vec![]), "{item}: without the id it counts again");
    }
}

#[test]
fn a_sequence_number_must_be_above_the_last() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("k", None);
    let at = |rig: &Rig, first, n, ordinal, arrived| Read {
        parcel: rig.parcel(lane, first, n, 50),
        ordinal,
        arrived,
    };
    let condition = on(Condition::Sequence, ADD);
    let reads = vec![at(&rig, 0, 4, 10, 100)];
    assert_eq!(write_reads(&mut rig, reads.clone(), condition), Ok(vec![]));
    let again = write_reads(&mut rig, reads, condition);
    assert_eq!(again, Ok(vec![(4, Reason::ConditionFailed)]), "a replay");
    let overlap = vec![at(&rig, 2, 4, 12, 100)];
    let half = write_reads(&mut rig, overlap, condition);
    assert_eq!(half, Ok(vec![(2, Reason::ConditionFailed)]), "two are new");
    let other_shard = vec![at(&rig, 6, 1, 900, 90)];
    let lost = write_reads(&mut rig, other_shard, condition);
    assert_eq!(
        lost,
        Ok(vec![(1, Reason::ConditionFailed)]),
        "a valid sale of another shard"
    );
}

#[test]
fn a_version_is_for_one_writer() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("k", None);
    let first = [rig.parcel(lane, 0, 1, 50)];
    let second = [rig.parcel(lane, 1, 1, 50)];
    let seen = version(&mut rig, lane);
    let condition = on(Condition::Version(seen), PUT);
    assert_eq!(write(&mut rig, &first, condition), Ok(vec![]));
    let late = write(&mut rig, &second, condition);
    assert_eq!(
        late,
        Ok(vec![(1, Reason::ConditionFailed)]),
        "another was faster"
    );
    let seen = version(&mut rig, lane);
    assert_eq!(seen, 1);
    assert_eq!(
        write(&mut rig, &second, on(Condition::Version(seen), PUT)),
        Ok(vec![])
    );
}

#[test]
fn a_put_says_what_the_record_says() {
    let mut rig = table(&[("item", "key"), ("initial", "100")]);
    let lane = rig.lane("k", None);
    let parcels = [rig.parcel(lane, 0, 5, 50)];
    assert_eq!(write(&mut rig, &parcels, ADD), Ok(vec![]));
    assert_eq!(write(&mut rig, &parcels, PUT), Ok(vec![]));
    let guarded = Write {
        not_below_zero: true,
        ..ADD
    };
    let sales = Parcel {
        op: Op::Sale,
        ..rig.parcel(lane, 5, 2, 50)
    };
    // the put left one: one sale of one piece may fit, two never do
    let failed = write(&mut rig, &[sales], guarded).expect("single writes");
    assert!(!failed.is_empty(), "105 are gone: {failed:?}");
}

#[test]
fn no_balance_falls_below_zero() {
    let mut rig = table(&[("item", "key"), ("initial", "3")]);
    let lane = rig.lane("k", None);
    let sales = Parcel {
        op: Op::Sale,
        ..rig.parcel(lane, 0, 50, 50)
    };
    let guarded = Write {
        not_below_zero: true,
        ..ADD
    };
    let failed = write(&mut rig, &[sales], guarded).expect("single writes");
    let refused: u32 = failed.iter().map(|(n, _)| n).sum();
    assert!(
        failed
            .iter()
            .all(|(_, reason)| *reason == Reason::ConditionFailed)
    );
    // three pieces go in one to three sales
    assert!(
        (47..50).contains(&refused),
        "{refused} of 50 find too little"
    );
    assert_eq!(
        write(&mut rig, &[sales], ADD),
        Ok(vec![]),
        "unguarded it falls"
    );
}

#[test]
fn w21_unprocessed_items_come_back_with_a_good_answer() {
    let mut rig = table(&[("wcu", "22"), ("burst_start", "1s"), ("partitions", "1")]);
    let lane = rig.lane("k", None);
    let put = |rig: &Rig, first, n| Ask::Put {
        entries: vec![rig.parcel(lane, first, n, 500)].into(),
        batched: true,
    };
    let ask = put(&rig, 0, 25);
    match rig.ask("t", ask) {
        Reply::Put { failed } => {
            let n: u32 = failed.iter().map(|failed| failed.parcel.n).sum();
            assert_eq!(n, 3, "22 units for 25 items");
        }
        other => panic!("HTTP 200 with UnprocessedItems: {other:?}"),
    }
    assert!(
        rig.metric("t", "ThrottledRequests").abs() < 0.1,
        "the call as such went well"
    );
    let ask = put(&rig, 25, 25);
    match rig.ask("t", ask) {
        Reply::Refused { reason, back } => {
            assert_eq!(
                (reason, back.len()),
                (Reason::TableCapacity, 1),
                "nothing was done"
            );
        }
        other => panic!("ProvisionedThroughputExceededException: {other:?}"),
    }
    assert!((rig.metric("t", "ThrottledRequests") - 1.0).abs() < 0.1);
    assert_eq!(1_000_u32.div_ceil(25), 40, "1,000 items are 40 calls");
}

#[test]
fn batches_have_bounds_and_no_conditions() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("k", None);
    let refused = |rig: &mut Rig, n, bytes| {
        let entries = vec![rig.parcel(lane, 0, n, bytes)];
        match rig.ask(
            "t",
            Ask::Put {
                entries: entries.into(),
                batched: true,
            },
        ) {
            Reply::Refused { reason, .. } => Some(reason),
            _ => None,
        }
    };
    assert_eq!(
        refused(&mut rig, 26, 10),
        Some(Reason::Malformed),
        "26 items"
    );
    assert_eq!(
        refused(&mut rig, 2, 10),
        Some(Reason::Invalid),
        "one item twice"
    );
    assert_eq!(
        refused(&mut rig, 1, 500_000),
        Some(Reason::TooLarge),
        "500 KB"
    );
    assert_eq!(refused(&mut rig, 1, 10), None, "one item");
    let one = [rig.parcel(lane, 9, 1, 10)];
    let batch = Write {
        call: WriteCall::Batch,
        ..PUT
    };
    let bad = write(&mut rig, &one, on(Condition::New, batch));
    assert_eq!(bad, Err(Reason::Invalid), "no conditions in a batch");
    let add = Write {
        op: WriteOp::Add,
        ..batch
    };
    assert_eq!(
        write(&mut rig, &one, add),
        Err(Reason::Invalid),
        "no updates in a batch"
    );
}

#[test]
fn a_large_item_alone_is_refused() {
    let mut rig = table(&[("wcu", "4000"), ("burst_start", "5m")]);
    let lane = rig.lane("k", None);
    let exact = (400 << 10) - 1; // with the key's one byte
    let parcels = [
        rig.parcel(lane, 0, 1, exact),
        rig.parcel(lane, 1, 1, exact + 1),
    ];
    assert_eq!(
        write(&mut rig, &parcels, PUT),
        Ok(vec![(1, Reason::TooLarge)])
    );
    let consumed = rig.metric("t", "ConsumedWriteCapacityUnits");
    assert!((consumed - 400.0).abs() < 0.1, "400 units: {consumed}");
}

#[test]
fn a_transaction_is_all_or_none_and_costs_twice() {
    let mut rig = table(&[("item", "key")]);
    let lanes = [rig.lane("a", None), rig.lane("b", None)];
    let transact = Write {
        call: WriteCall::Transact,
        ..PUT
    };
    let both = lanes.map(|lane| rig.parcel(lane, 0, 1, 3_580));
    assert_eq!(write(&mut rig, &both, transact), Ok(vec![]));
    let consumed = rig.metric("t", "ConsumedWriteCapacityUnits");
    assert!((consumed - 16.0).abs() < 0.1, "two of 3.5 KB: {consumed}");
    rig.run_to(SECOND);
    let mixed = [
        rig.parcel(lanes[0], 1, 1, 50),
        rig.parcel(lanes[1], 0, 1, 50),
    ];
    let new = Write {
        condition: Condition::New,
        ..transact
    };
    let failed = write(&mut rig, &mixed, new).expect("an answer");
    assert_eq!(failed, [(1, Reason::ConditionFailed); 2], "both are there");
    let third = rig.lane("c", None);
    let half_new = [rig.parcel(third, 0, 1, 50), rig.parcel(lanes[1], 1, 1, 50)];
    let failed = write(&mut rig, &half_new, new).expect("an answer");
    let reasons = [
        (1, Reason::TransactionConflict),
        (1, Reason::ConditionFailed),
    ];
    assert_eq!(failed, reasons, "the new one is cancelled with the old one");
    assert_eq!(version(&mut rig, third), 0, "nothing was written");
}

#[test]
fn a_transaction_holds_its_items_for_a_moment() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("a", None);
    let transact = Write {
        call: WriteCall::Transact,
        ..PUT
    };
    let first = [rig.parcel(lane, 0, 1, 50)];
    let second = [rig.parcel(lane, 1, 1, 50)];
    assert_eq!(write(&mut rig, &first, transact), Ok(vec![]));
    for call in [WriteCall::Single, WriteCall::Transact] {
        let conflict = write(&mut rig, &second, Write { call, ..PUT });
        assert_eq!(
            conflict,
            Ok(vec![(1, Reason::TransactionConflict)]),
            "{call:?}"
        );
    }
    rig.run_to(rig.engine.now() + 5_000);
    assert_eq!(write(&mut rig, &second, PUT), Ok(vec![]), "5 ms later");
    assert!((rig.metric("t", "TransactionConflict") - 2.0).abs() < 0.1);
}

#[test]
fn an_event_id_in_a_transaction_costs_an_item_more() {
    let mut rig = table(&[("item", "key")]);
    let lane = rig.lane("a", None);
    let transact = Write {
        call: WriteCall::Transact,
        ..on(Condition::EventId, ADD)
    };
    let sales = [rig.parcel(lane, 0, 10, 50)];
    assert_eq!(write(&mut rig, &sales, transact), Ok(vec![]));
    let consumed = rig.metric("t", "ConsumedWriteCapacityUnits");
    assert!(
        (consumed - 40.0).abs() < 0.1,
        "ten of two items, twice: {consumed}"
    );
    rig.run_to(SECOND);
    let again = write(&mut rig, &sales, transact);
    assert_eq!(
        again,
        Ok(vec![(10, Reason::ConditionFailed)]),
        "each was there"
    );
}

#[test]
fn a_delete_makes_room_for_a_new_item() {
    for item in ["record", "key"] {
        let mut rig = table(&[("item", item)]);
        let lane = rig.lane("a", None);
        let one = [rig.parcel(lane, 0, 1, 50)];
        let delete = Write {
            op: WriteOp::Delete,
            ..PUT
        };
        assert_eq!(write(&mut rig, &one, delete), Ok(vec![]), "of nothing");
        assert_eq!(write(&mut rig, &one, PUT), Ok(vec![]));
        assert_eq!(write(&mut rig, &one, delete), Ok(vec![]));
        assert!(
            super::showing::reading(&rig, "items").abs() < 0.1,
            "{item}: gone"
        );
        assert_eq!(
            write(&mut rig, &one, on(Condition::New, PUT)),
            Ok(vec![]),
            "{item}"
        );
    }
}

#[test]
fn the_larger_of_both_sizes_counts() {
    let mut rig = table(&[("item", "key"), ("partitions", "1")]);
    let lane = rig.lane("k", None);
    let units = |rig: &Rig| rig.metric("t", "ConsumedWriteCapacityUnits") as u64;
    for (first, bytes, n, sum) in [(0, 1_024, 1, 2), (1, 20, 1, 4), (2, 20, 3, 7)] {
        let parcel = rig.parcel(lane, first, n, bytes);
        assert_eq!(write(&mut rig, &[parcel], PUT), Ok(vec![]));
        assert_eq!(units(&rig), sum, "after a put of {bytes} B and the key");
    }
    let parcels = [rig.parcel(lane, 5, 1, 2_000), rig.parcel(lane, 6, 3, 20)];
    assert_eq!(write(&mut rig, &parcels, PUT), Ok(vec![]));
    assert_eq!(
        units(&rig),
        7 + 2 + 2 + 1 + 1,
        "only the first of the small ones is dear"
    );
}

#[test]
fn balances_are_what_the_ledger_hears() {
    let mut rig = table(&[("item", "account"), ("initial", "1000")]);
    let lane = rig.lane("k", None);
    let operations = Parcel {
        op: Op::Account,
        ..rig.parcel(lane, 0, 40, 50)
    };
    assert_eq!(write(&mut rig, &[operations], ADD), Ok(vec![]));
    let payload = |record| {
        let lanes = &rig.floor().lanes;
        lanes.payload(7, lane, record, Op::Account)
    };
    let changes = (0..40).map(|record| payload(record).balance_change());
    let expected = 1_000 + changes.sum::<i64>();
    let name = account_name(payload(0).account);
    let mut beliefs = Beliefs {
        wanted: vec![name.clone(), "nobody".to_owned()],
        ..Beliefs::default()
    };
    let (node, now) = (rig.find("t"), rig.engine.now());
    let plant = rig.engine.machine();
    let unit = plant.unit(node).expect("started");
    unit.beliefs(&plant.view(node, now), &mut beliefs);
    assert!(beliefs.told, "the table answers");
    assert_eq!(beliefs.numbers, [(name, expected)].into(), "one account");
}
