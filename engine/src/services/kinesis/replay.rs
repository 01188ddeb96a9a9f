//! Writes replayed without the rest of a run: the real routing and the real buckets of a stream
//! with n even shards, for the question how many shards a load needs.

use super::figures;
use super::ring::even_range;
use super::shard::{Limits, Shard};
use crate::base::time::Us;
use crate::base::units::KIB;
use crate::catalog::Rules;
use crate::services::lanes::Lanes;
use crate::services::talk::Reason;
use std::collections::BTreeMap;

/// Writes to a stream of n even shards.
#[derive(Clone, Debug)]
pub struct Replay {
    shards: Vec<Shard>,
    /// By lane: the place of its shard.
    slots: Vec<u32>,
    limits: Limits,
    /// Records refused, by reason.
    pub refused: BTreeMap<Reason, u64>,
    /// By lane: its key's hash, and records tried.
    tried: Vec<(u128, u64)>,
    /// By place of the shard: records refused.
    refused_at: Vec<u64>,
}

/// The limits of a shard, of which a percentage above 100 leaves room: at 125 a shard takes four
/// fifths of what it could.
fn limits(rules: Rules, record_kib: u32, percent: u64) -> Limits {
    let share = |figure| rules.value(figure) * 100 / percent.max(100);
    Limits {
        records: share(&figures::WRITE_RECORDS),
        bytes: share(&figures::WRITE_BYTES),
        burst: share(&figures::LARGE_BURST),
        ordinary: rules.value(&figures::ORDINARY_RECORD),
        record: rules
            .value(&figures::RECORD_LARGEST)
            .min(u64::from(record_kib) * KIB),
    }
}

impl Replay {
    /// `n` even shards with full buckets, records of at most `record_kib` KiB, and room for a load
    /// of so many percent.
    #[must_use]
    pub fn new(n: u32, lanes: &Lanes, rules: Rules, record_kib: u32, percent: u64) -> Self {
        let limits = limits(rules, record_kib, percent);
        let shards: Vec<Shard> = (0..n.max(1))
            .map(|i| Shard::new(i, even_range(i, n), &limits, 0, 0))
            .collect();
        let of = |hash: u128| shards.partition_point(|shard| shard.to < hash) as u32;
        let slots = lanes.iter().map(|lane| of(lane.hash)).collect();
        let tried = lanes.iter().map(|lane| (lane.hash, 0)).collect();
        let refused_at = vec![0; shards.len()];
        Self {
            shards,
            slots,
            limits,
            refused: BTreeMap::new(),
            tried,
            refused_at,
        }
    }

    /// Records refused by shards of which one key takes more than half of the load.
    #[must_use]
    pub fn refused_for_one_key(&self) -> u64 {
        let mut by_key: Vec<BTreeMap<u128, u64>> = vec![BTreeMap::new(); self.shards.len()];
        for ((hash, n), slot) in self.tried.iter().zip(&self.slots) {
            if *n > 0 && self.refused_at[*slot as usize] > 0 {
                *by_key[*slot as usize].entry(*hash).or_default() += n;
            }
        }
        let hot = by_key.iter().zip(&self.refused_at).filter(|(keys, _)| {
            let most = keys.values().max().copied().unwrap_or(0);
            most * 2 > keys.values().sum()
        });
        hot.map(|(_, refused)| refused).sum()
    }

    /// The place of a lane's shard.
    #[must_use]
    pub fn slot(&self, lane: u32) -> u32 {
        self.slots.get(lane as usize).copied().unwrap_or(0)
    }

    /// Records a second and bytes a second that a shard takes here.
    #[must_use]
    pub fn takes(&self) -> (u64, u64) {
        (self.limits.records, self.limits.bytes)
    }

    /// Puts `n` records of `size` bytes each, key included, of a lane; gives how many are refused.
    pub fn put(&mut self, lane: u32, n: u32, size: u64, now: Us) -> u64 {
        let slot = self.slot(lane) as usize;
        if let Some((_, tried)) = self.tried.get_mut(lane as usize) {
            *tried += u64::from(n);
        }
        let (refused, reason) = if size > self.limits.record {
            (u64::from(n), Reason::TooLarge)
        } else {
            let verdict = self.shards[slot].admit(n, size, &self.limits, now);
            (u64::from(n - verdict.n), verdict.reason)
        };
        if refused > 0 {
            *self.refused.entry(reason).or_default() += refused;
            self.refused_at[slot] += refused;
        }
        refused
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::services::lanes::{Lane, key_hash};
    use crate::services::payload::Subject;
    use crate::services::talk::NodeId;

    #[test]
    fn keys_go_where_the_stream_sends_them_and_buckets_bind() {
        let mut lanes = Lanes::default();
        for key in ["store-001", "store-002", "store-003", "store-004"] {
            lanes.add(Lane {
                source: NodeId(0),
                client: 0,
                ordinal: 0,
                key: key.into(),
                key_bytes: 9,
                hash: key_hash(key),
                law: std::sync::Arc::default(),
                subject: Subject::Any,
            });
        }
        let mut replay = Replay::new(10, &lanes, Rules::NEWEST, 1_024, 100);
        // aws-facts W1: ten shards, 2, 7, 8 and 5
        let slots: Vec<u32> = (0..4).map(|lane| replay.slot(lane)).collect();
        assert_eq!(slots, [2, 7, 8, 5]);
        assert_eq!(replay.put(0, 1_500, 309, 0), 500, "a second's worth");
        assert_eq!(replay.put(0, 1_500, 309, SECOND), 500);
        assert_eq!(replay.put(1, 3, 400_000, SECOND), 1, "by bytes");
        assert_eq!(replay.put(2, 1, 2 << 20, SECOND), 1, "too large for one");
        assert_eq!(replay.refused[&Reason::WriteRecords], 1_000);
        assert_eq!(replay.refused[&Reason::WriteBytes], 1);
        assert_eq!(replay.refused[&Reason::TooLarge], 1);
        assert_eq!(replay.refused_for_one_key(), 1_002, "a key a shard");
        let mut roomy = Replay::new(10, &lanes, Rules::NEWEST, 1_024, 125);
        assert_eq!(roomy.put(0, 1_500, 309, 0), 700, "four fifths");
    }
}
