//! Marks: exemplar records on their way along the wires, and those that bounce off a lane.

use super::Stage;
use super::list::Stroke;
use super::motion::{BOUNCE, FLIGHT, MARKS_PER_S};
use super::pen::Pen;
use super::shapes::{Measured, Point, Rect};
use super::theme::Tone;
use crate::base::sorted::SortedMap;
use crate::run::frame::Mark;

/// Size of a mark [world units].
const SIZE: f64 = 7.0;
/// Marks of one wire are at least about this far apart [world units].
const GAP: f64 = 13.0;

/// Draws what flies.
pub(super) fn draw(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    if stage.motion.reduced {
        return;
    }
    pen.moving();
    let view = stage.camera.view();
    let mut ways = SortedMap::new();
    for (flight, share) in stage.motion.flying() {
        let mark = &flight.mark;
        let way = ways
            .entry((mark.wire, mark.to_lane))
            .or_insert_with(|| Way::of(stage, mark, &view));
        let Some(way) = way else {
            continue;
        };
        if mark.refused.is_none() && flight.number % way.thinned != 0 {
            continue;
        }
        if share <= 1.0 {
            square(pen, way.curve.at(ease(share)), SIZE, mark);
        } else {
            let back = (share - 1.0) * FLIGHT / BOUNCE;
            let (end, before) = (way.curve.at(1.0), way.curve.at(0.8));
            bounce(pen, end, before, back, mark);
        }
    }
}

/// A way that marks take: worked out once a frame, however many are on it.
struct Way {
    curve: Measured,
    /// On a short wire marks would touch: one of so many is shown.
    thinned: u32,
}

impl Way {
    /// The way of a mark; none where its wire is not seen.
    fn of(stage: &Stage<'_>, mark: &Mark, view: &Rect) -> Option<Self> {
        let wire = stage.geometry.wire(mark.wire)?;
        if !super::wire::seen(wire, view) {
            return None;
        }
        let to = stage.geometry.node(wire.to);
        let grid = to.and_then(|node| node.lanes.as_ref());
        let curve = Measured::of(wire.to_lane(grid, mark.to_lane));
        let in_flight = (curve.length() / GAP).max(1.0);
        let thinned = libm::ceil(MARKS_PER_S * FLIGHT / in_flight).max(1.0) as u32;
        Some(Self { curve, thinned })
    }
}

/// Leaves and lands a little slower than it flies.
fn ease(share: f64) -> f64 {
    let smooth = share * share * (3.0 - 2.0 * share);
    0.6 * share + 0.4 * smooth
}

fn square(pen: &mut Pen<'_>, at: Point, size: f64, mark: &Mark) {
    pen.square(at, size + 2.0, Tone::Panel);
    pen.square(at, size, Tone::key(mark.colour));
}

/// Thrown back, falling, fading, crossed out.
fn bounce(pen: &mut Pen<'_>, gate: Point, before: Point, back: f64, mark: &Mark) {
    let away = if before.x < gate.x { -1.0 } else { 1.0 };
    let x = gate.x + away * (4.0 + 26.0 * back);
    let y = gate.y - 26.0 * back * (1.0 - back) * 1.6 + 16.0 * back * back;
    let at = Point::new(x, y);
    let seen = (1.0 - back * back).max(0.0);
    pen.square(at, SIZE, Tone::key(mark.colour).alpha(seen));
    let arm = SIZE * 0.5;
    let cross = Stroke::solid(Tone::Bad.alpha(seen), 1.5);
    let corner = |dx: f64, dy: f64| Point::new(at.x + dx * arm, at.y + dy * arm);
    pen.line(corner(-1.0, -1.0), corner(1.0, 1.0), cross);
    pen.line(corner(-1.0, 1.0), corner(1.0, -1.0), cross);
}
