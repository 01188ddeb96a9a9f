//! Wires: to which nodes one can lead, by which kind, and what would make it possible where none fits.

use super::{App, Notice};
use crate::ui::bench::joins::{EndRow, JoinList};
use crate::ui::mirror::mirror_id;
use crate::ui::msg::Popover;
use crate::ui::session::Offer;
use millrace_engine::design::Design;
use millrace_engine::design::join::{Join, Refusal};
use std::rc::Rc;
use yew::prelude::*;

impl App {
    pub(super) fn wire_from(&mut self, from: &AttrValue) -> bool {
        let design = self.design();
        let others = design.nodes.iter().filter(|node| node.id != **from);
        let rows = others
            .map(|node| self.end_row(&design, from, &node.id))
            .collect();
        self.open_joins(from, rows, false)
    }

    pub(super) fn open_joins(
        &mut self,
        from: &AttrValue,
        rows: Vec<EndRow>,
        kind_only: bool,
    ) -> bool {
        if self.shell.popover.is_none() {
            self.focus_before = mirror_id(from);
        }
        self.shell.joins = Some(Rc::new(JoinList {
            from: from.clone(),
            rows,
            kind_only,
        }));
        self.shell.popover = Some(Popover::Joins);
        true
    }

    pub(super) fn end_row(&self, design: &Design, from: &str, to: &str) -> EndRow {
        let service = design
            .node(to)
            .map_or("", |node| node.config.kind().entry().name);
        let mut row = EndRow {
            to: to.to_owned().into(),
            service: service.into(),
            kinds: Vec::new(),
            reason: AttrValue::default(),
            through: AttrValue::default(),
        };
        match design.joining(from, to) {
            Ok(Join::Kinds(kinds)) => {
                let session = self.session.borrow();
                let fits = |kind: &&&'static str| {
                    let (_, edit) = design.wiring_up(kind, from, to);
                    design.apply(&edit).is_ok()
                };
                row.kinds = kinds
                    .iter()
                    .filter(fits)
                    .map(|kind| (*kind, session.wire_kind(kind).into()))
                    .collect();
                if row.kinds.is_empty() {
                    let (_, edit) = design.wiring_up(kinds[0], from, to);
                    row.reason = design
                        .apply(&edit)
                        .err()
                        .map_or_else(String::new, |e| e.to_string())
                        .into();
                }
            }
            Ok(Join::Refused(refusal)) => {
                row.through = services(&refusal).into();
                row.reason = refusal.reason.into();
            }
            Err(error) => row.reason = error.to_string().into(),
        }
        row
    }

    /// A wire, if one fits; its kind is asked for where several do.
    pub(super) fn wire(&mut self, from: &str, to: &str) -> bool {
        let design = self.design();
        match design.joining(from, to) {
            Ok(Join::Kinds(kinds)) => match kinds.as_slice() {
                [only] => self.wire_of(from, to, only),
                _ => {
                    let row = self.end_row(&design, from, to);
                    self.open_joins(&from.to_owned().into(), vec![row], true)
                }
            },
            Ok(Join::Refused(refusal)) => {
                self.between =
                    (!refusal.through.is_empty()).then(|| (from.to_owned(), to.to_owned()));
                let offer = self.between.is_some().then_some(Offer::Between);
                self.shell.notice = Some(Notice {
                    lines: vec![refusal.sentence().into()],
                    bad: true,
                    offer,
                    rows: None,
                });
                self.refresh();
                true
            }
            Err(error) => self.tell(vec![error.to_string().into()], true),
        }
    }

    pub(super) fn wire_of(&mut self, from: &str, to: &str, kind: &'static str) -> bool {
        let by_list = self.shell.popover == Some(Popover::Joins);
        self.shell.popover = None;
        let (id, edit) = self.design().wiring_up(kind, from, to);
        let drawn = self.make(edit);
        if self.design().wire(&id).is_some() {
            self.choose_quietly(id.into());
            if by_list {
                self.focus_next = Some(mirror_id(from));
            }
        }
        drawn
    }

    /// What a refusal proposed is built.
    pub(super) fn bridge(&mut self, from: &str, to: &str) -> bool {
        self.shell.popover = None;
        self.shell.notice = None;
        let design = self.design();
        let Ok(Join::Refused(refusal)) = design.joining(from, to) else {
            return true;
        };
        let places = self.between_places(from, to, &refusal);
        match design.bridging((from, to), &refusal.through, &places) {
            Ok(edit) => {
                self.session.borrow_mut().fit_again();
                self.make(edit)
            }
            Err(error) => self.tell(vec![error.to_string().into()], true),
        }
    }

    /// Free places for services in a row between two nodes.
    pub(super) fn between_places(
        &self,
        from: &str,
        to: &str,
        refusal: &Refusal,
    ) -> Vec<(i32, i32)> {
        let mut session = self.session.borrow_mut();
        session.places_between(from, to, &refusal.through)
    }
}

/// The services that a refusal proposes, in words.
fn services(refusal: &Refusal) -> String {
    let names: Vec<&str> = refusal
        .through
        .iter()
        .map(|kind| kind.entry().name)
        .collect();
    names.join(" and ")
}
