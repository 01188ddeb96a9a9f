//! Checkpoints: copies of the world, evenly by events, within a byte budget.
//!
//! Growing parts of the world are shared, so that a copy costs what changed since. What a copy has
//! for itself is measured ([`Footprint`]); a shared piece (a sealed chunk of a log, a block of a
//! histogram) costs once, and nothing while the world at the head has it too, for it counts among
//! the logs then. Over the budget those go that are missed the least: the ways from one to the next
//! stay even, and shorter near the cursor. The first one, at the start, always stays. A world that
//! does not fit at all is kept more seldom.

mod pieces;

use self::pieces::Pieces;
use super::history::{History, Mark};
use crate::base::footprint::{Footprint, See};
use crate::base::time::{MINUTE, Us};
use crate::kernel::Engine;
use crate::services::Unit;
use crate::services::plant::Plant;
use crate::services::talk::{NodeId, WireId};

/// Events between checkpoints: re-running them costs about 25 ms.
pub const EVENTS_BETWEEN: u64 = 12_000;
/// So near the cursor a seek is followed sooner [us]: within 50 ms, elsewhere within 250 ms (performance.md).
const NEAR: Us = 10 * MINUTE;
/// By how much sooner.
const NEAR_TIMES: u64 = 5;
/// Bytes that checkpoints may take (product.md 3.7).
pub const BUDGET_BYTES: u64 = 48 << 20;

/// A copy of the world at a time.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Model time [us].
    pub at: Us,
    /// The world.
    pub engine: Engine<Plant>,
    /// How many inputs had been taken.
    pub inputs: usize,
    /// History as it was.
    pub mark: Mark,
    /// What it has for itself, once it was measured [B].
    own: Option<u64>,
}

impl Checkpoint {
    /// What it has for itself [B].
    fn measured(&mut self) -> u64 {
        let (engine, mark) = (&self.engine, &self.mark);
        *self.own.get_or_insert_with(|| own(engine) + mark.bytes())
    }

    /// Names the pieces that it shares.
    fn shared(&self, see: &mut See<'_>) {
        shared(&self.engine, &self.mark, see);
    }
}

/// Names the shared pieces of a world and of what belongs to it in history.
fn shared(engine: &Engine<Plant>, mark: &Mark, see: &mut See<'_>) {
    world(engine, see);
    mark.whole().shared(see);
}

/// Names the shared pieces of a world.
fn world(engine: &Engine<Plant>, see: &mut See<'_>) {
    let plant = engine.machine();
    units(plant).for_each(|unit| unit.pieces(see));
    plant
        .floor
        .boards
        .iter()
        .for_each(|board| board.shared(see));
}

fn units(plant: &Plant) -> impl Iterator<Item = &Unit> {
    let nodes = (0..plant.floor.nodes.len() as u32).map(NodeId);
    nodes.filter_map(|node| plant.unit(node))
}

/// Bytes that the retained logs of a world take.
pub(super) fn logs(engine: &Engine<Plant>) -> u64 {
    units(engine.machine()).map(Unit::retained).sum()
}

/// What a copy of the world has for itself [B]. The register of lanes and the traces are the same
/// in all copies.
fn own(engine: &Engine<Plant>) -> u64 {
    let plant = engine.machine();
    let floor = &plant.floor;
    let mut all = 0;
    for ix in 0..floor.nodes.len() as u32 {
        all += Footprint::of(&plant.unit(NodeId(ix)));
    }
    let links = (0..floor.wires.len() as u32).map(|ix| Footprint::of(&plant.link(WireId(ix))));
    all += links.sum::<u64>() + Footprint::of(engine.pending());
    all += Footprint::of(&(&floor.nodes, &floor.wires, &floor.boards, &floor.calls));
    all += Footprint::of(&floor.books);
    let mut told = 0;
    world(engine, &mut |_, size| told += (size.encoded)());
    all.saturating_sub(told)
}

/// The checkpoints of a branch, by time.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    list: Vec<Checkpoint>,
    /// Shared pieces of all checkpoints.
    pieces: Pieces,
    /// What they took when the last one was kept [B].
    used: u64,
    budget: u64,
    /// Events at which the next one is due.
    next: u64,
    /// Events between two of them where all fits.
    between: u64,
    /// Events from the last one to the next; grows while the world does not fit.
    every: u64,
}

impl Default for Checkpoints {
    fn default() -> Self {
        Self::with_budget(BUDGET_BYTES, EVENTS_BETWEEN)
    }
}

impl Checkpoints {
    /// None yet; all of them may take so many bytes, and come after so many events.
    #[must_use]
    pub fn with_budget(budget: u64, between: u64) -> Self {
        Self {
            list: Vec::new(),
            pieces: Pieces::default(),
            used: 0,
            budget,
            next: 0,
            between,
            every: between,
        }
    }

    /// Whether the world has run far enough since the last one.
    #[must_use]
    pub fn due(&self, engine: &Engine<Plant>) -> bool {
        engine.events() >= self.next
    }

    /// What they took when the last one was kept, and what they may take [B].
    #[must_use]
    pub fn bytes(&self) -> (u64, u64) {
        (self.used, self.budget)
    }

    /// Keeps a copy; `cursor` is where the person looks.
    pub fn keep(&mut self, engine: &Engine<Plant>, inputs: usize, history: &History, cursor: Us) {
        let mark = history.mark();
        // the one at the start is measured when another one follows: there is enough to do then
        let later = !self.list.is_empty() || engine.events() > 0;
        let fresh = later.then(|| own(engine) + mark.bytes());
        self.pieces.begin();
        shared(engine, &mark, &mut |piece, size| {
            self.pieces.take(piece, size.bytes);
        });
        self.pieces.end();
        let before = self.list.iter_mut().map(Checkpoint::measured);
        let before: Vec<u64> = before.collect();
        let last = self.list.len() + 1;
        let taken = fresh.unwrap_or(0);
        // the head has what the newest one has
        self.used = before.iter().sum::<u64>() + taken + self.pieces.beside_newest();
        if before
            .first()
            .is_some_and(|first| first + taken > self.budget)
        {
            // it would go again, after all others but the first: a copy of so large a world takes long
            self.drop_where(|ix, _| ix > 0);
            let pieces = &mut self.pieces;
            shared(engine, &mark, &mut |piece, _| {
                pieces.give_back(piece);
            });
            pieces.forget();
            self.used = self.used.saturating_sub(taken);
        } else {
            self.list.push(Checkpoint {
                at: engine.now(),
                engine: engine.clone(),
                inputs,
                mark,
                own: fresh,
            });
        }
        while self.used > self.budget && self.list.len() > 1 {
            self.thin(cursor);
        }
        let fits = last == 1 || self.list.last().is_some_and(|last| last.at == engine.now());
        self.every = if fits { self.between } else { self.every * 2 };
        self.next = engine.events() + self.every;
    }

    /// Drops those for which `gone` says so, by their place.
    fn drop_where(&mut self, mut gone: impl FnMut(usize, &Checkpoint) -> bool) {
        let mut ix = 0;
        let (pieces, mut freed) = (&mut self.pieces, 0);
        self.list.retain(|checkpoint| {
            ix += 1;
            if !gone(ix - 1, checkpoint) {
                return true;
            }
            freed += checkpoint.own.unwrap_or(0);
            checkpoint.shared(&mut |piece, _| freed += pieces.give_back(piece));
            false
        });
        pieces.forget();
        self.used = self.used.saturating_sub(freed);
    }

    /// Drops the one whose loss makes the longest way from a checkpoint longer by the least: one from which few events
    /// lead to the next. Near the cursor a way counts [`NEAR_TIMES`] as much. The first and the last stay, if there are
    /// others.
    fn thin(&mut self, cursor: Us) {
        let events = |ix: usize| self.list[ix].engine.events();
        let way = |ix: &usize| {
            let near = self.list[*ix].at.abs_diff(cursor) < NEAR;
            (events(ix + 1) - events(ix - 1)) * if near { NEAR_TIMES } else { 1 }
        };
        let between = 1..self.list.len().saturating_sub(1);
        let least = between.min_by_key(way).unwrap_or(1);
        self.drop_where(|ix, _| ix == least);
    }

    /// The last one at or before `at`.
    #[must_use]
    pub fn before(&self, at: Us) -> Option<&Checkpoint> {
        let behind = self.list.partition_point(|checkpoint| checkpoint.at <= at);
        behind.checked_sub(1).map(|ix| &self.list[ix])
    }

    /// The last one whose mark satisfies `holds`.
    #[must_use]
    pub fn last_where(&self, holds: impl Fn(&Mark) -> bool) -> Option<&Checkpoint> {
        self.list.iter().rev().find(|one| holds(&one.mark))
    }

    /// The last one at or before `at` and the first one after it, of those in which the services
    /// have started.
    #[must_use]
    pub fn around(&self, at: Us) -> [Option<&Checkpoint>; 2] {
        let started = |found: &&Checkpoint| found.engine.events() > 0;
        let before = self.before(at).filter(started);
        let mut after = self.list.iter().filter(|found| found.at > at);
        [before, after.find(started)]
    }

    /// Forgets all that lie after `at`, and those at `at` that took more than `inputs` inputs.
    pub fn cut(&mut self, at: Us, inputs: usize) {
        self.drop_where(|_, checkpoint| checkpoint.at > at || checkpoint.inputs > inputs);
        self.every = self.between;
        let last = self.list.last();
        self.next = last.map_or(0, |last| last.engine.events() + self.every);
    }

    /// The worlds that are kept, with their times [us].
    pub fn worlds(&self) -> impl Iterator<Item = (Us, &Engine<Plant>)> {
        self.list.iter().map(|kept| (kept.at, &kept.engine))
    }

    /// Times of all checkpoints, for the timeline's shade.
    pub fn times(&self) -> impl Iterator<Item = Us> {
        self.list.iter().map(|checkpoint| checkpoint.at)
    }
}
