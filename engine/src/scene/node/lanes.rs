//! A stream: one row a lane, with both buckets, its load against the limit, and what it refused.
//!
//! ```text
//!  2 | |  =============|####   ( 500 )
//!  id, how full the records and the bytes bucket are; above: records let in, the limit, what was
//!  refused beyond it; below, thin: bytes let in; refused a second
//! ```

use super::{Subject, heat, near, parts};
use crate::run::frame::LaneRate;
use crate::scene::geometry::LaneGrid;
use crate::scene::hit::Target;
use crate::scene::list::Stroke;
use crate::scene::motion::LaneBars;
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;

/// Where the limit stands on the bar.
const LIMIT_AT: f64 = 0.78;
/// From the row's left edge to the middle of the two tanks, and to the bar.
const TANKS_AT: f64 = 33.0;
const BAR_AT: f64 = 50.0;
/// From the row's right edge to the end of the bar.
const FIGURE: f64 = 60.0;
/// Rows from this height on have room for their newest record.
const NEWEST_FROM: f64 = 20.0;

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let Some(grid) = &subject.place.lanes else {
        return;
    };
    let entry = subject.node.kind.entry();
    let word = subject.stage.words.lane(entry.id);
    let count = grid.ids.len().to_string();
    let key = if count == "1" {
        "stage.lane"
    } else {
        "stage.lanes"
    };
    let lanes = subject
        .stage
        .words
        .fill(key, &[("n", &count), ("word", &word)]);
    let sub = format!("{}, {lanes}", entry.name);
    parts::head(subject, &sub, pen);
    if grid.has_rows() {
        columns(subject, grid, &word, pen);
        for cell in 0..grid.cells() {
            row(subject, grid, cell, pen);
        }
    } else {
        heat::draw(subject, grid, pen);
    }
    if !grid.closed.is_empty() {
        closed(subject, grid, pen);
    }
    foot(subject, grid, pen);
}

/// The heads of the columns.
fn columns(subject: &Subject<'_>, grid: &LaneGrid, word: &str, pen: &mut Pen<'_>) {
    let (area, words) = (grid.area, subject.stage.words);
    let y = area.y - 6.0;
    pen.resting()
        .text(Point::new(area.x + 4.0, y), 42.0, word, Style::SMALL);
    let first = subject.node.open_lanes().next();
    let limit = first.map_or(0, |(lane, _)| lane.records_capacity);
    let limit = numbers::whole(limit as f64);
    let write = words.fill("stage.write", &[("n", &limit)]);
    let room = area.w - BAR_AT - FIGURE + 4.0;
    pen.text(Point::new(area.x + BAR_AT, y), room, &write, Style::SMALL);
    let right = Point::new(area.right() - 6.0, y);
    pen.text(
        right,
        FIGURE,
        &words.get("stage.refused"),
        Style::SMALL.right(),
    );
}

fn row(subject: &Subject<'_>, grid: &LaneGrid, cell: usize, pen: &mut Pen<'_>) {
    let (Some(place), Some(id)) = (grid.places.get(cell), grid.ids.get(cell)) else {
        return;
    };
    let rect = grid.cell(cell);
    let rate = subject.node.rates.get(*place).copied().unwrap_or_default();
    let bars = subject.stage.motion.bars(subject.node.id);
    let bars = bars
        .and_then(|bars| bars.lanes.get(*place))
        .copied()
        .unwrap_or_default();
    pen.resting().fill(rect, 5.0, Tone::Soft);
    ring(subject, *id, rect, pen);
    let middle = rect.centre().y;
    let style = if rect.h < 15.0 {
        Style::SUB.size(9.0)
    } else {
        Style::SUB
    };
    let baseline = middle + style.size * 0.36;
    let number = Point::new(rect.x + 22.0, baseline);
    pen.resting()
        .text(number, 20.0, &id.to_string(), style.right());
    if !subject.stage.frame.past {
        tanks(subject, rect, &bars, pen);
    }
    load(rect, &bars, &rate, pen);
    figure(subject, grid.badge(cell), &rate, style, pen);
    newest(subject, *id, rect, pen);
}

/// The newest record of a lane, under its bars, where a row is high enough.
fn newest(subject: &Subject<'_>, lane: u32, row: Rect, pen: &mut Pen<'_>) {
    let held = near::records(subject, pen).unwrap_or(&[]);
    let Some(record) = held.iter().find(|record| record.lane == Some(lane)) else {
        return;
    };
    if row.h >= NEWEST_FROM {
        let x = row.x + BAR_AT;
        let line = Rect::new(x, row.bottom() - 1.2, row.w - BAR_AT - FIGURE, 0.0);
        near::row(record, line, 1.0 / pen.camera.zoom, pen);
    }
}

/// A line around the row that is chosen or pointed at.
fn ring(subject: &Subject<'_>, id: u32, rect: Rect, pen: &mut Pen<'_>) {
    let node = subject.node.id;
    let is = |target: Option<Target>| match target {
        Some(Target::Lane(at, lane) | Target::Badge(at, lane)) => at == node && lane == id,
        _ => false,
    };
    if is(subject.stage.selection) {
        let stroke = Stroke::solid(Tone::Accent, 1.8);
        pen.resting().round(rect, 5.0, None, Some(stroke), false);
    } else if is(subject.stage.hover) {
        let stroke = Stroke::solid(Tone::Muted, 1.0);
        pen.resting().round(rect, 5.0, None, Some(stroke), false);
    }
}

/// How full the records bucket and the bytes bucket are.
fn tanks(subject: &Subject<'_>, row: Rect, bars: &LaneBars, pen: &mut Pen<'_>) {
    let height = row.h - 8.0;
    for (k, level) in [bars.records_level, bars.bytes_level]
        .into_iter()
        .enumerate()
    {
        let x = row.x + TANKS_AT - 5.0 + 6.0 * k as f64;
        let tank = Rect::new(x, row.y + 4.0, 4.0, height);
        pen.resting().fill(tank, 1.5, Tone::Line);
        let full = height * level.clamp(0.0, 1.0);
        if full > 0.4 {
            let ink = Tone::Family(subject.node.kind.entry().family).alpha(0.5);
            let y = tank.bottom() - full;
            pen.moving().fill(Rect::new(x, y, 4.0, full), 1.5, ink);
        }
        // between two ticks a bucket that refuses gathers a little
        if level < 0.12 && bars.excess > 0.001 {
            let empty = Stroke::solid(Tone::Bad, 1.0);
            pen.moving().round(tank, 1.5, None, Some(empty), false);
        }
    }
}

/// Records let in up to the limit, what was refused beyond it, and bytes let in below.
fn load(row: Rect, bars: &LaneBars, rate: &LaneRate, pen: &mut Pen<'_>) {
    let x = row.x + BAR_AT;
    let width = row.w - BAR_AT - FIGURE;
    let thick = (row.h * 0.34).clamp(4.0, 8.0);
    let thin = (thick * 0.4).max(2.0);
    let top = row.y + (row.h - thick - thin - 2.0) / 2.0;
    let limit = width * LIMIT_AT;
    pen.resting()
        .fill(Rect::new(x, top, width, thick), thick / 2.0, Tone::Line);
    let bytes_y = top + thick + 2.0;
    pen.fill(Rect::new(x, bytes_y, limit, thin), thin / 2.0, Tone::Line);
    let excess = bars.excess.min(0.5) / 0.5 * (width - limit);
    if excess > 0.4 {
        let beyond = Rect::new(x + limit - 4.0, top, excess + 4.0, thick);
        pen.moving().fill(beyond, thick / 2.0, Tone::Bad.alpha(0.6));
    }
    let key = Tone::key(rate.colour);
    let filled = limit * bars.load.clamp(0.0, 1.0);
    if filled > 0.4 {
        let bar = Rect::new(x, top, filled, thick);
        pen.moving().fill(bar, thick / 2.0, key);
    }
    let bytes = limit * bars.bytes.clamp(0.0, 1.0);
    if bytes > 0.4 {
        let bar = Rect::new(x, bytes_y, bytes, thin);
        pen.moving().fill(bar, thin / 2.0, key.alpha(0.7));
    }
    let tick = if bars.excess > 0.001 {
        Tone::Bad.into()
    } else if rate.tried >= 0.5 {
        Tone::Muted.into()
    } else {
        Tone::Muted.alpha(0.45)
    };
    let tick_box = Rect::new(x + limit - 1.0, top - 3.0, 2.0, thick + thin + 8.0);
    pen.moving().fill(tick_box, 1.0, tick);
}

/// Lanes that are only read: a cell each, filled where records still wait in them.
fn closed(subject: &Subject<'_>, grid: &LaneGrid, pen: &mut Pen<'_>) {
    let strip = grid.strip();
    let baseline = strip.centre().y + 3.5;
    let word = subject.stage.words.get("lane.closed");
    pen.resting().text(
        Point::new(strip.x + 4.0, baseline),
        44.0,
        &word,
        Style::SMALL,
    );
    let count = grid.closed.len().to_string();
    let right = Point::new(strip.right() - 6.0, baseline);
    pen.text(right, 26.0, &count, Style::SMALL.right());
    for (cell, lanes) in grid.closed_cells() {
        let waits = |(ix, _): &(usize, u32)| {
            let lane = subject.node.gauges.lanes.get(*ix);
            lane.is_some_and(|lane| lane.waiting > 0)
        };
        let target = lanes
            .first()
            .map(|(_, id)| Target::Lane(subject.node.id, *id));
        let ink = if target == subject.stage.hover || target == subject.stage.selection {
            Tone::Accent
        } else {
            Tone::Line
        };
        let edge = Stroke::solid(ink, 1.0);
        pen.moving().round(cell, 2.0, None, Some(edge), false);
        if lanes.iter().any(waits) {
            pen.fill(cell.grown(-1.5), 1.0, Tone::Muted);
        }
    }
}

/// Refused a second, on a plate; or 0; or that the lane is idle.
fn figure(subject: &Subject<'_>, plate: Rect, rate: &LaneRate, style: Style, pen: &mut Pen<'_>) {
    let baseline = plate.centre().y + style.size * 0.36;
    pen.moving();
    if rate.refused >= 0.5 {
        pen.fill(plate, plate.h / 2.0, Tone::BadSoft);
        let style = Style::FIGURE.size(style.size).ink(Tone::Bad).centre();
        let at = Point::new(plate.centre().x, baseline);
        pen.text(at, plate.w - 4.0, &numbers::short(rate.refused), style);
        return;
    }
    let words = subject.stage.words;
    let text = if rate.tried < 0.5 {
        words.get("lane.idle")
    } else {
        "0".to_owned()
    };
    let at = Point::new(plate.right() - 2.0, baseline);
    pen.text(at, plate.w, &text, style.right());
}

/// What all lanes together let in and refuse.
fn foot(subject: &Subject<'_>, grid: &LaneGrid, pen: &mut Pen<'_>) {
    let rates = &subject.node.rates;
    let admitted: f64 = rates.iter().map(|rate| rate.admitted).sum();
    let refused: f64 = rates.iter().map(|rate| rate.refused).sum();
    let key = if refused >= 0.5 {
        "stage.given-refused"
    } else {
        "stage.given"
    };
    let wordings = [numbers::count, numbers::short].map(|figure| {
        let values = [("in", figure(admitted)), ("refused", figure(refused))];
        let values = values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str()));
        subject.stage.words.fill(key, &values)
    });
    let at = Point::new(grid.area.x + 4.0, subject.place.rect.bottom() - 10.0);
    let room = grid.area.w - 8.0;
    pen.moving()
        .text_of(at, room, &wordings, Style::SUB.ink(Tone::Text));
}
