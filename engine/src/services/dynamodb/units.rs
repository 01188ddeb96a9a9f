//! What writes and reads cost in capacity units: pure functions of sizes (aws-facts 4.1, W16).
//!
//! Units are counted in thousandths ("milli"), because an eventually consistent read is half one.

use super::figures;
use crate::catalog::Rules;

/// Thousandths in a unit.
pub const UNIT: u64 = 1_000;

/// How consistent a read is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Consistency {
    /// May return an older version; half the units.
    Eventual,
    /// Returns the newest version.
    Strong,
    /// Part of a transaction; twice the units.
    Transactional,
}

/// Bytes of an item: names and values of its attributes (D-calc, 2022-05).
#[must_use]
pub fn item_bytes(attributes: impl IntoIterator<Item = (u64, u64)>) -> u64 {
    attributes
        .into_iter()
        .map(|(name, value)| name + value)
        .sum()
}

/// Units of one write whose item has `before` bytes before it and `after` bytes after it, 0 where
/// there is none [milli-units]. A condition that fails costs the same.
#[must_use]
pub fn write(rules: Rules, before: u64, after: u64, transaction: bool) -> u64 {
    let units = before
        .max(after)
        .div_ceil(rules.value(&figures::WRITE_UNIT))
        .max(1);
    units * UNIT * times(rules, transaction)
}

/// Units of reading `bytes` together: one item, or all that a Query or Scan looks at [milli-units].
/// An item that is not there costs as much as the smallest.
#[must_use]
pub fn read(rules: Rules, bytes: u64, consistency: Consistency) -> u64 {
    let units = bytes.div_ceil(rules.value(&figures::READ_UNIT)).max(1);
    match consistency {
        Consistency::Eventual => units * UNIT / 2,
        Consistency::Strong => units * UNIT,
        Consistency::Transactional => units * UNIT * times(rules, true),
    }
}

/// Units of a BatchGetItem: each item is rounded up by itself [milli-units].
#[must_use]
pub fn read_each(
    rules: Rules,
    items: impl IntoIterator<Item = u64>,
    consistency: Consistency,
) -> u64 {
    items
        .into_iter()
        .map(|bytes| read(rules, bytes, consistency))
        .sum()
}

/// Bytes that a Query or Scan is charged for, rounded up to whole read units [B].
#[must_use]
pub fn rounded_up(rules: Rules, bytes: u64) -> u64 {
    let unit = rules.value(&figures::READ_UNIT);
    bytes.div_ceil(unit).max(1) * unit
}

fn times(rules: Rules, transaction: bool) -> u64 {
    if transaction {
        rules.value(&figures::TRANSACTION_TIMES)
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules::NEWEST;

    #[test]
    fn w16_units_of_writes() {
        for (kb_milli, units) in [(100, 1), (1_000, 1), (1_001, 2), (1_500, 2), (3_500, 4)] {
            let bytes = u64::div_ceil(kb_milli * 1_024, 1_000);
            assert_eq!(write(RULES, 0, bytes, false), units * UNIT, "{bytes} B");
            assert_eq!(write(RULES, 0, bytes, true), 2 * units * UNIT, "{bytes} B");
        }
        assert_eq!(write(RULES, 0, 4 << 10, false), 4 * UNIT, "4 KB");
        assert_eq!(write(RULES, 0, 400 << 10, true), 800 * UNIT, "400 KB");
        assert_eq!(
            write(RULES, 1_025, 20, false),
            2 * UNIT,
            "the larger of both"
        );
        assert_eq!(
            write(RULES, 0, 0, false),
            UNIT,
            "a delete of a missing item"
        );
        let second = 100 * write(RULES, 0, 3_584, true);
        assert_eq!(
            second,
            800 * UNIT,
            "100 transactional writes of 3.5 KB a second"
        );
    }

    #[test]
    fn w16_units_of_reads() {
        use Consistency::{Eventual, Strong, Transactional};
        for (bytes, strong) in [
            (512, 1),
            (4_096, 1),
            (4_199, 2),
            (8_192, 2),
            (10_240, 3),
            (12_800, 4),
            (20_480, 5),
        ] {
            assert_eq!(read(RULES, bytes, Strong), strong * UNIT, "{bytes} B");
            assert_eq!(read(RULES, bytes, Eventual), strong * UNIT / 2, "{bytes} B");
            assert_eq!(
                read(RULES, bytes, Transactional),
                2 * strong * UNIT,
                "{bytes} B"
            );
        }
        assert_eq!(
            80 * read(RULES, 10_240, Eventual),
            120 * UNIT,
            "80 reads of 10 KB"
        );
        assert_eq!(
            read(RULES, 0, Eventual),
            UNIT / 2,
            "an item that is not there"
        );
    }

    #[test]
    fn w16_a_query_sums_before_it_rounds() {
        let ten = [4_178; 10];
        let sum: u64 = ten.iter().sum();
        assert_eq!(read(RULES, sum, Consistency::Strong), 11 * UNIT, "strong");
        assert_eq!(
            read(RULES, sum, Consistency::Eventual),
            11 * UNIT / 2,
            "eventual"
        );
        assert_eq!(
            read_each(RULES, ten, Consistency::Strong),
            20 * UNIT,
            "as BatchGetItem"
        );
        assert_eq!(rounded_up(RULES, 1_500 * 64), 96 << 10, "96 KB");
    }

    #[test]
    fn names_count_with_values() {
        assert_eq!(
            item_bytes([(1, 20), (1, 989), (1, 4), (1, 2), (1, 4)]),
            1_024
        );
    }
}
