//! The scenarios that the page offers.

use super::session::{SPEED_ONE, SPEEDS};
use super::text::{find, t};
use millrace_engine::base::time::HOUR;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::{File, Input};
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
use millrace_engine::services::shared::trace::{self, Reading, Trace};
use std::sync::Arc;
use yew::AttrValue;

/// The scenario that plays on load.
pub(crate) const FIRST: &str = "black-friday";
/// The scenario that a trace drives.
pub(crate) const TRACE: &str = "trace";

fn name(id: &'static str) -> AttrValue {
    find(&format!("scenario.{id}")).unwrap_or(id).into()
}

/// (id, name) of all.
pub(crate) fn names() -> Vec<(AttrValue, AttrValue)> {
    let all = scenarios::list().iter();
    all.map(|scenario| (scenario.id.into(), name(scenario.id)))
        .collect()
}

pub(super) fn problem(text: String) -> Vec<Problem> {
    vec![Problem {
        at: String::new(),
        field: String::new(),
        text,
        fatal: true,
    }]
}

/// Design and inputs of a scenario's first act.
fn loaded(id: &str) -> Result<(Design, Vec<Input>), Vec<Problem>> {
    let unknown = || problem(t("note.scenario").to_owned());
    let scenario = scenarios::find(id).ok_or_else(unknown)?;
    let act = scenario.act(None).ok_or_else(unknown)?;
    scenario
        .load(act)
        .map_err(|error| problem(error.to_string()))
}

/// The run of a scenario's first act.
pub(crate) fn load(id: &str) -> Result<Run, Vec<Problem>> {
    let (design, inputs) = loaded(id)?;
    Run::restore(File {
        design,
        inputs,
        end: None,
        engine: String::new(),
    })
}

/// The run that plays on load.
pub(crate) fn first() -> Run {
    load(FIRST).expect("the engine's own tests run the first scenario")
}

/// The speed at which a scenario is worth watching: the long ones in a few minutes.
pub(crate) fn speed(id: &str) -> usize {
    const WATCHED_S: f64 = 180.0;
    let until = scenarios::find(id).map_or(0, |scenario| scenario.until);
    if until <= HOUR {
        return SPEED_ONE;
    }
    let wanted = until as f64 / 1e6 / WATCHED_S;
    SPEEDS
        .iter()
        .rposition(|(speed, _)| *speed <= wanted)
        .unwrap_or(SPEED_ONE)
}

/// What a CSV file gives: its good rows, and what is wrong with the others.
pub(crate) fn reading(name: &str, text: &str) -> Reading {
    trace::read(name.rsplit_once('.').map_or(name, |(stem, _)| stem), text)
}

/// What is wrong in a CSV file, as problems of a design are told.
pub(crate) fn problems(reading: &Reading) -> Vec<Problem> {
    let wrong = reading.problems.iter();
    wrong.flat_map(|wrong| problem(wrong.to_string())).collect()
}

/// The trace scenario, driven by a trace.
pub(crate) fn with_trace(trace: Arc<Trace>) -> Result<Run, Vec<Problem>> {
    let (mut design, _) = loaded(TRACE)?;
    let name = trace.name.clone();
    design.traces.insert(name.clone(), trace);
    let drive = Edit::Set {
        at: TRACE.to_owned(),
        field: "trace".to_owned(),
        value: name,
    };
    Run::new(
        design
            .apply(&drive)
            .map_err(|error| problem(error.to_string()))?,
    )
}
