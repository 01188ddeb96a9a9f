//! What a FIFO queue remembers of the last five minutes, so that it keeps the first of two equal
//! messages only.
//!
//! A record that a source puts is known by its number in its lane, for the source gives each event
//! an id of its own and sends it again under the same one. Messages with attributes of their own
//! are known by their deduplication id, or by their body.

use crate::base::time::Us;
use crate::services::talk::Parcel;
use std::collections::{BTreeMap, VecDeque};

/// A deduplication id and the scope in which it counts (0: the queue).
type Key = (u64, u64);

/// What was sent lately.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Memory {
    /// By lane and first record number: behind the last one, and when it was sent [us].
    numbers: BTreeMap<(u32, u64), (u64, Us)>,
    ids: BTreeMap<Key, Us>,
    /// In the order in which they are forgotten.
    numbers_by_age: VecDeque<(Us, u32, u64)>,
    ids_by_age: VecDeque<(Us, Key)>,
}

impl Memory {
    /// Forgets what was sent `interval` ago and earlier.
    pub(super) fn forget(&mut self, now: Us, interval: Us) {
        let old = |at: Us| at.saturating_add(interval) <= now;
        while let Some((at, lane, first)) = self.numbers_by_age.front().copied()
            && old(at)
        {
            self.numbers_by_age.pop_front();
            self.numbers.remove(&(lane, first));
        }
        while let Some((at, key)) = self.ids_by_age.front().copied()
            && old(at)
        {
            self.ids_by_age.pop_front();
            self.ids.remove(&key);
        }
    }

    /// Cuts records into those that are new, and remembers them, and those that came before.
    pub(super) fn sift(&mut self, parcel: &Parcel, now: Us) -> (Vec<Parcel>, Vec<Parcel>) {
        let (mut new, mut again) = (Vec::new(), Vec::new());
        let (mut at, end) = parcel.range();
        while at < end {
            let known = self.numbers.range(..=(parcel.lane, at)).next_back();
            let known = known.filter(|((lane, _), (past, _))| *lane == parcel.lane && *past > at);
            let next = match known {
                Some((_, (past, _))) => (*past).min(end),
                None => {
                    let later = self.numbers.range((parcel.lane, at)..(parcel.lane, end));
                    later.map(|((_, first), _)| *first).next().unwrap_or(end)
                }
            };
            let part = parcel.part((at - parcel.first) as u32, (next - at) as u32);
            if known.is_some() {
                again.push(part);
            } else {
                new.push(part);
                self.numbers.insert((parcel.lane, at), (next, now));
                self.numbers_by_age.push_back((now, parcel.lane, at));
            }
            at = next;
        }
        (new, again)
    }

    /// Whether the id is new; remembers it then.
    pub(super) fn is_new(&mut self, key: Key, now: Us) -> bool {
        if self.ids.contains_key(&key) {
            return false;
        }
        self.ids.insert(key, now);
        self.ids_by_age.push_back((now, key));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::talk::Op;

    fn parcel(first: u64, n: u32) -> Parcel {
        Parcel {
            lane: 3,
            n,
            first,
            born: 0,
            span: 0,
            bytes_each: 1,
            op: Op::Count,
            flags: 0,
        }
    }

    #[test]
    fn knows_each_record_once_and_forgets_it_after_the_interval() {
        let mut memory = Memory::default();
        assert_eq!(memory.sift(&parcel(0, 4), 0).0, [parcel(0, 4)], "all new");
        assert_eq!(memory.sift(&parcel(6, 2), 1).0, [parcel(6, 2)], "all new");
        let (new, again) = memory.sift(&parcel(2, 8), 2);
        assert_eq!(new, [parcel(4, 2), parcel(8, 2)], "between and behind");
        assert_eq!(again, [parcel(2, 2), parcel(6, 2)], "known before");
        memory.forget(10, 10);
        let (new, again) = memory.sift(&parcel(0, 10), 10);
        assert_eq!(new, [parcel(0, 4)], "the first ones are forgotten");
        assert_eq!(again.iter().map(|p| p.n).sum::<u32>(), 6, "not the others");
    }

    #[test]
    fn an_id_counts_within_its_scope() {
        let mut memory = Memory::default();
        assert!(memory.is_new((0, 7), 0), "new");
        assert!(!memory.is_new((0, 7), 9), "known");
        assert!(memory.is_new((1, 7), 9), "another scope");
        memory.forget(10, 10);
        assert!(memory.is_new((0, 7), 10), "forgotten");
        assert!(!memory.is_new((1, 7), 10), "not yet forgotten");
    }
}
