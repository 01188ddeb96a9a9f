//! The top bar: brand, scenario, transport, speed, clock, seed, and what opens above the page.

use super::bench::BenchMsg;
use super::icons::{Icon, icon};
use super::msg::{Msg, Popover};
use super::scenes::Scenes;
use super::seen::Clock;
use super::session::SPEEDS;
use super::text::{fill, t};
use crate::platform::theme::Theme;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

/// What the bar shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct BarProps {
    /// Clock and transport.
    pub(crate) clock: Clock,
    /// The scenario that runs; empty for a file of the reader's own.
    pub(crate) scenario: AttrValue,
    /// Its act; empty for a file of the reader's own.
    pub(crate) act: AttrValue,
    /// Whether the first visit is on, which has little to read.
    pub(crate) visiting: bool,
    /// The theme.
    pub(crate) theme: Theme,
    /// What is open above the page.
    pub(crate) open: Option<Popover>,
    /// Why the newest change cannot be taken back, and why none can be made again; `None` where it can.
    pub(crate) steps: [Option<AttrValue>; 2],
    /// Files that were opened or saved lately.
    pub(crate) recent: std::rc::Rc<Vec<AttrValue>>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// A square button with a drawing.
fn tool(
    what: Icon,
    label: &'static str,
    class: &'static str,
    onclick: Callback<MouseEvent>,
) -> Html {
    html! {
        <button type="button" class={classes!("tool", class)} aria-label={label} title={label} {onclick}>
            { icon(what) }
        </button>
    }
}

/// A callback that sends one message.
pub(crate) fn on(send: &Callback<Msg>, make: impl Fn() -> Msg + 'static) -> Callback<MouseEvent> {
    let send = send.clone();
    Callback::from(move |_| send.emit(make()))
}

/// The top bar.
#[component]
pub(crate) fn Bar(props: &BarProps) -> Html {
    let send = &props.send;
    html! {
        <header class="bar">
            <h1 class="brand">{ icon(Icon::Brand) }<span>{ t("brand") }</span></h1>
            <Scenes scenario={props.scenario.clone()} act={props.act.clone()} names_act={!props.visiting}
                open={props.open == Some(Popover::Scenarios)} send={props.send.clone()} />
            { transport(props) }
            { speed(props) }
            <div class="clock" role="timer" aria-label={t("bar.clock")} aria-live="off">
                <span class="day">{ &props.clock.day }</span>{ " " }<span class="time">{ &props.clock.time }</span>
            </div>
            { seed(props) }
            { tool(Icon::Reset, t("menu.reset"), "wide", on(send, || Msg::Reset)) }
            <span class="room"></span>
            { step(Icon::Undo, "menu.undo", &props.steps[0], on(send, || Msg::Undo)) }
            { step(Icon::Redo, "menu.redo", &props.steps[1], on(send, || Msg::Bench(BenchMsg::Redo))) }
            { tool(Icon::Find, t("command.title"), "find", on(send, || Msg::Popover(Some(Popover::Commands)))) }
            { menu(props) }
            { tool(theme_icon(props.theme), theme_label(props.theme), "theme", on(send, || Msg::Theme)) }
            { tool(Icon::Help, t("bar.keys"), "help", on(send, || Msg::Popover(Some(Popover::Keys)))) }
        </header>
    }
}

/// Undo or redo: greyed where there is nothing to do, and then it says why.
fn step(
    what: Icon,
    key: &'static str,
    why: &Option<AttrValue>,
    onclick: Callback<MouseEvent>,
) -> Html {
    let title = why.clone().unwrap_or_else(|| t(key).into());
    html! {
        <button type="button" class="tool wide" aria-label={t(key)} {title} disabled={why.is_some()} {onclick}>
            { icon(what) }
        </button>
    }
}

fn theme_icon(theme: Theme) -> Icon {
    match theme {
        Theme::System => Icon::System,
        Theme::Light => Icon::Light,
        Theme::Dark => Icon::Dark,
    }
}

fn theme_label(theme: Theme) -> &'static str {
    match theme {
        Theme::System => t("theme.system"),
        Theme::Light => t("theme.light"),
        Theme::Dark => t("theme.dark"),
    }
}

fn transport(props: &BarProps) -> Html {
    let send = &props.send;
    let (play, label) = if props.clock.playing {
        (Icon::Pause, t("bar.pause"))
    } else {
        (Icon::Play, t("bar.play"))
    };
    html! {
        <div class="transport" role="group" inert={props.open == Some(Popover::Menu)} aria-label={t("bar.transport")}>
            { tool(Icon::Start, t("bar.start"), "", on(send, || Msg::ToStart)) }
            { tool(play, label, "play", on(send, || Msg::PlayPause)) }
            { tool(Icon::Step, t("bar.step"), "", on(send, || Msg::Step)) }
            { tool(Icon::Next, t("bar.next"), "", on(send, || Msg::NextNotable)) }
        </div>
    }
}

fn speed(props: &BarProps) -> Html {
    let send = props.send.clone();
    let onchange = Callback::from(move |event: Event| {
        let chosen = event.target_unchecked_into::<HtmlSelectElement>().value();
        if let Ok(ix) = chosen.parse() {
            send.emit(Msg::Speed(ix));
        }
    });
    html! {
        <div class="speed">
            <select aria-label={t("bar.speed")} {onchange}>
                { for SPEEDS.iter().enumerate().map(|(ix, (_, name))| html! {
                    <option key={ix} value={ix.to_string()} selected={ix == props.clock.speed}>{ *name }</option>
                }) }
            </select>
            if let Some(reached) = &props.clock.reached {
                <span class="reached" title={t("bar.reached.help")}>{ reached }</span>
            }
        </div>
    }
}

fn seed(props: &BarProps) -> Html {
    let open = props.open == Some(Popover::Seed);
    let toggle = on(&props.send, move || {
        Msg::Popover((!open).then_some(Popover::Seed))
    });
    html! {
        <div class="seed wide">
            <button type="button" class="plain" aria-expanded={open.to_string()} title={t("seed.help")}
                onclick={toggle}>{ fill("seed.shown", &[("seed", &props.clock.seed.to_string())]) }</button>
            if open {
                <div class="popover">{ seed_form(props) }</div>
            }
        </div>
    }
}

fn seed_form(props: &BarProps) -> Html {
    let send = props.send.clone();
    let field = "seed-field";
    let onsubmit = Callback::from(move |event: SubmitEvent| {
        event.prevent_default();
        let typed = crate::platform::dom::by_id(field)
            .and_then(|field| wasm_bindgen::JsCast::dyn_into::<HtmlInputElement>(field).ok())
            .map(|field| field.value());
        match typed.map(|typed| typed.trim().parse()) {
            Some(Ok(seed)) => send.emit(Msg::Seed(seed)),
            _ => send.emit(Msg::Say(t("seed.bad").to_owned())),
        }
    });
    html! {
        <form class="seed-form" {onsubmit}>
            <label for={field}>{ t("seed.label") }</label>
            <input id={field} inputmode="numeric" autocomplete="off" value={props.clock.seed.to_string()} />
            <button type="submit" class="button">{ t("seed.run") }</button>
        </form>
    }
}

fn menu(props: &BarProps) -> Html {
    let send = &props.send;
    let open = props.open == Some(Popover::Menu);
    let toggle = on(send, move || Msg::Popover((!open).then_some(Popover::Menu)));
    html! {
        <div class="menu">
            <button type="button" class="tool" aria-label={t("bar.menu")} title={t("bar.menu")}
                aria-expanded={open.to_string()} onclick={toggle}>{ icon(Icon::Menu) }</button>
            if open {
                <div class="popover list">
                    { entry(t("command.title"), on(send, || Msg::Popover(Some(Popover::Commands)))) }
                    { opener(send) }
                    { entry(t("menu.save"), on(send, || Msg::Save)) }
                    { entry(t("menu.share"), on(send, || Msg::Share)) }
                    { recent(props) }
                    if props.steps[0].is_none() {
                        { entry(t("menu.undo"), on(send, || Msg::Undo)) }
                    }
                    if props.steps[1].is_none() {
                        { entry(t("menu.redo"), on(send, || Msg::Bench(BenchMsg::Redo))) }
                    }
                    { entry(t("menu.reset"), on(send, || Msg::Reset)) }
                    { entry(t("menu.visit"), on(send, || Msg::VisitAgain)) }
                    { entry(t("menu.scores"), on(send, || Msg::Popover(Some(Popover::Scores)))) }
                    <a class="entry" href="licences.txt" target="_blank" rel="noopener">{ t("menu.licences") }</a>
                    <div class="narrow">{ seed_form(props) }</div>
                </div>
            }
        </div>
    }
}

/// Files that were opened or saved lately.
fn recent(props: &BarProps) -> Html {
    if props.recent.is_empty() {
        return Html::default();
    }
    html! {
        <div role="group" aria-label={t("recent.name")} class="recent">
            <h2>{ t("recent.name") }</h2>
            { for props.recent.iter().map(|name| {
                let own = name.clone();
                html! {
                    <button type="button" class="entry" key={name.to_string()}
                        onclick={on(&props.send, move || Msg::Bench(BenchMsg::Recent(own.clone())))}>{ name }</button>
                }
            }) }
        </div>
    }
}

fn entry(label: &'static str, onclick: Callback<MouseEvent>) -> Html {
    html! { <button type="button" class="entry" {onclick}>{ label }</button> }
}

/// The file button: a label around the browser's own control, which keeps keyboard and names.
fn opener(send: &Callback<Msg>) -> Html {
    let send = send.clone();
    let onchange = Callback::from(move |event: Event| {
        let input = event.target_unchecked_into::<HtmlInputElement>();
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            send.emit(Msg::File(file));
        }
        input.set_value("");
    });
    html! {
        <label class="entry file">
            <span>{ t("menu.open") }</span>
            <input type="file" accept=".csv,.txt,.json,text/csv,application/json" {onchange} />
        </label>
    }
}
