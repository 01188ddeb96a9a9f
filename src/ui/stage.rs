//! The stage: two canvases that are mounted once.

use super::msg::Msg;
use std::cell::Cell;
use std::rc::Rc;
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

/// How far a finger may slip and still click [CSS px].
const SLIP: f64 = 6.0;

/// A pointer that is down: where it was last, and how far it has gone.
type Down = Rc<Cell<Option<(f64, f64, f64)>>>;

fn at(event: &PointerEvent) -> (f64, f64) {
    (f64::from(event.offset_x()), f64::from(event.offset_y()))
}

fn moved(send: &Callback<Msg>, down: &Down, event: &PointerEvent) {
    let (x, y) = at(event);
    let Some((x0, y0, gone)) = down.get() else {
        send.emit(Msg::StageHover(Some((x, y))));
        return;
    };
    let gone = gone + (x - x0).abs() + (y - y0).abs();
    if gone > SLIP {
        send.emit(Msg::StagePan(x - x0, y - y0));
    }
    down.set(Some((x, y, gone)));
}

/// The canvases.
#[component]
pub(crate) fn Canvases(props: &CanvasesProps) -> Html {
    let down: Rc<Down> = use_memo((), |()| Down::default());
    let on = |act: fn(&Callback<Msg>, &Down, &PointerEvent)| {
        let (send, down) = (props.send.clone(), Rc::clone(&down));
        Callback::from(move |event: PointerEvent| act(&send, &down, &event))
    };
    let onpointerdown = on(|_, down, event| {
        let (x, y) = at(event);
        if event.is_primary() && event.button() == 0 {
            let _ = event
                .target_unchecked_into::<Element>()
                .set_pointer_capture(event.pointer_id());
            down.set(Some((x, y, 0.0)));
        }
    });
    let onpointerup = on(|send, down, _| {
        if let Some((x, y, gone)) = down.take()
            && gone <= SLIP
        {
            send.emit(Msg::StageClick(x, y));
        }
    });
    let onpointerleave = on(|send, _, _| send.emit(Msg::StageHover(None)));
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
    let send = props.send.clone();
    let ondblclick = Callback::from(move |_: MouseEvent| send.emit(Msg::StageFit));
    html! {
        <>
            <canvas id={REST} aria-hidden="true"></canvas>
            <canvas id={MOVES} aria-hidden="true" {onpointerdown} onpointermove={on(moved)} {onpointerup}
                {onpointerleave} {onwheel} {ondblclick}></canvas>
        </>
    }
}
