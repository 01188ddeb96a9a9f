//! Asynchronous invocations: the function's own queue of events, tried up to three times.

use super::config::Config;
use super::figures::{FIRST_RETRY_S, SECOND_RETRY_S, THROTTLE_FIRST_S, THROTTLE_LAST_S};
use super::run::Caller;
use super::{Lambda, TAG_EVENTS, metric};
use crate::base::time::{MS, SECOND, Us};
use crate::kernel::CallId;
use crate::services::contract::Custody;
use crate::services::cx::Cx;
use crate::services::shared::items::{Item, numbered};
use crate::services::talk::{Failed, OUTSIDE, Parcel, Read, Reason, Reply, WireId};
use std::collections::BTreeMap;

/// Events of one record each that go together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Event {
    wire: WireId,
    reads: Vec<Read>,
    /// Attempts that failed.
    failed: u32,
    /// Attempts that found no place, in a row.
    throttled: u32,
    /// When it was accepted [us].
    accepted: Us,
}

/// Events that wait, by the time of their next attempt.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Events {
    waiting: BTreeMap<(Us, u64), Event>,
    number: u64,
}

impl Events {
    fn add(&mut self, due: Us, event: Event, cx: &mut Cx<'_, '_>) {
        self.number += 1;
        self.waiting.insert((due, self.number), event);
        cx.wake(due, TAG_EVENTS, 0);
    }

    fn take_due(&mut self, now: Us) -> Vec<Event> {
        let later = self.waiting.split_off(&(now + 1, 0));
        std::mem::replace(&mut self.waiting, later)
            .into_values()
            .collect()
    }

    /// Asks for the wakes anew after a crash.
    pub(super) fn rearm(&self, tag: u32, cx: &mut Cx<'_, '_>) {
        for (due, _) in self.waiting.keys() {
            cx.wake(*due, tag, 0);
        }
    }

    /// Events that wait.
    pub(super) fn len(&self) -> u64 {
        let reads = self.waiting.values().flat_map(|event| &event.reads);
        reads.map(|read| u64::from(read.parcel.n)).sum()
    }

    /// When the oldest one was accepted [us].
    pub(super) fn oldest(&self) -> Option<Us> {
        self.waiting.values().map(|event| event.accepted).min()
    }

    pub(super) fn custody(&self, out: &mut Custody) {
        for event in self.waiting.values() {
            for read in &event.reads {
                out.hold((event.wire != OUTSIDE).then_some(event.wire), read.parcel);
            }
        }
    }

    /// Forgets events of wires that are gone; gives how many.
    pub(super) fn forget_wires(&mut self, cx: &Cx<'_, '_>) -> u64 {
        let before = self.len();
        self.waiting.retain(|_, event| cx.floor.carries(event.wire));
        before - self.len()
    }
}

impl Lambda {
    /// An asynchronous request: its events are queued, and that is the answer (202).
    pub(super) fn accept(
        &mut self,
        config: &Config,
        (call, wire): (CallId, WireId),
        reads: &[Read],
        cx: &mut Cx<'_, '_>,
    ) {
        let n = reads.iter().map(|read| u64::from(read.parcel.n)).sum();
        cx.took(n);
        cx.count(metric::EVENTS_RECEIVED, None, n);
        cx.reply(call, Reply::Done);
        let event = Event {
            wire,
            reads: reads.to_vec(),
            failed: 0,
            throttled: 0,
            accepted: cx.now(),
        };
        self.attempt(config, event, cx);
    }

    /// Events are due.
    pub(super) fn events_due(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        for event in self.events.take_due(cx.now()) {
            self.attempt(config, event, cx);
        }
    }

    fn attempt(&mut self, config: &Config, event: Event, cx: &mut Cx<'_, '_>) {
        let age = cx.now() - event.accepted;
        if age >= config.max_event_age && age > 0 {
            let parcels: Vec<Parcel> = event.reads.iter().map(|read| read.parcel).collect();
            self.drop_events(event.wire, &parcels, Reason::MaxAge, cx);
            return;
        }
        let batch = numbered(&event.reads);
        let wanted = crate::services::shared::items::count(&batch);
        let room = self.places.room(config, wanted, false, cx.now());
        let at = u32::try_from(room).unwrap_or(u32::MAX);
        let now: Vec<Item> = batch.iter().filter_map(|item| item.clip(0, at)).collect();
        let later = batch.iter().filter_map(|item| item.clip(at, u32::MAX));
        let later: Vec<Read> = later.map(|item| item.read).collect();
        if !later.is_empty() {
            self.throttled(config, wanted - room, &batch, cx);
            let throttled = event.throttled + 1;
            let due = cx.now() + throttle_wait(throttled, cx);
            let event = Event {
                reads: later,
                throttled,
                ..event.clone()
            };
            self.events
                .add(due.min(event.accepted + config.max_event_age), event, cx);
        }
        if !now.is_empty() {
            cx.count(metric::EVENT_AGE, None, age / MS);
            let caller = Caller::Queue {
                failed: event.failed,
                accepted: event.accepted,
            };
            self.begin(config, (caller, event.wire, true), now, room, cx);
        }
    }

    /// Events failed for the `failed`-th time.
    pub(super) fn event_failed(
        &mut self,
        config: &Config,
        (wire, failed, accepted): (WireId, u32, Us),
        back: &[Failed],
        cx: &mut Cx<'_, '_>,
    ) {
        if back.is_empty() {
            return;
        }
        let parcels: Vec<Parcel> = back.iter().map(|failed| failed.parcel).collect();
        if failed > config.retries {
            self.drop_events(wire, &parcels, Reason::AttemptsSpent, cx);
            return;
        }
        let wait = match failed {
            1 => &FIRST_RETRY_S,
            _ => &SECOND_RETRY_S,
        };
        let due = cx.now() + cx.figure(wait) * SECOND;
        let event = Event {
            wire,
            reads: parcels.into_iter().map(Read::loose).collect(),
            failed,
            throttled: 0,
            accepted,
        };
        self.events
            .add(due.min(accepted + config.max_event_age), event, cx);
    }

    fn drop_events(
        &mut self,
        wire: WireId,
        parcels: &[Parcel],
        cause: Reason,
        cx: &mut Cx<'_, '_>,
    ) {
        let n = parcels.iter().map(|parcel| u64::from(parcel.n)).sum();
        cx.count(metric::EVENTS_DROPPED, None, n);
        // ErrorCode of the dead-letter queue: the status of the last invocation
        let error = match cause {
            Reason::AttemptsSpent => 200,
            _ => 429,
        };
        self.letters
            .give_up(wire, parcels, (cause, Some(error)), cx);
    }
}

/// How long an event waits that found no place for the `n`-th time [us].
fn throttle_wait(n: u32, cx: &Cx<'_, '_>) -> Us {
    let first = cx.figure(&THROTTLE_FIRST_S);
    let doubled = first.saturating_mul(1 << n.saturating_sub(1).min(20));
    doubled.min(cx.figure(&THROTTLE_LAST_S)) * SECOND
}
