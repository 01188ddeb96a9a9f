//! Invocations: let in or throttled, then own work up to the first call of the code.

use super::config::{Config, Errors, OnError};
use super::errors::Finder;
use super::{Lambda, TAG_WORK, metric};
use crate::base::sorted::order;
use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::LinkKind;
use crate::services::contract::Incoming;
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::shared::items::{Item, count, numbered, without};
use crate::services::talk::{Ask, OUTSIDE, Read, Reason, WireId};

/// Who is told how an invocation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Caller {
    /// A request.
    Call(CallId),
    /// The function's own queue of events.
    Queue {
        /// Attempts that failed before.
        failed: u32,
        /// When the event was accepted [us].
        accepted: Us,
    },
}

/// Records that this code could not get rid of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Fallen {
    pub(super) item: Item,
    /// The wire over which they would not go; `None` if the code itself failed on them.
    pub(super) out: Option<WireId>,
    pub(super) reason: Reason,
}

/// What one next place has still to get.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) out: WireId,
    /// Not sent yet.
    pub(super) todo: Vec<Item>,
    /// Sent, and on the way while `call` is set; otherwise they came back and go again.
    pub(super) sent: Vec<Item>,
    pub(super) call: Option<CallId>,
    /// Failed attempts of what is in `sent`.
    pub(super) failed: u32,
    /// When `sent` goes again [us].
    pub(super) due: Option<Us>,
}

/// One invocation, or several that came together with one record each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    pub(super) caller: Caller,
    /// The wire it came over.
    pub(super) wire: WireId,
    /// Whether each record is an invocation of its own.
    pub(super) each: bool,
    /// All records, in order.
    pub(super) batch: Vec<Item>,
    /// Environments that it holds.
    pub(super) places: u64,
    /// How many invocations it is.
    pub(super) invocations: u64,
    /// Of these, records that fail because they are among the first.
    pub(super) first: u64,
    pub(super) began: Us,
    /// When own work is over; `None` behind that [us].
    pub(super) until: Option<Us>,
    /// When it is cut short [us].
    pub(super) deadline: Us,
    /// Set if own work does not end in time: how many records it comes to.
    pub(super) reaches: Option<u32>,
    /// Records that the code has not come to.
    pub(super) rest: Vec<Item>,
    pub(super) parts: Vec<Part>,
    pub(super) fallen: Vec<Fallen>,
    /// Why the whole invocation failed.
    pub(super) broken: Option<Reason>,
}

impl Lambda {
    /// A synchronous request.
    pub(super) fn invoke(
        &mut self,
        config: &Config,
        (call, wire): (CallId, WireId),
        reads: &[Read],
        cx: &mut Cx<'_, '_>,
    ) {
        let batch = numbered(reads);
        let each = wire != OUTSIDE && cx.floor.wire(wire).link.kind() == LinkKind::Invoke;
        let wanted = if each { count(&batch) } else { 1 };
        let room = self.places.room(config, wanted, true, cx.now());
        if room < wanted {
            self.throttled(config, wanted - room, &batch, cx);
        }
        if room == 0 {
            let ask = Ask::Invoke {
                reads: reads.to_vec(),
                asynchronous: false,
            };
            return cx.refuse(Incoming { call, wire, ask }, Reason::Concurrency);
        }
        cx.took(count(&batch));
        let caller = Caller::Call(call);
        self.begin(config, (caller, wire, each), batch, room, cx);
    }

    /// Tells of invocations that found no place.
    pub(super) fn throttled(
        &mut self,
        config: &Config,
        n: u64,
        batch: &[Item],
        cx: &mut Cx<'_, '_>,
    ) {
        cx.count(metric::THROTTLES, None, n);
        self.throttled_at = Some(cx.now());
        if let Some(item) = batch.last() {
            let (node, reason) = (cx.node(), Reason::Concurrency);
            cx.note(Fact::Refused {
                node,
                lane: None,
                reason,
                parcel: item.read.parcel,
                had: 0,
                needed: 1,
                limit_per_s: config.concurrency(),
            });
        }
    }

    /// Starts `room` invocations; records beyond them fall at once.
    pub(super) fn begin(
        &mut self,
        config: &Config,
        (caller, wire, each): (Caller, WireId, bool),
        batch: Vec<Item>,
        room: u64,
        cx: &mut Cx<'_, '_>,
    ) {
        let now = cx.now();
        let sync = matches!(caller, Caller::Call(_));
        let cold = self.places.take(config, room, sync, now);
        cx.count(metric::INVOCATIONS, None, room);
        cx.count(metric::CONCURRENT, None, self.places.used);
        let cap = if each {
            u32::try_from(room).unwrap_or(u32::MAX)
        } else {
            u32::MAX
        };
        let (rest, over) = cut(&batch, cap);
        let n = if each { 1 } else { count(&rest) };
        let spans = Spans::of(config, cold > 0, n, cx);
        let first = config.error_first.saturating_sub(self.invoked);
        let first = match each {
            _ if config.errors != Errors::First => 0,
            true => first,
            false if first > 0 => u64::MAX,
            false => 0,
        };
        let fallen = over.into_iter().map(|item| Fallen {
            item,
            out: None,
            reason: Reason::Concurrency,
        });
        self.invoked += room;
        let id = self.next_run;
        self.next_run += 1;
        let until = now + spans.lasts;
        self.runs.insert(
            id,
            Run {
                caller,
                wire,
                each,
                batch,
                places: room,
                invocations: room,
                first,
                began: now,
                until: Some(until),
                deadline: now + spans.most,
                reaches: spans.reaches,
                rest,
                parts: Vec::new(),
                fallen: fallen.collect(),
                broken: None,
            },
        );
        cx.wake(until, TAG_WORK, id);
    }

    /// Own work is over: what the code failed on is known, the rest goes on.
    pub(super) fn worked(&mut self, config: &Config, id: u64, cx: &mut Cx<'_, '_>) {
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        if run.until != Some(cx.now()) {
            return;
        }
        run.until = None;
        let rest = std::mem::take(&mut run.rest);
        let one = !run.each && config.on_error == OnError::Raise;
        let mut finder = Finder {
            config,
            tries: &mut self.tries,
            first: run.first,
        };
        let bad = finder.find(&rest, one, cx);
        let write = run.divide(config, rest, bad);
        self.pass_on(config, id, &write, cx);
    }
}

impl Run {
    /// Takes out what the code failed on, and what it does not come to; gives what it passes on.
    fn divide(&mut self, config: &Config, rest: Vec<Item>, bad: Vec<Item>) -> Vec<Item> {
        if bad.is_empty() && self.reaches.is_none() {
            self.broken = None;
            return rest;
        }
        let raises = !self.each && config.on_error == OnError::Raise;
        let late = self.reaches.map(|at| (at, Reason::FunctionTimeout));
        let raised = bad.first().filter(|_| raises);
        let raised = raised.map(|item| (item.at, Reason::FunctionError));
        let stop = late.into_iter().chain(raised).min_by_key(|(at, _)| *at);
        let end = stop.map_or(u32::MAX, |(at, _)| at);
        if self.each && stop.is_some() {
            let all = rest.into_iter();
            self.fallen
                .extend(all.map(|item| fallen(item, Reason::FunctionTimeout)));
            return Vec::new();
        }
        self.broken = stop.map(|(_, reason)| reason);
        let reached: Vec<Item> = bad.into_iter().filter(|item| item.at < end).collect();
        let done: Vec<Item> = rest.iter().filter_map(|item| item.clip(0, end)).collect();
        let written = config.written_before || stop.is_none();
        let write = if written {
            without(&done, &reached)
        } else {
            Vec::new()
        };
        self.fallen.extend(
            reached
                .iter()
                .map(|item| fallen(*item, Reason::FunctionError)),
        );
        let mut gone: Vec<Item> = write.iter().chain(&reached).copied().collect();
        order::sort_by_key(&mut gone, |item| item.at);
        self.rest = without(&rest, &gone);
        write
    }
}

fn fallen(item: Item, reason: Reason) -> Fallen {
    let out = None;
    Fallen { item, out, reason }
}

/// Cuts a batch at a place.
fn cut(batch: &[Item], at: u32) -> (Vec<Item>, Vec<Item>) {
    if batch.last().is_none_or(|last| last.end() <= at) {
        return (batch.to_vec(), Vec::new());
    }
    let head = batch.iter().filter_map(|item| item.clip(0, at)).collect();
    let tail = batch
        .iter()
        .filter_map(|item| item.clip(at, u32::MAX))
        .collect();
    (head, tail)
}

/// How long an invocation takes.
struct Spans {
    /// Until own work is over or cut short [us].
    lasts: Us,
    /// The longest that it may take [us].
    most: Us,
    /// Records that it comes to, if it is cut short.
    reaches: Option<u32>,
}

impl Spans {
    fn of(config: &Config, cold: bool, n: u64, cx: &Cx<'_, '_>) -> Self {
        let start = if cold { config.cold_start } else { 0 };
        let (base, each) = (cx.stretch(config.duration), cx.stretch(config.per_record));
        let work = base.saturating_add(each.saturating_mul(n));
        // the time-out counts from the call of the handler, not from the start of the environment
        let reaches = (work > config.timeout).then(|| {
            let left = config.timeout.saturating_sub(base);
            left.checked_div(each)
                .map_or(0, |n| u32::try_from(n).unwrap_or(u32::MAX))
        });
        Self {
            lasts: start + work.min(config.timeout),
            most: start + config.timeout,
            reaches,
        }
    }
}
