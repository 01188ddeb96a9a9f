//! A sorted map for state: short sorted lists instead of the nodes of a tree.
//!
//! ```text
//!   parts   [ 1 4 6 ] [ 9 12 ] [ 20 21 25 30 ]      each sorted, none empty beside others
//! ```
//!
//! Most maps of a run have a few entries: then there is one list, which keeps its memory while
//! entries come and go. Large ones cost a step more. It hashes as a `BTreeMap` with the same
//! entries does, so that state may hold either.

use std::hash::{Hash, Hasher};
use std::ops::{Bound, RangeBounds};

/// Bytes of a list, about: what lies behind an entry moves when it comes or goes.
const PART_BYTES: usize = 1_536;

/// Values by key, in order of the keys.
#[derive(Clone)]
pub struct Map<K, V> {
    parts: Vec<Vec<(K, V)>>,
    len: usize,
}

impl<K, V> Default for Map<K, V> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V> Map<K, V> {
    /// Most entries of a list.
    const PART: usize = {
        let fit = PART_BYTES / (size_of::<(K, V)>() + 1);
        if fit < 8 {
            8
        } else if fit > 64 {
            64
        } else {
            fit
        }
    };

    /// No entries.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            parts: Vec::new(),
            len: 0,
        }
    }

    /// How many entries there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Forgets all entries.
    pub fn clear(&mut self) {
        self.parts.truncate(1);
        if let Some(part) = self.parts.first_mut() {
            part.clear();
        }
        self.len = 0;
    }

    /// All entries in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        self.parts.iter().flatten().map(|(key, value)| (key, value))
    }

    /// All keys in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + Clone {
        self.parts.iter().flatten().map(|(key, _)| key)
    }

    /// All values in order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + Clone {
        self.parts.iter().flatten().map(|(_, value)| value)
    }

    /// All values in order of their keys, to change.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut V> {
        self.parts.iter_mut().flatten().map(|(_, value)| value)
    }

    /// All entries in order, the values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&K, &mut V)> {
        let entries = self.parts.iter_mut().flatten();
        entries.map(|(key, value)| (&*key, value))
    }

    /// The first entry.
    #[must_use]
    pub fn first_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next()
    }

    /// The last entry.
    #[must_use]
    pub fn last_key_value(&self) -> Option<(&K, &V)> {
        self.iter().next_back()
    }

    /// All values, the map is gone.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.into_iter().map(|(_, value)| value)
    }

    /// Takes the entry at a place out.
    fn take_at(&mut self, part: usize, at: usize) -> (K, V) {
        let entry = self.parts[part].remove(at);
        if self.parts[part].is_empty() && self.parts.len() > 1 {
            self.parts.remove(part);
        }
        self.len -= 1;
        entry
    }

    /// Takes the first entry out.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        (self.len > 0).then(|| self.take_at(0, 0))
    }

    /// Keeps the entries for which `keep` says so.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        for part in &mut self.parts {
            part.retain_mut(|(key, value)| keep(key, value));
        }
        self.len = self.parts.iter().map(Vec::len).sum();
        self.parts.retain(|part| !part.is_empty());
    }
}

impl<K: Ord, V> Map<K, V> {
    /// The list in which a key stands or belongs, and its place there.
    #[inline]
    fn find(&self, key: &K) -> (usize, Result<usize, usize>) {
        let part = match self.parts.len() {
            0 => return (0, Err(0)),
            1 => 0,
            // keys mostly grow: the last list and the last place first
            n if self.parts[n - 1][0].0 <= *key => n - 1,
            _ => self.parts[1..].partition_point(|part| part[0].0 <= *key),
        };
        let list = &self.parts[part];
        match list.last() {
            Some((last, _)) if last < key => (part, Err(list.len())),
            Some((last, _)) if last == key => (part, Ok(list.len() - 1)),
            _ => (part, list.binary_search_by(|(held, _)| held.cmp(key))),
        }
    }

    /// Puts an entry at its place.
    fn put(&mut self, part: usize, at: usize, entry: (K, V)) -> (usize, usize) {
        self.len += 1;
        if self.parts.is_empty() {
            self.parts.push(Vec::new());
        }
        let (mut part, mut at) = (part, at);
        if self.parts[part].len() == Self::PART {
            let all = at == Self::PART;
            let half = if all { at } else { Self::PART / 2 };
            let behind = self.parts[part].split_off(half);
            self.parts.insert(part + 1, behind);
            if at > half || all {
                (part, at) = (part + 1, at - half);
            }
        }
        self.parts[part].insert(at, entry);
        (part, at)
    }

    /// The value of a key.
    #[must_use]
    #[inline]
    pub fn get(&self, key: &K) -> Option<&V> {
        let (part, at) = self.find(key);
        let at = at.ok()?;
        Some(&self.parts[part][at].1)
    }

    /// The value of a key, to change.
    #[inline]
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        let (part, at) = self.find(key);
        let at = at.ok()?;
        Some(&mut self.parts[part][at].1)
    }

    /// Whether there is an entry with this key.
    #[must_use]
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).1.is_ok()
    }

    /// The value of a key, which `make` gives it if it has none.
    pub fn at_or(&mut self, key: K, make: impl FnOnce() -> V) -> &mut V {
        let (part, at) = match self.find(&key) {
            (part, Ok(at)) => (part, at),
            (part, Err(at)) => self.put(part, at, (key, make())),
        };
        &mut self.parts[part][at].1
    }

    /// The value of a key, its default if it has none.
    pub fn at(&mut self, key: K) -> &mut V
    where
        V: Default,
    {
        self.at_or(key, V::default)
    }

    /// Sets the value of a key; gives the one before.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.find(&key) {
            (part, Ok(at)) => Some(std::mem::replace(&mut self.parts[part][at].1, value)),
            (part, Err(at)) => {
                self.put(part, at, (key, value));
                None
            }
        }
    }

    /// Takes an entry out; gives its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let (part, at) = self.find(key);
        let at = at.ok()?;
        Some(self.take_at(part, at).1)
    }

    /// The entries with keys in a range, in order.
    pub fn range(
        &self,
        keys: impl RangeBounds<K>,
    ) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        let place = |bound: Bound<&K>, lower: bool| {
            let (key, behind) = match bound {
                Bound::Included(key) => (key, !lower),
                Bound::Excluded(key) => (key, lower),
                Bound::Unbounded if lower => return (0, 0),
                Bound::Unbounded => return (self.parts.len(), 0),
            };
            match self.find(key) {
                (part, Ok(at)) => (part, at + usize::from(behind)),
                (part, Err(at)) => (part, at),
            }
        };
        let (from, to) = (
            place(keys.start_bound(), true),
            place(keys.end_bound(), false),
        );
        let parts = self.parts.iter().enumerate();
        let parts = parts.skip(from.0).take((to.0 + 1).saturating_sub(from.0));
        parts.flat_map(move |(ix, part)| {
            let start = if ix == from.0 { from.1 } else { 0 };
            let end = if ix == to.0 { to.1 } else { part.len() };
            let part = part.get(start..end).unwrap_or(&[]);
            part.iter().map(|(key, value)| (key, value))
        })
    }
}

impl<K: std::fmt::Debug, V: std::fmt::Debug> std::fmt::Debug for Map<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: PartialEq, V: PartialEq> PartialEq for Map<K, V> {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl<K: Eq, V: Eq> Eq for Map<K, V> {}

impl<K: Hash, V: Hash> Hash for Map<K, V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        for entry in self.iter() {
            entry.hash(state);
        }
    }
}

impl<K, V> IntoIterator for Map<K, V> {
    type Item = (K, V);
    type IntoIter = std::iter::Flatten<std::vec::IntoIter<Vec<(K, V)>>>;

    fn into_iter(self) -> Self::IntoIter {
        self.parts.into_iter().flatten()
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Map<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Self::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::rng::Rng;
    use std::collections::BTreeMap;

    fn agrees(map: &Map<u64, u64>, tree: &BTreeMap<u64, u64>, rng: &mut Rng) {
        assert!(map.iter().eq(tree.iter()), "{map:?} {tree:?}");
        assert!(map.iter().rev().eq(tree.iter().rev()));
        assert_eq!((map.len(), map.is_empty()), (tree.len(), tree.is_empty()));
        assert_eq!(Digest::of(map), Digest::of(tree), "hashes as a tree");
        let several = map.parts.len() > 1;
        assert!(!several || map.parts.iter().all(|part| !part.is_empty()));
        assert!(
            map.parts
                .iter()
                .all(|part| part.len() <= Map::<u64, u64>::PART)
        );
        let (a, b) = (rng.below(620), rng.below(620));
        let (a, b) = (a.min(b), a.max(b) + 1);
        assert!(map.range(a..b).eq(tree.range(a..b)), "{a}..{b} of {tree:?}");
        assert!(map.range(..=a).eq(tree.range(..=a)));
        assert!(map.range(a + 1..).rev().eq(tree.range(a + 1..).rev()));
    }

    #[test]
    fn it_is_a_tree_by_its_entries() {
        let mut rng = Rng::stream(4, 0, "map");
        for most in [4, 60, 600] {
            let (mut map, mut tree) = (Map::new(), BTreeMap::new());
            for n in 0..4_000 {
                let key = rng.below(most);
                match rng.below(8) {
                    0..3 => assert_eq!(map.insert(key, n), tree.insert(key, n)),
                    3..5 => assert_eq!(map.remove(&key), tree.remove(&key)),
                    5 => {
                        *map.at(key) += 1;
                        *tree.entry(key).or_default() += 1;
                    }
                    6 => assert_eq!(map.pop_first(), tree.pop_first()),
                    _ => {
                        let keep = rng.below(40) > 0 || n % 7 == 0;
                        map.retain(|key, _| keep || key % 3 == 0);
                        tree.retain(|key, _| keep || key % 3 == 0);
                    }
                }
                assert_eq!(map.get(&key), tree.get(&key));
                assert_eq!(Map::<u64, u64>::new().get(&key), None);
                assert_eq!(map.get_mut(&key), tree.get_mut(&key));
                agrees(&map, &tree, &mut rng);
            }
            map.clear();
            assert_eq!(map, Map::new());
        }
    }

    #[test]
    fn keys_that_grow_fill_their_lists() {
        let map: Map<u32, ()> = (0..1_000).map(|key| (key, ())).collect();
        assert_eq!(map.parts.len(), 1_000_usize.div_ceil(Map::<u32, ()>::PART));
        assert!(map.into_iter().map(|(key, ())| key).eq(0..1_000));
    }
}
