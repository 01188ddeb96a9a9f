//! Runs of numbers of many lanes in order, in chunks that copies share.
//!
//! A chunk holds up to 256 runs of a lane that lie near each other, 4 bytes each: how far from the chunk's first number
//! one begins, and how long it is. A copy of the whole costs a pointer a chunk. Whoever changes a chunk that a copy has
//! too gets one of his own. A run that is too long for that stands alone.
//!
//! ```text
//!   chunks  lane 0 from 7: 7..9, 13..14, ...   lane 0 from 812: 812..813, ...   lane 2 from 4: 4..90,000
//! ```

use super::footprint::{PIECE_BYTES, Piece, See};
use std::hash::{Hash, Hasher};
use std::ops::Range;
use std::sync::Arc;

/// Most runs of a chunk.
const CHUNK: usize = 256;
/// Bytes of a run in its encoding: lane, first number, one past the last.
const ENCODED: usize = 20;
/// Runs that are encoded at a time.
const TOGETHER: usize = 16;

/// A run in its chunk: how far from the first number of the chunk it begins, and how long it is.
type Near = [u16; 2];
/// Lane and first number: what runs are ordered by.
type Key = (u32, u64);

/// A run in a chunk that begins at `base`, if it is near enough and short enough.
fn near(base: u64, run: &Range<u64>) -> Option<Near> {
    let from = u16::try_from(run.start.checked_sub(base)?).ok()?;
    let length = u16::try_from(run.end.checked_sub(run.start)?).ok()?;
    Some([from, length])
}

/// Runs of a lane in order, at least one.
#[derive(Clone, Debug)]
struct Chunk {
    lane: u32,
    /// First number of the first run.
    base: u64,
    /// One past the last number of the last run.
    past: u64,
    /// None: one run, from `base` to `past`, that is too long to be told here.
    runs: Arc<Vec<Near>>,
}

impl Chunk {
    fn new(lane: u32, run: &Range<u64>) -> Self {
        Self {
            lane,
            base: run.start,
            past: run.end,
            runs: Arc::new(near(run.start, run).into_iter().collect()),
        }
    }

    /// How many runs there are.
    fn count(&self) -> usize {
        self.runs.len().max(1)
    }

    /// The run at a place.
    fn run(&self, place: usize) -> Option<Range<u64>> {
        let Some([from, length]) = self.runs.get(place) else {
            let alone = place == 0 && self.runs.is_empty();
            return alone.then_some(self.base..self.past);
        };
        let start = self.base + u64::from(*from);
        Some(start..start + u64::from(*length))
    }

    /// All from a place on.
    fn from(&self, place: usize) -> impl Iterator<Item = Range<u64>> + '_ {
        (place..self.count()).filter_map(|place| self.run(place))
    }

    /// The first place whose run begins at `wanted` or behind it; may be at the end.
    fn place(&self, wanted: u64) -> usize {
        let off = wanted.saturating_sub(self.base);
        if self.runs.is_empty() {
            return usize::from(off > 0);
        }
        self.runs.partition_point(|run| u64::from(run[0]) < off)
    }

    /// Puts all runs of a list in place of those that are there; the first one begins at `base`.
    fn put(&mut self, base: u64, runs: Vec<Near>) {
        if let Some([from, length]) = runs.last() {
            (self.base, self.past) = (base, base + u64::from(*from) + u64::from(*length));
            self.runs = Arc::new(runs);
        }
    }

    /// The runs from a place on as they stand in a chunk that begins with the first of them.
    fn upper(&self, place: usize) -> (u64, Vec<Near>) {
        let first = self.runs.get(place).map_or(0, |run| run[0]);
        let runs = self.runs[place..].iter();
        let runs = runs.map(|[from, length]| [*from - first, *length]);
        (self.base + u64::from(first), runs.collect())
    }

    /// Puts one in at a place, if it has room here.
    fn insert(&mut self, place: usize, run: &Range<u64>) -> bool {
        let fits = place > 0 && !self.runs.is_empty() && self.runs.len() < CHUNK;
        let Some(near) = near(self.base, run).filter(|_| fits) else {
            return false;
        };
        let runs = Arc::make_mut(&mut self.runs);
        if runs.len() == runs.capacity() {
            // copies are made often, and most of one is not changed again
            runs.reserve_exact((runs.len() / 4).max(4).min(CHUNK - runs.len()));
        }
        runs.insert(place, near);
        self.past = self.past.max(run.end);
        true
    }
}

/// Disjoint runs by lane and first number. Equal contents are equal and hash equally, however they are cut in chunks.
#[derive(Clone, Debug, Default)]
pub(super) struct Runs {
    /// By lane and base.
    chunks: Vec<Chunk>,
    /// How many chunks lie below each lane, and behind the last one that ever had any.
    below: Vec<u32>,
    len: usize,
}

/// Where a run stands: chunk, place in it.
type Spot = (usize, usize);

impl Runs {
    /// How many runs there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// The places of a lane's chunks.
    fn of_lane(&self, lane: u32) -> Range<usize> {
        let below = |lane: usize| self.below.get(lane).map(|below| *below as usize);
        let from = below(lane as usize);
        from.map_or(self.chunks.len()..self.chunks.len(), |from| {
            from..below(lane as usize + 1).unwrap_or(self.chunks.len())
        })
    }

    /// Puts a chunk at a place.
    fn put_chunk(&mut self, ix: usize, chunk: Chunk) {
        let lanes = chunk.lane as usize + 2;
        if self.below.len() < lanes {
            self.below.resize(lanes, self.chunks.len() as u32);
        }
        let behind = &mut self.below[lanes - 1..];
        behind.iter_mut().for_each(|below| *below += 1);
        self.chunks.insert(ix, chunk);
    }

    /// Takes the chunk at a place away.
    fn take_chunk(&mut self, ix: usize) {
        let chunk = self.chunks.remove(ix);
        let behind = &mut self.below[chunk.lane as usize + 1..];
        behind.iter_mut().for_each(|below| *below -= 1);
    }

    /// The first place whose run has this key or a larger one; its chunk may be at its end.
    fn spot(&self, (lane, first): Key) -> Spot {
        let of_lane = self.of_lane(lane);
        let chunks = &self.chunks[of_lane.clone()];
        let behind = of_lane.start + chunks.partition_point(|chunk| chunk.base <= first);
        let Some(ix) = behind.checked_sub(1) else {
            return (0, 0);
        };
        let chunk = &self.chunks[ix];
        if chunk.lane == lane {
            (ix, chunk.place(first))
        } else {
            (ix, chunk.count())
        }
    }

    /// Where a run stands, if it is there.
    fn find(&self, lane: u32, first: u64) -> Option<Spot> {
        let (ix, place) = self.spot((lane, first));
        let chunk = self.chunks.get(ix).filter(|chunk| chunk.lane == lane)?;
        (chunk.run(place)?.start == first).then_some((ix, place))
    }

    /// The last run of a lane that begins before `end`: first number and one past its last.
    pub(super) fn before(&self, lane: u32, end: u64) -> Option<(u64, u64)> {
        let (chunk, place) = self.spot((lane, end));
        let (chunk, place) = match place.checked_sub(1) {
            Some(place) => (&self.chunks[chunk], place),
            None => {
                let chunk = self.chunks.get(chunk.checked_sub(1)?)?;
                (chunk, chunk.count() - 1)
            }
        };
        let run = chunk.run(place)?;
        (chunk.lane == lane).then_some((run.start, run.end))
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

    fn iter_from(&self, (ix, place): Spot) -> impl Iterator<Item = (u32, Range<u64>)> {
        let here = self.chunks.get(ix).into_iter();
        let here = here.flat_map(move |chunk| chunk.from(place).map(|run| (chunk.lane, run)));
        let behind = self.chunks.iter().skip(ix + 1);
        here.chain(behind.flat_map(|chunk| chunk.from(0).map(|run| (chunk.lane, run))))
    }

    /// Adds a run, which touches none that is there.
    pub(super) fn insert(&mut self, lane: u32, run: Range<u64>) {
        self.len += 1;
        let (ix, place) = self.spot((lane, run.start));
        let Some(chunk) = self.chunks.get_mut(ix) else {
            self.put_chunk(0, Chunk::new(lane, &run));
            return;
        };
        if chunk.lane == lane && place > 0 && place < CHUNK && chunk.runs.len() == CHUNK {
            self.split(ix);
            let (ix, place) = self.spot((lane, run.start));
            self.insert_at((ix, place), lane, &run);
        } else {
            self.insert_at((ix, place), lane, &run);
        }
    }

    /// Adds a run at a spot; it gets a chunk of its own where it has no room in the one that is there.
    fn insert_at(&mut self, (ix, place): Spot, lane: u32, run: &Range<u64>) {
        let chunk = &mut self.chunks[ix];
        if chunk.lane == lane && chunk.insert(place, run) {
            return;
        }
        // numbers mostly come in order: what is full stays full
        let ix = ix + usize::from(place > 0);
        self.put_chunk(ix, Chunk::new(lane, run));
        self.join(ix);
    }

    /// Makes two chunks of one.
    fn split(&mut self, ix: usize) {
        let chunk = &mut self.chunks[ix];
        let (base, runs) = chunk.upper(CHUNK / 2);
        let mut upper = chunk.clone();
        upper.put(base, runs);
        let lower = chunk.runs[..CHUNK / 2].to_vec();
        chunk.put(chunk.base, lower);
        self.put_chunk(ix + 1, upper);
    }

    /// Makes one chunk of two where they are small and near.
    fn join(&mut self, ix: usize) {
        let [one, next, ..] = &mut self.chunks[ix..] else {
            return;
        };
        let small = one.count() + next.count() <= CHUNK / 2 && one.lane == next.lane;
        if !small || one.runs.is_empty() || next.runs.is_empty() {
            return;
        }
        let base = one.base;
        let fitting = next
            .from(0)
            .map_while(|run| near(base, &run))
            .collect::<Vec<Near>>();
        if fitting.len() == next.count() {
            Arc::make_mut(&mut one.runs).extend(fitting);
            one.past = next.past;
            self.take_chunk(ix + 1);
        }
    }

    /// Puts the end of the run that begins there elsewhere; it touches none then.
    pub(super) fn stretch(&mut self, lane: u32, first: u64, past: u64) {
        let Some((ix, place)) = self.find(lane, first) else {
            return;
        };
        let chunk = &mut self.chunks[ix];
        match near(chunk.base, &(first..past)).filter(|_| !chunk.runs.is_empty()) {
            Some(near) => {
                Arc::make_mut(&mut chunk.runs)[place] = near;
                if place + 1 == chunk.runs.len() {
                    chunk.past = past;
                }
            }
            None => {
                self.remove(lane, first);
                self.insert(lane, first..past);
            }
        }
    }

    /// Takes the run out that begins there.
    pub(super) fn remove(&mut self, lane: u32, first: u64) {
        let Some((ix, place)) = self.find(lane, first) else {
            return;
        };
        self.len -= 1;
        let chunk = &mut self.chunks[ix];
        if chunk.count() == 1 {
            self.take_chunk(ix);
            return;
        }
        if place == 0 {
            let (base, runs) = chunk.upper(1);
            chunk.put(base, runs);
        } else {
            let runs = Arc::make_mut(&mut chunk.runs);
            runs.remove(place);
            if let Some(last) = chunk.run(chunk.runs.len() - 1) {
                chunk.past = last.end;
            }
        }
        self.join(ix);
    }

    /// Names the chunks, which copies share, with what each takes.
    pub(super) fn shared(&self, see: &mut See<'_>) {
        for chunk in &self.chunks {
            let encoded = || {
                let encoded = (chunk.count() * ENCODED) as u64;
                encoded + encoded / 2
            };
            let room = || chunk.runs.capacity() * size_of::<Near>();
            let piece = Piece {
                encoded: &encoded,
                bytes: &|| PIECE_BYTES + room() as u64,
            };
            see(Arc::as_ptr(&chunk.runs) as usize, piece);
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
            // some at a time: quick to digest, and who only counts bytes does not look at the runs
            for from in (0..chunk.count()).step_by(TOGETHER) {
                let to = (from + TOGETHER).min(chunk.count());
                let mut encoded = [[0; ENCODED]; TOGETHER];
                for (to, run) in encoded.iter_mut().zip(chunk.from(from)) {
                    to[..4].copy_from_slice(&chunk.lane.to_le_bytes());
                    to[4..12].copy_from_slice(&run.start.to_le_bytes());
                    to[12..].copy_from_slice(&run.end.to_le_bytes());
                }
                state.write(encoded[..to - from].as_flattened());
            }
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
        for lane in 0..5 {
            let chunks = runs.chunks.iter();
            let of_lane = chunks.filter(|chunk| chunk.lane == lane).count();
            assert_eq!(runs.of_lane(lane).len(), of_lane, "lane {lane}");
        }
        assert!(runs.chunks.iter().all(|chunk| {
            let last = chunk.from(0).last().map(|run| run.end);
            (1..=CHUNK).contains(&chunk.count())
                && chunk.run(0).map(|run| run.start) == Some(chunk.base)
                && last == Some(chunk.past)
        }));
    }

    #[test]
    fn agrees_with_a_map() {
        // in one chunk, in many, alone
        for unit in [1, 40, 40_000, 70_000] {
            walk(unit);
        }
    }

    fn walk(unit: u64) {
        let mut rng = Rng::stream(6, 0, "runs");
        let (mut runs, mut model) = (Runs::default(), SortedMap::new());
        for step in 0..20_000 {
            let (lane, first) = (rng.below(3) as u32, rng.below(2_000) * 2 * unit);
            // grows, then shrinks
            if rng.below(3) < u64::from(step < 10_000) + u64::from(step % 2 == 0) {
                // one that is there gets longer or shorter, and touches no other
                let longer = rng.below(2) == 1
                    && model.contains_key(&(lane, first))
                    && !model.contains_key(&(lane, first + 2 * unit));
                let past = first + unit + if longer { unit } else { 0 };
                match model.insert((lane, first), past) {
                    None => runs.insert(lane, first..past),
                    Some(_) => runs.stretch(lane, first, past),
                }
            } else {
                model.remove(&(lane, first));
                runs.remove(lane, first);
            }
            let end = rng.below(4_000 * unit);
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
    fn small_chunks_become_one() {
        let mut runs = Runs::default();
        (0..200)
            .rev()
            .for_each(|n| runs.insert(0, 2 * n..2 * n + 1));
        assert!(runs.chunks.len() <= 4, "{} chunks", runs.chunks.len());
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
