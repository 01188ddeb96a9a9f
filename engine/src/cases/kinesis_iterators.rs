//! Iterators: where reading starts, what comes, how far it is behind; scripts on a stream.

use super::stream::{Entry, Got, NAME, Stream, code_of};
use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::catalog::Rules;
use crate::services::facts::Fact;
use crate::services::kinesis::arguments::{self, Position};
use crate::services::kinesis::{Call, error_code};
use crate::services::talk::{Ask, Reply, StartAt, WireId};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;

/// Most records of a GetRecords call that names no Limit.
const LIMIT: u32 = 10_000;
/// Model time at which a script begins, so that times before it can be named.
const BEGIN: Us = 10 * MINUTE;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "expiry" => expiry(case),
        "iterator-arguments" => with_arguments(case),
        "at-timestamp" | "trim-horizon" | "latest" | "limit" | "at-sequence" | "after-sequence"
        | "millis-behind" | "enhanced-fan-out" => script(case),
        _ => Err(case.unknown_kind()),
    }
}

// ---- positions -------------------------------------------------------------------------------

/// Where a position is read from: `type`, and what goes with it.
fn start_of(
    at: &Node<'_>,
    stream: &Stream,
    shard: u32,
) -> Result<Result<StartAt, String>, Inexpressible> {
    let sequence = match (at.opt("record"), at.opt("sequence")) {
        (Some(record), _) => {
            let number = record.u64()?;
            let sequence = stream.sequence(number);
            Some(sequence.ok_or_else(|| record.bad("names a record that is not stored"))?)
        }
        (None, Some(text)) => Some(text.text()?.to_owned()),
        (None, None) => None,
    };
    let position = Position {
        kind: at.get("type")?.text()?,
        sequence: sequence.as_deref(),
        timestamp: timestamp_of(at, stream.now())?,
    };
    Ok(position.resolve(shard, stream.now()))
}

/// Timestamp of a position, if it names one [us].
fn timestamp_of(at: &Node<'_>, now: Us) -> Result<Option<Us>, Inexpressible> {
    if let Some(ahead) = at.opt("t_minus_now_ms") {
        let us = now as f64 + ahead.f64()? * MS as f64;
        return Ok(Some(us.max(0.0) as Us));
    }
    if at
        .opt("before_everything")
        .map_or(Ok(false), |f| f.flag())?
    {
        return Ok(Some(0));
    }
    if let Some(words) = at.opt("position") {
        let long_before = words.text()?.ends_with("before the first record");
        return if long_before {
            Ok(Some(0))
        } else {
            Err(words.bad("is not understood"))
        };
    }
    // a step has its own time in "t"
    let key = if at.find("op").is_some() {
        "timestamp"
    } else {
        "t"
    };
    match at.opt(key) {
        Some(ms) => Ok(Some(BEGIN + ms.millis()?)),
        None => Ok(None),
    }
}

/// The arguments of one GetShardIterator call.
fn with_arguments(case: &Case<'_>) -> Told {
    let input = case.input();
    let shards = input.opt("shards").map_or(Ok(1), |n| n.u64())?;
    let shard = input.opt("shard").map_or(Ok(0), |n| n.u32())?;
    let mut stream = Stream::even(shards, Rules::NEWEST)?;
    stream.rig.run_to(BEGIN);
    let code = match start_of(&input, &stream, shard)? {
        Err(refusal) => Some(code_of(&refusal).to_owned()),
        Ok(start) => stream.iterator(shard, start).err().map(str::to_owned),
    };
    case.check("accepted", code.is_none());
    case.check("error", code);
    Ok(())
}

/// An iterator is used so long after it was given out.
fn expiry(case: &Case<'_>) -> Told {
    let input = case.input();
    let age = input.get("iterator_age_ms")?.millis()?;
    let mut stream = Stream::even(1, Rules::NEWEST)?;
    stream.rig.run_to(BEGIN);
    let start = start_of(&input, &stream, 0)?.map_err(|refusal| input.bad(refusal))?;
    let ordinal = stream.iterator(0, start);
    let ordinal = ordinal.map_err(|code| input.bad(format!("is refused: {code}")))?;
    stream.rig.run_to(BEGIN + age);
    let answer = stream.get((0, ordinal, BEGIN), LIMIT);
    case.check("error", answer.err());
    Ok(())
}

// ---- scripts ---------------------------------------------------------------------------------

/// An iterator in the script: shard, next number, when it was given out [us].
type Iterator = (u32, u64, Us);

/// A script being played.
struct Play {
    stream: Stream,
    iterators: BTreeMap<String, Iterator>,
    answers: Vec<Got>,
    code: Option<String>,
    /// A consumer that was there before the script, on its push wire.
    waiting: Option<WireId>,
    /// The push wire of a subscription, its shard, and how many facts there were before it.
    pushed: Option<(WireId, u32, usize)>,
}

/// A wire says where its reader starts in every shard; a start at a record of one shard is a call
/// of its own, which takes over from the subscription that the consumer has.
fn numbered(step: &Node<'_>) -> bool {
    let kind = step.find("type").and_then(|kind| kind.text().ok());
    kind.is_some_and(|kind| kind.ends_with("SEQUENCE_NUMBER"))
}

fn script(case: &Case<'_>) -> Told {
    let input = case.input();
    let stream = Stream::even(input.get("shards")?.u64()?, Rules::NEWEST)?;
    let mut play = Play {
        stream,
        iterators: BTreeMap::new(),
        answers: Vec::new(),
        code: None,
        waiting: None,
        pushed: None,
    };
    let steps = input.get("script")?.items()?;
    let subscribes = |step: &Node<'_>| {
        step.find("op")
            .is_some_and(|op| op.text() == Ok("subscribe"))
    };
    if steps.iter().any(|step| subscribes(step) && numbered(step)) {
        play.stream.rig.run_to(BEGIN - MINUTE);
        play.waiting = Some(play.consumer(&[("start", "LATEST")]));
    }
    play.stream.rig.run_to(BEGIN);
    for step in &steps {
        play.step(step)?;
    }
    if let Some(at) = input.opt("iterator") {
        play.read_once(&input, &at)?;
    }
    if play.pushed.is_some() {
        play.compare_events(case);
    } else {
        play.compare(case);
    }
    Ok(())
}

impl Play {
    fn step(&mut self, step: &Node<'_>) -> Told {
        if let Some(t) = step.opt("t") {
            let at = BEGIN + t.millis()?;
            if at < self.stream.now() {
                return Err(t.bad("lies before the step before it"));
            }
            self.stream.rig.run_to(at);
        }
        match step.get("op")?.text()? {
            "put_records" => self.put(step),
            "get_iterator" => {
                let shard = step.get("shard")?.u32()?;
                let name = step.get("name")?.text()?.to_owned();
                if let Some(iterator) = self.iterator(step, shard)? {
                    self.iterators.insert(name, iterator);
                }
                Ok(())
            }
            "get_records" => self.get(step),
            "subscribe" => self.subscribe(step),
            other => Err(step.bad(format!("has the unknown step \"{other}\""))),
        }
    }

    fn put(&mut self, step: &Node<'_>) -> Told {
        let mut entries = Vec::new();
        for record in step.get("records")?.items()? {
            let explicit = match record.opt("ehk") {
                Some(text) => Some(arguments::hash_key(text.text()?).map_err(|e| text.bad(e))?),
                None => None,
            };
            entries.push(Entry {
                key: record.get("pk")?.text()?.to_owned(),
                explicit,
                bytes: record.opt("bytes").map_or(Ok(10), |n| n.u32())?,
            });
        }
        let answers = self.stream.put(&entries, true);
        let answers = answers.map_err(|code| step.bad(format!("is refused: {code}")))?;
        match answers.into_iter().find_map(Result::err) {
            Some(code) => Err(step.bad(format!("is refused in part: {code}"))),
            None => Ok(()),
        }
    }

    /// Opens an iterator; a refusal is kept.
    fn iterator(&mut self, at: &Node<'_>, shard: u32) -> Result<Option<Iterator>, Inexpressible> {
        let start = start_of(at, &self.stream, shard)?;
        let opened = match start {
            Err(refusal) => Err(code_of(&refusal).to_owned()),
            Ok(start) => self.stream.iterator(shard, start).map_err(str::to_owned),
        };
        match opened {
            Ok(ordinal) => Ok(Some((shard, ordinal, self.stream.now()))),
            Err(code) => {
                self.code = Some(code);
                Ok(None)
            }
        }
    }

    fn get(&mut self, step: &Node<'_>) -> Told {
        let name = step.get("iterator")?;
        let limit = step.opt("limit").map_or(Ok(LIMIT), |n| n.u32())?;
        let used = self.iterators.get(name.text()?).copied();
        let used = used.ok_or_else(|| name.bad("is no iterator that the script has"))?;
        let answer = self.stream.get(used, limit);
        if let Some(error) = step.find("error") {
            error.same(answer.clone().err());
        }
        let got = match answer {
            Ok(got) => got,
            Err(code) => {
                if let Some(expect) = step.find("expect") {
                    expect.holds(false, code);
                }
                self.code = Some(code.to_owned());
                return Ok(());
            }
        };
        if let Some(expect) = step.find("expect") {
            expect.same(got.records.clone());
        }
        if let Some(behind) = step.find("millis_behind") {
            behind.same(got.behind_ms);
        }
        if let Some(next) = step.find("next") {
            match (next.is_null(), got.next) {
                (true, ordinal) => next.holds(ordinal.is_none(), "a next iterator"),
                (false, Some(ordinal)) => {
                    let iterator = (used.0, ordinal, self.stream.now());
                    self.iterators.insert(next.text()?.to_owned(), iterator);
                }
                (false, None) => next.holds(false, "no next iterator"),
            }
        }
        self.answers.push(got);
        Ok(())
    }

    /// One GetShardIterator and one GetRecords at the end of the script.
    fn read_once(&mut self, input: &Node<'_>, at: &Node<'_>) -> Told {
        let shard = input.get("shard")?.u32()?;
        let Some(iterator) = self.iterator(at, shard)? else {
            return Ok(());
        };
        match self.stream.get(iterator, LIMIT) {
            Ok(got) => self.answers.push(got),
            Err(code) => self.code = Some(code.to_owned()),
        }
        Ok(())
    }

    fn compare(&self, case: &Case<'_>) {
        case.check("error", self.code.clone());
        let last = self.answers.last();
        let records = last.map_or(Json::Null, |got| json!(got.records));
        case.check("records", records);
        case.check("millis_behind", last.map(|got| got.behind_ms));
        case.check("next_iterator", last.is_some_and(|got| got.next.is_some()));
        if let Some(range) = case.expected().find("millis_behind_between") {
            let all = self.answers.iter().map(|got| got.behind_ms);
            let (least, most) = (all.clone().min(), all.max());
            match least.zip(most) {
                Some((least, most)) => range.within(least as f64, most as f64),
                None => range.holds(false, "no answer"),
            }
        }
    }

    // ---- enhanced fan-out ------------------------------------------------------------------

    /// A consumer with a push wire joins, and reads from the position of the wire.
    fn subscribe(&mut self, step: &Node<'_>) -> Told {
        if self.pushed.is_some() {
            return Err(step.bad("is a second subscription"));
        }
        let shard = step.get("shard")?.u32()?;
        if let (Some(wire), true) = (self.waiting, numbered(step)) {
            return self.take_over(step, wire, shard);
        }
        let kind = step.get("type")?.text()?;
        let at = timestamp_of(step, self.stream.now())?;
        let text = format!("{}us", at.unwrap_or(0));
        let mut settings = vec![("start", kind)];
        match (kind, at) {
            ("TRIM_HORIZON" | "LATEST", None) => {}
            ("AT_TIMESTAMP", Some(_)) => settings.push(("timestamp", text.as_str())),
            _ => return Err(step.bad("has a position that no wire can have")),
        }
        let before = self.stream.rig.facts.len();
        let wire = self.consumer(&settings);
        self.pushed = Some((wire, shard, before));
        Ok(())
    }

    fn consumer(&mut self, settings: &[(&str, &str)]) -> WireId {
        let rig = &mut self.stream.rig;
        rig.node("reader", "consumer", &[]);
        rig.wire("push", NAME, "reader", settings)
    }

    /// SubscribeToShard of a consumer that has a subscription already.
    fn take_over(&mut self, step: &Node<'_>, wire: WireId, shard: u32) -> Told {
        let before = self.stream.rig.facts.len();
        let start = start_of(step, &self.stream, shard)?;
        let code = match start {
            Err(refusal) => Some(code_of(&refusal).to_owned()),
            Ok(start) => match self.stream.rig.over(wire, Ask::Subscribe { shard, start }) {
                Reply::Refused { reason, .. } => {
                    let code = error_code(reason, Call::SubscribeToShard, Rules::NEWEST);
                    Some(code.to_owned())
                }
                _ => None,
            },
        };
        self.code = code;
        self.pushed = Some((wire, shard, before));
        Ok(())
    }

    /// Waits for all events and compares them.
    fn compare_events(&mut self, case: &Case<'_>) {
        let Some((wire, shard, before)) = self.pushed else {
            return;
        };
        case.check("error", self.code.clone());
        let stream = &mut self.stream;
        stream.rig.run_to(stream.now() + 10 * SECOND);
        let facts = stream.rig.facts[before..].iter();
        let sent = facts.filter_map(|(at, fact)| match fact {
            Fact::Moved { wire: over, parcel } if *over == wire => Some((*at, *parcel)),
            _ => None,
        });
        let sent: Vec<_> = sent.collect();
        let of_shard = |number: &u64| stream.stored(*number).is_some_and(|at| at.0 == shard);
        let mut records = stream.numbers_of(sent.iter().map(|(_, parcel)| parcel));
        records.retain(of_shard);
        let mut instants: Vec<Us> = sent
            .iter()
            .filter(|(_, parcel)| {
                stream
                    .numbers_of(std::iter::once(parcel))
                    .iter()
                    .any(of_shard)
            })
            .map(|(at, _)| *at)
            .collect();
        instants.dedup();
        case.check("records", records);
        // events of one shard leave at instants of their own
        case.check("events_with_records", instants.len());
        let behind = stream
            .rig
            .metric(NAME, "SubscribeToShardEvent.MillisBehindLatest");
        case.check("millis_behind", behind);
    }
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
    fn a_script_with_a_wrong_record_fails() {
        let input = |third: u64| {
            json!({"shards": 1, "script": [
                {"op": "put_records", "t": 0, "records": [{"pk": "x"}, {"pk": "y"}, {"pk": "z"}]},
                {"op": "get_iterator", "t": 5, "shard": 0, "type": "AFTER_SEQUENCE_NUMBER", "record": 0, "name": "a"},
                {"op": "get_records", "t": 9, "iterator": "a", "limit": 1, "expect": [1], "next": "b"},
                {"op": "get_records", "t": 9, "iterator": "b", "expect": [third], "millis_behind": 0},
            ]})
        };
        assert_eq!(told("limit", &input(2), &json!({})), Verdict::Passed);
        let wrong = told("limit", &input(1), &json!({}));
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
    }

    #[test]
    fn what_the_script_cannot_do_is_said() {
        let input = json!({"shards": 1, "script": [{"op": "register_consumer"}]});
        let found = told("latest", &input, &json!({"records": []}));
        assert!(matches!(found, Verdict::NotExpressible(_)), "{found:?}");
    }

    #[test]
    fn a_pushed_record_comes_once() {
        let input = json!({"shards": 2, "script": [
            {"op": "put_records", "t": 0, "records": [{"pk": "a", "ehk": "0"}]},
            {"op": "subscribe", "t": 10, "shard": 0, "type": "LATEST"},
            {"op": "put_records", "t": 20, "records": [{"pk": "a", "ehk": "0"}]},
        ]});
        let kind = "enhanced-fan-out";
        assert_eq!(
            told(
                kind,
                &input,
                &json!({"records": [1], "events_with_records": 1})
            ),
            Verdict::Passed
        );
        let wrong = told(kind, &input, &json!({"records": [0, 1]}));
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
        let from_a_record = json!({"shards": 1, "script": [
            {"op": "put_records", "t": 0, "records": [{"pk": "a"}, {"pk": "b"}, {"pk": "c"}]},
            {"op": "subscribe", "t": 10, "shard": 0, "type": "AFTER_SEQUENCE_NUMBER", "record": 0},
            {"op": "put_records", "t": 2_000, "records": [{"pk": "d"}]},
        ]});
        let expected = json!({"records": [1, 2, 3], "events_with_records": 2, "millis_behind": 0});
        assert_eq!(told(kind, &from_a_record, &expected), Verdict::Passed);
    }
}
