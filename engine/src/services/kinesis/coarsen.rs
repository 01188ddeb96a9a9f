//! Keeping the log to its budget: over it, the oldest entries are made coarser in time, never in
//! number.
//!
//! A *wide tick* joins all entries of a lane that arrived within it into one, which keeps the
//! numbers of its records as runs, their count and the sum of their bytes. What coarsens is time:
//! all records of the tick count as arrived when its last one did. Within the tick the lanes change
//! places; no reader's position lies inside one when it is made, and readers begin at its start.
//!
//! It goes by slices, the oldest first and no more than needed: the copies of the world keep what was
//! there before, so that for a while both take memory.
//!
//! It happens on full minutes of model time and depends on the design alone, so that every way to
//! the same time makes the same log.

use super::log::{Entry, Run};
use super::{Kinesis, TAG_COARSEN};
use crate::base::sorted::order;
use crate::base::time::{MINUTE, SECOND, Us};
use crate::services::cx::Cx;
use crate::services::talk::{Parcel, Read};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// Widths of ticks, each a multiple of the one before. A parcel's time fits into 32 bits of
/// microseconds, so an hour is the widest.
const WIDTHS: [Us; 5] = [SECOND, 10 * SECOND, MINUTE, 10 * MINUTE, 60 * MINUTE];

/// Slices of the time that the log spans; one at a time is made coarser.
const SLICES: u64 = 8;

/// From this width on neighbouring records of different sizes share one run: the sum of their bytes
/// is exact, their sizes are the mean of the run.
const MEAN_FROM: Us = MINUTE;

/// Up to when the log was looked at for ticks of each width [us].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Coarse {
    upto: [Us; WIDTHS.len()],
}

impl Hash for Coarse {
    /// Writes nothing while the log has been within its budget.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if *self != Self::default() {
            self.upto.hash(state);
        }
    }
}

/// Consecutive record numbers with the sum of their bytes.
#[derive(Clone, Copy, Debug)]
struct Stretch {
    first: u64,
    n: u32,
    bytes: u64,
}

impl Stretch {
    /// One run, or two if the bytes do not divide evenly.
    fn runs(&self) -> impl Iterator<Item = Run> {
        let each = (self.bytes / u64::from(self.n)) as u32;
        let more = (self.bytes % u64::from(self.n)) as u32;
        let less = self.n - more;
        let low = Run {
            first: self.first,
            n: less,
            bytes_each: each,
        };
        let high = Run {
            first: self.first + u64::from(less),
            n: more,
            bytes_each: each.saturating_add(1),
        };
        [low, high].into_iter().filter(|run| run.n > 0)
    }
}

/// What a tick gathers of one lane.
#[derive(Clone, Debug)]
struct Group {
    /// Fields that all share; `born` and `span` cover all.
    parcel: Parcel,
    stretches: Vec<Stretch>,
}

impl Group {
    fn new(parcel: &Parcel) -> Self {
        let bytes = u64::from(parcel.bytes_each) * u64::from(parcel.n);
        let stretch = Stretch {
            first: parcel.first,
            n: parcel.n,
            bytes,
        };
        Self {
            parcel: *parcel,
            stretches: vec![stretch],
        }
    }

    /// Takes more of the lane behind what it has; false if it does not fit.
    fn add(&mut self, more: &Parcel, mean: bool) -> bool {
        let own = &mut self.parcel;
        let Some(n) = own.n.checked_add(more.n) else {
            return false;
        };
        if (own.op, own.flags) != (more.op, more.flags) {
            return false;
        }
        let end = (own.born + u64::from(own.span)).max(more.born + u64::from(more.span));
        own.n = n;
        own.born = own.born.min(more.born);
        own.span = u32::try_from(end - own.born).unwrap_or(u32::MAX);
        let next = Self::new(more).stretches[0];
        match self.stretches.last_mut() {
            Some(last)
                if last.first + u64::from(last.n) == next.first
                    && (mean || equal_size(last, &next)) =>
            {
                last.n += next.n;
                last.bytes += next.bytes;
            }
            _ => self.stretches.push(next),
        }
        true
    }
}

fn equal_size(a: &Stretch, b: &Stretch) -> bool {
    a.bytes * u64::from(b.n) == b.bytes * u64::from(a.n) && a.bytes.is_multiple_of(u64::from(a.n))
}

/// Makes wide ticks of entries that come in order.
#[derive(Debug)]
pub(super) struct Widener<'a> {
    width: Us,
    borders: &'a [u64],
    done: Vec<Entry>,
    /// The entries of the tick that is being gathered.
    tick: Vec<Entry>,
}

impl<'a> Widener<'a> {
    /// For ticks of `width` that do not reach over `borders`.
    pub(super) fn new(width: Us, borders: &'a [u64]) -> Self {
        Self {
            width,
            borders,
            done: Vec::new(),
            tick: Vec::new(),
        }
    }

    /// Takes the next entry.
    pub(super) fn add(&mut self, entry: Entry) {
        if let Some(first) = self.tick.first()
            && (first.arrived / self.width != entry.arrived / self.width
                || self.border_in(first.ordinal + 1, entry.end()))
        {
            self.close();
        }
        let bordered = self.border_in(entry.ordinal + 1, entry.end());
        self.tick.push(entry);
        if bordered {
            self.close(); // a border lies inside it: it stays as it is, alone
        }
    }

    /// Whether a border lies from `low` up to `high`.
    fn border_in(&self, low: u64, high: u64) -> bool {
        let ix = self.borders.partition_point(|border| *border < low);
        self.borders.get(ix).is_some_and(|border| *border < high)
    }

    /// What came of all.
    pub(super) fn finish(mut self) -> Vec<Entry> {
        self.close();
        self.done
    }

    /// Ends the tick.
    fn close(&mut self) {
        let tick = std::mem::take(&mut self.tick);
        let (Some(first), Some(last)) = (tick.first(), tick.last()) else {
            return;
        };
        if tick.len() == 1 {
            self.done.extend(tick);
            return;
        }
        let (mut ordinal, arrived) = (first.ordinal, last.arrived);
        let mean = self.width >= MEAN_FROM;
        for group in groups(tick.iter().flat_map(Entry::pieces), mean) {
            let mut runs: Vec<Run> = group.stretches.iter().flat_map(Stretch::runs).collect();
            runs.shrink_to_fit();
            let parcel = group.parcel;
            self.done.push(Entry {
                parcel,
                ordinal,
                arrived,
                runs: Some(Arc::new(runs)),
            });
            ordinal += u64::from(parcel.n);
        }
    }
}

/// The records of a tick by lane; each lane keeps its order.
fn groups(pieces: impl Iterator<Item = Read>, mean: bool) -> Vec<Group> {
    let mut all: Vec<Group> = Vec::new();
    let mut latest: BTreeMap<u32, u32> = BTreeMap::new();
    for piece in pieces {
        let parcel = piece.parcel;
        let known = latest.get(&parcel.lane).map(|ix| &mut all[*ix as usize]);
        if known.is_some_and(|group| group.add(&parcel, mean)) {
            continue;
        }
        latest.insert(parcel.lane, all.len() as u32);
        all.push(Group::new(&parcel));
    }
    all
}

impl Kinesis {
    /// Looks at the log on the next full minute.
    pub(super) fn plan_budget(&mut self, cx: &mut Cx<'_, '_>) {
        if !self.budget_due {
            self.budget_due = true;
            cx.wake((cx.now() / MINUTE + 1) * MINUTE, TAG_COARSEN, 0);
        }
    }

    /// This stream's share of the budget of all logs [B].
    fn budget(cx: &Cx<'_, '_>) -> u64 {
        let kind = cx.floor.node(cx.node()).kind;
        let alike = cx
            .floor
            .nodes
            .iter()
            .filter(|node| node.live && node.kind == kind);
        cx.floor.log_budget.0 / (alike.count() as u64).max(1)
    }

    /// Over budget, widens ticks, the oldest slice first, until seven eighths of it are met.
    pub(super) fn keep_to_budget(&mut self, cx: &mut Cx<'_, '_>) {
        self.budget_due = false;
        let (now, budget) = (cx.now(), Self::budget(cx));
        if self.log_bytes() <= budget {
            return;
        }
        let oldest = self
            .shards
            .iter()
            .filter_map(|shard| shard.log.oldest())
            .min();
        let oldest = oldest.unwrap_or(now);
        for tier in 0..WIDTHS.len() {
            for slice in 1..=SLICES {
                self.widen(tier, oldest + (now - oldest) * slice / SLICES);
                if self.log_bytes() <= budget / 8 * 7 {
                    return;
                }
            }
        }
    }

    /// Bytes that all shards keep.
    pub(super) fn log_bytes(&self) -> u64 {
        self.shards.iter().map(|shard| shard.log.bytes()).sum()
    }

    /// Makes ticks of a tier of what arrived before `until` and was not looked at for it yet.
    fn widen(&mut self, tier: usize, until: Us) {
        let width = WIDTHS[tier];
        let slice = self.coarse.upto[tier]..until / width * width;
        if slice.is_empty() {
            return;
        }
        self.coarse.upto[tier] = slice.end;
        let mut borders = Vec::new();
        for shard in &mut self.shards {
            borders.clear();
            for cursor in &shard.cursors {
                borders.push(cursor.position);
                if let Some(push) = &cursor.push {
                    push.borders(&mut borders);
                }
            }
            order::sort(&mut borders);
            shard.log.widen(slice.clone(), width, &borders);
        }
    }
}
