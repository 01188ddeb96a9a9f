//! Contest of the workbench: n clients want to change one item, each once, with optimistic locking.
//!
//! ```text
//!   read the version --> write if it is still that --> done
//!     ^                        | another was faster
//!     +---- back-off ----------+
//! ```
//!
//! Each message is on the way for a normally distributed time. When all have written, the round is
//! over; after a pause the next begins. Time and calls of a round tell the back-off algorithms
//! apart (AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).

mod settings;
#[cfg(test)]
mod tests;

use super::contract::{Custody, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::{Gauges, LaneGauge, State};
use super::lanes::{Lane, key_hash};
use super::talk::{
    Ask, Condition, Get, GetCall, Op, Parcel, Read, Reason, Reply, WireId, Write, WriteCall,
    WriteOp,
};
use crate::base::rng::Rng;
use crate::base::sample;
use crate::base::time::Us;
use crate::catalog::{Dir, Entry, Family, Field, Metric, Port, Stat};
use crate::kernel::CallId;
use std::collections::BTreeMap;

pub use settings::Config;

/// A client's question for the version comes to the table.
const TAG_READ: u32 = 0;
/// A client's write comes to the table.
const TAG_WRITE: u32 = 1;
/// A client hears that it has written.
const TAG_DONE: u32 = 2;
/// The next round begins.
const TAG_ROUND: u32 = 3;

/// The key that all contend for.
const KEY: &str = "contested";
/// Bytes of the item without its key [B].
const BYTES: u32 = 100;
/// How long a client waits for an answer that is lost [us].
const TIMEOUT: Us = crate::base::time::SECOND;
/// Clients that are shown one by one.
const SHOWN: usize = 64;

const CALLS: usize = 0;
const READS: usize = 1;
const LOST: usize = 2;
const REFUSED: usize = 3;
const ROUNDS: usize = 4;

const fn sum(name: &'static str) -> Metric {
    Metric {
        name,
        stat: Stat::Sum,
        unit: "Count",
        per_lane: false,
    }
}

/// One client that has not written yet.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Client {
    /// Its record, unless that is on the way.
    record: Option<Parcel>,
    /// Writes that failed.
    failed: u32,
    /// The last delay [us].
    previous: Us,
    /// The version that it read.
    version: u64,
}

/// A contest.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Contest {
    lane: u32,
    /// The wire that the round's records are meant for; it may be gone by now.
    meant: Option<WireId>,
    /// Number of the next record.
    next: u64,
    /// Clients of the round that have not written, by number.
    clients: BTreeMap<u32, Client>,
    /// Requests on the way, with their clients.
    flights: BTreeMap<CallId, u32>,
    rng: Rng,
    /// Rounds begun.
    begun: u32,
    /// Start of the round [us].
    since: Us,
    /// Over all rounds that are over: how many, how long, how many writes were tried.
    over: (u64, Us, u64),
    /// Writes tried in this round.
    calls: u64,
    refused_at: Option<Us>,
    /// Whether a round is due that waits for a wire.
    stalled: bool,
}

impl Contest {
    /// Time that one message is on the way [us].
    fn way(&mut self, config: &Config) -> Us {
        let way = config.mean as f64 + config.sd as f64 * sample::normal(&mut self.rng);
        libm::round(libm::fabs(way)) as Us
    }

    /// The wire that all use.
    fn wire(cx: &Cx<'_, '_>) -> Option<WireId> {
        cx.wires_out().first().copied()
    }

    /// All clients begin at once, each with a record of its own.
    fn begin(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.meant = Self::wire(cx);
        if self.meant.is_none() {
            self.stalled = true;
            return;
        }
        self.begun += 1;
        self.since = cx.now();
        self.calls = 0;
        let all = Parcel {
            lane: self.lane,
            n: config.clients,
            first: self.next,
            born: cx.now(),
            span: 0,
            bytes_each: BYTES,
            op: Op::Count,
            flags: 0,
        };
        self.next += u64::from(config.clients);
        cx.made(&all);
        for number in 0..config.clients {
            let client = Client {
                record: Some(all.part(number, 1)),
                failed: 0,
                previous: config.base,
                version: 0,
            };
            self.clients.insert(number, client);
            let at = cx.now() + self.way(config);
            cx.wake(at, TAG_READ, u64::from(number));
        }
    }

    fn read(&mut self, number: u32, cx: &mut Cx<'_, '_>) {
        let (Some(wire), true) = (Self::wire(cx), self.clients.contains_key(&number)) else {
            return;
        };
        cx.count(READS, None, 1);
        let get = Get {
            call: GetCall::One,
            key: cx.lanes().get(self.lane).hash,
            items: 1,
            bytes_each: BYTES,
            consistent: true,
        };
        let call = cx.ask_within(wire, Ask::Read(get), TIMEOUT);
        self.flights.insert(call, number);
    }

    fn write(&mut self, number: u32, cx: &mut Cx<'_, '_>) {
        let Some(wire) = Self::wire(cx) else {
            return;
        };
        let Some(client) = self.clients.get_mut(&number) else {
            return;
        };
        let Some(record) = client.record.take() else {
            return;
        };
        let write = Write {
            op: WriteOp::Put,
            condition: Condition::Version(client.version),
            not_below_zero: false,
            call: WriteCall::Single,
        };
        let ask = Ask::Write {
            entries: vec![Read::loose(record)],
            write,
        };
        self.calls += 1;
        cx.count(CALLS, None, 1);
        let call = cx.ask_within(wire, ask, TIMEOUT);
        self.flights.insert(call, number);
    }

    /// A client begins again with a read, after its back-off.
    fn again(&mut self, config: &Config, number: u32, back: Option<Parcel>, cx: &mut Cx<'_, '_>) {
        let home = self.way(config);
        let forth = self.way(config);
        let Some(client) = self.clients.get_mut(&number) else {
            return;
        };
        if back.is_some() {
            client.record = back;
        }
        client.failed += 1;
        let rng = &mut self.rng;
        let pause = config.backoff.map_or(0, |backoff| {
            let bounds = (config.base as f64, config.cap as f64);
            let draw = &mut || rng.unit();
            libm::round(backoff.pause(bounds, client.failed, client.previous as f64, draw)) as Us
        });
        client.previous = pause;
        cx.wake(cx.now() + home + pause + forth, TAG_READ, u64::from(number));
    }

    /// A client's record is not its own any more: the wire was removed with it.
    fn leave(&mut self, config: &Config, number: u32, cx: &mut Cx<'_, '_>) {
        self.clients.remove(&number);
        self.close(config, cx);
    }

    /// Ends the round when nobody contends any more.
    fn close(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if !self.clients.is_empty() {
            return;
        }
        let lasted = cx.now() - self.since;
        let (rounds, time, calls) = self.over;
        self.over = (rounds + 1, time + lasted, calls + self.calls);
        cx.count(ROUNDS, None, 1);
        if self.begun < config.rounds {
            cx.wake(cx.now() + config.pause, TAG_ROUND, 0);
        }
    }

    fn failed(
        &mut self,
        config: &Config,
        number: u32,
        (back, reason): (Option<Parcel>, Reason),
        cx: &mut Cx<'_, '_>,
    ) {
        if reason == Reason::ConditionFailed {
            cx.count(LOST, None, 1);
        } else {
            cx.count(REFUSED, None, 1);
            self.refused_at = Some(cx.now());
        }
        self.again(config, number, back, cx);
    }
}

impl Service for Contest {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "contest",
        name: "Contest",
        family: Family::Workbench,
        aws: false,
        ports: &[Port {
            dir: Dir::Out,
            kinds: &["put"],
            wires_max: 1,
        }],
        metrics: &[
            sum("Calls"),
            sum("Reads"),
            sum("Lost"),
            sum("Refused"),
            sum("Rounds"),
        ],
        figures: &[],
        prices: &[],
        faults: &["crash"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = settings::FIELDS;

    fn start(_config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let lane = Lane {
            source: cx.node(),
            client: 0,
            ordinal: 0,
            key: KEY.into(),
            key_bytes: KEY.len() as u32,
            hash: key_hash(KEY),
            law: std::sync::Arc::default(),
            subject: super::payload::Subject::Any,
        };
        let lane = cx.add_lane(lane);
        cx.wake(cx.now(), TAG_ROUND, 0);
        Self {
            lane,
            meant: None,
            next: 0,
            clients: BTreeMap::new(),
            flights: BTreeMap::new(),
            rng: cx.rng("contest"),
            begun: 0,
            since: cx.now(),
            over: (0, 0, 0),
            calls: 0,
            refused_at: None,
            stalled: false,
        }
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        let number = u32::try_from(arg).unwrap_or(u32::MAX);
        match tag {
            TAG_READ => self.read(number, cx),
            TAG_WRITE => self.write(number, cx),
            TAG_DONE => {
                self.clients.remove(&number);
                self.close(config, cx);
            }
            _ if self.clients.is_empty() => self.begin(config, cx),
            _ => {}
        }
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(number) = self.flights.remove(&call) else {
            return;
        };
        match reply {
            Reply::Items { version, .. } => {
                if let Some(client) = self.clients.get_mut(&number) {
                    client.version = version;
                }
                let at = cx.now() + self.way(config) + self.way(config);
                cx.wake(at, TAG_WRITE, u64::from(number));
            }
            Reply::Put { failed } => match failed.first() {
                None => {
                    let at = cx.now() + self.way(config);
                    cx.wake(at, TAG_DONE, u64::from(number));
                }
                Some(first) => {
                    let back = (Some(first.parcel), first.reason);
                    self.failed(config, number, back, cx);
                }
            },
            Reply::Refused {
                reason: Reason::Removed,
                ..
            } => self.leave(config, number, cx),
            Reply::Refused { reason, back } => {
                self.failed(config, number, (back.first().copied(), reason), cx);
            }
            Reply::NoAnswer { unknown } => {
                let back = (unknown.first().copied(), Reason::NoAnswer);
                self.failed(config, number, back, cx);
            }
            _ => {}
        }
    }

    fn crash(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        let wire = Self::wire(cx);
        for client in std::mem::take(&mut self.clients).into_values() {
            if let Some(record) = client.record {
                cx.ended(wire, &record, Reason::Crashed);
            }
        }
        self.flights.clear();
    }

    fn recover(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.begun < config.rounds {
            cx.wake(cx.now() + config.pause, TAG_ROUND, 0);
        }
    }

    fn rewired(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if Self::wire(cx).is_some() {
            if std::mem::take(&mut self.stalled) {
                cx.wake(cx.now(), TAG_ROUND, 0);
            }
            return;
        }
        if self.clients.is_empty() {
            return;
        }
        // the books have ended what was meant for the wire; only who waits for the answer to a
        // write has no record in hand, and goes when it comes
        let idle = self.clients.values();
        let idle = idle.filter(|client| client.record.is_some()).count() as u64;
        self.clients.retain(|_, client| client.record.is_none());
        let Self {
            clients, flights, ..
        } = self;
        flights.retain(|_, number| clients.contains_key(number));
        cx.dropped(Reason::Removed, idle);
        self.close(config, cx);
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let (rounds, time, calls) = self.over;
        let mean = |sum: u64| sum as f64 / rounds.max(1) as f64;
        let all = f64::from(config.clients);
        out.read_of("contending", self.clients.len() as f64, "clients", all);
        out.read("round_time", mean(time) / 1e6, "s");
        out.read("round_calls", mean(calls), "calls");
        out.read("rounds", rounds as f64, "");
        let shown = self.clients.iter().take(SHOWN);
        out.lanes.extend(shown.map(|(id, client)| LaneGauge {
            id: *id,
            open: true,
            waiting: 1,
            tried: u64::from(client.failed),
            refused: u64::from(client.failed),
            ..LaneGauge::default()
        }));
        let lately = |at: Us| view.now.saturating_sub(at) < crate::base::time::SECOND;
        out.state = match () {
            () if view.down() => State::Down,
            () if self.refused_at.is_some_and(lately) => State::Refusing,
            () if !self.clients.is_empty() => State::Busy,
            () => State::Calm,
        };
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, out: &mut Custody) {
        for client in self.clients.values() {
            if let Some(record) = client.record {
                out.hold(self.meant, record);
            }
        }
    }

    fn check(_config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        if !wiring
            .outs
            .iter()
            .any(|(_, _, service)| service == "dynamodb")
        {
            out.push(Problem {
                at: wiring.id.clone(),
                field: String::new(),
                text:
                    "There is nothing to contend for. Draw a wire to a table with one item a key."
                        .to_owned(),
                fatal: false,
            });
        }
    }
}
