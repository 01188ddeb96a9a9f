//! Limits of single calls: how many entries, how large, what must be named.

use super::super::lambda_esm::{Settings, pairs};
use super::super::queue::{NAME, poll, singles};
use super::super::{Case, Inexpressible, Node, Told};
use super::{BYTES, context_of};
use crate::catalog::Rules;
use crate::services::ServiceKind;
use crate::services::rig::{Rig, config_of};
use crate::services::sqs::error_code;
use crate::services::talk::{Ask, Reason, Receipt, Reply, SendEntry};
use serde_json::json;
use std::collections::BTreeMap;

/// Most entries of a call that runs.
const ENTRIES_MAX: u64 = 1_000;

/// A code for each entry that failed, or one for the whole call.
type Outcome = Result<Vec<Option<&'static str>>, &'static str>;

/// One call at or beyond a limit.
pub(super) fn limit(case: &Case<'_>) -> Told {
    let input = case.input();
    let mut settings = Settings::new();
    if let Some(fifo) = input.opt("fifo") {
        settings.push(("fifo", fifo.flag()?.to_string()));
    }
    if let Some(content) = input.opt("content_dedup") {
        settings.push(("content_dedup", content.flag()?.to_string()));
    }
    if let Some(bytes) = input.opt("queue_max_bytes") {
        settings.push(("max_message_size", bytes.u64()?.to_string()));
    }
    config_of("sqs", &pairs(&settings)).map_err(|why| input.bad(why))?;
    let mut rig = Rig::new(5);
    rig.node(NAME, "sqs", &pairs(&settings));
    let call = input.get("call")?;
    let outcome = match call.text()? {
        "send" => send(&input, &mut rig, false)?,
        "send_batch" => send(&input, &mut rig, true)?,
        "receive" => receive(&input, &mut rig)?,
        "delete" | "delete_batch" => name(&input, &mut rig, false)?,
        "change_visibility" | "change_visibility_batch" => name(&input, &mut rig, true)?,
        _ => return Err(call.bad("is a call that is not understood")),
    };
    compare(case, &outcome)
}

fn compare(case: &Case<'_>, outcome: &Outcome) -> Told {
    let codes = outcome.as_deref().unwrap_or_default();
    let first = codes.iter().flatten().next().copied();
    let error = outcome.as_ref().err().copied();
    case.check("error", json!(error));
    case.check("failed_or_error", json!(error.or(first)));
    let failed = codes.iter().enumerate();
    let failed: BTreeMap<String, &str> = failed
        .filter_map(|(ix, code)| code.map(|code| (ix.to_string(), code)))
        .collect();
    case.check("failed", json!(failed));
    if let Some(wanted) = case.expected().opt("accepted") {
        let all = codes.iter().enumerate();
        let taken: Vec<usize> = all.filter(|(_, c)| c.is_none()).map(|(ix, _)| ix).collect();
        let found = if wanted.is_list() {
            json!(taken)
        } else {
            json!(error.is_none() && first.is_none())
        };
        wanted.same(found);
    }
    Ok(())
}

/// The largest message and the largest batch of a queue without settings [B].
fn default_bytes() -> u64 {
    let intake = ServiceKind::of_id("sqs").and_then(|kind| kind.entry().intake.as_ref());
    intake.map_or(0, |intake| Rules::NEWEST.value(intake.call_bytes))
}

/// A number of bytes, or words about a maximum.
fn bytes_of(node: &Node<'_>, queue: u64) -> Result<u64, Inexpressible> {
    if !node.is_text() {
        return node.u64();
    }
    let text = node.text()?;
    let (step, rest) = match text.split_once(" the ") {
        Some(("one above", rest)) => (1, rest),
        Some(("one below", rest)) => (-1, rest),
        _ => (0, text.strip_prefix("the ").unwrap_or(text)),
    };
    let most = match rest {
        "queue maximum" => queue,
        "default maximum" => default_bytes(),
        _ => return Err(node.bad("is not understood")),
    };
    Ok(most.saturating_add_signed(step))
}

/// The sizes of the entries of a call.
fn sizes(input: &Node<'_>) -> Result<Vec<u64>, Inexpressible> {
    let queue = input.opt("queue_max_bytes");
    let queue = queue.map_or(Ok(default_bytes()), |bytes| bytes.u64())?;
    if let Some(list) = input.opt("entry_bytes") {
        return list.items()?.iter().map(|b| bytes_of(b, queue)).collect();
    }
    let entries = input.opt("entries").map_or(Ok(1), |n| n.u64())?;
    if entries > ENTRIES_MAX {
        return Err(input.bad("has more entries than are run here"));
    }
    if let Some(bytes) = input.opt("bytes") {
        return Ok(vec![bytes_of(&bytes, queue)?; entries as usize]);
    }
    let Some(total) = input.opt("total_bytes") else {
        return Ok(vec![u64::from(BYTES); entries as usize]);
    };
    let all = bytes_of(&total, queue)?;
    let cut = |ix: u64| all * ix / entries.max(1);
    Ok((0..entries).map(|ix| cut(ix + 1) - cut(ix)).collect())
}

fn send(input: &Node<'_>, rig: &mut Rig, batched: bool) -> Result<Outcome, Inexpressible> {
    let fifo = input.opt("fifo").map_or(Ok(false), |flag| flag.flag())?;
    let group = input.opt("group").map_or(Ok(fifo), |flag| flag.flag())?;
    let dedup = input.opt("dedup").map_or(Ok(fifo), |flag| flag.flag())?;
    let delay = input
        .opt("delay")
        .map(|delay| delay.seconds())
        .transpose()?;
    let lane = rig.lane("key", None);
    let mut entries = Vec::new();
    for (ix, bytes) in (0_u64..).zip(sizes(input)?) {
        let bytes = u32::try_from(bytes).map_err(|_| input.bad("is larger than 4 GiB"))?;
        entries.push(SendEntry {
            parcel: rig.parcel(lane, ix, 1, bytes),
            body: ix,
            group: group.then_some(1),
            dedup: dedup.then_some(ix),
            delay,
        });
    }
    let context = match entries.first() {
        None => "empty-batch",
        Some(_) if batched => "batch",
        Some(entry) => context_of(entry, fifo),
    };
    let n = entries.len();
    Ok(match rig.ask(NAME, Ask::Send { entries, batched }) {
        Reply::Refused { reason, .. } => Err(error_code(reason, context)),
        Reply::Put { failed } if !batched && !failed.is_empty() => {
            Err(error_code(failed[0].reason, context))
        }
        Reply::Put { failed } => {
            let code = |ix: u64| {
                let hit = failed.iter().find(|one| one.parcel.first == ix);
                hit.map(|one| error_code(one.reason, "entry"))
            };
            Ok((0..n as u64).map(code).collect())
        }
        _ => return Err(input.bad("gets an answer that is not understood")),
    })
}

fn receive(input: &Node<'_>, rig: &mut Rig) -> Result<Outcome, Inexpressible> {
    let ask = Ask::Receive {
        max: input.opt("max").map_or(Ok(1), |max| max.u32())?,
        wait: input.opt("wait").map(|wait| wait.seconds()).transpose()?,
        visibility: input.opt("visibility").map(|v| v.seconds()).transpose()?,
    };
    let call = rig.begin(NAME, ask);
    Ok(match rig.answer_to(call) {
        Some(Reply::Refused { reason, .. }) => Err(error_code(reason, "receive")),
        _ => Ok(vec![None]),
    })
}

/// Deletes, or hides for longer, messages that were received.
fn name(input: &Node<'_>, rig: &mut Rig, hides: bool) -> Result<Outcome, Inexpressible> {
    let n = input.opt("entries").map_or(Ok(1), |n| n.u64())?;
    if n > ENTRIES_MAX {
        return Err(input.bad("has more entries than are run here"));
    }
    let timeout = input.opt("timeout").map(|t| t.seconds()).transpose()?;
    let lane = rig.lane("key", None);
    for first in (0..n).step_by(10) {
        let entries = vec![rig.parcel(lane, first, (n - first).min(10) as u32, BYTES)];
        let batched = true;
        rig.ask(
            NAME,
            Ask::Put {
                entries: entries.into(),
                batched,
            },
        );
    }
    let mut receipts: Vec<Receipt> = Vec::new();
    while receipts.len() < n as usize {
        let got = poll(rig, NAME);
        if got.is_empty() {
            return Err(input.bad("has more entries than the queue gives"));
        }
        receipts.extend(singles(&got).into_iter().map(|(_, receipt)| receipt));
    }
    let asked = receipts.clone();
    let ask = if hides {
        let timeout = timeout.unwrap_or_default();
        Ask::Visibility { receipts, timeout }
    } else {
        Ask::Delete { receipts }
    };
    let context = if n == 0 { "empty-batch" } else { "batch" };
    Ok(match rig.ask(NAME, ask) {
        Reply::Refused { reason, .. } => Err(error_code(reason, context)),
        Reply::Receipts { refused } if n == 1 && !refused.is_empty() => {
            Err(error_code(Reason::Invalid, "receipt"))
        }
        Reply::Receipts { refused } => {
            let code = |receipt: &Receipt| {
                let hit = refused.contains(receipt);
                hit.then(|| error_code(Reason::Invalid, "receipt"))
            };
            Ok(asked.iter().map(code).collect())
        }
        _ => return Err(input.bad("gets an answer that is not understood")),
    })
}
