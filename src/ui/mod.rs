//! The page: one struct component with one flat message, small function components for its panels.
//!
//! ```text
//!  animation frame -> session (run, frame, scene) -> canvas          every frame, no virtual DOM
//!                          `-> seen::Seen (small values)  -> panels  at most ten times a second
//!  panels -> Msg -> app/update -> session (edits, transport)
//!  pointers, keys, palette -> BenchMsg -> app/bench -> Edit -> session     the one way to build
//! ```

pub(crate) mod app;
mod bar;
mod bench;
mod charts;
mod costs;
mod foot;
mod icons;
mod inspector;
mod ledger;
mod mirror;
mod msg;
mod prose;
mod scenarios;
mod scenes;
mod scores;
mod seen;
mod session;
mod sheet;
mod stage;
pub(crate) mod text;
mod timeline;
mod visit;
mod why;
