//! Millrace's engine: a deterministic model of data ingestion, with no browser in it.
//!
//! # Layers
//!
//! ```text
//!  base <- kernel <- catalog <- services <- design <- ledger <- run <- { scene, charts, lessons } <- cases
//! ```
//!
//! Arrows mean "may import"; a test (`tidy`) holds the order. The page (package `millrace`) draws
//! what `scene` and `charts` make of a [`run::Run`]; the runner (`millrace`) prints its report.
//! `ledger` stands below `run`, not above it: conservation is checked live and stops the run.
//!
//! # Invariants
//!
//! - The truth of a run is its first design, its seed and its inputs; everything else follows.
//! - Events run in order of (time, sequence). A handler's effects happen after it returns.
//! - Services talk by requests with exactly one answer ([`services::talk`]), never by calling each
//!   other, and never read facts, history or a clock other than model time.
//! - What decides the future is `Clone + Hash`: its `Hash` is the canonical encoding behind the
//!   digest. There is no hash-ordered map, no `usize` slice and no floating point in it.
//! - Each record that is owed to a sink is in the custody of exactly one holder until it is
//!   delivered or ends with a reason. The books say what must be held; the holders are asked what
//!   they hold; the two are compared ([`ledger::conservation`]).
//! - Inputs of a time are taken after all events of that time.
//! - Edits are the one way in which a design changes, whoever asks; what joins two services is
//!   answered by the ports of the catalogue alone ([`design::join`]).
//! - History belongs to a branch: a seek changes nothing in it, a fork cuts it back.
//!
//! # Where the design departs from the first sketch
//!
//! - Words of services lie under `static/text/<language>/services/<id>.md`, beside all other
//!   visible text, instead of beside the source.
//! - Clients of one source send at their own phases within a tick, so that a bucket sees a stream
//!   of small batches as it would from many tills, and a tick of 100 ms costs no capacity.
//! - Where nodes stand and what people call them is no input: a move in the past forks nothing. An
//!   edit at time 0 is one of the first design, so that a design that is built before it plays has
//!   no inputs at all ([`run::editing`]).
//! - Inexact by choice, and said in the page: network time is 0 unless a wire sets it.
//!
//! # To add a topic of cases
//!
//! See [`cases`]: one file and one line a topic; nothing else knows it by name.
//!
//! # To add a service
//!
//! 1. `services/<id>.rs` implements [`services::contract::Service`];
//! 2. `static/text/en/services/<id>.md` holds its words;
//! 3. one line in the list of `services/mod.rs`;
//! 4. `static/icons/<id>.svg`.

pub mod base;
pub mod cases;
pub mod catalog;
pub mod charts;
pub mod design;
pub mod kernel;
pub mod ledger;
pub mod lessons;
pub mod run;
pub mod scene;
pub mod services;
