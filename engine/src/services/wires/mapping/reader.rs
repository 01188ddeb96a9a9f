//! Reading the stream: which shards, from where, when each is asked next.

use super::batch::Shard;
use super::config::Config;
use super::figures::{ITERATOR_S, LIST_S, POLL_MS, POLL_RECORDS, SUBSCRIPTION_S, THROTTLE_S};
use super::{Asked, Mapping, TAG_LIST, TAG_READ};
use crate::base::time::{MS, SECOND, Us};
use crate::services::contract::{Incoming, Link};
use crate::services::cx::Cx;
use crate::services::shared::reading::{self, Event, Key, Phase};
use crate::services::talk::{Ask, Read, Reason, Reply};

/// Before a subscription ends it is taken out anew [us].
const RENEW_US: Us = SECOND;

impl Mapping {
    /// Asks for the list of shards.
    pub(super) fn list(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.listing.is_none() && config.enabled {
            let call = cx.ask(self.wire, Ask::ListShards);
            self.listing = Some(call);
            self.asked.insert(call, Asked::List);
        }
    }

    pub(super) fn list_due(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.list_at == cx.now() {
            self.list(config, cx);
        }
    }

    pub(super) fn listed(&mut self, config: &Config, reply: Reply, cx: &mut Cx<'_, '_>) {
        let after = match reply {
            Reply::Shards(_) => cx.figure(&LIST_S),
            _ => cx.figure(&THROTTLE_S),
        };
        self.listing = None;
        self.list_at = cx.now() + after * SECOND;
        cx.wake(self.list_at, TAG_LIST, 0);
        if let Reply::Shards(infos) = reply {
            reading::take_up(&mut self.shards, self.wire, infos, Self::start_at(config));
            self.open_ready(config, cx);
        }
    }

    /// Opens all shards whose parents are read to their end.
    pub(super) fn open_ready(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        for key in reading::ready(&self.shards, self.wire) {
            self.open(config, key, cx);
        }
    }

    fn open(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let cursor = &mut shard.cursor;
        if cursor.phase == Phase::Waiting {
            cursor.phase = Phase::Opening;
        }
        let call = cx.ask(self.wire, cursor.opening(key.1, config.efo));
        cursor.call = Some(call);
        self.asked.insert(call, Asked::Shard(key));
    }

    /// A shard's timer rings.
    pub(super) fn read_due(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let cursor = &mut shard.cursor;
        if cursor.due != Some(now) || cursor.call.is_some() {
            return;
        }
        cursor.due = None;
        if !config.enabled {
            return;
        }
        let expired = now.saturating_sub(cursor.issued) >= cx.figure(&ITERATOR_S) * SECOND;
        match cursor.phase {
            Phase::Reading if !config.efo && !expired => {
                let limit = u32::try_from(cx.figure(&POLL_RECORDS)).unwrap_or(u32::MAX);
                let ask = cursor.poll(key.1, limit);
                cursor.polled = now;
                let call = cx.ask(self.wire, ask);
                cursor.call = Some(call);
                self.asked.insert(call, Asked::Shard(key));
            }
            Phase::Reading | Phase::Opening => self.open(config, key, cx),
            Phase::Waiting | Phase::Draining | Phase::Finished => {}
        }
    }

    fn due(&mut self, key: Key, at: Us, cx: &mut Cx<'_, '_>) {
        if let Some(shard) = self.shards.get_mut(&key) {
            shard.cursor.due = Some(at);
            cx.wake(at, TAG_READ, key.arg());
        }
    }

    /// Plans the next poll of a shard if there is room for more: a second after the last one, at
    /// once while it is behind.
    pub(super) fn plan_poll(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get(&key) else {
            return;
        };
        let cursor = &shard.cursor;
        let idle = cursor.call.is_none() && cursor.due.is_none();
        if !idle || !room(config, shard) {
            return;
        }
        let base = cursor.polled + cx.figure(&POLL_MS) * MS;
        let at = match cursor.phase {
            Phase::Reading if !config.efo && cursor.behind > 0 => cx.now(),
            Phase::Reading if !config.efo => base.max(cx.now()),
            // what was due while the mapping was disabled
            Phase::Opening | Phase::Reading => cx.now(),
            _ => return,
        };
        self.due(key, at, cx);
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
            return;
        };
        let cursor = &mut shard.cursor;
        cursor.call = None;
        let penalty = cx.figure(&THROTTLE_S) * SECOND;
        match reply {
            Reply::Iterator { ordinal } => self.opened(key, ordinal, cx),
            Reply::Records {
                reads,
                next,
                behind_ms,
                ..
            } => {
                cursor.issued = cx.now();
                cursor.behind = behind_ms.saturating_mul(1_000);
                let last = cursor.next;
                self.took_up(
                    config,
                    key,
                    reads,
                    (next.unwrap_or(last), next.is_none()),
                    cx,
                );
                self.pump(config, key, cx);
            }
            Reply::Done => {
                let lasts = cx.figure(&SUBSCRIPTION_S) * SECOND - RENEW_US;
                if cursor.phase == Phase::Opening {
                    cursor.phase = Phase::Reading;
                }
                self.due(key, cx.now() + lasts, cx);
            }
            Reply::Refused {
                reason: Reason::Removed,
                ..
            } => {}
            Reply::Refused { reason, .. } => {
                if reason == Reason::Invalid {
                    cursor.issued = 0; // the next call asks for a new iterator
                }
                self.due(key, cx.now() + penalty, cx);
            }
            _ => self.due(key, cx.now() + penalty, cx),
        }
    }

    /// An iterator came: the first poll comes at the shard's own phase, after an expired iterator
    /// at once.
    fn opened(&mut self, key: Key, ordinal: u64, cx: &mut Cx<'_, '_>) {
        let base = cx.figure(&POLL_MS) * MS;
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let cursor = &mut shard.cursor;
        let first_poll = cursor.phase == Phase::Opening;
        let now = cx.now();
        cursor.begin(ordinal);
        cursor.next = ordinal;
        cursor.issued = now;
        cursor.polled = now;
        cursor.phase = Phase::Reading;
        let wait = if first_poll {
            self.phases.below(base)
        } else {
            0
        };
        self.due(key, now + wait, cx);
    }

    /// Records came: those that the filter lets through are gathered.
    fn took_up(
        &mut self,
        config: &Config,
        key: Key,
        reads: Vec<Read>,
        (next, end): (u64, bool),
        cx: &mut Cx<'_, '_>,
    ) {
        let wire = self.wire;
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        shard.lay_out(config, cx);
        if let Some(last) = reads.last() {
            shard.cursor.next = last.ordinal + u64::from(last.parcel.n);
        }
        shard.cursor.next = shard.cursor.next.max(next);
        for read in reads {
            if self.filter.is_open() {
                shard.gather(read, cx);
                continue;
            }
            let (through, out) = self.filter.sift(&read, cx);
            through.into_iter().for_each(|read| shard.gather(read, cx));
            for read in out {
                cx.ended(Some(wire), &read.parcel, Reason::Filtered);
            }
        }
        if end {
            shard.cursor.phase = Phase::Draining;
            self.list(config, cx); // its children
        }
    }

    /// If all of a shard that was read to its end is done: on to its children.
    pub(super) fn settle(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        let done = reading::Shard::is_done(shard);
        if shard.cursor.phase == Phase::Draining && done {
            shard.cursor.phase = Phase::Finished;
            shard.cursor.due = None;
            self.open_ready(config, cx);
        }
    }

    // ---- events of subscriptions ----------------------------------------------------------

    /// Whether the mapping is subscribed to the shard.
    pub(super) fn subscribed(&self, config: &Config, shard: u32) -> bool {
        let shard = self.shards.get(&Key(self.wire, shard));
        config.efo && shard.is_some_and(|shard| shard.cursor.phase == Phase::Reading)
    }

    /// An event came. It waits unanswered while there is no room, and the stream does not send many
    /// of them without an answer.
    pub(super) fn event(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let Incoming { call, ask, .. } = incoming;
        let Ask::ShardEvent {
            shard: id,
            reads,
            next,
            behind_ms,
            end,
            ..
        } = ask
        else {
            return;
        };
        let key = Key(self.wire, id);
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        cx.took(reading::count(&reads));
        shard.cursor.events.push_back(Event {
            call,
            reads,
            next,
            behind: behind_ms.saturating_mul(1_000),
            end,
        });
        self.pump(config, key, cx);
    }

    /// Takes waiting events in and answers them while there is room.
    pub(super) fn take_events(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) -> bool {
        let Some(shard) = self.shards.get_mut(&key) else {
            return false;
        };
        if !room(config, shard) {
            return false;
        }
        let Some(event) = shard.cursor.events.pop_front() else {
            return false;
        };
        let cursor = &mut shard.cursor;
        let reads = cursor.unseen(event.reads, cx);
        cursor.behind = event.behind;
        cursor.polled = cx.now();
        cursor.begin(reads.first().map_or(event.next, |read| read.ordinal));
        self.took_up(config, key, reads, (event.next, event.end), cx);
        cx.reply(event.call, Reply::Done);
        true
    }
}

/// Whether a shard may be read further: less is gathered than goes into the next batches.
fn room(config: &Config, shard: &Shard) -> bool {
    let most = u64::from(config.batch_size) * u64::from(config.parallelization);
    config.enabled && !shard.anew && shard.gathered() < most
}
