//! Empty designs to begin from: the shop and the bank, each with three things to do.

use crate::base::time::MINUTE;
use crate::catalog::Family;
use crate::design::file::Act;
use crate::design::{Design, World};
use crate::run::Run;
use crate::services::ServiceKind;

/// Something to do, and how the run tells that it is done.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// Key of its words.
    pub key: &'static str,
    /// Whether the run does it.
    pub done: fn(&Run) -> bool,
}

/// An empty design.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Its id.
    pub id: &'static str,
    /// `shop` or `bank`.
    pub world: &'static str,
    /// Three things to do.
    pub tasks: &'static [Task],
}

impl Start {
    /// The design: nothing but the place.
    #[must_use]
    pub fn design(&self) -> Design {
        let mut design = Design::default();
        design.layout.world = World::parse(self.world).unwrap_or_default();
        design
    }
}

/// The shop.
pub const SHOP: Start = Start {
    id: "open-shop",
    world: "shop",
    tasks: &[
        Task {
            key: "task.shop.stream",
            done: |run| fed(run.design()),
        },
        Task {
            key: "task.shop.table",
            done: |run| kept(run.design()),
        },
        Task {
            key: "task.shop.minute",
            done: |run| kept(run.design()) && run.now() >= MINUTE && never_refused(run),
        },
    ],
};

/// The bank.
pub const BANK: Start = Start {
    id: "open-bank",
    world: "bank",
    tasks: &[
        Task {
            key: "task.bank.stream",
            done: |run| fed(run.design()),
        },
        Task {
            key: "task.bank.readers",
            done: |run| readers(run.design()) >= 2,
        },
        Task {
            key: "task.bank.crash",
            done: |run| readers(run.design()) >= 2 && reader_hit(run),
        },
    ],
};

/// Both.
pub const LIST: [&Start; 2] = [&SHOP, &BANK];

/// The start with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Start> {
    LIST.into_iter().find(|start| start.id == id)
}

fn kind(design: &Design, id: &str) -> Option<ServiceKind> {
    Some(design.node(id)?.config.kind())
}

fn is(design: &Design, id: &str, service: &str) -> bool {
    kind(design, id).is_some_and(|kind| kind.entry().id == service)
}

/// Whether a source puts into a stream.
fn fed(design: &Design) -> bool {
    let source =
        |id: &str| kind(design, id).is_some_and(|kind| kind.entry().family == Family::Sources);
    let mut wires = design.wires.iter();
    wires.any(|wire| source(&wire.from) && is(design, &wire.to, "kinesis"))
}

/// Whether a function reads a fed stream and writes to a table.
fn kept(design: &Design) -> bool {
    let mut wires = design.wires.iter();
    fed(design)
        && wires.any(|read| {
            let reads = is(design, &read.from, "kinesis") && is(design, &read.to, "lambda");
            let mut onward = design.wires.iter().filter(|wire| wire.from == read.to);
            reads && onward.any(|wire| is(design, &wire.to, "dynamodb"))
        })
}

/// How many read a stream.
fn readers(design: &Design) -> usize {
    let wires = design.wires.iter();
    wires
        .filter(|wire| is(design, &wire.from, "kinesis"))
        .count()
}

/// Whether nothing was refused so far.
fn never_refused(run: &Run) -> bool {
    let mut notes = run.history().notes().iter();
    !notes.any(|note| note.key == "note.first-refusal")
}

/// Whether a fault befell one that reads a stream.
fn reader_hit(run: &Run) -> bool {
    let design = run.design();
    let reads = |id: &str| {
        let mut wires = design.wires.iter();
        wires.any(|wire| wire.to == id && is(design, &wire.from, "kinesis"))
    };
    run.inputs().iter().any(|input| match &input.act {
        Act::Fault(fault) => reads(&fault.node) && input.at_us <= run.now(),
        Act::Edit(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::design::file::FaultSpec;

    fn place(run: &mut Run, service: &str) {
        let kind = ServiceKind::of_id(service).expect("a service");
        let (_, edit) = run.design().placing(kind, (0, 0));
        run.edit(edit).expect("placed");
    }

    fn join(run: &mut Run, kind: &str, from: &str, to: &str) {
        let (_, edit) = run.design().wiring_up(kind, from, to);
        run.edit(edit).expect("wired");
    }

    fn done(start: &Start, run: &Run) -> Vec<bool> {
        start.tasks.iter().map(|task| (task.done)(run)).collect()
    }

    #[test]
    fn nothing_is_done_by_an_empty_design_and_all_by_what_is_asked_for() {
        let mut run = Run::new(Design::default()).expect("runs");
        assert_eq!(done(&SHOP, &run), [false; 3]);
        run.advance(2 * MINUTE, u64::MAX);
        assert_eq!(done(&SHOP, &run), [false; 3], "time alone does nothing");
        let mut run = Run::new(Design::default()).expect("runs");
        place(&mut run, "tills");
        place(&mut run, "kinesis");
        join(&mut run, "put", "tills", "stream");
        assert_eq!(done(&SHOP, &run), [true, false, false]);
        place(&mut run, "lambda");
        place(&mut run, "dynamodb");
        join(&mut run, "mapping", "stream", "function");
        join(&mut run, "write", "function", "table");
        assert_eq!(done(&SHOP, &run), [true, true, false]);
        run.advance(2 * MINUTE, u64::MAX);
        assert_eq!(done(&SHOP, &run), [true; 3]);
    }

    #[test]
    fn the_bank_asks_for_two_readers_and_a_crash_of_one() {
        let mut run = Run::new(Design::default()).expect("runs");
        assert_eq!(done(&BANK, &run), [false; 3]);
        for service in ["terminals", "kinesis", "lambda", "consumer"] {
            place(&mut run, service);
        }
        join(&mut run, "put", "terminals", "stream");
        join(&mut run, "mapping", "stream", "function");
        assert_eq!(done(&BANK, &run), [true, false, false]);
        join(&mut run, "poll", "stream", "consumer");
        run.advance(5 * SECOND, u64::MAX);
        let spec = |node: &str| FaultSpec {
            node: node.to_owned(),
            kind: "crash".to_owned(),
            lasts: "10s".to_owned(),
            times: None,
            percent: None,
        };
        run.fault(spec("stream")).unwrap_or_default();
        assert_eq!(
            done(&BANK, &run),
            [true, true, false],
            "it is not a reader that broke"
        );
        run.fault(spec("consumer")).expect("it crashes");
        assert_eq!(done(&BANK, &run), [true; 3]);
    }
}
