//! On failure: a destination is told of records that a function or its mapping gave up.

use crate::base::time::{MINUTE, Us};
use crate::catalog::{Change, Field, Kind, Value, WireEntry};
use crate::services::contract::Link;
use crate::services::cx::Cx;

/// The words of what the far end is to the function.
const AS_WORDS: &[&str] = &["destination", "dead-letter-queue"];

/// What is kept on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// Whether it is the function's dead-letter queue (DeadLetterConfig): asynchronous events alone,
    /// as they were, with ErrorCode, ErrorMessage and RequestID; else a destination.
    pub dead_letter_queue: bool,
    /// Time that a request, and again its answer, is on the way [us].
    pub network: Us,
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OnFailure;

impl Link for OnFailure {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "on-failure",
        pulled: false,
        active: false,
        aside: true,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "as",
            kind: Kind::Choice(AS_WORDS),
            unit: "",
            change: Change::Live,
            source: "API-lam, DeadLetterConfig, DestinationConfig, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Text(AS_WORDS[usize::from(c.dead_letter_queue)].to_owned()),
            set: |c, v| {
                v.text()
                    .map(|word| c.dead_letter_queue = word == AS_WORDS[1])
            },
        },
        Field {
            key: "network",
            kind: Kind::Span {
                min: 0,
                max: MINUTE,
            },
            unit: "",
            change: Change::Live,
            source: "own",
            shown: |_| true,
            get: |c| Value::Int(c.network as i64),
            set: |c, v| v.uint().map(|us| c.network = us),
        },
    ];

    fn start(_config: &Config, _cx: &mut Cx<'_, '_>) -> Self {
        Self
    }

    fn delay(config: &Config) -> Us {
        config.network
    }
}
