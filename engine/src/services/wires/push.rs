//! Push: a registered consumer with its own throughput (enhanced fan-out, SubscribeToShard).

use super::start::{START_WORDS, StartKind};
use crate::base::time::{DAY, MINUTE, Us};
use crate::catalog::{Change, Field, Kind, Value, WireEntry};
use crate::services::contract::Link;
use crate::services::cx::Cx;
use crate::services::talk::StartAt;

/// What is kept on the wire.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Config {
    /// Time that a request, and again its answer, is on the way [us].
    pub network: Us,
    /// Where reading starts in a shard without a checkpoint.
    pub start: StartKind,
    /// For a start at a time: since the run's start [us].
    pub timestamp: Us,
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Push;

impl Link for Push {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "push",
        pulled: false,
        active: false,
        aside: false,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "start",
            kind: Kind::Choice(START_WORDS),
            unit: "",
            change: Change::After("the next start of the reader without a checkpoint"),
            source: "API-kin, GetShardIterator, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Text(c.start.word().to_owned()),
            set: |c, v| v.text().map(|word| c.start = StartKind::of(word)),
        },
        Field {
            key: "timestamp",
            kind: Kind::Span {
                min: 0,
                max: 400 * DAY,
            },
            unit: "after the start",
            change: Change::After("the next start of the reader without a checkpoint"),
            source: "API-kin, GetShardIterator, 2026-11-22",
            shown: |c| c.start == StartKind::AtTimestamp,
            get: |c| Value::Int(c.timestamp as i64),
            set: |c, v| v.uint().map(|us| c.timestamp = us),
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

    fn start_at(config: &Config) -> StartAt {
        match config.start {
            StartKind::TrimHorizon => StartAt::TrimHorizon,
            StartKind::Latest => StartAt::Latest,
            StartKind::AtTimestamp => StartAt::AtTimestamp(config.timestamp),
        }
    }
}
