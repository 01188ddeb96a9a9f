//! Stock by product and balance by account: what is true, beside what a report adds up.
//!
//! ```text
//!   stock of a product     = start - quantities sold
//!   balance of an account  = start + deposits - withdrawals - payments
//! ```
//!
//! Where a number may not fall below zero, an operation that would take it there is declined: it
//! changes nothing, and the next one is judged by what was there before it. So the truth depends
//! on the order, and that is the order in which the records were made: by number within a lane,
//! and tick by tick, lane by lane as the source hands them over, among lanes. A key that names the
//! account or product has one lane, hence one order.

use crate::base::sorted::SortedMap;
use crate::services::lanes::Lanes;
use crate::services::payload::{Payload, account_name, product_name};
use crate::services::talk::Parcel;
use std::ops::Range;

/// The largest number of keys whose sums are kept one by one; the rest are in the totals only.
pub const TRACKED_KEYS_MAX: usize = 1_024;

/// What is followed by key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum By {
    /// Units by partition key.
    #[default]
    Key,
    /// Stock by product [pieces].
    Product,
    /// Balance by account [cents].
    Account,
}

impl By {
    /// The words of the setting.
    pub const WORDS: &'static [&'static str] = &["key", "product", "account"];

    /// The choice of a word.
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "product" => Self::Product,
            "account" => Self::Account,
            _ => Self::Key,
        }
    }

    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        Self::WORDS[self as usize]
    }

    /// What its numbers are, in reports.
    #[must_use]
    pub fn tracked(self) -> &'static str {
        match self {
            Self::Key => "units",
            Self::Product => "stock",
            Self::Account => "balance",
        }
    }

    /// The product or account that a record is about, and what it does to its number.
    #[must_use]
    pub fn change(self, payload: &Payload) -> Option<(u32, i64)> {
        match self {
            Self::Product if payload.product > 0 => Some((payload.product, payload.stock_change())),
            Self::Account if payload.account > 0 => {
                Some((payload.account, payload.balance_change()))
            }
            Self::Key | Self::Product | Self::Account => None,
        }
    }

    /// What a product or account is called, as in keys.
    #[must_use]
    pub fn name(self, number: u32) -> String {
        match self {
            Self::Key => number.to_string(),
            Self::Product => product_name(number),
            Self::Account => account_name(number),
        }
    }
}

/// How a sink or table wants its keys followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Track {
    /// By what.
    pub by: By,
    /// What every number starts with [pieces or cents].
    pub start: i64,
    /// Whether operations that would take a number below zero are declined.
    pub not_below_zero: bool,
}

/// The numbers after some operations.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// By product or account; what no operation was about is not there.
    pub numbers: SortedMap<u32, i64>,
    /// Operations that were declined.
    pub declined: u64,
    /// Operations of products or accounts beyond [`TRACKED_KEYS_MAX`]: not followed.
    pub beyond: u64,
}

impl Standing {
    /// One operation more.
    pub fn apply(&mut self, track: &Track, payload: &Payload) {
        let Some((key, change)) = track.by.change(payload) else {
            return;
        };
        if key as usize > TRACKED_KEYS_MAX {
            self.beyond += 1;
            return;
        }
        let number = self.numbers.entry(key).or_insert(track.start);
        let next = number.saturating_add(change);
        if track.not_below_zero && change < 0 && next < 0 {
            self.declined += 1;
        } else {
            *number = next;
        }
    }

    /// The records `range` of a parcel, in their order.
    pub fn fold(
        &mut self,
        track: &Track,
        seed: u64,
        lanes: &Lanes,
        parcel: &Parcel,
        range: Range<u64>,
    ) {
        for record in range {
            let payload = lanes.payload(seed, parcel.lane, record, parcel.op);
            self.apply(track, &payload);
        }
    }
}

/// Truth and belief of one sink.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tracker {
    /// How.
    pub track: Track,
    /// After all operations that were made for it.
    pub truth: Standing,
    /// After all operations that it was handed and added.
    pub belief: Standing,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::payload::Act;

    fn operation(act: Act, account: u32, cents: u64) -> Payload {
        Payload {
            act,
            units: 1,
            cents,
            product: 0,
            account,
        }
    }

    #[test]
    fn a_balance_is_what_came_in_less_what_went_out() {
        let track = Track {
            by: By::Account,
            start: 1_000,
            not_below_zero: false,
        };
        let mut standing = Standing::default();
        for (act, account, cents) in [
            (Act::Deposit, 1, 500),
            (Act::Withdrawal, 1, 1_700),
            (Act::Payment, 2, 300),
            (Act::Deposit, 1, 100),
        ] {
            standing.apply(&track, &operation(act, account, cents));
        }
        assert_eq!(standing.numbers, SortedMap::from([(1, -100), (2, 700)]));
        assert_eq!(standing.declined, 0);
    }

    #[test]
    fn what_would_fall_below_zero_is_declined_and_changes_nothing() {
        let track = Track {
            by: By::Account,
            start: 1_000,
            not_below_zero: true,
        };
        let mut standing = Standing::default();
        for (act, cents) in [
            (Act::Withdrawal, 1_000), // to zero: allowed
            (Act::Withdrawal, 1),     // declined
            (Act::Deposit, 50),
            (Act::Withdrawal, 51), // declined
            (Act::Withdrawal, 20),
        ] {
            standing.apply(&track, &operation(act, 7, cents));
        }
        assert_eq!(standing.numbers, SortedMap::from([(7, 30)]));
        assert_eq!(standing.declined, 2);
    }

    #[test]
    fn keys_are_bounded_and_the_rest_is_counted() {
        let track = Track {
            by: By::Account,
            ..Track::default()
        };
        let mut standing = Standing::default();
        let most = TRACKED_KEYS_MAX as u32;
        for account in [1, most, most + 1, 1_000_000, 0] {
            standing.apply(&track, &operation(Act::Deposit, account, 5));
        }
        let kept: Vec<u32> = standing.numbers.keys().copied().collect();
        assert_eq!((kept, standing.beyond), (vec![1, most], 2));
    }

    #[test]
    fn sales_touch_no_balance_and_payments_no_stock() {
        let sale = Payload {
            act: Act::Sale,
            units: 3,
            cents: 900,
            product: 4,
            account: 0,
        };
        assert_eq!(By::Product.change(&sale), Some((4, -3)));
        assert_eq!(By::Account.change(&sale), None);
        let payment = operation(Act::Payment, 2, 300);
        assert_eq!(By::Product.change(&payment), None);
        assert_eq!(By::Account.change(&payment), Some((2, -300)));
    }
}
