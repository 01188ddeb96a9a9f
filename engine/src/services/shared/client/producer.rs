//! What a producer library holds back: a limiter a shard, from which the nearest deadline goes first.
//!
//! ```text
//!   add(deadline) --> [ by deadline ] --drain--> while all buckets have enough
//! ```
//!
//! Source: amazon-kinesis-producer, aws/kinesis/core/limiter.h and aws/utils/token_bucket.h (read
//! 2026-11; aws-facts 1.3.18): each shard is held to a share of its own limits, 150 % by default.

use crate::base::bucket::{Bucket, take_all};
use crate::base::time::Us;
use std::collections::BTreeMap;

/// What waits for one shard.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShardLimiter {
    /// Records and bytes a second.
    buckets: [Bucket; 2],
    /// Records and bytes of what waits, by deadline [us] and then by arrival.
    waiting: BTreeMap<(Us, u64), [u64; 2]>,
    next: u64,
}

impl ShardLimiter {
    /// A limiter that lets through so many records and bytes a second, times `percent` / 100; it
    /// starts with one second's worth.
    #[must_use]
    pub fn new(records_s: u64, bytes_s: u64, percent: u64, now: Us) -> Self {
        let bucket = |a_second: u64| {
            let share = a_second.saturating_mul(percent) / 100;
            Bucket::new(share, share, now)
        };
        Self {
            buckets: [bucket(records_s), bucket(bytes_s)],
            waiting: BTreeMap::new(),
            next: 0,
        }
    }

    /// Takes in a record, or several packed into one; gives its number.
    pub fn add(&mut self, deadline: Us, records: u64, bytes: u64) -> u64 {
        let number = self.next;
        self.next += 1;
        self.waiting.insert((deadline, number), [records, bytes]);
        number
    }

    /// How many wait.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// What may go at `now`, nearest deadline first: deadlines [us] and numbers. What does not fit
    /// holds back all that is behind it.
    pub fn drain(&mut self, now: Us) -> Vec<(Us, u64)> {
        let mut gone = Vec::new();
        while let Some(first) = self.waiting.first_entry() {
            if !take_all(&mut self.buckets, now, first.get()) {
                break;
            }
            gone.push(*first.key());
            first.remove();
        }
        gone
    }

    /// When the nearest deadline fits, if nothing else goes before [us].
    #[must_use]
    pub fn next_at(&self, now: Us) -> Option<Us> {
        let (_, wants) = self.waiting.first_key_value()?;
        let fits = |(bucket, n): (&Bucket, &u64)| bucket.when_fits(now, *n);
        let all: Option<Vec<Us>> = self.buckets.iter().zip(wants).map(fits).collect();
        all?.into_iter().max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;

    #[test]
    fn the_nearest_deadline_goes_first_within_the_limit() {
        let mut limiter = ShardLimiter::new(2, 1_000, 150, 0);
        for deadline in [50, 20, 40, 10, 30] {
            limiter.add(deadline, 1, 100);
        }
        let deadlines = |gone: Vec<(Us, u64)>| gone.into_iter().map(|g| g.0).collect::<Vec<_>>();
        assert_eq!(
            deadlines(limiter.drain(0)),
            [10, 20, 30],
            "150 % of 2 records"
        );
        assert_eq!(limiter.drain(0), []);
        let at = limiter.next_at(0).expect("two wait");
        assert_eq!(at, SECOND / 3 + 1, "a third of a second for one record");
        assert_eq!(deadlines(limiter.drain(at)), [40]);
        limiter.add(5, 1, 2_000);
        assert_eq!(limiter.next_at(at), None, "more bytes than it ever holds");
        assert_eq!((limiter.drain(9 * SECOND), limiter.waiting()), (vec![], 2));
    }
}
