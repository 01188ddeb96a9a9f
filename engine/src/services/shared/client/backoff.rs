//! Delays between attempts of a program's own resend loop.
//!
//! Formulas: AWS Architecture Blog, "Exponential Backoff And Jitter" (2015), as in aws-facts 4.6;
//! bounds in W26, W29, W30.

use crate::base::time::Us;

/// How the delay grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Backoff {
    /// Always the base.
    Fixed,
    /// base x 2^n up to the cap.
    Exponential,
    /// A random part of the exponential delay.
    Full,
    /// Half the exponential delay, and a random part of the other half.
    Equal,
    /// Between the base and three times the delay before, up to the cap.
    Decorrelated,
    /// base x 2^n plus up to the base by chance: `2**attempt + random.uniform(0, 1)` of many
    /// hand-written loops (aws-facts W30). Its jitter is too small to part clients for long.
    Plus,
}

impl Backoff {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] = &[
        "none",
        "fixed",
        "exponential",
        "full",
        "equal",
        "decorrelated",
        "exponential-plus",
    ];

    /// The back-off of a word; `none` has none.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Fixed,
            Self::Exponential,
            Self::Full,
            Self::Equal,
            Self::Decorrelated,
            Self::Plus,
        ];
        let ix = Self::WORDS.iter().position(|known| *known == word)?;
        all.get(ix.checked_sub(1)?).copied()
    }

    /// Its word.
    #[must_use]
    pub fn word(of: Option<Self>) -> &'static str {
        Self::WORDS[of.map_or(0, |backoff| backoff as usize + 1)]
    }

    /// The delay before retry `n` (0: the first), in the unit of base and cap; `previous` is the
    /// delay before, or the base. `draw` gives numbers in 0..1.
    pub fn pause(
        self,
        (base, cap): (f64, f64),
        n: u32,
        previous: f64,
        draw: &mut dyn FnMut() -> f64,
    ) -> f64 {
        let grown = (base * (1_u64 << n.min(62)) as f64).min(cap);
        match self {
            Self::Fixed => base,
            Self::Exponential => grown,
            Self::Full => grown * draw(),
            Self::Plus => grown + base * draw(),
            Self::Equal => grown / 2.0 + grown / 2.0 * draw(),
            Self::Decorrelated => (base + (3.0 * previous - base).max(0.0) * draw()).min(cap),
        }
    }
}

/// The delays of Kafka's clients: they grow to `max`, with a jitter of a share to either side
/// (apache/kafka, clients/.../utils/ExponentialBackoff.java and its test, read 2026-11).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KafkaBackoff {
    /// First delay [ms].
    pub initial: f64,
    /// Each delay over the one before.
    pub ratio: f64,
    /// Longest delay before the jitter, and after it since KIP-580 [ms].
    pub max: f64,
    /// The jitter's share of the delay, 0 to 1.
    pub jitter: f64,
}

impl KafkaBackoff {
    /// The delay after `attempts` attempts (0: the first one) [ms]; `draw` gives numbers in 0..1.
    pub fn pause(&self, attempts: u32, draw: &mut dyn FnMut() -> f64) -> u64 {
        let top = self.max.max(self.initial);
        let grown = self.initial * libm::pow(self.ratio, f64::from(attempts));
        let factor = if self.jitter > 0.0 {
            1.0 - self.jitter + 2.0 * self.jitter * draw()
        } else {
            1.0
        };
        libm::floor((grown.min(top) * factor).min(top)) as u64
    }
}

/// A resend loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Resend {
    /// How the delay grows.
    pub backoff: Backoff,
    /// First delay [us].
    pub base: Us,
    /// Longest delay [us].
    pub cap: Us,
    /// Attempts in all, the first one included.
    pub attempts: u32,
}

impl Resend {
    /// The delay after `attempt` failed attempts (1: the first failed); `previous` is the delay
    /// before, 0 if there was none. `None` when all attempts are used.
    pub fn delay(&self, attempt: u32, previous: Us, draw: &mut dyn FnMut() -> f64) -> Option<Us> {
        if attempt >= self.attempts {
            return None;
        }
        let previous = if previous == 0 { self.base } else { previous };
        let bounds = (self.base as f64, self.cap as f64);
        let n = attempt.saturating_sub(1);
        Some(libm::round(self.backoff.pause(bounds, n, previous as f64, draw)) as Us)
    }
}
