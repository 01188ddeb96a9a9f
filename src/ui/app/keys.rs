//! Keys that no control wanted.

use super::App;
use crate::platform::{dom, storage};
use crate::ui::bench::BenchMsg;
use crate::ui::mirror::mirror_id;
use crate::ui::msg::{Msg, Popover};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// The command's key, if the event is one and no control needs it.
pub(super) fn wanted(event: &KeyboardEvent) -> Option<String> {
    if event.alt_key() || event.is_composing() {
        return None;
    }
    let key = event.key();
    if event.ctrl_key() || event.meta_key() {
        return with_control(event, &key);
    }
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let inside = |selector: &str| {
        target
            .as_ref()
            .and_then(|target| target.closest(selector).ok().flatten())
            .is_some()
    };
    if key == "Escape" {
        // an open dialog closes itself, and says so once the focus can leave it
        return (!inside("dialog")).then_some(key);
    }
    if inside("input:not([type=range]):not([type=checkbox]), select, textarea, dialog") {
        return None;
    }
    // Space and the arrows belong to the control that has the focus.
    let known = match key.as_str() {
        " " | "Home" => !inside("button, a, summary, input, [role=grid], [tabindex]"),
        // what changes the design is asked for at the stage
        "Delete" | "Backspace" | "t" | "T" => inside(".stage") || is_body(target.as_ref()),
        "." | "n" | "N" | "+" | "-" | "i" | "I" | "c" | "C" | "l" | "L" | "?" => true,
        "p" | "P" | "f" | "F" => true,
        _ => false,
    };
    known.then_some(key)
}

fn is_body(target: Option<&Element>) -> bool {
    target.is_none_or(|target| target.tag_name() == "BODY")
}

/// A command with the control key; text fields keep theirs, but for the list of commands.
fn with_control(event: &KeyboardEvent, key: &str) -> Option<String> {
    let target = event.target().and_then(|at| at.dyn_into::<Element>().ok());
    let inside = |selector: &str| {
        let found = target.as_ref().map(|at| at.closest(selector));
        found.is_some_and(|found| found.ok().flatten().is_some())
    };
    let key = key.to_lowercase();
    if key == "k" {
        return (!inside("dialog")).then(|| "mod+k".to_owned());
    }
    if inside("input:not([type=range]):not([type=checkbox]), select, textarea, dialog") {
        return None;
    }
    let known = match key.as_str() {
        "z" if event.shift_key() => "mod+y",
        "x" if dom::has_selection() => return None,
        "z" | "y" | "x" | "d" | "a" | "s" | "arrowup" | "arrowdown" => {
            return Some(format!("mod+{key}"));
        }
        // selected text is copied by the browser
        "c" if !dom::has_selection() => "mod+c",
        _ => return None,
    };
    Some(known.to_owned())
}

impl App {
    /// Carries a key's command out; true if the page is to be drawn again.
    pub(super) fn key(&mut self, ctx: &Context<Self>, key: &str) -> bool {
        if key == "Escape" {
            return self.escape(ctx);
        }
        if !self.shell.keys_on && key != " " && !key.starts_with("mod+") {
            return false;
        }
        let msg = match key {
            " " => Msg::PlayPause,
            "." => Msg::Step,
            "n" | "N" => Msg::NextNotable,
            "Home" => Msg::ToStart,
            "+" => Msg::Faster(true),
            "-" => Msg::Faster(false),
            "i" | "I" => Msg::Inspector(!self.shell.inspector),
            "c" | "C" => Msg::Charts(!self.shell.charts),
            "l" | "L" => Msg::Ledger(!self.shell.ledger),
            "?" => Msg::Popover(Some(Popover::Keys)),
            "f" | "F" => Msg::StageFit,
            other => match building(other, !self.shell.palette) {
                Some(msg) => msg,
                None => return false,
            },
        };
        self.react(ctx, msg)
    }

    /// Closes the uppermost of what is open; from the inspector the focus goes back to its node.
    fn escape(&mut self, ctx: &Context<Self>) -> bool {
        let shell = &self.shell;
        let msg = if shell.popover.is_some() {
            Msg::Popover(None)
        } else if self.session.borrow().bench.is_busy() {
            Msg::Bench(BenchMsg::LetGo)
        } else if shell.why.is_some() {
            Msg::WhyClosed
        } else if shell.notice.is_some() {
            Msg::NoticeClosed
        } else {
            if !self.session.borrow().bench.picked.is_empty() {
                self.session.borrow_mut().bench.picked.clear();
                return self.say_picked();
            }
            let chosen = shell
                .chosen
                .as_ref()
                .filter(|_| dom::has_focus_within(".inspector"));
            if let Some(chosen) = chosen {
                dom::focus(&mirror_id(chosen));
            }
            return false;
        };
        self.react(ctx, msg)
    }

    /// Moves the focus to where it shall come; false if it could not be moved yet.
    pub(super) fn refocus(&mut self) -> bool {
        let Some(id) = self.focus_next.clone() else {
            return true;
        };
        dom::focus(&id);
        let moved = dom::focused_id() == id;
        if moved {
            self.focus_next = None;
        }
        moved
    }

    /// Tries it once more. Where it cannot come to soon it shall not come to later, when the reader is elsewhere.
    pub(super) fn refocus_again(&mut self) -> bool {
        /// How often it is sent to a part that is not drawn yet.
        const TRIES: u8 = 5;
        self.focus_tries += 1;
        if self.refocus() || self.focus_tries >= TRIES {
            self.focus_next = None;
            self.focus_tries = 0;
        }
        false
    }

    /// Turns single-key commands on or off, and remembers it.
    pub(super) fn keys_on(&mut self, on: bool) -> bool {
        storage::set("keys", if on { "on" } else { "off" });
        self.shell.keys_on = on;
        true
    }
}

/// Keys about building.
fn building(key: &str, palette: bool) -> Option<Msg> {
    Some(Msg::Bench(match key {
        "mod+z" => return Some(Msg::Undo),
        "mod+k" => return Some(Msg::Popover(Some(Popover::Commands))),
        "mod+s" => return Some(Msg::Save),
        "mod+arrowup" => return Some(Msg::ZoomBy(1.25)),
        "mod+arrowdown" => return Some(Msg::ZoomBy(0.8)),
        "mod+y" => BenchMsg::Redo,
        "mod+c" => BenchMsg::Copy,
        "mod+x" => BenchMsg::Cut,
        "mod+d" => BenchMsg::Duplicate,
        "mod+a" => BenchMsg::All,
        "Delete" | "Backspace" => BenchMsg::Remove(None),
        "p" | "P" => BenchMsg::Palette(palette),
        "t" | "T" => BenchMsg::Tidy,
        _ => return None,
    }))
}
