//! Split, merge, UpdateShardCount: what is refused, what the shards are while it lasts and after.

use super::kinesis_routing::control_of;
use super::stream::{Entry, Stream, code_of};
use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{MINUTE, MS, SECOND};
use crate::catalog::Rules;
use crate::services::kinesis::{Description, middle};
use crate::services::talk::StartAt;
use serde_json::{Value as Json, json};

/// The suites that count the shards of UpdateShardCount are of 2021 and 2022; the service was seen
/// to go another way in 2023.
const OF_THE_SUITES: Rules = Rules { as_of: 202_212 };
/// What a call's place in a history is called.
const ORDINALS: [&str; 6] = ["first", "second", "third", "fourth", "fifth", "sixth"];

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "update-shard-count-up" | "update-shard-count-down" | "update-shard-count-limit" => {
            update(case)
        }
        "stream-not-active" => not_active(case),
        "split-midpoint" => midpoint(case),
        "read-across-split" => read_across(case),
        "create" => create(case),
        "split-ok"
        | "split-hash-error"
        | "split-closed-parent"
        | "shard-not-found"
        | "merge-ok"
        | "merge-adjacency-error" => history(case),
        _ => Err(case.unknown_kind()),
    }
}

fn ids(shards: &[Description], wanted: impl Fn(&Description) -> bool) -> Vec<u32> {
    shards.iter().filter(|s| wanted(s)).map(|s| s.id).collect()
}

fn is_open(shard: &Description) -> bool {
    shard.ending_at.is_none()
}

// ---- UpdateShardCount ------------------------------------------------------------------------

fn update(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let mut stream = Stream::even(input.get("initial")?.u64()?, OF_THE_SUITES)?;
    let targets = match input.opt("targets") {
        Some(list) => list.items()?,
        None => vec![input.get("target")?],
    };
    let mut refusal = None;
    for (ordinal, target) in ORDINALS.iter().zip(&targets) {
        let before = ids(&stream.shards(), is_open).len();
        refusal = stream.set("shards", &target.u64()?.to_string()).err();
        stream.settle();
        let step = expected.find(&format!("after_{ordinal}"));
        for place in step.iter().chain((targets.len() == 1).then_some(&expected)) {
            counts(place, &stream, before);
        }
        if refusal.is_some() {
            break;
        }
    }
    if targets.len() > ORDINALS.len() {
        return Err(input.bad("has more targets than can be told"));
    }
    if targets.len() > 1 {
        counts(&expected, &stream, ids(&stream.shards(), is_open).len());
    }
    case.check("accepted", refusal.is_none());
    if expected.find("accepted").is_none() {
        let code = refusal.as_deref().map(code_of);
        if !case.check("error", code) && code.is_some() {
            expected.holds(false, refusal.unwrap_or_default());
        }
    }
    Ok(())
}

/// Compares what an update came to; `before` shards were open when it was asked for.
fn counts(place: &Node<'_>, stream: &Stream, before: usize) {
    let shards = stream.shards();
    let closed = ids(&shards, |shard| !is_open(shard));
    let check = |key: &str, found: Json| {
        if let Some(field) = place.find(key) {
            field.same(found);
        }
    };
    check("total_shards_listed", json!(shards.len()));
    check("open", json!(shards.len() - closed.len()));
    check("closed", json!(closed.len()));
    check("closed_shards", json!(closed));
    check("open_shards", json!(ids(&shards, is_open)));
    check("response_current", json!(before));
    check("response_target", json!(stream.config().shards));
}

// ---- split and merge -------------------------------------------------------------------------

fn history(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let mut stream = Stream::even(input.get("initial")?.u64()?, Rules::NEWEST)?;
    let ops = match input.opt("history") {
        Some(list) => list.items()?,
        None => vec![input.get("op")?],
    };
    if ops.len() > ORDINALS.len() {
        return Err(input.bad("has more calls than can be told"));
    }
    let mut refused = None;
    for (step, op) in ops.iter().enumerate() {
        let done = control_of(op)?.and_then(|control| {
            stream.rig.run_to(stream.now() + SECOND);
            stream.command(control)
        });
        if let Err(refusal) = done {
            refused = Some((step, refusal));
            break;
        }
        if let Some(during) = expected.find("during") {
            while_it_lasts(&during, &mut stream, op)?;
        }
        stream.settle();
        let shards = stream.shards();
        let ordinal = ORDINALS[step];
        case.check(&format!("listed_after_{ordinal}"), shards.len());
        case.check(
            &format!("open_after_{ordinal}"),
            ids(&shards, is_open).len(),
        );
    }
    case.check("error_on_step", refused.as_ref().map(|(step, _)| *step));
    case.check("accepted", refused.is_none());
    let code = refused.as_ref().map(|(_, refusal)| code_of(refusal));
    if !case.check("error", code) && expected.find("accepted").is_none() && code.is_some() {
        expected.holds(false, code.unwrap_or_default());
    }
    if let Some(after) = expected.find("after") {
        when_done(&after, &stream)?;
    }
    Ok(())
}

/// The stream right after a call, while it is UPDATING.
fn while_it_lasts(during: &Node<'_>, stream: &mut Stream, op: &Node<'_>) -> Told {
    for (key, field) in during.members()? {
        let hash = key
            .strip_prefix("put_with_hash_")
            .and_then(|rest| rest.strip_suffix("_goes_to"));
        match (key, hash) {
            ("status", _) => field.same(stream.status()),
            ("shards_listed", _) => field.same(ids(&stream.shards(), |_| true)),
            ("open_shards", _) => field.same(ids(&stream.shards(), is_open)),
            ("second_split_error" | "second_merge_error" | "second_call_error", _) => {
                let again = control_of(op)?.and_then(|control| stream.command(control));
                field.same(again.err().as_deref().map(code_of));
            }
            (_, Some(hash)) => {
                let hash = hash.parse().map_err(|_| field.bad("names no hash key"))?;
                let entry = Entry {
                    key: "k".to_owned(),
                    explicit: Some(hash),
                    bytes: 10,
                };
                let place = stream
                    .put(&[entry], false)
                    .and_then(|mut all| all.remove(0));
                field.same(place.map_or_else(Json::from, |place| Json::from(place.0)));
            }
            _ => {} // stays open, so the case is not expressible
        }
    }
    Ok(())
}

/// The shards once the stream is ACTIVE again.
fn when_done(after: &Node<'_>, stream: &Stream) -> Told {
    let shards = stream.shards();
    for (key, field) in after.members()? {
        match key {
            "status" => field.same(stream.status()),
            "open_shards" => field.same(ids(&shards, is_open)),
            "shards" => {
                let rows = field.items()?;
                if rows.len() != shards.len() {
                    field.holds(false, format!("{} shards", shards.len()));
                }
                for (row, shard) in rows.iter().zip(&shards) {
                    compare_shard(row, shard)?;
                }
            }
            "child_creation_minus_parent_last_ms" => field.same(gap_ms(&shards)),
            _ => {
                let id = key
                    .strip_prefix("shard_")
                    .and_then(|id| id.parse::<u32>().ok());
                match id.map(|id| shards.iter().find(|shard| shard.id == id)) {
                    Some(Some(shard)) => compare_shard(&field, shard)?,
                    Some(None) => field.holds(false, "no such shard"),
                    None => {} // stays open, so the case is not expressible
                }
            }
        }
    }
    Ok(())
}

fn compare_shard(row: &Node<'_>, shard: &Description) -> Told {
    for (key, field) in row.members()? {
        match key {
            "shard" => field.same(shard.id),
            "parent" => field.same(shard.parents.first().copied()),
            "adjacent_parent" => field.same(shard.parents.get(1).copied()),
            "start" => field.same(shard.from.to_string()),
            "end" => field.same(shard.to.to_string()),
            "open" => field.same(is_open(shard)),
            _ => {} // stays open, so the case is not expressible
        }
    }
    Ok(())
}

/// From the end of the parents to the beginning of their children [ms]; null where they differ.
fn gap_ms(shards: &[Description]) -> Option<u64> {
    let mut gaps = Vec::new();
    for child in shards.iter().filter(|shard| !shard.parents.is_empty()) {
        for parent in shards.iter().filter(|p| child.parents.contains(&p.id)) {
            gaps.push(child.starting_at.checked_sub(parent.ending_at?)? / MS);
        }
    }
    gaps.dedup();
    (gaps.len() == 1).then(|| gaps[0])
}

/// The even cut of a range, and what lies on either side.
fn midpoint(case: &Case<'_>) -> Told {
    let input = case.input();
    let (from, to) = (
        input.get("parent_start")?.u128()?,
        input.get("parent_end")?.u128()?,
    );
    if to < from {
        return Err(input.bad("has a range that ends before it starts"));
    }
    let cut = middle(from, to);
    case.check("new_start", cut.to_string());
    case.check(
        "lower",
        json!([from.to_string(), cut.saturating_sub(1).to_string()]),
    );
    case.check("upper", json!([cut.to_string(), to.to_string()]));
    Ok(())
}

// ---- streams that are not ACTIVE -------------------------------------------------------------

fn not_active(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let status = input.get("stream_status")?;
    let shards = input.opt("initial").map_or(Ok(4), |n| n.u64())?;
    let settings = super::stream::shards_of(shards)?;
    let mut stream = match status.text()? {
        "CREATING" => Stream::with(&settings, Rules::NEWEST, MINUTE)?,
        "UPDATING" => {
            let mut stream = Stream::with(&settings, Rules::NEWEST, 0)?;
            let target = (shards * 2).to_string();
            stream.set("shards", &target).map_err(|e| status.bad(e))?;
            stream
        }
        "ACTIVE" => Stream::with(&settings, Rules::NEWEST, 0)?,
        other => {
            return Err(status.bad(format!("is {other}, a state that streams here never have")));
        }
    };
    if stream.status() != status.text()? {
        return Err(status.bad(format!("cannot be reached: it is {}", stream.status())));
    }
    let code = call(&mut stream, &input.get("op")?)?;
    case.check("accepted", code.is_none());
    if !case.check("error", code.clone()) && expected.find("accepted").is_none() {
        expected.holds(code.is_none(), format!("{code:?}"));
    }
    Ok(())
}

/// One call of the API; gives the code of its refusal.
fn call(stream: &mut Stream, op: &Node<'_>) -> Result<Option<String>, Inexpressible> {
    let refusal = match op.get("op")?.text()? {
        "split" | "merge" => {
            let done = control_of(op)?.and_then(|control| stream.command(control));
            done.err().map(|refusal| code_of(&refusal).to_owned())
        }
        "update_shard_count" => {
            let target = op.get("target")?.u64()?.to_string();
            let done = stream.set("shards", &target);
            done.err().map(|refusal| code_of(&refusal).to_owned())
        }
        "put" => {
            let entry = Entry {
                key: op.get("partition_key")?.text()?.to_owned(),
                explicit: None,
                bytes: 10,
            };
            let put = stream.put(&[entry], false);
            put.and_then(|mut all| all.remove(0))
                .err()
                .map(str::to_owned)
        }
        "get_shard_iterator" => {
            let shard = op.get("shard")?.u32()?;
            let start = match op.get("type")?.text()? {
                "LATEST" => StartAt::Latest,
                "TRIM_HORIZON" => StartAt::TrimHorizon,
                other => return Err(op.bad(format!("has the iterator type \"{other}\""))),
            };
            stream.iterator(shard, start).err().map(str::to_owned)
        }
        other => return Err(op.bad(format!("has the unknown call \"{other}\""))),
    };
    Ok(refusal)
}

/// A closed parent is read to its end, and names its children.
fn read_across(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut stream = Stream::even(input.get("initial")?.u64()?, OF_THE_SUITES)?;
    let n = input.get("records_before")?;
    if n.u64()? > 500 {
        return Err(n.bad("does not fit into one call"));
    }
    let read = input.get("read")?;
    let shard = read
        .text()?
        .strip_prefix("iterator from the start of shard ");
    let shard: u32 = shard
        .and_then(|id| id.parse().ok())
        .ok_or_else(|| read.bad("is not understood"))?;
    let from = stream
        .shards()
        .iter()
        .find(|s| s.id == shard)
        .map(|s| s.from);
    let entry = Entry {
        key: "k".to_owned(),
        explicit: Some(from.ok_or_else(|| read.bad("names no shard of the stream"))?),
        bytes: 10,
    };
    let put = stream.put(&vec![entry; n.u64()? as usize], true);
    if put.as_ref().is_ok_and(|all| all.iter().any(Result::is_err)) || put.is_err() {
        return Err(n.bad("is more than the shard takes"));
    }
    if let Some(code) = call(&mut stream, &input.get("op")?)? {
        return Err(input.bad(format!("has a call that is refused: {code}")));
    }
    stream.settle();
    let opened = stream.iterator(shard, StartAt::TrimHorizon);
    let mut next = Some(opened.map_err(|code| read.bad(code))?);
    let (mut records, mut children) = (0, Vec::new());
    for _ in 0..100 {
        let Some(ordinal) = next else { break };
        let got = stream.get((shard, ordinal, stream.now()), 10_000);
        let got = got.map_err(|code| read.bad(code))?;
        records += got.records.len();
        (next, children) = (got.next, got.children);
        stream.rig.run_to(stream.now() + SECOND);
    }
    case.check("records_returned", records);
    case.check("next_iterator", next);
    case.check("child_shards_listed", !children.is_empty());
    Ok(())
}

/// CreateStream, with or without ShardCount.
fn create(case: &Case<'_>) -> Told {
    let input = case.input();
    let given = input.opt("shard_count");
    let flag = input.opt("shard_count_given");
    let settings = match (given, flag) {
        (Some(count), _) => super::stream::shards_of(count.u64()?)?,
        (None, Some(flag)) if !flag.flag()? => Vec::new(),
        _ => return Err(input.bad("does not say how many shards are asked for")),
    };
    let stream = Stream::with(&settings, Rules::NEWEST, 0)?;
    case.check("shards", stream.open().len());
    case.check("status", stream.status());
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
    fn a_refusal_that_nobody_expects_fails() {
        // aws-facts W3: from 4, 2 to 8 are allowed
        let input = json!({"initial": 4, "target": 9});
        let limit = "update-shard-count-limit";
        assert_eq!(
            told(limit, &input, &json!({"accepted": false})),
            Verdict::Passed
        );
        let found = told(limit, &input, &json!({"open": 9}));
        assert!(matches!(found, Verdict::Failed(_)), "{found:?}");
        let merge = json!({"initial": 4, "op": {"op": "merge", "shard": 0, "adjacent": 2}});
        let found = told(
            "merge-ok",
            &merge,
            &json!({"after": {"open_shards": [3, 4]}}),
        );
        assert!(matches!(found, Verdict::Failed(_)), "{found:?}");
    }

    #[test]
    fn a_field_of_a_shard_that_is_not_known_is_no_pass() {
        let input = json!({"initial": 2, "op": {"op": "merge", "shard": 0, "adjacent": 1}});
        let row = json!({"parent": 0, "adjacent_parent": 1});
        let after = |row: &Json| json!({"after": {"open_shards": [2], "shard_2": row}});
        assert_eq!(told("merge-ok", &input, &after(&row)), Verdict::Passed);
        let row = json!({"parent": 0, "colour": "green"});
        let found = told("merge-ok", &input, &after(&row));
        assert!(matches!(found, Verdict::NotExpressible(_)), "{found:?}");
    }
}
