//! The panic overlay. After a panic the mounted part of the page is dead, so the hook touches plain
//! DOM alone: it fills `#panic`, which stands outside that part, with what happened and with the
//! design as it was last saved.

use super::dom::document;
use super::{files, storage};
use crate::ui::text::t;
use web_sys::Element;

/// Where the design is kept after each edit, before the edit is applied.
pub(crate) const AUTOSAVE: &str = "autosave";

/// Shows every panic to the reader.
pub(crate) fn install() {
    std::panic::set_hook(Box::new(|info| {
        let what = info.to_string();
        show(&what);
        web_sys::console::error_1(&what.into());
    }));
}

fn add(parent: &Element, tag: &str, text: &str) -> Option<Element> {
    let element = document().create_element(tag).ok()?;
    element.set_text_content(Some(text));
    parent.append_child(&element).ok()?;
    Some(element)
}

fn show(what: &str) {
    let Some(overlay) = super::dom::by_id("panic") else {
        return;
    };
    overlay.set_text_content(None);
    add(&overlay, "h2", t("panic.title"));
    add(&overlay, "p", t("panic.text"));
    add(&overlay, "pre", what);
    let saved = storage::get(AUTOSAVE);
    let address = saved.and_then(|saved| files::address_of(&saved, "application/json"));
    if let Some(address) = address
        && let Some(link) = add(&overlay, "a", t("panic.file"))
    {
        let _ = link.set_attribute("href", &address);
        let _ = link.set_attribute("download", "millrace-reproduction.json");
    }
    if let Some(link) = add(&overlay, "a", t("panic.reload")) {
        let _ = link.set_attribute("href", "./");
    }
    let _ = overlay.remove_attribute("hidden");
}
