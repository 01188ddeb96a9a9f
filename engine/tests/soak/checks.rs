//! What is asked of a run after each act of the walk.

use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::Us;
use millrace_engine::catalog::Value;
use millrace_engine::design::file::Input;
use millrace_engine::design::{Design, file};
use millrace_engine::run::Run;
use millrace_engine::services::facts::Fact;
use millrace_engine::services::talk::NodeId;

/// Conservation, the ledger's sums and what each service says must be so.
///
/// # Panics
/// With what does not hold.
pub(crate) fn sound(run: &mut Run) {
    let found = run.conservation();
    assert!(found.holds, "conservation: {:?}", found.breach);
    let plant = run.engine().machine();
    for path in &found.paths {
        if let Some(sink) = plant.floor.find(&path.sink) {
            let gap = run.difference(sink).gap();
            assert_eq!(gap, [0; 3], "ledger of {}", path.sink);
        }
    }
    for node in &run.design().nodes {
        let id = plant.floor.find(&node.id);
        if let Some(unit) = id.and_then(|id| plant.unit(id)) {
            unit.assert_invariants();
        }
    }
}

/// All that a refused act must leave as it was.
#[derive(Debug, PartialEq)]
pub(crate) struct Stand {
    digest: u64,
    design: Design,
    inputs: Vec<Input>,
    ahead: usize,
    head: Us,
    now: Us,
}

impl Stand {
    /// How a run stands.
    pub(crate) fn of(run: &Run) -> Self {
        Self {
            digest: run.digest(),
            design: run.design().clone(),
            inputs: run.inputs().to_vec(),
            ahead: run.inputs_ahead(),
            head: run.head(),
            now: run.now(),
        }
    }
}

/// The parts of a design by id, without order and layout.
pub(crate) fn parts(design: &Design) -> SortedMap<String, String> {
    let nodes = design.nodes.iter();
    let nodes = nodes.map(|node| (node.id.clone(), format!("{:?}", node.config)));
    let wires = design.wires.iter().map(|wire| {
        let text = format!("{} {} {:?}", wire.from, wire.to, wire.link);
        (wire.id.clone(), text)
    });
    nodes.chain(wires).collect()
}

/// The file of a run, read again and run straight to the same time, is the same world.
///
/// # Panics
/// If it is another, or the file does not open.
pub(crate) fn reopened(run: &Run) -> Run {
    let text = run.file_text();
    let file = file::read(&text).unwrap_or_else(|found| panic!("its file: {found:?}\n{text}"));
    let mut again =
        Run::restore(file).unwrap_or_else(|found| panic!("restored: {found:?}\n{text}"));
    again.advance(run.now(), u64::MAX);
    assert_eq!(again.inputs(), run.inputs(), "the inputs of its file");
    assert_eq!(
        again.digest(),
        run.digest(),
        "run straight from its file\n{text}"
    );
    assert_eq!(parts(again.design()), parts(run.design()), "its design");
    again
}

/// A bucket as the design sets it: what it holds and what it refills a second.
type Law = (u64, u64);

/// What was let in when under one law.
type Lawful = (Law, Vec<(Us, u64)>);

/// What limiters let in, by node and limiter: anew for each law that its settings gave it.
#[derive(Debug, Default)]
pub(crate) struct Admitted(SortedMap<(NodeId, String), Vec<Lawful>>);

/// The largest excess over `capacity + rate * w` of any interval of length w between two
/// admissions, in millionths, by the running least of `sum before - rate * t`.
fn excess(admitted: &[(Us, u64)], (capacity, rate): Law) -> i128 {
    let (mut sum, mut least, mut worst) = (0_i128, i128::MAX, i128::MIN);
    for (at, n) in admitted {
        let line = i128::from(rate) * i128::from(*at);
        least = least.min(sum * 1_000_000 - line);
        sum += i128::from(*n);
        worst = worst.max(sum * 1_000_000 - line - least - i128::from(capacity) * 1_000_000);
    }
    worst
}

/// The law of a metric of a node, where it has one that a test can tell from its settings.
fn law(design: &Design, id: &str, metric: &str) -> Option<Law> {
    let config = &design.node(id)?.config;
    let fields = config.kind().fields();
    let value = |key: &str| {
        let ix = fields.iter().position(|field| field.key == key)?;
        Some(config.get(ix))
    };
    let number = |key: &str| value(key).and_then(|value| value.uint().ok());
    let word = |key: &str| value(key).and_then(|value| value.text().ok().map(str::to_owned));
    match (config.kind().entry().id, metric) {
        // the rate is in thousandths
        ("bucket", "Admitted") => Some((number("capacity")?, number("rate")?.div_ceil(1_000))),
        ("sqs", "NumberOfMessagesSent") => {
            let fifo = value("fifo") == Some(Value::Flag(true));
            let group = word("throughput_limit")? == "perMessageGroupId";
            (fifo && !group).then_some((3_000, 3_000))
        }
        ("dynamodb", "ConsumedWriteCapacityUnits") => {
            // five minutes of unused capacity, and the second that runs (facts 5)
            let units = number("wcu")?;
            (word("mode")? == "provisioned").then_some((units * 301, units))
        }
        _ => None,
    }
}

impl Admitted {
    fn add(&mut self, node: NodeId, what: String, law: Law, admission: (Us, u64)) {
        let laws = self.0.entry((node, what)).or_default();
        match laws.last_mut().filter(|(last, _)| *last == law) {
            Some((_, list)) => list.push(admission),
            None => laws.push((law, vec![admission])),
        }
    }

    /// Takes up what was let in while every setting was that of `design`.
    pub(crate) fn take(&mut self, run: &Run, design: &Design, facts: &[(Us, Fact)]) {
        let floor = &run.engine().machine().floor;
        for (at, fact) in facts {
            match fact {
                Fact::Metric {
                    node,
                    lane: None,
                    metric,
                    value,
                } => {
                    let found = floor.node(*node);
                    let name = found.kind.entry().metrics[*metric as usize].name;
                    if let Some(law) = law(design, &found.name, name) {
                        self.add(*node, name.to_owned(), law, (*at, *value));
                    }
                }
                Fact::Admitted {
                    node, lane, parcel, ..
                } if floor.node(*node).kind.entry().id == "kinesis" => {
                    let key = floor.lanes.get(parcel.lane).key_bytes;
                    let n = u64::from(parcel.n);
                    let bytes = n * u64::from(parcel.bytes_each + key);
                    for (what, each, most) in [("records", n, 1_000), ("bytes", bytes, 1 << 20)] {
                        let what = format!("shard {lane} {what}");
                        self.add(*node, what, (most, most), (*at, each));
                    }
                }
                _ => {}
            }
        }
    }

    /// Limiters never let in more than their laws say. Gives how many admissions were looked at.
    ///
    /// # Panics
    /// With the limiter that admitted too much.
    pub(crate) fn within_the_laws(&self, run: &Run) -> u64 {
        let mut looked_at = 0;
        for ((node, what), laws) in &self.0 {
            for (law, list) in laws {
                let (over, node) = (
                    excess(list, *law),
                    &run.engine().machine().floor.node(*node).name,
                );
                assert!(
                    over <= 0,
                    "{node}: {what} beyond {law:?} by {over} millionths"
                );
                looked_at += list.len() as u64;
            }
        }
        looked_at
    }
}
