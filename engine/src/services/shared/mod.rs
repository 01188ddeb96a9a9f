//! Mechanisms that several services use.

pub mod trace;
