//! What a run costs: so far, and a month of the load that it had so far on average.
//!
//! An amount is a whole number of 10^-15 USD (millionths of a unit times nano-dollars), so that sums are exact
//! whatever their order. A month is 730 hours, as the price pages of AWS count it: each quantity is scaled by 730 h
//! over the time run. That is right for what goes with the load or the clock; of what is kept, a month holds the mean
//! of the run so far.

use super::Run;
use crate::base::sorted::order;
use crate::base::time::{HOUR, Us};
use crate::base::units::show_count;
use crate::catalog::PriceLine;
use crate::catalog::figure::Status;
use crate::services::plant::Plant;
use crate::services::talk::{Name, NodeId};
use std::iter::Sum;
use std::ops::Add;

/// A month of a price page [us].
pub const MONTH: Us = 730 * HOUR;
/// 10^-15 USD in a dollar.
const DOLLAR: u128 = 1_000_000_000_000_000;
/// 10^-15 USD in a cent.
const CENT: u128 = DOLLAR / 100;

/// What was paid so far, and what a month would cost [10^-15 USD].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    /// From the start of the run.
    pub so_far: u128,
    /// In 730 hours of the run's mean load; 0 before anything has run.
    pub month: u128,
}

impl Add for Amount {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            so_far: self.so_far.saturating_add(other.so_far),
            month: self.month.saturating_add(other.month),
        }
    }
}

impl Sum for Amount {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), Add::add)
    }
}

/// One price of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CostLine {
    /// The unit price and what was used of it so far.
    pub used: PriceLine,
    /// Units in a month, in millionths.
    pub month_micro_units: u128,
    /// What they cost.
    pub amount: Amount,
}

impl CostLine {
    fn of(used: PriceLine, ran: Us) -> Self {
        let month_micro_units = in_a_month(used.micro_units, ran);
        let paid = |micro_units: u128| micro_units.saturating_mul(used.price.nano_usd.into());
        Self {
            used,
            month_micro_units,
            amount: Amount {
                so_far: paid(used.micro_units),
                month: paid(month_micro_units),
            },
        }
    }

    /// Whether AWS states the price where we looked.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.used.price.status == Status::Published
    }
}

/// What a node costs.
#[derive(Clone, Debug, PartialEq)]
pub struct NodeCost {
    /// Its number.
    pub node: NodeId,
    /// Its id in the design.
    pub name: Name,
    /// Its prices, in the service's order; never empty.
    pub lines: Vec<CostLine>,
}

impl NodeCost {
    /// All its lines together.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.lines.iter().map(|line| line.amount).sum()
    }
}

/// What all nodes cost that have prices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Costs {
    /// Until when [us].
    pub until: Us,
    /// In order of their numbers.
    pub nodes: Vec<NodeCost>,
}

impl Costs {
    fn of(plant: &Plant, until: Us) -> Self {
        let nodes = plant.floor.nodes.iter().enumerate();
        let nodes = nodes.filter(|(_, info)| info.live).map(|(ix, info)| {
            let node = NodeId(ix as u32);
            let mut used = Vec::new();
            if let Some(unit) = plant.unit(node) {
                unit.bill(&plant.view(node, until), &mut used);
            }
            let lines = used.into_iter().map(|line| CostLine::of(line, until));
            NodeCost {
                node,
                name: info.name.clone(),
                lines: lines.collect(),
            }
        });
        Self {
            until,
            nodes: nodes.filter(|node| !node.lines.is_empty()).collect(),
        }
    }

    /// All nodes together.
    #[must_use]
    pub fn total(&self) -> Amount {
        self.nodes.iter().map(NodeCost::total).sum()
    }

    /// The part of the total whose prices nobody could verify.
    #[must_use]
    pub fn unverified(&self) -> Amount {
        let lines = self.nodes.iter().flat_map(|node| &node.lines);
        let open = lines.filter(|line| !line.is_verified());
        open.map(|line| line.amount).sum()
    }

    /// What one node costs, or all.
    fn of_node(&self, node: Option<NodeId>) -> Amount {
        let mine = self.nodes.iter();
        let mine = mine.filter(|cost| node.is_none_or(|node| cost.node == node));
        mine.map(NodeCost::total).sum()
    }
}

/// A quantity of the time run, scaled to a month and rounded.
fn in_a_month(micro_units: u128, ran: Us) -> u128 {
    let ran = u128::from(ran);
    if ran == 0 {
        return 0;
    }
    let scaled = micro_units.saturating_mul(u128::from(MONTH));
    scaled.saturating_add(ran / 2) / ran
}

/// USD as a person reads them: cents from a cent on, five digits behind the point below.
#[must_use]
pub fn show_usd(femto: u128) -> String {
    if femto >= CENT {
        let cents = femto.saturating_add(CENT / 2) / CENT;
        let whole = u64::try_from(cents / 100).unwrap_or(u64::MAX);
        return format!("{}.{:02}", show_count(whole), cents % 100);
    }
    let small = DOLLAR / 100_000;
    let digits = femto.saturating_add(small / 2) / small;
    if digits == 0 {
        return "0".to_owned();
    }
    format!("0.{digits:05}")
}

impl Run {
    /// What the run costs up to the cursor, and a month of its mean load.
    #[must_use]
    pub fn costs(&self) -> Costs {
        Costs::of(self.engine.machine(), self.now())
    }

    /// What a node, or all together, had cost at the times at which the run keeps its world, and costs at the cursor:
    /// time [us] and amount, ascending in time. Between two of them it grew at some even rate.
    #[must_use]
    pub fn cost_over_time(&self, node: Option<NodeId>) -> Vec<(Us, u128)> {
        let at = |plant: &Plant, at: Us| (at, Costs::of(plant, at).of_node(node).so_far);
        let kept = self.checkpoints.worlds();
        let mut points: Vec<(Us, u128)> = kept
            .map(|(time, engine)| at(engine.machine(), time))
            .collect();
        points.push(at(self.engine.machine(), self.now()));
        order::sort_by_key(&mut points, |(time, _)| *time);
        points.dedup_by_key(|(time, _)| *time);
        points
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;
    use crate::run::shops;

    /// 2,000 records a second of 200 B each onto four shards.
    fn shop() -> Run {
        shops::shop(&[("rate", "2000")], &[("shards", "4")], &[])
    }

    fn amounts(run: &Run) -> Vec<(String, &'static str, Amount)> {
        let costs = run.costs();
        let lines = costs.nodes.iter().flat_map(|node| {
            let each = node.lines.iter();
            each.map(|line| (node.name.to_string(), line.used.price.key, line.amount))
        });
        lines.collect()
    }

    #[test]
    fn an_hour_of_a_stream_costs_what_the_price_list_says() {
        // P-list, us-east-1, read 2026-11-22: 0.015 USD a shard-hour, 0.014 USD a million payload units.
        let mut run = shop();
        run.advance(HOUR, u64::MAX);
        let found = amounts(&run);
        let admitted = run.engine.machine().floor.boards[1].total[0].sum;
        let shards = Amount {
            so_far: 4 * 15 * DOLLAR / 1_000, // 0.06 USD
            month: 438 * DOLLAR / 10,        // 4 x 0.015 x 730 = 43.80 USD
        };
        assert_eq!(found[0], ("stream".to_owned(), "shard_hour", shards));
        let (_, key, units) = &found[1];
        assert_eq!(*key, "put_payload_unit");
        // each small record is one unit: 14 USD a thousand million
        assert_eq!(
            units.so_far,
            u128::from(admitted) * 14 * (DOLLAR / 1_000_000_000)
        );
        assert_eq!(units.month, units.so_far * 730, "730 such hours");
        assert_eq!(
            run.costs().total(),
            shards + *units,
            "nothing else has a price"
        );
        assert_eq!(run.costs().unverified(), Amount::default());
    }

    #[test]
    fn a_month_is_scaled_from_the_mean_and_nothing_has_none() {
        assert_eq!(in_a_month(7, 0), 0, "nothing has run");
        assert_eq!(in_a_month(1_000_000, HOUR), 730_000_000);
        assert_eq!(
            in_a_month(1, 2 * MONTH),
            1,
            "half a millionth is rounded up"
        );
        assert_eq!(in_a_month(1, 3 * MONTH), 0);
    }

    #[test]
    fn dollars_are_shown_in_cents_and_small_ones_in_full() {
        let pairs = [
            (0, "0"),
            (DOLLAR / 1_000_000, "0"),
            (DOLLAR / 100_000, "0.00001"),
            (417 * DOLLAR / 100_000, "0.00417"),
            (CENT, "0.01"),
            (438 * DOLLAR / 10, "43.80"),
            (1_234_567 * DOLLAR + 995 * DOLLAR / 1_000, "1,234,568.00"),
        ];
        for (femto, text) in pairs {
            assert_eq!(show_usd(femto), text);
        }
    }

    #[test]
    fn cost_grows_along_the_worlds_that_are_kept() {
        let mut run = shop();
        run.advance(600 * SECOND, u64::MAX);
        let all = run.cost_over_time(None);
        assert!(all.len() > 3, "{all:?}");
        assert!(
            all.windows(2)
                .all(|pair| pair[0].0 < pair[1].0 && pair[0].1 <= pair[1].1)
        );
        assert_eq!(all.last(), Some(&(run.now(), run.costs().total().so_far)));
        run.seek(300 * SECOND, u64::MAX);
        let back = run.cost_over_time(None);
        assert!(back.len() >= all.len() - 1, "what lies ahead stays known");
        let at = |points: &[(Us, u128)]| points.iter().find(|(at, _)| *at == 300 * SECOND).copied();
        assert_eq!(at(&back), Some((300 * SECOND, run.costs().total().so_far)));
    }
}
