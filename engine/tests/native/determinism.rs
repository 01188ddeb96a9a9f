//! One world however it is reached, and nothing that decides the future left out of its digest.
//!
//! Two faults are planted in machines of a few lines. A field that neither `Hash` nor `Clone` knows
//! makes ways differ that go over a copy of the world; a field that only `Hash` does not know makes
//! two worlds of one digest go on differently. The checks below find both.

use crate::custody::shop;
use millrace_engine::base::digest::Digest;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::kernel::{Cx, Engine, Limits, Machine, Stop};
use millrace_engine::services::faults::Fault;
use millrace_engine::services::plant::Order;
use std::fmt::Debug;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

// ---- a machine with a field that may be left out ---------------------------------------------

/// Which parts of the machine know its hidden field.
trait Knows {
    const HASH: bool;
    const CLONE: bool;
}

struct All;
struct NeitherHashNorClone;
struct NotHash;

impl Knows for All {
    const HASH: bool = true;
    const CLONE: bool = true;
}
impl Knows for NeitherHashNorClone {
    const HASH: bool = false;
    const CLONE: bool = false;
}
impl Knows for NotHash {
    const HASH: bool = false;
    const CLONE: bool = true;
}

/// Ticks; each tick's distance to the next depends on a field that is seen nowhere else.
struct Clockwork<K> {
    ticks: u64,
    hidden: u64,
    knows: PhantomData<K>,
}

impl<K> Clockwork<K> {
    fn new(hidden: u64) -> Self {
        Self {
            ticks: 0,
            hidden,
            knows: PhantomData,
        }
    }
}

impl<K: Knows> Clone for Clockwork<K> {
    fn clone(&self) -> Self {
        Self {
            ticks: self.ticks,
            hidden: if K::CLONE { self.hidden } else { 0 },
            knows: PhantomData,
        }
    }
}

impl<K: Knows> Hash for Clockwork<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.ticks.hash(state);
        if K::HASH {
            self.hidden.hash(state);
        }
    }
}

impl<K: Knows> Machine for Clockwork<K> {
    type Signal = ();
    type Fact = ();

    fn handle(&mut self, (): (), cx: &mut Cx<'_, Self>) {
        self.ticks += 1;
        self.hidden = (self.hidden * 31 + self.ticks) % 1_009;
        cx.at(cx.now() + 50 + self.hidden % 7, ());
    }
}

fn wound<K: Knows>(hidden: u64) -> Engine<Clockwork<K>> {
    let mut engine = Engine::new(Clockwork::new(hidden), Limits::default());
    engine.schedule(0, ());
    engine
}

// ---- the checks ------------------------------------------------------------------------------

fn to<M: Machine>(engine: &mut Engine<M>, at: Us) {
    assert_eq!(engine.run_until(at, u64::MAX, &mut ()), Stop::Reached);
}

/// Digests at `goal`: straight, by frames, by seek, by fork; each way begins anew.
fn ways<M: Machine>(begin: impl Fn() -> Engine<M>, goal: Us) -> [u64; 4] {
    let mut straight = begin();
    to(&mut straight, goal);

    let mut frames = begin();
    for until in (0..goal).step_by(167).chain([goal]) {
        while frames.run_until(until, 3, &mut ()) == Stop::Budget {}
    }

    let mut run = begin();
    to(&mut run, goal / 3);
    let checkpoint = run.clone();
    to(&mut run, goal);
    let mut sought = checkpoint.clone();
    to(&mut sought, goal);

    let mut forked = checkpoint;
    to(&mut forked, goal / 2);
    let mut branch = forked.clone();
    to(&mut branch, goal);
    [straight, frames, sought, branch].map(|engine| engine.digest())
}

fn all_equal(digests: &[u64]) -> bool {
    digests.windows(2).all(|pair| pair[0] == pair[1])
}

#[test]
fn a_field_that_a_copy_forgets_is_found() {
    let goal = 10_000;
    assert!(all_equal(&ways(|| wound::<All>(5), goal)), "all is known");
    let digests = ways(|| wound::<NeitherHashNorClone>(5), goal);
    assert_eq!(digests[0], digests[1], "no copy on the way");
    assert_ne!(digests[0], digests[2], "the seek goes on from a copy");
    assert_ne!(digests[0], digests[3], "and so does the fork");
    // the digest alone does not show it: right after the copy the two are equal
    let mut run = wound::<NeitherHashNorClone>(5);
    to(&mut run, goal / 3);
    assert_eq!(run.digest(), run.clone().digest(), "until they run on");
}

/// Whether two worlds have one digest now and other ones later.
fn part_later<M: Machine>(mut one: Engine<M>, mut other: Engine<M>, goal: Us) -> bool {
    let equal = one.digest() == other.digest();
    to(&mut one, goal);
    to(&mut other, goal);
    equal && one.digest() != other.digest()
}

#[test]
fn a_field_that_only_the_hash_forgets_is_found() {
    let differ = |one, other| part_later(wound::<NotHash>(one), wound::<NotHash>(other), 10_000);
    assert!(differ(5, 6), "one digest, two futures");
    assert!(!differ(5, 5), "one world has one future");
    assert!(
        !part_later(wound::<All>(5), wound::<All>(6), 10_000),
        "seen at once"
    );
}

// ---- the plant -------------------------------------------------------------------------------

/// Events after which the world looks other than before (every field is in its `Debug`) although
/// its digest is the same, of at most `events`.
fn unseen_changes<M: Machine + Debug>(engine: &mut Engine<M>, events: u64) -> Vec<u64> {
    let look = |engine: &Engine<M>| {
        let machine = engine.machine();
        (format!("{machine:?}"), Digest::of(machine))
    };
    let mut unseen = Vec::new();
    let mut before = look(engine);
    for _ in 0..events {
        engine.run_until(Us::MAX / 4, 1, &mut ());
        let after = look(engine);
        if after.0 != before.0 && after.1 == before.1 {
            unseen.push(engine.events());
        }
        before = after;
    }
    unseen
}

#[test]
fn whatever_changes_in_the_plant_changes_its_digest() {
    for network in ["0s", "15ms"] {
        let mut rig = shop(3, network);
        let mut rng = Rng::stream(3, 0, "strikes");
        for strike in 0..6_u32 {
            rig.run_to(rig.engine.now() + SECOND + rng.below(500 * MS));
            let names = ["app1", "app2", "stream", "room", "report1", "tills"];
            let fault = match strike % 3 {
                0 => Fault::Crash,
                1 => Fault::LostAck { ppm: 300_000 },
                _ => Fault::Slow { times: 3 },
            };
            let order = Order::Fault {
                node: rig.find(names[strike as usize]),
                fault,
                number: strike,
                lasts: 800 * MS,
            };
            rig.order(order);
            let unseen = unseen_changes(&mut rig.engine, 60);
            assert!(
                unseen.is_empty(),
                "events {unseen:?} after {strike} strikes"
            );
        }
    }
}

/// A clockwork that shows its hidden field to a reader, not to the digest.
impl<K> Debug for Clockwork<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // whether a hundred ticks are over changes rarely; the hidden field changes with each
        write!(f, "{} {}", self.ticks / 100, self.hidden)
    }
}

/// As [`Clockwork`], with a digest of nothing that changes at each event.
#[derive(Clone, Debug)]
struct Blind(Clockwork<NotHash>);

impl Hash for Blind {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.0.ticks / 100).hash(state);
    }
}

impl Machine for Blind {
    type Signal = ();
    type Fact = ();

    fn handle(&mut self, (): (), cx: &mut Cx<'_, Self>) {
        self.0.ticks += 1;
        self.0.hidden += 1;
        cx.at(cx.now() + 50 + self.0.hidden % 7, ());
    }
}

#[test]
fn the_check_of_the_plant_finds_a_field_left_out() {
    let mut engine = Engine::new(Blind(Clockwork::new(5)), Limits::default());
    engine.schedule(0, ());
    assert_eq!(unseen_changes(&mut engine, 50).len(), 50);
}
