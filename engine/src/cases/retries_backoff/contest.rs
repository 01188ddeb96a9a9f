//! The contest of n clients for one item, held against means over many runs.

use super::{Backoff, Case, Node, Told};
use crate::base::time::{MS, Us};
use crate::cases::Inexpressible;
use crate::lessons::contest::Contest;

/// Runs of our own; the tables ask for a hundred at least.
const RUNS: u64 = 200;

/// Tells one case; times of the table are in units, one of which is a millisecond here.
pub(super) fn run(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let unit = |key: &str| -> Result<Us, Inexpressible> { input.get(key)?.millis() };
    let word = input.get("algorithm")?;
    let backoff = match word.text()? {
        "none" => None,
        known => Some(Backoff::of(known).ok_or_else(|| word.bad("is not known"))?),
    };
    let clients = input.get("clients")?;
    if !(1..=500).contains(&clients.u32()?) {
        return Err(clients.bad("is no count of clients that a bench has room for"));
    }
    let contest = Contest {
        clients: clients.u32()?,
        backoff,
        base: unit("base")?,
        cap: unit("cap")?,
        net_mean: unit("net_mean")?,
        net_sd: unit("net_sd")?,
    };
    if let Some(seed) = input.opt("python_seed") {
        seed.aside("the seed of another program");
    }
    let runs = input.get("runs")?.f64()?;
    let (mut times, mut calls) = (Vec::new(), Vec::new());
    for seed in 0..RUNS {
        let ended = contest.play(seed);
        if ended.written != contest.clients {
            return Err(Inexpressible("a contest does not end".to_owned()));
        }
        times.push(ended.at as f64 / MS as f64);
        calls.push(ended.calls as f64);
    }
    for (mean, sd, found) in [
        ("mean_time", "sd_time", times),
        ("mean_calls", "sd_calls", calls),
    ] {
        if let Some(mean) = expected.find(mean) {
            compare(&expected, &mean, sd, &found, runs)?;
        }
    }
    Ok(())
}

/// Compares a mean: within the table's tolerance, or within three standard errors of the
/// difference, whichever is larger.
fn compare(expected: &Node<'_>, mean: &Node<'_>, sd: &str, found: &[f64], runs: f64) -> Told {
    let n = found.len() as f64;
    let average = found.iter().sum::<f64>() / n;
    let variance = found
        .iter()
        .map(|x| (x - average) * (x - average))
        .sum::<f64>()
        / (n - 1.0);
    let theirs = expected.opt(sd).map_or(Ok(0.0), |sd| sd.f64())?;
    if let Some(sd) = expected.opt(sd) {
        // a scatter seen in a hundred runs is known to a third or so
        let ratio = libm::sqrt(variance) / theirs.max(1e-9);
        sd.holds((0.6..=1.67).contains(&ratio), libm::sqrt(variance));
    }
    let error = libm::sqrt(variance / n + theirs * theirs / runs.max(1.0));
    let relative = expected
        .opt("tolerance_relative")
        .map_or(Ok(0.0), |t| t.f64())?;
    let wanted = mean.f64()?;
    let within = (3.0 * error).max(relative * wanted);
    mean.holds(
        (average - wanted).abs() <= within,
        format!("{average:.1} (within {within:.1})"),
    );
    Ok(())
}
