//! Prices: one dated table per service, in nano-dollars, so that sums are exact.

use super::figure::Status;

/// The region that all prices are of.
pub const REGION: &str = "us-east-1";
/// When the price list was read that most of them are from.
pub const READ: &str = "2026-11-22";

/// A unit price in USD, us-east-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Price {
    /// `shard_hour`.
    pub key: &'static str,
    /// `shard-hour`.
    pub unit: &'static str,
    /// Price of one unit [10^-9 USD].
    pub nano_usd: u64,
    /// How well it is known.
    pub status: Status,
    /// Page or file, and when it was read.
    pub source: &'static str,
}

/// What was used of one price so far.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriceLine {
    /// The unit price.
    pub price: &'static Price,
    /// Units used, in millionths (a shard-second is 1/3600 of a shard-hour).
    pub micro_units: u128,
}

impl PriceLine {
    /// USD, for display only.
    #[must_use]
    pub fn usd(&self) -> f64 {
        self.micro_units as f64 * self.price.nano_usd as f64 / 1e15
    }
}
