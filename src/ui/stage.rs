//! The stage: two canvases that are mounted once, and their accessible mirror of real elements.

use super::msg::Msg;
use super::seen::NodeSeen;
use super::text::t;
use crate::platform::dom;
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

/// Id of a node's element in the mirror.
pub(crate) fn mirror_id(node: &str) -> String {
    format!("node-{node}")
}

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

/// What the mirror shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MirrorProps {
    /// The nodes.
    pub(crate) nodes: Rc<Vec<NodeSeen>>,
    /// The node that the tab key comes to.
    pub(crate) focus: AttrValue,
    /// Whether something lies over it that must be closed first.
    pub(crate) covered: bool,
    /// The node in the inspector.
    pub(crate) chosen: Option<AttrValue>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The graph as elements: one tab stop, arrows walk along the wires and among neighbours.
#[component]
pub(crate) fn Mirror(props: &MirrorProps) -> Html {
    let stop = if props.nodes.iter().any(|node| node.id == props.focus) {
        props.focus.clone()
    } else {
        props
            .nodes
            .first()
            .map(|node| node.id.clone())
            .unwrap_or_default()
    };
    html! {
        <div class="mirror" role="group" inert={props.covered} aria-label={t("stage.name")}
            aria-describedby="stage-keys">
            <p id="stage-keys" class="vh">{ t("stage.keys") }</p>
            { for props.nodes.iter().map(|node| html! {
                <MirrorNode key={node.id.to_string()} node={node.clone()} nodes={Rc::clone(&props.nodes)}
                    stop={node.id == stop} chosen={props.chosen.as_ref() == Some(&node.id)}
                    send={props.send.clone()} />
            }) }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct NodeProps {
    node: NodeSeen,
    nodes: Rc<Vec<NodeSeen>>,
    stop: bool,
    chosen: bool,
    send: Callback<Msg>,
}

#[component]
fn MirrorNode(props: &NodeProps) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.node.place), |(element, place)| {
        if let Some(element) = element.cast::<Element>() {
            dom::place(&element, *place);
        }
    });
    let node = &props.node;
    let id = node.id.clone();
    let choose = super::bar::on(&props.send, move || Msg::Choose(id.clone()));
    let (id, send) = (node.id.clone(), props.send.clone());
    let onfocus = Callback::from(move |_: FocusEvent| send.emit(Msg::Focus(id.clone())));
    let (nodes, id) = (Rc::clone(&props.nodes), node.id.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(next) = neighbour(&nodes, &id, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
            dom::focus(&mirror_id(&next));
        }
    });
    html! {
        <button type="button" ref={element} id={mirror_id(&node.id)} tabindex={if props.stop { "0" } else { "-1" }}
            aria-label={&node.words} aria-pressed={props.chosen.to_string()}
            {onfocus} {onkeydown} onclick={choose}></button>
    }
}

/// Where an arrow key leads from a node.
fn neighbour(nodes: &[NodeSeen], from: &str, key: &str) -> Option<AttrValue> {
    let here = nodes.iter().find(|node| node.id == from)?;
    let [x, y, w, _] = here.place;
    let distance = |node: &NodeSeen| (node.place[1] - y).abs();
    let nearest = |ids: &[AttrValue]| {
        let linked = nodes.iter().filter(|node| ids.contains(&node.id));
        linked
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .map(|node| node.id.clone())
    };
    // Neighbours above and below share some of the node's breadth.
    let column = nodes.iter().filter(|node| {
        node.id != here.id && node.place[0] < x + w && node.place[0] + node.place[2] > x
    });
    match key {
        "ArrowRight" => nearest(&here.outs),
        "ArrowLeft" => nearest(&here.ins),
        "ArrowUp" => column
            .filter(|node| node.place[1] < y)
            .max_by(|a, b| a.place[1].total_cmp(&b.place[1]))
            .map(|node| node.id.clone()),
        "ArrowDown" => column
            .filter(|node| node.place[1] > y)
            .min_by(|a, b| a.place[1].total_cmp(&b.place[1]))
            .map(|node| node.id.clone()),
        "Home" => nodes.first().map(|node| node.id.clone()),
        "End" => nodes.last().map(|node| node.id.clone()),
        _ => None,
    }
}
