//! Samplers of counts: how many of something. Exact methods, over `libm` only.
//!
//! Small means are drawn by inversion or by counting gaps; large ones by transformed rejection.
//! Sources: W. Hoermann, "The transformed rejection method for generating Poisson random
//! variables" (1993; algorithm PTRS), and "The generation of binomial random variates" (1993;
//! algorithm BTRS).

use super::rng::Rng;

/// From this mean on counts are drawn by transformed rejection.
const LARGE_MEAN: f64 = 10.0;

/// Above this mean the steps of a float are too coarse for single counts.
const MEAN_MAX: f64 = 1e15;

/// Half the logarithm of 2 pi.
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_7;

/// A Poisson count of the given mean; exact up to a mean of 10^9 and beyond, and above 10^15
/// drawn as for 10^15. What is not above 0 gives 0.
pub fn poisson(rng: &mut Rng, mean: f64) -> u64 {
    if mean >= LARGE_MEAN {
        poisson_ptrs(rng, mean.min(MEAN_MAX))
    } else {
        poisson_inverted(rng, mean)
    }
}

/// Adds up probabilities until they pass one uniform number: about `mean` steps.
fn poisson_inverted(rng: &mut Rng, mean: f64) -> u64 {
    if mean.is_nan() || mean <= 0.0 {
        return 0;
    }
    let mut left = rng.unit();
    let mut p = libm::exp(-mean);
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
fn stirling(k: f64) -> f64 {
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

/// How many of `n` independent trials of probability `p` succeed. A `p` not above 0 gives 0, one
/// of at least 1 gives `n`.
pub fn binomial(rng: &mut Rng, n: u64, p: f64) -> u64 {
    if p.is_nan() || p <= 0.0 || n == 0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    if p > 0.5 {
        return n - binomial(rng, n, 1.0 - p);
    }
    if n as f64 * p >= LARGE_MEAN {
        binomial_btrs(rng, n, p)
    } else {
        binomial_gaps(rng, n, p)
    }
}

/// Jumps from success to success: about n x p + 1 logarithms.
fn binomial_gaps(rng: &mut Rng, n: u64, p: f64) -> u64 {
    let ln_failure = libm::log1p(-p);
    let (mut at, mut successes) = (0.0, 0);
    loop {
        at += libm::floor(libm::log(rng.unit_open()) / ln_failure) + 1.0;
        if at > n as f64 {
            return successes;
        }
        successes += 1;
    }
}

fn binomial_btrs(rng: &mut Rng, trials: u64, p: f64) -> u64 {
    let n = trials as f64;
    let spread = libm::sqrt(n * p * (1.0 - p));
    let b = 1.15 + 2.53 * spread;
    let a = -0.0873 + 0.0248 * b + 0.01 * p;
    let squeeze = 0.92 - 4.2 / b;
    let alpha = (2.83 + 5.1 / b) * spread;
    let mode = libm::floor((n + 1.0) * p);
    let at_mode = ln_binomial(mode, n, p);
    loop {
        let u = rng.unit() - 0.5;
        let v = rng.unit_open();
        let us = 0.5 - libm::fabs(u);
        let k = libm::floor((2.0 * a / us + b) * u + n * p + 0.5);
        if !(0.0..=n).contains(&k) {
            continue;
        }
        let sure = us >= 0.07 && v <= squeeze;
        if sure || libm::log(v * alpha / (a / (us * us) + b)) <= ln_binomial(k, n, p) - at_mode {
            return (k as u64).min(trials);
        }
    }
}

/// The logarithm of the binomial probability of `k` in the saddle-point form, less a constant.
fn ln_binomial(k: f64, n: f64, p: f64) -> f64 {
    let failures = n - k;
    let excess = k - n * p;
    let part = |count: f64, mean: f64, over: f64| {
        if count < 1.0 {
            return 0.0;
        }
        -count * libm::log1p(over / mean) - 0.5 * libm::log(count) - stirling(count)
    };
    // With no successes or no failures the factor 1 / sqrt(2 pi count) is absent.
    let absent = if k < 1.0 || failures < 1.0 {
        HALF_LN_TWO_PI
    } else {
        0.0
    };
    part(k, n * p, excess) + part(failures, n * (1.0 - p), -excess) + absent
}

/// Deals `n` things out to `k` places, each place equally likely; gives the count of each, which
/// add up to `n`. No places get nothing.
pub fn multinomial_even(rng: &mut Rng, n: u64, k: u32) -> Vec<u64> {
    let mut left = n;
    (0..k)
        .map(|place| {
            let here = binomial(rng, left, 1.0 / f64::from(k - place));
            left -= here;
            here
        })
        .collect()
}

/// Deals `n` things out to places in proportion to their weights; gives the count of each, which
/// add up to `n`. A weight not above 0 counts as 0; when all are 0 nothing is dealt.
pub fn multinomial(rng: &mut Rng, n: u64, weights: &[f64]) -> Vec<u64> {
    let mut left = n;
    let mut weight_left: f64 = weights.iter().filter(|&&w| w > 0.0).sum();
    let last = weights.iter().rposition(|&w| w > 0.0);
    let deal = |(place, &weight): (usize, &f64)| {
        // The last takes the rest, whatever rounding left of the weights.
        let p = if Some(place) == last {
            1.0
        } else {
            weight / weight_left
        };
        let here = if weight > 0.0 {
            binomial(rng, left, p)
        } else {
            0
        };
        weight_left -= weight.max(0.0);
        left -= here;
        here
    };
    weights.iter().enumerate().map(deal).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether 100,000 draws have the mean and the variance given, each within four of its own
    /// standard deviations; `excess` is the excess kurtosis.
    fn moments(draws: impl FnMut() -> f64, mean: f64, variance: f64, excess: f64) {
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

    #[test]
    fn binomial_has_its_mean_and_variance() {
        let mut rng = Rng::stream(13, 0, "binomial");
        for (n, p) in [
            (20, 0.3),
            (1_000, 0.001),
            (25, 0.5),
            (100, 0.9),
            (1_000_000, 0.25),
            (10_000_000_000, 0.4),
        ] {
            let variance = n as f64 * p * (1.0 - p);
            moments(
                || binomial(&mut rng, n, p) as f64,
                n as f64 * p,
                variance,
                1.0 / variance,
            );
        }
        assert_eq!(
            (binomial(&mut rng, 9, 0.0), binomial(&mut rng, 9, 1.0)),
            (0, 9)
        );
    }

    #[test]
    fn binomial_fits_its_probabilities() {
        let mut rng = Rng::stream(14, 0, "binomial");
        let (n, p) = (24u32, 0.45);
        let mut seen = [0.0; 25];
        (0..200_000).for_each(|_| seen[binomial(&mut rng, n.into(), p) as usize] += 1.0);
        let unscaled: Vec<f64> = (0..=n)
            .map(|k| libm::exp(ln_binomial(f64::from(k), f64::from(n), p)))
            .collect();
        let total: f64 = unscaled.iter().sum();
        // All failures have the probability 0.55^24: the ends of the formula are right.
        let none = (0..24).fold(1.0, |product, _| product * 0.55);
        assert!((unscaled[0] / total / none - 1.0).abs() < 1e-6);
        for (k, (&count, weight)) in seen.iter().zip(unscaled).enumerate() {
            let expected = 200_000.0 * weight / total;
            let error = 4.5 * libm::sqrt(expected) + 3.0;
            assert!(
                (count - expected).abs() < error,
                "{k}: {count}, not {expected}"
            );
        }
    }

    #[test]
    fn what_is_dealt_adds_up() {
        let mut rng = Rng::stream(15, 0, "deal");
        let even = multinomial_even(&mut rng, 1_000_000, 8);
        assert_eq!(even.iter().sum::<u64>(), 1_000_000);
        // Four standard deviations of a binomial (1,000,000, 1/8).
        assert!(
            even.iter().all(|&n| n.abs_diff(125_000) < 1_323),
            "{even:?}"
        );
        let weighted = multinomial(&mut rng, 600_000, &[1.0, 0.0, 2.0, 3.0, -1.0]);
        assert_eq!(weighted.iter().sum::<u64>(), 600_000);
        assert!(weighted[0].abs_diff(100_000) < 1_200 && weighted[3].abs_diff(300_000) < 1_600);
        assert_eq!((weighted[1], weighted[4]), (0, 0));
        assert_eq!(multinomial(&mut rng, 5, &[0.0, f64::NAN]), [0, 0]);
        assert!(multinomial_even(&mut rng, 5, 0).is_empty());
    }
}
