//! Poisson counts: how many of something in a span. Exact methods, over `libm` only.
//!
//! Small means are drawn by inversion, large ones by transformed rejection. Source: W. Hoermann,
//! "The transformed rejection method for generating Poisson random variables" (1993; PTRS).

use super::rng::Rng;
use std::hash::{Hash, Hasher};

/// From this mean on counts are drawn by transformed rejection.
pub(super) const LARGE_MEAN: f64 = 10.0;

/// Above this mean the steps of a float are too coarse for single counts.
const MEAN_MAX: f64 = 1e15;

/// Half the logarithm of 2 pi.
pub(super) const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// A Poisson count of the given mean; exact up to a mean of 10^9 and beyond, and above 10^15
/// drawn as for 10^15. What is not above 0 gives 0.
pub fn poisson(rng: &mut Rng, mean: f64) -> u64 {
    if mean >= LARGE_MEAN {
        poisson_ptrs(rng, mean.min(MEAN_MAX))
    } else {
        poisson_inverted(rng, mean, libm::exp(-mean))
    }
}

/// Draws that mostly have one mean: its exponential is kept, which is most of the work of a small
/// count. What is kept is a function of the mean, hence no state of its own, and does not hash.
#[derive(Clone, Copy, Debug, Default)]
pub struct Steady {
    mean: f64,
    /// The probability of no event at this mean.
    none: f64,
}

impl Hash for Steady {
    fn hash<H: Hasher>(&self, _state: &mut H) {}
}

impl Steady {
    /// A count as [`poisson`] draws it.
    pub fn draw(&mut self, rng: &mut Rng, mean: f64) -> u64 {
        if mean >= LARGE_MEAN {
            return poisson(rng, mean);
        }
        if mean.to_bits() != self.mean.to_bits() {
            let none = libm::exp(-mean);
            *self = Self { mean, none };
        }
        poisson_inverted(rng, mean, self.none)
    }
}

/// Adds up probabilities until they pass one uniform number: about `mean` steps.
fn poisson_inverted(rng: &mut Rng, mean: f64, none: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0;
    }
    let mut left = rng.unit();
    let mut p = none;
    let mut n = 0;
    // The sum of all p may fall short of a number next to 1: beyond 100 nothing is left.
    while left >= p && n < 100 {
        left -= p;
        n += 1;
        p *= mean / n as f64;
    }
    n
}

fn poisson_ptrs(rng: &mut Rng, mean: f64) -> u64 {
    let b = 0.931 + 2.53 * libm::sqrt(mean);
    let a = -0.059 + 0.024_83 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    let squeeze = 0.9277 - 3.6224 / (b - 2.0);
    loop {
        let u = rng.unit() - 0.5;
        let v = rng.unit_open();
        let us = 0.5 - libm::fabs(u);
        let k = libm::floor((2.0 * a / us + b) * u + mean + 0.43);
        if us >= 0.07 && v <= squeeze {
            return k as u64;
        }
        if k < 0.0 || (us < 0.013 && v > us) {
            continue;
        }
        if libm::log(v * inverse_alpha / (a / (us * us) + b)) <= ln_poisson(k, mean) {
            return k as u64;
        }
    }
}

/// The logarithm of the Poisson probability of `k`, without cancellation at large means: the
/// factorial is taken apart by Stirling's series, so that only differences are added.
fn ln_poisson(k: f64, mean: f64) -> f64 {
    if k < 1.0 {
        return -mean;
    }
    let excess = k - mean;
    excess - k * libm::log1p(excess / mean) - 0.5 * libm::log(k) - HALF_LN_TWO_PI - stirling(k)
}

/// ln k! less (k + 1/2) ln k - k + ln(2 pi) / 2.
pub(super) fn stirling(k: f64) -> f64 {
    /// The exact values for k = 0 (by convention of the formulas here) to 9.
    const SMALL: [f64; 10] = [
        0.0,
        0.081_061_466_795_327_26,
        0.041_340_695_955_409_29,
        0.027_677_925_684_998_34,
        0.020_790_672_103_765_093,
        0.016_644_691_189_821_193,
        0.013_876_128_823_070_748,
        0.011_896_709_945_891_77,
        0.010_411_265_261_972_096,
        0.009_255_462_182_712_733,
    ];
    if let Some(&exact) = SMALL.get(k as usize) {
        return exact;
    }
    let squared = k * k;
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / (1_260.0 * squared)) / squared) / k
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    #[test]
    fn steady_draws_are_those_of_each_mean() {
        let (mut a, mut b) = (Rng::stream(6, 0, "steady"), Rng::stream(6, 0, "steady"));
        let mut steady = Steady::default();
        for mean in [0.0, 0.9, 0.9, 12.0, 0.9, 3.0, -1.0, f64::NAN, 3.0] {
            assert_eq!(steady.draw(&mut a, mean), poisson(&mut b, mean), "{mean}");
        }
    }

    /// Whether 100,000 draws have the mean and the variance given, each within four of its own
    /// standard deviations; `excess` is the excess kurtosis.
    pub(in crate::base) fn moments(
        draws: impl FnMut() -> f64,
        mean: f64,
        variance: f64,
        excess: f64,
    ) {
        const N: f64 = 100_000.0;
        let all: Vec<f64> = std::iter::repeat_with(draws).take(N as usize).collect();
        let found = all.iter().sum::<f64>() / N;
        let spread = all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / N;
        let mean_error = 4.0 * libm::sqrt(variance / N);
        let variance_error = 4.0 * variance * libm::sqrt((2.0 + excess) / N);
        assert!(
            (found - mean).abs() < mean_error,
            "mean {found}, not {mean}"
        );
        assert!(
            (spread - variance).abs() < variance_error,
            "variance {spread}, not {variance}"
        );
    }

    #[test]
    fn poisson_has_its_mean_and_variance() {
        let mut rng = Rng::stream(11, 0, "poisson");
        for mean in [0.01, 0.7, 3.0, 9.99, 10.0, 25.0, 400.0, 1e6, 1e9] {
            moments(|| poisson(&mut rng, mean) as f64, mean, mean, 1.0 / mean);
        }
        assert_eq!(
            poisson(&mut rng, 0.0) + poisson(&mut rng, -1.0) + poisson(&mut rng, f64::NAN),
            0
        );
    }

    #[test]
    fn poisson_fits_its_probabilities_on_both_sides_of_the_switch() {
        let mut rng = Rng::stream(12, 0, "poisson");
        for mean in [9.0, 10.5] {
            let mut seen = [0.0; 40];
            (0..200_000).for_each(|_| seen[poisson(&mut rng, mean).min(39) as usize] += 1.0);
            for (k, &count) in (0u32..).zip(&seen).take(30) {
                let expected = 200_000.0 * libm::exp(ln_poisson(f64::from(k), mean));
                let error = 4.5 * libm::sqrt(expected) + 3.0;
                assert!(
                    (count - expected).abs() < error,
                    "{k}: {count}, not {expected}"
                );
            }
        }
    }
}
