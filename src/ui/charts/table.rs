//! A chart's numbers as a table, in a dialog.

use super::{ChartMsg, Which};
use crate::ui::bar::on;
use crate::ui::msg::Msg;
use crate::ui::text::{fill, t};
use std::rc::Rc;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// A chart's numbers, as they were drawn when the table was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartTable {
    /// Of which chart.
    pub(crate) which: Which,
    /// Its title.
    pub(crate) title: AttrValue,
    /// Of which node.
    pub(crate) of: AttrValue,
    /// The model time until which it goes.
    pub(crate) to: AttrValue,
    /// Names of the columns, with units.
    pub(crate) head: Vec<AttrValue>,
    /// Rows.
    pub(crate) rows: Vec<Vec<AttrValue>>,
    /// Limits and notes, a line each.
    pub(crate) beside: Vec<AttrValue>,
    /// The same as CSV.
    pub(crate) csv: AttrValue,
    /// Its name in a file's name: node and chart.
    pub(crate) file: AttrValue,
}

/// What the sheet shows.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct TableProps {
    /// The numbers.
    pub(crate) table: Rc<ChartTable>,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// Rows on a page of the table.
const PAGE: usize = 200;

/// A chart's numbers as a table, in a dialog of the browser's own.
#[component]
pub(crate) fn TableSheet(props: &TableProps) -> Html {
    let dialog = use_node_ref();
    let page = use_state_eq(|| 0_usize);
    use_effect_with(dialog.clone(), |dialog| {
        if let Some(dialog) = dialog.cast::<HtmlDialogElement>() {
            let _ = dialog.show_modal();
        }
    });
    let send = props.send.clone();
    let onclose = Callback::from(move |_: Event| send.emit(Msg::Popover(None)));
    let table = &props.table;
    let which = table.which;
    let values = [
        ("chart", &*table.title),
        ("node", &*table.of),
        ("time", &*table.to),
    ];
    let save = |key: &str, msg: fn(Which) -> ChartMsg| {
        let onclick = on(&props.send, move || Msg::Chart(msg(which)));
        html! { <button type="button" class="button" {onclick}>{ t(key) }</button> }
    };
    html! {
        <dialog ref={dialog} class="sheet wide-sheet" aria-labelledby="table-title" {onclose}>
            <h2 id="table-title">{ fill("table.title", &values) }</h2>
            { for table.beside.iter().map(|line| html! { <p class="hint">{ line }</p> }) }
            if table.which == Which::Age {
                <p class="hint">{ t("unread.help") }</p>
            }
            { rows(table, *page) }
            <div class="foot-row">
                { pager(table, &page) }
                <span class="room"></span>
                { save("table.csv", ChartMsg::Csv) }
                { save("table.png", ChartMsg::Png) }
                <button type="button" class="button" onclick={on(&props.send, || Msg::Popover(None))}>
                    { t("keys.close") }</button>
            </div>
        </dialog>
    }
}

fn rows(table: &ChartTable, page: usize) -> Html {
    if table.rows.is_empty() {
        return html! { <p>{ t("chart.nothing") }</p> };
    }
    let known = |cell: &AttrValue| {
        if cell.is_empty() {
            t("table.none").into()
        } else {
            cell.clone()
        }
    };
    html! {
        <div class="table" tabindex="0" role="group" aria-label={t("table.rows")}>
            <table aria-rowcount={(table.rows.len() + 1).to_string()}>
                <thead><tr>{ for table.head.iter().map(|name| html! { <th scope="col">{ name }</th> }) }</tr></thead>
                <tbody>
                    { for table.rows.iter().enumerate().skip(page * PAGE).take(PAGE).map(|(ix, row)| html! {
                        <tr key={ix} aria-rowindex={(ix + 2).to_string()}>
                            { for row.iter().take(1).map(|cell| html! { <th scope="row">{ cell }</th> }) }
                            { for row.iter().skip(1).map(|cell| html! { <td>{ known(cell) }</td> }) }
                        </tr>
                    }) }
                </tbody>
            </table>
        </div>
    }
}

/// To the rows before and after, where there are more than one page holds.
fn pager(table: &ChartTable, page: &UseStateHandle<usize>) -> Html {
    let last = table.rows.len().saturating_sub(1) / PAGE;
    if last == 0 {
        return Html::default();
    }
    let to = |label: &'static str, to: Option<usize>| {
        let page = page.clone();
        let onclick = Callback::from(move |_: MouseEvent| page.set(to.unwrap_or(*page)));
        html! { <button type="button" class="button" disabled={to.is_none()} {onclick}>{ label }</button> }
    };
    html! {
        <>
            { to(t("table.newer"), page.checked_sub(1)) }
            { to(t("table.older"), Some(**page + 1).filter(|next| *next <= last)) }
        </>
    }
}
