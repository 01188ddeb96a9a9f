//! Truth beside belief: conservation of every obligation, and what each sink's report believes.

pub mod conservation;
pub mod difference;
pub mod keys;
pub mod sentence;

pub use conservation::{Conservation, PathLine};
