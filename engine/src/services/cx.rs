//! What a service may use while it handles something: time, wires, books, metrics.
//!
//! What is scheduled happens after the handler returns. Nothing here lets a
//! service read facts, reach into another service, or see a clock other than model time.

use super::books::{Delivery, Track};
use super::contract::Incoming;
use super::facts::Fact;
use super::faults::{CLIENT_TIMEOUT_US, NOMINAL_ANSWER_US};
use super::floor::{Floor, OpenCall};
use super::lanes::{Lane, Lanes};
use super::plant::{Plant, Signal};
use super::talk::{Ask, NodeId, OUTSIDE, Parcel, Place, Reason, Reply, WireId};
use crate::base::rng::Rng;
use crate::base::time::Us;
use crate::catalog::{Figure, Rules};
use crate::kernel::{self, CallId, SimFault};
use std::sync::Arc;

/// Read-only surroundings of a place: what gauges, bills and checks may see.
#[derive(Clone, Copy, Debug)]
pub struct View<'a> {
    /// Model time [us].
    pub now: Us,
    /// Who is looked at.
    pub me: Place,
    /// Topology, registers, books.
    pub floor: &'a Floor,
}

impl View<'_> {
    /// The node looked at; a wire gives its receiving end.
    #[must_use]
    pub fn node(&self) -> NodeId {
        self.floor.node_of(self.me)
    }

    /// A limit or default under the design's rules.
    #[must_use]
    pub fn figure(&self, figure: &Figure) -> u64 {
        self.floor.rules.value(figure)
    }

    /// Whether the node is down.
    #[must_use]
    pub fn down(&self) -> bool {
        self.floor.node(self.node()).faults.down()
    }
}

/// What a handler may use.
#[derive(Debug)]
pub struct Cx<'a, 'k> {
    pub(crate) me: Place,
    pub(crate) floor: &'a mut Floor,
    pub(crate) kernel: &'a mut kernel::Cx<'k, Plant>,
}

impl Cx<'_, '_> {
    /// Model time [us since the run's start].
    #[must_use]
    #[inline]
    pub fn now(&self) -> Us {
        self.kernel.now()
    }

    /// Read-only surroundings.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        View {
            now: self.now(),
            me: self.me,
            floor: self.floor,
        }
    }

    /// The node that acts; a wire acts for its receiving end.
    #[must_use]
    #[inline]
    pub fn node(&self) -> NodeId {
        self.view().node()
    }

    /// The acting node's id in the design.
    #[must_use]
    pub fn name(&self) -> Arc<str> {
        self.floor.node(self.node()).name.clone()
    }

    /// A limit or default under the design's rules.
    #[must_use]
    pub fn figure(&self, figure: &Figure) -> u64 {
        self.floor.rules.value(figure)
    }

    /// The rules themselves.
    #[must_use]
    pub fn rules(&self) -> Rules {
        self.floor.rules
    }

    /// The run's seed, for payloads.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.floor.seed
    }

    /// A random stream of its own for this place and purpose; keep it in the state.
    #[must_use]
    pub fn rng(&self, purpose: &str) -> Rng {
        let of = match self.me {
            Place::Node(node) => u64::from(node.0),
            Place::Wire(wire) => (1 << 32) | u64::from(wire.0),
            Place::Outside => 2 << 32,
        };
        Rng::stream(self.floor.seed, of, purpose)
    }

    // ---- timers ---------------------------------------------------------------------------

    /// Asks for a `wake` at `at` (now, if past) with `tag` and `arg`. A crash silences it.
    pub fn wake(&mut self, at: Us, tag: u32, arg: u64) {
        let life = self.floor.life(self.me);
        self.kernel.at(
            at,
            Signal::Wake {
                place: self.me,
                life,
                tag,
                arg,
            },
        );
    }

    /// A span of own work, stretched while the node is slow [us].
    #[must_use]
    pub fn stretch(&self, span: Us) -> Us {
        span.saturating_mul(self.floor.node(self.node()).faults.times())
    }

    // ---- wires ----------------------------------------------------------------------------

    /// Wires whose data come in, oldest first.
    #[must_use]
    pub fn wires_in(&self) -> Arc<[WireId]> {
        self.floor.node(self.node()).ins.clone()
    }

    /// Wires whose data go out, oldest first.
    #[must_use]
    pub fn wires_out(&self) -> Arc<[WireId]> {
        self.floor.node(self.node()).outs.clone()
    }

    /// How many wires lead data out.
    #[must_use]
    pub fn outs(&self) -> usize {
        self.floor.node(self.node()).outs.len()
    }

    /// One of [`Self::wires_out`].
    #[must_use]
    pub fn out(&self, ix: usize) -> WireId {
        self.floor.node(self.node()).outs[ix]
    }

    /// The node at the other end of a wire.
    #[must_use]
    pub fn far_end(&self, wire: WireId) -> NodeId {
        let info = self.floor.wire(wire);
        if self.me == Place::Node(info.from) {
            info.to
        } else {
            info.from
        }
    }

    /// Whether records end their way here.
    #[must_use]
    pub fn is_sink(&self) -> bool {
        self.floor.is_sink(self.node())
    }

    /// Sends a request over `wire` to its other end. What travels with it leaves this node.
    pub fn ask(&mut self, wire: WireId, ask: Ask) -> CallId {
        self.ask_within(wire, ask, CLIENT_TIMEOUT_US)
    }

    /// As [`Self::ask`], with the asker's own time-out [us].
    pub fn ask_within(&mut self, wire: WireId, ask: Ask, timeout: Us) -> CallId {
        let info = self.floor.wire(wire);
        let forth = self.me == Place::Node(info.from);
        let to = if forth && info.link.kind().entry().active {
            Place::Wire(wire)
        } else {
            Place::Node(self.far_end(wire))
        };
        self.ask_place(wire, to, ask, timeout)
    }

    /// Sends a request over `wire` to a place of one's choice: what stands at work on a wire asks
    /// both of its ends, and the on-failure destinations of its function.
    pub fn ask_place(&mut self, wire: WireId, to: Place, ask: Ask, timeout: Us) -> CallId {
        let read_from = match &ask {
            Ask::GetRecords { shard, ordinal, .. } => Some((*shard, *ordinal)),
            _ => None,
        };
        self.moved(wire, to, &ask);
        let life = self.floor.life(self.me);
        let asker = self.me;
        let open = OpenCall {
            asker,
            life,
            wire,
            to,
            timeout,
            lost: None,
            read_from,
        };
        let call = self.floor.calls.open(open);
        let delay = self.floor.delay(wire);
        self.kernel.at(
            self.now() + delay,
            Signal::Arrive {
                call,
                wire,
                to,
                ask,
            },
        );
        call
    }

    /// Tallies what leaves with a request, and tells observers of it. What a mapping takes in has
    /// not come to the far end of its wire; it moves when the mapping passes it on.
    fn moved(&mut self, wire: WireId, to: Place, ask: &Ask) {
        let mut moved = 0;
        let arrives = to != Place::Wire(wire);
        let mut tell = |kernel: &mut kernel::Cx<'_, Plant>, parcel: &Parcel| {
            moved += u64::from(parcel.n);
            if arrives {
                kernel.note(Fact::Moved {
                    wire,
                    parcel: *parcel,
                });
            }
        };
        match ask {
            Ask::Put { entries, .. } => entries.iter().for_each(|p| tell(self.kernel, p)),
            Ask::Send { entries, .. } => {
                entries.iter().for_each(|e| tell(self.kernel, &e.parcel));
            }
            Ask::Hand { parcels } => parcels.iter().for_each(|p| tell(self.kernel, p)),
            Ask::DeadLetter { parcels, .. } => {
                parcels.iter().for_each(|p| tell(self.kernel, p));
            }
            Ask::ShardEvent { reads, .. }
            | Ask::Invoke { reads, .. }
            | Ask::Write { entries: reads, .. } => {
                reads.iter().for_each(|r| tell(self.kernel, &r.parcel));
            }
            Ask::Move { messages } => messages.iter().for_each(|m| tell(self.kernel, &m.parcel)),
            _ => {}
        }
        if moved > 0 {
            let node = self.node();
            self.floor.books.node(node).out += moved;
        }
    }

    /// Answers a request: exactly once. Slow nodes answer later; lost answers become
    /// [`Reply::NoAnswer`] at the asker's time-out.
    pub fn reply(&mut self, call: CallId, reply: Reply) {
        let now = self.now();
        let Some(open) = self.floor.calls.close(call) else {
            self.kernel.fault(SimFault::AnsweredTwice {
                at: now,
                call: call.number(),
            });
            return;
        };
        let answerer = self.floor.node_of(open.to);
        if matches!(
            reply,
            Reply::Records { .. } | Reply::Messages { .. } | Reply::Invoked { .. }
        ) {
            // these hand over what the answerer had taken; a refusal gives back what it had not
            // a mapping's records move over its wire when it passes them on
            let far = open.wire != OUTSIDE && open.asker != Place::Wire(open.wire);
            let forth = far && !matches!(reply, Reply::Invoked { .. });
            let out = &mut self.floor.books.node(answerer).out;
            let (kernel, wire) = (&mut self.kernel, open.wire);
            reply.each_parcel(|parcel| {
                *out += u64::from(parcel.n);
                if forth {
                    let parcel = *parcel;
                    kernel.note(Fact::Moved { wire, parcel });
                }
            });
        }
        let times = match open.to {
            Place::Node(node) => self.floor.node(node).faults.times(),
            _ => 1,
        };
        let delay = self.floor.delay(open.wire) + (times - 1) * NOMINAL_ANSWER_US;
        let (at, reply) = match &open.lost {
            None => (now + delay, reply),
            Some(sent) => {
                if let Some((shard, ordinal)) = open.read_from {
                    let signal = Signal::SetBack {
                        node: answerer,
                        wire: open.wire,
                        shard,
                        ordinal,
                    };
                    self.kernel.at(now, signal);
                }
                (now + open.timeout, lost(sent, &reply))
            }
        };
        let OpenCall {
            asker, life, wire, ..
        } = open;
        self.kernel.at(
            at,
            Signal::Answer {
                call,
                place: asker,
                life,
                wire,
                reply,
            },
        );
    }

    /// Refuses a request as a whole and gives back what travelled with it.
    pub fn refuse(&mut self, incoming: Incoming, reason: Reason) {
        let back = incoming.ask.parcels();
        self.reply(incoming.call, Reply::Refused { reason, back });
    }

    /// Tells a log that this reader lost what it had read of `shard` from `ordinal` on and will
    /// read it again: custody goes back to the log.
    pub fn set_back(&mut self, wire: WireId, shard: u32, ordinal: u64) {
        let node = self.far_end(wire);
        self.kernel.at(
            self.now(),
            Signal::SetBack {
                node,
                wire,
                shard,
                ordinal,
            },
        );
    }

    // ---- books ----------------------------------------------------------------------------

    /// All lanes.
    #[must_use]
    pub fn lanes(&self) -> &Lanes {
        &self.floor.lanes
    }

    /// Registers a lane of this source.
    pub fn add_lane(&mut self, lane: Lane) -> u32 {
        self.floor.lanes.add(lane)
    }

    /// This source made records: they are owed on every path behind it.
    pub fn made(&mut self, parcel: &Parcel) {
        self.floor.books.made(&self.floor.lanes, parcel);
    }

    /// This sink wants stocks or balances followed by key (see [`super::books::Track`]): for its
    /// start, before anything is made.
    pub fn track(&mut self, track: Track) {
        let node = self.node();
        self.floor.books.track(node, track);
    }

    /// Took in `n` records (accepted; a log, a queue, a table).
    pub fn took(&mut self, n: u64) {
        let node = self.node();
        self.floor.books.node(node).taken += n;
    }

    /// Made `n` more of what it holds: fan-out, read again.
    pub fn created(&mut self, reason: Reason, n: u64) {
        let node = self.node();
        *self
            .floor
            .books
            .node(node)
            .created
            .entry(reason)
            .or_default() += n;
    }

    /// Holds records again for `wire` that were handed on before: the one case in which what was
    /// handed on may be with somebody else at the same time.
    pub fn held_again(&mut self, wire: WireId, parcel: &Parcel) {
        self.floor.books.held_again(&self.floor.lanes, wire, parcel);
    }

    /// Forgets `n` records that somebody else still has custody of.
    pub fn dropped(&mut self, reason: Reason, n: u64) {
        let node = self.node();
        *self.floor.books.node(node).ended.entry(reason).or_default() += n;
    }

    /// Records this node held end for all paths through `wire` (`None`: all from their source).
    pub fn ended(&mut self, wire: Option<WireId>, parcel: &Parcel, reason: Reason) {
        let node = self.node();
        self.floor
            .books
            .ended(&self.floor.lanes, wire, parcel, reason);
        self.dropped(reason, u64::from(parcel.n));
        self.kernel.note(Fact::Ended {
            node,
            reason,
            parcel: *parcel,
        });
    }

    /// A consumer deleted this record from the queue, which forgets it: on a path where nobody had
    /// delivered it, it ends.
    pub fn deleted(&mut self, wire: WireId, parcel: &Parcel) {
        let (node, reason) = (self.node(), Reason::Acknowledged);
        let lanes = &self.floor.lanes;
        let undelivered = self.floor.books.ended(lanes, Some(wire), parcel, reason);
        self.dropped(Reason::Deleted, u64::from(parcel.n));
        if undelivered > 0 {
            self.kernel.note(Fact::Ended {
                node,
                reason,
                parcel: *parcel,
            });
        }
    }

    /// Records kept in this log are owed to the subscriber on `wire`, which came later.
    pub fn owe_kept(&mut self, wire: WireId, parcel: &Parcel) {
        self.floor.books.owe_kept(&self.floor.lanes, wire, parcel);
        self.floor.met_on(wire, parcel);
    }

    /// What travels with a request is lost here for good, and no log has it again: this life ends,
    /// and whoever answers the request has the records alone.
    pub fn leaves_alone(&mut self, call: CallId) {
        self.floor.alone.0.insert(call);
    }

    /// Whether what an answer of an earlier life brings was with that request alone.
    pub fn was_alone(&mut self, call: CallId) -> bool {
        self.floor.alone.0.remove(&call)
    }

    /// Records came to this sink over `wire`; later than `late_after` counts as late [us].
    pub fn delivered(&mut self, wire: WireId, parcel: &Parcel, late_after: Us) -> Delivery {
        self.arrived(wire, parcel, late_after, true)
    }

    /// As [`Self::delivered`], for records whose effect was there already (an item that is written
    /// over with the same content): they count as delivered, but the report believes nothing more.
    pub fn overwritten(&mut self, wire: WireId, parcel: &Parcel, late_after: Us) -> Delivery {
        self.arrived(wire, parcel, late_after, false)
    }

    fn arrived(
        &mut self,
        wire: WireId,
        parcel: &Parcel,
        late_after: Us,
        believed: bool,
    ) -> Delivery {
        let now = self.now();
        let node = self.node();
        let due = now.saturating_sub(late_after);
        let late = if parcel.born < due {
            let late = |i: &u32| parcel.born_at(*i) < due;
            (0..parcel.n).take_while(late).count() as u64
        } else {
            0
        };
        let delivery =
            self.floor
                .books
                .delivered(&self.floor.lanes, wire, parcel, (late, believed));
        self.floor.books.node(node).out += u64::from(parcel.n);
        self.kernel.note(Fact::Delivered {
            node,
            parcel: *parcel,
            first: delivery.first,
            oldest_us: now.saturating_sub(parcel.born),
            newest_us: now.saturating_sub(parcel.born_at(parcel.n.saturating_sub(1))),
        });
        delivery
    }

    // ---- metrics and facts ----------------------------------------------------------------

    /// Joins a sample of the metric with this index in `ENTRY.metrics`; `lane` is the shard.
    #[inline]
    pub fn count(&mut self, metric: usize, lane: Option<u32>, value: u64) {
        let (now, node) = (self.now(), self.node());
        let board = &mut self.floor.boards[node.0 as usize];
        if lane.is_none() {
            board.gather(now, metric, value);
            if !self.kernel.wants_all() {
                return;
            }
        } else {
            board.add(now, metric, lane, value);
        }
        let metric = metric as u16;
        self.kernel.note(Fact::Metric {
            node,
            lane,
            metric,
            value,
        });
    }

    /// Tells observers.
    pub fn note(&mut self, fact: Fact) {
        self.kernel.note(fact);
    }

    /// Stops the run: a promise does not hold.
    pub fn breach(&mut self, promise: &'static str, what: String) {
        let (at, event) = (self.now(), self.kernel.event());
        let ids = vec![self.name().to_string()];
        self.kernel.fault(SimFault::Broken {
            at,
            event,
            promise,
            ids,
            what,
        });
    }
}

/// What an asker knows when the answer was lost: nothing. The truth is in the flags.
fn lost(sent: &[Parcel], reply: &Reply) -> Reply {
    let back = reply.parcels();
    let mut unknown = Vec::new();
    let mut returned = back.iter().copied();
    let mut next = returned.next();
    for parcel in sent {
        let mut rest = Some(*parcel);
        while let Some(open) = rest.take() {
            let hit = next.filter(|b| {
                b.lane == open.lane
                    && b.first >= open.first
                    && b.first < open.first + u64::from(open.n)
            });
            let Some(hit) = hit else {
                unknown.push(Parcel {
                    flags: open.flags | super::talk::FLAG_COPY,
                    ..open
                });
                continue;
            };
            let (head, tail) = open.split((hit.first - open.first) as u32);
            unknown.extend(head.map(|p| Parcel {
                flags: p.flags | super::talk::FLAG_COPY,
                ..p
            }));
            // what was sent apart may come back as one
            let room = open.n - (hit.first - open.first) as u32;
            let (here, behind) = hit.split(room);
            unknown.extend(here);
            next = behind.or_else(|| returned.next());
            rest = tail.and_then(|tail| tail.split(hit.n.min(room)).1);
        }
    }
    if let Reply::Records { .. } | Reply::Messages { .. } = reply {
        unknown.clear();
    }
    Reply::NoAnswer { unknown }
}
