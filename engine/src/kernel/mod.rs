//! The kernel: a loop over events in order of (time, sequence) that knows no service and no screen.
//!
//! ```text
//!   queue --pop--> Machine::handle(signal, cx) --effects, after the handler returns--> queue
//!                                   |
//!                                   +--facts--> Observer (charts, Why?, a file): read, never fed back
//! ```
//!
//! A [`Machine`] of twenty lines can be run by it (see the tests in `engine.rs`). Three rules keep
//! a run repeatable: events of one instant run in the order in which they were scheduled; a handler
//! never calls another handler; nothing reads a clock other than [`Cx::now`].

mod calls;
mod engine;
mod fault;
mod queue;

pub use calls::{CallId, Calls};
pub use engine::{Cx, Engine, Limits, Machine, Observer, Stop};
pub use fault::SimFault;
pub use queue::Queue;
