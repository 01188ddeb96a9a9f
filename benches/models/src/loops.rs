//! What runs a [`Model`]: a bare loop over a heap, and the kernel.

use crate::model::Model;
use crate::rounds::{Variant, Work};
use millrace_engine::base::time::Us;
use millrace_engine::kernel::{Cx, Engine, Limits, Machine};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Events of one round.
pub const EVENTS: u64 = 40_000;

/// The bare loop: a heap of (time, sequence, event), and nothing else.
#[derive(Debug)]
pub struct Bare<M: Model> {
    model: M,
    heap: BinaryHeap<Reverse<(Us, u64, M::Event)>>,
    sequence: u64,
}

impl<M: Model> Bare<M> {
    /// A loop at time 0.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            model: M::new(seed),
            heap: BinaryHeap::from([Reverse((0, 0, M::first()))]),
            sequence: 0,
        }
    }

    /// Runs so many events.
    pub fn run(&mut self, events: u64) {
        for _ in 0..events {
            let Some(Reverse((now, _, event))) = self.heap.pop() else {
                return;
            };
            let (heap, sequence) = (&mut self.heap, &mut self.sequence);
            self.model.on(now, event, |at, what| {
                *sequence += 1;
                heap.push(Reverse((at, *sequence, what)));
            });
        }
    }

    /// What the model tells.
    #[must_use]
    pub fn told(&self) -> (u64, Us) {
        self.model.told()
    }
}

impl<M: Model> Variant for Bare<M> {
    fn round(&mut self) -> Work {
        let before = self.told().0;
        self.run(EVENTS);
        Work::new(EVENTS, self.told().0 - before)
    }
}

/// A model as the kernel's machine.
#[derive(Clone, Debug, Hash)]
pub struct OnKernel<M: Model>(M);

impl<M: Model> Machine for OnKernel<M> {
    type Signal = M::Event;
    type Fact = ();

    fn handle(&mut self, event: M::Event, cx: &mut Cx<'_, Self>) {
        let now = cx.now();
        self.0.on(now, event, |at, what| cx.at(at, what));
    }
}

/// The kernel with a model in it.
#[derive(Debug)]
pub struct Kernel<M: Model>(Engine<OnKernel<M>>);

impl<M: Model> Kernel<M> {
    /// A kernel at time 0.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut engine = Engine::new(OnKernel(M::new(seed)), Limits::default());
        engine.schedule(0, M::first());
        Self(engine)
    }

    /// Runs so many events.
    pub fn run(&mut self, events: u64) {
        self.0.run_until(Us::MAX / 4, events, &mut ());
    }

    /// What the model tells.
    #[must_use]
    pub fn told(&self) -> (u64, Us) {
        self.0.machine().0.told()
    }
}

impl<M: Model> Variant for Kernel<M> {
    fn round(&mut self) -> Work {
        let before = self.told().0;
        self.run(EVENTS);
        Work::new(EVENTS, self.told().0 - before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{A, B};

    fn agree<M: Model>() {
        let (mut bare, mut kernel) = (Bare::<M>::new(3), Kernel::<M>::new(3));
        bare.run(100_000);
        kernel.run(100_000);
        assert_eq!(bare.told(), kernel.told(), "both run the same model");
        assert!(bare.told().0 > 10_000, "records came");
    }

    #[test]
    fn the_bare_loop_and_the_kernel_run_the_same_models() {
        agree::<A>();
        agree::<B>();
    }
}
