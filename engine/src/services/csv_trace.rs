//! CSV trace: a source whose load is measured, step by step.

use super::shared::client::figures;
use super::shared::keys::{Choice, Keys};
use super::shared::source::settings::{Settings, Values};
use super::shared::source::{METRICS, PORTS, Preset, Source};
use super::talk::Op;
use crate::base::time::SECOND;
use crate::catalog::{Entry, Family, Field};

/// What tells a trace from other sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Measured;

/// A trace at work.
pub type CsvTrace = Source<Measured>;

type S = Settings<Measured>;

impl Preset for Measured {
    const ENTRY: Entry = Entry {
        id: "trace",
        name: "CSV trace",
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
        S::TRACE,
        S::SCALE,
        S::PEAK,
        S::FACTOR,
        S::VALUE_IS,
        S::SPREAD,
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
    const OP: Op = Op::Count;
    const TRACE: bool = true;

    fn defaults() -> Values {
        let base = Values::default();
        Values {
            keys: Keys {
                choice: Choice::Uniform,
                template: "key-{nnnn}".to_owned(),
                count: 100_000,
                ..base.keys
            },
            clients: 1,
            tick: SECOND,
            ..base
        }
    }
}
