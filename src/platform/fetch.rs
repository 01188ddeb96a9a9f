//! Text files that came with the page.

use super::dom::window;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;

/// The text behind a relative address; `None` if it cannot be had.
pub(crate) async fn text(address: &str) -> Option<String> {
    let response = JsFuture::from(window().fetch_with_str(address))
        .await
        .ok()?;
    let response: web_sys::Response = response.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    JsFuture::from(response.text().ok()?)
        .await
        .ok()?
        .as_string()
}
