//! What readers see: the worked numbers of iterator age, polling and enhanced fan-out.

use crate::support::{number, to};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::SECOND;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::Run;

fn node(id: &str, service: &str, settings: &[(&str, &str)]) -> Edit {
    let settings: SortedMap<String, String> = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    Edit::AddNode {
        id: id.into(),
        service: service.into(),
        settings,
    }
}

fn wire(kind: &str, from: &str, to: &str) -> Edit {
    Edit::AddWire {
        id: format!("{from}-to-{to}"),
        kind: kind.into(),
        from: from.into(),
        to: to.into(),
        settings: SortedMap::new(),
    }
}

/// Tills at `rate` -> one shard -> `n` applications -> a report each.
fn fan(rate: &str, shards: &str, n: u32, kind: &str, settings: &[(&str, &str)]) -> Run {
    let mut edits = vec![
        node(
            "tills",
            "tills",
            &[("rate", rate), ("tick", "10ms"), ("key", "{store}/{nn}")],
        ),
        node("stream", "kinesis", &[("shards", shards)]),
        wire("put", "tills", "stream"),
    ];
    for i in 0..n {
        let (app, report) = (format!("app-{i}"), format!("report-{i}"));
        edits.push(node(&app, "consumer", settings));
        edits.push(node(&report, "sink", &[]));
        edits.push(wire(kind, "stream", &app));
        edits.push(wire("deliver", &app, &report));
    }
    let design = Design::default()
        .apply(&Edit::Many(edits))
        .expect("a good design");
    Run::new(design).expect("it runs")
}

#[test]
fn iterator_age_grows_by_the_deficit() {
    // W10: p = 1,000/s, c = 800/s: after 600 s a backlog of 120,000 and an age of 120 s
    let mut run = fan(
        "1000",
        "2",
        1,
        "poll",
        &[("interval", "200ms"), ("rate", "800"), ("limit", "200")],
    );
    to(&mut run, 600 * SECOND);
    let report = run.report("x");
    let believed = number(&report, "ledger/report-0/records/believed");
    let made = number(&report, "ledger/report-0/records/true");
    let backlog = made - believed;
    assert!((backlog - 120_000.0).abs() <= 2_000.0, "backlog {backlog}");
    let age = number(
        &report,
        "nodes/stream/metrics/GetRecords.IteratorAgeMilliseconds",
    );
    assert!((age - 120_000.0).abs() <= 4_000.0, "iterator age {age} ms");
}

/// Mean and largest delay from arrival in the stream to handed over, over all applications [s].
fn handed_over(n: u32, kind: &str, settings: &[(&str, &str)]) -> (f64, f64) {
    let mut run = fan("200", "1", n, kind, settings);
    to(&mut run, 120 * SECOND);
    let report = run.report("x");
    let (mut mean, mut most) = (0.0, 0.0_f64);
    for i in 0..n {
        mean += number(&report, &format!("nodes/app-{i}/metrics/HandedOverDelay")) / f64::from(n);
        most = most.max(number(
            &report,
            &format!("nodes/app-{i}/metrics/HandedOverDelayMax"),
        ));
    }
    assert_eq!(
        number(
            &report,
            "nodes/stream/metrics/ReadProvisionedThroughputExceeded"
        ),
        0.0
    );
    (mean / 1e6, most / 1e6)
}

#[test]
fn one_polling_application_waits_a_tenth_of_a_second() {
    let (mean, most) = handed_over(1, "poll", &[("interval", "200ms")]);
    assert!((mean - 0.10).abs() <= 0.01, "mean {mean} s");
    assert!(most <= 0.2005, "at most {most} s");
}

#[test]
fn five_polling_applications_wait_half_a_second() {
    let (mean, most) = handed_over(5, "poll", &[("interval", "1s")]);
    assert!((mean - 0.50).abs() <= 0.03, "mean {mean} s");
    assert!(most <= 1.0005, "at most {most} s");
}

#[test]
fn enhanced_fan_out_takes_70_ms_for_one_and_for_five() {
    for n in [1, 5] {
        let (mean, most) = handed_over(n, "push", &[]);
        assert!((mean - 0.07).abs() <= 0.006, "{n} consumers: mean {mean} s");
        assert!(most <= 0.085, "{n} consumers: at most {most} s");
    }
}
