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

use crate::base::histogram::{Histogram, Sketch};
use crate::base::time::{SECOND, Us};
use crate::services::board::Cell;
use crate::services::facts::Fact;
use crate::services::talk::{NodeId, Parcel, Reason, WireId};
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// What a series is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A metric of a node or of one of its lanes.
    Metric {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: Option<u32>,
        /// Index in the service's `ENTRY.metrics`.
        metric: u16,
    },
    /// Records sent over a wire.
    Moved {
        /// The wire.
        wire: WireId,
    },
    /// Records that a limiter let in.
    Admitted {
        /// Where.
        node: NodeId,
        /// Shard or other lane; `None` for the node.
        lane: Option<u32>,
    },
    /// Bytes that a limiter let in, without keys.
    AdmittedBytes {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: u32,
    },
    /// Records refused.
    Refused {
        /// Where.
        node: NodeId,
        /// Shard or other lane; `None` for the node.
        lane: Option<u32>,
    },
    /// Obligations that ended.
    Ended {
        /// Where.
        node: NodeId,
    },
    /// Records refused, by reason, over all nodes.
    Because {
        /// Why.
        reason: Reason,
    },
}

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

#[derive(Clone, Debug, Default)]
struct Bucket {
    at: Us,
    cells: BTreeMap<Key, Cell>,
    latency: BTreeMap<NodeId, Sketch>,
}

impl Bucket {
    fn absorb(&mut self, other: &Self) {
        for (key, cell) in &other.cells {
            self.cells.entry(*key).or_default().merge(cell);
        }
        for (node, sketch) in &other.latency {
            self.latency.entry(*node).or_default().merge(sketch);
        }
    }
}

/// One resolution.
#[derive(Clone, Debug)]
struct Tier {
    span: Us,
    kept: usize,
    sealed: VecDeque<Arc<Bucket>>,
    open: Bucket,
}

impl Tier {
    fn new(span: Us, kept: usize) -> Self {
        Self {
            span,
            kept,
            sealed: VecDeque::new(),
            open: Bucket::default(),
        }
    }

    /// Seals the open bucket if `at` lies behind it; gives what was sealed.
    fn roll(&mut self, at: Us) -> Option<Arc<Bucket>> {
        let start = at - at % self.span;
        if start <= self.open.at {
            return None;
        }
        let fresh = Bucket {
            at: start,
            ..Bucket::default()
        };
        let done = Arc::new(std::mem::replace(&mut self.open, fresh));
        if done.cells.is_empty() && done.latency.is_empty() {
            return None;
        }
        self.sealed.push_back(done.clone());
        while self.sealed.len() > self.kept {
            self.sealed.pop_front();
        }
        Some(done)
    }

    fn all(&self) -> impl Iterator<Item = &Bucket> {
        self.sealed
            .iter()
            .map(AsRef::as_ref)
            .chain(std::iter::once(&self.open))
    }

    fn oldest(&self) -> Us {
        self.sealed.front().map_or(self.open.at, |bucket| bucket.at)
    }
}

/// What a checkpoint keeps of history so that a fork can cut back to it.
#[derive(Clone, Debug)]
pub struct Mark {
    events: u64,
    open: [Bucket; 3],
    whole: BTreeMap<NodeId, Histogram>,
    notes: usize,
    refused_yet: bool,
}

/// The past of a branch.
#[derive(Clone, Debug)]
pub struct History {
    tiers: [Tier; 3],
    whole: BTreeMap<NodeId, Histogram>,
    notes: Vec<TimelineNote>,
    /// Events that are folded; those before are re-simulated and fold nothing.
    events: u64,
    refused_yet: bool,
    /// Last source lane seen by (node, lane): whose colour a shard shows.
    last_lane: BTreeMap<(NodeId, u32), u32>,
}

impl Default for History {
    fn default() -> Self {
        Self {
            tiers: [
                Tier::new(SECOND, 600),
                Tier::new(10 * SECOND, 720),
                Tier::new(60 * SECOND, 43_200),
            ],
            whole: BTreeMap::new(),
            notes: Vec::new(),
            events: 0,
            refused_yet: false,
            last_lane: BTreeMap::new(),
        }
    }
}

impl History {
    /// Events folded so far.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    pub(super) fn set_events(&mut self, events: u64) {
        self.events = self.events.max(events);
    }

    /// Brings the open buckets to `at`, so that a quiet time is seen as such.
    pub(super) fn roll(&mut self, at: Us) {
        let [second, ten, minute] = &mut self.tiers;
        if let Some(done) = second.roll(at) {
            ten.roll(done.at);
            // a ten-second bucket that closed was absorbed by its minute below
            ten.open.absorb(&done);
            minute.roll(done.at);
            minute.open.absorb(&done);
        }
        ten.roll(at);
        minute.roll(at);
    }

    fn add(&mut self, key: Key, value: u64) {
        self.tiers[0].open.cells.entry(key).or_default().add(value);
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
                self.add(
                    Key::Metric {
                        node,
                        lane: None,
                        metric,
                    },
                    *value,
                );
                if lane.is_some() {
                    self.add(
                        Key::Metric {
                            node,
                            lane: *lane,
                            metric,
                        },
                        *value,
                    );
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
                    self.last_lane.insert((*node, *lane), parcel.lane);
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
        self.last_lane.insert((node, lane), parcel.lane);
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
        self.whole
            .entry(node)
            .or_default()
            .record_spread(newest_us, oldest_us, first);
        let sketch = self.tiers[0].open.latency.entry(node).or_default();
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
            open: self.tiers.each_ref().map(|tier| tier.open.clone()),
            whole: self.whole.clone(),
            notes: self.notes.len(),
            refused_yet: self.refused_yet,
        }
    }

    /// Cuts back to a checkpoint of this branch.
    pub(super) fn cut(&mut self, mark: &Mark) {
        for (tier, open) in self.tiers.iter_mut().zip(&mark.open) {
            while tier
                .sealed
                .back()
                .is_some_and(|bucket| bucket.at >= open.at)
            {
                tier.sealed.pop_back();
            }
            tier.open = open.clone();
        }
        self.whole = mark.whole.clone();
        self.notes.truncate(mark.notes);
        self.events = mark.events;
        self.refused_yet = mark.refused_yet;
    }

    /// Buckets that cover the time from `from` to `to`, each the finest kept, in order.
    fn covering(&self, from: Us, to: Us) -> Vec<(Us, &Bucket)> {
        let [second, ten, minute] = &self.tiers;
        // seconds from the first ten-second boundary that they still reach, tens likewise
        let fine = second.oldest().next_multiple_of(ten.span);
        let middle = ten.oldest().next_multiple_of(minute.span).min(fine);
        let mut found: Vec<(Us, &Bucket)> = Vec::new();
        for (tier, begin, end) in [
            (minute, 0, middle),
            (ten, middle, fine),
            (second, fine, Us::MAX),
        ] {
            let inside = |bucket: &&Bucket| {
                (begin..end).contains(&bucket.at) && bucket.at + tier.span > from && bucket.at <= to
            };
            found.extend(tier.all().filter(inside).map(|bucket| (tier.span, bucket)));
        }
        found
    }

    /// A series between two times; buckets without samples are left out.
    #[must_use]
    pub fn series(&self, key: Key, from: Us, to: Us) -> Vec<Point> {
        let mut points = Vec::new();
        for (span, bucket) in self.covering(from, to) {
            if let Some(cell) = bucket.cells.get(&key) {
                let Cell { sum, samples, max } = *cell;
                points.push(Point {
                    at: bucket.at,
                    span,
                    sum,
                    samples,
                    max,
                });
            }
        }
        points
    }

    /// Latency percentiles of first arrivals at a sink between two times.
    #[must_use]
    pub fn latency(&self, sink: NodeId, from: Us, to: Us) -> Vec<LatencyPoint> {
        let mut points = Vec::new();
        for (span, bucket) in self.covering(from, to) {
            if let Some(sketch) = bucket.latency.get(&sink) {
                points.push(LatencyPoint {
                    at: bucket.at,
                    span,
                    count: sketch.count(),
                    p50: sketch.quantile(0.5),
                    p95: sketch.quantile(0.95),
                    p99: sketch.quantile(0.99),
                    max: sketch.max(),
                });
            }
        }
        points
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
        let whole = at - at % SECOND;
        for tier in &self.tiers {
            if whole < tier.span {
                continue;
            }
            let start = (whole - tier.span) - (whole - tier.span) % tier.span;
            if tier.oldest() > start && tier.span < 60 * SECOND {
                continue;
            }
            let ix = tier.sealed.partition_point(|bucket| bucket.at < start);
            let bucket = tier
                .sealed
                .get(ix)
                .map(AsRef::as_ref)
                .filter(|bucket| bucket.at == start);
            let cell = bucket.and_then(|bucket| bucket.cells.get(&key));
            return cell.map(|cell| (cell, tier.span));
        }
        None
    }

    /// Latencies of the whole run at a sink.
    #[must_use]
    pub fn whole(&self, sink: NodeId) -> Option<&Histogram> {
        self.whole.get(&sink)
    }

    /// Marks of the timeline, oldest first.
    #[must_use]
    pub fn notes(&self) -> &[TimelineNote] {
        &self.notes
    }

    /// The source lane that was last seen at a lane of a node.
    #[must_use]
    pub fn last_lane(&self, node: NodeId, lane: u32) -> Option<u32> {
        self.last_lane.get(&(node, lane)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metric(value: u64) -> Fact {
        Fact::Metric {
            node: NodeId(1),
            lane: Some(2),
            metric: 0,
            value,
        }
    }

    #[test]
    fn sums_stay_exact_at_every_age() {
        let mut history = History::default();
        let hours = 5_u64;
        for second in 0..hours * 3_600 {
            history.fold(second * SECOND + 10, &metric(3));
        }
        let key = Key::Metric {
            node: NodeId(1),
            lane: Some(2),
            metric: 0,
        };
        let points = history.series(key, 0, u64::MAX / 2);
        let sum: u64 = points.iter().map(|point| point.sum).sum();
        assert_eq!(sum, 3 * hours * 3_600, "no sample is lost or counted twice");
        assert!(
            points.len() < 1_700,
            "old seconds are joined: {} points",
            points.len()
        );
        assert!(
            points.windows(2).all(|w| w[0].at + w[0].span <= w[1].at),
            "in order, no overlap"
        );
    }

    #[test]
    fn a_fork_cuts_back_to_the_mark() {
        let mut history = History::default();
        for i in 0..1_000_u64 {
            history.fold(i * 100_000, &metric(1));
        }
        history.set_events(1_000);
        let mark = history.mark();
        let before = history.series(
            Key::Metric {
                node: NodeId(1),
                lane: None,
                metric: 0,
            },
            0,
            u64::MAX / 2,
        );
        for i in 1_000..5_000_u64 {
            history.fold(i * 100_000, &metric(1));
        }
        history.cut(&mark);
        let after = history.series(
            Key::Metric {
                node: NodeId(1),
                lane: None,
                metric: 0,
            },
            0,
            u64::MAX / 2,
        );
        assert_eq!(before, after, "as it was");
    }

    #[test]
    fn the_rate_is_that_of_the_last_whole_second() {
        let mut history = History::default();
        for i in 0..35_u64 {
            history.fold(i * 100_000, &metric(10));
        }
        let key = Key::Metric {
            node: NodeId(1),
            lane: None,
            metric: 0,
        };
        assert_eq!(
            history.rate(key, 3_400_000),
            100.0,
            "ten samples of ten in second 2"
        );
        assert_eq!(history.peak(key, 3_400_000), Some(10), "the largest");
        assert_eq!(history.peak(key, 900_000), None, "no whole second yet");
    }
}
