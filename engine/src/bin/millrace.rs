//! The headless runner: the same engine from a terminal. `millrace help` lists what it does.

#[path = "millrace/cases.rs"]
mod cases;

use lexopt::prelude::*;
use millrace_engine::base::digest::Hex;
use millrace_engine::base::time::{Us, parse_span, show_span};
use millrace_engine::base::units::show_count;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::{self, End, Input};
use millrace_engine::design::{Design, pattern};
use millrace_engine::kernel::Stop;
use millrace_engine::lessons::outcome::Outcome;
use millrace_engine::lessons::scenarios::{self, Act};
use millrace_engine::run::report::Interval;
use millrace_engine::run::{Run, UNTIL_MAX, sizing};
use millrace_engine::services::contract::Problem;
use millrace_engine::services::shared::trace;
use serde_json::{Value as Json, json};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

const HELP: &str = "\
millrace: a deterministic model of data ingestion. Models AWS services; not affiliated with AWS.

  millrace run SCENARIO[:ACT] | FILE.json   runs and prints one JSON object; of a scenario run to
                            its end also its figures: what must come out, and what came out
      --until 600s          how long (us, ms, s, m, h, d)
      --seed 7              seed of all random streams
      --set NODE.FIELD=VALUE  a setting; NODE may be a pattern (store-*); may be repeated.
                            trace.file=FILE.csv drives a trace source by a file
      --good-rows           takes the good rows of a file that has bad ones too
      --inputs FILE.json    a list of {at_us, n, edit | fault}
      --every 1s            adds series: metrics of each interval; t_us is its start
      --facts FILE.jsonl    writes every fact, one JSON object a line
  millrace size SCENARIO[:ACT] | FILE.json  how many shards its load needs, as JSON: the smallest
                            count of 1 to 64 with at most one record in a million refused
      --seeds 20            over so many seeds
      --stream NODE         which stream; the first one otherwise
      --set, --until, --good-rows  as above
  millrace scenarios [--json]               lists scenarios, acts and their figures
  millrace check FILE.json                  lists the problems of a file
  millrace cases FOLDER [--json]            runs tables of cases that others wrote
      --write FILE          writes the counts (static/scoreboard.json)
      --compare FILE        fails if the counts are others than those written
  millrace cases --form FILE                checks the form of written counts
  millrace help
";

fn main() -> ExitCode {
    match go() {
        Ok(code) => code,
        Err(text) => {
            eprintln!("millrace: {text}");
            ExitCode::from(2)
        }
    }
}

fn go() -> Result<ExitCode, String> {
    let mut parser = lexopt::Parser::from_env();
    let command = match parser.next().map_err(|error| error.to_string())? {
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        Some(Long("help") | Short('h')) | None => "help".to_owned(),
        Some(other) => return Err(other.unexpected().to_string()),
    };
    match command.as_str() {
        "run" => run(&mut parser),
        "size" => size(&mut parser),
        "scenarios" => list(&mut parser),
        "check" => check(&mut parser),
        "cases" => cases::run(&mut parser),
        "help" => {
            print!("{HELP}");
            Ok(ExitCode::SUCCESS)
        }
        other => Err(format!(
            "there is no command \"{other}\"; see millrace help"
        )),
    }
}

/// What `run` was asked for.
#[derive(Default)]
struct Asked {
    what: String,
    until: Option<Us>,
    seed: Option<u64>,
    sets: Vec<String>,
    inputs: Option<String>,
    every: Option<Us>,
    facts: Option<String>,
    good_rows: bool,
    seeds: Option<u32>,
    stream: Option<String>,
}

fn arguments(parser: &mut lexopt::Parser) -> Result<Asked, String> {
    let mut asked = Asked::default();
    let say = |error: lexopt::Error| error.to_string();
    while let Some(arg) = parser.next().map_err(say)? {
        let long = match &arg {
            Long(name) => (*name).to_owned(),
            Value(word) if asked.what.is_empty() => {
                asked.what = word.to_string_lossy().into_owned();
                continue;
            }
            other => return Err(other.clone_unexpected()),
        };
        if long == "good-rows" {
            asked.good_rows = true;
            continue;
        }
        let value = parser.value().map_err(say)?.to_string_lossy().into_owned();
        match long.as_str() {
            "until" => asked.until = Some(parse_span(&value).map_err(|e| format!("--until: {e}"))?),
            "every" => asked.every = Some(parse_span(&value).map_err(|e| format!("--every: {e}"))?),
            "seed" => {
                let seed = value.parse();
                asked.seed = Some(seed.map_err(|_| format!("--seed: \"{value}\" is no number"))?);
            }
            "seeds" => {
                let seeds = value
                    .parse()
                    .ok()
                    .filter(|n| (1..=sizing::SEEDS_MAX).contains(n));
                let most = sizing::SEEDS_MAX;
                asked.seeds = Some(seeds.ok_or(format!("--seeds: a number from 1 to {most}"))?);
            }
            "stream" => asked.stream = Some(value),
            "set" => asked.sets.push(value),
            "inputs" => asked.inputs = Some(value),
            "facts" => asked.facts = Some(value),
            other => return Err(format!("there is no option --{other}; see millrace help")),
        }
    }
    if asked.what.is_empty() {
        return Err("run what? Name a scenario or a file; see millrace scenarios".to_owned());
    }
    if asked.every == Some(0) {
        return Err("--every: an interval of no length".to_owned());
    }
    Ok(asked)
}

trait Unexpected {
    fn clone_unexpected(&self) -> String;
}

impl Unexpected for lexopt::Arg<'_> {
    fn clone_unexpected(&self) -> String {
        match self {
            Long(name) => format!("--{name} is not known here"),
            Short(name) => format!("-{name} is not known here"),
            Value(word) => format!("\"{}\" is one word too many", word.to_string_lossy()),
        }
    }
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))
}

fn sentences(problems: &[Problem]) -> String {
    let texts: Vec<&str> = problems
        .iter()
        .map(|problem| problem.text.as_str())
        .collect();
    texts.join("\n  ")
}

/// What was asked for, read.
struct Loaded {
    name: String,
    design: Design,
    inputs: Vec<Input>,
    /// Where a file says that its run stood.
    end: Option<End>,
    /// How long a scenario runs [us].
    until: Option<Us>,
    /// The scenario's act.
    act: Option<&'static Act>,
}

fn load(what: &str) -> Result<Loaded, String> {
    if what.ends_with(".json") {
        let file = file::read(&read(what)?)
            .map_err(|problems| format!("{what}:\n  {}", sentences(&problems)))?;
        return Ok(Loaded {
            name: what.to_owned(),
            design: file.design,
            inputs: file.inputs,
            end: file.end,
            until: None,
            act: None,
        });
    }
    let (id, act) = match what.split_once(':') {
        Some((id, act)) => (id, Some(act)),
        None => (what, None),
    };
    let scenario = scenarios::find(id).ok_or_else(|| {
        let known: Vec<&str> = scenarios::list()
            .iter()
            .map(|scenario| scenario.id)
            .collect();
        format!(
            "there is no scenario \"{id}\"; there are {}",
            known.join(", ")
        )
    })?;
    let act = scenario.act(act).ok_or_else(|| {
        let known: Vec<&str> = scenario.acts.iter().map(|act| act.id).collect();
        format!("{id} has no act of this name; it has {}", known.join(", "))
    })?;
    let (design, inputs) = scenario.load(act).map_err(|error| error.to_string())?;
    Ok(Loaded {
        name: id.to_owned(),
        design,
        inputs,
        end: None,
        until: Some(scenario.until),
        act: Some(act),
    })
}

/// Carries out one `--set node.field=value`.
fn set(design: &Design, text: &str, good_rows: bool) -> Result<Design, String> {
    let parts = text.split_once('=').and_then(|(place, value)| {
        let (at, field) = place.rsplit_once('.')?;
        Some((at.to_owned(), field.to_owned(), value.to_owned()))
    });
    let Some((at, field, value)) = parts else {
        return Err(format!("--set {text}: NODE.FIELD=VALUE is needed"));
    };
    let mut next = design.clone();
    let edit = if field == "file" && drives_a_trace(design, &at) {
        let name = value
            .rsplit(['/', '\\'])
            .next()
            .unwrap_or("trace")
            .to_owned();
        let parsed = read_trace(&name, &value, good_rows)?;
        next.traces.insert(name.clone(), Arc::new(parsed));
        Edit::Set {
            at,
            field: "trace".to_owned(),
            value: name,
        }
    } else {
        Edit::Set { at, field, value }
    };
    next.apply(&edit)
        .map_err(|error| format!("--set {text}: {error}"))
}

/// Reads a trace from a file; its good rows alone if that is wanted.
fn read_trace(name: &str, path: &str, good_rows: bool) -> Result<trace::Trace, String> {
    let reading = trace::read(name, &read(path)?);
    let (good, bad) = (reading.good_rows(), reading.bad_rows);
    if reading.problems.is_empty() {
        return Ok(reading.trace);
    }
    let texts: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
    let told = format!("{path}:\n  {}", texts.join("\n  "));
    if good == 0 {
        return Err(told);
    }
    let counts = format!(
        "{} good rows, {} bad ones",
        show_count(good),
        show_count(bad)
    );
    if !good_rows {
        return Err(format!(
            "{told}\n  {counts}; --good-rows takes the good ones"
        ));
    }
    eprintln!("millrace: {path}: {counts}; the good ones are taken");
    Ok(reading.trace)
}

/// Where the longest trace of the design ends, and a minute more for what is on its way.
fn trace_end(design: &Design) -> Option<Us> {
    let ends = design.traces.values().filter_map(|trace| trace.end());
    ends.max().map(|end| end + 60_000_000)
}

fn drives_a_trace(design: &Design, at: &str) -> bool {
    design
        .nodes
        .iter()
        .any(|node| pattern::fits(at, &node.id) && node.config.kind().entry().id == "trace")
}

fn run(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let asked = arguments(parser)?;
    let Loaded {
        name,
        mut design,
        mut inputs,
        end,
        until: scenario_until,
        act,
    } = load(&asked.what)?;
    if let Some(seed) = asked.seed {
        design.seed = seed;
    }
    for text in &asked.sets {
        design = set(&design, text, asked.good_rows)?;
    }
    if let Some(path) = &asked.inputs {
        inputs.extend(file::read_inputs(&read(path)?)?);
    }
    let stood = end.as_ref().map(|end| end.at_us);
    let until = asked
        .until
        .or(stood)
        .or(trace_end(&design))
        .or(scenario_until)
        .unwrap_or(60_000_000);
    if until > UNTIL_MAX {
        return Err(format!("a run lasts at most {}", show_span(UNTIL_MAX)));
    }
    let mut run = Run::new(design).map_err(|problems| sentences(&problems))?;
    run.set_inputs(inputs)
        .map_err(|problems| sentences(&problems))?;
    let series = play(&mut run, until, &asked)?;
    let mut report = run.report(&name);
    if let Some(series) = series {
        report["series"] = json!(series);
    }
    // the figures are those of the act's end
    if let Some(act) = act.filter(|_| Some(until) == scenario_until) {
        let outcomes = act.outcomes(&report);
        report["figures"] = outcomes.iter().map(Outcome::value).collect();
    }
    let agrees = agrees(&run, end.as_ref());
    report["agrees_with_file"] = json!(agrees);
    let mut out = std::io::stdout().lock();
    writeln!(out, "{report:#}").map_err(|error| error.to_string())?;
    if agrees == Some(false) {
        let why = "another engine wrote it, or it was changed";
        eprintln!("millrace: {name}: the world differs from the digest in the file; {why}");
        return Ok(ExitCode::from(4));
    }
    let held = report["conservation"]["holds"] == json!(true) && report["fault"].is_null();
    Ok(if held {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(3)
    })
}

/// Most intervals of a series: each prints the metrics of every node.
const INTERVALS_MAX: u64 = 100_000;
/// Events between two times at which facts are folded and forgotten.
const FOLD_EVENTS: u64 = 4_096;

/// Runs to the end; gives the series if one was asked for.
fn play(run: &mut Run, until: Us, asked: &Asked) -> Result<Option<Vec<Json>>, String> {
    let mut facts_file = match &asked.facts {
        None => None,
        Some(path) => {
            let file = std::fs::File::create(path).map_err(|error| format!("{path}: {error}"))?;
            Some(std::io::BufWriter::new(file))
        }
    };
    if asked.every.is_none() && facts_file.is_none() {
        run.advance(until, u64::MAX);
        return Ok(None);
    }
    let step = asked.every.unwrap_or(until.max(1));
    if until / step > INTERVALS_MAX {
        return Err(format!(
            "--every: at most {INTERVALS_MAX} intervals can be printed"
        ));
    }
    run.listen();
    let mut series = Vec::new();
    let mut from = 0;
    while from < until {
        let to = (from + step).min(until);
        // an interval is half open; the last one is closed, so that the sums agree with the run
        let goal = if to == until { to } else { to - 1 };
        let (interval, stop) = interval(run, goal, &mut facts_file)?;
        if asked.every.is_some() {
            series.push(run.interval_value(from, &interval));
        }
        from = to;
        if matches!(stop, Stop::Fault(_)) {
            break;
        }
    }
    Ok(asked.every.map(|_| series))
}

/// Runs to `goal` and folds the facts on the way; writes them if there is a file for them.
fn interval(
    run: &mut Run,
    goal: Us,
    out: &mut Option<std::io::BufWriter<std::fs::File>>,
) -> Result<(Interval, Stop), String> {
    let mut interval = Interval::default();
    loop {
        let progress = run.advance(goal, FOLD_EVENTS);
        for (at, fact) in run.take_facts() {
            interval.fold(&run.engine().machine().floor, &fact);
            if let Some(out) = out {
                writeln!(
                    out,
                    "{}",
                    millrace_engine::run::facts::value(run, at, &fact)
                )
                .map_err(|error| error.to_string())?;
            }
        }
        if progress.stop != Stop::Budget {
            return Ok((interval, progress.stop));
        }
    }
}

/// Whether the world stands where the file says it stood; `None` where the file does not say.
fn agrees(run: &Run, end: Option<&End>) -> Option<bool> {
    let end = end.filter(|end| end.at_us == run.now())?;
    Some(end.digest == Hex(run.digest()).to_string())
}

fn size(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let asked = arguments(parser)?;
    let Loaded {
        mut design, until, ..
    } = load(&asked.what)?;
    for text in &asked.sets {
        design = set(&design, text, asked.good_rows)?;
    }
    let until = asked
        .until
        .or(design.traces.values().filter_map(|trace| trace.end()).max())
        .or(until)
        .unwrap_or(60_000_000)
        .min(UNTIL_MAX);
    let seeds = asked.seeds.unwrap_or(sizing::SEEDS);
    let found = sizing::size(&design, asked.stream.as_deref(), until, seeds)?;
    println!("{:#}", found.value());
    Ok(ExitCode::SUCCESS)
}

fn list(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let as_json = match parser.next().map_err(|error| error.to_string())? {
        None => false,
        Some(Long("json")) => true,
        Some(other) => return Err(other.clone_unexpected()),
    };
    if !as_json {
        for scenario in scenarios::list() {
            let acts: Vec<&str> = scenario.acts.iter().map(|act| act.id).collect();
            println!(
                "{:14} {:5} {}",
                scenario.id,
                scenario.world,
                acts.join(", ")
            );
        }
        return Ok(ExitCode::SUCCESS);
    }
    let all: Vec<Json> = scenarios::list()
        .iter()
        .map(|scenario| {
            let acts: Vec<Json> = scenario
                .acts
                .iter()
                .map(|act| {
                    let figures: Vec<Json> = act
                        .figures
                        .iter()
                        .map(|f| {
                            json!({
                                "name": f.name, "path": f.path,
                                "value": f.value, "tolerance": f.tolerance,
                            })
                        })
                        .collect();
                    json!({"id": act.id, "figures": figures})
                })
                .collect();
            json!({"id": scenario.id, "world": scenario.world, "acts": acts})
        })
        .collect();
    println!("{:#}", json!(all));
    Ok(ExitCode::SUCCESS)
}

fn check(parser: &mut lexopt::Parser) -> Result<ExitCode, String> {
    let say = |error: lexopt::Error| error.to_string();
    let path = match parser.next().map_err(say)? {
        Some(Value(word)) => word.to_string_lossy().into_owned(),
        _ => return Err("check which file?".to_owned()),
    };
    if let Some(arg) = parser.next().map_err(say)? {
        return Err(arg.clone_unexpected());
    }
    let read = file::read(&read(&path)?);
    match read.and_then(|file| Run::restore(file.clone()).map(|_| file)) {
        Err(problems) => {
            println!(
                "{path}: {} problems\n  {}",
                problems.len(),
                sentences(&problems)
            );
            Ok(ExitCode::from(1))
        }
        Ok(file) => {
            println!("{path}: can be run");
            for note in file.design.check() {
                println!("  {}", note.text);
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
