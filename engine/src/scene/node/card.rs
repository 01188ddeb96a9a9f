//! A card of readings: consumers, queues, tables, whatever has no look of its own.

use super::{Subject, parts};
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::Rect;
use crate::scene::theme::Tone;
use crate::services::gauges::State;

/// Rows of readings on a card.
const ROWS: usize = 3;

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    let service = if subject.compact { "" } else { entry.name };
    parts::head(subject, service, pen);
    let (top, pitch) = if subject.compact {
        (40.0, 14.0)
    } else {
        (56.0, 16.0)
    };
    let words = subject.stage.words;
    let mut line = 0;
    let mut row = |key: &str, value: &str, pen: &mut Pen<'_>| {
        let y = top + pitch * line as f64;
        line += 1;
        let style = Style::FIGURE.ink(subject.ink(key)).right();
        pair(
            subject,
            y,
            &words.gauge_of(entry.id, key),
            value,
            style,
            pen,
        );
    };
    let readings = &subject.node.gauges.readings;
    if readings.len() < ROWS {
        let rate = format!("{} rec/s", numbers::count(subject.node.in_rate));
        row("in_rate", &rate, pen);
    }
    for reading in readings.iter().take(ROWS) {
        match unread(subject).filter(|_| reading.key == "iterator_age") {
            Some(age) => row("unread", &age, pen),
            None => row(reading.key, &numbers::reading(reading), pen),
        }
    }
    strip(subject, pen);
}

/// While a reader is down its iterator's age stands still; the oldest record that waits grows older.
fn unread(subject: &Subject<'_>) -> Option<String> {
    let down = subject.node.gauges.state == State::Down;
    let age = subject.stage.frame.oldest_unread(subject.node.id);
    let age = age.filter(|_| down)?;
    Some(numbers::span(age as f64 / 1e6))
}

/// A label on the left, its figure on the right; the figure has the right of way.
fn pair(subject: &Subject<'_>, y: f64, label: &str, value: &str, style: Style, pen: &mut Pen<'_>) {
    let (x, right) = (12.0, subject.place.rect.w - 12.0);
    let room = right - x;
    let at = subject.at(right, y);
    let used = pen.moving().text(at, room, value, style);
    let room = room - used - 6.0;
    pen.text(subject.at(x, y), room, label, Style::SUB);
}

/// At the lower edge: its tanks, or its lanes as cells, or its load.
fn strip(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let rect = subject.place.rect;
    let up = if subject.compact { 14.0 } else { 16.0 };
    let area = Rect::new(rect.x + 12.0, rect.bottom() - up, rect.w - 24.0, 6.0);
    let family = Tone::Family(subject.node.kind.entry().family);
    let bars = subject.stage.motion.bars(subject.node.id);
    let lanes = &subject.node.gauges.lanes;
    let mut readings = subject.node.gauges.readings.iter();
    let limited = readings.any(|reading| reading.limit.is_some());
    if let Some(bars) = bars.filter(|bars| !bars.tanks.is_empty()) {
        let shown = bars.tanks.len().min(2);
        let width = (area.w - 6.0 * (shown - 1) as f64) / shown as f64;
        for (k, level) in bars.tanks.iter().take(shown).enumerate() {
            let x = area.x + (width + 6.0) * k as f64;
            pen.bar(Rect::new(x, area.y, width, area.h), *level, family);
        }
    } else if !lanes.is_empty() {
        let shown = lanes.len().min(16);
        let pitch = area.w / shown as f64;
        for (k, lane) in lanes.iter().take(shown).enumerate() {
            let cell = Rect::new(area.x + pitch * k as f64, area.y, pitch - 2.0, area.h);
            pen.resting().fill(cell, 1.5, Tone::Line);
            if lane.waiting > 0 {
                pen.moving().fill(cell, 1.5, family);
            }
        }
    } else if let Some(bars) = bars.filter(|_| limited) {
        pen.bar(area, bars.load, family);
    }
}
