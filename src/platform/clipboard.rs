//! Copying text.

use super::dom::window;
use wasm_bindgen_futures::JsFuture;

/// Puts `text` on the clipboard; false if the browser refuses.
pub(crate) async fn copy(text: String) -> bool {
    let promise = window().navigator().clipboard().write_text(&text);
    JsFuture::from(promise).await.is_ok()
}
