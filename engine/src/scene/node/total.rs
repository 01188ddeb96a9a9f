//! A sink: what it believes, in large figures.

use super::{Subject, parts};
use crate::scene::list::Weight;
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::services::gauges::Reading;

/// Sizes that the total may take, largest first.
const SIZES: [f64; 5] = [19.0, 17.0, 15.0, 13.0, 11.0];

pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    parts::head(subject, if subject.compact { "" } else { entry.name }, pen);
    let readings = &subject.node.gauges.readings;
    // money, where the records carry any; else their number
    let worth = readings
        .iter()
        .find(|reading| reading.key == "money" && reading.value > 0.0);
    let Some(main) = worth.or_else(|| readings.iter().find(|reading| reading.key == "records"))
    else {
        return;
    };
    let height = subject.place.rect.h;
    total(subject, main, height - 32.0, pen);
    let other = readings.iter().find(|reading| reading.key == "records");
    if let Some(reading) = other {
        let label = subject.stage.words.gauge(reading.key);
        let text = match worth {
            Some(_) => format!("{} {label}", numbers::reading(reading)),
            None => label,
        };
        let at = subject.at(12.0, height - 15.0);
        pen.moving().text(at, subject.room(12.0), &text, Style::SUB);
    }
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
