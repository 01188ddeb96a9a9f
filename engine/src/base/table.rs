//! A map by small numbers that are handed out densely: lanes, nodes, wires.
//!
//! A value is found at its number at once. It hashes as a `BTreeMap` with the same entries does.

use std::hash::{Hash, Hasher};

/// Values by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table<V> {
    /// None is absent at the end.
    cells: Vec<Option<V>>,
    len: usize,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            cells: Vec::new(),
            len: 0,
        }
    }
}

impl<V> Table<V> {
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

    /// The value of a number, its default if it has none.
    #[inline]
    pub fn at(&mut self, number: u32) -> &mut V
    where
        V: Default,
    {
        let ix = number as usize;
        if self.cells.len() <= ix {
            self.cells.resize_with(ix + 1, || None);
        }
        let cell = &mut self.cells[ix];
        self.len += usize::from(cell.is_none());
        cell.get_or_insert_with(V::default)
    }

    /// The value of a number that has one.
    #[must_use]
    pub fn get(&self, number: u32) -> Option<&V> {
        self.cells.get(number as usize)?.as_ref()
    }

    /// All numbers that have a value, in order.
    pub fn keys(&self) -> impl Iterator<Item = u32> {
        self.iter().map(|(number, _)| number)
    }

    /// All entries in order.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &V)> {
        (0..)
            .zip(&self.cells)
            .filter_map(|(number, cell)| Some((number, cell.as_ref()?)))
    }
}

impl<V: Hash> Hash for Table<V> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        self.iter().for_each(|entry| entry.hash(state));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use std::collections::BTreeMap;

    #[test]
    fn it_is_a_tree_by_its_entries() {
        let (mut table, mut tree) = (Table::<u64>::default(), BTreeMap::<u32, u64>::new());
        for number in [4, 0, 9, 4, 2, 9] {
            *table.at(number) += u64::from(number) + 1;
            *tree.entry(number).or_default() += u64::from(number) + 1;
            assert_eq!((table.len(), table.is_empty()), (tree.len(), false));
            assert!(table.iter().eq(tree.iter().map(|(n, value)| (*n, value))));
            assert_eq!(Digest::of(&table), Digest::of(&tree), "hashes as a tree");
            assert!(table.keys().eq(tree.keys().copied()));
            assert!((0..12).all(|number| table.get(number) == tree.get(&number)));
        }
        assert_eq!(Digest::of(&Table::<u64>::default()), Digest::of(&0_u64));
    }
}
