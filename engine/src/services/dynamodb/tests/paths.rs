//! Sources that write to the table: conservation, retries, repeats.

use crate::base::time::{MS, SECOND};
use crate::services::faults::Fault;
use crate::services::plant::Order;
use crate::services::rig::Rig;
use crate::services::talk::Reason;

/// Tills before a table: `rate` for two seconds, then nothing.
fn burst(rate: &str, till: &[(&str, &str)], table: &[(&str, &str)]) -> Rig {
    let mut all = vec![
        ("shape", "step"),
        ("rate", rate),
        ("rate_after", "0"),
        ("at", "2s"),
    ];
    all.extend_from_slice(till);
    let mut rig = Rig::new(7);
    rig.node("t", "dynamodb", table);
    rig.node("store-001", "tills", &all);
    rig.wire("put", "store-001", "t", &[]);
    rig
}

/// Per path and per node, nothing is lost and nothing is there twice.
fn balanced(rig: &Rig) {
    let now = rig.engine.now();
    let plant = rig.engine.machine();
    let held = plant.custody(now);
    let flying = plant.in_flight(rig.engine.pending());
    for (ix, path) in rig.floor().books.paths.iter().enumerate() {
        let open: u64 = held
            .iter()
            .chain(&flying)
            .filter(|(_, wire, _)| wire.is_none_or(|wire| path.through.contains(&wire)))
            .map(|(_, _, parcel)| rig.floor().books.open_in(ix, parcel))
            .sum();
        let ended: u64 = path.ended.values().sum();
        assert_eq!(path.owed, path.first_delivered + open + ended, "path {ix}");
    }
    for name in ["t", "store-001"] {
        let node = rig.find(name);
        let must = rig.floor().books.nodes[node.0 as usize].held();
        assert_eq!(must, i128::from(plant.held_by(node, now)), "{name}");
    }
}

fn fault(rig: &mut Rig, name: &str, fault: Fault, lasts: u64) {
    let (node, number) = (rig.find(name), rig.facts.len() as u32);
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

/// Made, delivered first, delivered again, believed, ended by reason.
fn ledger(rig: &Rig) -> (u64, u64, u64, u64, Vec<(Reason, u64)>) {
    let path = &rig.floor().books.paths[0];
    let ended = path.ended.iter().filter(|(_, n)| **n > 0);
    (
        path.owed,
        path.first_delivered,
        path.delivered_again,
        path.believed.records,
        ended.map(|(reason, n)| (*reason, *n)).collect(),
    )
}

#[test]
fn clients_cut_their_calls_by_the_tables_intake() {
    let table = [("wcu", "8000")];
    let mut rig = burst("1000", &[("clients", "1"), ("in_step", "true")], &table);
    rig.run_to(5 * SECOND);
    let (made, first, ..) = ledger(&rig);
    assert_eq!((made, first), (2_000, 2_000), "all came");
    let calls = rig.metric("store-001", "Calls");
    // ticks of 100 ms bring 100 records: four calls of 25 each
    assert!((calls - 80.0).abs() < 0.1, "{calls} calls");
    balanced(&rig);
}

#[test]
fn no_sdk_sends_unprocessed_items_again_but_the_program_does() {
    let table = [("wcu", "100"), ("burst_start", "0s"), ("partitions", "1")];
    let mut rig = burst("400", &[("sdk_retry", "none")], &table);
    rig.run_to(5 * SECOND);
    let (made, first, _, _, ended) = ledger(&rig);
    assert_eq!(
        ended,
        [(Reason::TableCapacity, made - first)],
        "lost without resend"
    );
    assert!((200..=202).contains(&first), "two seconds of 100: {first}");
    balanced(&rig);
    let settings = [("resend", "full"), ("base", "100ms"), ("attempts", "30")];
    let mut rig = burst("400", &settings, &table);
    rig.run_to(60 * SECOND);
    let (made, first, again, ..) = ledger(&rig);
    assert_eq!(
        (made, first, again),
        (800, 800, 0),
        "resent until all were in"
    );
    balanced(&rig);
}

#[test]
fn a_throttled_put_item_is_tried_four_times_by_the_sdk() {
    let table = [("wcu", "1"), ("burst_start", "0s"), ("partitions", "1")];
    let single = [("put", "single"), ("sdk_retry", "standard")];
    let mut rig = burst("20", &single, &table);
    rig.run_to(60 * SECOND);
    let (made, first, _, _, ended) = ledger(&rig);
    assert_eq!(ended, [(Reason::AttemptsSpent, made - first)]);
    let attempts = rig.facts.iter().filter_map(|(_, fact)| match fact {
        crate::services::facts::Fact::Retried { attempt, .. } => Some(*attempt),
        _ => None,
    });
    assert_eq!(attempts.max(), Some(4), "DynamoDB has four attempts");
    balanced(&rig);
}

#[test]
fn what_is_put_twice_is_believed_once() {
    let table = [("wcu", "4000"), ("burst_start", "5m")];
    let settings = [
        ("sdk_retry", "standard"),
        ("resend", "full"),
        ("timeout", "1s"),
    ];
    let mut rig = burst("500", &settings, &table);
    rig.run_to(500 * MS);
    fault(&mut rig, "t", Fault::LostAck { ppm: 500_000 }, SECOND);
    rig.run_to(30 * SECOND);
    let (made, first, again, believed, ended) = ledger(&rig);
    assert_eq!((made, first), (1_000, 1_000), "{ended:?}");
    assert!(again > 50, "answers were lost: {again} again");
    assert_eq!(believed, 1_000, "the same item says the same");
    balanced(&rig);
}

#[test]
fn faults_keep_the_books_even() {
    let faults = [
        Fault::Crash,
        Fault::Slow { times: 5 },
        Fault::Refuse { ppm: 400_000 },
        Fault::LostAck { ppm: 400_000 },
    ];
    for item in ["record", "key", "product"] {
        for call in ["single", "batched"] {
            let till = [("put", call), ("resend", "full"), ("sdk_retry", "standard")];
            let table = [("wcu", "300"), ("item", item), ("burst_start", "0s")];
            let mut rig = burst("800", &till, &table);
            for (step, what) in faults.iter().enumerate() {
                let name = if step % 2 == 0 { "t" } else { "store-001" };
                rig.run_to((300 + 400 * step as u64) * MS);
                fault(&mut rig, "t", *what, 300 * MS);
                if *what == Fault::Crash {
                    fault(&mut rig, name, *what, 200 * MS);
                }
                balanced(&rig);
                rig.run_to(rig.engine.now() + 77 * MS);
                balanced(&rig);
            }
            rig.run_to(40 * SECOND);
            balanced(&rig);
        }
    }
}

#[test]
fn a_run_has_one_digest_however_it_is_cut() {
    let run = |steps: u64| {
        let till = [("resend", "full")];
        let mut rig = burst("900", &till, &[("mode", "on-demand"), ("max_write", "400")]);
        (1..=steps).for_each(|step| rig.run_to(6 * SECOND * step / steps));
        rig.engine.digest()
    };
    assert_eq!(run(1), run(97), "looked at or not");
}
