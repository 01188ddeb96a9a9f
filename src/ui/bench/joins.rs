//! The list of ends: to which nodes a wire can lead, by which kinds, and why not to the others.

use super::BenchMsg;
use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::text::{fill, t};
use std::rc::Rc;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// What can lead to one node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EndRow {
    /// Id of the node.
    pub(crate) to: AttrValue,
    /// Its service.
    pub(crate) service: AttrValue,
    /// Kinds that fit: id and name.
    pub(crate) kinds: Vec<(&'static str, AttrValue)>,
    /// Why none fits; empty where some do.
    pub(crate) reason: AttrValue,
    /// Services that, put between, make it possible.
    pub(crate) through: AttrValue,
}

/// Where a wire can lead from a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct JoinList {
    /// Id of the node.
    pub(crate) from: AttrValue,
    /// The other nodes; one, where only the kind is asked for.
    pub(crate) rows: Vec<EndRow>,
    /// Whether only the kind is asked for.
    pub(crate) kind_only: bool,
}

/// What the list shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct JoinsProps {
    /// The list.
    pub(crate) list: Rc<JoinList>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// The list, in a dialog of the browser's own.
#[component]
pub(crate) fn Joins(props: &JoinsProps) -> Html {
    let dialog = use_node_ref();
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let send = props.send.clone();
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Popover(None)));
    let list = &props.list;
    let title = match list.rows.first().filter(|_| list.kind_only) {
        Some(row) => fill("joins.kind", &[("from", &list.from), ("to", &row.to)]),
        None => fill("joins.title", &[("from", &list.from)]),
    };
    let (open, shut): (Vec<&EndRow>, Vec<&EndRow>) =
        list.rows.iter().partition(|row| !row.kinds.is_empty());
    html! {
        <dialog ref={dialog} class="sheet wide-sheet joins" aria-labelledby="joins-title" {onclose}>
            <h2 id="joins-title">{ title }</h2>
            if list.rows.is_empty() {
                <p>{ t("joins.alone") }</p>
            }
            <ul>{ for open.into_iter().map(|row| ways(props, row)) }</ul>
            if !shut.is_empty() {
                <h3>{ t("joins.not") }</h3>
                <ul>{ for shut.into_iter().map(|row| refusal(props, row)) }</ul>
            }
            <div class="foot-row">
                <span class="room"></span>
                <button type="button" class="button" onclick={on(&props.send, || Msg::Popover(None))}>
                    { t("place.cancel") }</button>
            </div>
        </dialog>
    }
}

fn ways(props: &JoinsProps, row: &EndRow) -> Html {
    let button = |(kind, name): &(&'static str, AttrValue)| {
        let (from, to, kind) = (props.list.from.clone(), row.to.clone(), *kind);
        let label = fill("joins.way", &[("to", &row.to), ("kind", name)]);
        html! {
            <button type="button" class="entry" key={kind} data-to={row.to.clone()} data-kind={kind}
                title={t(&format!("wire-kind.{kind}"))}
                onclick={on(&props.send, move || Msg::Bench(BenchMsg::WireOf(from.clone(), to.clone(), kind)))}>
                { label }<small>{ t(&format!("wire-kind.{kind}")) }</small></button>
        }
    };
    html! { <li key={row.to.to_string()}>{ for row.kinds.iter().map(button) }</li> }
}

fn refusal(props: &JoinsProps, row: &EndRow) -> Html {
    let (from, to) = (props.list.from.clone(), row.to.clone());
    let between = on(&props.send, move || {
        Msg::Bench(BenchMsg::Between(from.clone(), to.clone()))
    });
    html! {
        <li key={row.to.to_string()} class="refusal">
            <p><b>{ &row.to }</b>{ " " }{ &row.reason }</p>
            if !row.through.is_empty() {
                <button type="button" class="button" data-between={row.to.clone()} onclick={between}>
                    { fill("offer.between", &[("services", &row.through)]) }</button>
            }
        </li>
    }
}
