//! A node from near: the single records that it holds, each with key, size and age. Letters keep
//! their size on the screen, so that nearer shows more.

use super::Subject;
use crate::run::frame::HeldRecord;
use crate::scene::detail::Detail;
use crate::scene::list::Stroke;
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;

/// Height of the letters [px].
const LETTERS: f64 = 10.5;
/// From one row to the next [px].
const PITCH: f64 = 15.0;
/// The mark of a record [px].
const MARK: f64 = 7.0;
/// Where sizes end, and keys, as a share of the width.
const SIZES_AT: f64 = 0.74;
const KEYS_TO: f64 = 0.5;

/// The records of a node, if one looks into it from near.
pub(super) fn records<'a>(subject: &Subject<'a>, pen: &Pen<'_>) -> Option<&'a [HeldRecord]> {
    let near = Detail::of(pen.camera.zoom) == Detail::Near;
    let held = subject.stage.frame.held.get(&subject.node.id);
    held.filter(|_| near).map(Vec::as_slice)
}

fn style(px: f64) -> Style {
    Style::SUB.size(LETTERS * px).ink(Tone::Text)
}

/// As many records as there is room for, under a line.
pub(super) fn rows(subject: &Subject<'_>, area: Rect, held: &[HeldRecord], pen: &mut Pen<'_>) {
    let px = 1.0 / pen.camera.zoom;
    let rule = Stroke::solid(Tone::Line, px);
    let right = Point::new(area.right(), area.y);
    pen.resting().line(Point::new(area.x, area.y), right, rule);
    if held.is_empty() {
        let text = subject.stage.words.get("stage.holds-nothing");
        let at = Point::new(area.x, area.y + PITCH * px * 0.8);
        pen.moving()
            .text(at, area.w, &text, style(px).ink(Tone::Muted));
        return;
    }
    let room = (area.h / (PITCH * px)) as usize;
    for (record, k) in held.iter().take(room).zip(0..) {
        let y = area.y + PITCH * px * (f64::from(k) + 0.8);
        row(record, Rect::new(area.x, y, area.w, 0.0), px, pen);
    }
}

/// One record, its letters standing on the upper edge of `line`.
pub(super) fn row(record: &HeldRecord, line: Rect, px: f64, pen: &mut Pen<'_>) {
    let style = style(px);
    let mark = Point::new(line.x + MARK * px / 2.0, line.y - LETTERS * px * 0.36);
    pen.moving()
        .square(mark, MARK * px, Tone::key(record.colour));
    let keys = line.x + 11.0 * px;
    let at = |share: f64| Point::new(line.x + line.w * share, line.y);
    let room = line.x + line.w * KEYS_TO - keys;
    pen.text(Point::new(keys, line.y), room, &record.key, style);
    let quiet = style.ink(Tone::Muted).right();
    let size = numbers::bytes(f64::from(record.bytes));
    let room = line.w * (SIZES_AT - KEYS_TO) - 2.0 * px;
    pen.text(at(SIZES_AT), room, &size, quiet);
    let age = numbers::span(record.age as f64 / 1e6);
    let room = line.w * (1.0 - SIZES_AT) - 3.0 * px;
    pen.text(at(1.0), room, &age, style.right());
}
