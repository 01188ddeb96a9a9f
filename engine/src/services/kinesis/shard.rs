//! One shard: its part of the ring, its buckets, its gates for readers, its log.

use super::log::ShardLog;
use crate::base::bucket::Bucket;
use crate::base::few::Few;
use crate::base::time::{SECOND, Us};
use crate::base::times::times;
use crate::services::talk::Reason;

/// The limits of a shard under the rules in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Limits {
    /// Records a second.
    pub(super) records: u64,
    /// Bytes a second.
    pub(super) bytes: u64,
    /// Bytes that large records may take at once.
    pub(super) burst: u64,
    /// Above this a record counts as large [B].
    pub(super) ordinary: u64,
    /// The largest record with its key [B].
    pub(super) record: u64,
}

/// How many of a parcel's records a shard takes, and why not more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Records taken, from the first on.
    pub(super) n: u32,
    /// Which bucket bound.
    pub(super) reason: Reason,
    /// What that bucket still holds.
    pub(super) had: u64,
    /// What one more record needs.
    pub(super) needed: u64,
    /// Refilled per second.
    pub(super) limit: u64,
}

/// At most so many calls in any second: law window.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Window {
    recent: Vec<Us>,
}

impl Window {
    /// Counts a call in, if fewer than `limit` came in the second before.
    pub(super) fn admit(&mut self, now: Us, limit: u64) -> bool {
        self.recent.retain(|at| at + SECOND > now);
        let fits = (self.recent.len() as u64) < limit;
        if fits {
            self.recent.push(now);
        }
        fits
    }
}

/// A bucket of one second's worth that an answer may overdraw; while overdrawn nothing goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pace {
    /// When all that went will have been earned [us]; a second ahead of now: nothing is left.
    paid_until: Us,
}

impl Pace {
    /// Bytes that may go now.
    #[must_use]
    pub(super) fn level(&self, now: Us, per_s: u64) -> u64 {
        let left = (now + SECOND).saturating_sub(self.paid_until).min(SECOND);
        left.saturating_mul(per_s) / SECOND
    }

    /// Notes bytes that went.
    pub(super) fn spend(&mut self, now: Us, bytes: u64, per_s: u64) {
        let us = bytes.saturating_mul(SECOND).div_ceil(per_s.max(1));
        self.paid_until = self.paid_until.max(now).saturating_add(us);
    }

    /// When `share` of a second's worth will be there [us].
    #[must_use]
    pub(super) fn when(&self, share: Us) -> Us {
        (self.paid_until + share).saturating_sub(SECOND)
    }
}

/// What GetRecords and GetShardIterator are held against.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Gate {
    /// GetRecords calls.
    pub(super) calls: Window,
    /// GetShardIterator calls.
    pub(super) iterators: Window,
    /// Bytes that all readers share.
    pub(super) bytes: Pace,
    /// Every call before this is refused [us], because of `why`.
    pub(super) shut_until: Us,
    /// Why it is shut.
    pub(super) why: Reason,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            calls: Window::default(),
            iterators: Window::default(),
            bytes: Pace::default(),
            shut_until: 0,
            why: Reason::ReadCalls,
        }
    }
}

/// What went in during this second and the one before, for the state that is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Recent {
    second: u64,
    now: (u64, u64),
    before: (u64, u64),
}

impl Recent {
    /// Adds records and bytes.
    pub(super) fn add(&mut self, now: Us, n: u64, bytes: u64) {
        *self = self.at(now);
        self.now = (self.now.0 + n, self.now.1 + bytes);
    }

    fn at(self, now: Us) -> Self {
        let second = now / SECOND;
        match second - self.second.min(second) {
            0 => self,
            1 => Self {
                second,
                now: (0, 0),
                before: self.now,
            },
            _ => Self {
                second,
                ..Self::default()
            },
        }
    }

    /// Records and bytes of the fuller of the two seconds.
    #[must_use]
    pub(super) fn rate(&self, now: Us) -> (u64, u64) {
        let seen = self.at(now);
        (seen.now.0.max(seen.before.0), seen.now.1.max(seen.before.1))
    }
}

/// A number that a subscriber reads from next, and its subscription if it has one.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Cursor {
    /// Records from here on are in the log's custody for the subscriber.
    pub(super) position: u64,
    /// Its subscription, and events whose answer is open.
    pub(super) push: Option<Box<super::fanout::Push>>,
}

/// One shard.
#[derive(Clone, Debug, Hash)]
pub(super) struct Shard {
    /// Number in `shardId-000000000008`; never reused.
    pub(super) id: u32,
    /// The shards it came from.
    pub(super) parents: Vec<u32>,
    /// The shards that came from it.
    pub(super) children: Vec<u32>,
    /// First hash key.
    pub(super) from: u128,
    /// Last hash key, inclusive.
    pub(super) to: u128,
    /// When it stopped taking writes.
    pub(super) closed: Option<Us>,
    /// Records per second.
    pub(super) records: Bucket,
    /// Bytes per second.
    pub(super) bytes: Bucket,
    /// The tank that large records burst from.
    pub(super) large: Bucket,
    /// What readers are held against.
    pub(super) gate: Gate,
    /// What it keeps.
    pub(super) log: ShardLog,
    /// One a subscriber, in the order of the stream's subscribers.
    pub(super) cursors: Few<Cursor>,
    /// Records that asked to come in.
    pub(super) tried: u64,
    /// Records let in.
    pub(super) admitted: u64,
    /// Bytes let in.
    pub(super) bytes_in: u64,
    /// When it last refused something [us].
    pub(super) refused_at: Option<Us>,
    /// Load of the last seconds.
    pub(super) recent: Recent,
}

impl Shard {
    /// An open shard with full buckets.
    #[must_use]
    pub(super) fn new(
        id: u32,
        (from, to): (u128, u128),
        limits: &Limits,
        now: Us,
        readers: usize,
    ) -> Self {
        Self {
            id,
            parents: Vec::new(),
            children: Vec::new(),
            from,
            to,
            closed: None,
            records: Bucket::new(limits.records, limits.records, now),
            bytes: Bucket::new(limits.bytes, limits.bytes, now),
            large: Bucket::new(limits.burst, limits.bytes, now),
            gate: Gate::default(),
            log: ShardLog::default(),
            cursors: std::iter::repeat_n(Cursor::default(), readers).collect(),
            tried: 0,
            admitted: 0,
            bytes_in: 0,
            refused_at: None,
            recent: Recent::default(),
        }
    }

    /// Whether it takes writes.
    #[must_use]
    pub(super) fn open(&self) -> bool {
        self.closed.is_none()
    }

    /// Takes as many of `n` records of `size` bytes each as both buckets hold.
    ///
    /// Ordinary records are held against one second's worth of bytes, large ones against the tank.
    /// Whatever goes in leaves both, so that the tank never holds less than the bucket does.
    pub(super) fn admit(&mut self, n: u32, size: u64, limits: &Limits, now: Us) -> Verdict {
        let large = size > limits.ordinary;
        let by_records = self.records.refilled(now);
        let (ordinary, tank) = (self.bytes.refilled(now), self.large.refilled(now));
        let room = if large { tank } else { ordinary };
        let by_bytes = room.checked_div(size).unwrap_or(u64::MAX);
        let taken = u64::from(n).min(by_records).min(by_bytes);
        let bytes = times(taken, size);
        self.records.spend(taken);
        self.bytes.spend(bytes.min(ordinary));
        self.large.spend(bytes.min(tank));
        self.tried += u64::from(n);
        self.admitted += taken;
        self.bytes_in += bytes;
        self.recent.add(now, taken, bytes);
        if taken < u64::from(n) {
            self.refused_at = Some(now);
        }
        let (reason, had, needed, limit) = if by_bytes < by_records {
            let left = room - bytes.min(room);
            (Reason::WriteBytes, left, size, limits.bytes)
        } else {
            let left = by_records - taken;
            (Reason::WriteRecords, left, 1, limits.records)
        };
        Verdict {
            n: taken as u32,
            reason,
            had,
            needed,
            limit,
        }
    }

    /// Number that the slowest subscriber reads from next.
    #[must_use]
    pub(super) fn slowest(&self) -> u64 {
        let lowest = self.cursors.iter().map(|cursor| cursor.position).min();
        lowest.unwrap_or(self.log.next()).max(self.log.first())
    }

    /// Records a subscriber of this place has still to come, in the log's custody.
    #[must_use]
    pub(super) fn held_for(&self, subscriber: usize) -> u64 {
        let Some(cursor) = self.cursors.get(subscriber) else {
            return 0;
        };
        let back = cursor.push.as_ref().map_or(0, |push| push.returned_count());
        self.log.next() - cursor.position.max(self.log.first()).min(self.log.next()) + back
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_holds_over_every_second() {
        let mut window = Window::default();
        let mut admitted = Vec::new();
        for step in 0..200_u64 {
            let now = step * 77_777;
            if window.admit(now, 5) {
                admitted.push(now);
            }
        }
        let worst = admitted.iter().map(|from| {
            admitted
                .iter()
                .filter(|at| **at >= *from && **at < from + SECOND)
                .count()
        });
        assert_eq!(
            worst.max(),
            Some(5),
            "exactly the limit, in the worst second"
        );
        let mut even = Window::default();
        assert!(
            (0..50).all(|i| even.admit(i * 200_000, 5)),
            "five a second, evenly"
        );
    }

    #[test]
    fn an_overdraft_is_earned_back() {
        let mut pace = Pace::default();
        assert_eq!(pace.level(0, 2_000), 2_000, "one second's worth");
        pace.spend(0, 10_000, 2_000);
        assert_eq!(
            pace.level(4_000_000, 2_000),
            0,
            "five seconds' worth went, one was there"
        );
        assert_eq!(pace.level(4_500_000, 2_000), 1_000);
        assert_eq!(pace.when(500_000), 4_500_000);
    }

    #[test]
    fn a_large_record_empties_the_bucket_of_the_ordinary_ones() {
        let limits = Limits {
            records: 1_000,
            bytes: 1 << 20,
            burst: 10 << 20,
            ordinary: 1 << 20,
            record: 10 << 20,
        };
        let mut shard = Shard::new(0, (0, u128::MAX), &limits, 0, 0);
        assert_eq!(
            shard.admit(1, 10 << 20, &limits, 0).n,
            1,
            "a burst of 10 MiB"
        );
        let ordinary = shard.admit(1, 1_024, &limits, 0);
        assert_eq!(
            (ordinary.n, ordinary.reason),
            (0, Reason::WriteBytes),
            "the tank is empty"
        );
        assert_eq!(
            shard.admit(1, 10 << 20, &limits, 9_999_000).n,
            0,
            "9.999 s are too short"
        );
        assert_eq!(
            shard.admit(1, 10 << 20, &limits, 10_000_000).n,
            1,
            "ten seconds refill it"
        );
    }
}
