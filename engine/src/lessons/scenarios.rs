//! The scenarios, and the figures that the tests and the runner hold them to.

use super::fortnight;
use crate::base::time::{MINUTE, SECOND, Us};
use crate::design::Design;
use crate::design::edit::{Edit, EditError};
use crate::design::file::{Act as InputAct, Input};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A number that must come out, found in the report by a path such as
/// `nodes/stream/shards/2/metrics/IncomingRecords`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What it says, in words.
    pub name: &'static str,
    /// Where it stands in the report; names and numbers of list entries, joined by `/`.
    pub path: &'static str,
    /// What must come out.
    pub value: f64,
    /// By how much it may differ.
    pub tolerance: f64,
}

/// A variant of a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// Its id.
    pub id: &'static str,
    /// Settings that differ from the scenario's: (node or pattern, field, value).
    pub settings: &'static [(&'static str, &'static str, &'static str)],
    /// Inputs: (time, node or pattern, field, value).
    pub inputs: &'static [(Us, &'static str, &'static str, &'static str)],
    /// What must come out at the scenario's end.
    pub figures: &'static [Figure],
}

/// A design that loads in one step.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its id.
    pub id: &'static str,
    /// `shop` or `bank`.
    pub world: &'static str,
    /// How long it runs [us].
    pub until: Us,
    /// Variants; the first is the scenario itself.
    pub acts: &'static [Act],
    build: fn() -> Result<Design, EditError>,
}

const fn figure(name: &'static str, path: &'static str, value: f64, tolerance: f64) -> Figure {
    Figure {
        name,
        path,
        value,
        tolerance,
    }
}

/// A refusal count of one shard: 0.1 % is the tolerance that the specification gives.
macro_rules! refused {
    ($name:literal, $shard:literal, $value:literal, $tolerance:literal) => {
        figure(
            $name,
            concat!(
                "nodes/stream/shards/",
                $shard,
                "/metrics/WriteProvisionedThroughputExceeded"
            ),
            $value,
            $tolerance,
        )
    };
}

const BLACK_FRIDAY: Scenario = Scenario {
    id: "black-friday",
    world: "shop",
    until: 600 * SECOND,
    build: black_friday,
    acts: &[
        Act {
            id: "store-key",
            settings: &[],
            inputs: &[],
            figures: &[
                refused!("refused on shard 2", 2, 296_500.0, 296.5),
                refused!("refused on shard 5", 5, 296_500.0, 296.5),
                refused!("refused on shard 7", 7, 296_500.0, 296.5),
                refused!("refused on shard 8", 8, 296_500.0, 296.5),
                refused!("refused on shard 0", 0, 0.0, 0.0),
                refused!("refused on shard 9", 9, 0.0, 0.0),
            ],
        },
        Act {
            id: "twice-the-lanes",
            settings: &[("stream", "shards", "20")],
            inputs: &[],
            figures: &[
                refused!("refused on shard 4", 4, 296_500.0, 296.5),
                refused!("refused on shard 11", 11, 296_500.0, 296.5),
                refused!("refused on shard 14", 14, 296_500.0, 296.5),
                refused!("refused on shard 17", 17, 296_500.0, 296.5),
                refused!("refused on shard 5", 5, 0.0, 0.0),
            ],
        },
        Act {
            id: "key-per-till",
            settings: &[("store-*", "key", "{store}/till-{nn}")],
            inputs: &[],
            figures: &[
                refused!("refused on shard 8", 8, 28_750.0, 100.0),
                refused!("refused on shard 2", 2, 0.0, 0.0),
                refused!("refused on shard 5", 5, 0.0, 0.0),
                refused!("refused on shard 7", 7, 0.0, 0.0),
            ],
        },
        Act {
            id: "key-per-till-at-60s",
            settings: &[],
            inputs: &[(60 * SECOND, "store-*", "key", "{store}/till-{nn}")],
            figures: &[
                // 53 s of 500 and 540 s of 50
                refused!("refused on shard 8", 8, 53_500.0, 200.0),
                refused!("refused on shard 2", 2, 26_500.0, 100.0),
            ],
        },
        Act {
            id: "ten-keys-in-all",
            settings: &[("store-*", "key", "pos-{nn}")],
            inputs: &[],
            figures: &[],
        },
    ],
};

const TRACE: Scenario = Scenario {
    id: "trace",
    world: "shop",
    until: 14 * 24 * 60 * MINUTE,
    build: trace,
    acts: &[Act {
        id: "fortnight",
        settings: &[],
        inputs: &[],
        figures: &[],
    }],
};

/// Digests of black-friday (seed 7) at fixed times, natively and in the browser. They change only
/// with behaviour.
pub const BLACK_FRIDAY_DIGESTS: [(Us, &str); 2] = [
    (60 * SECOND, "73b4bc1a3b388177"),
    (600 * SECOND, "25b099daca860afb"),
];

/// Digest of the shipped trace scenario (seed 7) after two hours, natively and in the browser.
pub const TRACE_DIGEST: (Us, &str) = (120 * MINUTE, "24ee3a73adde0e24");

/// All scenarios, in the order in which they are offered.
#[must_use]
pub fn list() -> &'static [Scenario] {
    &[BLACK_FRIDAY, TRACE]
}

/// The scenario with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Scenario> {
    list().iter().find(|scenario| scenario.id == id)
}

impl Scenario {
    /// The act with this id; the first one if none is named.
    #[must_use]
    pub fn act(&self, id: Option<&str>) -> Option<&'static Act> {
        match id {
            None => self.acts.first(),
            Some(id) => self.acts.iter().find(|act| act.id == id),
        }
    }

    /// Design and inputs of an act.
    ///
    /// # Errors
    /// If the scenario does not fit the catalogue; tests load every act.
    pub fn load(&self, act: &Act) -> Result<(Design, Vec<Input>), EditError> {
        let mut design = (self.build)()?;
        for (at, field, value) in act.settings {
            design = design.apply(&set(at, field, value))?;
        }
        let inputs = act
            .inputs
            .iter()
            .enumerate()
            .map(|(n, (at_us, at, field, value))| Input {
                at_us: *at_us,
                n: n as u32,
                act: InputAct::Edit(set(at, field, value)),
            });
        Ok((design, inputs.collect()))
    }
}

fn set(at: &str, field: &str, value: &str) -> Edit {
    Edit::Set {
        at: at.to_owned(),
        field: field.to_owned(),
        value: value.to_owned(),
    }
}

fn node(id: &str, service: &str, settings: &[(&str, &str)], place: (i32, i32)) -> Vec<Edit> {
    let settings: BTreeMap<String, String> = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let (id, service) = (id.to_owned(), service.to_owned());
    let (x, y) = place;
    vec![
        Edit::AddNode {
            id: id.clone(),
            service,
            settings,
        },
        Edit::Move { id, x, y },
    ]
}

fn wire(kind: &str, from: &str, to: &str) -> Edit {
    Edit::AddWire {
        id: format!("{from}-to-{to}"),
        kind: kind.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        settings: BTreeMap::new(),
    }
}

/// Four stores, ten shards, one report (product.md 10): until the Lambda entry and the table are
/// there, a consumer application and a counter sink stand behind the stream.
fn black_friday() -> Result<Design, EditError> {
    let mut edits = Vec::new();
    for store in 1..=4 {
        let id = format!("store-{store:03}");
        let settings = [
            ("shape", "step"),
            ("rate", "200"),
            ("at", "5s"),
            ("rate_after", "1500"),
            ("clients", "10"),
            ("key", "{store}"),
            ("bytes", "300"),
            ("bytes_max", "300"),
            ("in_step", "no"),
        ];
        edits.extend(node(&id, "tills", &settings, (20, 72 + (store - 1) * 104)));
    }
    edits.extend(node("stream", "kinesis", &[("shards", "10")], (226, 84)));
    edits.extend(node(
        "checkout",
        "consumer",
        &[("interval", "200ms")],
        (540, 150),
    ));
    edits.extend(node("sales", "sink", &[], (750, 180)));
    for store in 1..=4 {
        edits.push(wire("put", &format!("store-{store:03}"), "stream"));
    }
    edits.push(wire("poll", "stream", "checkout"));
    edits.push(wire("deliver", "checkout", "sales"));
    Design::default().apply(&Edit::Many(edits))
}

/// A measured load on a stream: a fortnight of ours, or a person's own file.
fn trace() -> Result<Design, EditError> {
    let mut design = Design {
        start_us: 1_397_088_240_000_000,
        ..Design::default()
    };
    design
        .traces
        .insert(fortnight::NAME.to_owned(), Arc::new(fortnight::trace()));
    let mut edits = node("trace", "trace", &[("trace", fortnight::NAME)], (20, 150));
    edits.extend(node("stream", "kinesis", &[("shards", "4")], (226, 84)));
    edits.extend(node("reader", "consumer", &[], (530, 140)));
    edits.extend(node("report", "sink", &[], (750, 180)));
    edits.push(wire("put", "trace", "stream"));
    edits.push(wire("poll", "stream", "reader"));
    edits.push(wire("deliver", "reader", "report"));
    design.apply(&Edit::Many(edits))
}
