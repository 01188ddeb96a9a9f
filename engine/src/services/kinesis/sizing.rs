//! How many shards a load needs, and how far a step of scaling goes.

use super::figures;
use crate::catalog::Rules;

/// A load on a stream.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Load {
    /// Bytes a second that come in, partition keys included.
    pub bytes_s: u64,
    /// Records a second that come in.
    pub records_s: u64,
    /// Consumers that share the reading of each shard; those with enhanced fan-out do not count.
    pub polling: u64,
}

/// Shards that each limit asks for; the stream needs the most of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Needed {
    /// For the bytes that come in.
    pub write: u64,
    /// For the records that come in.
    pub records: u64,
    /// For the bytes that go out.
    pub read: u64,
}

impl Needed {
    /// What each limit of a shard asks for (aws-facts 1.3.20, W5).
    #[must_use]
    pub fn of(load: &Load, rules: Rules) -> Self {
        let shards = |amount: u64, a_shard| amount.div_ceil(rules.value(a_shard));
        Self {
            write: shards(load.bytes_s, &figures::WRITE_BYTES),
            records: shards(load.records_s, &figures::WRITE_RECORDS),
            read: shards(
                load.bytes_s.saturating_mul(load.polling),
                &figures::READ_BYTES,
            ),
        }
    }

    /// Shards that the published formula gives: bytes in and out; it has no term for records.
    #[must_use]
    pub fn by_bytes(&self) -> u64 {
        self.write.max(self.read).max(1)
    }

    /// Shards that are enough for all limits.
    #[must_use]
    pub fn shards(&self) -> u64 {
        self.by_bytes().max(self.records)
    }
}

/// What so many shards take in: (bytes a second, records a second).
#[must_use]
pub fn capacity(shards: u64, rules: Rules) -> (u64, u64) {
    let times = |figure| shards.saturating_mul(rules.value(figure));
    (times(&figures::WRITE_BYTES), times(&figures::WRITE_RECORDS))
}

/// How far a step of scaling goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Step {
    /// By so many shards.
    Count(u64),
    /// By a percentage: below 100 a part of the stream is added or taken away, above 100 the
    /// stream is multiplied or divided by it.
    Percent(u64),
}

/// The shards after a step, as the scaling utility of AWS counts them (amazon-kinesis-scaling-utils
/// 0.9.8, read 2026-11): partial shards are added and never taken away, and one shard stays.
#[must_use]
pub fn scaled(current: u64, up: bool, step: Step, (min, max): (u64, u64)) -> u64 {
    let target = match (step, up) {
        (Step::Count(n), true) => current.saturating_add(n),
        (Step::Count(n), false) => current.saturating_sub(n),
        (Step::Percent(p), true) if p < 100 => current.saturating_mul(100 + p).div_ceil(100),
        (Step::Percent(p), true) => current.saturating_mul(p).div_ceil(100),
        (Step::Percent(p), false) if p > 100 => current.saturating_mul(100) / p,
        (Step::Percent(p), false) => current - current.saturating_mul(p) / 100,
    };
    target.max(min.max(1)).min(max)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worked_loads_need_what_the_facts_say() {
        // aws-facts W5: (records/s, half KiB each, polling consumers, shards, with fan-out)
        for (records_s, halves, polling, shards, fanned) in [
            (5_000, 1, 1, 5, 5),
            (1_200, 10, 1, 6, 6),
            (100, 70, 1, 4, 4),
            (4_000, 2, 2, 4, 4),
            (4_000, 2, 5, 10, 4),
            (2_000, 4, 3, 6, 4),
            (800, 20, 3, 12, 8),
        ] {
            let load = Load {
                bytes_s: records_s * halves * 512,
                records_s,
                polling,
            };
            let all = Needed::of(&load, Rules::NEWEST);
            assert_eq!(all.shards(), shards, "{load:?}");
            let load = Load { polling: 0, ..load };
            assert_eq!(
                Needed::of(&load, Rules::NEWEST).shards(),
                fanned,
                "{load:?}"
            );
        }
    }

    #[test]
    fn steps_go_as_far_as_the_utility_says() {
        let free = (1, u64::MAX);
        for (current, up, step, wanted) in [
            (4, true, Step::Count(3), 7),
            (4, false, Step::Count(9), 1),
            (20, true, Step::Percent(33), 27),
            (20, true, Step::Percent(150), 30),
            (20, false, Step::Percent(33), 14),
            (20, false, Step::Percent(150), 13),
            (20, false, Step::Percent(100), 1),
        ] {
            let found = scaled(current, up, step, free);
            assert_eq!(found, wanted, "{current} {up} {step:?}");
        }
        assert_eq!(scaled(20, true, Step::Percent(50), (1, 25)), 25);
        assert_eq!(scaled(20, false, Step::Percent(50), (12, 25)), 12);
    }
}
