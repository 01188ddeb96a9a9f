//! What only a browser can show, run in headless Chromium: `make test-web`.
//!
//! A test mounts on an element that it appends itself. Never mount on `body`: that wipes the runner's own output, and
//! the run hangs until its time-out.
#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element};
use yew::platform::time::sleep;
use yew::prelude::*;

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window()
        .and_then(|window| window.document())
        .expect("a browser has a document")
}

/// An element of its own for one test.
fn stage() -> Element {
    let stage = document().create_element("div").expect("a div can be made");
    document()
        .body()
        .expect("the runner's page has a body")
        .append_child(&stage)
        .expect("a div can be appended");
    stage
}

#[component]
fn Counter() -> Html {
    let count = use_state(|| 0);
    let onclick = {
        let count = count.clone();
        Callback::from(move |_: MouseEvent| count.set(*count + 1))
    };
    html! { <button {onclick}>{ *count }</button> }
}

/// A click reaches a component, and what it changes reaches the page.
#[wasm_bindgen_test]
async fn a_click_is_handled_and_drawn() {
    let stage = stage();
    yew::Renderer::<Counter>::with_root(stage.clone()).render();
    sleep(Duration::from_millis(50)).await;
    assert_eq!(stage.text_content().as_deref(), Some("0"));

    let click = web_sys::Event::new("click").expect("an event can be made");
    click.init_event_with_bubbles("click", true);
    let button = stage.first_element_child().expect("the button is drawn");
    button.dispatch_event(&click).expect("a click can be sent");
    sleep(Duration::from_millis(50)).await;
    assert_eq!(stage.text_content().as_deref(), Some("1"));
    stage.remove();
}
