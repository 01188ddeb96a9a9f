//! Scenarios: designs that load in one step, with the figures that must come out.

mod bank;
pub mod fortnight;
pub mod outcome;
mod parts;
pub mod scenarios;
mod shop;
pub mod starts;
