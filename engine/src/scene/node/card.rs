//! A card of readings: consumers, queues, tables, whatever has no look of its own.

use super::{Subject, near, parts, strip};
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::Rect;
use crate::services::gauges::{Reading, State};

/// Rows of readings on a card.
const ROWS: usize = 3;
/// Rows on one that shows what is inside too.
const ROWS_INSIDE: usize = 2;
/// Readings that tell whether a reader keeps up.
const AGES: [&str; 3] = ["iterator_age", "oldest", "age"];

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    let service = if subject.compact { "" } else { entry.name };
    parts::head(subject, service, pen);
    let (top, pitch) = if subject.compact {
        (40.0, 14.0)
    } else {
        (56.0, 16.0)
    };
    let rect = subject.place.rect;
    let low = rect.h - if subject.compact { 4.0 } else { 5.0 };
    let area = Rect::new(rect.x + 12.0, rect.y, rect.w - 24.0, low);
    let inside = strip::has_inside(subject.node);
    if let Some(held) = near::records(subject, pen) {
        // in the place of the readings
        let top = rect.y + top - 14.0;
        let below = rect.bottom() - strip::height(subject.node, inside) - 8.0;
        let rows = Rect::new(area.x, top, area.w, below - top);
        near::rows(subject, rows, held, pen);
        strip::draw(subject, area, inside, pen);
        return;
    }
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
    let rows = if inside { ROWS_INSIDE } else { ROWS };
    if readings.len() < rows {
        let rate = format!("{} rec/s", numbers::count(subject.node.in_rate));
        row("in_rate", &rate, pen);
    }
    for reading in telling(readings, rows) {
        match unread(subject).filter(|_| reading.key == "iterator_age") {
            Some(age) => row("unread", &age, pen),
            None => row(reading.key, &numbers::reading_of_limit(reading), pen),
        }
    }
    strip::draw(subject, area, inside, pen);
}

/// The readings that a card has room for: the first, with an age among them if there is one.
fn telling(readings: &[Reading], rows: usize) -> Vec<&Reading> {
    let mut shown: Vec<&Reading> = readings.iter().take(rows).collect();
    let age = readings.iter().find(|reading| AGES.contains(&reading.key));
    if let (Some(age), Some(last)) = (age, shown.last_mut())
        && !readings[..rows.min(readings.len())].contains(age)
    {
        *last = age;
    }
    shown
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
