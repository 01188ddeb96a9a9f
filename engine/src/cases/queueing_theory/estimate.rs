//! Means over seeds with their intervals, and control variates that make the intervals narrow.
//!
//! A control is a sum over a window whose mean is zero whatever the queue does, as long as customers
//! come and are served at the rates given: with k inside, arrivals minus rate x time, departures minus
//! rate x time (where the service has no memory); for a single server the sums of
//! [`super::windows::Window::single`]; since a queue in balance ends as it begins, what is inside at the
//! end of a window less what was inside at its start; and those of [`super::balance`] for each measure. How
//! much of a control belongs off a measure is fitted by least squares to the windows of *other* seeds, so
//! that no estimate is drawn towards its own fit. What is hardly seen makes no control: its sums are too
//! far from the normal law. Because an estimate with controls is blind to what moves the controls
//! themselves, these are held against zero, each within its own interval ([`Sample::rates`],
//! [`Sample::zeros`]), and the plain mean must agree with what is expected as well.

use super::balance;
use super::model::Model;
use super::windows::{SINGLE, WINDOWS, Window, windows};
use std::cell::OnceCell;

/// Seeds of every estimate, from 1 on.
pub(super) const SEEDS: u64 = 20;
/// Most levels at which arrivals and departures are controlled one by one.
const NODES_MAX: usize = 30;
/// Levels beyond the servers that are controlled one by one.
const BEYOND: usize = 6;
/// Arrivals that must have been seen from a level on for it to be controlled by itself.
const SEEN: f64 = 400.0;
/// Powers of the number inside whose change over a window is a control.
const POWERS: i32 = 3;
/// A control that the others explain but for this share adds nothing.
const EXPLAINED: f64 = 1e-6;
/// Parts of the seeds; each is estimated with what was fitted to the others.
pub(super) const FOLDS: usize = 5;

/// All windows of all seeds of a model.
#[derive(Debug)]
pub(super) struct Sample {
    model: Model,
    windows: Vec<Window>,
    /// Seconds of a window.
    span: f64,
    /// Controls as they are.
    controls: Vec<Vec<f64>>,
    /// For each part of the seeds: controls without what the ones before explain in the other parts;
    /// made when first needed.
    apart: OnceCell<Vec<Vec<Apart>>>,
}

/// A control without what the ones before it explain.
#[derive(Debug)]
struct Apart {
    values: Vec<f64>,
    /// Squared length around the mean, in the windows fitted to.
    square: f64,
}

/// A mean over the seeds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Estimate {
    pub(super) mean: f64,
    /// Standard error from the seeds.
    pub(super) error: f64,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Measure {
    /// Customers inside.
    Inside,
    /// Customers that wait.
    Waiting,
    /// Servers at work.
    Busy,
    /// Share of the servers at work.
    Utilisation,
    /// Spread of the number inside around its mean: its variance.
    Variance,
    /// Share of the time with so many inside.
    Share(usize),
    /// Share of the arrivals that are refused.
    Refused,
    /// Departures [1/s].
    Throughput,
    /// Mean wait of those let in [s].
    Wait,
    /// Mean time inside of those let in [s].
    Stay,
    /// Share of those let in that wait.
    Waits,
    /// The wait that this share exceeds, near a value [s].
    WaitQuantile(f64, f64),
    /// The time inside that this share exceeds, near a value [s].
    StayQuantile(f64, f64),
    /// Share of those let in that wait longer [s].
    WaitsBeyond(f64),
    /// Share of those let in that stay longer [s].
    StaysBeyond(f64),
}

impl Sample {
    /// Plays all seeds with `customers` each; the quantiles among the measures get controls of their own.
    ///
    /// # Errors
    /// A sentence if a run fails.
    pub(super) fn new(model: &Model, customers: f64, of: &[Measure]) -> Result<Self, String> {
        let all = play_all(model, customers)?;
        let span = all[0].held.iter().sum();
        let mut controls = controls(model, &all, span);
        for measure in of {
            controls.extend(balance::controls(model, &all, span, *measure));
        }
        Ok(Self {
            model: model.clone(),
            windows: all,
            span,
            controls,
            apart: OnceCell::new(),
        })
    }

    /// The plain mean.
    pub(super) fn plain(&self, measure: Measure) -> Option<Estimate> {
        Some(over_seeds(&self.values(measure)?))
    }

    /// The mean with controls.
    pub(super) fn controlled(&self, measure: Measure) -> Option<Estimate> {
        let plain = self.values(measure)?;
        let mut out = vec![0.0; plain.len()];
        let made = || {
            (0..FOLDS)
                .map(|fold| orthogonal(&self.controls, fold))
                .collect()
        };
        let parts: &Vec<Vec<Apart>> = self.apart.get_or_init(made);
        for (fold, apart) in parts.iter().enumerate() {
            let mut values = plain.clone();
            for control in apart {
                control.take_off(&mut values, fold);
            }
            for (ix, value) in values.into_iter().enumerate() {
                if fold_of(ix) == fold {
                    out[ix] = value;
                }
            }
        }
        Some(over_seeds(&out))
    }

    /// The rates of arrivals and of the service, less those given, as estimates of zero: each window
    /// is one observation, since what comes or is served in one does not depend on the others.
    pub(super) fn rates(&self) -> impl Iterator<Item = Estimate> + '_ {
        let all = |w: &Window, list: &[f64], each: &dyn Fn(usize) -> f64| {
            let expected = w.held.iter().enumerate().map(|(k, held)| each(k) * held);
            list.iter().sum::<f64>() - expected.sum::<f64>()
        };
        let came = self
            .windows
            .iter()
            .map(move |w| all(w, &w.came, &|_| self.model.rate));
        let served = self
            .windows
            .iter()
            .map(move |w| match self.model.memoryless {
                true => all(w, &w.left, &|k| self.model.pace(k)),
                false => w.single[0],
            });
        [came.collect::<Vec<f64>>(), served.collect()]
            .into_iter()
            .map(|values| of_seeds(&values))
    }

    /// The controls as estimates of zero.
    pub(super) fn zeros(&self) -> impl Iterator<Item = Estimate> + '_ {
        self.controls.iter().map(|control| over_seeds(control))
    }

    /// The measure in each window, in order of seeds; `None` if too few fall near a quantile.
    fn values(&self, measure: Measure) -> Option<Vec<f64>> {
        let servers = self.model.servers.map_or(usize::MAX, |n| n as usize);
        let time = |of: &dyn Fn(usize) -> f64| -> Vec<f64> {
            let weigh = |window: &Window| {
                let held = window.held.iter().enumerate();
                held.map(|(k, t)| of(k) * t).sum::<f64>() / self.span
            };
            self.windows.iter().map(weigh).collect()
        };
        let counted = |of: &dyn Fn(&Window) -> f64| -> Vec<f64> {
            self.windows.iter().map(|w| of(w) / self.span).collect()
        };
        Some(match measure {
            Measure::Inside => time(&|k| k as f64),
            Measure::Waiting => time(&|k| k.saturating_sub(servers) as f64),
            Measure::Busy => time(&|k| k.min(servers) as f64),
            Measure::Utilisation => time(&|k| k.min(servers) as f64 / servers as f64),
            Measure::Variance => {
                let mean = average(&time(&|k| k as f64));
                time(&|k| (k as f64 - mean) * (k as f64 - mean))
            }
            Measure::Share(n) => time(&|k| f64::from(u8::from(k == n))),
            Measure::Throughput => counted(&|w| w.left.iter().sum()),
            Measure::Refused => self.ratio(&|w| w.refused, &|w| w.came.iter().sum()),
            Measure::Wait => self.ratio(&|w| w.waits.iter().sum(), &|w| w.waits.len() as f64),
            Measure::Stay => self.ratio(&|w| w.stays.iter().sum(), &|w| w.stays.len() as f64),
            Measure::Waits => self.above(|w| &w.waits, 0.0),
            Measure::WaitsBeyond(bound) => self.above(|w| &w.waits, bound),
            Measure::StaysBeyond(bound) => self.above(|w| &w.stays, bound),
            Measure::WaitQuantile(share, near) => self.quantile(|w| &w.waits, share, near)?,
            Measure::StayQuantile(share, near) => self.quantile(|w| &w.stays, share, near)?,
        })
    }

    /// A ratio of sums, window by window around the ratio of all. Where all are let in, so many as the
    /// rate makes one expect stand below: with the number seen there, chance in both would multiply.
    fn ratio(&self, top: &dyn Fn(&Window) -> f64, bottom: &dyn Fn(&Window) -> f64) -> Vec<f64> {
        let tops: Vec<f64> = self.windows.iter().map(top).collect();
        let bottoms: Vec<f64> = self.windows.iter().map(bottom).collect();
        let seen = average(&bottoms).max(1e-300);
        let whole = average(&tops) / seen;
        let each = match self.model.room {
            None => self.model.rate * self.span,
            Some(_) => seen,
        };
        let around = |(top, bottom): (&f64, &f64)| whole + (top - whole * bottom) / each;
        tops.iter().zip(&bottoms).map(around).collect()
    }

    /// The share above a bound.
    fn above(&self, of: fn(&Window) -> &Vec<f64>, bound: f64) -> Vec<f64> {
        let above = |w: &Window| of(w).iter().filter(|x| **x > bound).count() as f64;
        self.ratio(&above, &|w| of(w).len() as f64)
    }

    /// The value that a share exceeds, from the share above a value near it and the density there.
    fn quantile(&self, of: fn(&Window) -> &Vec<f64>, share: f64, near: f64) -> Option<Vec<f64>> {
        let step = 0.1 * near;
        let least = average(&self.above(of, near - step));
        let most = average(&self.above(of, near + step));
        let density = (least - most) / (2.0 * step);
        let above = self.above(of, near);
        let value = |above: f64| near + (above - share) / density;
        (density > 0.0).then(|| above.into_iter().map(value).collect())
    }
}

/// Plays all seeds, on as many processors as there are; each by itself, so that nothing depends on them.
fn play_all(model: &Model, customers: f64) -> Result<Vec<Window>, String> {
    let seeds: Vec<u64> = (1..=SEEDS).collect();
    let at_once = std::thread::available_parallelism().map_or(1, usize::from);
    let part = |seeds: &[u64]| -> Result<Vec<Window>, String> {
        let each: Result<Vec<_>, _> = seeds
            .iter()
            .map(|seed| windows(model, *seed, customers))
            .collect();
        Ok(each?.into_iter().flatten().collect())
    };
    if at_once == 1 {
        return part(&seeds);
    }
    let parts = seeds.chunks(seeds.len().div_ceil(at_once));
    std::thread::scope(|scope| {
        let running: Vec<_> = parts
            .map(|seeds| scope.spawn(move || part(seeds)))
            .collect();
        let mut all = Vec::new();
        for thread in running {
            all.extend(
                thread
                    .join()
                    .map_err(|_| "the run stops short".to_owned())??,
            );
        }
        Ok(all)
    })
}

fn average(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Mean and standard error, each seed as one observation.
pub(super) fn over_seeds(values: &[f64]) -> Estimate {
    let seeds: Vec<f64> = values.chunks(WINDOWS).map(average).collect();
    of_seeds(&seeds)
}

/// Mean and standard error of one value for each seed.
pub(super) fn of_seeds(seeds: &[f64]) -> Estimate {
    let (n, mean) = (seeds.len() as f64, average(seeds));
    let squares: f64 = seeds.iter().map(|x| (x - mean) * (x - mean)).sum();
    let error = libm::sqrt(squares / (n - 1.0) / n);
    Estimate { mean, error }
}

/// The levels at which arrivals and departures are controlled, as functions of the number inside.
#[derive(Debug)]
struct Levels {
    /// Each has a function that is 1 there and falls evenly to 0 at the next ones; beyond the ends
    /// it stays 1.
    nodes: Vec<usize>,
    /// Whether by how much a level lies beyond the last node is a function, too.
    far: bool,
}

impl Levels {
    /// All levels that were seen often, up to a few beyond the servers: from there on a queue is in
    /// no other state than with one customer more. Where those are too many, evenly between.
    fn new(model: &Model, windows: &[Window]) -> Self {
        let levels = windows.iter().map(|w| w.came.len()).max().unwrap_or(1);
        let mut seen = vec![0.0; levels.max(1)];
        for window in windows {
            for (k, n) in window.came.iter().enumerate() {
                seen[k] += n;
            }
        }
        let often = |seen: &[f64]| seen.iter().sum::<f64>() >= SEEN;
        let room = model.room.map_or(BEYOND, |places| places as usize + 1);
        let full = model.servers.map_or(usize::MAX, |n| n as usize + room);
        let most = (0..levels.min(full))
            .rev()
            .find(|k| often(&seen[*k..]))
            .unwrap_or(0);
        let least = (0..most).find(|k| often(&seen[..=*k])).unwrap_or(0);
        let (wide, steps) = (most - least, (most - least).clamp(1, NODES_MAX - 1));
        let mut nodes: Vec<usize> = (0..=steps).map(|i| least + wide * i / steps).collect();
        nodes.dedup();
        let far = seen.get(most + 3..).is_some_and(often);
        Self { nodes, far }
    }

    /// Functions of [`Self::of`].
    fn len(&self) -> usize {
        self.nodes.len() + 1
    }

    /// The functions that are not zero at a level: those of the nodes, and by how much it lies
    /// beyond the last node.
    fn of(&self, level: usize) -> [(usize, f64); 3] {
        let above = self.nodes.partition_point(|node| *node <= level);
        let below = above.saturating_sub(1);
        let beyond = (self.nodes.len(), self.beyond(level));
        let (low, high) = (self.nodes[below], self.nodes.get(above).copied());
        let part = high.map_or(0.0, |high| {
            level.saturating_sub(low) as f64 / (high - low).max(1) as f64
        });
        [
            (below, 1.0 - part),
            (above.min(self.nodes.len() - 1), part),
            beyond,
        ]
    }

    fn beyond(&self, level: usize) -> f64 {
        if !self.far {
            return 0.0;
        }
        let last = self.nodes.last().copied().unwrap_or(0);
        level.saturating_sub(last) as f64
    }
}

/// All controls: one list of values in the order of the windows for each.
fn controls(model: &Model, windows: &[Window], span: f64) -> Vec<Vec<f64>> {
    let levels = Levels::new(model, windows);
    let mut out = flows(model, windows, &levels);
    out.extend(changes(windows));
    for ix in 0..SINGLE {
        out.push(windows.iter().map(|window| window.single[ix]).collect());
    }
    for value in out.iter_mut().flatten() {
        *value /= span;
    }
    out.retain(|control| control.iter().any(|x| x.abs() > 0.0));
    out
}

/// Arrivals, and departures, less those that the rates make one expect: altogether and by level.
fn flows(model: &Model, windows: &[Window], levels: &Levels) -> Vec<Vec<f64>> {
    let (each, at) = (levels.len(), |list: &[f64], k: usize| {
        list.get(k).copied().unwrap_or(0.0)
    });
    let mut out = vec![vec![0.0; windows.len()]; 2 + 2 * each];
    for (ix, window) in windows.iter().enumerate() {
        for (k, held) in window.held.iter().enumerate() {
            let came = at(&window.came, k) - model.rate * held;
            out[0][ix] += came;
            for (function, weight) in levels.of(k) {
                out[2 + function][ix] += weight * came;
            }
            if !model.memoryless {
                continue;
            }
            let left = at(&window.left, k) - model.pace(k) * held;
            out[1][ix] += left;
            for (function, weight) in levels.of(k) {
                out[2 + each + function][ix] += weight * left;
            }
        }
    }
    out
}

/// What is at the end of each window less what was at its start: powers of the number inside, and
/// what those inside are still to wait and to stay.
fn changes(windows: &[Window]) -> Vec<Vec<f64>> {
    let power = |window: &Window, power: i32| {
        let raised = |inside: f64| (0..power).fold(1.0, |product, _| product * inside);
        raised(window.last) - raised(window.first)
    };
    let mut out: Vec<Vec<f64>> = (1..=POWERS)
        .map(|to| windows.iter().map(|window| power(window, to)).collect())
        .collect();
    out.push(windows.iter().map(|window| window.waits_ahead).collect());
    out.push(windows.iter().map(|window| window.stays_ahead).collect());
    out
}

/// The part of the seeds that a window belongs to.
pub(super) fn fold_of(window: usize) -> usize {
    window / WINDOWS % FOLDS
}

/// The inner product around the means, over the windows outside a part.
fn inner(a: &[f64], b: &[f64], fold: usize) -> f64 {
    let (mut n, mut sum_a, mut sum_b, mut both) = (0.0, 0.0, 0.0, 0.0);
    // around the first values, so that little is lost to rounding
    let (zero_a, zero_b) = (a[0], b[0]);
    for (seed, (a, b)) in a.chunks(WINDOWS).zip(b.chunks(WINDOWS)).enumerate() {
        if seed % FOLDS == fold {
            continue;
        }
        for (x, y) in a.iter().zip(b) {
            let (x, y) = (x - zero_a, y - zero_b);
            n += 1.0;
            sum_a += x;
            sum_b += y;
            both += x * y;
        }
    }
    both - sum_a * sum_b / n
}

impl Apart {
    /// Takes off `values` what goes along with this control outside a part.
    fn take_off(&self, values: &mut [f64], fold: usize) {
        let share = inner(values, &self.values, fold) / self.square;
        for (value, control) in values.iter_mut().zip(&self.values) {
            *value -= share * control;
        }
    }
}

/// Each control without what the ones before it explain outside a part (Gram and Schmidt).
fn orthogonal(controls: &[Vec<f64>], fold: usize) -> Vec<Apart> {
    let mut out: Vec<Apart> = Vec::new();
    for control in controls {
        let whole = inner(control, control, fold);
        let mut values = control.clone();
        for before in &out {
            before.take_off(&mut values, fold);
        }
        let square = inner(&values, &values, fold);
        if square > EXPLAINED * whole {
            out.push(Apart { values, square });
        }
    }
    out
}

/// How many standard errors an interval reaches to each side, so that it misses with probability
/// `miss`: Student's law with one degree of freedom less than there are observations, an even number.
pub(super) fn reach(miss: f64, observations: u64) -> f64 {
    let (mut low, mut high) = (0.0, 1e3);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if beyond(middle, observations - 1) > miss {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Probability that Student's variable is farther from zero than `t`; odd degrees of freedom.
fn beyond(t: f64, freedom: u64) -> f64 {
    let angle = libm::atan(t / libm::sqrt(freedom as f64));
    let (sine, cosine) = (libm::sin(angle), libm::cos(angle));
    let (mut term, mut sum) = (cosine, 0.0);
    for k in (1..freedom).step_by(2) {
        sum += term;
        term *= cosine * cosine * (k + 1) as f64 / (k + 2) as f64;
    }
    1.0 - (angle + sine * sum) * std::f64::consts::FRAC_2_PI
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn students_quantiles_are_those_of_the_books() {
        // two-sided 5 %, 1 %, 0.1 % at 19 degrees of freedom
        for (miss, wanted) in [(0.05, 2.093), (0.01, 2.861), (0.001, 3.883)] {
            let found = reach(miss, 20);
            assert!((found - wanted).abs() < 1e-3, "{miss}: {found}");
        }
        // with many observations they are those of the normal law
        assert!((reach(1e-6, 800) - 4.892).abs() < 0.1);
    }

    #[test]
    fn functions_of_levels_add_up_to_one_and_keep_lines() {
        let levels = Levels {
            nodes: vec![2, 5, 11],
            far: true,
        };
        for level in 2..=20_usize {
            let of = levels.of(level);
            let sum: f64 = of[..2].iter().map(|(_, weight)| weight).sum();
            let line: f64 = of[..2]
                .iter()
                .map(|(ix, weight)| weight * levels.nodes[*ix] as f64)
                .sum();
            assert!((sum - 1.0).abs() < 1e-12, "at {level}");
            assert!((line + of[2].1 - level as f64).abs() < 1e-12, "at {level}");
        }
        assert_eq!(levels.of(0)[0], (0, 1.0), "below the first node");
    }
}
