//! Truth and belief by key: units by partition key, stock by product, balance by account.

use crate::base::time::Us;
use crate::services::books::{By, Tracker};
use crate::services::contract::Beliefs;
use crate::services::plant::Plant;
use crate::services::talk::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// What is followed at one sink, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// What the numbers are.
    pub by: By,
    /// (true, believed) by key [pieces, or cents for balances].
    pub numbers: BTreeMap<String, (i64, i64)>,
    /// Operations that were declined, so that no number falls below zero.
    pub declined: u64,
    /// Operations about keys beyond those that are followed.
    pub beyond: u64,
}

impl Keys {
    /// At a sink of the plant now.
    #[must_use]
    pub fn of(plant: &Plant, sink: NodeId, now: Us) -> Self {
        let books = &plant.floor.books;
        let Some(tracker) = books.tracker(sink) else {
            let units = books.by_key(&plant.floor.lanes, sink).into_iter();
            let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
            return Self {
                numbers: units
                    .map(|(key, (made, believed))| (key, (signed(made), signed(believed))))
                    .collect(),
                ..Self::default()
            };
        };
        let Tracker {
            track,
            truth,
            belief,
        } = tracker;
        let keys: BTreeSet<u32> = truth
            .numbers
            .keys()
            .chain(belief.numbers.keys())
            .copied()
            .collect();
        let told = asked(plant, sink, now, &keys, track.by);
        let of = |standing: &BTreeMap<u32, i64>, key: u32| {
            standing.get(&key).copied().unwrap_or(track.start)
        };
        let numbers = keys.into_iter().map(|key| {
            let name = track.by.name(key);
            let believed = match &told {
                Some(told) => told.get(&name).copied().unwrap_or(track.start),
                None => of(&belief.numbers, key),
            };
            (name, (of(&truth.numbers, key), believed))
        });
        Self {
            by: track.by,
            numbers: numbers.collect(),
            declined: truth.declined,
            beyond: truth.beyond,
        }
    }

    /// Keys whose belief is not the truth.
    #[must_use]
    pub fn wrong(&self) -> usize {
        let pairs = self.numbers.values();
        pairs.filter(|(made, believed)| made != believed).count()
    }

    /// Keys that are believed to be below zero.
    #[must_use]
    pub fn below_zero(&self) -> usize {
        self.numbers.values().filter(|(_, b)| *b < 0).count()
    }

    /// Sums of truth and belief over the keys that are followed.
    #[must_use]
    pub fn totals(&self) -> (i64, i64) {
        let pairs = self.numbers.values();
        pairs.fold((0, 0), |(made, believed), (m, b)| {
            (made.saturating_add(*m), believed.saturating_add(*b))
        })
    }
}

/// What the service says of these keys, if it says anything.
fn asked(
    plant: &Plant,
    sink: NodeId,
    now: Us,
    keys: &BTreeSet<u32>,
    by: By,
) -> Option<BTreeMap<String, i64>> {
    let mut beliefs = Beliefs {
        wanted: keys.iter().map(|key| by.name(*key)).collect(),
        ..Beliefs::default()
    };
    if let Some(unit) = plant.unit(sink) {
        unit.beliefs(&plant.view(sink, now), &mut beliefs);
    }
    beliefs.told.then_some(beliefs.numbers)
}
