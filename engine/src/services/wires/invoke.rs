//! Invoke: a program calls a function, an invocation a record.

use crate::base::time::{MINUTE, Us};
use crate::catalog::{Change, Field, FieldError, Kind, Value, WireEntry};
use crate::services::contract::Link;
use crate::services::cx::Cx;

/// The words of [`Config::asynchronous`] in files, AWS's InvocationType.
const TYPES: &[&str] = &["RequestResponse", "Event"];

/// What is kept on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// InvocationType: whether the caller does not wait for the end.
    pub asynchronous: bool,
    /// Time that a request, and again its answer, is on the way [us].
    pub network: Us,
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Invoke;

impl Link for Invoke {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "invoke",
        pulled: false,
        active: false,
        aside: false,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "type",
            kind: Kind::Choice(TYPES),
            unit: "",
            change: Change::Live,
            source: "API-lam, Invoke, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Text(TYPES[usize::from(c.asynchronous)].to_owned()),
            set: |c, v| {
                let word = v.text()?;
                if !TYPES.contains(&word) {
                    return Err(FieldError(format!("\"{word}\" is no InvocationType.")));
                }
                c.asynchronous = word == TYPES[1];
                Ok(())
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
