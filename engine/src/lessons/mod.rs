//! Scenarios: designs that load in one step, with the figures that must come out.

pub mod fortnight;
mod parts;
pub mod scenarios;
mod shop;
