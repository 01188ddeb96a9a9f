//! Long walks and many cases for the decoders, as `make soak` runs them:
//!
//! ```text
//! soak walk [SEEDS] [ACTS] [FIRST]     random walks, each of ACTS acts
//! soak decode [CASES] [SEED]           CASES cases for each decoder
//! soak digest [SEED] [ACTS]            the digest of one walk as JSON, for the browser's test
//! ```
//!
//! What fails is cut down as far as it goes, and printed with how to make it again. Exit code 1.

#![expect(clippy::disallowed_types, reason = "it measures the machine")]

#[path = "../tests/soak/decoders.rs"]
mod decoders;
#[path = "../tests/soak/walk.rs"]
mod walk;

use decoders::{Cases, Decoder};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use walk::{Tally, Walk};

/// A case that takes longer than this hangs, for somebody who waits.
const CASE_MAX: Duration = Duration::from_secs(2);
/// How often a case is tried again that took longer.
const AGAIN: usize = 2;
/// Runs tried to cut a walk down.
const CUTS: usize = 120;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let number = |ix: usize, usual: u64| {
        let given = args.get(ix).map(|text| text.parse().expect("a number"));
        given.unwrap_or(usual)
    };
    let command = args.first().map_or("", String::as_str);
    let good = match command {
        "walk" => walks(number(1, 20), number(2, 10_000) as u32, number(3, 1)),
        "decode" => decode(number(1, 1_000_000), number(2, 1)),
        "digest" => digest(number(1, 1), number(2, 500) as u32),
        _ => {
            eprintln!("walk, decode or digest?");
            false
        }
    };
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A walk over these steps, with its story; what was done, or what failed.
fn walked(seed: u64, steps: &[u32]) -> Walked {
    go(Walk::new(seed), steps)
}

/// The story of a walk, its file, what was done or what failed.
type Walked = (Vec<String>, String, Result<Tally, String>);

fn go(mut walk: Walk, steps: &[u32]) -> Walked {
    let mut story = Vec::new();
    let done = catch_unwind(AssertUnwindSafe(|| {
        for step in steps {
            walk.step(*step, &mut |line| story.push(line));
        }
        walk.close();
    }));
    let done = done.map_err(|panic| said(&*panic));
    let file = catch_unwind(AssertUnwindSafe(|| walk.file_text())).unwrap_or_default();
    (story, file, done.map(|()| walk.tally))
}

/// What a panic says.
fn said(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default()
}

/// The part of a message that stays when the walk is cut.
fn gist(message: &str) -> String {
    message.chars().take(12).collect()
}

/// How the walk of a seed begins, before the first step that is left of it.
type Begun = fn(u64) -> Walk;

/// Fewer steps that fail in the same way.
fn cut(seed: u64, begun: Begun, mut steps: Vec<u32>, message: &str) -> Vec<u32> {
    let (mut size, mut tries) = (steps.len() / 2, 0);
    while size > 0 && tries < CUTS {
        let mut at = 0;
        while at < steps.len() && tries < CUTS {
            tries += 1;
            let end = (at + size).min(steps.len());
            let fewer = [&steps[..at], &steps[end..]].concat();
            match go(begun(seed), &fewer).2 {
                Err(other) if gist(&other) == gist(message) => steps = fewer,
                _ => at = end,
            }
        }
        size /= 2;
    }
    steps
}

/// Tells where a walk failed and how to make it fail again. Its last chapter alone is quicker to cut
/// down, where that fails too; a chapter begins by chance, or because the one before it was over.
fn failed(seed: u64, acts: u32, message: &str) {
    let all: Vec<u32> = (0..acts).collect();
    let (story, _, _) = walked(seed, &all);
    let last = story.iter().rposition(|line| line.contains("begin with"));
    println!("walk {seed} FAILED: {message}");
    println!("  the chapter: {}", story[last.unwrap_or(0)]);
    let step = |line: &str| -> Option<u32> { line.split([' ', ':']).nth(1)?.parse().ok() };
    let reached = story.last().and_then(|line| step(line)).unwrap_or(acts);
    let from = last.and_then(|at| step(&story[at])).unwrap_or(0);
    let chapter: Vec<u32> = (from..=reached).collect();
    let begins: [Begun; 2] = [Walk::new, |seed| Walk::new(seed).between_chapters()];
    let same = |begun: &&Begun| {
        let found = go(begun(seed), &chapter).2;
        found.is_err_and(|other| gist(&other) == gist(message))
    };
    let (begun, steps) = match begins.iter().find(same) {
        Some(begun) => (*begun, chapter),
        None => (begins[0], (0..=reached).collect()),
    };
    let steps = cut(seed, begun, steps, message);
    let (story, file, done) = go(begun(seed), &steps);
    println!("  cut down to the steps {steps:?}: {:?}", done.err());
    story.iter().for_each(|line| println!("    {line}"));
    let path = std::env::temp_dir().join(format!("millrace-walk-{seed}.json"));
    match std::fs::write(&path, file) {
        Ok(()) => println!("  the file then: {}", path.display()),
        Err(error) => println!("  the file then cannot be written: {error}"),
    }
}

fn walks(seeds: u64, acts: u32, first: u64) -> bool {
    std::panic::set_hook(Box::new(|_| {}));
    let mut good = true;
    let (begun, mut all) = (Instant::now(), 0_u64);
    for seed in first..first + seeds {
        let start = Instant::now();
        let steps: Vec<u32> = (0..acts).collect();
        let (_, _, done) = walked(seed, &steps);
        let took = start.elapsed().as_secs_f64();
        match done {
            Ok(tally) => {
                all += tally
                    .acts
                    .values()
                    .map(|(done, refused)| done + refused)
                    .sum::<u64>();
                println!(
                    "walk {seed}: {acts} acts in {took:.1} s; {}",
                    tally.summary()
                );
            }
            Err(message) => {
                good = false;
                failed(seed, acts, &message);
            }
        }
    }
    let took = begun.elapsed().as_secs_f64();
    println!("walks: {seeds} seeds of {acts} acts, {all} of them counted, in {took:.0} s");
    good
}

fn digest(seed: u64, acts: u32) -> bool {
    let steps: Vec<u32> = (0..acts).collect();
    match walked(seed, &steps).2 {
        Ok(tally) => {
            let (digest, summary) = (format!("{:016x}", tally.digest), tally.summary());
            let told = serde_json::json!({
                "seed": seed, "acts": acts, "digest": digest, "summary": summary,
            });
            println!("{told}");
            true
        }
        Err(message) => {
            eprintln!("walk {seed}: {message}");
            false
        }
    }
}

/// Number of the case at hand, for the watch over cases that hang.
static CASE: AtomicU64 = AtomicU64::new(0);

/// Ends the program when a case takes far too long.
fn watch(decoder: Decoder) {
    std::thread::spawn(move || {
        let mut before = u64::MAX;
        loop {
            std::thread::sleep(CASE_MAX * 5);
            let case = CASE.load(Ordering::Relaxed);
            if case == before {
                println!("{decoder:?}: case {case} hangs");
                std::process::exit(1);
            }
            before = case;
        }
    });
}

/// A case, and how long it took.
fn timed(all: &Cases, text: &str, number: u64) -> (std::thread::Result<bool>, Duration) {
    let begun = Instant::now();
    let found = catch_unwind(AssertUnwindSafe(|| all.taken(text, number)));
    (found, begun.elapsed())
}

fn decode(cases: u64, seed: u64) -> bool {
    std::panic::set_hook(Box::new(|_| {}));
    watch(Decoder::File);
    let mut good = true;
    for decoder in Decoder::ALL {
        let all = Cases::new(decoder, seed);
        let start = Instant::now();
        let (mut taken, mut worst, mut bad) = (0_u64, Duration::ZERO, 0_u64);
        for number in 0..cases {
            CASE.fetch_add(1, Ordering::Relaxed);
            let text = all.text(number);
            let (mut found, mut took) = timed(&all, &text, number);
            // a busy machine is slow once; a case that hangs does so each time
            for _ in 0..AGAIN {
                if took > CASE_MAX && found.is_ok() {
                    let again = timed(&all, &text, number);
                    (found, took) = (again.0, took.min(again.1));
                }
            }
            worst = worst.max(took);
            taken += u64::from(matches!(found, Ok(true)));
            if found.is_err() || took > CASE_MAX {
                bad += 1;
                good = false;
                if bad <= 3 {
                    report(decoder, &all, number, &text, found.err());
                }
            }
        }
        println!(
            "{decoder:?}: {cases} cases in {:.0} s, {taken} taken, {bad} failed, the longest {:.1} ms",
            start.elapsed().as_secs_f64(),
            worst.as_secs_f64() * 1e3
        );
    }
    good
}

/// Shows a case that failed, with what can be left out of it left out.
fn report(
    decoder: Decoder,
    all: &Cases,
    number: u64,
    text: &str,
    panic: Option<Box<dyn std::any::Any + Send>>,
) {
    let said = panic.map(|panic| said(&*panic));
    let said = said.unwrap_or_else(|| format!("it takes longer than {CASE_MAX:?} each time"));
    println!("{decoder:?}: case {number} FAILED: {said:.400}");
    let mut text: Vec<char> = text.chars().collect();
    let fails = |text: &[char]| {
        let text: String = text.iter().collect();
        catch_unwind(AssertUnwindSafe(|| all.taken(&text, 0))).is_err()
    };
    let mut size = text.len() / 2;
    while size > 0 && fails(&text) {
        let mut at = 0;
        while at < text.len() {
            let end = (at + size).min(text.len());
            let fewer = [&text[..at], &text[end..]].concat();
            if fails(&fewer) {
                text = fewer;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    let text: String = text.iter().collect();
    println!("  cut down to: {text:?}");
}
