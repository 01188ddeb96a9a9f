//! Charts: plain data made out of history, drawn with plotters into a list of plain operations.
//!
//! ```text
//! buckets of history -> build -> Chart --draw (plotters)--> backend -> List --> canvas, SVG
//!                       build -> Heat  -------- heat --------------->  List
//! ```
//!
//! Nothing here knows a browser: text is measured by a function that the page passes in, colours are tokens that the
//! page looks up in its theme. What a line is must be readable without its colour: lines differ in dash and carry
//! their name at the end, limits are dashed and named, cells over the limit are hatched.

pub mod backend;
pub mod build;
mod decimate;
mod dense;
pub mod draw;
pub mod heat;
mod lines;
pub mod list;
pub mod metric;
pub mod number;
#[cfg(test)]
mod pictures;
pub mod spec;
pub mod svg;
pub mod table;
pub mod ticks;
