//! The sealed chunks of a log: 32 at a time are a group, so that a copy costs a pointer a group.
//!
//! ```text
//! chunk    5 6 ... 31   32 ... 63   64 65 66
//!         [  group   ] [  group  ]  loose
//! ```

use super::{CHUNK, Chunk, Item, Items, Sealed};
use crate::base::footprint::{Footprint, PIECE_BYTES, Piece, See};
use std::sync::Arc;

/// Chunks of a group.
const CHUNKS: u64 = 32;
/// Items of a group.
pub(super) const GROUP: u64 = CHUNKS * CHUNK;
/// Bytes of a pointer on 64 bits.
const POINTER_BYTES: u64 = 8;

/// Chunks up to the next multiple of [`CHUNKS`]; nobody changes them any more.
#[derive(Debug)]
struct Group<T: Item> {
    chunks: Vec<Arc<Chunk<T>>>,
    /// What names it, and named its chunks while they were loose.
    name: Arc<()>,
    /// What the chunks take, without and with what lies behind pointers [B].
    bytes: [u64; 2],
}

impl<T: Item> Group<T> {
    /// Index behind the last item.
    fn end(&self) -> u64 {
        self.chunks.last().map_or(0, |chunk| chunk.end())
    }
}

/// Chunks, each at the multiple of 256 after that of the one before; the first may lack items in front.
#[derive(Clone, Debug)]
pub(super) struct Chunks<T: Item> {
    groups: Vec<Arc<Group<T>>>,
    loose: Vec<Arc<Chunk<T>>>,
    /// Names the loose ones.
    name: Arc<()>,
}

impl<T: Item> Default for Chunks<T> {
    fn default() -> Self {
        Self {
            groups: Vec::new(),
            loose: Vec::new(),
            name: Arc::new(()),
        }
    }
}

/// What chunks take, without and with what lies behind pointers [B].
fn bytes<T: Item>(chunks: &[Arc<Chunk<T>>]) -> [u64; 2] {
    chunks.iter().fold([0, 0], |[bytes, all], chunk| {
        let own = chunk.bytes();
        [bytes + own, all + own + chunk.items.behind()]
    })
}

impl<T: Item> Chunks<T> {
    /// Adds the next one.
    pub(super) fn push(&mut self, chunk: Arc<Chunk<T>>) {
        let full = (chunk.first / CHUNK + 1).is_multiple_of(CHUNKS);
        self.loose.push(chunk);
        if full {
            let chunks = std::mem::take(&mut self.loose);
            self.groups.push(Arc::new(Group {
                bytes: bytes(&chunks),
                chunks,
                name: std::mem::take(&mut self.name),
            }));
        }
    }

    /// The chunk that holds an index, if it is sealed.
    pub(super) fn get(&self, ix: u64) -> Option<&Chunk<T>> {
        let place = |chunks: &[Arc<Chunk<T>>]| {
            let first = chunks.first()?.first / CHUNK;
            (ix / CHUNK).checked_sub(first).map(|place| place as usize)
        };
        if let Some(group) = self.groups.first() {
            let first = group.chunks.first()?.first / GROUP;
            let group = (ix / GROUP).checked_sub(first)?;
            if let Some(group) = self.groups.get(group as usize) {
                return group.chunks.get(place(&group.chunks)?).map(Arc::as_ref);
            }
        }
        self.loose.get(place(&self.loose)?).map(Arc::as_ref)
    }

    /// Forgets those whose items are all below `ix`; of a group that is shared they go together.
    pub(super) fn drop_below(&mut self, ix: u64) {
        let gone = self.groups.partition_point(|group| group.end() <= ix);
        self.groups.drain(..gone);
        let gone = self.loose.partition_point(|chunk| chunk.end() <= ix);
        self.loose.drain(..gone);
    }

    /// Those with items at `first` or behind it, in order.
    pub(super) fn iter_from(&self, first: u64) -> impl Iterator<Item = &Chunk<T>> {
        let grouped = self.groups.iter().flat_map(|group| &group.chunks);
        let all = grouped.chain(&self.loose).map(Arc::as_ref);
        all.skip_while(move |chunk| chunk.end() <= first)
    }

    /// The groups whose items are all below `ix`.
    pub(super) fn groups_below(&self, ix: u64) -> Self {
        let whole = self.groups.partition_point(|group| group.end() <= ix);
        Self {
            groups: self.groups[..whole].to_vec(),
            ..Self::default()
        }
    }

    /// Index behind the last item of the last group.
    pub(super) fn end(&self) -> Option<u64> {
        Some(self.groups.last()?.end())
    }

    /// What they take, without what lies behind the pointers of items [B].
    pub(super) fn bytes(&self) -> u64 {
        let groups = self.groups.iter().map(|group| group.bytes[0]);
        groups.sum::<u64>() + bytes(&self.loose)[0]
    }

    /// Names the groups, which copies share, and the loose ones as the group that they will be; `first` is the first
    /// index that counts.
    pub(super) fn shared(&self, first: u64, see: &mut See<'_>) {
        let mut name = |name: &Arc<()>, bytes: u64, chunks: &[Arc<Chunk<T>>], pointers: u64| {
            let piece = Piece {
                encoded: &|| encoded(chunks, first).saturating_sub(pointers * POINTER_BYTES),
                bytes: &|| PIECE_BYTES + bytes,
            };
            see(Arc::as_ptr(name) as usize, piece);
        };
        for group in &self.groups {
            name(&group.name, group.bytes[1], &group.chunks, 1);
        }
        if !self.loose.is_empty() {
            let pointers = self.loose.len() as u64;
            name(&self.name, bytes(&self.loose)[1], &self.loose, pointers);
        }
    }
}

/// What a footprint counts of chunks: of whole ones the digest, of one that is not, which can only be the first that
/// counts, the items [B].
fn encoded<T: Item>(chunks: &[Arc<Chunk<T>>], first: u64) -> u64 {
    let place = (first / CHUNK).saturating_sub(chunks.first().map_or(0, |one| one.first / CHUNK));
    let live = chunks.get(place as usize..).unwrap_or(&[]);
    let part = live.first().and_then(|chunk| {
        let from = chunk.live(first)?;
        Some(Footprint::of(&Items::<T>(&chunk.items, from)))
    });
    let whole = live.len() as u64 - u64::from(part.is_some());
    whole * Footprint::of(&0_u64) + part.unwrap_or(0)
}
