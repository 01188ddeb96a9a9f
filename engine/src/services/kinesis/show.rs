//! What is seen of a stream, and what it costs.

use super::shard::Shard;
use super::{Config, Kinesis, figures, ring};
use crate::base::time::{HOUR, SECOND, Us};
use crate::catalog::PriceLine;
use crate::services::cx::{Cx, View};
use crate::services::gauges::{Gauges, LaneGauge, State};

/// A subscriber whose oldest unread record is older than this is behind [us]; own choice.
const BEHIND: Us = 10 * SECOND;

/// What was used so far of what is paid by time or volume.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Meter {
    at: Us,
    shard_us: u128,
    consumer_us: u128,
    extended_us: u128,
    /// PUT payload units.
    pub(super) put_units: u64,
    /// Bytes sent to registered consumers.
    pub(super) pushed_bytes: u64,
}

impl Meter {
    /// Nothing used yet.
    #[must_use]
    pub(super) fn starting(now: Us) -> Self {
        Self {
            at: now,
            ..Self::default()
        }
    }

    /// Counts the time up to `now`.
    fn advance(&mut self, now: Us, open: u64, consumers: u64, extended: bool) {
        let shards = u128::from(open) * u128::from(now - self.at);
        self.at = now;
        self.shard_us += shards;
        self.consumer_us += shards * u128::from(consumers);
        self.extended_us += if extended { shards } else { 0 };
    }
}

/// A stretch of shard-time in millionths of an hour.
fn hours(us: u128) -> u128 {
    us * 1_000_000 / u128::from(HOUR)
}

/// How long after its parent's end a child begins, in their sequence numbers [us] (kinesalite's
/// suite against AWS, 2026-11-22).
const CHILD_AFTER: Us = SECOND;

/// A shard as DescribeStream tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Number in `shardId-000000000008`.
    pub id: u32,
    /// ParentShardId, then AdjacentParentShardId.
    pub parents: Vec<u32>,
    /// StartingHashKey.
    pub from: u128,
    /// EndingHashKey, inclusive.
    pub to: u128,
    /// The time in its StartingSequenceNumber [us since the run's start]; 0 if it has no parents,
    /// or if they are EXPIRED.
    pub starting_at: Us,
    /// The time in its EndingSequenceNumber [us since the run's start]; `None` while it is open.
    pub ending_at: Option<Us>,
}

impl Kinesis {
    /// All shards that are kept, open and closed, by number.
    #[must_use]
    pub fn describe(&self) -> Vec<Description> {
        let one = |shard: &Shard| {
            let closed = |id: &u32| self.shards[self.slot_by_id(*id)?].closed;
            let parent_ends = shard.parents.iter().filter_map(closed).max();
            Description {
                id: shard.id,
                parents: shard.parents.clone(),
                from: shard.from,
                to: shard.to,
                starting_at: parent_ends.map_or(0, |at| at + CHILD_AFTER),
                ending_at: shard.closed,
            }
        };
        self.shards.iter().map(one).collect()
    }

    /// Counts the time so far, before anything changes that is paid by time.
    pub(super) fn advance_meter(&mut self, cx: &Cx<'_, '_>) {
        self.meter = self.meter_at(&cx.view());
    }

    fn meter_at(&self, view: &View<'_>) -> Meter {
        let mut meter = self.meter;
        let extended = self.retention > super::RETENTION_MIN;
        meter.advance(
            view.now,
            self.open.len() as u64,
            self.consumers(view),
            extended,
        );
        meter
    }

    pub(super) fn list_bill(&self, view: &View<'_>, out: &mut Vec<PriceLine>) {
        let meter = self.meter_at(view);
        let gib = u128::from(meter.pushed_bytes) * 1_000_000 / (1 << 30);
        let lines = [
            (&figures::SHARD_HOUR, hours(meter.shard_us)),
            (&figures::PUT_UNIT, u128::from(meter.put_units) * 1_000_000),
            (&figures::CONSUMER_SHARD_HOUR, hours(meter.consumer_us)),
            (&figures::CONSUMER_GB, gib),
            (&figures::EXTENDED_HOUR, hours(meter.extended_us)),
            (&figures::LONG_TERM_MONTH, self.long_term(view)),
        ];
        for (price, micro_units) in lines {
            if micro_units > 0 || std::ptr::eq(price, &figures::SHARD_HOUR) {
                out.push(PriceLine { price, micro_units });
            }
        }
    }

    pub(super) fn list_gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let now = view.now;
        let (mut kept, mut waiting, mut oldest) = (0, 0, 0);
        let (mut busy, mut refusing) = (false, false);
        for shard in &self.shards {
            let lane = lane_gauge(shard, now);
            kept += shard.log.next() - shard.log.first();
            waiting += lane.waiting;
            oldest = oldest.max(lane.oldest_us);
            let (records, bytes) = shard.recent.rate(now);
            busy |= shard.open()
                && (records * 10 > lane.records_capacity * 8
                    || bytes * 10 > lane.bytes_capacity * 8);
            refusing |= shard.refused_at.is_some_and(|at| at + SECOND > now);
            out.lanes.push(lane);
        }
        let retention = config.retention as f64 / 1e6;
        out.read("backlog", waiting as f64, "records");
        out.read_of("iterator_age", oldest as f64 / 1e6, "s", retention);
        out.read("kept", kept as f64, "records");
        out.read("shards", self.open.len() as f64, "");
        if let Some((until, _)) = self.changing.filter(|_| self.creating()) {
            let left = until.saturating_sub(view.now) as f64 / SECOND as f64;
            out.read("creating", left, "s");
        }
        out.state = match () {
            // nobody can use it yet
            () if self.creating() => State::Down,
            () if view.down() => State::Down,
            () if refusing => State::Refusing,
            () if oldest > BEHIND => State::Behind,
            () if busy => State::Busy,
            () => State::Calm,
        };
    }
}

fn lane_gauge(shard: &Shard, now: Us) -> LaneGauge {
    let slowest = shard.slowest();
    let waiting = shard.log.next() - slowest.min(shard.log.next());
    let oldest = if waiting > 0 {
        shard.log.arrived(slowest)
    } else {
        None
    };
    LaneGauge {
        id: shard.id,
        open: shard.open(),
        tried: shard.tried,
        admitted: shard.admitted,
        refused: shard.tried - shard.admitted,
        bytes: shard.bytes_in,
        records_level: shard.records.available(now),
        records_capacity: shard.records.capacity(),
        bytes_level: shard.bytes.available(now),
        bytes_capacity: shard.bytes.capacity(),
        waiting,
        oldest_us: oldest.map_or(0, |at| now.saturating_sub(at)),
        from: ring::share(shard.from),
        to: ring::share(shard.to),
    }
}
