//! How much a source makes and when: shapes of load, and the exact count of records in any span.
//!
//! ```text
//!   shape ──integral──> nano-records ──metronome or Poisson──> run: n records, first, spacing
//! ```
//!
//! Rates are whole thousandths of a record a second, so a rate times microseconds is a whole
//! number of nano-records (10^-9 records). Nothing is rounded away: what a span leaves short of a
//! record is carried to the next one, so that totals do not depend on the width of the ticks.

use crate::base::few::Few;
use crate::base::poisson::Steady;
use crate::base::rng::Rng;
use crate::base::time::{DAY, HOUR, Us};

/// Nano-records in a record.
pub const NANO: u128 = 1_000_000_000;

/// A rate [thousandths of a record a second].
pub type Milli = u64;

/// How the rate goes over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Always `rate`.
    Constant,
    /// `rate` until `at`, then evenly to `rate_after` over `lasting`.
    Ramp,
    /// `rate` until `at`, then `rate_after`.
    Step,
    /// `rate`, but `rate_after` from `at` for `lasting`.
    Spike,
    /// `rate` as the mean of a day, with a cosine around it.
    DayWave,
    /// From `at` on, every `period`: `rate_after` for `lasting`, then `rate`.
    Bursts,
}

impl Shape {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] =
        &["constant", "ramp", "step", "spike", "day-wave", "bursts"];

    /// The shape of a word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        let all = [
            Self::Constant,
            Self::Ramp,
            Self::Step,
            Self::Spike,
            Self::DayWave,
            Self::Bursts,
        ];
        let ix = Self::WORDS.iter().position(|known| *known == word)?;
        all.get(ix).copied()
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }
}

/// A load: a shape with its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Load {
    /// The shape.
    pub shape: Shape,
    /// The rate before, between and beside, or the mean [milli-records/s].
    pub rate: Milli,
    /// The rate after, on top or in a burst [milli-records/s].
    pub rate_after: Milli,
    /// When it changes [us].
    pub at: Us,
    /// How long the change takes or lasts [us].
    pub lasting: Us,
    /// From the start of a burst to the start of the next [us].
    pub period: Us,
    /// The rate at the peak of a day over its mean [thousandths, 1,000 to 2,000].
    pub peak_milli: u64,
    /// Hour of the day of the peak, UTC.
    pub peak_hour: u32,
}

impl Load {
    /// The rate at `at` [milli-records/s]; `origin` is the time of day at model time 0 [us].
    #[must_use]
    pub fn rate_at(&self, at: Us, origin: Us) -> Milli {
        match self.shape {
            Shape::Constant => self.rate,
            Shape::Step if at < self.at => self.rate,
            Shape::Step => self.rate_after,
            Shape::Spike | Shape::Bursts if self.on_top(at) => self.rate_after,
            Shape::Spike | Shape::Bursts => self.rate,
            Shape::Ramp => self.ramp_at(at),
            Shape::DayWave => {
                let swing = self.rate as f64 * (self.peak_milli.saturating_sub(1_000)) as f64 / 1e3;
                let rate = self.rate as f64 + swing * libm::cos(self.angle(at, origin));
                rate.max(0.0) as Milli
            }
        }
    }

    fn ramp_at(&self, at: Us) -> Milli {
        let (from, to) = (i128::from(self.rate), i128::from(self.rate_after));
        let gone = i128::from(at.saturating_sub(self.at).min(self.lasting));
        let way = (to - from) * gone / i128::from(self.lasting.max(1));
        Milli::try_from(from + way).unwrap_or(0)
    }

    fn on_top(&self, at: Us) -> bool {
        match (self.shape, at.checked_sub(self.at)) {
            (_, None) => false,
            (Shape::Bursts, Some(since)) => since % self.period.max(1) < self.lasting,
            (_, Some(since)) => since < self.lasting,
        }
    }

    /// The angle of the day wave, 0 at its peak.
    fn angle(&self, at: Us, origin: Us) -> f64 {
        let peak = u64::from(self.peak_hour) * HOUR;
        let phase = (at % DAY + origin % DAY + DAY - peak % DAY) % DAY;
        phase as f64 / DAY as f64 * (2.0 * std::f64::consts::PI)
    }

    /// The next time after `at` at which the rate jumps or bends, if there is one.
    #[must_use]
    pub fn next_edge(&self, at: Us) -> Option<Us> {
        let later = |edge: Us| (edge > at).then_some(edge);
        match self.shape {
            Shape::Constant | Shape::DayWave => None,
            Shape::Step => later(self.at),
            Shape::Ramp | Shape::Spike => {
                later(self.at).or_else(|| later(self.at.saturating_add(self.lasting)))
            }
            Shape::Bursts => Some(self.next_burst_edge(at)),
        }
    }

    fn next_burst_edge(&self, at: Us) -> Us {
        let Some(since) = at.checked_sub(self.at) else {
            return self.at;
        };
        let period = self.period.max(1);
        let start = at - since % period;
        let end = start.saturating_add(self.lasting.min(period));
        if end > at {
            end
        } else {
            start.saturating_add(period)
        }
    }

    /// Records from `from` to `to` between which there is no edge [nano-records]. The values of
    /// adjoining spans add up to that of the whole.
    #[must_use]
    pub fn nanos(&self, from: Us, to: Us, origin: Us) -> u128 {
        match self.shape {
            Shape::Ramp => {
                let whole = self.ramp_sum(to) - self.ramp_sum(from);
                u128::try_from(whole).unwrap_or(0)
            }
            Shape::DayWave => {
                let whole = self.wave_sum(to, origin) - self.wave_sum(from, origin);
                u128::try_from(whole).unwrap_or(0)
            }
            _ => u128::from(self.rate_at(from, origin)) * u128::from(to.saturating_sub(from)),
        }
    }

    /// Nano-records of a ramp from time 0 to `to`.
    fn ramp_sum(&self, to: Us) -> i128 {
        let (low, high) = (i128::from(self.rate), i128::from(self.rate_after));
        let gone = i128::from(to.saturating_sub(self.at).min(self.lasting));
        let after = i128::from(to.saturating_sub(self.at).saturating_sub(self.lasting));
        let slope = (high - low) * gone * gone / (2 * i128::from(self.lasting.max(1)));
        low * (i128::from(to) - after) + slope + high * after
    }

    /// Nano-records of a day wave from time 0 to `to`, up to a constant.
    fn wave_sum(&self, to: Us, origin: Us) -> i128 {
        let swing = self.rate as f64 * (self.peak_milli.saturating_sub(1_000)) as f64 / 1e3;
        let turn = DAY as f64 / (2.0 * std::f64::consts::PI);
        let wave = swing * turn * libm::sin(self.angle(to, origin));
        i128::from(self.rate) * i128::from(to) + libm::round(wave) as i128
    }
}

/// Consecutive records of a source within one span of steady rate. Record j of `n` was made at
/// `from + (lead + j * stride) / div`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Run {
    /// Start of the span [us].
    pub from: Us,
    /// End of the span [us].
    pub to: Us,
    /// Records in it.
    pub n: u64,
    /// See above [us * div].
    pub lead: u128,
    /// See above [us * div].
    pub stride: u128,
    /// See above.
    pub div: u128,
}

impl Run {
    /// When record `j` was made [us]; the one behind the last lies at or behind the end.
    #[must_use]
    pub fn time(&self, j: u64) -> Us {
        let after = (self.lead + u128::from(j) * self.stride) / self.div.max(1);
        self.from
            .saturating_add(Us::try_from(after).unwrap_or(Us::MAX))
    }

    /// `n` records spread over the span from its start on.
    #[must_use]
    pub fn even(from: Us, to: Us, n: u64) -> Self {
        let stride = u128::from(to.saturating_sub(from));
        Self {
            from,
            to,
            n,
            lead: 0,
            stride,
            div: u128::from(n.max(1)),
        }
    }
}

/// Makes whole records out of nano-records, without losing any: regular arrivals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Metronome {
    /// Nano-records until the next record is due, below [`NANO`].
    wait: u64,
}

impl Metronome {
    /// The records of a span that holds `nanos`, in which the rate is taken as steady. A record is
    /// due as soon as all before it are whole, so the first one at the very start.
    pub fn run(&mut self, from: Us, to: Us, nanos: u128) -> Run {
        let wait = u128::from(self.wait);
        let n = nanos.saturating_sub(wait).div_ceil(NANO);
        self.wait = u64::try_from(wait + n * NANO - nanos).unwrap_or(0);
        let length = u128::from(to.saturating_sub(from));
        Run {
            from,
            to,
            n: u64::try_from(n).unwrap_or(u64::MAX),
            lead: wait * length,
            stride: NANO * length,
            div: nanos.max(1),
        }
    }
}

/// Whether records come evenly or by chance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Arrivals {
    /// Evenly.
    Regular,
    /// Independent of each other.
    Poisson,
}

/// Most spans that one tick is cut into; a burst train of the shortest period stays below it.
const SPANS_MAX: usize = 64;

/// The nearest float: of a number of 64 bits it is had at once.
fn float(n: u128) -> f64 {
    u64::try_from(n).map_or_else(|_| n as f64, |n| n as f64)
}

/// All runs of records in `[from, to)`, one for each span between edges; empty ones are left out.
pub fn runs(
    load: &Load,
    arrivals: Arrivals,
    (from, to, origin): (Us, Us, Us),
    (metronome, steady): (&mut Metronome, &mut Steady),
    rng: &mut Rng,
) -> Few<Run> {
    let mut out = Few::new();
    let mut at = from;
    for _ in 0..SPANS_MAX {
        if at >= to {
            break;
        }
        let end = load.next_edge(at).map_or(to, |edge| edge.min(to));
        let nanos = load.nanos(at, end, origin);
        let run = match arrivals {
            Arrivals::Regular => metronome.run(at, end, nanos),
            Arrivals::Poisson => {
                let mean = float(nanos) / NANO as f64;
                Run::even(at, end, steady.draw(rng, mean))
            }
        };
        if run.n > 0 {
            out.push(run);
        }
        at = end;
    }
    out
}

#[cfg(test)]
mod tests;
