//! The bank: terminals, writers, accounts.

use super::parts::{figure, node, wire, wire_of};
use super::scenarios::{Act, Scenario, What};
use crate::base::time::{MS, SECOND, Us};
use crate::design::Design;
use crate::design::edit::{Edit, EditError};

/// Writers above a table's capacity for a minute (product.md 10): what each way of trying again
/// loses, and how many calls it makes.
pub(super) const THROTTLED_WRITER: Scenario = Scenario {
    id: "throttled-writer",
    world: "bank",
    until: 600 * SECOND,
    build: throttled_writer,
    acts: &[
        Act::plain(
            "no-retry",
            &[
                figure("writes lost", LOST, 30_000.0, 30.0),
                figure("calls made", CALLS, 360_000.0, 360.0),
            ],
        ),
        Act {
            id: "sdk-standard",
            settings: &[("writers", "sdk_retry", "standard")],
            ..Act::plain("", &[figure("writes lost", LOST, 28_000.0, 1_000.0)])
        },
        Act {
            id: "loop-of-the-notes",
            settings: &[
                ("writers", "sdk_retry", "standard"),
                ("writers", "resend", "exponential-plus"),
                ("writers", "base", "1s"),
                ("writers", "cap", "20s"),
                ("writers", "attempts", "3"),
            ],
            ..Act::plain("", &[figure("writes lost", LOST, 22_700.0, 1_000.0)])
        },
        Act {
            id: "full-jitter",
            settings: &[
                ("writers", "resend", "full"),
                ("writers", "base", "100ms"),
                ("writers", "cap", "20s"),
                ("writers", "attempts", "30"),
            ],
            ..Act::plain("", &[figure("writes lost", LOST, 0.0, 0.0)])
        },
        Act {
            id: "contest-at-once",
            build: Some(contest),
            ..Act::plain(
                "",
                &[
                    figure("rounds", ROUNDS, 100.0, 0.0),
                    // what this model gives; a tenth is four standard errors
                    figure(
                        "calls of a hundred rounds",
                        CONTEST_CALLS,
                        15_200.0,
                        1_520.0,
                    ),
                ],
            )
        },
        Act {
            id: "contest-full-jitter",
            build: Some(contest),
            settings: &[("clients", "backoff", "full")],
            ..Act::plain(
                "",
                &[
                    figure("rounds", ROUNDS, 100.0, 0.0),
                    // 99.8 calls a round by a simulator of its own; a tenth is four standard errors
                    figure("calls of a hundred rounds", CONTEST_CALLS, 9_980.0, 998.0),
                ],
            )
        },
    ],
};

const ROUNDS: &str = "nodes/clients/metrics/Rounds";
const CONTEST_CALLS: &str = "nodes/clients/metrics/Calls";

/// The contest of the workbench: twenty clients change one item of a table that has room for all.
fn contest() -> Result<Design, EditError> {
    let mut edits = node(
        "clients",
        "contest",
        &[
            ("clients", "20"),
            ("backoff", "none"),
            ("rounds", "100"),
            ("pause", "1s"),
        ],
        (40, 150),
    );
    edits.extend(node(
        "item",
        "dynamodb",
        &[("item", "key"), ("partitions", "1"), ("burst_start", "5m")],
        (420, 120),
    ));
    edits.push(wire("put", "clients", "item"));
    Design::default().apply(&Edit::Many(edits))
}

const LOST: &str = "ledger/accounts/records/lost";
const CALLS: &str = "nodes/writers/metrics/Calls";

fn throttled_writer() -> Result<Design, EditError> {
    let mut edits = node(
        "writers",
        "terminals",
        &[
            ("shape", "step"),
            ("rate", "1500"),
            ("at", "60s"),
            ("rate_after", "500"),
            ("arrivals", "regular"),
            ("clients", "4400"),
            ("keys", "uniform"),
            ("key_count", "4400"),
            ("lane_budget", "16384"),
            ("bytes", "500"),
            ("bytes_max", "500"),
            ("put", "single"),
            ("buffer_records", "1000000"),
        ],
        (40, 150),
    );
    edits.extend(node(
        "accounts",
        "dynamodb",
        &[
            ("mode", "provisioned"),
            ("wcu", "1000"),
            ("burst_start", "0s"),
            ("item", "record"),
        ],
        (420, 120),
    ));
    edits.push(wire("put", "writers", "accounts"));
    Design::default().apply(&Edit::Many(edits))
}

/// Accounts kept by a function that restarts once (product.md 10).
pub(super) const ACCOUNT_BALANCE: Scenario = Scenario {
    id: "account-balance",
    world: "bank",
    until: 180 * SECOND,
    build: account_balance,
    acts: &[
        Act {
            id: "conditional",
            inputs: RESTART,
            ..Act::plain(
                "",
                &[
                    figure("balances that differ", KEYS_WRONG, 0.0, 0.0),
                    figure("balances below zero", BELOW_ZERO, 0.0, 0.0),
                    figure("operations made", OPERATIONS, 20_000.0, 0.0),
                ],
            )
        },
        Act {
            id: "unconditional",
            settings: &[
                ("fold", "idempotency", "none"),
                ("fold-to-balances", "not_below_zero", "no"),
            ],
            inputs: RESTART,
            ..Act::plain(
                "",
                &[
                    // what was written when the environments died is written again
                    figure("balances that differ", KEYS_WRONG, 93.0, 0.0),
                    figure("balances below zero", BELOW_ZERO, 434.0, 0.0),
                    figure("operations counted twice", TWICE, 93.0, 0.0),
                ],
            )
        },
    ],
};

const KEYS_WRONG: &str = "ledger/balances/keys_wrong";
const BELOW_ZERO: &str = "ledger/balances/keys_below_zero";
const OPERATIONS: &str = "ledger/balances/records/true";
const TWICE: &str = "ledger/balances/records/twice";

/// The function's environments die once, in the middle of their work.
const RESTART: &[(Us, What)] = &[(70_880 * MS, What::Fault("fold", "crash", "5s"))];

fn account_balance() -> Result<Design, EditError> {
    let machines = [
        ("shape", "step"),
        ("rate", "200"),
        ("at", "100s"),
        ("rate_after", "0"),
        ("arrivals", "regular"),
        ("clients", "20"),
        ("operation", "account"),
        ("accounts", "1000"),
        ("key", "{account}"),
    ];
    let mut edits = node("machines", "terminals", &machines, (20, 160));
    edits.extend(node("stream", "kinesis", &[("shards", "4")], (226, 100)));
    let function = [("duration", "100ms"), ("idempotency", "sequence")];
    edits.extend(node("fold", "lambda", &function, (520, 120)));
    let table = [
        ("mode", "provisioned"),
        ("wcu", "2000"),
        ("item", "account"),
        ("initial", "10000"),
    ];
    edits.extend(node("balances", "dynamodb", &table, (750, 120)));
    edits.push(wire("put", "machines", "stream"));
    edits.push(wire("mapping", "stream", "fold"));
    edits.push(wire_of(
        "write",
        "fold",
        "balances",
        &[
            ("op", "add"),
            ("not_below_zero", "yes"),
            ("network", "400ms"),
        ],
    ));
    Design::default().apply(&Edit::Many(edits))
}

/// Terminals and who reads them (product.md 10): from put to handed over.
pub(super) const CARD_FRAUD: Scenario = Scenario {
    id: "card-fraud",
    world: "bank",
    until: 300 * SECOND,
    build: || card_fraud(1, "poll", "200ms", false),
    acts: &[
        Act::plain(
            "one-reader",
            &[
                figure("mean from put to handed over", MEAN, 100_000.0, 5_000.0),
                figure("longest", MOST, 200_000.0, 10_000.0),
            ],
        ),
        Act {
            id: "five-readers",
            build: Some(|| card_fraud(5, "poll", "1s", false)),
            ..Act::plain(
                "",
                &[
                    figure("mean from put to handed over", MEAN, 500_000.0, 25_000.0),
                    figure("longest", MOST, 1_000_000.0, 20_000.0),
                ],
            )
        },
        Act {
            id: "fan-out",
            build: Some(|| card_fraud(5, "push", "1s", true)),
            ..Act::plain(
                "",
                &[figure("mean from put to handed over", MEAN, 70_000.0, 0.0)],
            )
        },
        Act {
            id: "function",
            build: Some(|| card_fraud(0, "poll", "1s", true)),
            ..Act::plain(
                "",
                &[
                    // up to a second until the poll, the call of 50 ms, the first one with a cold start
                    figure("median until scored", SCORED_MEDIAN, 550_000.0, 60_000.0),
                    figure("longest until scored", SCORED_MOST, 1_150_000.0, 70_000.0),
                ],
            )
        },
    ],
};

const MEAN: &str = "nodes/reader-1/metrics/HandedOverDelay";
const SCORED_MEDIAN: &str = "latency_us/fraud/p50";
const SCORED_MOST: &str = "latency_us/fraud/max";
const MOST: &str = "nodes/reader-1/metrics/HandedOverDelayMax";

/// Terminals, one shard, `n` applications that read by wires of `kind`, and the fraud function if
/// there is one: a second polling reader would share the shard's five calls a second.
fn card_fraud(n: i32, kind: &str, interval: &str, function: bool) -> Result<Design, EditError> {
    let terminals = [
        ("rate", "200"),
        ("clients", "50"),
        ("tick", "10ms"),
        ("in_step", "no"),
    ];
    let rows = n + i32::from(function);
    let middle = 96 + (rows - 1) * 61;
    let mut edits = node("terminals", "terminals", &terminals, (20, middle - 40));
    let shard = [("shards", "1")];
    edits.extend(node("stream", "kinesis", &shard, (226, middle - 64)));
    edits.push(wire("put", "terminals", "stream"));
    for i in 1..=n {
        let (reader, report) = (format!("reader-{i}"), format!("report-{i}"));
        let y = 40 + (i - 1) * 122;
        edits.extend(node(
            &reader,
            "consumer",
            &[("interval", interval)],
            (520, y),
        ));
        edits.extend(node(&report, "sink", &[], (750, y)));
        edits.push(wire(kind, "stream", &reader));
        edits.push(wire("deliver", &reader, &report));
    }
    if function {
        let place = (520, 40 + n * 122);
        edits.extend(node("fraud", "lambda", &[("duration", "50ms")], place));
        edits.push(wire("mapping", "stream", "fraud"));
    }
    Design::default().apply(&Edit::Many(edits))
}
