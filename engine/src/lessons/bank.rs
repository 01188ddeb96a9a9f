//! The bank: terminals, writers, accounts.

use super::parts::{figure, node, wire};
use super::scenarios::{Act, Scenario};
use crate::base::time::SECOND;
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
    ],
};

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
            ("clients", "6000"),
            ("keys", "uniform"),
            ("key_count", "6000"),
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
