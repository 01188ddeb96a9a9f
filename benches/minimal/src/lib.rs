//! The smallest page of Yew with a chart of plotters: a heading, a button that counts, a line on a canvas.
//!
//! Built with the profile of the page in the same run of `make bench`; the page's size and first render are told
//! beside it.
#![cfg(target_arch = "wasm32")]

use plotters::prelude::{ChartBuilder, IntoDrawingArea, LineSeries, RGBColor, WHITE};
use plotters_canvas::CanvasBackend;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

#[component]
fn App() -> Html {
    let count = use_state(|| 0);
    let canvas = use_node_ref();
    {
        let canvas = canvas.clone();
        use_effect_with(*count, move |count| {
            if let Some(canvas) = canvas.cast::<HtmlCanvasElement>() {
                draw(canvas, *count);
            }
        });
    }
    let onclick = {
        let count = count.clone();
        Callback::from(move |_: MouseEvent| count.set(*count + 1))
    };
    html! {
        <main id="mounted">
            <h1>{ "A chart" }</h1>
            <button {onclick}>{ format!("Again ({})", *count) }</button>
            <canvas ref={canvas} width="400" height="200" />
        </main>
    }
}

/// Draws a line; a canvas that cannot be drawn on stays empty.
fn draw(canvas: HtmlCanvasElement, seed: u32) -> Option<()> {
    let root = CanvasBackend::with_canvas_object(canvas)?.into_drawing_area();
    root.fill(&WHITE).ok()?;
    let mut chart = ChartBuilder::on(&root)
        .x_label_area_size(20)
        .y_label_area_size(40)
        .build_cartesian_2d(0_u32..600, 0_u32..1_000)
        .ok()?;
    chart.configure_mesh().draw().ok()?;
    let points = (0..600).map(|x| (x, (x * 7 + seed * 131) * 37 % 1_000));
    let line = LineSeries::new(points, &RGBColor(10, 107, 174));
    chart.draw_series(line).ok()?;
    root.present().ok()
}

#[wasm_bindgen(start)]
fn start() {
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        yew::Renderer::<App>::with_root(root).render();
    }
}
