//! Truth beside belief: conservation of every obligation, and what each sink's report believes.

pub mod conservation;

pub use conservation::{Conservation, PathLine};
