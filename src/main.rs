//! The page's entry: mounts the page, nothing else.

#[cfg(target_arch = "wasm32")]
mod platform;
#[cfg(target_arch = "wasm32")]
mod ui;

/// Natively there is no page; the runner is `millrace`, in the engine.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}

#[cfg(target_arch = "wasm32")]
fn main() {
    platform::panic::install();
    if let Some(root) = platform::dom::by_id("app") {
        ui::app::open(root);
    }
}
