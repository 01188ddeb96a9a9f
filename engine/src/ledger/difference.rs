//! What a sink's report believes beside what is true, and the parts that explain the difference.
//!
//! ```text
//!   believed = true + by several ways - before it was connected
//!            - lost(reason) - on its way - unchanged + twice(reason)
//! ```
//!
//! Both sides come from different places: what is true from the sources, what is believed from
//! what the sink was handed, the parts from the paths between. [`Difference::gap`] is 0 where they
//! agree, in records, units and money alike.

use crate::base::sorted::{SortedMap, SortedSet};
use crate::services::books::{Books, Path, Sums};
use crate::services::talk::{NodeId, Reason};

/// Truth, belief and what lies between, of one sink.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the sources behind it made.
    pub truth: Sums,
    /// What it was handed and added.
    pub believed: Sums,
    /// What will not come, by reason.
    pub lost: SortedMap<Reason, Sums>,
    /// What was added again, by reason.
    pub twice: SortedMap<Reason, Sums>,
    /// What somebody still holds for it.
    pub on_its_way: Sums,
    /// What came, but changed nothing: it was there already.
    pub unchanged: Sums,
    /// What was made while nothing led to it.
    pub not_owed: Sums,
    /// What is owed to it over more than one way.
    pub fanned_out: Sums,
}

fn put(into: &mut SortedMap<Reason, Sums>, from: &SortedMap<Reason, Sums>) {
    for (reason, sums) in from.iter().filter(|(_, sums)| sums.records > 0) {
        into.entry(*reason).or_default().add(*sums);
    }
}

fn total(parts: &SortedMap<Reason, Sums>) -> Sums {
    let mut all = Sums::default();
    parts.values().for_each(|sums| all.add(*sums));
    all
}

impl Difference {
    /// Of a sink, as the books stand.
    #[must_use]
    pub fn of(books: &Books, sink: NodeId) -> Self {
        let paths: Vec<&Path> = books
            .paths
            .iter()
            .filter(|path| path.sink == sink)
            .collect();
        let sources: SortedSet<NodeId> = paths.iter().map(|path| path.source).collect();
        let mut all = Self::default();
        let made = sources.iter().filter_map(|source| books.made.get(source));
        made.for_each(|sums| all.truth.add(*sums));
        let mut owed = Sums::default();
        for path in paths {
            owed.add(path.worth.owed);
            all.believed.add(path.believed);
            all.on_its_way.add(path.worth.on_its_way());
            all.unchanged.add(path.worth.unchanged);
            put(&mut all.lost, &path.worth.ended);
            put(&mut all.twice, &path.worth.again);
        }
        all.not_owed = all.truth.without(owed);
        all.fanned_out = owed.without(all.truth);
        all
    }

    /// Sum of what will not come.
    #[must_use]
    pub fn all_lost(&self) -> Sums {
        total(&self.lost)
    }

    /// Sum of what was added again.
    #[must_use]
    pub fn all_twice(&self) -> Sums {
        total(&self.twice)
    }

    /// What no part explains, in records, units and cents: 0 each, or the ledger is wrong.
    #[must_use]
    pub fn gap(&self) -> [i128; 3] {
        let (lost, twice) = (self.all_lost(), self.all_twice());
        let of = |f: fn(&Sums) -> u64| {
            let plus = [&self.truth, &self.fanned_out, &twice];
            let minus = [
                &self.not_owed,
                &lost,
                &self.on_its_way,
                &self.unchanged,
                &self.believed,
            ];
            let sum = |parts: &[&Sums]| parts.iter().map(|s| i128::from(f(s))).sum::<i128>();
            sum(&plus) - sum(&minus)
        };
        [
            of(|sums| sums.records),
            of(|sums| sums.units),
            of(|sums| sums.money_cents),
        ]
    }
}
