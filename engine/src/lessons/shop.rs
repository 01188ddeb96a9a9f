//! The shop: tills, streams, stock.

use super::fortnight;
use super::parts::{figure, node, wire, wire_of};
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
    build: black_friday,
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

const STOCK: &str = "ledger/stock/keys_total/believed";
const TRUE_STOCK: &str = "ledger/stock/keys_total/true";
const STOCKS_WRONG: &str = "ledger/stock/keys_wrong";
const SALES_LOST: &str = "ledger/stock/records/lost";
const SALES_TWICE: &str = "ledger/stock/records/twice";

/// Stock kept by a function (product.md 10): what each way of handling an error does to it.
pub(super) const LIVE_INVENTORY: Scenario = Scenario {
    id: "live-inventory",
    world: "shop",
    until: 180 * SECOND,
    build: live_inventory,
    acts: &[
        Act::plain(
            "swallowed",
            &[
                figure("stock at the end", STOCK, 10_100.0, 0.0),
                figure("true stock", TRUE_STOCK, 10_000.0, 0.0),
                figure("sales lost", SALES_LOST, 100.0, 0.0),
            ],
        ),
        Act {
            id: "whole-batch",
            settings: &[
                ("inventory", "on_error", "raise"),
                ("inventory", "error_tries", "1"),
                ("inventory", "written_before", "yes"),
            ],
            ..Act::plain(
                "",
                &[
                    // too low by the repeats
                    figure("sales counted twice", SALES_TWICE, 1_290.0, 0.0),
                    figure("stock at the end", STOCK, 8_710.0, 0.0),
                ],
            )
        },
        Act {
            id: "partial-response",
            settings: &[
                ("inventory", "on_error", "report"),
                ("inventory", "error_tries", "1"),
                ("inventory", "idempotency", "event-id"),
                ("stream-to-inventory", "report_batch_item_failures", "yes"),
            ],
            ..Act::plain(
                "",
                &[
                    figure("stocks that differ", STOCKS_WRONG, 0.0, 0.0),
                    figure("stock at the end", STOCK, 10_000.0, 0.0),
                ],
            )
        },
        Act {
            id: "sequence-condition",
            settings: &[
                ("inventory", "on_error", "report"),
                ("inventory", "error_tries", "1"),
                ("inventory", "idempotency", "sequence"),
                ("stream-to-inventory", "report_batch_item_failures", "yes"),
            ],
            ..Act::plain(
                "",
                &[
                    // valid sales whose shard was read later than another's
                    figure("sales lost", SALES_LOST, 3_077.0, 0.0),
                    figure("stock at the end", STOCK, 13_077.0, 0.0),
                ],
            )
        },
    ],
};

pub(super) const TRACE: Scenario = Scenario {
    id: "trace",
    world: "shop",
    until: 14 * 24 * 60 * MINUTE,
    build: trace,
    acts: &[Act::plain("fortnight", &[])],
};

/// Four stores and ten shards.
fn four_stores() -> Vec<Edit> {
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
    for store in 1..=4 {
        edits.push(wire("put", &format!("store-{store:03}"), "stream"));
    }
    edits
}

/// Behind the stream a consumer application and a counter sink.
fn first_light() -> Result<Design, EditError> {
    let mut edits = four_stores();
    let interval = [("interval", "200ms")];
    edits.extend(node("checkout", "consumer", &interval, (540, 150)));
    edits.extend(node("sales", "sink", &[], (750, 180)));
    edits.push(wire("poll", "stream", "checkout"));
    edits.push(wire("deliver", "checkout", "sales"));
    Design::default().apply(&Edit::Many(edits))
}

/// Behind the stream a function (500 records in 120 ms) and a table keyed by sale, both larger
/// than the load: only the stream refuses.
fn black_friday() -> Result<Design, EditError> {
    let mut edits = four_stores();
    let function = [("duration", "120ms"), ("timeout", "3s")];
    edits.extend(node("checkout", "lambda", &function, (540, 150)));
    let table = [("mode", "provisioned"), ("wcu", "8000"), ("item", "record")];
    edits.extend(node("sales", "dynamodb", &table, (750, 180)));
    edits.push(wire_of(
        "mapping",
        "stream",
        "checkout",
        &[("batch_size", "500")],
    ));
    edits.push(wire_of("write", "checkout", "sales", &[("call", "batch")]));
    Design::default().apply(&Edit::Many(edits))
}

/// Tills, a stream of four shards, a function that takes what was sold from the stock, a table of
/// stock, and a queue for what could not be booked.
fn live_inventory() -> Result<Design, EditError> {
    let tills = [
        ("shape", "step"),
        ("rate", "100"),
        ("at", "100s"),
        ("rate_after", "0"),
        ("clients", "10"),
        ("key", "{store}/till-{nn}"),
        ("products", "20"),
        ("quantity_min", "1"),
        ("quantity_max", "1"),
    ];
    let mut edits = node("tills", "tills", &tills, (20, 160));
    edits.extend(node("stream", "kinesis", &[("shards", "4")], (226, 100)));
    let function = [
        ("duration", "100ms"),
        ("errors", "every"),
        ("error_every", "100"),
        ("on_error", "swallow"),
    ];
    edits.extend(node("inventory", "lambda", &function, (520, 120)));
    let table = [
        ("mode", "provisioned"),
        ("wcu", "1000"),
        ("item", "product"),
        ("initial", "1000"),
    ];
    edits.extend(node("stock", "dynamodb", &table, (750, 90)));
    edits.extend(node("dead-letters", "sqs", &[], (750, 280)));
    edits.push(wire("put", "tills", "stream"));
    edits.push(wire("mapping", "stream", "inventory"));
    edits.push(wire_of("write", "inventory", "stock", &[("op", "add")]));
    edits.push(wire("on-failure", "inventory", "dead-letters"));
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
