//! Split, merge, UpdateShardCount (aws-facts W3; 1.3.8 to 1.3.10).

use super::{count, get, got, iterator, put, shards};
use crate::base::time::{DAY, HOUR, SECOND};
use crate::catalog::Rules;
use crate::services::kinesis::{Call, error_code};
use crate::services::rig::Rig;
use crate::services::signal::Order;
use crate::services::talk::{Ask, Control, Reason, Reply, StartAt};

fn bench(n: &str) -> Rig {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", n)]);
    rig
}

/// Commands, and waits until the stream is ACTIVE again.
fn command(rig: &mut Rig, control: Control) {
    let node = rig.find("s");
    rig.order(Order::Control { node, control });
    rig.run_to(rig.engine.now() + 60 * SECOND);
}

fn split(shard: u32, new_start: Option<u128>) -> Control {
    Control::SplitShard { shard, new_start }
}

fn merge(shard: u32, adjacent: u32) -> Control {
    Control::MergeShards { shard, adjacent }
}

fn open(rig: &mut Rig) -> Vec<u32> {
    shards(rig)
        .into_iter()
        .filter(|shard| shard.2)
        .map(|shard| shard.0)
        .collect()
}

/// (all listed, open) after UpdateShardCount.
fn update(rig: &mut Rig, target: &str) -> (usize, usize) {
    rig.set("s", &[("shards", target)]);
    rig.run_to(rig.engine.now() + 60 * SECOND);
    (shards(rig).len(), open(rig).len())
}

#[test]
fn a_split_makes_the_worked_children() {
    let mut rig = bench("4");
    let keys = ["store-002", "store-004", "12345"].map(|key| rig.lane(key, None));
    command(&mut rig, split(2, None));
    let wanted = [(2, vec![], false), (4, vec![2], true), (5, vec![2], true)];
    let listed: Vec<_> = shards(&mut rig)
        .into_iter()
        .filter(|s| [2, 4, 5].contains(&s.0))
        .collect();
    assert_eq!(listed, wanted);
    let entries = keys.map(|lane| rig.parcel(lane, 0, 1, 10)).to_vec();
    put(&mut rig, entries);
    assert_eq!(
        count(&got(&mut rig, 5, 0).0),
        1,
        "store-002 goes to the upper child"
    );
    assert_eq!(
        count(&got(&mut rig, 4, 0).0),
        2,
        "the others to the lower one"
    );
}

#[test]
fn merges_want_neighbours() {
    let mut rig = bench("4");
    command(&mut rig, merge(0, 2));
    assert_eq!(open(&mut rig), [0, 1, 2, 3], "0 and 2 are not adjacent");
    command(&mut rig, merge(0, 1));
    assert_eq!((shards(&mut rig).len(), open(&mut rig).len()), (5, 3));
    command(&mut rig, merge(4, 2));
    assert_eq!(open(&mut rig), [3, 5]);
    assert_eq!(shards(&mut rig)[5].1, [4, 2], "parent and adjacent parent");
}

#[test]
fn what_a_split_refuses() {
    let third = 113_427_455_640_312_821_154_458_202_477_256_070_485;
    let low = Some(1);
    for (control, why) in [
        (split(0, low), "the lower child would be one key"),
        (
            split(0, Some(third - 1)),
            "the upper child would be one key",
        ),
        (split(0, Some(third)), "outside its range"),
        (split(5, Some(7)), "there is no shard 5"),
        (merge(5, 0), "there is no shard 5"),
        (merge(1, 1), "a shard is no neighbour of its own"),
    ] {
        let mut rig = bench("3");
        command(&mut rig, control);
        assert_eq!(open(&mut rig), [0, 1, 2], "{why}");
    }
    let mut rig = bench("1");
    command(&mut rig, split(0, Some(2)));
    assert_eq!(open(&mut rig), [1, 2], "two keys are enough");
    command(&mut rig, split(0, Some(1 << 100)));
    assert_eq!(open(&mut rig), [1, 2], "a closed shard is not split");
}

#[test]
fn refusals_carry_the_codes_of_aws() {
    let mut rig = bench("3");
    let codes = [
        "ResourceNotFoundException",
        "InvalidArgumentException",
        "ResourceInUseException",
    ];
    let tries = [split(9, None), merge(0, 2), split(0, None), split(1, None)];
    let wanted = [Some(codes[0]), Some(codes[1]), None, Some(codes[2])];
    for (control, wanted) in tries.into_iter().zip(wanted) {
        let said = try_command(&mut rig, control);
        match wanted {
            None => assert_eq!(said, None),
            Some(code) => assert!(
                said.clone().is_some_and(|s| s.starts_with(code)),
                "{said:?}"
            ),
        }
    }
}

/// What a copy of the stream says to a command; the stream takes it too if it is allowed.
fn try_command(rig: &mut Rig, control: Control) -> Option<String> {
    let node = rig.find("s");
    let plant = rig.engine.machine();
    let Some(crate::services::Unit::Kinesis(part)) = plant.unit(node) else {
        panic!("a stream")
    };
    let said = part.state.refusal(&control, "s");
    rig.order(Order::Control { node, control });
    said
}

#[test]
fn while_updating_the_parent_still_takes_writes() {
    let mut rig = bench("1");
    let lane = rig.lane("a", Some(1));
    let node = rig.find("s");
    rig.order(Order::Control {
        node,
        control: split(0, Some(2)),
    });
    rig.run_to(5 * SECOND);
    let parcel = rig.parcel(lane, 0, 3, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(shards(&mut rig).len(), 1, "no child yet");
    rig.order(Order::Control {
        node,
        control: split(0, Some(9)),
    });
    rig.run_to(60 * SECOND);
    assert_eq!(shards(&mut rig).len(), 3, "the second command was refused");
    let parcel = rig.parcel(lane, 3, 2, 10);
    put(&mut rig, vec![parcel]);
    let (reads, next, _, children) = got(&mut rig, 0, 0);
    assert_eq!(
        (count(&reads), next, children),
        (3, None, vec![1, 2]),
        "the parent's end"
    );
    assert_eq!(
        got(&mut rig, 1, 0).0[0].parcel.first,
        3,
        "then its child goes on"
    );
}

/// Rules of the suites that published how many shards were listed.
const SUITES: Rules = Rules { as_of: 202_201 };

fn bench_under(rules: Rules, n: &str) -> Rig {
    let mut rig = Rig::under(1, rules);
    rig.node("s", "kinesis", &[("shards", n)]);
    rig
}

#[test]
fn update_shard_count_lists_what_was_published() {
    for (initial, target, listed) in [
        ("2", "4", 6),
        ("4", "5", 15),
        ("10", "13", 37),
        ("4", "2", 6),
        ("5", "3", 7),
    ] {
        let mut rig = bench_under(SUITES, initial);
        let wanted = (listed, target.parse().expect("a count"));
        assert_eq!(
            update(&mut rig, target),
            wanted,
            "from {initial} to {target}"
        );
    }
    let mut rig = bench_under(SUITES, "10");
    assert_eq!(update(&mut rig, "6").1, 6);
    let closed: Vec<u32> = shards(&mut rig)
        .into_iter()
        .filter(|s| !s.2)
        .map(|s| s.0)
        .collect();
    assert_eq!(closed, [0, 1, 2, 3, 4, 5, 6, 7], "8 and 9 stay");
    assert_eq!(update(&mut rig, "3").1, 3);
}

/// Widths of all open shards, as parts of an even width of `n`.
fn widths(rig: &Rig, n: u32) -> Vec<f64> {
    let Some(crate::services::Unit::Kinesis(part)) = rig.engine.machine().unit(rig.find("s"))
    else {
        panic!("a stream")
    };
    let shards = part.state.describe();
    let open = shards.iter().filter(|shard| shard.ending_at.is_none());
    let width = |from: u128, to: u128| (to - from) as f64 / u128::MAX as f64 * f64::from(n);
    open.map(|shard| width(shard.from, shard.to)).collect()
}

fn all_even(widths: &[f64]) -> bool {
    widths.iter().all(|width| (width - 1.0).abs() < 1e-5)
}

#[test]
fn every_allowed_target_ends_even_up_and_down() {
    for initial in [1_u32, 2, 3, 4, 5, 6, 7, 9, 10, 13, 16, 37] {
        for target in initial.div_ceil(2)..=2 * initial {
            let mut rig = bench(&initial.to_string());
            update(&mut rig, &target.to_string());
            let found = widths(&rig, target);
            assert_eq!(found.len() as u32, target, "{initial} to {target}");
            assert!(all_even(&found), "{initial} to {target}: {found:?}");
            let unit = rig.engine.machine().unit(rig.find("s"));
            unit.expect("started").assert_invariants();
            let ids: Vec<u32> = shards(&mut rig).into_iter().map(|s| s.0).collect();
            let count = ids.len() as u32;
            assert_eq!(ids, (0..count).collect::<Vec<_>>(), "the next numbers");
        }
    }
}

#[test]
fn older_rules_end_even_only_where_one_cut_a_shard_is_enough() {
    for (initial, target, even) in [
        (3_u32, 6_u32, true),
        (4, 5, true),
        (10, 15, true),
        (8, 4, true),
        (10, 13, false),
        (5, 3, false),
    ] {
        let mut rig = bench_under(SUITES, &initial.to_string());
        update(&mut rig, &target.to_string());
        let found = widths(&rig, target);
        assert_eq!(all_even(&found), even, "{initial} to {target}: {found:?}");
    }
}

#[test]
fn from_uneven_shards_a_doubling_ends_even_too() {
    let mut rig = bench("2");
    command(&mut rig, split(0, Some(1_000_003)));
    command(&mut rig, split(1, None));
    assert!(!all_even(&widths(&rig, 4)), "one is tiny");
    assert_eq!(update(&mut rig, "8").1, 8);
    assert!(all_even(&widths(&rig, 8)), "{:?}", widths(&rig, 8));
}

#[test]
fn a_middle_split_by_hand_counts_as_an_even_border() {
    let mut rig = bench("1");
    command(&mut rig, split(0, None));
    assert_eq!(update(&mut rig, "4"), (7, 4), "two more splits, no sliver");
    assert!(all_even(&widths(&rig, 4)));
}

#[test]
fn four_to_three_is_what_was_seen_at_aws() {
    // splits 1 and 2, merges with 0 and 3; 6, 9 and 10 stay open (risingwave #9961)
    let mut rig = bench("4");
    assert_eq!(update(&mut rig, "3"), (11, 3));
    assert_eq!(open(&mut rig), [6, 9, 10]);
    let parents: Vec<Vec<u32>> = shards(&mut rig).into_iter().map(|s| s.1).collect();
    let wanted = [
        vec![1],
        vec![1],
        vec![0, 4],
        vec![2],
        vec![2],
        vec![5, 7],
        vec![8, 3],
    ];
    assert_eq!(parents[4..], wanted);
}

#[test]
fn update_shard_count_has_bounds() {
    for (target, n) in [("2", 2), ("8", 8), ("1", 4), ("9", 4)] {
        let mut rig = bench("4");
        assert_eq!(update(&mut rig, target).1, n, "from 4 to {target}");
    }
    let mut rig = bench("4");
    let targets = ["5", "4"];
    for i in 0..10 {
        let target = targets[i % 2];
        assert_eq!(update(&mut rig, target).1.to_string(), target, "change {i}");
    }
    assert_eq!(update(&mut rig, "5").1, 4, "the eleventh in 24 hours");
    rig.set("s", &[("shards", "4")]);
    rig.run_to(DAY + HOUR);
    assert_eq!(update(&mut rig, "5").1, 5, "the next day");
}

#[test]
fn a_stream_that_is_made_during_a_run_is_creating_at_first() {
    let mut rig = Rig::new(1);
    rig.run_to(SECOND);
    rig.node("s", "kinesis", &[("shards", "2")]);
    let lane = rig.lane("a", Some(0));
    let refused = |reply: Reply| match reply {
        Reply::Refused { reason, .. } => Some(reason),
        _ => None,
    };
    let entries = vec![rig.parcel(lane, 0, 3, 10)];
    let put_it = Ask::Put {
        entries: entries.into(),
        batched: true,
    };
    let start = StartAt::Latest;
    let open_it = Ask::GetShardIterator { shard: 0, start };
    for ask in [put_it.clone(), open_it, Ask::ListShards] {
        assert_eq!(refused(rig.ask("s", ask)), Some(Reason::InUse));
    }
    assert_eq!(refused(get(&mut rig, 0, 0, 10)), Some(Reason::InUse));
    let said = try_command(&mut rig, split(0, None)).expect("refused");
    assert!(said.starts_with("ResourceInUseException") && said.contains("CREATING"));
    assert_eq!(
        error_code(Reason::InUse, Call::PutRecords, Rules::NEWEST),
        "ResourceNotFoundException"
    );
    rig.run_to(11 * SECOND);
    assert_eq!(
        rig.ask("s", put_it),
        Reply::Put { failed: Vec::new() },
        "ACTIVE"
    );
    assert_eq!(shards(&mut rig).len(), 2, "nothing came of the early split");
}

#[test]
fn the_retention_stays_while_a_stream_is_not_active() {
    use crate::services::rig::config_of;
    let mut rig = bench("1");
    let settings = [("shards", "1"), ("retention", "48h")];
    let wanted = config_of("kinesis", &settings).expect("good settings");
    let admitted = |rig: &Rig| {
        let (node, plant) = (rig.find("s"), rig.engine.machine());
        let unit = plant.unit(node).expect("started");
        unit.admit(&wanted, &plant.view(node, rig.engine.now()))
    };
    assert_eq!(admitted(&rig), Ok(()), "while ACTIVE");
    assert_eq!(try_command(&mut rig, split(0, None)), None);
    let said = admitted(&rig).expect_err("while UPDATING");
    assert!(said.starts_with("ResourceInUseException"), "{said}");
}

#[test]
fn a_child_begins_a_second_behind_its_parent() {
    let mut rig = bench("1");
    command(&mut rig, split(0, Some(2)));
    let Some(crate::services::Unit::Kinesis(part)) = rig.engine.machine().unit(rig.find("s"))
    else {
        panic!("a stream")
    };
    let all = part.state.describe();
    let ranges: Vec<_> = all
        .iter()
        .map(|s| (s.from, s.to, s.ending_at.is_none()))
        .collect();
    let whole = (0, u128::MAX, false);
    assert_eq!(ranges, [whole, (0, 1, true), (2, u128::MAX, true)]);
    let ended = all[0].ending_at.expect("it is closed");
    assert_eq!(all[1].starting_at - ended, SECOND);
}

#[test]
fn closed_shards_go_when_nothing_is_left_of_them() {
    let mut rig = bench("2");
    let lane = rig.lane("a", Some(0));
    let parcel = rig.parcel(lane, 0, 5, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(update(&mut rig, "4"), (6, 4));
    rig.run_to(24 * HOUR + 59 * SECOND);
    assert_eq!(shards(&mut rig).len(), 4, "both parents are EXPIRED");
    assert_eq!(
        iterator(&mut rig, 0, StartAt::TrimHorizon),
        None,
        "and unknown"
    );
    let parcel = rig.parcel(lane, 5, 5, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(
        count(&got(&mut rig, 2, 0).0),
        5,
        "the lowest child has its part of the ring"
    );
    assert_eq!(update(&mut rig, "8").0, 12, "numbers go on");
    assert_eq!(open(&mut rig), [6, 7, 8, 9, 10, 11, 12, 13]);
}

#[test]
fn any_script_leaves_a_ring_without_gap() {
    let mut rng = crate::base::rng::Rng::stream(5, 0, "script");
    let mut rig = bench("5");
    for _ in 0..60 {
        let ids = open(&mut rig);
        let pick = |rng: &mut crate::base::rng::Rng| ids[rng.below(ids.len() as u64) as usize];
        let control = match rng.below(3) {
            0 => split(pick(&mut rng), None),
            _ => merge(pick(&mut rng), pick(&mut rng)),
        };
        command(&mut rig, control);
        rig.engine
            .machine()
            .unit(rig.find("s"))
            .expect("started")
            .assert_invariants();
    }
    assert!(shards(&mut rig).len() > 20, "many were made");
}
