//! Fields of records: keys and sizes.

use super::{Settings, field, index, small};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::shared::keys::Choice;
use crate::services::shared::source::Preset;

/// The fields of records: keys and sizes.
impl<P: Preset> Settings<P> {
    /// Clients.
    pub const CLIENTS: Field<Self> = field!(
        "clients",
        Kind::Int {
            min: 1,
            max: 10_000
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.clients)),
        set | c,
        v | small(v).map(|n| c.values.clients = n)
    );
    /// Where keys come from.
    pub const KEYS: Field<Self> = field!(
        "keys",
        Kind::Choice(Choice::WORDS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Text(c.keys.choice.word().to_owned()),
        set | c,
        v | {
            let ix = index(Choice::WORDS, v)?;
            c.values.keys.choice = Choice::of(Choice::WORDS[ix]).unwrap_or(Choice::Template);
            Ok(())
        }
    );
    /// Where keys of a source that follows a file come from.
    pub const FILE_KEYS: Field<Self> = field!(
        "keys",
        Kind::Choice(Choice::FILE_WORDS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Text(c.keys.choice.word().to_owned()),
        set | c,
        v | {
            let ix = index(Choice::FILE_WORDS, v)?;
            c.values.keys.choice = Choice::of(Choice::FILE_WORDS[ix]).unwrap_or(Choice::File);
            Ok(())
        }
    );
    /// Template of keys.
    pub const KEY: Field<Self> = field!(
        "key",
        Kind::Text { chars_max: 256 },
        "",
        Change::Live,
        "API-kin PutRecord PartitionKey: at most 256 characters (2026-11)",
        shown | c | c.keys.choice != Choice::List,
        get | c | Value::Text(c.keys.template.clone()),
        set | c,
        v | v
            .text()
            .map(|text| text.clone_into(&mut c.values.keys.template))
    );
    /// How many keys.
    pub const KEY_COUNT: Field<Self> = field!(
        "key_count",
        Kind::Int {
            min: 1,
            max: 100_000_000
        },
        "",
        Change::Live,
        "own",
        shown | c | !matches!(c.keys.choice, Choice::Template | Choice::List),
        get | c | Value::Int(i64::from(c.keys.count)),
        set | c,
        v | small(v).map(|n| c.values.keys.count = n)
    );
    /// Exponent of Zipf's law.
    pub const ZIPF_EXPONENT: Field<Self> = field!(
        "zipf_exponent",
        Kind::Decimal {
            min: 0,
            max: 500,
            places: 2
        },
        "",
        Change::Live,
        "own",
        shown | c | c.keys.choice == Choice::Zipf,
        get | c | Value::Int(i64::from(c.keys.zipf_centi)),
        set | c,
        v | small(v).map(|n| c.values.keys.zipf_centi = n)
    );
    /// Share of the hot key.
    pub const HOT_PERCENT: Field<Self> = field!(
        "hot_percent",
        Kind::Decimal {
            min: 0,
            max: 1_000,
            places: 1
        },
        "%",
        Change::Live,
        "own",
        shown | c | c.keys.choice == Choice::Hot,
        get | c | Value::Int(i64::from(c.keys.hot_permille)),
        set | c,
        v | small(v).map(|n| c.values.keys.hot_permille = n)
    );
    /// List of keys.
    pub const KEY_LIST: Field<Self> = field!(
        "key_list",
        Kind::Text { chars_max: 4_000 },
        "",
        Change::Live,
        "own",
        shown | c | c.keys.choice == Choice::List,
        get | c | Value::Text(c.keys.list.clone()),
        set | c,
        v | v
            .text()
            .map(|text| text.clone_into(&mut c.values.keys.list))
    );
    /// Most lanes.
    pub const LANE_BUDGET: Field<Self> = field!(
        "lane_budget",
        Kind::Int {
            min: 16,
            max: 65_536
        },
        "",
        Change::Restart,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.keys.lanes_max)),
        set | c,
        v | small(v).map(|n| c.values.keys.lanes_max = n)
    );
    /// Payload.
    pub const BYTES: Field<Self> = field!(
        "bytes",
        Kind::Int {
            min: 1,
            max: 10_485_760
        },
        "B",
        Change::Live,
        "KDS-large: records up to 10 MiB (2026-11)",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.bytes)),
        set | c,
        v | small(v).map(|n| c.values.bytes = n)
    );
    /// Largest payload.
    pub const BYTES_MAX: Field<Self> = field!(
        "bytes_max",
        Kind::Int {
            min: 1,
            max: 10_485_760
        },
        "B",
        Change::Live,
        "KDS-large: records up to 10 MiB (2026-11)",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.bytes_max)),
        set | c,
        v | small(v).map(|n| c.values.bytes_max = n)
    );
}
