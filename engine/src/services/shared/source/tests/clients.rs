//! Tests of what clients do about failures, in front of a stream of one shard.

use super::balanced;
use crate::base::time::{MS, SECOND, Us};
use crate::services::facts::Fact;
use crate::services::faults::Fault;
use crate::services::plant::Order;
use crate::services::rig::Rig;
use crate::services::talk::{Reason, WireId};

/// Tills before one shard: `rate` for two seconds, then nothing.
fn burst(rate: &str, settings: &[(&str, &str)]) -> Rig {
    let mut all = vec![
        ("shape", "step"),
        ("rate", rate),
        ("rate_after", "0"),
        ("at", "2s"),
    ];
    all.extend_from_slice(settings);
    let mut rig = Rig::new(7);
    rig.node("stream", "kinesis", &[("shards", "1")]);
    rig.node("store-001", "tills", &all);
    rig.wire("put", "store-001", "stream", &[]);
    rig
}

fn fault(rig: &mut Rig, name: &str, fault: Fault, lasts: Us) {
    let node = rig.find(name);
    let number = rig.facts.len() as u32;
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

/// Made, delivered first, delivered again, ended by reason.
fn ledger(rig: &Rig) -> (u64, u64, u64, Vec<(Reason, u64)>) {
    let path = &rig.floor().books.paths[0];
    let ended = path
        .ended
        .iter()
        .filter(|(_, n)| **n > 0)
        .map(|(reason, n)| (*reason, *n));
    (
        path.owed,
        path.first_delivered,
        path.delivered_again,
        ended.collect(),
    )
}

#[test]
fn without_resend_refused_entries_are_lost_with_their_reason() {
    let mut rig = burst("3000", &[]);
    rig.run_to(10 * SECOND);
    let (made, first, again, ended) = ledger(&rig);
    assert_eq!((made, again), (6_000, 0), "two seconds of 3,000");
    assert_eq!(
        ended,
        [(Reason::WriteRecords, made - first)],
        "the shard's limit, nothing else"
    );
    assert!(
        (2_900..=3_000).contains(&first),
        "a full bucket and two seconds: {first}"
    );
    assert!(
        (rig.metric("store-001", "Resent")).abs() < 0.5,
        "nothing sent again"
    );
    balanced(&rig);
}

#[test]
fn no_sdk_retries_failed_entries_of_a_batch() {
    for mode in ["legacy", "standard", "adaptive"] {
        let mut rig = burst("3000", &[("sdk_retry", mode)]);
        rig.run_to(10 * SECOND);
        let (_, _, _, ended) = ledger(&rig);
        assert_eq!(
            ended[0].0,
            Reason::WriteRecords,
            "{mode}: the answer was 200"
        );
        assert!(
            (rig.metric("store-001", "Resent")).abs() < 0.5,
            "{mode}: nothing sent again"
        );
        balanced(&rig);
    }
}

#[test]
fn resends_bring_all_through_when_the_load_falls() {
    for resend in ["fixed", "exponential", "full", "equal", "decorrelated"] {
        let settings = [("resend", resend), ("base", "500ms"), ("attempts", "30")];
        let mut rig = burst("3000", &settings);
        rig.run_to(SECOND + 850 * MS);
        balanced(&rig);
        assert!(
            rig.metric("store-001", "Waiting") > 0.0,
            "{resend}: records wait"
        );
        rig.run_to(300 * SECOND);
        let (made, first, again, ended) = ledger(&rig);
        assert_eq!(
            (made, first, again),
            (6_000, 6_000, 0),
            "{resend}: all, once; {ended:?}"
        );
        balanced(&rig);
    }
}

#[test]
fn attempts_end_with_their_reason() {
    let settings = [("resend", "fixed"), ("base", "10ms"), ("attempts", "3")];
    let mut rig = burst("3000", &settings);
    rig.run_to(20 * SECOND);
    let (made, first, _, ended) = ledger(&rig);
    assert_eq!(
        ended,
        [(Reason::AttemptsSpent, made - first)],
        "three tries did not do"
    );
    let retried = rig.facts.iter().filter_map(|(_, fact)| match fact {
        Fact::Retried { attempt, .. } => Some(*attempt),
        _ => None,
    });
    assert_eq!(retried.max(), Some(3), "the third try is the last");
    balanced(&rig);
}

#[test]
fn a_full_buffer_gives_up_the_newest() {
    let settings = [
        ("resend", "fixed"),
        ("base", "5s"),
        ("attempts", "9"),
        ("buffer_records", "500"),
    ];
    let mut rig = burst("3000", &settings);
    rig.run_to(3 * SECOND);
    balanced(&rig);
    let (_, _, _, ended) = ledger(&rig);
    assert_eq!(ended[0].0, Reason::BufferFull, "no room");
    assert!(
        (rig.metric("store-001", "Waiting") - 500.0).abs() < 0.5,
        "never more than 500"
    );
    rig.run_to(120 * SECOND);
    balanced(&rig);
}

#[test]
fn single_puts_spend_the_quota_of_each_client() {
    let settings = [
        ("put", "single"),
        ("sdk_retry", "standard"),
        ("clients", "2"),
    ];
    let mut rig = burst("3000", &settings);
    rig.run_to(20 * SECOND);
    let (made, first, again, ended) = ledger(&rig);
    let spent = ended
        .iter()
        .find(|(reason, _)| *reason == Reason::QuotaSpent);
    assert!(
        spent.is_some_and(|(_, n)| *n > 1_000),
        "most find no tokens: {ended:?}"
    );
    let resent = rig.metric("store-001", "Resent");
    assert!(
        (200.0..1_300.0).contains(&resent),
        "100 retries a client, and one more for every five successes: {resent}"
    );
    assert_eq!(again, 0, "refused is not stored");
    assert_eq!(
        made,
        first + ended.iter().map(|(_, n)| n).sum::<u64>(),
        "nothing is open"
    );
    balanced(&rig);
}

#[test]
fn whole_calls_are_retried_by_the_sdk_then_given_up() {
    for (mode, attempts, reason) in [
        ("none", 1.0, Reason::Down),
        ("standard", 3.0, Reason::AttemptsSpent),
        ("legacy", 5.0, Reason::AttemptsSpent),
    ] {
        let mut rig = burst(
            "100",
            &[("sdk_retry", mode), ("clients", "1"), ("at", "1s")],
        );
        fault(&mut rig, "stream", Fault::Crash, 100 * SECOND);
        rig.run_to(60 * SECOND);
        let (made, _, _, ended) = ledger(&rig);
        assert_eq!(ended, [(reason, made)], "{mode}: all lost");
        let sent = rig.metric("store-001", "Sent") / made as f64;
        assert!(
            (sent - attempts).abs() < 1e-9,
            "{mode}: {sent} tries of each"
        );
        balanced(&rig);
    }
}

#[test]
fn a_lost_answer_stores_twice() {
    let settings = [
        ("sdk_retry", "standard"),
        ("timeout", "1s"),
        ("rate", "100"),
    ];
    let mut rig = burst("100", &settings);
    rig.run_to(500 * MS);
    fault(
        &mut rig,
        "stream",
        Fault::LostAck { ppm: 1_000_000 },
        200 * MS,
    );
    rig.run_to(30 * SECOND);
    let (made, first, again, ended) = ledger(&rig);
    assert_eq!((made, first), (200, 200), "all came");
    assert!(ended.is_empty(), "none was lost: {ended:?}");
    assert!(
        (10..=30).contains(&again),
        "what the lost answers had taken came again: {again}"
    );
    balanced(&rig);
    // without retries the client believes it lost, and it is stored all the same
    let mut rig = burst("100", &[("timeout", "1s")]);
    rig.run_to(500 * MS);
    fault(
        &mut rig,
        "stream",
        Fault::LostAck { ppm: 1_000_000 },
        200 * MS,
    );
    rig.run_to(30 * SECOND);
    let (made, first, again, ended) = ledger(&rig);
    assert_eq!(
        (made, first, again),
        (200, 200, 0),
        "stored once; {ended:?}"
    );
    assert!(
        rig.metric("store-001", "GivenUp") > 0.0,
        "though the client gave them up"
    );
    balanced(&rig);
}

#[test]
fn a_journal_loses_nothing() {
    for extra in [
        ("sdk_retry", "standard"),
        ("resend", "full"),
        ("order", "loses"),
    ] {
        let settings = [("give_up", "journal"), ("journal_after", "4s"), extra];
        let mut rig = burst("3000", &settings);
        rig.run_to(SECOND);
        fault(&mut rig, "stream", Fault::Crash, 10 * SECOND);
        rig.run_to(5 * SECOND + 50 * MS);
        balanced(&rig);
        rig.run_to(300 * SECOND);
        let (made, first, _, ended) = ledger(&rig);
        assert_eq!(
            (made, first),
            (6_000, 6_000),
            "{extra:?}: all came late; {ended:?}"
        );
        balanced(&rig);
    }
}

#[test]
fn a_crash_loses_what_memory_held() {
    for (give_up, lost) in [("drop", true), ("journal", false)] {
        let settings = [
            ("resend", "fixed"),
            ("base", "3s"),
            ("attempts", "9"),
            ("give_up", give_up),
        ];
        let mut rig = burst("3000", &settings);
        rig.run_to(SECOND + 950 * MS);
        fault(&mut rig, "store-001", Fault::Crash, 5 * SECOND);
        balanced(&rig);
        rig.run_to(200 * SECOND);
        balanced(&rig);
        let (made, first, _, ended) = ledger(&rig);
        assert_eq!(made, 5_850, "it made nothing after 1.95 s");
        let crashed = ended
            .iter()
            .any(|(reason, n)| *reason == Reason::Crashed && *n > 500);
        assert_eq!(crashed, lost, "{give_up}: {ended:?}");
        assert_eq!(first == made, !lost, "{give_up}: {first} of {made}");
    }
}

#[test]
fn order_is_kept_if_wanted() {
    let run = |order: &str| {
        let settings = [("resend", "full"), ("attempts", "99"), ("order", order)];
        let mut rig = burst("3000", &settings);
        rig.run_to(400 * SECOND);
        balanced(&rig);
        let path = &rig.floor().books.paths[0];
        assert_eq!(path.first_delivered, 6_000, "{order}: all came");
        path.out_of_order
    };
    assert_eq!(run("keeps"), 0, "new records wait behind older ones");
    assert!(run("loses") > 0, "new records overtake");
}

#[test]
fn an_adaptive_client_slows_down() {
    let refused = |mode: &str| {
        let settings = [
            ("put", "single"),
            ("sdk_retry", mode),
            ("at", "20s"),
            ("clients", "5"),
        ];
        let mut rig = burst("1500", &settings);
        rig.run_to(15 * SECOND + 50 * MS);
        balanced(&rig);
        rig.run_to(600 * SECOND);
        balanced(&rig);
        rig.metric("store-001", "Refused")
    };
    let (standard, adaptive) = (refused("standard"), refused("adaptive"));
    assert!(
        adaptive < standard / 2.0,
        "fewer refusals: {adaptive} against {standard}"
    );
}

#[test]
fn edits_while_records_wait_keep_the_books() {
    let settings = [("resend", "full"), ("attempts", "50"), ("order", "keeps")];
    let mut rig = burst("3000", &settings);
    rig.run_to(SECOND + 950 * MS);
    rig.set(
        "store-001",
        &[("order", "loses"), ("clients", "3"), ("key", "{store}/{n}")],
    );
    balanced(&rig);
    rig.run_to(2 * SECOND);
    rig.set(
        "store-001",
        &[("resend", "none"), ("sdk_retry", "adaptive")],
    );
    rig.run_to(2 * SECOND + 120 * MS);
    balanced(&rig);
    rig.order(Order::RemoveWire(WireId(0)));
    rig.run_to(3 * SECOND);
    let node = rig.find("store-001");
    let tally = &rig.floor().books.nodes[node.0 as usize];
    assert_eq!(
        tally.held(),
        0,
        "what was meant for the wire ended: {tally:?}"
    );
    rig.wire("put", "store-001", "stream", &[]);
    rig.run_to(10 * SECOND);
    balanced(&rig);
}

#[test]
fn requests_that_take_time_keep_the_books() {
    for order in ["keeps", "loses"] {
        let settings = [("resend", "full"), ("attempts", "50"), ("order", order)];
        let mut rig = Rig::new(11);
        rig.node("stream", "kinesis", &[("shards", "1")]);
        rig.node("store-001", "tills", &settings);
        rig.set(
            "store-001",
            &[("shape", "step"), ("rate", "2000"), ("rate_after", "0")],
        );
        rig.wire("put", "store-001", "stream", &[("network", "130ms")]);
        rig.run_to(SECOND + 30 * MS);
        fault(&mut rig, "store-001", Fault::Crash, SECOND);
        rig.run_to(300 * SECOND);
        balanced(&rig);
        let (made, first, _, ended) = ledger(&rig);
        let lost: u64 = ended.iter().map(|(_, n)| n).sum();
        assert_eq!(made, first + lost, "{order}: nothing is open; {ended:?}");
        let out_of_order = rig.floor().books.paths[0].out_of_order;
        assert!(
            order == "loses" || out_of_order == 0,
            "{order}: {out_of_order} overtook"
        );
    }
}
