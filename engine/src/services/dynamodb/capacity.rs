//! What a table or an index takes a second: its own limit, and that of each partition.
//!
//! ```text
//!   write -> table: bucket(300 s of WCU, WCU/s)  or  on demand: bucket(1 s, twice the last peak)
//!         -> partition of the item's hash: bucket(1,000 WCU, 1,000/s), in every mode
//! ```
//!
//! A hot partition may take more than its share, as long as table and partition have room: that is
//! what AWS calls adaptive capacity. All levels are in milli-units, so that half units are exact.

use super::figures;
use super::peak::Peak;
use super::units::UNIT;
use crate::base::bucket::Bucket;
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;
use crate::services::talk::Reason;

/// The most partitions that are modelled one by one.
pub(super) const PARTITIONS_MAX: u32 = 256;

/// How capacity is paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// So many units a second, paid by the hour.
    Provisioned,
    /// What comes, paid by the request.
    OnDemand,
}

/// What is set of one direction: writes or reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wanted {
    /// The mode.
    pub(super) mode: Mode,
    /// Provisioned units a second.
    pub(super) provisioned: u64,
    /// Warm throughput: what an on-demand table serves at once [units/s].
    pub(super) warm: u64,
    /// The table's own maximum on demand; 0: none [units/s].
    pub(super) most: u64,
}

/// Limits of one direction under the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Laws {
    burst_s: u64,
    times: u64,
    window_min: u64,
    quota: u64,
    partition: u64,
}

impl Laws {
    /// The laws of writes.
    #[must_use]
    pub(super) fn of_writes(rules: Rules) -> Self {
        Self::of(
            rules,
            rules.value(&figures::TABLE_WRITE),
            rules.value(&figures::PARTITION_WRITE),
        )
    }

    /// The laws of reads.
    #[must_use]
    pub(super) fn of_reads(rules: Rules) -> Self {
        Self::of(
            rules,
            rules.value(&figures::TABLE_READ),
            rules.value(&figures::PARTITION_READ),
        )
    }

    fn of(rules: Rules, quota: u64, partition: u64) -> Self {
        Self {
            burst_s: rules.value(&figures::BURST),
            times: rules.value(&figures::DEMAND_TIMES),
            window_min: rules.value(&figures::DEMAND_WINDOW),
            quota,
            partition,
        }
    }
}

/// The limit of a table or index in one direction.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Limit {
    wanted: Wanted,
    laws: Laws,
    bucket: Bucket,
    peak: Peak,
}

impl Limit {
    /// A limit that starts with `start` microseconds' worth of units.
    #[must_use]
    pub(super) fn new(wanted: Wanted, laws: Laws, start: Us, now: Us) -> Self {
        let mut limit = Self {
            wanted,
            laws,
            bucket: Bucket::new(0, 0, now),
            peak: Peak::starting(laws.window_min, now),
        };
        let (capacity, rate) = limit.size();
        let level = match wanted.mode {
            Mode::Provisioned => (u128::from(rate) * u128::from(start) / u128::from(SECOND)) as u64,
            Mode::OnDemand => capacity,
        };
        limit.bucket = Bucket::new(level.min(capacity), rate, now);
        limit.bucket.reset_to(capacity, rate, now);
        limit
    }

    /// Units a second that are served now.
    #[must_use]
    pub(super) fn per_s(&self) -> u64 {
        match self.wanted.mode {
            Mode::Provisioned => self.wanted.provisioned,
            Mode::OnDemand => {
                let grown = self.peak.before() * self.laws.times / UNIT;
                let most = if self.wanted.most > 0 {
                    self.wanted.most
                } else {
                    u64::MAX
                };
                self.wanted.warm.max(grown).min(most).min(self.laws.quota)
            }
        }
    }

    /// Capacity and rate of the bucket [milli-units].
    fn size(&self) -> (u64, u64) {
        let rate = self.per_s() * UNIT;
        match self.wanted.mode {
            Mode::Provisioned => (rate.saturating_mul(self.laws.burst_s.max(1)), rate),
            Mode::OnDemand => (rate, rate),
        }
    }

    /// Why the table refuses when its bucket is empty.
    #[must_use]
    pub(super) fn reason(&self) -> Reason {
        match self.wanted.mode {
            Mode::Provisioned => Reason::TableCapacity,
            Mode::OnDemand if self.per_s() == self.laws.quota => Reason::AccountLimit,
            Mode::OnDemand => Reason::OnDemandLimit,
        }
    }

    /// Brings the limit up to `now`: minutes close, and an old peak counts from its minute on.
    pub(super) fn roll(&mut self, now: Us) {
        while let Some(at) = self.peak.next_close(now) {
            self.peak.close(at);
            let (capacity, rate) = self.size();
            if (capacity, rate) != (self.bucket.capacity(), self.bucket.rate_per_s()) {
                self.bucket.reset_to(capacity, rate, at);
            }
        }
    }

    /// Other settings from now on.
    pub(super) fn change(&mut self, wanted: Wanted, now: Us) {
        self.roll(now);
        if (self.wanted.mode, wanted.mode) == (Mode::Provisioned, Mode::OnDemand) {
            // what was provisioned is served on: its half counts as a previous peak
            let half = self.wanted.provisioned * UNIT / self.laws.times.max(1);
            self.peak.at_least(half);
        }
        self.wanted = wanted;
        let (capacity, rate) = self.size();
        self.bucket.reset_to(capacity, rate, now);
    }

    /// What is there [milli-units].
    #[must_use]
    pub(super) fn available(&self, now: Us) -> u64 {
        self.bucket.available(now)
    }

    /// The most that is kept [milli-units].
    #[must_use]
    pub(super) fn capacity(&self) -> u64 {
        self.bucket.capacity()
    }

    fn take(&mut self, milli: u64, now: Us) {
        self.bucket.take_up_to(now, milli);
        self.peak.add(milli, now);
    }

    fn refill(&mut self, now: Us) {
        self.bucket.refill(now);
    }
}

/// One partition.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Partition {
    write: Bucket,
    read: Bucket,
    /// Writes that asked to come in.
    pub(super) tried: u64,
    /// Writes let in.
    pub(super) admitted: u64,
    /// Bytes let in.
    pub(super) bytes: u64,
}

impl Partition {
    /// What is there to write [milli-units].
    #[must_use]
    pub(super) fn write_left(&self, now: Us) -> u64 {
        self.write.available(now)
    }

    /// What is there to read [milli-units].
    #[must_use]
    pub(super) fn read_left(&self, now: Us) -> u64 {
        self.read.available(now)
    }
}

/// Which bucket bound, with its numbers [milli-units].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    /// Why.
    pub(super) reason: Reason,
    /// What was there.
    pub(super) had: u64,
    /// Refilled a second.
    pub(super) per_s: u64,
}

/// Whether units are written or read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Write units.
    Write,
    /// Read units.
    Read,
}

/// The capacity of a table or of an index.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Capacity {
    /// Writes.
    pub(super) write: Limit,
    /// Reads.
    pub(super) read: Limit,
    /// By even parts of the hash range.
    pub(super) partitions: Vec<Partition>,
}

impl Capacity {
    /// New capacity over `partitions` partitions; 0: as many as the limits need.
    #[must_use]
    pub(super) fn new(write: Limit, read: Limit, partitions: u32, now: Us) -> Self {
        let full = |laws: &Laws| Bucket::new(laws.partition * UNIT, laws.partition * UNIT, now);
        let fresh = Partition {
            write: full(&write.laws),
            read: full(&read.laws),
            tried: 0,
            admitted: 0,
            bytes: 0,
        };
        let mut capacity = Self {
            write,
            read,
            partitions: Vec::new(),
        };
        let n = if partitions > 0 {
            partitions
        } else {
            capacity.needed()
        };
        capacity.partitions = vec![fresh; n.clamp(1, PARTITIONS_MAX) as usize];
        capacity
    }

    /// Partitions that the limits need. Provisioned reads and writes add up (a rule of older AWS
    /// texts); on demand each alone must fit.
    fn needed(&self) -> u32 {
        let share = |limit: &Limit| (limit.per_s() * UNIT).div_ceil(limit.laws.partition);
        let (write, read) = (share(&self.write), share(&self.read));
        let milli = match self.write.wanted.mode {
            Mode::Provisioned => write + read,
            Mode::OnDemand => write.max(read),
        };
        u32::try_from(milli.div_ceil(UNIT)).unwrap_or(PARTITIONS_MAX)
    }

    /// Brings limits up to `now`; a table that has outgrown its partitions splits each in two.
    pub(super) fn roll(&mut self, now: Us) {
        self.write.roll(now);
        self.read.roll(now);
        self.grow();
    }

    /// Other settings from now on.
    pub(super) fn change(&mut self, write: Wanted, read: Wanted, now: Us) {
        self.write.change(write, now);
        self.read.change(read, now);
        self.grow();
    }

    fn grow(&mut self) {
        let needed = self.needed().min(PARTITIONS_MAX) as usize;
        while self.partitions.len() < needed && self.partitions.len() * 2 <= PARTITIONS_MAX as usize
        {
            let halves = std::mem::take(&mut self.partitions).into_iter();
            self.partitions = halves
                .flat_map(|whole| {
                    let half = Partition {
                        tried: 0,
                        admitted: 0,
                        bytes: 0,
                        ..whole.clone()
                    };
                    [whole, half]
                })
                .collect();
        }
    }

    /// Whether requests are paid one by one.
    #[must_use]
    pub(super) fn on_demand(&self) -> bool {
        self.write.wanted.mode == Mode::OnDemand
    }

    /// What each partition takes a second: writes, reads [units].
    #[must_use]
    pub(super) fn per_partition(&self) -> (u64, u64) {
        (self.write.laws.partition, self.read.laws.partition)
    }

    /// Units a second that are paid by the hour: writes, reads.
    #[must_use]
    pub(super) fn provisioned(&self) -> (u64, u64) {
        if self.on_demand() {
            (0, 0)
        } else {
            (self.write.per_s(), self.read.per_s())
        }
    }

    /// The partition of an item.
    #[must_use]
    pub(super) fn slot(&self, hash: u64) -> usize {
        ((u128::from(hash) * self.partitions.len() as u128) >> 64) as usize
    }

    fn limit(&self, way: Way) -> &Limit {
        match way {
            Way::Write => &self.write,
            Way::Read => &self.read,
        }
    }

    /// How many requests of `each` milli-units the partition and the whole have room for, and
    /// which of the two binds.
    #[must_use]
    pub(super) fn room(&self, way: Way, slot: usize, each: u64, now: Us) -> (u64, Verdict) {
        let limit = self.limit(way);
        let partition = &self.partitions[slot];
        let left = match way {
            Way::Write => partition.write_left(now),
            Way::Read => partition.read_left(now),
        };
        let whole = limit.available(now);
        let each = each.max(1);
        if left / each < whole / each {
            let verdict = Verdict {
                reason: Reason::KeyRange,
                had: left,
                per_s: limit.laws.partition * UNIT,
            };
            return (left / each, verdict);
        }
        let verdict = Verdict {
            reason: limit.reason(),
            had: whole,
            per_s: limit.per_s() * UNIT,
        };
        (whole / each, verdict)
    }

    /// Takes units that [`Self::room`] had.
    pub(super) fn take(&mut self, way: Way, slot: usize, milli: u64, now: Us) {
        let partition = &mut self.partitions[slot];
        match way {
            Way::Write => {
                self.write.take(milli, now);
                partition.write.take_up_to(now, milli);
            }
            Way::Read => {
                self.read.take(milli, now);
                partition.read.take_up_to(now, milli);
            }
        }
    }

    /// Brings all buckets up to `now`.
    pub(super) fn refill(&mut self, now: Us) {
        self.roll(now);
        self.write.refill(now);
        self.read.refill(now);
        for partition in &mut self.partitions {
            partition.write.refill(now);
            partition.read.refill(now);
        }
    }
}
