//! The menu of scenarios: by world, and for the chosen one its acts with what there is to see.

use super::bar::on;
use super::icons::{Icon, icon};
use super::msg::{Msg, Popover};
use super::scenarios;
use super::text::t;
use millrace_engine::lessons::scenarios::{Scenario, find, list};
use millrace_engine::lessons::starts;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};
use yew::prelude::*;

/// Id of the button that opens the menu.
const BUTTON: &str = "scenario-button";

/// What the menu shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ScenesProps {
    /// The scenario that runs; empty for a file of the reader's own.
    pub(crate) scenario: AttrValue,
    /// Its act; empty for a file of the reader's own.
    pub(crate) act: AttrValue,
    /// Whether the act stands beside the scenario on the button.
    pub(crate) names_act: bool,
    /// Whether the menu is open.
    pub(crate) open: bool,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The button, and the menu below it while it is open.
#[component]
pub(crate) fn Scenes(props: &ScenesProps) -> Html {
    let open = props.open;
    let toggle = on(&props.send, move || {
        Msg::Popover((!open).then_some(Popover::Scenarios))
    });
    let chosen = find(&props.scenario);
    let start = || starts::find(&props.scenario).map(|start| scenarios::name(start.id));
    let name = chosen
        .map(|scenario| scenarios::name(scenario.id))
        .or_else(start);
    let name = name.unwrap_or(t("scenario.own"));
    let act = chosen.filter(|_| !props.act.is_empty());
    let act = act.map(|scenario| scenarios::act_name(scenario.id, &props.act));
    html! {
        <div class="scenes">
            <button type="button" id={BUTTON} class="scenario" aria-expanded={open.to_string()}
                data-scenario={props.scenario.clone()} data-act={props.act.clone()} onclick={toggle}>
                <small class="vh">{ t("bar.scenario") }{ ": " }</small>
                <b>{ name }</b>
                if let Some(act) = act.filter(|_| props.names_act) { <span>{ act }</span> }
                { icon(Icon::Down) }
            </button>
            if open {
                <div class="popover scene-menu" role="group" aria-label={t("bar.scenario")} onkeydown={walk()}>
                    <div class="worlds">{ for ["shop", "bank"].into_iter().map(|id| world(props, id)) }</div>
                    if let Some(scenario) = chosen { { acts(props, scenario) } }
                </div>
            }
        </div>
    }
}

fn world(props: &ScenesProps, id: &'static str) -> Html {
    let scenarios = list().iter().filter(|scenario| scenario.world == id);
    let entry = |scenario: &'static Scenario| {
        let current = (*scenario.id == *props.scenario).then_some("true");
        let go = on(&props.send, move || Msg::Scenario(scenario.id, None));
        html! {
            <button type="button" class="entry" key={scenario.id} id={format!("scenario-{}", scenario.id)}
                aria-current={current} onclick={go}>{ scenarios::name(scenario.id) }</button>
        }
    };
    html! {
        <div role="group" aria-label={t(&format!("world.{id}"))}>
            <h2>{ t(&format!("world.{id}")) }</h2>
            { for scenarios.map(entry) }
            { for starts::LIST.into_iter().filter(|start| start.world == id).map(|start| {
                let current = (*start.id == *props.scenario).then_some("true");
                html! {
                    <button type="button" class="entry start" key={start.id} id={format!("scenario-{}", start.id)}
                        aria-current={current} onclick={on(&props.send, || Msg::Scenario(start.id, Some("")))}>
                        { scenarios::name(start.id) }</button>
                }
            }) }
        </div>
    }
}

fn acts(props: &ScenesProps, scenario: &'static Scenario) -> Html {
    let entry = |act: &'static str| {
        let current = (*act == *props.act).then_some("true");
        let go = on(&props.send, move || Msg::Scenario(scenario.id, Some(act)));
        html! {
            <button type="button" class="entry act" key={act} id={format!("act-{act}")}
                aria-current={current} onclick={go}>
                <b>{ scenarios::act_name(scenario.id, act) }</b>
                <span>{ scenarios::act_what(scenario.id, act) }</span>
            </button>
        }
    };
    html! {
        <div class="acts" role="group" aria-label={t("bar.acts")}>
            <h2>{ scenarios::name(scenario.id) }</h2>
            <p class="hint">{ scenarios::what(scenario.id) }</p>
            { for scenario.acts.iter().map(|act| entry(act.id)) }
        </div>
    }
}

/// The arrow keys walk the entries.
fn walk() -> Callback<KeyboardEvent> {
    Callback::from(|event: KeyboardEvent| {
        let forward = match event.key().as_str() {
            "ArrowDown" => true,
            "ArrowUp" => false,
            _ => return,
        };
        let target = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok());
        let Some(menu) = target
            .as_ref()
            .and_then(|at| at.closest(".scene-menu").ok().flatten())
        else {
            return;
        };
        let Ok(entries) = menu.query_selector_all(".entry") else {
            return;
        };
        event.prevent_default();
        let entry = |ix: u32| {
            entries
                .item(ix)
                .and_then(|node| node.dyn_into::<Element>().ok())
        };
        let here = (0..entries.length()).find(|ix| entry(*ix) == target);
        let next = match here {
            Some(ix) if forward => ix + 1,
            Some(ix) => ix.saturating_sub(1),
            None => 0,
        };
        let next = entry(next).and_then(|next| next.dyn_into::<HtmlElement>().ok());
        if let Some(next) = next {
            let _ = next.focus();
        }
    })
}
