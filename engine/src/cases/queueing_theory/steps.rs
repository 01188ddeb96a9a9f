//! Controls for the share of the customers that wait, or stay, beyond a bound.
//!
//! Who finds k inside waits for k - servers + 1 departures: whether that lasts beyond the bound is nearly
//! decided by k, and the share of arrivals that find so many is moved by arrivals and departures at all
//! levels. How much by those at each level is computed here and makes two controls: flows less the
//! expected flows, weighed by level. The weights decide how narrow an interval gets, never where it lies:
//! with any weights whatever the mean of such a sum is zero. How long each one really waits or stays is not
//! controlled and comes from the run alone.

use super::estimate::Measure;
use super::model::Model;
use super::windows::Window;

/// Weights of levels for one bound.
struct Steps {
    /// How likely one who finds so many goes beyond the bound.
    beyond: Vec<f64>,
    /// How much more goes beyond in time to come with one more inside than so many.
    more: Vec<f64>,
}

/// The controls of a measure: none unless it is a quantile of a queue without memory.
pub(super) fn controls(
    model: &Model,
    windows: &[Window],
    span: f64,
    measure: Measure,
) -> Vec<Vec<f64>> {
    let (bound, stays) = match measure {
        Measure::WaitQuantile(_, bound) => (bound, false),
        Measure::StayQuantile(_, bound) => (bound, true),
        _ => return Vec::new(),
    };
    let (Some(servers), true) = (model.servers, model.memoryless && model.room.is_none()) else {
        return Vec::new();
    };
    let steps = Steps::new(model, windows, (bound, stays), servers as usize);
    let found = |k: usize, came: f64, _: f64| steps.beyond[k] * came;
    let balance =
        |k: usize, came: f64, left: f64| steps.more[k] * came - steps.less(k) * left;
    let ends = |w: &Window| steps.height(w.last as usize) - steps.height(w.first as usize);
    let paced = |w: &Window, of: &dyn Fn(usize, f64, f64) -> f64| -> f64 {
        let at = |list: &[f64], k: usize| list.get(k).copied().unwrap_or(0.0);
        let each = w.held.iter().enumerate().map(|(k, held)| {
            let came = at(&w.came, k) - model.rate * held;
            let left = at(&w.left, k) - pace(model, servers as usize, k) * held;
            of(k, came, left)
        });
        each.sum()
    };
    vec![
        windows.iter().map(|w| paced(w, &found) / span).collect(),
        windows.iter().map(|w| (paced(w, &balance) - ends(w)) / span).collect(),
    ]
}

/// Departures with so many inside [1/s].
fn pace(model: &Model, servers: usize, inside: usize) -> f64 {
    servers.min(inside) as f64 / model.mean
}

impl Steps {
    fn new(model: &Model, windows: &[Window], bound: (f64, bool), servers: usize) -> Self {
        let levels = windows.iter().map(|w| w.held.len()).max().unwrap_or(0) + 1;
        let beyond = beyond(model, bound, servers, levels);
        let weigh = |w: &Window| {
            let each = w.held.iter().zip(&beyond);
            each.fold((0.0, 0.0), |(sum, all), (held, part)| (sum + held * part, all + held))
        };
        let (sum, all) = windows.iter().map(weigh).fold((0.0, 0.0), |(a, b), (c, d)| (a + c, b + d));
        let mean = sum / all;
        // from either end towards the usual level, so that what is left out at one end dies away
        let usual = ((model.rate * model.mean) as usize).clamp(1, servers);
        let mut more = vec![0.0; levels];
        for k in 0..usual.min(levels) {
            let before = if k == 0 { 0.0 } else { more[k - 1] };
            more[k] = (pace(model, servers, k) * before - beyond[k] + mean) / model.rate;
        }
        let last = levels - 1;
        more[last] = (beyond[last] - mean) / (pace(model, servers, servers) - model.rate);
        for k in (usual + 1..=last).rev() {
            more[k - 1] = (model.rate * more[k] + beyond[k] - mean) / pace(model, servers, k);
        }
        Self { beyond, more }
    }

    /// What one departure takes away with so many inside.
    fn less(&self, inside: usize) -> f64 {
        inside.checked_sub(1).map_or(0.0, |below| self.more[below])
    }

    /// How much more goes beyond in time to come with so many inside than with none.
    fn height(&self, inside: usize) -> f64 {
        self.more[..inside.min(self.more.len())].iter().sum()
    }
}

/// How likely those who find 0, 1, 2 ... inside go beyond the bound: fewer departures than they need
/// fall into that time. Of a stay at several servers this is but a guess, which is all that is needed.
fn beyond(model: &Model, (bound, stays): (f64, bool), servers: usize, levels: usize) -> Vec<f64> {
    let expected = servers as f64 * bound / model.mean;
    let served = if stays { libm::exp(-bound / model.mean) } else { 0.0 };
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
