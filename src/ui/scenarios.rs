//! The scenarios that the page offers.

use millrace_engine::design::Design;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
use yew::AttrValue;

/// The scenario that plays on load.
pub(crate) const FIRST: &str = "black-friday";
/// The scenario that a trace drives.
pub(crate) const TRACE: &str = "trace";

/// (id, name) of all.
pub(crate) fn names() -> Vec<(AttrValue, AttrValue)> {
    vec![(FIRST.into(), "Black Friday".into())]
}

/// The scenario's run.
pub(crate) fn load(_id: &str) -> Result<Run, Vec<Problem>> {
    Run::new(Design::default())
}

/// The run that plays on load.
pub(crate) fn first() -> Run {
    load(FIRST).expect("the first scenario runs")
}

/// The trace scenario, driven by a file.
pub(crate) fn with_trace(
    design: &Design,
    _name: &str,
    _text: &str,
) -> Result<Design, Vec<Problem>> {
    Ok(design.clone())
}
