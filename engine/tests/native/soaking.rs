//! Short runs of what `make soak` does at length (see `engine/tests/soak`), and in few steps what the long ones found.

#[path = "../soak/decoders.rs"]
mod decoders;
#[path = "../soak/walk.rs"]
mod walk;

use crate::support::{act, bench, fault, set, to};
use decoders::{Cases, Decoder};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::design::Edit;
use millrace_engine::ledger::conservation::{PathLine, check};
use millrace_engine::run::Run;
use millrace_engine::services::plant::Signal;
use millrace_engine::services::talk::Ask;
use walk::Walk;

/// Acts of each walk here.
const ACTS: u32 = 500;
/// Cases for each decoder here.
const CASES: u64 = 15_000;

/// A walk; its story is told if it ends badly.
fn walked(seed: u64) -> Walk {
    let mut story = Vec::new();
    let mut walk = Walk::new(seed);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        for step in 0..ACTS {
            walk.step(step, &mut |line| story.push(line));
        }
        walk.close();
    }));
    if done.is_err() {
        let last: Vec<String> = story.into_iter().rev().take(12).rev().collect();
        panic!(
            "walk {seed} failed (see above): {}\nits last acts:\n{}\nits file:\n{:.4000}\n\
             `cargo run --profile soak -p millrace-engine --example soak -- walk 1 {ACTS} {seed}` cuts it down",
            walk.tally.summary(),
            last.join("\n"),
            walk.file_text()
        );
    }
    walk
}

/// Walks of these seeds, and whether each kind of act was made and refused in them.
fn walks(seeds: std::ops::RangeInclusive<u64>) {
    let mut acts: SortedMap<&str, (u64, u64)> = SortedMap::new();
    let (mut reopened, mut again, mut forks, mut admissions) = (0, 0, 0, 0);
    for seed in seeds {
        let tally = walked(seed).tally;
        for (kind, (done, refused)) in tally.acts {
            let entry = acts.entry(kind).or_default();
            *entry = (entry.0 + done, entry.1 + refused);
        }
        reopened += tally.reopened;
        again += tally.again;
        forks += tally.forks;
        admissions += tally.admissions;
    }
    for kind in [
        "set",
        "many",
        "add wire",
        "remove wire",
        "remove node",
        "layout",
        "fault",
        "undo",
        "redo",
    ] {
        let (done, refused) = acts.get(kind).copied().unwrap_or_default();
        let enough = done > 20 && (refused > 0 || kind == "remove wire");
        assert!(enough, "{kind}: {done} made, {refused} refused");
    }
    assert!(
        reopened > 50 && again > 100,
        "{reopened} files, {again} times again"
    );
    assert!(
        forks > 50 && admissions > 10_000,
        "{forks} forks, {admissions} admissions"
    );
}

// four tests, so that they share the processors
#[test]
fn walks_1_to_5_keep_every_promise() {
    walks(1..=5);
}

#[test]
fn walks_6_to_10_keep_every_promise() {
    walks(6..=10);
}

#[test]
fn walks_11_to_15_keep_every_promise() {
    walks(11..=15);
}

#[test]
fn walks_16_to_20_keep_every_promise() {
    walks(16..=20);
}

#[test]
fn a_walk_is_the_same_again() {
    let digest = |seed: u64| walked(seed).tally.digest;
    assert_eq!(digest(5), digest(5), "one seed is one walk");
    assert_ne!(digest(5), digest(12), "another seed is another");
}

#[test]
fn every_decoder_takes_or_refuses_whatever_it_is_given() {
    for decoder in Decoder::ALL {
        let cases = Cases::new(decoder, 7);
        let mut taken = 0;
        for number in 0..CASES {
            taken += u64::from(cases.taken(&cases.text(number), number));
        }
        let both = taken > CASES / 200 && taken < CASES / 2;
        assert!(both, "{decoder:?}: {taken} of {CASES} taken");
    }
}

// ---- what walks found, in few steps ----------------------------------------------------------

/// Runs on and looks at each twentieth of a second.
fn sound_until(run: &mut Run, end: Us, when: &str) {
    while run.now() < end {
        let next = run.now() + 50 * MS;
        to(run, next);
        let found = run.conservation();
        assert!(found.holds, "{when}, at {next} us: {:?}", found.breach);
    }
}

fn wire(kind: &str, from: &str, into: &str) -> Edit {
    Edit::AddWire {
        id: format!("{from}-{kind}-{into}"),
        kind: kind.to_owned(),
        from: from.to_owned(),
        to: into.to_owned(),
        settings: SortedMap::new(),
    }
}

fn gone(run: &mut Run, wire: &str) {
    let id = wire.to_owned();
    run.edit(Edit::RemoveWire { id }).expect("it is there");
}

#[test]
fn contenders_that_read_when_their_wire_goes_hold_no_record_any_more() {
    let (design, _) = act("throttled-writer", Some("contest-full-jitter"));
    let slow = set("clients-to-item", "network", "1m");
    let design = design.apply(&slow).expect("a slow wire");
    let mut run = Run::new(design).expect("it runs");
    to(&mut run, 300 * MS);
    gone(&mut run, "clients-to-item");
    sound_until(&mut run, 3 * SECOND, "without their wire");
    run.edit(wire("put", "clients", "item")).expect("a wire");
    sound_until(&mut run, 6 * SECOND, "with another");
}

/// A stream, an application that reads it, and a slow way from there.
const SLOW: &str = "
    tills tills rate=40 clients=2
    stream kinesis shards=1
    reader consumer
    report sink
    tills -put-> stream
    stream -poll-> reader
    reader -deliver-> report network=1m";

#[test]
fn a_reader_that_comes_again_may_read_what_still_travels_on_the_old_way() {
    let mut run = Run::new(bench(SLOW)).expect("the design runs");
    to(&mut run, 2_500 * MS);
    gone(&mut run, "stream-to-reader");
    to(&mut run, 3 * SECOND);
    run.edit(wire("push", "stream", "reader")).expect("a wire");
    sound_until(&mut run, 5 * SECOND, "read again");
    to(&mut run, 64 * SECOND);
    sound_until(&mut run, 66 * SECOND, "as they arrive");
}

#[test]
fn what_a_reader_without_a_log_lost_is_still_on_its_way_when_it_has_one() {
    let mut run = Run::new(bench(SLOW)).expect("the design runs");
    to(&mut run, 2_500 * MS);
    gone(&mut run, "stream-to-reader");
    run.fault(fault("reader", "crash", "1s", None))
        .expect("it can");
    to(&mut run, 3 * SECOND);
    run.edit(wire("push", "stream", "reader")).expect("a wire");
    sound_until(&mut run, 6 * SECOND, "on their way");
    to(&mut run, 64 * SECOND);
    sound_until(&mut run, 66 * SECOND, "as they arrive");
}

#[test]
fn what_a_loop_put_into_a_log_twice_is_owed_once_to_a_later_reader() {
    let looped = "
        tills tills rate=40 clients=1
        stream kinesis shards=1
        fold lambda duration=20ms
        two lambda
        tills -put-> stream
        fold -put-> stream
        stream -mapping-> fold";
    let mut run = Run::new(bench(looped)).expect("the design runs");
    to(&mut run, 2_500 * MS);
    gone(&mut run, "fold-to-stream");
    to(&mut run, 3 * SECOND);
    gone(&mut run, "stream-to-fold");
    to(&mut run, 3_500 * MS);
    run.edit(wire("mapping", "stream", "two")).expect("a wire");
    sound_until(&mut run, 8 * SECOND, "read by another");
}

#[test]
fn what_waits_where_no_way_leads_any_more_is_owed_on_a_way_that_goes_on() {
    let waiting = "
        tills tills rate=40 clients=1
        stream kinesis shards=1
        reader consumer
        room queue servers=1 mean=2s
        report sink
        tills -put-> stream
        tills -deliver-> room
        stream -poll-> reader
        reader -deliver-> room
        room -deliver-> report";
    let mut run = Run::new(bench(waiting)).expect("the design runs");
    to(&mut run, 4 * SECOND);
    gone(&mut run, "stream-to-reader");
    to(&mut run, 5 * SECOND);
    let more = Edit::AddNode {
        id: "next".to_owned(),
        service: "sqs".to_owned(),
        settings: SortedMap::new(),
    };
    let more = Edit::Many(vec![more, wire("deliver", "room", "next")]);
    run.edit(more).expect("a way that goes on");
    sound_until(&mut run, 40 * SECOND, "served one by one");
}

/// A slow hand-over of which the design knows no way any more, and the engine at that time.
fn waiting_on_a_closed_way() -> Run {
    let mut run = Run::new(bench(SLOW)).expect("the design runs");
    to(&mut run, 2_500 * MS);
    gone(&mut run, "stream-to-reader");
    to(&mut run, 3 * SECOND);
    run
}

#[test]
fn on_a_closed_way_a_second_holder_and_a_lost_record_are_found() {
    let mut run = waiting_on_a_closed_way();
    // any change of the wires, after which only what was met may have two holders
    run.edit(wire("deliver", "tills", "report"))
        .expect("a wire");
    let found = run.conservation();
    let waits = |line: &PathLine| line.in_custody > 0 && line.via.contains(&"reader".to_owned());
    assert!(found.holds && found.paths.iter().any(waits), "{found:?}");

    let mut engine = run.engine().clone();
    let pending = engine.pending().iter_unordered();
    let hand = pending.into_iter().find(|signal| {
        matches!(
            signal,
            Signal::Arrive {
                ask: Ask::Hand { .. },
                ..
            }
        )
    });
    let hand = hand.cloned().expect("records on their way to the report");
    let at = engine.now() + SECOND;
    engine.schedule(at, hand);
    let found = check(&engine);
    assert!(
        !found.holds,
        "the same records twice on their way: {found:?}"
    );

    let mut engine = run.engine().clone();
    let paths = &mut engine.machine_mut().floor.books.paths;
    let closed = paths.iter_mut().find(|path| !path.live() && path.waits());
    closed.expect("the closed way").owed += 1;
    assert!(!check(&engine).holds, "one record that nobody holds");
}

#[test]
fn what_a_closed_way_carries_may_fork_and_meet_before_its_end() {
    let mut run = waiting_on_a_closed_way();
    gone(&mut run, "tills-to-stream");
    let room = Edit::AddNode {
        id: "room".to_owned(),
        service: "queue".to_owned(),
        settings: SortedMap::from([("mean".to_owned(), "700ms".to_owned())]),
    };
    let reader = wire("push", "stream", "reader");
    let (aside, back) = (
        wire("deliver", "reader", "room"),
        wire("deliver", "room", "report"),
    );
    run.edit(Edit::Many(vec![room, reader, aside, back]))
        .expect("another way beside the old one");
    sound_until(&mut run, 6 * SECOND, "read again, and by two ways");
    gone(&mut run, "reader-to-report");
    sound_until(&mut run, 8 * SECOND, "by one of them");
    run.edit(wire("deliver", "reader", "report"))
        .expect("a wire");
    run.fault(fault("reader", "crash", "1s", None))
        .expect("it can");
    sound_until(&mut run, 70 * SECOND, "after a crash");
}

/// Two streams, each of its own tills, an application that reads both, and a slow way from there on which much is lost.
const TWO: &str = "
    tills tills rate=40 clients=2
    other tills rate=40 clients=2
    one kinesis shards=1
    two kinesis shards=1
    reader consumer
    report sink
    tills -put-> one
    other -put-> two
    one -poll-> reader
    two -poll-> reader
    reader -deliver-> report network=5s";

#[test]
fn what_a_reader_sent_of_a_stream_that_is_gone_outlives_its_crash() {
    for refused in [0.0, 100.0] {
        let mut run = Run::new(bench(TWO)).expect("the design runs");
        to(&mut run, 4_500 * MS);
        gone(&mut run, "one-to-reader");
        if refused > 0.0 {
            let spec = fault("report", "refuse", "30s", Some(refused));
            run.fault(spec).expect("it can");
        }
        run.fault(fault("reader", "crash", "1s", None))
            .expect("it can");
        sound_until(&mut run, 7 * SECOND, "on their way");
        run.edit(wire("push", "one", "reader")).expect("a wire");
        sound_until(&mut run, 20 * SECOND, "read again");
        gone(&mut run, "two-to-reader");
        run.fault(fault("reader", "crash", "1s", None))
            .expect("it can");
        sound_until(&mut run, 60 * SECOND, "lost again");
    }
}

// ---- what walks of 10,000 acts found, in few steps ---------------------------------------------

#[test]
fn a_put_back_into_the_stream_after_its_source_is_gone_holds_nothing_twice() {
    let (design, _) = act("account-balance", Some("unconditional"));
    let design = design.apply(&set("machines", "in_step", "no"));
    let mut run = Run::new(design.expect("a good setting")).expect("it runs");
    to(&mut run, 2_436_308);
    gone(&mut run, "machines-to-stream");
    to(&mut run, 2_817_307);
    run.edit(wire("put", "fold", "stream")).expect("a wire");
    sound_until(&mut run, 20 * SECOND, "in a circle");
}

#[test]
fn a_way_taken_away_and_given_back_reads_again_what_still_travels_of_a_source_that_left() {
    let two_sources = "
        tills tills rate=60 clients=3
        other tills rate=60 clients=3
        stream kinesis shards=1
        reader consumer
        report sink
        tills -put-> stream
        other -put-> stream
        other -put-> report
        stream -poll-> reader
        reader -deliver-> report network=1m";
    let mut run = Run::new(bench(two_sources)).expect("the design runs");
    to(&mut run, 2_500 * MS);
    gone(&mut run, "other-to-stream");
    to(&mut run, 3 * SECOND);
    gone(&mut run, "stream-to-reader");
    to(&mut run, 3_200 * MS);
    run.undo().expect("the wire comes back");
    sound_until(&mut run, 7 * SECOND, "read again");
    to(&mut run, 62 * SECOND);
    sound_until(&mut run, 67 * SECOND, "as they arrive");
}
