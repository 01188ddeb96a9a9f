//! Laws of the service time.

use super::Config;
use crate::base::rng::Rng;
use crate::base::sample::{exponential, log_normal};
use crate::base::time::Us;

/// The words of [`Law`] in files.
pub(super) const LAW_WORDS: &[&str] = &[
    "fixed",
    "exponential",
    "uniform",
    "log-normal",
    "erlang",
    "two-point",
];

/// The longest service that is drawn [us]: a year, so that a draw from a heavy tail stays a time.
const LONGEST_US: f64 = 365.0 * 86_400e6;

/// The law of a service time; its mean is a setting of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Law {
    /// Always the mean (D).
    Fixed,
    /// Without memory (M).
    Exponential,
    /// Evenly between two ends around the mean.
    Uniform,
    /// Many short ones, few very long ones.
    LogNormal,
    /// Some phases without memory, one after the other.
    Erlang,
    /// A short one or a long one, and nothing between.
    TwoPoint,
}

impl Law {
    /// The word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        LAW_WORDS[self as usize]
    }

    /// The law of a word of [`LAW_WORDS`].
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "fixed" => Self::Fixed,
            "uniform" => Self::Uniform,
            "log-normal" => Self::LogNormal,
            "erlang" => Self::Erlang,
            "two-point" => Self::TwoPoint,
            _ => Self::Exponential,
        }
    }

    /// One service time under these settings [us].
    pub(super) fn draw(self, rng: &mut Rng, config: &Config) -> Us {
        let Config {
            mean, spread, cv, ..
        } = *config;
        let middle = mean as f64;
        let drawn = match self {
            Self::Fixed => return mean,
            Self::Exponential => exponential(rng, middle),
            Self::Uniform => {
                middle * (1.0 + f64::from(spread) / 1_000.0 * (2.0 * rng.unit() - 1.0))
            }
            Self::LogNormal => log_normal(rng, middle, f64::from(cv) / 100.0),
            Self::Erlang => {
                let phases = config.phases.max(1);
                let phase = middle / f64::from(phases);
                (0..phases).map(|_| exponential(rng, phase)).sum()
            }
            Self::TwoPoint => middle * two_points(rng, config.short, config.long),
        };
        libm::round(drawn.min(LONGEST_US)) as Us
    }
}

/// One of two shares of the mean, given in thousandths, so often that the mean comes out.
fn two_points(rng: &mut Rng, short: u32, long: u32) -> f64 {
    let (short, long) = (f64::from(short) / 1e3, f64::from(long) / 1e3);
    let often = (1.0 - short) / (long - short).max(1e-9);
    if rng.unit() < often { long } else { short }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_law_has_its_mean_and_its_spread() {
        // (law, squared coefficient of variation); 200,000 draws
        for (law, scv) in [
            (Law::Fixed, 0.0),
            (Law::Exponential, 1.0),
            (Law::Uniform, 0.25 / 3.0),
            (Law::LogNormal, 0.25),
            (Law::Erlang, 0.5),
            (Law::TwoPoint, 2.0),
        ] {
            let config = Config {
                law,
                mean: 1_000_000,
                cv: 50,
                ..Config::default()
            };
            let mut rng = Rng::stream(3, 1, law.word());
            let n = 200_000;
            let (mut sum, mut squares) = (0.0, 0.0);
            for _ in 0..n {
                let drawn = law.draw(&mut rng, &config) as f64 / 1e6;
                sum += drawn;
                squares += drawn * drawn;
            }
            let average = sum / f64::from(n);
            let variance = squares / f64::from(n) - average * average;
            // four standard errors of the mean; the variance within 4 % of the mean squared
            let error = 4.0 * libm::sqrt(scv / f64::from(n)) + 1e-6;
            assert!(
                (average - 1.0).abs() < error,
                "{}: mean {average}",
                law.word()
            );
            assert!(
                (variance - scv).abs() < 0.04,
                "{}: variance {variance}",
                law.word()
            );
        }
    }

    #[test]
    fn words_read_back() {
        for word in LAW_WORDS {
            assert_eq!(Law::of(word).word(), *word, "{word}");
        }
    }
}
