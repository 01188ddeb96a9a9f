//! What runs the same models natively elsewhere: simrs in this process, SimPy in one of its own.

use crate::loops::EVENTS;
use crate::model::{A, Model};
use crate::rounds::{Variant, Work};
use simrs::{Component, ComponentId, Executor, Key, Scheduler, Simulation, State};
use std::cell::RefCell;
use std::fmt::{Debug, Formatter};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

/// Model A as a component of simrs: its state lies in the simulation's, as there is the custom.
struct Queue1(Key<RefCell<A>>);

impl Component for Queue1 {
    type Event = bool;

    fn process_event(
        &self,
        me: ComponentId<bool>,
        event: &bool,
        scheduler: &mut Scheduler,
        state: &mut State,
    ) {
        let now = scheduler.time().as_micros() as u64;
        if let Some(model) = state.get(self.0) {
            model.borrow_mut().on(now, *event, |at, what| {
                scheduler.schedule(Duration::from_micros(at - now), me, what);
            });
        }
    }
}

/// Model A on simrs.
pub struct Simrs {
    simulation: Simulation,
    key: Key<RefCell<A>>,
}

impl Debug for Simrs {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Simrs").finish_non_exhaustive()
    }
}

impl Simrs {
    /// A simulation at time 0.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut simulation = Simulation::default();
        let key = simulation.state.insert(RefCell::new(A::new(seed)));
        let component = simulation.add_component(Queue1(key));
        simulation.schedule(Duration::ZERO, component, A::first());
        Self { simulation, key }
    }

    /// What the model tells.
    #[must_use]
    pub fn told(&self) -> (u64, u64) {
        let model = self.simulation.state.get(self.key);
        model.map_or((0, 0), |model| model.borrow().told())
    }

    /// Runs so many events.
    pub fn run(&mut self, events: u64) {
        self.simulation.execute(Executor::steps(events as usize));
    }
}

impl Variant for Simrs {
    fn round(&mut self) -> Work {
        let before = self.told().0;
        self.run(EVENTS);
        Work::new(EVENTS, self.told().0 - before)
    }
}

/// A model on SimPy: a process that runs a round for each line it is sent.
#[derive(Debug)]
pub struct Simpy {
    child: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    arrivals: u64,
}

impl Simpy {
    /// Starts `python script model`; each round is of about so many arrivals.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn start(
        python: &str,
        script: &str,
        model: &str,
        arrivals: u64,
    ) -> Result<Self, std::io::Error> {
        let mut command = Command::new(python);
        let command = command.args([script, model]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (Some(to), Some(from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(std::io::Error::other("no pipes"));
        };
        let from = BufReader::new(from);
        Ok(Self {
            child,
            to,
            from,
            arrivals,
        })
    }

    /// Runs a round; gives arrivals and seconds.
    fn ask(&mut self) -> Option<(u64, f64)> {
        writeln!(self.to, "{}", self.arrivals).ok()?;
        let mut line = String::new();
        self.from.read_line(&mut line).ok()?;
        let (arrivals, seconds) = line.trim().split_once(' ')?;
        Some((arrivals.parse().ok()?, seconds.parse().ok()?))
    }
}

impl Variant for Simpy {
    fn round(&mut self) -> Work {
        let Some((arrivals, seconds)) = self.ask() else {
            panic!("the process of SimPy does not answer");
        };
        Work {
            events: 0,
            arrivals,
            seconds: Some(seconds),
        }
    }
}

impl Drop for Simpy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::loops::Bare;

    #[test]
    fn simrs_runs_the_same_model() {
        let (mut simrs, mut bare) = (Simrs::new(3), Bare::<A>::new(3));
        simrs.run(100_000);
        bare.run(100_000);
        assert_eq!(simrs.told().0, bare.told().0);
        let (mine, theirs) = (simrs.told().1 as f64, bare.told().1 as f64);
        assert!(
            (mine / theirs - 1.0).abs() < 0.01,
            "it breaks ties of time in another order"
        );
    }
}
