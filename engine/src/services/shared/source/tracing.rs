//! How a source follows a trace: the records of each step, whole and exact to the file's sums.

use super::settings::Values;
use crate::base::rng::Rng;
use crate::base::sample::poisson;
use crate::base::time::{SECOND, Us};
use crate::services::shared::load::{Arrivals, NANO, Run};
use crate::services::shared::trace::Trace;
use std::sync::Arc;

/// A place in a trace.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Tracing {
    trace: Option<Arc<Trace>>,
    /// Values are rates, not counts a step.
    rates: bool,
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
    pub fn new(trace: Option<Arc<Trace>>, values: &Values) -> Self {
        let scale = match (&trace, values.scale) {
            (Some(trace), 0) => peak_scale(trace, values),
            (_, 1) => (u128::from(values.factor), 1_000_000),
            _ => (1, 1),
        };
        // a count of 1/1000 is 10^6 nano-records; a rate of 1/1000 a second makes one each us
        let (num, den) = if values.value_is_rate {
            scale
        } else {
            (scale.0 * 1_000_000, scale.1)
        };
        let scale = reduced(num, den);
        Self {
            trace,
            rates: values.value_is_rate,
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
        u64::try_from(self.amount(step, 0).0 / u128::from((to - from).max(1))).unwrap_or(u64::MAX)
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
            let (a, b) = (at.max(start), end.min(to));
            if a < b {
                let run = self.run(arrivals, (start, end), (a, b), rng);
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

    fn run(&self, arrivals: Arrivals, step: (Us, Us), part: (Us, Us), rng: &mut Rng) -> Run {
        let (start, end) = step;
        let (a, b) = part;
        let length = u128::from(end - start);
        if arrivals == Arrivals::Poisson {
            let (amount, _) = self.amount(self.step, 0);
            let mean = amount as f64 / NANO as f64 * (b - a) as f64 / length as f64;
            return Run::even(a, b, poisson(rng, mean));
        }
        // whole records of the step: the difference of sums rounded half up
        let n = rounded(self.after().0).saturating_sub(rounded(self.sum));
        let before = |at: Us| (n * u128::from(at - start)).div_ceil(length);
        let (first, last) = (before(a), before(b));
        Run {
            from: a,
            to: b,
            n: u64::try_from(last - first).unwrap_or(u64::MAX),
            lead: first * length - u128::from(a - start) * n,
            stride: length,
            div: n.max(1),
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
        let length = if values.value_is_rate {
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
    if values.value_is_rate {
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
