//! One shard as its reader keeps it.

use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::cx::Cx;
use crate::services::talk::{Read, Reason, StartAt, WireId};
use std::collections::VecDeque;

/// A shard of the stream at the other end of a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Key(pub(super) WireId, pub(super) u32);

impl Key {
    /// One number for a timer.
    pub(super) fn arg(self) -> u64 {
        (u64::from(self.0.0) << 32) | u64::from(self.1)
    }

    /// The key of such a number.
    pub(super) fn of(arg: u64) -> Self {
        Self(WireId((arg >> 32) as u32), arg as u32)
    }
}

/// How far a shard has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Phase {
    /// Until its parents are read to their end.
    Waiting,
    /// Asks for an iterator or a subscription.
    Opening,
    /// Polls, or is subscribed.
    Reading,
    /// It was read to its end; the last records are worked on.
    Draining,
    /// All of it is done; that is saved.
    Finished,
}

/// A slice in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Work {
    /// The records, in order.
    pub(super) reads: Vec<Read>,
    /// When it will be done [us].
    pub(super) until: Us,
    /// Whether a batch ends with it.
    pub(super) last: bool,
}

/// An event of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Event {
    /// To be answered.
    pub(super) call: CallId,
    pub(super) reads: Vec<Read>,
    /// Number of the record behind the last one.
    pub(super) next: u64,
    /// How far it is behind the newest record [us].
    pub(super) behind: Us,
    /// Whether the shard was read to its end.
    pub(super) end: bool,
}

/// One shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shard {
    /// Shards to be read to their end before.
    pub(super) parents: Vec<u32>,
    /// Where reading starts without a saved position.
    pub(super) start: StartAt,
    pub(super) phase: Phase,
    /// Where this life's reading began.
    pub(super) first: Option<u64>,
    /// Where the first life's reading began; outlives a crash.
    pub(super) origin: Option<u64>,
    /// Number of the next record to read.
    pub(super) next: u64,
    /// When the iterator was given out [us].
    pub(super) issued: Us,
    /// The last poll, or the planned first one [us].
    pub(super) polled: Us,
    /// How far the last answer was behind the newest record [us].
    pub(super) behind: Us,
    /// When the next call is due [us]; a timer for any other time is an old one.
    pub(super) due: Option<Us>,
    /// GetShardIterator, GetRecords or SubscribeToShard on the way.
    pub(super) call: Option<CallId>,
    /// Records in memory that no worker has yet.
    pub(super) waiting: VecDeque<Read>,
    pub(super) work: Option<Work>,
    /// Records read and not yet done: waiting, at work, being handed on.
    pub(super) in_hand: u64,
    /// All records before this one are done.
    pub(super) done_to: Option<u64>,
    /// What a restart goes on from; outlives a crash.
    pub(super) saved: Option<u64>,
    /// Events that wait, unanswered, until memory has room again.
    pub(super) events: VecDeque<Event>,
}

impl Shard {
    /// A shard that nothing was read of.
    pub(super) fn new(parents: Vec<u32>, start: StartAt) -> Self {
        Self {
            parents,
            start,
            phase: Phase::Waiting,
            first: None,
            origin: None,
            next: 0,
            issued: 0,
            polled: 0,
            behind: 0,
            due: None,
            call: None,
            waiting: VecDeque::new(),
            work: None,
            in_hand: 0,
            done_to: None,
            saved: None,
            events: VecDeque::new(),
        }
    }

    /// The same after a crash: only the saved position is left.
    pub(super) fn forgotten(&self) -> Self {
        let finished = self.phase == Phase::Finished;
        let phase = if finished {
            Phase::Finished
        } else {
            Phase::Waiting
        };
        let blank = Self::new(self.parents.clone(), self.start);
        Self {
            phase,
            saved: self.saved,
            origin: self.origin,
            ..blank
        }
    }

    /// Reading begins, if it has not, at the record with this number.
    pub(super) fn begin(&mut self, ordinal: u64) {
        self.first.get_or_insert(ordinal);
        self.origin.get_or_insert(ordinal);
    }

    /// Records in memory that are not on their way to a next place.
    pub(super) fn unfinished(&self) -> u64 {
        let waiting: u64 = self
            .waiting
            .iter()
            .map(|read| u64::from(read.parcel.n))
            .sum();
        let events: u64 = self.events.iter().map(|event| count(&event.reads)).sum();
        waiting + events + self.work.as_ref().map_or(0, |work| count(&work.reads))
    }

    /// Where an iterator or a subscription starts now.
    pub(super) fn position(&self) -> StartAt {
        match (self.first, self.saved) {
            (Some(_), _) => behind(self.events.back().map_or(self.next, |event| event.next)),
            (None, Some(saved)) => behind(saved),
            (None, None) => self.start,
        }
    }

    /// Takes `n` records from the front of memory.
    pub(super) fn take(&mut self, mut n: u64) -> Vec<Read> {
        let mut taken = Vec::new();
        while n > 0
            && let Some(read) = self.waiting.pop_front()
        {
            let (head, tail) = cut(&read, u32::try_from(n).unwrap_or(u32::MAX));
            n -= u64::from(head.parcel.n);
            taken.push(head);
            if let Some(tail) = tail {
                self.waiting.push_front(tail);
            }
        }
        taken
    }

    /// Leaves out what an earlier subscription brought already.
    pub(super) fn fresh(&self, reads: Vec<Read>, cx: &mut Cx<'_, '_>) -> Vec<Read> {
        let from = if self.first.is_some() { self.next } else { 0 };
        let mut fresh = Vec::new();
        for read in reads {
            let n = u64::from(read.parcel.n);
            let known = from.saturating_sub(read.ordinal).min(n);
            if known > 0 {
                cx.dropped(Reason::ReadAgain, known);
            }
            if known == 0 {
                fresh.push(read);
            } else if known < n {
                fresh.extend(cut(&read, known as u32).1);
            }
        }
        fresh
    }

    /// When the oldest record in memory arrived at the stream [us].
    pub(super) fn oldest(&self) -> Option<Us> {
        let at_work = self.work.as_ref().and_then(|work| work.reads.first());
        let event = self.events.front().and_then(|event| event.reads.first());
        at_work
            .or(self.waiting.front())
            .or(event)
            .map(|read| read.arrived)
    }
}

/// The position just before the record with this number, in AWS's terms.
fn behind(next: u64) -> StartAt {
    match next.checked_sub(1) {
        Some(last) => StartAt::AfterSequence(last),
        None => StartAt::TrimHorizon,
    }
}

/// Cuts what was read into its first `n` records (at least one) and the rest.
pub(super) fn cut(read: &Read, n: u32) -> (Read, Option<Read>) {
    let (Some(head), Some(parcel)) = read.parcel.split(n.max(1)) else {
        return (*read, None);
    };
    let ordinal = read.ordinal + u64::from(head.n);
    let tail = Read {
        parcel,
        ordinal,
        ..*read
    };
    (
        Read {
            parcel: head,
            ..*read
        },
        Some(tail),
    )
}

/// Records in a list of reads.
pub(super) fn count(reads: &[Read]) -> u64 {
    reads.iter().map(|read| u64::from(read.parcel.n)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::talk::{Op, Parcel};

    #[test]
    fn a_cut_keeps_numbers_and_times() {
        let parcel = Parcel {
            lane: 0,
            n: 10,
            first: 100,
            born: 1_000,
            span: 1_000,
            bytes_each: 1,
            op: Op::Count,
            flags: 0,
        };
        let read = Read {
            parcel,
            ordinal: 7,
            arrived: 5_000,
        };
        let (head, tail) = cut(&read, 4);
        let tail = tail.expect("six records");
        assert_eq!(
            (head.parcel.n, head.ordinal, head.arrived),
            (4, 7, 5_000),
            "the head"
        );
        assert_eq!(
            (tail.parcel.n, tail.ordinal, tail.arrived),
            (6, 11, 5_000),
            "the tail"
        );
        assert_eq!(cut(&read, 10).1, None, "nothing is left");
    }

    #[test]
    fn keys_read_back() {
        let key = Key(WireId(3), u32::MAX);
        assert_eq!(Key::of(key.arg()), key, "one number and back");
    }
}
