//! The page's entry: mounts the page, nothing else.

/// Natively there is no page; the runner is `millrace`, in the engine.
#[cfg(not(target_arch = "wasm32"))]
fn main() {}

#[cfg(target_arch = "wasm32")]
fn main() {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        yew::Renderer::<app::App>::with_root(root).render();
    }
}

#[cfg(target_arch = "wasm32")]
mod app {
    use yew::prelude::*;

    /// The page before it has a canvas.
    #[component]
    pub(crate) fn App() -> Html {
        html! {
            <main class="loading">
                <h1>{ "Millrace" }</h1>
                <p>{ "See data ingestion at work." }</p>
            </main>
        }
    }
}
