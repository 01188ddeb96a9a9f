//! The scenarios that the page offers.

use super::text::{find, t};
use millrace_engine::design::file::File;
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
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

/// The run of a scenario's first act.
pub(crate) fn load(id: &str) -> Result<Run, Vec<Problem>> {
    let scenario = scenarios::find(id).ok_or_else(|| problem(t("note.scenario").to_owned()))?;
    let act = scenario
        .act(None)
        .ok_or_else(|| problem(t("note.scenario").to_owned()))?;
    let (design, inputs) = scenario
        .load(act)
        .map_err(|error| problem(error.to_string()))?;
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

/// The trace scenario, driven by a file.
pub(crate) fn with_trace(_name: &str, _text: &str) -> Result<Run, Vec<Problem>> {
    Err(problem(t("note.read").to_owned()))
}
