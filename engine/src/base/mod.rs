//! What everything else stands on: time, numbers, digests, randomness and bounded collections.
//!
//! Nothing in here knows of services, runs or pictures. Three properties hold throughout:
//!
//! - **Whole numbers decide.** Time is whole microseconds, tokens are whole micro-units; floats
//!   appear only where a sampler draws, and there over `libm`, so that a native build and a
//!   WebAssembly one take the same path bit for bit.
//! - **Everything that is state hashes canonically.** Two values with the same content have the
//!   same [`digest`], however they came to it.
//! - **Everything that grows is bounded or shared.** Logs share sealed chunks between copies,
//!   rings drop the oldest and count it, histograms allocate by magnitude.

pub mod binomial;
pub mod bounded;
pub mod bucket;
pub mod cells;
pub mod chunks;
pub mod columns;
pub mod digest;
pub mod few;
pub mod footprint;
pub mod histogram;
pub mod intervals;
pub mod lanes;
pub mod map;
pub mod modulo;
pub mod poisson;
pub mod rng;
mod runs;
pub mod sample;
pub mod sketch;
pub mod sorted;
pub mod table;
pub mod time;
pub mod times;
pub mod units;
pub mod words;
pub mod zipf;
