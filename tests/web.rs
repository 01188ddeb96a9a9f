//! What only a browser can show, run in headless Chromium: `make test-web`.
//!
//! A test mounts on an element that it appends itself. Never mount on `body`: that wipes the runner's own output, and
//! the run hangs until its time-out.
#![cfg(target_arch = "wasm32")]

use std::time::Duration;

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
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

/// Lets the browser answer the runner of the tests, which takes one that is silent for long to be lost.
async fn breath() {
    sleep(Duration::ZERO).await;
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
async fn fixed_runs_have_the_digests_that_they_have_natively() {
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
        breath().await;
    }
}

#[path = "../engine/tests/soak/walk.rs"]
mod walk;

/// A random walk over edits, faults, seeks, forks and undos keeps every promise here too, and ends as it ended natively
/// just before: `scripts/test.sh` lays that into `target/soak/`.
#[wasm_bindgen_test]
async fn a_random_walk_is_the_walk_that_it_is_natively() {
    let Some(native) = fetched("/target/soak/walk.json").await else {
        assert!(
            option_env!("MILLRACE_WALK").is_none(),
            "the walk was laid out, and the runner of the tests does not serve it"
        );
        wasm_bindgen_test::console_log!("random walk: not run");
        return;
    };
    let native: serde_json::Value = serde_json::from_str(&native).expect("it is JSON");
    let number = |key: &str| native[key].as_u64().expect("a number");
    let mut walk = walk::Walk::new(number("seed"));
    let (mut last, acts) = (String::new(), number("acts") as u32);
    for step in 0..acts {
        walk.step(step, &mut |line| last = line);
        if step % 20 == 0 {
            breath().await;
        }
    }
    walk.close();
    let digest = format!("{:016x}", walk.tally.digest);
    wasm_bindgen_test::console_log!("random walk: {acts} acts, {digest}; the last: {last}");
    assert_eq!(native["digest"], digest, "one digest");
    let same = native["summary"] == walk.tally.summary() && !walk.file_text().is_empty();
    assert!(same, "the same was done: {}", walk.tally.summary());
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

/// The text of a file below the repository, which the runner of the tests serves too.
async fn fetched(address: &str) -> Option<String> {
    let answer = web_sys::window()?.fetch_with_str(address);
    let answer: web_sys::Response = JsFuture::from(answer).await.ok()?.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    let text = JsFuture::from(answer.text().ok()?).await.ok()?;
    text.as_string()
}

/// A real load, where there is one beside the project, ends in the world that the native runner made of the same file
/// just before: `scripts/test.sh` lays both into `target/real-trace/`.
#[wasm_bindgen_test]
async fn a_real_trace_ends_in_the_world_that_it_ends_in_natively() {
    use millrace_engine::base::digest::Hex;
    use millrace_engine::design::edit::Edit;
    use millrace_engine::lessons::scenarios;
    use millrace_engine::run::Run;
    use millrace_engine::services::shared::trace;

    const NAME: &str = "elb_request_count.csv";
    /// A slice of model time [us].
    const SLICE: u64 = 600_000_000;
    let file = fetched(&format!("/target/real-trace/{NAME}")).await;
    let native = fetched("/target/real-trace/native.json").await;
    let (Some(file), Some(native)) = (file, native) else {
        assert!(
            option_env!("MILLRACE_REAL_TRACE").is_none(),
            "the load was laid out, and the runner of the tests does not serve it"
        );
        wasm_bindgen_test::console_log!("real trace: not run");
        return;
    };
    let native: serde_json::Value = serde_json::from_str(&native).expect("the runner prints JSON");
    let scenario = scenarios::find("trace").expect("the scenario");
    let (mut design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
    let trace = trace::parse(NAME, &file).expect("a good file");
    design.traces.insert(NAME.to_owned(), trace.into());
    let drive = Edit::Set {
        at: "trace".to_owned(),
        field: "trace".to_owned(),
        value: NAME.to_owned(),
    };
    let mut run = Run::new(design.apply(&drive).expect("it is there")).expect("it runs");
    let until = native["until_us"].as_u64().expect("a time");
    while run.now() < until {
        run.advance((run.now() + SLICE).min(until), u64::MAX);
        breath().await;
    }
    let (digest, report) = (Hex(run.digest()).to_string(), run.report("trace"));
    let ends = |of: &serde_json::Value| of["ledger"]["report"]["records"].clone();
    wasm_bindgen_test::console_log!(
        "real trace: run; {} records, {digest}",
        ends(&report)["true"]
    );
    assert_eq!(native["digest"], digest, "one digest");
    assert_eq!(ends(&report), ends(&native), "and the same sums");
}
