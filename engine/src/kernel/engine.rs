//! The only loop: takes events in order, hands them to the machine, applies what it asked for.

use super::fault::SimFault;
use super::queue::{Queue, SLOTS_MAX};
use crate::base::digest::Digest;
use crate::base::time::Us;
use std::fmt::Debug;
use std::hash::Hash;

/// What the kernel runs: state that answers signals. Its `Hash` is the canonical encoding.
pub trait Machine: Clone + Hash {
    /// What lies in the queue.
    type Signal: Clone + Debug + Hash;
    /// What happened, for observers; the machine never reads it.
    type Fact;

    /// Answers one signal. Effects go through `cx` and happen after it returns.
    fn handle(&mut self, signal: Self::Signal, cx: &mut Cx<'_, Self>);

    /// Brings lazily kept values to `now`, so that a digest does not depend on who looked when.
    fn normalise(&mut self, _now: Us) {}
}

/// Reads the stream of facts. It may keep them; it cannot touch the run.
pub trait Observer<F> {
    /// One fact, at model time `at`.
    fn fact(&mut self, at: Us, fact: F);

    /// Whether it wants all facts of the next run, those too that it finds in sums elsewhere.
    fn wants_all(&self) -> bool {
        true
    }
}

/// An observer that forgets.
impl<F> Observer<F> for () {
    fn fact(&mut self, _at: Us, _fact: F) {}
}

/// Keeps all facts.
impl<F> Observer<F> for Vec<(Us, F)> {
    fn fact(&mut self, at: Us, fact: F) {
        self.push((at, fact));
    }
}

/// Bounds against runaway designs: visible limits, not silent ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Events at one instant before [`SimFault::EventsPerInstant`].
    pub events_per_instant_max: u64,
    /// Pending events before [`SimFault::Pending`].
    pub pending_max: u64,
    /// Open requests before [`SimFault::OpenCalls`]; kept by the machine.
    pub open_calls_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            events_per_instant_max: 1_000_000,
            pending_max: 4_000_000,
            open_calls_max: 2_000_000,
        }
    }
}

/// Why [`Engine::run_until`] returned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The time asked for is reached.
    Reached,
    /// The budget of events is spent; call again to go on.
    Budget,
    /// An observer or machine asked to pause after this event (`Cx::pause`).
    Paused,
    /// A breach; the run cannot go on.
    Fault(SimFault),
}

/// What a handler may use. What it schedules happens after it returns.
pub struct Cx<'a, M: Machine> {
    now: Us,
    observer: &'a mut dyn Observer<M::Fact>,
    wants_all: bool,
    fault: &'a mut Option<SimFault>,
    pause: &'a mut bool,
    event: u64,
    queue: &'a mut Queue<M::Signal>,
}

impl<M: Machine> Debug for Cx<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx")
            .field("now", &self.now)
            .finish_non_exhaustive()
    }
}

impl<M: Machine> Cx<'_, M> {
    /// Model time [us].
    #[must_use]
    pub fn now(&self) -> Us {
        self.now
    }

    /// The number of this event within the run.
    #[must_use]
    pub fn event(&self) -> u64 {
        self.event
    }

    /// Schedules `signal` at `at`, or now if `at` is past.
    #[inline]
    pub fn at(&mut self, at: Us, signal: M::Signal) {
        self.queue.push(at.max(self.now), signal);
    }

    /// Whether observers want all facts, those too that they find in sums elsewhere.
    #[must_use]
    #[inline]
    pub fn wants_all(&self) -> bool {
        self.wants_all
    }

    /// Tells observers.
    #[inline]
    pub fn note(&mut self, fact: M::Fact) {
        self.observer.fact(self.now, fact);
    }

    /// Stops the run for good. The first breach counts.
    pub fn fault(&mut self, fault: SimFault) {
        self.fault.get_or_insert(fault);
    }

    /// Stops the loop after this event, for "step to the next event".
    pub fn pause(&mut self) {
        *self.pause = true;
    }

    /// What is pending, with what this handler has scheduled so far, for checks of promises.
    #[must_use]
    pub fn pending(&self) -> &Queue<M::Signal> {
        self.queue
    }
}

/// A machine with its queue: everything that decides the future, and nothing else.
#[derive(Clone, Debug)]
pub struct Engine<M: Machine> {
    machine: M,
    queue: Queue<M::Signal>,
    now: Us,
    /// Events handled so far.
    events: u64,
    /// Events handled at `now`.
    at_this_instant: u64,
    fault: Option<SimFault>,
    limits: Limits,
}

impl<M: Machine> Engine<M> {
    /// An engine at time 0 with nothing pending.
    pub fn new(machine: M, limits: Limits) -> Self {
        Self {
            machine,
            queue: Queue::default(),
            now: 0,
            events: 0,
            at_this_instant: 0,
            fault: None,
            limits,
        }
    }

    /// Schedules a signal from outside; at equal times it runs behind what is pending.
    pub fn schedule(&mut self, at: Us, signal: M::Signal) {
        self.queue.push(at.max(self.now), signal);
    }

    /// Runs all events with time <= `until`, at most `budget` of them, then stands at `until`.
    pub fn run_until(
        &mut self,
        until: Us,
        budget: u64,
        observer: &mut dyn Observer<M::Fact>,
    ) -> Stop {
        let mut left = budget;
        let wants_all = observer.wants_all();
        loop {
            if let Some(fault) = &self.fault {
                return Stop::Fault(fault.clone());
            }
            if left == 0 {
                return Stop::Budget;
            }
            let Some((at, signal)) = self.queue.pop_until(until) else {
                break;
            };
            left -= 1;
            if self.step((at, signal), observer, wants_all) {
                return Stop::Paused;
            }
        }
        if until > self.now {
            self.now = until;
            self.at_this_instant = 0;
        }
        Stop::Reached
    }

    /// Hands one event to the machine; true if it asked to pause.
    #[inline]
    fn step(
        &mut self,
        (at, signal): (Us, M::Signal),
        observer: &mut dyn Observer<M::Fact>,
        wants_all: bool,
    ) -> bool {
        if at != self.now {
            self.now = at;
            self.at_this_instant = 0;
        }
        self.at_this_instant += 1;
        self.events += 1;
        let mut pause = false;
        let mut cx = Cx {
            now: at,
            observer,
            wants_all,
            fault: &mut self.fault,
            pause: &mut pause,
            event: self.events,
            queue: &mut self.queue,
        };
        self.machine.handle(signal, &mut cx);
        self.guard(at);
        pause
    }

    #[inline]
    fn guard(&mut self, at: Us) {
        let limits = &self.limits;
        if self.at_this_instant > limits.events_per_instant_max {
            let limit = limits.events_per_instant_max;
            self.fault
                .get_or_insert(SimFault::EventsPerInstant { at, limit });
        }
        let limit = limits.pending_max.min(SLOTS_MAX - 1_000_000);
        if self.queue.len() as u64 > limit {
            self.fault.get_or_insert(SimFault::Pending { at, limit });
        }
    }

    /// Model time [us].
    #[must_use]
    pub fn now(&self) -> Us {
        self.now
    }

    /// Events handled since the start.
    #[must_use]
    pub fn events(&self) -> u64 {
        self.events
    }

    /// Time of the next pending event [us].
    #[must_use]
    pub fn next_at(&self) -> Option<Us> {
        self.queue.next_at()
    }

    /// The machine, to look at.
    #[must_use]
    pub fn machine(&self) -> &M {
        &self.machine
    }

    /// The machine, to prepare before a run; during a run only signals change it.
    pub fn machine_mut(&mut self) -> &mut M {
        &mut self.machine
    }

    /// The pending signals, to look at.
    #[must_use]
    pub fn pending(&self) -> &Queue<M::Signal> {
        &self.queue
    }

    /// The breach that stopped the run, if any.
    #[must_use]
    pub fn fault(&self) -> Option<&SimFault> {
        self.fault.as_ref()
    }

    /// Declares a breach found by a check from outside (conservation, a limiter).
    pub fn declare(&mut self, fault: SimFault) {
        self.fault.get_or_insert(fault);
    }

    /// The digest of the world after all events with time <= now. Looking changes nothing:
    /// a copy is normalised, not the world.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let mut machine = self.machine.clone();
        machine.normalise(self.now);
        Digest::of(&(self.now, &machine, &self.queue, self.fault.is_some()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A machine of twenty lines: each signal of `n` schedules one of `n - 1` after `n` us.
    #[derive(Clone, Hash, Default)]
    struct Countdown {
        seen: Vec<(Us, u32)>,
        loops: bool,
    }

    impl Machine for Countdown {
        type Signal = u32;
        type Fact = u32;
        fn handle(&mut self, n: u32, cx: &mut Cx<'_, Self>) {
            self.seen.push((cx.now(), n));
            cx.note(n);
            if self.loops {
                cx.at(cx.now(), n);
            } else if n > 0 {
                cx.at(cx.now() + u64::from(n), n - 1);
            }
        }
    }

    #[test]
    fn runs_in_order_and_stops_at_the_time_asked() {
        let mut engine = Engine::new(Countdown::default(), Limits::default());
        engine.schedule(0, 3);
        let mut facts = Vec::new();
        assert_eq!(
            engine.run_until(4, u64::MAX, &mut facts),
            Stop::Reached,
            "nothing stops it"
        );
        assert_eq!(engine.machine().seen, [(0, 3), (3, 2)], "events up to 4 us");
        assert_eq!(engine.now(), 4, "stands at the time asked");
        assert_eq!(facts, [(0, 3), (3, 2)], "facts carry model time");
        engine.run_until(100, u64::MAX, &mut facts);
        assert_eq!(
            engine.machine().seen.last(),
            Some(&(6, 0)),
            "the rest follows"
        );
    }

    #[test]
    fn slices_and_straight_runs_agree() {
        let mut straight = Engine::new(Countdown::default(), Limits::default());
        straight.schedule(0, 40);
        let mut sliced = straight.clone();
        straight.run_until(500, u64::MAX, &mut ());
        for until in (0..=500).step_by(7).chain([500]) {
            while sliced.run_until(until, 2, &mut ()) == Stop::Budget {}
        }
        assert_eq!(
            straight.digest(),
            sliced.digest(),
            "frames of any size give one world"
        );
    }

    #[test]
    fn a_loop_without_delay_stops_the_run_with_a_sentence() {
        let machine = Countdown {
            loops: true,
            ..Countdown::default()
        };
        let limits = Limits {
            events_per_instant_max: 1_000,
            ..Limits::default()
        };
        let mut engine = Engine::new(machine, limits);
        engine.schedule(5, 1);
        let stop = engine.run_until(10, u64::MAX, &mut ());
        let Stop::Fault(fault) = stop else {
            panic!("expected a fault, got {stop:?}")
        };
        assert!(
            fault.to_string().contains("more than 1000 events"),
            "{fault}"
        );
        assert_eq!(
            engine.run_until(10, 1, &mut ()),
            Stop::Fault(fault),
            "it stays stopped"
        );
    }
}
