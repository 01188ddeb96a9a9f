//! No limiter behind a source admits more than its limit over any interval, whatever the tick.

use crate::promises::excess;
use crate::support::{black_friday, number, to};
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::Run;
use millrace_engine::services::facts::Fact;
use std::collections::BTreeMap;

/// Tills of `rate` records a second before one service.
fn behind_tills(rate: &str, tick: &str, service: &str, settings: &[(&str, &str)]) -> Run {
    let node = |id: &str, service: &str, settings: &[(&str, &str)]| Edit::AddNode {
        id: id.to_owned(),
        service: service.to_owned(),
        settings: settings
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    };
    let edits = vec![
        node("tills", "tills", &[("rate", rate), ("tick", tick)]),
        node("service", service, settings),
        Edit::AddWire {
            id: "w".to_owned(),
            kind: "put".to_owned(),
            from: "tills".to_owned(),
            to: "service".to_owned(),
            settings: BTreeMap::new(),
        },
    ];
    let design = Design::default().apply(&Edit::Many(edits));
    Run::new(design.expect("a good design")).expect("it runs")
}

/// The samples of a metric of a node until `end`, with their times.
fn samples(mut run: Run, id: &str, metric: &str, end: Us) -> Vec<(Us, u64)> {
    let floor = &run.engine().machine().floor;
    let wanted = floor.find(id).expect("the node");
    let metrics = floor.node(wanted).kind.entry().metrics;
    let index = metrics.iter().position(|known| known.name == metric);
    let index = index.expect("a metric of the node") as u16;
    run.listen();
    to(&mut run, end);
    let facts = run.take_facts().into_iter();
    facts
        .filter_map(|(at, fact)| match fact {
            Fact::Metric {
                node,
                lane: None,
                metric,
                value,
            } if node == wanted && metric == index => Some((at, value)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_fifo_queue_admits_no_more_than_ten_messages_a_call_of_its_limit() {
    for tick in ["1ms", "100ms"] {
        let run = behind_tills("8000", tick, "sqs", &[("fifo", "yes")]);
        let sent = samples(run, "service", "NumberOfMessagesSent", 20 * SECOND);
        assert!(sent.len() > 100, "many admissions were looked at");
        assert!(excess(&sent, 3_000, 3_000) <= 0, "tick {tick}");
    }
}

#[test]
fn a_table_writes_the_same_whatever_the_tick() {
    let units = |tick: &str| {
        let mut run = behind_tills("1000", tick, "dynamodb", &[("wcu", "400")]);
        to(&mut run, 60 * SECOND);
        number(
            &run.report("x"),
            "nodes/service/metrics/ConsumedWriteCapacityUnits",
        )
    };
    let (coarse, fine) = (units("100ms"), units("1ms"));
    assert!(fine < 60_000.0, "it refuses some: {fine}");
    assert!(
        (coarse - fine).abs() <= 0.01 * fine,
        "{coarse} against {fine}"
    );
}

#[test]
fn a_function_never_runs_more_often_at_a_time_than_is_reserved() {
    let run = black_friday(&[("checkout", "reserved", "2")]);
    let at_work = samples(run, "checkout", "ConcurrentExecutions", 30 * SECOND);
    let most = at_work.iter().map(|(_, n)| *n).max();
    assert_eq!(most, Some(2), "as many as are reserved, and no more");
}
