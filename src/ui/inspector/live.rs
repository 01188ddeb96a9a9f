//! The Live tab: state, what it refuses, readings, lanes, cost, and faults to let loose.

use super::lanes::Lanes;
use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::seen::{PartLive, PartSet, Row, Sized};
use crate::ui::text::{fill, t};
use millrace_engine::base::time::{HOUR, MINUTE, SECOND, Us};
use std::rc::Rc;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

/// What the tab shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct LiveProps {
    /// The node's or wire's settings.
    pub(crate) set: Rc<PartSet>,
    /// The node or wire, live.
    pub(crate) live: Option<Rc<PartLive>>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

const SPANS: [(Us, &str); 4] = [
    (10 * SECOND, "fault.10s"),
    (MINUTE, "fault.1m"),
    (10 * MINUTE, "fault.10m"),
    (HOUR, "fault.1h"),
];

/// Rows of label and value.
pub(crate) fn rows(rows: &[Row]) -> Html {
    html! {
        <dl class="rows">
            { for rows.iter().map(|row| html! {
                <div class={row.bad.then_some("bad")} title={row.hint.clone()}>
                    <dt class={row.hint.is_some().then_some("hinted")}>{ &row.label }
                        if let Some(hint) = &row.hint { <span class="vh">{ hint }</span> }
                    </dt>
                    <dd>{ &row.value }</dd>
                </div>
            }) }
        </dl>
    }
}

/// Rows under a heading, if there are any.
fn titled(key: &str, entries: &[Row]) -> Html {
    if entries.is_empty() {
        return Html::default();
    }
    html! { <><h3>{ t(key) }</h3>{ rows(entries) }</> }
}

/// The tab.
#[component]
pub(crate) fn Live(props: &LiveProps) -> Html {
    let Some(live) = &props.live else {
        return Html::default();
    };
    let id = props.set.id.clone();
    let class = live.state.rsplit('.').next().unwrap_or_default();
    html! {
        <>
            if !live.state.is_empty() {
                <p><span class={classes!("state", class)}>{ t(live.state) }</span></p>
            }
            { for live.faults.iter().map(|fault| html! { <p class="box bad">{ &fault.words }</p> }) }
            if let Some((title, text)) = &live.refusing {
                <div class="box bad">
                    <b>{ title }</b><p>{ text }</p>
                    <div class="actions"><button type="button" class="button"
                        onclick={on(&props.send, move || Msg::Why(id.clone(), None))}>{ t("why.ask") }</button></div>
                </div>
            }
            { rows(&live.rows) }
            if !live.lanes.is_empty() {
                <Lanes node={props.set.id.clone()} live={Rc::clone(live)} send={props.send.clone()} />
            }
            { titled("hours.binds", &live.hours.binds) }
            { titled("hours.worst", &live.hours.worst) }
            if let Some(sized) = &live.sized {
                { size(&props.set.id, sized, &props.send) }
            }
            if !live.bill.is_empty() {
                <h3>{ t("live.bill") }</h3>
                { rows(&live.bill) }
            }
            if !props.set.faults.is_empty() {
                <Faults key={props.set.id.to_string()} node={props.set.id.clone()} kinds={props.set.faults}
                    send={props.send.clone()} />
            }
        </>
    }
}

/// How many shards the load needs: asked, at work, or the answer with what can be done about it.
fn size(id: &AttrValue, sized: &Sized, send: &Callback<Msg>) -> Html {
    let ask = |key: &str| {
        let id = id.clone();
        let onclick = on(send, move || Msg::Size(id.clone()));
        html! { <button type="button" class="button" {onclick}>{ t(key) }</button> }
    };
    let body = match sized {
        Sized::Unasked(load) => html! {
            <><p class="hint">{ fill("sized.about", &[("load", load)]) }</p>
            <div class="actions">{ ask("sized.ask") }</div></>
        },
        Sized::Working(done) => html! {
            <p><label>{ fill("sized.working", &[("done", &done.to_string())]) }
                <progress max="100" value={done.to_string()}></progress></label></p>
        },
        Sized::Not(why) => html! { <p class="hint" role="status">{ why }</p> },
        Sized::Found {
            rows: found,
            shards,
            load,
        } => {
            let (id, shards) = (id.clone(), *shards);
            let set = shards.map(|n| {
                let onclick = on(send, move || {
                    Msg::Edit(id.to_string(), "shards", n.to_string())
                });
                let label = fill("sized.set", &[("n", &n.to_string())]);
                html! { <button type="button" class="button" {onclick}>{ label }</button> }
            });
            html! {
                <div role="status">{ rows(found) }
                    <p class="hint">{ fill("sized.of", &[("load", load)]) }</p>
                    <div class="actions">{ for set }{ ask("sized.again") }</div></div>
            }
        }
    };
    html! { <><h3>{ t("sized.title") }</h3>{ body }</> }
}

#[derive(Clone, PartialEq, Properties)]
struct FaultsProps {
    node: AttrValue,
    kinds: &'static [&'static str],
    send: Callback<Msg>,
}

#[component]
fn Faults(props: &FaultsProps) -> Html {
    let (what, lasts) = (use_node_ref(), use_node_ref());
    let go = {
        let (what, lasts, kinds) = (what.clone(), lasts.clone(), props.kinds);
        let (node, send) = (props.node.clone(), props.send.clone());
        let picked = |of: &NodeRef| {
            let select = of.cast::<HtmlSelectElement>();
            select.map_or(0, |select| {
                usize::try_from(select.selected_index()).unwrap_or(0)
            })
        };
        Callback::from(move |_: MouseEvent| {
            if let (Some(kind), Some((span, _))) =
                (kinds.get(picked(&what)), SPANS.get(picked(&lasts)))
            {
                send.emit(Msg::Fault(node.clone(), kind, *span));
            }
        })
    };
    html! {
        <>
            <h3>{ t("fault.title") }</h3>
            <div class="faults">
                <label>{ t("fault.what") }
                    <select ref={what}>
                        { for props.kinds.iter().enumerate().map(|(ix, kind)| html! {
                            // the first: options enter the page last to first, and the browser picks the first it sees
                            <option key={*kind} selected={ix == 0}>{ t(&format!("fault.{kind}")) }</option>
                        }) }
                    </select>
                </label>
                <label>{ t("fault.lasts") }
                    <select ref={lasts}>
                        { for SPANS.iter().enumerate().map(|(ix, (_, key))| html! {
                            <option key={*key} selected={ix == 0}>{ t(key) }</option>
                        }) }
                    </select>
                </label>
                <button type="button" class="button" onclick={go}>{ t("fault.go") }</button>
            </div>
        </>
    }
}
