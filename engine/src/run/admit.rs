//! What a run takes: one set of rules for inputs of a person, of a file and of a test.

use super::orders;
use crate::base::time::{DAY, Us, show_span};
use crate::design::Design;
use crate::design::edit::{Edit, EditError};
use crate::design::file::{Act, FaultSpec, Input};

/// The longest run [us]: longer than any retention, far below where sums could overflow.
pub const UNTIL_MAX: Us = 400 * DAY;

/// Whether the fault can befall its node.
pub(super) fn fault_fits(design: &Design, spec: &FaultSpec) -> Result<(), EditError> {
    orders::fault_of(spec)?;
    let node = design.node(&spec.node);
    let node = node.ok_or_else(|| EditError::Unknown(spec.node.clone()))?;
    let entry = node.config.kind().entry();
    if !entry.faults.contains(&spec.kind.as_str()) {
        let kind: String = spec.kind.chars().take(40).collect();
        let name = entry.name;
        return Err(EditError::Refused(format!(
            "{name} has no fault \"{kind}\"."
        )));
    }
    Ok(())
}

/// Whether an edit leaves a design that runs, without a new run.
pub(super) fn edit_fits(design: &Design, edit: &Edit) -> Result<Design, EditError> {
    let next = design.apply(edit)?;
    if let Some(field) = design.restarts_between(&next).into_iter().next() {
        return Err(EditError::NeedsRestart(field));
    }
    let fatal: Vec<String> = next
        .check()
        .into_iter()
        .filter(|p| p.fatal)
        .map(|p| p.text)
        .collect();
    if fatal.is_empty() {
        Ok(next)
    } else {
        Err(EditError::Problems(fatal))
    }
}

/// Whether an input can be taken by the design before it; makes the design after it.
pub(super) fn allowed(design: &mut Design, input: &Input) -> Result<(), EditError> {
    if input.at_us > UNTIL_MAX {
        let most = show_span(UNTIL_MAX);
        return Err(EditError::Refused(format!("A run lasts at most {most}.")));
    }
    match &input.act {
        Act::Edit(edit) => *design = edit_fits(design, edit)?,
        Act::Fault(spec) => fault_fits(design, spec)?,
    }
    Ok(())
}
