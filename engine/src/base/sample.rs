//! Samplers over a [`Rng`]: gaps, sizes and durations. Counts and ranks have files of their own
//! and are found here too.
//!
//! All logarithms and exponentials come from `libm`, one implementation for every platform, so
//! that a draw has the same bits natively and in a browser. [`golden`] is that promise in a form
//! which both can check.

use std::hash::Hasher;

pub use super::binomial::{binomial, multinomial, multinomial_even};
pub use super::poisson::poisson;
pub use super::zipf::Zipf;

use super::digest::Digest;
use super::rng::{Rng, payload};

/// An exponential span of the given mean, in the mean's unit; never 0 for a positive mean of at
/// least 10^-290, except with the probability 2^-53 of a uniform number of 1.
pub fn exponential(rng: &mut Rng, mean_us: f64) -> f64 {
    -mean_us * libm::log(rng.unit_open())
}

/// A standard normal number, by Marsaglia's polar method. Its twin is thrown away: a stream has no
/// state but the generator's.
pub fn normal(rng: &mut Rng) -> f64 {
    loop {
        let (x, y) = (2.0 * rng.unit() - 1.0, 2.0 * rng.unit() - 1.0);
        let r = x * x + y * y;
        if r > 0.0 && r < 1.0 {
            return x * libm::sqrt(-2.0 * libm::log(r) / r);
        }
    }
}

/// A log-normal number of the given mean, with a standard deviation of `cv` times the mean.
pub fn log_normal(rng: &mut Rng, mean: f64, cv: f64) -> f64 {
    let variance = libm::log1p(cv * cv);
    mean * libm::exp(libm::sqrt(variance) * normal(rng) - 0.5 * variance)
}

/// A Pareto number of at least `least`: it exceeds x with the probability (least / x)^shape. Its
/// mean is least x shape / (shape - 1) for a shape above 1, otherwise infinite.
pub fn pareto(rng: &mut Rng, least: f64, shape: f64) -> f64 {
    least * libm::exp(-libm::log(rng.unit_open()) / shape)
}

/// One digest for each sampler, over the bits of its first 64 draws with a fixed seed, and one for
/// the encoding of state: equal on every platform, and to [`GOLDEN`].
#[must_use]
pub fn golden() -> Vec<(&'static str, u64)> {
    fn of(mut draw: impl FnMut(&mut Rng) -> u64) -> u64 {
        let mut rng = Rng::stream(2_024, 7, "golden");
        let mut digest = Digest::new();
        (0..64).for_each(|_| digest.write_u64(draw(&mut rng)));
        digest.finish()
    }
    let zipf = |n, s| {
        let law = Zipf::new(n, s);
        of(move |rng| law.draw(rng))
    };
    let encoded = (
        1u8,
        2usize,
        -3isize,
        Some('x'),
        "text",
        [4u16, 5],
        [6i128],
        None::<u32>,
    );
    vec![
        ("encoding", Digest::of(&encoded)),
        ("payload", of(|rng| payload(1, 2, rng.below(100), 3))),
        ("bits", of(Rng::next_u64)),
        ("below", of(|rng| rng.below(1_000_003))),
        ("unit", of(|rng| rng.unit().to_bits())),
        ("exponential", of(|rng| exponential(rng, 1_000.0).to_bits())),
        ("normal", of(|rng| normal(rng).to_bits())),
        ("log-normal", of(|rng| log_normal(rng, 50.0, 1.5).to_bits())),
        ("pareto", of(|rng| pareto(rng, 10.0, 1.3).to_bits())),
        ("poisson, small", of(|rng| poisson(rng, 2.5))),
        ("poisson, large", of(|rng| poisson(rng, 123_456.7))),
        ("binomial, small", of(|rng| binomial(rng, 30, 0.1))),
        ("binomial, large", of(|rng| binomial(rng, 1_000_000, 0.37))),
        ("zipf, s 1", zipf(1_000_000, 1.0)),
        ("zipf, s 0.99", zipf(10_000, 0.99)),
    ]
}

/// What [`golden`] gives.
pub const GOLDEN: [(&str, u64); 15] = [
    ("encoding", 0x5D63_2757_1CE2_76DD),
    ("payload", 0xCA0C_3E08_392C_656A),
    ("bits", 0xD565_9DC1_5963_001B),
    ("below", 0x094D_BB5E_423D_8CD2),
    ("unit", 0x6A77_A107_1E99_50F8),
    ("exponential", 0x23DD_4F3E_6AA8_225F),
    ("normal", 0xB251_2593_B616_C2D5),
    ("log-normal", 0xF49E_7FBA_0537_DFD8),
    ("pareto", 0x80A6_2E41_1280_C8B3),
    ("poisson, small", 0xC17B_C848_590E_71B3),
    ("poisson, large", 0xFD69_288A_E53D_833E),
    ("binomial, small", 0xA083_130E_FF6F_E51A),
    ("binomial, large", 0x728B_8444_CD79_224C),
    ("zipf, s 1", 0x3EB9_D88C_EF3F_8004),
    ("zipf, s 0.99", 0x54AB_C8EE_3B6E_AFDF),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_are_golden() {
        assert_eq!(golden()[..], GOLDEN[..]);
    }

    /// Mean and variance of 100,000 draws.
    fn moments(draw: impl FnMut() -> f64) -> (f64, f64) {
        let all: Vec<f64> = std::iter::repeat_with(draw).take(100_000).collect();
        let mean = all.iter().sum::<f64>() / 1e5;
        (
            mean,
            all.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 1e5,
        )
    }

    /// Whether a number estimated from 100,000 draws is within four standard deviations, given
    /// that of one draw.
    fn close(found: f64, expected: f64, deviation: f64) -> bool {
        (found - expected).abs() < 4.0 * deviation / libm::sqrt(1e5)
    }

    #[test]
    fn exponential_has_its_moments() {
        let mut rng = Rng::stream(21, 0, "exponential");
        let (mean, variance) = moments(|| exponential(&mut rng, 20.0));
        // The fourth central moment is 9 mean^4.
        assert!(close(mean, 20.0, 20.0) && close(variance, 400.0, 400.0 * libm::sqrt(8.0)));
    }

    #[test]
    fn normal_has_its_moments_and_tails() {
        let mut rng = Rng::stream(22, 0, "normal");
        let (mean, variance) = moments(|| normal(&mut rng));
        assert!(close(mean, 0.0, 1.0) && close(variance, 1.0, libm::sqrt(2.0)));
        let (beyond, _) = moments(|| f64::from(u8::from(normal(&mut rng) > 1.959_964)));
        assert!(close(beyond, 0.025, 0.156_1), "{beyond}");
    }

    #[test]
    fn log_normal_has_its_mean_and_deviation() {
        let mut rng = Rng::stream(23, 0, "log-normal");
        let (mean, variance) = moments(|| log_normal(&mut rng, 80.0, 0.5));
        assert!(close(mean, 80.0, 40.0), "{mean}");
        // With w = 1 + cv^2 the excess kurtosis is w^4 + 2 w^3 + 3 w^2 - 6 = 5.04.
        assert!(
            close(variance, 1_600.0, 1_600.0 * libm::sqrt(7.04)),
            "{variance}"
        );
    }

    #[test]
    fn pareto_has_its_moments_and_quantiles() {
        let mut rng = Rng::stream(24, 0, "pareto");
        // Shape 5: mean 5/4, variance 5/48; the median is 2^(1/5).
        let (mean, variance) = moments(|| pareto(&mut rng, 1.0, 5.0));
        assert!(close(mean, 1.25, libm::sqrt(5.0 / 48.0)), "{mean}");
        // The fourth moment is large: excess kurtosis 70.8.
        assert!(
            close(variance, 5.0 / 48.0, 5.0 / 48.0 * libm::sqrt(72.8)),
            "{variance}"
        );
        let (below, _) = moments(|| f64::from(u8::from(pareto(&mut rng, 1.0, 5.0) < 1.148_698)));
        assert!(close(below, 0.5, 0.5), "{below}");
    }
}
