//! The function called by a source: an invocation a record.

use super::settled;
use crate::base::time::SECOND;
use crate::ledger::conservation::check;
use crate::services::rig::Rig;

/// 200 records a second in a regular stream, each an invocation of 250 ms.
fn shop(source: &[(&str, &str)], function: &[(&str, &str)], kind: &str) -> Rig {
    let mut rig = Rig::new(4);
    rig.node("dlq", "sink", &[]);
    let quick = [("duration", "250ms"), ("cold_start", "0s")];
    rig.node("f", "lambda", &[&quick[..], function].concat());
    let rate = [("rate", "200"), ("clients", "1")];
    rig.node("tills", "tills", &[&rate[..], source].concat());
    rig.wire("on-failure", "f", "dlq", &[]);
    rig.wire("invoke", "tills", "f", &[("type", kind)]);
    rig
}

fn holds(rig: &Rig) {
    settled(rig);
    let found = check(&rig.engine);
    assert!(found.holds, "{}", found.breach.unwrap_or_default());
}

#[test]
fn concurrency_is_rate_times_duration() {
    // aws-facts W31 at a fifth: 200/s x 0.25 s = 50; records come in ticks of a tenth of a second
    let mut rig = shop(&[], &[], "RequestResponse");
    rig.run_to(20 * SECOND);
    let most = rig.metric("f", "ConcurrentExecutions");
    assert!(
        (50.0..=70.0).contains(&most),
        "about 50 at once, ticks make it uneven: {most}"
    );
    assert_eq!(rig.metric("f", "Throttles"), 0.0, "none is throttled");
    assert_eq!(rig.metric("f", "Errors"), 0.0, "none fails");
    holds(&rig);
}

#[test]
fn a_synchronous_caller_gets_errors_and_throttles_itself() {
    let fails = [("errors", "every"), ("error_every", "10")];
    let mut rig = shop(
        &[("sdk_retry", "standard"), ("resend", "none")],
        &fails,
        "RequestResponse",
    );
    rig.run_to(10 * SECOND);
    let errors = rig.metric("f", "Errors");
    assert!(
        (190.0..=200.0).contains(&errors),
        "each tenth fails once, for no SDK retries it: {errors}"
    );
    assert_eq!(rig.metric("tills", "GivenUp"), errors, "and is given up");
    holds(&rig);
    let mut rig = shop(
        &[("sdk_retry", "standard")],
        &[("reserved", "25")],
        "RequestResponse",
    );
    rig.run_to(10 * SECOND);
    assert!(
        rig.metric("f", "Throttles") > 100.0,
        "half of them find no place"
    );
    assert!(
        rig.metric("tills", "Resent") > 50.0,
        "the SDK sends them again"
    );
    assert_eq!(rig.metric("f", "ConcurrentExecutions"), 25.0, "the limit");
    holds(&rig);
}

#[test]
fn an_asynchronous_caller_hears_nothing_and_the_destination_is_told() {
    let fails = [("errors", "every"), ("error_every", "10"), ("retries", "1")];
    let mut rig = shop(&[], &fails, "Event");
    rig.run_to(10 * SECOND);
    assert_eq!(rig.metric("tills", "Refused"), 0.0, "202 for all");
    holds(&rig);
    rig.run_to(75 * SECOND);
    let told = rig.metric("dlq", "Records");
    assert!(
        (250.0..=300.0).contains(&told),
        "those of the first 14 s, a minute later: {told}"
    );
    holds(&rig);
}
