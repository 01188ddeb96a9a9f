//! How many shards a load needs, and how far a step of scaling goes: one rule a case.

use super::{Case, Node, Told};
use crate::catalog::Rules;
use crate::services::kinesis::sizing::{Load, Needed, Step, capacity, scaled};

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "bytes-formula" => by_formula(case),
        "bytes-and-rate" => by_bytes_and_rate(case),
        "scaling-up" | "scaling-down" | "scaling-bounded" => step(case),
        "stream-capacity" => whole_stream(case),
        _ => Err(case.unknown_kind()),
    }
}

/// A rate of bytes; refuses what is no number that a stream could have.
fn rate(
    node: &Node<'_>,
    bytes_each: f64,
    records_s: f64,
) -> Result<(u64, u64), super::Inexpressible> {
    let bytes_s = bytes_each * records_s;
    if !(0.0..1e15).contains(&bytes_s) || !(0.0..1e12).contains(&records_s) {
        return Err(node.bad("has a rate that no stream takes"));
    }
    Ok((libm::ceil(bytes_s) as u64, libm::ceil(records_s) as u64))
}

/// The published formula: whole KiB a record, bytes in and out.
fn by_formula(case: &Case<'_>) -> Told {
    let input = case.input();
    let kib = libm::ceil(input.get("average_kb")?.f64()?);
    let (bytes_s, records_s) = rate(&input, kib * 1024.0, input.get("records_per_s")?.f64()?)?;
    let load = Load {
        bytes_s,
        records_s,
        polling: input.get("consumers")?.u64()?,
    };
    case.check("shards", Needed::of(&load, Rules::NEWEST).by_bytes());
    Ok(())
}

fn by_bytes_and_rate(case: &Case<'_>) -> Told {
    let input = case.input();
    let bytes = input.get("message_bytes")?.f64()?;
    let (bytes_s, records_s) = rate(&input, bytes, input.get("records_per_s")?.f64()?)?;
    let load = Load {
        bytes_s,
        records_s,
        polling: input.opt("consumers").map_or(Ok(0), |n| n.u64())?,
    };
    let needed = Needed::of(&load, Rules::NEWEST);
    case.check("shards_from_bandwidth", needed.write);
    case.check("shards_from_rate", needed.records);
    case.check("shards_from_reading", needed.read);
    case.check("shards", needed.shards());
    Ok(())
}

fn step(case: &Case<'_>) -> Told {
    let input = case.input();
    let up = match input.get("direction")?.text()? {
        "up" => true,
        "down" => false,
        other => return Err(input.bad(format!("has the direction \"{other}\""))),
    };
    let step = match (input.opt("count"), input.opt("percent")) {
        (Some(count), None) => Step::Count(count.u64()?),
        (None, Some(percent)) => Step::Percent(percent.u64()?),
        _ => return Err(input.bad("needs a count or a percentage")),
    };
    let min = input.opt("min").map_or(Ok(1), |n| n.u64())?;
    let max = input.opt("max").map_or(Ok(u64::MAX), |n| n.u64())?;
    let current = input.get("current")?.u64()?;
    case.check("shards", scaled(current, up, step, (min, max)));
    Ok(())
}

/// What all shards take together, in the units of the quota page (1 GB is 1,000 MB).
fn whole_stream(case: &Case<'_>) -> Told {
    let shards = case.input().get("shards")?.u64()?;
    let (bytes_s, records_s) = capacity(shards, Rules::NEWEST);
    let mb_s = bytes_s as f64 / f64::from(1 << 20);
    case.check("write_mb_s", mb_s);
    case.check("write_gb_s", mb_s / 1e3);
    case.check("records_per_s", records_s);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;
    use serde_json::{Value as Json, json};

    fn told(kind: &str, input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "x", "kind": kind, "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    #[test]
    fn loads_and_steps_are_told_and_wrong_counts_fail() {
        // aws-facts W5
        let load = json!({"average_kb": 2, "records_per_s": 2_000, "consumers": 3});
        assert_eq!(
            told("bytes-formula", &load, &json!({"shards": 6})),
            Verdict::Passed
        );
        let step = json!({"current": 20, "direction": "down", "percent": 33, "min": 15});
        assert_eq!(
            told("scaling-bounded", &step, &json!({"shards": 15})),
            Verdict::Passed
        );
        let wrong = told("scaling-bounded", &step, &json!({"shards": 14}));
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
    }
}
