//! Controls from the balance of arrivals and departures, for queues without memory.
//!
//! Whatever the number g(k) given to each level k: an arrival that finds k moves the sum of g over the
//! levels below by g(k), a departure from k moves it back by g(k - 1), and what it is at the end of a window
//! less what it was at its start is the sum of all those moves. So the moves less those that the rates make
//! one expect, less that change, are a control. Here g is chosen for one measure by solving, level by
//! level, what makes the control move with the measure; the choice decides how narrow an interval gets,
//! never where it lies. The mean that g needs is taken from the plain values of *other* seeds.
//!
//! With one measure's own g such a control takes off nearly all chance, and the estimate becomes what the
//! rates imply. What is then found about the engine is that the controls are zero, which is tested apart
//! from the estimate, and that the plain mean agrees.

use super::estimate::{FOLDS, Measure, fold_of, over_seeds};
use super::model::Model;
use super::windows::Window;

/// Standard error of what levels count for over its mean, at most: what is seen more rarely is too far
/// from the normal law for a control.
const SEEN: f64 = 0.08;

/// Weights of levels for one measure.
struct Weights {
    /// g by level: how much more is to come with one more inside than so many.
    more: Vec<f64>,
    /// The sum of g over the levels below each.
    height: Vec<f64>,
}

/// The controls of a measure; none where the service has a memory.
pub(super) fn controls(
    model: &Model,
    windows: &[Window],
    span: f64,
    measure: Measure,
) -> Vec<Vec<f64>> {
    if !model.memoryless {
        return Vec::new();
    }
    let levels = windows.iter().map(|w| w.held.len()).max().unwrap_or(0) + 1;
    let mut out = Vec::new();
    for (counts, met) in counting(model, measure, levels) {
        if !is_seen(windows, &counts) {
            continue;
        }
        let weights: Vec<Weights> = (0..FOLDS)
            .map(|fold| Weights::new(model, &counts, mean_elsewhere(windows, &counts, fold)))
            .collect();
        let of = |(ix, w): (usize, &Window)| weights[fold_of(ix)].control(model, w) / span;
        out.push(windows.iter().enumerate().map(of).collect());
        if met {
            let of = |w: &Window| found(model, w, &counts) / span;
            out.push(windows.iter().map(of).collect());
        }
    }
    out
}

/// How much each level counts for a measure, and whether it counts for those who come or for the time.
fn counting(model: &Model, measure: Measure, levels: usize) -> Vec<(Vec<f64>, bool)> {
    let servers = model.servers.map_or(usize::MAX, |n| n as usize);
    let full = model
        .room
        .map_or(usize::MAX, |n| servers.saturating_add(n as usize));
    let of = |each: &dyn Fn(usize) -> f64| (0..levels).map(each).collect::<Vec<f64>>();
    let is = |holds: bool| f64::from(u8::from(holds));
    let refused = || (of(&|k| is(k >= full)), true);
    let waiting = || (of(&|k| k.saturating_sub(servers) as f64), false);
    let inside = || (of(&|k| k as f64), false);
    match measure {
        Measure::Inside => vec![inside()],
        Measure::Waiting => vec![waiting()],
        Measure::Stay => vec![inside(), refused()],
        Measure::Wait => vec![waiting(), refused()],
        Measure::Busy | Measure::Utilisation | Measure::Throughput => {
            vec![(of(&|k| k.min(servers) as f64), false)]
        }
        Measure::Variance => vec![inside(), (of(&|k| (k * k) as f64), false)],
        Measure::Share(n) => vec![(of(&|k| is(k == n)), false)],
        Measure::Refused => vec![refused()],
        Measure::Waits => vec![(of(&|k| is(k >= servers)), true)],
        Measure::WaitQuantile(_, bound) | Measure::WaitsBeyond(bound) => {
            vec![(beyond(model, (bound, false), levels), true)]
        }
        Measure::StayQuantile(_, bound) | Measure::StaysBeyond(bound) => {
            vec![(beyond(model, (bound, true), levels), true)]
        }
    }
}

/// Whether what levels count for is seen in all seeds about alike.
fn is_seen(windows: &[Window], counts: &[f64]) -> bool {
    let weigh = |w: &Window| {
        w.held
            .iter()
            .zip(counts)
            .map(|(held, count)| held * count)
            .sum()
    };
    let seen = over_seeds(&windows.iter().map(weigh).collect::<Vec<f64>>());
    seen.error < SEEN * seen.mean
}

/// The share of the time that levels count for, in the seeds outside a part.
fn mean_elsewhere(windows: &[Window], counts: &[f64], part: usize) -> f64 {
    let (mut sum, mut all) = (0.0, 0.0);
    for (_, window) in windows
        .iter()
        .enumerate()
        .filter(|(ix, _)| fold_of(*ix) != part)
    {
        for (held, count) in window.held.iter().zip(counts) {
            sum += held * count;
            all += held;
        }
    }
    sum / f64::max(all, 1e-300)
}

fn at(list: &[f64], k: usize) -> f64 {
    list.get(k).copied().unwrap_or(0.0)
}

/// Those who came, each as much as the level found counts, less what the rate makes one expect.
fn found(model: &Model, window: &Window, counts: &[f64]) -> f64 {
    let each = window.held.iter().enumerate();
    each.map(|(k, held)| at(counts, k) * (at(&window.came, k) - model.rate * held))
        .sum()
}

impl Weights {
    /// Solves rate g(k) - pace(k) g(k - 1) + counts(k) - mean = 0 from either end towards the level
    /// where the queue mostly is, so that what is wrong at the ends dies away.
    fn new(model: &Model, counts: &[f64], mean: f64) -> Self {
        let servers = model.servers.map_or(usize::MAX, |n| n as usize);
        let full = model
            .room
            .map(|places| servers.saturating_add(places as usize));
        let last = (counts.len() - 1).min(full.unwrap_or(usize::MAX));
        let usual = match model.load() < 1.0 {
            true => ((model.rate * model.mean) as usize)
                .clamp(1, servers)
                .min(last),
            false => last,
        };
        let mut more = vec![0.0; counts.len()];
        for k in 0..usual {
            let before = k.checked_sub(1).map_or(0.0, |below| more[below]);
            more[k] = (model.pace(k) * before - counts[k] + mean) / model.rate;
        }
        // nobody gets in where it is full; otherwise the weights go on as a straight line
        let pace = model.pace(last);
        if full != Some(last) && last > usual && pace > model.rate {
            let step = (counts[last] - counts[last - 1]) / (pace - model.rate);
            more[last] = (counts[last] - mean + pace * step) / (pace - model.rate);
        }
        for k in (usual + 1..=last).rev() {
            more[k - 1] = (model.rate * more[k] + counts[k] - mean) / model.pace(k);
        }
        let mut height = vec![0.0];
        for weight in &more {
            height.push(height[height.len() - 1] + weight);
        }
        Self { more, height }
    }

    /// The control in one window.
    fn control(&self, model: &Model, window: &Window) -> f64 {
        let height = |inside: f64| at(&self.height, inside as usize);
        let mut sum = height(window.first) - height(window.last);
        for (k, held) in window.held.iter().enumerate() {
            sum += at(&self.more, k) * (at(&window.came, k) - model.rate * held);
            let less = k.checked_sub(1).map_or(0.0, |below| at(&self.more, below));
            sum -= less * (at(&window.left, k) - model.pace(k) * held);
        }
        sum
    }
}

/// How likely those who find 0, 1, 2 ... inside go beyond the bound: fewer departures than they need
/// fall into that time. Of a stay at several servers this is but a guess, which is all that is needed.
fn beyond(model: &Model, (bound, stays): (f64, bool), levels: usize) -> Vec<f64> {
    let servers = model.servers.map_or(usize::MAX, |n| n as usize);
    let expected = servers as f64 * bound / model.mean;
    let served = if stays {
        libm::exp(-bound / model.mean)
    } else {
        0.0
    };
    let (mut term, mut sum) = (libm::exp(-expected), 0.0);
    let mut out = vec![served; levels.min(servers)];
    let ahead = if stays && servers == 1 {
        out.clear();
        0
    } else {
        servers
    };
    for k in ahead..levels {
        sum += term;
        term *= expected / (k - ahead + 1) as f64;
        out.push(f64::max(sum, served));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::queueing_theory::estimate::SEEDS;
    use crate::cases::queueing_theory::model::Law;
    use crate::cases::queueing_theory::windows::windows;

    #[test]
    fn controls_are_zero_whatever_mean_their_weights_were_made_for() {
        let model = Model::new((2.1, 1.0, Law::Exponential), Some(3), None).expect("a good model");
        let all = (1..=SEEDS).map(|seed| windows(&model, seed, 2e3).expect("it runs"));
        let all: Vec<Window> = all.flatten().collect();
        let levels = all.iter().map(|w| w.held.len()).max().unwrap_or(0) + 1;
        let (counts, _) = counting(&model, Measure::Waiting, levels).remove(0);
        // the mean is 1.149
        for mean in [0.6, 1.149, 2.0] {
            let weights = Weights::new(&model, &counts, mean);
            let control: Vec<f64> = all.iter().map(|w| weights.control(&model, w)).collect();
            let zero = over_seeds(&control);
            assert!(
                zero.error > 0.0 && zero.mean.abs() < 4.0 * zero.error,
                "{mean}: {zero:?}"
            );
        }
    }

    #[test]
    fn with_its_weights_a_control_moves_with_its_measure() {
        let model =
            Model::new((1.0, 1.0, Law::Exponential), Some(1), Some(4)).expect("a good model");
        let all = windows(&model, 1, 4e3).expect("it runs");
        let (counts, _) = counting(&model, Measure::Inside, 6).remove(0);
        // five levels besides none, all as likely: 2.5 are inside
        let weights = Weights::new(&model, &counts, 2.5);
        for window in &all {
            let held = window.held.iter().zip(&counts);
            let more: f64 = held.map(|(held, count)| held * (count - 2.5)).sum();
            let control = weights.control(&model, window);
            assert!((control - more).abs() < 1e-6, "{control} {more}");
        }
    }
}
