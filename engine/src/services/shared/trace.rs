//! A trace: measured load over time, as steps.

use crate::base::time::Us;

/// One step of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Start, from the first row [us].
    pub at: Us,
    /// What was measured in the step, as it stands in the file, in thousandths.
    pub milli: u64,
}

/// A measured load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trace {
    /// Where it comes from, as people named it.
    pub name: String,
    /// Steps by time; the last one lasts as long as the one before it.
    pub steps: Vec<Step>,
}
