//! The product: a design made of the workbench's own parts, played as the page plays it, with facts, metrics and
//! percentiles on.

use crate::rounds::{Variant, Work, clock};
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::design::{Design, file};
use millrace_engine::kernel::Stop;
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::run::frame::Frame;
use serde_json::{Value, json};

/// Model A: a door that lets people in, and a room with one server.
pub const A: &str = include_str!("designs/a.json");
/// Model B: clients, a token bucket, a queue, and a worker that takes batches.
pub const B: &str = include_str!("designs/b.json");

/// A stream that one client fills with calls of 500 records, as `benches/kinesalite.mjs` fills kinesalite.
pub const STREAM: &str = include_str!("designs/stream.json");

/// Ten thousand shards, as `benches/scale.mjs` plays them in the page.
pub const TEN_THOUSAND: &str = include_str!("designs/ten-thousand.json");

/// Frames that a page shows in a second.
const FRAMES_A_SECOND: u64 = 60;

/// The design of a file's text.
///
/// # Panics
/// If it is none: the files are part of the benchmark.
#[must_use]
pub fn design(text: &str) -> Design {
    match file::read(text) {
        Ok(file) => file.design,
        Err(problems) => panic!("{problems:?}"),
    }
}

/// A run of the first act of a scenario, at its start.
///
/// # Panics
/// If there is none: scenarios are part of the product.
#[must_use]
pub fn scenario(id: &str) -> Run {
    let scenario = scenarios::find(id).expect("the scenario");
    let (design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
    Run::new(design).expect("it runs")
}

/// Plays so many seconds of Black Friday: records made and events handled for each second of work.
#[must_use]
pub fn black_friday(seconds: u64) -> Value {
    timed(scenario("black-friday"), seconds)
}

/// Plays so many seconds of one client that fills a stream.
///
/// # Panics
/// If the design has a fatal problem.
#[must_use]
pub fn stream(seconds: u64) -> Value {
    played(STREAM, seconds)
}

/// Plays so many seconds of ten thousand shards, frame by frame as the page does.
///
/// # Panics
/// If the design has a fatal problem.
#[must_use]
pub fn ten_thousand(seconds: u64) -> Value {
    let mut run = match Run::new(design(TEN_THOUSAND)) {
        Ok(run) => run,
        Err(problems) => panic!("{problems:?}"),
    };
    run.sample_marks(true);
    let mut frame = Frame::default();
    let begun = clock();
    let mut longest = 0.0_f64;
    for number in 1..=seconds * FRAMES_A_SECOND {
        let begun = clock();
        let until = number * SECOND / FRAMES_A_SECOND;
        let progress = run.advance(until, u64::MAX);
        assert_eq!(progress.stop, Stop::Reached, "the run goes on");
        run.frame(&mut frame);
        longest = longest.max(clock() - begun);
    }
    json!({"speed": seconds as f64 / (clock() - begun), "longest": longest, "digest": run.digest().to_string()})
}

/// Plays so many seconds of a file's design.
///
/// # Panics
/// If it is no file, or its design has a fatal problem.
#[must_use]
pub fn played(text: &str, seconds: u64) -> Value {
    match Run::new(design(text)) {
        Ok(run) => timed(run, seconds),
        Err(problems) => panic!("{problems:?}"),
    }
}

/// What a run of so many seconds of model time made for each second of work.
fn timed(run: Run, seconds: u64) -> Value {
    let span = seconds * SECOND;
    let mut product = Product { run, span };
    let begun = clock();
    product.go(span);
    let took = clock() - begun;
    let (events, records) = product.told();
    json!({"records": records as f64 / took, "events": events as f64 / took, "speed": seconds as f64 / took})
}

/// A run that goes on by so much model time a round.
#[derive(Debug)]
pub struct Product {
    run: Run,
    span: Us,
}

impl Product {
    /// A run of a design that has gone on for ten spans, so that it is in its balance.
    ///
    /// # Panics
    /// If the design has a fatal problem.
    #[must_use]
    pub fn new(design: Design, span: Us) -> Self {
        let run = match Run::new(design) {
            Ok(run) => run,
            Err(problems) => panic!("{problems:?}"),
        };
        let mut product = Self { run, span };
        product.go(10 * span);
        product
    }

    /// Model A, 10,000 arrivals or so a round.
    #[must_use]
    pub fn a() -> Self {
        Self::new(design(A), 11 * SECOND)
    }

    /// Model B, 50,000 arrivals or so a round.
    #[must_use]
    pub fn b() -> Self {
        Self::new(design(B), 50 * SECOND)
    }

    fn go(&mut self, span: Us) {
        let until = self.run.now() + span;
        let progress = self.run.advance(until, u64::MAX);
        assert_eq!(progress.stop, Stop::Reached, "the run goes on");
    }

    /// Events and records so far.
    #[must_use]
    pub fn told(&self) -> (u64, u64) {
        let engine = self.run.engine();
        let made = engine.machine().floor.books.made.values();
        (engine.events(), made.map(|sums| sums.records).sum())
    }

    /// The run.
    pub fn run(&mut self) -> &mut Run {
        &mut self.run
    }
}

impl Variant for Product {
    fn round(&mut self) -> Work {
        let before = self.told();
        self.go(self.span);
        let after = self.told();
        Work::new(after.0 - before.0, after.1 - before.1)
    }
}
