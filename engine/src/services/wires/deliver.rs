//! Deliver: a consumer hands on what it has finished, to a sink or a part of the workbench.

use crate::base::time::{MINUTE, Us};
use crate::catalog::{Change, Field, Kind, Value, WireEntry};
use crate::services::contract::Link;
use crate::services::cx::Cx;

/// What is kept on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// Time that a request, and again its answer, is on the way [us].
    pub network: Us,
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Deliver;

impl Link for Deliver {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "deliver",
        pulled: false,
        active: false,
        aside: false,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[Field {
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
    }];

    fn start(_config: &Config, _cx: &mut Cx<'_, '_>) -> Self {
        Self
    }

    fn delay(config: &Config) -> Us {
        config.network
    }
}
