//! A source: what it sends, its retries, the colour of its key.

use super::{Subject, near, parts};
use crate::run::frame::{HeldRecord, KEY_COLOURS};
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::Rect;
use crate::scene::theme::Tone;
use crate::services::gauges::Reading;

/// Readings that only repeat the rate.
const RATES: [&str; 4] = ["rate", "in_rate", "out_rate", "made_rate"];

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let pressing = pressing(subject);
    let service = subject.node.kind.entry().name;
    let named = !subject.compact && pressing.is_none();
    parts::head(subject, if named { service } else { "" }, pen);
    let key = Tone::key(subject.node.colour);
    if subject.node.colour < KEY_COLOURS {
        let y = if subject.compact { 17.0 } else { 19.0 };
        let at = subject.at(subject.place.rect.w - 15.0, y);
        pen.moving().circle(at, 4.0, Some(key.into()), None);
    }
    if let Some(held) = near::records(subject, pen) {
        from_near(subject, held, pen);
        return;
    }
    let (bar_y, line_y) = if subject.compact {
        (43.0, 36.0)
    } else {
        (46.0, 68.0)
    };
    let at = subject.at(12.0, bar_y);
    let track = Rect::new(at.x, at.y, subject.place.rect.w - 24.0, 6.0);
    let bars = subject.stage.motion.bars(subject.node.id);
    pen.bar(track, bars.map_or(0.0, |bars| bars.load), key);
    let rate = subject.node.out_rate;
    let figures = if subject.compact && pressing.is_some() {
        [numbers::short(rate), numbers::short(rate)]
    } else {
        [numbers::count(rate), numbers::short(rate)]
    };
    let rates = figures.map(|rate| format!("{rate} rec/s"));
    let at = subject.at(12.0, line_y);
    let room = subject.room(12.0);
    let used = pen.moving().text_of(at, room, &rates, Style::FIGURE);
    if let Some(reading) = pressing {
        second(subject, reading, room - used - 6.0, pen);
    }
}

/// The bar with its rate beside it, and below the records that go next.
fn from_near(subject: &Subject<'_>, held: &[HeldRecord], pen: &mut Pen<'_>) {
    let px = 1.0 / pen.camera.zoom;
    let top = if subject.compact { 32.0 } else { 41.0 };
    let style = Style::FIGURE.size(11.0 * px).right();
    let rate = format!("{} rec/s", numbers::count(subject.node.out_rate));
    let at = subject.at(subject.place.rect.w - 12.0, top + 5.0);
    let used = pen.moving().text(at, subject.room(12.0), &rate, style) + 4.0;
    let at = subject.at(12.0, top);
    let track = Rect::new(at.x, at.y, subject.place.rect.w - 24.0 - used, 5.0);
    let bars = subject.stage.motion.bars(subject.node.id);
    let key = Tone::key(subject.node.colour);
    pen.bar(track, bars.map_or(0.0, |bars| bars.load), key);
    let top = subject.at(12.0, top + 9.0);
    let (width, low) = (
        subject.place.rect.w - 24.0,
        subject.place.rect.bottom() - 3.0,
    );
    let area = Rect::new(top.x, top.y, width, low - top.y);
    near::rows(subject, area, held, pen);
}

/// What matters beside the rate: what it gave up or will send again.
fn pressing<'a>(subject: &Subject<'a>) -> Option<&'a Reading> {
    let mut readings = subject.node.gauges.readings.iter();
    readings.find(|reading| {
        let told = !RATES.contains(&reading.key) && reading.unit == "records";
        told && reading.value >= 0.5
    })
}

/// Under the name; on a small card beside the rate, as a bare figure where words have no room.
fn second(subject: &Subject<'_>, reading: &Reading, beside: f64, pen: &mut Pen<'_>) {
    let label = subject.stage.words.gauge(reading.key);
    let figure = numbers::short(reading.value);
    let wordings = [
        format!("{} {label}", numbers::reading(reading)),
        format!("{figure} {label}"),
        figure,
    ];
    let bad = reading.key.contains("given") && subject.stage.frame.knows(reading.key);
    let style = Style::SUB.ink(if bad { Tone::Bad } else { Tone::Muted });
    pen.moving();
    if subject.compact {
        let at = subject.at(subject.place.rect.w - 12.0, 36.0);
        pen.text_of(at, beside, &wordings, style.right());
    } else {
        let room = subject.room(38.0);
        pen.text_of(subject.at(38.0, 35.0), room, &wordings, style);
    }
}
