//! What a record says: which product, how many, how much money, whose account.
//!
//! A payload is never stored. It is a pure function of (seed, source, lane, record) under the law
//! of the lane, so that the source, every function, table and the books read the same of a record
//! however and in whatever order they meet it (product.md 2).
//!
//! ```text
//!   Op::Count       1 unit, no money
//!   Op::Sale        quantity of a product at a price: takes the quantity out of the stock
//!   Op::Payment     an amount from an account: takes it from the balance
//!   Op::Account     by chance a deposit (adds to the balance) or a withdrawal (takes from it)
//!   Op::Listed      what the row of the file says
//! ```

use super::lanes::Lane;
use super::shared::trace::Trace;
use super::shared::trace::exact::Row;
use super::talk::Op;
use crate::base::modulo::Modulo;
use crate::base::rng::{payload as bits_of, payloads};
use crate::base::times::times;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Something that is only counted.
    Count,
    /// A sale of units of a product.
    Sale,
    /// A card payment from an account.
    Payment,
    /// Money put into an account.
    Deposit,
    /// Money taken from an account.
    Withdrawal,
}

/// What one record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Payload {
    /// What happened.
    pub act: Act,
    /// Pieces sold; 1 for all but sales.
    pub units: u64,
    /// Money without its sign [cents].
    pub cents: u64,
    /// Number of the product, from 1; 0: none.
    pub product: u32,
    /// Number of the account, from 1; 0: none.
    pub account: u32,
}

impl Payload {
    /// What the record does to the stock of its product [units].
    #[must_use]
    pub fn stock_change(&self) -> i64 {
        match self.act {
            Act::Sale => -i64::try_from(self.units).unwrap_or(i64::MAX),
            Act::Count | Act::Payment | Act::Deposit | Act::Withdrawal => 0,
        }
    }

    /// What the record does to the balance of its account [cents].
    #[must_use]
    pub fn balance_change(&self) -> i64 {
        let cents = i64::try_from(self.cents).unwrap_or(i64::MAX);
        match self.act {
            Act::Deposit => cents,
            Act::Payment | Act::Withdrawal => -cents,
            Act::Count | Act::Sale => 0,
        }
    }
}

/// What an account is called in keys.
#[must_use]
pub fn account_name(number: u32) -> String {
    format!("acct-{number:04}")
}

/// What a product is called in keys.
#[must_use]
pub fn product_name(number: u32) -> String {
    format!("prod-{number:04}")
}

/// Whose records a lane carries, where its key says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// Anybody's: product and account are drawn for each record.
    #[default]
    Any,
    /// One product's, by number from 1.
    Product(u32),
    /// One account's, by number from 1.
    Account(u32),
}

/// Which rows of a trace with exact records each lane carries, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// The trace.
    pub trace: Arc<Trace>,
    /// By the lane's ordinal: places of rows; record n of the lane is the n-th of them.
    pub rows: Vec<Vec<u32>>,
}

impl Listing {
    /// The row of a record.
    #[must_use]
    pub fn row(&self, ordinal: u32, record: u64) -> Option<&Row> {
        let rows = self.rows.get(ordinal as usize)?;
        let place = *rows.get(usize::try_from(record).ok()?)?;
        self.trace.exact.as_ref()?.rows.get(place as usize)
    }
}

impl Hash for Listing {
    /// By name and rows of each lane: what the rows say is hashed once, with the traces.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.trace.name.hash(state);
        for rows in &self.rows {
            (rows.len(), rows.first()).hash(state);
        }
    }
}

/// From what the payloads of a lane are drawn; evenly from each range.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Law {
    /// Least and largest quantity of a sale [pieces].
    pub quantity: (u32, u32),
    /// Least and largest price of a piece, or amount of a payment, deposit or withdrawal [cents].
    pub cents: (u64, u64),
    /// Products that are sold.
    pub products: u32,
    /// Accounts that take part.
    pub accounts: u32,
    /// Share of withdrawals among the operations on accounts [tenths of a percent].
    pub withdrawals_permille: u32,
    /// For exact records: what each of them says.
    pub listing: Option<Arc<Listing>>,
}

impl Default for Law {
    /// A basket line of the study notes: 1 to 3 pieces of 0.99 to 9.98 each.
    fn default() -> Self {
        Self {
            quantity: (1, 3),
            cents: (99, 998),
            products: 1,
            accounts: 1,
            withdrawals_permille: 500,
            listing: None,
        }
    }
}

/// Largest number of products or accounts.
pub const SUBJECTS_MAX: u32 = 1_000_000;
/// Fewer records than this are added up one by one.
const FEW: u64 = 3;
/// Salt that tells a record's product or account from its amounts; lane ordinals stay far below.
const SALT_SUBJECT: u32 = 1 << 30;

impl Law {
    /// Units and money of a record [pieces, cents]: what [`Self::payload`] says of them, without
    /// a draw of its product or account.
    #[must_use]
    pub fn amounts(&self, seed: u64, lane: &Lane, record: u64, op: Op) -> (u64, u64) {
        if op == Op::Count {
            return (1, 0);
        }
        if op == Op::Listed {
            let said = self.listed(lane, record);
            return (said.units, said.cents);
        }
        let bits = bits_of(seed, lane.source.0, record, lane.ordinal);
        match op {
            Op::Count | Op::Listed => (1, 0),
            Op::Sale => {
                let units = u64::from(self.quantity.0) + bits % self.quantities();
                (units, times(units, self.amount(bits >> 8)))
            }
            Op::Payment => (1, self.amount(bits >> 8)),
            Op::Account => (1, self.amount(bits >> 20)),
        }
    }

    /// Units and money of consecutive records of a lane, added up [pieces, cents].
    #[must_use]
    pub fn sums(&self, seed: u64, lane: &Lane, records: Range<u64>, op: Op) -> (u64, u64) {
        let n = records.end.saturating_sub(records.start);
        if op == Op::Count {
            return (n, 0);
        }
        if op == Op::Listed || n < FEW {
            let each = records.map(|record| self.amounts(seed, lane, record, op));
            return each.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
        }
        let (least, largest) = self.cents;
        let width = Modulo::new(largest.saturating_sub(least) + 1);
        let all = payloads(seed, lane.source.0, records, lane.ordinal);
        if op != Op::Sale {
            let shift = if op == Op::Payment { 8 } else { 20 };
            let cents: u64 = all.map(|bits| least + width.of(bits >> shift)).sum();
            return (n, cents);
        }
        let (fewest, quantities) = (u64::from(self.quantity.0), Modulo::new(self.quantities()));
        all.fold((0, 0), |sum, bits| {
            let units = fewest + quantities.of(bits);
            (
                sum.0 + units,
                sum.1 + times(units, least + width.of(bits >> 8)),
            )
        })
    }

    /// What the file says of a record; beyond its rows there is nothing to say.
    fn listed(&self, lane: &Lane, record: u64) -> Payload {
        let listing = self.listing.as_ref();
        let row = listing.and_then(|listing| listing.row(lane.ordinal, record));
        row.map_or(
            Payload {
                act: Act::Count,
                units: 0,
                cents: 0,
                product: 0,
                account: 0,
            },
            Row::payload,
        )
    }

    fn quantities(&self) -> u64 {
        u64::from(self.quantity.1.saturating_sub(self.quantity.0)) + 1
    }

    fn amount(&self, bits: u64) -> u64 {
        let (least, largest) = self.cents;
        least + bits % (largest.saturating_sub(least) + 1)
    }

    /// What a record of the lane says.
    #[must_use]
    pub fn payload(&self, seed: u64, lane: &Lane, record: u64, op: Op) -> Payload {
        if op == Op::Listed {
            return self.listed(lane, record);
        }
        let (units, cents) = self.amounts(seed, lane, record, op);
        let draw = |of: u32| {
            if of <= 1 {
                return 1;
            }
            let bits = bits_of(seed, lane.source.0, record, SALT_SUBJECT | lane.ordinal);
            1 + (bits % u64::from(of)) as u32
        };
        let act = match op {
            Op::Count | Op::Listed => Act::Count,
            Op::Sale => Act::Sale,
            Op::Payment => Act::Payment,
            Op::Account => self.operation(bits_of(seed, lane.source.0, record, lane.ordinal)),
        };
        let (product, account) = match (act, lane.subject) {
            (Act::Count, Subject::Any) => (0, 0),
            (_, Subject::Product(product)) => (product, 0),
            (_, Subject::Account(account)) => (0, account),
            (Act::Sale, Subject::Any) => (draw(self.products), 0),
            (_, Subject::Any) => (0, draw(self.accounts)),
        };
        Payload {
            act,
            units,
            cents,
            product,
            account,
        }
    }

    /// Deposit or withdrawal, by the lowest 20 bits, which the amount does not use.
    fn operation(&self, bits: u64) -> Act {
        if ((bits & 0xF_FFFF) * 1_000) >> 20 < u64::from(self.withdrawals_permille) {
            Act::Withdrawal
        } else {
            Act::Deposit
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::lanes::{Lanes, key_hash};
    use crate::services::talk::NodeId;
    use std::sync::Arc;

    fn lanes(law: Law, subject: Subject) -> Lanes {
        let mut lanes = Lanes::default();
        lanes.add(Lane {
            source: NodeId(3),
            client: 0,
            ordinal: 5,
            key: "k".into(),
            key_bytes: 1,
            hash: key_hash("k"),
            law: Arc::new(law),
            subject,
        });
        lanes
    }

    fn all(lanes: &Lanes, op: Op) -> impl Iterator<Item = Payload> {
        (0..20_000).map(move |record| lanes.payload(7, 0, record, op))
    }

    #[test]
    fn sales_and_payments_are_what_they_were_before_laws() {
        let lanes = lanes(Law::default(), Subject::Any);
        for record in 0..1_000 {
            let bits = bits_of(7, 3, record, 5);
            let sale = lanes.payload(7, 0, record, Op::Sale);
            let units = 1 + bits % 3;
            assert_eq!(
                (sale.units, sale.cents),
                (units, units * (99 + (bits >> 8) % 900))
            );
        }
    }

    #[test]
    fn quantities_prices_and_products_keep_to_their_ranges_and_fill_them() {
        let law = Law {
            quantity: (2, 5),
            cents: (100, 102),
            products: 4,
            ..Law::default()
        };
        let lanes = lanes(law, Subject::Any);
        let (mut quantities, mut prices, mut products) = ([0; 8], [0; 8], [0; 8]);
        for sale in all(&lanes, Op::Sale) {
            assert_eq!((sale.act, sale.account), (Act::Sale, 0));
            assert_eq!(sale.stock_change(), -(sale.units as i64));
            assert_eq!(sale.balance_change(), 0);
            quantities[sale.units as usize] += 1;
            prices[(sale.cents / sale.units - 100) as usize] += 1;
            products[sale.product as usize] += 1;
        }
        // four standard deviations of a quarter of 20,000: 4 x 61; of a third: 4 x 67
        let even = |found: &[i32], each: i32| found.iter().all(|n| (n - each).abs() < 270);
        assert!(even(&quantities[2..6], 5_000), "{quantities:?}");
        assert!(even(&prices[..3], 6_667), "{prices:?}");
        assert!(even(&products[1..5], 5_000), "{products:?}");
        let rest = quantities[..2].iter().chain(&quantities[6..]).sum::<i32>();
        assert_eq!(rest + products[0] + products[5], 0, "nothing outside");
    }

    #[test]
    fn one_piece_is_one_piece() {
        let law = Law {
            quantity: (1, 1),
            ..Law::default()
        };
        let lanes = lanes(law, Subject::Any);
        assert!(all(&lanes, Op::Sale).all(|sale| (sale.units, sale.product) == (1, 1)));
    }

    #[test]
    fn operations_are_deposits_and_withdrawals_by_their_share() {
        let law = Law {
            cents: (500, 1_500),
            accounts: 10,
            withdrawals_permille: 300,
            ..Law::default()
        };
        let lanes = lanes(law, Subject::Any);
        let mut withdrawn = 0;
        for operation in all(&lanes, Op::Account) {
            assert!((500..=1_500).contains(&operation.cents));
            assert!((1..=10).contains(&operation.account) && operation.product == 0);
            let change = operation.balance_change();
            assert_eq!(change.unsigned_abs(), operation.cents);
            assert_eq!(change < 0, operation.act == Act::Withdrawal);
            withdrawn += i32::from(change < 0);
        }
        // four standard deviations of a binomial (20,000, 0.3): 4 x 65
        assert!((withdrawn - 6_000).abs() < 260, "{withdrawn}");
    }

    #[test]
    fn a_lane_of_one_account_or_product_says_no_other() {
        let law = Law {
            accounts: 10,
            products: 10,
            ..Law::default()
        };
        let account = lanes(law.clone(), Subject::Account(9));
        assert!(all(&account, Op::Account).all(|op| (op.account, op.product) == (9, 0)));
        let product = lanes(law, Subject::Product(4));
        assert!(all(&product, Op::Sale).all(|sale| (sale.account, sale.product) == (0, 4)));
    }

    #[test]
    fn amounts_are_those_of_the_payload() {
        let lanes = lanes(Law::default(), Subject::Any);
        for op in [Op::Count, Op::Sale, Op::Payment, Op::Account] {
            for record in 0..1_000 {
                let payload = lanes.payload(7, 0, record, op);
                let amounts = lanes.amounts(7, 0, record, op);
                assert_eq!(amounts, (payload.units, payload.cents), "{op:?} {record}");
            }
            for n in [0, 1, 2, 3, 4, 50] {
                let each = (90..90 + n).map(|record| lanes.amounts(7, 0, record, op));
                let sums = each.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                assert_eq!(
                    lanes.sums(7, 0, 90..90 + n, op),
                    sums,
                    "{op:?}, {n} records"
                );
            }
        }
    }
}
