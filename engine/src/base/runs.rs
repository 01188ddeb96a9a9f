//! Runs of numbers of many lanes in order, in chunks that copies share.
//!
//! A chunk holds up to 256 runs as they are encoded, 20 bytes each: its digest is one write, its footprint one number,
//! and a copy of the whole costs a pointer a chunk. Whoever changes a chunk that a copy has too gets one of his own.
//!
//! ```text
//!   chunks  [0: 7..9, 13..14, ...] [0: 812..813, ... 2: 4..5] [2: 70..90, ...]
//! ```

use super::footprint::See;
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

/// Most runs of a chunk.
const CHUNK: usize = 256;
/// Bytes of a run: lane, first number, one past the last.
const BYTES: usize = 20;

/// A run as it is encoded.
type Run = [u8; BYTES];
/// Lane and first number: what runs are ordered by.
type Key = (u32, u64);

fn encode((lane, first): Key, past: u64) -> Run {
    let mut run = [0; BYTES];
    run[..4].copy_from_slice(&lane.to_le_bytes());
    run[4..12].copy_from_slice(&first.to_le_bytes());
    run[12..].copy_from_slice(&past.to_le_bytes());
    run
}

/// The number whose bytes stand from `at` on.
fn number(run: &Run, at: usize) -> u64 {
    let bytes = run[at..].first_chunk().copied();
    u64::from_le_bytes(bytes.unwrap_or_default())
}

fn key(run: &Run) -> Key {
    let lane = run.first_chunk().copied().unwrap_or_default();
    (u32::from_le_bytes(lane), number(run, 4))
}

fn past(run: &Run) -> u64 {
    number(run, 12)
}

/// Runs in order, at least one.
#[derive(Clone, Debug)]
struct Chunk {
    /// The key of the first, so that a search among chunks reads only what stands side by side.
    first: Key,
    runs: Arc<Vec<Run>>,
}

impl Chunk {
    fn new(runs: Vec<Run>) -> Self {
        Self {
            first: key(&runs[0]),
            runs: Arc::new(runs),
        }
    }

    /// Its runs, to be changed; `put_first` must follow where the first one is another then.
    fn own(&mut self) -> &mut Vec<Run> {
        Arc::make_mut(&mut self.runs)
    }

    fn put_first(&mut self) {
        self.first = key(&self.runs[0]);
    }
}

/// Disjoint runs by lane and first number. Equal contents are equal and hash equally, however they are cut in chunks.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// None is empty.
    chunks: Vec<Chunk>,
    len: usize,
}

/// Where a run stands: chunk, place in it.
type Spot = (usize, usize);

impl Runs {
    /// How many.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The first place whose run has this key or a larger one; its chunk may be at its end.
    fn spot(&self, wanted: Key) -> Spot {
        let behind = self.chunks.partition_point(|chunk| chunk.first <= wanted);
        let Some(ix) = behind.checked_sub(1) else {
            return (0, 0);
        };
        let runs = &self.chunks[ix].runs;
        (ix, runs.partition_point(|run| key(run) < wanted))
    }

    fn get(&self, (chunk, place): Spot) -> Option<&Run> {
        self.chunks.get(chunk)?.runs.get(place)
    }

    /// The last run of a lane that begins before `end`: first number and one past its last.
    pub(super) fn before(&self, lane: u32, end: u64) -> Option<(u64, u64)> {
        let (chunk, place) = self.spot((lane, end));
        let run = match place.checked_sub(1) {
            Some(place) => &self.chunks[chunk].runs[place],
            None => self.chunks.get(chunk.checked_sub(1)?)?.runs.last()?,
        };
        let (of, first) = key(run);
        (of == lane).then(|| (first, past(run)))
    }

    /// The runs of a lane that begin in a range, in order.
    pub(super) fn within(&self, lane: u32, range: Range<u64>) -> impl Iterator<Item = Range<u64>> {
        let from = self.spot((lane, range.start));
        self.iter_from(from)
            .take_while(move |(of, run)| *of == lane && run.start < range.end)
            .map(|(_, run)| run)
    }

    /// All, by lane and in order within each.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u32, Range<u64>)> {
        self.iter_from((0, 0))
    }

    fn iter_from(&self, (chunk, place): Spot) -> impl Iterator<Item = (u32, Range<u64>)> {
        let here = self
            .chunks
            .get(chunk)
            .map_or(&[][..], |all| &all.runs[place..]);
        let behind = self.chunks.iter().skip(chunk + 1);
        let all = here
            .iter()
            .chain(behind.flat_map(|chunk| chunk.runs.iter()));
        all.map(|run| {
            let (lane, first) = key(run);
            (lane, first..past(run))
        })
    }

    /// Adds a run, which touches none that is there.
    pub(super) fn insert(&mut self, lane: u32, run: Range<u64>) {
        let wanted = (lane, run.start);
        let (ix, place) = self.spot(wanted);
        let run = encode(wanted, run.end);
        self.len += 1;
        let Some(chunk) = self.chunks.get_mut(ix) else {
            self.chunks.push(Chunk::new(vec![run]));
            return;
        };
        if chunk.runs.len() < CHUNK {
            chunk.own().insert(place, run);
            chunk.put_first();
        } else if place == CHUNK {
            // numbers come in order: what is full stays full
            self.chunks.insert(ix + 1, Chunk::new(vec![run]));
        } else {
            let mut upper = chunk.own().split_off(CHUNK / 2);
            match place.checked_sub(CHUNK / 2) {
                Some(place) => upper.insert(place, run),
                None => chunk.own().insert(place, run),
            }
            chunk.put_first();
            self.chunks.insert(ix + 1, Chunk::new(upper));
        }
    }

    /// Puts the end of the run that begins there further back; it touches none then.
    pub(super) fn stretch(&mut self, lane: u32, first: u64, past: u64) {
        let (ix, place) = self.spot((lane, first));
        if self.get((ix, place)).map(key) == Some((lane, first)) {
            self.chunks[ix].own()[place] = encode((lane, first), past);
        }
    }

    /// Takes the run out that begins there.
    pub(super) fn remove(&mut self, lane: u32, first: u64) {
        let (ix, place) = self.spot((lane, first));
        if self.get((ix, place)).map(key) != Some((lane, first)) {
            return;
        }
        self.len -= 1;
        let chunk = &mut self.chunks[ix];
        if chunk.runs.len() == 1 {
            self.chunks.remove(ix);
            return;
        }
        chunk.own().remove(place);
        chunk.put_first();
        let left = chunk.runs.len();
        let joins = |other: &Chunk| left + other.runs.len() <= CHUNK / 2;
        if self.chunks.get(ix + 1).is_some_and(joins) {
            let next = self.chunks.remove(ix + 1);
            self.chunks[ix].own().extend(next.runs.iter());
        }
    }

    /// Names the chunks, which copies share, with what each takes by the measure of a footprint.
    pub(super) fn shared(&self, see: &mut See<'_>) {
        for chunk in &self.chunks {
            let bytes = (chunk.runs.len() * BYTES) as u64;
            see(Arc::as_ptr(&chunk.runs) as usize, &|| bytes + bytes / 2);
        }
    }
}

impl PartialEq for Runs {
    fn eq(&self, other: &Self) -> bool {
        self.len == other.len && self.iter().eq(other.iter())
    }
}

impl Eq for Runs {}

impl Hash for Runs {
    /// As a map from (lane, first) to one past the last.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_usize(self.len);
        for chunk in &self.chunks {
            state.write(chunk.runs.as_flattened());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::digest::Digest;
    use crate::base::rng::Rng;
    use crate::base::sorted::SortedMap;

    fn agrees(runs: &Runs, model: &SortedMap<Key, u64>) {
        let all = model
            .iter()
            .map(|((lane, first), past)| (*lane, *first..*past));
        assert!(runs.iter().eq(all), "the same runs");
        assert_eq!(runs.len(), model.len());
        assert_eq!(Digest::of(runs), Digest::of(model), "and the same encoding");
        assert!(runs.chunks.iter().all(|chunk| {
            (1..=CHUNK).contains(&chunk.runs.len()) && chunk.first == key(&chunk.runs[0])
        }));
    }

    #[test]
    fn agrees_with_a_map() {
        let mut rng = Rng::stream(6, 0, "runs");
        let (mut runs, mut model) = (Runs::default(), SortedMap::new());
        for step in 0..20_000 {
            let (lane, first) = (rng.below(3) as u32, rng.below(2_000) * 2);
            // grows, then shrinks
            if rng.below(3) < u64::from(step < 10_000) + u64::from(step % 2 == 0) {
                // one that is there gets longer or shorter, and touches no other
                let past = first + 1 + rng.below(2) * u64::from(model.contains_key(&(lane, first)));
                let past = past.min(first + 1 + u64::from(!model.contains_key(&(lane, first + 2))));
                match model.insert((lane, first), past) {
                    None => runs.insert(lane, first..past),
                    Some(_) => runs.stretch(lane, first, past),
                }
            } else {
                model.remove(&(lane, first));
                runs.remove(lane, first);
            }
            let end = rng.below(4_000);
            let before = model.range((lane, 0)..(lane, end)).next_back();
            let before = before.map(|((_, first), past)| (*first, *past));
            assert_eq!(runs.before(lane, end), before);
            let within = model.range((lane, first)..(lane, end.max(first)));
            let within = within.map(|((_, first), past)| *first..*past);
            assert!(runs.within(lane, first..end.max(first)).eq(within));
            if step % 500 == 0 {
                agrees(&runs, &model);
            }
        }
        agrees(&runs, &model);
    }

    #[test]
    fn a_copy_shares_what_did_not_change() {
        let mut runs = Runs::default();
        (0..10_000).for_each(|n| runs.insert(0, 2 * n..2 * n + 1));
        assert_eq!(
            runs.chunks.len(),
            40,
            "what comes in order fills its chunks"
        );
        let copy = runs.clone();
        runs.remove(0, 0);
        runs.insert(7, 0..1);
        let mut pieces = crate::base::sorted::SortedSet::new();
        copy.shared(&mut |piece, _| assert!(pieces.insert(piece)));
        let mut fresh = 0;
        runs.shared(&mut |piece, _| fresh += u64::from(!pieces.contains(&piece)));
        assert_eq!(fresh, 2, "the first one and the last one");
        assert_eq!(copy.len(), 10_000);
    }
}
