//! Messages about charts: the shared cursor, zoom, charts that are added, kept and saved.

use super::App;
use crate::platform::{dom, files};
use crate::ui::charts::{ADD, ChartMsg, Read, Which};
use crate::ui::msg::Popover;
use crate::ui::session::Session;
use crate::ui::text::t;
use std::rc::Rc;
use yew::AttrValue;

impl App {
    /// Carries one message about charts out; true if the page is to be drawn again.
    pub(super) fn chart(&mut self, msg: ChartMsg) -> bool {
        match msg {
            // the pointer moves often: the picture follows at once, the words beside it when they are next looked at
            ChartMsg::Over(which, x) => self.point(|session| session.point_chart(which, x)),
            ChartMsg::Brushing(which, from, to) => {
                self.point(|session| session.brush_chart(which, from, to))
            }
            ChartMsg::Left => self.point(Session::leave_charts),
            ChartMsg::Seek(which, x) => self.drive(|session| session.seek_chart(which, x)),
            ChartMsg::Brushed(which, from, to) => {
                self.drive(|session| session.zoom_chart(which, from, to))
            }
            ChartMsg::Whole => self.drive(Session::whole_run),
            ChartMsg::Key(which, stroke) => {
                self.drive(|session| session.stroke_chart(which, stroke))
            }
            ChartMsg::Add { node, metric: None } => self.choose_chart(node),
            ChartMsg::Add {
                node,
                metric: Some(read),
            } => self.add_chart(&node, read),
            ChartMsg::ChooserClosed => self.close_chooser(),
            ChartMsg::Close(which) => self.close_chart(which),
            ChartMsg::Pin(which) => self.pin_chart(which),
            ChartMsg::Csv(which) => self.save_numbers(which),
            ChartMsg::Png(which) => {
                let session = self.session.borrow();
                session.save_picture(which, self.scenario_name());
                false
            }
        }
    }

    fn point(&mut self, act: impl FnOnce(&mut Session)) -> bool {
        act(&mut self.session.borrow_mut());
        false
    }

    /// Asks what a chart is to be added of.
    fn choose_chart(&mut self, node: AttrValue) -> bool {
        let choices = self.session.borrow().choices();
        if choices.is_empty() {
            return false;
        }
        self.focus_before = dom::focused_id();
        self.shell.choosing = Some((Rc::new(choices), node));
        self.shell.popover = Some(Popover::Chooser);
        self.open_charts();
        true
    }

    fn add_chart(&mut self, node: &str, read: Read) -> bool {
        self.shell.choosing = None;
        self.shell.popover = None;
        let Some(which) = self.shell.shelf.add(node, read) else {
            return self.tell(vec![t("chart.add.full").into()], true);
        };
        self.focus_next = Some(which.slider());
        self.open_charts();
        true
    }

    /// What was added is to be seen.
    fn open_charts(&mut self) {
        if !self.shell.charts {
            self.shell.charts = true;
            self.shell.ledger &= !super::life::is_narrow();
        }
        self.look();
    }

    fn close_chooser(&mut self) -> bool {
        self.shell.choosing = None;
        if self
            .shell
            .popover
            .take_if(|open| *open == Popover::Chooser)
            .is_some()
        {
            dom::focus(&self.focus_before);
        }
        true
    }

    fn close_chart(&mut self, which: Which) -> bool {
        self.shell.shelf.close(which);
        self.focus_next = Some(ADD.to_owned());
        self.look();
        true
    }

    fn pin_chart(&mut self, which: Which) -> bool {
        if self.shell.shelf.pinned(which).is_some() {
            self.shell.shelf.unpin(which);
        } else if let Some(seen) = self.seen.charts.iter().find(|seen| seen.which == which) {
            self.shell.shelf.pin(which, &seen.node);
        }
        self.look();
        true
    }

    /// Saves a chart's numbers; of an open table those that it shows.
    fn save_numbers(&self, which: Which) -> bool {
        let open = self
            .shell
            .table
            .as_ref()
            .filter(|table| table.which == which);
        let table = open.map_or_else(|| Rc::new(self.session.borrow().table(which)), Rc::clone);
        let name = format!("{}-{}.csv", self.scenario_name(), table.file);
        files::save(&name, &table.csv, "text/csv");
        false
    }

    /// The scenario, as a file's name has it.
    fn scenario_name(&self) -> &str {
        match self.shell.scenario.as_str() {
            "" => "millrace",
            scenario => scenario,
        }
    }
}
