//! The contest of n clients for one item: the service plays it before a table, in the whole engine,
//! and its means over many runs are held against those of the case.

use super::{Backoff, Case, Node, Told};
use crate::base::time::{MINUTE, Us};
use crate::cases::Inexpressible;
use crate::kernel::Stop;
use crate::services::rig::Rig;

/// Runs of our own; the tables ask for a hundred at least.
const RUNS: u64 = 200;
/// A contest that lasts longer than this has stopped being one [us].
const LONGEST: Us = 24 * 60 * MINUTE;
/// Most events of one contest.
const EVENTS_MAX: u64 = 20_000_000;
/// Longest base of a delay and longest time of a message [us].
const SHORT: Us = MINUTE;

/// Settings of the service, as texts.
type Settings = Vec<(&'static str, String)>;

/// Tells one case; times of the table are in units, one of which is a millisecond here.
pub(super) fn run(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let settings = settings(&input)?;
    if let Some(seed) = input.opt("python_seed") {
        seed.aside("the seed of another program");
    }
    let runs = input.get("runs")?.f64()?;
    let (mut times, mut calls) = (Vec::new(), Vec::new());
    for seed in 1..=RUNS {
        let (time, tried) = play(&settings, seed)?;
        times.push(time);
        calls.push(tried);
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

fn settings(input: &Node<'_>) -> Result<Settings, Inexpressible> {
    let word = input.get("algorithm")?;
    if !Backoff::WORDS.contains(&word.text()?) {
        return Err(word.bad("is not known"));
    }
    let clients = input.get("clients")?;
    if !(1..=500).contains(&clients.u32()?) {
        return Err(clients.bad("is no count of clients that a bench has room for"));
    }
    let mut settings = vec![
        ("clients", clients.u32()?.to_string()),
        ("backoff", word.text()?.to_owned()),
        ("rounds", "1".to_owned()),
    ];
    for (from, key, least, most) in [
        ("base", "base", 1, SHORT),
        ("cap", "cap", 1, 60 * MINUTE),
        ("net_mean", "network", 0, SHORT),
        ("net_sd", "network_sd", 0, SHORT),
    ] {
        let field = input.get(from)?;
        let us = field.millis()?;
        if !(least..=most).contains(&us) {
            return Err(field.bad("is no time that the service has a setting for"));
        }
        settings.push((key, format!("{us}us")));
    }
    Ok(settings)
}

/// Plays one contest to its end: its time [ms] and the writes that were tried.
fn play(settings: &Settings, seed: u64) -> Result<(f64, f64), Inexpressible> {
    let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
    let mut rig = Rig::new(seed);
    // a table that never throttles: the contest is about the condition alone
    let table = [("item", "key"), ("partitions", "1"), ("burst_start", "5m")];
    rig.node("table", "dynamodb", &table);
    rig.node("clients", "contest", &settings);
    rig.wire("put", "clients", "table", &[]);
    let mut at = 0;
    while rig.metric("clients", "Rounds") < 0.5 {
        at += MINUTE;
        let stop = rig.engine.run_until(at, EVENTS_MAX, &mut ());
        if stop != Stop::Reached || at > LONGEST {
            return Err(Inexpressible("a contest does not end".to_owned()));
        }
    }
    if rig.metric("clients", "Refused") > 0.5 {
        let why = "the table has no room for so many writes";
        return Err(Inexpressible(why.to_owned()));
    }
    let gauges = rig.gauges("clients");
    let reading = |key: &str| gauges.readings.iter().find(|reading| reading.key == key);
    let value = |key: &str| reading(key).map_or(0.0, |reading| reading.value);
    let time = value("round_time") * 1e3;
    Ok((time, value("round_calls")))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;
    use serde_json::{Value as Json, json};

    fn told(input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "own", "kind": "contest", "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    #[test]
    fn one_client_needs_four_messages_and_one_write() {
        let input = json!({
            "clients": 1, "algorithm": "full", "base": 5, "cap": 2000, "net_mean": 10, "net_sd": 2, "runs": 100,
        });
        let right = json!({"mean_time": 40.0, "mean_calls": 1.0, "tolerance_relative": 0.02});
        assert_eq!(told(&input, &right), Verdict::Passed);
        let wrong = json!({"mean_time": 42.0, "mean_calls": 1.0, "tolerance_relative": 0.02});
        assert!(matches!(told(&input, &wrong), Verdict::Failed(_)));
        let odd = json!({"clients": 1, "algorithm": "coin", "runs": 100});
        assert!(matches!(told(&odd, &right), Verdict::NotExpressible(_)));
    }

    #[test]
    fn jitter_saves_writes_and_the_seed_decides_all() {
        let settings = |backoff: &str| -> Settings {
            vec![
                ("clients", "30".to_owned()),
                ("backoff", backoff.to_owned()),
                ("rounds", "1".to_owned()),
            ]
        };
        let writes = |backoff: &str| -> f64 {
            let play = |seed| play(&settings(backoff), seed).expect("it ends");
            assert_eq!(play(1), play(1), "a function of the seed");
            (1..=20).map(|seed| play(seed).1).sum()
        };
        let (none, full) = (writes("none"), writes("full"));
        assert!(full * 1.5 < none, "{full} against {none}");
    }
}
