//! A ring: a bounded queue that drops its oldest item and counts what it dropped.

use std::collections::VecDeque;
use std::collections::vec_deque;

/// The newest `limit` items pushed, and how many came before them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ring<T> {
    items: VecDeque<T>,
    limit: u32,
    dropped: u64,
}

impl<T> Ring<T> {
    /// An empty ring of at most `limit` items; a limit of 0 drops all that is pushed.
    #[must_use]
    pub fn new(limit: u32) -> Self {
        Self {
            items: VecDeque::new(),
            limit,
            dropped: 0,
        }
    }

    /// Adds the newest item; gives back the oldest when that had to make room.
    pub fn push(&mut self, item: T) -> Option<T> {
        self.items.push_back(item);
        if self.items.len() <= self.limit as usize {
            return None;
        }
        self.dropped += 1;
        self.items.pop_front()
    }

    /// Takes the oldest item out; it does not count as dropped.
    pub fn pop_front(&mut self) -> Option<T> {
        self.items.pop_front()
    }

    /// Removes all items without counting them as dropped.
    pub fn clear(&mut self) {
        self.items.clear();
    }

    /// How many items were dropped to make room.
    #[must_use]
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// The most items that it holds.
    #[must_use]
    pub fn limit(&self) -> u32 {
        self.limit
    }

    /// How many items it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether it holds none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The item at a place, the oldest at 0.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&T> {
        self.items.get(place)
    }

    /// The oldest item.
    #[must_use]
    pub fn front(&self) -> Option<&T> {
        self.items.front()
    }

    /// The newest item.
    #[must_use]
    pub fn back(&self) -> Option<&T> {
        self.items.back()
    }

    /// The newest item, to change in place.
    pub fn back_mut(&mut self) -> Option<&mut T> {
        self.items.back_mut()
    }

    /// The items, oldest first.
    pub fn iter(&self) -> vec_deque::Iter<'_, T> {
        self.items.iter()
    }
}

impl<'a, T> IntoIterator for &'a Ring<T> {
    type Item = &'a T;
    type IntoIter = vec_deque::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;

    #[test]
    fn the_oldest_goes_and_is_counted() {
        let mut ring = Ring::new(3);
        let out: Vec<_> = (0..5).map(|n| ring.push(n)).collect();
        assert_eq!(out, [None, None, None, Some(0), Some(1)]);
        assert_eq!(ring.iter().copied().collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!((ring.len(), ring.dropped(), ring.limit()), (3, 2, 3));
        assert_eq!(
            (ring.front(), ring.back(), ring.get(1)),
            (Some(&2), Some(&4), Some(&3))
        );
        assert_eq!(ring.pop_front(), Some(2));
        assert_eq!(ring.dropped(), 2);
    }

    #[test]
    fn a_limit_of_nothing_keeps_nothing() {
        let mut ring = Ring::new(0);
        assert_eq!(ring.push('a'), Some('a'));
        assert!(ring.is_empty());
        assert_eq!(ring.dropped(), 1);
    }

    #[test]
    fn content_and_losses_make_the_digest() {
        let filled = |from: u8| {
            let mut ring = Ring::new(2);
            (from..5).for_each(|n| _ = ring.push(n));
            ring
        };
        assert_eq!(Digest::of(&filled(1)), Digest::of(&filled(1)));
        // The same items are held, but one more was lost.
        assert_ne!(Digest::of(&filled(1)), Digest::of(&filled(2)));
    }
}
