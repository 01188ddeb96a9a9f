//! Files: opening a trace or a design, saving the run.

use super::{App, GoodRows, Notice, recent};
use crate::platform::files;
use crate::ui::charts::Shelf;
use crate::ui::msg::{LedgerPart, Msg};
use crate::ui::scenarios::{self, Loaded};
use crate::ui::session::{Session, Told};
use crate::ui::text::{fill, t};
use crate::ui::visit::Visit;
use millrace_engine::design::file;
use millrace_engine::lessons::starts;
use millrace_engine::services::contract::Problem;
use std::sync::Arc;
use yew::prelude::*;

/// The most problems that are shown at once.
const PROBLEMS_MAX: usize = 6;

impl App {
    /// Begins to read a file.
    pub(super) fn take_file(&mut self, ctx: &Context<Self>, file: web_sys::File) -> bool {
        self.shell.popover = None;
        if file.size() > files::BYTES_MAX {
            return self.tell_bad([t("note.large"), t("note.kept")]);
        }
        ctx.link().send_future(async move {
            let text = files::read(&file).await;
            Msg::FileRead(file.name(), text)
        });
        true
    }

    /// Opens what was read: a design if it looks like one, else a trace.
    pub(super) fn open_text(&mut self, name: &str, text: Option<&str>) -> bool {
        let Some(text) = text else {
            return self.tell_bad([t("note.read"), t("note.kept")]);
        };
        let is_design =
            name.to_lowercase().ends_with(".json") || text.trim_start().starts_with('{');
        if !is_design {
            return self.open_trace(name, text);
        }
        let opened = file::read(text).and_then(scenarios::saved);
        if opened.is_ok() {
            recent::remember(name.trim_end_matches(".json"), text);
        }
        self.show_opened(opened, name)
    }

    fn show_opened(&mut self, opened: Result<Loaded, Vec<Problem>>, name: &str) -> bool {
        match opened {
            Ok(loaded) => {
                let scaled = scenarios::scaled(loaded.run.design());
                self.open_run(loaded);
                let mut lines = vec![fill("note.restored", &[("name", name)]).into()];
                lines.extend(scaled.map(|rate| fill("note.scaled", &[("rate", &rate)]).into()));
                self.tell(lines, false)
            }
            Err(problems) => self.tell_problems(&problems),
        }
    }

    /// Opens a trace; of one with bad rows the good ones are offered.
    fn open_trace(&mut self, name: &str, text: &str) -> bool {
        let reading = scenarios::reading(name, text);
        if reading.problems.is_empty() {
            let opened = scenarios::with_trace(Arc::new(reading.trace));
            return self.show_opened(opened, name);
        }
        let rows = reading.good_rows();
        let told = self.tell_problems(&scenarios::problems(&reading));
        if rows > 0
            && let Some(notice) = &mut self.shell.notice
        {
            notice.rows = Some(GoodRows {
                name: name.to_owned(),
                rows,
                trace: Arc::new(reading.trace),
            });
        }
        told
    }

    /// Opens the good rows that were offered.
    pub(super) fn use_good_rows(&mut self) -> bool {
        let rows = self.shell.notice.take().and_then(|notice| notice.rows);
        match rows {
            Some(GoodRows { name, trace, .. }) => {
                self.show_opened(scenarios::with_trace(trace), &name)
            }
            None => true,
        }
    }

    /// Shows another run; it plays.
    pub(super) fn open_run(&mut self, loaded: Loaded) {
        let kept = recent::keep_last();
        let Loaded {
            run,
            played,
            scenario,
            act,
            saved,
        } = loaded;
        let first = run
            .design()
            .nodes
            .iter()
            .find(|node| node.id == "stream")
            .or(run.design().nodes.first());
        self.shell.chosen = first.map(|node| node.id.clone().into());
        if scenario.is_empty() || self.shell.scenario != scenario {
            self.shell.shelf = Shelf::default(); // charts of another design
        }
        self.shell.scenario = scenario.into();
        self.shell.act = act.into();
        self.shell.ledger_part = LedgerPart::default();
        self.shell.why = None;
        self.shell.refused = None;
        self.shell.notice = None;
        self.shell.focus = AttrValue::default();
        self.shell.tasks = starts::find(scenario).is_some();
        if self.shell.tasks {
            // nothing to inspect or to draw yet: the room belongs to the place
            self.shell.palette = !super::life::is_narrow();
            self.shell.inspector = false;
            self.shell.charts = false;
            self.shell.ledger = false;
        }
        let mut session = self.session.borrow_mut();
        session.visit.end();
        let stage = session.take_stage();
        // an empty design has nothing to play
        let plays = !run.design().nodes.is_empty();
        *session = Session::new(run, Visit::default(), plays);
        session.keep();
        session.starts(scenario);
        session.plays(played);
        session.was_saved(saved);
        session.set_stage(stage);
        let speed = scenarios::speed(scenario, session.run.design());
        session.set_speed(speed);
        if !kept {
            session.told = Some(Told::of(t("recent.large")));
        }
        drop(session);
        self.look();
    }

    /// Tells the problems of a design or a trace; what is on screen stays.
    pub(super) fn tell_problems(&mut self, problems: &[Problem]) -> bool {
        let mut lines: Vec<AttrValue> = problems
            .iter()
            .take(PROBLEMS_MAX)
            .map(|problem| match problem.at.as_str() {
                at if at.is_empty() || problem.text.starts_with(at) => problem.text.clone().into(),
                at => format!("{at}: {}", problem.text).into(),
            })
            .collect();
        lines.push(t("note.kept").into());
        self.tell(lines, true)
    }

    fn tell_bad<const N: usize>(&mut self, lines: [&'static str; N]) -> bool {
        self.tell(lines.into_iter().map(AttrValue::from).collect(), true)
    }

    /// Tells the reader something.
    pub(super) fn tell(&mut self, lines: Vec<AttrValue>, bad: bool) -> bool {
        self.shell.notice = Some(Notice {
            lines,
            bad,
            offer: None,
            rows: None,
        });
        true
    }

    /// Tells what the session has to tell, with what it offers.
    pub(super) fn tell_of(&mut self, told: Told) -> bool {
        self.shell.notice = Some(Notice {
            lines: told.lines.into_iter().map(AttrValue::from).collect(),
            bad: false,
            offer: told.offer,
            rows: None,
        });
        true
    }

    /// Saves the run as a file.
    pub(super) fn save(&mut self) -> bool {
        self.shell.popover = None;
        let text = file::write(&self.session.borrow_mut().whole_file());
        let name = match self.shell.scenario.as_str() {
            "" => "millrace",
            scenario => scenario,
        };
        recent::remember(name, &text);
        files::save(&format!("{name}.json"), &text, "application/json");
        true
    }
}
