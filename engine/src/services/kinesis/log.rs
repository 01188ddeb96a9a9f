//! What one shard keeps: parcels with dense record numbers, in the order of arrival.

use super::packed::Packed;
use super::parts::{Parts, Place};
use crate::base::chunks::{Item, Log};
use crate::base::footprint::See;
use crate::base::time::Us;
use crate::services::talk::{Parcel, Read};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

/// A stretch of consecutive record numbers of a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    /// Number of the first record in the lane.
    pub(super) first: u64,
    /// How many follow without a gap.
    pub(super) n: u32,
    /// Payload of each [B].
    pub(super) bytes_each: u32,
}

/// Bytes that the budget counts for an entry that is not sealed, for the list of runs of a wide one, and for a run: as
/// laid out on 64 bits, with the headers of two allocations.
const ENTRY_BYTES: u64 = 64;
const WIDE_BYTES: u64 = 56;
const RUN_BYTES: u64 = 16;

/// Records of one lane that lie one behind the other in the shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Entry {
    /// The records; of a wide entry the fields that all its runs share, with `n` their sum.
    pub(super) parcel: Parcel,
    /// Number of the first record in the shard.
    pub(super) ordinal: u64,
    /// When the records arrived; of a wide tick, when its last one did.
    pub(super) arrived: Us,
    /// Set when the entry was made coarser in time: the record numbers, none lost.
    pub(super) runs: Option<Arc<Vec<Run>>>,
}

impl Item for Entry {
    type Sealed = Packed;
}

impl Entry {
    /// Number behind the last record.
    #[must_use]
    pub(super) fn end(&self) -> u64 {
        self.ordinal + u64::from(self.parcel.n)
    }

    /// Its records as parcels without gaps, each with its number in the shard.
    pub(super) fn pieces(&self) -> impl Iterator<Item = Read> + use<> {
        self.clone().into_pieces()
    }

    /// The same of an entry that nobody needs any more.
    fn into_pieces(self) -> impl Iterator<Item = Read> {
        let whole = [Run {
            first: self.parcel.first,
            n: self.parcel.n,
            bytes_each: self.parcel.bytes_each,
        }];
        let count = self.runs.as_ref().map_or(1, |runs| runs.len());
        let mut before = 0_u32;
        (0..count).map(move |ix| {
            let run = self.runs.as_ref().map_or(whole[0], |runs| runs[ix]);
            let parcel = Parcel {
                first: run.first,
                bytes_each: run.bytes_each,
                ..self.parcel.part(before, run.n)
            };
            let ordinal = self.ordinal + u64::from(before);
            before += run.n;
            Read {
                parcel,
                ordinal,
                arrived: self.arrived,
            }
        })
    }
}

/// The log of one shard.
#[derive(Clone, Debug, Default)]
pub(super) struct ShardLog {
    entries: Parts,
    /// Number of the first record of the first entry: asked for far more often than it changes.
    first: u64,
    /// Index of the entry at which the last reader stopped: where the next one begins, mostly.
    near: u64,
    next: u64,
    /// Bytes that wide entries take beside the entries themselves.
    extra: u64,
}

/// Bytes that a wide entry takes beside the entry itself.
pub(super) fn extra_of(entry: &Entry) -> u64 {
    let runs = entry.runs.as_ref();
    runs.map_or(0, |runs| WIDE_BYTES + runs.len() as u64 * RUN_BYTES)
}

impl Hash for ShardLog {
    /// The first number is that of the first entry, and where a reader stopped is no matter of what is kept.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let Self {
            entries,
            first: _,
            near: _,
            next,
            extra,
        } = self;
        (entries, next, extra).hash(state);
    }
}

impl ShardLog {
    /// Number that the next record will have.
    #[must_use]
    pub(super) fn next(&self) -> u64 {
        self.next
    }

    /// Number of the oldest record kept; equal to `next` when there is none.
    #[must_use]
    pub(super) fn first(&self) -> u64 {
        self.first
    }

    /// Sees again which the first number is.
    fn find_first(&mut self) {
        let first = self.entries.first();
        self.first = first.map_or(self.next, |entry| entry.ordinal);
    }

    /// When the oldest record kept arrived.
    #[must_use]
    pub(super) fn oldest(&self) -> Option<Us> {
        self.entries.first().map(|entry| entry.arrived)
    }

    /// Stores records; gives the number of the first.
    pub(super) fn push(&mut self, parcel: Parcel, arrived: Us) -> u64 {
        let ordinal = self.next;
        self.next += u64::from(parcel.n);
        self.entries.push(Entry {
            parcel,
            ordinal,
            arrived,
            runs: None,
        });
        ordinal
    }

    /// When the record with this number arrived; `None` if it is not kept.
    #[must_use]
    pub(super) fn arrived(&self, ordinal: u64) -> Option<Us> {
        if ordinal < self.first() {
            return None;
        }
        self.entries
            .get(self.place(ordinal))
            .map(|entry| entry.arrived)
    }

    /// Where the entry stands that holds the record, or the first behind it.
    fn place(&self, ordinal: u64) -> Place {
        if ordinal >= self.next {
            return self.entries.end();
        }
        if self.entries.newest_at(self.near, |entry| {
            (entry.ordinal..entry.end()).contains(&ordinal)
        }) {
            return self.entries.in_newest(self.near);
        }
        self.entries.partition_point(|entry| entry.end() <= ordinal)
    }

    /// Notes that a reader goes on with this record.
    pub(super) fn stopped_at(&mut self, ordinal: u64) {
        self.near = self.place(ordinal).1;
    }

    /// Number of the first record that arrived at `at` or later.
    #[must_use]
    pub(super) fn at_time(&self, at: Us) -> u64 {
        let ix = self.entries.partition_point(|entry| entry.arrived < at);
        self.entries
            .get(ix)
            .map_or(self.next, |entry| entry.ordinal)
    }

    /// Bytes that the log takes of the budget.
    #[must_use]
    pub(super) fn bytes(&self) -> u64 {
        self.entries.bytes(ENTRY_BYTES) + self.extra
    }

    /// Names the sealed chunks.
    pub(super) fn shared(&self, see: &mut See<'_>) {
        self.entries.shared(see);
    }

    /// Where a reader may begin who asks for `ordinal`: inside a wide tick only at its start, for
    /// its records may have changed places among themselves.
    #[must_use]
    pub(super) fn snap(&self, ordinal: u64) -> u64 {
        let mut at = self.place(ordinal);
        let Some(entry) = self.entries.get(at).filter(|entry| entry.runs.is_some()) else {
            return ordinal;
        };
        let (mut start, arrived) = (entry.ordinal, entry.arrived);
        while let Some(place) = self.entries.before(at) {
            let before = self.entries.get(place);
            let Some(before) = before.filter(|one| one.runs.is_some() && one.arrived == arrived)
            else {
                break;
            };
            (start, at) = (before.ordinal, place);
        }
        start
    }

    /// Makes ticks of `width` of what arrived within `slice`, whose ends are multiples of it, if that takes less. No
    /// tick reaches over one of `borders`, which are sorted.
    pub(super) fn widen(&mut self, slice: Range<Us>, width: Us, borders: &[u64]) {
        let [from, upto] = [slice.start, slice.end]
            .map(|at| self.entries.partition_point(|entry| entry.arrived < at));
        let mut wide = super::coarsen::Widener::new(width, borders);
        let mut extra = 0;
        for entry in self.entries.between(from, upto) {
            extra += extra_of(&entry);
            wide.add(entry);
        }
        let made = wide.finish();
        let made_extra: u64 = made.iter().map(extra_of).sum();
        let mut laid = Log::new();
        made.into_iter().for_each(|entry| _ = laid.push(entry));
        let made_bytes = laid.bytes(ENTRY_BYTES) + made_extra;
        let mut next = self.entries.clone();
        next.relay(from, upto, laid);
        let before = self.entries.bytes(ENTRY_BYTES) + extra;
        let saved = before.saturating_sub(next.bytes(ENTRY_BYTES) + made_extra);
        if saved * 4 >= saved + made_bytes {
            self.entries = next;
            self.extra = self.extra + made_extra - extra;
            self.find_first();
        }
    }

    /// The records from number `from` up to `to`, exactly.
    pub(super) fn reads(&self, from: u64, to: u64) -> impl Iterator<Item = Read> + '_ {
        let entries = self.entries.iter_from(self.place(from));
        let entries = entries.take_while(move |entry| entry.ordinal < to);
        entries
            .flat_map(Entry::into_pieces)
            .filter_map(move |read| clip(&read, from, to))
    }

    /// Forgets the entries that arrived at `until` or before, and gives them.
    pub(super) fn trim(&mut self, until: Us) -> Vec<Entry> {
        let upto = self.entries.partition_point(|entry| entry.arrived <= until);
        let gone: Vec<Entry> = self.entries.between(self.entries.start(), upto).collect();
        self.entries.drop_front_to(upto);
        self.extra -= gone.iter().map(extra_of).sum::<u64>();
        self.find_first();
        gone
    }
}

/// The part of `read` with numbers from `from` up to `to`.
pub(super) fn clip(read: &Read, from: u64, to: u64) -> Option<Read> {
    let end = read.ordinal + u64::from(read.parcel.n);
    let (low, high) = (read.ordinal.max(from), end.min(to));
    if low >= high {
        return None;
    }
    if (low, high) == (read.ordinal, end) {
        return Some(*read);
    }
    let skip = (low - read.ordinal) as u32;
    let parcel = read.parcel.part(skip, (high - low) as u32);
    Some(Read {
        parcel,
        ordinal: low,
        arrived: read.arrived,
    })
}

/// The sequence number of a record: 56 digits, increasing within a shard, unique in the stream.
/// At AWS it is opaque; the one promise is that it grows.
#[must_use]
pub fn sequence_number(shard: u32, ordinal: u64, arrived: Us) -> String {
    format!("49{arrived:016}{ordinal:028}{shard:010}")
}

/// Shard and record number of a sequence number; `None` for what is none of this stream.
#[must_use]
pub(super) fn parse_sequence_number(text: &str) -> Option<(u32, u64)> {
    if text.len() != 56 || !text.is_ascii() {
        return None;
    }
    let rest = text.strip_prefix("49")?;
    let ordinal = rest.get(16..44)?.parse().ok()?;
    Some((rest.get(44..)?.parse().ok()?, ordinal))
}

/// `shardId-000000000008`.
#[must_use]
pub fn shard_id(shard: u32) -> String {
    format!("shardId-{shard:012}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::talk::Op;

    fn parcel(first: u64, n: u32) -> Parcel {
        Parcel {
            lane: 0,
            n,
            first,
            born: 0,
            span: 0,
            bytes_each: 100,
            op: Op::Count,
            flags: 0,
        }
    }

    #[test]
    fn numbers_are_dense_and_any_range_can_be_read() {
        let mut log = ShardLog::default();
        for i in 0..50_u64 {
            log.push(parcel(i * 7, 7), i * 1_000);
        }
        assert_eq!((log.first(), log.next()), (0, 350));
        for from in (0..350).step_by(13) {
            let reads: Vec<Read> = log.reads(from, 300.max(from + 1)).collect();
            let mut next = from;
            for read in &reads {
                assert_eq!(
                    (read.ordinal, read.parcel.first),
                    (next, next),
                    "no gap, no repeat"
                );
                next += u64::from(read.parcel.n);
            }
            assert_eq!(next, 300.max(from + 1), "up to the end asked for");
        }
    }

    #[test]
    fn trims_by_arrival_and_keeps_numbers() {
        let mut log = ShardLog::default();
        for i in 0..10_u64 {
            log.push(parcel(i * 5, 5), i * 10);
        }
        assert_eq!(log.trim(30).len(), 4, "arrived at 0, 10, 20, 30");
        assert_eq!((log.first(), log.next(), log.oldest()), (20, 50, Some(40)));
        assert_eq!(log.at_time(41), 25, "the next later record");
        assert_eq!(
            (log.arrived(19), log.arrived(20), log.arrived(50)),
            (None, Some(40), None)
        );
        log.trim(1_000);
        assert_eq!(
            (log.first(), log.next()),
            (50, 50),
            "empty, and the numbers go on"
        );
    }

    #[test]
    fn sequence_numbers_have_56_digits_and_grow() {
        let numbers: Vec<String> = [(0, 0), (1, 0), (2, 5), (3, 9_999_999)]
            .map(|(o, at)| sequence_number(3, o, at))
            .into();
        assert!(numbers.iter().all(|n| n.len() == 56), "{numbers:?}");
        assert!(numbers.is_sorted(), "{numbers:?}");
        let read: Vec<_> = numbers.iter().map(|n| parse_sequence_number(n)).collect();
        assert_eq!(read, [0, 1, 2, 3].map(|ordinal| Some((3, ordinal))));
        assert_eq!(parse_sequence_number("49"), None);
    }
}
