//! Pending events, ordered by (time, sequence): equal times keep the order of scheduling.
//!
//! ```text
//!   after 0 us    | e e e          what is asked for at this instant: first in, first out
//!   after 20 s    | e e e e e e    timers of one span come due in the order in which they were set
//!   ...
//!   heap            e   e  e       all others
//! ```
//!
//! What is scheduled after one and the same span is in order already, so it stands in a lane of its
//! own and no heap is sifted for it. There are a few lanes; a span whose lane is in use by another
//! one goes to the heap. Entries have 16 bytes; the signals lie in a slab beside them, so that
//! little memory moves. A slot number is the low 24 bits of the second word, the sequence the high 40.

use crate::base::time::Us;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hash::{Hash, Hasher};

const SLOT_BITS: u32 = 24;
const SLOT_MASK: u64 = (1 << SLOT_BITS) - 1;

/// The largest number of pending events that a queue can hold.
pub(super) const SLOTS_MAX: u64 = SLOT_MASK;

/// Lanes for spans above 0, a power of two.
const LANES: usize = 8;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    at: Us,
    /// Sequence in the high bits, slot in the low: compared, the sequence decides.
    order: u64,
}

/// Behind all events.
const NEVER: Key = Key {
    at: Us::MAX,
    order: u64::MAX,
};

/// Events that were all scheduled after one span, hence in order.
#[derive(Clone, Debug, Default)]
struct Lane {
    span: Us,
    keys: VecDeque<Key>,
}

/// Pending signals in order of (time, sequence).
#[derive(Clone, Debug)]
pub struct Queue<S> {
    heap: BinaryHeap<Reverse<Key>>,
    /// The first one for what is due at once.
    lanes: [Lane; LANES + 1],
    /// A bit for each lane that holds something.
    used: u32,
    /// The first key of all lanes, and its lane.
    first: (Key, usize),
    slots: Vec<Option<S>>,
    free: Vec<u32>,
    next_sequence: u64,
    /// Time of the last event that was taken [us]: spans are counted from it.
    now: Us,
}

impl<S> Default for Queue<S> {
    fn default() -> Self {
        Self {
            heap: BinaryHeap::new(),
            lanes: Default::default(),
            used: 0,
            first: (NEVER, 0),
            slots: Vec::new(),
            free: Vec::new(),
            next_sequence: 0,
            now: 0,
        }
    }
}

/// The lane of a span.
fn lane_of(span: Us) -> usize {
    if span == 0 {
        return 0;
    }
    // the high bits of a product with an odd number depend on all bits of the span
    let mixed = span.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - LANES.trailing_zeros());
    1 + mixed as usize
}

impl<S> Queue<S> {
    /// Schedules `signal` at `at`, behind all that was scheduled for that time before.
    #[inline]
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
        self.enter(Key { at, order });
    }

    /// Puts a key into the lane of its span, or into the heap if another span has that lane.
    #[inline]
    fn enter(&mut self, key: Key) {
        let Some(span) = key.at.checked_sub(self.now) else {
            return self.heap.push(Reverse(key));
        };
        let ix = lane_of(span);
        let lane = &mut self.lanes[ix];
        if lane.keys.is_empty() {
            lane.span = span;
            self.used |= 1 << ix;
            if key < self.first.0 {
                self.first = (key, ix);
            }
        } else if lane.span != span {
            return self.heap.push(Reverse(key));
        }
        lane.keys.push_back(key);
    }

    /// The key of the next event.
    #[inline]
    fn peek(&self) -> Key {
        let heap = self.heap.peek().map_or(NEVER, |Reverse(key)| *key);
        heap.min(self.first.0)
    }

    /// The time of the next event.
    #[must_use]
    pub fn next_at(&self) -> Option<Us> {
        Some(self.peek())
            .filter(|key| *key != NEVER)
            .map(|key| key.at)
    }

    /// Takes the next event if it lies at or before `until`.
    #[inline]
    pub fn pop_until(&mut self, until: Us) -> Option<(Us, S)> {
        let key = self.peek();
        if key.at > until || key == NEVER {
            return None;
        }
        if key == self.first.0 {
            self.leave(self.first.1);
        } else {
            self.heap.pop();
        }
        self.now = key.at;
        let slot = key.order & SLOT_MASK;
        let signal = self.slots[slot as usize].take()?;
        self.free.push(slot as u32);
        Some((key.at, signal))
    }

    /// Takes the first key of a lane away, and finds the first one of all lanes.
    #[inline]
    fn leave(&mut self, ix: usize) {
        let keys = &mut self.lanes[ix].keys;
        keys.pop_front();
        if keys.is_empty() {
            self.used &= !(1 << ix);
        }
        let (mut first, mut left) = ((NEVER, 0), self.used);
        while left != 0 {
            let ix = left.trailing_zeros() as usize;
            left &= left - 1;
            if let Some(key) = self.lanes[ix].keys.front()
                && *key < first.0
            {
                first = (*key, ix);
            }
        }
        self.first = first;
    }

    /// How many events are pending.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// Whether nothing is pending.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All pending signals, in no particular order.
    pub fn iter_unordered(&self) -> impl Iterator<Item = &S> {
        self.slots.iter().flatten()
    }
}

/// The keys in order: dealt out by time into about as many heaps as there are keys, each then put in
/// order. Keys that are spread over time come out nearly in order, which is quicker than sorting them
/// all; crowded ones are sorted.
fn in_order(keys: &[Key]) -> Vec<Key> {
    let (mut least, mut most) = (Us::MAX, Us::MIN);
    for key in keys {
        (least, most) = (least.min(key.at), most.max(key.at));
    }
    let bits = usize::BITS - keys.len().leading_zeros();
    let shift = (Us::BITS - most.saturating_sub(least).leading_zeros()).saturating_sub(bits);
    let mut ends = vec![0_u32; 1 << bits];
    let mask = ends.len() - 1;
    let heap_of = |key: &Key| (key.at.wrapping_sub(least) >> shift) as usize & mask;
    for key in keys {
        ends[heap_of(key)] += 1;
    }
    let mut end = 0;
    for count in &mut ends {
        end += *count;
        *count = end;
    }
    let mut dealt = vec![NEVER; keys.len()];
    for key in keys {
        // from a heap's end to its start, which is the end of the one before it
        let place = &mut ends[heap_of(key)];
        *place -= 1;
        dealt[*place as usize] = *key;
    }
    let tops = ends.iter().skip(1).map(|start| *start as usize);
    let mut from = 0;
    for to in tops.chain([keys.len()]) {
        if to - from > 1 {
            dealt[from..to].sort_unstable();
        }
        from = to;
    }
    dealt
}

impl<S: Hash> Hash for Queue<S> {
    /// Hashes the events in their order, not the slots: where a signal lies is no part of the world.
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut keys: Vec<Key> = Vec::with_capacity(self.len());
        keys.extend(self.heap.iter().map(|Reverse(key)| *key));
        for lane in &self.lanes {
            keys.extend(&lane.keys);
        }
        let keys = in_order(&keys);
        (keys.len() as u64).hash(state);
        for key in keys {
            key.at.hash(state);
            // a key stands for a signal: there is no need to write whether one is there
            if let Some(signal) = &self.slots[(key.order & SLOT_MASK) as usize] {
                signal.hash(state);
            }
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

    #[test]
    fn keys_come_in_order_however_they_lie_in_time() {
        use crate::base::rng::Rng;
        let mut rng = Rng::stream(6, 0, "keys");
        for round in 0..200_u64 {
            // spread, crowded, some far from all others, all at once, up to the end of time
            let span = [1, 50, 1_000_003, 1 << 40, Us::MAX][round as usize % 5];
            let mut keys: Vec<Key> = (0..rng.below(300))
                .map(|order| Key {
                    at: rng.below(span) >> rng.below(64),
                    order,
                })
                .collect();
            keys.reverse();
            let mut sorted = keys.clone();
            sorted.sort_unstable();
            assert_eq!(
                in_order(&keys),
                sorted,
                "{} keys within {span} us",
                keys.len()
            );
        }
    }

    #[test]
    fn lanes_and_heap_give_the_order_of_a_plain_list() {
        use crate::base::rng::Rng;
        let mut rng = Rng::stream(5, 0, "queue");
        let spans = [0, 0, 3, 20, 20, 1_000];
        let (mut queue, mut plain, mut now) = (Queue::default(), Vec::new(), 0);
        for n in 0..5_000_u64 {
            for _ in 0..rng.below(3) {
                let span = match rng.below(4) {
                    0 => rng.below(50),
                    _ => spans[rng.below(spans.len() as u64) as usize],
                };
                queue.push(now + span, n);
                plain.push((now + span, n));
            }
            let until = now + rng.below(30);
            let first = plain.iter().enumerate().min_by_key(|(_, (at, _))| *at);
            let first = first.filter(|(_, (at, _))| *at <= until);
            let expected = first.map(|(ix, one)| (ix, *one));
            if let Some((ix, _)) = expected {
                plain.remove(ix);
            }
            assert_eq!(queue.pop_until(until), expected.map(|(_, one)| one));
            assert_eq!(queue.len(), plain.len());
            let next = plain.iter().map(|(at, _)| *at).min();
            assert_eq!(queue.next_at(), next);
            now = expected.map_or(now, |(_, (at, _))| at);
        }
        assert!(plain.len() > 100, "much was pending");
    }
}
