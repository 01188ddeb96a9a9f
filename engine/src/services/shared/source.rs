//! The common part of all sources: load, keys, clients. A source differs by its entry, its
//! fields, its defaults and what its records say: a [`Preset`].
//!
//! ```text
//!   tick ──> maker: exact counts by lane ──> outbox: clients put, retry, resend, give up
//! ```
//!
//! Time is cut into ticks: coarse in time, never in number; times of birth are exact. In step, all
//! clients put what a tick made at its end. Out of step, they gather for half a tick and send within
//! the next half, each at its own moment, as separate tills do: a shard then sees a stream of small
//! batches, and its bucket loses none of its capacity to the width of the tick.

mod fresh;
pub mod listed;
pub mod maker;
pub mod outbox;
pub mod settings;
pub mod tracing;

use crate::base::few::Few;
use crate::base::sorted::order;
use crate::base::time::{MS, SECOND, Us};
use crate::catalog::{Dir, Entry, Field, Metric, Port, Stat};
use crate::kernel::CallId;
use crate::services::contract::{Custody, Feed, Held, Problem, Service, Wiring};
use crate::services::cx::{Cx, View};
use crate::services::facts::Fact;
use crate::services::gauges::{Gauges, LaneGauge, State};
use crate::services::shared::keys;
use crate::services::shared::load::Shape;
use crate::services::talk::{Op, Parcel, Reason, Reply, WireId};
use fresh::Fresh;
use maker::Maker;
use outbox::Outbox;
use settings::{Settings, Values};
use std::collections::VecDeque;
use std::fmt::Debug;
use std::hash::Hash;
use std::marker::PhantomData;

/// What tells one source from another.
pub trait Preset: Clone + Debug + Eq + Hash + 'static {
    /// What it says of itself.
    const ENTRY: Entry;
    /// Its settings.
    const FIELDS: &'static [Field<Settings<Self>>];
    /// What its records say.
    const OP: Op;
    /// Whether its load is a trace.
    const TRACE: bool;
    /// Its defaults.
    fn defaults() -> Values;
}

/// Index of `Made` in the metrics.
pub const MADE: usize = 0;
/// Index of `Calls`.
pub const CALLS: usize = 1;
/// Index of `Sent`.
pub const SENT: usize = 2;
/// Index of `Refused`.
pub const REFUSED: usize = 3;
/// Index of `Resent`.
pub const RESENT: usize = 4;
/// Index of `GivenUp`.
pub const GIVEN_UP: usize = 5;
/// Index of `Waiting`.
pub const WAITING: usize = 6;

/// The metrics of every source.
pub const METRICS: &[Metric] = &[
    sum("Made"),
    sum("Calls"),
    sum("Sent"),
    sum("Refused"),
    sum("Resent"),
    sum("GivenUp"),
    Metric {
        name: "Waiting",
        stat: Stat::Maximum,
        unit: "Count",
        per_lane: false,
    },
];

const fn sum(name: &'static str) -> Metric {
    Metric {
        name,
        stat: Stat::Sum,
        unit: "Count",
        per_lane: false,
    }
}

/// Where the wires of every source end.
pub const PORTS: &[Port] = &[Port {
    dir: Dir::Out,
    kinds: &["put", "deliver", "invoke"],
    wires_max: 16,
}];

/// Timer of the tick.
const TICK: u32 = 0;
/// Timer of the outbox.
const RETRY: u32 = 1;
/// Timer of the moments at which clients send what they gathered.
const SEND: u32 = 2;
/// Timer of the next part of a full tick.
const FRESH: u32 = 3;
/// Most moments within a tick at which clients send: tills are not in step, and a shard sees a
/// stream of small batches instead of one large one a tick.
const PHASES_MAX: u64 = 10;
/// Clients that are shown one by one.
const SHOWN: u32 = 64;
/// An answer with failures colours the source for so long.
const REFUSING: Us = SECOND;
/// Records that wait longer than this make it stand behind.
const BEHIND: Us = 5 * SECOND;

/// State of a source.
#[derive(Clone, Debug, Hash)]
pub struct Source<P> {
    maker: Maker,
    outbox: Outbox,
    /// Time for which clients gather: a tick, or half of one out of step [us].
    tick: Us,
    /// Start of the tick that is being made [us].
    from: Us,
    /// Tells the timer of this life from older ones.
    turn: u64,
    /// Made and not yet sent: when, over which wire, what; in order of time.
    gathered: VecDeque<(Us, WireId, Parcel)>,
    fresh: Fresh,
    preset: PhantomData<P>,
}

impl<P: Preset> Source<P> {
    /// Begins a tick now; its timer rings at the next multiple of the tick.
    fn begin(&mut self, cx: &mut Cx<'_, '_>) {
        self.turn += 1;
        self.from = cx.now();
        let next = (self.from / self.tick + 1) * self.tick;
        cx.wake(next, TICK, self.turn);
    }

    /// Makes what is due until now and puts it.
    fn flush(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        self.take_rest(values, cx);
        let (from, now) = (self.from, cx.now());
        self.from = now;
        let was_coarse = self.maker.coarse;
        let parcels = self.maker.make(values, from, now);
        if self.maker.coarse && !was_coarse {
            let node = Some(cx.node());
            cx.note(Fact::Note {
                node,
                key: "note.sizes-coarse",
                value: 0,
            });
        }
        self.take_up(values, parcels, cx);
    }

    fn hand_over(&mut self, values: &Values, parcels: Few<Parcel>, n: u64, cx: &mut Cx<'_, '_>) {
        let outs = cx.outs();
        if outs == 0 {
            // nobody takes them: the shop sells all the same
            parcels
                .iter()
                .for_each(|parcel| cx.ended(None, parcel, Reason::Removed));
            return;
        }
        for ix in 0..outs {
            if ix + 1 < outs {
                cx.created(Reason::FanOut, n);
            }
            let wire = cx.out(ix);
            self.gather(values, wire, &parcels, cx);
        }
        self.send_due(values, cx);
    }

    /// Sets the moment at which each client sends what it gathered.
    fn gather(&mut self, values: &Values, wire: WireId, parcels: &[Parcel], cx: &mut Cx<'_, '_>) {
        let apart = u64::from(values.clients)
            .min(PHASES_MAX)
            .min(self.tick / MS)
            .max(1);
        let phases = if values.in_step { 1 } else { apart };
        let now = cx.now();
        let mut used = [false; PHASES_MAX as usize];
        for parcel in parcels {
            let client = u64::from(cx.lanes().get(parcel.lane).client);
            let phase = if phases == 1 { 0 } else { client % phases };
            let due = now + phase * self.tick / phases;
            used[phase as usize] = true;
            let behind = match self.gathered.back() {
                Some((last, ..)) if *last > due => {
                    self.gathered.partition_point(|(other, ..)| *other <= due)
                }
                _ => self.gathered.len(),
            };
            self.gathered.insert(behind, (due, wire, *parcel));
        }
        for phase in (1..phases).filter(|phase| used[*phase as usize]) {
            cx.wake(now + phase * self.tick / phases, SEND, 0);
        }
    }

    /// Sends what is due, one call a wire.
    fn send_due(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let n = self.gathered.partition_point(|(at, ..)| *at <= now);
        let mut due: Vec<_> = self.gathered.drain(..n).collect();
        // the parcels of a wire keep their order
        order::sort_by_key(&mut due, |(_, wire, _)| *wire);
        for own in due.chunk_by(|a, b| a.1 == b.1) {
            let parcels = own.iter().map(|(.., parcel)| *parcel).collect();
            let wire = own[0].1;
            if self.fresh.is_empty() {
                self.outbox.send(values, wire, parcels, cx);
                continue;
            }
            let kept = self.outbox.send_full(values, wire, parcels, cx);
            for parcel in kept.into_iter().rev() {
                self.gathered.push_front((now, wire, parcel));
            }
        }
    }

    /// Forgets what was gathered for wires that are gone; their obligations ended with them.
    fn forget_removed(&mut self, cx: &mut Cx<'_, '_>) {
        let wires = cx.wires_out();
        let (kept, gone): (VecDeque<_>, VecDeque<_>) = self
            .gathered
            .drain(..)
            .partition(|(_, wire, _)| wires.contains(wire));
        self.gathered = kept;
        for (_, _, parcel) in gone {
            cx.dropped(Reason::Removed, u64::from(parcel.n));
        }
    }

    fn state(&self, view: &View<'_>) -> State {
        let within =
            |at: Option<Us>, span| at.is_some_and(|at| view.now.saturating_sub(at) <= span);
        let waits = self.outbox.waiting_since;
        if view.down() {
            State::Down
        } else if within(self.outbox.last_failed, REFUSING) {
            State::Refusing
        } else if waits.is_some() && !within(waits, BEHIND) {
            State::Behind
        } else if waits.is_some() {
            State::Busy
        } else {
            State::Calm
        }
    }
}

/// Whether lanes must be made anew.
fn keys_changed(old: &Values, new: &Values) -> bool {
    old.keys != new.keys
        || old.clients != new.clients
        || old.law != new.law
        || old.account_ops != new.account_ops
}

/// Whether what is made until now belongs to the old settings.
fn load_changed(old: &Values, new: &Values) -> bool {
    keys_changed(old, new)
        || old.load != new.load
        || old.poisson != new.poisson
        || (old.bytes, old.bytes_max) != (new.bytes, new.bytes_max)
}

impl<P: Preset> Service for Source<P> {
    type Config = Settings<P>;
    const ENTRY: Entry = P::ENTRY;
    const FIELDS: &'static [Field<Settings<P>>] = P::FIELDS;

    fn feed(config: &Settings<P>) -> Option<Feed<'_>> {
        Some(Feed {
            values: &config.values,
            op: P::OP,
            trace: P::TRACE,
        })
    }

    fn start(config: &Settings<P>, cx: &mut Cx<'_, '_>) -> Self {
        let mut source = Self {
            maker: Maker::new(config, P::OP, P::TRACE, cx),
            outbox: Outbox::new(cx),
            tick: if config.in_step {
                config.tick
            } else {
                config.tick / 2
            }
            .max(1),
            from: 0,
            turn: 0,
            gathered: VecDeque::new(),
            fresh: Fresh::default(),
            preset: PhantomData,
        };
        source.begin(cx);
        source
    }

    fn wake(&mut self, config: &Settings<P>, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        if cx.view().down() {
            return;
        }
        if tag == RETRY {
            self.outbox.ring(config, cx);
        } else if tag == SEND {
            self.send_due(config, cx);
        } else if tag == FRESH {
            self.take_part(config, cx);
        } else if arg == self.turn {
            self.flush(config, cx);
            self.begin(cx);
        }
    }

    fn answer(&mut self, config: &Settings<P>, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        self.outbox.answer(config, call, reply, cx);
    }

    fn orphan(
        &mut self,
        config: &Settings<P>,
        _call: CallId,
        wire: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        self.outbox.orphan(config, wire, &reply, cx);
    }

    fn crash(&mut self, config: &Settings<P>, cx: &mut Cx<'_, '_>) {
        self.take_rest(config, cx);
        for (_, wire, parcel) in std::mem::take(&mut self.gathered) {
            self.outbox.lose(config, wire, parcel, cx);
        }
        self.flush_before_crash(config, cx);
        self.outbox.crash(config, cx);
    }

    fn recover(&mut self, config: &Settings<P>, cx: &mut Cx<'_, '_>) {
        self.outbox.recover(config, cx);
        self.maker.skip_to(cx.now());
        self.begin(cx);
    }

    fn reconfigure(&mut self, old: &Settings<P>, new: &Settings<P>, cx: &mut Cx<'_, '_>) {
        if load_changed(old, new) && !cx.view().down() {
            self.flush(old, cx);
            self.take_rest(old, cx);
        }
        if keys_changed(old, new) {
            self.maker.register(new, cx);
        }
    }

    fn rewired(&mut self, _config: &Settings<P>, cx: &mut Cx<'_, '_>) {
        self.forget_removed(cx);
        self.outbox.rewired(cx);
    }

    fn gauges(&self, config: &Settings<P>, view: &View<'_>, out: &mut Gauges) {
        let down = view.down();
        let rate = if down {
            0
        } else {
            self.maker.rate_at(config, view.now)
        };
        out.read("rate", rate as f64 / 1e3, "rec/s");
        let next = (self.from / self.tick + 1) * self.tick;
        out.read(
            "next_batch",
            next.saturating_sub(view.now) as f64 / SECOND as f64,
            "s",
        );
        let room = config.buffer_records as f64;
        out.read_of("retry_queue", self.outbox.held as f64, "records", room);
        out.read("given_up", self.outbox.given_up as f64, "records");
        if config.journal {
            out.read("journal", self.outbox.journalled() as f64, "records");
        }
        if self.maker.coarse || self.maker.slots {
            out.read("approximates", 1.0, "");
        }
        out.state = self.state(view);
        self.client_lanes(config, out);
    }

    fn custody(&self, _config: &Settings<P>, _view: &View<'_>, out: &mut Custody) {
        self.outbox.custody(out);
        for (_, wire, parcel) in &self.gathered {
            out.hold(Some(*wire), *parcel);
        }
    }

    /// What waits to be sent, and what was made since the last tick: it goes with the next batch.
    fn peek(&self, config: &Settings<P>, view: &View<'_>, most: usize, out: &mut Vec<Held>) {
        let mut custody = Custody::at_most(most);
        self.custody(config, view, &mut custody);
        custody.glance(out);
        let room = most.saturating_sub(out.len());
        if view.down() || room == 0 || view.now <= self.from {
            return;
        }
        let made = self.maker.clone().make(config, self.from, view.now);
        let made = made.into_iter().take(room);
        out.extend(made.map(|parcel| Held { lane: None, parcel }));
    }

    fn check(config: &Settings<P>, wiring: &Wiring, out: &mut Vec<Problem>) {
        check(config, P::TRACE, wiring, out);
    }
}

impl<P: Preset> Source<P> {
    /// What was made since the last tick dies with the till that made it, unless it is journalled.
    fn flush_before_crash(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let (from, now) = (self.from, cx.now());
        self.from = now;
        let parcels = self.maker.make(values, from, now);
        let n: u64 = parcels.iter().map(|parcel| u64::from(parcel.n)).sum();
        if n == 0 {
            return;
        }
        parcels.iter().for_each(|parcel| cx.made(parcel));
        cx.count(MADE, None, n);
        let wires = cx.wires_out();
        if wires.is_empty() {
            parcels
                .iter()
                .for_each(|parcel| cx.ended(None, parcel, Reason::Removed));
        }
        for (ix, wire) in wires.iter().enumerate() {
            if ix > 0 {
                cx.created(Reason::FanOut, n);
            }
            for parcel in &parcels {
                self.outbox.lose(values, *wire, *parcel, cx);
            }
        }
    }

    fn client_lanes(&self, values: &Values, out: &mut Gauges) {
        let clients = values.clients.min(SHOWN);
        let waiting = self.outbox.waiting_by_client(clients);
        out.lanes
            .extend((0..clients).zip(waiting).map(|(id, waiting)| LaneGauge {
                id,
                open: true,
                waiting,
                ..LaneGauge::default()
            }));
        // the lanes are dealt to the clients in turn
        for round in self.maker.lanes.chunks(values.clients.max(1) as usize) {
            for (gauge, lane) in out.lanes.iter_mut().zip(round) {
                gauge.tried += lane.next;
            }
        }
    }
}

fn check(values: &Values, trace: bool, wiring: &Wiring, out: &mut Vec<Problem>) {
    let mut say = |field: &str, text: String, fatal: bool| {
        let at = wiring.id.clone();
        out.push(Problem {
            at,
            field: field.to_owned(),
            text,
            fatal,
        });
    };
    if wiring.outs.is_empty() {
        let text = "No wire leads out: its records go nowhere. Draw one to a stream or a sink.";
        say("", text.to_owned(), false);
    }
    for word in keys::unknown_words(&values.keys.template) {
        let text = format!(
            "The key template has \"{word}\", which means nothing and stays as it is written. \
             Known are {{store}}, {{n}}, {{nn}}, {{nnn}}, {{account}} and {{product}}."
        );
        say("key", text, false);
    }
    if values.bytes_max < values.bytes {
        let text = format!(
            "bytes_max is {} B, less than bytes with {} B: all records have {} B.",
            values.bytes_max, values.bytes, values.bytes
        );
        say("bytes_max", text, false);
    }
    for (field, least, largest) in [
        (
            "quantity_max",
            u64::from(values.law.quantity.0),
            u64::from(values.law.quantity.1),
        ),
        ("amount_max", values.law.cents.0, values.law.cents.1),
    ] {
        if largest < least {
            let text = "The largest is less than the least: all records have the least.";
            say(field, text.to_owned(), false);
        }
    }
    if !trace && values.load.shape == Shape::Bursts && values.load.lasting >= values.load.period {
        let text = "A burst lasts as long as the time between two bursts or longer: the rate is \
                    always the one inside a burst. Make lasting shorter than period.";
        say("lasting", text.to_owned(), false);
    }
    if trace && values.trace.is_empty() {
        let text = "No trace is named: nothing will be made. Give a trace of the design.";
        say("trace", text.to_owned(), false);
    }
}

#[cfg(test)]
mod tests;
