//! Tests of sizing: counts that can be worked out by hand, and the replay against a real run.

use super::*;
use crate::design::edit::Edit;
use crate::run::Run;
use crate::services::shared::trace::parse;
use std::sync::Arc;

fn node(id: &str, service: &str, settings: &[(&str, &str)]) -> Edit {
    let settings = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Edit::AddNode {
        id: id.into(),
        service: service.into(),
        settings: settings.collect(),
    }
}

fn wire(kind: &str, from: &str, to: &str) -> Edit {
    Edit::AddWire {
        id: format!("{from}-{to}"),
        kind: kind.into(),
        from: from.into(),
        to: to.into(),
        settings: SortedMap::new(),
    }
}

/// A source before a stream with so many polling applications.
fn design(service: &str, settings: &[(&str, &str)], readers: u32) -> Design {
    let mut edits = vec![
        node("feed", service, settings),
        node("stream", "kinesis", &[("shards", "4")]),
        wire("put", "feed", "stream"),
    ];
    for i in 0..readers {
        let (app, sink) = (format!("app-{i}"), format!("sink-{i}"));
        edits.push(node(&app, "consumer", &[]));
        edits.push(node(&sink, "sink", &[]));
        edits.push(wire("poll", "stream", &app));
        edits.push(wire("deliver", &app, &sink));
    }
    let design = Design::default().apply(&Edit::Many(edits));
    design.expect("a good design")
}

fn trace(text: &str, settings: &[(&str, &str)]) -> Design {
    let mut all = vec![("trace", "load")];
    all.extend(settings);
    let mut design = design("trace", &all, 1);
    let load = parse("load", text).expect("a good file");
    design.traces.insert("load".to_owned(), Arc::new(load));
    design
}

#[test]
fn bursts_ask_for_more_than_the_average_does() {
    // ten minutes: 300 s at 300 a second, 300 s at 3,000; in the bursts twice that
    let text = "t_s,value\n0,90000\n300,900000\n600,0\n";
    let design = trace(text, &[("scale", "none")]);
    let found = size(&design, None, 600 * SECOND, 5).expect("it is sized");
    assert_eq!(found.tried, 5 * 990_000, "every record of five seeds");
    assert_eq!(found.average.0.records_s, 1_650);
    assert_eq!(found.average.1.shards(), 2, "by the average");
    assert_eq!(found.peak.records_s, 6_000, "the fullest second");
    let smallest = found.smallest.expect("some count is enough");
    assert!(
        (7..=9).contains(&smallest),
        "6,000 a second, a little uneven: {smallest}"
    );
    let roomy = found.with_headroom.expect("some count is enough");
    assert!(
        (8..=11).contains(&roomy) && roomy > smallest,
        "7,500: {roomy}"
    );
    assert_eq!(found.binds, "records");
    let enough = |n: u32| found.per_n[n as usize - 1].refused * ONE_IN <= found.tried;
    assert!(
        enough(smallest) && !enough(smallest - 1),
        "the smallest one"
    );
    let even = trace(text, &[("scale", "none"), ("burst", "1")]);
    let even = size(&even, None, 600 * SECOND, 2).expect("it is sized");
    assert!(even.smallest < found.smallest, "{:?}", even.smallest);
}

#[test]
fn large_records_bind_by_bytes_and_many_readers_by_reads() {
    let bytes = [
        ("rate", "600"),
        ("keys", "uniform"),
        ("key_count", "4000"),
        ("key", "k-{nnnn}"),
    ];
    let mut large = bytes.to_vec();
    large.extend([("bytes", "5000"), ("bytes_max", "5000")]);
    let found = size(&design("tills", &large, 1), None, 60 * SECOND, 2).expect("it is sized");
    assert_eq!(found.binds, "bytes");
    assert_eq!(found.average.1.write, 3, "3,004,000 bytes a second");
    assert!(
        found.smallest.is_some_and(|n| (3..=4).contains(&n)),
        "{:?}",
        found.smallest
    );
    let read = size(&design("tills", &large, 9), None, 60 * SECOND, 2).expect("it is sized");
    assert_eq!(read.binds, "reads");
    assert_eq!(read.smallest, Some(13), "27 MB/s of reads, 2 MiB a shard");
    assert_eq!(read.by_writes, found.by_writes);
}

#[test]
fn a_hot_key_fits_no_number_of_shards() {
    let settings = [("rate", "1500"), ("key", "{store}")];
    let found = size(&design("tills", &settings, 1), None, 30 * SECOND, 2).expect("it is sized");
    assert_eq!((found.smallest, found.binds), (None, "hottest-key"));
    assert_eq!(found.average.1.shards(), 2, "the average sees no key");
    let calm = [("rate", "900"), ("key", "{store}")];
    let found = size(&design("tills", &calm, 1), None, 30 * SECOND, 2).expect("it is sized");
    assert_eq!((found.smallest, found.binds), (Some(1), "nothing"));
    // 1,125 a second of one key do not fit any more
    assert_eq!(found.with_headroom, None);
}

#[test]
fn the_replay_refuses_what_a_run_refuses() {
    for (service, settings, until) in [
        (
            "tills",
            vec![("rate", "2300"), ("key", "{store}/{nn}"), ("clients", "7")],
            60,
        ),
        ("terminals", vec![("rate", "3900"), ("keys", "zipf")], 60),
    ] {
        let mut design = design(service, &settings, 1);
        design.seed = 1;
        let found = size(&design, Some("stream"), until * SECOND, 1).expect("it is sized");
        let mut run = Run::new(design).expect("it runs");
        run.advance(until * SECOND, u64::MAX);
        let report = run.report("sizing");
        let refused = report["nodes"]["feed"]["metrics"]["Refused"].as_f64();
        let made = report["nodes"]["feed"]["metrics"]["Made"].as_f64();
        let four = found.per_n[3];
        assert!(!four.stopped || four.refused > 0, "{four:?}");
        assert_eq!(
            Some(found.tried as f64),
            made,
            "{service}: the same records"
        );
        if !four.stopped {
            assert_eq!(
                Some(four.refused as f64),
                refused,
                "{service}: the same refusals"
            );
        } else {
            assert!(
                refused >= Some(four.refused as f64),
                "{service}: at least these"
            );
        }
    }
}

#[test]
fn a_design_without_stream_or_source_says_so() {
    let none = Design::default();
    assert!(size(&none, None, SECOND, 1).is_err());
    let alone = none
        .apply(&node("stream", "kinesis", &[]))
        .expect("a design");
    let told = size(&alone, None, SECOND, 1).expect_err("no source");
    assert!(told.contains("no source"), "{told}");
    let told = size(&alone, Some("other"), SECOND, 1).expect_err("no such stream");
    assert!(told.contains("other"), "{told}");
}

#[test]
fn a_sizing_by_steps_of_any_number_gives_the_same() {
    let design = trace(
        "t_s,value\n0,100\n60,100000\n120,100\n",
        &[("scale", "none")],
    );
    let whole = size(&design, None, 180 * SECOND, 3).expect("it is sized");
    for steps in [1, 777] {
        let mut sizer = Sizer::new(&design, None, 180 * SECOND, 3).expect("it is made ready");
        let mut done = vec![sizer.done()];
        while !sizer.advance(steps) {
            done.push(sizer.done());
        }
        assert!(done.is_sorted() && done[0] == 0, "it never goes back");
        assert_eq!(sizer.done(), 1_000, "all is done at the end");
        assert_eq!(sizer.answer(), whole, "{steps} steps at a time");
    }
}
