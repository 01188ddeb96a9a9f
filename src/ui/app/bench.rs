//! Building: each message becomes an edit of the design, the same whatever it came from.

use super::App;
use crate::platform::storage;
use crate::ui::bench::commands::{self, Command};
use crate::ui::bench::menu::MenuOf;
use crate::ui::bench::placer::PLACE;
use crate::ui::bench::{BenchMsg, Landing};
use crate::ui::charts::ChartMsg;
use crate::ui::mirror::mirror_id;
use crate::ui::msg::Popover;
use crate::ui::text::t;
use millrace_engine::catalog::Dir;
use millrace_engine::design::Design;
use millrace_engine::design::edit::{Edit, EditError};
use millrace_engine::scene::gesture::{Asks, Finger};
use millrace_engine::scene::shapes::Point;
use millrace_engine::services::ServiceKind;
use millrace_engine::services::talk::NodeId;
use std::rc::Rc;
use yew::prelude::*;

/// Where the palette's state is remembered.
const PALETTE: &str = "palette";

impl App {
    /// Carries out one message about building.
    pub(super) fn build(&mut self, ctx: &Context<Self>, msg: BenchMsg) -> bool {
        match msg {
            BenchMsg::Palette(open) => self.palette(open),
            BenchMsg::Place(kind) => self.begin_place(kind),
            BenchMsg::Carry(kind, x, y, press) => {
                self.session.borrow_mut().carry(kind, x, y, press);
                false
            }
            BenchMsg::Drop => {
                let landing = self.session.borrow_mut().carried();
                if super::life::is_narrow() {
                    self.shell.palette = false; // it would lie over what has just come
                }
                landing.is_none_or(|landing| self.land(&landing, false))
            }
            BenchMsg::Nudge(dx, dy) => self.drive(|session| session.nudge(dx, dy)),
            BenchMsg::Placed => self.placed(),
            BenchMsg::LetGo => self.let_go(),
            BenchMsg::Down(finger) => self.drive(|session| session.pointer_down(finger)),
            BenchMsg::Moved(finger) => {
                self.session.borrow_mut().pointer_moved(finger);
                false
            }
            BenchMsg::Up(finger) => self.pointer_up(finger),
            BenchMsg::Cancelled => self.drive(|session| session.bench.drop_hand()),
            BenchMsg::MenuAt(x, y) => self.menu_at(x, y),
            BenchMsg::MenuOf(id) => self.menu_of(id),
            BenchMsg::Run(ix) => {
                let msg = self.shell.commands.get(ix).map(Command::msg);
                self.popover(ctx, None);
                if let Some(msg) = msg {
                    self.react(ctx, msg);
                }
                // whatever came of it, the list has closed: the next key must not meet it
                true
            }
            BenchMsg::TasksClosed => {
                self.shell.tasks = false;
                true
            }
            BenchMsg::Recent(name) => self.open_recent(&name),
            other => self.build_more(ctx, other),
        }
    }

    fn build_more(&mut self, ctx: &Context<Self>, msg: BenchMsg) -> bool {
        match msg {
            BenchMsg::WireFrom(id) => self.wire_from(&id),
            BenchMsg::WireOf(from, to, kind) => self.wire_of(&from, &to, kind),
            BenchMsg::Between(from, to) => self.bridge(&from, &to),
            BenchMsg::Remove(id) => self.remove(id),
            BenchMsg::Copy => self.copy_chosen(ctx),
            BenchMsg::Cut => self.cut(ctx),
            BenchMsg::Paste(text) => self.paste(text.as_deref()),
            BenchMsg::Duplicate => {
                let clip = self.clip();
                self.paste_clip(clip.as_ref())
            }
            BenchMsg::All => self.pick_all(),
            BenchMsg::Pick(id) => self.pick(&id),
            BenchMsg::Align(side) => {
                let edit = self.session.borrow().aligned(side);
                self.make_some(edit)
            }
            BenchMsg::Tidy => {
                let edit = self.session.borrow().tidied();
                self.session.borrow_mut().fit_again();
                self.make_some(edit)
            }
            BenchMsg::MoveByKeys(id) => self.move_by_keys(id),
            BenchMsg::Rename(id, name) => self.make(Edit::Rename {
                id: id.to_string(),
                name,
            }),
            BenchMsg::Redo => self.redo(),
            _ => false,
        }
    }

    // ---- edits ------------------------------------------------------------------------------

    /// Makes an edit, or says why not; true if the page is to be drawn again.
    pub(super) fn make(&mut self, edit: Edit) -> bool {
        let result = self.session.borrow_mut().edit(edit);
        self.made(result)
    }

    pub(super) fn make_some(&mut self, edit: Option<Edit>) -> bool {
        match edit {
            Some(edit) => self.make(edit),
            None => self.tell(vec![t("pick.nothing").into()], false),
        }
    }

    pub(super) fn made(&mut self, result: Result<(), EditError>) -> bool {
        self.shell.refused = None;
        if result.is_ok() {
            self.shell.notice = None; // an older sentence would look like the answer
        }
        self.forget_gone();
        self.told(result)
    }

    /// What is gone is chosen no more.
    pub(super) fn forget_gone(&mut self) {
        let session = self.session.borrow();
        let design = session.run.design();
        let there = |id: &AttrValue| design.node(id).is_some() || design.wire(id).is_some();
        if self.shell.chosen.as_ref().is_some_and(|id| !there(id)) {
            self.shell.chosen = None;
        }
        drop(session);
        self.look();
    }

    pub(super) fn design(&self) -> Design {
        self.session.borrow().run.design().clone()
    }

    // ---- placing ----------------------------------------------------------------------------

    fn palette(&mut self, open: bool) -> bool {
        self.shell.palette = open;
        storage::set(PALETTE, if open { "open" } else { "folded" });
        if open {
            self.focus_next = Some(crate::ui::bench::palette::FIND.to_owned());
            if super::life::is_narrow() {
                self.shell.inspector = false;
                self.shell.charts = false;
                self.shell.ledger = false;
            }
        } else {
            let opener = if super::life::is_narrow() {
                "services-open"
            } else {
                "palette-open"
            };
            self.focus_next = Some(opener.to_owned());
        }
        self.look();
        true
    }

    fn begin_place(&mut self, kind: ServiceKind) -> bool {
        self.shell.popover = None;
        if super::life::is_narrow() {
            // there is one way to stand there: the layout sets it out itself
            self.shell.palette = false;
            self.session.borrow_mut().place_new(kind);
            return self.placed();
        }
        self.session.borrow_mut().place_new(kind);
        self.refresh();
        self.focus_next = Some(PLACE.to_owned());
        true
    }

    fn placed(&mut self) -> bool {
        let placed = self.session.borrow_mut().placed();
        match placed {
            Some(Ok(landing)) => self.land(&landing, true),
            Some(Err(edit)) => {
                let id = self.shell.focus.clone();
                let made = self.make(edit);
                self.focus_next = Some(mirror_id(&id));
                made
            }
            None => false,
        }
    }

    /// A service comes to stand; `by_keys` moves the focus to it.
    fn land(&mut self, landing: &Landing, by_keys: bool) -> bool {
        let design = self.design();
        let into = landing.into.as_deref();
        let between = into.map(|wire| design.putting_into(wire, landing.kind, landing.at));
        let (id, edit, note) = match between {
            Some(Ok((id, edit))) => (id, edit, None),
            Some(Err(error)) => {
                let (id, edit) = design.placing(landing.kind, landing.at);
                (id, edit, Some(error.to_string()))
            }
            None => {
                let (id, edit) = design.placing(landing.kind, landing.at);
                (id, edit, None)
            }
        };
        self.session.borrow_mut().keep_camera();
        let drawn = self.make(edit);
        if self.design().node(&id).is_none() {
            return drawn;
        }
        self.shell.focus = id.clone().into();
        self.choose_quietly(id.clone().into());
        if by_keys {
            self.focus_next = Some(mirror_id(&id));
        }
        if let Some(note) = note {
            self.tell(vec![note.into(), t("place.beside").into()], false);
        }
        self.refresh();
        true
    }

    fn let_go(&mut self) -> bool {
        self.drive(|session| session.bench.let_go());
        let focus = self.shell.focus.clone();
        self.focus_next = Some(if focus.is_empty() {
            "palette-find".to_owned()
        } else {
            mirror_id(&focus)
        });
        self.refresh();
        true
    }

    fn move_by_keys(&mut self, id: Option<AttrValue>) -> bool {
        let mut ids = self.session.borrow().picked();
        if let Some(id) = id.filter(|id| !ids.contains(&**id)) {
            ids = [id.to_string()].into();
        }
        self.session.borrow_mut().place_old(&ids);
        self.refresh();
        if self.seen.placing.is_none() {
            return self.tell(vec![t("place.still").into()], false);
        }
        self.focus_next = Some(PLACE.to_owned());
        true
    }

    // ---- pointers ---------------------------------------------------------------------------

    fn pointer_up(&mut self, finger: Finger) -> bool {
        let asks = self.session.borrow_mut().pointer_up(finger);
        match asks {
            Asks::Click(at, adds) => self.clicked(at, adds, finger.touch),
            Asks::Drop(id, _, _) if self.session.borrow().is_over_charts(finger.at) => {
                self.chart_of(id)
            }
            Asks::Drop(id, dx, dy) => {
                let edit = self.session.borrow().dropped_nodes(id, dx, dy);
                self.session.borrow_mut().keep_camera();
                edit.is_some_and(|edit| self.make(edit))
            }
            Asks::Wire(id, dir, at) => {
                let ends = self.session.borrow().wire_ends(id, dir, at);
                self.session.borrow_mut().bench.let_go();
                self.shell.notice = None;
                match ends {
                    Some((from, to)) => self.wire(&from, &to),
                    None => true,
                }
            }
            Asks::Choose(frame, adds) => {
                self.session.borrow_mut().pick_within(frame, adds);
                self.say_picked()
            }
            Asks::Nothing | Asks::Hover(_) | Asks::Pan(..) | Asks::Pinch(..) | Asks::Menu(_) => {
                false
            }
        }
    }

    /// A node was let go over the charts: which of its metrics shall be drawn?
    fn chart_of(&mut self, id: NodeId) -> bool {
        let node = self.session.borrow().name_at(id);
        node.is_some_and(|node| {
            self.chart(ChartMsg::Add {
                node: node.into(),
                metric: None,
            })
        })
    }

    fn clicked(&mut self, at: Point, adds: bool, touch: bool) -> bool {
        let wiring = self.session.borrow().wiring();
        if let Some((id, dir)) = wiring {
            let ends = self.session.borrow().wire_ends(id, dir, at);
            self.session.borrow_mut().bench.let_go();
            self.refresh();
            return match ends {
                Some((from, to)) => self.wire(&from, &to),
                None => true,
            };
        }
        let landing = self.session.borrow_mut().place_at(at);
        if let Some(landing) = landing {
            return self.land(&landing, false);
        }
        let port = self.session.borrow().port_at(at, touch);
        if let Some((id, dir)) = port {
            self.session.borrow_mut().begin_wire(id, dir, at);
            self.refresh();
            return true;
        }
        if adds {
            let hit = self.session.borrow().hit(at.x, at.y, touch);
            return hit.is_some_and(|(id, ..)| self.pick(&id));
        }
        self.session.borrow_mut().bench.picked.clear();
        self.click(at.x, at.y, touch)
    }

    fn menu_at(&mut self, x: f64, y: f64) -> bool {
        let hit = self.session.borrow().hit(x, y, true);
        self.session.borrow_mut().bench.let_go();
        let id = hit.map(|(id, ..)| id);
        self.open_menu(id, (x, y))
    }

    fn menu_of(&mut self, id: AttrValue) -> bool {
        let nodes = self.seen.nodes.iter().map(|node| (&node.id, node.place));
        let wires = self.seen.wires.iter().map(|wire| (&wire.id, wire.place));
        let place = nodes
            .chain(wires)
            .find(|(own, _)| **own == id)
            .map(|(_, place)| place);
        let [x, y, w, _] = place.unwrap_or_default();
        self.open_menu(Some(id), (x + w * 0.6, y + 24.0))
    }

    fn open_menu(&mut self, id: Option<AttrValue>, at: (f64, f64)) -> bool {
        let design = self.design();
        let node = id.as_ref().and_then(|id| design.node(id));
        if let Some(id) = id.as_ref().filter(|_| node.is_some()) {
            let session = &mut *self.session.borrow_mut();
            if !session.bench.picked.contains(&**id) {
                session.bench.picked.clear();
            }
            self.shell.focus = id.clone();
            self.shell.chosen = Some(id.clone());
        }
        let leads = |node: &millrace_engine::design::Node| {
            let mut ports = node.config.kind().entry().ports.iter();
            ports.any(|port| port.dir == Dir::Out)
        };
        self.shell.menu = Some(MenuOf {
            wire: id.is_some() && node.is_none(),
            leads_on: node.is_some_and(leads),
            id,
            at,
        });
        self.focus_before = crate::platform::dom::focused_id();
        self.shell.popover = Some(Popover::Part);
        self.look();
        true
    }

    // ---- undo, commands ---------------------------------------------------------------------

    fn redo(&mut self) -> bool {
        self.shell.popover = None;
        let result = self.session.borrow_mut().redo();
        self.made(result)
    }

    /// Opens the list of all commands.
    pub(super) fn list_commands(&mut self) {
        self.shell.commands = Rc::new(commands::all(&self.shell, &self.seen));
    }

    /// Shows a part in the inspector, where that is open or there is room for it.
    pub(super) fn choose_quietly(&mut self, id: AttrValue) {
        self.shell.chosen = Some(id);
        self.shell.why = None;
        self.look();
    }
}
