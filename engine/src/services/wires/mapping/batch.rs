//! What a mapping keeps of a shard: where reading stands, and in each lane what is gathered, what
//! waits to be tried again and what the function works on.

use super::config::Config;
use crate::base::sorted::order;
use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::cx::Cx;
use crate::services::shared::reading::{self, Cursor, count};
use crate::services::talk::{Outcome, Parcel, Read};
use std::collections::VecDeque;

/// Records that go to the function together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Batch {
    /// In order; none for the last invocation of a tumbling window.
    pub(super) reads: Vec<Read>,
    /// Invocations of it.
    pub(super) invoked: u32,
    /// Of these, the ones that count as attempts.
    pub(super) failed: u32,
    /// Pauses in a row.
    pub(super) pauses: u32,
    /// Not before this [us].
    pub(super) due: Us,
    /// When it was last known to be still kept by the stream [us].
    pub(super) checked: Us,
    /// How the last invocation ended.
    pub(super) outcome: Option<Outcome>,
}

impl Batch {
    /// A batch that was not tried yet.
    pub(super) fn new(reads: Vec<Read>, due: Us, checked: Us) -> Self {
        Self {
            reads,
            invoked: 0,
            failed: 0,
            pauses: 0,
            due,
            checked,
            outcome: None,
        }
    }

    /// Records.
    pub(super) fn n(&self) -> u64 {
        count(&self.reads)
    }

    /// When the oldest record arrived at the stream [us].
    pub(super) fn oldest(&self) -> Option<Us> {
        self.reads.iter().map(|read| read.arrived).min()
    }
}

/// Records of a shard that are worked on one batch after the other.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Lane {
    /// Read, and not in a batch yet.
    pub(super) gathered: VecDeque<Read>,
    /// Records of these.
    pub(super) n: u64,
    /// Their bytes in an event [B].
    pub(super) bytes: u64,
    /// When the first of them came [us].
    pub(super) since: Us,
    /// When the last invocation ended: batching windows follow one another from there [us].
    pub(super) window_from: Us,
    /// Batches that wait, the next one first.
    pub(super) waiting: VecDeque<Batch>,
    /// The batch that the function has.
    pub(super) running: Option<Batch>,
    /// Asks the stream whether the next batch is still kept.
    pub(super) checking: Option<CallId>,
    /// The tumbling window that is open.
    pub(super) tumbling: Option<u64>,
}

impl Lane {
    fn new(now: Us) -> Self {
        Self {
            gathered: VecDeque::new(),
            n: 0,
            bytes: 0,
            since: 0,
            window_from: now,
            waiting: VecDeque::new(),
            running: None,
            checking: None,
            tumbling: None,
        }
    }

    /// Records read and not done.
    pub(super) fn in_hand(&self) -> u64 {
        let waiting: u64 = self.waiting.iter().map(Batch::n).sum();
        self.n + waiting + self.running.as_ref().map_or(0, Batch::n)
    }

    /// Takes records in.
    pub(super) fn gather(&mut self, read: Read, bytes: u64, now: Us) {
        if self.n == 0 {
            self.since = now;
        }
        self.n += u64::from(read.parcel.n);
        self.bytes += bytes * u64::from(read.parcel.n);
        self.gathered.push_back(read);
    }

    /// All that it holds, running batches aside.
    pub(super) fn held(&self) -> impl Iterator<Item = &Read> {
        let waiting = self.waiting.iter().flat_map(|batch| &batch.reads);
        waiting.chain(&self.gathered)
    }

    /// When the oldest record that is not done arrived at the stream [us].
    pub(super) fn oldest(&self) -> Option<Us> {
        let running = self.running.iter().flat_map(|batch| &batch.reads);
        running.chain(self.held()).map(|read| read.arrived).min()
    }

    /// Whether it does nothing at present.
    fn still(&self) -> bool {
        self.running.is_none() && self.checking.is_none()
    }
}

/// A shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shard {
    /// Where reading stands.
    pub(super) cursor: Cursor,
    /// At most ParallelizationFactor; none before the first records.
    pub(super) lanes: Vec<Lane>,
    /// Set when the lanes must be laid out anew, once none is at work.
    pub(super) anew: bool,
    /// For when the next look at its lanes is planned [us].
    pub(super) alarm: Us,
}

impl reading::Shard for Shard {
    fn fresh(cursor: Cursor) -> Self {
        Self {
            cursor,
            lanes: Vec::new(),
            anew: false,
            alarm: 0,
        }
    }

    fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    fn cursor_mut(&mut self) -> &mut Cursor {
        &mut self.cursor
    }

    fn is_done(&self) -> bool {
        self.lanes.iter().all(|lane| lane.in_hand() == 0)
    }
}

impl Shard {
    /// The number of lanes changed.
    pub(super) fn lay_out_anew(&mut self) {
        self.anew = !self.lanes.is_empty();
    }

    /// Lays out the lanes as they are set; false while a batch of the old ones is under way.
    /// Batches that wait lose their count of attempts.
    pub(super) fn lay_out(&mut self, config: &Config, cx: &Cx<'_, '_>) -> bool {
        if !self.anew && !self.lanes.is_empty() {
            return true;
        }
        if !self.lanes.iter().all(Lane::still) {
            return false;
        }
        let mut reads: Vec<Read> = self.lanes.iter().flat_map(Lane::held).copied().collect();
        order::sort_by_key(&mut reads, |read| read.ordinal);
        self.anew = false;
        self.lanes = (0..config.parallelization.max(1))
            .map(|_| Lane::new(cx.now()))
            .collect();
        reads.into_iter().for_each(|read| self.gather(read, cx));
        true
    }

    /// Puts records into the lane of their key.
    pub(super) fn gather(&mut self, read: Read, cx: &Cx<'_, '_>) {
        let ix = lane_of(&read.parcel, self.lanes.len(), cx);
        let bytes = event_bytes(&read.parcel, cx);
        if let Some(lane) = self.lanes.get_mut(ix) {
            lane.gather(read, bytes, cx.now());
        }
    }

    /// Records gathered and in no batch.
    pub(super) fn gathered(&self) -> u64 {
        self.lanes.iter().map(|lane| lane.n).sum()
    }
}

/// The lane of a key: a key is always in one, so that its order holds.
fn lane_of(parcel: &Parcel, lanes: usize, cx: &Cx<'_, '_>) -> usize {
    let hash = cx.lanes().get(parcel.lane).hash;
    (hash % (lanes.max(1) as u128)) as usize
}

/// Bytes of one record in the event: base64, and its key.
pub(super) fn event_bytes(parcel: &Parcel, cx: &Cx<'_, '_>) -> u64 {
    let key = u64::from(cx.lanes().get(parcel.lane).key_bytes);
    u64::from(parcel.bytes_each).div_ceil(3) * 4 + key
}
