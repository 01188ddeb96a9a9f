//! A list that mostly has one item, which then needs no memory of its own.
//!
//! Requests and answers carry runs of records, most often one. It hashes as a `Vec` with the same
//! items does, so that state may hold either.

use std::hash::{Hash, Hasher};
use std::ops::{Deref, DerefMut};

/// A list that holds its only item in place.
#[derive(Clone, Debug)]
pub enum Few<T> {
    /// One item.
    One([T; 1]),
    /// None, or several.
    Many(Vec<T>),
}

impl<T> Few<T> {
    /// No item.
    #[must_use]
    pub const fn new() -> Self {
        Self::Many(Vec::new())
    }

    /// One item.
    #[must_use]
    pub const fn one(item: T) -> Self {
        Self::One([item])
    }

    /// Adds an item at the end.
    #[inline]
    pub fn push(&mut self, item: T) {
        match self {
            Self::Many(list) if list.capacity() > 0 => list.push(item),
            Self::Many(_) => *self = Self::one(item),
            Self::One(_) => {
                let mut list = std::mem::take(self).into_vec();
                list.push(item);
                *self = Self::Many(list);
            }
        }
    }

    /// Takes the item at a place out.
    ///
    /// # Panics
    /// If there is none.
    pub fn remove(&mut self, ix: usize) -> T {
        let mut list = std::mem::take(self).into_vec();
        let gone = list.remove(ix);
        *self = list.into_iter().collect();
        gone
    }

    /// The items as a list of their own.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        match self {
            Self::One(item) => item.into(),
            Self::Many(list) => list,
        }
    }
}

impl<T> Default for Few<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match self {
            Self::One(item) => item,
            Self::Many(list) => list,
        }
    }
}

impl<T> DerefMut for Few<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match self {
            Self::One(item) => item,
            Self::Many(list) => list,
        }
    }
}

impl<T: PartialEq> PartialEq for Few<T> {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl<T: Eq> Eq for Few<T> {}

impl<T: Hash> Hash for Few<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T> From<Vec<T>> for Few<T> {
    fn from(list: Vec<T>) -> Self {
        Self::Many(list)
    }
}

impl<T> FromIterator<T> for Few<T> {
    #[inline]
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let mut items = items.into_iter();
        let Some(first) = items.next() else {
            return Self::new();
        };
        let Some(second) = items.next() else {
            return Self::one(first);
        };
        let mut list = Vec::with_capacity(2 + items.size_hint().0);
        list.extend([first, second]);
        list.extend(items);
        Self::Many(list)
    }
}

impl<T> Extend<T> for Few<T> {
    #[inline]
    fn extend<I: IntoIterator<Item = T>>(&mut self, items: I) {
        for item in items {
            self.push(item);
        }
    }
}

/// The items of a [`Few`], one by one.
#[derive(Debug)]
pub enum IntoIter<T> {
    /// Of one item.
    One(std::array::IntoIter<T, 1>),
    /// Of several.
    Many(std::vec::IntoIter<T>),
}

impl<T> Iterator for IntoIter<T> {
    type Item = T;

    #[inline]
    fn next(&mut self) -> Option<T> {
        match self {
            Self::One(items) => items.next(),
            Self::Many(items) => items.next(),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match self {
            Self::One(items) => items.size_hint(),
            Self::Many(items) => items.size_hint(),
        }
    }
}

impl<T> IntoIterator for Few<T> {
    type Item = T;
    type IntoIter = IntoIter<T>;

    #[inline]
    fn into_iter(self) -> IntoIter<T> {
        match self {
            Self::One(item) => IntoIter::One(item.into_iter()),
            Self::Many(list) => IntoIter::Many(list.into_iter()),
        }
    }
}

impl<'a, T> IntoIterator for &'a Few<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    #[inline]
    fn into_iter(self) -> std::slice::Iter<'a, T> {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;

    #[test]
    fn it_is_the_list_of_its_items() {
        for n in 0..5_u32 {
            let list: Vec<u32> = (0..n).collect();
            let gathered: Few<u32> = (0..n).collect();
            let (mut pushed, mut extended) = (Few::new(), Few::new());
            (0..n).for_each(|item| pushed.push(item));
            extended.extend(0..n);
            for few in [gathered, pushed, extended, list.clone().into()] {
                assert_eq!(few[..], list[..]);
                assert_eq!(few, Few::from(list.clone()));
                assert_eq!(Digest::of(&few), Digest::of(&list), "hashes as a list");
                assert_eq!(few.clone().into_vec(), list);
                assert!(few.into_iter().eq(list.iter().copied()));
            }
        }
    }

    #[test]
    fn one_item_lies_in_place() {
        assert!(matches!([7].into_iter().collect::<Few<u8>>(), Few::One(_)));
        let mut few = Few::new();
        few.push(1_u8);
        assert!(matches!(few, Few::One(_)));
        few[0] = 9;
        few.push(2);
        assert_eq!(few[..], [9, 2]);
        assert_eq!((few.remove(0), &few[..]), (9, &[2][..]));
        assert!(matches!(few, Few::One(_)), "in place again");
        assert_eq!((few.remove(0), few.len()), (2, 0));
    }
}
