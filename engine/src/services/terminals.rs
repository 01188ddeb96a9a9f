//! Card terminals: each is a client that puts payments by chance, with the account as key.

use super::payload::Law;
use super::shared::client::figures;
use super::shared::keys::{Choice, Keys};
use super::shared::load::Load;
use super::shared::source::settings::{Settings, Values};
use super::shared::source::{METRICS, PORTS, Preset, Source};
use super::talk::Op;
use crate::catalog::{Entry, Family, Field};

/// What tells terminals from other sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Bank;

/// Terminals at work.
pub type Terminals = Source<Bank>;

type S = Settings<Bank>;

impl Preset for Bank {
    const ENTRY: Entry = Entry {
        id: "terminals",
        name: "Card terminals",
        family: Family::Sources,
        aws: false,
        ports: PORTS,
        metrics: METRICS,
        figures: figures::ALL,
        prices: &[],
        faults: &["crash"],
        intake: None,
    };
    const FIELDS: &'static [Field<S>] = &[
        S::SHAPE,
        S::RATE,
        S::RATE_AFTER,
        S::AT,
        S::LASTING,
        S::PERIOD,
        S::PEAK_FACTOR,
        S::PEAK_HOUR,
        S::ARRIVALS,
        S::CLIENTS,
        S::KEYS,
        S::KEY,
        S::KEY_COUNT,
        S::ZIPF_EXPONENT,
        S::HOT_PERCENT,
        S::KEY_LIST,
        S::LANE_BUDGET,
        S::BYTES,
        S::BYTES_MAX,
        S::OPERATION,
        S::ACCOUNTS,
        S::WITHDRAWAL_PERCENT,
        S::AMOUNT_MIN,
        S::AMOUNT_MAX,
        S::PUT,
        S::SDK_RETRY,
        S::RESEND,
        S::BASE,
        S::CAP,
        S::ATTEMPTS,
        S::ORDER,
        S::GIVE_UP,
        S::JOURNAL_AFTER,
        S::BUFFER_RECORDS,
        S::TIMEOUT,
        S::TICK,
        S::IN_STEP,
    ];
    const OP: Op = Op::Payment;
    const TRACE: bool = false;

    fn defaults() -> Values {
        let base = Values::default();
        Values {
            load: Load {
                rate: 500_000,
                ..base.load
            },
            poisson: true,
            keys: Keys {
                choice: Choice::Uniform,
                template: "acct-{nnnn}".to_owned(),
                count: 1_000,
                ..base.keys
            },
            clients: 200,
            bytes: 250,
            bytes_max: 250,
            law: Law {
                cents: (100, 20_000),
                accounts: 1_000,
                ..Law::default()
            },
            ..base
        }
    }
}
