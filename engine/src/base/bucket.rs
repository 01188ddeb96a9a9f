//! The token bucket, in whole numbers: law bucket(C, r).
//!
//! A bucket holds at most C tokens and gains r per second; an admission of n takes n. So in no
//! span of w seconds are more than C + r x w admitted. The level is kept in millionths of a
//! token: a rate of r per second is then exactly r millionths per microsecond, and nothing is
//! ever rounded, whatever the instants at which the bucket is looked at.

use super::time::Us;
use super::times::{times, times_at_most};

/// Millionths in one token.
const MICRO: u64 = 1_000_000;

/// The largest capacity that a bucket takes, in tokens: about 18 million million.
pub const CAPACITY_MAX: u64 = u64::MAX / MICRO;

/// A token bucket; a value of its own for one limit of one resource. It starts full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Bucket {
    /// The most tokens that it holds (C).
    capacity: u64,
    /// Tokens gained per second (r), and so millionths gained per microsecond.
    rate_per_s: u64,
    /// Millionths of a token held at `at`.
    level: u64,
    /// When `level` was true (us).
    at: Us,
}

impl Bucket {
    /// A full bucket at `now`; a capacity above [`CAPACITY_MAX`] counts as that.
    #[must_use]
    pub fn new(capacity: u64, rate_per_s: u64, now: Us) -> Self {
        let capacity = capacity.min(CAPACITY_MAX);
        Self {
            capacity,
            rate_per_s,
            level: capacity * MICRO,
            at: now,
        }
    }

    /// The most tokens that it holds.
    #[must_use]
    pub fn capacity(&self) -> u64 {
        self.capacity
    }

    /// Tokens gained per second.
    #[must_use]
    pub fn rate_per_s(&self) -> u64 {
        self.rate_per_s
    }

    /// The level at `now` in millionths. Time before the last look counts as the last look.
    fn level_at(&self, now: Us) -> u64 {
        let gained = times_at_most(now.saturating_sub(self.at), self.rate_per_s);
        self.level
            .saturating_add(gained)
            .min(times(self.capacity, MICRO))
    }

    /// Brings the level up to `now`.
    pub fn refill(&mut self, now: Us) {
        *self = self.normalised(now);
    }

    /// Brings the level up to `now`; gives the whole tokens held then.
    #[inline]
    pub fn refilled(&mut self, now: Us) -> u64 {
        self.refill(now);
        self.level / MICRO
    }

    /// Takes tokens that [`Self::refilled`] found there.
    ///
    /// # Panics
    /// If they are not there.
    #[inline]
    pub fn spend(&mut self, n: u64) {
        self.level -= times(n, MICRO);
    }

    /// The same bucket with its level brought up to `now`: buckets that will admit the same are
    /// then equal and hash equally, whenever each was last touched.
    #[must_use]
    pub fn normalised(&self, now: Us) -> Self {
        Self {
            level: self.level_at(now),
            at: self.at.max(now),
            ..*self
        }
    }

    /// Whole tokens at `now`.
    #[must_use]
    pub fn available(&self, now: Us) -> u64 {
        self.level_at(now) / MICRO
    }

    /// How full it is at `now`, 0 to 1; an empty capacity counts as full.
    #[must_use]
    pub fn share(&self, now: Us) -> f64 {
        if self.capacity == 0 {
            return 1.0;
        }
        self.level_at(now) as f64 / (self.capacity * MICRO) as f64
    }

    /// Whether `n` tokens are there at `now`.
    #[must_use]
    pub fn fits(&self, now: Us, n: u64) -> bool {
        n <= self.available(now)
    }

    /// Takes `n` tokens if they are all there, otherwise none.
    pub fn take(&mut self, now: Us, n: u64) -> bool {
        self.refill(now);
        // Beyond the largest capacity n x 1,000,000 would overflow, but then it does not fit.
        let fits = n <= self.level / MICRO;
        if fits {
            self.spend(n);
        }
        fits
    }

    /// Takes as many of `n` tokens as are there; gives how many.
    pub fn take_up_to(&mut self, now: Us, n: u64) -> u64 {
        let taken = n.min(self.refilled(now));
        self.spend(taken);
        taken
    }

    /// The first instant from `now` on at which `n` tokens are there if nothing else is taken
    /// (us); nothing when they never will be.
    #[must_use]
    pub fn when_fits(&self, now: Us, n: u64) -> Option<Us> {
        let level = self.level_at(now);
        if n <= level / MICRO {
            return Some(now);
        }
        if n > self.capacity || self.rate_per_s == 0 {
            return None;
        }
        let wait = (n * MICRO - level).div_ceil(self.rate_per_s);
        now.max(self.at).checked_add(wait)
    }

    /// Another capacity and rate from `now` on; what is held stays, up to the new capacity.
    pub fn reset_to(&mut self, capacity: u64, rate_per_s: u64, now: Us) {
        let held = self.level_at(now);
        let at = self.at.max(now);
        let capacity = capacity.min(CAPACITY_MAX);
        *self = Self {
            capacity,
            rate_per_s,
            level: held.min(capacity * MICRO),
            at,
        };
    }
}

/// Takes `wants` from the buckets, each of its own, if all have as much; otherwise none of them
/// loses anything. So one admission can be held against several limits at once.
pub fn take_all(buckets: &mut [Bucket], now: Us, wants: &[u64]) -> bool {
    let fits = |(bucket, n): (&Bucket, &u64)| bucket.fits(now, *n);
    if !buckets.iter().zip(wants).all(fits) {
        return false;
    }
    for (bucket, n) in buckets.iter_mut().zip(wants) {
        bucket.take(now, *n);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::rng::Rng;
    use crate::base::time::SECOND;

    /// Whether in some span the admissions exceed C + r x w; each is an instant and an amount.
    fn breaks_the_law(admitted: &[(Us, u64)], capacity: u64, rate_per_s: u64) -> bool {
        (0..admitted.len()).any(|from| {
            let mut sum = 0;
            admitted[from..].iter().any(|&(at, n)| {
                sum += u128::from(n) * u128::from(MICRO);
                let w = u128::from(at - admitted[from].0);
                sum > u128::from(capacity) * u128::from(MICRO) + u128::from(rate_per_s) * w
            })
        })
    }

    /// What a bucket admits of a random trace; `times` refills for each look plant a fault.
    fn trace(seed: u64, capacity: u64, rate_per_s: u64, times: u32) -> Vec<(Us, u64)> {
        let mut rng = Rng::stream(seed, 0, "trace");
        let mut bucket = Bucket::new(capacity, rate_per_s, 0);
        let mut now = 0;
        let mut admitted = Vec::new();
        for _ in 0..400 {
            now += rng.below(3 * SECOND / rate_per_s);
            let n = rng.below(capacity.min(5)) + 1;
            let before = bucket.at;
            bucket.refill(now);
            for _ in 1..times {
                bucket.at = before;
                bucket.refill(now);
            }
            if rng.below(2) == 0 {
                if bucket.take(now, n) {
                    admitted.push((now, n));
                }
            } else {
                admitted.push((now, bucket.take_up_to(now, n)));
            }
        }
        admitted
    }

    #[test]
    fn no_span_admits_more_than_the_law() {
        for seed in 0..40 {
            let (capacity, rate) = (1 + seed % 13, 1 + seed * 97 % 1_009);
            assert!(
                !breaks_the_law(&trace(seed, capacity, rate, 1), capacity, rate),
                "{seed}"
            );
        }
    }

    #[test]
    fn a_bucket_that_refills_twice_is_found_out() {
        let found = (0..40).filter(|&seed| {
            let (capacity, rate) = (1 + seed % 13, 1 + seed * 97 % 1_009);
            breaks_the_law(&trace(seed, capacity, rate, 2), capacity, rate)
        });
        assert!(found.count() > 30);
    }

    #[test]
    fn nothing_is_rounded_away() {
        // Three a second, looked at each microsecond: the third token is there at one second sharp.
        let mut bucket = Bucket::new(3, 3, 0);
        assert!(bucket.take(0, 3));
        (1..SECOND).for_each(|now| bucket.refill(now));
        assert_eq!(bucket.available(SECOND - 1), 2);
        assert_eq!(bucket.when_fits(SECOND - 1, 3), Some(SECOND));
        assert!(bucket.take(SECOND, 3) && !bucket.fits(SECOND, 1));
    }

    #[test]
    fn the_next_fit_is_the_first() {
        let mut bucket = Bucket::new(10, 7, 0);
        assert!(bucket.take(5, 10));
        let at = bucket.when_fits(5, 4).expect("four will fit");
        assert!(bucket.fits(at, 4) && !bucket.fits(at - 1, 4));
        assert_eq!(bucket.when_fits(5, 11), None);
        assert_eq!(Bucket::new(10, 0, 0).when_fits(9, 10), Some(9));
    }

    #[test]
    fn equal_whenever_last_touched() {
        let mut often = Bucket::new(100, 9, 0);
        let mut once = often;
        assert!(often.take(0, 90) && once.take(0, 90));
        (1..50).for_each(|n| often.refill(n * 777));
        let (a, b) = (often.normalised(SECOND), once.normalised(SECOND));
        assert_eq!(a, b);
        assert_eq!(Digest::of(&a), Digest::of(&b));
    }

    #[test]
    fn several_buckets_give_all_or_nothing() {
        let mut two = [Bucket::new(10, 10, 0), Bucket::new(100, 50, 0)];
        assert!(!take_all(&mut two, 0, &[5, 101]) && !take_all(&mut two, 0, &[11, 1]));
        assert_eq!(
            two.map(|bucket| bucket.available(0)),
            [10, 100],
            "nothing went"
        );
        assert!(take_all(&mut two, 0, &[10, 100]));
        assert!(!take_all(&mut two, SECOND / 2, &[5, 26]));
        assert!(take_all(&mut two, SECOND / 2, &[5, 25]));
    }

    #[test]
    fn a_new_limit_keeps_what_is_held() {
        let mut bucket = Bucket::new(10, 1, 0);
        bucket.reset_to(4, 2, 0);
        assert_eq!(bucket.available(0), 4);
        bucket.reset_to(100, 2, 0);
        assert_eq!((bucket.available(0), bucket.available(SECOND)), (4, 6));
        assert_eq!(
            Bucket::new(u64::MAX, u64::MAX, 0).available(u64::MAX),
            CAPACITY_MAX
        );
        assert_eq!(bucket.take_up_to(SECOND, 50), 6);
        assert!((bucket.share(2 * SECOND) - 0.02).abs() < 1e-9);
    }
}
