//! The ledger in the report: truth beside belief of each sink, the parts between them by reason,
//! and the sentence that tells it.

use super::Run;
use crate::base::sorted::{SortedMap, SortedSet};
use crate::base::time::{Us, clock};
use crate::catalog::FieldInfo;
use crate::design::file::Act;
use crate::ledger::difference::Difference;
use crate::ledger::keys::Keys;
use crate::ledger::sentence::{Circumstance, Told, english, sentence};
use crate::services::books::{Path, Sums};
use crate::services::talk::{NodeId, Op, Reason, WireId};
use serde_json::{Map, Value, json};

fn sums_value(sums: &Sums) -> Value {
    json!({"records": sums.records, "units": sums.units, "money_cents": sums.money_cents})
}

fn by_reason(parts: &SortedMap<Reason, Sums>) -> Value {
    let each = parts
        .iter()
        .map(|(reason, sums)| (reason.code().to_owned(), sums_value(sums)));
    Value::Object(each.collect())
}

fn cents(parts: &SortedMap<Reason, Sums>) -> Value {
    let each = parts
        .iter()
        .map(|(reason, sums)| (reason.code().to_owned(), json!(sums.money_cents)));
    Value::Object(each.collect())
}

fn difference_value(of: &Difference) -> Value {
    let [records, units, money] = of.gap();
    json!({
        "lost": by_reason(&of.lost),
        "lost_money_cents": cents(&of.lost),
        "twice": by_reason(&of.twice),
        "twice_money_cents": cents(&of.twice),
        "on_its_way": sums_value(&of.on_its_way),
        "unchanged": sums_value(&of.unchanged),
        "not_owed": sums_value(&of.not_owed),
        "fanned_out": sums_value(&of.fanned_out),
        "unexplained": {"records": records, "units": units, "money_cents": money},
    })
}

fn keys_value(keys: &Keys) -> Map<String, Value> {
    let each = keys.numbers.iter();
    each.map(|(key, (made, believed))| {
        let value = json!({"true": made, "believed": believed});
        (key.clone(), value)
    })
    .collect()
}

/// `10:00`, or `10:01:10` within a minute; the date with it on another day than the run's first.
fn time_of_day(start_us: u64, at: Us) -> String {
    let (first, text) = (clock(start_us, 0), clock(start_us, at));
    let cut = |text: &str| {
        text.rsplit_once(' ')
            .map(|(day, time)| (day.to_owned(), time.to_owned()))
    };
    match (cut(&first), cut(&text)) {
        (Some((first, _)), Some((day, time))) => {
            let whole = time.get(6..8).is_none_or(|seconds| seconds == "00");
            let time: String = time.chars().take(if whole { 5 } else { 8 }).collect();
            if day == first {
                time
            } else {
                format!("{day} {time}")
            }
        }
        _ => text,
    }
}

impl Run {
    /// Truth, belief and what lies between, of a sink.
    #[must_use]
    pub fn difference(&self, sink: NodeId) -> Difference {
        Difference::of(&self.engine.machine().floor.books, sink)
    }

    fn name_of(&self, node: NodeId) -> String {
        let id = self.engine.machine().floor.node(node).name.to_string();
        self.design.layout.names.get(&id).cloned().unwrap_or(id)
    }

    /// The text of a setting, with the field's own words.
    fn setting(
        fields: &[FieldInfo],
        key: &str,
        get: impl Fn(usize) -> crate::catalog::Value,
    ) -> Option<String> {
        let ix = fields.iter().position(|field| field.key == key)?;
        Some(fields[ix].show(&get(ix)))
    }

    /// What was so in the run on the ways to a sink: who was down when, how long a log keeps, where
    /// a reader started.
    fn circumstances(&self, paths: &[&Path], of: &Difference) -> Vec<Circumstance> {
        let floor = &self.engine.machine().floor;
        let mut nodes: SortedSet<NodeId> = SortedSet::new();
        let mut wires: SortedSet<WireId> = SortedSet::new();
        for path in paths {
            nodes.extend([path.source, path.sink]);
            nodes.extend(path.via.iter().copied());
            wires.extend(path.through.iter().copied());
        }
        let mut found = self.downtimes(&nodes);
        if of.lost.contains_key(&Reason::Retention) || of.lost.contains_key(&Reason::BeforeStart) {
            for node in &nodes {
                let Some(config) = self.engine.machine().unit(*node).map(|unit| unit.config())
                else {
                    continue;
                };
                let fields = config.kind().fields();
                let span = Self::setting(&fields, "retention", |ix| config.get(ix));
                found.extend(span.map(|span| Circumstance::Retention {
                    node: self.name_of(*node),
                    span,
                }));
            }
        }
        if of.lost.contains_key(&Reason::BeforeStart) {
            let positions: SortedSet<String> = wires
                .iter()
                .filter_map(|wire| {
                    let link = &floor.wire(*wire).link;
                    Self::setting(&link.kind().fields(), "start", |ix| link.get(ix))
                })
                .collect();
            found.extend(
                positions
                    .into_iter()
                    .map(|position| Circumstance::StartedAt { position }),
            );
        }
        found
    }

    /// When nodes were down so far, by the faults of the run.
    fn downtimes(&self, nodes: &SortedSet<NodeId>) -> Vec<Circumstance> {
        let (floor, now) = (&self.engine.machine().floor, self.now());
        let faults = self.inputs.iter().filter_map(|input| match &input.act {
            Act::Fault(fault) if fault.kind == "crash" && input.at_us <= now => {
                let node = floor
                    .find(&fault.node)
                    .filter(|node| nodes.contains(node))?;
                let lasts = crate::base::time::parse_span(&fault.lasts).ok()?;
                Some((node, input.at_us, input.at_us.saturating_add(lasts)))
            }
            _ => None,
        });
        let time = |at| time_of_day(floor.start_us, at);
        faults
            .map(|(node, from, to)| Circumstance::Down {
                node: self.name_of(node),
                from: time(from),
                to: time(to),
            })
            .collect()
    }

    /// What the records of some sources say, if all say the same.
    fn op_of(&self, sources: &SortedSet<NodeId>) -> Option<Op> {
        let ops: SortedSet<Op> = sources
            .iter()
            .filter_map(|source| self.engine.machine().floor.books.ops.get(source))
            .copied()
            .collect();
        ops.first().copied().filter(|_| ops.len() == 1)
    }

    fn sink_value(&self, sink: NodeId) -> Value {
        let plant = self.engine.machine();
        let all = plant.floor.books.paths.iter();
        let paths: Vec<&Path> = all.filter(|path| path.sink == sink).collect();
        let sources: SortedSet<NodeId> = paths.iter().map(|path| path.source).collect();
        let of = self.difference(sink);
        let keys = Keys::of(plant, sink, self.now());
        let circumstances = self.circumstances(&paths, &of);
        let told = Told {
            sink: &self.name_of(sink),
            op: self.op_of(&sources),
            difference: &of,
            keys: &keys,
            circumstances: &circumstances,
        };
        let sum = |f: &dyn Fn(&Path) -> u64| -> u64 { paths.iter().map(|path| f(path)).sum() };
        let (truth, believed) = (&of.truth, &of.believed);
        let (made_sum, believed_sum) = keys.totals();
        json!({
            "records": {
                "true": truth.records,
                "believed": believed.records,
                "lost": sum(&|path| path.ended.values().sum()),
                "twice": sum(&|path| path.delivered_again),
                "late": sum(&|path| path.late),
                "out_of_order": sum(&|path| path.out_of_order),
            },
            "units": {"true": truth.units, "believed": believed.units},
            "money_cents": {"true": truth.money_cents, "believed": believed.money_cents},
            "tracked": keys.by.tracked(),
            "keys": keys_value(&keys),
            "keys_wrong": keys.wrong(),
            "keys_below_zero": keys.below_zero(),
            "keys_total": {"true": made_sum, "believed": believed_sum},
            "declined": keys.declined,
            "not_tracked": keys.beyond,
            "difference": difference_value(&of),
            "sentence": sentence(&told, &english()),
        })
    }

    /// What each sink's report believes, beside the truth.
    #[must_use]
    pub fn ledger_value(&self) -> Value {
        let floor = &self.engine.machine().floor;
        let sinks = self.sinks().into_iter();
        let each = sinks.map(|sink| (floor.node(sink).name.to_string(), self.sink_value(sink)));
        Value::Object(each.collect())
    }
}
