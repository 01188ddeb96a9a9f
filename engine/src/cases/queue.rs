//! A queue on a bench, with a dead-letter queue if a case names one.

use super::lambda_esm::{Settings, pairs};
use super::{Inexpressible, Node};
use crate::services::rig::{Rig, config_of, link_of};
use crate::services::talk::{Ask, Message, Receipt, Reply};

/// Name of the queue on its bench.
pub(super) const NAME: &str = "q";
/// Name of its dead-letter queue.
pub(super) const DEAD: &str = "dlq";

/// A queue as a case describes it.
#[derive(Debug, Default)]
pub(super) struct Described {
    pub(super) settings: Settings,
    pub(super) fifo: bool,
    /// maxReceiveCount of its dead-letter queue, if it has one.
    pub(super) receives: Option<String>,
}

/// Reads a queue; spans are seconds.
pub(super) fn queue_of(node: &Node<'_>) -> Result<Described, Inexpressible> {
    let mut found = Described::default();
    if node.members()?.is_empty() {
        node.aside("no settings: the defaults");
    }
    for (name, key) in [
        ("visibility", "visibility_timeout"),
        ("visibility_s", "visibility_timeout"),
        ("delay", "delay"),
        ("delay_s", "delay"),
        ("retention", "retention"),
        ("retention_s", "retention"),
        ("wait", "receive_wait"),
        ("wait_s", "receive_wait"),
    ] {
        if let Some(span) = node.opt(name) {
            found.settings.push((key, format!("{}us", span.seconds()?)));
        }
    }
    for (name, key) in [("fifo", "fifo"), ("content_dedup", "content_dedup")] {
        if let Some(flag) = node.opt(name) {
            found.settings.push((key, flag.flag()?.to_string()));
        }
    }
    found.fifo = node.opt("fifo").map_or(Ok(false), |flag| flag.flag())?;
    for (name, key) in [
        ("dedup_scope", "dedup_scope"),
        ("throughput_limit", "throughput_limit"),
    ] {
        if let Some(word) = node.opt(name) {
            found.settings.push((key, word.text()?.to_owned()));
        }
    }
    if let Some(bytes) = node.opt("max_bytes") {
        let bytes = bytes.u64()?.to_string();
        found.settings.push(("max_message_size", bytes));
    }
    config_of("sqs", &pairs(&found.settings)).map_err(|why| node.bad(why))?;
    if let Some(most) = node.opt("max_receive_count") {
        let text = most.u64()?.to_string();
        let link = [("max_receive_count", text.as_str())];
        link_of("redrive", &link).map_err(|why| most.bad(why))?;
        found.receives = Some(text);
    }
    Ok(found)
}

impl Described {
    /// Puts the queue on a bench, and the dead-letter queue with it.
    pub(super) fn place(&self, rig: &mut Rig) {
        rig.node(NAME, "sqs", &pairs(&self.settings));
        if let Some(most) = &self.receives {
            let kind = self.fifo.to_string();
            rig.node(DEAD, "sqs", &[("fifo", &kind)]);
            rig.wire("redrive", NAME, DEAD, &[("max_receive_count", most)]);
        }
    }
}

/// A short poll of ten.
pub(super) fn poll(rig: &mut Rig, name: &str) -> Vec<Message> {
    let (max, wait, visibility) = (10, Some(0), None);
    let ask = Ask::Receive {
        max,
        wait,
        visibility,
    };
    match rig.ask(name, ask) {
        Reply::Messages { messages } => messages,
        _ => Vec::new(),
    }
}

/// Each message of an answer by itself: record number and receipt.
pub(super) fn singles(messages: &[Message]) -> Vec<(u64, Receipt)> {
    let each = |message: &Message| {
        let (first, id, receipt) = (message.parcel.first, message.id, message.receipt);
        let n = if message.notice { 1 } else { message.parcel.n };
        (0..u64::from(n)).map(move |i| {
            let id = id + i;
            (first + i, Receipt { id, n: 1, receipt })
        })
    };
    messages.iter().flat_map(each).collect()
}

/// A reading of a queue's gauges.
pub(super) fn reading(rig: &Rig, name: &str, key: &str) -> Option<u64> {
    let gauges = rig.gauges(name);
    let found = gauges.readings.iter().find(|reading| reading.key == key);
    found.map(|reading| reading.value as u64)
}
