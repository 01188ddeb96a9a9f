//! The function called from outside: what is passed on, what comes back, what it costs.

use super::{bench, invoke, settled};
use crate::base::time::{MS, SECOND};
use crate::services::faults::Fault;
use crate::services::plant::Order;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Outcome, Read, Reason, Reply};

/// Outcome, and what came back as (first, n, copy).
fn told(rig: &Rig, call: crate::kernel::CallId) -> (Outcome, Vec<(u64, u32, bool)>) {
    let Some(Reply::Invoked { outcome, back }) = rig.answer_to(call) else {
        panic!("the invocation has ended: {:?}", rig.answer_to(call));
    };
    let back = back.iter().map(|failed| {
        let parcel = failed.parcel;
        (parcel.first, parcel.n, parcel.is_copy())
    });
    (outcome, back.collect())
}

#[test]
fn a_batch_takes_its_time_and_goes_on() {
    let mut rig = bench(&[
        ("duration", "120ms"),
        ("per_record", "1ms"),
        ("cold_start", "50ms"),
    ]);
    let call = invoke(&mut rig, 100);
    rig.run_to(269 * MS);
    assert_eq!(
        rig.answer_to(call),
        None,
        "start, base and a hundred records: 270 ms"
    );
    rig.run_to(270 * MS);
    assert_eq!(told(&rig, call), (Outcome::Returned, vec![]), "all is well");
    assert_eq!(rig.metric("out", "Records"), 100.0, "all went on");
    let call = invoke(&mut rig, 100);
    rig.run_to(490 * MS);
    assert_eq!(
        told(&rig, call).0,
        Outcome::Returned,
        "a warm environment needs no start"
    );
    settled(&rig);
}

#[test]
fn an_error_gives_the_whole_batch_back_and_what_was_written_as_copies() {
    let fails = [("errors", "poison"), ("poison", "3"), ("cold_start", "0s")];
    let mut rig = bench(&fails);
    let call = invoke(&mut rig, 10);
    rig.run_to(SECOND);
    let back = vec![(0, 3, true), (3, 7, false)];
    assert_eq!(
        told(&rig, call),
        (Outcome::Failed, back),
        "3 written, one bad, 6 not reached"
    );
    assert_eq!(rig.metric("out", "Records"), 3.0, "what stood before it");
    assert_eq!(rig.metric("f", "Errors"), 1.0, "one error");
    settled(&rig);
    let mut rig = bench(&[&fails[..], &[("written_before", "no")]].concat());
    let call = invoke(&mut rig, 10);
    rig.run_to(SECOND);
    let (_, back) = told(&rig, call);
    assert!(
        back.iter().all(|(.., copy)| !copy),
        "nothing was written: {back:?}"
    );
    settled(&rig);
}

#[test]
fn code_that_reports_goes_on_and_code_that_swallows_loses() {
    let fails = [
        ("errors", "poison"),
        ("poison", "3, 8"),
        ("cold_start", "0s"),
    ];
    for (mode, back, written) in [
        ("report", vec![(3, 1, false), (8, 1, false)], 8.0),
        ("swallow", vec![], 8.0),
    ] {
        let mut rig = bench(&[&fails[..], &[("on_error", mode)]].concat());
        let call = invoke(&mut rig, 10);
        rig.run_to(SECOND);
        assert_eq!(told(&rig, call), (Outcome::Returned, back), "{mode}");
        assert_eq!(rig.metric("out", "Records"), written, "{mode}");
        settled(&rig);
    }
}

#[test]
fn what_fails_once_passes_the_second_time() {
    let mut rig = bench(&[
        ("errors", "always"),
        ("error_tries", "1"),
        ("cold_start", "0s"),
    ]);
    for outcome in [Outcome::Failed, Outcome::Returned] {
        let call = invoke(&mut rig, 1);
        let at = rig.engine.now() + SECOND;
        rig.run_to(at);
        assert_eq!(told(&rig, call).0, outcome, "then it passes");
    }
    let mut rig = bench(&[
        ("errors", "first"),
        ("error_first", "2"),
        ("cold_start", "0s"),
    ]);
    for outcome in [Outcome::Failed, Outcome::Failed, Outcome::Returned] {
        let call = invoke(&mut rig, 5);
        let at = rig.engine.now() + SECOND;
        rig.run_to(at);
        assert_eq!(
            told(&rig, call).0,
            outcome,
            "the first two invocations fail"
        );
    }
}

#[test]
fn a_time_out_cuts_short_and_says_how_far_it_came() {
    let slow = [
        ("duration", "1s"),
        ("per_record", "100ms"),
        ("timeout", "2s"),
        ("cold_start", "0s"),
    ];
    let mut rig = bench(&slow);
    let call = invoke(&mut rig, 20);
    rig.run_to(2 * SECOND - 1);
    assert_eq!(rig.answer_to(call), None, "it runs");
    rig.run_to(2 * SECOND);
    let (outcome, back) = told(&rig, call);
    assert_eq!(outcome, Outcome::Failed, "cut short");
    // the ten that it came to were to be written at the end of its time: too late
    assert_eq!(
        back.iter().map(|(_, n, _)| n).sum::<u32>(),
        20,
        "all come back: {back:?}"
    );
    settled(&rig);
}

#[test]
fn concurrency_is_a_limit_and_throttles_name_it() {
    let mut rig = bench(&[("reserved", "2"), ("duration", "1s"), ("cold_start", "0s")]);
    let first = invoke(&mut rig, 1);
    let second = invoke(&mut rig, 1);
    let third = invoke(&mut rig, 1);
    let Some(Reply::Refused { reason, back }) = rig.answer_to(third) else {
        panic!("the third finds no place");
    };
    assert_eq!(
        (reason, back.len()),
        (Reason::Concurrency, 1),
        "refused, given back"
    );
    assert_eq!(rig.metric("f", "Throttles"), 1.0, "counted");
    rig.run_to(SECOND);
    for call in [first, second] {
        assert_eq!(told(&rig, call).0, Outcome::Returned, "two run");
    }
    assert_eq!(rig.metric("f", "ConcurrentExecutions"), 2.0, "two at once");
    settled(&rig);
}

#[test]
fn a_burst_gets_a_thousand_environments_and_a_thousand_more_each_ten_seconds() {
    // aws-facts W31: 0 to 5,000, the account's limit being raised
    let settings = [
        ("account", "5000"),
        ("duration", "900s"),
        ("timeout", "900s"),
    ];
    let mut rig = bench(&[&settings[..], &[("cold_start", "0s")]].concat());
    for (at, wanted) in [
        (0, 1_000),
        (10, 2_000),
        (20, 3_000),
        (30, 4_000),
        (40, 5_000),
    ] {
        rig.run_to(at * SECOND);
        while rig.gauges("f").readings[0].value < f64::from(wanted) {
            let call = invoke(&mut rig, 1);
            assert_eq!(
                rig.answer_to(call),
                None,
                "at {at} s there is room up to {wanted}"
            );
        }
        let over = invoke(&mut rig, 1);
        assert!(rig.answer_to(over).is_some(), "at {at} s not for one more");
    }
}

#[test]
fn a_million_short_invocations_cost_what_the_price_list_says() {
    // aws-facts W31: 1 million x 200 ms x 512 MB = 0.20 + 1.67 USD; a thousandth of it here
    let mut rig = bench(&[
        ("duration", "200ms"),
        ("memory", "512"),
        ("cold_start", "0s"),
    ]);
    for _ in 0..1_000 {
        invoke(&mut rig, 1);
        let at = rig.engine.now() + 250 * MS;
        rig.run_to(at);
    }
    let (plant, node) = (rig.engine.machine(), rig.find("f"));
    let mut lines = Vec::new();
    let unit = plant.unit(node).expect("a started node");
    unit.bill(&plant.view(node, rig.engine.now()), &mut lines);
    let usd: Vec<f64> = lines.iter().map(|line| line.usd() * 1_000.0).collect();
    assert!((usd[0] - 0.20).abs() < 1e-9, "requests: {usd:?}");
    assert!((usd[1] - 1.6667).abs() < 1e-4, "GB-seconds: {usd:?}");
}

#[test]
fn asynchronous_events_are_tried_at_once_after_one_minute_and_after_two_more() {
    // aws-facts W33: attempts at 0, 60, 180 s (plus run times), then the destination
    let fails = [
        ("errors", "always"),
        ("duration", "0s"),
        ("cold_start", "0s"),
    ];
    let mut rig = bench(&fails);
    rig.node("dlq", "sink", &[]);
    rig.wire("on-failure", "f", "dlq", &[]);
    let lane = rig.lane("a", None);
    let reads = vec![Read::loose(rig.parcel(lane, 0, 3, 100))];
    let asynchronous = true;
    let reply = rig.ask(
        "f",
        Ask::Invoke {
            reads,
            asynchronous,
        },
    );
    assert_eq!(reply, Reply::Done, "202 at once");
    for (at, invocations) in [
        (0, 3.0),
        (59, 3.0),
        (60, 6.0),
        (179, 6.0),
        (180, 9.0),
        (9_999, 9.0),
    ] {
        rig.run_to(at * SECOND);
        assert_eq!(rig.metric("f", "Invocations"), invocations, "at {at} s");
        settled(&rig);
    }
    assert_eq!(rig.metric("dlq", "Records"), 3.0, "told at the end");
    assert_eq!(rig.metric("f", "AsyncEventsDropped"), 3.0, "dropped");
}

#[test]
fn throttled_events_wait_longer_and_longer_and_expire() {
    let mut rig = bench(&[("reserved", "0"), ("max_event_age", "1m")]);
    let lane = rig.lane("a", None);
    let reads = vec![Read::loose(rig.parcel(lane, 0, 1, 100))];
    let asynchronous = true;
    rig.ask(
        "f",
        Ask::Invoke {
            reads,
            asynchronous,
        },
    );
    // after 1, 2, 4, 8, 16 and 29 seconds, the last of which is the end of its age
    rig.run_to(59 * SECOND);
    assert_eq!(rig.metric("f", "Throttles"), 6.0, "at 0, 1, 3, 7, 15, 31 s");
    rig.run_to(60 * SECOND);
    assert_eq!(rig.metric("f", "AsyncEventsDropped"), 1.0, "too old");
    settled(&rig);
}

#[test]
fn a_crash_answers_what_ran() {
    let mut rig = bench(&[("duration", "2s"), ("cold_start", "0s")]);
    let call = invoke(&mut rig, 10);
    rig.run_to(SECOND);
    let node = rig.find("f");
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 1,
        lasts: SECOND,
    });
    assert_eq!(
        told(&rig, call),
        (Outcome::Failed, vec![(0, 10, false)]),
        "all come back"
    );
    settled(&rig);
    rig.run_to(5 * SECOND);
    let call = invoke(&mut rig, 10);
    rig.run_to(10 * SECOND);
    assert_eq!(told(&rig, call).0, Outcome::Returned, "it works again");
}

#[test]
fn a_slow_or_refusing_next_place_is_asked_again_by_the_sdk() {
    let mut rig = bench(&[("duration", "0s"), ("cold_start", "0s")]);
    let node = rig.find("out");
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 1,
        lasts: 20 * MS,
    });
    let call = invoke(&mut rig, 10);
    rig.run_to(SECOND);
    let found = told(&rig, call);
    let tried = rig.metric("out", "Records");
    let whole = found == (Outcome::Returned, vec![]) && tried == 10.0;
    assert!(
        whole || found.0 == Outcome::Failed,
        "in time or given back: {found:?}"
    );
    rig.set("f", &[("sdk_retry", "none")]);
    rig.order(Order::Fault {
        node,
        fault: Fault::Crash,
        number: 2,
        lasts: 20 * MS,
    });
    let call = invoke(&mut rig, 10);
    rig.run_to(2 * SECOND);
    assert_eq!(
        told(&rig, call),
        (Outcome::Failed, vec![(0, 10, false)]),
        "without: given back"
    );
    settled(&rig);
}
