//! Enhanced fan-out: SubscribeToShard, and the events that the stream pushes.
//!
//! A record is pushed 70 ms after it arrived (a published mean, used as a constant). There is one
//! timer a subscription, set for the oldest record that waits: records of one instant go together.

use super::read::{record_bytes, refused, resolve};
use super::shard::Pace;
use super::{Kinesis, TAG_PUSH, figures, metric};
use crate::base::sorted::order;
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;
use crate::kernel::CallId;
use crate::services::AnyLink;
use crate::services::cx::Cx;
use crate::services::talk::{Ask, OUTSIDE, Parcel, Read, Reason, Reply, StartAt, WireId};

/// A subscription goes on sending once this much of a second's bytes is there again, so that a
/// consumer that catches up gets ten events a second and not one a record.
const REST: Us = SECOND / 10;
/// Events whose answer may be open: a consumer whose memory is full answers later, and so slows
/// the stream down. One is taken while the next is on its way; each may carry a second's bytes.
const FLYING_MAX: usize = 2;
/// How long the stream waits for an answer that is lost [us]. Events at AWS have no answer at all.
const ANSWER_WAIT: Us = SECOND;
/// How long a broken connection stays so before the stream sends again [us]; illustrative.
const RECONNECT: Us = SECOND;

/// What the stream keeps of one consumer on one shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Push {
    /// When it last subscribed [us].
    since: Us,
    /// Whether the consumer still has this subscription.
    live: bool,
    /// Whether the end of a closed shard was sent.
    ended: bool,
    /// Number of the next record to send.
    next: u64,
    /// When the timer rings [us].
    timer: Option<Us>,
    /// Nothing goes before this [us].
    rest_until: Us,
    /// Bytes a second.
    pace: Pace,
    /// Events whose answer is open.
    flying: Vec<Event>,
    /// Records that came back while other events were under way; the log holds them.
    returned: Vec<(u64, u64)>,
}

impl Push {
    fn new(since: Us, next: u64) -> Self {
        Self {
            since,
            live: true,
            ended: false,
            next,
            timer: None,
            rest_until: 0,
            pace: Pace::default(),
            flying: Vec::new(),
            returned: Vec::new(),
        }
    }

    /// Ranges that came back and lie below the position.
    #[must_use]
    pub(super) fn returned(&self) -> &[(u64, u64)] {
        &self.returned
    }

    /// Numbers that no wide tick may reach over.
    pub(super) fn borders(&self, out: &mut Vec<u64>) {
        out.push(self.next);
        out.extend(self.flying.iter().flat_map(|event| [event.from, event.to]));
        out.extend(self.returned.iter().flat_map(|range| [range.0, range.1]));
    }

    /// How many records those are.
    #[must_use]
    pub(super) fn returned_count(&self) -> u64 {
        self.returned.iter().map(|(from, to)| to - from).sum()
    }

    /// Forgets what is under way: nobody will hear of it.
    pub(super) fn cut(&mut self) {
        self.flying.clear();
        self.timer = None;
    }

    /// Cuts off what the shard no longer keeps.
    pub(super) fn forget_below(&mut self, first: u64) {
        for range in &mut self.returned {
            *range = (range.0.max(first), range.1.max(first));
        }
        self.returned.retain(|(from, to)| from < to);
    }
}

/// An event under way or in the consumer's hands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Event {
    from: u64,
    to: u64,
    /// When it reaches the consumer [us].
    arrives: Us,
}

/// An event whose answer is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flight {
    wire: WireId,
    shard: u32,
    from: u64,
    to: u64,
}

fn timer_arg(wire: WireId, shard: u32) -> u64 {
    u64::from(wire.0) << 32 | u64::from(shard)
}

impl Kinesis {
    /// SubscribeToShard.
    pub(super) fn subscribe(
        &mut self,
        wire: WireId,
        shard: u32,
        start: StartAt,
        cx: &mut Cx<'_, '_>,
    ) -> Reply {
        let now = cx.now();
        let again = cx.figure(&figures::SUBSCRIBE_AGAIN);
        let Some(slot) = self.slot_by_id(shard) else {
            return refused(shard, Reason::NotFound, cx);
        };
        self.expire(slot, cx);
        let Some(next) = resolve(&self.shards[slot], start, now) else {
            return refused(shard, Reason::Invalid, cx);
        };
        let Some(reader) = self.reader(wire) else {
            return self.subscribe_outside(wire, shard, cx);
        };
        if let Err(reason) = self.registered(wire, cx) {
            return refused(shard, reason, cx);
        }
        let old = self.shards[slot].cursors[reader].push.take();
        let too_soon = old
            .as_ref()
            .is_some_and(|push| now < push.since.saturating_add(again));
        if too_soon {
            self.shards[slot].cursors[reader].push = old;
            return refused(shard, Reason::InUse, cx);
        }
        let mut push = Push::new(now, next);
        if let Some(old) = old {
            // what the earlier subscription has under way still comes home to this one
            push.flying = old.flying;
            push.returned = old.returned;
            push.pace = old.pace;
        }
        self.shards[slot].cursors[reader].push = Some(Box::new(push));
        if self.shards[slot].cursors[reader].position < next {
            self.skip_to(slot, reader, next, cx);
        }
        self.plan_push(slot, reader, cx);
        Reply::Done
    }

    /// A subscription without a wire gets no events; only the rule of five seconds holds.
    fn subscribe_outside(&mut self, wire: WireId, shard: u32, cx: &mut Cx<'_, '_>) -> Reply {
        let (now, again) = (cx.now(), cx.figure(&figures::SUBSCRIBE_AGAIN));
        if wire != OUTSIDE {
            return refused(shard, Reason::Invalid, cx);
        }
        if self
            .outside
            .get(&shard)
            .is_some_and(|since| now < since.saturating_add(again))
        {
            return refused(shard, Reason::InUse, cx);
        }
        self.outside.insert(shard, now);
        Reply::Done
    }

    /// Whether the consumer on the wire is among those that the stream allows.
    fn registered(&self, wire: WireId, cx: &Cx<'_, '_>) -> Result<(), Reason> {
        let view = cx.view();
        if !is_push(wire, &view) {
            return Err(Reason::Invalid);
        }
        let before = self
            .subscribers
            .iter()
            .filter(|w| **w < wire && is_push(**w, &view));
        may_register(before.count() as u64, cx.rules())
    }

    /// How many consumers are registered.
    pub(super) fn consumers(&self, view: &crate::services::cx::View<'_>) -> u64 {
        self.subscribers
            .iter()
            .filter(|wire| is_push(**wire, view))
            .count() as u64
    }

    /// Sets the timers of all subscriptions of a shard that have something to send.
    pub(super) fn plan_pushes(&mut self, slot: usize, cx: &mut Cx<'_, '_>) {
        for reader in 0..self.subscribers.len() {
            self.plan_push(slot, reader, cx);
        }
    }

    fn plan_push(&mut self, slot: usize, reader: usize, cx: &mut Cx<'_, '_>) {
        let shard = &mut self.shards[slot];
        let Some(push) = &mut shard.cursors[reader].push else {
            return;
        };
        let now = cx.now();
        let delay = cx.stretch(cx.figure(&figures::PUSH_DELAY));
        let rate = cx.figure(&figures::PUSH_BYTES);
        let idle = !push.live || push.ended || push.flying.len() >= FLYING_MAX;
        if idle || push.timer.is_some() {
            return;
        }
        let waits = shard.log.arrived(push.next.max(shard.log.first()));
        let Some(since) = waits.or(shard.closed) else {
            return;
        };
        let earned = if push.pace.level(now, rate) == 0 {
            push.pace.when(REST)
        } else {
            0
        };
        let at = (since + delay).max(earned).max(push.rest_until).max(now);
        push.timer = Some(at);
        cx.wake(at, TAG_PUSH, timer_arg(self.subscribers[reader], shard.id));
    }

    /// The timer of a subscription rang.
    pub(super) fn push_due(&mut self, arg: u64, cx: &mut Cx<'_, '_>) {
        let (wire, shard) = (WireId((arg >> 32) as u32), arg as u32);
        let (Some(reader), Some(slot)) = (self.reader(wire), self.slot_by_id(shard)) else {
            return;
        };
        let (now, life) = (cx.now(), cx.figure(&figures::SUBSCRIPTION_LIFE));
        self.expire(slot, cx);
        let Some(push) = &mut self.shards[slot].cursors[reader].push else {
            return;
        };
        if push.timer != Some(now) {
            return; // of an earlier subscription
        }
        push.timer = None;
        if now >= push.since.saturating_add(life) {
            push.live = false;
        }
        if push.live && !push.ended {
            self.send(slot, reader, cx);
            self.plan_push(slot, reader, cx);
        }
    }

    /// Sends all that has waited long enough, up to the bytes that are earned.
    fn send(&mut self, slot: usize, reader: usize, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let shard = &self.shards[slot];
        let Some(push) = &shard.cursors[reader].push else {
            return;
        };
        let from = push.next.max(shard.log.first());
        let (to, bytes, all) = self.due(slot, from, push.pace, cx);
        let end = !shard.open() && to == shard.log.next();
        if to == from && !end {
            return;
        }
        let (id, wire) = (shard.id, self.subscribers[reader]);
        let children = if end {
            shard.children.clone()
        } else {
            Vec::new()
        };
        let reads = self.hand_out(slot, Some(reader), from, to, cx);
        let behind_ms = if all {
            0
        } else {
            self.behind(slot, &reads, to, now)
        };
        let n = to - from;
        count_event(id, n, bytes, behind_ms, cx);
        self.meter.pushed_bytes += bytes;
        let rate = cx.figure(&figures::PUSH_BYTES);
        let arrives = now + cx.floor.delay(wire);
        if let Some(push) = &mut self.shards[slot].cursors[reader].push {
            push.pace.spend(now, bytes, rate);
            push.next = to;
            push.ended = end;
            push.flying.push(Event { from, to, arrives });
        }
        let event = Ask::ShardEvent {
            shard: id,
            reads,
            next: to,
            behind_ms,
            end,
            children,
        };
        let call = cx.ask_within(wire, event, ANSWER_WAIT);
        self.flights.insert(
            call,
            Flight {
                wire,
                shard: id,
                from,
                to,
            },
        );
    }

    /// Number behind the last record that may go now, its bytes, and whether that is all that
    /// has waited long enough.
    fn due(&self, slot: usize, from: u64, pace: Pace, cx: &Cx<'_, '_>) -> (u64, u64, bool) {
        let now = cx.now();
        let delay = cx.stretch(cx.figure(&figures::PUSH_DELAY));
        let budget = pace.level(now, cx.figure(&figures::PUSH_BYTES));
        let (mut to, mut bytes) = (from, 0_u64);
        let log = &self.shards[slot].log;
        let ripe = |read: &Read| read.arrived + delay <= now;
        for read in log.reads(from, log.next()).take_while(ripe) {
            if bytes >= budget {
                return (to, bytes, false);
            }
            let size = record_bytes(&read.parcel, cx).max(1);
            let n = u64::from(read.parcel.n).min((budget - bytes).div_ceil(size));
            to += n;
            bytes += n * size;
            if n < u64::from(read.parcel.n) {
                return (to, bytes, false);
            }
        }
        (to, bytes, true)
    }

    /// The consumer answered an event.
    pub(super) fn event_answered(&mut self, call: CallId, reply: &Reply, cx: &mut Cx<'_, '_>) {
        let Some(flight) = self.flights.remove(&call) else {
            return;
        };
        let (back, copies) = came_back(reply);
        if copies > 0 {
            // it has them; only the answer was lost, and nobody waits for that
            cx.dropped(Reason::SentAgain, copies);
        }
        let place = self.slot_by_id(flight.shard).zip(self.reader(flight.wire));
        let Some((slot, reader)) = place else {
            Self::end_back(flight.wire, &back, Reason::Removed, cx);
            return;
        };
        let first = self.shards[slot].log.first();
        let Some(push) = &mut self.shards[slot].cursors[reader].push else {
            Self::end_back(flight.wire, &back, Reason::Removed, cx);
            return;
        };
        let same = |event: &Event| (event.from, event.to) == (flight.from, flight.to);
        let Some(ix) = push.flying.iter().position(same) else {
            // the consumer said meanwhile that it lost them, and the log took them back then
            cx.dropped(Reason::ReadAgain, records(&back));
            return;
        };
        push.flying.remove(ix);
        if matches!(reply, Reply::Refused { .. }) {
            push.ended = false;
            push.rest_until = cx.now() + RECONNECT;
        }
        if !back.is_empty() && flight.from < first {
            Self::end_back(flight.wire, &back, Reason::Retention, cx);
        } else if !back.is_empty() {
            push.returned.push((flight.from, flight.to));
        }
        self.come_home(slot, reader, cx);
        self.plan_push(slot, reader, cx);
    }

    /// Once nothing is under way, what came back is sent again from its lowest number on.
    pub(super) fn come_home(&mut self, slot: usize, reader: usize, cx: &mut Cx<'_, '_>) {
        let cursor = &mut self.shards[slot].cursors[reader];
        let Some(push) = &mut cursor.push else { return };
        if !push.flying.is_empty() || push.returned.is_empty() {
            return;
        }
        let held = push.returned_count();
        let low = push
            .returned
            .iter()
            .map(|(from, _)| *from)
            .min()
            .unwrap_or(cursor.position);
        push.returned.clear();
        push.next = push.next.min(low);
        push.timer = None;
        push.ended = false;
        let back = cursor.position.saturating_sub(low);
        if back >= held {
            cx.created(Reason::ReadAgain, back - held);
        } else {
            // part of it had been read by the reader again and is back twice
            cx.dropped(Reason::ReadAgain, held - back);
        }
        let position = cursor.position;
        cursor.position = position.min(low);
        self.note_again(slot, reader, (low, position), cx);
    }

    /// The consumer lost what it had from `to` on: its subscription is over. Events that have not
    /// reached it come back by themselves; all else is the log's again at once.
    pub(super) fn push_goes_back(
        &mut self,
        slot: usize,
        reader: usize,
        to: u64,
        cx: &mut Cx<'_, '_>,
    ) {
        let now = cx.now();
        let cursor = &mut self.shards[slot].cursors[reader];
        let Some(push) = &mut cursor.push else { return };
        push.live = false;
        push.flying.retain(|event| event.arrives > now);
        let under_way = push.flying.iter().map(|event| (event.from, event.to));
        let mut away: Vec<(u64, u64)> = under_way.chain(push.returned.iter().copied()).collect();
        order::sort(&mut away);
        away.push((cursor.position, u64::MAX));
        let (mut from, mut again) = (to, Vec::new());
        for (low, high) in away {
            let low = low.min(cursor.position);
            if from < low {
                push.returned.push((from, low));
                again.push((from, low));
                cx.created(Reason::ReadAgain, low - from);
            }
            from = from.max(high);
        }
        for range in again {
            self.note_again(slot, reader, range, cx);
        }
        self.come_home(slot, reader, cx);
    }
}

/// Whether one more consumer may be registered beside so many.
pub(super) fn may_register(registered: u64, rules: Rules) -> Result<(), Reason> {
    if registered < rules.value(&figures::CONSUMERS) {
        Ok(())
    } else {
        Err(Reason::TooManyConsumers)
    }
}

fn records(parcels: &[Parcel]) -> u64 {
    parcels.iter().map(|parcel| u64::from(parcel.n)).sum()
}

/// What an answer brings back: records, and a count of records whose fate it does not tell.
fn came_back(reply: &Reply) -> (Vec<Parcel>, u64) {
    let mut copies = 0;
    if let Reply::NoAnswer { unknown } = reply {
        copies = unknown
            .iter()
            .filter(|p| p.is_copy())
            .map(|p| u64::from(p.n))
            .sum();
    }
    (reply.parcels(), copies)
}

fn is_push(wire: WireId, view: &crate::services::cx::View<'_>) -> bool {
    match &view.floor.wire(wire).link {
        AnyLink::Push(_) => true,
        AnyLink::Mapping(mapping) => mapping.efo,
        _ => false,
    }
}

fn count_event(shard: u32, n: u64, bytes: u64, behind_ms: u64, cx: &mut Cx<'_, '_>) {
    if n > 0 {
        cx.count(metric::EVENT_RECORDS, None, n);
        cx.count(metric::EVENT_BYTES, None, bytes);
        cx.count(metric::OUTGOING_RECORDS, Some(shard), n);
        cx.count(metric::OUTGOING_BYTES, Some(shard), bytes);
    }
    cx.count(metric::EVENT_BEHIND, None, behind_ms);
}
