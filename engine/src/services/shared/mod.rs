//! Mechanisms that several services use.

pub mod client;
pub mod items;
pub mod keys;
pub mod letters;
pub mod load;
pub mod reading;
pub mod source;
pub mod trace;
