//! The model of data ingestion.

pub mod base;
