//! Nothing of a file is lost without a word: what an act drops is counted, and comes back.

use crate::support::{fault, run_of, set, to};
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::design::file::{Act, Input};
use millrace_engine::run::Run;
use millrace_engine::run::dropped::Back;

/// Black Friday with two changes ahead: a retention at 20 s, a key at 30 s.
fn with_inputs_ahead() -> Run {
    let mut run = run_of("first-light", None);
    let input = |second: Us, at: &str, field: &str, value: &str| Input {
        at_us: second * SECOND,
        n: 0,
        act: Act::Edit(set(at, field, value)),
    };
    let inputs = vec![
        input(20, "stream", "retention", "48h"),
        input(30, "store-*", "key", "{store}/till-{nn}"),
    ];
    run.set_inputs(inputs).expect("the file's inputs fit");
    to(&mut run, 10 * SECOND);
    run
}

fn times(run: &Run) -> Vec<Us> {
    let all = run.inputs().iter();
    all.map(|input| input.at_us / SECOND).collect()
}

#[test]
fn an_edit_before_a_files_inputs_counts_what_it_drops_and_undo_brings_it_back() {
    let mut run = with_inputs_ahead();
    assert_eq!(run.inputs_ahead(), 2);
    run.edit(set("stream", "shards", "20")).expect("an edit");
    assert_eq!((run.inputs_ahead(), run.inputs_dropped()), (0, 2));
    let back = run.undo().expect("it can be undone");
    assert_eq!(back, Back { back: 2, gone: 0 });
    assert_eq!((run.inputs_ahead(), run.inputs_dropped()), (2, 0));
    assert_eq!(
        times(&run),
        [10, 10, 20, 30],
        "edit, its inverse, the file's"
    );

    // the run and the file that it saves agree with a run of that file
    let mut again = Run::restore(run.file()).expect("the file opens");
    to(&mut run, 40 * SECOND);
    to(&mut again, 40 * SECOND);
    assert_eq!(run.digest(), again.digest());
    let retention = |run: &Run| {
        let stream = run.design().node("stream").expect("the stream");
        format!("{:?}", stream.config)
    };
    assert_eq!(retention(&run), retention(&again));
}

#[test]
fn what_lies_behind_by_then_stays_out_and_is_counted() {
    let mut run = with_inputs_ahead();
    run.edit(set("checkout", "rate", "6000")).expect("an edit");
    run.edit(set("checkout", "rate", "5000"))
        .expect("another one");
    to(&mut run, 25 * SECOND);
    assert_eq!(
        run.undo(),
        Ok(Back::default()),
        "the second dropped nothing"
    );
    assert_eq!(run.undo(), Ok(Back { back: 1, gone: 1 }));
    assert_eq!(times(&run), [10, 10, 25, 25, 30]);
    assert_eq!(run.inputs_dropped(), 0, "what is gone is told once");
}

#[test]
fn a_fault_drops_too_and_the_changes_come_back_beside_it() {
    let mut run = with_inputs_ahead();
    run.fault(fault("checkout", "crash", "5s", None))
        .expect("a fault");
    assert_eq!(run.inputs_dropped(), 2);
    run.edit(set("stream", "shards", "20")).expect("an edit");
    assert_eq!(run.undo(), Ok(Back::default()), "the edit dropped nothing");
    assert_eq!(run.bring_back(), Back { back: 2, gone: 0 });
    assert_eq!(run.bring_back(), Back::default(), "once");
    to(&mut run, 40 * SECOND);
    let stream = run.design().node("store-001").expect("a store");
    assert!(
        format!("{:?}", stream.config).contains("till-"),
        "the key came"
    );
}

#[test]
fn what_no_longer_fits_stays_out() {
    let mut run = with_inputs_ahead();
    let gone = millrace_engine::design::edit::Edit::RemoveNode {
        id: "stream".to_owned(),
    };
    let removed = run.edit(gone);
    if removed.is_ok() {
        let back = run.bring_back();
        assert_eq!(back, Back { back: 1, gone: 1 }, "there is no stream to set");
    } else {
        panic!("a node can be removed: {removed:?}");
    }
}

#[test]
fn acting_in_the_past_drops_what_was_done_later() {
    let mut run = with_inputs_ahead();
    to(&mut run, 40 * SECOND);
    assert_eq!(run.inputs_ahead(), 0);
    run.seek(15 * SECOND, u64::MAX);
    assert_eq!(run.inputs_ahead(), 2);
    run.edit(set("stream", "shards", "20"))
        .expect("another branch");
    assert_eq!(run.inputs_dropped(), 2);
    assert_eq!(run.undo(), Ok(Back { back: 2, gone: 0 }));
    assert_eq!(times(&run), [15, 15, 20, 30]);
}
