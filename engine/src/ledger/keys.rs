//! Truth and belief by key: units by partition key, stock by product, balance by account.

use crate::base::sorted::{SortedMap, SortedSet};
use crate::base::time::Us;
use crate::services::books::{By, Tracker};
use crate::services::contract::Beliefs;
use crate::services::plant::Plant;
use crate::services::talk::NodeId;

/// What is followed at one sink, by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Keys {
    /// What the numbers are.
    pub by: By,
    /// (true, believed) by key [pieces, or cents for balances].
    pub numbers: SortedMap<String, (i64, i64)>,
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
        let keys: SortedSet<u32> = truth
            .numbers
            .keys()
            .chain(belief.numbers.keys())
            .copied()
            .collect();
        let listed = listed(plant, sink);
        let name_of = |key: u32| {
            let name = listed.and_then(|keys| keys.get(key as usize - 1));
            name.cloned().unwrap_or_else(|| track.by.name(key))
        };
        let wanted = keys.iter().map(|key| name_of(*key)).collect();
        let told = asked(plant, sink, now, wanted);
        let of = |standing: &SortedMap<u32, i64>, key: u32| {
            standing.get(&key).copied().unwrap_or(track.start)
        };
        let numbers = keys.into_iter().map(|key| {
            let name = name_of(key);
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

/// The keys of the file whose records come to a sink, if they are records of a file: its products
/// and accounts are these keys, by number from 1.
fn listed(plant: &Plant, sink: NodeId) -> Option<&Vec<String>> {
    let floor = &plant.floor;
    let leads = |source: NodeId| {
        let mut paths = floor.books.paths.iter();
        paths.any(|path| path.source == source && path.sink == sink)
    };
    let mut lanes = floor.lanes.iter();
    let lane = lanes.find(|lane| lane.law.listing.is_some() && leads(lane.source))?;
    let listing = lane.law.listing.as_ref()?;
    Some(&listing.trace.exact.as_ref()?.keys)
}

/// What the service says of these keys, if it says anything.
fn asked(
    plant: &Plant,
    sink: NodeId,
    now: Us,
    wanted: Vec<String>,
) -> Option<SortedMap<String, i64>> {
    let mut beliefs = Beliefs {
        wanted,
        ..Beliefs::default()
    };
    if let Some(unit) = plant.unit(sink) {
        unit.beliefs(&plant.view(sink, now), &mut beliefs);
    }
    beliefs.told.then_some(beliefs.numbers)
}
