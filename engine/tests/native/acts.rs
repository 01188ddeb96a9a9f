//! Every act of every scenario: one digest however it is reached, and conservation at many instants
//! under other seeds.

use crate::support::{act, set, to};
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::{self, Input};
use millrace_engine::kernel::Stop;
use millrace_engine::lessons::scenarios::{self, Act, Scenario};
use millrace_engine::run::Run;

/// When the hurried acts are looked at [us].
const GOAL: Us = 10 * SECOND;

/// An act with all that happens in it at a tenth of its time, so that ten seconds show it.
fn hurried(scenario: &Scenario, act: &Act) -> (Design, Vec<Input>) {
    let (mut design, mut inputs) = scenario.load(act).expect("it loads");
    if scenario.id == "throttled-writer" && design.node("writers").is_some() {
        let step = set("writers", "at", "4s");
        design = design.apply(&step).expect("its load steps up sooner");
    }
    for input in &mut inputs {
        input.at_us /= 10;
    }
    (design, inputs)
}

fn begun((design, inputs): (Design, Vec<Input>)) -> Run {
    let mut run = Run::new(design).expect("it runs");
    run.set_inputs(inputs).expect("its inputs are taken");
    run
}

fn all_acts() -> impl Iterator<Item = (&'static Scenario, &'static Act)> {
    let all = scenarios::list().iter();
    all.flat_map(|scenario| scenario.acts.iter().map(move |act| (scenario, act)))
}

fn seek(run: &mut Run, at: Us) {
    while run.seek(at, 20_011).stop == Stop::Budget {}
    assert_eq!(run.now(), at, "the seek comes there");
}

/// An edit that sets what is set already.
fn neutral(design: &Design) -> Edit {
    let node = design.nodes.last().expect("a design has nodes");
    let fields = node.config.kind().fields();
    let own = fields[0].show(&node.config.get(0));
    let place = Edit::Move {
        id: node.id.clone(),
        x: -70,
        y: 900,
    };
    Edit::Many(vec![set(&node.id, fields[0].key, &own), place])
}

/// An edit after which the world is another one: what is made, or whether it is retried.
fn telling(design: &Design) -> Edit {
    let source = design
        .nodes
        .iter()
        .find(|node| node.config.kind().entry().makes_records());
    let source = source.expect("a source");
    let fields = source.config.kind().fields();
    let has = |key: &str| fields.iter().any(|field| field.key == key);
    if has("rate_after") {
        set(&source.id, "rate_after", "333")
    } else if has("backoff") {
        set(&source.id, "network", "17ms")
    } else {
        set(&source.id, "timeout", "777ms")
    }
}

/// Goes to `goal` by each way; gives their digests with their names.
fn ways(begin: &dyn Fn() -> Run, fork_at: Us, goal: Us) -> Vec<(&'static str, u64)> {
    let mut straight = begin();
    to(&mut straight, goal);

    let mut frames = begin();
    let mut at = 0;
    for width in [16_667, 1, 250 * MS, 33_333, 999_999].iter().cycle() {
        at = (at + width).min(goal);
        while frames.advance(at, 1_009).stop == Stop::Budget {}
        if at == goal {
            break;
        }
    }

    let mut sought = begin();
    to(&mut sought, goal + 2 * SECOND);
    for at in [goal / 3, goal - SECOND, 3, goal] {
        seek(&mut sought, at);
    }

    let mut forked = begin();
    to(&mut forked, fork_at + SECOND);
    let edit = telling(forked.design());
    forked.edit(edit).expect("another world");
    to(&mut forked, goal + SECOND);
    seek(&mut forked, fork_at);
    let edit = neutral(forked.design());
    forked
        .edit(edit)
        .expect("an edit that changes nothing forks");
    to(&mut forked, goal);

    let text = forked.file_text();
    let mut opened = Run::restore(file::read(&text).expect("the file is read")).expect("it runs");
    to(&mut opened, goal);
    let all = [&straight, &frames, &sought, &forked, &opened];
    let names = ["straight", "by frames", "by seek", "by fork", "by its file"];
    names.into_iter().zip(all.map(Run::digest)).collect()
}

/// The first way that comes to another world than the straight one.
fn first_other(ways: &[(&'static str, u64)]) -> Option<&'static str> {
    let other = ways.iter().find(|way| way.1 != ways[0].1);
    other.map(|way| way.0)
}

#[test]
fn every_act_has_one_digest_however_it_is_reached() {
    for (scenario, act) in all_acts() {
        let begin = || begun(hurried(scenario, act));
        let last = begin().inputs().last().map_or(0, |input| input.at_us);
        let other = first_other(&ways(&begin, (GOAL / 2).max(last + 1), GOAL));
        assert_eq!(other, None, "{}:{}", scenario.id, act.id);
    }
}

#[test]
fn the_check_of_the_ways_finds_a_world_that_differs() {
    use std::cell::Cell;
    // the third run that is begun has another seed: that of the seek
    let begun = Cell::new(0_u64);
    let begin = || {
        let (mut design, _) = act("card-fraud", None);
        begun.set(begun.get() + 1);
        design.seed += u64::from(begun.get() == 3);
        Run::new(design).expect("it runs")
    };
    let found = first_other(&ways(&begin, SECOND, 3 * SECOND));
    assert_eq!(found, Some("by seek"), "one seed is another");
}

#[test]
fn the_edit_that_is_dropped_by_the_fork_would_have_changed_the_world() {
    for (scenario, act) in all_acts().filter(|(scenario, _)| scenario.id != "trace") {
        let run = |edit: bool| {
            let mut run = begun(hurried(scenario, act));
            to(&mut run, SECOND);
            if edit {
                let edit = telling(run.design());
                run.edit(edit).expect("another world");
            }
            to(&mut run, 2 * SECOND);
            run.digest()
        };
        assert_ne!(run(true), run(false), "{}:{}", scenario.id, act.id);
    }
}

#[test]
fn every_act_accounts_for_all_under_other_seeds() {
    for (scenario, act) in all_acts() {
        for seed in 2..=5 {
            let (mut design, inputs) = hurried(scenario, act);
            design.seed = seed;
            let mut run = begun((design, inputs));
            let mut rng = Rng::stream(seed, 0, "instants");
            while run.now() < GOAL {
                let next = run.now() + 1 + rng.below(SECOND);
                to(&mut run, next);
                let found = run.conservation();
                let when = format!("{}:{} seed {seed} at {next} us", scenario.id, act.id);
                assert!(found.holds, "{when}: {:?}", found.breach);
                for path in &found.paths {
                    let sink = run.engine().machine().floor.find(&path.sink);
                    let gap = run.difference(sink.expect("a sink")).gap();
                    assert_eq!(gap, [0; 3], "{when}: ledger of {}", path.sink);
                }
            }
        }
    }
}
