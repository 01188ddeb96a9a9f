//! From gathered records to batches, and from batches to invocations.

use super::answer::GivenUp;
use super::batch::{Batch, Lane, event_bytes};
use super::config::Config;
use super::figures::PAYLOAD;
use super::{Asked, Mapping, TAG_BATCH};
use crate::base::time::{HOUR, MINUTE, MS, SECOND, Us};
use crate::services::cx::Cx;
use crate::services::faults::CLIENT_TIMEOUT_US;
use crate::services::lambda::metric;
use crate::services::shared::reading::{Key, Phase, cut, take};
use crate::services::talk::{Ask, Place, Read, Reason, Reply, StartAt};
use std::collections::VecDeque;

/// Younger records are kept by every stream: 24 hours is the least retention [us].
const SURELY_KEPT: Us = 24 * HOUR;
/// How often the stream is asked whether it still has an old batch [us].
const CHECK_EVERY: Us = 5 * MINUTE;
/// How long after the end of a tumbling window its last records have been read [us].
const SLACK: Us = SECOND;

/// What a lane does next.
enum Next {
    /// Nothing before something comes.
    Rest,
    /// Nothing before this time [us].
    Wait(Us),
    /// Goes on with the batch in front.
    Go,
}

impl Mapping {
    /// Brings a shard as far as it gets now: events in, batches out, the next poll.
    pub(super) fn pump(&mut self, config: &Config, key: Key, cx: &mut Cx<'_, '_>) {
        let mut next = None;
        loop {
            let laid_out = match self.shards.get_mut(&key) {
                Some(shard) => shard.lanes.is_empty() || shard.lay_out(config, cx),
                None => return,
            };
            if laid_out && config.enabled {
                let lanes = self.shards.get(&key).map_or(0, |shard| shard.lanes.len());
                let waits = |lane| self.run_lane(config, (key, lane), cx);
                next = (0..lanes).filter_map(waits).min();
            }
            if !self.take_events(config, key, cx) {
                break;
            }
        }
        self.plan_batch(key, next, cx);
        self.settle(config, key, cx);
        self.plan_poll(config, key, cx);
    }

    /// One alarm a shard, for the first of its lanes: with one a lane each alarm would set them all
    /// again, and their number would grow without bound.
    fn plan_batch(&mut self, key: Key, next: Option<Us>, cx: &mut Cx<'_, '_>) {
        let shard = self.shards.get_mut(&key);
        let (Some(shard), Some(at)) = (shard, next) else {
            return;
        };
        if shard.alarm <= cx.now() || at < shard.alarm {
            shard.alarm = at;
            cx.wake(at, TAG_BATCH, key.arg());
        }
    }

    /// Goes on with a lane; gives when it must be looked at again.
    fn run_lane(
        &mut self,
        config: &Config,
        (key, ix): (Key, usize),
        cx: &mut Cx<'_, '_>,
    ) -> Option<Us> {
        let now = cx.now();
        while let Some(shard) = self.shards.get_mut(&key)
            && let Some(lane) = shard.lanes.get_mut(ix)
        {
            if lane.running.is_some() || lane.checking.is_some() {
                return None;
            }
            let drains = shard.cursor.phase == Phase::Draining;
            let next = match lane.waiting.front() {
                Some(batch) => batch_due(config, batch, now),
                None => lane.cut_batch(config, (drains, shard.cursor.polled), cx),
            };
            match next {
                Next::Rest => return None,
                Next::Wait(at) => return Some(at),
                Next::Go => {}
            }
            let Some(batch) = lane.waiting.pop_front() else {
                continue;
            };
            let Some(batch) = self.drop_old(config, key, batch, cx) else {
                continue;
            };
            if batch.due > now {
                self.put_back((key, ix), batch);
                continue;
            }
            self.launch(key, ix, batch, cx);
            return None;
        }
        None
    }

    pub(super) fn put_back(&mut self, (key, ix): (Key, usize), batch: Batch) {
        let shard = self.shards.get_mut(&key);
        if let Some(lane) = shard.and_then(|shard| shard.lanes.get_mut(ix)) {
            lane.waiting.push_front(batch);
        }
    }

    /// Gives up records above the maximum age; the rest of the batch, if there is any.
    fn drop_old(
        &mut self,
        config: &Config,
        key: Key,
        mut batch: Batch,
        cx: &mut Cx<'_, '_>,
    ) -> Option<Batch> {
        let most = config.max_age_us().unwrap_or(Us::MAX);
        let now = cx.now();
        let old = |read: &Read| read.arrived.saturating_add(most) <= now;
        if batch.reads.is_empty() || !batch.reads.iter().any(old) {
            return Some(batch);
        }
        let reads = std::mem::take(&mut batch.reads).into_iter();
        let (gone, left): (Vec<Read>, Vec<Read>) = reads.partition(old);
        batch.reads = gone;
        self.give_up(key, &batch, GivenUp::RecordAgeExceeded, cx);
        batch.reads = left;
        (!batch.reads.is_empty()).then_some(batch)
    }

    /// Invokes the function on a batch; asks the stream first whether it still has an old one.
    fn launch(&mut self, key: Key, ix: usize, batch: Batch, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let (wire, to) = (self.wire, cx.node());
        let Some(lane) = self
            .shards
            .get_mut(&key)
            .and_then(|shard| shard.lanes.get_mut(ix))
        else {
            return;
        };
        let aged = |at: Us| now.saturating_sub(at) >= SURELY_KEPT;
        let doubtful = now.saturating_sub(batch.checked) >= CHECK_EVERY;
        if doubtful && batch.oldest().is_some_and(aged) {
            let first = batch.reads.first().map_or(0, |read| read.ordinal);
            let start = StartAt::AtSequence(first);
            let call = cx.ask(
                wire,
                Ask::GetShardIterator {
                    shard: key.1,
                    start,
                },
            );
            lane.checking = Some(call);
            lane.waiting.push_front(batch);
            self.asked.insert(call, Asked::Kept(key, ix));
            return;
        }
        if let Some(last) = batch.reads.last() {
            cx.count(
                metric::ITERATOR_AGE,
                None,
                now.saturating_sub(last.arrived) / MS,
            );
        }
        let ask = Ask::Invoke {
            reads: batch.reads.clone(),
            asynchronous: false,
        };
        let call = cx.ask_place(wire, Place::Node(to), ask, CLIENT_TIMEOUT_US);
        lane.running = Some(batch);
        self.asked.insert(call, Asked::Invoke(key, ix));
    }

    /// The stream told which of an old batch it still has.
    pub(super) fn kept_answered(
        &mut self,
        config: &Config,
        (key, ix): (Key, usize),
        reply: &Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        let wire = self.wire;
        let Some(lane) = self
            .shards
            .get_mut(&key)
            .and_then(|shard| shard.lanes.get_mut(ix))
        else {
            return;
        };
        lane.checking = None;
        if let Some(mut batch) = lane.waiting.pop_front() {
            if let Reply::Iterator { ordinal } = reply {
                batch.checked = cx.now();
                let mut left = Vec::new();
                for read in std::mem::take(&mut batch.reads) {
                    let (gone, kept) = split_at(&read, *ordinal);
                    if let Some(gone) = gone {
                        cx.ended(Some(wire), &gone.parcel, Reason::Retention);
                    }
                    left.extend(kept);
                }
                batch.reads = left;
            } else {
                batch.due = cx.now() + SECOND;
            }
            if !batch.reads.is_empty() {
                lane.waiting.push_front(batch);
            }
        }
        self.pump(config, key, cx);
    }
}

/// When a batch that waits goes on: at its time, or when the first of its records is too old.
fn batch_due(config: &Config, batch: &Batch, now: Us) -> Next {
    let most = config.max_age_us();
    let old = most.and_then(|most| batch.oldest().map(|at| at.saturating_add(most)));
    let at = batch.due.min(old.unwrap_or(Us::MAX));
    if at <= now { Next::Go } else { Next::Wait(at) }
}

/// Cuts what lies below a number in the shard from what lies above.
fn split_at(read: &Read, ordinal: u64) -> (Option<Read>, Option<Read>) {
    let n = ordinal
        .saturating_sub(read.ordinal)
        .min(u64::from(read.parcel.n));
    match n {
        0 => (None, Some(*read)),
        n => {
            let (head, tail) = cut(read, n as u32);
            (Some(head), tail)
        }
    }
}

impl Lane {
    /// Makes the next batch of what is gathered, if it is time for one.
    fn cut_batch(
        &mut self,
        config: &Config,
        (drains, polled): (bool, Us),
        cx: &Cx<'_, '_>,
    ) -> Next {
        if let Some(next) = self.close_window(config, cx.now()) {
            return next;
        }
        if self.n == 0 {
            return Next::Rest;
        }
        let (n, bytes) = self.fits(config, cx);
        let full = n < self.n || n >= u64::from(config.batch_size);
        let window = config.window_us();
        let windows = self
            .since
            .saturating_sub(self.window_from)
            .checked_div(window);
        let ends = windows.map_or(0, |passed| self.window_from + (passed + 1) * window);
        if !full && !drains && cx.now() < ends {
            return Next::Wait(ends);
        }
        let reads = take(&mut self.gathered, n);
        self.n -= n;
        self.bytes -= bytes;
        self.since = cx.now();
        if let Some(span) = config.tumbling_us() {
            self.tumbling = reads.first().map(|read| read.arrived / span);
        }
        self.waiting.push_back(Batch::new(reads, cx.now(), polled));
        Next::Go
    }

    /// How many of the gathered records go into one batch, and their bytes: by number, by payload,
    /// and within one tumbling window.
    fn fits(&self, config: &Config, cx: &Cx<'_, '_>) -> (u64, u64) {
        let most = u64::from(config.batch_size);
        let (room, span) = (cx.figure(&PAYLOAD), config.tumbling_us());
        let of = |read: &Read| span.map(|span| read.arrived / span);
        let window = self.gathered.front().and_then(of);
        if self.n <= most && self.bytes <= room && span.is_none() {
            return (self.n, self.bytes);
        }
        let (mut n, mut bytes) = (0, 0);
        for read in self.gathered.iter().take_while(|read| of(read) == window) {
            let each = event_bytes(&read.parcel, cx).max(1);
            let fit = (most - n).min((room - bytes) / each);
            let fit = fit.min(u64::from(read.parcel.n)).max(u64::from(n == 0));
            n += fit;
            bytes += fit * each;
            if fit < u64::from(read.parcel.n) || bytes >= room {
                break;
            }
        }
        (n, bytes)
    }

    /// The last invocation of a tumbling window whose end has passed.
    fn close_window(&mut self, config: &Config, now: Us) -> Option<Next> {
        let span = config.tumbling_us()?;
        let open = self.tumbling?;
        let end = (open + 1) * span;
        let first = self.gathered.front().map(|read| read.arrived / span);
        let over = match first {
            Some(window) => window > open,
            None => now >= end + SLACK,
        };
        if over {
            self.tumbling = None;
            self.waiting.push_back(Batch::new(Vec::new(), now, now));
            return Some(Next::Go);
        }
        first.is_none().then_some(Next::Wait(end + SLACK))
    }
}

/// Takes the records of a batch that is tried in two halves.
pub(super) fn halves(reads: Vec<Read>) -> (Vec<Read>, Vec<Read>) {
    let n: u64 = crate::services::shared::reading::count(&reads);
    let mut all: VecDeque<Read> = reads.into();
    let head = take(&mut all, n / 2);
    (head, all.into())
}
