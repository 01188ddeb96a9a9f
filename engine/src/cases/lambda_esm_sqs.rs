//! Event source mappings of a queue: batches, failures and dead letters, filters, growth.

use super::lambda_esm::{Settings, action_of, calm, pairs, settings_of, twin};
use super::queue::{DEAD, Described, NAME, poll, queue_of, singles};
use super::stream::code_of;
use super::{Case, Inexpressible, Node, Told};
use crate::base::sorted::SortedMap;
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;
use crate::design::Design;
use crate::design::edit::Edit;
use crate::services::lanes::key_hash;
use crate::services::plant::Order;
use crate::services::rig::{Rig, link_of};
use crate::services::talk::{Ask, Op, Read};
use crate::services::wires::mapping::Filter;
use crate::services::wires::queue_mapping::{Scaling, visibility_wanted};
use serde_json::{Value as Json, json};

mod story;

#[cfg(test)]
mod tests;

use story::{Bench, Sent};

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "async-dlq" => asynchronous(case),
        "batch-size-limit" => limit(case),
        "concurrency" => concurrency(case),
        "create-error" => second(case),
        "filter" if case.input().find("bodies").is_some() => filtered(case),
        "filter" => formats(case),
        "filter-invalid" => invalid(case),
        "update" => update(case),
        "visibility-rule" => visibility(case),
        "dlq"
        | "partial-batch"
        | "basic"
        | "batch-size-window"
        | "fifo"
        | "retry"
        | "response-shape-succeeds"
        | "response-shape-fails" => story::story(case),
        kind => match kind.strip_prefix("scaling-").and_then(|y| y.parse().ok()) {
            Some(year) => growth(case, year),
            None => Err(case.unknown_kind()),
        },
    }
}

// ---- one rule ----------------------------------------------------------------------------------

/// Settings of a mapping beside its queue: whether they may stand, and what they are by default.
fn limit(case: &Case<'_>) -> Told {
    let input = case.input();
    let echo = input.opt("mapping");
    let given = input.opt("mapping_given");
    let node = given.as_ref().or(echo.as_ref());
    let node = node.ok_or_else(|| input.bad("gives no mapping"))?;
    let settings = settings_of(node)?;
    if node.members()?.is_empty() {
        node.aside("no settings: the defaults");
    }
    let queue = input.opt("queue");
    let queue = queue.map_or(Ok(Described::default()), |node| queue_of(&node))?;
    case.check("accepted", stands(&input, &queue.settings, &settings)?);
    let Ok(link) = link_of("queue-mapping", &pairs(&settings)) else {
        return Ok(());
    };
    let fields = link.kind().fields();
    for (name, key) in [("batch_size", "batch_size"), ("window_s", "window")] {
        let ix = fields.iter().position(|field| field.key == key);
        let value = ix.and_then(|ix| link.get(ix).uint().ok());
        case.check(name, json!(value));
        let echoed = given.as_ref().and(echo.as_ref());
        if let Some(field) = echoed.and_then(|echo| echo.opt(name)) {
            field.same(json!(value));
        }
    }
    Ok(())
}

/// Whether a design with this mapping may run.
fn stands(input: &Node<'_>, queue: &Settings, mapping: &Settings) -> Result<bool, Inexpressible> {
    let map = |settings: &Settings| -> SortedMap<String, String> {
        let pairs = settings.iter();
        pairs.map(|(k, v)| ((*k).to_owned(), v.clone())).collect()
    };
    let node = |id: &str, service: &str, settings| Edit::AddNode {
        id: id.to_owned(),
        service: service.to_owned(),
        settings,
    };
    let mut design = Design::default();
    for edit in [
        node(NAME, "sqs", map(queue)),
        node("f", "lambda", SortedMap::new()),
    ] {
        design = design.apply(&edit).map_err(|why| input.bad(why))?;
    }
    let wire = Edit::AddWire {
        id: "m".to_owned(),
        kind: "queue-mapping".to_owned(),
        from: NAME.to_owned(),
        to: "f".to_owned(),
        settings: map(mapping),
    };
    Ok(design.apply(&wire).is_ok_and(|design| {
        let problems = design.check();
        !problems.iter().any(|p| p.fatal && p.at == "m")
    }))
}

/// The maximum concurrency of a mapping.
fn concurrency(case: &Case<'_>) -> Told {
    let input = case.input();
    let settings = settings_of(&input)?;
    if settings.is_empty() {
        return Err(input.bad("names no concurrency"));
    }
    let stands = link_of("queue-mapping", &pairs(&settings)).is_ok();
    case.check("accepted", stands);
    Ok(())
}

/// A second mapping between the same two, and one to another function.
fn second(case: &Case<'_>) -> Told {
    let input = case.input();
    let settings = settings_of(&input.get("mapping")?)?;
    link_of("queue-mapping", &pairs(&settings)).map_err(|why| input.bad(why))?;
    let second = input.get("second_mapping")?;
    if second.text()? != "same function, same queue" {
        return Err(second.bad("is not understood"));
    }
    let other = twin(case, "sqs", "queue-mapping")?;
    case.check("other_function_same_queue_allowed", other);
    Ok(())
}

/// A filter that the mapping cannot be created with.
fn invalid(case: &Case<'_>) -> Told {
    let input = case.input();
    let filter = input.find("filter");
    let filter = filter.ok_or_else(|| input.bad("gives no filter"))?;
    let error = Filter::parse(&filter.json().to_string()).err();
    case.check("error", json!(error.as_deref().map(code_of)));
    Ok(())
}

/// What a pattern of one form does to a body of another.
fn formats(case: &Case<'_>) -> Told {
    let input = case.input();
    let pattern = input.get("filter")?;
    let text = match pattern.text()? {
        "json pattern" => json!({ "body": { "kind": ["a"] } }),
        "text pattern" => json!({ "body": ["a"] }),
        "no body pattern" => json!({ "eventSourceARN": ["p"] }),
        _ => return Err(pattern.bad("is not understood")),
    };
    let body = input.get("body")?;
    let event = |queue: &str, kind: &str| -> Result<Json, Inexpressible> {
        let body = match body.text()? {
            "json" => json!({ "kind": kind }),
            "text" => json!(kind),
            _ => return Err(body.bad("is not understood")),
        };
        Ok(json!({ "eventSourceARN": queue, "body": body }))
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

/// The visibility time-out that a queue should have.
fn visibility(case: &Case<'_>) -> Told {
    let input = case.input();
    let timeout = input.get("function_timeout_s")?.seconds()?;
    let window = input.opt("window_s").map_or(Ok(0), |w| w.seconds())?;
    let wanted = visibility_wanted(timeout, window) as f64 / SECOND as f64;
    case.check("recommended_visibility_s_at_least", wanted);
    Ok(())
}

/// How many batches of a standard queue may be at work under the rules of a year.
fn growth(case: &Case<'_>, year: u32) -> Told {
    let input = case.input();
    let backlog = input.get("backlog")?;
    if backlog.text()? != "large" {
        return Err(backlog.bad("is not understood"));
    }
    let queue = input.get("queue")?;
    if queue_of(&queue)?.fifo {
        return Err(queue.bad("is limited by its groups and does not grow by the minute"));
    }
    let most = input.opt("maximum_concurrency").map(|n| n.u32());
    let as_of = year.saturating_mul(100) + 6;
    let scaling = Scaling::of(most.transpose()?, Rules { as_of });
    let grown = scaling.grown(scaling.first);
    case.check("initial_concurrent_batches", scaling.first);
    case.check("added_per_minute", grown - scaling.first);
    case.check("max", scaling.most);
    Ok(())
}

// ---- the engine --------------------------------------------------------------------------------

/// Bodies of the case are sifted by the rule; what then becomes of messages that pass and of those
/// that do not is run with records of two kinds in their place.
fn filtered(case: &Case<'_>) -> Told {
    let input = case.input();
    let function = input.get("function")?;
    if function.text()? != "ok" {
        return Err(function.bad("is not understood beside a filter"));
    }
    let filter = input.get("filter")?;
    let parsed = Filter::parse(&filter.json().to_string()).map_err(|why| filter.bad(why))?;
    let bodies = input.get("bodies")?;
    let list = bodies.json().as_array();
    let list = list.ok_or_else(|| bodies.bad("is no list"))?;
    let mut settings = settings_of(&input.get("mapping")?)?;
    settings.push(("filter", r#"{"body": {"type": ["sale"]}}"#.to_owned()));
    link_of("queue-mapping", &pairs(&settings)).map_err(|why| input.bad(why))?;
    let queue = input.opt("queue");
    let queue = queue.map_or(Ok(Described::default()), |node| queue_of(&node))?;
    let mut bench = Bench::new(&queue, &calm(), &settings);
    let sent = list.iter().enumerate().map(|(ix, body)| {
        let event = json!({ "eventSource": "aws:sqs", "body": body });
        let passes = parsed.lets_through(&event);
        let mut sent = Sent::plain(ix as u64, SECOND);
        sent.op = if passes { Op::Sale } else { Op::Count };
        sent.group = queue.fifo.then(|| "g".to_owned());
        sent
    });
    let sent: Vec<Sent> = sent.collect();
    bench.send(&sent);
    bench.watch(400 * SECOND);
    bench.compare(case, &sent)
}

/// An event invoked asynchronously that fails to the end.
fn asynchronous(case: &Case<'_>) -> Told {
    let input = case.input();
    for (key, wanted) in [
        ("invocation", "asynchronous"),
        ("function", "raise"),
        ("dead_letter_config", "sqs"),
    ] {
        let field = input.get(key)?;
        if field.text()? != wanted {
            return Err(field.bad("is not understood"));
        }
    }
    let mut function = calm();
    function.push(("errors", "always".to_owned()));
    if let Some(retries) = input.opt("retries") {
        let n = retries.u64()?;
        if n > 2 {
            return Err(retries.bad("is above two"));
        }
        function.push(("retries", n.to_string()));
    }
    let mut rig = Rig::new(5);
    rig.node("f", "lambda", &pairs(&function));
    rig.node(DEAD, "sqs", &[]);
    rig.wire("on-failure", "f", DEAD, &[("as", "dead-letter-queue")]);
    let lane = rig.lane("key", None);
    let reads = vec![Read::loose(rig.parcel(lane, 0, 1, 100))];
    let asynchronous = true;
    rig.ask(
        "f",
        Ask::Invoke {
            reads,
            asynchronous,
        },
    );
    rig.run_to(600 * SECOND);
    let messages = poll(&mut rig, DEAD);
    case.check("messages_in_dlq", singles(&messages).len());
    if let Some(message) = messages.first() {
        case.check("body_is_original_event", !message.notice);
        case.check("attributes", message.attributes());
        let code = message.error.map(|code| code.to_string());
        case.check("error_code_attribute", code.unwrap_or_default());
    }
    Ok(())
}

/// The mapping is pointed to another version between two messages: a function of its own here.
fn update(case: &Case<'_>) -> Told {
    let input = case.input();
    let settings = settings_of(&input.get("mapping")?)?;
    link_of("queue-mapping", &pairs(&settings)).map_err(|why| input.bad(why))?;
    let switched = input.get("function_version_switched_before_message")?;
    let switched = switched.u64()?;
    let mut bench = Bench::new(&Described::default(), &calm(), &settings);
    bench.rig.node("g", "lambda", &pairs(&calm()));
    let mut versions = Vec::new();
    for (ix, message) in input.get("messages")?.items()?.iter().enumerate() {
        let number = message.get("n")?.u64()?;
        if number == switched {
            bench.rig.order(Order::RemoveWire(bench.wire));
            bench.wire = bench
                .rig
                .wire("queue-mapping", NAME, "g", &pairs(&settings));
        }
        bench.send(&[Sent::plain(number, (1 + 400 * ix as Us) * SECOND)]);
        bench.watch(400 * (1 + ix as Us) * SECOND);
        let of = |name: &str| bench.processed(name).contains(&number);
        versions.push(match (of("f"), of("g")) {
            (true, false) => "1",
            (false, true) => "2",
            _ => "none, or both",
        });
    }
    case.check("versions", json!(versions));
    Ok(())
}

/// The hash of a group's name.
fn group_hash(name: &str) -> u64 {
    key_hash(name) as u64
}
