//! The chooser of a new chart: a node, then what the chart reads of it.

use super::{ChartMsg, Read};
use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::text::t;
use std::rc::Rc;
use web_sys::{HtmlDialogElement, HtmlSelectElement};
use yew::prelude::*;

/// A node with what can be read of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// Its id.
    pub(crate) node: AttrValue,
    /// The name of its service.
    pub(crate) service: &'static str,
    /// What can be read of it; never empty.
    pub(crate) reads: Vec<Read>,
}

/// What the chooser offers.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ChooserProps {
    /// The nodes.
    pub(crate) choices: Rc<Vec<Choice>>,
    /// The node that it begins with.
    pub(crate) node: AttrValue,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The option that was picked in a select.
fn picked(event: &Event) -> usize {
    let select = event.target_unchecked_into::<HtmlSelectElement>();
    usize::try_from(select.selected_index()).unwrap_or(0)
}

/// The chooser, in a dialog of the browser's own.
#[component]
pub(crate) fn Chooser(props: &ChooserProps) -> Html {
    let dialog = use_node_ref();
    let first = props
        .choices
        .iter()
        .position(|choice| choice.node == props.node);
    let node = use_state_eq(|| first.unwrap_or(0));
    let read = use_state_eq(|| 0_usize);
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let Some(choice) = props.choices.get(*node) else {
        return Html::default();
    };
    let send = props.send.clone();
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Chart(ChartMsg::ChooserClosed)));
    let to_node = {
        let (node, read) = (node.clone(), read.clone());
        Callback::from(move |event: Event| {
            node.set(picked(&event));
            read.set(0);
        })
    };
    let to_read = {
        let read = read.clone();
        Callback::from(move |event: Event| read.set(picked(&event)))
    };
    let (of, metric) = (choice.node.clone(), choice.reads.get(*read).copied());
    let add = on(&props.send, move || {
        let node = of.clone();
        Msg::Chart(ChartMsg::Add { node, metric })
    });
    html! {
        <dialog ref={dialog} class="sheet chooser" aria-labelledby="chooser-title" {onclose}>
            <h2 id="chooser-title">{ t("chart.add") }</h2>
            <label>{ t("chart.add.node") }
                <select onchange={to_node}>
                    { for props.choices.iter().enumerate().map(|(ix, choice)| html! {
                        <option key={ix} selected={ix == *node}>
                            { format!("{} · {}", choice.node, choice.service) }</option>
                    }) }
                </select>
            </label>
            <label>{ t("chart.add.metric") }
                <select onchange={to_read} key={*node}>
                    { for choice.reads.iter().enumerate().map(|(ix, one)| html! {
                        <option key={ix} selected={ix == *read}>{ one.title() }</option>
                    }) }
                </select>
            </label>
            <div class="foot-row">
                <button type="button" class="button main" onclick={add}>{ t("chart.add.go") }</button>
                <button type="button" class="button"
                    onclick={on(&props.send, || Msg::Chart(ChartMsg::ChooserClosed))}>{ t("keys.close") }</button>
            </div>
        </dialog>
    }
}
