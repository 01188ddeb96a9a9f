//! Queues: scripts of calls against one queue, limits of single calls, when messages are dead.

use super::queue::{DEAD, Described, NAME, poll, queue_of, reading, singles};
use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{SECOND, Us};
use crate::kernel::CallId;
use crate::services::facts::Fact;
use crate::services::lanes::key_hash;
use crate::services::plant::Order;
use crate::services::rig::Rig;
use crate::services::sqs::{PURGE_IN_PROGRESS, error_code};
use crate::services::talk::{Ask, Control, Message, Reason, Receipt, Reply, SendEntry};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

mod limits;

#[cfg(test)]
mod tests;

/// Bytes of a message whose size does not matter [B].
const BYTES: u32 = 100;
/// A case runs so long after its last step: longer than any long poll [us].
const AFTER: Us = 21 * SECOND;
/// Most polls of a case that polls all the time.
const POLLS_MAX: u64 = 200_000;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "limits" => limits::limit(case),
        "dead-letter-timing" => timing(case),
        "delay"
        | "visibility"
        | "receipt-after-timeout"
        | "fifo-blocking"
        | "fifo-order"
        | "fifo-arguments"
        | "purge"
        | "retention"
        | "long-poll"
        | "dedup"
        | "dead-letter"
        | "approximate-counts" => script(case),
        _ => Err(case.unknown_kind()),
    }
}

/// A queue, what was sent to it and what was received.
struct Desk {
    rig: Rig,
    lane: u32,
    fifo: bool,
    dead_letters: bool,
    /// Body of each message, by its number.
    bodies: Vec<String>,
    /// Receipts of each body in the order in which they came, by queue and body.
    receipts: BTreeMap<(&'static str, String), Vec<Receipt>>,
    /// Receives without an answer, with the number of their step.
    open: Vec<(CallId, usize)>,
}

/// An error code, if the call failed.
type Code = Option<&'static str>;

/// Steps one after the other; what they must give stands in them.
fn script(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut desk = Desk::new(&queue_of(&input.get("queue")?)?);
    let steps = input.get("script")?.items()?;
    for (number, step) in steps.iter().enumerate() {
        let at = step.get("t")?.seconds()?;
        if at < desk.rig.engine.now() {
            return Err(step.bad("is before the step above it"));
        }
        desk.rig.run_to(at);
        desk.hear(&steps)?;
        desk.step(number, step)?;
        desk.hear(&steps)?;
    }
    let end = desk.rig.engine.now() + AFTER;
    desk.rig.run_to(end);
    desk.hear(&steps)?;
    if let Some((_, step)) = desk.open.first() {
        return Err(steps[*step].bad("has no answer"));
    }
    if let Some(flag) = case.expected().opt("as_in_script") {
        flag.aside("what must come out stands in the steps");
    }
    Ok(())
}

impl Desk {
    fn new(queue: &Described) -> Self {
        let mut rig = Rig::new(5);
        queue.place(&mut rig);
        let lane = rig.lane("key", None);
        Self {
            rig,
            lane,
            fifo: queue.fifo,
            dead_letters: queue.receives.is_some(),
            bodies: Vec::new(),
            receipts: BTreeMap::new(),
            open: Vec::new(),
        }
    }

    /// The queue that a step is about.
    fn queue(&self, step: &Node<'_>) -> Result<&'static str, Inexpressible> {
        let Some(name) = step.opt("queue") else {
            return Ok(NAME);
        };
        match name.text()? {
            DEAD if self.dead_letters => Ok(DEAD),
            NAME => Ok(NAME),
            _ => Err(name.bad("is no queue of this case")),
        }
    }

    fn step(&mut self, number: usize, step: &Node<'_>) -> Told {
        let op = step.get("op")?;
        let queue = self.queue(step)?;
        let code = match op.text()? {
            "send" => self.send(step, queue)?,
            "receive" => return self.receive(number, step, queue),
            "delete" => {
                let receipts = vec![self.receipt(step, queue)?];
                self.name(queue, Ask::Delete { receipts }, &step.get("of")?)?
            }
            "change_visibility" => {
                let receipts = vec![self.receipt(step, queue)?];
                let timeout = step.get("timeout")?.seconds()?;
                let ask = Ask::Visibility { receipts, timeout };
                self.name(queue, ask, &step.get("of")?)?
            }
            "purge" => self.purge(queue),
            "counts" => return self.counts(step, queue),
            _ => return Err(op.bad("is a call that is not understood")),
        };
        judge(step, code)
    }

    fn send(&mut self, step: &Node<'_>, queue: &str) -> Result<Code, Inexpressible> {
        let body = step.get("body")?.text()?.to_owned();
        let hash = |node: Node<'_>| node.text().map(|text| key_hash(text) as u64);
        let entry = SendEntry {
            parcel: self
                .rig
                .parcel(self.lane, self.bodies.len() as u64, 1, BYTES),
            body: key_hash(&body) as u64,
            group: step.opt("group").map(hash).transpose()?,
            dedup: step.opt("dedup").map(hash).transpose()?,
            delay: step.opt("delay").map(|d| d.seconds()).transpose()?,
        };
        self.bodies.push(body);
        let context = context_of(&entry, self.fifo);
        let (entries, batched) = (vec![entry], false);
        let reply = self.rig.ask(queue, Ask::Send { entries, batched });
        Ok(reason_of(&reply).map(|reason| error_code(reason, context)))
    }

    fn receive(&mut self, number: usize, step: &Node<'_>, queue: &str) -> Told {
        let ask = Ask::Receive {
            max: step.opt("max").map_or(Ok(1), |max| max.u32())?,
            wait: step.opt("wait").map(|wait| wait.seconds()).transpose()?,
            visibility: step.opt("visibility").map(|v| v.seconds()).transpose()?,
        };
        let call = self.rig.begin(queue, ask);
        self.open.push((call, number));
        Ok(())
    }

    /// The receipt that a step names: the latest one of its body, or one by its place. A body that
    /// was never received has none that anybody gave out.
    fn receipt(&self, step: &Node<'_>, queue: &'static str) -> Result<Receipt, Inexpressible> {
        let of = step.get("of")?;
        let key = (queue, of.text()?.to_owned());
        let all = self.receipts.get(&key).map_or(&[][..], Vec::as_slice);
        let found = match step.opt("receipt_index") {
            Some(place) => all.get(place.u64()? as usize),
            None => all.last(),
        };
        let (id, n, receipt) = (0, 1, 0);
        Ok(found.copied().unwrap_or(Receipt { id, n, receipt }))
    }

    /// A call that names a receipt.
    fn name(&mut self, queue: &str, ask: Ask, of: &Node<'_>) -> Result<Code, Inexpressible> {
        match self.rig.ask(queue, ask) {
            Reply::Receipts { refused } => Ok(refused.first().map(|receipt| {
                let context = match receipt.receipt {
                    0 => "unknown-receipt",
                    _ => "receipt",
                };
                error_code(Reason::Invalid, context)
            })),
            Reply::Refused { reason, .. } => Ok(Some(error_code(reason, "receipt"))),
            _ => Err(of.bad("gets an answer that is not understood")),
        }
    }

    fn purge(&mut self, queue: &str) -> Code {
        let node = self.rig.find(queue);
        let seen = self.rig.facts.len();
        let control = Control::Purge;
        self.rig.order(Order::Control { node, control });
        let refused =
            |fact: &Fact| matches!(fact, Fact::Note { key, .. } if key.contains("refused"));
        let refused = self.rig.facts[seen..].iter().any(|(_, fact)| refused(fact));
        refused.then_some(PURGE_IN_PROGRESS)
    }

    fn counts(&self, step: &Node<'_>, queue: &str) -> Told {
        for (key, wanted) in step.get("expect")?.members()? {
            let found = reading(&self.rig, queue, key);
            wanted.same(found.ok_or_else(|| wanted.bad("is not counted"))?);
        }
        Ok(())
    }

    /// Takes the answers to receives that have come.
    fn hear(&mut self, steps: &[Node<'_>]) -> Told {
        for (call, number) in std::mem::take(&mut self.open) {
            let answer = self.rig.facts.iter().find_map(|(at, fact)| match fact {
                Fact::Answered { call: of, reply } if *of == call => Some((*at, reply.clone())),
                _ => None,
            });
            match answer {
                Some((at, reply)) => self.heard(&steps[number], at, &reply)?,
                None => self.open.push((call, number)),
            }
        }
        Ok(())
    }

    fn heard(&mut self, step: &Node<'_>, at: Us, reply: &Reply) -> Told {
        let messages: &[Message] = match reply {
            Reply::Messages { messages } => messages,
            Reply::Refused { reason, .. } => {
                return judge(step, Some(error_code(*reason, "receive")));
            }
            _ => return Err(step.bad("gets an answer that is not understood")),
        };
        let queue = self.queue(step)?;
        let mut bodies = Vec::new();
        let mut fresh = true;
        for (number, receipt) in singles(messages) {
            let body = self.bodies.get(number as usize).cloned();
            let body = body.ok_or_else(|| step.bad("gets a message that nobody sent"))?;
            let known = self.receipts.entry((queue, body.clone())).or_default();
            fresh &= !known.contains(&receipt);
            known.push(receipt);
            bodies.push(body);
        }
        if let Some(wanted) = step.opt("expect") {
            compare(&wanted, bodies, self.fifo)?;
        }
        if let Some(least) = step.opt("min_answer_t") {
            least.holds(at >= least.seconds()?, at as f64 / SECOND as f64);
        }
        if let Some(most) = step.opt("max_answer_t") {
            most.holds(at <= most.seconds()?, at as f64 / SECOND as f64);
        }
        if let Some(wanted) = step.opt("new_receipt") {
            wanted.same(fresh && !messages.is_empty());
        }
        judge(step, None)
    }
}

/// Bodies in order; those of a standard queue in any order.
fn compare(wanted: &Node<'_>, mut found: Vec<String>, fifo: bool) -> Told {
    let texts: Result<Vec<String>, _> = wanted
        .items()?
        .iter()
        .map(|body| body.text().map(str::to_owned))
        .collect();
    let mut texts = texts?;
    let told = json!(found);
    if !fifo {
        texts.sort_unstable();
        found.sort_unstable();
    }
    wanted.holds(texts == found, told);
    Ok(())
}

/// Compares how a call went with what the step says of it; without a word it must go well.
fn judge(step: &Node<'_>, code: Code) -> Told {
    if let Some(wanted) = step.opt("error") {
        wanted.same(json!(code));
        return Ok(());
    }
    match step.opt("ok") {
        Some(wanted) => wanted.same(code.is_none()),
        None if code.is_some() => step.get("op")?.holds(false, json!(code)),
        None => {}
    }
    Ok(())
}

/// What is wrong with a message, if anything is: for its error code.
fn context_of(entry: &SendEntry, fifo: bool) -> &'static str {
    if fifo && entry.group.is_none() {
        "no-group"
    } else {
        "entry"
    }
}

/// Why a send of one message failed.
fn reason_of(reply: &Reply) -> Option<Reason> {
    match reply {
        Reply::Put { failed } => failed.first().map(|failed| failed.reason),
        Reply::Refused { reason, .. } => Some(*reason),
        _ => None,
    }
}

/// A consumer that polls all the time and never deletes: when it gets the message, when it is dead.
fn timing(case: &Case<'_>) -> Told {
    let input = case.input();
    let consumer = input.get("consumer")?;
    if consumer.text()? != "polls all the time, never deletes" {
        return Err(consumer.bad("is not understood"));
    }
    input.get("max_receive_count")?;
    let visibility = input.get("visibility_s")?;
    let queue = queue_of(&input)?;
    let most = input.get("max_receive_count")?.u64()?;
    let seconds = visibility.u64()?;
    if (most + 1).saturating_mul(seconds) > POLLS_MAX || seconds == 0 {
        return Err(visibility.bad("takes longer than is run here"));
    }
    let mut desk = Desk::new(&queue);
    let parcel = desk.rig.parcel(desk.lane, 0, 1, BYTES);
    let (entries, batched) = (vec![parcel], false);
    desk.rig.ask(
        NAME,
        Ask::Put {
            entries: entries.into(),
            batched,
        },
    );
    let (mut receives, mut moved) = (Vec::new(), Json::Null);
    for second in 0..=(most + 1) * seconds {
        desk.rig.run_to(second * SECOND);
        if !poll(&mut desk.rig, NAME).is_empty() {
            receives.push(second);
        }
        if reading(&desk.rig, DEAD, "visible") == Some(1) {
            moved = json!(second);
            break;
        }
    }
    case.check("receives_at_s", json!(receives));
    case.check("moved_when_next_receive_at_s", moved);
    Ok(())
}
