//! Millrace's engine: a deterministic model of data ingestion, with no browser in it.

pub mod base;
pub mod catalog;
pub mod design;
pub mod kernel;
pub mod ledger;
pub mod run;
pub mod services;
