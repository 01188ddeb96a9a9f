//! The settings of a bucket, described and checked.

use super::{Config, OBJECTS};
use crate::base::time::DAY;
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::contract::{Problem, Wiring};

/// The fields.
pub(super) const FIELDS: &[Field<Config>] = &[
    Field {
        key: "objects",
        kind: Kind::Choice(OBJECTS),
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Text(OBJECTS[usize::from(c.batch)].to_owned()),
        set: |c, v| v.text().map(|word| c.batch = word == OBJECTS[1]),
    },
    Field {
        key: "late_after",
        kind: Kind::Span {
            min: 1,
            max: 365 * DAY,
        },
        unit: "",
        change: Change::Live,
        source: "own",
        shown: |_| true,
        get: |c| Value::Int(c.late_after as i64),
        set: |c, v| v.uint().map(|us| c.late_after = us),
    },
];

/// Problems that no single field shows.
pub(super) fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut tell = |field: &str, text: &str| {
        out.push(Problem {
            at: wiring.id.clone(),
            field: field.to_owned(),
            text: text.to_owned(),
            fatal: false,
        });
    };
    if wiring.ins.is_empty() {
        let text = "Nobody writes to this bucket: connect a source or a function to it, or make it the \
                    destination of failures.";
        tell("", text);
    }
    if !config.batch && wiring.ins.iter().any(|(kind, ..)| kind == "put") {
        let text = "Each record becomes an object: many small objects cost a request each, to write and \
                    to read. Aim for objects of 128 MB and more.";
        tell("objects", text);
    }
}
