//! `make bench`: the kernel beside a bare heap loop, in one run with both taken in turn, and how
//! fast Black Friday plays and follows a seek. Absolute times of different runs cannot be compared; ratios can.

#![expect(clippy::disallowed_types, reason = "a benchmark reads the wall clock")]

use millrace_engine::base::rng::Rng;
use millrace_engine::base::sample::exponential;
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::kernel::{Cx, Engine, Limits, Machine, Stop};
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};
use std::hash::{Hash, Hasher};
use std::time::Instant;

/// Arrivals of one round.
const ARRIVALS: u64 = 300_000;
/// Rounds; medians are printed.
const ROUNDS: usize = 9;

/// M/M/1: arrivals at 0.9 a millisecond, service at 1.
#[derive(Clone)]
struct Queue1 {
    rng: Rng,
    waiting: VecDeque<Us>,
    arrivals: u64,
    waited: u64,
}

impl Hash for Queue1 {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.arrivals, self.waited, &self.waiting).hash(state);
    }
}

impl Queue1 {
    fn new(seed: u64) -> Self {
        let rng = Rng::stream(seed, 0, "bench");
        Self {
            rng,
            waiting: VecDeque::new(),
            arrivals: 0,
            waited: 0,
        }
    }

    /// Answers an event (true: an arrival) and schedules what follows.
    fn on(&mut self, now: Us, arrival: bool, mut at: impl FnMut(Us, bool)) {
        if arrival {
            self.arrivals += 1;
            if self.arrivals < ARRIVALS {
                at(now + exponential(&mut self.rng, 1_111.0) as Us, true);
            }
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
}

impl Machine for Queue1 {
    type Signal = bool;
    type Fact = ();
    fn handle(&mut self, arrival: bool, cx: &mut Cx<'_, Self>) {
        let now = cx.now();
        self.on(now, arrival, |when, what| cx.at(when, what));
    }
}

/// The bare loop: a heap of (time, sequence, event).
fn bare(seed: u64) -> (f64, u64) {
    let mut model = Queue1::new(seed);
    let mut heap = BinaryHeap::from([Reverse((0_u64, 0_u64, true))]);
    let mut sequence = 0;
    let begun = Instant::now();
    while let Some(Reverse((now, _, arrival))) = heap.pop() {
        model.on(now, arrival, |when, what| {
            sequence += 1;
            heap.push(Reverse((when, sequence, what)));
        });
    }
    (begun.elapsed().as_secs_f64(), model.waited)
}

fn kernel(seed: u64) -> (f64, u64) {
    let mut engine = Engine::new(Queue1::new(seed), Limits::default());
    engine.schedule(0, true);
    let begun = Instant::now();
    engine.run_until(Us::MAX / 4, u64::MAX, &mut ());
    (begun.elapsed().as_secs_f64(), engine.machine().waited)
}

fn median(mut list: Vec<f64>) -> f64 {
    list.sort_by(f64::total_cmp);
    list[list.len() / 2]
}

fn black_friday() -> (f64, u64, u64) {
    let scenario = scenarios::find("black-friday").expect("the scenario");
    let (design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
    let mut run = Run::new(design).expect("it runs");
    let begun = Instant::now();
    run.advance(120 * SECOND, u64::MAX);
    let made: u64 = run
        .engine()
        .machine()
        .floor
        .books
        .made
        .values()
        .map(|s| s.records)
        .sum();
    (begun.elapsed().as_secs_f64(), run.engine().events(), made)
}

/// Seeks of the measurement.
const SEEKS: usize = 100;

/// How long the exact world takes to follow a seek in the newest ten minutes: 95 % of the seeks are
/// followed within this [s], and the longest [s].
fn seeks() -> (f64, f64) {
    let scenario = scenarios::find("black-friday").expect("the scenario");
    let (design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
    let mut run = Run::new(design).expect("it runs");
    let head = 900 * SECOND;
    run.advance(head, u64::MAX);
    let mut rng = Rng::stream(1, 0, "seeks");
    let mut took: Vec<f64> = Vec::new();
    for _ in 0..SEEKS {
        let at = head - rng.below(600 * SECOND);
        let begun = Instant::now();
        while run.seek(at, u64::MAX).stop == Stop::Budget {}
        took.push(begun.elapsed().as_secs_f64());
        assert_eq!(run.now(), at, "the seek comes there");
    }
    took.sort_by(f64::total_cmp);
    (took[SEEKS * 95 / 100 - 1], took[SEEKS - 1])
}

fn main() {
    let (mut heap, mut ours) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS as u64 {
        let (a, waited_a) = bare(round);
        let (b, waited_b) = kernel(round);
        assert_eq!(waited_a, waited_b, "both run the same model");
        heap.push(a);
        ours.push(b);
    }
    let (heap, ours) = (median(heap), median(ours));
    let million = |seconds: f64| ARRIVALS as f64 / seconds / 1e6;
    println!(
        "model A, bare heap loop     {:6.1} M arrivals/s",
        million(heap)
    );
    println!(
        "model A, kernel             {:6.1} M arrivals/s",
        million(ours)
    );
    println!(
        "kernel / bare loop          {:6.2}     (aim: at least 0.60)",
        heap / ours
    );
    let (seconds, events, made) = black_friday();
    println!(
        "black-friday, 120 s         {:6.0} x real time, {:.2} M events/s, {:.2} M records/s",
        120.0 / seconds,
        events as f64 / seconds / 1e6,
        made as f64 / seconds / 1e6
    );
    let (p95, longest) = seeks();
    println!(
        "a seek in the newest 10 min {:6.1} ms at 95 %, {:.1} ms at most (aim: 50 ms at 95 %)",
        p95 * 1e3,
        longest * 1e3
    );
}
