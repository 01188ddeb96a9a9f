//! Tests of payloads as sources make them: settings become the law of the lanes.

use super::*;
use crate::services::payload::{Act, Payload};
use std::collections::{BTreeMap, BTreeSet};

/// All that was made so far, with the key of its lane.
fn payloads(rig: &Rig) -> Vec<(String, Payload)> {
    let floor = rig.floor();
    let parcels = rig.facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Moved { parcel, .. } => Some(*parcel),
        _ => None,
    });
    let each = parcels.flat_map(|parcel| {
        let (from, to) = parcel.range();
        (from..to).map(move |record| (parcel, record))
    });
    each.map(|(parcel, record)| {
        let key = floor.lanes.get(parcel.lane).key.to_string();
        let payload = floor
            .lanes
            .payload(floor.seed, parcel.lane, record, parcel.op);
        (key, payload)
    })
    .collect()
}

fn bank(settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    rig.node("report", "sink", &[]);
    rig.node("bank", "terminals", settings);
    rig.wire("deliver", "bank", "report", &[]);
    rig
}

#[test]
fn a_shop_may_sell_one_piece_at_a_time_of_many_products() {
    let mut rig = shop(&[
        ("quantity_max", "1"),
        ("products", "20"),
        ("amount_min", "2.00"),
        ("amount_max", "2.00"),
    ]);
    rig.run_to(10 * SECOND);
    let sales = payloads(&rig);
    assert_eq!(sales.len(), 2_000, "200 a second");
    assert!(
        sales
            .iter()
            .all(|(_, sale)| (sale.units, sale.cents) == (1, 200))
    );
    let products: BTreeSet<u32> = sales.iter().map(|(_, sale)| sale.product).collect();
    assert_eq!(products, (1..=20).collect());
    let made = rig
        .floor()
        .books
        .made
        .values()
        .next()
        .expect("something was made");
    assert_eq!((made.units, made.money_cents), (2_000, 400_000));
}

#[test]
fn an_account_that_is_the_key_has_a_lane_of_its_own() {
    for keys in ["template", "uniform", "zipf"] {
        let mut rig = bank(&[
            ("operation", "account"),
            ("keys", keys),
            ("key", "{account}"),
            ("key_count", "50"),
            ("accounts", "50"),
        ]);
        rig.run_to(20 * SECOND);
        assert_eq!(rig.floor().lanes.len(), 50, "{keys}: a lane an account");
        let mut by_key: BTreeMap<String, u32> = BTreeMap::new();
        let mut acts: BTreeSet<Act> = BTreeSet::new();
        for (key, operation) in payloads(&rig) {
            assert_eq!(key, format!("acct-{:04}", operation.account), "{keys}");
            assert_ne!(operation.balance_change(), 0);
            *by_key.entry(key).or_default() += 1;
            acts.insert(operation.act);
        }
        assert_eq!(by_key.len(), 50, "{keys}: every account takes part");
        assert_eq!(acts, BTreeSet::from([Act::Deposit, Act::Withdrawal]));
        balanced(&rig);
    }
}

#[test]
fn payments_are_of_any_account_unless_the_key_names_one() {
    let mut rig = bank(&[("keys", "template"), ("key", "{store}"), ("accounts", "5")]);
    rig.run_to(5 * SECOND);
    let payments = payloads(&rig);
    let accounts: BTreeSet<u32> = payments.iter().map(|(_, pay)| pay.account).collect();
    assert_eq!(accounts, (1..=5).collect());
    assert!(payments.iter().all(|(_, pay)| pay.act == Act::Payment));
}

#[test]
fn another_law_is_for_new_records_only() {
    let mut rig = shop(&[("quantity_max", "1")]);
    rig.run_to(2 * SECOND);
    let before = payloads(&rig);
    rig.set("store-001", &[("quantity_min", "2"), ("quantity_max", "2")]);
    rig.run_to(4 * SECOND);
    let after = payloads(&rig);
    assert_eq!(after[..before.len()], before, "what was made says the same");
    assert!(before.iter().all(|(_, sale)| sale.units == 1));
    assert!(
        after[before.len()..]
            .iter()
            .all(|(_, sale)| sale.units == 2)
    );
    balanced(&rig);
}
