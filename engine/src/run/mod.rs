//! A design being played: inputs, history, checkpoints, seek, fork; and what the screen sees.
//!
//! ```text
//!   truth = (first design, seed, inputs)
//!
//!   inputs   --e1-----------e2--------->          each taken after all events of its time
//!   world    o=====o=====o=====o====|=====o       o checkpoint, | cursor
//!   history  ###########################          of the branch; no seek changes it
//! ```

pub mod admit;
pub mod bounds;
pub mod checkpoints;
pub mod cost;
pub mod dropped;
pub mod editing;
pub mod facts;
pub mod frame;
pub mod history;
mod ledger;
pub mod live;
mod look;
pub mod memory;
pub mod orders;
pub mod report;
mod saving;
mod seconds;
#[cfg(test)]
mod shops;
pub mod sizing;
pub mod watch;
pub mod why;

use crate::base::sorted::{SortedMap, order};
use crate::base::time::Us;
use crate::design::Design;
use crate::design::edit::{Edit, EditError};
use crate::design::file::{Act, FaultSpec, File, Input};
use crate::kernel::{Engine, Stop};
use crate::ledger::conservation::{self, Conservation};
use crate::services::contract::Problem;
use crate::services::plant::{Order, Plant, Signal};
use admit::{allowed, fault_fits};
use checkpoints::Checkpoints;
use dropped::Dropped;
use editing::Laid;
use history::{History, Mark};
use live::Checked;
use watch::{Notable, Watch};

pub use admit::UNTIL_MAX;

/// How far a call came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Model time reached [us].
    pub at: Us,
    /// Why it stopped.
    pub stop: Stop,
}

/// A design being played.
#[derive(Debug)]
pub struct Run {
    first: Design,
    /// `design(cursor)`.
    design: Design,
    inputs: Vec<Input>,
    /// Inputs taken by the world so far.
    taken: usize,
    /// Faults taken so far: their numbers.
    faults: u32,
    engine: Engine<Plant>,
    watch: Watch,
    checkpoints: Checkpoints,
    checked: Checked,
    head: Us,
    log_budget: u64,
    /// Inverse edits of this session, newest last: what undo takes.
    undo: Vec<Edit>,
    /// Inverse edits of what was undone, newest last: what redo takes.
    redo: Vec<Edit>,
    /// Where nodes stand and what they are called, over what the first design and the edits say.
    layout: Laid,
    /// Where a seek in slices is heading.
    seeking: Option<Us>,
    /// Set while an input is carried out: no checkpoint may be taken in between.
    taking: bool,
    /// Edits of a file that the service refused when their time came, by their place in `inputs`.
    refused: SortedMap<usize, String>,
    /// Inputs that the newest act dropped.
    dropped: Dropped,
}

impl Run {
    /// A run at time 0, before any event.
    ///
    /// # Errors
    /// All fatal problems of the design.
    pub fn new(design: Design) -> Result<Self, Vec<Problem>> {
        Self::with_log_budget(design, orders::LOG_BUDGET)
    }

    /// The same with another budget for retained logs [B].
    ///
    /// # Errors
    /// All fatal problems of the design.
    pub fn with_log_budget(design: Design, log_budget: u64) -> Result<Self, Vec<Problem>> {
        let fatal: Vec<Problem> = design.check().into_iter().filter(|p| p.fatal).collect();
        if !fatal.is_empty() {
            return Err(fatal);
        }
        Ok(Self::of(design, log_budget))
    }

    /// A run of a design without fatal problems.
    fn of(design: Design, log_budget: u64) -> Self {
        let engine = orders::build(&design, log_budget);
        let mut run = Self {
            first: design.clone(),
            design,
            inputs: Vec::new(),
            taken: 0,
            faults: 0,
            engine,
            watch: Watch::folding(),
            checkpoints: Checkpoints::default(),
            checked: Checked::default(),
            head: 0,
            log_budget,
            undo: Vec::new(),
            redo: Vec::new(),
            layout: Laid::default(),
            seeking: None,
            taking: false,
            refused: SortedMap::new(),
            dropped: Dropped::default(),
        };
        run.checkpoint();
        run
    }

    /// A run of a file's design and inputs, at time 0.
    ///
    /// # Errors
    /// All fatal problems of the design and of the inputs.
    pub fn restore(file: File) -> Result<Self, Vec<Problem>> {
        let mut run = Self::new(file.design)?;
        run.set_inputs(file.inputs)?;
        Ok(run)
    }

    /// Gives all inputs of a run that has not begun.
    ///
    /// # Errors
    /// Each input that cannot be taken, with its place in the list.
    pub fn set_inputs(&mut self, mut inputs: Vec<Input>) -> Result<(), Vec<Problem>> {
        order::sort_by_key(&mut inputs, |input| (input.at_us, input.n));
        let mut design = self.first.clone();
        let mut problems = Vec::new();
        for (ix, input) in inputs.iter().enumerate() {
            if let Err(error) = allowed(&mut design, input) {
                let text = format!("Input {} (at {} us): {error}", ix + 1, input.at_us);
                let (at, field) = (String::new(), String::new());
                problems.push(Problem {
                    at,
                    field,
                    text,
                    fatal: true,
                });
            }
        }
        if problems.is_empty() {
            self.inputs = inputs;
            Ok(())
        } else {
            Err(problems)
        }
    }

    // ---- time -----------------------------------------------------------------------------

    /// The cursor [us].
    #[must_use]
    pub fn now(&self) -> Us {
        self.engine.now()
    }

    /// The furthest time simulated on this branch [us].
    #[must_use]
    pub fn head(&self) -> Us {
        self.head
    }

    /// Time of the next event or input [us].
    #[must_use]
    pub fn next_event_at(&self) -> Option<Us> {
        let input = self.inputs.get(self.taken).map(|input| input.at_us);
        self.engine.next_at().into_iter().chain(input).min()
    }

    /// Runs on to `until`, at most `events_max` events.
    pub fn advance(&mut self, until: Us, events_max: u64) -> Progress {
        self.seeking = None;
        self.go(until, events_max, false)
    }

    fn go(&mut self, until: Us, events_max: u64, to_notable: bool) -> Progress {
        let until = until.min(UNTIL_MAX);
        let goal = self.engine.events().saturating_add(events_max);
        loop {
            let input = self.inputs.get(self.taken).map(|input| input.at_us);
            let target = input.map_or(until, |at| at.min(until));
            let left = goal.saturating_sub(self.engine.events());
            let stop = self.slice(target, left, to_notable);
            let notable = to_notable && self.watch.notable.is_some();
            if stop != Stop::Reached || notable {
                let stop = if notable { Stop::Paused } else { stop };
                return Progress {
                    at: self.now(),
                    stop,
                };
            }
            if input.is_some_and(|at| at <= until) {
                self.take_input();
            } else {
                return Progress {
                    at: self.now(),
                    stop: Stop::Reached,
                };
            }
        }
    }

    /// Runs between two inputs, in pieces that end at checkpoints and where folding begins.
    fn slice(&mut self, target: Us, mut left: u64, to_notable: bool) -> Stop {
        loop {
            let events = self.engine.events();
            let known = self.watch.history.events();
            self.watch.folding = events >= known;
            let mut budget = left.min(if to_notable { 64 } else { 4_096 });
            if !self.watch.folding {
                budget = budget.min(known - events);
            }
            if budget == 0 {
                return Stop::Budget;
            }
            // a check that waits is made between two instants
            let waits = self.checked.waits() && self.now() >= self.head;
            let goal = if waits { self.now() } else { target };
            let mut stop = self.run_seconds(goal, budget);
            if stop == Stop::Reached && goal < target {
                stop = Stop::Budget;
            }
            left = left.saturating_sub(self.engine.events() - events);
            if self.watch.folding {
                self.watch.history.set_events(self.engine.events());
            }
            if self.engine.now() >= self.head {
                self.head = self.engine.now();
                if !self.taking && self.checkpoints.due(&self.engine) {
                    self.checkpoint();
                    self.checked.is_due();
                }
                self.check_live();
            }
            if stop != Stop::Budget || (to_notable && self.watch.notable.is_some()) {
                if stop == Stop::Reached && self.engine.now() >= self.head {
                    self.watch.history.roll(self.engine.now());
                }
                return stop;
            }
        }
    }

    fn checkpoint(&mut self) {
        let cursor = self.engine.now();
        let history = &self.watch.history;
        self.checkpoints
            .keep(&self.engine, self.taken, history, cursor);
    }

    /// Runs to the next event worth a look, at most `events_max` events.
    pub fn next_notable(&mut self, events_max: u64) -> Progress {
        self.seeking = None;
        self.watch.notable = None;
        self.go(Us::MAX / 4, events_max, true)
    }

    /// What [`Self::next_notable`] stopped at.
    #[must_use]
    pub fn notable(&self) -> Option<(Us, Notable)> {
        self.watch.notable
    }

    /// Goes to `at`; call again with the same `at` while it stops for its budget.
    pub fn seek(&mut self, at: Us, events_max: u64) -> Progress {
        let goes_on = self.seeking == Some(at) && self.now() <= at;
        if !goes_on {
            self.jump(at);
        }
        let progress = self.go(at, events_max, false);
        self.seeking = (progress.stop == Stop::Budget).then_some(at);
        progress
    }

    /// Takes the best checkpoint for `at`, unless running on from here is shorter.
    fn jump(&mut self, at: Us) {
        let Some(found) = self.checkpoints.before(at) else {
            return;
        };
        let here = self.now();
        if here <= at && here >= found.at {
            return;
        }
        self.engine = found.engine.clone();
        self.taken = found.inputs;
        self.fold_design();
    }

    /// Makes `design(cursor)` and the fault count from the inputs taken.
    fn fold_design(&mut self) {
        let mut design = self.first.clone();
        let mut faults = 0;
        for (ix, input) in self.inputs[..self.taken].iter().enumerate() {
            match &input.act {
                Act::Edit(_) if self.refused.contains_key(&ix) => {}
                Act::Edit(edit) => design = design.apply(edit).unwrap_or(design),
                Act::Fault(_) => faults += 1,
            }
        }
        self.design = design;
        self.lay_out();
        self.faults = faults;
    }

    // ---- inputs ---------------------------------------------------------------------------

    /// `design(cursor)`.
    #[must_use]
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// The first design, before any input.
    #[must_use]
    pub fn first_design(&self) -> &Design {
        &self.first
    }

    /// All inputs of the branch.
    #[must_use]
    pub fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// Carries out the next input at the present time.
    fn take_input(&mut self) {
        let Some(input) = self.inputs.get(self.taken).cloned() else {
            return;
        };
        let ix = self.taken;
        self.taking = true;
        self.taken += 1;
        let note = match &input.act {
            Act::Edit(edit) => match self.take_edit(edit) {
                Ok(()) => "note.edit",
                Err(error) => {
                    self.refused.insert(ix, error.to_string());
                    "note.edit-refused"
                }
            },
            Act::Fault(spec) => {
                self.begin_fault(spec);
                "note.fault"
            }
        };
        self.taking = false;
        if self.watch.folding {
            let (now, number) = (self.engine.now(), self.taken as u64);
            self.watch.history.note(now, None, note, number);
        }
    }

    /// Makes an edit of the inputs, unless a service refuses it now.
    fn take_edit(&mut self, edit: &Edit) -> Result<(), EditError> {
        let next = self.design.apply(edit)?;
        self.admitted(&next)?;
        let old = std::mem::replace(&mut self.design, next);
        let orders = orders::between(&self.engine.machine().floor, &old, &self.design);
        self.carry_out(orders);
        let orders = orders::new_wires(&self.engine.machine().floor, &old, &self.design);
        self.carry_out(orders);
        Ok(())
    }

    /// Edits of a file that services refused when their time came: (input, sentence).
    pub fn refused_inputs(&self) -> impl Iterator<Item = (&Input, &str)> {
        let taken = self.refused.iter().filter(|(ix, _)| **ix < self.taken);
        taken.filter_map(|(ix, text)| Some((self.inputs.get(*ix)?, text.as_str())))
    }

    fn begin_fault(&mut self, spec: &FaultSpec) {
        let node = self.engine.machine().floor.find(&spec.node);
        if let (Some(node), Ok((fault, lasts))) = (node, orders::fault_of(spec)) {
            let number = self.faults;
            self.faults += 1;
            self.carry_out(vec![Order::Fault {
                node,
                fault,
                number,
                lasts,
            }]);
        }
    }

    fn carry_out(&mut self, orders: Vec<Order>) {
        let now = self.engine.now();
        for order in orders {
            self.engine.schedule(now, Signal::Order(order));
        }
        self.slice(now, u64::MAX, false);
    }

    /// Handles what is left of the present instant: an input of a time comes after all its events.
    fn finish_instant(&mut self) {
        let now = self.engine.now();
        self.slice(now, u64::MAX, false);
    }

    /// Whether every service takes its new settings now.
    fn admitted(&self, next: &Design) -> Result<(), EditError> {
        let plant = self.engine.machine();
        for node in &next.nodes {
            let before = self.design.node(&node.id);
            if before.is_none_or(|before| before.config == node.config) {
                continue;
            }
            let Some(id) = plant.floor.find(&node.id) else {
                continue;
            };
            if let Some(unit) = plant.unit(id) {
                let view = plant.view(id, self.now());
                unit.admit(&node.config, &view)
                    .map_err(EditError::Refused)?;
            }
        }
        Ok(())
    }

    /// Lets a fault befall a node at the cursor: an input.
    ///
    /// # Errors
    /// A sentence; nothing has changed.
    pub fn fault(&mut self, spec: FaultSpec) -> Result<(), EditError> {
        self.finish_instant();
        fault_fits(&self.design, &spec)?;
        self.record(Act::Fault(spec));
        Ok(())
    }

    fn record(&mut self, act: Act) {
        if self.now() < self.head || self.taken < self.inputs.len() {
            self.keep_dropped(&act);
            self.fork();
        }
        let at_us = self.now();
        let same = self.inputs.iter().filter(|input| input.at_us == at_us);
        let n = same
            .map(|input| input.n.saturating_add(1))
            .max()
            .unwrap_or(0);
        self.inputs.push(Input { at_us, n, act });
        self.watch.folding = true;
        self.take_input();
        self.checkpoint();
    }

    /// Drops what was simulated after the cursor: history is cut to the checkpoint before and
    /// folded again up to here.
    fn fork(&mut self) {
        let at = self.now();
        self.inputs.truncate(self.taken);
        let taken = self.taken;
        self.refused.retain(|ix, _| *ix < taken);
        self.checkpoints.cut(at, self.taken);
        let clean = |mark: &Mark| self.watch.history.cuts_cleanly(mark);
        let Some(found) = self.checkpoints.last_where(clean) else {
            return;
        };
        self.watch.history.cut(&found.mark);
        self.engine = found.engine.clone();
        self.taken = found.inputs;
        self.head = found.at;
        self.checked.cut(found.engine.events());
        self.fold_design();
        self.go(at, u64::MAX, false);
        self.undo.clear();
        self.redo.clear();
    }

    // ---- looking --------------------------------------------------------------------------

    /// The past of the branch.
    #[must_use]
    pub fn history(&self) -> &History {
        &self.watch.history
    }

    /// The engine, to look at.
    #[must_use]
    pub fn engine(&self) -> &Engine<Plant> {
        &self.engine
    }

    /// Whether exemplars for moving marks are collected.
    pub fn sample_marks(&mut self, wanted: bool) {
        self.watch.sampling = wanted;
    }

    /// Keeps all facts from now on until they are taken.
    pub fn listen(&mut self) {
        self.watch.listener.get_or_insert_with(Vec::new);
    }

    /// Takes the facts kept since [`Self::listen`].
    pub fn take_facts(&mut self) -> Vec<(Us, crate::services::facts::Fact)> {
        self.watch
            .listener
            .as_mut()
            .map(std::mem::take)
            .unwrap_or_default()
    }

    /// Times of checkpoints [us].
    pub fn checkpoint_times(&self) -> impl Iterator<Item = Us> {
        self.checkpoints.times()
    }

    /// Digest of the world at the cursor.
    #[must_use]
    pub fn digest(&self) -> u64 {
        self.engine.digest()
    }

    /// Checks conservation at the cursor; a breach stops the run.
    pub fn conservation(&mut self) -> Conservation {
        conservation::enforce(&mut self.engine)
    }
}
