//! Facts as JSON objects: what `--facts` writes, a line each.

use super::Run;
use crate::base::time::Us;
use crate::services::facts::Fact;
use crate::services::floor::Floor;
use crate::services::talk::{NodeId, Parcel};
use serde_json::{Value, json};

fn name(floor: &Floor, node: NodeId) -> String {
    floor.node(node).name.to_string()
}

fn records(floor: &Floor, parcel: &Parcel) -> Value {
    let lane = floor.lanes.get(parcel.lane);
    json!({
        "source": name(floor, lane.source),
        "key": lane.key.to_string(),
        "lane": parcel.lane,
        "first": parcel.first,
        "n": parcel.n,
        "born_us": parcel.born,
    })
}

/// One fact at its time.
#[must_use]
pub fn value(run: &Run, at: Us, fact: &Fact) -> Value {
    let floor = &run.engine.machine().floor;
    let mut value = about(floor, fact);
    value["at_us"] = json!(at);
    let (place, parcel) = match fact {
        Fact::Metric { node, .. } | Fact::CallRefused { node, .. } => (Some(*node), None),
        Fact::Moved { parcel, .. } => (None, Some(parcel)),
        Fact::Admitted { node, parcel, .. }
        | Fact::Refused { node, parcel, .. }
        | Fact::Retried { node, parcel, .. }
        | Fact::Ended { node, parcel, .. }
        | Fact::Delivered { node, parcel, .. } => (Some(*node), Some(parcel)),
        Fact::Note { node, .. } => (*node, None),
        Fact::Asked { .. } | Fact::Answered { .. } => (None, None),
    };
    if let Some(node) = place {
        value["node"] = json!(name(floor, node));
    }
    if let Some(parcel) = parcel {
        value["records"] = records(floor, parcel);
    }
    value
}

/// What is told beside time, place and records.
fn about(floor: &Floor, fact: &Fact) -> Value {
    match fact {
        Fact::Metric {
            node,
            lane,
            metric,
            value,
        } => {
            let metric = floor.node(*node).kind.entry().metrics[usize::from(*metric)].name;
            json!({"fact": "metric", "lane": lane, "metric": metric, "value": value})
        }
        Fact::Moved { wire, .. } => {
            json!({"fact": "moved", "wire": floor.wire(*wire).name.to_string()})
        }
        Fact::Admitted { lane, ordinal, .. } => {
            json!({"fact": "admitted", "lane": lane, "ordinal": ordinal})
        }
        Fact::Refused {
            lane,
            reason,
            had,
            needed,
            limit_per_s,
            ..
        } => json!({
            "fact": "refused",
            "lane": lane,
            "reason": reason.code(),
            "had": had,
            "needed": needed,
            "limit_per_s": limit_per_s,
        }),
        Fact::CallRefused { lane, reason, .. } => {
            json!({"fact": "call-refused", "lane": lane, "reason": reason.code()})
        }
        Fact::Retried { attempt, at, .. } => {
            json!({"fact": "retried", "attempt": attempt, "again_us": at})
        }
        Fact::Ended { reason, .. } => json!({"fact": "ended", "reason": reason.code()}),
        Fact::Delivered {
            first,
            oldest_us,
            newest_us,
            ..
        } => json!({
            "fact": "delivered",
            "first_time": first,
            "oldest_us": oldest_us,
            "newest_us": newest_us,
        }),
        Fact::Note { key, value, .. } => json!({"fact": "note", "key": key, "value": value}),
        Fact::Asked { call } => json!({"fact": "asked", "call": call.number()}),
        Fact::Answered { call, .. } => json!({"fact": "answered", "call": call.number()}),
    }
}
