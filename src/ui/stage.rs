//! The stage: two canvases that are mounted once.

use super::bench::BenchMsg;
use super::msg::Msg;
use millrace_engine::scene::gesture::Finger;
use millrace_engine::scene::shapes::Point;
use web_sys::Element;
use yew::prelude::*;

/// Id of the canvas on which what rests is drawn.
pub(crate) const REST: &str = "stage-rest";
/// Id of the canvas on which what moves is drawn.
pub(crate) const MOVES: &str = "stage-moves";
/// Id of the box around both.
pub(crate) const STAGE: &str = "stage";

/// Id of the box of the cards that lie over it.
pub(crate) const OVER: &str = "over";

/// Where the canvases' clicks go.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct CanvasesProps {
    /// Made once, so that the canvases are drawn once and never again.
    pub(crate) send: Callback<Msg>,
}

/// A pointer's event as the gestures have it.
fn finger(event: &PointerEvent) -> Finger {
    Finger {
        id: event.pointer_id(),
        at: Point::new(f64::from(event.offset_x()), f64::from(event.offset_y())),
        touch: event.pointer_type() == "touch",
        extend: event.shift_key(),
    }
}

/// The canvases.
#[component]
pub(crate) fn Canvases(props: &CanvasesProps) -> Html {
    let on = |act: fn(&PointerEvent) -> Option<Msg>| {
        let send = props.send.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some(msg) = act(&event) {
                send.emit(msg);
            }
        })
    };
    let onpointerdown = on(|event| {
        if event.button() != 0 {
            return None;
        }
        let _ = event
            .target_unchecked_into::<Element>()
            .set_pointer_capture(event.pointer_id());
        Some(Msg::Bench(BenchMsg::Down(finger(event))))
    });
    let onpointermove = on(|event| Some(Msg::Bench(BenchMsg::Moved(finger(event)))));
    let onpointerup =
        on(|event| (event.button() == 0).then(|| Msg::Bench(BenchMsg::Up(finger(event)))));
    let onpointercancel = on(|_| Some(Msg::Bench(BenchMsg::Cancelled)));
    let onpointerleave = on(|_| Some(Msg::StageHover(None)));
    let send = props.send.clone();
    let oncontextmenu = Callback::from(move |event: MouseEvent| {
        event.prevent_default();
        let (x, y) = (f64::from(event.offset_x()), f64::from(event.offset_y()));
        send.emit(Msg::Bench(BenchMsg::MenuAt(x, y)));
    });
    let send = props.send.clone();
    let onwheel = Callback::from(move |event: WheelEvent| {
        event.prevent_default();
        let factor = (-event.delta_y() * 0.0015).clamp(-0.5, 0.5).exp();
        send.emit(Msg::StageZoom(
            factor,
            f64::from(event.offset_x()),
            f64::from(event.offset_y()),
        ));
    });
    html! {
        <>
            <canvas id={REST} aria-hidden="true"></canvas>
            <canvas id={MOVES} aria-hidden="true" {onpointerdown} {onpointermove} {onpointerup} {onpointercancel}
                {onpointerleave} {onwheel} {oncontextmenu}></canvas>
        </>
    }
}
