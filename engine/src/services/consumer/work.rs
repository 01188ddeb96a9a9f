//! Working on what was read, and handing it on.

use super::shard::Work;
use super::{Asked, Config, Consumer, HANDED_ON, ITERATOR_AGE, PROCESSED};
use super::{TAG_AGAIN, TAG_CHECKPOINT, TAG_WORK};
use crate::base::time::{MS, SECOND, Us};
use crate::kernel::CallId;
use crate::services::cx::Cx;
use crate::services::faults::NOMINAL_ANSWER_US;
use crate::services::shared::reading::{Key, count, take};
use crate::services::talk::{Ask, Parcel, Read, Reason, Reply, WireId, push_joined};

/// The longest piece of work that is handed on as one [us]: records come out as late as this.
const SLICE_US: u64 = 100 * MS;
/// Until what was not taken is handed on again [us].
const AGAIN_US: Us = SECOND;
/// Thousandths of a record a second, times this, are records a microsecond.
const RATE_UNIT: u64 = 1_000_000_000;

/// A slice on its way to all next places.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Handing {
    /// Records of the slice.
    pub(super) n: u64,
    /// Number of the record behind the slice.
    pub(super) end: u64,
    /// When its oldest record arrived at the stream [us].
    pub(super) arrived: Us,
    /// Whether a batch ends with it.
    pub(super) last: bool,
    /// What each next place has not taken.
    pub(super) parts: Vec<Part>,
}

/// What one next place has not taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Part {
    pub(super) out: WireId,
    pub(super) parcels: Vec<Parcel>,
    /// The request, while it is on the way; otherwise the records are here.
    pub(super) call: Option<CallId>,
}

/// Records worked on in this second and the one before.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Meter {
    second: u64,
    this: u64,
    last: u64,
}

impl Meter {
    /// Brings the seconds up to `now`.
    pub(super) fn roll(&mut self, now: Us) {
        let second = now / SECOND;
        if second > self.second {
            self.last = if second == self.second + 1 {
                self.this
            } else {
                0
            };
            self.this = 0;
            self.second = second;
        }
    }

    fn add(&mut self, now: Us, n: u64) {
        self.roll(now);
        self.this += n;
    }

    /// Records of the last whole second.
    pub(super) fn per_s(mut self, now: Us) -> u64 {
        self.roll(now);
        self.last
    }
}

impl Consumer {
    /// Gives batches to free workers, in order of arrival; a shard is worked on by one at a time,
    /// and only when its last slice was taken, so that its order holds.
    pub(super) fn pump(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let mut from = 0;
        while (config.rate == 0 || self.busy < config.workers)
            && let Some(found) = self
                .ready
                .iter()
                .skip(from)
                .position(|(key, _)| self.can_work(*key))
        {
            from += found;
            let (key, waiting) = self.ready[from];
            let n = waiting.min(slice(config));
            if n == waiting {
                self.ready.remove(from);
            } else {
                self.ready[from].1 -= n;
            }
            let span = self.span(config, n, cx);
            let Some(shard) = self.shards.get_mut(&key) else {
                continue;
            };
            let reads = take(&mut shard.waiting, n);
            if span == 0 {
                self.finish(config, key, &reads, n == waiting, cx);
                continue;
            }
            let until = cx.now() + span;
            shard.work = Some(Work {
                reads,
                until,
                last: n == waiting,
            });
            self.busy += 1;
            cx.wake(until, TAG_WORK, key.arg());
        }
    }

    fn can_work(&self, key: Key) -> bool {
        let free = self
            .shards
            .get(&key)
            .is_some_and(|shard| shard.work.is_none());
        free && !self.handing.contains_key(&key)
    }

    /// How long a worker takes for `n` records [us]; what whole microseconds leave over counts for
    /// the next slice, so that the rate is exact in the long run.
    fn span(&mut self, config: &Config, n: u64, cx: &Cx<'_, '_>) -> Us {
        if config.rate == 0 {
            return cx.stretch(NOMINAL_ANSWER_US) - NOMINAL_ANSWER_US; // 0 unless it is slowed
        }
        let work = n * u64::from(config.workers) * RATE_UNIT + self.rest;
        self.rest = work % config.rate;
        cx.stretch(work / config.rate)
    }

    /// A worker's slice is done.
    pub(super) fn worked(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        if let Some(work) = shard.work.take_if(|work| work.until == cx.now()) {
            self.busy -= 1;
            self.finish(config, key, &work.reads, work.last, cx);
            self.pump(config, cx);
        }
    }

    /// Work on records is done: hands them on to every next place, or counts them as come.
    fn finish(
        &mut self,
        config: &Config,
        key: Key,
        reads: &[Read],
        last: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        let (Some(newest), n, now) = (reads.last(), count(reads), cx.now()) else {
            return;
        };
        cx.count(PROCESSED, None, n);
        cx.count(
            ITERATOR_AGE,
            None,
            now.saturating_sub(newest.arrived) / 1_000,
        );
        self.meter.add(now, n);
        let end = newest.ordinal + u64::from(newest.parcel.n);
        let outs = cx.wires_out();
        let arrived = reads[0].arrived;
        let mut handing = Handing {
            n,
            end,
            arrived,
            last,
            parts: Vec::new(),
        };
        if outs.is_empty() {
            for read in reads {
                cx.delivered(key.0, &read.parcel, Us::MAX);
            }
            cx.count(HANDED_ON, None, n);
            self.slice_done(config, key, &handing, cx);
            return;
        }
        if outs.len() > 1 {
            cx.created(Reason::FanOut, n * (outs.len() as u64 - 1));
        }
        let mut parcels = Vec::new();
        reads
            .iter()
            .for_each(|read| push_joined(&mut parcels, read.parcel));
        let part = |out: &WireId| Part {
            out: *out,
            parcels: parcels.clone(),
            call: None,
        };
        handing.parts = outs.iter().map(part).collect();
        self.handing.insert(key, handing);
        self.hand_on(key, cx);
    }

    /// Hands on what of a slice is here.
    pub(super) fn hand_on(&mut self, key: Key, cx: &mut Cx<'_, '_>) {
        let Some(handing) = self.handing.get_mut(&key) else {
            return;
        };
        for part in handing.parts.iter_mut().filter(|part| part.call.is_none()) {
            let call = cx.ask(
                part.out,
                Ask::Hand {
                    parcels: part.parcels.clone().into(),
                },
            );
            part.call = Some(call);
            self.asked.insert(call, Asked::Hand(key, part.out));
        }
    }

    /// A next place answered: what it did not take, or may not have taken, is handed on again.
    pub(super) fn hand_answered(
        &mut self,
        config: &Config,
        key: Key,
        out: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(handing) = self.handing.get_mut(&key) else {
            return;
        };
        let Some(ix) = handing.parts.iter().position(|part| part.out == out) else {
            return;
        };
        let back: Vec<Parcel> = match reply {
            Reply::Refused { back, .. } => back,
            Reply::NoAnswer { unknown } => unknown,
            Reply::Put { failed } => failed.iter().map(|failed| failed.parcel).collect(),
            _ => Vec::new(),
        };
        let sum = |parcels: &[Parcel]| parcels.iter().map(|p| u64::from(p.n)).sum::<u64>();
        cx.count(
            HANDED_ON,
            None,
            sum(&handing.parts[ix].parcels).saturating_sub(sum(&back)),
        );
        if back.is_empty() {
            handing.parts.remove(ix);
        } else {
            handing.parts[ix] = Part {
                out,
                parcels: back,
                call: None,
            };
            cx.wake(cx.now() + AGAIN_US, TAG_AGAIN, key.arg());
        }
        self.close_slice(config, key, cx);
        self.pump(config, cx);
    }

    /// Ends a slice that all next places have taken.
    fn close_slice(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        if self
            .handing
            .get(&key)
            .is_some_and(|handing| handing.parts.is_empty())
            && let Some(handing) = self.handing.remove(&key)
        {
            self.slice_done(config, key, &handing, cx);
        }
    }

    fn slice_done(&mut self, config: &Config, key: Key, slice: &Handing, cx: &mut Cx<'_, '_>) {
        let Some(shard) = self.shards.get_mut(&key) else {
            return;
        };
        shard.in_hand -= slice.n;
        shard.done_to = Some(slice.end);
        if config.checkpoint_every == 0 && slice.last {
            shard.saved = shard.done_to;
        }
        self.take_events(config, key, cx);
        self.settle(config, key, cx);
    }

    // ---- saved positions ------------------------------------------------------------------

    /// Plans the next saving of positions, if it goes by time.
    pub(super) fn plan_save(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let by_time = config.checkpoint_every > 0;
        self.save_at = by_time.then(|| cx.now().saturating_add(config.checkpoint_every));
        if let Some(at) = self.save_at {
            cx.wake(at, TAG_CHECKPOINT, 0);
        }
    }

    pub(super) fn save_due(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.save_at != Some(cx.now()) {
            return;
        }
        for shard in self.shards.values_mut() {
            shard.saved = shard.saved.max(shard.done_to);
        }
        self.plan_save(config, cx);
    }

    // ---- crash and change -----------------------------------------------------------------

    /// Memory is lost. The log has the records again, unless its wire was removed.
    pub(super) fn forget_handing(&mut self, cx: &mut Cx<'_, '_>) {
        for (key, handing) in std::mem::take(&mut self.handing) {
            let known = self.feeds.contains_key(&key.0);
            if !known {
                let calls = handing.parts.iter().filter_map(|part| part.call);
                calls.for_each(|call| cx.leaves_alone(call));
            }
            for part in handing.parts.iter().filter(|part| part.call.is_none()) {
                for parcel in &part.parcels {
                    if known {
                        cx.dropped(Reason::Crashed, u64::from(parcel.n));
                    } else {
                        cx.ended(Some(part.out), parcel, Reason::Crashed);
                    }
                }
            }
        }
    }

    /// Forgets what came over, or was to go over, wires that were removed.
    pub(super) fn forget_wires(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_feeds(cx);
        let mut gone = 0;
        for handing in self.handing.values_mut() {
            handing.parts.retain(|part| {
                let lost = part.call.is_none() && !cx.floor.carries(part.out);
                if lost {
                    gone += part.parcels.iter().map(|p| u64::from(p.n)).sum::<u64>();
                }
                !lost
            });
        }
        if gone > 0 {
            cx.dropped(Reason::Removed, gone);
        }
        let keys: Vec<Key> = self.handing.keys().copied().collect();
        keys.into_iter()
            .for_each(|key| self.close_slice(config, key, cx));
    }
}

/// Most records that are worked on as one.
fn slice(config: &Config) -> u64 {
    if config.rate == 0 {
        return u64::MAX;
    }
    (SLICE_US * config.rate / (u64::from(config.workers) * RATE_UNIT)).max(1)
}
