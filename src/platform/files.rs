//! Files that the reader opens, drops or saves.

use super::dom::document;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, DragEvent, File, HtmlAnchorElement, Url};

/// The largest file that is read [B]: a year of minutes is 20 MB.
pub(crate) const BYTES_MAX: f64 = 64.0 * 1024.0 * 1024.0;

/// The text of a file; `None` if the browser cannot read it.
pub(crate) async fn read(file: &File) -> Option<String> {
    JsFuture::from(file.text()).await.ok()?.as_string()
}

/// The first file of a drop.
pub(crate) fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}

/// Whether files are being dragged (not text or a link).
pub(crate) fn drags_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.includes(&JsValue::from_str("Files"), 0))
}

/// An address of `text` that lives as long as the page.
pub(crate) fn address_of(text: &str, mime: &str) -> Option<String> {
    let parts = js_sys::Array::of1(&JsValue::from_str(text));
    let options = BlobPropertyBag::new();
    options.set_type(mime);
    let blob = Blob::new_with_str_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

/// Saves `text` as a file.
pub(crate) fn save(name: &str, text: &str, mime: &str) {
    if let Some(address) = address_of(text, mime) {
        save_from(name, &address);
    }
}

/// Saves what a blob holds as a file.
pub(crate) fn save_blob(name: &str, blob: &Blob) {
    if let Ok(address) = Url::create_object_url_with_blob(blob) {
        save_from(name, &address);
    }
}

/// Saves what lies at an address of the page's own, which is given back.
fn save_from(name: &str, address: &str) {
    let link = document().create_element("a").ok();
    if let Some(link) = link.and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok()) {
        link.set_href(address);
        link.set_download(name);
        link.click();
    }
    let _ = Url::revoke_object_url(address);
}
