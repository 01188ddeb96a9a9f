//! Reading a stream shard by shard: where each stands, which come first, what was read before.
//!
//! ```text
//!   Waiting (for parents) --> Opening --> Reading (polls or events) --> Draining --> Finished
//! ```

use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::cx::Cx;
use crate::services::talk::{Ask, Read, Reason, ShardInfo, StartAt, WireId};
use std::collections::{BTreeMap, VecDeque};

/// A shard of the stream at the other end of a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(pub WireId, pub u32);

impl Key {
    /// One number for a timer.
    #[must_use]
    pub fn arg(self) -> u64 {
        (u64::from(self.0.0) << 32) | u64::from(self.1)
    }

    /// The key of such a number.
    #[must_use]
    pub fn of(arg: u64) -> Self {
        Self(WireId((arg >> 32) as u32), arg as u32)
    }
}

/// How far a shard has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
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

/// An event of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Event {
    /// To be answered.
    pub call: CallId,
    /// The records.
    pub reads: Vec<Read>,
    /// Number of the record behind the last one.
    pub next: u64,
    /// How far it is behind the newest record [us].
    pub behind: Us,
    /// Whether the shard was read to its end.
    pub end: bool,
}

/// Where reading stands in one shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// Shards to be read to their end before.
    pub parents: Vec<u32>,
    /// Where reading starts without a saved position.
    pub start: StartAt,
    /// How far it has come.
    pub phase: Phase,
    /// Where this life's reading began.
    pub first: Option<u64>,
    /// Where the first life's reading began; outlives a crash.
    pub origin: Option<u64>,
    /// Number of the next record to read.
    pub next: u64,
    /// When the iterator was given out [us].
    pub issued: Us,
    /// The last poll, or the planned first one [us].
    pub polled: Us,
    /// How far the last answer was behind the newest record [us].
    pub behind: Us,
    /// When the next call is due [us]; a timer for any other time is an old one.
    pub due: Option<Us>,
    /// GetShardIterator, GetRecords or SubscribeToShard on the way.
    pub call: Option<CallId>,
    /// What a restart goes on from; outlives a crash.
    pub saved: Option<u64>,
    /// Events that wait, unanswered, until memory has room again.
    pub events: VecDeque<Event>,
}

/// What a reader keeps of a shard.
pub trait Shard {
    /// A shard that nothing was read of.
    fn fresh(cursor: Cursor) -> Self;
    /// Where reading stands.
    fn cursor(&self) -> &Cursor;
    /// The same, to change it.
    fn cursor_mut(&mut self) -> &mut Cursor;
    /// Whether nothing that was read is still worked on.
    fn is_done(&self) -> bool;
}

impl Cursor {
    /// A shard that nothing was read of.
    #[must_use]
    pub fn new(parents: Vec<u32>, start: StartAt) -> Self {
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
            saved: None,
            events: VecDeque::new(),
        }
    }

    /// The same after a crash: only the saved position is left.
    #[must_use]
    pub fn forgotten(&self) -> Self {
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
    pub fn begin(&mut self, ordinal: u64) {
        self.first.get_or_insert(ordinal);
        self.origin.get_or_insert(ordinal);
    }

    /// Where an iterator or a subscription starts now.
    #[must_use]
    pub fn position(&self) -> StartAt {
        match (self.first, self.saved) {
            (Some(_), _) => behind(self.events.back().map_or(self.next, |event| event.next)),
            (None, Some(saved)) => behind(saved),
            (None, None) => self.start,
        }
    }

    /// The call that opens the shard: an iterator, or a subscription.
    #[must_use]
    pub fn opening(&self, shard: u32, push: bool) -> Ask {
        let start = self.position();
        if push {
            Ask::Subscribe { shard, start }
        } else {
            Ask::GetShardIterator { shard, start }
        }
    }

    /// The call for the next records.
    #[must_use]
    pub fn poll(&self, shard: u32, limit: u32) -> Ask {
        Ask::GetRecords {
            shard,
            ordinal: self.next,
            issued: self.issued,
            limit,
        }
    }

    /// Leaves out what an earlier subscription brought already.
    pub fn unseen(&self, reads: Vec<Read>, cx: &mut Cx<'_, '_>) -> Vec<Read> {
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
}

/// The position just before the record with this number, in AWS's terms.
fn behind(next: u64) -> StartAt {
    match next.checked_sub(1) {
        Some(last) => StartAt::AfterSequence(last),
        None => StartAt::TrimHorizon,
    }
}

/// All shards of a wire.
pub fn of_wire<S>(shards: &BTreeMap<Key, S>, wire: WireId) -> impl Iterator<Item = (Key, &S)> {
    let range = Key(wire, 0)..=Key(wire, u32::MAX);
    shards.range(range).map(|(key, shard)| (*key, shard))
}

/// Shards found at first are read from the start position, later ones (children) from their
/// oldest record. LATEST means all of them at once: a child's records from now on must not wait
/// until a parent is read. A closed shard that is no longer listed has expired, and no child waits
/// for it.
pub fn take_up<S: Shard>(
    shards: &mut BTreeMap<Key, S>,
    wire: WireId,
    infos: Vec<ShardInfo>,
    asked_for: StartAt,
) {
    let start = if of_wire(shards, wire).next().is_none() {
        asked_for
    } else {
        StartAt::TrimHorizon
    };
    for (key, shard) in shards.range_mut(Key(wire, 0)..=Key(wire, u32::MAX)) {
        let listed = infos.iter().any(|info| info.id == key.1);
        if !listed && shard.is_done() && shard.cursor().call.is_none() {
            shard.cursor_mut().phase = Phase::Finished;
            shard.cursor_mut().due = None;
        }
    }
    for info in infos {
        let parents = if start == StartAt::Latest {
            Vec::new()
        } else {
            info.parents
        };
        shards
            .entry(Key(wire, info.id))
            .or_insert_with(|| S::fresh(Cursor::new(parents, start)));
    }
}

/// Shards that can be opened: their parents are read to their end.
pub fn ready<S: Shard>(shards: &BTreeMap<Key, S>, wire: WireId) -> Vec<Key> {
    let done = |parent: &u32| {
        let parent = shards.get(&Key(wire, *parent));
        parent.is_none_or(|shard| shard.cursor().phase == Phase::Finished)
    };
    let can = |shard: &S| {
        let cursor = shard.cursor();
        cursor.phase == Phase::Waiting && cursor.parents.iter().all(done)
    };
    let ready = of_wire(shards, wire).filter(|(_, shard)| can(shard));
    ready.map(|(key, _)| key).collect()
}

/// Cuts what was read into its first `n` records (at least one) and the rest.
#[must_use]
pub fn cut(read: &Read, n: u32) -> (Read, Option<Read>) {
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

/// Takes `n` records from the front.
pub fn take(waiting: &mut VecDeque<Read>, mut n: u64) -> Vec<Read> {
    let mut taken = Vec::new();
    while n > 0
        && let Some(read) = waiting.pop_front()
    {
        let (head, tail) = cut(&read, u32::try_from(n).unwrap_or(u32::MAX));
        n -= u64::from(head.parcel.n);
        taken.push(head);
        if let Some(tail) = tail {
            waiting.push_front(tail);
        }
    }
    taken
}

/// Records in a list of reads.
#[must_use]
pub fn count(reads: &[Read]) -> u64 {
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
