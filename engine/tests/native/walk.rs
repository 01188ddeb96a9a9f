//! A random walk of edits, faults, seeks, forks and undos keeps every promise.

use crate::support::{fault, first_light, set, to};
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND};
use millrace_engine::kernel::Stop;
use millrace_engine::run::Run;

/// One random act; refusals with a sentence are fine, breaches are not.
fn act(run: &mut Run, rng: &mut Rng) {
    let share = rng.below(100) as f64;
    let nodes = ["store-001", "store-002", "stream", "checkout", "sales"];
    let node = nodes[rng.below(5) as usize];
    match rng.below(10) {
        0 => drop(run.edit(set("stream", "shards", &(1 + rng.below(24)).to_string()))),
        1 => drop(run.edit(set("store-*", "rate_after", &rng.below(4_000).to_string()))),
        2 => drop(run.edit(set("store-*", "key", "{store}/till-{nn}"))),
        3 => drop(run.edit(set("checkout", "rate", &rng.below(5_000).to_string()))),
        4 => drop(run.edit(set(
            "store-*",
            "resend",
            if share < 50.0 { "full" } else { "none" },
        ))),
        5 => drop(run.fault(fault(node, "crash", "700ms", None))),
        6 => drop(run.fault(fault(node, "lost-ack", "900ms", Some(share)))),
        7 => drop(run.fault(fault(node, "refuse", "900ms", Some(share)))),
        8 => drop(run.undo()),
        _ => {
            let at = rng.below(run.head() + 1);
            while run.seek(at, 5_000).stop == Stop::Budget {}
        }
    }
    let next = run.now() + rng.below(2_000) * MS;
    to(run, next);
}

#[test]
fn a_random_walk_keeps_every_promise_and_replays_to_one_digest() {
    for seed in 1..=6 {
        let mut rng = Rng::stream(seed, 0, "walk");
        let mut run = first_light(&[("store-*", "timeout", "1s")]);
        to(&mut run, 6 * SECOND);
        for step in 0..25 {
            act(&mut run, &mut rng);
            let found = run.conservation();
            assert!(found.holds, "seed {seed}, step {step}: {:?}", found.breach);
            let sales = run.engine().machine().floor.find("sales");
            let difference = run.difference(sales.expect("it is never removed"));
            assert_eq!(difference.gap(), [0; 3], "seed {seed}, step {step}");
        }
        let file = run.file();
        let mut again = Run::restore(file).expect("the file of a run opens");
        to(&mut again, run.now());
        assert_eq!(
            again.digest(),
            run.digest(),
            "seed {seed}: file and run agree"
        );
    }
}
