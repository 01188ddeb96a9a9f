//! Tests of the queue, each over a bench with requests from outside.

use super::*;
use crate::services::facts::Fact;
use crate::services::rig::Rig;
use crate::services::signal::Order;
use crate::services::talk::{Message, Parcel, Receipt, SendEntry};

mod dead;
mod fifo;
mod limits;
mod standard;

/// A bench with a queue "q".
fn bench(settings: &[(&str, &str)]) -> (Rig, u32) {
    let mut rig = Rig::new(3);
    rig.node("q", "sqs", settings);
    let lane = rig.lane("k", None);
    (rig, lane)
}

/// A bench with a queue "q" whose dead letters go to "dlq".
fn pair(settings: &[(&str, &str)], receives: &str) -> (Rig, u32) {
    let (mut rig, lane) = bench(settings);
    let fifo: Vec<(&str, &str)> = settings
        .iter()
        .filter(|(key, _)| *key == "fifo")
        .copied()
        .collect();
    rig.node("dlq", "sqs", &fifo);
    rig.wire("redrive", "q", "dlq", &[("max_receive_count", receives)]);
    (rig, lane)
}

/// Sends records of a lane in one call; gives how many failed and why.
fn put(rig: &mut Rig, lane: u32, first: u64, n: u32) -> Vec<(u32, Reason)> {
    let entries = vec![rig.parcel(lane, first, n, 300)];
    put_all(rig, entries, true)
}

fn put_all(rig: &mut Rig, entries: Vec<Parcel>, batched: bool) -> Vec<(u32, Reason)> {
    match rig.ask(
        "q",
        Ask::Put {
            entries: entries.into(),
            batched,
        },
    ) {
        Reply::Put { failed } => failed.iter().map(|f| (f.parcel.n, f.reason)).collect(),
        Reply::Refused { reason, back } => back.iter().map(|p| (p.n, reason)).collect(),
        other => panic!("not the answer to a put: {other:?}"),
    }
}

/// One message with attributes of its own.
fn entry(rig: &Rig, lane: u32, number: u64, group: u64, dedup: Option<u64>) -> SendEntry {
    SendEntry {
        parcel: rig.parcel(lane, number, 1, 300),
        body: number,
        group: Some(group),
        dedup,
        delay: None,
    }
}

fn send(rig: &mut Rig, entries: Vec<SendEntry>) -> Vec<Reason> {
    match rig.ask(
        "q",
        Ask::Send {
            entries,
            batched: true,
        },
    ) {
        Reply::Put { failed } => failed.iter().map(|f| f.reason).collect(),
        Reply::Refused { reason, .. } => vec![reason],
        other => panic!("not the answer to a send: {other:?}"),
    }
}

/// A short poll of ten.
fn receive(rig: &mut Rig, name: &str) -> Vec<Message> {
    receive_of(rig, name, 10, None)
}

fn receive_of(rig: &mut Rig, name: &str, max: u32, visibility: Option<Us>) -> Vec<Message> {
    let wait = Some(0);
    let ask = Ask::Receive {
        max,
        wait,
        visibility,
    };
    match rig.ask(name, ask) {
        Reply::Messages { messages } => messages,
        other => panic!("no messages: {other:?}"),
    }
}

/// The record numbers of some messages, in order.
fn numbers(messages: &[Message]) -> Vec<u64> {
    let each = messages.iter().map(|m| m.parcel.range());
    each.flat_map(|(from, to)| from..to).collect()
}

fn receipts(messages: &[Message]) -> Vec<Receipt> {
    let each = messages.iter().map(|m| Receipt {
        id: m.id,
        n: if m.notice { 1 } else { m.parcel.n },
        receipt: m.receipt,
    });
    each.collect()
}

/// Deletes; gives how many receipts were refused.
fn delete(rig: &mut Rig, messages: &[Message]) -> usize {
    let receipts = receipts(messages);
    match rig.ask("q", Ask::Delete { receipts }) {
        Reply::Receipts { refused } => refused.len(),
        other => panic!("not the answer to a delete: {other:?}"),
    }
}

/// Changes the visibility; gives how many receipts were refused.
fn hide(rig: &mut Rig, messages: &[Message], timeout: Us) -> usize {
    let receipts = receipts(messages);
    match rig.ask("q", Ask::Visibility { receipts, timeout }) {
        Reply::Receipts { refused } => refused.len(),
        other => panic!("not the answer to a change: {other:?}"),
    }
}

/// (visible, in flight, delayed)
fn counts(rig: &Rig, name: &str) -> (u64, u64, u64) {
    let gauges = rig.gauges(name);
    let value = |ix: usize| gauges.readings[ix].value as u64;
    (value(0), value(1), value(2))
}

/// Every node holds what its tally says, and the counts fit the messages.
fn balanced(rig: &Rig) {
    let (plant, now) = (rig.engine.machine(), rig.engine.now());
    for name in ["q", "dlq"] {
        let Some(node) = rig.floor().find(name) else {
            continue;
        };
        let tally = &rig.floor().books.nodes[node.0 as usize];
        let held = i128::from(plant.held_by(node, now));
        assert_eq!(tally.held(), held, "{name} at {now}: {tally:?}");
        plant
            .unit(node)
            .expect("a started node")
            .assert_invariants();
    }
}

/// A command to the control plane, and whether it was refused.
fn command(rig: &mut Rig, name: &str, control: Control) -> bool {
    let node = rig.find(name);
    let seen = rig.facts.len();
    rig.order(Order::Control { node, control });
    let refused = |fact: &Fact| matches!(fact, Fact::Note { key, .. } if key.contains("refused"));
    rig.facts[seen..].iter().any(|(_, fact)| refused(fact))
}
