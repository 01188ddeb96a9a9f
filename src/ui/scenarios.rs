//! The scenarios that the page offers.

use super::session::outcome::Played;
use super::session::saved::Saved;
use super::session::{SPEED_ONE, SPEEDS};
use super::text::{find, t};
use millrace_engine::base::time::HOUR;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::File;
use millrace_engine::lessons::{scenarios, starts};
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
use millrace_engine::services::shared::trace::{self, Reading, Trace};
use std::sync::Arc;

/// The scenario that plays on load.
pub(crate) const FIRST: &str = "black-friday";
/// The scenario that a trace drives.
pub(crate) const TRACE: &str = "trace";

/// What a scenario is called.
pub(crate) fn name(id: &'static str) -> &'static str {
    find(&format!("scenario.{id}")).unwrap_or(id)
}

/// What a scenario is about, in a sentence.
pub(crate) fn what(id: &str) -> &'static str {
    t(&format!("scenario.{id}.what"))
}

/// What an act is called.
pub(crate) fn act_name(scenario: &str, act: &str) -> &'static str {
    t(&format!("act.{scenario}.{act}"))
}

/// What there is to see in an act, in a sentence.
pub(crate) fn act_what(scenario: &str, act: &str) -> &'static str {
    t(&format!("act.{scenario}.{act}.what"))
}

pub(super) fn problem(text: String) -> Vec<Problem> {
    vec![Problem {
        at: String::new(),
        field: String::new(),
        text,
        fatal: true,
    }]
}

/// A run of an act, and the act as it came.
pub(crate) struct Loaded {
    /// The run, at its start.
    pub(crate) run: Run,
    /// The act; `None` where a file of the reader's own drives it.
    pub(crate) played: Option<Played>,
    /// Id of the scenario; empty for a file of the reader's own.
    pub(crate) scenario: &'static str,
    /// Id of the act; empty for a file of the reader's own.
    pub(crate) act: &'static str,
    /// Where it stood when it was saved.
    pub(crate) saved: Option<Saved>,
}

/// The run of an act, by ids, or of an empty start; the scenario's first act if none is named.
pub(crate) fn load(id: &str, act: Option<&str>) -> Result<Loaded, Vec<Problem>> {
    if let Some(start) = starts::find(id) {
        let run = Run::new(start.design())?;
        return Ok(Loaded {
            scenario: start.id,
            ..own(run)
        });
    }
    let unknown = || problem(t("note.scenario").to_owned());
    let scenario = scenarios::find(id).ok_or_else(unknown)?;
    let act = scenario.act(act).ok_or_else(unknown)?;
    let (design, inputs) = scenario
        .load(act)
        .map_err(|error| problem(error.to_string()))?;
    let played = Played::new(scenario, act, design.clone(), inputs.clone());
    let mut run = Run::new(design)?;
    run.set_inputs(inputs)?;
    Ok(Loaded {
        run,
        played: Some(played),
        scenario: scenario.id,
        act: act.id,
        saved: None,
    })
}

/// The run that plays on load.
pub(crate) fn first() -> Loaded {
    load(FIRST, None).expect("the engine's own tests run the first scenario")
}

/// The speed at which a scenario is worth watching: the long ones in a few minutes.
pub(crate) fn speed(id: &str, design: &Design) -> usize {
    const WATCHED_S: f64 = 180.0;
    let traced = design.traces.values().filter_map(|trace| trace.end()).max();
    let until = || scenarios::find(id).map_or(0, |scenario| scenario.until);
    let until = traced.unwrap_or_else(until);
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
pub(crate) fn with_trace(trace: Arc<Trace>) -> Result<Loaded, Vec<Problem>> {
    let loaded = load(TRACE, None)?;
    let mut design = loaded.run.first_design().clone();
    let name = trace.name.clone();
    design.traces.insert(name.clone(), trace);
    let drive = Edit::Set {
        at: TRACE.to_owned(),
        field: "trace".to_owned(),
        value: name,
    };
    let driven = design
        .apply(&drive)
        .map_err(|error| problem(error.to_string()))?;
    Ok(Loaded {
        run: Run::new(driven)?,
        played: None,
        act: "",
        ..loaded
    })
}

/// The rate to which the values of a dropped trace are scaled; `None` if they are played as they are.
pub(crate) fn scaled(design: &Design) -> Option<String> {
    let node = design.node(TRACE)?;
    let fields = node.config.kind().fields();
    let shown = |key: &str| {
        let ix = fields.iter().position(|field| field.key == key)?;
        let seen = node.config.shown(ix);
        seen.then(|| fields[ix].show(&node.config.get(ix)))
    };
    let rate = shown("peak")?;
    (shown("scale")? == "peak").then_some(rate)
}

/// A run of the reader's own.
pub(crate) fn own(run: Run) -> Loaded {
    Loaded {
        run,
        played: None,
        scenario: "",
        act: "",
        saved: None,
    }
}

/// The run of a file or a link.
pub(crate) fn saved(file: File) -> Result<Loaded, Vec<Problem>> {
    let engine = file.engine.clone();
    let saved = file.end.clone().map(|end| Saved { end, engine });
    let run = Run::restore(file)?;
    Ok(Loaded { saved, ..own(run) })
}
