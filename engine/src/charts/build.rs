//! The standard charts, made out of buckets of history.
//!
//! A rate is a sum over the bucket's length; the bucket in which the present lies is not yet full and counts only
//! for what has passed of it. Where nothing was counted the rate is 0; where no latency or age was sampled nothing is
//! known, and the line breaks.

use crate::base::time::{SECOND, Us};
use crate::run::history::{LatencyPoint, Point};

use super::heat::{Heat, Row};
use super::list::Token;
use super::number::Unit;
use super::spec::{Chart, Limit, Note, Series, Span, Style};

/// From this age on it is bad news that records wait [us].
const UNREAD_BAD: Us = 10 * SECOND;

/// What all charts of one moment share.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// Start of the time shown [us].
    pub from: Us,
    /// End of the time shown [us].
    pub to: Us,
    /// The furthest time simulated: no bucket is known beyond it [us].
    pub head: Us,
    /// The cursor [us].
    pub cursor: Option<Us>,
    /// What the model's wall clock shows at 0 [s since midnight].
    pub clock: Option<f64>,
}

impl View {
    pub(super) fn chart(&self, title: &'static str, unit: Unit) -> Chart {
        Chart {
            title,
            unit,
            x: Span {
                from: seconds(self.from),
                to: seconds(self.to),
            },
            cursor: self.cursor.map(seconds),
            clock: self.clock,
            ..Chart::default()
        }
    }
}

/// What limits a stream: what it could take, and what the shards that get anything could.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct StreamLimits {
    /// Records a second that all shards could take.
    pub all: f64,
    /// Records a second that the shards in use could take.
    pub used: f64,
    /// How many shards are in use.
    pub shards: u32,
}

/// Throughput: records asked in, let out, and refused, a second.
#[must_use]
pub fn throughput(
    view: &View,
    tried: &[Point],
    out: &[Point],
    refused: &[Point],
    limits: Option<StreamLimits>,
) -> Chart {
    let mut chart = view.chart("chart.throughput", Unit::PerSecond);
    let line = |label, token, style, points| Series {
        label,
        token,
        style,
        points: rates(points, view.head),
        emphasised: token == Token::Out,
        ..Series::default()
    };
    chart.series = vec![
        line("chart.out", Token::Out, Style::Line, out),
        line("chart.in", Token::In, Style::Dashed, tried),
        line("chart.refused", Token::Refused, Style::Line, refused),
    ];
    if let Some(limits) = limits {
        chart.limits = stream_limits(limits);
    }
    chart.fit(false);
    chart
}

fn stream_limits(limits: StreamLimits) -> Vec<Limit> {
    let limit = |label, of, value| Limit { label, of, value };
    let all = limit("chart.limit.stream", None, limits.all);
    if limits.shards == 0 || limits.used >= limits.all {
        return vec![all];
    }
    let label = match limits.shards {
        1 => "chart.limit.used.one",
        _ => "chart.limit.used",
    };
    let used = limit(label, Some(limits.shards), limits.used);
    vec![used, all]
}

/// Latency: median, 95th and 99th percentile of what arrived; beside it, always, the share not delivered (0..1).
#[must_use]
pub fn latency(view: &View, points: &[LatencyPoint], not_delivered: f64) -> Chart {
    let mut chart = view.chart("chart.latency", Unit::Seconds);
    let line = |label, token, style, of: fn(&LatencyPoint) -> u64| Series {
        label,
        token,
        style,
        points: points
            .iter()
            .filter(|point| point.count > 0)
            .map(|point| (middle(point.at, point.span), seconds(of(point))))
            .collect(),
        breaks: breaks(
            points
                .iter()
                .filter(|p| p.count > 0)
                .map(|p| (p.at, p.span)),
        ),
        emphasised: token == Token::P50,
    };
    chart.series = vec![
        line("chart.p50", Token::P50, Style::Line, |point| point.p50),
        line("chart.p95", Token::P95, Style::Dashed, |point| point.p95),
        line("chart.p99", Token::P99, Style::Dotted, |point| point.p99),
    ];
    chart.notes = vec![Note {
        label: "chart.undelivered",
        value: not_delivered,
        unit: Unit::Share,
        bad: not_delivered > 0.0,
    }];
    chart.fit(true);
    chart
}

/// Iterator age: the largest age in each bucket, out of samples in microseconds. Beside it the age of the oldest record
/// that waits now [us]: the iterator's age is that of what was read last, and stands still while nobody reads.
#[must_use]
pub fn age(view: &View, points: &[Point], limit: Option<Limit>, unread: Option<Us>) -> Chart {
    let mut chart = view.chart("chart.age", Unit::Seconds);
    chart.series = vec![gauge("chart.age", Token::Age, points, seconds)];
    chart.limits.extend(limit);
    chart.notes.extend(unread.map(|age| Note {
        label: "chart.unread",
        value: seconds(age),
        unit: Unit::Seconds,
        bad: age > UNREAD_BAD,
    }));
    chart.fit(false);
    chart
}

/// Any sampled value (buffer fill, executions at once): the largest in each bucket.
#[must_use]
pub fn level(
    view: &View,
    title: &'static str,
    unit: Unit,
    points: &[Point],
    limit: Option<Limit>,
) -> Chart {
    let mut chart = view.chart(title, unit);
    chart.series = vec![gauge(title, Token::Out, points, |value| value as f64)];
    chart.limits.extend(limit);
    chart.fit(false);
    chart
}

fn gauge(
    label: &'static str,
    token: Token,
    points: &[Point],
    value: impl Fn(u64) -> f64,
) -> Series {
    Series {
        label,
        token,
        style: Style::Area,
        points: points
            .iter()
            .map(|point| (middle(point.at, point.span), value(point.max)))
            .collect(),
        breaks: breaks(points.iter().map(|point| (point.at, point.span))),
        emphasised: false,
    }
}

/// The heat strip: what each shard was asked to take, a second, against the limit of one shard.
#[must_use]
pub fn heat(view: &View, shards: &[(u32, Vec<Point>)], limit: f64) -> Heat {
    let row = |(id, points): &(u32, Vec<Point>)| Row {
        id: *id,
        buckets: points
            .iter()
            .filter_map(|point| {
                let rate = rate(point, view.head)?;
                Some((seconds(point.at), seconds(point.span), rate))
            })
            .collect(),
    };
    Heat {
        title: "chart.heat",
        rows: shards.iter().map(row).collect(),
        limit,
        x: Span {
            from: seconds(view.from),
            to: seconds(view.to),
        },
        known_to: seconds(view.head),
        cursor: view.cursor.map(seconds),
        clock: view.clock,
    }
}

/// Two series as one: what was tried is what was let in and what was refused. Buckets that start at one time are
/// added up; `max` then is at most the sum of both.
#[must_use]
pub fn together(a: &[Point], b: &[Point]) -> Vec<Point> {
    let mut all: Vec<Point> = a.iter().chain(b).copied().collect();
    all.sort_by_key(|point| point.at);
    let mut out: Vec<Point> = Vec::with_capacity(all.len());
    for point in all {
        match out.last_mut() {
            Some(last) if last.at == point.at => {
                last.span = last.span.max(point.span);
                last.sum = last.sum.saturating_add(point.sum);
                last.samples = last.samples.saturating_add(point.samples);
                last.max = last.max.saturating_add(point.max);
            }
            _ => out.push(point),
        }
    }
    out
}

pub(super) fn seconds(us: Us) -> f64 {
    us as f64 / SECOND as f64
}

pub(super) fn middle(at: Us, span: Us) -> f64 {
    seconds(at) + seconds(span) / 2.0
}

/// Counts a second; none for a bucket of which too little has passed to tell.
fn rate(point: &Point, head: Us) -> Option<f64> {
    let passed = head.saturating_sub(point.at).min(point.span);
    let full = passed >= point.span;
    (passed > 0 && (full || passed >= point.span / 4)).then(|| point.sum as f64 / seconds(passed))
}

/// Rates of buckets, with zeros where buckets are missing in between.
pub(super) fn rates(points: &[Point], head: Us) -> Vec<(f64, f64)> {
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(points.len());
    let mut before: Option<&Point> = None;
    for point in points {
        if let Some(last) = before {
            let end = last.at.saturating_add(last.span);
            if point.at >= end.saturating_add(point.span.min(last.span)) {
                out.push((middle(end, last.span), 0.0));
                out.push((middle(point.at.saturating_sub(point.span), point.span), 0.0));
            }
        }
        out.extend(rate(point, head).map(|rate| (middle(point.at, point.span), rate)));
        before = Some(point);
    }
    if let Some(last) = before {
        let end = last.at.saturating_add(last.span);
        if head >= end.saturating_add(last.span) {
            out.push((middle(end, last.span), 0.0));
            out.push((seconds(head), 0.0));
        }
    }
    out.dedup_by(|b, a| b.0 <= a.0);
    out
}

/// Where a bucket does not follow the one before.
pub(super) fn breaks(buckets: impl Iterator<Item = (Us, Us)>) -> Vec<u32> {
    let mut breaks = Vec::new();
    let mut end = None;
    for (index, (at, span)) in buckets.enumerate() {
        if end.is_some_and(|end| at > end) {
            breaks.push(index as u32);
        }
        end = Some(at.saturating_add(span));
    }
    breaks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at_s: u64, sum: u64) -> Point {
        Point {
            at: at_s * SECOND,
            span: SECOND,
            sum,
            samples: 1,
            max: sum,
        }
    }

    #[test]
    fn missing_buckets_are_zero_for_rates_and_breaks_for_samples() {
        let points = [point(0, 10), point(1, 10), point(5, 20)];
        let rates = rates(&points, 6 * SECOND);
        assert_eq!(
            rates,
            [
                (0.5, 10.0),
                (1.5, 10.0),
                (2.5, 0.0),
                (4.5, 0.0),
                (5.5, 20.0)
            ]
        );
        let spans = points.iter().map(|point| (point.at, point.span));
        assert_eq!(breaks(spans), [2]);
    }

    #[test]
    fn a_bucket_that_is_not_full_counts_for_what_has_passed() {
        let half = rate(&point(3, 500), 3 * SECOND + SECOND / 2);
        assert_eq!(half, Some(1_000.0));
        assert_eq!(rate(&point(3, 500), 3 * SECOND + SECOND / 10), None);
        assert_eq!(rate(&point(3, 500), 3 * SECOND), None);
    }

    #[test]
    fn what_was_tried_is_what_was_let_in_and_refused() {
        let tried = together(
            &[point(0, 900), point(2, 1_000)],
            &[point(1, 5), point(2, 500)],
        );
        let sums: Vec<u64> = tried.iter().map(|point| point.sum).collect();
        assert_eq!(sums, [900, 5, 1_500]);
    }

    #[test]
    fn silence_at_the_end_is_zero() {
        let rates = rates(&[point(0, 10)], 20 * SECOND);
        assert_eq!(rates, [(0.5, 10.0), (1.5, 0.0), (20.0, 0.0)]);
    }

    #[test]
    fn throughput_names_the_shards_in_use() {
        let view = View {
            to: 10 * SECOND,
            head: 10 * SECOND,
            ..View::default()
        };
        let points: Vec<Point> = (0..10).map(|at| point(at, 6_000)).collect();
        let limits = StreamLimits {
            all: 10_000.0,
            used: 4_000.0,
            shards: 4,
        };
        let chart = throughput(&view, &points, &points, &[], Some(limits));
        assert_eq!(chart.limits[0].of, Some(4));
        assert_eq!((chart.y.from, chart.y.to), (0.0, 10_000.0));
        assert_eq!(chart.latest()[1], ("chart.in", Some(6_000.0)));
        let even = StreamLimits {
            used: 10_000.0,
            shards: 10,
            ..limits
        };
        let chart = throughput(&view, &points, &points, &[], Some(even));
        assert_eq!(chart.limits.len(), 1);
    }

    #[test]
    fn latency_of_many_decades_is_spread_by_its_logarithm() {
        let point = |at: u64, p50, p99| LatencyPoint {
            at: at * SECOND,
            span: SECOND,
            count: 5,
            p50,
            p95: p99 / 2,
            p99,
            max: p99,
        };
        let view = View {
            to: 10 * SECOND,
            ..View::default()
        };
        let wide = latency(&view, &[point(0, 2_000, 90_000_000)], 0.33);
        assert!(wide.log && wide.notes[0].bad);
        let near = latency(&view, &[point(0, 200_000, 1_800_000)], 0.0);
        assert!(!near.log && !near.notes[0].bad);
        assert_eq!(near.y.to, 2.0);
    }
}
