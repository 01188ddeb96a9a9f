//! Limits and defaults of AWS, each with its source and date. Code holds laws; numbers lie here.

/// How well a figure is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Stated by AWS in the source named.
    Published,
    /// Read at a third party, or an older text; may have changed.
    Unverified,
    /// Nobody has measured it; chosen so that the picture is right. The page says so.
    Illustrative,
}

/// A value and the rules of which month brought it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dated {
    /// Year and month as yyyymm from which it holds.
    pub since: u32,
    /// The value, in the figure's unit.
    pub value: u64,
    /// Page or model, and when it was read.
    pub source: &'static str,
}

/// One limit or default, with its history (oldest first).
#[derive(Clone, Copy, Debug)]
pub struct Figure {
    /// `records_per_shard_s`.
    pub key: &'static str,
    /// `records/s`.
    pub unit: &'static str,
    /// How well it is known.
    pub status: Status,
    /// Its values by date, oldest first; never empty.
    pub history: &'static [Dated],
}

/// The rules that a design was made under: every figure as of one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// Year and month as yyyymm.
    pub as_of: u32,
}

impl Rules {
    /// The newest rules that this revision knows.
    pub const NEWEST: Self = Self { as_of: 202_611 };

    /// The figure's value under these rules (its oldest known one if they are older still).
    #[must_use]
    pub fn value(self, figure: &Figure) -> u64 {
        self.dated(figure).value
    }

    /// The value with its source.
    #[must_use]
    pub fn dated(self, figure: &Figure) -> Dated {
        let known = figure
            .history
            .iter()
            .rev()
            .find(|dated| dated.since <= self.as_of);
        *known.unwrap_or(&figure.history[0])
    }

    /// `2026-11`, as in files.
    #[must_use]
    pub fn name(self) -> String {
        format!("{:04}-{:02}", self.as_of / 100, self.as_of % 100)
    }

    /// Reads `2026-11`.
    ///
    /// # Errors
    /// A sentence if it is not a year and a month, or newer than this revision knows.
    pub fn parse(text: &str) -> Result<Self, String> {
        let parsed = text.split_once('-').and_then(|(year, month)| {
            let (year, month): (u32, u32) = (year.parse().ok()?, month.parse().ok()?);
            // only a year of four digits: another one times 100 may be no u32
            let known = (2013..=9999).contains(&year) && (1..=12).contains(&month);
            known.then(|| year * 100 + month)
        });
        let text: String = text.chars().take(40).collect();
        match parsed {
            Some(as_of) if as_of <= Self::NEWEST.as_of => Ok(Self { as_of }),
            Some(_) => Err(format!(
                "The rules \"{text}\" are newer than {}, the newest that this version knows.",
                Self::NEWEST.name()
            )),
            None => Err(format!(
                "The rules \"{text}\" are not a year and month such as 2026-11."
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Figure = Figure {
        key: "put_records_bytes",
        unit: "B",
        status: Status::Published,
        history: &[
            Dated {
                since: 201_312,
                value: 5,
                source: "old",
            },
            Dated {
                since: 202_510,
                value: 10,
                source: "new",
            },
        ],
    };

    #[test]
    fn last_years_design_keeps_last_years_number() {
        assert_eq!(
            Rules { as_of: 202_408 }.value(&CALL),
            5,
            "before the change"
        );
        assert_eq!(Rules::NEWEST.value(&CALL), 10, "after it");
        assert_eq!(
            Rules { as_of: 201_301 }.value(&CALL),
            5,
            "older than all: the oldest known"
        );
    }

    #[test]
    fn names_read_back_and_the_future_is_refused() {
        assert_eq!(Rules::parse("2026-11"), Ok(Rules::NEWEST), "reads back");
        assert!(Rules::parse("2030-01").is_err(), "newer than known");
        assert!(Rules::parse("yesterday").is_err(), "not a month");
        for far in ["200000026-1", "4294967295-12", "2026-4294967295"] {
            assert!(Rules::parse(far).is_err(), "{far} is no month either");
        }
    }
}
