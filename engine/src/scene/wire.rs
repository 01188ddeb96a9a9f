//! Wires at rest: one curve, or one to each lane that their records took of late.

use super::Stage;
use super::geometry::WireShape;
use super::hit::Target;
use super::list::Stroke;
use super::numbers;
use super::pen::{Pen, Style};
use super::shapes::{Curve, Point, Rect};
use super::theme::Tone;
use crate::run::frame::WireFrame;

/// A way fainter than this is not drawn.
const FAINTEST: f64 = 0.08;

/// Marks and ports reach this far beside a curve, one that bounces included [world units].
const EDGE: f64 = 34.0;
/// Ends of wires smaller than this are not drawn [px].
const END_MIN: f64 = 1.5;
/// Radius of the end of a wire [world units].
const END: f64 = 4.5;

/// Wires over which only what failed goes: they are dashed and quiet, whatever they carry.
const QUIET: [&str; 2] = ["on-failure", "redrive"];

fn is_quiet(wire: &WireFrame) -> bool {
    QUIET.contains(&wire.kind.entry().id)
}

/// Whether a part of a wire may lie in the view; what hangs over its curve counts too.
pub(super) fn seen(wire: &WireShape, view: &Rect) -> bool {
    wire.reach.grown(EDGE).overlaps(view)
}

/// Draws all wires that are in view.
pub(super) fn draw(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    let view = stage.camera.view();
    for wire in &stage.geometry.wires {
        let Some(frame) = stage.frame.wire(wire.id).filter(|_| seen(wire, &view)) else {
            continue;
        };
        let target = Some(Target::Wire(wire.id));
        let quiet = is_quiet(frame);
        let mut stroke = if stage.selection == target {
            Stroke::solid(Tone::Accent, 2.4)
        } else if stage.hover == target {
            Stroke::solid(Tone::Muted, 2.2)
        } else if quiet {
            Stroke::solid(Tone::Muted.alpha(0.35), 1.1)
        } else {
            Stroke::solid(Tone::Muted.alpha(0.45), 1.6)
        };
        stroke.dashed = quiet || frame.rate < 0.5;
        ways(stage, wire, stroke, pen);
    }
}

/// Draws the rates of wires where marks do not fly or the pointer asks; over the marks, to be read.
pub(super) fn rates(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    let view = stage.camera.view();
    for wire in &stage.geometry.wires {
        let Some(frame) = stage.frame.wire(wire.id).filter(|_| seen(wire, &view)) else {
            continue;
        };
        let target = Some(Target::Wire(wire.id));
        if stage.motion.reduced || stage.hover == target || stage.selection == target {
            rate(&main_way(stage, wire), frame, pen);
        }
    }
}

/// The way that is seen most: to the one lane that its records take, or the wire's own curve.
fn main_way(stage: &Stage<'_>, wire: &WireShape) -> Curve {
    let grid = stage
        .geometry
        .node(wire.to)
        .and_then(|node| node.lanes.as_ref());
    let mut ways = stage.motion.ways(wire.id);
    match (ways.next(), ways.next()) {
        (Some((lane, seen)), None) if seen > 0.5 => wire.to_lane(grid, Some(lane)),
        _ => wire.curve.clone(),
    }
}

fn ways(stage: &Stage<'_>, wire: &WireShape, mut stroke: Stroke, pen: &mut Pen<'_>) {
    let to = stage.geometry.node(wire.to);
    let grid = to.and_then(|node| node.lanes.as_ref());
    let full = stroke.ink.alpha;
    let mut strongest: f64 = 0.0;
    if grid.is_some_and(super::geometry::LaneGrid::has_rows) {
        let mut taken = 0.0;
        for (lane, seen) in stage.motion.ways(wire.id) {
            // a wire that feeds many lanes is a fan, each rib fainter
            taken += seen;
            strongest = strongest.max(seen);
            let part = seen * 1.0_f64.min(3.0 / taken.max(1.0));
            if part >= FAINTEST {
                // whole tenths, so that a way at rest stays on the resting layer
                stroke.ink.alpha = full * (libm::ceil(part * 10.0) / 10.0) as f32;
                pen.resting().curve(&wire.to_lane(grid, Some(lane)), stroke);
            }
        }
    }
    let rest = 1.0 - strongest.min(1.0);
    if rest >= FAINTEST {
        stroke.ink.alpha = full * (libm::ceil(rest * 10.0) / 10.0) as f32;
        pen.resting().curve(&wire.curve, stroke);
    }
}

/// The wire's rate on a plate, nearer to its start, where wires to one node are still apart.
fn rate(curve: &Curve, frame: &WireFrame, pen: &mut Pen<'_>) {
    let text = format!("{}/s", numbers::count(frame.rate));
    let style = Style::SMALL.ink(Tone::Text).centre();
    let (at, width) = (curve.at(0.35), pen.width(&text, style));
    let plate = Rect::new(at.x - width / 2.0 - 5.0, at.y - 8.0, width + 10.0, 16.0);
    let edge = Stroke::solid(Tone::Line, 1.0);
    pen.moving()
        .round(plate, 8.0, Some(Tone::Panel.into()), Some(edge), false);
    pen.text(Point::new(at.x, at.y + 3.5), width + 1.0, &text, style);
}

/// Draws where wires end, over the cards.
pub(super) fn ports(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    let edge = Stroke::solid(Tone::Muted, 1.4);
    let fill = Some(Tone::Panel.into());
    let view = stage.camera.view();
    let drawn = |wire: &&WireShape| END * stage.camera.zoom >= END_MIN && seen(wire, &view);
    for wire in stage.geometry.wires.iter().filter(drawn) {
        pen.moving().circle(wire.start, END, fill, Some(edge));
        let lanes = stage
            .geometry
            .node(wire.to)
            .is_some_and(|node| node.lanes.is_some());
        if !lanes {
            pen.circle(wire.end, END, fill, Some(edge));
        }
    }
    if let Some(Target::Port(id, dir)) = stage.hover
        && let Some(node) = stage.geometry.node(id)
    {
        let [left, right] = super::hit::ports(node);
        let at = match dir {
            crate::catalog::Dir::In => left,
            crate::catalog::Dir::Out => right,
        };
        let edge = Stroke::solid(Tone::Accent, 2.0);
        pen.moving().circle(at, 6.5, fill, Some(edge));
    }
}
