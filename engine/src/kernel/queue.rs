//! Pending events, ordered by (time, sequence): equal times keep the order of scheduling.
//!
//! The heap holds entries of 16 bytes; the signals lie in a slab beside it, so that sifting moves
//! little memory. A slot number is the low 24 bits of the second word, the sequence the high 40.

use crate::base::time::Us;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hash::{Hash, Hasher};

const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// The largest number of pending events that a queue can hold.
pub(super) const SLOTS_MAX: u64 = SLOT_MASK;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: Us,
    /// Sequence in the high bits, slot in the low: compared, the sequence decides.
    order: u64,
}

/// Pending signals in order of (time, sequence).
#[derive(Clone, Debug)]
pub struct Queue<S> {
    heap: BinaryHeap<Reverse<Key>>,
    slots: Vec<Option<S>>,
    free: Vec<u32>,
    next_sequence: u64,
}

impl<S> Default for Queue<S> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            slots: Vec::new(),
            free: Vec::new(),
            next_sequence: 0,
        }
    }
}

impl<S> Queue<S> {
    /// Schedules `signal` at `at`, behind all that was scheduled for that time before.
    pub fn push(&mut self, at: Us, signal: S) {
        let slot = match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(signal);
                slot
            }
            None => {
                self.slots.push(Some(signal));
                u32::try_from(self.slots.len() - 1).expect("the kernel limits pending events")
            }
        };
        let order = (self.next_sequence << SLOT_BITS) | u64::from(slot);
        self.next_sequence += 1;
        self.heap.push(Reverse(Key { at, order }));
    }

    /// The time of the next event.
    #[must_use]
    pub fn next_at(&self) -> Option<Us> {
        self.heap.peek().map(|Reverse(key)| key.at)
    }

    /// Takes the next event if it lies at or before `until`.
    pub fn pop_until(&mut self, until: Us) -> Option<(Us, S)> {
        if self.heap.peek()?.0.at > until {
            return None;
        }
        let Reverse(key) = self.heap.pop()?;
        let slot = key.order & SLOT_MASK;
        let signal = self.slots[slot as usize].take()?;
        self.free.push(slot as u32);
        Some((key.at, signal))
    }

    /// How many events are pending.
    #[must_use]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether nothing is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// All pending signals, in no particular order.
    pub fn iter_unordered(&self) -> impl Iterator<Item = &S> {
        self.slots.iter().flatten()
    }
}

impl<S: Hash> Hash for Queue<S> {
    /// Hashes the events in their order, not the slots: where a signal lies is no part of the world.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut keys: Vec<Key> = self.heap.iter().map(|Reverse(key)| *key).collect();
        keys.sort_unstable();
        (keys.len() as u64).hash(state);
        for key in keys {
            key.at.hash(state);
            self.slots[(key.order & SLOT_MASK) as usize].hash(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_times_keep_the_order_of_scheduling() {
        let mut queue = Queue::default();
        for (at, name) in [(5, 'b'), (1, 'a'), (5, 'c'), (9, 'e'), (5, 'd')] {
            queue.push(at, name);
        }
        let mut seen = String::new();
        while let Some((_, name)) = queue.pop_until(9) {
            seen.push(name);
        }
        assert_eq!(seen, "abcde", "time first, then the order of scheduling");
    }

    #[test]
    fn nothing_after_the_limit_is_taken() {
        let mut queue = Queue::default();
        queue.push(10, ());
        assert_eq!(queue.pop_until(9), None, "10 is after 9");
        assert_eq!(queue.pop_until(10), Some((10, ())), "10 is not after 10");
    }

    #[test]
    fn digest_does_not_depend_on_slots() {
        use crate::base::digest::Digest;
        let mut one = Queue::default();
        one.push(1, 7_u32);
        one.push(2, 8);
        one.push(3, 9);
        one.pop_until(1);
        one.push(4, 10); // takes the freed slot
        let mut two = Queue::default();
        two.push(2, 8_u32);
        two.push(3, 9);
        two.push(4, 10);
        assert_eq!(
            Digest::of(&one),
            Digest::of(&two),
            "same events, other slots"
        );
    }
}
