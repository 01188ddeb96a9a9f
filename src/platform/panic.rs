//! The panic overlay. After a panic the mounted part of the page is dead, so the hook touches plain
//! DOM alone: it fills `#panic`, which stands outside that part, with what happened and with the
//! design as it was last kept.

use super::dom::document;
use super::{files, storage};
use crate::ui::text::{fill, t};
use millrace_engine::base::time::clock;
use std::cell::Cell;
use web_sys::Element;

/// Where the design is kept when it is opened, and after each edit before the edit is applied.
const AUTOSAVE: &str = "autosave";
/// The end of the address that opens what was kept. No fragment: following one loads nothing.
pub(crate) const LAST: &str = "?last";

thread_local! {
    static DEAD: Cell<bool> = const { Cell::new(false) };
    static AT: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Shows every panic to the reader. Through Yew: it replaces any other hook when it renders.
pub(crate) fn install() {
    yew::set_custom_panic_hook(Box::new(|info| {
        let what = info.to_string();
        // what fails after the first panic is only a consequence of it
        if !DEAD.replace(true) {
            show(&what);
        }
        web_sys::console::error_1(&what.into());
    }));
}

/// Whether the page has panicked: nothing more may run.
pub(crate) fn dead() -> bool {
    DEAD.get()
}

/// Notes the model time, UTC of time 0 and time since then [us], so that a panic can tell it.
pub(crate) fn note_time(start_us: u64, at_us: u64) {
    AT.set((start_us, at_us));
}

/// Keeps the run as a file. If the browser refuses, an older one is forgotten: it is of another run.
pub(crate) fn keep(file: &str) {
    if !storage::set(AUTOSAVE, file) {
        forget();
    }
}

/// Forgets what was kept.
pub(crate) fn forget() {
    storage::forget(AUTOSAVE);
}

/// What was kept last.
pub(crate) fn kept() -> Option<String> {
    storage::get(AUTOSAVE)
}

fn add(parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}

fn link(parent: &Element, address: &str, text: &str) -> Option<Element> {
    let link = add(parent, "a", text)?;
    link.set_attribute("href", address).ok()?;
    Some(link)
}

fn show(what: &str) {
    let Some(overlay) = super::dom::by_id("panic") else {
        return;
    };
    let kept = kept();
    overlay.set_text_content(None);
    add(&overlay, "h2", t("panic.title"));
    let said = if kept.is_some() {
        "panic.text"
    } else {
        "panic.text.unkept"
    };
    add(&overlay, "p", t(said));
    let (start_us, at_us) = AT.get();
    let time = clock(start_us, at_us);
    add(
        &overlay,
        "pre",
        &format!("{what}\n{}", fill("panic.at", &[("time", &time)])),
    );
    if let Some(kept) = kept {
        let address = files::address_of(&kept, "application/json");
        let file = address.and_then(|address| link(&overlay, &address, t("panic.file")));
        if let Some(file) = file {
            let _ = file.set_attribute("download", "millrace-reproduction.json");
        }
        link(&overlay, &format!("./{LAST}"), t("panic.again"));
    }
    link(&overlay, "./", t("panic.reload"));
    let _ = overlay.remove_attribute("hidden");
}
