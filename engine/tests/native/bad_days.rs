//! Bad days: loops of wires, rates of nothing and of far too much, thousands of shards, hundreds of nodes, every
//! service at once. Each runs a second or is refused by a limit that has a name, in bounded time.

#![expect(clippy::disallowed_types, reason = "it measures the machine")]

use crate::support::{bench, set};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND};
use millrace_engine::catalog::Dir;
use millrace_engine::design::check::kinds_between;
use millrace_engine::design::{Design, Edit};
use millrace_engine::kernel::{SimFault, Stop};
use millrace_engine::run::Run;
use millrace_engine::services::ServiceKind;
use std::fmt::Write as _;
use std::time::Instant;

/// Nobody waits longer for a second of a model, unoptimised on a busy machine.
const PATIENCE_S: u64 = 60;

/// How a bad day ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    /// It ran its second.
    Ran,
    /// A limit with this name stopped it.
    Limit(&'static str),
    /// It was refused with a sentence.
    Refused,
}

/// Plays a second; conservation holds as long as it goes.
fn second(design: Design, what: &str) -> End {
    let begun = Instant::now();
    let mut run = match Run::new(design) {
        Ok(run) => run,
        Err(problems) => {
            let said = problems.iter().all(|problem| problem.text.ends_with('.'));
            assert!(said && !problems.is_empty(), "{what}: {problems:?}");
            return End::Refused;
        }
    };
    let mut end = End::Ran;
    while run.now() < SECOND {
        let next = run.now() + 100 * MS;
        let stop = loop {
            let stop = run.advance(next, 50_000).stop;
            let took = begun.elapsed().as_secs();
            assert!(
                took < PATIENCE_S,
                "{what}: {took} s and at {} us",
                run.now()
            );
            if stop != Stop::Budget {
                break stop;
            }
        };
        end = match stop {
            Stop::Reached => End::Ran,
            Stop::Fault(SimFault::EventsPerInstant { .. }) => End::Limit("events at an instant"),
            Stop::Fault(SimFault::Pending { .. }) => End::Limit("pending events"),
            Stop::Fault(SimFault::OpenCalls { .. }) => End::Limit("open requests"),
            other => panic!("{what}: {other:?}"),
        };
        if end != End::Ran {
            return end;
        }
        let found = run.conservation();
        assert!(found.holds, "{what}: {:?}", found.breach);
    }
    end
}

#[test]
fn loops_of_wires_run_or_meet_a_limit() {
    let rooms = "
        tills tills rate=200 clients=2
        a queue servers=3 mean=1ms
        b queue servers=3 mean=1ms
        tills -deliver-> a
        a -deliver-> b
        b -deliver-> a";
    let stream = "
        tills tills rate=200 clients=2
        stream kinesis shards=1
        fold lambda duration=1ms
        tills -put-> stream
        stream -mapping-> fold
        fold -put-> stream";
    let queues = "
        tills tills rate=200 clients=2
        a sqs
        b sqs
        f lambda duration=1ms
        g lambda duration=1ms
        tills -put-> a
        a -queue-mapping-> f
        f -put-> b
        f -put-> a
        b -queue-mapping-> g
        g -put-> a
        g -put-> b";
    let at_once = "
        tills tills rate=200 clients=2
        a bucket capacity=1000000 rate=1000000
        b bucket capacity=1000000 rate=1000000
        tills -put-> a
        a -deliver-> b
        b -deliver-> a";
    for (name, lines) in [
        ("rooms", rooms),
        ("a stream and its function", stream),
        ("two queues and two functions, each to both", queues),
        ("buckets that pass on at once", at_once),
    ] {
        let end = second(bench(lines), name);
        let instant = name.starts_with("buckets");
        let fits = end == End::Ran || (instant && matches!(end, End::Limit(_)));
        assert!(fits, "{name}: {end:?}");
    }
}

/// Every source, before each service that takes what it makes.
fn sources(see: &mut dyn FnMut(ServiceKind, &Design, &str)) {
    let all = ServiceKind::ALL.iter().copied();
    for source in all.clone().filter(|kind| kind.entry().makes_records()) {
        for into in all.clone() {
            let Some(kind) = kinds_between(source, into).first().copied() else {
                continue;
            };
            let (from, to) = (source.entry().id, into.entry().id);
            let text = format!("s {from}\nt {to}\ns -{kind}-> t");
            see(source, &bench(&text), &format!("{from} to {to}"));
        }
    }
}

#[test]
fn rates_of_nothing_and_of_a_billion_a_second_run_or_meet_a_limit_that_is_named() {
    let (mut ran, mut refused) = (0, 0);
    sources(&mut |source, design, what| {
        let fields = source.fields();
        if !fields.iter().any(|field| field.key == "rate") {
            return;
        }
        for rate in ["0", "0.001", "1000000", "1000000000", "1e9", "-1"] {
            match design.apply(&set("s", "rate", rate)) {
                Ok(design) => {
                    let end = second(design, &format!("{what} at {rate}/s"));
                    ran += usize::from(end == End::Ran);
                }
                Err(error) => {
                    let said = error.to_string();
                    assert!(said.contains(rate) && said.ends_with('.'), "{said}");
                    refused += 1;
                }
            }
        }
    });
    assert!(ran > 20 && refused > 5, "{ran} ran, {refused} refused");
}

#[test]
fn ten_thousand_shards_run_a_second() {
    for reader in ["-poll-> app", "-mapping-> app"] {
        let app = if reader.contains("poll") {
            "consumer"
        } else {
            "lambda"
        };
        let text = format!(
            "tills tills rate=20000 clients=50
             stream kinesis shards=10000
             app {app}
             tills -put-> stream
             stream {reader}"
        );
        let end = second(bench(&text), &text);
        assert_eq!(end, End::Ran, "{text}");
    }
    let design = bench("stream kinesis");
    let error = design
        .apply(&set("stream", "shards", "1000000000"))
        .expect_err("too many");
    assert!(error.to_string().contains("1000000000"), "{error}");
}

#[test]
fn five_hundred_nodes_run_a_second_and_too_many_are_refused() {
    let mut text = String::new();
    for ix in 0..100 {
        let _ = write!(
            text,
            "s{ix} tills rate=50 clients=2
             k{ix} kinesis shards=1
             f{ix} lambda
             t{ix} dynamodb
             q{ix} sqs
             s{ix} -put-> k{ix}
             k{ix} -mapping-> f{ix}
             f{ix} -write-> t{ix}
             f{ix} -put-> q{ix}
             s{ix} -put-> q{}
            ",
            (ix + 99) % 100
        );
    }
    // a wire may name a node of a later line: nodes first
    let (wires, nodes): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.contains("->"));
    let design = bench(&[nodes, wires].concat().join("\n"));
    assert_eq!(design.nodes.len(), 500);
    assert_eq!(second(design, "500 nodes"), End::Ran);
    let many: Vec<String> = (0..1_001).map(|ix| format!("n{ix} sink")).collect();
    let design = bench(&many.join("\n"));
    assert_eq!(second(design, "1,001 nodes"), End::Refused);
}

#[test]
fn a_design_of_every_service_wired_to_every_other_runs_a_second() {
    let all = ServiceKind::ALL.iter().map(|kind| Edit::AddNode {
        id: format!("the-{}", kind.entry().id),
        service: kind.entry().id.to_owned(),
        settings: SortedMap::new(),
    });
    let mut design = Design::default();
    for edit in all {
        design = design.apply(&edit).expect("each service can be placed");
    }
    let mut wires = 0;
    for from in ServiceKind::ALL {
        for to in ServiceKind::ALL {
            for kind in kinds_between(*from, *to) {
                let edit = Edit::AddWire {
                    id: format!("w{wires}"),
                    kind: kind.to_owned(),
                    from: format!("the-{}", from.entry().id),
                    to: format!("the-{}", to.entry().id),
                    settings: SortedMap::new(),
                };
                // what a check or a full port refuses is not there; all else is
                let next = design.apply(&edit).ok();
                let fits = |next: &Design| !next.check().iter().any(|problem| problem.fatal);
                if let Some(next) = next.filter(fits) {
                    design = next;
                    wires += 1;
                }
            }
        }
    }
    let open = |kind: &&ServiceKind| kind.entry().ports.iter().any(|port| port.dir == Dir::In);
    let takers = ServiceKind::ALL.iter().filter(open).count();
    assert!(wires > 2 * takers, "{wires} wires among {takers} that take");
    let end = second(design, "every service");
    assert!(matches!(end, End::Ran | End::Limit(_)), "{end:?}");
}
