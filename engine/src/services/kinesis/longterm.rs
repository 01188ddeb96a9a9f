//! Long-term retention: what lies in the stream for more than seven days is paid by GB-month
//! (aws-facts 1.6), beside the shard-hours of extended retention. A month has 30 days here.
//!
//! ```text
//!   log  [ first ...... old_to ......... next )
//!          older than 7 d | not yet: nothing of it is counted
//! ```
//!
//! A record begins to count seven days after it arrived, whenever the stream is looked at.

use super::shard::Shard;
use super::{Kinesis, log};
use crate::base::time::{DAY, Us};
use crate::services::cx::View;
use crate::services::lanes::Lanes;
use crate::services::talk::Parcel;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};

/// What is older is paid by GB-month [us].
const AFTER: Us = 7 * DAY;
/// The month of the price [us].
const MONTH: Us = 30 * DAY;

/// What lay for long so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LongTerm {
    /// Counted up to here [us].
    at: Us,
    /// What lies there for more than seven days [B].
    bytes: u64,
    /// The sum over the time [B us].
    byte_us: u128,
    /// By shard: number behind the last record that counts.
    old_to: BTreeMap<u32, u64>,
}

impl Hash for LongTerm {
    /// Writes nothing for a stream whose retention never was above seven days.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.old_to.is_empty() {
            (self.at, self.bytes, self.byte_us, &self.old_to).hash(state);
        }
    }
}

fn size(parcel: &Parcel, lanes: &Lanes) -> u64 {
    let each = u64::from(parcel.bytes_each) + u64::from(lanes.get(parcel.lane).key_bytes);
    each * u64::from(parcel.n)
}

impl LongTerm {
    /// Counts the time up to `now`.
    fn advance(&mut self, now: Us) {
        self.byte_us += u128::from(self.bytes) * u128::from(now - self.at.min(now));
        self.at = now;
    }

    /// Counts what became old in a shard.
    fn age(&mut self, shard: &Shard, view: &View<'_>) {
        let Some(until) = view.now.checked_sub(AFTER) else {
            return;
        };
        self.advance(view.now);
        let old_to = self.old_to.entry(shard.id).or_default();
        let from = (*old_to).max(shard.log.first());
        let reads = shard.log.reads(from, shard.log.next());
        for read in reads.take_while(|read| read.arrived < until) {
            let bytes = size(&read.parcel, &view.floor.lanes);
            *old_to = read.ordinal + u64::from(read.parcel.n);
            self.bytes += bytes;
            self.byte_us += u128::from(bytes) * u128::from(until - read.arrived);
        }
    }

    /// A shard forgets these: what of them counted does so no more.
    pub(super) fn forget(&mut self, shard: u32, gone: &[log::Entry], lanes: &Lanes) {
        let Some(old_to) = self.old_to.get(&shard) else {
            return;
        };
        for read in gone.iter().flat_map(log::Entry::pieces) {
            if let Some(read) = log::clip(&read, 0, *old_to) {
                self.bytes = self.bytes.saturating_sub(size(&read.parcel, lanes));
            }
        }
    }

    /// Millionths of a GB-month.
    fn micro_gb_months(&self) -> u128 {
        self.byte_us / (u128::from(MONTH) / 1_000_000) / (1 << 30)
    }
}

impl Kinesis {
    /// Counts what became old in a shard, where the retention is so long or was.
    pub(super) fn grow_old(&mut self, slot: usize, view: &View<'_>) {
        if self.retention > AFTER || self.long.bytes > 0 {
            self.long.age(&self.shards[slot], view);
        }
    }

    /// Millionths of a GB-month up to now.
    pub(super) fn long_term(&self, view: &View<'_>) -> u128 {
        if self.retention <= AFTER {
            return self.long.micro_gb_months();
        }
        let mut long = self.long.clone();
        self.shards.iter().for_each(|shard| long.age(shard, view));
        long.micro_gb_months()
    }
}
