//! The items of a table: what a write finds, whether its condition holds, what it leaves.
//!
//! Where each record has an item of its own, the items are kept as sets of record numbers, a
//! watermark and exceptions a lane; items that records share are kept one by one.

use super::settings::ItemOf;
use super::stream::Event;
use crate::base::footprint::See;
use crate::base::intervals::LaneSets;
use crate::base::time::Us;
use crate::services::talk::{Condition, Parcel, Read, Write, WriteOp};
use std::collections::BTreeMap;
use std::ops::Range;

/// Runs of record numbers that one set may have; above it the gaps of the fullest lane are closed,
/// as if its missing records had come.
pub(super) const RUNS_MAX: usize = 200_000;

/// An item that records share.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Item {
    /// Names and values [B].
    pub(super) bytes: u64,
    /// Its number, which additions change.
    pub(super) number: i64,
    /// How often it was changed.
    pub(super) version: u64,
    /// Arrival and number of the last record of a log that changed it.
    last: Option<(Us, u64)>,
    /// Lane and number of the record that it was last put from.
    content: Option<(u32, u64)>,
}

/// What became of records whose write was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Became {
    /// Written; the item says something new.
    Made,
    /// Written, but the item had said so already.
    Same,
    /// The condition did not hold.
    Failed,
}

/// All items.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Items {
    /// Records that were put: of a table with an item a record, what exists.
    written: LaneSets,
    /// Remembered event ids.
    ids: LaneSets,
    /// Shared items by the hash of their key.
    pub(super) shared: BTreeMap<u128, Item>,
    /// Items that exist.
    pub(super) count: u64,
    /// Their bytes [B].
    pub(super) bytes: u64,
    /// Whether a set was cut to its bound.
    pub(super) approximates: bool,
    /// Stream records so far, by event.
    pub(super) events: [u64; 3],
}

/// One write of consecutive records of one lane to the same item, or to an item each.
#[derive(Clone, Copy)]
#[allow(missing_debug_implementations, reason = "it holds a function")]
pub(super) struct Job<'a> {
    /// The records with their place in the log.
    pub(super) read: &'a Read,
    /// The hash of the item that they share.
    pub(super) key: u128,
    /// Bytes of the item afterwards [B].
    pub(super) bytes: u64,
    /// How.
    pub(super) write: &'a Write,
    /// The number that an item starts with.
    pub(super) initial: i64,
    /// What a record adds, by its number.
    pub(super) amount: &'a dyn Fn(u64) -> i64,
}

impl Job<'_> {
    /// Arrival and number in the log of record `at`.
    fn place(&self, at: u64) -> (Us, u64) {
        let behind = at - self.read.parcel.first;
        (self.read.arrived, self.read.ordinal + behind)
    }

    /// The records `range` of the parcel.
    pub(super) fn part(parcel: &Parcel, range: &Range<u64>) -> Parcel {
        let skip = (range.start - parcel.first) as u32;
        parcel.part(skip, (range.end - range.start) as u32)
    }
}

impl Items {
    /// Names what copies of its sets share.
    pub(super) fn pieces(&self, see: &mut See<'_>) {
        self.written.shared(see);
        self.ids.shared(see);
    }

    /// Bytes of a shared item; 0 where it does not exist [B].
    pub(super) fn bytes_of(&self, key: u128) -> u64 {
        self.shared.get(&key).map_or(0, |item| item.bytes)
    }

    /// Writes; calls `see` with the parts in order and what became of each.
    pub(super) fn write(
        &mut self,
        of: ItemOf,
        job: &Job<'_>,
        see: &mut dyn FnMut(Range<u64>, Became),
    ) {
        if of == ItemOf::Record {
            self.write_each(job, see);
        } else {
            self.write_shared(job, see);
        }
        self.keep_to_bound(job.read.parcel.lane);
    }

    /// Whether each record's condition holds, without writing.
    pub(super) fn would(&self, of: ItemOf, job: &Job<'_>) -> bool {
        let mut trial = Self {
            written: LaneSets::default(),
            ids: LaneSets::default(),
            count: self.count, // what a write takes away must be there
            bytes: self.bytes,
            ..Self::default()
        };
        let lane = job.read.parcel.lane;
        let (from, to) = job.read.parcel.range();
        for (set, copy) in [
            (&self.written, &mut trial.written),
            (&self.ids, &mut trial.ids),
        ] {
            set.parts_in(lane, from..to, |part, is_in| {
                if is_in {
                    copy.insert(lane, part);
                }
            });
        }
        if let Some(item) = self.shared.get(&job.key) {
            trial.shared.insert(job.key, item.clone());
        }
        let mut holds = true;
        trial.write(of, job, &mut |_, became| holds &= became != Became::Failed);
        holds
    }

    /// An item a record.
    fn write_each(&mut self, job: &Job<'_>, see: &mut dyn FnMut(Range<u64>, Became)) {
        let lane = job.read.parcel.lane;
        let (from, to) = job.read.parcel.range();
        let remembers = job.write.condition == Condition::EventId;
        let known = if remembers { &self.ids } else { &self.written };
        let mut parts = Vec::new();
        known.parts_in(lane, from..to, |part, there| parts.push((part, there)));
        for (part, there) in parts {
            for (part, amiss) in by_sign(job, part) {
                let became = each_becomes(job, there, amiss);
                if became != Became::Failed {
                    self.settle_each(job, lane, part.clone(), remembers);
                }
                see(part, became);
            }
        }
    }

    /// Takes up records that were written, an item each.
    fn settle_each(&mut self, job: &Job<'_>, lane: u32, part: Range<u64>, remembers: bool) {
        let n = part.end - part.start;
        if remembers {
            self.ids.insert(lane, part.clone());
        }
        if job.write.op == WriteOp::Delete {
            let gone = self.written.remove(lane, part);
            self.count -= gone;
            self.bytes = self.bytes.saturating_sub(gone * job.bytes);
            self.events[Event::Remove as usize] += gone;
            return;
        }
        let fresh = self.written.insert(lane, part);
        self.count += fresh;
        self.bytes += fresh * job.bytes;
        self.events[Event::Insert as usize] += fresh;
        if job.write.op == WriteOp::Add {
            self.events[Event::Modify as usize] += n - fresh;
        }
    }

    /// One item for all.
    fn write_shared(&mut self, job: &Job<'_>, see: &mut dyn FnMut(Range<u64>, Became)) {
        let (from, to) = job.read.parcel.range();
        let mut run: Option<(Range<u64>, Became)> = None;
        for at in from..to {
            let became = self.write_one(job, at);
            run = match run {
                Some((part, same)) if same == became => Some((part.start..at + 1, same)),
                other => {
                    if let Some((part, became)) = other {
                        see(part, became);
                    }
                    Some((at..at + 1, became))
                }
            };
        }
        if let Some((part, became)) = run {
            see(part, became);
        }
    }

    /// One record to a shared item.
    fn write_one(&mut self, job: &Job<'_>, at: u64) -> Became {
        let lane = job.read.parcel.lane;
        let old = self.shared.get(&job.key);
        let start = || Item {
            number: job.initial,
            ..Item::default()
        };
        let mut item = old.cloned().unwrap_or_else(start);
        let adds = job.write.op == WriteOp::Add;
        let amount = (job.amount)(at);
        // a put says what the record says, whatever was there
        let number = if adds {
            item.number.saturating_add(amount)
        } else {
            amount
        };
        let holds = match job.write.condition {
            Condition::None => true,
            Condition::New => old.is_none(),
            Condition::Sequence => item.last.is_none_or(|last| job.place(at) > last),
            Condition::EventId => !self.ids.contains(lane, at),
            Condition::Version(version) => item.version == version,
        };
        // a sum that was below zero already may rise again
        let below = adds && job.write.not_below_zero && amount < 0 && number < 0;
        if !holds || below {
            return Became::Failed;
        }
        let event = self.event(job, at, old.is_some(), number);
        if let Some(event) = event {
            self.events[event as usize] += 1;
        }
        if job.write.condition == Condition::EventId {
            self.ids.insert(lane, at..at + 1);
        }
        if job.write.op == WriteOp::Delete {
            return self.delete(job.key);
        }
        item.number = number;
        item.last = Some(job.place(at)).max(item.last);
        item.version += 1;
        let (bytes, before) = (job.bytes.max(1), item.bytes);
        item.bytes = bytes;
        if !adds {
            item.content = Some((lane, at));
        }
        self.count += u64::from(before == 0);
        self.bytes = self.bytes + bytes - before;
        self.shared.insert(job.key, item);
        // a record that was put before says nothing new
        let fresh = adds || self.written.insert(lane, at..at + 1) > 0;
        if fresh { Became::Made } else { Became::Same }
    }

    fn delete(&mut self, key: u128) -> Became {
        if let Some(item) = self.shared.remove(&key) {
            self.count -= 1;
            self.bytes -= item.bytes;
        }
        Became::Same
    }

    /// What the stream tells of a write; nothing where nothing changes.
    fn event(&self, job: &Job<'_>, at: u64, existed: bool, number: i64) -> Option<Event> {
        let item = self.shared.get(&job.key);
        let lane = job.read.parcel.lane;
        let changes = match job.write.op {
            WriteOp::Delete => true,
            WriteOp::Add => item.is_none_or(|item| item.number != number),
            WriteOp::Put => item.is_none_or(|item| item.content != Some((lane, at))),
        };
        let exists = job.write.op != WriteOp::Delete;
        super::stream::event(existed, exists, changes)
    }

    /// Closes the gaps of a lane when there are too many.
    fn keep_to_bound(&mut self, lane: u32) {
        for set in [&mut self.written, &mut self.ids] {
            if set.runs() > RUNS_MAX {
                let end = set.end(lane);
                set.insert(lane, 0..end);
                self.approximates = true;
            }
        }
    }
}

/// What becomes of records with an item each.
fn each_becomes(job: &Job<'_>, there: bool, below: bool) -> Became {
    let conditional = match job.write.condition {
        Condition::None => false,
        Condition::Version(version) => return version_becomes(job, there, version),
        _ => true,
    };
    match job.write.op {
        _ if below || (conditional && there) => Became::Failed,
        WriteOp::Put if there => Became::Same,
        WriteOp::Delete => Became::Same,
        _ => Became::Made,
    }
}

/// An item that only one record writes has version 0 before and 1 after.
fn version_becomes(job: &Job<'_>, there: bool, version: u64) -> Became {
    if version != u64::from(there) {
        return Became::Failed;
    }
    match job.write.op {
        WriteOp::Put if there => Became::Same,
        WriteOp::Delete => Became::Same,
        _ => Became::Made,
    }
}

/// Cuts a run where additions would take a new item below zero.
fn by_sign(job: &Job<'_>, part: Range<u64>) -> Vec<(Range<u64>, bool)> {
    if !job.write.not_below_zero || job.write.op != WriteOp::Add {
        return vec![(part, false)];
    }
    let below = |at: u64| job.initial + (job.amount)(at) < 0;
    part.map(|at| (at..at + 1, below(at))).collect()
}
