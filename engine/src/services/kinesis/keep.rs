//! What the stream keeps and for whom: subscribers, retention, custody.

use super::log::clip;
use super::shard::Cursor;
use super::{Config, Kinesis, TAG_SWEEP};
use crate::base::time::{SECOND, Us};
use crate::services::contract::{Custody, Held};
use crate::services::cx::Cx;
use crate::services::talk::{Parcel, Read, Reason, WireId};

impl Kinesis {
    /// Place of the subscriber on this wire.
    pub(super) fn reader(&self, wire: WireId) -> Option<usize> {
        self.subscribers.iter().position(|known| *known == wire)
    }

    /// Takes up the wires that lead out: those that are new are owed all that is kept.
    pub(super) fn take_up_wires(&mut self, cx: &mut Cx<'_, '_>) {
        let wires = cx.wires_out();
        self.advance_meter(cx);
        for ix in (0..self.subscribers.len()).rev() {
            if wires.contains(&self.subscribers[ix]) {
                continue;
            }
            let held: u64 = self.shards.iter().map(|shard| shard.held_for(ix)).sum();
            cx.dropped(Reason::Removed, held);
            self.subscribers.remove(ix);
            for shard in &mut self.shards {
                shard.cursors.remove(ix);
            }
        }
        for wire in wires.iter() {
            if self.reader(*wire).is_none() {
                self.add_subscriber(*wire, cx);
            }
        }
    }

    fn add_subscriber(&mut self, wire: WireId, cx: &mut Cx<'_, '_>) {
        self.subscribers.push(wire);
        for slot in 0..self.shards.len() {
            self.expire(slot, cx);
            let shard = &mut self.shards[slot];
            let (first, next) = (shard.log.first(), shard.log.next());
            shard.cursors.push(Cursor {
                position: first,
                push: None,
            });
            cx.created(Reason::FanOut, next - first);
            for read in shard
                .log
                .reads(first, next)
                .filter(|read| !read.parcel.is_copy())
            {
                cx.owe_kept(wire, &read.parcel);
            }
        }
    }

    /// The reader begins behind records that it never had: they end.
    pub(super) fn skip_to(&mut self, slot: usize, reader: usize, to: u64, cx: &mut Cx<'_, '_>) {
        let shard = &mut self.shards[slot];
        let position = shard.cursors[reader].position.max(shard.log.first());
        if to <= position {
            return;
        }
        let wire = self.subscribers[reader];
        for read in shard.log.reads(position, to) {
            cx.ended(Some(wire), &read.parcel, Reason::BeforeStart);
        }
        shard.cursors[reader].position = to;
    }

    /// A reader lost what it had read from `ordinal` on: the log has custody of it again.
    pub(super) fn go_back(&mut self, wire: WireId, shard: u32, ordinal: u64, cx: &mut Cx<'_, '_>) {
        let (Some(slot), Some(reader)) = (self.slot_by_id(shard), self.reader(wire)) else {
            return;
        };
        let log = &self.shards[slot].log;
        let to = log.snap(ordinal.max(log.first()));
        let position = self.shards[slot].cursors[reader].position;
        if to >= position {
            return;
        }
        if self.shards[slot].cursors[reader].push.is_some() {
            self.push_goes_back(slot, reader, to, cx);
            return;
        }
        cx.created(Reason::ReadAgain, position - to);
        self.shards[slot].cursors[reader].position = to;
        self.note_again(slot, reader, (to, position), cx);
    }

    /// What the reader had of a range is the log's again.
    pub(super) fn note_again(
        &self,
        slot: usize,
        reader: usize,
        (from, to): (u64, u64),
        cx: &mut Cx<'_, '_>,
    ) {
        for read in self.shards[slot].log.reads(from, to) {
            cx.held_again(self.subscribers[reader], &read.parcel);
        }
    }

    /// Ends what is older than the retention in one shard.
    pub(super) fn expire(&mut self, slot: usize, cx: &mut Cx<'_, '_>) {
        self.grow_old(slot, &cx.view());
        let Some(until) = cx.now().checked_sub(self.retention) else {
            return;
        };
        if self.shards[slot]
            .log
            .oldest()
            .is_none_or(|oldest| oldest > until)
        {
            return;
        }
        let gone = self.shards[slot].log.trim(until);
        self.long.forget(self.shards[slot].id, &gone, cx.lanes());
        let first = self.shards[slot].log.first();
        for ix in 0..self.subscribers.len() {
            let wire = self.subscribers[ix];
            let cursor = &mut self.shards[slot].cursors[ix];
            let back = cursor.push.as_ref().map_or(&[][..], |push| push.returned());
            for read in gone.iter().flat_map(super::log::Entry::pieces) {
                let lost = clip(&read, cursor.position, u64::MAX);
                let lost = lost
                    .into_iter()
                    .chain(back.iter().filter_map(|r| clip(&read, r.0, r.1)));
                for lost in lost {
                    cx.ended(Some(wire), &lost.parcel, Reason::Retention);
                }
            }
            cursor.position = cursor.position.max(first);
            if let Some(push) = &mut cursor.push {
                push.forget_below(first);
            }
        }
    }

    /// Sets the timer of the next sweep, if something is kept and none is set.
    pub(super) fn plan_sweep(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.sweep_at.is_some() {
            return;
        }
        let oldest = self.shards.iter().filter_map(|shard| {
            let emptied = shard.closed.filter(|_| shard.log.oldest().is_none());
            shard.log.oldest().or(emptied)
        });
        if let Some(oldest) = oldest.min() {
            // whole seconds, so that a busy stream is swept once a second and an idle one never
            let due = (oldest + config.retention).div_ceil(SECOND) * SECOND;
            let at = due.max((cx.now() / SECOND + 1) * SECOND);
            self.sweep_at = Some(at);
            cx.wake(at, TAG_SWEEP, at);
        }
    }

    /// Trims all shards, and forgets closed ones with nothing left (EXPIRED).
    pub(super) fn sweep(&mut self, config: &Config, set_for: Us, cx: &mut Cx<'_, '_>) {
        if self.sweep_at != Some(set_for) {
            return; // the retention changed since
        }
        self.sweep_at = None;
        (0..self.shards.len()).for_each(|slot| self.expire(slot, cx));
        let until = cx.now().checked_sub(self.retention);
        let before = self.shards.len();
        self.shards.retain(|shard| {
            let old = shard
                .closed
                .is_some_and(|at| until.is_some_and(|until| at <= until));
            !(old && shard.log.oldest().is_none())
        });
        if self.shards.len() != before {
            self.map_ring();
        }
        self.plan_sweep(config, cx);
    }

    /// A new retention: what is out of reach stays so when it grows, and more is when it shrinks.
    pub(super) fn change_retention(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.advance_meter(cx);
        (0..self.shards.len()).for_each(|slot| self.expire(slot, cx));
        self.retention = config.retention;
        (0..self.shards.len()).for_each(|slot| self.expire(slot, cx));
        self.sweep_at = None;
        self.plan_sweep(config, cx);
    }

    /// All records held, each for the subscriber that has still to get it. Copies that nobody
    /// waits for are kept beside every sum: they left when they were handed out.
    pub(super) fn list_custody(&self, out: &mut Custody) {
        for shard in &self.shards {
            for (ix, cursor) in shard.cursors.iter().enumerate() {
                let wire = Some(self.subscribers[ix]);
                let mut hold = |read: Read| out.hold(wire, read.parcel);
                shard
                    .log
                    .reads(cursor.position, shard.log.next())
                    .for_each(&mut hold);
                for (from, to) in cursor.push.iter().flat_map(|push| push.returned()) {
                    shard.log.reads(*from, *to).for_each(&mut hold);
                }
            }
        }
    }

    /// The newest records of each open shard, as many of each as there is room for; at least one of
    /// the first `most` shards.
    pub(super) fn newest(&self, most: usize, out: &mut Vec<Held>) {
        let each = (most / self.open.len().max(1)).max(1) as u64;
        for slot in self.open.iter().take(most) {
            let shard = &self.shards[*slot as usize];
            let next = shard.log.next();
            let from = next.saturating_sub(each).max(shard.log.first());
            let lane = Some(shard.id);
            let reads = shard.log.reads(from, next);
            out.extend(reads.map(|read| Held {
                lane,
                parcel: read.parcel,
            }));
        }
    }

    /// Records came back to a place that is gone.
    pub(super) fn end_back(wire: WireId, back: &[Parcel], reason: Reason, cx: &mut Cx<'_, '_>) {
        for parcel in back {
            cx.ended(Some(wire), parcel, reason);
        }
    }
}
