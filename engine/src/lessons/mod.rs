//! Scenarios: designs that load in one step, with the figures that must come out; and the contest,
//! a bench of its own.

pub mod contest;
pub mod fortnight;
pub mod scenarios;
