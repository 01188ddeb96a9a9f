//! A random walk over everything that can be done to a run: edits of all kinds, faults, seeks, forks, undo, redo,
//! dropped inputs brought back, saving and opening, on designs of nothing and of the scenarios.
//!
//! Each step draws from a random stream of its own, so a walk without some of its steps still makes the others: that
//! is how a failure is cut down to the few acts that it needs. Nothing here knows a clock or a file system, so that
//! the same walk runs in a browser.

mod checks;
mod edits;
mod starts;

use checks::{Admitted, Stand, parts, reopened, sound};
use millrace_engine::base::rng::Rng;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::design::Edit;
use millrace_engine::kernel::Stop;
use millrace_engine::run::Run;

/// Acts of one design at most; then another one is taken.
const CHAPTER: u32 = 400;
/// Acts of an empty design before time runs.
const STILL: u32 = 15;

/// What a walk did.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    /// Acts by their kind: made, refused.
    pub(crate) acts: SortedMap<&'static str, (u64, u64)>,
    /// Designs begun with.
    pub(crate) chapters: u64,
    /// Files that were opened again and run to the same time.
    pub(crate) reopened: u64,
    /// Times that were reached a second time.
    pub(crate) again: u64,
    /// Acts behind the head that made another branch.
    pub(crate) forks: u64,
    /// Admissions of limiters that were looked at.
    pub(crate) admissions: u64,
    /// Model time [us].
    pub(crate) model_us: u64,
    /// Of all digests seen, in order.
    pub(crate) digest: u64,
}

impl Tally {
    /// In one line.
    pub(crate) fn summary(&self) -> String {
        let acts = self.acts.iter();
        let acts = acts.map(|(kind, (done, refused))| format!("{kind} {done}/{refused}"));
        let acts: Vec<String> = acts.collect();
        format!(
            "{} designs, {} s of model time, {} files opened, {} times reached again, {} forks, \
             {} admissions; made/refused: {}; digest {:016x}",
            self.chapters,
            self.model_us / 1_000_000,
            self.reopened,
            self.again,
            self.forks,
            self.admissions,
            acts.join(", "),
            self.digest,
        )
    }
}

/// A walk under way.
#[derive(Debug)]
pub(crate) struct Walk {
    seed: u64,
    run: Run,
    /// What the chapter is played on.
    name: String,
    /// Acts of this chapter so far.
    acts: u32,
    /// Digests of this branch by time.
    noted: SortedMap<Us, u64>,
    /// What was done.
    pub(crate) tally: Tally,
}

impl Walk {
    /// A walk before its first act.
    pub(crate) fn new(seed: u64) -> Self {
        let mut rng = Rng::stream(seed, 0, "walk begins");
        let (name, run) = starts::begin(&mut rng);
        let mut walk = Self {
            seed,
            run,
            name,
            acts: 0,
            noted: SortedMap::new(),
            tally: Tally::default(),
        };
        walk.tally.chapters = 1;
        walk
    }

    /// The same at the end of a chapter: its first act begins another one.
    #[allow(
        dead_code,
        reason = "only what cuts a failure down begins in the middle"
    )]
    pub(crate) fn between_chapters(mut self) -> Self {
        self.acts = CHAPTER;
        self
    }

    /// The file of the run as it stands, to look at what failed.
    pub(crate) fn file_text(&self) -> String {
        self.run.file_text()
    }

    /// One act, some time after it, and the checks of both. `tell` is given what is about to be done.
    ///
    /// # Panics
    /// With the first promise that does not hold.
    pub(crate) fn step(&mut self, step: u32, tell: &mut dyn FnMut(String)) {
        let mut rng = Rng::stream(self.seed, u64::from(step), "walk");
        if self.acts >= CHAPTER || rng.below(u64::from(CHAPTER)) == 0 {
            self.close();
            (self.name, self.run) = starts::begin(&mut rng);
            (self.acts, self.noted) = (0, SortedMap::new());
            self.tally.chapters += 1;
        }
        if self.acts == 0 {
            tell(format!("step {step}: begin with {}", self.name));
        }
        self.acts += 1;
        let now = self.run.now();
        let mut said = |text: String| tell(format!("step {step} at {now} us: {text}"));
        self.act(&mut rng, step, &mut said);
        sound(&mut self.run);
        let still = self.name == "nothing" && self.acts < STILL;
        if !still {
            for _ in 0..=rng.below(2) {
                self.pass(&mut rng, &mut said);
                sound(&mut self.run);
            }
        }
        self.note();
    }

    /// The end of a chapter, and of the walk: its file comes to the same world.
    pub(crate) fn close(&mut self) {
        self.settle();
        drop(reopened(&self.run));
        self.tally.reopened += 1;
        self.tally.model_us += self.run.head();
    }

    /// Lets time pass: to a time, or for some events only, which ends in the middle of an instant.
    fn pass(&mut self, rng: &mut Rng, tell: &mut dyn FnMut(String)) {
        let far = if rng.below(12) == 0 { 6_000 } else { 400 };
        let next = self.run.now() + rng.below(far) * MS + rng.below(1_000);
        let budget = if rng.below(8) == 0 {
            1 + rng.below(40)
        } else {
            u64::MAX
        };
        tell(format!("to {next} us, {budget} events at most"));
        self.run.listen();
        drop(self.run.take_facts());
        let goal = self.run.engine().events().saturating_add(budget);
        let mut admitted = Admitted::default();
        loop {
            // up to the next input, and over it: so far every setting is that of this design
            let design = self.run.design().clone();
            let (now, taken) = (
                self.run.now(),
                self.run.inputs().len() - self.run.inputs_ahead(),
            );
            let input = self.run.inputs().get(taken).map(|input| input.at_us);
            let end = match input.filter(|at| *at <= next) {
                Some(at) if at > now + 1 => at - 1,
                Some(at) => at,
                None => next,
            };
            let left = goal - self.run.engine().events();
            let stop = self.run.advance(end, left).stop;
            let fits = stop == Stop::Reached || (stop == Stop::Budget && budget < u64::MAX);
            assert!(fits, "it stopped: {stop:?}");
            let facts = self.run.take_facts();
            admitted.take(&self.run, &design, &facts);
            if stop == Stop::Budget || end == next {
                break;
            }
        }
        self.tally.admissions += admitted.within_the_laws(&self.run);
    }

    /// Handles the rest of the instant.
    fn settle(&mut self) {
        let now = self.run.now();
        let progress = self.run.advance(now, u64::MAX);
        assert_eq!(progress.stop, Stop::Reached, "the instant ends");
    }

    /// A time that was reached before on this branch is the same world now.
    fn note(&mut self) {
        self.settle();
        let digest = self.run.digest();
        let now = self.run.now();
        if let Some(before) = self.noted.insert(now, digest) {
            assert_eq!(digest, before, "another world at {now} us than before");
            self.tally.again += 1;
        }
        self.tally.digest = self.tally.digest.rotate_left(5) ^ digest;
    }

    fn act(&mut self, rng: &mut Rng, step: u32, tell: &mut dyn FnMut(String)) {
        let design = self.run.design().clone();
        match rng.below(100) {
            0..=55 => {
                let edit = edits::any(rng, &design, step, 0);
                self.edit(edit, tell);
            }
            56..=62 => self.there_and_back(rng, step, tell),
            63..=71 => {
                let Some(spec) = edits::fault(rng, &design) else {
                    return;
                };
                tell(format!("{spec:?}"));
                self.try_act("fault", |run| run.fault(spec).map_err(|e| e.to_string()));
            }
            72..=77 => {
                tell("undo".to_owned());
                self.try_act("undo", |run| {
                    run.undo().map(drop).map_err(|e| e.to_string())
                });
            }
            78..=80 => {
                tell("redo".to_owned());
                self.try_act("redo", |run| run.redo().map_err(|e| e.to_string()));
            }
            81..=83 => {
                let back = self.run.bring_back();
                tell(format!("bring back: {back:?}"));
                self.count("bring back", back.back > 0);
            }
            84..=95 => self.seek(rng, tell),
            _ if rng.below(2) == 0 => {
                tell("save and open".to_owned());
                self.settle();
                self.run = reopened(&self.run);
                self.tally.reopened += 1;
                self.count("save and open", true);
            }
            _ => {
                tell("save and look".to_owned());
                self.settle();
                drop(reopened(&self.run));
                self.tally.reopened += 1;
            }
        }
    }

    fn count(&mut self, kind: &'static str, done: bool) {
        let entry = self.tally.acts.entry(kind).or_default();
        *(if done { &mut entry.0 } else { &mut entry.1 }) += 1;
    }

    fn edit(&mut self, edit: Option<Edit>, tell: &mut dyn FnMut(String)) -> bool {
        let Some(edit) = edit else { return false };
        tell(format!("{edit:?}"));
        let kind = kind_of(&edit);
        let layout = edit.is_layout();
        let before = layout.then(|| (self.run.digest(), self.run.inputs().len()));
        let mid = !self.rested();
        let done = self.try_act(kind, |run| run.edit(edit).map_err(|e| e.to_string()));
        if let Some(before) = before.filter(|_| done && !mid) {
            let after = (self.run.digest(), self.run.inputs().len());
            assert_eq!(before, after, "a mere layout changes nothing");
        }
        done
    }

    /// Whether nothing is left to handle at this instant.
    fn rested(&self) -> bool {
        self.run
            .next_event_at()
            .is_none_or(|at| at > self.run.now())
    }

    /// Makes an act. One that is refused with a sentence leaves all as it was.
    fn try_act(
        &mut self,
        kind: &'static str,
        act: impl FnOnce(&mut Run) -> Result<(), String>,
    ) -> bool {
        let rested = self.rested();
        let before = rested.then(|| Stand::of(&self.run));
        let (now, behind) = (self.run.now(), self.run.now() < self.run.head());
        let inputs = self.run.inputs().len();
        let done = act(&mut self.run);
        match &done {
            Ok(()) => {
                // what was noted of later times was another branch
                self.noted.split_off(&now);
                let forked = behind && self.run.inputs().len() <= inputs;
                self.tally.forks += u64::from(forked || (behind && kind != "layout"));
            }
            Err(sentence) => {
                assert!(sentence.ends_with('.'), "a sentence: {sentence}");
                if let Some(before) = before {
                    assert!(
                        before == Stand::of(&self.run),
                        "refused, and changed: {sentence}"
                    );
                }
            }
        }
        self.count(kind, done.is_ok());
        done.is_ok()
    }

    /// An edit, undone at once and made again: the parts are what they were.
    fn there_and_back(&mut self, rng: &mut Rng, step: u32, tell: &mut dyn FnMut(String)) {
        self.settle();
        let design = self.run.design().clone();
        let edit = edits::any(rng, &design, step, 0);
        let before = parts(self.run.design());
        if !self.edit(edit, tell) {
            return;
        }
        let after = parts(self.run.design());
        tell("undo that".to_owned());
        let undone = self.try_act("undo", |run| {
            run.undo().map(drop).map_err(|e| e.to_string())
        });
        if !undone {
            return;
        }
        assert_eq!(parts(self.run.design()), before, "what an undo gives back");
        tell("redo that".to_owned());
        if self.try_act("redo", |run| run.redo().map_err(|e| e.to_string())) {
            assert_eq!(parts(self.run.design()), after, "what a redo makes again");
        }
    }

    /// Goes to a time that was seen before, or to any; a step back by seconds is the likeliest.
    fn seek(&mut self, rng: &mut Rng, tell: &mut dyn FnMut(String)) {
        let head = self.run.head();
        let noted: Vec<Us> = self.noted.keys().copied().collect();
        let near = noted.len().saturating_sub(8);
        let at = match rng.below(8) {
            0 => rng.below(head + 1),
            1 => head,
            2 => 0,
            3 => head + rng.below(SECOND),
            4 => edits::pick(rng, &noted).copied().unwrap_or(0),
            _ => edits::pick(rng, &noted[near..]).copied().unwrap_or(head),
        };
        let budget = 200 + rng.below(5_000);
        tell(format!("seek {at} us by {budget} events"));
        loop {
            let stop = self.run.seek(at, budget).stop;
            if stop == Stop::Reached {
                break;
            }
            assert_eq!(stop, Stop::Budget, "a seek stops for its budget only");
            if rng.below(30) == 0 {
                break;
            }
        }
        if self.run.now() == at {
            self.note();
        }
        self.count("seek", true);
    }
}

fn kind_of(edit: &Edit) -> &'static str {
    match edit {
        _ if edit.is_layout() => "layout",
        Edit::Set { .. } => "set",
        Edit::AddNode { .. } => "add node",
        Edit::RemoveNode { .. } => "remove node",
        Edit::AddWire { .. } => "add wire",
        Edit::RemoveWire { .. } => "remove wire",
        _ => "many",
    }
}
