//! Files that were opened or saved lately, and the design that was left: kept in this browser.

use super::App;
use crate::platform::{panic, storage};
use crate::ui::text::t;
use std::rc::Rc;

/// Where they are kept.
const KEY: &str = "recent";
/// Set while the kept design is one that was worked on.
const WORKED: &str = "worked";
/// Most files.
const FILES_MAX: usize = 6;
/// Largest file [B]: a browser keeps about 5 MB in all.
const BYTES_MAX: usize = 1_500_000;

/// A file: name and text.
type Recent = (String, String);

fn read() -> Vec<Recent> {
    let text = storage::get(KEY).unwrap_or_default();
    serde_json::from_str(&text).unwrap_or_default()
}

/// Puts a file at the head of the list; false if the browser has no room for it.
pub(super) fn remember(name: &str, text: &str) -> bool {
    if text.len() > BYTES_MAX {
        return false;
    }
    let mut files = read();
    files.retain(|(own, _)| own != name);
    files.insert(0, (name.to_owned(), text.to_owned()));
    files.truncate(FILES_MAX);
    while !files.is_empty() {
        let text = serde_json::to_string(&files).unwrap_or_default();
        if storage::set(KEY, &text) {
            return true;
        }
        files.pop();
    }
    false
}

/// The design that is about to be left joins the list, if it was worked on: it can be opened again. False if it was
/// worked on and could not be kept.
pub(super) fn keep_last() -> bool {
    if storage::get(WORKED).is_none() {
        return true;
    }
    storage::forget(WORKED);
    panic::kept().is_none_or(|text| remember(t("recent.last"), &text))
}

/// Whether the design of the last visit was worked on.
pub(super) fn was_worked_on() -> bool {
    storage::get(WORKED).is_some()
}

/// The design is one that was worked on.
pub(crate) fn worked() {
    storage::set(WORKED, "yes");
}

impl App {
    /// Reads the names for the menu.
    pub(super) fn list_recent(&mut self) {
        self.shell.recent = Rc::new(read().into_iter().map(|(name, _)| name.into()).collect());
    }

    /// Opens one of them.
    pub(super) fn open_recent(&mut self, name: &str) -> bool {
        self.shell.popover = None;
        match read().into_iter().find(|(own, _)| own == name) {
            Some((name, text)) => self.open_text(&format!("{name}.json"), Some(&text)),
            None => self.open_text("", None),
        }
    }
}
