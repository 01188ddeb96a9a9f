//! The run that the page plays: pacing against the wall clock, transport, edits, files.
//!
//! Borrowed only inside one message or one animation frame, never across either.

pub(crate) mod bench;
mod charts;
mod costs;
mod cures;
pub(crate) mod hours;
mod ledger;
mod looking;
pub(crate) mod outcome;
mod pace;
pub(crate) mod saved;
mod sizing;
mod stage;
mod tasks;
mod wires;
mod words;

use super::charts::Shelf;
use super::text::{fill, t};
use super::visit::Visit;
use crate::platform::{dom, panic};
use millrace_engine::base::time::Us;
use millrace_engine::base::units::show_count;
use millrace_engine::design::edit::{Edit, EditError};
use millrace_engine::design::file::{self, Act, FaultSpec, Input};
use millrace_engine::kernel::Stop;
use millrace_engine::run::Run;
use millrace_engine::run::dropped::Back;
use millrace_engine::run::frame::Frame;
use millrace_engine::services::contract::Problem;

/// Speeds with their names.
pub(crate) const SPEEDS: [(f64, &str); 12] = [
    (0.1, "0.1x"),
    (0.5, "0.5x"),
    (1.0, "1x"),
    (2.0, "2x"),
    (5.0, "5x"),
    (10.0, "10x"),
    (60.0, "60x"),
    (600.0, "600x"),
    (1_000.0, "1,000x"),
    (3_600.0, "3,600x"),
    (10_000.0, "10,000x"),
    (100_000.0, "100,000x"),
];
/// The speed at which a run begins.
pub(crate) const SPEED_ONE: usize = 2;

/// Events within one press of "to the next event worth a look" and frame.
const EVENTS_A_HUNT: u64 = 6_000;
/// A frame that came later than this [ms] counts as this much: the tab slept, the model does not jump.
const FRAME_MS_MAX: f64 = 100.0;
/// The thumb rests when it has not moved for this time [ms].
const REST_MS: f64 = 150.0;
/// Over which time the reached speed is measured [ms].
const METER_MS: f64 = 1_000.0;

/// What the stepping is at.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Gait {
    /// Stands.
    Still,
    /// Plays at its speed.
    Plays,
    /// Goes to a time, at full speed [us].
    Seeks(Us),
    /// Goes to the next event worth a look, at full speed.
    Hunts,
    /// The thumb moves: it was last seen at a time [us], at a wall time [ms].
    Scrubs(Us, f64),
}

/// Which speed was reached lately.
#[derive(Debug, Default)]
struct Meter {
    since_ms: f64,
    since_us: Us,
    reached: Option<f64>,
}

/// What the panels want to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    /// Id of the node or wire in the inspector.
    pub(crate) chosen: Option<String>,
    /// Whether its settings are on view.
    pub(crate) set: bool,
    /// Whether its readings are on view.
    pub(crate) live: bool,
    /// Whether the charts are open.
    pub(crate) charts: bool,
    /// Whether the ledger is open.
    pub(crate) ledger: bool,
    /// The charts beyond the standard ones, and those that keep their node.
    pub(crate) shelf: Shelf,
}

/// What the reader is offered beside a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Offer {
    /// Takes the newest edit back.
    Undo,
    /// Brings back what an act had dropped.
    BringBack,
    /// Plays on.
    Play,
    /// Saves the run as a file.
    Save,
    /// Puts between two ends what makes a wire possible.
    Between,
    /// Opens the design that was left.
    LeftOff,
}

/// Something to tell the reader.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Told {
    /// Sentences.
    pub(crate) lines: Vec<String>,
    /// What can be done about it.
    pub(crate) offer: Option<Offer>,
}

impl Told {
    /// One sentence, nothing to do.
    pub(crate) fn of(line: impl Into<String>) -> Self {
        Self {
            lines: vec![line.into()],
            offer: None,
        }
    }
}

/// A sentence about so many: under the key, or under `<key>.one`.
fn counted(key: &str, n: usize) -> String {
    match n {
        1 => t(&format!("{key}.one")).to_owned(),
        n => fill(key, &[("n", &show_count(n as u64))]),
    }
}

fn told_back(back: Back) -> Option<Told> {
    let mut lines = Vec::new();
    if back.back > 0 {
        lines.push(counted("note.back", back.back));
    }
    if back.gone > 0 {
        lines.push(counted("note.gone", back.gone));
    }
    (!lines.is_empty()).then_some(Told { lines, offer: None })
}

/// A run with everything that playing it needs.
#[derive(Debug)]
pub(crate) struct Session {
    /// The run.
    pub(crate) run: Run,
    /// What is seen of it; refilled each frame.
    pub(crate) frame: Frame,
    /// Index of the speed.
    pub(crate) speed: usize,
    /// The first visit.
    pub(crate) visit: Visit,
    /// What the panels want to see.
    pub(crate) look: Look,
    /// What the reader holds while building.
    pub(crate) bench: bench::Bench,
    /// The empty start that it began from.
    start: tasks::Started,
    /// Which of its things to do were done.
    tasks_done: Vec<bool>,
    /// Something to tell the reader, once.
    pub(crate) told: Option<Told>,
    gait: Gait,
    /// Model time that playing is due to reach, with its part of a microsecond.
    due: f64,
    last_ms: Option<f64>,
    pace: pace::Pace,
    meter: Meter,
    spoken: words::Spoken,
    books: ledger::Books,
    /// The act that it plays; `None` for a file of the reader's own.
    played: Option<outcome::Played>,
    /// The act has ended, which the page does not know yet.
    over: bool,
    /// The run stopped for good.
    broken: bool,
    stage: stage::Stage,
    desk: charts::Desk,
    kept: hours::Kept,
    size: sizing::Size,
    /// Where the run stood when it was saved, until it comes there or is changed.
    saved: Option<saved::Saved>,
}

impl Session {
    /// Plays `run` from where it stands.
    pub(crate) fn new(mut run: Run, visit: Visit, playing: bool) -> Self {
        run.sample_marks(true);
        let due = run.now() as f64;
        Self {
            run,
            frame: Frame::default(),
            speed: SPEED_ONE,
            visit,
            look: Look::default(),
            bench: bench::Bench::default(),
            start: None,
            tasks_done: Vec::new(),
            told: None,
            gait: if playing { Gait::Plays } else { Gait::Still },
            due,
            last_ms: None,
            pace: pace::Pace::default(),
            meter: Meter::default(),
            spoken: words::Spoken::default(),
            books: ledger::Books::default(),
            played: None,
            over: false,
            broken: false,
            stage: stage::Stage::default(),
            desk: charts::Desk::default(),
            kept: hours::Kept::default(),
            size: sizing::Size::default(),
            saved: None,
        }
    }

    /// Keeps the run as it stands.
    pub(crate) fn keep(&self) {
        panic::keep(&self.run.file_text());
    }

    /// Whether it plays (or hurries somewhere).
    pub(crate) fn playing(&self) -> bool {
        !matches!(self.gait, Gait::Still | Gait::Scrubs(..))
    }

    /// Whether the thumb is being moved.
    pub(crate) fn scrubbing(&self) -> bool {
        matches!(self.gait, Gait::Scrubs(..))
    }

    /// One animation frame: steps within the budget, which is less where `panels` are looked at in it, then refills
    /// the frame.
    pub(crate) fn tick(&mut self, now_ms: f64, panels: bool) {
        let dt = self
            .last_ms
            .map_or(0.0, |last| (now_ms - last).clamp(0.0, FRAME_MS_MAX));
        self.last_ms = Some(now_ms);
        let plays = self.gait == Gait::Plays;
        let until_ms = self.pace.begin(plays, SPEEDS[self.speed].0, panels);
        match self.gait {
            Gait::Still => {}
            Gait::Plays => self.play_on(dt, until_ms),
            Gait::Seeks(at) => self.seek_on(at, until_ms),
            Gait::Hunts => self.hunt_on(until_ms),
            Gait::Scrubs(at, moved_ms) if now_ms - moved_ms >= REST_MS => self.seek(at),
            Gait::Scrubs(..) => {}
        }
        self.pace.stepped();
        self.size_on();
        self.compare_saved();
        self.measure(now_ms);
        self.cure();
        match self.gait {
            // the world is still elsewhere
            Gait::Scrubs(at, _) | Gait::Seeks(at) => self.run.picture(at, &mut self.frame),
            _ => self.run.frame(&mut self.frame),
        }
    }

    fn play_on(&mut self, dt_ms: f64, until_ms: f64) {
        self.due += dt_ms * 1_000.0 * SPEEDS[self.speed].0;
        let end = self.end_ahead().unwrap_or(Us::MAX);
        let stop = self.saved_ahead().map_or(end, |at| at.min(end));
        let due = (self.due as Us).min(stop);
        loop {
            match self.run.advance(due, self.pace.events()).stop {
                Stop::Reached if due == end => return self.end_act(),
                Stop::Reached | Stop::Paused => return,
                Stop::Budget if self.pace.look() < until_ms => {}
                // What could not be done in this frame is not owed: the speed falls instead.
                Stop::Budget => {
                    self.due = self.run.now() as f64;
                    return;
                }
                Stop::Fault(fault) => return self.broke(&fault.to_string()),
            }
        }
    }

    fn seek_on(&mut self, at: Us, until_ms: f64) {
        while self.pace.look() < until_ms {
            match self.run.seek(at, self.pace.events()).stop {
                Stop::Budget => {}
                Stop::Fault(fault) => return self.broke(&fault.to_string()),
                Stop::Reached | Stop::Paused => return self.stand(),
            }
        }
    }

    fn hunt_on(&mut self, until_ms: f64) {
        while dom::now_ms() < until_ms {
            match self.run.next_notable(EVENTS_A_HUNT).stop {
                Stop::Budget => {}
                Stop::Fault(fault) => return self.broke(&fault.to_string()),
                Stop::Reached | Stop::Paused => return self.stand(),
            }
        }
    }

    fn broke(&mut self, why: &str) {
        self.stand();
        if !self.broken {
            self.broken = true;
            self.told = Some(Told::of(why));
        }
    }

    fn stand(&mut self) {
        self.gait = Gait::Still;
        self.due = self.run.now() as f64;
    }

    fn measure(&mut self, now_ms: f64) {
        if self.gait != Gait::Plays {
            self.meter = Meter::default();
            return;
        }
        let meter = &mut self.meter;
        if meter.since_ms == 0.0 {
            (meter.since_ms, meter.since_us) = (now_ms, self.run.now());
        } else if now_ms - meter.since_ms >= METER_MS {
            let model_us = self.run.now().saturating_sub(meter.since_us) as f64;
            let reached = model_us / 1_000.0 / (now_ms - meter.since_ms);
            meter.reached = (reached < 0.9 * SPEEDS[self.speed].0).then_some(reached);
            self.pace.reached(meter.reached.is_none());
            (meter.since_ms, meter.since_us) = (now_ms, self.run.now());
        }
    }

    /// Plays, or pauses whatever it is at.
    pub(crate) fn play_pause(&mut self) {
        match self.gait {
            Gait::Still if !self.broken => self.gait = Gait::Plays,
            _ => self.stand(),
        }
        self.due = self.run.now() as f64;
        self.meter = Meter::default();
    }

    /// Plays, if it stands.
    pub(crate) fn play(&mut self) {
        if self.gait == Gait::Still {
            self.play_pause();
        }
    }

    /// Stands still.
    pub(crate) fn pause(&mut self) {
        self.stand();
    }

    /// One event.
    pub(crate) fn step(&mut self) {
        self.stand();
        if let Some(at) = self.run.next_event_at() {
            self.run.advance(at, 1);
        }
        self.stand();
    }

    /// Goes to the next event worth a look.
    pub(crate) fn hunt(&mut self) {
        self.gait = Gait::Hunts;
    }

    /// Goes to a time that was simulated.
    pub(crate) fn seek(&mut self, at: Us) {
        self.gait = Gait::Seeks(at.min(self.run.head()));
    }

    /// The thumb moves over a time: its picture comes from history until the thumb rests.
    pub(crate) fn scrub(&mut self, at: Us) {
        let now_ms = self.last_ms.unwrap_or(0.0);
        self.gait = Gait::Scrubs(at.min(self.run.head()), now_ms);
    }

    /// The thumb was let go: the exact world of its time follows.
    pub(crate) fn rest(&mut self) {
        if let Gait::Scrubs(at, _) = self.gait {
            self.seek(at);
        }
    }

    /// Ends a scrub or seek at once: what is done next is done at the time that is seen.
    pub(crate) fn arrive(&mut self) {
        self.rest();
        while let Gait::Seeks(at) = self.gait {
            match self.run.seek(at, u64::MAX).stop {
                Stop::Fault(fault) => self.broke(&fault.to_string()),
                _ => self.stand(),
            }
        }
    }

    /// Another speed.
    pub(crate) fn set_speed(&mut self, speed: usize) {
        self.speed = speed.min(SPEEDS.len() - 1);
        self.due = self.run.now() as f64;
        self.meter = Meter::default();
    }

    /// Saves the run as it will be with `act`, so that not even a breach in the act loses it.
    fn autosave(&self, act: &Act) {
        let mut file = self.run.file();
        let at_us = self.run.now();
        if let (Act::Edit(edit), 0, []) = (act, at_us, self.run.inputs()) {
            // before the start an edit is one of the design
            if let Ok(design) = self.run.design().apply(edit) {
                file.design = design;
                file.end = None;
                panic::keep(&file::write(&file));
            }
            return;
        }
        file.inputs.retain(|input| input.at_us <= at_us);
        let n = file
            .inputs
            .iter()
            .filter(|input| input.at_us == at_us)
            .count() as u32;
        file.inputs.push(Input {
            at_us,
            n,
            act: act.clone(),
        });
        file.end = None;
        panic::keep(&file::write(&file));
    }

    /// Whether the cursor stands in the past, so that an act begins another branch.
    fn in_the_past(&self) -> bool {
        self.run.now() < self.run.head()
    }

    /// Tells what an act did beside what was asked: a new branch, later inputs dropped.
    fn acted(&mut self, in_the_past: bool, ahead: usize, offer: Offer) {
        self.due = self.run.now() as f64;
        let mut lines = Vec::new();
        if in_the_past {
            lines.push(t("note.fork").to_owned());
        }
        if ahead > 0 {
            let key = if in_the_past {
                "note.dropped"
            } else {
                "note.dropped-file"
            };
            lines.push(counted(key, ahead));
        }
        if !lines.is_empty() {
            let offer = (ahead > 0).then_some(offer);
            self.told = Some(Told { lines, offer });
        }
    }

    /// Changes the design at the cursor.
    pub(crate) fn edit(&mut self, edit: Edit) -> Result<(), EditError> {
        self.arrive();
        let (past, ahead) = (self.in_the_past(), self.run.inputs_ahead());
        self.autosave(&Act::Edit(edit.clone()));
        crate::ui::app::worked();
        self.size_stale(&edit);
        self.saved = None;
        let moves = edit.is_layout();
        if let Err(error) = self.run.edit(edit) {
            // what was kept in case the edit breaks the page is no more what is on it
            self.keep();
            return Err(error);
        }
        self.changed();
        // moving a node forks nothing
        self.acted(
            past && !moves,
            ahead.saturating_sub(self.run.inputs_ahead()),
            Offer::Undo,
        );
        Ok(())
    }

    /// The design has changed. Before the start the run was built anew with it: nothing is known of its parts.
    fn changed(&mut self) {
        self.keep();
        self.books.expire();
        if self.run.now() == 0 && self.run.inputs().is_empty() {
            self.frame = Frame::default();
            self.kept = hours::Kept::default();
            self.bench.let_go();
            self.stage.forget();
        }
        self.run.frame(&mut self.frame);
        self.set_out();
    }

    /// Takes the newest edit back, and with it what the edit had dropped.
    pub(crate) fn undo(&mut self) -> Result<(), EditError> {
        self.arrive();
        self.saved = None;
        let result = self.run.undo();
        self.changed();
        self.due = self.run.now() as f64;
        match result {
            Ok(back) => self.told = told_back(back),
            Err(error) if self.run.inputs_dropped() > 0 => {
                self.told = Some(Told {
                    lines: vec![error.to_string()],
                    offer: Some(Offer::BringBack),
                });
            }
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Makes again what was undone last.
    pub(crate) fn redo(&mut self) -> Result<(), EditError> {
        self.arrive();
        self.saved = None;
        let result = self.run.redo();
        self.due = self.run.now() as f64;
        self.changed();
        result
    }

    /// Brings back what the newest act had dropped, and keeps the act.
    pub(crate) fn bring_back(&mut self) {
        self.arrive();
        self.told = told_back(self.run.bring_back());
        self.keep();
    }

    /// Lets something befall a node.
    pub(crate) fn fault(&mut self, spec: FaultSpec) -> Result<(), EditError> {
        self.arrive();
        let (past, ahead) = (self.in_the_past(), self.run.inputs_ahead());
        self.autosave(&Act::Fault(spec.clone()));
        self.saved = None;
        let result = self.run.fault(spec);
        self.keep();
        result?;
        self.acted(past, ahead, Offer::BringBack);
        Ok(())
    }

    /// Starts again with `edit` made before the start.
    pub(crate) fn restart(&mut self, edit: Option<&Edit>) -> Result<(), Vec<Problem>> {
        let run = self.run.restarted(edit)?;
        self.replace(run);
        Ok(())
    }

    /// Starts again under another seed.
    pub(crate) fn reseed(&mut self, seed: u64) -> Result<(), Vec<Problem>> {
        let mut design = self.run.design().clone();
        design.seed = seed;
        let run = Run::new(design)?;
        self.replace(run);
        Ok(())
    }

    fn replace(&mut self, mut run: Run) {
        run.sample_marks(true);
        let gait = if self.playing() {
            Gait::Plays
        } else {
            Gait::Still
        };
        self.run = run;
        self.books.expire();
        self.broken = false;
        self.size = sizing::Size::default();
        self.saved = None;
        self.frame = Frame::default();
        self.bench.let_go();
        self.stage.forget();
        self.stand();
        self.gait = gait;
        self.keep();
    }
}
