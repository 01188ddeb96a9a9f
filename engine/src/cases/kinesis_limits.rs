//! Limits of a stream: sizes, counts, what a shard takes and gives in a second, retention, consumers.
//!
//! Calls go to a stream on a bench. Cases of one rule of the control plane call the function with
//! which the service decides.

use super::stream::{Entry, NAME, Stream, code_of, shards_of};
use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{HOUR, MINUTE, SECOND, Us};
use crate::catalog::Rules;
use crate::services::kinesis::arguments::{RetentionCall, retention};
use crate::services::kinesis::{Call, error_code, even_range, http_status, mode};
use crate::services::talk::{Ask, Reply, StartAt};
use serde_json::{Value as Json, json};

/// Sources that do not know the setting MaxRecordSizeInKiB are of the time before it (2025-10).
const BEFORE_THE_SETTING: Rules = Rules { as_of: 202_509 };
/// The quota page of 2023, by which on-demand streams are sized here.
const OF_2023: Rules = Rules { as_of: 202_310 };
/// Entries that a case may put in one call; the service takes 500.
const ENTRIES_MAX: u64 = 10_000;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "record-size" | "call-size-2023" | "call-count" | "partial-failure" => put(case),
        "max-record-size-setting" => match case.input().get("call")?.text()? {
            "UpdateMaxRecordSize" => max_record_size(case),
            _ => put(case),
        },
        "retention" => change_retention(case),
        "shard-write-throughput" => write_second(case),
        "shard-read-calls" => read_calls(case),
        "shard-read-bytes" => read_bytes(case),
        "get-records-limit" => read_limit(case),
        "consumers" => consumers(case),
        "subscribe-again" => subscribe_again(case),
        "on-demand" => on_demand(case),
        "mode-switch" => mode_switch(case),
        _ => Err(case.unknown_kind()),
    }
}

/// Compares whether something was taken, and with which code it was not.
fn verdict(case: &Case<'_>, refusal: Option<&str>) {
    case.check("accepted", refusal.is_none());
    case.check("error", refusal);
}

// ---- one call --------------------------------------------------------------------------------

/// One PutRecord or PutRecords, each record on a shard of its own, so that no shard's second binds.
fn put(case: &Case<'_>) -> Told {
    let input = case.input();
    let batched = match input.get("call")?.text()? {
        "PutRecords" => true,
        "PutRecord" => false,
        other => return Err(input.bad(format!("has the unknown call \"{other}\""))),
    };
    let entries = entries(&input)?;
    let mut settings = shards_of((entries.len() as u64).max(1))?;
    let rules = match input.find("max_record_size_kib") {
        None => BEFORE_THE_SETTING,
        Some(_) => Rules::NEWEST,
    };
    if let Some(kib) = input.opt("max_record_size_kib") {
        settings.push(("max_record_size", kib.u64()?.to_string()));
    }
    let mut stream = Stream::with(&settings, rules, 0)?;
    let answers = match stream.put(&entries, batched) {
        Ok(answers) => answers,
        Err(code) => {
            case.check("http_status", http_status(code));
            refused_whole(case, code);
            return Ok(());
        }
    };
    if let (false, [Err(code)]) = (batched, &answers[..]) {
        case.check("http_status", http_status(code));
        refused_whole(case, code);
        return Ok(());
    }
    case.check("http_status", 200);
    case.check("error", Json::Null);
    accepted(case, &answers);
    Ok(())
}

/// The call failed as a whole: nothing is stored.
fn refused_whole(case: &Case<'_>, code: &str) {
    case.check("error", code);
    match case.expected().find("accepted") {
        Some(flag) if flag.is_flag() => flag.same(false),
        Some(other) => other.same(0),
        None => {}
    }
}

/// What was stored: a count, or the places in the call, or whether all was.
fn accepted(case: &Case<'_>, answers: &[Result<super::stream::Stored, &'static str>]) {
    let stored: Vec<usize> = (0..answers.len()).filter(|i| answers[*i].is_ok()).collect();
    if let Some(field) = case.expected().find("accepted") {
        if field.is_list() {
            field.same(stored.clone());
        } else if field.is_flag() {
            field.same(stored.len() == answers.len());
        } else {
            field.same(stored.len());
        }
    }
    let mut failed = serde_json::Map::new();
    for (i, answer) in answers.iter().enumerate() {
        if let Err(code) = answer {
            failed.insert(i.to_string(), json!(code));
        }
    }
    case.check("failed", failed);
}

/// Records of a call: payload bytes, bytes of an ASCII key, how many of them.
fn entries(input: &Node<'_>) -> Result<Vec<Entry>, Inexpressible> {
    let mut sizes = Vec::new();
    for record in input.get("records")?.items()? {
        let n = record.opt("n").map_or(Ok(1), |n| n.u64())?;
        if sizes.len() as u64 + n > ENTRIES_MAX {
            return Err(record.bad("makes more records than a case may put"));
        }
        let size = (record.get("data")?.u32()?, record.get("key")?.u32()?);
        if size.1 > 100_000 {
            return Err(record.bad("has a key of absurd length"));
        }
        sizes.extend(std::iter::repeat_n(size, n as usize));
    }
    let of = sizes.len() as u32;
    let entry = |(i, (bytes, key)): (u32, (u32, u32))| Entry {
        key: "k".repeat(key as usize),
        explicit: Some(even_range(i, of).0),
        bytes,
    };
    Ok((0..).zip(sizes).map(entry).collect())
}

fn max_record_size(case: &Case<'_>) -> Told {
    let wanted = case.input().get("max_record_size_kib")?.u64()?.to_string();
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    let refusal = stream.set("max_record_size", &wanted).err();
    // the range of the setting is a constraint of the API
    let code = refusal.map(|text| match code_of(&text) {
        code if code.ends_with("Exception") => code.to_owned(),
        _ => "ValidationException".to_owned(),
    });
    verdict(case, code.as_deref());
    Ok(())
}

fn change_retention(case: &Case<'_>) -> Told {
    let input = case.input();
    let hours = |key: &str| Ok(input.get(key)?.u64()?.saturating_mul(HOUR));
    let call = match input.get("op")?.text()? {
        "increase" => RetentionCall::Increase,
        "decrease" => RetentionCall::Decrease,
        other => return Err(input.bad(format!("has the unknown call \"{other}\""))),
    };
    let after = retention(hours("current_hours")?, call, hours("hours")?);
    let after = after.map(|us| us / HOUR);
    case.check("hours", after.as_ref().map_or(Json::Null, |h| json!(h)));
    let code = after.as_ref().err().map(|text| code_of(text));
    verdict(case, code);
    Ok(())
}

// ---- a second of one shard -------------------------------------------------------------------

/// Calls that fall on one instant, on a shard with a full allowance.
fn write_second(case: &Case<'_>) -> Told {
    let input = case.input();
    let shards = input.get("shards")?;
    if shards.u64()? != 1 {
        return Err(shards.bad("is not 1: which shard each record goes to is not said"));
    }
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    let (mut calls, mut total, mut status) = (Vec::new(), 0, 200);
    for call in input.get("within_one_second_calls")?.items()? {
        let (n, bytes) = (
            call.get("records")?.u64()?,
            call.get("bytes_each_incl_key")?,
        );
        let size = bytes.u32()?;
        if n > ENTRIES_MAX || size == 0 {
            return Err(bytes.bad("leaves no room for a key, or the call has too many records"));
        }
        let (key, bytes) = ("k".to_owned(), size - 1);
        let entry = Entry {
            key,
            explicit: None,
            bytes,
        };
        let answers = match stream.put(&vec![entry; n as usize], true) {
            Ok(answers) => answers,
            Err(code) => {
                status = http_status(code);
                vec![Err(code); n as usize]
            }
        };
        let taken = answers.iter().filter(|answer| answer.is_ok()).count();
        let code = answers.iter().find_map(|answer| answer.err());
        total += taken;
        calls
            .push(json!({"accepted": taken, "failed": answers.len() - taken, "failed_code": code}));
    }
    case.check("calls", calls);
    case.check("http_status", status);
    case.check("accepted_total", total);
    Ok(())
}

/// GetRecords calls in turn on all shards, evenly over one second.
fn read_calls(case: &Case<'_>) -> Told {
    let input = case.input();
    let (shards, calls) = (
        input.get("shards")?.u64()?,
        input
            .get("get_records_calls_in_one_second_spread_evenly")?
            .u64()?,
    );
    let mut stream = Stream::even(shards, Rules::NEWEST)?;
    if calls > 100_000 {
        return Err(input.bad("has more calls than a case may make"));
    }
    let (mut allowed, mut refused, mut code) = (0_u64, 0_u64, None);
    for call in 0..calls {
        stream.rig.run_to(call * SECOND / calls);
        let issued = stream.now();
        let shard = (call % shards) as u32;
        match stream.get((shard, 0, issued), 10_000) {
            Ok(_) => allowed += 1,
            Err(error) => {
                refused += 1;
                code = Some(error);
            }
        }
    }
    case.check("allowed", allowed);
    case.check("refused", refused);
    case.check("error", code);
    Ok(())
}

/// A full answer of 10 MiB, and the next call after it.
fn read_bytes(case: &Case<'_>) -> Told {
    let input = case.input();
    let full = input.get("full_10mb_answer_at_s")?.seconds()?;
    let next = input.get("next_call_at_s")?.seconds()?;
    if next < full {
        return Err(input.bad("has its calls in the wrong order"));
    }
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    let entry = Entry {
        key: "k".to_owned(),
        explicit: None,
        bytes: (1 << 20) - 1,
    };
    for second in 0..10 {
        stream.rig.run_to(second * SECOND);
        let stored = stream.put(std::slice::from_ref(&entry), true);
        if !matches!(stored.as_deref(), Ok([Ok(_)])) {
            return Err(Inexpressible(format!(
                "10 MiB cannot be written: {stored:?}"
            )));
        }
    }
    let start = MINUTE;
    stream.rig.run_to(start + full);
    let got = stream.get((0, 0, start + full), 10_000);
    if got.as_ref().map(|got| got.records.len()) != Ok(10) {
        return Err(Inexpressible(format!(
            "the first answer is not full: {got:?}"
        )));
    }
    stream.rig.run_to(start + next);
    let answer = stream.get((0, 10, start + next), 10_000);
    case.check("allowed", answer.is_ok());
    case.check("error", answer.err());
    Ok(())
}

fn read_limit(case: &Case<'_>) -> Told {
    let limit = case.input().get("limit")?.u32()?;
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    let answer = stream.get((0, 0, 0), limit);
    verdict(case, answer.err());
    Ok(())
}

// ---- enhanced fan-out ------------------------------------------------------------------------

/// So many consumers on push wires; the last one subscribes.
fn consumers(case: &Case<'_>) -> Told {
    let registered = case.input().get("registered")?;
    let n = registered.u64()?;
    if !(1..=1_000).contains(&n) {
        return Err(registered.bad("is no count of consumers that a bench has room for"));
    }
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    stream.rig.node("c", "sink", &[]);
    let wires: Vec<_> = (0..n)
        .map(|_| stream.rig.wire("push", NAME, "c", &[]))
        .collect();
    let (shard, start) = (0, StartAt::Latest);
    let answer = stream
        .rig
        .over(wires[n as usize - 1], Ask::Subscribe { shard, start });
    verdict(case, code_of_subscription(&answer));
    Ok(())
}

fn code_of_subscription(answer: &Reply) -> Option<&'static str> {
    match answer {
        Reply::Refused { reason, .. } => {
            Some(error_code(*reason, Call::SubscribeToShard, Rules::NEWEST))
        }
        _ => None,
    }
}

/// The same consumer subscribes to the same shard again.
fn subscribe_again(case: &Case<'_>) -> Told {
    let after: Us = case
        .input()
        .get("same_consumer_and_shard_again_after_s")?
        .seconds()?;
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    stream.rig.node("c", "sink", &[]);
    let wire = stream.rig.wire("push", NAME, "c", &[]);
    let (shard, start) = (0, StartAt::Latest);
    let first = stream.rig.over(wire, Ask::Subscribe { shard, start });
    if let Some(code) = code_of_subscription(&first) {
        return Err(Inexpressible(format!(
            "the first subscription is refused: {code}"
        )));
    }
    stream.rig.run_to(after);
    let again = stream.rig.over(wire, Ask::Subscribe { shard, start });
    verdict(case, code_of_subscription(&again));
    Ok(())
}

// ---- capacity modes --------------------------------------------------------------------------

fn on_demand(case: &Case<'_>) -> Told {
    let input = case.input();
    let peak = match input.opt("peak_last_30_days_mb_s") {
        Some(peak) => peak.f64()?,
        None => 0.0,
    };
    if input
        .opt("new_stream")
        .map_or(Ok(false), |flag| flag.flag())?
        && peak > 0.0
    {
        return Err(input.bad("is a new stream with a peak"));
    }
    let write = mode::on_demand_write(peak, OF_2023);
    case.check("write_capacity_mb_s", write);
    case.check("read_capacity_mb_s", mode::on_demand_read(write));
    Ok(())
}

/// Switches one after the other, an hour apart where that many fit into a day.
fn mode_switch(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let n = input.get("switches_in_24h")?.u64()?;
    if !(1..=1_000).contains(&n) {
        return Err(input.bad("has no count of switches that fits into a day"));
    }
    let (mut done, mut answers) = (Vec::new(), Vec::new());
    for i in 0..n {
        let at = i * (24 * HOUR / (n + 1));
        let answer = mode::may_switch(&done, at, Rules::NEWEST);
        if answer.is_ok() {
            done.push(at);
        }
        answers.push(answer);
    }
    const ORDINALS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];
    for (ordinal, answer) in ORDINALS.iter().zip(&answers) {
        if let Some(field) = expected.find(&format!("{ordinal}_accepted")) {
            field.same(answer.is_ok());
        }
    }
    let last = answers.last().and_then(|answer| answer.as_ref().err());
    verdict(case, last.map(|text| code_of(text)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;

    fn told(kind: &str, input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "x", "kind": kind, "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    #[test]
    fn a_second_of_a_shard_is_told_and_a_wrong_count_fails() {
        // aws-facts W6: 1,500 records of 100 B
        let call = json!({"records": 500, "bytes_each_incl_key": 100});
        let input = json!({"shards": 1, "within_one_second_calls": [call, call, call]});
        let right = told(
            "shard-write-throughput",
            &input,
            &json!({"accepted_total": 1_000}),
        );
        assert_eq!(right, Verdict::Passed);
        let wrong = told(
            "shard-write-throughput",
            &input,
            &json!({"accepted_total": 1_500}),
        );
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
    }

    #[test]
    fn the_rules_of_a_time_decide_how_an_oversized_record_fails() {
        let records = json!([{"data": 2 << 20, "key": 3, "n": 1}, {"data": 1, "key": 3, "n": 1}]);
        let then = json!({"call": "PutRecords", "records": records});
        let code = json!({"error": "ValidationException"});
        assert_eq!(told("record-size", &then, &code), Verdict::Passed);
        let now = json!({"call": "PutRecords", "records": records, "max_record_size_kib": 1024});
        let alone = json!({"accepted": [1], "failed": {"0": "InvalidArgumentException"}});
        assert_eq!(told("record-size", &now, &alone), Verdict::Passed);
        let large = json!({"call": "PutRecords", "records": records, "max_record_size_kib": 4096});
        let both = json!({"accepted": [0, 1]});
        assert_eq!(told("record-size", &large, &both), Verdict::Passed);
    }
}
