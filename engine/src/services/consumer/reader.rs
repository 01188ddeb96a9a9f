//! Reading: which shards there are, from where, and when each is asked next.

use super::figures::{ITERATOR_S, LIST_S, SUBSCRIPTION_S, THROTTLE_S};
use super::shard::Shard;
use super::{Asked, CALLS, Config, Consumer, DELAY, DELAY_MAX, Feed, ITERATOR_AGE, READ};
use super::{READ_THROTTLED, TAG_LIST, TAG_READ};
use crate::base::time::{SECOND, Us};
use crate::kernel::CallId;
use crate::services::LinkKind;
use crate::services::contract::Incoming;
use crate::services::cx::Cx;
use crate::services::shared::reading::{self, Event, Key, Phase, count, of_wire};
use crate::services::talk::{Ask, Read, Reason, Reply, ShardInfo, WireId};

/// Before a subscription ends it is taken out anew [us].
const RENEW_US: Us = SECOND;

impl Consumer {
    // ---- wires and shards -----------------------------------------------------------------

    /// Starts to read wires that are new.
    pub(super) fn take_up_wires(&mut self, cx: &mut Cx<'_, '_>) {
        for wire in cx.wires_in().iter() {
            if !self.feeds.contains_key(wire) {
                let push = cx.floor.wire(*wire).link.kind() == LinkKind::Push;
                self.feeds.insert(
                    *wire,
                    Feed {
                        push,
                        listing: None,
                        list_at: 0,
                    },
                );
                self.list(*wire, cx);
            }
        }
    }

    fn list(&mut self, wire: WireId, cx: &mut Cx<'_, '_>) {
        let Some(feed) = self.feeds.get_mut(&wire) else {
            return;
        };
        if feed.listing.is_none() {
            let call = cx.ask(wire, Ask::ListShards);
            feed.listing = Some(call);
            self.asked.insert(call, Asked::List(wire));
        }
    }

    pub(super) fn list_due(&mut self, wire: WireId, cx: &mut Cx<'_, '_>) {
        if self
            .feeds
            .get(&wire)
            .is_some_and(|feed| feed.list_at == cx.now())
        {
            self.list(wire, cx);
        }
    }

    pub(super) fn listed(&mut self, wire: WireId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(feed) = self.feeds.get_mut(&wire) else {
            return;
        };
        let after = match reply {
            Reply::Shards(_) => cx.figure(&LIST_S),
            _ => cx.figure(&THROTTLE_S),
        };
        feed.listing = None;
        feed.list_at = cx.now() + after * SECOND;
        cx.wake(feed.list_at, TAG_LIST, u64::from(wire.0));
        if let Reply::Shards(infos) = reply {
            self.take_up_shards(wire, infos, cx);
        }
    }

    fn take_up_shards(&mut self, wire: WireId, infos: Vec<ShardInfo>, cx: &mut Cx<'_, '_>) {
        let asked_for = cx.floor.wire(wire).link.start_at();
        reading::take_up(&mut self.shards, wire, infos, asked_for);
        self.open_ready(wire, cx);
    }

    /// Opens all shards whose parents are read to their end.
    fn open_ready(&mut self, wire: WireId, cx: &mut Cx<'_, '_>) {
        for key in reading::ready(&self.shards, wire) {
            self.open(key, cx);
        }
    }

    fn pushed(&self, wire: WireId) -> bool {
        self.feeds.get(&wire).is_some_and(|feed| feed.push)
    }

    // ---- calls ----------------------------------------------------------------------------

    /// Asks for an iterator or a subscription at the shard's position.
    fn open(&mut self, key: Key, cx: &mut Cx<'_, '_>) {
        let push = self.pushed(key.0);
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        if shard.phase == Phase::Waiting {
            shard.phase = Phase::Opening;
        }
        let ask = shard.opening(key.1, push);
        let call = cx.ask(key.0, ask);
        shard.call = Some(call);
        self.asked.insert(call, Asked::Shard(key));
    }

    /// Asks for the next records of a shard.
    fn poll(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let ask = shard.poll(key.1, config.limit);
        shard.polled = cx.now();
        let call = cx.ask(key.0, ask);
        shard.call = Some(call);
        self.asked.insert(call, Asked::Shard(key));
        cx.count(CALLS, None, 1);
    }

    /// A shard's timer rings.
    pub(super) fn read_due(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let (now, push) = (cx.now(), self.pushed(key.0));
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        if shard.due != Some(now) || shard.call.is_some() {
            return;
        }
        shard.due = None;
        let expired = now.saturating_sub(shard.issued) >= cx.figure(&ITERATOR_S) * SECOND;
        match shard.phase {
            Phase::Reading if !push && !expired => self.poll(config, key, cx),
            Phase::Reading | Phase::Opening => self.open(key, cx),
            Phase::Waiting | Phase::Draining | Phase::Finished => {}
        }
    }

    fn due(&mut self, key: Key, at: Us, cx: &mut Cx<'_, '_>) {
        if let Some(shard) = self.shards.get_mut(&key) {
            shard.due = Some(at);
            cx.wake(at, TAG_READ, key.arg());
        }
    }

    /// Plans the next poll of a shard whose last batch is done.
    pub(super) fn plan_poll(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let push = self.pushed(key.0);
        let Some(shard) = self.shards.get(&key) else {
            return;
        };
        let idle = shard.phase == Phase::Reading && shard.in_hand == 0;
        if idle && !push && shard.call.is_none() && shard.due.is_none() {
            let at = (shard.polled + config.interval).max(cx.now());
            self.due(key, at, cx);
        }
    }

    /// Plans all polls anew after a change of the interval.
    pub(super) fn plan_polls(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let keys: Vec<Key> = self.shards.keys().copied().collect();
        for key in keys {
            let push = self.pushed(key.0);
            if let Some(shard) = self.shards.get_mut(&key)
                && shard.phase == Phase::Reading
                && !push
            {
                shard.due = None;
                self.plan_poll(config, key, cx);
            }
        }
    }

    // ---- answers --------------------------------------------------------------------------

    pub(super) fn shard_answered(
        &mut self,
        config: &Config,
        key: Key,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(shard) = self.shards.get_mut(&key) else {
            // the wire went while the answer was on its way
            for parcel in reply.parcels() {
                cx.ended(Some(key.0), &parcel, Reason::Removed);
            }
            return;
        };
        shard.call = None;
        match reply {
            Reply::Iterator { ordinal } => self.opened(config, key, ordinal, cx),
            Reply::Records {
                reads,
                next,
                behind_ms,
                ..
            } => {
                shard.issued = cx.now();
                shard.behind = behind_ms.saturating_mul(1_000);
                let last = shard.next;
                self.took_up(key, reads, next.unwrap_or(last), next.is_none(), cx);
                self.settle(config, key, cx);
                self.pump(config, cx);
            }
            Reply::Done => {
                let lasts = cx.figure(&SUBSCRIPTION_S) * SECOND - RENEW_US;
                if shard.phase == Phase::Opening {
                    shard.phase = Phase::Reading;
                }
                self.due(key, cx.now() + lasts, cx);
            }
            Reply::Refused { reason, .. } => self.refused(key, reason, cx),
            _ => self.due(key, cx.now() + cx.figure(&THROTTLE_S) * SECOND, cx),
        }
    }

    /// An iterator came: the first poll comes at the shard's own phase, after an expired iterator
    /// at once.
    fn opened(&mut self, config: &Config, key: Key, ordinal: u64, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let first_poll = shard.phase == Phase::Opening;
        let now = cx.now();
        shard.begin(ordinal);
        shard.next = ordinal;
        shard.issued = now;
        shard.polled = now;
        shard.phase = Phase::Reading;
        let wait = if first_poll {
            self.phases.below(config.interval)
        } else {
            0
        };
        self.due(key, now + wait, cx);
    }

    fn refused(&mut self, key: Key, reason: Reason, cx: &mut Cx<'_, '_>) {
        if reason == Reason::Removed {
            return;
        }
        if reason.is_throttle() {
            cx.count(READ_THROTTLED, None, 1);
        }
        let stale = [Reason::Invalid, Reason::NotFound, Reason::ExpiredIterator];
        if stale.contains(&reason)
            && let Some(shard) = self.shards.get_mut(&key)
        {
            shard.issued = 0; // whatever was wrong with it: the next call asks for a new iterator
        }
        self.due(key, cx.now() + cx.figure(&THROTTLE_S) * SECOND, cx);
    }

    /// Records came into memory.
    fn took_up(&mut self, key: Key, reads: Vec<Read>, next: u64, end: bool, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let n = count(&reads);
        measure(&reads, n, cx);
        if let Some(last) = reads.last() {
            shard.next = last.ordinal + u64::from(last.parcel.n);
            self.ready.push_back((key, n));
        }
        shard.next = shard.next.max(next);
        shard.in_hand += n;
        shard.waiting.extend(reads);
        if end {
            shard.phase = Phase::Draining;
            self.list(key.0, cx); // its children
        }
    }

    /// If all that was read of a shard is done: goes on, or to its children at its end.
    pub(super) fn settle(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        if shard.in_hand > 0 {
            return;
        }
        if shard.phase != Phase::Draining {
            self.plan_poll(config, key, cx);
            return;
        }
        shard.phase = Phase::Finished;
        shard.due = None;
        shard.saved = Some(shard.next);
        self.open_ready(key.0, cx);
    }

    // ---- events of subscriptions ----------------------------------------------------------

    /// Whether the application is subscribed to the shard in this life.
    pub(super) fn subscribed(&self, key: Key) -> bool {
        let shard = self.shards.get(&key);
        self.pushed(key.0) && shard.is_some_and(Shard::reads)
    }

    /// An event came. It waits unanswered while memory has more than one batch, and the stream
    /// does not send many of them without an answer: so a slow program falls behind in the stream.
    pub(super) fn event(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let Incoming { call, wire, ask } = incoming;
        let Ask::ShardEvent {
            shard,
            reads,
            next,
            behind_ms,
            end,
            ..
        } = ask
        else {
            return;
        };
        let key = Key(wire, shard);
        let behind = behind_ms.saturating_mul(1_000);
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        cx.took(count(&reads));
        shard.events.push_back(Event {
            call,
            reads,
            next,
            behind,
            end,
        });
        self.take_events(config, key, cx);
        self.pump(config, cx);
    }

    /// Takes waiting events into memory and answers them while there is room.
    pub(super) fn take_events(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        while let Some(shard) = self.shards.get_mut(&key)
            && shard.in_hand <= u64::from(config.limit)
            && let Some(event) = shard.events.pop_front()
        {
            let Event {
                call,
                reads,
                next,
                behind,
                end,
            } = event;
            let reads = shard.unseen(reads, cx);
            shard.behind = behind;
            shard.begin(reads.first().map_or(next, |read| read.ordinal));
            self.took_up(key, reads, next, end, cx);
            cx.reply(call, Reply::Done);
            self.settle(config, key, cx);
        }
    }

    // ---- crash and change -----------------------------------------------------------------

    /// Memory is lost: what was read and not saved belongs to the log again.
    pub(super) fn forget_memory(&mut self, cx: &mut Cx<'_, '_>) {
        let mut lost = 0;
        for (key, shard) in &mut self.shards {
            lost += shard.unfinished();
            // answered first: the stream then knows what it has before it is set back
            for event in shard.events.drain(..) {
                let back = event.reads.iter().map(|read| read.parcel).collect();
                cx.reply(
                    event.call,
                    Reply::Refused {
                        reason: Reason::Down,
                        back,
                    },
                );
            }
            if shard.first.is_some()
                && let Some(from) = shard.saved.or(shard.origin)
            {
                cx.set_back(key.0, key.1, from);
            }
            *shard = shard.forgotten();
        }
        cx.dropped(Reason::Crashed, lost);
        self.forget_handing(cx);
        self.asked.clear();
        self.ready.clear();
        self.busy = 0;
        self.rest = 0;
        self.save_at = None;
    }

    /// An answer of an earlier life: the log has what it read, the rest is read again from the
    /// saved position.
    pub(super) fn answered_late(
        &mut self,
        call: CallId,
        wire: WireId,
        reply: &Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        if cx.was_alone(call) {
            for parcel in reply.parcels() {
                cx.ended(Some(wire), &parcel, Reason::Crashed);
            }
            return;
        }
        if !matches!(reply, Reply::Records { .. }) {
            let n = reply
                .parcels()
                .iter()
                .map(|parcel| u64::from(parcel.n))
                .sum();
            cx.dropped(Reason::Crashed, n);
            return;
        }
        for (key, shard) in of_wire(&self.shards, wire) {
            let now_at = shard.first.map(|_| shard.next);
            if let Some(from) = now_at.or(shard.saved).or(shard.origin) {
                cx.set_back(wire, key.1, from);
            }
        }
    }

    /// Forgets the shards of wires that were removed; the books know already.
    pub(super) fn forget_feeds(&mut self, cx: &mut Cx<'_, '_>) {
        let gone: Vec<WireId> = self
            .feeds
            .keys()
            .copied()
            .filter(|wire| !cx.floor.carries(*wire))
            .collect();
        for wire in gone {
            self.feeds.remove(&wire);
            let keys: Vec<Key> = of_wire(&self.shards, wire).map(|(key, _)| key).collect();
            for shard in keys.iter().filter_map(|key| self.shards.remove(key)) {
                cx.dropped(Reason::Removed, shard.unfinished());
                self.busy -= u32::from(shard.work.is_some());
                for event in &shard.events {
                    cx.reply(event.call, Reply::Done);
                }
            }
            self.ready.retain(|(key, _)| key.0 != wire);
        }
    }
}

/// Measures what was read: how long after its arrival at the stream it was handed over.
fn measure(reads: &[Read], n: u64, cx: &mut Cx<'_, '_>) {
    let now = cx.now();
    cx.count(READ, None, n);
    for read in reads {
        let delay = now.saturating_sub(read.arrived);
        cx.count(DELAY, None, delay);
        cx.count(DELAY_MAX, None, delay);
    }
    if reads.is_empty() {
        cx.count(ITERATOR_AGE, None, 0);
    }
}
