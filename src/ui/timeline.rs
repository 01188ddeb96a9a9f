//! The timeline: what was simulated, where the cursor stands, what happened when.

use super::msg::Msg;
use super::seen::MarkSeen;
use super::text::{fill, t};
use crate::platform::dom;
use millrace_engine::base::time::{MINUTE, Us, clock};
use std::rc::Rc;
use web_sys::{Element, HtmlInputElement};
use yew::prelude::*;

/// Steps of the thumb: fine enough for the eye, coarse enough for a range control.
const STEPS: f64 = 10_000.0;

/// Id of the rail.
const RAIL: &str = "timeline-rail";
/// Width of the rail on the reference screen, until it is drawn [CSS px].
const WIDTH: f64 = 1_080.0;
/// Width of a letter of a mark's words [CSS px].
const LETTER: f64 = 6.2;

/// What the timeline shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TimelineProps {
    /// The cursor [us].
    pub(crate) at: Us,
    /// The furthest simulated time [us].
    pub(crate) head: Us,
    /// UTC of model time 0.
    pub(crate) start_us: u64,
    /// What happened.
    pub(crate) marks: Rc<Vec<MarkSeen>>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// How long the bar is: a minute, doubled until the simulated part leaves a tenth free.
pub(crate) fn span(head: Us) -> Us {
    let mut span = MINUTE;
    while head > span / 10 * 9 {
        span = span.saturating_mul(2);
    }
    span
}

fn share(at: Us, span: Us) -> f64 {
    (at as f64 / span.max(1) as f64).clamp(0.0, 1.0)
}

/// The timeline.
#[component]
pub(crate) fn Timeline(props: &TimelineProps) -> Html {
    let span = span(props.head);
    let (done, seen) = (share(props.at, span), share(props.head, span));
    let send = props.send.clone();
    let oninput = Callback::from(move |event: InputEvent| {
        let value = event
            .target_unchecked_into::<HtmlInputElement>()
            .value_as_number();
        let at = (value / STEPS * span as f64).round().max(0.0);
        send.emit(Msg::Scrub(at as Us));
    });
    let send = props.send.clone();
    let onchange = Callback::from(move |_: Event| send.emit(Msg::Rest));
    let time = clock(props.start_us, props.at);
    html! {
        <div class="timeline">
            <div class="rail" id={RAIL} aria-hidden="true">
                <Bit class="seen" from={0.0} to={seen} />
                <Bit class="done" from={0.0} to={done} />
                { for named(&props.marks, span).into_iter().map(|(mark, name)| html! {
                    <Flag key={format!("{}-{}", mark.at, mark.words)} at={share(mark.at, span)} bad={mark.bad}
                        words={mark.words.clone()} {name} />
                }) }
                <Bit class="now" from={done} to={done} />
            </div>
            <input type="range" min="0" max={STEPS.to_string()} step="1" aria-label={t("timeline.name")}
                value={(done * STEPS).round().to_string()} aria-valuetext={fill("timeline.at", &[("time", &time)])}
                {oninput} {onchange} />
        </div>
    }
}

/// Marks with the question whether there is room for their words: none may touch the next.
fn named(marks: &[MarkSeen], span: Us) -> Vec<(&MarkSeen, bool)> {
    let width = dom::by_id(RAIL).map_or(0.0, |rail| dom::size(&rail).0);
    let width = if width > 0.0 { width } else { WIDTH };
    let mut last = -1.0;
    let mut out = Vec::new();
    for mark in marks {
        let at = share(mark.at, span);
        let room = (mark.words.chars().count() as f64 * LETTER + 8.0) / width;
        let fits = at > last && at + room < 1.0;
        if fits {
            last = at + room;
        }
        out.push((mark, fits));
    }
    out
}

#[derive(Clone, PartialEq, Properties)]
struct BitProps {
    class: &'static str,
    from: f64,
    to: f64,
}

/// A part of the rail, placed by shares of its length.
#[component]
fn Bit(props: &BitProps) -> Html {
    let element = use_node_ref();
    use_effect_with(
        (element.clone(), props.from, props.to),
        |(element, from, to)| {
            if let Some(element) = element.cast::<Element>() {
                dom::style(&element, "left", &format!("{:.3}%", from * 100.0));
                if to > from {
                    dom::style(&element, "width", &format!("{:.3}%", (to - from) * 100.0));
                }
            }
        },
    );
    html! { <div ref={element} class={props.class}></div> }
}

#[derive(Clone, PartialEq, Properties)]
struct FlagProps {
    at: f64,
    bad: bool,
    words: AttrValue,
    name: bool,
}

/// A mark and its words.
#[component]
fn Flag(props: &FlagProps) -> Html {
    let element = use_node_ref();
    use_effect_with((element.clone(), props.at), |(element, at)| {
        if let Some(element) = element.cast::<Element>() {
            dom::style(&element, "left", &format!("{:.3}%", at * 100.0));
        }
    });
    html! {
        <div ref={element} class={classes!("flag", props.bad.then_some("bad"))} title={&props.words}>
            <i></i>
            if props.name { <em>{ &props.words }</em> }
        </div>
    }
}
