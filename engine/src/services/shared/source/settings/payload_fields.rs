//! Fields of payloads: products, quantities, amounts, accounts.

use super::{OPERATIONS, Settings, field, index, small, word};
use crate::catalog::{Change, Field, Kind, Value};
use crate::services::payload::SUBJECTS_MAX;
use crate::services::shared::source::Preset;

/// Most pieces of one sale.
const QUANTITY_MAX: i64 = 1_000;
/// Largest amount of one record [cents].
const AMOUNT_MAX: i64 = 100_000_000;

/// The fields of payloads.
impl<P: Preset> Settings<P> {
    /// Products that are sold.
    pub const PRODUCTS: Field<Self> = field!(
        "products",
        Kind::Int {
            min: 1,
            max: SUBJECTS_MAX as i64
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.law.products)),
        set | c,
        v | small(v).map(|n| c.values.law.products = n)
    );
    /// Least quantity of a sale.
    pub const QUANTITY_MIN: Field<Self> = field!(
        "quantity_min",
        Kind::Int {
            min: 1,
            max: QUANTITY_MAX
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.law.quantity.0)),
        set | c,
        v | small(v).map(|n| c.values.law.quantity.0 = n)
    );
    /// Largest quantity of a sale.
    pub const QUANTITY_MAX: Field<Self> = field!(
        "quantity_max",
        Kind::Int {
            min: 1,
            max: QUANTITY_MAX
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.law.quantity.1)),
        set | c,
        v | small(v).map(|n| c.values.law.quantity.1 = n)
    );
    /// Least price or amount.
    pub const AMOUNT_MIN: Field<Self> = field!(
        "amount_min",
        Kind::Decimal {
            min: 0,
            max: AMOUNT_MAX,
            places: 2
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(c.law.cents.0 as i64),
        set | c,
        v | v.uint().map(|cents| c.values.law.cents.0 = cents)
    );
    /// Largest price or amount.
    pub const AMOUNT_MAX: Field<Self> = field!(
        "amount_max",
        Kind::Decimal {
            min: 0,
            max: AMOUNT_MAX,
            places: 2
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(c.law.cents.1 as i64),
        set | c,
        v | v.uint().map(|cents| c.values.law.cents.1 = cents)
    );
    /// Payments, or deposits and withdrawals.
    pub const OPERATION: Field<Self> = field!(
        "operation",
        Kind::Choice(OPERATIONS),
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | word(OPERATIONS, usize::from(c.account_ops)),
        set | c,
        v | index(OPERATIONS, v).map(|ix| c.values.account_ops = ix == 1)
    );
    /// Accounts that take part.
    pub const ACCOUNTS: Field<Self> = field!(
        "accounts",
        Kind::Int {
            min: 1,
            max: SUBJECTS_MAX as i64
        },
        "",
        Change::Live,
        "own",
        shown | _ | true,
        get | c | Value::Int(i64::from(c.law.accounts)),
        set | c,
        v | small(v).map(|n| c.values.law.accounts = n)
    );
    /// Share of withdrawals.
    pub const WITHDRAWAL_PERCENT: Field<Self> = field!(
        "withdrawal_percent",
        Kind::Decimal {
            min: 0,
            max: 1_000,
            places: 1
        },
        "%",
        Change::Live,
        "own",
        shown | c | c.account_ops,
        get | c | Value::Int(i64::from(c.law.withdrawals_permille)),
        set | c,
        v | small(v).map(|n| c.values.law.withdrawals_permille = n)
    );
}
