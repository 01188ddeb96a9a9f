//! Write: a function writes to a table (PutItem, UpdateItem, BatchWriteItem, TransactWriteItems).
//!
//! What the call is and what it does to an item stands here; what makes it safe to repeat
//! (conditions, remembered event ids) is the code of the function and stands there.

use crate::base::time::{MINUTE, Us};
use crate::catalog::{Change, Field, Kind, Value, WireEntry};
use crate::services::contract::Link;
use crate::services::cx::Cx;
use crate::services::talk::{WriteCall, WriteOp};

/// The words of [`WriteOp`] in files that a wire may have.
const OPS: &[&str] = &["put", "add", "delete"];
/// The words of [`WriteCall`] in files.
const CALLS: &[&str] = &["single", "batch", "transact"];

/// What is kept on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// What a write does to its item.
    pub op: WriteOp,
    /// The call that carries it.
    pub call: WriteCall,
    /// Whether the item's number may not fall below zero (a condition of the call).
    pub not_below_zero: bool,
    /// Time that a request, and again its answer, is on the way [us].
    pub network: Us,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            op: WriteOp::Put,
            call: WriteCall::Single,
            not_below_zero: false,
            network: 0,
        }
    }
}

/// The wire itself has no state of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Write;

impl Link for Write {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "write",
        pulled: false,
        active: false,
        aside: false,
        figures: &[],
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "op",
            kind: Kind::Choice(OPS),
            unit: "",
            change: Change::Live,
            source: "API-ddb, PutItem, UpdateItem, DeleteItem, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Text(OPS[c.op as usize].to_owned()),
            set: |c, v| {
                v.text().map(|word| {
                    c.op = match word {
                        "add" => WriteOp::Add,
                        "delete" => WriteOp::Delete,
                        _ => WriteOp::Put,
                    }
                })
            },
        },
        Field {
            key: "call",
            kind: Kind::Choice(CALLS),
            unit: "",
            change: Change::Live,
            source: "API-ddb, BatchWriteItem, TransactWriteItems, 2026-11-22",
            shown: |_| true,
            get: |c| Value::Text(CALLS[c.call as usize].to_owned()),
            set: |c, v| {
                v.text().map(|word| {
                    c.call = match word {
                        "batch" => WriteCall::Batch,
                        "transact" => WriteCall::Transact,
                        _ => WriteCall::Single,
                    }
                })
            },
        },
        Field {
            key: "not_below_zero",
            kind: Kind::Flag,
            unit: "",
            change: Change::Live,
            source: "API-ddb, ConditionExpression, 2026-11-22",
            shown: |c| c.op == WriteOp::Add,
            get: |c| Value::Flag(c.not_below_zero),
            set: |c, v| v.flag().map(|on| c.not_below_zero = on),
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
