//! Capacity of tables: units of writes and reads, burst, what a stream record holds.
//!
//! Sizes go to a table on a bench as items that are written, overwritten and read; its metrics and
//! answers tell the units. What a stream record holds is asked of the function that decides it.
//!
//! Long: one table, one kind of case after the other.

use super::{Case, Inexpressible, Node, Told};
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;
use crate::services::Unit;
use crate::services::dynamodb::stream::{Event, View, images};
use crate::services::dynamodb::units::rounded_up;
use crate::services::rig::Rig;
use crate::services::talk::{
    Ask, Condition, Get, GetCall, Parcel, Read, Reply, Write, WriteCall, WriteOp,
};
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// The table on the bench.
const NAME: &str = "t";
/// The largest item that is told; AWS takes 400 KB [B].
const LARGEST: u64 = 400 << 10;
/// Capacity and load that are told [units/s].
const UNITS_MAX: u64 = 40_000;
/// Bytes of an item that a case calls small [B].
const SMALL: u64 = 20;

/// Tells one case.
pub(super) fn run(case: &Case<'_>) -> Told {
    match case.kind() {
        "read-single" | "read-missing" => read_one(case),
        "write-single" | "write-larger-of-both" | "write-missing" => write_one(case),
        "failed-condition" => failed_condition(case),
        "batch-read" => batch_read(case),
        "batch-write" => batch_write(case),
        "query" => query(case),
        "table-sizing" => table_sizing(case),
        "unit-grid" => unit_grid(case),
        "burst" => burst(case),
        "stream-view" => stream_view(case),
        "stream-no-change" => stream_no_change(case),
        _ => Err(case.unknown_kind()),
    }
}

/// A bench with a table that has room for all.
struct Table {
    rig: Rig,
    lanes: BTreeMap<String, u32>,
}

impl Table {
    fn with(settings: &[(&str, &str)]) -> Self {
        let mut rig = Rig::new(1);
        rig.node(NAME, "dynamodb", settings);
        Self {
            rig,
            lanes: BTreeMap::new(),
        }
    }

    /// One item a key, one partition, burst to spare.
    fn of_keys() -> Self {
        let all = [
            ("item", "key"),
            ("partitions", "1"),
            ("wcu", "40000"),
            ("rcu", "40000"),
        ];
        Self::with(&all)
    }

    /// One record of an item with `bytes` in all; the key is one letter.
    fn record(&mut self, key: &str, number: u64, bytes: u64) -> Parcel {
        let rig = &mut self.rig;
        let lane = *self
            .lanes
            .entry(key.to_owned())
            .or_insert_with(|| rig.lane(key, None));
        let rest = bytes.saturating_sub(key.len() as u64);
        rig.parcel(lane, number, 1, rest as u32)
    }

    /// Writes one record a second later; gives units and whether it was made.
    fn write(&mut self, parcel: Parcel, op: WriteOp, how: (Condition, WriteCall)) -> (f64, bool) {
        // each write finds full buckets and nothing held
        self.rig.run_to(self.rig.engine.now() + SECOND);
        let before = self.rig.metric(NAME, "ConsumedWriteCapacityUnits");
        let write = Write {
            op,
            condition: how.0,
            not_below_zero: false,
            call: how.1,
        };
        let entries = vec![Read::loose(parcel)];
        let reply = self.rig.ask(NAME, Ask::Write { entries, write });
        let made = matches!(reply, Reply::Put { failed } if failed.is_empty());
        let after = self.rig.metric(NAME, "ConsumedWriteCapacityUnits");
        (after - before, made)
    }

    fn put(&mut self, key: &str, number: u64, bytes: u64) -> f64 {
        let parcel = self.record(key, number, bytes);
        let how = (Condition::None, WriteCall::Single);
        self.write(parcel, WriteOp::Put, how).0
    }

    /// Read units of one call.
    fn read(&mut self, key: &str, call: GetCall, consistent: bool) -> Result<f64, Inexpressible> {
        let lane = self.record(key, 0, 1).lane;
        let get = Get {
            call,
            key: self.rig.floor().lanes.get(lane).hash,
            items: 1,
            bytes_each: 0,
            consistent,
        };
        self.get(get)
    }

    fn get(&mut self, get: Get) -> Result<f64, Inexpressible> {
        self.rig.run_to(self.rig.engine.now() + SECOND);
        match self.rig.ask(NAME, Ask::Read(get)) {
            Reply::Items { milli_units, .. } => Ok(milli_units as f64 / 1e3),
            _ => Err(Inexpressible("the table refuses the read".to_owned())),
        }
    }
}

/// Bytes within what an item may have.
fn bytes_of(node: &Node<'_>) -> Result<u64, Inexpressible> {
    let bytes = node.u64()?;
    if bytes == 0 || bytes > LARGEST {
        return Err(node.bad("is no size that an item can have"));
    }
    Ok(bytes)
}

/// Bytes of an item that is given as attributes or by its size; 0: there is none.
fn item_size(input: &Node<'_>, item: &str, size: &str) -> Result<u64, Inexpressible> {
    if let Some(size) = input.opt(size) {
        let bytes = bytes_of(&size)?;
        if let Some(item) = input.opt(item) {
            attributes(&item)?;
        }
        return Ok(bytes);
    }
    match input.find(item) {
        Some(node) if node.is_null() => {
            node.aside("there is none");
            Ok(0)
        }
        Some(node) => attributes(&node),
        None => Ok(0),
    }
}

/// Bytes of an item by its attributes: names and values.
fn attributes(item: &Node<'_>) -> Result<u64, Inexpressible> {
    let mut pairs = Vec::new();
    for attribute in item.get("attributes")?.items()? {
        let name = attribute.get("name")?;
        for key in ["type", "text", "members"] {
            if let Some(node) = attribute.opt(key) {
                node.aside("the bytes of the value say all");
            }
        }
        let value = attribute.get("value_bytes")?.u64()?;
        pairs.push((name.text()?.len() as u64, value));
    }
    let bytes = crate::services::dynamodb::units::item_bytes(pairs);
    if let Some(sum) = item.opt("bytes") {
        sum.same(bytes);
    }
    Ok(bytes)
}

/// The word of an operation that must be one of those that a kind knows.
fn operation<'a>(input: &Node<'a>, known: &[&str]) -> Result<&'a str, Inexpressible> {
    let op = input.get("op")?;
    let word = op.text()?;
    if known.contains(&word) {
        Ok(word)
    } else {
        Err(op.bad("is no operation that this kind has"))
    }
}

/// GetItem.
fn read_one(case: &Case<'_>) -> Told {
    let input = case.input();
    operation(&input, &["get"])?;
    let consistent = input.get("consistent")?.flag()?;
    let bytes = item_size(&input, "item", "item_bytes")?;
    let mut table = Table::of_keys();
    if bytes > 0 {
        table.put("k", 0, bytes);
    }
    case.check("rcu", table.read("k", GetCall::One, consistent)?);
    Ok(())
}

/// PutItem, UpdateItem, DeleteItem, where an item may be there before.
fn write_one(case: &Case<'_>) -> Told {
    let input = case.input();
    let op = operation(&input, &["put", "update", "delete"])?;
    let old = item_size(&input, "old", "old_bytes")?;
    let units = match op {
        "put" => {
            let new = item_size(&input, "item", "item_bytes")?;
            let mut table = Table::of_keys();
            if old > 0 {
                table.put("k", 0, old);
            }
            table.put("k", 1, new)
        }
        "update" => update(old, bytes_of(&input.get("new_bytes")?)?),
        _ => {
            let mut table = Table::of_keys();
            if old > 0 {
                table.put("k", 0, old);
            }
            let parcel = table.record("k", 0, 1);
            table
                .write(
                    parcel,
                    WriteOp::Delete,
                    (Condition::None, WriteCall::Single),
                )
                .0
        }
    };
    case.check("wcu", units);
    Ok(())
}

/// Units of an update that takes an item from one size to another.
fn update(old: u64, new: u64) -> f64 {
    let mut table = Table::of_keys();
    let how = (Condition::None, WriteCall::Single);
    let mut units = 0.0;
    for (number, bytes) in [(0, old), (1, new)] {
        if bytes == 0 {
            continue;
        }
        table.rig.set(NAME, &[("item_bytes", &bytes.to_string())]);
        let parcel = table.record("k", number, 1);
        units = table.write(parcel, WriteOp::Add, how).0;
    }
    units
}

/// A put whose condition does not hold.
fn failed_condition(case: &Case<'_>) -> Told {
    let input = case.input();
    operation(&input, &["put"])?;
    if !input.get("condition_fails")?.flag()? {
        return Err(input.bad("holds, which is another kind"));
    }
    let (old, new) = (
        item_size(&input, "old", "old_bytes")?,
        item_size(&input, "item", "item_bytes")?,
    );
    let mut table = Table::of_keys();
    // an item that must be new fails where one is; one that must have been changed where none is
    let condition = if old > 0 {
        table.put("k", 0, old);
        Condition::New
    } else {
        Condition::Version(9)
    };
    let parcel = table.record("k", 1, new);
    let (units, made) = table.write(parcel, WriteOp::Put, (condition, WriteCall::Single));
    if made {
        return Err(input.bad("held after all"));
    }
    case.check("wcu", units);
    Ok(())
}

/// Bytes of an item in a batch: a number, a number as text, `small`, or `missing` (0).
fn size_in_batch(node: &Node<'_>) -> Result<u64, Inexpressible> {
    if !node.is_text() {
        return bytes_of(node);
    }
    match node.text()? {
        "small" => Ok(SMALL),
        "missing" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|bytes| (1..=LARGEST).contains(bytes))
            .ok_or_else(|| node.bad("names no size")),
    }
}

fn batch_read(case: &Case<'_>) -> Told {
    let input = case.input();
    operation(&input, &["batch_get"])?;
    let consistent = input.get("consistent")?.flag()?;
    let mut sums = Map::new();
    for (name, items) in input.get("tables")?.members()? {
        let mut table = Table::of_keys();
        let mut sum = 0.0;
        for (number, item) in items.items()?.iter().enumerate() {
            let key = format!("k{number}");
            let bytes = size_in_batch(item)?;
            if bytes > 0 {
                table.put(&key, 0, bytes);
            }
            sum += table.read(&key, GetCall::Batch, consistent)?;
        }
        sums.insert(name.to_owned(), json!(sum));
    }
    case.check("rcu", sums);
    Ok(())
}

fn batch_write(case: &Case<'_>) -> Told {
    let input = case.input();
    operation(&input, &["batch_write"])?;
    let mut sums = Map::new();
    for (name, items) in input.get("tables")?.members()? {
        let mut table = Table::with(&[("wcu", "40000"), ("burst_start", "5m")]);
        let mut entries = Vec::new();
        for (number, item) in items.items()?.iter().enumerate() {
            let bytes = size_in_batch(item)?;
            entries.push(table.record("k", number as u64, bytes));
        }
        let reply = table.rig.ask(
            NAME,
            Ask::Put {
                entries: entries.into(),
                batched: true,
            },
        );
        if !matches!(reply, Reply::Put { failed } if failed.is_empty()) {
            return Err(input.bad("is refused"));
        }
        let units = table.rig.metric(NAME, "ConsumedWriteCapacityUnits");
        sums.insert(name.to_owned(), json!(units));
    }
    case.check("wcu", sums);
    Ok(())
}

/// Query and Scan: all that they look at is added up before it is rounded.
fn query(case: &Case<'_>) -> Told {
    let input = case.input();
    operation(&input, &["query", "scan"])?;
    let consistent = input.get("consistent")?.flag()?;
    for left_out in ["returned_bytes", "projected_bytes"] {
        if let Some(node) = input.opt(left_out) {
            node.aside("what is left out afterwards was looked at all the same");
        }
    }
    let total = match (input.opt("items"), input.opt("total_bytes")) {
        (Some(items), _) => items.u64()?.saturating_mul(input.get("bytes_each")?.u64()?),
        (None, Some(total)) => total.u64()?,
        (None, None) => input.get("evaluated_bytes")?.u64()?,
    };
    let bytes = u32::try_from(total).map_err(|_| input.bad("looks at more than a page holds"))?;
    let mut table = Table::with(&[("rcu", "40000"), ("burst_start", "5m")]);
    let units = table.get(Get {
        call: GetCall::Query,
        key: 1,
        items: 1,
        bytes_each: bytes,
        consistent,
    })?;
    case.check("rcu", units);
    case.check("rounded_kb", rounded_up(Rules::NEWEST, total) >> 10);
    Ok(())
}

/// Units a second for so many items a second.
fn table_sizing(case: &Case<'_>) -> Told {
    let input = case.input();
    let (n, bytes) = (
        input.get("items_per_s")?.f64()?,
        bytes_of(&input.get("item_bytes")?)?,
    );
    let mut table = Table::of_keys();
    let write = table.put("k", 0, bytes);
    match input.find("consistent") {
        Some(node) if !node.is_null() => {
            let read = table.read("k", GetCall::One, node.flag()?)?;
            case.check("rcu", n * read)
        }
        other => {
            if let Some(node) = other {
                node.aside("it is a write");
            }
            case.check("wcu", n * write)
        }
    };
    Ok(())
}

/// All units of one size.
fn unit_grid(case: &Case<'_>) -> Told {
    let bytes = bytes_of(&case.input().get("item_bytes")?)?;
    let mut table = Table::of_keys();
    case.check("wcu", table.put("k", 0, bytes));
    let parcel = table.record("k", 1, bytes);
    let transact = (Condition::None, WriteCall::Transact);
    case.check(
        "wcu_transactional",
        table.write(parcel, WriteOp::Put, transact).0,
    );
    case.check("rcu_strong", table.read("k", GetCall::One, true)?);
    case.check("rcu_eventual", table.read("k", GetCall::One, false)?);
    case.check(
        "rcu_transactional",
        table.read("k", GetCall::Transact, true)?,
    );
    Ok(())
}

/// A load on a table that stood idle: keys are spread so that only the table binds.
struct Load {
    table: Table,
    read: bool,
    /// Places in the hash range, one in the middle of each partition.
    keys: Vec<u128>,
    numbers: u64,
}

/// Steps of a load a second.
const STEPS: u64 = 20;

impl Load {
    fn new(capacity: u64, load: u64, read: bool) -> Self {
        // half of what a partition takes
        let n = load.max(capacity).div_ceil(500).clamp(1, 256);
        let (units, partitions) = (capacity.to_string(), n.to_string());
        let other = "1".to_owned();
        let (wcu, rcu) = if read {
            (&other, &units)
        } else {
            (&units, &other)
        };
        let mut table = Table::with(&[
            ("item", "key"),
            ("burst_start", "0s"),
            ("partitions", &partitions),
            ("wcu", wcu),
            ("rcu", rcu),
        ]);
        let keys: Vec<u128> = (0..n)
            .map(|i| (((u128::from(i) * 2 + 1) << 63) / u128::from(n)) << 64)
            .collect();
        for (i, key) in keys.iter().enumerate() {
            let lane = table.rig.lane(&format!("k{i}"), Some(*key));
            table.lanes.insert(i.to_string(), lane);
        }
        Self {
            table,
            read,
            keys,
            numbers: 0,
        }
    }

    /// What is banked [units].
    fn banked(&self) -> f64 {
        let key = if self.read { "burst_reads" } else { "burst" };
        let gauges = self.table.rig.gauges(NAME);
        let tank = gauges.tanks.iter().find(|tank| tank.key == key);
        tank.map_or(0.0, |tank| tank.level)
    }

    /// One step of a load of `per_s`; gives tried and served.
    fn step(&mut self, per_s: u64) -> (u64, u64) {
        let rig = &mut self.table.rig;
        rig.run_to(rig.engine.now() + SECOND / STEPS);
        let step = rig.engine.now() * STEPS / SECOND;
        let due = |n: u64| per_s * n / STEPS;
        let n = due(step) - due(step - 1);
        let (mut tried, mut served) = (0, 0);
        let all = self.keys.len() as u64;
        for i in 0..all {
            let share = n * (i + 1) / all - n * i / all;
            tried += share;
            served += self.ask(i, share);
        }
        (tried, served)
    }

    fn ask(&mut self, i: u64, n: u64) -> u64 {
        let rig = &mut self.table.rig;
        if n == 0 {
            return 0;
        }
        rig.facts.clear();
        if !self.read {
            let lane = self.table.lanes[&i.to_string()];
            let parcel = rig.parcel(lane, self.numbers, n as u32, 100);
            self.numbers += n;
            let ask = Ask::Put {
                entries: vec![parcel].into(),
                batched: false,
            };
            return match rig.ask(NAME, ask) {
                Reply::Put { failed } => {
                    n - failed
                        .iter()
                        .map(|one| u64::from(one.parcel.n))
                        .sum::<u64>()
                }
                _ => 0,
            };
        }
        let mut served = 0;
        let mut left = n;
        while left > 0 {
            let items = left.min(100);
            left -= items;
            let get = Get {
                call: GetCall::Batch,
                key: self.keys[i as usize],
                items: items as u32,
                bytes_each: 0,
                consistent: true,
            };
            if let Reply::Items { unprocessed, .. } = rig.ask(NAME, Ask::Read(get)) {
                served += items - u64::from(unprocessed);
            }
        }
        served
    }
}

/// The longest load that is told [s]: a burst lasts 300 s x capacity over the excess.
const LOAD_MAX: u64 = 4_000;

/// A bank of unused capacity, and how long a load lives on it.
fn burst(case: &Case<'_>) -> Told {
    let input = case.input();
    let read = match input.get("unit")?.text()? {
        "WCU" => false,
        "RCU" => true,
        _ => return Err(input.bad("has an unknown unit")),
    };
    let of = |key: &str| -> Result<u64, Inexpressible> {
        let node = input.get(key)?;
        let n = node.u64()?;
        if n == 0 || n > UNITS_MAX {
            return Err(node.bad("is beyond what is told"));
        }
        Ok(n)
    };
    let (capacity, load) = (of("capacity")?, of("load_per_s")?);
    let idle = input.get("idle_s")?.u64()?.min(86_400) * SECOND;
    let mut bench = Load::new(capacity, load, read);
    bench.table.rig.run_to(idle);
    let banked = bench.banked();
    let expected = case.expected();
    near(&expected, "banked_units", Some(banked));
    let excess = load.saturating_sub(capacity);
    if excess > 0 && (banked as u64) / excess > LOAD_MAX {
        return Err(input.bad("lasts longer than is told"));
    }
    let began = bench.table.rig.engine.now();
    let mut ended = None;
    let most = if excess > 0 { LOAD_MAX * 2 } else { 60 };
    while ended.is_none() && bench.table.rig.engine.now() < began + most * SECOND {
        let (tried, served) = bench.step(load);
        if served < tried {
            ended = Some(bench.table.rig.engine.now() - began);
        }
    }
    near(
        &expected,
        "full_load_served_for_s",
        ended.map(|us: Us| us as f64 / 1e6),
    );
    let served: u64 = (0..10 * STEPS).map(|_| bench.step(load).1).sum();
    near(&expected, "then_served_per_s", Some(served as f64 / 10.0));
    Ok(())
}

/// Compares within half a percent or a step: a load comes in steps.
fn near(expected: &Node<'_>, key: &str, found: Option<f64>) {
    let Some(node) = expected.find(key) else {
        return;
    };
    match found {
        Some(found) if !node.is_null() => {
            let close = node
                .f64()
                .is_ok_and(|wanted| (found - wanted).abs() <= (wanted / 200.0).max(0.11));
            node.holds(close, found);
        }
        other => node.same(json!(other)),
    }
}

/// What a stream record holds.
fn stream_view(case: &Case<'_>) -> Told {
    let input = case.input();
    let view = view_of(&input)?;
    let node = input.get("event")?;
    let event = Event::ALL
        .into_iter()
        .find(|event| node.text().is_ok_and(|word| event.word() == word));
    let event = event.ok_or_else(|| node.bad("is no event of a stream"))?;
    let images = images(view, event).ok_or_else(|| input.bad("has no stream"))?;
    case.check("keys", images.keys);
    case.check("new_image", images.new);
    case.check("old_image", images.old);
    Ok(())
}

fn view_of(input: &Node<'_>) -> Result<View, Inexpressible> {
    let node = input.get("view")?;
    View::of(node.text()?)
        .filter(|view| *view != View::Off)
        .ok_or_else(|| node.bad("is no view type"))
}

/// A key's content as a script has it, and the record that it is put from.
#[derive(Default)]
struct Contents {
    now: BTreeMap<String, String>,
    numbers: BTreeMap<String, u64>,
}

impl Contents {
    /// The record with this content of a key: the same content is the same record.
    fn record(&mut self, key: &str, content: &str) -> u64 {
        let next = self.numbers.len() as u64;
        let name = format!("{key}\n{content}");
        self.now.insert(key.to_owned(), content.to_owned());
        *self.numbers.entry(name).or_insert(next)
    }
}

/// Which writes give a stream record.
fn stream_no_change(case: &Case<'_>) -> Told {
    let input = case.input();
    let view = view_of(&input)?;
    if case.expected().find("size_bytes").is_some() {
        return Err(Inexpressible(
            "sizes of stream records need names and values, which the case does not give; \
             not expressible until DynamoDB Streams"
                .to_owned(),
        ));
    }
    let mut table = Table::with(&[("item", "key"), ("stream_view", view.word())]);
    let mut contents = Contents::default();
    let mut events = Vec::new();
    for write in input.get("writes")?.items()? {
        let op = write.get("op")?;
        let (kind, key) = (op.text()?, write.get("key")?.text()?);
        let set = match write.opt("set") {
            Some(set) => set.json().to_string(),
            None => String::new(),
        };
        let kind = kind.strip_prefix("partiql ").unwrap_or(kind);
        let old = contents.now.get(key).cloned();
        let content = match kind {
            "put" | "insert" => set,
            "update" => format!("{}{}", old.unwrap_or_default(), updated(&set)),
            "delete" => String::new(),
            _ => return Err(op.bad("is no write that the table knows")),
        };
        let number = contents.record(key, &content);
        let parcel = table.record(key, number, 30);
        let op = if kind == "delete" {
            contents.now.remove(key);
            WriteOp::Delete
        } else {
            WriteOp::Put
        };
        let before = stream_events(&table.rig);
        table.write(parcel, op, (Condition::None, WriteCall::Single));
        let after = stream_events(&table.rig);
        let new = Event::ALL.iter().filter(|event| {
            let ix = **event as usize;
            after[ix] > before[ix]
        });
        events.extend(new.map(|event| event.word()));
    }
    case.check("events", events);
    Ok(())
}

/// What an update adds to a content; one that names nothing changes something unsaid.
fn updated(set: &str) -> &str {
    if set.is_empty() { "changed" } else { set }
}

fn stream_events(rig: &Rig) -> [u64; 3] {
    match rig.engine.machine().unit(rig.find(NAME)) {
        Some(Unit::DynamoDb(table)) => table.state.stream_events(&table.config),
        _ => [0; 3],
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Verdict, run_table};
    use serde_json::{Value, json};

    /// The verdict of one row.
    fn verdict(kind: &str, input: Value, expected: Value) -> Verdict {
        let case = json!({"id": "own", "kind": kind, "in": input, "expected": expected});
        let table = json!({"topic": "dynamodb-capacity", "sources": [], "cases": [case]});
        run_table(&table).outcomes.remove(0).verdict
    }

    #[test]
    fn units_come_out_of_a_table() {
        let grown = json!({"op": "update", "old_bytes": 5_000, "new_bytes": 700});
        assert_eq!(
            verdict("write-larger-of-both", grown, json!({"wcu": 5})),
            Verdict::Passed
        );
        let read = json!({"op": "get", "consistent": false, "item_bytes": 9_000});
        let wrong = verdict("read-single", read.clone(), json!({"rcu": 3}));
        assert!(matches!(wrong, Verdict::Failed(_)), "{wrong:?}");
        assert_eq!(
            verdict("read-single", read, json!({"rcu": 1.5})),
            Verdict::Passed
        );
        let both =
            json!({"op": "batch_get", "consistent": true, "tables": {"X": [5_000, "missing"]}});
        assert_eq!(
            verdict("batch-read", both, json!({"rcu": {"X": 3}})),
            Verdict::Passed
        );
    }

    #[test]
    fn a_bank_lasts_as_long_as_its_excess() {
        for unit in ["WCU", "RCU"] {
            let input = json!({"unit": unit, "capacity": 50, "idle_s": 60, "load_per_s": 350});
            let expected = json!({
                "banked_units": 3_000, "full_load_served_for_s": 10, "then_served_per_s": 50
            });
            assert_eq!(verdict("burst", input, expected), Verdict::Passed, "{unit}");
        }
    }

    #[test]
    fn the_same_content_gives_no_stream_record() {
        let writes = json!([
            {"op": "update", "key": "a", "set": {"x": 1}},
            {"op": "put", "key": "b"},
            {"op": "put", "key": "b"},
            {"op": "delete", "key": "none"}
        ]);
        let input = json!({"view": "NEW_IMAGE", "writes": writes});
        let expected = json!({"events": ["INSERT", "INSERT"]});
        assert_eq!(
            verdict("stream-no-change", input, expected),
            Verdict::Passed
        );
    }
}
