//! Edits that somebody might make of a design: good ones, and ones that must be refused.

use super::starts::calmed;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::sorted::{SortedMap, SortedSet};
use millrace_engine::catalog::{FieldInfo, Kind, Value};
use millrace_engine::design::check::kinds_between;
use millrace_engine::design::file::FaultSpec;
use millrace_engine::design::{Design, Edit, Node};
use millrace_engine::services::{LinkKind, ServiceKind};

/// Nodes that a walk lets a design grow to.
const NODES: usize = 14;

/// Values that are good for few fields, or for none.
const WORDS: &[&str] = &[
    "",
    "-1",
    "0",
    "1",
    "1e9",
    "99999999999999999999",
    "-9223372036854775808",
    "9223372036854775807",
    "0.5",
    "NaN",
    "inf",
    "10s",
    "0ms",
    "9999999h",
    "yes",
    "maybe",
    "one",
    "{store}/till-{nn}",
    "{store",
    "{{nn}}",
    "1, 5, 9",
    "1/40",
    "1/0",
    "a=1;b",
    "\u{0}",
    "ä€😀",
    "[[[[[[[[[[[[",
    "record",
    "no such trace",
];

/// One of a list; nothing of an empty one.
pub(crate) fn pick<'a, T>(rng: &mut Rng, list: &'a [T]) -> Option<&'a T> {
    list.get(rng.below(list.len() as u64) as usize)
}

/// Another value of a field: a word of its list, or a number near the one that it has.
fn other(rng: &mut Rng, field: &FieldInfo, now: &Value) -> String {
    let near = |rng: &mut Rng, min: i64, max: i64| {
        let now = now.int().unwrap_or(min);
        let value = match rng.below(8) {
            0 => min,
            1 => now / 2,
            2 => now.saturating_mul(2),
            3 => now.saturating_add(1),
            4 => now / 10,
            5 => now.saturating_mul(5),
            6 => max,
            _ => min.saturating_add(rng.below(20) as i64),
        };
        calmed(field, value.clamp(min, max))
    };
    let value = match field.kind {
        Kind::Int { min, max } | Kind::Decimal { min, max, .. } => Value::Int(near(rng, min, max)),
        Kind::Span { min, max } => {
            let us = near(rng, min as i64, i64::try_from(max).unwrap_or(i64::MAX));
            Value::Int(us - us % 1_000)
        }
        Kind::Choice(words) => Value::Text(pick(rng, words).copied().unwrap_or("").to_owned()),
        Kind::Flag => Value::Flag(rng.below(2) == 0),
        Kind::Text { .. } => return pick(rng, WORDS).copied().unwrap_or("").to_owned(),
    };
    field.show(&value)
}

fn set(at: &str, field: &str, value: String) -> Edit {
    Edit::Set {
        at: at.to_owned(),
        field: field.to_owned(),
        value,
    }
}

/// A node's or a wire's id, its fields and their values.
fn anything(rng: &mut Rng, design: &Design) -> Option<(String, Vec<(FieldInfo, Value)>)> {
    let at = rng.below((design.nodes.len() + design.wires.len()) as u64) as usize;
    if let Some(node) = design.nodes.get(at) {
        let fields = node.config.kind().fields().into_iter().enumerate();
        let fields = fields.map(|(ix, field)| (field, node.config.get(ix)));
        return Some((node.id.clone(), fields.collect()));
    }
    let wire = design.wires.get(at - design.nodes.len())?;
    let fields = wire.link.kind().fields().into_iter().enumerate();
    let fields = fields.map(|(ix, field)| (field, wire.link.get(ix)));
    Some((wire.id.clone(), fields.collect()))
}

/// A change of one setting of anything, to a value of the field's kind.
pub(crate) fn tuned(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let (id, fields) = anything(rng, design)?;
    let (field, now) = pick(rng, &fields)?;
    let value = other(rng, field, now);
    let at = match id.rsplit_once('-') {
        Some((stem, _)) if rng.below(6) == 0 => format!("{stem}-*"),
        _ => id,
    };
    Some(set(&at, field.key, value))
}

/// A setting that is hardly ever right.
fn wrong(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let (id, fields) = anything(rng, design)?;
    let field = match rng.below(4) {
        0 => "no_such_field",
        _ => pick(rng, &fields)?.0.key,
    };
    let long = matches!(field, "key_list" | "filter");
    let value = match rng.below(8) {
        0 if !long => "x".repeat(10_000),
        _ => pick(rng, WORDS)?.to_string(),
    };
    // what parses may still be too much for a quick walk
    let info = fields.iter().find(|(info, _)| info.key == field);
    let value = match info.map(|(info, _)| (info, info.parse(&value))) {
        Some((info, Ok(Value::Int(n)))) => info.show(&Value::Int(calmed(info, n))),
        _ => value,
    };
    Some(set(&id, field, value))
}

/// A wire between any two nodes, of a kind that can be or of any kind.
pub(crate) fn wired(rng: &mut Rng, design: &Design, step: u32) -> Option<Edit> {
    let (mut from, mut to) = (pick(rng, &design.nodes)?, pick(rng, &design.nodes)?);
    let between = |from: &Node, to: &Node| kinds_between(from.config.kind(), to.config.kind());
    let joined = |from: &Node, to: &Node| {
        let mut wires = design.wires.iter();
        wires.any(|wire| wire.from == from.id && wire.to == to.id)
    };
    for _ in 0..rng.below(30) {
        if from.id != to.id && !joined(from, to) && !between(from, to).is_empty() {
            break;
        }
        (from, to) = (pick(rng, &design.nodes)?, pick(rng, &design.nodes)?);
    }
    let kinds = between(from, to);
    let kind = match pick(rng, &kinds) {
        Some(kind) if rng.below(12) > 0 => kind,
        _ => pick(rng, LinkKind::ALL)?.entry().id,
    };
    Some(Edit::AddWire {
        id: format!("wire-{step}"),
        kind: kind.to_owned(),
        from: from.id.clone(),
        to: to.id.clone(),
        settings: SortedMap::new(),
    })
}

/// A new node, wired to one that is there if that can be.
pub(crate) fn fresh(rng: &mut Rng, design: &Design, step: u32) -> Option<Edit> {
    if design.nodes.len() >= NODES {
        return gone(rng, design);
    }
    let service = *pick(rng, ServiceKind::ALL)?;
    let id = format!("node-{step}");
    let mut edits = vec![Edit::AddNode {
        id: id.clone(),
        service: service.entry().id.to_owned(),
        settings: match service.entry().makes_records() {
            true => calm_source(service),
            false => SortedMap::new(),
        },
    }];
    let wire = |kind: &str, from: &str, to: &str| Edit::AddWire {
        id: format!("wire-{step}-{from}"),
        kind: kind.to_owned(),
        from: from.to_owned(),
        to: to.to_owned(),
        settings: SortedMap::new(),
    };
    for other in &design.nodes {
        let kind = other.config.kind();
        if let Some(kind) = pick(rng, &kinds_between(kind, service)) {
            edits.push(wire(kind, &other.id, &id));
        } else if let Some(kind) = pick(rng, &kinds_between(service, kind)) {
            edits.push(wire(kind, &id, &other.id));
        }
        if edits.len() > 1 && rng.below(2) == 0 {
            break;
        }
    }
    Some(Edit::Many(edits))
}

/// Settings under which a source makes few records.
fn calm_source(service: ServiceKind) -> SortedMap<String, String> {
    let fields = service.fields();
    let known = |key: &str| fields.iter().any(|field| field.key == key);
    let few = [("rate", "60"), ("clients", "3"), ("accounts", "20")];
    let few = few.into_iter().filter(|(key, _)| known(key));
    few.map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

fn gone(rng: &mut Rng, design: &Design) -> Option<Edit> {
    if rng.below(10) == 0 {
        let ids: SortedSet<String> = design.nodes.iter().map(|node| node.id.clone()).collect();
        let ids = ids.into_iter().filter(|_| rng.below(3) == 0).collect();
        return Some(design.removing(&ids));
    }
    let id = pick(rng, &design.nodes)?.id.clone();
    Some(Edit::RemoveNode { id })
}

/// Where it stands, or what it is called.
fn laid(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let id = pick(rng, &design.nodes)?.id.clone();
    let far = |rng: &mut Rng| match rng.below(9) {
        0 => i32::MAX,
        1 => i32::MIN,
        _ => rng.below(4_000) as i32 - 2_000,
    };
    Some(match rng.below(2) {
        0 => Edit::Move {
            id,
            x: far(rng),
            y: far(rng),
        },
        _ => Edit::Rename {
            id,
            name: match rng.below(6) {
                0 => "n".repeat(50),
                1 => "\u{7}".to_owned(),
                2 => String::new(),
                n => format!("Name {n}"),
            },
        },
    })
}

/// Parts copied and put beside themselves; at times with text that was changed on the way.
fn pasted(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let ids = design.nodes.iter().map(|node| node.id.clone());
    let ids: SortedSet<String> = ids.filter(|_| rng.below(4) == 0).collect();
    if ids.is_empty() || design.nodes.len() + ids.len() > NODES {
        return None;
    }
    let mut text = design.clip(&ids, &design.layout.places).text();
    if rng.below(3) == 0 {
        text = text.replacen("\"put\"", "\"poll\"", 1);
    }
    let clip = millrace_engine::design::compose::Clip::parse(&text)?;
    design.pasting(&clip, (40, 40)).ok().map(|(_, edit)| edit)
}

/// A service put into a wire, or a way from one node to another.
fn composed(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let service = *pick(rng, ServiceKind::ALL)?;
    if design.nodes.len() >= NODES {
        return None;
    }
    if rng.below(2) == 0 {
        let wire = pick(rng, &design.wires)?.id.clone();
        return Some(design.putting_into(&wire, service, (0, 0)).ok()?.1);
    }
    let (from, to) = (pick(rng, &design.nodes)?, pick(rng, &design.nodes)?);
    let ends = (from.id.as_str(), to.id.as_str());
    design.bridging(ends, &[service], &[]).ok()
}

/// Some edit of a design, of any kind.
pub(crate) fn any(rng: &mut Rng, design: &Design, step: u32, deep: u32) -> Option<Edit> {
    match rng.below(60) {
        0..=22 => tuned(rng, design),
        23..=27 => wrong(rng, design),
        28..=33 => wired(rng, design, step),
        34..=37 => {
            let id = pick(rng, &design.wires)?.id.clone();
            Some(Edit::RemoveWire { id })
        }
        38..=42 => fresh(rng, design, step),
        43..=45 => gone(rng, design),
        46..=48 => laid(rng, design),
        49..=51 => pasted(rng, design),
        52..=54 => composed(rng, design),
        55 => Some(Edit::RemoveNode {
            id: "nobody".to_owned(),
        }),
        _ if deep == 0 => {
            let count = rng.below(4) as u32;
            let each = (0..count).map(|n| any(rng, design, step * 10 + n, 1));
            Some(Edit::Many(each.collect::<Option<Vec<_>>>()?))
        }
        _ => tuned(rng, design),
    }
}

/// A fault of a node: one that can befall it, or one that cannot.
pub(crate) fn fault(rng: &mut Rng, design: &Design) -> Option<FaultSpec> {
    let node = pick(rng, &design.nodes)?;
    let kinds = node.config.kind().entry().faults;
    let kind = match pick(rng, kinds) {
        Some(kind) if rng.below(10) > 0 => kind,
        _ => pick(rng, &["crash", "slow", "refuse", "lost-ack", "flood"])?,
    };
    let lasts = match rng.below(12) {
        0 => "0s".to_owned(),
        1 => "soon".to_owned(),
        _ => format!("{}ms", 100 + rng.below(2_500)),
    };
    let some = |wanted: bool, rng: &mut Rng| wanted && rng.below(20) > 0;
    Some(FaultSpec {
        node: node.id.clone(),
        kind: (*kind).to_owned(),
        lasts,
        times: some(*kind == "slow", rng).then(|| rng.below(30) as u32),
        percent: some(matches!(*kind, "refuse" | "lost-ack"), rng)
            .then(|| rng.below(110) as f64 - 2.0),
    })
}
