//! Models A and B as plain state that answers events: what the bare loop, the kernel and the peer all run.
//!
//! ```text
//!   A   Poisson 0.9/ms --> one server, exponential, 1 ms
//!   B   Poisson 990/s --> token bucket 1,000/s, burst 50 --> queue --> batches of at most 100, 20 ms + 0.5 ms a record
//!                  ^ refused: again after 100 ms |
//! ```

use millrace_engine::base::rng::Rng;
use millrace_engine::base::sample::exponential;
use millrace_engine::base::time::{MS, SECOND, Us};
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// State that answers events, and schedules what follows by `at`.
pub trait Model: Clone + Hash {
    /// What lies in the queue.
    type Event: Copy + Ord + Hash + std::fmt::Debug;

    /// The model at its start.
    fn new(seed: u64) -> Self;
    /// The first event.
    fn first() -> Self::Event;
    /// Answers an event.
    fn on(&mut self, now: Us, event: Self::Event, at: impl FnMut(Us, Self::Event));
    /// How many arrived, and how long they waited in sum [us]: equal wherever the model is run.
    fn told(&self) -> (u64, Us);
}

/// M/M/1.
#[derive(Clone, Debug)]
pub struct A {
    rng: Rng,
    waiting: VecDeque<Us>,
    arrivals: u64,
    waited: Us,
}

impl Hash for A {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.arrivals, self.waited, &self.waiting).hash(state);
    }
}

impl Model for A {
    /// True: one comes; false: one is served.
    type Event = bool;

    fn new(seed: u64) -> Self {
        Self {
            rng: Rng::stream(seed, 0, "bench"),
            waiting: VecDeque::new(),
            arrivals: 0,
            waited: 0,
        }
    }

    fn first() -> bool {
        true
    }

    #[inline]
    fn on(&mut self, now: Us, arrival: bool, mut at: impl FnMut(Us, bool)) {
        if arrival {
            self.arrivals += 1;
            at(now + exponential(&mut self.rng, 1_111.0) as Us, true);
            self.waiting.push_back(now);
            if self.waiting.len() == 1 {
                at(now + exponential(&mut self.rng, 1_000.0) as Us, false);
            }
        } else if let Some(came) = self.waiting.pop_front() {
            self.waited += now - came;
            if !self.waiting.is_empty() {
                at(now + exponential(&mut self.rng, 1_000.0) as Us, false);
            }
        }
    }

    fn told(&self) -> (u64, Us) {
        (self.arrivals, self.waited)
    }
}

/// Most records of a batch.
const BATCH_MAX: usize = 100;
/// A token, in what the bucket gains in a microsecond.
const TOKEN: u64 = 1_000;
/// Most that the bucket holds.
const FULL: u64 = 50 * TOKEN;

/// What happens in [`B`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// A record is made.
    Made,
    /// A record made then tries again.
    Again(Us),
    /// A batch is done.
    Done,
}

/// A token bucket, a queue behind it, and who takes batches out.
#[derive(Clone, Debug)]
pub struct B {
    rng: Rng,
    tokens: u64,
    filled: Us,
    waiting: VecDeque<Us>,
    batch: usize,
    arrivals: u64,
    waited: Us,
}

impl Hash for B {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.arrivals, self.waited, self.tokens, &self.waiting).hash(state);
    }
}

impl B {
    fn take(&mut self, now: Us) -> bool {
        self.tokens = (self.tokens + (now - self.filled)).min(FULL);
        self.filled = now;
        let got = self.tokens >= TOKEN;
        self.tokens -= if got { TOKEN } else { 0 };
        got
    }

    fn begin(&mut self, now: Us, at: &mut impl FnMut(Us, Step)) {
        self.batch = self.waiting.len().min(BATCH_MAX);
        if self.batch > 0 {
            at(now + 20 * MS + self.batch as Us * MS / 2, Step::Done);
        }
    }

    fn come(&mut self, now: Us, made: Us, at: &mut impl FnMut(Us, Step)) {
        if !self.take(now) {
            return at(now + 100 * MS, Step::Again(made));
        }
        self.waiting.push_back(made);
        if self.batch == 0 {
            self.begin(now, at);
        }
    }
}

impl Model for B {
    type Event = Step;

    fn new(seed: u64) -> Self {
        Self {
            rng: Rng::stream(seed, 0, "bench"),
            tokens: FULL,
            filled: 0,
            waiting: VecDeque::new(),
            batch: 0,
            arrivals: 0,
            waited: 0,
        }
    }

    fn first() -> Step {
        Step::Made
    }

    #[inline]
    fn on(&mut self, now: Us, event: Step, mut at: impl FnMut(Us, Step)) {
        match event {
            Step::Made => {
                self.arrivals += 1;
                let gap = exponential(&mut self.rng, SECOND as f64 / 990.0);
                at(now + gap as Us, Step::Made);
                self.come(now, now, &mut at);
            }
            Step::Again(made) => self.come(now, made, &mut at),
            Step::Done => {
                for made in self.waiting.drain(..self.batch) {
                    self.waited += now - made;
                }
                self.begin(now, &mut at);
            }
        }
    }

    fn told(&self) -> (u64, Us) {
        (self.arrivals, self.waited)
    }
}
