//! More lanes than rows: a cell each, or one for several, the fullest of them shown.

use super::Subject;
use crate::scene::geometry::LaneGrid;
use crate::scene::hit::Target;
use crate::scene::list::Stroke;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;

pub(super) fn draw(subject: &Subject<'_>, grid: &LaneGrid, pen: &mut Pen<'_>) {
    let bars = subject.stage.motion.bars(subject.node.id);
    let lanes = bars.map_or(&[][..], |bars| bars.lanes.as_slice());
    let mut worst = (0.0, 0);
    for cell in 0..grid.cells() {
        let first = cell * grid.per_cell;
        let rect = grid.cell(cell);
        pen.resting().fill(rect, 2.0, Tone::Soft);
        let (mut load, mut excess) = (0.0_f64, 0.0_f64);
        let shared = grid.places.iter().enumerate();
        for (ix, place) in shared.skip(first).take(grid.per_cell) {
            let Some(bar) = lanes.get(*place) else {
                continue;
            };
            load = load.max(bar.load);
            excess = excess.max(bar.excess);
            let whole = bar.load + bar.excess;
            if whole > worst.0 {
                worst = (whole, grid.ids.get(ix).copied().unwrap_or(0));
            }
        }
        fill(subject, rect, load, excess, pen);
        if let Some(id) = grid.ids.get(first) {
            let target = Some(Target::Lane(subject.node.id, *id));
            if subject.stage.hover == target || subject.stage.selection == target {
                let stroke = Stroke::solid(Tone::Accent, 1.6);
                pen.resting().round(rect, 2.0, None, Some(stroke), false);
            }
        }
    }
    head(subject, grid, worst, pen);
}

/// Deeper with load; what refuses is red and has a hole, so that colour alone need not tell.
fn fill(subject: &Subject<'_>, rect: Rect, load: f64, excess: f64, pen: &mut Pen<'_>) {
    pen.moving();
    if excess > 0.001 {
        pen.fill(rect, 2.0, Tone::Bad);
        pen.fill(rect.grown(-3.5), 1.0, Tone::Panel);
    } else if load > 0.01 {
        // tenths, so that cells of one load have one colour
        let depth = libm::ceil(load.min(1.0) * 10.0) / 10.0;
        let ink = Tone::Family(subject.node.kind.entry().family).alpha(0.12 + 0.88 * depth);
        pen.fill(rect, 2.0, ink);
    }
}

/// The fullest lane in words.
fn head(subject: &Subject<'_>, grid: &LaneGrid, worst: (f64, u32), pen: &mut Pen<'_>) {
    let words = subject.stage.words;
    let word = words.lane(subject.node.kind.entry().id);
    let text = words.fill(
        "stage.worst",
        &[
            ("word", &word),
            ("n", &worst.1.to_string()),
            ("share", &format!("{:.0}", worst.0 * 100.0)),
        ],
    );
    let at = Point::new(grid.area.x + 4.0, grid.area.y - 6.0);
    pen.moving()
        .text(at, grid.area.w - 8.0, &text, Style::SMALL);
}
