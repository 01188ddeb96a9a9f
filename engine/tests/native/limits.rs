//! No limiter behind a source admits more than its limit over any interval, whatever the tick.

use crate::promises::excess;
use crate::support::{bench, black_friday, fault, number, to};
use millrace_engine::base::rng::Rng;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::design::file::{Act, Input};
use millrace_engine::run::Run;
use millrace_engine::services::facts::Fact;
use millrace_engine::services::rig::Rig;
use millrace_engine::services::talk::{Ask, Receipt, Reply};

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
            settings: SortedMap::new(),
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

/// The samples of a metric of a bench's node, with their times.
fn sampled(rig: &Rig, id: &str, metric: &str) -> Vec<(Us, u64)> {
    let wanted = rig.find(id);
    let metrics = rig.floor().node(wanted).kind.entry().metrics;
    let index = metrics.iter().position(|known| known.name == metric);
    let index = index.expect("a metric of the node") as u16;
    let sample = |(at, fact): &(Us, Fact)| match fact {
        Fact::Metric {
            node,
            lane: None,
            metric,
            value,
        } if *node == wanted && *metric == index => Some((*at, *value)),
        _ => None,
    };
    rig.facts.iter().filter_map(sample).collect()
}

/// A FIFO queue with `groups` groups of `each` messages, sent at leisure.
fn stocked(settings: &[(&str, &str)], groups: u32, each: u32) -> Rig {
    let mut rig = Rig::new(3);
    rig.node("queue", "sqs", settings);
    let lanes: Vec<u32> = (0..groups)
        .map(|i| rig.lane(&format!("k{i}"), None))
        .collect();
    for lane in &lanes {
        rig.run_to(rig.engine.now() + 100 * MS);
        let entries = vec![rig.parcel(*lane, 0, each, 100)];
        let batched = true;
        rig.ask(
            "queue",
            Ask::Put {
                entries: entries.into(),
                batched,
            },
        );
    }
    rig
}

#[test]
fn a_fifo_queue_keeps_to_its_receives_and_deletes() {
    // groups of one message each: no lock holds a receive back
    let mut rig = stocked(&[("fifo", "yes"), ("visibility_timeout", "1h")], 1_500, 1);
    rig.run_to(rig.engine.now() + 2 * SECOND);
    let (begin, mut rng) = (rig.engine.now(), Rng::stream(5, 0, "receives"));
    for step in 0..60 {
        rig.run_to(begin + step * 50 * MS);
        for _ in 0..rng.below(80) {
            let (max, wait, visibility) = (1, Some(0), None);
            let ask = Ask::Receive {
                max,
                wait,
                visibility,
            };
            let Reply::Messages { messages } = rig.ask("queue", ask) else {
                continue; // throttled
            };
            for message in messages {
                let (id, n, receipt) = (message.id, 1, message.receipt);
                let receipts = vec![Receipt { id, n, receipt }];
                rig.ask("queue", Ask::Delete { receipts });
            }
        }
    }
    for metric in ["NumberOfMessagesReceived", "NumberOfMessagesDeleted"] {
        let calls = sampled(&rig, "queue", metric);
        let most = excess(&calls, 300, 300);
        assert!(calls.len() > 600, "{metric}: many calls were let in");
        assert!(most <= 0, "{metric}: beyond the limit by {most} millionths");
        let below = excess(&calls, 250, 250);
        assert!(below > 0, "{metric}: a lower limit would have been passed");
    }
}

#[test]
fn a_group_keeps_to_its_own_limit_in_high_throughput_mode() {
    let mode = [
        ("fifo", "yes"),
        ("dedup_scope", "messageGroup"),
        ("throughput_limit", "perMessageGroupId"),
    ];
    let mut rig = Rig::new(4);
    rig.node("queue", "sqs", &mode);
    let (hot, cold) = (rig.lane("hot", None), rig.lane("cold", None));
    let mut next = 0;
    for step in 0..80 {
        rig.run_to(step * 25 * MS);
        for call in 0..20 {
            let entries = vec![rig.parcel(hot, next, 10, 100)];
            next += 10;
            let batched = true;
            rig.ask(
                "queue",
                Ask::Put {
                    entries: entries.into(),
                    batched,
                },
            );
            if step % 40 == 39 && call == 0 {
                let entries = vec![rig.parcel(cold, step, 1, 100)];
                let reply = rig.ask(
                    "queue",
                    Ask::Put {
                        entries: entries.into(),
                        batched,
                    },
                );
                assert!(
                    !matches!(reply, Reply::Refused { .. }),
                    "another group has room: {reply:?}"
                );
            }
        }
    }
    let sent = sampled(&rig, "queue", "NumberOfMessagesSent");
    let hot: Vec<(Us, u64)> = sent.into_iter().filter(|(_, n)| *n != 1).collect();
    assert!(excess(&hot, 3_000, 3_000) <= 0, "the group's limit");
    assert!(excess(&hot, 2_800, 2_800) > 0, "it was reached");
}

#[test]
fn a_function_starts_no_more_environments_than_may_grow() {
    let mut run = Run::new(bench(
        "tills tills rate=400 clients=5
         function lambda account=10000 duration=10m timeout=15m
         tills -invoke-> function",
    ))
    .expect("the design runs");
    let crash = Input {
        at_us: 9 * SECOND,
        n: 0,
        act: Act::Fault(fault("function", "crash", "200ms", None)),
    };
    run.set_inputs(vec![crash]).expect("a fault that can be");
    // none ends by itself, so each invocation is a new environment
    let begun = samples(run, "function", "Invocations", 15 * SECOND);
    let sum: u64 = begun.iter().map(|(_, n)| n).sum();
    assert!(sum > 2_000, "all that may grow has grown: {sum}");
    assert!(excess(&begun, 1_000, 100) <= 0, "1,000 and 100 a second");
    assert!(excess(&begun, 900, 100) > 0, "and not much less");
}

#[test]
fn the_check_of_calls_finds_one_too_many() {
    let mut calls: Vec<(Us, u64)> = (0..600).map(|i| (i * 10 * MS, 3)).collect();
    assert!(excess(&calls, 300, 300) <= 0, "300 a second");
    calls[300].1 += 298; // 301 at one instant
    assert!(excess(&calls, 300, 300) > 0, "one call too many");
}

/// What comes of the same load with ticks of 100 ms and of 1 ms: two reports.
fn by_ticks(lines: &str, end: Us) -> [serde_json::Value; 2] {
    ["100ms", "1ms"].map(|tick| {
        let mut run = Run::new(bench(&lines.replace("TICK", tick))).expect("the design runs");
        to(&mut run, end);
        run.report("x")
    })
}

#[test]
fn a_tick_of_100_ms_agrees_with_one_of_1_ms_behind_every_limiter() {
    let fifo = "tills tills rate=400 clients=8 put=single in_step=no tick=TICK
        queue sqs fifo=yes
        tills -put-> queue";
    let hot = "tills tills rate=1300 clients=8 put=single key=one in_step=no tick=TICK
        table dynamodb mode=provisioned wcu=10000 item=key burst_start=0s
        tills -put-> table";
    let mapping = "tills tills rate=300 clients=8 in_step=no tick=TICK
        stream kinesis shards=2
        fold lambda duration=50ms
        report sink
        tills -put-> stream
        stream -mapping-> fold
        fold -deliver-> report";
    for (lines, path) in [
        (fifo, "nodes/queue/metrics/NumberOfMessagesSent"),
        (hot, "nodes/table/metrics/ConsumedWriteCapacityUnits"),
        (mapping, "ledger/report/records/believed"),
    ] {
        let [coarse, fine] = by_ticks(lines, 20 * SECOND).map(|report| number(&report, path));
        assert!(fine > 1_000.0, "{path}: something came: {fine}");
        let apart = (coarse - fine).abs();
        assert!(apart <= 0.01 * fine, "{path}: {coarse} against {fine}");
    }
    let reports = by_ticks(mapping, 20 * SECOND);
    for q in ["p50", "p95"] {
        let path = format!("latency_us/report/{q}");
        let [coarse, fine] = [0, 1].map(|ix: usize| number(&reports[ix], &path));
        assert!((coarse - fine).abs() <= 100_000.0, "{q}: {coarse}, {fine}");
    }
}
