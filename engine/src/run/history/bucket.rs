//! Buckets of time: an open one that takes samples, sealed ones that are small and joined with age.

use super::{LATENCY_BYTES, SAMPLE_BYTES};
use crate::base::histogram::{Draft, Sketch};
use crate::base::map::Map;
use crate::base::sorted::{SortedMap, order};
use crate::base::time::Us;
use crate::services::board::Cell;
use crate::services::talk::NodeId;
use std::borrow::Cow;
use std::collections::VecDeque;

/// Bytes of a sealed bucket beside its samples, about.
const BUCKET_BYTES: u64 = 128;

/// A stretch of time that is over: cells of the series that had samples, by number.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Bucket {
    /// Start [us].
    pub(super) at: Us,
    /// Length [us].
    pub(super) span: Us,
    ids: Box<[u32]>,
    cells: Box<[Cell]>,
    /// Latencies of first arrivals, by sink.
    latency: Vec<(NodeId, Sketch)>,
}

impl Bucket {
    /// The cell of a series.
    pub(super) fn cell(&self, id: u32) -> Option<&Cell> {
        self.ids.binary_search(&id).ok().map(|ix| &self.cells[ix])
    }

    /// Latencies of a sink.
    pub(super) fn latency(&self, sink: NodeId) -> Option<&Sketch> {
        let found = self.latency.binary_search_by_key(&sink, |(node, _)| *node);
        found.ok().map(|ix| &self.latency[ix].1)
    }

    /// One past its last microsecond.
    pub(super) fn end(&self) -> Us {
        self.at + self.span
    }

    /// What it takes [B].
    pub(super) fn bytes(&self) -> u64 {
        let sketches = self.latency.iter().map(|(_, sketch)| sketch_bytes(sketch));
        BUCKET_BYTES + self.ids.len() as u64 * SAMPLE_BYTES + sketches.sum::<u64>()
    }

    /// One bucket for the time of both; `next` is the later one.
    fn joined(&self, next: &Self) -> Self {
        let mut cells: SortedMap<u32, Cell> = self.samples().collect();
        for (id, cell) in next.samples() {
            cells.entry(id).or_default().merge(&cell);
        }
        let mut latency: SortedMap<NodeId, Sketch> = self.latency.iter().cloned().collect();
        for (node, sketch) in &next.latency {
            latency.entry(*node).or_default().merge(sketch);
        }
        Self {
            at: self.at,
            span: next.end() - self.at,
            ids: cells.keys().copied().collect(),
            cells: cells.into_values().collect(),
            latency: latency.into_iter().collect(),
        }
    }

    fn samples(&self) -> impl Iterator<Item = (u32, Cell)> + '_ {
        self.ids.iter().copied().zip(self.cells.iter().copied())
    }
}

fn sketch_bytes(sketch: &Sketch) -> u64 {
    LATENCY_BYTES + sketch.iter().count() as u64 * 16
}

/// The stretch of time that is going on: a cell for each series, found at its number.
#[derive(Clone, Debug, Default)]
pub(super) struct Open {
    /// Start [us].
    pub(super) at: Us,
    cells: Vec<Cell>,
    /// Numbers of the cells that have samples.
    touched: Vec<u32>,
    latency: Map<NodeId, Draft>,
}

impl Open {
    /// The cell of a series, which has a sample from now on.
    #[inline]
    fn touch(&mut self, id: u32) -> &mut Cell {
        let ix = id as usize;
        if self.cells.len() <= ix {
            self.lengthen(ix + 1);
        }
        let cell = &mut self.cells[ix];
        if cell.samples == 0 {
            self.touched.push(id);
        }
        cell
    }

    #[cold]
    fn lengthen(&mut self, len: usize) {
        self.cells.resize(len, Cell::default());
    }

    /// Joins a sample.
    #[inline]
    pub(super) fn add(&mut self, id: u32, value: u64) {
        self.touch(id).add(value);
    }

    /// Joins samples.
    pub(super) fn merge(&mut self, id: u32, cell: &Cell) {
        self.touch(id).merge(cell);
    }

    /// Latencies of a sink, to add to.
    pub(super) fn latency(&mut self, sink: NodeId) -> &mut Draft {
        self.latency.at(sink)
    }

    /// Joins all that a sealed bucket has.
    pub(super) fn absorb(&mut self, other: &Bucket) {
        for (id, cell) in other.samples() {
            self.touch(id).merge(&cell);
        }
        for (node, sketch) in &other.latency {
            sketch.add_to(self.latency.at(*node));
        }
    }

    /// Latencies of the sinks that have some.
    fn latencies(&self) -> impl Iterator<Item = (NodeId, &Draft)> {
        let drafts = self.latency.iter().map(|(node, draft)| (*node, draft));
        drafts.filter(|(_, draft)| draft.count() > 0)
    }

    /// Whether it has no sample.
    fn is_empty(&self) -> bool {
        self.touched.is_empty() && self.latencies().next().is_none()
    }

    /// What it has so far, as a bucket of `span`.
    pub(super) fn so_far(&self, span: Us) -> Bucket {
        let mut ids = self.touched.clone();
        order::sort(&mut ids);
        let cells = ids.iter().map(|id| self.cells[*id as usize]).collect();
        let latency = self.latencies().map(|(node, draft)| (node, draft.into()));
        Bucket {
            at: self.at,
            span,
            ids: ids.into(),
            cells,
            latency: latency.collect(),
        }
    }

    /// Closes it as a bucket of `span`; its memory is ready for the next.
    fn seal(&mut self, span: Us) -> Bucket {
        let bucket = self.so_far(span);
        self.clear();
        bucket
    }

    fn clear(&mut self) {
        for id in self.touched.drain(..) {
            self.cells[id as usize] = Cell::default();
        }
        // a sink at which nothing came gives its memory back
        self.latency.retain(|_, draft| {
            let used = draft.count() > 0;
            draft.clear();
            used
        });
    }

    /// Goes back to what it had when `bucket` was taken of it.
    fn restore(&mut self, bucket: &Bucket) {
        self.clear();
        self.at = bucket.at;
        self.absorb(bucket);
    }

    /// What it takes [B].
    pub(super) fn bytes(&self) -> u64 {
        let cells = (self.cells.capacity() * size_of::<Cell>()) as u64;
        let drafts = self.latency.values();
        let sketches: u64 = drafts.map(|d| LATENCY_BYTES + d.bytes() as u64).sum();
        cells + self.touched.capacity() as u64 * 4 + sketches
    }
}

/// A stretch of time to look at, over or going on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Slice<'a> {
    Sealed(&'a Bucket),
    /// With the length of what it has [us].
    Open(&'a Open, Us),
}

impl<'a> Slice<'a> {
    /// Start and length [us].
    pub(super) fn time(self) -> (Us, Us) {
        match self {
            Self::Sealed(bucket) => (bucket.at, bucket.span),
            Self::Open(open, span) => (open.at, span),
        }
    }

    /// The cell of a series that has samples.
    pub(super) fn cell(self, id: u32) -> Option<&'a Cell> {
        match self {
            Self::Sealed(bucket) => bucket.cell(id),
            Self::Open(open, _) => {
                let cell = open.cells.get(id as usize);
                cell.filter(|cell| cell.samples > 0)
            }
        }
    }

    /// Latencies of a sink.
    pub(super) fn latency(self, sink: NodeId) -> Option<Cow<'a, Sketch>> {
        match self {
            Self::Sealed(bucket) => bucket.latency(sink).map(Cow::Borrowed),
            Self::Open(open, _) => {
                let draft = open.latency.get(&sink).filter(|draft| draft.count() > 0);
                draft.map(|draft| Cow::Owned(draft.into()))
            }
        }
    }
}

/// One resolution.
#[derive(Clone, Debug)]
pub(super) struct Tier {
    /// Length of a bucket that was not joined [us].
    pub(super) span: Us,
    /// Most buckets.
    kept: usize,
    pub(super) sealed: VecDeque<Bucket>,
    pub(super) open: Open,
    /// What the sealed ones take [B].
    bytes: u64,
}

impl Tier {
    pub(super) fn new(span: Us, kept: usize) -> Self {
        Self {
            span,
            kept,
            sealed: VecDeque::new(),
            open: Open::default(),
            bytes: 0,
        }
    }

    /// Closes the open bucket if `at` lies behind it; whether that made a sealed one.
    pub(super) fn roll(&mut self, at: Us) -> bool {
        let start = at - at % self.span;
        if start <= self.open.at {
            return false;
        }
        let had = !self.open.is_empty();
        if had {
            let done = self.open.seal(self.span);
            self.bytes += done.bytes();
            self.sealed.push_back(done);
        }
        self.open.at = start;
        had
    }

    /// Whether it has more buckets than it may.
    pub(super) fn is_over(&self) -> bool {
        self.sealed.len() > self.kept
    }

    /// What the sealed buckets take [B].
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// All buckets, the open one last; that one has samples up to `upto`.
    pub(super) fn slices(&self, upto: Us) -> impl Iterator<Item = Slice<'_>> {
        let span = upto.saturating_sub(self.open.at);
        let open = (span > 0).then_some(Slice::Open(&self.open, span));
        self.sealed.iter().map(Slice::Sealed).chain(open)
    }

    /// The sealed bucket that holds a time.
    pub(super) fn sealed_at(&self, at: Us) -> Option<&Bucket> {
        let behind = self.sealed.partition_point(|bucket| bucket.at <= at);
        let bucket = self.sealed.get(behind.checked_sub(1)?)?;
        (at < bucket.end()).then_some(bucket)
    }

    /// When the oldest bucket begins [us].
    pub(super) fn oldest(&self) -> Us {
        self.sealed.front().map_or(self.open.at, |bucket| bucket.at)
    }

    /// Forgets the oldest bucket but not the last one; whether there was one. The coarser tiers
    /// have its samples.
    pub(super) fn forget_oldest(&mut self) -> bool {
        if self.sealed.len() < 2 {
            return false;
        }
        let gone = self.sealed.pop_front();
        self.bytes -= gone.map_or(0, |bucket| bucket.bytes());
        true
    }

    /// Joins two neighbours: of the older three quarters those that are the shortest together,
    /// the oldest of them. Whether there were any.
    pub(super) fn join_oldest(&mut self) -> bool {
        let older = (self.sealed.len() * 3 / 4).max(2).min(self.sealed.len());
        let length = |ix: &usize| self.sealed[ix + 1].end() - self.sealed[*ix].at;
        let Some(ix) = (0..older.saturating_sub(1)).min_by_key(length) else {
            return false;
        };
        let joined = self.sealed[ix].joined(&self.sealed[ix + 1]);
        self.bytes -= self.sealed[ix].bytes() + self.sealed[ix + 1].bytes();
        self.bytes += joined.bytes();
        self.sealed[ix] = joined;
        self.sealed.remove(ix + 1);
        true
    }

    /// Whether no sealed bucket reaches over the time at which `open` began.
    pub(super) fn cuts_cleanly(&self, open: &Bucket) -> bool {
        let ix = self.sealed.partition_point(|bucket| bucket.at < open.at);
        ix.checked_sub(1)
            .is_none_or(|ix| self.sealed[ix].end() <= open.at)
    }

    /// Goes back to when `open` was taken of the open bucket.
    pub(super) fn cut(&mut self, open: &Bucket) {
        let kept = self.sealed.partition_point(|bucket| bucket.at < open.at);
        for gone in self.sealed.drain(kept..) {
            self.bytes -= gone.bytes();
        }
        self.open.restore(open);
    }
}
