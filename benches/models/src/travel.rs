//! Time travel: a world of 10,000 parcels in 20 queues and 1,000 pending events, copied, kept and digested; and how
//! long the exact world takes to follow a seek.

use crate::product::scenario;
use crate::rounds::clock;
use millrace_engine::base::digest::Digest;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MINUTE, SECOND, Us};
use millrace_engine::kernel::{Cx, Engine, Limits, Machine, Stop};
use millrace_engine::services::talk::{Op, Parcel};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};
use std::hint::black_box;

/// Queues of the world.
const QUEUES: usize = 20;
/// Parcels of a queue.
const PARCELS: usize = 500;
/// Pending events.
const EVENTS: u64 = 1_000;
/// Copies that are kept at once.
const KEPT: usize = 40;

/// Queues of parcels, as services hold them.
#[derive(Clone, Debug, Hash)]
struct World {
    queues: Vec<VecDeque<Parcel>>,
}

impl Machine for World {
    /// A timer: whose, what for, with what.
    type Signal = (u32, u32, u64);
    type Fact = ();

    fn handle(&mut self, (queue, _, _): Self::Signal, cx: &mut Cx<'_, Self>) {
        if let Some(queue) = self.queues.get_mut(queue as usize) {
            queue.rotate_left(1);
        }
        cx.at(cx.now() + SECOND, (queue, 0, 0));
    }
}

fn world() -> Engine<World> {
    let parcel = |first: u64| Parcel {
        lane: 0,
        n: 10,
        first,
        born: first * 1_000,
        span: 1_000,
        bytes_each: 300,
        op: Op::Sale,
        flags: 0,
    };
    let queue = |q: usize| (0..PARCELS).map(move |p| parcel((q * PARCELS + p) as u64));
    let queues = (0..QUEUES).map(|q| queue(q).collect()).collect();
    let mut engine = Engine::new(World { queues }, Limits::default());
    for event in 0..EVENTS {
        let at = event * 7_919 % 1_000_003;
        engine.schedule(at, ((event % QUEUES as u64) as u32, 1, event));
    }
    engine
}

/// As many bytes as the world has, in pieces as large as its pieces.
fn flat() -> Vec<Vec<u64>> {
    let queue = PARCELS * size_of::<Parcel>() / 8;
    let signal = size_of::<Option<(u32, u32, u64)>>() / 8;
    let mut pieces: Vec<Vec<u64>> = (0..QUEUES as u64).map(|q| vec![q; queue]).collect();
    pieces.push(vec![1; EVENTS as usize * (2 + signal)]);
    pieces
}

/// As many bytes as the encoding of the world has that is digested, in pieces as large as its pieces.
fn encoded() -> Vec<Vec<u64>> {
    let mut pieces = flat();
    pieces.pop();
    // a time and a signal
    pieces.push(vec![1; EVENTS as usize * 3]);
    pieces
}

/// Each way in turn, so many times: microseconds of each round, by name.
#[must_use]
pub fn copies(rounds: u32) -> Value {
    let (engine, source) = (world(), flat());
    let (mut buffers, mut slot, encoded) = (flat(), world(), encoded());
    let mut kept: Vec<Engine<World>> = Vec::with_capacity(KEPT);
    let mut all: [Vec<f64>; 5] = Default::default();
    let timed = |times: usize, act: &mut dyn FnMut()| {
        let begun = clock();
        (0..times).for_each(|_| act());
        (clock() - begun) * 1e6 / times as f64
    };
    for _ in 0..rounds {
        all[0].push(timed(20, &mut || {
            for (to, from) in buffers.iter_mut().zip(&source) {
                to.copy_from_slice(black_box(from));
            }
            black_box(&mut buffers);
        }));
        all[1].push(timed(20, &mut || slot = black_box(&engine).clone()));
        kept.clear();
        all[2].push(timed(KEPT, &mut || kept.push(black_box(&engine).clone())));
        all[3].push(timed(20, &mut || {
            let mut digest = Digest::new();
            // a slice of numbers is one write of its bytes
            for piece in black_box(&encoded) {
                Hash::hash_slice(piece, &mut digest);
            }
            black_box(digest.finish());
        }));
        all[4].push(timed(20, &mut || {
            let engine = black_box(&engine);
            black_box(Digest::of(&(engine.machine(), engine.pending())));
        }));
    }
    black_box(&slot);
    let [flat, snapshot, kept, four, digest] = all;
    json!({"flat": flat, "snapshot": snapshot, "kept": kept, "four": four, "digest": digest})
}

/// How long the exact world takes to follow seeks in an hour of Black Friday [ms]: in the newest ten minutes, to
/// bookmarks, and anywhere.
///
/// # Panics
/// If a seek does not come where it is sent.
#[must_use]
pub fn seeks(count: usize) -> Value {
    let mut run = scenario("black-friday");
    let head = 60 * MINUTE;
    run.advance(head, u64::MAX);
    let marks: Vec<Us> = run.checkpoint_times().collect();
    let mut rng = Rng::stream(1, 0, "seeks");
    let mut found: [Vec<f64>; 3] = Default::default();
    for _ in 0..count {
        let mark = marks[rng.below(marks.len() as u64) as usize];
        let to = [head - rng.below(10 * MINUTE), mark, rng.below(head)];
        for (at, list) in to.into_iter().zip(&mut found) {
            let begun = clock();
            while run.seek(at, u64::MAX).stop == Stop::Budget {}
            list.push((clock() - begun) * 1e3);
            assert_eq!(run.now(), at, "the seek comes there");
        }
    }
    let [newest, marks, anywhere] = found;
    json!({"newest": newest, "bookmarks": marks, "anywhere": anywhere})
}

#[cfg(test)]
mod tests {
    use super::*;
    use millrace_engine::base::footprint::Footprint;

    #[test]
    fn the_flat_pieces_are_as_large_as_the_world() {
        let bytes: usize = flat().iter().map(|piece| piece.len() * 8).sum();
        assert!((400_000..450_000).contains(&bytes), "{bytes} B");
        assert_eq!(world().pending().len() as u64, EVENTS);
    }

    #[test]
    fn the_four_lanes_take_as_many_bytes_as_are_digested() {
        let bytes: u64 = encoded().iter().map(|piece| piece.len() as u64 * 8).sum();
        let world = world();
        let footprint = Footprint::of(&(world.machine(), world.pending()));
        // a footprint is one and a half times what is written; each list writes its length besides
        let lengths = 8 * (1 + QUEUES as u64 + 1);
        assert_eq!(footprint, (bytes + lengths) / 2 * 3);
    }
}
