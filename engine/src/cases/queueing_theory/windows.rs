//! A path cut into windows of time: how long how many were inside, who came, left and waited.

use super::bench::{Path, play};
use super::model::Model;
use crate::base::time::{SECOND, Us};

/// Windows of one seed.
pub(super) const WINDOWS: usize = 40;
/// Most customers inside that a window tells apart; a run that goes beyond has lost its balance.
const LEVELS_MAX: usize = 20_000;
/// Sums over the customers of a single server whose mean is known to be zero.
pub(super) const SINGLE: usize = 10;

/// What one window showed.
#[derive(Clone, Debug, Default)]
pub(super) struct Window {
    /// Seconds with so many inside, by how many.
    pub(super) held: Vec<f64>,
    /// Arrivals, let in or not, by how many they found inside.
    pub(super) came: Vec<f64>,
    /// Departures, by how many were inside before.
    pub(super) left: Vec<f64>,
    /// Those who came and were refused.
    pub(super) refused: f64,
    /// Waits of those who came in this window and were let in [s].
    pub(super) waits: Vec<f64>,
    /// Times inside of the same, in order of leaving [s].
    pub(super) stays: Vec<f64>,
    /// How many were inside when it began.
    pub(super) first: f64,
    /// How many were inside when it ended.
    pub(super) last: f64,
    /// What those inside when it ended were still to stay, less the same when it began [s].
    pub(super) stays_ahead: f64,
    /// What those waiting when it ended were still to wait, less the same when it began [s].
    pub(super) waits_ahead: f64,
    /// See [`singles`].
    pub(super) single: [f64; SINGLE],
}

fn add(list: &mut Vec<f64>, ix: usize, more: f64) {
    if list.len() <= ix {
        list.resize(ix + 1, 0.0);
    }
    list[ix] += more;
}

fn seconds(us: Us) -> f64 {
    us as f64 / SECOND as f64
}

/// The windows' place in time [us].
#[derive(Clone, Copy, Debug)]
struct Frame {
    warm_up: Us,
    span: Us,
}

impl Frame {
    /// The window of an instant.
    fn at(self, at: Us) -> Option<usize> {
        let ix = at.checked_sub(self.warm_up)? / self.span;
        (ix < WINDOWS as u64).then_some(ix as usize)
    }

    fn end(self) -> Us {
        self.warm_up + self.span * WINDOWS as u64
    }

    /// The bounds of windows after one instant and up to another; what happens at a bound belongs
    /// to the window that begins there.
    fn bounds(self, (from, to): (Us, Us)) -> impl Iterator<Item = (usize, Us)> {
        let past = |at: Us| Some(at.checked_sub(self.warm_up)? / self.span);
        let first = past(from).map_or(0, |ix| ix + 1);
        let last = past(to).map_or(0, |ix| (ix + 1).min(WINDOWS as u64 + 1));
        (first..last).map(move |ix| (ix as usize, self.warm_up + self.span * ix))
    }

    /// For each bound of windows between two instants, what lies between it and the second [s]:
    /// added where it ends a window, taken off where it begins one.
    fn ahead(self, (from, to): (Us, Us), mut add: impl FnMut(usize, f64)) {
        for (bound, at) in self.bounds((from, to)) {
            let rest = seconds(to - at);
            if bound > 0 {
                add(bound - 1, rest);
            }
            if bound < WINDOWS {
                add(bound, -rest);
            }
        }
    }
}

/// Plays one seed: `customers` or so come in the windows, after a warm-up.
///
/// # Errors
/// A sentence if the engine stops or the queue grows without end.
pub(super) fn windows(model: &Model, seed: u64, customers: f64) -> Result<Vec<Window>, String> {
    let span = customers / model.rate / WINDOWS as f64 * SECOND as f64;
    let frame = Frame {
        warm_up: (model.warm_up() * SECOND as f64) as Us,
        span: (span as Us).max(1),
    };
    let path = play(&model.settings, model.rate, seed, frame.end())?;
    let mut out = vec![Window::default(); WINDOWS];
    levels(&path, frame, &mut out)?;
    let let_in = path.came.iter().filter(|(_, let_in)| *let_in);
    for ((came, _), waited) in let_in.zip(&path.waited) {
        if let Some(ix) = frame.at(*came) {
            out[ix].waits.push(seconds(*waited));
        }
        frame.ahead((*came, came + waited), |ix, rest| {
            out[ix].waits_ahead += rest
        });
    }
    for (at, stay) in &path.left {
        if let Some(ix) = frame.at(at - stay) {
            out[ix].stays.push(seconds(*stay));
        }
        frame.ahead((at - stay, *at), |ix, rest| out[ix].stays_ahead += rest);
    }
    if model.single_line() {
        singles(model, &path, frame, &mut out);
    }
    Ok(out)
}

/// How many were inside, from arrivals and departures alone.
fn levels(path: &Path, frame: Frame, out: &mut [Window]) -> Result<(), String> {
    let (mut inside, mut since) = (0_usize, 0);
    let mut left = path.left.iter().map(|(at, _)| *at).peekable();
    let mut came = path.came.iter().peekable();
    loop {
        let next_out = left.peek().copied();
        let next_in = came.peek().map(|(at, _)| *at);
        // who comes at the instant of a departure comes first: a service may round to nothing
        let leaves = next_out.is_some_and(|out| next_in.is_none_or(|into| out < into));
        let Some(at) = (if leaves { next_out } else { next_in }) else {
            return Ok(());
        };
        hold(frame, (since, at), inside, out);
        since = at;
        let window = frame.at(at).map(|ix| &mut out[ix]);
        if leaves {
            left.next();
            if let Some(window) = window {
                add(&mut window.left, inside, 1.0);
            }
            inside = inside.saturating_sub(1);
        } else if let Some((_, let_in)) = came.next() {
            if let Some(window) = window {
                add(&mut window.came, inside, 1.0);
                window.refused += f64::from(u8::from(!let_in));
            }
            inside += usize::from(*let_in);
        }
        if inside > LEVELS_MAX {
            return Err("the queue grows without end".to_owned());
        }
    }
}

/// So many were inside from one instant to another.
fn hold(frame: Frame, (from, to): (Us, Us), inside: usize, out: &mut [Window]) {
    for (bound, _) in frame.bounds((from, to)) {
        if bound > 0 {
            out[bound - 1].last = inside as f64;
        }
        if bound < WINDOWS {
            out[bound].first = inside as f64;
        }
    }
    let (mut from, to) = (from.max(frame.warm_up), to.min(frame.end()));
    while from < to {
        let Some(ix) = frame.at(from) else {
            return;
        };
        let end = to.min(frame.warm_up + frame.span * (ix as u64 + 1));
        add(&mut out[ix].held, inside, seconds(end - from));
        from = end;
    }
}

/// Sums over customers at a single server, each of mean zero because a service time and the gap
/// to the next arrival do not depend on how long a customer has waited: S - E S, A - E A, both
/// times the wait, both squared, their product, what is left over when the server stands idle, and
/// by how much the next one's wait and its square are greater, since the queue is in balance.
fn singles(model: &Model, path: &Path, frame: Frame, out: &mut [Window]) {
    let (mean_s, mean_a) = (model.mean, 1.0 / model.rate);
    let square_s = mean_s * mean_s * (1.0 + model.scv);
    let customers = path.came.iter().zip(&path.waited).zip(&path.left);
    let next = path.came.iter().zip(&path.waited).skip(1);
    for ((((came, _), waited), (_, stay)), ((next, _), next_waited)) in customers.zip(next) {
        let Some(ix) = frame.at(*came) else {
            continue;
        };
        let (wait, next_wait) = (seconds(*waited), seconds(*next_waited));
        let service = seconds(stay.saturating_sub(*waited));
        let gap = seconds(next - came);
        let idle = seconds(next.saturating_sub(came + stay));
        let terms = [
            service - mean_s,
            gap - mean_a,
            wait * (service - mean_s),
            wait * (gap - mean_a),
            service * service - square_s,
            gap * gap - 2.0 * mean_a * mean_a,
            service * gap - mean_s * mean_a,
            // what is left of a gap without memory: its mean square is twice its squared mean
            idle * idle - 2.0 * mean_a * idle,
            next_wait - wait,
            next_wait * next_wait - wait * wait,
        ];
        for (sum, term) in out[ix].single.iter_mut().zip(terms) {
            *sum += term;
        }
    }
}
