//! How a source follows a trace: the records of each step, whole and exact to the file's sums.
//!
//! A step is not even: in a tenth of it (a twentieth for factors above 5), at a place that is drawn
//! for each step, the rate is the burst factor times the step's mean, and lower in the rest, so that
//! the step keeps its sum. Steps so short that this part would last less than a second stay even.
//!
//! ```text
//!   factor x mean          +----+
//!   a little below mean ---+    +---------------------   one step
//! ```

use super::settings::{ValueIs, Values};
use crate::base::rng::{Rng, payload};
use crate::base::sample::poisson;
use crate::base::time::{SECOND, Us};
use crate::services::shared::load::{Arrivals, NANO, Run};
use crate::services::shared::trace::Trace;
use std::sync::Arc;

/// Salt of the place of a step's burst.
const SALT_BURST: u32 = 5 << 28;
/// Most records of one step: far above what any source makes, far below what overflows.
const RECORDS_MAX: u128 = 1_000_000_000_000_000;

/// How the rate goes inside a step.
#[derive(Clone, Copy, Debug)]
struct Profile {
    start: Us,
    end: Us,
    /// The part with the high rate.
    burst: (Us, Us),
    /// Weight of a microsecond there, and elsewhere.
    inside: u128,
    outside: u128,
}

impl Profile {
    /// Weight of the step from its start to `at`.
    fn until(&self, at: Us) -> u128 {
        let at = at.clamp(self.start, self.end);
        let (from, to) = self.burst;
        let inside = at.clamp(from, to) - from;
        let outside = at - self.start - inside;
        self.inside * u128::from(inside) + self.outside * u128::from(outside)
    }

    fn whole(&self) -> u128 {
        self.until(self.end).max(1)
    }

    /// Weight of a microsecond at a time.
    fn at(&self, at: Us) -> u128 {
        if (self.burst.0..self.burst.1).contains(&at) {
            self.inside
        } else {
            self.outside
        }
    }

    /// The next time after `at` at which the rate changes, at most `to`.
    fn edge(&self, at: Us, to: Us) -> Us {
        let edges = [self.burst.0, self.burst.1];
        let next = edges.into_iter().find(|edge| *edge > at);
        next.unwrap_or(to).min(to)
    }
}

/// A place in a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tracing {
    trace: Option<Arc<Trace>>,
    /// Values are rates, not counts or bytes a step.
    rates: bool,
    /// Rate of a step's burst by its mean [thousandths].
    burst_milli: u32,
    /// Seed and node, for the places of bursts.
    place: (u64, u32),
    /// Nano-records of a thousandth of a value (times the step's microseconds for rates):
    /// numerator and denominator.
    scale: (u128, u128),
    /// The step in which `sum` stands.
    step: u32,
    /// Nano-records before the step, whole.
    sum: u128,
    /// What rounding left, in parts of the denominator.
    rest: u128,
}

impl Tracing {
    /// At the start of a trace; without one nothing is made.
    #[must_use]
    pub fn new(trace: Option<Arc<Trace>>, values: &Values, place: (u64, u32)) -> Self {
        let scale = match (&trace, values.scale) {
            (Some(trace), 0) => peak_scale(trace, values),
            (_, 1) => (u128::from(values.factor), 1_000_000),
            _ => (1, 1),
        };
        // a count of 1/1000 is 10^6 nano-records; a rate of 1/1000 a second makes one each us
        let rates = values.value_is == ValueIs::Rate;
        let (num, den) = match values.value_is {
            ValueIs::Rate => scale,
            ValueIs::Count => (scale.0 * 1_000_000, scale.1),
            // the largest rate is given in records, whatever a value is
            ValueIs::Bytes if values.scale == 0 => (scale.0 * 1_000_000, scale.1),
            ValueIs::Bytes => {
                let both = values
                    .bytes
                    .saturating_add(values.bytes_max.max(values.bytes));
                (scale.0 * 2_000_000, scale.1 * u128::from(both))
            }
        };
        let scale = reduced(num, den);
        Self {
            trace,
            rates,
            burst_milli: values.burst_milli,
            place,
            scale,
            step: 0,
            sum: 0,
            rest: 0,
        }
    }

    fn span(&self, step: u32) -> Option<(Us, Us)> {
        span(self.trace.as_deref()?, step)
    }

    /// Nano-records of a step, and what rounding leaves.
    fn amount(&self, step: u32, rest: u128) -> (u128, u128) {
        let (Some(trace), Some((from, to))) = (&self.trace, self.span(step)) else {
            return (0, rest);
        };
        let milli = trace
            .steps
            .get(step as usize)
            .map_or(0, |step| u128::from(step.milli));
        let units = if self.rates {
            milli.saturating_mul(u128::from(to - from))
        } else {
            milli
        };
        let all = units.saturating_mul(self.scale.0).saturating_add(rest);
        (all / self.scale.1, all % self.scale.1)
    }

    /// Rate at a time [milli-records/s].
    #[must_use]
    pub fn rate_at(&self, at: Us) -> u64 {
        let Some(trace) = &self.trace else { return 0 };
        let behind = trace.steps.partition_point(|step| step.at <= at);
        let Some(step) = behind.checked_sub(1).and_then(|ix| u32::try_from(ix).ok()) else {
            return 0;
        };
        let Some((from, to)) = self.span(step).filter(|(_, to)| at < *to) else {
            return 0;
        };
        let mean = self.amount(step, 0).0 / u128::from((to - from).max(1));
        let profile = self.profile(step, (from, to));
        let share = profile.at(at).saturating_mul(u128::from(to - from));
        let rate = mean.min(RECORDS_MAX * 1_000).saturating_mul(share) / profile.whole();
        u64::try_from(rate).unwrap_or(u64::MAX)
    }

    /// How the rate goes inside a step.
    fn profile(&self, step: u32, (start, end): (Us, Us)) -> Profile {
        let even = Profile {
            start,
            end,
            burst: (start, start),
            inside: 1,
            outside: 1,
        };
        let factor = u128::from(self.burst_milli);
        let parts = if factor <= 5_000 { 10 } else { 20 };
        let length = (end - start) / parts;
        if factor <= 1_000 || length < SECOND {
            return even;
        }
        let places = (end - start - length) / SECOND + 1;
        let (seed, node) = self.place;
        let drawn = payload(seed, node, u64::from(step), SALT_BURST) % places;
        let from = start + drawn * SECOND;
        let parts = u128::from(parts);
        Profile {
            burst: (from, from + length),
            inside: factor * (parts - 1),
            outside: (1_000 * parts).saturating_sub(factor),
            ..even
        }
    }

    /// The runs of records in `[from, to)`; time never goes back between calls.
    pub fn runs(&mut self, arrivals: Arrivals, from: Us, to: Us, rng: &mut Rng) -> Vec<Run> {
        let mut out = Vec::new();
        let mut at = from;
        while at < to {
            let Some((start, end)) = self.span(self.step) else {
                break;
            };
            if at >= end {
                (self.sum, self.rest) = self.after();
                self.step += 1;
                continue;
            }
            let profile = self.profile(self.step, (start, end));
            let a = at.max(start);
            let b = profile.edge(a, end.min(to));
            if a < b {
                let run = self.run(arrivals, &profile, (a, b), rng);
                out.extend((run.n > 0).then_some(run));
            }
            at = b.max(at + 1);
        }
        out
    }

    fn after(&self) -> (u128, u128) {
        let (amount, rest) = self.amount(self.step, self.rest);
        (self.sum.saturating_add(amount), rest)
    }

    /// The records of a part of a step in which the rate does not change.
    fn run(&self, arrivals: Arrivals, step: &Profile, part: (Us, Us), rng: &mut Rng) -> Run {
        let (a, b) = part;
        let whole = step.whole();
        if arrivals == Arrivals::Poisson {
            let (amount, _) = self.amount(self.step, 0);
            let share = (step.until(b) - step.until(a)) as f64 / whole as f64;
            return Run::even(a, b, poisson(rng, amount as f64 / NANO as f64 * share));
        }
        // whole records of the step: the difference of sums rounded half up
        let n = rounded(self.after().0).saturating_sub(rounded(self.sum));
        let n = n.min(RECORDS_MAX);
        let before = |at: Us| (n * step.until(at)).div_ceil(whole);
        let (first, last) = (before(a), before(b));
        Run {
            from: a,
            to: b,
            n: u64::try_from(last - first).unwrap_or(u64::MAX),
            lead: first * whole - step.until(a) * n,
            stride: whole,
            div: (n * step.at(a)).max(1),
        }
    }
}

fn rounded(nanos: u128) -> u128 {
    nanos.saturating_add(NANO / 2) / NANO
}

/// Start and end of a step; the last one lasts as long as the one before it.
fn span(trace: &Trace, step: u32) -> Option<(Us, Us)> {
    let ix = step as usize;
    let start = trace.steps.get(ix)?.at;
    let end = match trace.steps.get(ix + 1) {
        Some(next) => next.at,
        None => {
            let before = ix.checked_sub(1).and_then(|ix| trace.steps.get(ix));
            start + before.map_or(SECOND, |before| start - before.at)
        }
    };
    Some((start, end.max(start + 1)))
}

/// The scale that gives the largest rate of the trace the value `peak`.
fn peak_scale(trace: &Trace, values: &Values) -> (u128, u128) {
    let spans = (0..).map_while(|step| span(trace, step));
    let mut most = (0_u128, 1_u128); // value and length of the largest rate
    for (step, (from, to)) in trace.steps.iter().zip(spans) {
        let length = if values.value_is == ValueIs::Rate {
            1
        } else {
            u128::from(to - from)
        };
        let value = u128::from(step.milli);
        if value * most.1 > most.0 * length {
            most = (value, length);
        }
    }
    let peak = u128::from(values.peak);
    if most.0 == 0 {
        return (0, 1);
    }
    if values.value_is == ValueIs::Rate {
        reduced(peak, most.0)
    } else {
        // peak/1000 records a second over length/10^6 seconds, for value/1000 of a count
        reduced(peak * most.1, most.0 * 1_000_000)
    }
}

/// A fraction in lowest terms, so that products stay small.
fn reduced(num: u128, den: u128) -> (u128, u128) {
    let (mut a, mut b) = (num, den.max(1));
    while b != 0 {
        (a, b) = (b, a % b);
    }
    let divisor = a.max(1);
    (num / divisor, den.max(1) / divisor)
}
