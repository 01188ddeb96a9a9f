//! Messages are sent, a mapping receives them, a function works on them: what is seen of it.

use super::super::lambda_esm::{Settings, calm, function_of, pairs, settings_of};
use super::super::queue::{DEAD, Described, NAME, queue_of, reading, singles};
use super::super::{Case, Inexpressible, Node, Told};
use super::group_hash;
use crate::base::time::{MS, SECOND, Us};
use crate::services::LinkUnit;
use crate::services::facts::Fact;
use crate::services::plant::Signal;
use crate::services::rig::{Rig, link_of};
use crate::services::talk::{Ask, Op, Parcel, Reason, SendEntry, WireId};
use crate::services::wires::queue_mapping::visibility_wanted;
use serde_json::{Value as Json, json};
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of each message [B].
const BYTES: u32 = 100;
/// Most looks at the mapping in one case.
const LOOKS_MAX: u64 = 400_000;
/// Longer than any long poll [us].
const POLL: Us = 25 * SECOND;

/// Time-out of a function that a case says nothing of (API-lam) [us].
const TIMEOUT: Us = 3 * SECOND;

/// A message of a case.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    pub(super) number: u64,
    pub(super) at: Us,
    pub(super) group: Option<String>,
    pub(super) op: Op,
    /// How many of its receives fail; none: as the function does.
    fails: Option<u64>,
    /// Whether its body is no JSON.
    broken: bool,
}

impl Sent {
    /// A message without anything of its own.
    pub(super) fn plain(number: u64, at: Us) -> Self {
        Self {
            number,
            at,
            group: None,
            op: Op::Count,
            fails: None,
            broken: false,
        }
    }
}

/// A batch at its beginning: when it was seen, its messages with their receive counts.
#[derive(Clone, Debug)]
struct Begun {
    at: Us,
    messages: Vec<(u64, u32)>,
}

/// A queue "q", a function "f", the mapping between them, and what was seen of it.
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) rig: Rig,
    pub(super) wire: WireId,
    lane: u32,
    fifo: bool,
    step: Us,
    batches: BTreeMap<(WireId, u64), Begun>,
}

impl Bench {
    pub(super) fn new(queue: &Described, function: &Settings, mapping: &Settings) -> Self {
        let mut rig = Rig::new(5);
        queue.place(&mut rig);
        rig.node("f", "lambda", &pairs(function));
        let wire = rig.wire("queue-mapping", NAME, "f", &pairs(mapping));
        let lane = rig.lane("key", None);
        Self {
            rig,
            wire,
            lane,
            fifo: queue.fifo,
            step: 50 * MS,
            batches: BTreeMap::new(),
        }
    }

    /// Sends messages: those of one time in one call.
    pub(super) fn send(&mut self, all: &[Sent]) {
        let to = self.rig.find(NAME);
        for call in all.chunk_by(|a, b| a.at == b.at) {
            let entry = |sent: &Sent| SendEntry {
                parcel: Parcel {
                    born: sent.at,
                    op: sent.op,
                    ..self.rig.parcel(self.lane, sent.number, 1, BYTES)
                },
                body: sent.number,
                group: sent.group.as_deref().map(group_hash),
                dedup: self.fifo.then_some(sent.number),
                delay: None,
            };
            let entries = call.iter().map(entry).collect();
            let batched = true;
            let ask = Ask::Send { entries, batched };
            let signal = Signal::FromOutside { to, ask };
            self.rig.engine.schedule(call[0].at, signal);
        }
    }

    /// Runs to a time and notes each batch as it begins.
    pub(super) fn watch(&mut self, until: Us) {
        while self.rig.engine.now() < until {
            let next = (self.rig.engine.now() + self.step).min(until);
            self.rig.run_to(next);
            let plant = self.rig.engine.machine();
            let Some(LinkUnit::QueueMapping(part)) = plant.link(self.wire) else {
                continue;
            };
            for (number, messages) in part.state.at_work() {
                self.batches.entry((self.wire, number)).or_insert_with(|| {
                    let all = messages.iter().flat_map(|message| {
                        let (from, to) = message.parcel.range();
                        (from..to).map(|number| (number, message.received))
                    });
                    let mut messages: Vec<(u64, u32)> = all.collect();
                    if !self.fifo {
                        messages.sort_unstable();
                    }
                    let at = next;
                    Begun { at, messages }
                });
            }
        }
    }

    /// The messages that a function has done.
    pub(super) fn processed(&self, name: &str) -> BTreeSet<u64> {
        let at = self.rig.find(name);
        let done = |fact: &Fact| match fact {
            Fact::Delivered { node, parcel, .. } if *node == at => Some(parcel.range()),
            _ => None,
        };
        let facts = self.rig.facts.iter();
        let ranges = facts.filter_map(|(_, fact)| done(fact));
        ranges.flat_map(|(from, to)| from..to).collect()
    }

    /// What became of a message.
    fn fate(&self, number: u64) -> &'static str {
        let mut fate = "in the queue";
        if self.processed("f").contains(&number) {
            fate = "processed";
        }
        for (_, fact) in &self.rig.facts {
            let Fact::Ended { reason, parcel, .. } = fact else {
                continue;
            };
            let (from, to) = parcel.range();
            if (from..to).contains(&number) {
                fate = match reason {
                    Reason::DeadLettered => "dead-letter-queue",
                    Reason::Filtered => "filtered",
                    Reason::Acknowledged => "deleted",
                    _ => "lost",
                };
            }
        }
        fate
    }

    fn count(&self, key: &str) -> u64 {
        reading(&self.rig, NAME, key).unwrap_or(u64::MAX)
    }

    /// Compares all that a case may expect.
    pub(super) fn compare(&mut self, case: &Case<'_>, sent: &[Sent]) -> Told {
        let begun: Vec<Begun> = self.batches.values().cloned().collect();
        let numbers = |batch: &Begun| batch.messages.iter().map(|(n, _)| *n).collect();
        let batches: Vec<Vec<u64>> = begun.iter().map(numbers).collect();
        let expected = case.expected();
        if let Some(wanted) = expected.find("invocations") {
            if wanted.is_null() {
                wanted.aside("not determinable from the recording");
            } else {
                wanted.same(batches.len());
            }
        }
        case.check("batches", json!(batches));
        receive_counts(&expected, &begun)?;
        let fates: Vec<&str> = sent.iter().map(|one| self.fate(one.number)).collect();
        case.check("reported", json!(reported(&batches, sent, &fates)));
        case.check("disposition", json!(fates));
        let seen: BTreeSet<u64> = batches.iter().flatten().copied().collect();
        case.check("delivered", json!(seen));
        case.check("delivered_total", seen.len());
        let times = |number: u64| batches.iter().flatten().filter(|n| **n == number).count();
        let counts: BTreeSet<usize> = seen.iter().map(|number| times(*number)).collect();
        let each = if counts.len() == 1 {
            counts.first()
        } else {
            None
        };
        case.check("receive_count_each", json!(each));
        let left = ["visible", "in_flight", "delayed"].map(|key| self.count(key));
        case.check("queue_empty_afterwards", left == [0; 3]);
        let at_once = self.rig.metric("f", "ConcurrentExecutions");
        case.check("max_parallel_invocations", at_once);
        let deleted = self.rig.metric(NAME, "NumberOfMessagesDeleted");
        case.check("deleted", deleted);
        let back = !sent.is_empty() && sent.iter().all(|one| times(one.number) > 1);
        case.check("all_return_to_queue", back);
        case.check("whole_batch_returns_to_queue", back);
        if let Some(gap) = expected.opt("min_gap_s") {
            let gaps = begun.windows(2).map(|pair| pair[1].at - pair[0].at);
            let least = gaps.min().unwrap_or(0);
            gap.holds(least >= gap.seconds()?, least as f64 / SECOND as f64);
        }
        Ok(())
    }
}

/// Receive counts by invocation: a list each, or a number each where batches hold one message.
fn receive_counts(expected: &Node<'_>, begun: &[Begun]) -> Told {
    let Some(wanted) = expected.opt("receive_counts") else {
        return Ok(());
    };
    let counts = begun.iter().map(|batch| {
        let counts = batch.messages.iter().map(|(_, received)| *received);
        counts.collect::<Vec<u32>>()
    });
    let counts: Vec<Vec<u32>> = counts.collect();
    let nested = wanted.items()?.first().is_some_and(Node::is_list);
    let single = counts.iter().all(|batch| batch.len() == 1);
    if nested || !single {
        wanted.same(json!(counts));
    } else {
        wanted.same(json!(counts.concat()));
    }
    Ok(())
}

/// The messages of each batch that were not done in it: they came again, or were never done.
fn reported(batches: &[Vec<u64>], sent: &[Sent], fates: &[&str]) -> Vec<Vec<u64>> {
    let open = |number: u64| {
        let place = sent.iter().position(|one| one.number == number);
        place.is_none_or(|place| fates[place] != "processed")
    };
    let each = batches.iter().enumerate().map(|(ix, batch)| {
        let later = |number: &u64| batches[ix + 1..].iter().flatten().any(|n| n == number);
        let failed = batch.iter().filter(|n| later(n) || open(**n));
        failed.copied().collect()
    });
    each.collect()
}

/// The messages of a case.
fn messages_of(input: &Node<'_>, fifo: bool) -> Result<Vec<Sent>, Inexpressible> {
    let mut all = Vec::new();
    if let Some(calls) = input.opt("send_calls") {
        for (ix, call) in calls.items()?.iter().enumerate() {
            for _ in 0..call.u64()?.min(100) {
                let at = SECOND + 100 * MS * ix as Us;
                all.push(Sent::plain(all.len() as u64, at));
            }
        }
    } else {
        let list = input.get("messages")?.items()?;
        let spread = input.opt("all_sent_within_s");
        let spread = spread.map(|s| s.seconds()).transpose()?;
        for (ix, node) in list.iter().enumerate() {
            let apart = spread.map_or(0, |span| span * ix as Us / list.len() as Us);
            let at = node.opt("t").map(|t| t.seconds()).transpose()?;
            let mut one = Sent::plain(node.get("n")?.u64()?, at.unwrap_or(SECOND + apart));
            one.group = node
                .opt("group")
                .map(|g| g.text().map(str::to_owned))
                .transpose()?;
            one.fails = node.opt("fail_first").map(|n| n.u64()).transpose()?;
            if let Some(body) = node.opt("body") {
                let text = body.json().as_str();
                one.broken = text.is_some_and(|t| serde_json::from_str::<Json>(t).is_err());
            }
            all.push(one);
        }
    }
    if fifo {
        all.iter_mut()
            .filter(|one| one.group.is_none())
            .for_each(|one| one.group = Some("g".to_owned()));
    }
    all.sort_by_key(|one| one.at);
    if all
        .chunk_by(|a, b| a.at == b.at)
        .any(|call| call.len() > 10)
    {
        return Err(input.bad("sends more than ten messages in a call"));
    }
    Ok(all)
}

/// What the handler of a case does with its messages.
fn handler_of(input: &Node<'_>, sent: &[Sent], alone: bool) -> Result<Settings, Inexpressible> {
    let does = input.get("function")?;
    let bad = |ones: Vec<String>| ("poison", ones.join(", "));
    let failing = sent.iter().filter(|one| one.fails.is_some_and(|n| n > 0));
    let failing: Vec<String> = failing
        .map(|one| format!("{}x{}", one.number, one.fails.unwrap_or_default()))
        .collect();
    let mut found = calm();
    found.push(("errors", "poison".to_owned()));
    match does.text()? {
        "raise for the first fail_first receives" => {
            if failing.len() > 1 && !alone {
                return Err(does.bad("fails batches of several messages that count by themselves"));
            }
            found.push(bad(failing));
        }
        "reports message as failed while its receive count <= fail_first" => {
            found.push(bad(failing));
            found.push(("on_error", "report".to_owned()));
        }
        "raises when a body is not JSON (whole invocation fails)" => {
            let broken = sent.iter().filter(|one| one.broken);
            found.push(bad(broken.map(|one| one.number.to_string()).collect()));
        }
        _ => return function_of(input),
    }
    Ok(found)
}

/// A setting's span [us], if it is written in microseconds.
fn micros(settings: &Settings, key: &str) -> Option<Us> {
    let (_, text) = settings.iter().rev().find(|(own, _)| *own == key)?;
    text.strip_suffix("us")?.parse().ok()
}

/// Messages, a mapping, a function.
pub(super) fn story(case: &Case<'_>) -> Told {
    let input = case.input();
    let queue = input.opt("queue");
    let mut queue = queue.map_or(Ok(Described::default()), |node| queue_of(&node))?;
    let mapping = input.opt("mapping");
    let mapping = mapping.map_or(Ok(Settings::new()), |node| settings_of(&node))?;
    link_of("queue-mapping", &pairs(&mapping)).map_err(|why| input.bad(why))?;
    let sent = messages_of(&input, queue.fifo)?;
    let alone = mapping.contains(&("batch_size", "1".to_owned()));
    let function = handler_of(&input, &sent, alone)?;
    let runs = micros(&function, "duration").unwrap_or(100 * MS);
    let window = mapping.iter().find(|(key, _)| *key == "window");
    let window: Us = window.and_then(|(_, s)| s.parse().ok()).unwrap_or(0);
    let hidden = micros(&queue.settings, "visibility_timeout");
    let hidden = hidden.unwrap_or_else(|| {
        // the case does not say: as AWS recommends it, and at least the default
        let wanted = visibility_wanted(TIMEOUT, window * SECOND).max(30 * SECOND);
        let text = format!("{wanted}us");
        queue.settings.push(("visibility_timeout", text));
        wanted
    });
    let receives = queue.receives.as_deref().and_then(|n| n.parse().ok());
    let fails = sent.iter().filter_map(|one| one.fails).max().unwrap_or(0);
    let receives = receives.unwrap_or(0_u64).max(fails).max(1) + 1;
    let last = sent.last().map_or(0, |one| one.at);
    let each = hidden + POLL + runs + window * SECOND;
    let lasts = receives.saturating_mul(each) + runs * sent.len() as Us;
    let mut bench = Bench::new(&queue, &function, &mapping);
    bench.step = (runs / 2).clamp(MS, 50 * MS);
    if (last + lasts) / bench.step > LOOKS_MAX {
        return Err(input.bad("takes longer than is run here"));
    }
    bench.send(&sent);
    bench.watch(last + lasts);
    if case.expected().find("disposition").is_some() && queue.receives.is_some() {
        let dead = singles(&super::poll(&mut bench.rig, DEAD)).len();
        let ended = sent
            .iter()
            .filter(|one| bench.fate(one.number) == "dead-letter-queue");
        if dead as u64 != (ended.count() as u64).min(10) {
            return Err(input.bad("leaves other messages in the dead-letter queue than ended"));
        }
    }
    bench.compare(case, &sent)
}
