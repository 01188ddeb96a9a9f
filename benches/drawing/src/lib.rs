//! Draws scenes and charts with the page's own code, for `make bench`.
//!
//! ```text
//! engine: frame, motion --scene::build--> display list --src/platform/painter.rs-----> two canvases
//!         chart data -----------------draw::record--> list --src/platform/chart_canvas.rs--> a canvas
//! ```
//! The painters are the files of the page, not copies of them. The baseline beside the scene is plain JavaScript that
//! gets the same picture, operation by operation (`ops`).
#![cfg(target_arch = "wasm32")]

#[allow(dead_code, reason = "the page uses all of it")]
#[path = "../../../src/platform/chart_canvas.rs"]
mod chart_canvas;
mod charts;
#[allow(dead_code, reason = "the page uses all of it")]
#[path = "../../../src/platform/painter.rs"]
mod painter;
mod picture;
mod scene;
#[allow(dead_code, reason = "the page uses all of it")]
#[path = "../../../src/platform/strings.rs"]
mod strings;
mod yard;

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;

#[wasm_bindgen(start)]
fn start() {
    std::panic::set_hook(Box::new(|info| {
        wasm_bindgen::throw_str(&info.to_string());
    }));
}

/// The canvas with this id.
fn canvas(id: &str) -> HtmlCanvasElement {
    let found = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id(id))
        .and_then(|element| element.dyn_into().ok());
    found.unwrap_or_else(|| panic!("no canvas {id}"))
}
