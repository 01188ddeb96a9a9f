//! Sums of records, units and money, and into what parts a path's sum divides.

use crate::base::sorted::SortedMap;
use crate::base::table::Table;
use crate::services::lanes::Lanes;
use crate::services::talk::{Parcel, Reason};
use std::hash::{Hash, Hasher};
use std::ops::Range;

/// Sums of a set of records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sums {
    /// Records.
    pub records: u64,
    /// Units (pieces sold).
    pub units: u64,
    /// Money without its sign [cents].
    pub money_cents: u64,
}

impl Sums {
    /// Adds the sums of other records.
    pub fn add(&mut self, other: Self) {
        self.records += other.records;
        self.units += other.units;
        self.money_cents += other.money_cents;
    }

    /// What is left without the sums of some of the records; nothing if they are more.
    #[must_use]
    pub fn without(self, some: Self) -> Self {
        Self {
            records: self.records.saturating_sub(some.records),
            units: self.units.saturating_sub(some.units),
            money_cents: self.money_cents.saturating_sub(some.money_cents),
        }
    }

    /// Sums of the records `range` of a parcel, in a run with this seed.
    #[must_use]
    pub fn of(seed: u64, lanes: &Lanes, parcel: &Parcel, range: Range<u64>) -> Self {
        let records = range.end.saturating_sub(range.start);
        let (units, money_cents) = lanes.sums(seed, parcel.lane, range, parcel.op);
        Self {
            records,
            units,
            money_cents,
        }
    }
}

/// The parts of a path's sum: what is owed came first, ended or is still on its way; and what a
/// report believes is what came first and changed something, and what came again and was added.
///
/// ```text
///   owed     = first + ended(reason) + on its way
///   believed = first - unchanged + again(reason)
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Worth {
    /// Made for the path.
    pub owed: Sums,
    /// Came for the first time.
    pub first: Sums,
    /// Came for the first time, but changed nothing: what it says was there already.
    pub unchanged: Sums,
    /// Will not come, by reason.
    pub ended: SortedMap<Reason, Sums>,
    /// Came again and was added again, by reason.
    pub again: SortedMap<Reason, Sums>,
}

impl Worth {
    /// Neither came nor ended.
    #[must_use]
    pub fn on_its_way(&self) -> Sums {
        let ended = self.ended.values().copied();
        ended.fold(self.owed.without(self.first), Sums::without)
    }
}

/// Units by the index of a path and by lane.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct UnitsByPath(Vec<Table<u64>>);

impl UnitsByPath {
    /// The units of a lane on a path, from 0 on.
    pub(super) fn at(&mut self, path: usize, lane: u32) -> &mut u64 {
        if self.0.len() <= path {
            self.0.resize_with(path + 1, Table::default);
        }
        self.0[path].at(lane)
    }

    /// All of them, path by path.
    pub(super) fn iter(&self) -> impl Iterator<Item = (usize, u32, u64)> {
        let paths = self.0.iter().enumerate();
        paths.flat_map(|(path, table)| table.iter().map(move |(lane, n)| (path, lane, *n)))
    }
}

impl Hash for UnitsByPath {
    /// As a map by (path, lane).
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.0.iter().map(Table::len).sum());
        for (path, lane, units) in self.iter() {
            (path as u32, lane, units).hash(state);
        }
    }
}
