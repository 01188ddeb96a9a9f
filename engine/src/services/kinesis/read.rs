//! ListShards, GetShardIterator, GetRecords: positions, windows, penalties.

use super::log::clip;
use super::shard::Shard;
use super::{Kinesis, figures, metric};
use crate::base::time::{MS, Us};
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::talk::{FLAG_COPY, Parcel, Read, Reason, Reply, ShardInfo, StartAt, WireId};

/// What a GetRecords call asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) shard: u32,
    pub(super) ordinal: u64,
    pub(super) issued: Us,
    pub(super) limit: u32,
}

/// A stretch of a shard that fits into one answer.
#[derive(Clone, Copy, Debug, Default)]
struct Stretch {
    /// Number behind the last record.
    to: u64,
    bytes: u64,
    /// Whether the limit of bytes was met.
    full: bool,
}

/// Refuses a call about a shard, and tells observers why.
pub(super) fn refused(shard: u32, reason: Reason, cx: &mut Cx<'_, '_>) -> Reply {
    let (node, lane) = (cx.node(), Some(shard));
    cx.note(Fact::CallRefused { node, lane, reason });
    let back = Vec::new();
    Reply::Refused { reason, back }
}

/// Number of the first record that a reader who starts so gets; `None` if AWS refuses it.
pub(super) fn resolve(shard: &Shard, start: StartAt, now: Us) -> Option<u64> {
    let (first, next) = (shard.log.first(), shard.log.next());
    match start {
        StartAt::TrimHorizon => Some(first),
        StartAt::Latest => Some(next),
        StartAt::AtTimestamp(at) => (at <= now).then(|| shard.log.at_time(at)),
        StartAt::AtSequence(n) => (n < next).then(|| shard.log.snap(n.max(first))),
        StartAt::AfterSequence(n) => (n < next).then(|| shard.log.snap((n + 1).max(first))),
    }
}

/// Payload with key of one record [B].
pub(super) fn record_bytes(parcel: &Parcel, cx: &Cx<'_, '_>) -> u64 {
    u64::from(parcel.bytes_each) + u64::from(cx.lanes().get(parcel.lane).key_bytes)
}

impl Kinesis {
    /// All shards that are kept, open and closed.
    pub(super) fn list(&self) -> Reply {
        let info = |shard: &Shard| ShardInfo {
            id: shard.id,
            parents: shard.parents.clone(),
            open: shard.open(),
        };
        Reply::Shards(self.shards.iter().map(info).collect())
    }

    /// GetShardIterator.
    pub(super) fn iterator(
        &mut self,
        wire: WireId,
        shard: u32,
        start: StartAt,
        cx: &mut Cx<'_, '_>,
    ) -> Reply {
        let Some(slot) = self.slot_by_id(shard) else {
            return refused(shard, Reason::NotFound, cx);
        };
        self.expire(slot, cx);
        let now = cx.now();
        let limit = cx.figure(&figures::ITERATOR_CALLS);
        let Some(ordinal) = resolve(&self.shards[slot], start, now) else {
            return refused(shard, Reason::Invalid, cx);
        };
        if !self.shards[slot].gate.iterators.admit(now, limit) {
            cx.count(metric::READ_EXCEEDED, Some(shard), 1);
            return refused(shard, Reason::ReadCalls, cx);
        }
        if let Some(reader) = self.reader(wire) {
            self.skip_to(slot, reader, ordinal, cx);
        }
        Reply::Iterator { ordinal }
    }

    /// GetRecords.
    pub(super) fn records(&mut self, wire: WireId, wanted: Wanted, cx: &mut Cx<'_, '_>) -> Reply {
        let now = cx.now();
        let shard = wanted.shard;
        let Some(slot) = self.slot_by_id(shard) else {
            return refused(shard, Reason::NotFound, cx);
        };
        let most = cx.figure(&figures::ANSWER_RECORDS);
        let limit = u64::from(wanted.limit);
        self.expire(slot, cx);
        let next = self.shards[slot].log.next();
        if wanted.issued > now || limit == 0 || limit > most || wanted.ordinal > next {
            return refused(shard, Reason::Invalid, cx);
        }
        if now - wanted.issued >= cx.figure(&figures::ITERATOR_LIFE) {
            return refused(shard, Reason::ExpiredIterator, cx);
        }
        if let Some(reason) = self.shut(slot, cx) {
            cx.count(metric::READ_EXCEEDED, Some(shard), 1);
            return refused(shard, reason, cx);
        }
        let from = wanted.ordinal.max(self.shards[slot].log.first());
        let stretch = self.stretch(slot, from, limit, cx);
        let reads = self.hand_out(slot, self.reader(wire), from, stretch.to, cx);
        self.charge(slot, &stretch, cx);
        let behind_ms = self.behind(slot, &reads, stretch.to, now);
        self.count_read(slot, &reads, stretch.bytes, cx);
        let shard = &self.shards[slot];
        let ended = !shard.open() && stretch.to == shard.log.next();
        let children = if ended {
            shard.children.clone()
        } else {
            Vec::new()
        };
        Reply::Records {
            reads,
            next: (!ended).then_some(stretch.to),
            behind_ms,
            children,
        }
    }

    /// Whether the shard refuses GetRecords now; a refusal outside a running penalty starts one.
    fn shut(&mut self, slot: usize, cx: &Cx<'_, '_>) -> Option<Reason> {
        let now = cx.now();
        let gate = &mut self.shards[slot].gate;
        if now < gate.shut_until {
            return Some(gate.why);
        }
        let reason = if gate.bytes.level(now, cx.figure(&figures::READ_BYTES)) == 0 {
            Reason::ReadBytes
        } else if !gate.calls.admit(now, cx.figure(&figures::READ_CALLS)) {
            Reason::ReadCalls
        } else {
            return None;
        };
        gate.shut_until = now + cx.figure(&figures::READ_PENALTY);
        gate.why = reason;
        Some(reason)
    }

    /// How far one answer from `from` on reaches: whole records only.
    fn stretch(&self, slot: usize, from: u64, limit: u64, cx: &Cx<'_, '_>) -> Stretch {
        let most_bytes = cx.figure(&figures::ANSWER_BYTES);
        let log = &self.shards[slot].log;
        let mut got = Stretch {
            to: from,
            ..Stretch::default()
        };
        for read in log.reads(from, log.next().min(from.saturating_add(limit))) {
            let size = record_bytes(&read.parcel, cx).max(1);
            let fits = (most_bytes - got.bytes) / size;
            let n = u64::from(read.parcel.n).min(fits);
            got.to += n;
            got.bytes += n * size;
            if n < u64::from(read.parcel.n) {
                got.full = true;
                break;
            }
        }
        got.full |= got.bytes == most_bytes;
        got
    }

    /// Takes the answer's bytes from what all readers share.
    fn charge(&mut self, slot: usize, stretch: &Stretch, cx: &Cx<'_, '_>) {
        let now = cx.now();
        let gate = &mut self.shards[slot].gate;
        gate.bytes
            .spend(now, stretch.bytes, cx.figure(&figures::READ_BYTES));
        if stretch.full {
            gate.shut_until = now + cx.figure(&figures::FULL_PENALTY);
            gate.why = Reason::ReadBytes;
        }
    }

    /// MillisBehindLatest: 0 at the tip, else the age of the last record handed out, or of the
    /// next one if none was.
    pub(super) fn behind(&self, slot: usize, reads: &[Read], to: u64, now: Us) -> u64 {
        let log = &self.shards[slot].log;
        if to >= log.next() {
            return 0;
        }
        let seen = reads
            .last()
            .map(|read| read.arrived)
            .or_else(|| log.arrived(to));
        seen.map_or(0, |at| now.saturating_sub(at) / MS)
    }

    /// Hands the records from `from` up to `to` to a reader: what it had before goes again, as
    /// copies; what it passes over ends; the rest leaves the log's custody.
    pub(super) fn hand_out(
        &mut self,
        slot: usize,
        reader: Option<usize>,
        from: u64,
        to: u64,
        cx: &mut Cx<'_, '_>,
    ) -> Vec<Read> {
        let Some(reader) = reader else {
            // from outside: nobody's position moves
            cx.created(Reason::ReadAgain, to - from);
            return self.shards[slot].log.reads(from, to).collect();
        };
        self.skip_to(slot, reader, from, cx);
        let shard = &mut self.shards[slot];
        let position = shard.cursors[reader].position.max(from);
        let mut reads = Vec::new();
        for read in shard.log.reads(from, to) {
            if let Some(mut again) = clip(&read, from, position) {
                again.parcel.flags |= FLAG_COPY;
                reads.push(again);
            }
            reads.extend(clip(&read, position, to));
        }
        let had = shard.cursors[reader].position;
        if had > from {
            cx.created(Reason::ReadAgain, had.min(to) - from);
        }
        shard.cursors[reader].position = had.max(to);
        shard.log.stopped_at(to);
        reads
    }

    fn count_read(&mut self, slot: usize, reads: &[Read], bytes: u64, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let id = Some(self.shards[slot].id);
        let n: u64 = reads.iter().map(|read| u64::from(read.parcel.n)).sum();
        let age = reads
            .last()
            .map_or(0, |read| now.saturating_sub(read.arrived) / MS);
        cx.count(metric::GET_SUCCESS, None, 1);
        cx.count(metric::GET_AGE, None, age);
        if n > 0 {
            cx.count(metric::GET_RECORDS, None, n);
            cx.count(metric::GET_BYTES, None, bytes);
            cx.count(metric::OUTGOING_RECORDS, id, n);
            cx.count(metric::OUTGOING_BYTES, id, bytes);
            cx.count(metric::SHARD_AGE, id, age);
        }
    }
}
