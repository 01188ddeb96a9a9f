//! The plant: all services and wires of a run as the machine that the kernel runs.

use super::board::Board;
use super::contract::Incoming;
use super::cx::{Cx, View};
use super::facts::Fact;
use super::faults::Fault;
use super::floor::{Floor, NodeInfo, OpenCall, WireInfo};
pub use super::signal::{Order, Signal};
use super::talk::{Ask, NodeId, OUTSIDE, Place, Reason, Reply, WireId};
use super::{AnyConfig, AnyLink, LinkUnit, Unit};
use crate::base::rng::Rng;
use crate::base::time::Us;
use crate::kernel::{self, CallId, Machine};
use std::sync::Arc;

/// All services and wires of a run.
#[derive(Clone, Debug, Hash)]
pub struct Plant {
    pub(super) units: Vec<Option<Unit>>,
    pub(super) links: Vec<Option<LinkUnit>>,
    /// What they stand on.
    pub floor: Floor,
}

impl Plant {
    /// A plant on an empty floor; add nodes and wires, then [`Self::places`] must be started.
    #[must_use]
    pub fn new(floor: Floor) -> Self {
        Self {
            units: Vec::new(),
            links: Vec::new(),
            floor,
        }
    }

    /// Puts a node on the floor; it begins its life at its `Start` signal.
    pub fn add_node(&mut self, name: Arc<str>, config: &AnyConfig) -> NodeId {
        let id = NodeId(self.units.len() as u32);
        let kind = config.kind();
        let fault_rng = Rng::stream(self.floor.seed, u64::from(id.0), "faults");
        self.floor.nodes.push(NodeInfo {
            name,
            kind,
            first_config: Some(config.clone()),
            life: 0,
            live: true,
            faults: super::faults::Afflictions::default(),
            fault_rng,
            ins: Arc::default(),
            outs: Arc::default(),
        });
        self.floor
            .boards
            .push(Board::new(kind.entry().metrics.len()));
        self.floor.books.node(id);
        self.units.push(None);
        id
    }

    /// Puts a wire on the floor.
    pub fn add_wire(&mut self, name: Arc<str>, from: NodeId, to: NodeId, link: AnyLink) -> WireId {
        let id = WireId(self.links.len() as u32);
        self.floor.wires.push(WireInfo {
            name,
            from,
            to,
            link,
            live: true,
            life: 0,
        });
        self.links.push(None);
        id
    }

    /// The unit of a node, once started.
    #[must_use]
    pub fn unit(&self, node: NodeId) -> Option<&Unit> {
        self.units.get(node.0 as usize)?.as_ref()
    }

    /// The unit of a wire, once started.
    #[must_use]
    pub fn link(&self, wire: WireId) -> Option<&LinkUnit> {
        self.links.get(wire.0 as usize)?.as_ref()
    }

    /// What is seen of a node, with what stands at work on the wires to it.
    pub fn gauges(&self, node: NodeId, now: Us, out: &mut super::gauges::Gauges) {
        let view = self.view(node, now);
        if let Some(unit) = self.unit(node) {
            unit.gauges(&view, out);
        }
        for wire in self.floor.node(node).ins.iter() {
            if let Some(link) = self.link(*wire) {
                let me = Place::Wire(*wire);
                link.gauges(&View { me, ..view }, out);
            }
        }
    }

    /// Read-only surroundings of a node.
    #[must_use]
    pub fn view(&self, node: NodeId, now: Us) -> View<'_> {
        View {
            now,
            me: Place::Node(node),
            floor: &self.floor,
        }
    }

    /// Starts a node with its settings now (at its `Start` signal the caller gives them).
    fn start_node(&mut self, node: NodeId, config: &AnyConfig, k: &mut kernel::Cx<'_, Self>) {
        let mut cx = Cx {
            me: Place::Node(node),
            floor: &mut self.floor,
            kernel: k,
        };
        let unit = config.start(&mut cx);
        self.floor.nodes[node.0 as usize].first_config = None;
        self.units[node.0 as usize] = Some(unit);
    }

    fn on_node(
        &mut self,
        node: NodeId,
        k: &mut kernel::Cx<'_, Self>,
        f: impl FnOnce(&mut Unit, &mut Cx<'_, '_>),
    ) {
        let mut cx = Cx {
            me: Place::Node(node),
            floor: &mut self.floor,
            kernel: k,
        };
        if let Some(unit) = &mut self.units[node.0 as usize] {
            f(unit, &mut cx);
        }
    }

    fn on_wire(
        &mut self,
        wire: WireId,
        k: &mut kernel::Cx<'_, Self>,
        f: impl FnOnce(&mut LinkUnit, &mut Cx<'_, '_>),
    ) {
        let mut cx = Cx {
            me: Place::Wire(wire),
            floor: &mut self.floor,
            kernel: k,
        };
        if let Some(link) = &mut self.links[wire.0 as usize] {
            f(link, &mut cx);
        }
    }

    fn start_wire(&mut self, wire: WireId, k: &mut kernel::Cx<'_, Self>) {
        let link = self.floor.wire(wire).link.clone();
        let mut cx = Cx {
            me: Place::Wire(wire),
            floor: &mut self.floor,
            kernel: k,
        };
        self.links[wire.0 as usize] = Some(link.start(&mut cx));
    }

    fn arrive(
        &mut self,
        call: CallId,
        wire: WireId,
        at: Place,
        ask: Ask,
        k: &mut kernel::Cx<'_, Self>,
    ) {
        let to = self.floor.node_of(at);
        let gone = !self.floor.carries(wire) || !self.floor.node(to).live;
        if gone {
            let mut cx = Cx {
                me: Place::Node(to),
                floor: &mut self.floor,
                kernel: k,
            };
            for parcel in ask.parcels() {
                cx.floor
                    .books
                    .ended(&cx.floor.lanes, Some(wire), &parcel, Reason::Removed);
                cx.note(Fact::Ended {
                    node: to,
                    reason: Reason::Removed,
                    parcel,
                });
            }
            cx.reply(
                call,
                Reply::Refused {
                    reason: Reason::Removed,
                    back: Vec::new(),
                },
            );
            return;
        }
        let incoming = Incoming { call, wire, ask };
        if let Place::Wire(wire) = at {
            self.on_wire(wire, k, |link, cx| link.ask(incoming, cx));
            return;
        }
        let info = &mut self.floor.nodes[to.0 as usize];
        let refusal = if info.faults.down() {
            Some(Reason::Down)
        } else if info.faults.refuses(&mut info.fault_rng) {
            Some(Reason::InternalFailure)
        } else {
            None
        };
        let loses = refusal.is_none() && info.faults.loses(&mut info.fault_rng);
        if let Some(reason) = refusal {
            let mut cx = Cx {
                me: Place::Node(to),
                floor: &mut self.floor,
                kernel: k,
            };
            cx.refuse(incoming, reason);
            return;
        }
        if loses && let Some(open) = self.floor.calls.get_mut(call) {
            open.lost = Some(incoming.ask.parcels());
        }
        self.on_node(to, k, |unit, cx| unit.ask(incoming, cx));
    }

    fn answer(
        &mut self,
        call: CallId,
        (place, life, wire): (Place, u32, WireId),
        reply: Reply,
        k: &mut kernel::Cx<'_, Self>,
    ) {
        let same_life = self.floor.life(place) == life;
        match place {
            Place::Node(node) => {
                if !self.floor.node(node).live {
                    self.floor.alone.0.remove(&call);
                    self.end_all(node, wire, &reply, k);
                    return;
                }
                self.take_back(node, &reply, same_life);
                if same_life {
                    self.on_node(node, k, |unit, cx| unit.answer(call, reply, cx));
                } else {
                    self.on_node(node, k, |unit, cx| unit.orphan(call, wire, reply, cx));
                }
            }
            Place::Wire(id) if same_life && self.floor.wire(id).live => {
                self.take_back(self.floor.wire(id).to, &reply, true);
                self.on_wire(id, k, |link, cx| link.answer(call, reply, cx));
            }
            Place::Wire(id) => self.end_all(self.floor.wire(id).to, wire, &reply, k),
            Place::Outside => k.note(Fact::Answered {
                call,
                reply: Box::new(reply),
            }),
        }
    }

    fn end_all(&mut self, node: NodeId, wire: WireId, reply: &Reply, k: &mut kernel::Cx<'_, Self>) {
        for parcel in reply.parcels() {
            self.floor
                .books
                .ended(&self.floor.lanes, Some(wire), &parcel, Reason::Removed);
            k.note(Fact::Ended {
                node,
                reason: Reason::Removed,
                parcel,
            });
        }
    }

    /// Tallies what comes to a node with an answer.
    fn take_back(&mut self, node: NodeId, reply: &Reply, same_life: bool) {
        if !same_life && matches!(reply, Reply::Records { .. }) {
            return; // nobody takes it: the log has custody again (`set_back`)
        }
        let mut taken = 0;
        reply.each_parcel(|parcel| taken += u64::from(parcel.n));
        self.floor.books.node(node).taken += taken;
        if let Reply::NoAnswer { unknown } = reply {
            let copies: u64 = unknown
                .iter()
                .filter(|p| p.is_copy())
                .map(|p| u64::from(p.n))
                .sum();
            if copies > 0 && same_life {
                *self
                    .floor
                    .books
                    .node(node)
                    .created
                    .entry(Reason::SentAgain)
                    .or_default() += copies;
            }
        }
    }

    fn order(&mut self, order: Order, k: &mut kernel::Cx<'_, Self>) {
        match order {
            Order::Configure { node, config } => {
                self.on_node(node, k, |unit, cx| unit.reconfigure(&config, cx));
            }
            Order::ConfigureWire { wire, link } => {
                self.floor.wires[wire.0 as usize].link = link.clone();
                self.on_wire(wire, k, |unit, cx| unit.reconfigure(&link, cx));
                self.tell_ends(wire, k);
            }
            Order::AddNode { name, config } => {
                let node = self.add_node(name, &config);
                self.rewire(k);
                self.start_node(node, &config, k);
            }
            Order::AddWire {
                name,
                from,
                to,
                link,
            } => {
                let wire = self.add_wire(name, from, to, link);
                self.rewire(k);
                self.start_wire(wire, k);
                self.tell_ends(wire, k);
            }
            Order::RemoveNode(node) => self.remove_node(node, k),
            Order::RemoveWire(wire) => self.remove_wire(wire, k),
            Order::Fault {
                node,
                fault,
                number,
                lasts,
            } => self.begin_fault(node, fault, number, lasts, k),
            Order::Control { node, control } => self.on_node(node, k, |unit, cx| {
                if unit.control(&control, cx).is_err() {
                    let node = Some(cx.node());
                    cx.note(Fact::Note {
                        node,
                        key: "note.control-refused",
                        value: 0,
                    });
                }
            }),
        }
    }

    pub(super) fn tell_ends(&mut self, wire: WireId, k: &mut kernel::Cx<'_, Self>) {
        let (from, to) = (self.floor.wire(wire).from, self.floor.wire(wire).to);
        for node in [from, to] {
            if self.floor.node(node).live {
                self.on_node(node, k, |unit, cx| unit.rewired(cx));
            }
        }
    }

    fn begin_fault(
        &mut self,
        node: NodeId,
        fault: Fault,
        number: u32,
        lasts: Us,
        k: &mut kernel::Cx<'_, Self>,
    ) {
        if !self.floor.node(node).live {
            return;
        }
        let was_down = self.floor.node(node).faults.down();
        let info = &mut self.floor.nodes[node.0 as usize];
        info.faults.begin(number, fault);
        if fault == Fault::Crash && !was_down {
            // first forgets under the old life, then its timers and answers find nobody
            self.on_node(node, k, |unit, cx| unit.crash(cx));
            self.floor.nodes[node.0 as usize].life += 1;
        }
        k.at(
            k.now().saturating_add(lasts),
            Signal::FaultEnds { node, number },
        );
    }

    fn end_fault(&mut self, node: NodeId, number: u32, k: &mut kernel::Cx<'_, Self>) {
        let info = &mut self.floor.nodes[node.0 as usize];
        let ended = info.faults.end(number);
        if ended == Some(Fault::Crash) && info.live && !info.faults.down() {
            self.on_node(node, k, |unit, cx| unit.recover(cx));
        }
    }

    /// Starts all that stands on the floor, at the first event of a run.
    pub fn first_signals(&self) -> Vec<Signal> {
        let wires = (0..self.links.len() as u32).map(|ix| Signal::Start(Place::Wire(WireId(ix))));
        let nodes = (0..self.units.len() as u32).map(|ix| Signal::Start(Place::Node(NodeId(ix))));
        wires.chain(nodes).collect()
    }
}

impl Machine for Plant {
    type Signal = Signal;
    type Fact = Fact;

    fn handle(&mut self, signal: Signal, k: &mut kernel::Cx<'_, Self>) {
        match signal {
            Signal::Start(Place::Wire(wire)) => self.start_wire(wire, k),
            Signal::Start(Place::Outside) => {}
            Signal::Start(Place::Node(node)) => {
                if let Some(config) = self.floor.node(node).first_config.clone() {
                    self.start_node(node, &config, k);
                }
            }
            Signal::Wake {
                place,
                life,
                tag,
                arg,
            } => {
                if self.floor.life(place) != life {
                    return;
                }
                match place {
                    Place::Node(node) => self.on_node(node, k, |unit, cx| unit.wake(tag, arg, cx)),
                    Place::Wire(wire) => self.on_wire(wire, k, |link, cx| link.wake(tag, arg, cx)),
                    Place::Outside => {}
                }
            }
            Signal::Arrive {
                call,
                wire,
                to,
                ask,
            } => self.arrive(call, wire, to, ask, k),
            Signal::Answer {
                call,
                place,
                life,
                wire,
                reply,
            } => {
                self.answer(call, (place, life, wire), reply, k);
            }
            Signal::SetBack {
                node,
                wire,
                shard,
                ordinal,
            } => {
                self.on_node(node, k, |unit, cx| unit.set_back(wire, shard, ordinal, cx));
            }
            Signal::Order(order) => self.order(order, k),
            Signal::FromOutside { to, ask } => {
                let (asker, timeout) = (Place::Outside, super::faults::CLIENT_TIMEOUT_US);
                let wire = OUTSIDE;
                let open = OpenCall {
                    asker,
                    life: 0,
                    wire,
                    to: Place::Node(to),
                    timeout,
                    lost: None,
                    read_from: None,
                };
                let call = self.floor.calls.open(open);
                k.note(Fact::Asked { call });
                self.arrive(call, wire, Place::Node(to), ask, k);
            }
            Signal::FaultEnds { node, number } => self.end_fault(node, number, k),
        }
    }

    fn normalise(&mut self, now: Us) {
        for unit in self.units.iter_mut().flatten() {
            unit.normalise(now);
        }
        for link in self.links.iter_mut().flatten() {
            link.normalise(now);
        }
        for board in &mut self.floor.boards {
            board.roll(now);
        }
    }
}
