//! The shop: tills, streams, stock.

use super::fortnight;
use super::parts::{figure, node, wire};
use super::scenarios::{Act, Figure, Scenario, What};
use crate::base::time::{MINUTE, SECOND};
use crate::design::Design;
use crate::design::edit::{Edit, EditError};
use std::sync::Arc;

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

/// What the key of a store brings on ten shards.
const STORE_KEY: &[Figure] = &[
    refused!("refused on shard 2", 2, 296_500.0, 296.5),
    refused!("refused on shard 5", 5, 296_500.0, 296.5),
    refused!("refused on shard 7", 7, 296_500.0, 296.5),
    refused!("refused on shard 8", 8, 296_500.0, 296.5),
    refused!("refused on shard 0", 0, 0.0, 0.0),
    refused!("refused on shard 9", 9, 0.0, 0.0),
];

pub(super) const BLACK_FRIDAY: Scenario = Scenario {
    id: "black-friday",
    world: "shop",
    until: 600 * SECOND,
    build: first_light,
    acts: &[
        Act {
            id: "store-key",
            build: None,
            settings: &[],
            inputs: &[],
            figures: STORE_KEY,
        },
        Act {
            id: "twice-the-lanes",
            build: None,
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
            build: None,
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
            build: None,
            settings: &[],
            inputs: &[(
                60 * SECOND,
                What::Set("store-*", "key", "{store}/till-{nn}"),
            )],
            figures: &[
                // 53 s of 500 and 540 s of 50
                refused!("refused on shard 8", 8, 53_500.0, 200.0),
                refused!("refused on shard 2", 2, 26_500.0, 100.0),
            ],
        },
        Act {
            id: "ten-keys-in-all",
            build: None,
            settings: &[("store-*", "key", "pos-{nn}")],
            inputs: &[],
            figures: &[],
        },
    ],
};

/// Black Friday as the first release had it: a consumer application and a counter sink stand
/// behind the stream.
pub(super) const FIRST_LIGHT: Scenario = Scenario {
    id: "first-light",
    world: "shop",
    until: 600 * SECOND,
    build: first_light,
    acts: &[Act::plain("store-key", STORE_KEY)],
};

pub(super) const TRACE: Scenario = Scenario {
    id: "trace",
    world: "shop",
    until: 14 * 24 * 60 * MINUTE,
    build: trace,
    acts: &[Act::plain("fortnight", &[])],
};

/// Four stores, ten shards, one report.
fn first_light() -> Result<Design, EditError> {
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
