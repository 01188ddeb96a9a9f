//! The difference between truth and belief, told in one sentence.
//!
//! ```text
//!   Revenue report wrong by 18,420.00: 6,140 sales lost (before the start position),
//!   consumer down 10:00-14:00, stream retention 24h, started at LATEST.
//! ```
//!
//! All words come by key from a text table, so that another language is another file.

use super::difference::Difference;
use super::keys::Keys;
use crate::base::sorted::{SortedMap, order};
use crate::base::units::show_count;
use crate::base::words::Table;
use crate::services::books::{By, Sums};
use crate::services::talk::{Op, Reason};

const ENGLISH: &str = include_str!("../../../static/text/en/ledger.txt");

/// The words of the ledger in English.
#[must_use]
pub fn english() -> Table {
    Table::parse(ENGLISH)
}

/// Something that was so in the run and belongs to the explanation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Circumstance {
    /// A node was down, from and until as times of day.
    Down {
        /// What people call it.
        node: String,
        /// Such as `10:00`.
        from: String,
        /// Such as `14:00`.
        to: String,
    },
    /// A log kept its records only so long.
    Retention {
        /// What people call it.
        node: String,
        /// Such as `24h`.
        span: String,
    },
    /// A reader without a checkpoint started there.
    StartedAt {
        /// AWS's word, such as `LATEST`.
        position: String,
    },
}

/// All that a sentence is made of.
#[derive(Clone, Debug)]
pub struct Told<'a> {
    /// What people call the sink.
    pub sink: &'a str,
    /// What its records say; `None` if they are mixed.
    pub op: Option<Op>,
    /// Truth, belief, and what lies between.
    pub difference: &'a Difference,
    /// What is followed by key.
    pub keys: &'a Keys,
    /// What was so in the run.
    pub circumstances: &'a [Circumstance],
}

/// Money in cents as `18,420.00`.
#[must_use]
pub fn money(cents: u64) -> String {
    format!("{}.{:02}", show_count(cents / 100), cents % 100)
}

fn noun(words: &Table, op: Option<Op>, n: u64) -> String {
    let kind = match op {
        Some(Op::Sale) => "sale",
        Some(Op::Payment) => "payment",
        Some(Op::Account) => "operation",
        Some(Op::Count | Op::Listed) | None => "record",
    };
    let number = if n == 1 { "one" } else { "many" };
    words.fill(&format!("noun.{kind}.{number}"), &[("n", &show_count(n))])
}

/// Reasons with their words, the one with most records first.
fn reasons(words: &Table, parts: &SortedMap<Reason, Sums>) -> String {
    let mut sorted: Vec<_> = parts.iter().collect();
    order::sort_by_key(&mut sorted, |(reason, sums)| {
        (std::cmp::Reverse(sums.records), **reason)
    });
    let alone = sorted.len() == 1;
    let each = sorted.iter().map(|(reason, sums)| {
        let why = words.get(&format!("reason.{}", reason.code()));
        if alone {
            return why;
        }
        let n = show_count(sums.records);
        words.fill("some-because", &[("n", &n), ("why", &why)])
    });
    list(words, &each.collect::<Vec<_>>())
}

fn circumstance(words: &Table, of: &Circumstance) -> String {
    match of {
        Circumstance::Down { node, from, to } => {
            words.fill("was-down", &[("node", node), ("from", from), ("to", to)])
        }
        Circumstance::Retention { node, span } => {
            words.fill("was-kept", &[("node", node), ("span", span)])
        }
        Circumstance::StartedAt { position } => {
            words.fill("was-started", &[("position", position)])
        }
    }
}

/// The number by which the report is wrong, in the unit that it counts in.
fn wrong_by(told: &Told<'_>, words: &Table) -> String {
    let Difference {
        truth, believed, ..
    } = told.difference;
    if truth.money_cents > 0 || believed.money_cents > 0 {
        money(believed.money_cents.abs_diff(truth.money_cents))
    } else {
        noun(words, told.op, believed.records.abs_diff(truth.records))
    }
}

/// What will not come, without the operations that had to be declined; and how many those are.
fn lost_and_declined(told: &Told<'_>) -> (SortedMap<Reason, Sums>, u64) {
    let mut lost = told.difference.lost.clone();
    let failed = lost.get(&Reason::ConditionFailed);
    let declined = failed.map_or(0, |sums| sums.records);
    if declined == 0 || declined > told.keys.declined {
        return (lost, 0);
    }
    lost.remove(&Reason::ConditionFailed);
    (lost, declined)
}

fn records(parts: &SortedMap<Reason, Sums>) -> u64 {
    parts.values().map(|sums| sums.records).sum()
}

/// What explains the difference, most telling first; and whether something was lost or twice.
fn parts(told: &Told<'_>, words: &Table) -> (Vec<String>, bool) {
    let of = told.difference;
    let (lost, declined) = lost_and_declined(told);
    let (lost_n, twice_n) = (records(&lost), records(&of.twice));
    let mut parts = Vec::new();
    let mut say = |key: &str, n: u64, why: String| {
        if n > 0 {
            let what = noun(words, told.op, n);
            parts.push(words.fill(key, &[("what", &what), ("why", &why)]));
        }
    };
    say("lost", lost_n, reasons(words, &lost));
    say("twice", twice_n, reasons(words, &of.twice));
    say("declined", declined, String::new());
    say("unchanged", of.unchanged.records, String::new());
    say("not-owed", of.not_owed.records, String::new());
    say("fanned-out", of.fanned_out.records, String::new());
    say("on-its-way", of.on_its_way.records, String::new());
    let bad = lost_n + twice_n > 0;
    if bad {
        parts.extend(told.circumstances.iter().map(|of| circumstance(words, of)));
    }
    (parts, bad)
}

/// Puts phrases one after the other.
fn list(words: &Table, phrases: &[String]) -> String {
    let mut phrases = phrases.iter();
    let first = phrases.next().cloned().unwrap_or_default();
    phrases.fold(first, |before, next| {
        words.fill("list", &[("before", &before), ("next", next)])
    })
}

/// How far the sum of all stocks or balances is off.
fn in_sum(told: &Told<'_>, words: &Table) -> String {
    let (made, believed) = told.keys.totals();
    let off = believed.abs_diff(made);
    let off = match told.keys.by {
        By::Account => money(off),
        By::Key | By::Product => show_count(off),
    };
    let key = match believed.cmp(&made) {
        std::cmp::Ordering::Less => "in-sum-low",
        std::cmp::Ordering::Equal => "in-sum-right",
        std::cmp::Ordering::Greater => "in-sum-high",
    };
    words.fill(key, &[("off", &off)])
}

/// The sentence about the report of a sink: about its stocks or balances if they are followed,
/// about its total if not.
#[must_use]
pub fn sentence(told: &Told<'_>, words: &Table) -> String {
    let of = told.difference;
    let (parts, bad) = parts(told, words);
    let key = match told.keys.by {
        By::Key if parts.is_empty() => "right",
        By::Key if bad || of.on_its_way.records == 0 => "wrong",
        By::Key => "behind",
        By::Product if told.keys.wrong() == 0 => "stocks-right",
        By::Product => "stocks-wrong",
        By::Account if told.keys.wrong() == 0 => "balances-right",
        By::Account => "balances-wrong",
    };
    let what = noun(words, told.op, of.truth.records);
    let (wrong, all) = (told.keys.wrong() as u64, told.keys.numbers.len() as u64);
    let head = words.fill(
        key,
        &[
            ("sink", told.sink),
            ("by", &wrong_by(told, words)),
            ("what", &what),
            ("wrong", &show_count(wrong)),
            ("all", &show_count(all)),
            ("sum", &in_sum(told, words)),
        ],
    );
    let tail = list(words, &parts);
    let key = if parts.is_empty() {
        "alone"
    } else {
        "with-parts"
    };
    words.fill(key, &[("head", &head), ("parts", &tail)])
}

#[cfg(test)]
mod tests;
