//! The inspector: settings, life, guide and code of the chosen node; settings, life and guide of a wire.

pub(crate) mod code;
pub(crate) mod configure;
pub(crate) mod glyph;
pub(crate) mod lanes;
pub(crate) mod learn;
pub(crate) mod live;

use super::bar::on;
use super::bench::menu;
use super::icons::{Icon, icon};
use super::msg::{Msg, Tab};
use super::seen::{PartLive, PartSet};
use super::text::{fill, t};
use millrace_engine::catalog::guide::Guide;
use std::rc::Rc;
use yew::prelude::*;

/// What a field's edit met.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Refused {
    /// The node or wire.
    pub(crate) at: AttrValue,
    /// The field.
    pub(crate) field: &'static str,
    /// What was typed.
    pub(crate) typed: AttrValue,
    /// Why it was not taken; `None` while the question stands whether to start a new run.
    pub(crate) why: Option<AttrValue>,
}

/// What the inspector shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct InspectorProps {
    /// The chosen node's or wire's settings.
    pub(crate) set: Option<Rc<PartSet>>,
    /// The chosen node, live.
    pub(crate) live: Option<Rc<PartLive>>,
    /// Its guide, once it has come.
    pub(crate) guide: Option<Rc<Guide>>,
    /// The open tab.
    pub(crate) tab: Tab,
    /// An edit that was not taken.
    pub(crate) refused: Option<Refused>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

const PANE: &str = "inspector-pane";

/// The inspector.
#[component]
pub(crate) fn Inspector(props: &InspectorProps) -> Html {
    let fold = html! {
        <button type="button" class="tool" aria-label={t("inspector.close")} title={t("inspector.close")}
            onclick={on(&props.send, || Msg::Inspector(false))}>{ icon(Icon::Close) }</button>
    };
    let Some(set) = &props.set else {
        return html! {
            <section class="inspector" aria-label={t("strip.inspector")}>
                <header><span></span><h2>{ t("strip.inspector") }</h2>{ fold }</header>
                <div class="pane"><p class="hint">{ t("inspector.none") }</p></div>
            </section>
        };
    };
    html! {
        <section class="inspector" aria-label={t("strip.inspector")}>
            <header>
                { drawing(set) }
                <h2>{ set.service_name.clone() }</h2>
                <span class="tools">{ menu::opener(&props.send, set.id.clone()) }{ fold }</span>
                <p>{ subtitle(set) }</p>
            </header>
            { tabs(props, set) }
            <div class="pane" id={PANE} role="tabpanel" tabindex="0" aria-label={tab_name(tab(props, set))}>
                { pane(props, set) }
            </div>
        </section>
    }
}

fn drawing(set: &PartSet) -> Html {
    if set.wired.is_some() {
        return html! { <span class="glyph-box">{ icon(Icon::Wire) }</span> };
    }
    html! { <glyph::Glyph service={set.service} family={set.family} /> }
}

/// The name that people gave the node, or its id; for a wire, where it runs.
fn subtitle(set: &PartSet) -> AttrValue {
    match &set.wired {
        Some(wired) => fill("wire.runs", &[("from", &wired.from), ("to", &wired.to)]).into(),
        None if set.name != set.id => format!("{} ({})", set.name, set.id).into(),
        None => set.id.clone(),
    }
}

/// The open tab, or the first where the chosen part has no such tab.
fn tab(props: &InspectorProps, set: &PartSet) -> Tab {
    match props.tab {
        Tab::Code if set.code.is_none() => Tab::Configure,
        tab => tab,
    }
}

fn pane(props: &InspectorProps, set: &Rc<PartSet>) -> Html {
    let (live, guide, send) = (props.live.clone(), props.guide.clone(), props.send.clone());
    match tab(props, set) {
        Tab::Configure => html! {
            <configure::Configure set={Rc::clone(set)} {live} {guide} refused={props.refused.clone()} {send} />
        },
        Tab::Live => html! { <live::Live set={Rc::clone(set)} {live} {send} /> },
        Tab::Learn => html! { <learn::Learn aws={set.aws} wire={set.wired.is_some()} {guide} /> },
        Tab::Code => html! { <code::Code set={Rc::clone(set)} {send} /> },
    }
}

pub(crate) fn tab_name(tab: Tab) -> &'static str {
    match tab {
        Tab::Configure => t("tab.configure"),
        Tab::Live => t("tab.live"),
        Tab::Learn => t("tab.learn"),
        Tab::Code => t("tab.code"),
    }
}

/// Id of a tab.
pub(crate) fn tab_id(tab: Tab) -> String {
    format!("tab-{tab:?}").to_lowercase()
}

fn tabs(props: &InspectorProps, set: &PartSet) -> Html {
    let mut all = vec![Tab::Configure, Tab::Live, Tab::Learn];
    if set.code.is_some() {
        all.push(Tab::Code);
    }
    let (send, order, now) = (props.send.clone(), all.clone(), tab(props, set));
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        let here = order.iter().position(|tab| *tab == now).unwrap_or(0);
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % order.len(),
            "ArrowLeft" => (here + order.len() - 1) % order.len(),
            _ => return,
        };
        event.prevent_default();
        event.stop_propagation();
        send.emit(Msg::Tab(order[next]));
        crate::platform::dom::focus(&tab_id(order[next]));
    });
    html! {
        <div class="tabs" role="tablist" aria-label={t("strip.inspector")} {onkeydown}>
            { for all.into_iter().map(|tab| {
                let chosen = tab == now;
                html! {
                    <button type="button" role="tab" key={tab_id(tab)} id={tab_id(tab)}
                        aria-selected={chosen.to_string()}
                        aria-controls={PANE} tabindex={if chosen { "0" } else { "-1" }}
                        onclick={on(&props.send, move || Msg::Tab(tab))}>{ tab_name(tab) }</button>
                }
            }) }
        </div>
    }
}
