//! Event source mappings of a stream: how batches are cut, tried again, halved, given up.

use super::lambda_esm::{
    Bench, LONG, Settings, action_of, calls_of, function_of, mapping_of, pairs, twin as twin_of,
};
use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{HOUR, MINUTE, SECOND, Us};
use crate::services::facts::Fact;
use crate::services::rig::link_of;
use crate::services::talk::{Reason, WireId};
use crate::services::wires::mapping::Filter;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Most shards of a case that runs.
const SHARDS_MAX: u64 = 1_000;
/// Keys for each batch that may be under way, so that none is idle.
const KEYS_EACH: u64 = 20;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "create-error" => twin(case),
        "limits" => limit(case),
        "partial-batch-rule" => reported(case),
        "bisect" => halves(case),
        "filter" => filter(case),
        "fan-out" => two_mappings(case),
        "defaults" => defaults(case),
        "parallelization" => at_once(case),
        "ordering"
        | "starting-position"
        | "disable"
        | "retries-exhausted"
        | "partial-batch"
        | "response-shape-fails"
        | "response-shape-succeeds"
        | "age-exceeded" => story(case),
        _ => Err(case.unknown_kind()),
    }
}

// ---- records, a mapping, a function ------------------------------------------------------------

/// Records are put, a mapping reads them, a function works on them.
fn story(case: &Case<'_>) -> Told {
    let input = case.input();
    let function = function_of(&input)?;
    let settings = mapping_of(&input.get("mapping")?)?;
    let off = input.opt("mapping_disabled_between_calls");
    let off = off.map_or(Ok(false), |flag| flag.flag())?;
    let apart = if off { MINUTE } else { SECOND };
    let calls = calls_of(&input, 2 * SECOND, apart)?;
    let mut bench = Bench::new(&function, input.opt("destination").as_ref())?;
    let created = created_at(&input, &calls)?;
    for (at, numbers) in &calls {
        bench.put(*at, numbers);
    }
    bench.run_to(created);
    let wire = bench.map(&settings);
    if off {
        bench.run_to(2 * SECOND + apart / 2);
        let mut disabled = settings.clone();
        disabled.push(("enabled", "no".to_owned()));
        bench.change(wire, &disabled);
    }
    let last = calls.last().map_or(0, |(at, _)| *at);
    bench.run_to(last.max(created) + LONG);
    compare(case, &bench, wire, &calls)
}

/// When the mapping is created: at the start, at a time, or after a call.
fn created_at(input: &Node<'_>, calls: &[(Us, Vec<u64>)]) -> Result<Us, Inexpressible> {
    if let Some(at) = input.opt("mapping_created_at_s") {
        return at.seconds();
    }
    let Some(call) = input.opt("mapping_created_after_call") else {
        return Ok(0);
    };
    let (at, _) = calls
        .get(call.u64()? as usize)
        .ok_or_else(|| call.bad("names no call"))?;
    Ok(*at + SECOND / 2)
}

fn compare(case: &Case<'_>, bench: &Bench, wire: WireId, calls: &[(Us, Vec<u64>)]) -> Told {
    let expected = case.expected();
    let seen = bench.batches(wire, "f");
    let batches: Vec<&Vec<u64>> = seen.iter().map(|(_, numbers)| numbers).collect();
    let tolerance = expected
        .opt("invocations_tolerance")
        .map_or(Ok(0.0), |n| n.f64())?;
    if let Some(wanted) = expected.find("invocations") {
        if wanted.is_null() {
            wanted.aside("not determinable from the recording");
        } else {
            let wanted_n = wanted.f64()?;
            let found = seen.len() as f64;
            wanted.holds((found - wanted_n).abs() <= tolerance, found);
        }
    }
    case.check("batches", json!(batches));
    let mut numbers: Vec<u64> = calls
        .iter()
        .flat_map(|(_, numbers)| numbers)
        .copied()
        .collect();
    numbers.sort_unstable();
    let sight = |number: &u64| {
        let all = batches.iter().flat_map(|batch| batch.iter());
        all.filter(|seen| *seen == number).count()
    };
    case.check(
        "seen_counts",
        json!(numbers.iter().map(sight).collect::<Vec<_>>()),
    );
    let fates: Vec<&str> = numbers
        .iter()
        .map(|number| bench.fate("f", *number))
        .collect();
    case.check("disposition", json!(fates));
    if let Some(gap) = expected.opt("gap_between_starts_s_more_than") {
        let least = seen
            .windows(2)
            .map(|pair| pair[1].0 - pair[0].0)
            .min()
            .unwrap_or(0);
        gap.holds(least as f64 / SECOND as f64 >= gap.f64()?, least);
    }
    if let Some(failure) = expected.opt("failure") {
        compare_failure(&failure, &bench.failure(wire), tolerance)?;
    }
    for (key, wanted) in expected.members()? {
        if let Some((behind, before)) = blocked(key) {
            let first = |number| batches.iter().position(|batch| batch.contains(&number));
            let done = bench.fate("f", before) != "not-consumed";
            let passed = first(behind).is_some() && !done;
            wanted.same(passed);
        }
    }
    Ok(())
}

/// Reads `record_2_delivered_before_record_0_succeeds_or_expires`.
fn blocked(key: &str) -> Option<(u64, u64)> {
    let rest = key.strip_prefix("record_")?;
    let (behind, rest) = rest.split_once("_delivered_before_record_")?;
    let before = rest.strip_suffix("_succeeds_or_expires")?;
    Some((behind.parse().ok()?, before.parse().ok()?))
}

fn compare_failure(wanted: &Node<'_>, found: &Json, tolerance: f64) -> Told {
    for (key, node) in wanted.members()? {
        let value = &found[key];
        if key == "approximate_invoke_count" && tolerance > 0.0 {
            let close = value.as_f64().is_some_and(|n| {
                node.f64()
                    .is_ok_and(|wanted| (n - wanted).abs() <= tolerance)
            });
            node.holds(close, value);
        } else {
            node.same(value.clone());
        }
    }
    Ok(())
}

// ---- one rule ----------------------------------------------------------------------------------

/// A second mapping between the same two, and one to another function.
fn twin(case: &Case<'_>) -> Told {
    let input = case.input();
    mapping_of(&input.get("mapping")?)?;
    let second = input.get("second_mapping")?;
    if second.text()? != "same function, same stream" {
        return Err(second.bad("is not understood"));
    }
    let other = twin_of(case, "kinesis", "mapping")?;
    case.check("other_function_same_stream_allowed", other);
    Ok(())
}

/// A setting at or beyond the end of its range.
fn limit(case: &Case<'_>) -> Told {
    let input = case.input();
    let setting = input.get("setting")?;
    let key = match setting.text()? {
        "batch_size" => "batch_size",
        "window_s" => "window",
        "max_age_s" => "max_age",
        "max_retries" => "max_retries",
        "parallelization" => "parallelization",
        "tumbling_s" => "tumbling",
        _ => return Err(setting.bad("is a setting that is not understood")),
    };
    let value = format!("{}", input.get("value")?.f64()?);
    case.check("accepted", link_of("mapping", &[(key, &value)]).is_ok());
    Ok(())
}

/// The first answer reports some records; where does the next batch start?
fn reported(case: &Case<'_>) -> Told {
    let input = case.input();
    let settings = mapping_of(&input.get("mapping")?)?;
    let ids = input.get("first_response_fail_ids")?.items()?;
    let ids: Result<Vec<String>, _> = ids
        .iter()
        .map(|id| id.u64().map(|id| id.to_string()))
        .collect();
    let function: Settings = vec![
        ("cold_start", "0s".to_owned()),
        ("errors", "poison".to_owned()),
        ("poison", ids?.join(", ")),
        ("error_tries", "1".to_owned()),
        ("on_error", "report".to_owned()),
    ];
    let calls = calls_of(&input, 2 * SECOND, SECOND)?;
    let mut bench = Bench::new(&function, None)?;
    let wire = bench.map(&settings);
    calls
        .iter()
        .for_each(|(at, numbers)| bench.put(*at, numbers));
    bench.run_to(LONG);
    let seen = bench.batches(wire, "f");
    let next = seen.get(1).and_then(|(_, numbers)| numbers.first());
    for key in ["next_batch_starts_at", "split_at", "retried_from"] {
        case.check(key, json!(next));
    }
    Ok(())
}

/// A batch with a bad record is halved until that one stands alone.
fn halves(case: &Case<'_>) -> Told {
    let input = case.input();
    let bad = input.get("bad")?.u64()?;
    let function = function_of(&input)?;
    let settings = mapping_of(&input.get("mapping")?)?;
    let calls = calls_of(&input, 2 * SECOND, SECOND)?;
    let mut bench = Bench::new(&function, None)?;
    let wire = bench.map(&settings);
    calls
        .iter()
        .for_each(|(at, numbers)| bench.put(*at, numbers));
    bench.run_to(LONG);
    let seen = bench.batches(wire, "f");
    let alone = seen
        .iter()
        .position(|(_, numbers)| numbers.as_slice() == [bad]);
    let until = alone.map_or(seen.len(), |ix| ix + 1);
    case.check(
        "invocations_until_bad_record_is_alone",
        alone.map(|ix| ix + 1),
    );
    let ends = |(_, numbers): &(Us, Vec<u64>)| json!([numbers.first(), numbers.last()]);
    let ranges: Vec<Json> = seen[..until].iter().map(ends).collect();
    case.check("ranges_in_order", json!(ranges));
    Ok(())
}

/// Which records a filter lets through.
fn filter(case: &Case<'_>) -> Told {
    let input = case.input();
    if let Some(filters) = input.opt("filters") {
        let function = input.get("function")?;
        if function.text()? != "ok" {
            return Err(function.bad("is not understood beside a filter"));
        }
        let parsed = Filter::parse(&filters.json().to_string()).map_err(|why| filters.bad(why))?;
        let records = input.get("records_json")?;
        let records = records
            .json()
            .as_array()
            .ok_or_else(|| records.bad("is no list"))?;
        let passes =
            |data: &Json| parsed.lets_through(&json!({ "partitionKey": "key", "data": data }));
        let through = records.iter().enumerate().filter(|(_, data)| passes(data));
        case.check(
            "delivered",
            json!(through.map(|(ix, _)| ix).collect::<Vec<_>>()),
        );
        return Ok(());
    }
    let pattern = input.get("filter")?;
    let text = match pattern.text()? {
        "json pattern" => json!({ "data": { "kind": ["a"] } }),
        "no data pattern" => json!({ "partitionKey": ["p"] }),
        "non-json pattern" => json!({ "data": "plain text" }),
        _ => return Err(pattern.bad("is not understood")),
    };
    let data = input.get("data")?;
    let event = |key: &str, kind: &str| -> Result<Json, Inexpressible> {
        let data = match data.text()? {
            "json" => json!({ "kind": kind }),
            "text" => json!(kind),
            _ => return Err(data.bad("is not understood")),
        };
        Ok(json!({ "partitionKey": key, "data": data }))
    };
    let events = [
        event("p", "a")?,
        event("p", "b")?,
        event("q", "a")?,
        event("q", "b")?,
    ];
    case.check("action", action_of(&text, &events));
    Ok(())
}

/// Two mappings of one stream: one function always fails.
fn two_mappings(case: &Case<'_>) -> Told {
    let input = case.input();
    let many = input.get("mappings")?;
    let does = input.get("function")?;
    if many.u64()? != 2 || does.text()? != "one mapping fails always, the other succeeds" {
        return Err(does.bad("is not understood"));
    }
    let calls = calls_of(&input, 2 * SECOND, SECOND)?;
    let play = |fails: bool| -> Result<(Bench, WireId), Inexpressible> {
        let errors = if fails { "always" } else { "never" };
        let mut bench = Bench::new(&vec![("errors", errors.to_owned())], None)?;
        bench.rig.node("g", "lambda", &[]);
        bench.map(&Settings::new());
        let wire = bench.rig.wire("mapping", "s", "g", &[]);
        calls
            .iter()
            .for_each(|(at, numbers)| bench.put(*at, numbers));
        bench.run_to(LONG);
        Ok((bench, wire))
    };
    let ((beside_a_bad_one, wire), (beside_a_good_one, same)) = (play(true)?, play(false)?);
    let alike = beside_a_bad_one.batches(wire, "g") == beside_a_good_one.batches(same, "g");
    case.check("healthy_mapping_unaffected", alike);
    let numbers = calls.iter().flat_map(|(_, numbers)| numbers);
    let fates: Vec<&str> = numbers
        .map(|number| beside_a_bad_one.fate("g", *number))
        .collect();
    case.check("disposition_healthy", json!(fates));
    Ok(())
}

/// A mapping without settings, and a function that fails for ever.
fn defaults(case: &Case<'_>) -> Told {
    let input = case.input();
    let given = input.get("mapping_given")?;
    let settings = mapping_of(&given)?;
    let function = function_of(&input)?;
    let mut bench = Bench::new(&function, None)?;
    let wire = bench.map(&settings);
    bench.put(SECOND, &[0]);
    bench.run_to(23 * HOUR);
    let late = bench
        .batches(wire, "f")
        .last()
        .is_some_and(|(at, _)| *at > 22 * HOUR);
    bench.run_to(26 * HOUR);
    let expired = bench.rig.facts.iter().any(|(_, fact)| {
        matches!(
            fact,
            Fact::Ended {
                reason: Reason::Retention,
                ..
            }
        )
    });
    let until = if late && expired {
        "the records expire"
    } else {
        "something else"
    };
    case.check("retries_until", until);
    if given.members()?.is_empty() {
        given.aside("no settings: the defaults");
    }
    Ok(())
}

/// How many batches may be under way, and the order of keys.
fn at_once(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut settings = mapping_of(&input.get("mapping")?)?;
    let factor = settings.iter().find(|(key, _)| *key == "parallelization");
    let factor: u64 = factor.and_then(|(_, n)| n.parse().ok()).unwrap_or(1);
    let shards = input.get("shards")?;
    if !(1..=SHARDS_MAX).contains(&shards.u64()?) {
        return Err(shards.bad("is more than is run here"));
    }
    if settings.iter().all(|(key, _)| *key != "batch_size") {
        settings.push(("batch_size", "1".to_owned()));
    }
    let mut rig = crate::services::rig::Rig::new(7);
    let count = shards.u64()?.to_string();
    rig.node("s", "kinesis", &[("shards", &count)]);
    let function = [
        ("duration", "5s"),
        ("timeout", "60s"),
        ("account", "100000"),
        ("cold_start", "0s"),
    ];
    rig.node("f", "lambda", &function);
    let wire = rig.wire("mapping", "s", "f", &pairs(&settings));
    let lane = rig.lane("k", None);
    let mut bench = Bench::on(rig, lane);
    for key in 0..shards.u64()? * factor * KEYS_EACH {
        bench.lane = bench.rig.lane(&format!("k-{key}"), None);
        bench.put(SECOND, &[0, 1]);
    }
    bench.run_to(30 * SECOND);
    let most = bench.rig.metric("f", "ConcurrentExecutions");
    case.check("max_concurrent_invocations", most);
    bench.run_to(HOUR);
    case.check("order_kept_per_partition_key", in_order(&bench, wire));
    Ok(())
}

/// Whether the two records of each key came once each and in order.
fn in_order(bench: &Bench, wire: WireId) -> bool {
    let mut next: BTreeMap<u32, u64> = BTreeMap::new();
    let mut right = true;
    for (_, fact) in &bench.rig.facts {
        if let Fact::Moved { wire: over, parcel } = fact
            && *over == wire
        {
            let seen = next.entry(parcel.lane).or_default();
            right &= parcel.first == *seen;
            *seen += u64::from(parcel.n);
        }
    }
    right && !next.is_empty() && next.values().all(|seen| *seen == 2)
}
