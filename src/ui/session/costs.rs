//! What the run costs, in the words of the panel.

use super::Session;
use super::looking::price_name;
use crate::ui::seen::{CostOfNode, CostRow, CostSeen};
use crate::ui::text::fill;
use millrace_engine::base::time::{SECOND, show_span};
use millrace_engine::base::units::show_count;
use millrace_engine::run::cost::{Amount, CostLine, NodeCost, show_usd};
use yew::AttrValue;

/// Prices below this are told by the million [10^-9 USD].
const SMALL: u64 = 100_000;

fn amounts(amount: Amount) -> [AttrValue; 2] {
    [amount.so_far, amount.month].map(|femto| show_usd(femto).into())
}

/// A quantity with as many digits as tell something: whole from a hundred on.
fn quantity(micro_units: u128) -> String {
    let whole = u64::try_from(micro_units / 1_000_000).unwrap_or(u64::MAX);
    let rest = (micro_units % 1_000_000) as u64;
    match whole {
        _ if rest == 0 => show_count(whole),
        100.. => show_count(whole.saturating_add(u64::from(rest >= 500_000))),
        1.. => format!("{whole}.{:02}", rest / 10_000),
        0 => format!("0.{:04}", rest / 100),
    }
}

/// A unit price in USD: `0.015`; small ones by the million.
fn unit_price(nano_usd: u64) -> (String, bool) {
    let million = nano_usd < SMALL;
    let (places, scale) = if million { (3, 1e3) } else { (9, 1e9) };
    let value = format!("{:.places$}", nano_usd as f64 / scale);
    let value = value.trim_end_matches('0').trim_end_matches('.').to_owned();
    (value, million)
}

fn row(line: &CostLine) -> CostRow {
    let price = line.used.price;
    let (each, million) = unit_price(price.nano_usd);
    let used = quantity(line.used.micro_units);
    let key = if million {
        "cost.used-million"
    } else {
        "cost.used"
    };
    CostRow {
        label: price_name(price.key).into(),
        used: fill(key, &[("n", &used), ("price", &each), ("unit", price.unit)]).into(),
        source: price.source,
        verified: line.is_verified(),
        amounts: amounts(line.amount),
    }
}

impl Session {
    /// What the run costs so far, and a month of its mean load.
    pub(super) fn cost_seen(&self) -> CostSeen {
        let costs = self.run.costs();
        let of = |node: &NodeCost| CostOfNode {
            node: node.name.to_string().into(),
            amounts: amounts(node.total()),
            rows: node.lines.iter().map(row).collect(),
        };
        let open = costs.unverified();
        CostSeen {
            nodes: costs.nodes.iter().map(of).collect(),
            total: amounts(costs.total()),
            unverified: (open.so_far > 0).then(|| amounts(open)),
            ran: show_span(costs.until - costs.until % SECOND).into(),
        }
    }
}
