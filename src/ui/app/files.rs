//! Files: opening a trace or a design, saving the run.

use super::{App, Notice};
use crate::platform::files;
use crate::ui::msg::Msg;
use crate::ui::scenarios;
use crate::ui::session::{Session, Told};
use crate::ui::text::{fill, t};
use crate::ui::visit::Visit;
use millrace_engine::design::file;
use millrace_engine::run::Run;
use millrace_engine::services::contract::Problem;
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
        let opened = if is_design {
            file::read(text).and_then(Run::restore)
        } else {
            scenarios::with_trace(name, text)
        };
        match opened {
            Ok(run) => {
                let scenario = if is_design { "" } else { scenarios::TRACE };
                self.open_run(run, scenario);
                self.tell(vec![fill("note.restored", &[("name", name)]).into()], false)
            }
            Err(problems) => self.tell_problems(&problems),
        }
    }

    /// Shows another run; it plays.
    pub(super) fn open_run(&mut self, run: Run, scenario: &str) {
        let first = run
            .design()
            .nodes
            .iter()
            .find(|node| node.id == "stream")
            .or(run.design().nodes.first());
        self.shell.chosen = first.map(|node| node.id.clone().into());
        self.shell.scenario = scenario.to_owned().into();
        self.shell.why = None;
        self.shell.refused = None;
        self.shell.notice = None;
        self.shell.focus = AttrValue::default();
        let mut session = self.session.borrow_mut();
        session.visit.end();
        let stage = session.take_stage();
        *session = Session::new(run, Visit::default(), true);
        session.set_stage(stage);
        session.set_speed(scenarios::speed(scenario));
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
        });
        true
    }

    /// Tells what the session has to tell, with what it offers.
    pub(super) fn tell_of(&mut self, told: Told) -> bool {
        self.shell.notice = Some(Notice {
            lines: told.lines.into_iter().map(AttrValue::from).collect(),
            bad: false,
            offer: told.offer,
        });
        true
    }

    /// Saves the open table as CSV.
    pub(super) fn save_table(&self) -> bool {
        if let Some(table) = &self.shell.table {
            let name = format!("{}-{}.csv", table.of, table.which.name());
            files::save(&name, &table.csv, "text/csv");
        }
        false
    }

    /// Saves the run as a file.
    pub(super) fn save(&mut self) -> bool {
        self.shell.popover = None;
        self.session.borrow_mut().arrive();
        let text = self.session.borrow().run.file_text();
        let name = match self.shell.scenario.as_str() {
            "" => "millrace",
            scenario => scenario,
        };
        files::save(&format!("{name}.json"), &text, "application/json");
        true
    }
}
