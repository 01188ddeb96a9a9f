//! The native side of `make bench`: reads lines `MODEL ROUNDS` and answers each with a line of JSON. `MODEL
//! ROUNDS VARIANT` runs one variant alone, for a profile of it.
//!
//! `copies ROUNDS`, `seeks COUNT`, `black-friday SECONDS`, `stream SECONDS` and `ten-thousand SECONDS` measure time
//! travel and three runs.
//!
//!     bench-models [--simpy PYTHON SCRIPT]

use millrace_bench_models::peers::{Simpy, Simrs};
use millrace_bench_models::rounds::Rounds;
use millrace_bench_models::{SEED, product, travel, variants};
use millrace_engine::base::sorted::SortedMap;
use std::io::{BufRead, Write};

/// Arrivals of a round of SimPy.
const SIMPY_ARRIVALS: u64 = 4_000;

/// The variants of a model, with the peers that run natively alone.
fn all(model: &str, simpy: Option<(&str, &str)>) -> Result<Rounds, std::io::Error> {
    let mut rounds = variants(model);
    if model == "a" {
        rounds = rounds.with("simrs", Simrs::new(SEED));
    }
    if let Some((python, script)) = simpy {
        let peer = Simpy::start(python, script, model, SIMPY_ARRIVALS)?;
        rounds = rounds.with("simpy", peer);
    }
    Ok(rounds)
}

fn main() -> Result<(), std::io::Error> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let simpy = match args.as_slice() {
        [flag, python, script] if flag == "--simpy" => Some((python.as_str(), script.as_str())),
        _ => None,
    };
    let mut known: SortedMap<String, Rounds> = SortedMap::new();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split_whitespace().collect();
        let [model, rounds, only @ ..] = words.as_slice() else {
            continue;
        };
        let other = match (*model, rounds.parse::<u32>()) {
            ("copies", Ok(rounds)) => Some(travel::copies(rounds)),
            ("seeks", Ok(count)) => Some(travel::seeks(count as usize)),
            ("black-friday", Ok(seconds)) => Some(product::black_friday(seconds.into())),
            ("stream", Ok(seconds)) => Some(product::stream(seconds.into())),
            ("ten-thousand", Ok(seconds)) => Some(product::ten_thousand(seconds.into())),
            _ => None,
        };
        if let Some(found) = other {
            writeln!(out, "{found}")?;
            out.flush()?;
            continue;
        }
        if !known.contains_key(*model) {
            known.insert((*model).to_owned(), all(model, simpy)?);
        }
        if let (Some(variants), Ok(rounds)) = (known.get_mut(*model), rounds.parse()) {
            if let Some(name) = only.first() {
                variants.only(name);
            }
            writeln!(out, "{}", variants.run(rounds))?;
            out.flush()?;
        }
    }
    Ok(())
}
