//! What the tests of runs share.

use millrace_engine::base::time::Us;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::{FaultSpec, Input};
use millrace_engine::kernel::Stop;
use millrace_engine::lessons::{outcome, scenarios};
use millrace_engine::run::Run;
use serde_json::Value;

/// Design and inputs of an act.
pub(crate) fn act(scenario: &str, act: Option<&str>) -> (Design, Vec<Input>) {
    let scenario = scenarios::find(scenario).expect("a scenario of this id");
    let act = scenario.act(act).expect("an act of this id");
    scenario.load(act).expect("the scenario fits the catalogue")
}

/// A run of an act.
pub(crate) fn run_of(scenario: &str, name: Option<&str>) -> Run {
    let (design, inputs) = act(scenario, name);
    let mut run = Run::new(design).expect("the scenario runs");
    run.set_inputs(inputs).expect("its inputs are taken");
    run
}

/// Black Friday with some settings changed.
pub(crate) fn black_friday(settings: &[(&str, &str, &str)]) -> Run {
    with_settings("black-friday", settings)
}

/// The first design, with a consumer application and a counter sink, with some settings changed.
pub(crate) fn first_light(settings: &[(&str, &str, &str)]) -> Run {
    with_settings("first-light", settings)
}

fn with_settings(scenario: &str, settings: &[(&str, &str, &str)]) -> Run {
    let (mut design, _) = act(scenario, None);
    for (at, field, value) in settings {
        design = design
            .apply(&set(at, field, value))
            .expect("a good setting");
    }
    Run::new(design).expect("the design runs")
}

/// Runs to a time and expects to come there.
pub(crate) fn to(run: &mut Run, at: Us) {
    let progress = run.advance(at, u64::MAX);
    assert_eq!(progress.stop, Stop::Reached, "the run comes to {at} us");
}

/// One setting as an edit.
pub(crate) fn set(at: &str, field: &str, value: &str) -> Edit {
    Edit::Set {
        at: at.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    }
}

/// A fault of a kind.
pub(crate) fn fault(node: &str, kind: &str, lasts: &str, percent: Option<f64>) -> FaultSpec {
    FaultSpec {
        node: node.into(),
        kind: kind.into(),
        lasts: lasts.into(),
        times: None,
        percent,
    }
}

/// What stands at a path such as `nodes/stream/shards/2/metrics/IncomingRecords`; null if nothing does.
pub(crate) fn at<'a>(report: &'a Value, path: &str) -> &'a Value {
    outcome::at(report, path).unwrap_or(&Value::Null)
}

/// The number at a path.
pub(crate) fn number(report: &Value, path: &str) -> f64 {
    outcome::number(report, path).unwrap_or_else(|| panic!("no number at {path}"))
}

/// A design of lines such as `queue sqs fifo=yes` (id, service, settings) and
/// `tills -put-> queue network=5ms` (from, kind, to, settings); a wire's id is `tills-to-queue`.
pub(crate) fn bench(lines: &str) -> Design {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let edits = lines.map(edit_of).collect();
    let design = Design::default().apply(&Edit::Many(edits));
    design.unwrap_or_else(|error| panic!("{error}"))
}

fn edit_of(line: &str) -> Edit {
    let words: Vec<&str> = line.split_whitespace().collect();
    let settings = |words: &[&str]| {
        let pair = |word: &&str| {
            let (key, value) = word.split_once('=').expect("key=value");
            (key.to_owned(), value.to_owned())
        };
        words.iter().map(pair).collect()
    };
    let kind = words[1]
        .strip_prefix('-')
        .and_then(|word| word.strip_suffix("->"));
    match kind {
        Some(kind) => Edit::AddWire {
            id: format!("{}-to-{}", words[0], words[2]),
            kind: kind.to_owned(),
            from: words[0].to_owned(),
            to: words[2].to_owned(),
            settings: settings(&words[3..]),
        },
        None => Edit::AddNode {
            id: words[0].to_owned(),
            service: words[1].to_owned(),
            settings: settings(&words[2..]),
        },
    }
}
