//! Which records the code of a function fails on, and how often.

use super::config::{Config, Errors};
use crate::base::rng::payload;
use crate::base::sorted::order;
use crate::catalog::FieldError;
use crate::services::cx::Cx;
use crate::services::shared::items::Item;
use crate::services::talk::Parcel;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Bad records that are remembered; the record with the lowest number is forgotten first.
const TRIES_MAX: usize = 10_000;
/// Tells the draw of an error from the draw of the payload.
const PURPOSE: u64 = 0x6572_726f_7273;

/// Records that no code can work on, by their numbers within their lanes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Poison {
    /// These, each with how often it fails; 0: as often as `error_tries` says.
    List(Vec<(u64, u32)>),
    /// Each one of so many: the numbers that it divides.
    OneIn(u64),
}

impl Default for Poison {
    fn default() -> Self {
        Self::List(vec![(5, 0)])
    }
}

impl fmt::Display for Poison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OneIn(n) => write!(f, "1/{n}"),
            Self::List(list) => {
                let word = |(record, tries): &(u64, u32)| match tries {
                    0 => record.to_string(),
                    tries => format!("{record}x{tries}"),
                };
                let words: Vec<String> = list.iter().map(word).collect();
                f.write_str(&words.join(", "))
            }
        }
    }
}

impl Poison {
    /// Reads `5, 7`, `5x2, 7` or `1/100`.
    ///
    /// # Errors
    /// A sentence if it is neither.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let wrong = || {
            FieldError(format!(
                "poison: \"{text}\" is neither a list of record numbers such as 5, 7 or 5x2 (fails twice) \
                 nor a share such as 1/100."
            ))
        };
        let number = |word: &str| word.trim().parse::<u64>().map_err(|_| wrong());
        if let Some((one, n)) = text.split_once('/') {
            let n = number(n)?;
            return (one.trim() == "1" && n > 0)
                .then_some(Self::OneIn(n))
                .ok_or_else(wrong);
        }
        if text.trim().is_empty() {
            return Ok(Self::List(Vec::new()));
        }
        let entry = |word: &str| match word.split_once('x') {
            None => Ok((number(word)?, 0)),
            Some((record, tries)) => {
                let tries = u32::try_from(number(tries)?)
                    .ok()
                    .filter(|tries| *tries > 0);
                Ok((number(record)?, tries.ok_or_else(wrong)?))
            }
        };
        let mut list: Vec<(u64, u32)> = text.split(',').map(entry).collect::<Result<_, _>>()?;
        order::sort(&mut list);
        list.dedup_by_key(|(record, _)| *record);
        Ok(Self::List(list))
    }

    /// The first poisoned number from `from` on.
    fn next(&self, from: u64) -> Option<u64> {
        match self {
            Self::OneIn(n) => from.div_ceil(*n).checked_mul(*n),
            Self::List(list) => list
                .get(list.partition_point(|(record, _)| *record < from))
                .map(|(record, _)| *record),
        }
    }

    /// How often this record fails, if that is said of it alone.
    fn own_tries(&self, record: u64) -> Option<u32> {
        let Self::List(list) = self else {
            return None;
        };
        let ix = list.binary_search_by_key(&record, |(own, _)| *own).ok()?;
        Some(list[ix].1).filter(|tries| *tries > 0)
    }
}

/// How often bad records have failed: (lane, record) to tries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Tries {
    of: BTreeMap<(u32, u64), u32>,
    /// Those of `of`, the oldest first.
    order: VecDeque<(u32, u64)>,
}

impl Tries {
    /// Whether a bad record fails this time; remembers it.
    fn fails(&mut self, most: u32, record: (u32, u64)) -> bool {
        if most == 0 {
            return true;
        }
        // kept after the record passed: a batch comes back whole when another of its records fails
        let tried = self.of.get(&record).copied().unwrap_or(0);
        if tried >= most {
            return false;
        }
        if self.of.insert(record, tried + 1).is_none() {
            self.order.push_back(record);
        }
        // the oldest has long passed: never the one that was just counted
        if self.of.len() > TRIES_MAX
            && let Some(oldest) = self.order.pop_front()
        {
            self.of.remove(&oldest);
        }
        true
    }
}

/// What the code fails on in one go.
#[derive(Debug)]
pub(super) struct Finder<'a> {
    pub(super) config: &'a Config,
    pub(super) tries: &'a mut Tries,
    /// Records from the front of this go that fail because the invocation is one of the first.
    pub(super) first: u64,
}

impl Finder<'_> {
    /// The records that fail, one by one and in order; only the first one if `one`.
    pub(super) fn find(&mut self, items: &[Item], one: bool, cx: &Cx<'_, '_>) -> Vec<Item> {
        let mut found = Vec::new();
        if self.config.errors == Errors::Never {
            return found;
        }
        for item in items {
            let parcel = &item.read.parcel;
            let mut from = 0;
            while let Some(skip) = self.next(parcel, item.at, from, cx) {
                from = skip + 1;
                let record = (parcel.lane, parcel.first + u64::from(skip));
                let first = self.config.errors == Errors::First;
                let own = self.config.poison.own_tries(record.1);
                let own = own.filter(|_| self.config.errors == Errors::Poison);
                let most = own.unwrap_or(self.config.error_tries);
                if first || self.tries.fails(most, record) {
                    found.push(item.part(skip, 1));
                    if one {
                        return found;
                    }
                }
            }
        }
        found
    }

    /// Place within the parcel of the next bad record.
    fn next(&self, parcel: &Parcel, at: u32, from: u32, cx: &Cx<'_, '_>) -> Option<u32> {
        let within = |record: u64| {
            let skip = record.checked_sub(parcel.first)?;
            u32::try_from(skip).ok().filter(|skip| *skip < parcel.n)
        };
        if from >= parcel.n {
            return None;
        }
        let start = parcel.first + u64::from(from);
        match self.config.errors {
            Errors::Never => None,
            Errors::Always => Some(from),
            Errors::First => (u64::from(at) + u64::from(from) < self.first).then_some(from),
            Errors::Every => {
                let n = self.config.error_every.max(1);
                within((start + 1).div_ceil(n) * n - 1)
            }
            Errors::Poison => within(self.config.poison.next(start)?),
            Errors::Share => {
                let lane = cx.lanes().get(parcel.lane);
                let bad = |skip: &u32| {
                    let record = parcel.first + u64::from(*skip);
                    let bits = payload(cx.seed() ^ PURPOSE, lane.source.0, record, lane.ordinal);
                    bits % 100_000 < self.config.error_share
                };
                (from..parcel.n).find(bad)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn poison_reads_back_and_refuses_the_rest() {
        for text in ["5, 7", "5x2, 7", "1/100", ""] {
            let poison = Poison::parse(text).expect("good");
            assert_eq!(poison.to_string(), text, "reads back");
        }
        for text in ["x", "5x", "5x0", "2/100", "1/0", "5;7", "-1"] {
            assert!(Poison::parse(text).is_err(), "{text} is refused");
        }
        let list = Poison::parse("7, 5, 7").expect("good");
        assert_eq!(list.next(6), Some(7), "the next one");
        assert_eq!(list.next(8), None, "there is none");
        let list = Poison::parse("7x3, 5").expect("good");
        let own = [5, 6, 7].map(|record| list.own_tries(record));
        assert_eq!(own, [None, None, Some(3)], "said of 7 alone");
        assert_eq!(Poison::OneIn(100).next(101), Some(200), "the next multiple");
    }

    #[test]
    fn a_record_that_fails_twice_passes_the_third_time() {
        let mut tries = Tries::default();
        let told: Vec<bool> = (0..4).map(|_| tries.fails(2, (0, 5))).collect();
        assert_eq!(
            told,
            [true, true, false, false],
            "and for good: its batch may come back for another record's sake"
        );
        assert!(tries.fails(0, (0, 5)), "0 tries: for ever");
    }

    #[test]
    fn a_record_passes_however_many_failed_before_it() {
        let mut tries = Tries::default();
        for record in 0..TRIES_MAX as u64 {
            assert!(tries.fails(1, (5, record)), "the first try of {record}");
        }
        for record in 0..100 {
            // lower than all that are remembered
            let told = [(); 2].map(|()| tries.fails(1, (0, record)));
            assert_eq!(told, [true, false], "record {record} fails once");
        }
        assert!(tries.of.len() <= TRIES_MAX, "and memory is bounded");
        assert_eq!(tries.of.len(), tries.order.len(), "both know the same");
    }
}
