//! The ledger's part on cost: this run so far, and a month of its mean load, by node and price.

use super::seen::{CostOfNode, CostRow, CostSeen};
use super::text::{fill, t};
use millrace_engine::catalog::price::{READ, REGION};
use yew::prelude::*;

/// Puts the sign of a price that nobody verified behind a text.
fn open(verified: bool) -> Html {
    if verified {
        return Html::default();
    }
    html! { <><span aria-hidden="true">{ "*" }</span><span class="vh">{ t("cost.unverified") }</span></> }
}

fn of_price(row: &CostRow) -> Html {
    html! {
        <tr title={row.source}>
            <th scope="row">{ &row.label }{ open(row.verified) }<small>{ &row.used }</small></th>
            { for row.amounts.iter().map(|amount| html! { <td>{ amount }</td> }) }
        </tr>
    }
}

fn of_node(node: &CostOfNode) -> Html {
    html! {
        <tbody key={node.node.to_string()}>
            <tr class="node">
                <th scope="rowgroup">{ &node.node }</th>
                { for node.amounts.iter().map(|amount| html! { <td>{ amount }</td> }) }
            </tr>
            { for node.rows.iter().map(of_price) }
        </tbody>
    }
}

/// The table, and what it holds for and leaves out.
pub(crate) fn costs(cost: &CostSeen) -> Html {
    let sums = |label: &'static str, amounts: &[AttrValue; 2]| {
        html! {
            <tr>
                <th scope="row">{ t(label) }</th>
                { for amounts.iter().map(|amount| html! { <td>{ amount }</td> }) }
            </tr>
        }
    };
    html! {
        <>
            <table class="costs">
                <thead><tr>
                    <th scope="col">{ t("cost.usd") }</th><th scope="col">{ t("cost.so-far") }</th>
                    <th scope="col">{ t("cost.month") }</th>
                </tr></thead>
                <tbody class="sum">
                    { sums("cost.total", &cost.total) }
                    if let Some(open) = &cost.unverified {
                        { sums("cost.of-unverified", open) }
                    }
                </tbody>
                { for cost.nodes.iter().map(of_node) }
            </table>
            <p class="hint">{ fill("cost.basis", &[("ran", &cost.ran)]) }</p>
            <p class="hint">{ fill("cost.prices", &[("region", REGION), ("date", READ)]) }
                if cost.unverified.is_some() { { " " }{ t("cost.star") } }</p>
            <p class="hint">{ t("cost.not") }</p>
        </>
    }
}
