//! Scenarios: designs that load in one step, with the figures that must come out; and the contest,
//! a bench of its own.

mod bank;
pub mod contest;
pub mod fortnight;
mod parts;
pub mod scenarios;
mod shop;
