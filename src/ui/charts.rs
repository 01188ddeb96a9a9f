//! The charts' panels: a title, its newest figures, a canvas, and the same numbers as a table.

use super::bar::on;
use super::icons::{Icon, icon};
use super::msg::{Msg, Popover};
use super::text::{fill, find, t};
use std::rc::Rc;
use web_sys::HtmlDialogElement;
use yew::prelude::*;

/// A chart's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Which {
    /// In, out, refused.
    Throughput,
    /// Percentiles.
    Latency,
    /// How far the slowest reader is behind.
    Age,
    /// Load per shard.
    Heat,
}

impl Which {
    /// All, in the order in which they stand.
    pub(crate) const ALL: [Self; 4] = [Self::Throughput, Self::Latency, Self::Age, Self::Heat];

    /// Key of the title.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Throughput => "chart.throughput",
            Self::Latency => "chart.latency",
            Self::Age => "chart.age",
            Self::Heat => "chart.heat",
        }
    }

    /// Its title over a service, which may have its own word for its lanes.
    fn title_of(self, service: &str) -> &'static str {
        let key = self.title();
        find(&format!("{key}.{service}")).unwrap_or(t(key))
    }

    /// Its name in a file's name.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Throughput => "throughput",
            Self::Latency => "latency",
            Self::Age => "iterator-age",
            Self::Heat => "load-per-shard",
        }
    }

    /// Id of the canvas.
    pub(crate) fn canvas(self) -> &'static str {
        match self {
            Self::Throughput => "chart-throughput",
            Self::Latency => "chart-latency",
            Self::Age => "chart-age",
            Self::Heat => "chart-heat",
        }
    }
}

/// A chart's numbers, as they were drawn when the table was asked for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ChartTable {
    /// Of which chart.
    pub(crate) which: Which,
    /// Of which node.
    pub(crate) of: AttrValue,
    /// The service of that node.
    pub(crate) service: &'static str,
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
}

/// What stands beside the titles.
#[derive(Clone, PartialEq, Properties)]
pub(crate) struct ChartsProps {
    /// The newest figures, by chart.
    pub(crate) figures: [AttrValue; 4],
    /// The service that they are of.
    pub(crate) of: &'static str,
    /// Where messages go.
    pub(crate) send: Callback<Msg>,
}

/// Between two figures beside a title.
pub(crate) const BETWEEN: &str = " · ";

/// The four charts.
#[component]
pub(crate) fn Charts(props: &ChartsProps) -> Html {
    html! {
        <div class="charts">
            { for Which::ALL.into_iter().zip(&props.figures).map(|(which, figures)| chart(props, which, figures)) }
        </div>
    }
}

fn chart(props: &ChartsProps, which: Which, figures: &AttrValue) -> Html {
    let title = which.title_of(props.of);
    let label = fill("table.open", &[("chart", title)]);
    let hint = (which == Which::Age).then(|| t("unread.help"));
    html! {
        <section class={classes!("chart", which.name())} key={which.canvas()} aria-label={title} title={hint}>
            <header>
                <h2>{ title }</h2>
                <span>{ for figures.split(BETWEEN).enumerate().map(|(ix, one)| html! {
                    <span>{ if ix > 0 { BETWEEN } else { "" } }{ one }</span>
                }) }</span>
                <button type="button" class="mini" id={format!("{}-table", which.canvas())} aria-label={label.clone()}
                    title={label} onclick={on(&props.send, move || Msg::Popover(Some(Popover::Table(which))))}>
                    { icon(Icon::Table) }</button>
            </header>
            <div class="picture">
                <canvas id={which.canvas()} class="chart-canvas" role="img"
                    aria-label={format!("{title}: {figures}")}></canvas>
            </div>
        </section>
    }
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
    let title = table.which.title_of(table.service);
    let values = [("chart", title), ("node", &*table.of), ("time", &*table.to)];
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
                <button type="button" class="button" onclick={on(&props.send, || Msg::Csv)}>{ t("table.csv") }</button>
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
