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

/// The engine gives the same worlds here as natively: the same constants are asserted there.
#[wasm_bindgen_test]
fn fixed_runs_have_the_digests_that_they_have_natively() {
    use millrace_engine::base::digest::Hex;
    use millrace_engine::lessons::scenarios;
    use millrace_engine::run::Run;

    for (id, at, digest) in scenarios::DIGESTS {
        let scenario = scenarios::find(id).expect("the scenario");
        let (design, inputs) = scenario.load(&scenario.acts[0]).expect("it loads");
        let mut run = Run::new(design).expect("it runs");
        run.set_inputs(inputs).expect("its inputs are taken");
        run.advance(*at, u64::MAX);
        assert_eq!(Hex(run.digest()).to_string(), *digest, "{id} at {at} us");
    }
}

/// The samplers draw the same numbers here as natively.
#[wasm_bindgen_test]
fn samplers_have_their_golden_vectors() {
    use millrace_engine::base::sample::{GOLDEN, golden};
    assert_eq!(
        golden()[..],
        GOLDEN[..],
        "one implementation of ln and exp for both"
    );
}

/// A frame goes through bytes: a worker could fill it without sharing anything with the page.
#[wasm_bindgen_test]
fn a_world_is_sendable() {
    fn sendable<T: Send>() {}
    sendable::<millrace_engine::kernel::Engine<millrace_engine::services::plant::Plant>>();
    sendable::<millrace_engine::run::frame::Frame>();
}
