//! Random numbers: xoshiro256++, one stream per (seed, node or wire, purpose).
//!
//! The generator is written out here because its four words are part of the world: they are
//! hashed, compared and cloned with it. Source: D. Blackman and S. Vigna, xoshiro256++ 1.0 (2019),
//! <https://prng.di.unimi.it/xoshiro256plusplus.c>, and splitmix64 from the same page.

use super::times::halves;
use std::ops::Range;

/// The increment of splitmix64: 2^64 over the golden ratio, odd.
const GOLDEN_STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers: its state is its value.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Rng {
    s: [u64; 4],
}

impl Rng {
    /// The stream for one purpose (`"size"`, `"gap"`) of one node or wire of one run.
    ///
    /// `of` is the node's or wire's number with a bit that tells the two apart. Streams are
    /// independent: another draw in one of them moves no other.
    #[must_use]
    pub fn stream(seed: u64, of: u64, purpose: &str) -> Self {
        let mut at = mix(mix(mix(seed).wrapping_add(of)) ^ fnv(purpose));
        let s = std::array::from_fn(|_| {
            at = at.wrapping_add(GOLDEN_STEP);
            mix(at)
        });
        // Four consecutive outputs of splitmix64 are distinct, so the state is never all zero.
        Self { s }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let [a, b, c, d] = self.s;
        let result = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        self.s = [a ^ d, b ^ c, c ^ (b << 17), d.rotate_left(45)];
        result
    }

    /// A whole number in `0..n`, each equally likely (Lemire 2019); 0 when `n` is 0.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        let (mut whole, mut rest) = self.scaled(n);
        if rest < n {
            let threshold = n.wrapping_neg() % n;
            while rest < threshold {
                (whole, rest) = self.scaled(n);
            }
        }
        whole
    }

    /// The halves of the next 64 bits times `n`.
    #[inline]
    fn scaled(&mut self, n: u64) -> (u64, u64) {
        let bits = self.next_u64();
        if let (true, Ok(n)) = (cfg!(target_arch = "wasm32"), u32::try_from(n)) {
            return halves(bits, n);
        }
        let wide = u128::from(bits) * u128::from(n);
        ((wide >> 64) as u64, wide as u64)
    }

    /// A number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A number in (0, 1], a multiple of 2^-53: safe under a logarithm.
    #[inline]
    pub fn unit_open(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// Whether something of probability `p` happens; never at `p <= 0`, always at `p >= 1`.
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.unit() < p
    }
}

/// 64 bits that belong to one record: a function of its arguments, not of any order of events.
///
/// `source` is the number of the source, `record` that of the record there, and `salt` tells apart
/// the several things that a record is asked for (its key, its size). Within one `(seed, source,
/// salt)` different records have different values.
#[must_use]
#[inline]
pub fn payload(seed: u64, source: u32, record: u64, salt: u32) -> u64 {
    mix(first_payload(seed, source, record, salt))
}

/// What [`mix`] makes the bits of a record of; that of the next record lies one golden step further.
#[inline]
fn first_payload(seed: u64, source: u32, record: u64, salt: u32) -> u64 {
    let base = mix(mix(seed) ^ (u64::from(source) << 32 | u64::from(salt)));
    base.wrapping_add(record.wrapping_mul(GOLDEN_STEP))
}

/// [`payload`] of consecutive records, in order.
#[inline]
pub fn payloads(
    seed: u64,
    source: u32,
    records: Range<u64>,
    salt: u32,
) -> impl Iterator<Item = u64> {
    let first = first_payload(seed, source, records.start, salt);
    let next = move |at: &u64| Some(at.wrapping_add(GOLDEN_STEP));
    let n = records.end.saturating_sub(records.start);
    let all = std::iter::successors(Some(first), next);
    all.take(usize::try_from(n).unwrap_or(usize::MAX)).map(mix)
}

/// The finisher of splitmix64: a bijection of 64 bits in which each bit moves all.
#[must_use]
#[inline]
pub fn mix(value: u64) -> u64 {
    let z = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// FNV-1a over a short name.
fn fnv(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |h, byte| {
        (h ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_vector_holds() {
        let mut rng = Rng { s: [1, 2, 3, 4] };
        let expected = [
            41_943_041,
            58_720_359,
            3_588_806_011_781_223,
            3_591_011_842_654_386,
            9_228_616_714_210_784_205,
            9_973_669_472_204_895_162,
            14_011_001_112_246_962_877,
            12_406_186_145_184_390_807,
            15_849_039_046_786_891_736,
            10_450_023_813_501_588_000,
        ];
        assert_eq!(expected, std::array::from_fn(|_| rng.next_u64()));
    }

    #[test]
    fn splitmix_gives_its_published_numbers() {
        // The first outputs of splitmix64 from seed 1234567.
        let at = |n: u64| mix(1_234_567u64.wrapping_add(GOLDEN_STEP.wrapping_mul(n)));
        assert_eq!(at(1), 6_457_827_717_110_365_317);
        assert_eq!(at(2), 3_203_168_211_198_807_973);
    }

    #[test]
    fn streams_differ_in_each_part_of_their_name() {
        let one = Rng::stream(1, 2, "gap");
        assert_eq!(one, Rng::stream(1, 2, "gap"));
        for other in [
            Rng::stream(2, 2, "gap"),
            Rng::stream(1, 3, "gap"),
            Rng::stream(1, 2, "gas"),
        ] {
            assert_ne!(one, other);
        }
        assert_ne!(Rng::stream(1, 2, ""), Rng::stream(2, 1, ""));
    }

    #[test]
    fn below_is_even_and_in_range() {
        let mut rng = Rng::stream(7, 0, "below");
        let mut seen = [0u32; 7];
        for _ in 0..70_000 {
            seen[rng.below(7) as usize] += 1;
        }
        // Four standard deviations of a binomial (70,000, 1/7): 4 x 92.6.
        assert!(seen.iter().all(|&n| n.abs_diff(10_000) < 371), "{seen:?}");
        assert_eq!(rng.below(0), 0);
        assert_eq!(rng.below(1), 0);
        assert!((0..1_000).all(|_| rng.below(u64::MAX) < u64::MAX));
    }

    #[test]
    fn units_keep_to_their_ends() {
        let mut rng = Rng::stream(7, 0, "unit");
        let mut sum = 0.0;
        for _ in 0..100_000 {
            let (u, o) = (rng.unit(), rng.unit_open());
            assert!((0.0..1.0).contains(&u) && o > 0.0 && o <= 1.0);
            sum += u;
        }
        // The mean of 100,000 has a standard deviation of 0.00091.
        assert!((sum / 100_000.0 - 0.5).abs() < 0.0037, "{sum}");
        assert!(!rng.chance(0.0) && rng.chance(1.0));
    }

    #[test]
    fn payloads_are_golden_and_distinct() {
        assert_eq!(payload(1, 2, 3, 4), payload(1, 2, 3, 4));
        let mut all: Vec<u64> = (0..10_000).map(|n| payload(9, 1, n, 0)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 10_000);
        assert_ne!(payload(1, 2, 3, 4), payload(1, 4, 3, 2));
        assert_ne!(payload(1, 2, 3, 4), payload(1, 2, 4, 4));
        assert_ne!(payload(1, 2, 3, 4), payload(2, 2, 3, 4));
        let one_by_one = (7..90).map(|n| payload(9, 1, n, 5));
        assert!(payloads(9, 1, 7..90, 5).eq(one_by_one), "the same in a row");
    }
}
