//! Binomial counts, and things dealt out to places. Exact methods, over `libm` only.
//!
//! Few successes are drawn by counting the gaps between them, many by transformed rejection.
//! Source: W. Hoermann, "The generation of binomial random variates" (1993; BTRS).

use super::poisson::{HALF_LN_TWO_PI, LARGE_MEAN, stirling};
use super::rng::Rng;

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
    use crate::base::poisson::tests::moments;

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
