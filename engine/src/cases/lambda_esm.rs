//! A function behind an event source mapping on a bench, as cases describe the two.

use super::stream::code_of;
use super::{Case, Inexpressible, Node};
use crate::base::sorted::SortedMap;
use crate::base::time::{MINUTE, SECOND, Us};
use crate::design::Design;
use crate::design::check::kinds_between;
use crate::design::edit::Edit;
use crate::services::facts::Fact;
use crate::services::plant::{Order, Signal};
use crate::services::rig::{Rig, link_of};
use crate::services::shared::letters;
use crate::services::talk::{Ask, Outcome, Parcel, Reason, WireId};
use crate::services::wires::mapping::{Filter, Notice};
use crate::services::{LinkUnit, ServiceKind};
use serde_json::{Value as Json, json};

/// Bytes of each record [B].
const BYTES: u32 = 100;

/// Settings by key.
pub(super) type Settings = Vec<(&'static str, String)>;

/// Reads the settings of a mapping of a stream.
pub(super) fn mapping_of(node: &Node<'_>) -> Result<Settings, Inexpressible> {
    let found = settings_of(node)?;
    link_of("mapping", &pairs(&found)).map_err(|why| node.bad(why))?;
    Ok(found)
}

/// Reads the settings of a mapping, whether they may stand or not.
pub(super) fn settings_of(node: &Node<'_>) -> Result<Settings, Inexpressible> {
    let mut found = Settings::new();
    for (name, key) in [
        ("batch_size", "batch_size"),
        ("window_s", "window"),
        ("max_age_s", "max_age"),
        ("max_retries", "max_retries"),
        ("parallelization", "parallelization"),
        ("tumbling_s", "tumbling"),
        ("maximum_concurrency", "max_concurrency"),
    ] {
        if let Some(value) = node.opt(name) {
            let number = value.f64()?;
            found.push((key, format!("{number}")));
        }
    }
    if let Some(start) = node.opt("start") {
        found.push(("start", start.text()?.to_owned()));
    }
    if let Some(bisect) = node.opt("bisect") {
        found.push(("bisect", bisect.flag()?.to_string()));
    }
    if let Some(types) = node.find("response_types") {
        if types.is_null() {
            types.aside("no response types");
        } else {
            for one in types.items()? {
                match one.text()? {
                    "ReportBatchItemFailures" => {
                        found.push(("report_batch_item_failures", "yes".to_owned()));
                    }
                    _ => return Err(one.bad("is no response type")),
                }
            }
        }
    }
    Ok(found)
}

/// Settings as a bench takes them.
pub(super) fn pairs(settings: &Settings) -> Vec<(&'static str, &str)> {
    settings
        .iter()
        .map(|(key, value)| (*key, value.as_str()))
        .collect()
}

/// A function that works for a tenth of a second and never fails.
pub(super) fn calm() -> Settings {
    vec![
        ("duration", "100ms".to_owned()),
        ("cold_start", "0s".to_owned()),
        ("timeout", "900s".to_owned()),
        ("written_before", "no".to_owned()),
    ]
}

/// What the handler of a case does.
pub(super) fn function_of(input: &Node<'_>) -> Result<Settings, Inexpressible> {
    let mut found = calm();
    let does = input.get("function")?;
    let text = does.text()?;
    let (what, runs) = text.split_once(", runs ").unwrap_or((text, "0.1 s"));
    let seconds = runs.strip_suffix(" s").and_then(|s| s.parse::<f64>().ok());
    let seconds = seconds.filter(|s| (0.0..=900.0).contains(s));
    let seconds = seconds.ok_or_else(|| does.bad("names no time that it runs"))?;
    found[0].1 = format!("{}us", (seconds * SECOND as f64) as u64);
    let poison = |list: Vec<String>| ("poison", list.join(", "));
    match what {
        "ok" => {}
        "raise" => found.push(("errors", "always".to_owned())),
        "return" => {
            let value = input
                .find("return")
                .ok_or_else(|| does.bad("returns nothing"))?;
            found.push(("returns", value.json().to_string()));
        }
        "fail_ids" => {
            let ids = input.get("fail_ids")?.items()?;
            let ids: Result<Vec<String>, _> = ids
                .iter()
                .map(|id| id.u64().map(|id| id.to_string()))
                .collect();
            found.push(("errors", "poison".to_owned()));
            found.push(poison(ids?));
            found.push(("on_error", "report".to_owned()));
        }
        _ => {
            let batch = what.strip_prefix("raise when the batch holds ");
            let one = batch.and_then(|rest| {
                let record = rest.strip_prefix("record ");
                record.or_else(|| rest.strip_prefix("message "))
            });
            let bad = match one {
                Some(number) => number.parse().map_err(|_| does.bad("names no record"))?,
                None if what == "raise when the batch holds the bad record" => {
                    input.get("bad")?.u64()?
                }
                None => return Err(does.bad("is a function that is not understood")),
            };
            found.push(("errors", "poison".to_owned()));
            found.push(poison(vec![bad.to_string()]));
        }
    }
    Ok(found)
}

/// The records of a case, in calls: when [us] and which numbers.
pub(super) type Calls = Vec<(Us, Vec<u64>)>;

/// Reads the records and the calls that put them. Calls without a time of their own follow one
/// another by `apart` from `from` on.
pub(super) fn calls_of(input: &Node<'_>, from: Us, apart: Us) -> Result<Calls, Inexpressible> {
    let mut by_time: SortedMap<Us, Vec<u64>> = SortedMap::new();
    let mut all = Vec::new();
    for record in input.get("records")?.items()? {
        let number = record.get("n")?.u64()?;
        match record.opt("t") {
            Some(at) => by_time.entry(at.seconds()?).or_default().push(number),
            None => all.push(number),
        }
    }
    let mut calls: Calls = by_time.into_iter().collect();
    match input.opt("put_calls") {
        Some(list) if list.is_list() => {
            for (ix, call) in list.items()?.iter().enumerate() {
                let ends = call.items()?;
                let [first, last] = ends.as_slice() else {
                    return Err(call.bad("is not a first and a last number"));
                };
                let (first, last) = (first.u64()?, last.u64()?);
                let known = first <= last && (first..=last).all(|number| all.contains(&number));
                if !known {
                    return Err(call.bad("names records that are not there"));
                }
                calls.push((from + ix as Us * apart, (first..=last).collect()));
            }
        }
        Some(one) if one.u64()? != 1 => return Err(one.bad("calls are not cut")),
        _ if all.is_empty() => {}
        _ => calls.push((from, all)),
    }
    if calls.iter().any(|(_, numbers)| numbers.len() > 500) {
        return Err(input.bad("puts more than 500 records in a call"));
    }
    Ok(calls)
}

/// A stream "s" of one shard, the function "f" and, if a destination is named, "dlq".
#[derive(Debug)]
pub(super) struct Bench {
    pub(super) rig: Rig,
    /// The key of all records.
    pub(super) lane: u32,
    /// Whether the destination gets the records themselves.
    carries: bool,
}

impl Bench {
    /// The bench without its mapping.
    pub(super) fn new(
        function: &Settings,
        destination: Option<&Node<'_>>,
    ) -> Result<Self, Inexpressible> {
        let mut rig = Rig::new(7);
        rig.node("s", "kinesis", &[("shards", "1")]);
        let mut carries = false;
        rig.node("f", "lambda", &pairs(function));
        let lambda = ServiceKind::of_id("lambda");
        let wired = |kind: &ServiceKind| {
            lambda.is_some_and(|from| kinds_between(from, *kind).contains(&"on-failure"))
        };
        let service = match destination {
            None => "sink",
            Some(node) => {
                let known = ServiceKind::of_id(node.text()?).filter(wired);
                let known =
                    known.ok_or_else(|| node.bad("is a destination that is not built in"))?;
                carries = letters::carries(known.entry());
                known.entry().id
            }
        };
        rig.node("dlq", service, &[]);
        rig.wire("on-failure", "f", "dlq", &[]);
        let lane = rig.lane("key", None);
        Ok(Self { rig, lane, carries })
    }

    /// A bench made elsewhere, without a destination.
    pub(super) fn on(rig: Rig, lane: u32) -> Self {
        let carries = false;
        Self { rig, lane, carries }
    }

    /// Puts records at a time.
    pub(super) fn put(&mut self, at: Us, numbers: &[u64]) {
        let to = self.rig.find("s");
        let one = |number: &u64| Parcel {
            born: at,
            ..self.rig.parcel(self.lane, *number, 1, BYTES)
        };
        let entries = numbers.iter().map(one).collect();
        let batched = true;
        let ask = Ask::Put { entries, batched };
        self.rig
            .engine
            .schedule(at, Signal::FromOutside { to, ask });
    }

    /// Runs to a time, if it is not past.
    pub(super) fn run_to(&mut self, at: Us) {
        if at > self.rig.engine.now() {
            self.rig.run_to(at);
        }
    }

    /// Adds the mapping now.
    pub(super) fn map(&mut self, settings: &Settings) -> WireId {
        self.rig.wire("mapping", "s", "f", &pairs(settings))
    }

    /// Gives the mapping new settings now.
    pub(super) fn change(&mut self, wire: WireId, settings: &Settings) {
        if let Ok(link) = link_of("mapping", &pairs(settings)) {
            self.rig.order(Order::ConfigureWire { wire, link });
        }
    }

    /// Record numbers of each invocation of `function` over the wire, in order, with their times.
    pub(super) fn batches(&self, wire: WireId, function: &str) -> Vec<(Us, Vec<u64>)> {
        let node = self.rig.find(function);
        let mut all = Vec::new();
        let mut open = Vec::new();
        for (at, fact) in &self.rig.facts {
            match fact {
                Fact::Moved { wire: over, parcel } if *over == wire => {
                    open.extend(parcel.range().0..parcel.range().1);
                }
                // the first metric is Invocations, counted when the function takes the batch
                Fact::Metric {
                    node: of,
                    metric: 0,
                    ..
                } if *of == node => all.push((*at, std::mem::take(&mut open))),
                _ => {}
            }
        }
        all
    }

    /// What became of a record at a function.
    pub(super) fn fate(&self, function: &str, number: u64) -> &'static str {
        let at = self.rig.find(function);
        let mut fate = "not-consumed";
        for (_, fact) in &self.rig.facts {
            let (node, parcel, word) = match fact {
                Fact::Delivered { node, parcel, .. } => (node, parcel, "processed"),
                Fact::Ended {
                    node,
                    parcel,
                    reason,
                } => (node, parcel, word_of(*reason)),
                _ => continue,
            };
            let (from, to) = parcel.range();
            if *node == at && (from..to).contains(&number) {
                fate = word;
            }
        }
        fate
    }

    /// The essentials of the last notice; null if there was none.
    pub(super) fn failure(&self, wire: WireId) -> Json {
        let Some(LinkUnit::Mapping(part)) = self.rig.engine.machine().link(wire) else {
            return Json::Null;
        };
        part.state
            .last_notice()
            .map_or(Json::Null, |notice| self.told(notice))
    }

    fn told(&self, notice: &Notice) -> Json {
        json!({
            "condition": notice.condition.word(),
            "approximate_invoke_count": notice.invoke_count,
            "batch_size": notice.batch_size,
            "has_response_context": notice.response.is_some(),
            "function_error": (notice.response == Some(Outcome::Failed)).then_some("Unhandled"),
            "shard_position_present": true,
            "start_equals_end": notice.start == notice.end,
            "carries_records": self.carries,
        })
    }
}

fn word_of(reason: Reason) -> &'static str {
    match reason {
        Reason::DeadLettered | Reason::AttemptsSpent | Reason::MaxAge => "discarded-to-destination",
        Reason::Filtered => "filtered",
        _ => "lost",
    }
}

/// How long a case runs after its last event: until retries and ages are through.
pub(super) const LONG: Us = 20 * MINUTE;

/// Two mappings between the same ends, and one to another function.
pub(super) fn twin(case: &Case<'_>, service: &str, kind: &str) -> Result<bool, Inexpressible> {
    let input = case.input();
    let mut design = Design::default();
    let node = |id: &str, service: &str| Edit::AddNode {
        id: id.to_owned(),
        service: service.to_owned(),
        settings: SortedMap::new(),
    };
    let wire = |id: &str, to: &str| Edit::AddWire {
        id: id.to_owned(),
        kind: kind.to_owned(),
        from: "s".to_owned(),
        to: to.to_owned(),
        settings: SortedMap::new(),
    };
    for edit in [
        node("s", service),
        node("f", "lambda"),
        node("g", "lambda"),
        wire("m1", "f"),
    ] {
        design = design.apply(&edit).map_err(|why| input.bad(why))?;
    }
    let error = design.apply(&wire("m2", "f")).err();
    let error = error.map(|error| error.to_string());
    case.check("error", error.as_deref().map(code_of));
    Ok(design.apply(&wire("m3", "g")).is_ok())
}

/// What a pattern does to four events: p and q beside the contents, which say a and b.
pub(super) fn action_of(pattern: &Json, events: &[Json; 4]) -> &'static str {
    let Ok(filter) = Filter::parse(&pattern.to_string()) else {
        return "create-error";
    };
    match events.each_ref().map(|event| filter.lets_through(event)) {
        [true, false, true, false] => "filtered by pattern",
        [true, true, false, false] => "other fields only",
        [false, false, false, false] => "dropped",
        _ => "passed",
    }
}
