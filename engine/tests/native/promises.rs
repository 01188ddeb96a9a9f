//! The engine's promises (product.md 3), and for each a planted fault that its check finds.

use crate::support::{fault, first_light, number, run_of, set, to};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::kernel::Stop;
use millrace_engine::run::Run;
use millrace_engine::services::facts::Fact;
use millrace_engine::services::talk::{Parcel, Reason};

// ---- 1. deterministic ---------------------------------------------------------------------

/// Straight to a time: the reference.
fn straight(at: Us) -> u64 {
    let mut run = first_light(&[]);
    to(&mut run, at);
    run.digest()
}

#[test]
fn one_digest_straight_by_frames_by_seek_and_by_fork() {
    let goal = 60 * SECOND;
    let wanted = straight(goal);

    let mut frames = first_light(&[]);
    for step in (0..goal).step_by(16_667).chain([goal]) {
        while frames.advance(step, 97).stop == Stop::Budget {}
    }
    assert_eq!(frames.digest(), wanted, "by frames of any size");

    let mut sought = first_light(&[]);
    to(&mut sought, 90 * SECOND);
    for at in [10 * SECOND, 75 * SECOND, 3, goal] {
        while sought.seek(at, 501).stop == Stop::Budget {}
        assert_eq!(sought.now(), at, "the seek comes there");
    }
    assert_eq!(sought.digest(), wanted, "by seek");

    let mut forked = first_light(&[]);
    to(&mut forked, 50 * SECOND);
    forked
        .edit(set("stream", "retention", "48h"))
        .expect("an edit at 50 s");
    to(&mut forked, 80 * SECOND);
    while forked.seek(40 * SECOND, u64::MAX).stop == Stop::Budget {}
    forked
        .edit(set("checkout", "limit", "10000"))
        .expect("an edit that changes nothing forks");
    assert_eq!(forked.head(), 40 * SECOND, "what came later is dropped");
    to(&mut forked, goal);
    assert_eq!(forked.digest(), wanted, "by fork");
}

#[test]
fn an_input_in_the_middle_of_an_instant_replays_to_the_same_world() {
    for budget in (1..240).map(|i| 9_000 + i) {
        let mut live = first_light(&[]);
        live.advance(20 * SECOND, budget); // stops with events of this instant pending
        live.fault(fault("stream", "crash", "300ms", None))
            .expect("a fault");
        let end = live.now() + SECOND;
        to(&mut live, end);
        let mut again = Run::restore(live.file()).expect("the file opens");
        to(&mut again, end);
        assert_eq!(again.digest(), live.digest(), "after {budget} events");
    }
}

#[test]
fn a_checkpoint_near_an_input_of_many_parts_is_whole() {
    use millrace_engine::design::edit::Edit;
    let add = |i: u64| Edit::AddNode {
        id: format!("s{i}"),
        service: "sink".into(),
        settings: SortedMap::new(),
    };
    let wire = Edit::AddWire {
        id: "new-wire".into(),
        kind: "push".into(),
        from: "stream".into(),
        to: "checkout".into(),
        settings: SortedMap::new(),
    };
    let edits: Vec<Edit> = (0..200).map(add).chain([wire]).collect();
    let mut run = first_light(&[]);
    // just before a multiple of the events between checkpoints
    run.advance(60 * SECOND, 39_900);
    run.edit(Edit::Many(edits)).expect("an edit of many parts");
    let end = run.now() + 2 * SECOND;
    to(&mut run, end);
    let straight = run.digest();
    to(&mut run, end + 10 * SECOND);
    while run.seek(end, u64::MAX).stop == Stop::Budget {}
    assert_eq!(run.digest(), straight, "by seek");
    let mut again = Run::restore(run.file()).expect("the file opens");
    to(&mut again, end);
    assert_eq!(again.digest(), straight, "by its file");
}

#[test]
fn looking_never_changes_the_world() {
    let mut run = first_light(&[]);
    run.sample_marks(true);
    let mut frame = millrace_engine::run::frame::Frame::default();
    for second in 1..=20 {
        to(&mut run, second * SECOND);
        run.frame(&mut frame);
        let _ = run.digest();
        run.conservation();
        run.report("x");
        let _ = run.why(frame.nodes[4].id, None, run.now());
    }
    assert_eq!(run.digest(), straight(20 * SECOND), "looked at or not");
}

#[test]
fn the_digest_check_finds_a_planted_difference() {
    let mut run = first_light(&[
        ("store-004", "bytes", "301"),
        ("store-004", "bytes_max", "301"),
    ]);
    to(&mut run, 10 * SECOND);
    assert_ne!(run.digest(), straight(10 * SECOND), "one byte a record");
}

// ---- 2. conservation ----------------------------------------------------------------------

/// Black Friday with a bad day: every fault, an edit, removals.
fn bad_day() -> Run {
    let mut run = first_light(&[
        ("store-*", "resend", "full"),
        ("store-*", "sdk_retry", "standard"),
        ("store-*", "timeout", "2s"),
    ]);
    to(&mut run, 7 * SECOND);
    run.fault(fault("stream", "lost-ack", "3s", Some(20.0)))
        .expect("a fault");
    to(&mut run, 12 * SECOND);
    run.fault(fault("checkout", "crash", "5s", None))
        .expect("a fault");
    to(&mut run, 20 * SECOND);
    run.fault(fault("stream", "refuse", "3s", Some(50.0)))
        .expect("a fault");
    run.fault(fault("sales", "lost-ack", "4s", Some(30.0)))
        .expect("a fault");
    to(&mut run, 26 * SECOND);
    run.fault(fault("store-002", "crash", "2s", None))
        .expect("a fault");
    run.fault(fault("stream", "slow", "2s", None))
        .expect("a fault");
    to(&mut run, 30 * SECOND);
    run.fault(fault("stream", "crash", "2s", None))
        .expect("a fault");
    run
}

#[test]
fn every_obligation_is_held_by_exactly_one_holder_on_a_bad_day() {
    let mut run = bad_day();
    let from = run.now();
    for step in 0..120 {
        to(&mut run, from + step * 250 * MS);
        let found = run.conservation();
        assert!(found.holds, "at {} us: {:?}", run.now(), found.breach);
    }
    let report = run.report("bad day");
    let again = number(&report, "ledger/sales/records/twice");
    assert!(
        again > 0.0,
        "lost acknowledgements and a crash deliver twice"
    );
}

#[test]
fn conservation_holds_at_any_instant_of_the_bad_day() {
    let mut run = bad_day();
    while run.seek(6_900 * MS, u64::MAX).stop == Stop::Budget {}
    for _ in 0..400 {
        let next = run.now() + 61_003;
        to(&mut run, next);
        let found = run.conservation();
        assert!(found.holds, "at {} us: {:?}", run.now(), found.breach);
    }
}

#[test]
fn conservation_holds_when_parts_are_removed_and_added() {
    use millrace_engine::design::edit::Edit;
    let mut run = first_light(&[]);
    to(&mut run, 8 * SECOND);
    for edit in [
        Edit::RemoveNode {
            id: "store-003".into(),
        },
        Edit::RemoveWire {
            id: "stream-to-checkout".into(),
        },
        Edit::AddWire {
            id: "again".into(),
            kind: "push".into(),
            from: "stream".into(),
            to: "checkout".into(),
            settings: SortedMap::new(),
        },
        Edit::RemoveNode { id: "sales".into() },
        set("stream", "shards", "5"),
    ] {
        run.edit(edit.clone())
            .unwrap_or_else(|error| panic!("{edit:?}: {error}"));
        for _ in 0..8 {
            let next = run.now() + 333_333;
            to(&mut run, next);
            let found = run.conservation();
            assert!(
                found.holds,
                "after {edit:?} at {} us: {:?}",
                run.now(),
                found.breach
            );
        }
    }
}

/// Checks at each quarter of a second until `end`.
fn holds_until(run: &mut Run, end: Us, when: &str) {
    while run.now() < end {
        let next = run.now() + 250 * MS;
        to(run, next);
        let found = run.conservation();
        assert!(found.holds, "{when}, at {next} us: {:?}", found.breach);
    }
}

#[test]
fn a_record_that_comes_by_two_ways_is_owed_once() {
    use millrace_engine::design::edit::Edit;
    let mut run = run_of("first-light", None);
    to(&mut run, 10 * SECOND);
    let paths = |run: &mut Run| run.conservation().paths;
    let before = paths(&mut run);
    run.edit(Edit::AddWire {
        id: "second-way".into(),
        kind: "push".into(),
        from: "stream".into(),
        to: "checkout".into(),
        settings: SortedMap::new(),
    })
    .expect("a second way");
    for (old, new) in before.iter().zip(paths(&mut run)) {
        assert_eq!(new.owed, old.owed, "what is kept was owed already");
    }
    holds_until(&mut run, 20 * SECOND, "by two ways");
    for path in paths(&mut run) {
        assert!(path.delivered_again > 0, "each comes twice: {path:?}");
    }
    run.edit(Edit::RemoveWire {
        id: "stream-to-checkout".into(),
    })
    .expect("the first way goes");
    holds_until(&mut run, 30 * SECOND, "by the second way alone");
    run.edit(set("store-*", "rate_after", "0"))
        .expect("the tills close");
    to(&mut run, 90 * SECOND);
    for path in paths(&mut run) {
        let ended: u64 = path.ended.values().sum();
        let came = (path.first_delivered + ended, path.in_custody);
        assert_eq!(came, (path.owed, 0), "all came or ended: {path:?}");
        for reason in [Reason::BeforeStart, Reason::Removed] {
            let lost = path.ended.get(reason.code()).copied().unwrap_or(0);
            assert_eq!(lost, 0, "the other way brought it: {path:?}");
        }
    }
}

#[test]
fn the_conservation_check_finds_a_planted_loss() {
    use millrace_engine::ledger::conservation::check;
    let mut run = first_light(&[]);
    to(&mut run, 10 * SECOND);
    let mut engine = run.engine().clone();
    assert!(check(&engine).holds, "before");
    engine.machine_mut().floor.books.paths[0].owed += 1;
    let found = check(&engine);
    assert!(
        !found.holds && found.breach.is_some(),
        "one record that nobody holds"
    );
    let mut engine = run.engine().clone();
    let stream = engine.machine().floor.find("stream").expect("the stream");
    engine.machine_mut().floor.books.node(stream).taken += 1;
    assert!(
        !check(&engine).nodes_balanced,
        "one record that vanished in a node"
    );
    millrace_engine::ledger::conservation::enforce(&mut engine);
    assert!(engine.fault().is_some(), "a breach stops the run");
}

// ---- 3. order -----------------------------------------------------------------------------

#[test]
fn order_per_key_within_a_shard_and_no_repeats_without_cause() {
    let mut run = first_light(&[]);
    to(&mut run, 60 * SECOND);
    let report = run.report("x");
    assert_eq!(
        number(&report, "ledger/sales/records/out_of_order"),
        0.0,
        "in order"
    );
    assert_eq!(
        number(&report, "ledger/sales/records/twice"),
        0.0,
        "once each"
    );
    assert!(
        number(&report, "ledger/sales/records/believed") > 100_000.0,
        "something came"
    );
}

#[test]
fn the_order_check_finds_a_planted_swap() {
    let mut run = first_light(&[]);
    to(&mut run, 10 * SECOND);
    let mut engine = run.engine().clone();
    let floor = &mut engine.machine_mut().floor;
    let last = floor.books.paths[0].last;
    let lane = 0;
    let parcel = |first| Parcel {
        lane,
        n: 1,
        first,
        born: 0,
        span: 0,
        bytes_each: 1,
        op: millrace_engine::services::talk::Op::Count,
        flags: 0,
    };
    let before: u64 = floor.books.paths.iter().map(|path| path.out_of_order).sum();
    floor
        .books
        .delivered(&floor.lanes, last, &parcel(1_000_001), (0, true));
    floor
        .books
        .delivered(&floor.lanes, last, &parcel(1_000_000), (0, true));
    let after: u64 = floor.books.paths.iter().map(|path| path.out_of_order).sum();
    assert_eq!(after, before + 1, "the swapped record is counted");
}

// ---- 4. limits ----------------------------------------------------------------------------

/// The largest excess over `capacity + rate * w` of any interval of length w between two
/// admissions, in millionths; all pairs, by the running least of `sum before - rate * t`.
pub(crate) fn excess(admitted: &[(Us, u64)], capacity: u64, rate: u64) -> i128 {
    let (mut sum, mut least, mut worst) = (0_i128, i128::MAX, i128::MIN);
    for (at, n) in admitted {
        let line = i128::from(rate) * i128::from(*at);
        least = least.min(sum * 1_000_000 - line);
        sum += i128::from(*n);
        worst = worst.max(sum * 1_000_000 - line - least - i128::from(capacity) * 1_000_000);
    }
    worst
}

#[test]
fn no_bucket_admits_more_than_its_limit_over_any_interval() {
    let mut run = first_light(&[
        ("store-*", "bytes", "900"),
        ("store-*", "bytes_max", "1500"),
    ]);
    run.listen();
    to(&mut run, 40 * SECOND);
    let mut records: SortedMap<u32, Vec<(Us, u64)>> = SortedMap::new();
    let mut bytes: SortedMap<u32, Vec<(Us, u64)>> = SortedMap::new();
    for (at, fact) in run.take_facts() {
        if let Fact::Admitted { lane, parcel, .. } = fact {
            let key = run
                .engine()
                .machine()
                .floor
                .lanes
                .get(parcel.lane)
                .key_bytes;
            let n = u64::from(parcel.n);
            records.entry(lane).or_default().push((at, n));
            bytes
                .entry(lane)
                .or_default()
                .push((at, n * u64::from(parcel.bytes_each + key)));
        }
    }
    assert_eq!(records.len(), 4, "four shards are used");
    for (shard, list) in &records {
        assert!(excess(list, 1_000, 1_000) <= 0, "records of shard {shard}");
        assert!(list.len() > 1_000, "many admissions were looked at");
    }
    for (shard, list) in &bytes {
        assert!(
            excess(list, 1 << 20, 1 << 20) <= 0,
            "bytes of shard {shard}"
        );
    }
}

#[test]
fn the_limit_check_finds_a_planted_overrun() {
    let fair: Vec<(Us, u64)> = (0..100).map(|i| (i * 100 * MS, 100)).collect();
    assert!(excess(&fair, 1_000, 1_000) <= 0, "100 each 100 ms");
    let mut unfair = fair.clone();
    unfair[50].1 += 901;
    assert!(excess(&unfair, 1_000, 1_000) > 0, "1,001 at one instant");
    let fast: Vec<(Us, u64)> = (0..1_000).map(|i| (i * 100 * MS, 102)).collect();
    assert!(
        excess(&fast, 1_000, 1_000) > 0,
        "2 % too much for long enough"
    );
}

// ---- ticks --------------------------------------------------------------------------------

#[test]
fn a_tick_of_100_ms_agrees_with_one_of_1_ms() {
    let report = |tick: &str| {
        let mut run = first_light(&[("store-*", "tick", tick)]);
        to(&mut run, 30 * SECOND);
        run.report("x")
    };
    let (coarse, fine) = (report("100ms"), report("1ms"));
    for path in [
        "nodes/stream/metrics/IncomingRecords",
        "nodes/stream/metrics/WriteProvisionedThroughputExceeded",
    ] {
        let (a, b) = (number(&coarse, path), number(&fine, path));
        assert!((a - b).abs() <= 0.01 * b, "{path}: {a} against {b}");
    }
    for q in ["p50", "p95", "p99"] {
        let path = format!("latency_us/sales/{q}");
        let (a, b) = (number(&coarse, &path), number(&fine, &path));
        assert!((a - b).abs() <= 100_000.0, "{q}: {a} against {b} us");
    }
}

// ---- 7. memory ----------------------------------------------------------------------------

#[test]
fn a_smaller_log_budget_changes_nothing_before_the_first_coarsening() {
    let (design, _) = crate::support::act("first-light", None);
    let mut large = Run::with_log_budget(design.clone(), 96 << 20).expect("runs");
    let mut small = Run::with_log_budget(design, 1 << 20).expect("runs");
    let mut differed = None;
    for second in (10..=300).step_by(10) {
        to(&mut large, second * SECOND);
        to(&mut small, second * SECOND);
        if large.digest() != small.digest() && differed.is_none() {
            differed = Some(second);
        }
    }
    let differed = differed.expect("1 MB does not hold five minutes of this load unchanged");
    assert!(
        differed >= 60,
        "equal until the first coarsening, which is not before a minute"
    );
    let (a, b) = (large.report("x"), small.report("x"));
    for path in [
        "nodes/stream/metrics/IncomingRecords",
        "nodes/stream/metrics/IncomingBytes",
        "ledger/sales/records/believed",
        "ledger/sales/money_cents/believed",
    ] {
        assert_eq!(number(&a, path), number(&b, path), "{path} stays exact");
    }
    assert_eq!(
        b["conservation"]["holds"], true,
        "{}",
        b["conservation"]["breach"]
    );
}
