//! A design being played: inputs, history, checkpoints, seek, fork; and what the screen sees.

pub mod frame;
