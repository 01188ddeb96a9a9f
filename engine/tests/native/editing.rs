//! Building a design by edits: before the start, while it plays, in the past; undo and redo of all of it.

use crate::support::{run_of, set, to};
use millrace_engine::base::time::SECOND;
use millrace_engine::design::Design;
use millrace_engine::design::edit::{Edit, EditError};
use millrace_engine::run::Run;
use millrace_engine::run::editing::UNDO_MAX;
use millrace_engine::services::ServiceKind;

fn place(run: &mut Run, service: &str, at: (i32, i32)) -> String {
    let kind = ServiceKind::of_id(service).expect("a service");
    let (id, edit) = run.design().placing(kind, at);
    run.edit(edit).expect("it can be placed");
    id
}

fn join(run: &mut Run, kind: &str, from: &str, to: &str) {
    let (_, edit) = run.design().wiring_up(kind, from, to);
    run.edit(edit).expect("it can be wired");
}

/// Tills, a stream, a function, a table.
fn build(run: &mut Run) {
    for (service, x) in [
        ("tills", 0),
        ("kinesis", 240),
        ("lambda", 600),
        ("dynamodb", 860),
    ] {
        place(run, service, (x, 0));
    }
    join(run, "put", "tills", "stream");
    join(run, "mapping", "stream", "function");
    join(run, "write", "function", "table");
}

fn move_to(id: &str, x: i32, y: i32) -> Edit {
    let id = id.to_owned();
    Edit::Move { id, x, y }
}

fn rename(id: &str, name: &str) -> Edit {
    Edit::Rename {
        id: id.to_owned(),
        name: name.to_owned(),
    }
}

fn empty() -> Run {
    Run::new(Design::default()).expect("an empty design runs")
}

#[test]
fn what_is_built_before_the_start_is_the_design_and_no_input() {
    let mut run = empty();
    build(&mut run);
    assert!(run.inputs().is_empty());
    assert_eq!(run.first_design(), run.design());
    // a field that needs a new run may change here
    run.edit(set("tills", "clients", "8"))
        .expect("before the start everything may change");
    to(&mut run, 20 * SECOND);
    let mut straight = Run::new(run.first_design().clone()).expect("runs");
    to(&mut straight, 20 * SECOND);
    assert_eq!(run.digest(), straight.digest());
    let table = run.history().events();
    assert!(table > 100, "records flow: {table}");
}

#[test]
fn what_is_built_while_it_plays_is_inputs_and_the_file_comes_to_the_same_world() {
    let mut run = empty();
    to(&mut run, 5 * SECOND);
    build(&mut run);
    assert_eq!(run.inputs().len(), 7);
    to(&mut run, 15 * SECOND);
    run.edit(move_to("stream", 300, 90)).expect("moved");
    run.edit(rename("stream", "orders")).expect("renamed");
    to(&mut run, 20 * SECOND);
    assert_eq!(run.inputs().len(), 7, "moves and names are no inputs");
    let mut again = Run::restore(run.file()).expect("the file opens");
    to(&mut again, 20 * SECOND);
    assert_eq!(run.digest(), again.digest());
    assert_eq!(run.design().layout, again.design().layout);
    assert_eq!(again.design().layout.places["stream"], (300, 90));
    assert_eq!(again.design().layout.names["stream"], "orders");
}

#[test]
fn moving_in_the_past_forks_nothing() {
    let mut run = run_of("first-light", None);
    to(&mut run, 30 * SECOND);
    let digest = run.digest();
    while run.seek(10 * SECOND, 100_000).at < 10 * SECOND {}
    run.edit(move_to("stream", 7, 8)).expect("moved");
    assert_eq!(run.head(), 30 * SECOND);
    run.seek(30 * SECOND, u64::MAX);
    assert_eq!(run.digest(), digest);
    assert_eq!(
        run.design().layout.places["stream"],
        (7, 8),
        "and it stays there"
    );
    run.seek(10 * SECOND, u64::MAX);
    run.undo().expect("a move can be taken back anywhere");
    assert_ne!(run.design().layout.places["stream"], (7, 8));
    let error = run
        .edit(rename("stream", &"x".repeat(41)))
        .expect_err("too long");
    assert!(error.to_string().contains("40"), "{error}");
}

#[test]
fn undo_and_redo_go_back_and_forth_over_a_hundred_steps() {
    for start in [0, 3 * SECOND] {
        let mut run = empty();
        to(&mut run, start);
        build(&mut run);
        let built = run.design().clone();
        for n in 0..UNDO_MAX {
            let rate = (100 + n).to_string();
            run.edit(set("tills", "rate", &rate)).expect("a rate");
        }
        let last = run.design().clone();
        for _ in 0..UNDO_MAX {
            run.undo().expect("a step back");
        }
        assert_eq!(*run.design(), built, "from {start}");
        assert!(
            matches!(run.undo(), Err(EditError::Undo(_))),
            "no more than {UNDO_MAX}"
        );
        for _ in 0..UNDO_MAX {
            run.redo().expect("a step forth");
        }
        assert_eq!(*run.design(), last, "from {start}");
        assert!(matches!(run.redo(), Err(EditError::Undo(_))));
        run.undo().expect("one back");
        run.edit(set("tills", "rate", "1")).expect("another way");
        assert!(
            run.can_redo().is_err(),
            "a new step ends what could be done again"
        );
    }
}

#[test]
fn a_removed_node_comes_back_where_it_stood_under_its_name() {
    let mut run = empty();
    build(&mut run);
    run.edit(rename("stream", "orders")).expect("renamed");
    let before = run.design().clone();
    run.edit(Edit::RemoveNode {
        id: "stream".to_owned(),
    })
    .expect("removed");
    assert_eq!(run.design().wires.len(), 1);
    run.undo().expect("undone");
    assert_eq!(run.design().layout, before.layout);
    assert_eq!(run.design().nodes.len(), 4);
    assert_eq!(run.design().wires.len(), 3);
    to(&mut run, 10 * SECOND);
    run.edit(Edit::RemoveNode {
        id: "stream".to_owned(),
    })
    .expect("removed while it plays");
    let id = place(&mut run, "kinesis", (50, 60));
    assert_eq!(id, "stream");
    to(&mut run, 12 * SECOND);
    run.seek(11 * SECOND, u64::MAX);
    run.seek(12 * SECOND, u64::MAX);
    assert_eq!(
        run.design().layout.places["stream"],
        (50, 60),
        "the new one's place"
    );
}

#[test]
fn at_the_start_of_a_run_with_later_edits_undo_is_greyed_and_loses_nothing() {
    let mut run = empty();
    build(&mut run);
    to(&mut run, 10 * SECOND);
    run.edit(set("stream", "retention", "48h"))
        .expect("a later edit");
    run.seek(0, u64::MAX);
    assert!(matches!(run.undo(), Err(EditError::Undo(_))));
    run.seek(10 * SECOND, u64::MAX);
    for _ in 0..8 {
        run.undo().expect("each step is still there");
    }
    assert!(run.design().nodes.is_empty());
}

#[test]
fn the_first_move_of_a_node_that_nobody_placed_is_taken_back() {
    let mut run = empty();
    run.edit(Edit::AddNode {
        id: "tills".to_owned(),
        service: "tills".to_owned(),
        settings: Default::default(),
    })
    .expect("added");
    for start in [0, SECOND] {
        to(&mut run, start);
        run.edit(move_to("tills", 50, 60)).expect("moved");
        assert_eq!(run.design().layout.places["tills"], (50, 60));
        run.undo().expect("taken back");
        assert!(run.design().layout.places.is_empty(), "from {start}");
        assert!(run.file().design.layout.places.is_empty(), "from {start}");
    }
    let error = run
        .edit(move_to("tills", 2_000_000, 0))
        .expect_err("too far");
    assert!(error.to_string().contains("1000000"), "{error}");
}
