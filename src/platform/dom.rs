//! Window, document, and what a component may do to an element: place, focus, measure.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Window};

/// The window; the page has no life without one.
pub(crate) fn window() -> Window {
    web_sys::window().expect("the page runs in a window")
}

/// The document.
pub(crate) fn document() -> Document {
    window().document().expect("a window has a document")
}

/// What stands behind the `#` of the page's address; empty if nothing does.
pub(crate) fn fragment() -> String {
    let hash = window().location().hash().unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}

/// The page's address without question and fragment.
pub(crate) fn address() -> String {
    let location = window().location();
    let part = |of: Result<String, _>| of.unwrap_or_default();
    format!("{}{}", part(location.origin()), part(location.pathname()))
}

/// Puts another address of this page into the address bar; nothing is loaded, no event comes.
pub(crate) fn show_address(address: &str) {
    if let Ok(history) = window().history() {
        let _ = history.replace_state_with_url(&wasm_bindgen::JsValue::NULL, "", Some(address));
    }
}

/// The element with this id.
pub(crate) fn by_id(id: &str) -> Option<Element> {
    document().get_element_by_id(id)
}

/// Wall time since the page was opened [ms].
pub(crate) fn now_ms() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// Device pixels in a CSS pixel, at most 3: more costs raster and shows nothing.
pub(crate) fn pixel_ratio() -> f64 {
    window().device_pixel_ratio().clamp(1.0, 3.0)
}

/// Width and height of an element's box [CSS px].
pub(crate) fn size(element: &Element) -> (f64, f64) {
    (
        f64::from(element.client_width()),
        f64::from(element.client_height()),
    )
}

/// Whether a media query holds now.
pub(crate) fn matches(query: &str) -> bool {
    let list = window().match_media(query).ok().flatten();
    list.is_some_and(|list| list.matches())
}

/// Sets one property of an element's own style. The content policy forbids style attributes, not this.
pub(crate) fn style(element: &Element, property: &str, value: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.style().set_property(property, value);
    }
}

/// Places an element by its left, top, width and height [CSS px].
pub(crate) fn place(element: &Element, [left, top, width, height]: [f64; 4]) {
    for (property, value) in [
        ("left", left),
        ("top", top),
        ("width", width),
        ("height", height),
    ] {
        style(element, property, &format!("{value:.1}px"));
    }
}

/// Whether what lies under a point of the window is inside an element that fits the selector.
pub(crate) fn is_over(x: f64, y: f64, selector: &str) -> bool {
    let element = document().element_from_point(x as f32, y as f32);
    element.is_some_and(|element| element.closest(selector).ok().flatten().is_some())
}

/// Scrolls an element into view within what scrolls around it.
pub(crate) fn reveal(element: &Element) {
    let options = web_sys::ScrollIntoViewOptions::new();
    options.set_block(web_sys::ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Whether some text of the page is selected.
pub(crate) fn has_selection() -> bool {
    let selection = window().get_selection().ok().flatten();
    selection.is_some_and(|selection| !selection.is_collapsed())
}

/// Moves the focus to the element with this id, if it is there.
pub(crate) fn focus(id: &str) {
    if let Some(element) = by_id(id).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Whether the focus is inside an element that fits the selector.
pub(crate) fn has_focus_within(selector: &str) -> bool {
    let active = document().active_element();
    active.is_some_and(|active| active.closest(selector).ok().flatten().is_some())
}

/// The id of the element that has the focus; empty if none has or it has none.
pub(crate) fn focused_id() -> String {
    document()
        .active_element()
        .map(|element| element.id())
        .unwrap_or_default()
}
