//! A sink: what it believes, in large figures.

use super::{Subject, parts, strip};
use crate::run::frame::NodeFrame;
use crate::scene::list::Weight;
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::Rect;
use crate::services::gauges::Reading;

/// Sizes that the total may take, largest first.
const SIZES: [f64; 5] = [19.0, 17.0, 15.0, 13.0, 11.0];

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    parts::head(subject, if subject.compact { "" } else { entry.name }, pen);
    let (records, money) = believed(subject.node);
    let words = subject.stage.words;
    let height = subject.place.rect.h;
    // money, where the records carry any; else their number
    let counted = money.filter(|money| money.value > 0.0);
    let main = counted.as_ref().unwrap_or(&records);
    total(subject, main, height - 32.0, pen);
    let label = words.gauge(records.key);
    let text = match counted {
        Some(_) => format!("{} {label}", numbers::reading(&records)),
        None => label,
    };
    let at = subject.at(12.0, height - 15.0);
    pen.moving().text(at, subject.room(12.0), &text, Style::SUB);
    if strip::has_inside(subject.node) {
        let rect = subject.place.rect;
        let low = if subject.compact { 54.0 } else { 95.0 };
        let area = Rect::new(rect.x + 12.0, rect.y, rect.w - 24.0, low);
        if !subject.compact {
            against_limit(subject, pen);
        }
        strip::draw(subject, area, !subject.compact, pen);
    }
}

/// The first reading that is held against a limit: what is used of it.
fn against_limit(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let mut readings = subject.node.gauges.readings.iter();
    let Some((reading, limit)) =
        readings.find_map(|reading| reading.limit.map(|limit| (reading, limit)))
    else {
        return;
    };
    let label = subject
        .stage
        .words
        .gauge_of(subject.node.kind.entry().id, reading.key);
    let used = numbers::short(reading.value);
    let wordings = [
        format!("{used} / {} {}", numbers::short(limit), reading.unit),
        format!("{used} / {}", numbers::short(limit)),
        used,
    ];
    let room = subject.room(12.0);
    let taken = pen.width(&label, Style::SUB) + 8.0;
    pen.resting()
        .text(subject.at(12.0, 53.0), room, &label, Style::SUB);
    let style = Style::FIGURE.ink(subject.ink(reading.key)).right();
    let at = subject.at(subject.place.rect.w - 12.0, 53.0);
    pen.moving().text_of(at, room - taken, &wordings, style);
}

/// Records and money that the sink counts itself, or else those that the books say it believes.
fn believed(node: &NodeFrame) -> (Reading, Option<Reading>) {
    let find = |key: &str| {
        let mut readings = node.gauges.readings.iter();
        readings.find(|reading| reading.key == key).copied()
    };
    let total = node.total.unwrap_or_default();
    let reading = |key, value, unit| Reading {
        key,
        value,
        unit,
        limit: None,
    };
    let records = reading("records", total.records, "records");
    let money = reading("money", total.cents / 100.0, "USD");
    (
        find("records").unwrap_or(records),
        find("money").or(Some(money)),
    )
}

/// As large as it fits.
fn total(subject: &Subject<'_>, main: &Reading, y: f64, pen: &mut Pen<'_>) {
    let text = numbers::reading(main);
    let room = subject.room(12.0);
    let style = |size| Style::new(size, Weight::Bold, subject.ink(main.key));
    let size = SIZES
        .into_iter()
        .find(|size| pen.width(&text, style(*size)) <= room)
        .unwrap_or(SIZES[SIZES.len() - 1]);
    pen.moving()
        .text(subject.at(12.0, y), room, &text, style(size));
}
