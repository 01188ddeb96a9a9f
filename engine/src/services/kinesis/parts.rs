//! The entries of a shard, in parts: what is made coarser becomes a part of its own, and what lies before and behind
//! it stays where it is, shared with the copies of the world.
//!
//! ```text
//!   old   [ wide ticks ][ wide ticks ]...[ as they came ]
//!   newest                                               [ as they came, more to come )
//! ```

use super::log::Entry;
use crate::base::chunks::Log;
use crate::base::footprint::See;
use std::hash::{Hash, Hasher};

/// A part with fewer entries is laid out anew with the one behind it.
const SMALL: u64 = 8_192;

/// Where an entry stands: its part, and its index there.
pub(super) type Place = (usize, u64);

/// Entries in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    /// None of them is empty.
    old: Vec<Log<Entry>>,
    newest: Log<Entry>,
}

impl Hash for Parts {
    /// One part writes what its entries write.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.old.is_empty() {
            self.old.hash(state);
        }
        self.newest.hash(state);
    }
}

impl Parts {
    fn part(&self, ix: usize) -> Option<&Log<Entry>> {
        let newest = (ix == self.old.len()).then_some(&self.newest);
        self.old.get(ix).or(newest)
    }

    /// Adds an entry.
    pub(super) fn push(&mut self, entry: Entry) {
        self.newest.push(entry);
    }

    /// Where the first one stands, or will stand.
    pub(super) fn start(&self) -> Place {
        let first = self.old.first().unwrap_or(&self.newest);
        (0, first.first_index())
    }

    /// The entry at a place.
    pub(super) fn get(&self, (part, ix): Place) -> Option<Entry> {
        self.part(part)?.get(ix)
    }

    /// The first one.
    pub(super) fn first(&self) -> Option<Entry> {
        self.get(self.start())
    }

    /// The place before.
    pub(super) fn before(&self, (part, ix): Place) -> Option<Place> {
        if ix > self.part(part)?.first_index() {
            return Some((part, ix - 1));
        }
        let part = part.checked_sub(1)?;
        Some((part, self.part(part)?.next_index().checked_sub(1)?))
    }

    /// The first place whose entry does not satisfy `holds`, which must hold for all before it and for none after.
    pub(super) fn partition_point(&self, mut holds: impl FnMut(&Entry) -> bool) -> Place {
        let whole = |log: &Log<Entry>| log.last().is_none_or(|entry| holds(&entry));
        let part = self.old.partition_point(whole);
        let log = self.old.get(part).unwrap_or(&self.newest);
        (part, log.partition_point(holds))
    }

    /// The place of an index among those that came last.
    pub(super) fn in_newest(&self, ix: u64) -> Place {
        (self.old.len(), ix)
    }

    /// Whether the entry of that index is there and `is` what is looked for.
    pub(super) fn newest_at(&self, ix: u64, is: impl FnOnce(&Entry) -> bool) -> bool {
        self.newest.see(ix, is).unwrap_or(false)
    }

    /// The place behind all of them.
    pub(super) fn end(&self) -> Place {
        (self.old.len(), self.newest.next_index())
    }

    /// The entries from a place on.
    pub(super) fn iter_from(&self, from: Place) -> impl Iterator<Item = Entry> + '_ {
        self.between(from, self.end())
    }

    /// The entries from a place up to another.
    pub(super) fn between(&self, from: Place, upto: Place) -> impl Iterator<Item = Entry> + '_ {
        let parts = self.old.iter().chain([&self.newest]).enumerate();
        let within = parts.take(upto.0 + 1).skip(from.0);
        within.flat_map(move |(at, log)| {
            let first = if at == from.0 { from.1 } else { 0 };
            let end = if at == upto.0 { upto.1 } else { u64::MAX };
            log.iter_within(first, end).map(|(_, entry)| entry)
        })
    }

    /// Forgets the entries before a place.
    pub(super) fn drop_front_to(&mut self, (part, ix): Place) {
        self.old.drain(..part);
        let first = self.old.first_mut().unwrap_or(&mut self.newest);
        first.drop_front_to(ix);
        self.old.retain(|log| !log.is_empty());
    }

    /// Puts `laid` in place of what stands from a place up to another.
    pub(super) fn relay(&mut self, from: Place, upto: Place, laid: Log<Entry>) {
        let mut front: Vec<Log<Entry>> = self.old.iter().take(from.0).cloned().collect();
        front.extend(self.part(from.0).map(|log| log.front_to(from.1)));
        front.push(laid);
        self.drop_front_to(upto);
        let mut all: Vec<Log<Entry>> = Vec::new();
        for log in front {
            match all.last_mut() {
                Some(small) if small.len() < SMALL => {
                    log.iter().for_each(|entry| _ = small.push(entry))
                }
                _ if log.is_empty() => {}
                _ => all.push(log),
            }
        }
        self.old.splice(..0, all);
    }

    /// What they take, without what lies behind their pointers; `each` is for one that is not sealed [B].
    pub(super) fn bytes(&self, each: u64) -> u64 {
        let parts = self.old.iter().chain([&self.newest]);
        parts.map(|log| log.bytes(each)).sum()
    }

    /// Names the sealed chunks.
    pub(super) fn shared(&self, see: &mut See<'_>) {
        let parts = self.old.iter().chain([&self.newest]);
        parts.for_each(|log| log.shared(see));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::rng::Rng;
    use crate::services::talk::{Op, Parcel};

    fn entry(ordinal: u64) -> Entry {
        let parcel = Parcel {
            lane: 3,
            n: 1,
            first: ordinal,
            born: ordinal,
            span: 0,
            bytes_each: 9,
            op: Op::Count,
            flags: 0,
        };
        Entry {
            parcel,
            ordinal,
            arrived: ordinal,
            runs: None,
        }
    }

    fn numbers(entries: impl Iterator<Item = Entry>) -> Vec<u64> {
        entries.map(|entry| entry.ordinal).collect()
    }

    #[test]
    fn agrees_with_a_list_whatever_is_done() {
        let mut rng = Rng::stream(4, 0, "parts");
        let (mut parts, mut list, mut next, mut most) = (Parts::default(), Vec::new(), 0, 0);
        for _ in 0..60 {
            for _ in 0..rng.below(15_000) {
                parts.push(entry(next));
                list.push(next);
                next += 1;
            }
            let any = |rng: &mut Rng| list.get(rng.below(list.len() as u64 + 1) as usize).copied();
            let [a, b] = [any(&mut rng), any(&mut rng)].map(|one| one.unwrap_or(next));
            let (low, high) = (a.min(b), a.max(b));
            let [from, upto] = [low, high].map(|at| parts.partition_point(|one| one.ordinal < at));
            if rng.below(4) == 0 {
                parts.drop_front_to(from);
                list.retain(|at| *at >= low);
            } else {
                let mut laid = Log::new();
                for kept in list
                    .iter()
                    .filter(|at| (low..high).contains(*at) && **at % 3 == 0)
                {
                    laid.push(entry(*kept));
                }
                parts.relay(from, upto, laid);
                list.retain(|at| !(low..high).contains(at) || at % 3 == 0);
            }
            most = most.max(parts.old.len());
            assert_eq!(numbers(parts.iter_from(parts.start())), list);
            assert_eq!(parts.first().map(|one| one.ordinal), list.first().copied());
            let middle = parts.partition_point(|one| one.ordinal < low);
            let below = list.iter().filter(|at| **at < low);
            assert_eq!(
                numbers(parts.between(parts.start(), middle)),
                below.copied().collect::<Vec<_>>()
            );
            let before = parts.before(middle).and_then(|at| parts.get(at));
            assert_eq!(
                before.map(|one| one.ordinal),
                list.iter().rev().find(|at| **at < low).copied()
            );
        }
        assert!(most > 2, "there are parts");
    }

    #[test]
    fn parts_that_nobody_touches_stay_where_they_are() {
        let mut parts = Parts::default();
        (0..40_000).for_each(|at| parts.push(entry(at)));
        let copy = parts.clone();
        let named = |parts: &Parts| {
            let mut names = Vec::new();
            parts.shared(&mut |name, _| names.push(name));
            names
        };
        let [from, upto] = [16_384, 24_576].map(|at| parts.partition_point(|one| one.ordinal < at));
        parts.relay(from, upto, Log::new());
        let shared = named(&copy)
            .into_iter()
            .filter(|name| named(&parts).contains(name));
        assert_eq!(
            shared.count(),
            named(&copy).len() - 1,
            "all groups but the one that went"
        );
        assert_ne!(Digest::of(&parts), Digest::of(&copy));
    }
}
