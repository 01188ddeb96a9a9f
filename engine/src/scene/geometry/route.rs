//! The way of a wire round the cards that stand in it: along the free channels beside them.
//!
//! ```text
//!            +------+
//!  [from]-+  | card |  +->[to]     out to the right, up or down beside what stands in the way,
//!         |  +------+  |           along, and in from the left; as few bends as it takes
//!         +------------+
//! ```
//! The search looks at those cards only that some way ran into, so its cost does not grow with
//! the design, and the same cards give the same way.

use super::index::Buckets;
use crate::base::sorted::order;
use crate::scene::shapes::{Curve, Point, Rect};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// A way round keeps this far from every card.
pub(super) const CLEAR: f64 = 8.0;
/// A curve that comes nearer than this to a card that it does not end at is barred by it.
const NEAR: f64 = 2.0;
/// What a bend costs, as length [world units].
const BEND: u64 = 60;
/// Cards that one way goes round at most.
const AROUND_MAX: usize = 32;
/// Distance of two samples along a curve.
const SAMPLE: f64 = 5.0;

/// Both ends of a wire: a point on the right edge of one card, one on the left edge of another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Ends {
    pub(super) start: Point,
    pub(super) end: Point,
    /// The cards, by number.
    pub(super) cards: [usize; 2],
    /// How far beside cards the way runs: wires of one channel lie side by side.
    pub(super) beside: f64,
}

impl Ends {
    fn out(self) -> Point {
        Point::new(self.start.x + self.beside, self.start.y)
    }

    fn to(self) -> Point {
        Point::new(self.end.x - self.beside, self.end.y)
    }
}

/// Whether the curve runs through a card: near one that is not its end, or inside of one that is.
/// `near` are the numbers of the cards to look at.
pub(super) fn crosses(curve: &Curve, cards: &Buckets, near: &[usize], ends: [usize; 2]) -> bool {
    let boxes: Vec<Rect> = near
        .iter()
        .map(|card| {
            let grown = if ends.contains(card) { -1.0 } else { NEAR };
            cards.get(*card).grown(grown)
        })
        .collect();
    !boxes.is_empty() && samples(curve).any(|at| boxes.iter().any(|rect| rect.holds(at)))
}

/// Points along the curve.
pub(super) fn samples(curve: &Curve) -> impl Iterator<Item = Point> + '_ {
    curve.parts.iter().flat_map(|part| {
        let reach =
            part.from.distance(part.c1) + part.c1.distance(part.c2) + part.c2.distance(part.to);
        let steps = libm::ceil(reach / SAMPLE).clamp(1.0, 2_000.0) as u32;
        (0..=steps).map(move |k| part.at(f64::from(k) / f64::from(steps)))
    })
}

/// The box of all control points: the curve lies in it.
pub(super) fn hull(curve: &Curve) -> Rect {
    let points = curve
        .parts
        .iter()
        .flat_map(|part| [part.from, part.c1, part.c2, part.to]);
    around(points)
}

fn around(points: impl Iterator<Item = Point>) -> Rect {
    points
        .map(|at| Rect::new(at.x, at.y, 0.0, 0.0))
        .reduce(|all, at| all.around(&at))
        .unwrap_or_default()
}

/// The corners of a way round the cards, both ends among them, and the box of all that was looked
/// at: while no card in it moves, the way stays. No corners where there is no way.
pub(super) fn corners(ends: &Ends, cards: &Buckets) -> (Vec<Point>, Rect) {
    let (out, into) = (ends.out(), ends.to());
    let mut looked = around([ends.start, ends.end].into_iter());
    let mut round: Vec<usize> = ends.cards.to_vec();
    round.dedup();
    loop {
        let boxes: Vec<Rect> = round
            .iter()
            .map(|card| cards.get(*card).grown(CLEAR))
            .collect();
        for rect in &boxes {
            looked = looked.around(&rect.grown(ends.beside));
        }
        let Some(way) = search(out, into, &boxes, ends.beside) else {
            return (Vec::new(), looked);
        };
        looked = looked.around(&around(way.iter().copied()).grown(CLEAR + 1.0));
        let hit = way.windows(2).find_map(|leg| {
            let leg = around(leg.iter().copied()).grown(CLEAR - 0.01);
            let near = cards.near(&leg).into_iter();
            near.into_iter().find(|card| !round.contains(card))
        });
        match hit {
            Some(_) if round.len() >= AROUND_MAX => return (Vec::new(), looked),
            Some(card) => round.push(card),
            None => {
                let all = [ends.start].into_iter().chain(way).chain([ends.end]);
                return (straightened(all), looked);
            }
        }
    }
}

/// Leaves out corners at which nothing bends.
fn straightened(points: impl Iterator<Item = Point>) -> Vec<Point> {
    let mut kept: Vec<Point> = Vec::new();
    for at in points {
        if kept.last().is_some_and(|last| last.distance(at) < 0.01) {
            continue;
        }
        if let [.., before, last] = kept.as_slice() {
            let (dx, dy) = ((before.x - at.x).abs(), (before.y - at.y).abs());
            let between =
                |a: f64, b: f64, c: f64| (a - b).abs() + (b - c).abs() < (a - c).abs() + 0.01;
            let straight = (dx < 0.01 && between(before.y, last.y, at.y))
                || (dy < 0.01 && between(before.x, last.x, at.x));
            if straight {
                kept.pop();
            }
        }
        kept.push(at);
    }
    kept
}

/// The lines that a way may follow: beside each card, and at the heights of both ends.
struct Net<'a> {
    xs: Vec<f64>,
    ys: Vec<f64>,
    boxes: &'a [Rect],
}

/// (column, row, whether it came along a row).
type Stop = (usize, usize, bool);

impl<'a> Net<'a> {
    fn of(out: Point, into: Point, boxes: &'a [Rect], beside: f64) -> Self {
        let far = beside - CLEAR;
        let sides = |ends: [f64; 2], side: fn(&Rect) -> [f64; 2]| {
            let beside = boxes.iter().flat_map(|rect| side(&rect.grown(far)));
            let mut all: Vec<f64> = ends.into_iter().chain(beside).collect();
            order::sort_by(&mut all, f64::total_cmp);
            all.dedup();
            all
        };
        Self {
            xs: sides([out.x, into.x], |rect| [rect.x, rect.right()]),
            ys: sides([out.y, into.y], |rect| [rect.y, rect.bottom()]),
            boxes,
        }
    }

    fn at(&self, (column, row, _): Stop) -> Point {
        Point::new(self.xs[column], self.ys[row])
    }

    /// The stop at a point of the net.
    fn stop(&self, at: Point, along: bool) -> Option<Stop> {
        let place = |all: &[f64], value: f64| all.iter().position(|found| *found == value);
        Some((place(&self.xs, at.x)?, place(&self.ys, at.y)?, along))
    }

    /// The stops one step away to which nothing bars the way, each with what it costs.
    fn next(&self, from: Stop) -> impl Iterator<Item = (Stop, u64)> + '_ {
        let (column, row, along) = from;
        // on along the line, or a turn on the spot
        let steps = [
            (column.checked_add(1), Some(row), true),
            (Some(column), row.checked_add(1), false),
            (column.checked_sub(1), Some(row), true),
            (Some(column), row.checked_sub(1), false),
        ];
        let turned = ((column, row, !along), BEND * 10);
        let steps = steps.into_iter().filter_map(move |(column, row, goes)| {
            if goes != along {
                return None;
            }
            let to = (
                column.filter(|column| *column < self.xs.len())?,
                row.filter(|row| *row < self.ys.len())?,
                goes,
            );
            let (a, b) = (self.at(from), self.at(to));
            let leg = around([a, b].into_iter()).grown(1e-3);
            if self
                .boxes
                .iter()
                .any(|rect| rect.grown(-2e-3).overlaps(&leg))
            {
                return None;
            }
            // tenths of a unit, so that the order of ways is one of whole numbers
            let length = libm::round(a.distance(b) * 10.0) as u64;
            Some((to, length))
        });
        steps.chain([turned])
    }
}

/// The shortest way from `out` to `into` beside the boxes that begins and ends along a row.
fn search(out: Point, into: Point, boxes: &[Rect], beside: f64) -> Option<Vec<Point>> {
    let net = Net::of(out, into, boxes, beside);
    let (first, last) = (net.stop(out, true)?, net.stop(into, true)?);
    let mut best: BTreeMap<Stop, (u64, Stop)> = BTreeMap::from([(first, (0, first))]);
    let mut open = BinaryHeap::from([Reverse((0_u64, first))]);
    while let Some(Reverse((cost, stop))) = open.pop() {
        if stop == last {
            break;
        }
        if best.get(&stop).is_some_and(|(known, _)| *known < cost) {
            continue;
        }
        for (to, more) in net.next(stop) {
            let known = best.get(&to).map_or(u64::MAX, |(known, _)| *known);
            if cost + more < known {
                best.insert(to, (cost + more, stop));
                open.push(Reverse((cost + more, to)));
            }
        }
    }
    let mut way = vec![net.at(last)];
    let mut stop = last;
    while stop != first {
        stop = best.get(&stop)?.1;
        way.push(net.at(stop));
    }
    way.reverse();
    Some(way)
}

/// The corners of a way to another height of the same left edge.
pub(super) fn led_to(corners: &[Point], beside: f64, end: Point) -> Vec<Point> {
    let mut corners = corners.to_vec();
    let x = end.x - beside;
    corners.pop();
    let turn = corners.last().copied().unwrap_or(end);
    if (turn.x - x).abs() < 0.01 {
        corners.pop();
    } else {
        corners.push(Point::new(x, turn.y));
    }
    corners.extend([Point::new(x, end.y), end]);
    straightened(corners.into_iter())
}
