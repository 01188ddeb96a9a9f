//! What was, per branch: facts folded at once into rollups and then forgotten.
//! Long: the three resolutions, what reads them and their tests belong together.
//!
//! ```text
//!   fact -> open second -> (sealed) -> open ten seconds -> (sealed) -> open minute
//!             600 kept                   720 kept                        43,200 kept
//! ```
//!
//! A seek changes nothing here: re-simulated events fold nothing. A fork cuts back to a
//! checkpoint's [`Mark`], which holds the open buckets of that moment, and folds on from there.
//!
//! History has a budget of bytes. Over it the oldest seconds and tens go (the minutes have their
//! samples), then neighbouring old minutes are joined; sums stay exact at any age.

mod bucket;
mod keys;
#[cfg(test)]
mod tests;
mod whole;

use crate::base::time::{SECOND, Us};
use crate::services::board::Cell;
use crate::services::facts::Fact;
use crate::services::talk::{NodeId, Parcel, Reason};
use bucket::{Bucket, Slice, Tier};
use keys::Keys;

pub use keys::Key;
pub use whole::{Whole, WholeRuns};

/// Bytes that history may take (product.md 3.7).
pub const BUDGET_BYTES: u64 = 48 << 20;

/// A sample of a sealed bucket: number and cell [B].
const SAMPLE_BYTES: u64 = (size_of::<u32>() + size_of::<Cell>()) as u64;
/// A sketch beside its cells [B].
const LATENCY_BYTES: u64 = 96;
/// A mark of the timeline [B].
const NOTE_BYTES: u64 = size_of::<TimelineNote>() as u64;

/// One bucket of a series.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Point {
    /// Start [us].
    pub at: Us,
    /// Length [us].
    pub span: Us,
    /// Sum of the samples.
    pub sum: u64,
    /// How many samples.
    pub samples: u64,
    /// The largest sample.
    pub max: u64,
}

/// Latencies of first arrivals in one bucket [us].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LatencyPoint {
    /// Start [us].
    pub at: Us,
    /// Length [us].
    pub span: Us,
    /// Records.
    pub count: u64,
    /// Median.
    pub p50: u64,
    /// 95th percentile.
    pub p95: u64,
    /// 99th percentile.
    pub p99: u64,
    /// Largest.
    pub max: u64,
}

/// Something worth a mark on the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineNote {
    /// When [us].
    pub at: Us,
    /// Where.
    pub node: Option<NodeId>,
    /// Key of its sentence in the text files.
    pub key: &'static str,
    /// A number that belongs to it.
    pub value: u64,
}

/// Most notes kept; the rest are counted.
const NOTES_MAX: usize = 2_000;

/// What a checkpoint keeps of history so that a fork can cut back to it.
#[derive(Clone, Debug)]
pub struct Mark {
    events: u64,
    open: [Bucket; 3],
    whole: WholeRuns,
    notes: usize,
    refused_yet: bool,
}

impl Mark {
    /// What it takes beside the blocks of its histograms [B].
    pub(super) fn bytes(&self) -> u64 {
        self.open.iter().map(Bucket::bytes).sum::<u64>() + self.whole.bytes()
    }

    /// The histograms.
    pub(super) fn whole(&self) -> &WholeRuns {
        &self.whole
    }
}

/// The past of a branch.
#[derive(Clone, Debug)]
pub struct History {
    keys: Keys,
    tiers: [Tier; 3],
    whole: WholeRuns,
    notes: Vec<TimelineNote>,
    /// Events that are folded; those before are re-simulated and fold nothing.
    events: u64,
    refused_yet: bool,
    budget: u64,
    /// How often what is sealed changed.
    changes: u64,
}

impl Default for History {
    fn default() -> Self {
        Self::with_budget(BUDGET_BYTES)
    }
}

impl History {
    /// A history that may take so many bytes.
    #[must_use]
    pub fn with_budget(budget: u64) -> Self {
        Self {
            keys: Keys::default(),
            tiers: [
                Tier::new(SECOND, 600),
                Tier::new(10 * SECOND, 720),
                Tier::new(60 * SECOND, 43_200),
            ],
            whole: WholeRuns::default(),
            notes: Vec::new(),
            events: 0,
            refused_yet: false,
            budget,
            changes: 0,
        }
    }

    /// Grows whenever what a whole second says may be another than before.
    #[must_use]
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// Events folded so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    pub(super) fn set_events(&mut self, events: u64) {
        self.events = self.events.max(events);
    }

    /// What it takes, and what it may take [B].
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        let tiers = self.tiers.iter();
        let tiers: u64 = tiers.map(|tier| tier.bytes() + tier.open.bytes()).sum();
        let notes = self.notes.capacity() as u64 * NOTE_BYTES;
        let used = tiers + notes + self.keys.bytes() + self.whole.all_bytes();
        (used, self.budget)
    }

    /// Brings the open buckets to `at`, so that a quiet time is seen as such.
    pub(super) fn roll(&mut self, at: Us) {
        let [second, ten, minute] = &mut self.tiers;
        let mut sealed = second.roll(at);
        if sealed && let Some(done) = second.sealed.back() {
            ten.roll(done.at);
            // a ten-second bucket that closed was absorbed by its minute below
            ten.open.absorb(done);
            minute.roll(done.at);
            minute.open.absorb(done);
        }
        sealed |= ten.roll(at);
        sealed |= minute.roll(at);
        if sealed {
            self.changes += 1;
            self.fit();
        }
    }

    /// Makes old parts coarser until all fits: by counts, then by bytes.
    fn fit(&mut self) {
        let [second, ten, minute] = &mut self.tiers;
        while second.is_over() && second.forget_oldest() {}
        while ten.is_over() && ten.forget_oldest() {}
        while minute.is_over() && minute.join_oldest() {}
        let (used, budget) = self.bytes();
        let mut over = used.saturating_sub(budget);
        while over > 0 {
            let [second, ten, minute] = &mut self.tiers;
            let before = second.bytes() + ten.bytes() + minute.bytes();
            let done = (second.bytes() * 3 > budget && second.forget_oldest())
                || (ten.bytes() * 3 > budget && ten.forget_oldest())
                || minute.join_oldest()
                || second.forget_oldest()
                || ten.forget_oldest();
            if !done {
                return;
            }
            let after = second.bytes() + ten.bytes() + minute.bytes();
            over = over.saturating_sub(before.saturating_sub(after));
        }
    }

    #[inline(always)] // as Keys::id is
    fn add(&mut self, key: Key, value: u64) {
        if let Some(id) = self.keys.id(key) {
            self.tiers[0].open.add(id, value);
        }
    }

    /// Folds samples of one metric of a node that lie within one second, up to `at`.
    pub(super) fn fold_cell(&mut self, at: Us, node: NodeId, metric: u16, cell: &Cell) {
        if at >= self.tiers[0].open.at + SECOND {
            self.roll(at);
        }
        let lane = None;
        if let Some(id) = self.keys.id(Key::Metric { node, lane, metric }) {
            self.tiers[0].open.merge(id, cell);
        }
    }

    /// Folds one fact.
    pub(super) fn fold(&mut self, at: Us, fact: &Fact) {
        if at >= self.tiers[0].open.at + SECOND {
            self.roll(at);
        }
        match fact {
            Fact::Metric {
                node,
                lane,
                metric,
                value,
            } => {
                let (node, metric) = (*node, *metric);
                let key = |lane| Key::Metric { node, lane, metric };
                self.add(key(None), *value);
                if lane.is_some() {
                    self.add(key(*lane), *value);
                }
            }
            Fact::Moved { wire, parcel } => self.add(Key::Moved { wire: *wire }, parcel.n.into()),
            Fact::Admitted {
                node, lane, parcel, ..
            } => self.admitted(*node, *lane, parcel),
            Fact::Refused {
                node,
                lane,
                reason,
                parcel,
                ..
            } => {
                self.refused(at, *node, *lane, *reason, u64::from(parcel.n));
                if let Some(lane) = lane {
                    self.keys.saw(*node, *lane, parcel.lane);
                }
            }
            Fact::Ended { node, parcel, .. } => {
                self.add(Key::Ended { node: *node }, parcel.n.into());
            }
            Fact::Delivered {
                node,
                first,
                oldest_us,
                newest_us,
                ..
            } if *first > 0 => {
                self.delivered(*node, *first, *oldest_us, *newest_us);
            }
            Fact::Note { node, key, value } => self.note(at, *node, key, *value),
            _ => {}
        }
    }

    fn admitted(&mut self, node: NodeId, lane: u32, parcel: &Parcel) {
        let n = u64::from(parcel.n);
        self.keys.saw(node, lane, parcel.lane);
        self.add(Key::Admitted { node, lane: None }, n);
        self.add(
            Key::Admitted {
                node,
                lane: Some(lane),
            },
            n,
        );
        self.add(
            Key::AdmittedBytes { node, lane },
            n * u64::from(parcel.bytes_each),
        );
    }

    fn delivered(&mut self, node: NodeId, first: u64, oldest_us: Us, newest_us: Us) {
        self.whole.record(node, newest_us, oldest_us, first);
        let sketch = self.tiers[0].open.latency(node);
        sketch.record_spread(newest_us, oldest_us, first);
    }

    fn refused(&mut self, at: Us, node: NodeId, lane: Option<u32>, reason: Reason, n: u64) {
        if !self.refused_yet {
            self.refused_yet = true;
            self.note(at, Some(node), "note.first-refusal", n);
        }
        self.add(Key::Refused { node, lane: None }, n);
        if lane.is_some() {
            self.add(Key::Refused { node, lane }, n);
        }
        self.add(Key::Because { reason }, n);
    }

    pub(super) fn note(&mut self, at: Us, node: Option<NodeId>, key: &'static str, value: u64) {
        if self.notes.len() < NOTES_MAX {
            self.notes.push(TimelineNote {
                at,
                node,
                key,
                value,
            });
        }
    }

    pub(super) fn mark(&self) -> Mark {
        Mark {
            events: self.events,
            open: self
                .tiers
                .each_ref()
                .map(|tier| tier.open.so_far(tier.span)),
            whole: self.whole.clone(),
            notes: self.notes.len(),
            refused_yet: self.refused_yet,
        }
    }

    /// Whether history can be cut back to a mark: old buckets that were joined since may reach
    /// over its time.
    pub(super) fn cuts_cleanly(&self, mark: &Mark) -> bool {
        let mut pairs = self.tiers.iter().zip(&mark.open);
        pairs.all(|(tier, open)| tier.cuts_cleanly(open))
    }

    /// Cuts back to a checkpoint of this branch.
    pub(super) fn cut(&mut self, mark: &Mark) {
        self.changes += 1;
        for (tier, open) in self.tiers.iter_mut().zip(&mark.open) {
            tier.cut(open);
        }
        self.whole = mark.whole.clone();
        self.notes.truncate(mark.notes);
        self.events = mark.events;
        self.refused_yet = mark.refused_yet;
    }

    /// Where minutes end and tens begin, and where tens end and seconds begin: at the borders that
    /// the finer tier still reaches, behind any joined bucket that reaches over them. Where the
    /// finer tier has nothing, a coarser open bucket goes up to the second that goes on.
    fn borders(&self) -> (Us, Us) {
        let [second, ten, minute] = &self.tiers;
        let mut fine = second.oldest().next_multiple_of(ten.span);
        if ten.open.at < fine {
            fine = second.open.at;
        }
        let mut middle = ten.oldest().next_multiple_of(minute.span).min(fine);
        let ix = minute.sealed.partition_point(|bucket| bucket.at < middle);
        let over = ix.checked_sub(1).map_or(0, |ix| minute.sealed[ix].end());
        middle = middle.max(over);
        if minute.open.at < middle {
            middle = second.open.at;
        }
        (middle, fine.max(middle))
    }

    /// The buckets that cover the time from `from` to `to`, each the finest kept, in order.
    fn covering(&self, from: Us, to: Us) -> impl Iterator<Item = Slice<'_>> {
        let [second, ten, minute] = &self.tiers;
        let (middle, fine) = self.borders();
        let (now, whole) = (second.open.at, second.open.at + second.span);
        let parts = [
            (minute, 0, middle, now),
            (ten, middle, fine, now),
            (second, fine, Us::MAX, whole),
        ];
        parts.into_iter().flat_map(move |(tier, begin, end, upto)| {
            tier.slices(upto).filter(move |slice| {
                let (at, span) = slice.time();
                (begin..end).contains(&at) && at + span > from && at <= to
            })
        })
    }

    /// A series between two times; buckets without samples are left out.
    #[must_use]
    pub fn series(&self, key: Key, from: Us, to: Us) -> Vec<Point> {
        let Some(id) = self.keys.find(key) else {
            return Vec::new();
        };
        let found = self.covering(from, to).filter_map(|slice| {
            let (at, span) = slice.time();
            let Cell { sum, samples, max } = *slice.cell(id)?;
            Some(Point {
                at,
                span,
                sum,
                samples,
                max,
            })
        });
        found.collect()
    }

    /// Latency percentiles of first arrivals at a sink between two times.
    #[must_use]
    pub fn latency(&self, sink: NodeId, from: Us, to: Us) -> Vec<LatencyPoint> {
        let found = self.covering(from, to).filter_map(|slice| {
            let (at, span) = slice.time();
            let sketch = slice.latency(sink)?;
            Some(LatencyPoint {
                at,
                span,
                count: sketch.count(),
                p50: sketch.quantile(0.5),
                p95: sketch.quantile(0.95),
                p99: sketch.quantile(0.99),
                max: sketch.max(),
            })
        });
        found.collect()
    }

    /// The sum of a series in the last whole second before `at` [per second], from the finest
    /// bucket that still knows it.
    #[must_use]
    pub fn rate(&self, key: Key, at: Us) -> f64 {
        self.cell(key, at).map_or(0.0, |(cell, span)| {
            cell.sum as f64 * SECOND as f64 / span as f64
        })
    }

    /// The largest sample of a series in the last whole second before `at`, from the finest bucket
    /// that still knows it; none if nothing was sampled there.
    #[must_use]
    pub fn peak(&self, key: Key, at: Us) -> Option<u64> {
        self.cell(key, at).map(|(cell, _)| cell.max)
    }

    /// What was folded in the last whole second before `at`, and over how long a time [us].
    fn cell(&self, key: Key, at: Us) -> Option<(&Cell, Us)> {
        let id = self.keys.find(key)?;
        let whole = at - at % SECOND;
        for tier in &self.tiers {
            if whole < tier.span {
                continue;
            }
            let start = (whole - tier.span) - (whole - tier.span) % tier.span;
            if tier.oldest() > start && tier.span < 60 * SECOND {
                continue;
            }
            let bucket = tier.sealed_at(start)?;
            return bucket.cell(id).map(|cell| (cell, bucket.span));
        }
        None
    }

    /// Latencies of the whole run at a sink.
    #[must_use]
    pub fn whole(&self, sink: NodeId) -> Option<Whole<'_>> {
        self.whole.get(sink)
    }

    /// Marks of the timeline, oldest first.
    #[must_use]
    pub fn notes(&self) -> &[TimelineNote] {
        &self.notes
    }

    /// The source lane that was last seen at a lane of a node.
    #[must_use]
    pub fn last_lane(&self, node: NodeId, lane: u32) -> Option<u32> {
        self.keys.seen(node, lane)
    }
}
