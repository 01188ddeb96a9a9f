//! A bench for tests and case tables: services on a floor, requests from outside, answers in order.
//!
//! ```text
//!   rig.node("s", "kinesis", &[("shards", "1")]);  rig.ask("s", Ask::ListShards) -> Reply
//! ```

use super::facts::Fact;
use super::floor::{Floor, OpenCall};
use super::lanes::{Lane, key_hash};
use super::payload::Subject;
use super::plant::{Order, Plant, Signal};
use super::talk::{Ask, NodeId, Op, Parcel, Place, Reply, WireId};
use super::{AnyConfig, AnyLink, LinkKind, ServiceKind};
use crate::base::time::Us;
use crate::catalog::{FieldError, Rules};
use crate::kernel::{CallId, Engine, Limits, Stop};

/// Bytes that logs may take on a bench [B].
const LOG_BUDGET: u64 = 96 << 20;

/// A bench.
#[derive(Debug)]
pub struct Rig {
    /// The engine; nodes are added to it at its present time.
    pub engine: Engine<Plant>,
    /// All facts since the start.
    pub facts: Vec<(Us, Fact)>,
}

/// Settings of a service from (key, text) pairs.
///
/// # Errors
/// A sentence for an unknown key or a value out of range.
pub fn config_of(service: &str, settings: &[(&str, &str)]) -> Result<AnyConfig, FieldError> {
    let kind = ServiceKind::of_id(service)
        .ok_or_else(|| FieldError(format!("There is no service \"{service}\".")))?;
    let mut config = AnyConfig::of(kind);
    let fields = kind.fields();
    for (key, text) in settings {
        let ix = fields
            .iter()
            .position(|field| field.key == *key)
            .ok_or_else(|| FieldError(format!("{service} has no setting \"{key}\".")))?;
        config.set(ix, &fields[ix].parse(text)?)?;
    }
    Ok(config)
}

/// Settings of a wire kind from (key, text) pairs.
///
/// # Errors
/// A sentence for an unknown key or a value out of range.
pub fn link_of(wire: &str, settings: &[(&str, &str)]) -> Result<AnyLink, FieldError> {
    let kind = LinkKind::of_id(wire)
        .ok_or_else(|| FieldError(format!("There is no wire kind \"{wire}\".")))?;
    let mut link = AnyLink::of(kind);
    let fields = kind.fields();
    for (key, text) in settings {
        let ix = fields
            .iter()
            .position(|field| field.key == *key)
            .ok_or_else(|| FieldError(format!("{wire} has no setting \"{key}\".")))?;
        link.set(ix, &fields[ix].parse(text)?)?;
    }
    Ok(link)
}

impl Rig {
    /// An empty bench.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let floor = Floor::new(seed, 0, Rules::NEWEST, LOG_BUDGET);
        Self {
            engine: Engine::new(Plant::new(floor), Limits::default()),
            facts: Vec::new(),
        }
    }

    /// The same under older rules.
    #[must_use]
    pub fn under(seed: u64, rules: Rules) -> Self {
        let floor = Floor::new(seed, 0, rules, LOG_BUDGET);
        Self {
            engine: Engine::new(Plant::new(floor), Limits::default()),
            facts: Vec::new(),
        }
    }

    /// Adds a node now.
    ///
    /// # Panics
    /// If service, key or value is unknown: a bench is built by tests.
    pub fn node(&mut self, name: &str, service: &str, settings: &[(&str, &str)]) -> NodeId {
        let config = config_of(service, settings).expect("the bench's settings");
        self.order(Order::AddNode {
            name: name.into(),
            config,
        });
        self.find(name)
    }

    /// Adds a wire now.
    ///
    /// # Panics
    /// If a node, the kind, a key or a value is unknown.
    pub fn wire(&mut self, kind: &str, from: &str, to: &str, settings: &[(&str, &str)]) -> WireId {
        let link = link_of(kind, settings).expect("the bench's settings");
        let (from, to) = (self.find(from), self.find(to));
        self.order(Order::AddWire {
            name: kind.into(),
            from,
            to,
            link,
        });
        WireId(self.floor().wires.len() as u32 - 1)
    }

    /// Gives new settings now.
    ///
    /// # Panics
    /// If a key or value is unknown.
    pub fn set(&mut self, name: &str, settings: &[(&str, &str)]) {
        let node = self.find(name);
        let plant = self.engine.machine();
        let mut config = plant.unit(node).expect("a started node").config();
        let fields = config.kind().fields();
        for (key, text) in settings {
            let ix = fields
                .iter()
                .position(|field| field.key == *key)
                .expect("a known key");
            config
                .set(ix, &fields[ix].parse(text).expect("a good value"))
                .expect("a good value");
        }
        self.order(Order::Configure { node, config });
    }

    /// Gives an order now and handles all events of this instant.
    pub fn order(&mut self, order: Order) {
        let now = self.engine.now();
        self.engine.schedule(now, Signal::Order(order));
        self.run_to(now);
    }

    /// Runs to `at`.
    ///
    /// # Panics
    /// If the run stops by a fault.
    pub fn run_to(&mut self, at: Us) {
        let stop = self.engine.run_until(at, u64::MAX, &mut self.facts);
        assert_eq!(stop, Stop::Reached, "the bench runs without a fault");
    }

    /// The node's number.
    ///
    /// # Panics
    /// If there is none of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> NodeId {
        self.floor().find(name).expect("a node of this name")
    }

    /// Registers, topology and books.
    #[must_use]
    pub fn floor(&self) -> &Floor {
        &self.engine.machine().floor
    }

    /// Asks now and gives the request; its answer may come later.
    pub fn begin(&mut self, name: &str, ask: Ask) -> CallId {
        let (to, now) = (self.find(name), self.engine.now());
        let seen = self.facts.len();
        self.engine.schedule(now, Signal::FromOutside { to, ask });
        self.run_to(now);
        let opened = self.facts[seen..].iter().find_map(|(_, fact)| match fact {
            Fact::Asked { call } => Some(*call),
            _ => None,
        });
        opened.expect("the request was opened")
    }

    /// The answer to a request, if it has come.
    #[must_use]
    pub fn answer_to(&self, wanted: CallId) -> Option<Reply> {
        self.facts.iter().find_map(|(_, fact)| match fact {
            Fact::Answered { call, reply } if *call == wanted => Some((**reply).clone()),
            _ => None,
        })
    }

    /// Asks now and expects the answer at this instant.
    ///
    /// # Panics
    /// If no answer came.
    pub fn ask(&mut self, name: &str, ask: Ask) -> Reply {
        let call = self.begin(name, ask);
        self.answer_to(call).expect("an answer at once")
    }

    /// Asks over a wire, as the node at its receiving end would; the answer comes to the bench.
    ///
    /// # Panics
    /// If no answer came at this instant.
    pub fn over(&mut self, wire: WireId, ask: Ask) -> Reply {
        let to = Place::Node(self.floor().wire(wire).from);
        let now = self.engine.now();
        let open = OpenCall {
            asker: Place::Outside,
            life: 0,
            wire,
            to,
            timeout: 1,
            lost: None,
            read_from: None,
        };
        let call = self.engine.machine_mut().floor.calls.open(open);
        let signal = Signal::Arrive {
            call,
            wire,
            to,
            ask,
        };
        self.engine.schedule(now, signal);
        self.run_to(now);
        self.answer_to(call).expect("an answer at once")
    }

    /// Registers a lane with this key (or ExplicitHashKey) outside any source.
    pub fn lane(&mut self, key: &str, explicit: Option<u128>) -> u32 {
        let hash = explicit.unwrap_or_else(|| key_hash(key));
        let lane = Lane {
            source: NodeId(0),
            client: 0,
            ordinal: self.floor().lanes.len() as u32,
            key: key.into(),
            key_bytes: key.len() as u32,
            hash,
            law: std::sync::Arc::default(),
            subject: Subject::Any,
        };
        self.engine.machine_mut().floor.lanes.add(lane)
    }

    /// `n` records of `bytes` each in `lane` from number `first` on, made now.
    #[must_use]
    pub fn parcel(&self, lane: u32, first: u64, n: u32, bytes: u32) -> Parcel {
        let born = self.engine.now();
        Parcel {
            lane,
            n,
            first,
            born,
            span: 0,
            bytes_each: bytes,
            op: Op::Count,
            flags: 0,
        }
    }

    /// What a node shows.
    #[must_use]
    pub fn gauges(&self, name: &str) -> super::gauges::Gauges {
        let node = self.find(name);
        let mut gauges = super::gauges::Gauges::default();
        let plant = self.engine.machine();
        plant.gauges(node, self.engine.now(), &mut gauges);
        gauges
    }

    /// A metric over the run, by its name.
    ///
    /// # Panics
    /// If the service has no such metric.
    #[must_use]
    pub fn metric(&self, name: &str, metric: &str) -> f64 {
        let node = self.find(name);
        let metrics = self.floor().node(node).kind.entry().metrics;
        let ix = metrics
            .iter()
            .position(|m| m.name == metric)
            .expect("a metric of this name");
        self.floor().boards[node.0 as usize].total[ix].value(&metrics[ix])
    }

    /// Starts a place; nodes added by [`Self::node`] start by themselves.
    pub fn start(&mut self, place: Place) {
        let now = self.engine.now();
        self.engine.schedule(now, Signal::Start(place));
        self.run_to(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_a_service_and_gets_its_one_answer() {
        let mut rig = Rig::new(7);
        rig.node("report", "sink", &[]);
        let reply = rig.ask(
            "report",
            Ask::Hand {
                parcels: Vec::new().into(),
            },
        );
        assert_eq!(reply, Reply::Done, "a sink takes what it is handed");
        assert_eq!(rig.floor().calls.open_count(), 0, "no request stays open");
    }
}
