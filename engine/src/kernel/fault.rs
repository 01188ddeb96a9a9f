//! A breach inside the engine is a value that stops the run, never a panic.

use crate::base::time::{Us, show_span};

/// Why a run stopped for good. The world is left as it was when the breach was seen.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SimFault {
    /// More events at one instant than [`super::Limits::events_per_instant_max`].
    EventsPerInstant {
        /// The instant.
        at: Us,
        /// The limit that was hit.
        limit: u64,
    },
    /// More pending events than [`super::Limits::pending_max`].
    Pending {
        /// When.
        at: Us,
        /// The limit that was hit.
        limit: u64,
    },
    /// A request was answered although it was not open: answered before, or never asked.
    AnsweredTwice {
        /// When.
        at: Us,
        /// The request's number.
        call: u64,
    },
    /// More open requests than [`super::Limits::open_calls_max`]: somebody never answers.
    OpenCalls {
        /// When.
        at: Us,
        /// The limit that was hit.
        limit: u64,
    },
    /// A promise of the engine does not hold.
    Broken {
        /// When.
        at: Us,
        /// After how many events of the run.
        event: u64,
        /// Which promise: `conservation`, `order`, `limit`, `invariant`.
        promise: &'static str,
        /// Ids of the nodes in question, in the design's names.
        ids: Vec<String>,
        /// What was seen, with values.
        what: String,
    },
}

impl std::fmt::Display for SimFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::EventsPerInstant { at, limit } => write!(
                f,
                "The run stopped at {}: more than {limit} events at one instant. \
                 Look for a loop of wires without delay.",
                show_span(*at)
            ),
            Self::Pending { at, limit } => write!(
                f,
                "The run stopped at {}: more than {limit} events are waiting. Lower the rates.",
                show_span(*at)
            ),
            Self::AnsweredTwice { at, call } => write!(
                f,
                "The run stopped at {}: request {call} was answered more than once. \
                 This is an error of the model; please send the file.",
                show_span(*at)
            ),
            Self::OpenCalls { at, limit } => write!(
                f,
                "The run stopped at {}: more than {limit} requests wait for an answer.",
                show_span(*at)
            ),
            Self::Broken {
                at,
                event,
                promise,
                ids,
                what,
            } => write!(
                f,
                "The run stopped at {} (event {event}, at {}): {promise} does not hold. {what} \
                 This is an error of the model; please send the file.",
                show_span(*at),
                ids.join(", ")
            ),
        }
    }
}

impl std::error::Error for SimFault {}
