//! One chart: its head, what can be done with it, and the picture over which pointer and keys move the shared cursor.

use super::{BETWEEN, ChartMsg, ChartSeen, Stroke, Which};
use crate::ui::bar::on;
use crate::ui::icons::{Icon, icon};
use crate::ui::msg::{Msg, Popover};
use crate::ui::text::{fill, t};
use web_sys::Element;
use yew::prelude::*;

/// How far a pointer may slip and still click [CSS px].
const SLIP: f64 = 4.0;

/// What a chart shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct OneProps {
    /// The chart.
    pub(super) seen: ChartSeen,
    /// Where messages go.
    pub(super) send: Callback<Msg>,
}

/// The chart.
#[component]
pub(super) fn One(props: &OneProps) -> Html {
    let saving = use_state_eq(|| false);
    let seen = &props.seen;
    let which = seen.which;
    let hint = (which == Which::Age).then(|| t("unread.help"));
    html! {
        <section class={classes!("chart", which.name())} aria-label={label(seen)} title={hint}>
            <header>
                <h2>{ for parted(&seen.title) }</h2>
                <span class="of">{ &seen.node }</span>
                { buttons(props, &saving) }
            </header>
            <p class="figs">{ under(props, *saving) }</p>
            <Picture seen={seen.clone()} send={props.send.clone()} />
        </section>
    }
}

/// Title and node: two charts may have the same title.
fn label(seen: &ChartSeen) -> String {
    if seen.pinned {
        fill("chart.of", &[("chart", &seen.title), ("node", &seen.node)])
    } else {
        seen.title.to_string()
    }
}

/// A title that may be broken between the words of a metric's name.
fn parted(title: &str) -> Vec<Html> {
    let mut parts: Vec<String> = Vec::new();
    let mut small = false;
    for letter in title.chars() {
        if parts.is_empty() || (small && letter.is_uppercase()) {
            parts.push(String::new());
        }
        small = letter.is_lowercase() || letter == '.';
        if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    let parts = parts.into_iter().enumerate();
    parts
        .map(|(ix, part)| html! { <>if ix > 0 { <wbr /> }{ part }</> })
        .collect()
}

fn buttons(props: &OneProps, saving: &UseStateHandle<bool>) -> Html {
    let (which, send) = (props.seen.which, &props.send);
    let named = |key: &str| {
        let values = [("chart", &*props.seen.title), ("node", &*props.seen.node)];
        fill(key, &values)
    };
    let small = |id: &str, key: &str, of: Icon, onclick: Callback<MouseEvent>| {
        let label = named(key);
        html! {
            <button type="button" class="mini" id={format!("{}-{id}", which.canvas())} aria-label={label.clone()}
                title={label} {onclick}>{ icon(of) }</button>
        }
    };
    let pin = named("chart.pin");
    let open = {
        let saving = saving.clone();
        Callback::from(move |_: MouseEvent| saving.set(!*saving))
    };
    let save = named("chart.save");
    html! {
        <>
            if !props.seen.node.is_empty() {
                <button type="button" class="mini" aria-pressed={props.seen.pinned.to_string()}
                    aria-label={pin.clone()} title={pin} onclick={on(send, move || Msg::Chart(ChartMsg::Pin(which)))}>
                    { icon(Icon::Pin) }</button>
            }
            { small("table", "table.open", Icon::Table,
                on(send, move || Msg::Popover(Some(Popover::Table(which))))) }
            <button type="button" class="mini" aria-expanded={saving.to_string()} aria-label={save.clone()} title={save}
                onclick={open}>{ icon(Icon::Save) }</button>
            if matches!(which, Which::Added(_)) {
                { small("close", "chart.close", Icon::Close, on(send, move || Msg::Chart(ChartMsg::Close(which)))) }
            }
        </>
    }
}

/// The figures; in their place, when asked for, as what the chart can be saved.
fn under(props: &OneProps, saving: bool) -> Html {
    let (which, seen) = (props.seen.which, &props.seen);
    if saving {
        let save = |key: &str, msg: fn(Which) -> ChartMsg| {
            html! {
                <button type="button" class="plain" onclick={on(&props.send, move || Msg::Chart(msg(which)))}>
                    { t(key) }</button>
            }
        };
        return html! { <>{ save("table.csv", ChartMsg::Csv) }{ save("table.png", ChartMsg::Png) }</> };
    }
    if let Some(missing) = &seen.missing {
        return html! { <span class="missing">{ missing }</span> };
    }
    let figures = seen.figures.split(BETWEEN).enumerate();
    html! {
        <span>{ for figures.map(|(ix, one)| html! {
            <span>{ if ix > 0 { BETWEEN } else { "" } }{ one }</span>
        }) }</span>
    }
}

fn column(event: &PointerEvent) -> f64 {
    f64::from(event.offset_x())
}

/// The canvas, with pointer and keys.
#[component]
fn Picture(props: &OneProps) -> Html {
    let seen = &props.seen;
    let [from, at, to] = seen.range;
    let unmarked = || AttrValue::from(t("chart.cursor.none"));
    let send = props.send.clone();
    let which = seen.which;
    let (marked, keys) = (seen.cursor.is_some(), props.send.clone());
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if let Some(stroke) = stroke(&event, marked) {
            event.prevent_default();
            event.stop_propagation();
            keys.emit(Msg::Chart(ChartMsg::Key(which, stroke)));
        }
    });
    let onblur = Callback::from(move |_: FocusEvent| send.emit(Msg::Chart(ChartMsg::Left)));
    html! {
        <div class="picture" id={which.slider()} role="slider" tabindex="0"
            aria-label={fill("chart.cursor", &[("chart", &label(seen))])} aria-valuemin={from.to_string()}
            aria-valuemax={to.to_string()} aria-valuenow={at.to_string()}
            aria-valuetext={seen.cursor.clone().unwrap_or_else(unmarked)} {onkeydown} {onblur}>
            <Surface {which} send={props.send.clone()} />
        </div>
    }
}

/// What a key does on a chart; none for those that it leaves to the page.
fn stroke(event: &KeyboardEvent, marked: bool) -> Option<Stroke> {
    if event.ctrl_key() || event.meta_key() || event.alt_key() {
        return None;
    }
    let steps = if event.shift_key() { 10 } else { 1 };
    match event.key().as_str() {
        "ArrowLeft" | "ArrowDown" => Some(Stroke::Step(-steps)),
        "ArrowRight" | "ArrowUp" => Some(Stroke::Step(steps)),
        "Home" => Some(Stroke::First),
        "End" => Some(Stroke::Last),
        "Enter" if event.shift_key() => Some(Stroke::Ends),
        "Enter" => Some(Stroke::Seek),
        "Escape" => marked.then_some(Stroke::Leave),
        "+" => Some(Stroke::Zoom(true)),
        "-" => Some(Stroke::Zoom(false)),
        _ => None,
    }
}

#[derive(Clone, PartialEq, Properties)]
struct SurfaceProps {
    which: Which,
    send: Callback<Msg>,
}

/// Where the pointer went down, and whether it was dragged; none while it is up.
type Down = Option<(f64, bool)>;

/// The canvas itself, drawn once.
#[component]
fn Surface(props: &SurfaceProps) -> Html {
    let down = use_mut_ref(Down::default);
    let which = props.which;
    let on = |act: fn(Which, &mut Down, &PointerEvent) -> Option<ChartMsg>| {
        let (send, down) = (props.send.clone(), down.clone());
        Callback::from(move |event: PointerEvent| {
            let told = act(which, &mut down.borrow_mut(), &event);
            if let Some(told) = told {
                send.emit(Msg::Chart(told));
            }
        })
    };
    let onpointerdown = on(|_, down, event| {
        if event.is_primary() && event.button() == 0 {
            let element = event.target_unchecked_into::<Element>();
            let _ = element.set_pointer_capture(event.pointer_id());
            *down = Some((column(event), false));
        }
        None
    });
    let onpointermove = on(|which, down, event| {
        let x = column(event);
        match down {
            Some((from, dragged)) if *dragged || (x - *from).abs() > SLIP => {
                *dragged = true;
                Some(ChartMsg::Brushing(which, *from, x))
            }
            _ => Some(ChartMsg::Over(which, x)),
        }
    });
    let onpointerup = on(|which, down, event| match down.take()? {
        (from, true) => Some(ChartMsg::Brushed(which, from, column(event))),
        (from, false) => Some(ChartMsg::Seek(which, from)),
    });
    let onpointercancel = on(|_, down, _| {
        *down = None;
        Some(ChartMsg::Left)
    });
    let onpointerleave = on(|_, down, _| down.is_none().then_some(ChartMsg::Left));
    let send = props.send.clone();
    let ondblclick = Callback::from(move |_: MouseEvent| send.emit(Msg::Chart(ChartMsg::Whole)));
    html! {
        <canvas id={which.canvas()} class="chart-canvas" {onpointerdown} {onpointermove} {onpointerup}
            {onpointercancel} {onpointerleave} {ondblclick}></canvas>
    }
}
