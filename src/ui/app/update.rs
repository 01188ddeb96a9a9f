//! The table of messages: what each changes. Borrow, compute, drop, then tell.

use super::App;
use crate::platform::{clipboard, dom, fetch, storage};
use crate::ui::inspector::{Refused, tab_id};
use crate::ui::msg::{LedgerPart, Msg, Popover, Tab};
use crate::ui::scenarios;
use crate::ui::scores::{self, Known};
use crate::ui::session::{Look, Offer, SPEEDS, Session, Told};
use crate::ui::text::t;
use crate::ui::visit::Visit;
use crate::ui::why::{self, Answer, Around};
use millrace_engine::catalog::guide::Guide;
use millrace_engine::design::edit::{Edit, EditError};
use millrace_engine::design::file::FaultSpec;
use millrace_engine::run::Run;
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::run::why::Why;
use millrace_engine::services::contract::Problem;
use std::rc::Rc;
use yew::prelude::*;

impl App {
    /// Carries one message out; true if the page is to be drawn again. Here stands what comes while a page plays that
    /// nobody touches; the rest is a function of its own, which the page loads later.
    pub(super) fn react(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Seen(seen) => self.see(ctx, *seen),
            Msg::Surroundings => self.surroundings(),
            Msg::Guide(of, text) => {
                self.guides.insert(of, Rc::new(Guide::parse(&text)));
                true
            }
            other => self.react_to_person(ctx, other),
        }
    }

    /// Messages that somebody sends by pointer, key or file.
    #[inline(never)]
    fn react_to_person(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::PlayPause => self.drive(Session::play_pause),
            Msg::Step => self.drive(Session::step),
            Msg::NextNotable => self.drive(Session::hunt),
            Msg::ToStart => self.drive(|session| session.seek(0)),
            Msg::Scrub(at) => self.drive(|session| session.scrub(at)),
            Msg::Rest => self.drive(Session::rest),
            Msg::Speed(speed) => self.drive(|session| session.set_speed(speed)),
            Msg::Faster(up) => self.drive(|session| {
                let speed = if up {
                    session.speed + 1
                } else {
                    session.speed.saturating_sub(1)
                };
                session.set_speed(speed.min(SPEEDS.len() - 1));
            }),
            Msg::Scenario(id, act) => {
                // an act is the choice; a scenario shows which acts there are to choose from
                let menu = act.is_none().then_some(Popover::Scenarios);
                let opened = self.open_scenario(id, act, false);
                self.shell.popover = menu;
                opened
            }
            Msg::Reset => self.reset(),
            Msg::VisitAgain => self.open_scenario(scenarios::FIRST, None, true),
            Msg::Seed(seed) => self.restart_with(|session| session.reseed(seed)),
            Msg::Theme => self.next_theme(),
            Msg::Hidden(hidden) => self.hidden(hidden),
            Msg::Key(key) => self.key(ctx, &key),
            Msg::KeysOn(on) => self.keys_on(on),
            Msg::Say(text) => self.tell(vec![text.into()], false),
            Msg::Tell(told) => self.tell_of(told),
            Msg::Take(offer) => self.take(offer),
            Msg::NoticeClosed => {
                self.shell.notice = None;
                true
            }
            Msg::Refocus => self.refocus_again(),
            Msg::UseGoodRows => self.use_good_rows(),
            Msg::Dragging(on) => std::mem::replace(&mut self.shell.dragging, on) != on,
            Msg::File(file) => self.take_file(ctx, file),
            Msg::FileRead(name, text) => self.open_text(&name, text.as_deref()),
            Msg::Save => self.save(),
            Msg::Share => self.share(ctx),
            Msg::Linked => self.open_linked(),
            Msg::Chart(msg) => self.chart(msg),
            Msg::Copy(text) => copy(ctx, &text),
            Msg::Popover(open) => self.popover(ctx, open),
            Msg::Scores(text) => {
                self.shell.scores = Known::of(text.as_deref());
                true
            }
            Msg::Outside => match self.shell.popover {
                Some(Popover::Menu | Popover::Seed | Popover::Scenarios | Popover::Part) => {
                    self.shell.popover = None;
                    true
                }
                _ => false,
            },
            other => self.react_to_design(ctx, other),
        }
    }

    /// Messages about nodes, edits and the first visit.
    fn react_to_design(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Focus(id) => self.focus(id),
            Msg::Choose(id) => {
                // Only the mirror sends this: who comes by keyboard goes on by keyboard.
                self.focus_next = Some(tab_id(self.shell.tab));
                self.choose(id)
            }
            Msg::ChooseTab(id, tab) => {
                self.shell.tab = tab;
                self.choose(id)
            }
            Msg::ZoomBy(factor) => self.drive(|session| session.zoom_middle(factor)),
            Msg::Bench(msg) => self.build(ctx, msg),
            Msg::StageZoom(by, x, y) => {
                // the canvas follows at once, the panels when it is their turn
                self.session.borrow_mut().zoom(by, x, y);
                false
            }
            Msg::StageFit => self.drive(Session::fit_again),
            Msg::StageHover(at) => {
                self.session.borrow_mut().hover(at);
                false
            }
            Msg::Tab(tab) => self.open_tab(tab),
            Msg::Inspector(open) => self.inspector(open),
            Msg::Charts(open) => self.strips(open, |shell, narrow| {
                shell.charts = open;
                shell.ledger &= !(open && narrow);
            }),
            Msg::Ledger(open) => self.strips(open, |shell, narrow| {
                shell.ledger = open;
                shell.charts &= !(open && narrow);
            }),
            Msg::LedgerPart(part) => {
                self.shell.ledger_part = part;
                true
            }
            Msg::Edit(at, field, value) => self.edit(at, field, value),
            Msg::Restart => self.restart(),
            Msg::KeepRun => self.keep_run(),
            Msg::Undo => self.undo(),
            Msg::Fault(node, kind, lasts) => self.fault(&node, kind, lasts),
            Msg::Size(node) => {
                self.session.borrow_mut().size(&node);
                false
            }
            Msg::Why(node, lane) => self.why(&node, lane),
            Msg::WhyClosed => self.close_why(),
            #[cfg(feature = "test-hooks")]
            Msg::Panic => panic!("asked to panic in a message"),
            Msg::Skip => self.skip(),
            Msg::Forecast(cure) => self.drive(|session| session.visit.choose(cure)),
            other => {
                drop((ctx, other));
                false
            }
        }
    }

    /// Something is done to the session; what changed is seen with the next frame.
    pub(super) fn drive(&mut self, act: impl FnOnce(&mut Session)) -> bool {
        let mut session = self.session.borrow_mut();
        act(&mut session);
        session.hasten();
        drop(session);
        false
    }

    fn see(&mut self, ctx: &Context<Self>, seen: crate::ui::seen::Seen) -> bool {
        self.seen = seen;
        if self.seen.over {
            self.act_over();
        }
        let wanted = self.seen.set.as_ref().map(|set| set.guide());
        if let Some(of) = wanted.filter(|of| !self.guides.contains_key(of)) {
            self.guides.insert(of, Rc::default());
            ctx.link().send_future(async move {
                let (folder, id) = of;
                let text = fetch::text(&format!("text/en/{folder}/{id}.md")).await;
                Msg::Guide(of, text.unwrap_or_default())
            });
        }
        true
    }

    /// What came out of the act is laid open, where there is room beside the stage.
    fn act_over(&mut self) {
        if !super::life::is_narrow() && !self.session.borrow().visit.is_on() {
            self.shell.ledger = true;
            self.shell.ledger_part = LedgerPart::Came;
            self.look();
        }
    }

    /// Tells the session what the panels want to see.
    pub(super) fn look(&mut self) {
        let shell = &self.shell;
        let look = Look {
            chosen: shell.chosen.as_ref().map(ToString::to_string),
            set: shell.inspector,
            live: shell.inspector && matches!(shell.tab, Tab::Configure | Tab::Live),
            charts: shell.charts,
            ledger: shell.ledger,
            shelf: shell.shelf.clone(),
        };
        let mut session = self.session.borrow_mut();
        session.look = look;
        session.hasten();
    }

    /// The act as it came, from the start.
    fn reset(&mut self) -> bool {
        let (scenario, act) = (self.shell.scenario.clone(), self.shell.act.clone());
        let act = Some(&*act).filter(|act| !act.is_empty());
        self.open_scenario(&scenario, act, false)
    }

    fn open_scenario(&mut self, id: &str, act: Option<&str>, visit: bool) -> bool {
        self.shell.popover = None;
        match scenarios::load(id, act) {
            Ok(loaded) => {
                self.open_run(loaded);
                if visit {
                    self.session.borrow_mut().visit = Visit::again();
                    self.shell.inspector = false;
                    self.shell.charts = false;
                    self.shell.ledger = false;
                    self.look();
                }
                true
            }
            Err(problems) => self.tell_problems(&problems),
        }
    }

    fn restart_with(
        &mut self,
        again: impl FnOnce(&mut Session) -> Result<(), Vec<Problem>>,
    ) -> bool {
        self.shell.popover = None;
        let result = again(&mut self.session.borrow_mut());
        self.look();
        self.refresh();
        match result {
            Ok(()) => true,
            Err(problems) => self.tell_problems(&problems),
        }
    }

    fn next_theme(&mut self) -> bool {
        self.shell.theme = self.shell.theme.next();
        self.shell.theme.apply();
        self.surroundings()
    }

    fn surroundings(&mut self) -> bool {
        if self.shell.charts && self.shell.ledger && super::life::is_narrow() {
            self.shell.ledger = false;
            self.look();
        }
        let mut session = self.session.borrow_mut();
        session.restage(self.shell.theme.is_dark());
        session.hasten();
        true
    }

    fn hidden(&mut self, hidden: bool) -> bool {
        let mut session = self.session.borrow_mut();
        if !hidden || !session.playing() {
            return false;
        }
        session.pause();
        drop(session);
        self.tell_of(Told {
            lines: vec![t("note.hidden").to_owned()],
            offer: Some(Offer::Play),
        })
    }

    /// Does what a message offers; the message has done its duty.
    fn take(&mut self, offer: Offer) -> bool {
        self.shell.notice = None;
        match offer {
            Offer::Undo => self.undo(),
            Offer::BringBack => {
                self.session.borrow_mut().bring_back();
                self.refresh();
                true
            }
            Offer::Play => {
                self.drive(Session::play);
                true
            }
            Offer::Save => self.save(),
            Offer::LeftOff => self.open_recent(t("recent.last")),
            Offer::Between => match self.between.take() {
                Some((from, to)) => self.bridge(&from, &to),
                None => true,
            },
        }
    }

    pub(super) fn popover(&mut self, ctx: &Context<Self>, open: Option<Popover>) -> bool {
        if open.is_some() {
            self.focus_before = dom::focused_id();
        }
        if matches!(open, Some(Popover::Menu | Popover::Commands)) {
            self.list_recent();
        }
        if open == Some(Popover::Commands) {
            self.list_commands();
        }
        self.shell.table = match open {
            Some(Popover::Table(which)) => Some(Rc::new(self.session.borrow().table(which))),
            _ => None,
        };
        if open == Some(Popover::Scores) {
            self.shell.scores = Known::Waiting;
            ctx.link()
                .send_future(async { Msg::Scores(fetch::text(scores::ADDRESS).await) });
        }
        self.shell.choosing = self
            .shell
            .choosing
            .take()
            .filter(|_| open == Some(Popover::Chooser));
        // without numbers there is nothing to open
        let open =
            open.filter(|open| !matches!(open, Popover::Table(_)) || self.shell.table.is_some());
        let was = std::mem::replace(&mut self.shell.popover, open);
        if open.is_none() && was.is_some() && !self.focus_before.is_empty() {
            // what lies over the page goes with the next drawing; only then the focus can come back
            let before = std::mem::take(&mut self.focus_before);
            self.focus_next.get_or_insert(before);
        }
        true
    }

    fn focus(&mut self, id: AttrValue) -> bool {
        self.session.borrow_mut().point_at(&id);
        std::mem::replace(&mut self.shell.focus, id.clone()) != id
    }

    pub(super) fn choose(&mut self, id: AttrValue) -> bool {
        let mut session = self.session.borrow_mut();
        session.bench.picked.clear();
        session.point_at(&id);
        drop(session);
        self.shell.inspector = true;
        self.one_sheet(true);
        self.shell.chosen = Some(id);
        self.shell.why = None;
        self.look();
        true
    }

    pub(super) fn click(&mut self, x: f64, y: f64, touch: bool) -> bool {
        let hit = self.session.borrow().hit(x, y, touch);
        match hit {
            Some((node, lane, true)) => self.why(&node, lane),
            Some((node, _, false)) => self.choose(node),
            None => false,
        }
    }

    fn open_tab(&mut self, tab: Tab) -> bool {
        self.shell.tab = tab;
        self.look();
        true
    }

    fn inspector(&mut self, open: bool) -> bool {
        self.shell.inspector = open;
        self.shell.why = None;
        if open && self.shell.chosen.is_none() {
            let stream = self.seen.nodes.iter().find(|node| node.family == "streams");
            self.shell.chosen = stream
                .or(self.seen.nodes.first())
                .map(|node| node.id.clone());
        }
        self.one_sheet(open);
        self.look();
        true
    }

    /// Opens or folds a panel of the foot; on a narrow page there is room for one.
    fn strips(&mut self, open: bool, change: impl FnOnce(&mut super::Shell, bool)) -> bool {
        let narrow = super::life::is_narrow();
        change(&mut self.shell, narrow);
        if open && narrow {
            self.shell.inspector = false;
            self.shell.why = None;
        }
        self.look();
        true
    }

    /// On a narrow page the inspector and the foot's panels are not open together.
    fn one_sheet(&mut self, inspector: bool) {
        if inspector && super::life::is_narrow() {
            self.shell.charts = false;
            self.shell.ledger = false;
        }
    }

    fn edit(&mut self, at: String, field: &'static str, value: String) -> bool {
        let edit = Edit::Set {
            at: at.clone(),
            field: field.to_owned(),
            value: value.clone(),
        };
        let result = self.session.borrow_mut().edit(edit.clone());
        let refused = |why| Refused {
            at: at.into(),
            field,
            typed: value.into(),
            why,
        };
        self.waiting = None;
        self.shell.refused = match result {
            Ok(()) => None,
            Err(EditError::NeedsRestart(_)) => {
                self.waiting = Some(edit);
                Some(refused(None))
            }
            Err(error) => Some(refused(Some(error.to_string().into()))),
        };
        self.refresh();
        true
    }

    /// Looks at the session at once, so that a field never shows its old value for a frame.
    pub(super) fn refresh(&mut self) {
        let mut session = self.session.borrow_mut();
        self.seen = session.seen(dom::now_ms());
        session.hasten();
    }

    fn restart(&mut self) -> bool {
        self.shell.refused = None;
        let edit = self.waiting.take();
        self.restart_with(|session| session.restart(edit.as_ref()))
    }

    fn keep_run(&mut self) -> bool {
        self.waiting = None;
        self.shell.refused = None;
        true
    }

    fn undo(&mut self) -> bool {
        self.shell.popover = None;
        let result = self.session.borrow_mut().undo();
        self.forget_gone();
        self.told(result)
    }

    fn fault(&mut self, node: &str, kind: &str, lasts: u64) -> bool {
        let spec = FaultSpec {
            node: node.to_owned(),
            kind: kind.to_owned(),
            lasts: format!("{}s", lasts / 1_000_000),
            times: (kind == "slow").then_some(10),
            percent: matches!(kind, "refuse" | "lost-ack").then_some(50.0),
        };
        let result = self.session.borrow_mut().fault(spec);
        self.told(result)
    }

    pub(super) fn told(&mut self, result: Result<(), EditError>) -> bool {
        self.refresh();
        match result {
            Ok(()) => true,
            Err(error) => self.tell(vec![error.to_string().into()], true),
        }
    }

    fn why(&mut self, node: &str, lane: Option<u32>) -> bool {
        self.session.borrow_mut().arrive();
        let session = self.session.borrow();
        let run: &Run = &session.run;
        let found = session
            .find(node)
            .and_then(|id| run.why(id, lane, run.now()));
        let answer = found.map(|why| {
            let frame = session
                .frame
                .nodes
                .iter()
                .find(|frame| &*frame.name == node);
            let around = frame
                .map(|frame| around(run, frame, &why))
                .unwrap_or_default();
            why::answer(&why, session.frame.start_us, around)
        });
        drop(session);
        self.focus_before = dom::focused_id();
        self.shell.why = Some(answer.unwrap_or(Answer { links: Vec::new() }));
        self.focus_next = Some("why".to_owned());
        self.one_sheet(true);
        self.look();
        true
    }

    fn close_why(&mut self) -> bool {
        self.shell.why = None;
        let mut session = self.session.borrow_mut();
        // "Why?" is the last thing that the first visit shows.
        if session.visit.is_on() && session.run.now() >= crate::ui::visit::WHY_AT {
            session.visit.end();
        }
        session.hasten();
        drop(session);
        dom::focus(&self.focus_before);
        true
    }

    fn skip(&mut self) -> bool {
        let mut session = self.session.borrow_mut();
        session.visit.end();
        session.hasten();
        drop(session);
        storage::set("visited", "yes");
        true
    }
}

/// What of the node belongs to the answer.
fn around(run: &Run, node: &NodeFrame, why: &Why) -> Around {
    let rules = run.design().rules;
    let figures = node
        .kind
        .entry()
        .figures
        .iter()
        .map(|figure| rules.dated(figure));
    let mut stated = figures.filter(|dated| dated.value == why.limit_per_s && why.limit_per_s > 0);
    let lane = node
        .gauges
        .lanes
        .iter()
        .find(|lane| Some(lane.id) == why.lane);
    Around {
        lanes: node.lane_counts().0,
        closed: lane.is_some_and(|lane| !lane.open),
        range: lane.map(|lane| (lane.from, lane.to)),
        source: stated.next().map(|dated| dated.source),
    }
}

fn copy(ctx: &Context<App>, text: &str) -> bool {
    let text = text.to_owned();
    ctx.link().send_future(async move {
        let copied = clipboard::copy(text).await;
        Msg::Say(
            t(if copied {
                "code.copied"
            } else {
                "code.refused"
            })
            .to_owned(),
        )
    });
    false
}
