//! The accessible mirror of the stage: the graph as real elements, one tab stop, arrows walk in it.
//!
//! ```text
//!  node --Right--> wire --Right--> node      Left goes back; Up and Down go among neighbours
//! ```

use super::bench::BenchMsg;
use super::msg::Msg;
use super::seen::{NodeSeen, WireSeen};
use super::text::t;
use crate::platform::dom;
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// Id of a node's or wire's element in the mirror.
pub(crate) fn mirror_id(part: &str) -> String {
    format!("node-{part}")
}

/// What the mirror shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct MirrorProps {
    /// The nodes.
    pub(crate) nodes: Rc<Vec<NodeSeen>>,
    /// The wires.
    pub(crate) wires: Rc<Vec<WireSeen>>,
    /// The node or wire that the tab key comes to.
    pub(crate) focus: AttrValue,
    /// Whether something lies over it that must be closed first.
    pub(crate) covered: bool,
    /// The node or wire in the inspector.
    pub(crate) chosen: Option<AttrValue>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The graph as elements.
#[component]
pub(crate) fn Mirror(props: &MirrorProps) -> Html {
    let graph = Graph {
        nodes: Rc::clone(&props.nodes),
        wires: Rc::clone(&props.wires),
    };
    let first = || {
        let first = props.nodes.first().map(|node| node.id.clone());
        first.unwrap_or_default()
    };
    let stop = if graph.has(&props.focus) {
        props.focus.clone()
    } else {
        first()
    };
    let nodes = props
        .nodes
        .iter()
        .map(|node| (&node.id, node.place, &node.words));
    let wires = props
        .wires
        .iter()
        .map(|wire| (&wire.id, wire.place, &wire.words));
    html! {
        <div class="mirror" role="group" inert={props.covered} aria-label={t("stage.name")}
            aria-describedby="stage-keys">
            <p id="stage-keys" class="vh">{ t("stage.keys") }</p>
            { for nodes.chain(wires).map(|(id, place, words)| html! {
                <Part key={id.to_string()} id={id.clone()} {place} words={words.clone()} graph={graph.clone()}
                    stop={*id == stop} chosen={props.chosen.as_ref() == Some(id)} send={props.send.clone()} />
            }) }
        </div>
    }
}

#[derive(Clone, PartialEq, Properties)]
struct PartProps {
    id: AttrValue,
    place: [f64; 4],
    words: AttrValue,
    graph: Graph,
    stop: bool,
    chosen: bool,
    send: Callback<Msg>,
}

#[component]
fn Part(props: &PartProps) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.place), |(element, place)| {
        if let Some(element) = element.cast::<Element>() {
            dom::place(&element, *place);
        }
    });
    let id = props.id.clone();
    let choose = super::bar::on(&props.send, move || Msg::Choose(id.clone()));
    let (id, send) = (props.id.clone(), props.send.clone());
    let onfocus = Callback::from(move |_: FocusEvent| send.emit(Msg::Focus(id.clone())));
    let (graph, id, send) = (props.graph.clone(), props.id.clone(), props.send.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if event.key() == " " {
            // as everywhere on the stage; Enter opens the inspector
            event.prevent_default();
            event.stop_propagation();
            return send.emit(Msg::PlayPause);
        }
        if let Some(msg) = asked(&event, &id, graph.node(&id).is_some()) {
            event.prevent_default();
            event.stop_propagation();
            return send.emit(Msg::Bench(msg));
        }
        if let Some(next) = graph.neighbour(&id, &event.key()) {
            event.prevent_default();
            event.stop_propagation();
            dom::focus(&mirror_id(&next));
        }
    });
    html! {
        <button type="button" ref={element} id={mirror_id(&props.id)} tabindex={if props.stop { "0" } else { "-1" }}
            aria-label={&props.words} aria-pressed={props.chosen.to_string()}
            {onfocus} {onkeydown} onclick={choose}></button>
    }
}

/// What a key asks of a part.
fn asked(event: &KeyboardEvent, id: &AttrValue, node: bool) -> Option<BenchMsg> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let id = id.clone();
    match event.key().as_str() {
        "w" | "W" if node => Some(BenchMsg::WireFrom(id)),
        "m" | "M" if node => Some(BenchMsg::MoveByKeys(Some(id))),
        "x" | "X" if node => Some(BenchMsg::Pick(id)),
        "Delete" | "Backspace" => Some(BenchMsg::Remove(Some(id))),
        "ContextMenu" => Some(BenchMsg::MenuOf(id)),
        "F10" if event.shift_key() => Some(BenchMsg::MenuOf(id)),
        _ => None,
    }
}

/// Nodes and wires, as the arrow keys walk them.
#[derive(Clone, PartialEq)]
struct Graph {
    nodes: Rc<Vec<NodeSeen>>,
    wires: Rc<Vec<WireSeen>>,
}

/// Of several, the one whose height is nearest to `y`.
fn nearest<'a>(among: impl Iterator<Item = (&'a AttrValue, f64)>, y: f64) -> Option<AttrValue> {
    among
        .min_by(|a, b| (a.1 - y).abs().total_cmp(&(b.1 - y).abs()))
        .map(|(id, _)| id.clone())
}

/// The next above or below `y`.
fn beside<'a>(
    among: impl Iterator<Item = (&'a AttrValue, f64)>,
    y: f64,
    up: bool,
) -> Option<AttrValue> {
    let ahead = among.filter(|(_, at)| if up { *at < y } else { *at > y });
    nearest(ahead, y)
}

impl Graph {
    fn node(&self, id: &str) -> Option<&NodeSeen> {
        self.nodes.iter().find(|node| node.id == id)
    }

    fn wire(&self, id: &str) -> Option<&WireSeen> {
        self.wires.iter().find(|wire| wire.id == id)
    }

    fn has(&self, id: &str) -> bool {
        self.node(id).is_some() || self.wire(id).is_some()
    }

    /// Where an arrow key leads from a node or wire.
    fn neighbour(&self, from: &str, key: &str) -> Option<AttrValue> {
        match key {
            "Home" => self.nodes.first().map(|node| node.id.clone()),
            "End" => self.nodes.last().map(|node| node.id.clone()),
            _ => match self.node(from) {
                Some(node) => self.along(node, key),
                None => self.to_an_end(self.wire(from)?, key),
            },
        }
    }

    /// Along the nearest wire, or to the next node that shares some of the node's breadth.
    fn along(&self, here: &NodeSeen, key: &str) -> Option<AttrValue> {
        let [x, y, w, _] = here.place;
        let wires = |of: fn(&WireSeen) -> &AttrValue| {
            let mine = self.wires.iter().filter(move |wire| *of(wire) == here.id);
            mine.map(|wire| (&wire.id, wire.place[1]))
        };
        let column = self.nodes.iter().filter(|node| {
            node.id != here.id && node.place[0] < x + w && node.place[0] + node.place[2] > x
        });
        let column = column.map(|node| (&node.id, node.place[1]));
        match key {
            "ArrowRight" => nearest(wires(|wire| &wire.from), y),
            "ArrowLeft" => nearest(wires(|wire| &wire.to), y),
            "ArrowUp" => beside(column, y, true),
            "ArrowDown" => beside(column, y, false),
            _ => None,
        }
    }

    /// To one of its ends, or to the next wire that shares an end with it.
    fn to_an_end(&self, here: &WireSeen, key: &str) -> Option<AttrValue> {
        let mates = self
            .wires
            .iter()
            .filter(|wire| wire.id != here.id && (wire.from == here.from || wire.to == here.to));
        let mates = mates.map(|wire| (&wire.id, wire.place[1]));
        let y = here.place[1];
        match key {
            "ArrowRight" => Some(here.to.clone()),
            "ArrowLeft" => Some(here.from.clone()),
            "ArrowUp" => beside(mates, y, true),
            "ArrowDown" => beside(mates, y, false),
            _ => None,
        }
    }
}
