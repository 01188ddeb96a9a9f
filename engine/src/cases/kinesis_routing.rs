//! Which shard a record goes to: MD5 of the key, even and uneven ranges, resharding, order.
//!
//! Records are put into a stream on a bench. Only a table of shards that no history made is asked
//! of the function with which the stream looks its shards up.

use super::stream::{Entry, Stream, code_of};
use super::{Case, Inexpressible, Node, Told};
use crate::catalog::Rules;
use crate::services::kinesis::{Description, arguments, owner};
use crate::services::lanes::key_hash;
use crate::services::talk::Control;
use serde_json::{Value as Json, json};

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    let input = case.input();
    if input.find("table").is_some() {
        return by_table(case);
    }
    if input.find("history").is_some() {
        return by_history(case);
    }
    match case.kind() {
        "partition-key-length" => key_length(case),
        "ordering-within-shard" => order(case),
        "even-ranges" => ranges(case),
        "md5"
        | "even-partition-key"
        | "even-explicit-hash"
        | "explicit-hash-invalid"
        | "even-partition-key-table"
        | "even-partition-key-unusual" => by_key(case),
        _ => Err(case.unknown_kind()),
    }
}

/// Key and ExplicitHashKey of a record, or the refusal of the latter.
fn entry_of(node: &Node<'_>) -> Result<Result<Entry, String>, Inexpressible> {
    let key = node.get("partition_key")?.text()?.to_owned();
    let explicit = match node.opt("explicit_hash_key") {
        Some(text) => Some(arguments::hash_key(text.text()?)),
        None => None,
    };
    let bytes = 10;
    Ok(explicit.transpose().map(|explicit| Entry {
        key,
        explicit,
        bytes,
    }))
}

/// The shard that takes the record, or the code of the refusal.
fn shard_of(shards: u64, entry: &Entry) -> Result<Result<u32, String>, Inexpressible> {
    let mut stream = Stream::even(shards, Rules::NEWEST)?;
    let put = stream.put(std::slice::from_ref(entry), false);
    let place = put.and_then(|mut answers| answers.remove(0));
    Ok(place.map(|place| place.0).map_err(str::to_owned))
}

fn told(result: Result<u32, String>) -> Json {
    result.map_or_else(Json::from, Json::from)
}

fn by_key(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let entry = match entry_of(&input)? {
        Ok(entry) => entry,
        Err(refusal) => {
            if let Some(shards) = input.opt("shards") {
                shards.u64()?;
            }
            case.check("error", code_of(&refusal));
            return Ok(());
        }
    };
    case.check("error", Json::Null);
    let hash = entry.explicit.unwrap_or_else(|| key_hash(&entry.key));
    case.check("hash", hash.to_string());
    if let Some(shards) = input.opt("shards") {
        let shard = shard_of(shards.u64()?, &entry)?;
        case.check("shard", told(shard));
    }
    if let Some(table) = expected.find("shard_of_n") {
        for (count, shard) in table.members()? {
            let count: u64 = count
                .parse()
                .map_err(|_| table.bad("has a key that is no number"))?;
            shard.same(told(shard_of(count, &entry)?));
        }
    }
    Ok(())
}

fn ranges(case: &Case<'_>) -> Told {
    let shards = case.input().get("shards")?.u32()?;
    let stream = Stream::even(u64::from(shards), Rules::NEWEST)?;
    let found = stream.open();
    let of_stream: Vec<Json> = found
        .iter()
        .map(|shard| json!([shard.from.to_string(), shard.to.to_string()]))
        .collect();
    case.check("ranges", of_stream);
    Ok(())
}

/// A row of a table of shards.
struct Row {
    shard: u32,
    start: u128,
    end: u128,
}

fn by_table(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut open = Vec::new();
    for row in input.get("table")?.items()? {
        let (shard, is_open) = (row.get("shard")?.u32()?, row.get("open")?.flag()?);
        let (start, end) = (row.get("start")?.u128()?, row.get("end")?.u128()?);
        if is_open {
            open.push(Row { shard, start, end });
        }
    }
    open.sort_unstable_by_key(|row| row.start);
    let hash = match input.opt("explicit_hash_key") {
        Some(text) => match arguments::hash_key(text.text()?) {
            Ok(hash) => hash,
            Err(refusal) => {
                case.check("error", code_of(&refusal));
                return Ok(());
            }
        },
        None => key_hash(input.get("partition_key")?.text()?),
    };
    let found = open.get(owner(&open, |row| row.start, hash));
    let found = found.filter(|row| (row.start..=row.end).contains(&hash));
    let Some(found) = found else {
        return Err(Inexpressible(
            "no open shard of the table owns the hash key".to_owned(),
        ));
    };
    case.check("hash", hash.to_string());
    case.check("shard", found.shard);
    Ok(())
}

/// A split or merge of a history.
pub(super) fn control_of(op: &Node<'_>) -> Result<Result<Control, String>, Inexpressible> {
    let shard = op.get("shard")?.u32()?;
    match op.get("op")?.text()? {
        "split" => {
            let key = match op.opt("new_start") {
                Some(text) => Some(arguments::hash_key(text.text()?)),
                None => None,
            };
            let split = |new_start| Control::SplitShard { shard, new_start };
            Ok(key.transpose().map(split))
        }
        "merge" => {
            let adjacent = op.get("adjacent")?.u32()?;
            Ok(Ok(Control::MergeShards { shard, adjacent }))
        }
        other => Err(op.bad(format!("has the unknown call \"{other}\""))),
    }
}

fn by_history(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let shards = input.opt("initial_shards").or_else(|| input.opt("shards"));
    let shards = shards.ok_or_else(|| input.bad("names no count of shards"))?;
    let mut stream = Stream::even(shards.u64()?, Rules::NEWEST)?;
    for op in input.get("history")?.items()? {
        let done = control_of(&op)?.and_then(|control| stream.command(control));
        if let Err(refusal) = done {
            if !case.check("error", code_of(&refusal)) {
                case.expected()
                    .holds(false, format!("a refusal: {refusal}"));
            }
            return Ok(());
        }
        stream.settle();
    }
    if let Some(ranges) = expected.find("open_ranges") {
        let mut open = stream.open();
        open.sort_unstable_by_key(|shard| shard.id);
        let row = |shard: &Description| {
            let (start, end) = (shard.from.to_string(), shard.to.to_string());
            json!({"shard": shard.id, "start": start, "end": end})
        };
        ranges.same(open.iter().map(row).collect::<Vec<_>>());
    }
    let keys = input.opt("partition_keys");
    if let (Some(keys), Some(wanted)) = (keys, expected.find("shard_of_key")) {
        let mut found = Vec::new();
        for key in keys.items()? {
            let entry = Entry {
                key: key.text()?.to_owned(),
                explicit: None,
                bytes: 10,
            };
            let place = stream
                .put(&[entry], false)
                .and_then(|mut answers| answers.remove(0));
            found.push(told(place.map(|place| place.0).map_err(str::to_owned)));
        }
        wanted.same(found);
    }
    Ok(())
}

fn key_length(case: &Case<'_>) -> Told {
    let input = case.input();
    let chars = input.get("partition_key_chars")?.u32()?;
    if chars > 100_000 {
        return Err(input.bad("has an absurd length"));
    }
    let entry = Entry {
        key: "k".repeat(chars as usize),
        explicit: None,
        bytes: 10,
    };
    let shard = shard_of(1, &entry)?;
    case.check("accepted", shard.is_ok());
    case.check("shard", shard.clone().map_or(Json::Null, Json::from));
    case.check("error", shard.err());
    Ok(())
}

/// The records of each shard lie in the order of the call.
fn order(case: &Case<'_>) -> Told {
    let (input, expected) = (case.input(), case.expected());
    let mut stream = Stream::even(input.get("shards")?.u64()?, Rules::NEWEST)?;
    let mut entries = Vec::new();
    for record in input.get("one_put_records_call")?.items()? {
        let entry = entry_of(&record)?.map_err(|refusal| record.bad(refusal))?;
        entries.push(entry);
    }
    let answers = stream.put(&entries, true);
    let answers = answers.map_err(|code| input.bad(format!("is refused: {code}")))?;
    let shards: Vec<Json> = answers
        .iter()
        .map(|answer| answer.map_or_else(Json::from, |place| Json::from(place.0)))
        .collect();
    case.check("shards", shards);
    if let Some(by_shard) = expected.find("sequence_order_by_shard") {
        for (shard, wanted) in by_shard.members()? {
            let shard: u32 = shard
                .parse()
                .map_err(|_| by_shard.bad("has a key that is no shard"))?;
            let mut numbered: Vec<(String, u64)> = (0..entries.len() as u64)
                .filter(|number| stream.stored(*number).is_some_and(|place| place.0 == shard))
                .filter_map(|number| Some((stream.sequence(number)?, number)))
                .collect();
            numbered.sort_unstable();
            wanted.same(numbered.into_iter().map(|(_, n)| n).collect::<Vec<_>>());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::Verdict;

    fn verdict(kind: &str, input: &Json, expected: &Json) -> Verdict {
        let raw = json!({"id": "x", "kind": kind, "in": input, "expected": expected});
        let case = Case::new(&raw);
        let told = run(&case);
        case.verdict(told)
    }

    #[test]
    fn a_key_goes_where_the_worked_numbers_say_and_nowhere_else() {
        // aws-facts W1
        let input = json!({"partition_key": "store-003"});
        let hash = "301522838571664863800205057158489970723";
        let right = json!({"hash": hash, "shard_of_n": {"3": 2, "4": 3, "8": 7}});
        let kind = "even-partition-key-table";
        assert_eq!(verdict(kind, &input, &right), Verdict::Passed);
        let wrong = json!({"hash": hash, "shard_of_n": {"3": 2, "4": 2}});
        assert!(matches!(verdict(kind, &input, &wrong), Verdict::Failed(_)));
    }

    #[test]
    fn a_history_is_played_through_the_stream() {
        // aws-facts W3
        let start = "212676479325586539664609129644855132159";
        let history = json!([{"op": "split", "shard": 2, "new_start": start}]);
        let keys = ["store-002", "store-004"];
        let input = json!({"initial_shards": 4, "history": history, "partition_keys": keys});
        let kind = "uneven-after-resharding";
        let found = verdict(kind, &input, &json!({"shard_of_key": [5, 4]}));
        assert_eq!(found, Verdict::Passed);
        let found = verdict(kind, &input, &json!({"shard_of_key": [4, 5]}));
        assert!(matches!(found, Verdict::Failed(_)), "{found:?}");
    }
}
