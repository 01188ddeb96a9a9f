//! A log whose copies share what is sealed.
//!
//! Items are addressed by a number that never changes. 256 of them at a time are sealed behind an
//! `Arc`, laid out as their kind wants it ([`Item`]): nobody changes them any more, so they may lie
//! closer than in the tail. A copy of the log costs a list of groups of chunks and its tail, not
//! its items. Chunks begin at multiples of 256, so equal logs have equal chunks whatever happened
//! to them, and each sealed chunk knows its digest, so hashing a log costs chunks, not items.
//!
//! ```text
//! index   300 ..... 512 ............ 768 ............ 1024 .. 1090
//!         [ front  |  sealed chunk  |  sealed chunk  |  tail  )
//!         first_index                                        next_index
//! ```

mod groups;

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use super::digest::Digest;
use super::footprint::{PIECE_BYTES, See};
use groups::Chunks;

/// Items per chunk.
const CHUNK: u64 = 256;

/// What a log can hold.
pub trait Item: Clone + Hash {
    /// Items that nobody changes any more.
    type Sealed: Sealed<Self>;
}

/// Items in the order in which they were given, as they lie in a sealed chunk.
pub trait Sealed<T>: std::fmt::Debug {
    /// Lays them out.
    fn of(items: Vec<T>) -> Self;

    /// The item at a place.
    fn get(&self, place: usize) -> Option<T>;

    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there is none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What they take, without what lies behind their pointers; the same on 32 and on 64 bits [B].
    fn bytes(&self) -> u64;

    /// What lies behind their pointers [B].
    fn behind(&self) -> u64 {
        0
    }
}

/// As they are.
impl<T: Clone + std::fmt::Debug> Sealed<T> for Vec<T> {
    fn of(items: Vec<T>) -> Self {
        items
    }

    fn get(&self, place: usize) -> Option<T> {
        <[T]>::get(self, place).cloned()
    }

    fn len(&self) -> usize {
        Self::len(self)
    }

    fn bytes(&self) -> u64 {
        size_of_val::<[T]>(self) as u64
    }
}

/// Items from `first` to the next multiple of [`CHUNK`]; nobody changes them any more.
#[derive(Debug)]
struct Chunk<T: Item> {
    /// Index of the first item held.
    first: u64,
    items: T::Sealed,
    /// Made when it is first asked for: many chunks are gone before.
    digest: OnceLock<u64>,
}

/// An append-only log with cheap copies: see the module.
///
/// Its hash depends on its items and their indexes alone, and is the same on 32 and 64 bits.
#[derive(Clone, Debug)]
pub struct Log<T: Item> {
    /// Full chunks; some items of the first ones may be below `first`.
    chunks: Chunks<T>,
    /// The items after the last full chunk; the first ones may be below `first`.
    tail: Vec<T>,
    /// Index of the first item that counts.
    first: u64,
    /// Index of the next item.
    next: u64,
}

impl<T: Item> Default for Log<T> {
    fn default() -> Self {
        Self::starting_at(0)
    }
}

impl<T: Item> Log<T> {
    /// An empty log whose first item will have index 0.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty log whose first item will have index `first`.
    #[must_use]
    pub fn starting_at(first: u64) -> Self {
        Self {
            chunks: Chunks::default(),
            tail: Vec::new(),
            first,
            next: first,
        }
    }

    /// The index of the first item held; equal to `next_index` when there is none.
    #[must_use]
    pub fn first_index(&self) -> u64 {
        self.first
    }

    /// The index that the next item will have.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        self.next
    }

    /// How many items are held.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.next - self.first
    }

    /// Whether no item is held.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.first == self.next
    }

    /// The item at an index; nothing when it was dropped or is not there yet.
    #[must_use]
    pub fn get(&self, ix: u64) -> Option<T> {
        if ix < self.first || ix >= self.next {
            return None;
        }
        let tail_first = self.tail_first();
        if ix >= tail_first {
            return self.tail.get((ix - tail_first) as usize).cloned();
        }
        let chunk = self.chunks.get(ix)?;
        chunk.items.get((ix - chunk.first) as usize)
    }

    /// What `see` says of the item at an index, if it is there.
    pub fn see<R>(&self, ix: u64, see: impl FnOnce(&T) -> R) -> Option<R> {
        let place = ix.checked_sub(self.tail_first());
        match place.filter(|_| ix >= self.first) {
            Some(place) => self.tail.get(place as usize).map(see),
            None => self.get(ix).as_ref().map(see),
        }
    }

    /// The last item.
    #[must_use]
    pub fn last(&self) -> Option<T> {
        self.get(self.next.checked_sub(1)?)
    }

    /// The items from an index on, with their indexes; from the first when that is later.
    pub fn iter_from(&self, ix: u64) -> impl Iterator<Item = (u64, T)> {
        self.iter_within(ix, self.next)
    }

    /// The items from an index up to another, with their indexes, as far as they are held.
    pub fn iter_within(&self, from: u64, upto: u64) -> impl Iterator<Item = (u64, T)> {
        (from.max(self.first)..upto.min(self.next)).map_while(|at| Some((at, self.get(at)?)))
    }

    /// All items, without their indexes.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.iter_from(self.first).map(|(_, item)| item)
    }

    /// The first index whose item does not satisfy `holds`, which must hold for all before it and
    /// for none after; `next_index` when it holds for all. Soonest found near the end.
    pub fn partition_point(&self, mut holds: impl FnMut(&T) -> bool) -> u64 {
        let tail = self.live_tail();
        let sealed_end = self.next - tail.len() as u64;
        if tail.first().is_some_and(&mut holds) {
            return sealed_end + near_end(tail, holds) as u64;
        }
        let (mut low, mut high) = (self.first, sealed_end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(|item| holds(&item)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Forgets the items below `ix`; whole chunks are given back. Beyond the end it empties the
    /// log, and indexes go on as they were.
    pub fn drop_front_to(&mut self, ix: u64) {
        let ix = ix.min(self.next);
        if ix <= self.first {
            return;
        }
        let tail_first = self.tail_first();
        self.chunks.drop_below(ix);
        // what is left moves to the front only when it is less than what is gone
        let gone = ix.saturating_sub(tail_first) as usize;
        if gone * 2 >= self.tail.len() {
            self.tail.drain(..gone);
        }
        self.first = ix;
    }

    /// The items of the tail that count.
    fn live_tail(&self) -> &[T] {
        let gone = self.first.saturating_sub(self.tail_first());
        self.tail.get(gone as usize..).unwrap_or(&[])
    }

    /// What the log takes, without what lies behind the pointers of its items; `each` is for one that is not sealed
    /// [B].
    #[must_use]
    pub fn bytes(&self, each: u64) -> u64 {
        self.chunks.bytes() + self.live_tail().len() as u64 * each
    }

    /// Names what copies share of the sealed chunks.
    pub fn shared(&self, see: &mut See<'_>) {
        self.chunks.shared(self.first, see);
    }

    /// Index of the first item of the tail.
    fn tail_first(&self) -> u64 {
        self.next - self.tail.len() as u64
    }
}

impl<T: Item> Log<T> {
    /// Adds an item; gives its index.
    pub fn push(&mut self, item: T) -> u64 {
        let ix = self.next;
        self.tail.push(item);
        self.next += 1;
        if self.next.is_multiple_of(CHUNK) {
            let first = self.tail_first();
            let items = std::mem::take(&mut self.tail);
            self.chunks.push(Arc::new(Chunk {
                first,
                items: T::Sealed::of(items),
                digest: OnceLock::new(),
            }));
        }
        ix
    }

    /// The items below `ix`, as a log of its own that shares the groups.
    #[must_use]
    pub fn front_to(&self, ix: u64) -> Self {
        let chunks = self.chunks.groups_below(ix);
        let next = chunks.end().unwrap_or(self.first);
        let mut front = Self {
            chunks,
            tail: Vec::new(),
            first: self.first,
            next,
        };
        for (_, item) in self.iter_within(next, ix) {
            front.push(item);
        }
        front
    }
}

/// How many items satisfy `holds`, which must hold for none behind one for which it does not. Steps of twice the length
/// lead back from the end: readers mostly stand near it, and then touch little memory that they do not read anyway.
fn near_end<T>(items: &[T], mut holds: impl FnMut(&T) -> bool) -> usize {
    let (mut low, mut high) = (0, items.len());
    let mut step = 1;
    while let Some(at) = high.checked_sub(step) {
        if holds(&items[at]) {
            low = at + 1;
            break;
        }
        high = at;
        step *= 2;
    }
    low + items[low..high].partition_point(holds)
}

/// Items from a place on, one after the other, without the length that a slice would write.
struct Items<'a, T: Item>(&'a T::Sealed, usize);

impl<T: Item> Hash for Items<'_, T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let items = (self.1..self.0.len()).filter_map(|place| self.0.get(place));
        items.for_each(|item| item.hash(state));
    }
}

impl<T: Item> Chunk<T> {
    /// Index behind the last item.
    fn end(&self) -> u64 {
        (self.first / CHUNK + 1) * CHUNK
    }

    /// What it takes [B].
    fn bytes(&self) -> u64 {
        PIECE_BYTES + self.items.bytes()
    }

    /// The place of the first item that counts in a log that begins there, unless the chunk is whole.
    fn live(&self, first: u64) -> Option<usize> {
        let live = first.max(self.first);
        (!live.is_multiple_of(CHUNK)).then_some((live - self.first) as usize)
    }
}

impl<T: Item> Hash for Log<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.first);
        state.write_u64(self.next);
        for chunk in self.chunks.iter_from(self.first) {
            if let Some(from) = chunk.live(self.first) {
                Items::<T>(&chunk.items, from).hash(state);
            } else {
                let digest = chunk
                    .digest
                    .get_or_init(|| Digest::of(&Items::<T>(&chunk.items, 0)));
                state.write_u64(*digest);
            }
        }
        self.live_tail().iter().for_each(|item| item.hash(state));
    }
}

impl<T: Item + PartialEq> PartialEq for Log<T> {
    fn eq(&self, other: &Self) -> bool {
        (self.first, self.next) == (other.first, other.next) && self.iter().eq(other.iter())
    }
}

impl<T: Item + Eq> Eq for Log<T> {}

#[cfg(test)]
mod tests;
