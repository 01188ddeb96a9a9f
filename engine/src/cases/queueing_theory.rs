//! Queueing theory: the waiting room of the workbench, run in the whole engine, against closed forms
//! and against another simulation.
//!
//! Every value is a mean over the seeds 1 to 20 with an interval that misses with probability 0.1 %
//! shared among all values of the table (Bonferroni), and reaches 2 % of the value at most. Where the
//! plain mean is not that narrow, control variates are taken off it ([`estimate`], [`balance`]), and
//! where that does not do, more customers come. A value that cannot be had so narrow makes its case one
//! that cannot be told.
//!
//! Controls presume that customers come and are served at the rates declared: an estimate with controls
//! says what the queue of the engine does if those are kept, and near saturation, where a rate that is
//! off by 0.1 % moves the queue by 2 %, nothing else can be told within a bearable time. So a value
//! found by way of controls agrees only if three things hold: the estimate with controls agrees; the plain
//! mean, which presumes nothing, agrees within its own interval, which reaches half of the value at
//! most; and all controls are zero, each within an interval of its own, the rates of arrivals and of the
//! service, with the narrowest ones, among them. A rate that is off by 1 to 1.5 % is found in every case.

mod balance;
mod bench;
mod estimate;
mod model;
#[cfg(test)]
mod tests;
mod windows;

use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{SECOND, Us};
use estimate::{Estimate, Measure, SEEDS, Sample, of_seeds, reach};
use model::{Law, Model, servers};
use windows::WINDOWS;

/// Probability that any interval of a table misses.
const MISS: f64 = 0.001;
/// Half-width of an interval over the value, at most.
const NARROW: f64 = 0.02;
/// Half-width of the interval of a plain mean over the value, at most, for controls to help.
const ROUGH: f64 = 0.5;
/// Times are whole microseconds, and runs begin empty: values this close are the same.
const CLOSE: f64 = 0.001;
/// Customers of a seed at first.
const CUSTOMERS: f64 = 2e4;
/// Customers of a seed at most.
const CUSTOMERS_MAX: f64 = 1.6e6;
/// No more customers come where even this many times the most would be too few: widths vary.
const HOPELESS: f64 = 2.0;
/// How many times as many customers come next, at most, where an interval is too wide.
const STEP_MAX: f64 = 8.0;
/// More customers by this factor than the width of an interval calls for: widths vary.
const MARGIN: f64 = 1.3;
/// Rates of a sample that share its part of the probability.
const RATES: f64 = 2.0;
/// Controls of a sample that share its part of the probability, at most.
const CONTROLS: f64 = 160.0;

/// Tells all cases of a table.
pub(super) fn run(cases: &[Case<'_>]) -> Vec<Told> {
    let values: usize = cases.iter().map(|case| leaves(&case.expected())).sum();
    let reaches = Reaches::new(values);
    cases.iter().map(|case| tell(case, reaches)).collect()
}

/// How far intervals reach, in standard errors.
#[derive(Clone, Copy, Debug)]
struct Reaches {
    value: f64,
    rate: f64,
    control: f64,
}

impl Reaches {
    /// Those of a table with so many values.
    fn new(values: usize) -> Self {
        let each = MISS / values.max(1) as f64;
        Self {
            value: reach(each, SEEDS),
            rate: reach(each / RATES, SEEDS * WINDOWS as u64),
            control: reach(each / CONTROLS, SEEDS),
        }
    }

    /// How many controls of a sample are not zero.
    fn off(self, sample: &Sample) -> usize {
        let off = |reach: f64| move |zero: &Estimate| zero.mean.abs() > reach * zero.error;
        sample.rates().filter(off(self.rate)).count()
            + sample.zeros().filter(off(self.control)).count()
    }
}

fn leaves(node: &Node<'_>) -> usize {
    let of = |(_, field): (&str, Node<'_>)| match field.is_list() {
        true => field.items().map_or(1, |items| items.len()),
        false => 1,
    };
    let members = node.members().unwrap_or_default();
    members.into_iter().map(of).sum()
}

fn tell(case: &Case<'_>, reaches: Reaches) -> Told {
    let input = case.input();
    let given = |key: &str| -> Result<f64, Inexpressible> { input.get(key)?.f64() };
    match case.kind() {
        "M/M/1" | "M/M/c" => {
            let (rate, mean) = (given("arrival_rate")?, 1.0 / given("service_rate")?);
            let law = (rate, mean, Law::Exponential);
            let model = Model::new(law, servers(&input.get("servers")?)?, None)?;
            compare(case, &model, reaches)
        }
        "M/D/1" => {
            let law = (given("arrival_rate")?, given("service_time")?, Law::Fixed);
            let model = Model::new(law, servers(&input.get("servers")?)?, None)?;
            compare(case, &model, reaches)
        }
        "M/G/1" => compare(case, &general(&input)?, reaches),
        "M/G/inf" => {
            let mean = given("mean_service")?;
            let law = (given("arrival_rate")?, mean, Law::Exponential);
            let model = Model::new(law, servers(&input.get("servers")?)?, None)?;
            compare(case, &model, reaches)
        }
        "M/M/1/K" => {
            let (rate, mean) = (given("arrival_rate")?, 1.0 / given("service_rate")?);
            let (n, room) = (input.get("servers")?, input.get("room_including_service")?);
            let places = room.u64()?.checked_sub(n.u64()?);
            let places = places.ok_or_else(|| room.bad("is less than the servers"))?;
            let law = (rate, mean, Law::Exponential);
            compare(
                case,
                &Model::new(law, Some(n.u64()?), Some(places))?,
                reaches,
            )
        }
        "Erlang-B" => {
            let law = (given("offered_load")?, 1.0, Law::Exponential);
            let (n, places) = (input.get("servers")?, input.get("queue")?);
            let model = Model::new(law, servers(&n)?, Some(places.u64()?))?;
            compare(case, &model, reaches)
        }
        "Little" => {
            let law = (given("arrival_rate")?, given("W")?, Law::Exponential);
            compare(case, &Model::new(law, None, None)?, reaches)
        }
        "simulation-witness" => witness(case),
        _ => Err(case.unknown_kind()),
    }
}

/// A single server with a law in words.
fn general(input: &Node<'_>) -> Result<Model, Inexpressible> {
    let (mean, scv) = (input.get("mean_service")?.f64()?, input.get("scv_service")?);
    let word = input.opt("distribution");
    let law = match &word {
        Some(word) => {
            let (law, its_mean) =
                Law::read(word.text()?).ok_or_else(|| word.bad("is not known"))?;
            if (its_mean - mean).abs() > 1e-6 * mean {
                return Err(word.bad("has another mean"));
            }
            law
        }
        None => Law::of_scv(scv.f64()?),
    };
    if (law.scv() - scv.f64()?).abs() > 1e-3 * (1.0 + scv.f64()?) {
        return Err(scv.bad("is not that of the distribution"));
    }
    let rate = input.get("arrival_rate")?.f64()?;
    Model::new((rate, mean, law), servers(&input.get("servers")?)?, None)
}

// ---- comparing -------------------------------------------------------------------------------

/// One value to compare.
struct Value<'a> {
    field: Node<'a>,
    measure: Measure,
    wanted: f64,
}

/// The values of a case that a run of its model shows; others stay uncompared.
fn values<'a>(expected: &Node<'a>, blocked: bool) -> Result<Vec<Value<'a>>, Inexpressible> {
    let mut out = Vec::new();
    for (key, field) in expected.members()? {
        if (key == "p_block_erlang_b") != blocked {
            continue;
        }
        if key == "p_n" {
            for (n, field) in field.items()?.into_iter().enumerate() {
                let (measure, wanted) = (Measure::Share(n), field.f64()?);
                out.push(Value {
                    field,
                    measure,
                    wanted,
                });
            }
        } else if let Some(measure) = measure(key, &field)? {
            let wanted = field.f64()?;
            out.push(Value {
                field,
                measure,
                wanted,
            });
        }
    }
    Ok(out)
}

fn measure(key: &str, field: &Node<'_>) -> Result<Option<Measure>, Inexpressible> {
    let known = match key {
        "L" => Measure::Inside,
        "Lq" => Measure::Waiting,
        "W" => Measure::Stay,
        "Wq" => Measure::Wait,
        "utilisation" => Measure::Utilisation,
        "p_wait" | "p_wait_erlang_c" => Measure::Waits,
        "p_block" | "p_block_erlang_b" => Measure::Refused,
        "carried" | "mean_busy" => Measure::Busy,
        "variance_busy" => Measure::Variance,
        "throughput" => Measure::Throughput,
        _ => return quantile(key, field),
    };
    Ok(Some(known))
}

/// `p95_wait`, `p99_response` and their like.
fn quantile(key: &str, field: &Node<'_>) -> Result<Option<Measure>, Inexpressible> {
    let parts = key.strip_prefix('p').and_then(|rest| rest.split_once('_'));
    let Some((Ok(rank), what)) = parts.map(|(rank, what)| (rank.parse::<u32>(), what)) else {
        return Ok(None);
    };
    let share = 1.0 - f64::from(rank) / 100.0;
    Ok(match what {
        _ if rank == 0 || rank > 99 => None,
        "wait" => Some(Measure::WaitQuantile(share, field.f64()?)),
        "response" => Some(Measure::StayQuantile(share, field.f64()?)),
        _ => None,
    })
}

/// What an estimate says of a value.
enum Found {
    /// It was compared: whether it agrees, and what came out.
    Compared(bool, String),
    /// The interval is too wide: how many times as many customers might do, and what there is.
    Wide(f64, String),
}

impl Found {
    /// How many times as many customers are wanted.
    fn more(&self) -> f64 {
        match self {
            Self::Wide(more, _) => *more,
            Self::Compared(..) => 1.0,
        }
    }
}

/// Compares all values of a case, where need be with a second run that has no room to wait.
fn compare(case: &Case<'_>, model: &Model, reaches: Reaches) -> Told {
    let expected = case.expected();
    compare_values(&values(&expected, false)?, model, reaches)?;
    let blocked = values(&expected, true)?;
    if blocked.is_empty() {
        return Ok(());
    }
    let law = (model.rate, model.mean, Law::Exponential);
    compare_values(&blocked, &Model::new(law, model.servers, Some(0))?, reaches)
}

fn compare_values(values: &[Value<'_>], model: &Model, reaches: Reaches) -> Told {
    let measures: Vec<Measure> = values.iter().map(|value| value.measure).collect();
    let mut customers = CUSTOMERS;
    loop {
        let sample = Sample::new(model, customers, &measures).map_err(Inexpressible)?;
        let off = reaches.off(&sample);
        let found: Vec<Found> = values
            .iter()
            .map(|value| look(&sample, value, off, reaches.value))
            .collect();
        let more = found.iter().map(Found::more).fold(1.0, f64::max);
        // the first width says too little to give up
        let hopeless = customers > CUSTOMERS && customers * more > HOPELESS * CUSTOMERS_MAX;
        if off == 0 && more > 1.0 && customers < CUSTOMERS_MAX && !hopeless {
            customers = f64::min(customers * more.clamp(2.0, STEP_MAX), CUSTOMERS_MAX);
            continue;
        }
        let mut wide = Ok(());
        for (value, found) in values.iter().zip(found) {
            match found {
                Found::Compared(agrees, what) => value.field.holds(agrees, what),
                // where controls are off no more customers help
                Found::Wide(_, what) if off > 0 => {
                    value
                        .field
                        .holds(false, format!("{what}; {off} controls off"));
                }
                Found::Wide(_, what) => {
                    wide = wide.and(Err(value
                        .field
                        .bad(format!("is not found narrowly: {what}"))));
                }
            }
        }
        return wide;
    }
}

/// Looks at one value. At a quantile that is not found narrowly, the plain estimate is that of the
/// quantile, and the one with controls that of the share which goes beyond what is expected.
fn look(sample: &Sample, value: &Value<'_>, off: usize, reach: f64) -> Found {
    let wanted = value.wanted;
    let (beyond, share) = match value.measure {
        Measure::WaitQuantile(share, _) if wanted.abs() < 1e-12 => {
            return none_wait(sample, share, reach);
        }
        Measure::WaitQuantile(share, near) => (Measure::WaitsBeyond(near), share),
        Measure::StayQuantile(share, near) => (Measure::StaysBeyond(near), share),
        measure => {
            let of = (measure, wanted);
            return look_at(sample, of, of, off, reach);
        }
    };
    let of = (value.measure, wanted);
    match look_at(sample, of, of, off, reach) {
        Found::Wide(..) => look_at(sample, of, (beyond, share), off, reach),
        found @ Found::Compared(..) => found,
    }
}

/// Looks at one measure: by its plain mean if that is narrow, otherwise by another one with controls too.
fn look_at(
    sample: &Sample,
    (measure, wanted): (Measure, f64),
    (steered, wanted_there): (Measure, f64),
    off: usize,
    reach: f64,
) -> Found {
    let few = || Found::Wide(STEP_MAX, "too few customers come near".to_owned());
    let Some(plain) = sample.plain(measure) else {
        return few();
    };
    let half = |found: Estimate| reach * found.error;
    let agrees = |found: Estimate, wanted: f64| {
        (found.mean - wanted).abs() <= half(found).max(CLOSE * wanted.abs())
    };
    if plain.error == 0.0 {
        return too_wide(plain, half(plain), NARROW * wanted.abs());
    }
    if half(plain) <= NARROW * wanted.abs() {
        let what = format!("{}; {off} controls off", shown(plain, half(plain)));
        return Found::Compared(agrees(plain, wanted) && off == 0, what);
    }
    // what is hardly seen at all is not seen any better by way of controls
    if half(plain) > ROUGH * wanted.abs() {
        return too_wide(plain, half(plain), ROUGH * wanted.abs());
    }
    let Some(controlled) = sample.controlled(steered) else {
        return few();
    };
    if half(controlled) > NARROW * wanted_there.abs() {
        let wide = too_wide(controlled, half(controlled), NARROW * wanted_there.abs());
        // with more customers more levels are controlled: how narrow it becomes cannot be foretold
        return match wide {
            Found::Wide(more, what) => Found::Wide(more.min(HOPELESS), what),
            found @ Found::Compared(..) => found,
        };
    }
    let all = agrees(controlled, wanted_there) && agrees(plain, wanted) && off == 0;
    let what = format!(
        "{} (plain {}; {off} controls off)",
        shown(controlled, half(controlled)),
        shown(plain, half(plain))
    );
    Found::Compared(all, what)
}

fn shown(found: Estimate, half: f64) -> String {
    format!("{:.6} +- {half:.6}", found.mean)
}

/// An interval that should be `wanted` wide; it shrinks with the root of the customers.
fn too_wide(found: Estimate, half: f64, wanted: f64) -> Found {
    let over = half / wanted;
    let more = if found.error > 0.0 {
        MARGIN * over * over
    } else {
        STEP_MAX
    };
    Found::Wide(more, shown(found, half))
}

/// A quantile of the wait is zero: fewer than its share wait at all.
fn none_wait(sample: &Sample, share: f64, reach: f64) -> Found {
    let found = [
        sample.plain(Measure::Waits),
        sample.controlled(Measure::Waits),
    ];
    let bounds = found.map(|found| found.map_or((0.0, 1.0), |f| (f.mean, reach * f.error)));
    let (mean, half) = if bounds[0].1 <= bounds[1].1 {
        bounds[0]
    } else {
        bounds[1]
    };
    let what = format!("{mean:.6} +- {half:.6} wait at all");
    if (mean - share).abs() <= half {
        return Found::Wide(STEP_MAX, what);
    }
    Found::Compared(mean < share, what)
}

// ---- another simulation ----------------------------------------------------------------------

/// The case whose closed form another simulation was held against, read from its name:
/// family, law or servers, load; the service rate is 1.
fn named(name: &Node<'_>) -> Result<Model, Inexpressible> {
    let bad = || name.bad("names no queue that is known");
    let parts: Vec<&str> = name.text()?.split('-').collect();
    let (load, head) = parts.split_last().ok_or_else(bad)?;
    let load: f64 = load.parse().map_err(|_| bad())?;
    let (law, servers) = match head {
        ["mm1"] => (Law::Exponential, 1),
        ["md1"] => (Law::Fixed, 1),
        ["mmc", n] => (Law::Exponential, n.parse().map_err(|_| bad())?),
        ["mg1", "uniform"] => (Law::Uniform(0.5), 1),
        ["mg1", "two", "point"] => (Law::TwoPoint(0.5, 5.0), 1),
        ["mg1", "hyper"] => (Law::of_scv(3.0), 1),
        ["mg1", erlang] => {
            let phases = erlang.strip_prefix("erlang").ok_or_else(bad)?;
            (Law::Erlang(phases.parse().map_err(|_| bad())?), 1)
        }
        _ => return Err(bad()),
    };
    Model::new((load * servers as f64, 1.0, law), Some(servers), None)
}

/// Our mean over as many customers must lie within three standard errors of the difference.
fn witness(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let model = named(&input.get("closed_form_case")?)?;
    let (seeds, n) = (input.get("seeds")?.f64()?, input.get("customers")?);
    let warm_up = input.get("warm_up")?.u32()? as usize;
    let all = n.u32()? as usize + warm_up;
    if all > 200_000 {
        return Err(n.bad("is more than a bench plays"));
    }
    let until = (all as f64 * 1.05 + 1_000.0) / model.rate * SECOND as f64;
    let mut means = Vec::new();
    for seed in 1..=SEEDS {
        let path = bench::play(&model.settings, model.rate, seed, until as Us);
        let path = path.map_err(Inexpressible)?;
        let waits = path.waited.iter().skip(warm_up).take(all - warm_up);
        let (count, sum) = waits.fold((0.0, 0.0), |(n, sum), wait| (n + 1.0, sum + *wait as f64));
        means.push(sum / f64::max(count, 1.0) / SECOND as f64);
    }
    let ours = of_seeds(&means);
    let (mean, sd) = (
        expected.get("Wq_mean")?,
        expected.get("Wq_sd_between_seeds")?,
    );
    let theirs = sd.f64()? / libm::sqrt(seeds.max(1.0));
    let error = libm::sqrt(ours.error * ours.error + theirs * theirs);
    mean.holds(
        (ours.mean - mean.f64()?).abs() <= 3.0 * error,
        format!("{:.4} (within {:.4})", ours.mean, 3.0 * error),
    );
    // a scatter seen in a few seeds is known to a factor of two or so
    let scatter = ours.error * libm::sqrt(SEEDS as f64);
    sd.holds(
        (0.4..=2.5).contains(&(scatter / sd.f64()?.max(1e-12))),
        format!("{scatter:.4}"),
    );
    Ok(())
}
