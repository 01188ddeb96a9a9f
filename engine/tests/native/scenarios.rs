//! Every act of every scenario comes out as its figures say.

use crate::support::{black_friday, number, run_of, to};
use millrace_engine::base::digest::Hex;
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;
use millrace_engine::run::report::Interval;

#[test]
fn every_act_gives_its_figures() {
    for scenario in scenarios::list()
        .iter()
        .filter(|scenario| scenario.id != "trace")
    {
        for act in scenario.acts {
            let mut run = run_of(scenario.id, Some(act.id));
            to(&mut run, scenario.until);
            let report = run.report(scenario.id);
            assert_eq!(
                report["conservation"]["holds"], true,
                "{}:{}",
                scenario.id, act.id
            );
            for outcome in act.outcomes(&report) {
                assert!(outcome.ok(), "{}:{} {:?}", scenario.id, act.id, outcome);
            }
        }
    }
}

/// (tried, admitted, refused) of each shard in the second that starts at `second`.
fn of_second(run: &mut Run, second: u64) -> Vec<(f64, f64, f64)> {
    to(run, second * SECOND - 1);
    run.listen();
    run.take_facts();
    to(run, (second + 1) * SECOND - 1);
    let mut interval = Interval::default();
    for (_, fact) in run.take_facts() {
        interval.fold(&run.engine().machine().floor, &fact);
    }
    let value = run.interval_value(second * SECOND, &interval);
    let shards = value["nodes"]["stream"]["shards"]
        .as_array()
        .expect("shards")
        .clone();
    shards
        .iter()
        .map(|shard| {
            let admitted = number(shard, "metrics/IncomingRecords");
            let refused = number(shard, "metrics/WriteProvisionedThroughputExceeded");
            (admitted + refused, admitted, refused)
        })
        .collect()
}

fn near(value: f64, wanted: f64) -> bool {
    (value - wanted).abs() <= 1.0
}

#[test]
fn four_shards_refuse_five_hundred_a_second_and_six_are_idle() {
    let mut run = black_friday(&[]);
    for second in [8, 9, 60, 599] {
        for (shard, (tried, admitted, refused)) in of_second(&mut run, second).iter().enumerate() {
            let busy = [2, 5, 7, 8].contains(&shard);
            let wanted = if busy {
                (1_500.0, 1_000.0, 500.0)
            } else {
                (0.0, 0.0, 0.0)
            };
            assert!(
                near(*tried, wanted.0) && near(*admitted, wanted.1) && near(*refused, wanted.2),
                "second {second}, shard {shard}: {tried} tried, {admitted} admitted, {refused} refused"
            );
        }
    }
}

#[test]
fn twice_the_lanes_cure_nothing() {
    let mut run = black_friday(&[("stream", "shards", "20")]);
    let shards = of_second(&mut run, 30);
    let busy: Vec<usize> = (0..shards.len()).filter(|ix| shards[*ix].0 > 0.0).collect();
    assert_eq!(
        busy,
        [4, 11, 14, 17],
        "the four keys sit on four of twenty shards"
    );
    let refused: f64 = shards.iter().map(|shard| shard.2).sum();
    assert!(
        (refused - 2_000.0).abs() <= 4.0,
        "{refused} refused a second"
    );
}

#[test]
fn a_key_per_till_leaves_one_shard_just_above_its_limit() {
    let mut run = black_friday(&[("store-*", "key", "{store}/till-{nn}")]);
    let shards = of_second(&mut run, 25);
    for (ix, (_, _, refused)) in shards.iter().enumerate() {
        let wanted = if ix == 8 { 50.0 } else { 0.0 };
        assert!(
            near(*refused, wanted),
            "shard {ix} refuses {refused} a second"
        );
    }
    let admitted: f64 = shards.iter().map(|shard| shard.1).sum();
    assert!(
        (admitted - 5_950.0).abs() <= 10.0,
        "{admitted} a second come in"
    );
}

#[test]
fn a_change_of_key_at_sixty_seconds_counts_from_then_on() {
    let mut run = run_of("black-friday", Some("key-per-till-at-60s"));
    let before = of_second(&mut run, 59);
    let refused = |shards: &[(f64, f64, f64)]| shards.iter().map(|shard| shard.2).sum::<f64>();
    assert!(
        (refused(&before) - 2_000.0).abs() <= 4.0,
        "before: {}",
        refused(&before)
    );
    let after = of_second(&mut run, 61);
    assert!(
        (refused(&after) - 50.0).abs() <= 1.0,
        "shard 8 refuses at once: {}",
        refused(&after)
    );
}

#[test]
fn ten_keys_in_all_leave_four_shards_idle() {
    let mut run = black_friday(&[("store-*", "key", "pos-{nn}")]);
    let shards = of_second(&mut run, 60);
    let refusing: Vec<usize> = (0..10).filter(|ix| shards[*ix].2 > 0.0).collect();
    let idle = shards.iter().filter(|shard| shard.0 == 0.0).count();
    let refused: f64 = shards.iter().map(|shard| shard.2).sum();
    assert_eq!(refusing, [3, 5, 9], "where two or three keys meet");
    assert_eq!(idle, 4, "shards without a key");
    assert!(
        (refused - 1_200.0).abs() <= 3.0,
        "{refused} refused a second"
    );
}

#[test]
fn fixed_runs_have_their_digests() {
    let found = scenarios::DIGESTS.iter().map(|(id, at, _)| {
        let mut run = run_of(id, None);
        to(&mut run, *at);
        (*id, *at, Hex(run.digest()).to_string())
    });
    let found: Vec<(&str, Us, String)> = found.collect();
    let fixed = scenarios::DIGESTS.iter();
    let fixed: Vec<_> = fixed
        .map(|(id, at, digest)| (*id, *at, (*digest).to_owned()))
        .collect();
    assert_eq!(
        found, fixed,
        "all at once, for whoever changes the encoding"
    );
}

#[test]
fn every_scenario_has_a_fixed_run() {
    for scenario in scenarios::list() {
        let fixed = scenarios::DIGESTS.iter().any(|(id, ..)| *id == scenario.id);
        assert!(fixed, "{}: pin its digest", scenario.id);
    }
}
