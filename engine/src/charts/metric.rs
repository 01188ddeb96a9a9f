//! Charts of a single series: any metric of any node under its CloudWatch name, records that pass, and cost.
//!
//! A metric that is summed is drawn as its rate, a largest or a mean as a level. Milliseconds and microseconds are
//! drawn in seconds, as every duration is.

use super::build::{View, breaks, middle, rates, seconds};
use super::list::Token;
use super::number::Unit;
use super::spec::{Chart, Limit, Series, Style};
use crate::base::time::Us;
use crate::catalog::{Metric, Stat};
use crate::run::bounds::Bound;
use crate::run::history::Point;

/// What the values of a metric are, and by what its samples are multiplied to be so.
fn unit(metric: &Metric) -> (Unit, f64) {
    match (metric.unit, metric.stat) {
        ("Milliseconds", _) => (Unit::Seconds, 1e-3),
        ("Microseconds", _) => (Unit::Seconds, 1e-6),
        ("Seconds", _) => (Unit::Seconds, 1.0),
        ("Bytes", Stat::Sum) => (Unit::BytesPerSecond, 1.0),
        ("Bytes", _) => (Unit::Bytes, 1.0),
        (_, Stat::Sum) => (Unit::Rate, 1.0),
        (_, _) => (Unit::Count, 1.0),
    }
}

/// A metric of a node, with the limit that it is held against.
#[must_use]
pub fn metric(view: &View, metric: &Metric, points: &[Point], bound: Option<Bound>) -> Chart {
    let (unit, factor) = unit(metric);
    let mut chart = view.chart(metric.name, unit);
    let sampled = |value: &dyn Fn(&Point) -> f64| -> Vec<(f64, f64)> {
        let known = points.iter().filter(|point| point.samples > 0);
        known
            .map(|point| (middle(point.at, point.span), value(point) * factor))
            .collect()
    };
    let own = match metric.stat {
        Stat::Sum => rates(points, view.head)
            .into_iter()
            .map(|(at, rate)| (at, rate * factor))
            .collect(),
        Stat::Maximum => sampled(&|point| point.max as f64),
        Stat::Average => sampled(&|point| point.sum as f64 / point.samples.max(1) as f64),
    };
    let known = points.iter().filter(|point| point.samples > 0);
    chart.series = vec![Series {
        label: metric.name,
        token: Token::Out,
        style: Style::Area,
        points: own,
        breaks: match metric.stat {
            Stat::Sum => Vec::new(),
            _ => breaks(known.map(|point| (point.at, point.span))),
        },
        emphasised: false,
    }];
    chart.limits.extend(bound.map(|bound| Limit {
        label: bound.label,
        of: None,
        value: bound.value * factor,
    }));
    chart.fit(false);
    chart
}

/// Records a second, such as those that come in.
#[must_use]
pub fn records(view: &View, title: &'static str, points: &[Point]) -> Chart {
    let points = rates(points, view.head);
    line(view, title, Unit::PerSecond, points)
}

/// Cost so far: times [us] and amounts [10^-15 USD].
#[must_use]
pub fn cost(view: &View, title: &'static str, points: &[(Us, u128)]) -> Chart {
    let points = points.iter();
    let points = points.map(|(at, femto)| (seconds(*at), *femto as f64 / 1e15));
    line(view, title, Unit::Dollars, points.collect())
}

/// A chart that has nothing to show: its title says of what.
#[must_use]
pub fn empty(view: &View, title: &'static str) -> Chart {
    let mut chart = line(view, title, Unit::Count, Vec::new());
    chart.series.clear();
    chart
}

fn line(view: &View, title: &'static str, unit: Unit, points: Vec<(f64, f64)>) -> Chart {
    let mut chart = view.chart(title, unit);
    chart.series = vec![Series {
        label: title,
        token: Token::Out,
        style: Style::Area,
        points,
        ..Series::default()
    }];
    chart.fit(false);
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;

    fn points(of: &[(u64, u64, u64, u64)]) -> Vec<Point> {
        let point = |(at, sum, samples, max): &(u64, u64, u64, u64)| Point {
            at: at * SECOND,
            span: SECOND,
            sum: *sum,
            samples: *samples,
            max: *max,
        };
        of.iter().map(point).collect()
    }

    fn of(stat: Stat, unit: &'static str, bound: Option<Bound>) -> Chart {
        let metric = Metric {
            name: "Any",
            stat,
            unit,
            per_lane: false,
        };
        let view = View {
            to: 10 * SECOND,
            head: 3 * SECOND,
            ..View::default()
        };
        super::metric(
            &view,
            &metric,
            &points(&[(0, 600, 3, 300), (2, 100, 1, 100)]),
            bound,
        )
    }

    #[test]
    fn each_statistic_is_drawn_as_it_is_meant() {
        let sum = of(Stat::Sum, "Count", None);
        assert_eq!(
            sum.series[0].points,
            [(0.5, 600.0), (1.5, 0.0), (2.5, 100.0)]
        );
        assert_eq!((sum.unit, sum.series[0].breaks.len()), (Unit::Rate, 0));
        let most = of(Stat::Maximum, "Milliseconds", None);
        assert_eq!(most.series[0].points, [(0.5, 0.3), (2.5, 0.1)]);
        assert_eq!(
            (most.unit, &most.series[0].breaks),
            (Unit::Seconds, &vec![1])
        );
        let mean = of(Stat::Average, "Count", None);
        assert_eq!(mean.series[0].points, [(0.5, 200.0), (2.5, 100.0)]);
    }

    #[test]
    fn the_limit_is_in_the_unit_of_the_chart() {
        let bound = Bound {
            label: "kept",
            value: 86_400_000.0,
        };
        let age = of(Stat::Maximum, "Milliseconds", Some(bound));
        assert_eq!(age.limits[0].value, 86_400.0, "24 hours");
        let bound = Bound {
            value: 700.0,
            ..bound
        };
        let rate = of(Stat::Sum, "Bytes", Some(bound));
        assert_eq!(
            (rate.unit, rate.limits[0].value),
            (Unit::BytesPerSecond, 700.0)
        );
    }

    #[test]
    fn cost_is_in_dollars_and_nothing_says_so() {
        let view = View::default();
        let paid = cost(&view, "cost", &[(0, 0), (60 * SECOND, 250_000_000_000_000)]);
        assert_eq!(paid.series[0].points, [(0.0, 0.0), (60.0, 0.25)]);
        assert_eq!(
            super::super::draw::said(&empty(&view, "Any")),
            super::super::draw::Said::Nothing
        );
    }
}
