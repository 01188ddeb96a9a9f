//! Store tills: each till is a client that puts sales, in batches, with the store as key.

use super::shared::client::figures;
use super::shared::source::settings::{Settings, Values};
use super::shared::source::{METRICS, PORTS, Preset, Source};
use super::talk::Op;
use crate::catalog::{Entry, Family, Field};

/// What tells tills from other sources.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Shop;

/// Tills at work.
pub type Tills = Source<Shop>;

type S = Settings<Shop>;

impl Preset for Shop {
    const ENTRY: Entry = Entry {
        id: "tills",
        name: "Store tills",
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
        S::PRODUCTS,
        S::QUANTITY_MIN,
        S::QUANTITY_MAX,
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
    const OP: Op = Op::Sale;
    const TRACE: bool = false;

    fn defaults() -> Values {
        Values::default()
    }
}
