//! Keys that no control wanted.

use super::App;
use crate::platform::{dom, storage};
use crate::ui::mirror::mirror_id;
use crate::ui::msg::{Msg, Popover};
use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// The command's key, if the event is one and no control needs it.
pub(super) fn wanted(event: &KeyboardEvent) -> Option<String> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return None;
    }
    let key = event.key();
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
        "." | "n" | "N" | "+" | "-" | "i" | "I" | "c" | "C" | "l" | "L" | "?" => true,
        _ => false,
    };
    known.then_some(key)
}

impl App {
    /// Carries a key's command out; true if the page is to be drawn again.
    pub(super) fn key(&mut self, ctx: &Context<Self>, key: &str) -> bool {
        if key == "Escape" {
            return self.escape(ctx);
        }
        if !self.shell.keys_on && key != " " {
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
            _ => return false,
        };
        self.react(ctx, msg)
    }

    /// Closes the uppermost of what is open; from the inspector the focus goes back to its node.
    fn escape(&mut self, ctx: &Context<Self>) -> bool {
        let shell = &self.shell;
        let msg = if shell.popover.is_some() {
            Msg::Popover(None)
        } else if shell.why.is_some() {
            Msg::WhyClosed
        } else if shell.notice.is_some() {
            Msg::NoticeClosed
        } else {
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

    /// Turns single-key commands on or off, and remembers it.
    pub(super) fn keys_on(&mut self, on: bool) -> bool {
        storage::set("keys", if on { "on" } else { "off" });
        self.shell.keys_on = on;
        true
    }
}
