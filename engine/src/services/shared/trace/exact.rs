//! Exact records: each row of the file is one record with its time, key, size, operation, amount.

use super::{CsvProblem, EXACT_ROWS_MAX, LENGTH_MAX};
use crate::base::time::Us;
use crate::services::payload::{Act, Payload};

/// One record as the file has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Row {
    /// When it was made, from the first row [us].
    pub at: Us,
    /// Its key, by place in [`Exact::keys`].
    pub key: u32,
    /// Its payload [B].
    pub bytes: u32,
    /// What happened.
    pub act: Act,
    /// Money [cents]; for what is only counted, units.
    pub amount: u64,
}

impl Row {
    /// What the record says: the key is the account of money operations and the product of sales,
    /// numbered from 1 as keys first occur.
    #[must_use]
    pub fn payload(&self) -> Payload {
        let number = self.key + 1;
        let (units, cents) = match self.act {
            Act::Count => (self.amount, 0),
            Act::Sale | Act::Payment | Act::Deposit | Act::Withdrawal => (1, self.amount),
        };
        let (product, account) = match self.act {
            Act::Count => (0, 0),
            Act::Sale => (number, 0),
            Act::Payment | Act::Deposit | Act::Withdrawal => (0, number),
        };
        Payload {
            act: self.act,
            units,
            cents,
            product,
            account,
        }
    }
}

/// The records of a file, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Exact {
    /// Keys, in the order in which they first occur.
    pub keys: Vec<String>,
    /// Records, by time; those of one time in the order of the file.
    pub rows: Vec<Row>,
}

/// Largest payload of a row [B]: 10 MiB, a record's limit (aws-facts 1.2).
pub const BYTES_MAX: u32 = 10 << 20;
/// Largest amount of a row [cents or units].
pub const AMOUNT_MAX: u64 = 100_000_000_000;
/// Longest key [characters]: PartitionKey has 1 to 256 (API-kin, 2026-11).
pub const KEY_MAX: usize = 256;

/// The word of an operation in files.
#[must_use]
pub fn word(act: Act) -> &'static str {
    match act {
        Act::Count => "count",
        Act::Sale => "sale",
        Act::Payment => "payment",
        Act::Deposit => "deposit",
        Act::Withdrawal => "withdrawal",
    }
}

/// The operation of a word.
#[must_use]
pub fn act_of(text: &str) -> Option<Act> {
    let all = [
        Act::Count,
        Act::Sale,
        Act::Payment,
        Act::Deposit,
        Act::Withdrawal,
    ];
    all.into_iter()
        .find(|act| text.eq_ignore_ascii_case(word(*act)))
}

impl Exact {
    /// Whether a source can follow it.
    ///
    /// # Errors
    /// The number of the first row that is wrong, from 1, and why.
    pub fn check(&self) -> Result<(), (usize, &'static str)> {
        if self.rows.len() as u64 > EXACT_ROWS_MAX || self.keys.len() > self.rows.len() {
            return Err((self.rows.len(), "there are too many rows or keys"));
        }
        let short = |key: &String| !key.is_empty() && key.chars().count() <= KEY_MAX;
        if !self.keys.iter().all(short) {
            return Err((1, "a key has 1 to 256 characters"));
        }
        let mut before = 0;
        for (ix, row) in self.rows.iter().enumerate() {
            let number = ix + 1;
            if row.at < before || row.at > LENGTH_MAX {
                return Err((number, "time must go forward"));
            }
            if row.key as usize >= self.keys.len() {
                return Err((number, "its key is not in the list of keys"));
            }
            if row.bytes == 0 || row.bytes > BYTES_MAX || row.amount > AMOUNT_MAX {
                return Err((number, "a number is too large, or the size is 0"));
            }
            before = row.at;
        }
        Ok(())
    }
}

/// Which columns of the file are which.
pub(super) struct Columns {
    pub(super) key: usize,
    pub(super) bytes: usize,
    pub(super) op: usize,
    pub(super) amount: usize,
    names: [String; 4],
}

impl Columns {
    /// The columns `key,bytes,op,amount` of a header; the name of the first one that is missing.
    pub(super) fn of_header(record: &csv::StringRecord) -> Result<Self, &'static str> {
        let find = |name: &'static str| {
            record
                .iter()
                .position(|cell| cell.eq_ignore_ascii_case(name))
                .ok_or(name)
        };
        let (key, bytes) = (find("key")?, find("bytes")?);
        let (op, amount) = (find("op")?, find("amount")?);
        let names = [key, bytes, op, amount].map(|ix| record[ix].to_owned());
        Ok(Self {
            key,
            bytes,
            op,
            amount,
            names,
        })
    }

    /// Key and all but time of a row; what is wrong in each cell if something is.
    pub(super) fn row<'a>(
        &self,
        record: &'a csv::StringRecord,
        line: u64,
    ) -> Result<(&'a str, Row), Vec<CsvProblem>> {
        let cell = |ix: usize| record.get(ix).unwrap_or_default();
        let mut wrong = Vec::new();
        let mut say = |column: usize, ix: usize, allowed: String| {
            let found = record.get(ix).unwrap_or_default();
            wrong.push(CsvProblem::new(line, &self.names[column], found, allowed));
        };
        let key = cell(self.key);
        if key.is_empty() || key.chars().count() > KEY_MAX {
            say(
                0,
                self.key,
                format!("A key of 1 to {KEY_MAX} characters is needed."),
            );
        }
        let bytes = whole(cell(self.bytes), u64::from(BYTES_MAX)).filter(|bytes| *bytes > 0);
        if bytes.is_none() {
            say(
                1,
                self.bytes,
                format!("A whole number of bytes from 1 to {BYTES_MAX} is needed."),
            );
        }
        let act = act_of(cell(self.op));
        if act.is_none() {
            let allowed = "One of sale, payment, deposit, withdrawal and count is needed.";
            say(2, self.op, allowed.to_owned());
        }
        let text = cell(self.amount);
        let amount = match act {
            Some(Act::Count) => whole(text, AMOUNT_MAX),
            _ => cents(text).filter(|cents| *cents <= AMOUNT_MAX),
        };
        if amount.is_none() {
            let allowed = if act == Some(Act::Count) {
                "A whole number of units is needed."
            } else {
                "An amount of money is needed, never negative, with at most two decimals, such as \
                 12.50."
            };
            say(3, self.amount, allowed.to_owned());
        }
        match (bytes, act, amount) {
            (Some(bytes), Some(act), Some(amount)) if wrong.is_empty() => Ok((
                key,
                Row {
                    at: 0,
                    key: 0,
                    bytes: bytes as u32,
                    act,
                    amount,
                },
            )),
            _ => Err(wrong),
        }
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn whole(text: &str, most: u64) -> Option<u64> {
    let plain = !text.is_empty() && digits(text);
    text.parse().ok().filter(|n| plain && *n <= most)
}

/// Money with at most two decimals [cents].
fn cents(text: &str) -> Option<u64> {
    let (units, fraction) = text.split_once('.').unwrap_or((text, ""));
    let short = fraction.len() <= 2 && !text.ends_with('.');
    if units.is_empty() || !short || !digits(units) || !digits(fraction) {
        return None;
    }
    let units: u64 = units.parse().ok()?;
    let padded = format!("{fraction:0<2}");
    units.checked_mul(100)?.checked_add(padded.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_has_two_decimals_and_no_sign() {
        for (text, found) in [
            ("12.50", Some(1_250)),
            ("12.5", Some(1_250)),
            ("12", Some(1_200)),
            ("0.01", Some(1)),
            ("12.", None),
            (".50", None),
            ("12.505", None),
            ("-1.00", None),
            ("1e3", None),
            ("1,000.00", None),
            ("", None),
        ] {
            assert_eq!(cents(text), found, "{text}");
        }
    }
}
