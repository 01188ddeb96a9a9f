//! Waiting room with servers, of the workbench: what comes waits in order of arrival until one of
//! `servers` is free, is served for a time drawn from a law, and goes on.
//!
//! ```text
//!   in --> [ room: o o o o ] --> ( server ) x servers --> out
//!             | full: refused
//! ```
//!
//! Every record is one customer with events of its own, so that runs can be held against the closed
//! forms of queueing theory. A server lets go of its customer only when the next place has answered.

mod config;
mod law;
#[cfg(test)]
mod tests;

use super::contract::{Custody, Incoming, Service};
use super::cx::{Cx, View};
use super::facts::Fact;
use super::gauges::{Gauges, State};
use super::talk::{Ask, Failed, Parcel, Reason, Reply, WireId};
use crate::base::few::Few;
use crate::base::map::Map;
use crate::base::rng::Rng;
use crate::base::time::{SECOND, Us};
use crate::catalog::{Dir, Entry, Family, Field, Metric, Port, Stat};
use crate::kernel::CallId;
pub use config::Config;
use config::FIELDS;
pub use law::Law;
use std::collections::VecDeque;

/// Index of `Arrived` in the metrics.
const ARRIVED: usize = 0;
/// Index of `Served` in the metrics.
const SERVED: usize = 1;
/// Index of `Refused` in the metrics.
const REFUSED: usize = 2;
/// Index of `Waiting` in the metrics.
const WAITING: usize = 3;
/// Index of `Wait` in the metrics.
const WAIT: usize = 4;
/// Index of `InSystem` in the metrics.
const IN_SYSTEM: usize = 5;

/// A customer's service is over.
const DONE: u32 = 0;
/// A customer whom the next place could not answer is handed on again.
const AGAIN: u32 = 1;

/// Most customers in service at "unlimited" servers, and most places of the room.
const PLACES_MAX: u64 = 1_000_000;
/// Until a customer is handed on again whom the next place did not answer [us].
const AGAIN_US: Us = SECOND;

/// Those who came together and still wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Group {
    parcel: Parcel,
    /// The wire they came over.
    wire: WireId,
    came: Us,
}

/// One customer at a server.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Customer {
    parcel: Parcel,
    wire: WireId,
    came: Us,
    /// Copies that the next places have not taken yet; empty while the service lasts.
    leaving: Vec<Leaving>,
}

/// A copy on its way to one next place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Leaving {
    out: WireId,
    parcel: Parcel,
    /// The request, while it is on the way; otherwise the server has the copy.
    call: Option<CallId>,
}

/// State.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Queue {
    waiting: VecDeque<Group>,
    waiting_n: u64,
    serving: Map<u64, Customer>,
    next_id: u64,
    calls: Map<CallId, u64>,
    times: Rng,
    /// The last refusal [us].
    refused_at: Option<Us>,
}

impl Service for Queue {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "queue",
        name: "Waiting room with servers",
        family: Family::Workbench,
        aws: false,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["put", "deliver"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["deliver"],
                wires_max: 16,
            },
        ],
        metrics: &[
            Metric {
                name: "Arrived",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Served",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Refused",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Waiting",
                stat: Stat::Maximum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Wait",
                stat: Stat::Average,
                unit: "Microseconds",
                per_lane: false,
            },
            Metric {
                name: "InSystem",
                stat: Stat::Average,
                unit: "Microseconds",
                per_lane: false,
            },
        ],
        figures: &[],
        prices: &[],
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = FIELDS;

    fn start(_config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        Self {
            waiting: VecDeque::new(),
            waiting_n: 0,
            serving: Map::new(),
            next_id: 0,
            calls: Map::new(),
            times: cx.rng("service time"),
            refused_at: None,
        }
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            DONE => self.served(config, arg, cx),
            _ => self.hand(arg, cx),
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let (parcels, put) = match &incoming.ask {
            Ask::Hand { parcels } => (parcels, false),
            Ask::Put { entries, .. } => (entries, true),
            _ => return cx.refuse(incoming, Reason::Invalid),
        };
        let mut failed = Vec::new();
        for parcel in parcels {
            if let Some(parcel) = self.admit_parcel(config, incoming.wire, parcel, cx) {
                failed.push(Failed {
                    parcel,
                    reason: Reason::RoomFull,
                });
            }
        }
        let all = failed.is_empty() && !put;
        cx.reply(
            incoming.call,
            if all {
                Reply::Done
            } else {
                Reply::Put { failed }
            },
        );
        self.fill(config, cx);
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(id) = self.calls.remove(&call) else {
            return;
        };
        self.left(id, call, reply, cx);
        self.fill(config, cx);
    }

    fn crash(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        let mut custody = Custody::default();
        self.held(&mut custody);
        for (wire, parcel) in custody.held {
            cx.ended(wire, &parcel, Reason::Crashed);
        }
        self.waiting.clear();
        self.waiting_n = 0;
        self.serving.clear();
        self.calls.clear();
    }

    fn recover(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {}

    fn reconfigure(&mut self, _old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        self.fill(new, cx);
    }

    fn rewired(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.forget_wires(cx);
        self.fill(config, cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let serving = self.serving.len() as f64;
        out.read_of(
            "waiting",
            self.waiting_n as f64,
            "records",
            config.room as f64,
        );
        if config.servers > 0 {
            out.read_of("serving", serving, "records", config.servers as f64);
        } else {
            out.read("serving", serving, "records");
        }
        let lately = self
            .refused_at
            .is_some_and(|at| view.now.saturating_sub(at) < SECOND);
        let full = config.servers > 0 && self.serving.len() as u64 >= config.servers;
        out.state = match () {
            () if view.down() => State::Down,
            () if lately => State::Refusing,
            () if full && self.waiting_n > 10 * config.servers => State::Behind,
            () if full => State::Busy,
            () => State::Calm,
        };
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        self.held(out);
    }

    fn assert_invariants(&self, _config: &Config) {
        let waiting: u64 = self
            .waiting
            .iter()
            .map(|group| u64::from(group.parcel.n))
            .sum();
        assert_eq!(waiting, self.waiting_n, "the count of those who wait");
    }
}

impl Queue {
    /// Lets in what fits, gives back what does not.
    fn admit_parcel(
        &mut self,
        config: &Config,
        wire: WireId,
        parcel: &Parcel,
        cx: &mut Cx<'_, '_>,
    ) -> Option<Parcel> {
        let all = u64::from(parcel.n);
        cx.count(ARRIVED, None, all);
        let fits = self.places(config).min(all);
        let (head, tail) = parcel.split(u32::try_from(fits).unwrap_or(u32::MAX));
        if let Some(parcel) = head {
            cx.took(fits);
            self.waiting.push_back(Group {
                parcel,
                wire,
                came: cx.now(),
            });
            self.waiting_n += fits;
        }
        if let Some(parcel) = tail {
            cx.count(REFUSED, None, all - fits);
            self.refused_at = Some(cx.now());
            let (node, reason) = (cx.node(), Reason::RoomFull);
            cx.note(Fact::Refused {
                node,
                lane: None,
                reason,
                parcel,
                had: 0,
                needed: 1,
                limit_per_s: 0,
            });
        }
        // counts those who must wait: a free server takes the first ones at this instant
        let free = self.free(config).min(self.waiting_n);
        cx.count(WAITING, None, self.waiting_n - free);
        tail
    }

    /// Servers that stand free.
    fn free(&self, config: &Config) -> u64 {
        let servers = if config.servers == 0 {
            PLACES_MAX
        } else {
            config.servers
        };
        servers.saturating_sub(self.serving.len() as u64)
    }

    /// How many more may come now.
    fn places(&self, config: &Config) -> u64 {
        let room = if config.servers == 0 { 0 } else { config.room };
        (self.free(config) + room).saturating_sub(self.waiting_n)
    }

    /// Gives the first of those who wait to free servers.
    fn fill(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        for _ in 0..self.free(config).min(self.waiting_n) {
            let Some(group) = self.waiting.pop_front() else {
                return;
            };
            let (head, tail) = group.parcel.split(1);
            if let Some(parcel) = tail {
                self.waiting.push_front(Group { parcel, ..group });
            }
            self.waiting_n -= 1;
            if let Some(parcel) = head {
                self.serve(config, Group { parcel, ..group }, cx);
            }
        }
    }

    fn serve(&mut self, config: &Config, one: Group, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        cx.count(WAIT, None, now.saturating_sub(one.came));
        let lasts = config.law.draw(&mut self.times, config);
        let id = self.next_id;
        self.next_id += 1;
        let Group { parcel, wire, came } = one;
        self.serving.insert(
            id,
            Customer {
                parcel,
                wire,
                came,
                leaving: Vec::new(),
            },
        );
        cx.wake(now.saturating_add(cx.stretch(lasts)), DONE, id);
    }

    /// A service is over: the customer goes to every next place, or is home.
    fn served(&mut self, config: &Config, id: u64, cx: &mut Cx<'_, '_>) {
        let Some(customer) = self.serving.get_mut(&id) else {
            return;
        };
        cx.count(SERVED, None, 1);
        cx.count(IN_SYSTEM, None, cx.now().saturating_sub(customer.came));
        let (parcel, outs) = (customer.parcel, cx.outs());
        if outs == 0 {
            cx.delivered(customer.wire, &parcel, Us::MAX);
            self.serving.remove(&id);
            self.fill(config, cx);
            return;
        }
        if outs > 1 {
            cx.created(Reason::FanOut, outs as u64 - 1);
        }
        customer.leaving = (0..outs)
            .map(|ix| Leaving {
                out: cx.out(ix),
                parcel,
                call: None,
            })
            .collect();
        self.hand(id, cx);
    }

    /// Hands on what the server still has of a customer.
    fn hand(&mut self, id: u64, cx: &mut Cx<'_, '_>) {
        let Some(customer) = self.serving.get_mut(&id) else {
            return;
        };
        for copy in customer
            .leaving
            .iter_mut()
            .filter(|copy| copy.call.is_none())
        {
            let call = cx.ask(
                copy.out,
                Ask::Hand {
                    parcels: Few::one(copy.parcel),
                },
            );
            copy.call = Some(call);
            self.calls.insert(call, id);
        }
    }

    /// The next place answered: taken, refused for good, or not reached.
    fn left(&mut self, id: u64, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(customer) = self.serving.get_mut(&id) else {
            return;
        };
        let Some(ix) = customer
            .leaving
            .iter()
            .position(|copy| copy.call == Some(call))
        else {
            return;
        };
        let out = customer.leaving[ix].out;
        let again = match reply {
            Reply::Refused { back, .. } => back.first().copied(),
            Reply::NoAnswer { unknown } => unknown.first().copied(),
            Reply::Put { failed } => {
                failed
                    .iter()
                    .for_each(|one| cx.ended(Some(out), &one.parcel, one.reason));
                None
            }
            _ => None,
        };
        if let Some(parcel) = again {
            customer.leaving[ix] = Leaving {
                out,
                parcel,
                call: None,
            };
            cx.wake(cx.now() + AGAIN_US, AGAIN, id);
            return;
        }
        customer.leaving.remove(ix);
        if customer.leaving.is_empty() {
            self.serving.remove(&id);
        }
    }

    fn held(&self, out: &mut Custody) {
        for group in &self.waiting {
            out.hold(Some(group.wire), group.parcel);
        }
        for customer in self.serving.values() {
            if customer.leaving.is_empty() {
                out.hold(Some(customer.wire), customer.parcel);
            }
            for copy in customer.leaving.iter().filter(|copy| copy.call.is_none()) {
                out.hold(Some(copy.out), copy.parcel);
            }
        }
    }

    /// Forgets what came over, or was to go over, a wire that was removed; the books know already.
    fn forget_wires(&mut self, cx: &mut Cx<'_, '_>) {
        let mut gone = 0;
        let carries = |wire: WireId| cx.floor.carries(wire);
        self.waiting.retain(|group| {
            let stays = carries(group.wire);
            gone += if stays { 0 } else { u64::from(group.parcel.n) };
            stays
        });
        self.waiting_n -= gone;
        self.serving.retain(|_, customer| {
            if customer.leaving.is_empty() {
                gone += u64::from(!carries(customer.wire));
                return carries(customer.wire);
            }
            customer.leaving.retain(|copy| {
                let lost = copy.call.is_none() && !carries(copy.out);
                gone += u64::from(lost);
                !lost
            });
            !customer.leaving.is_empty()
        });
        if gone > 0 {
            cx.dropped(Reason::Removed, gone);
        }
    }
}
