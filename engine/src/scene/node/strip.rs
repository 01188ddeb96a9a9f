//! At the lower edge of a card: what a service has inside, as far as its gauges tell it.
//!
//! ```text
//! [#][ ][#][ ]     lanes: pollers with work, partitions with what of their bucket is used
//! [#####     ]     tanks: the batch that is gathered, the credit that is left, each with its words
//! [###|==|   ]     messages of a queue: visible, in flight, delayed
//! ```

use super::Subject;
use crate::run::frame::NodeFrame;
use crate::scene::motion::NodeBars;
use crate::scene::numbers;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;
use crate::services::gauges::{LaneGauge, Tank};

/// Height of a tank.
const LINE: f64 = 5.0;
/// Height of a lane's cell.
const CELL: f64 = 13.0;
/// Between cells and tanks.
const GAP: f64 = 4.0;
/// Height of the words below a tank.
const WORDS: f64 = 13.0;
/// Cells at most; of more lanes several share one.
const CELLS: usize = 16;
/// Tanks side by side at most.
const TANKS: usize = 2;
/// Width of a cell at most.
const CELL_W: f64 = 16.0;
/// From this share on a bucket counts as spent.
const SPENT: f64 = 0.98;
/// A tank of what runs at once tells something only up to this size; of a larger one its level is no
/// more than a dot.
const RUNNING_MAX: f64 = 100.0;
/// A tank that the panels show, while the card has room for its sibling alone.
const BESIDE: &str = "burst_reads";
/// Between cells and their words.
const BEFORE_WORDS: f64 = 4.0;
/// Readings that part the messages of a queue, in the order in which they stand.
const MESSAGES: [&str; 3] = ["visible", "in_flight", "delayed"];

/// Whether a node has lanes or tanks inside, for which its card is taller.
pub(crate) fn has_inside(node: &NodeFrame) -> bool {
    !node.gauges.lanes.is_empty() || !node.gauges.tanks.is_empty()
}

/// The height that [`draw`] takes at the lower edge.
pub(super) fn height(node: &NodeFrame, words: bool) -> f64 {
    let tanks = !shown_tanks(node).is_empty();
    let below = if words { WORDS } else { 0.0 };
    let tanks = if tanks { below + LINE + GAP } else { 0.0 };
    let lanes = node.gauges.lanes.iter().any(|lane| lane.open);
    tanks + if lanes { CELL } else { LINE + 2.0 }
}

/// Draws lanes and tanks in `area`'s width, the last line at its lower edge; without either the
/// messages of a queue, or the load against a limit. Words below the tanks where there is room.
pub(super) fn draw(subject: &Subject<'_>, area: Rect, words: bool, pen: &mut Pen<'_>) {
    let Some(bars) = subject.stage.motion.bars(subject.node.id) else {
        return;
    };
    let line =
        |up: f64, height: f64| Rect::new(area.x, area.bottom() - height - up, area.w, height);
    let shown = shown_tanks(subject.node);
    let below = if words { WORDS } else { 0.0 };
    if !shown.is_empty() {
        tanks(subject, bars, &shown, line(below, LINE), words, pen);
    }
    if subject.node.gauges.lanes.iter().any(|lane| lane.open) {
        let up = if shown.is_empty() {
            0.0
        } else {
            below + LINE + GAP
        };
        cells(subject, bars, line(up, CELL), pen);
    } else if shown.is_empty() && !messages(subject, line(0.0, LINE + 2.0), pen) && limited(subject)
    {
        pen.bar(line(0.0, LINE), bars.load, family(subject));
    }
}

fn family(subject: &Subject<'_>) -> Tone {
    Tone::Family(subject.node.kind.entry().family)
}

fn limited(subject: &Subject<'_>) -> bool {
    let mut readings = subject.node.gauges.readings.iter();
    readings.any(|reading| reading.limit.is_some())
}

/// The tanks that tell something, by their place among all.
fn shown_tanks(node: &NodeFrame) -> Vec<(usize, Tank)> {
    let all = node.gauges.tanks.iter().copied().enumerate();
    let telling = all.filter(|(_, tank)| match tank.key {
        "invocations" => tank.size <= RUNNING_MAX,
        key => key != BESIDE,
    });
    telling.take(TANKS).collect()
}

fn tanks(
    subject: &Subject<'_>,
    bars: &NodeBars,
    shown: &[(usize, Tank)],
    line: Rect,
    words: bool,
    pen: &mut Pen<'_>,
) {
    let gap = 10.0;
    let width = (line.w - gap * (shown.len() - 1) as f64) / shown.len() as f64;
    for (k, (ix, tank)) in shown.iter().enumerate() {
        let x = line.x + (width + gap) * k as f64;
        let level = bars.tanks.get(*ix).copied().unwrap_or(0.0);
        pen.moving();
        pen.bar(Rect::new(x, line.y, width, line.h), level, family(subject));
        if words {
            let label = subject.stage.words.gauge(tank.key);
            let (level, size) = (numbers::short(tank.level), numbers::short(tank.size));
            let wordings = [
                format!("{label} {level} / {size}"),
                format!("{label} {level}"),
                label,
            ];
            let at = Point::new(x, line.bottom() + WORDS - 2.0);
            pen.moving().text_of(at, width, &wordings, Style::SMALL);
        }
    }
}

fn cells(subject: &Subject<'_>, bars: &NodeBars, line: Rect, pen: &mut Pen<'_>) {
    let lanes = subject.node.gauges.lanes.iter().zip(&bars.lanes);
    let uses: Vec<f64> = lanes
        .filter(|(lane, _)| lane.open)
        .map(|(lane, bar)| used(lane, bar.records_level))
        .collect();
    let each = uses.len().div_ceil(CELLS).max(1);
    let shown = uses.len().div_ceil(each);
    let pitch = (line.w / shown as f64).min(CELL_W);
    for (k, shared) in uses.chunks(each).enumerate() {
        let cell = Rect::new(line.x + pitch * k as f64, line.y, pitch - 3.0, line.h);
        pen.resting().fill(cell, 2.0, Tone::Line);
        // the fullest of those that share it; it fills from below
        let most = shared.iter().copied().fold(0.0, f64::max).min(1.0);
        let height = cell.h * most;
        let filled = Rect::new(cell.x, cell.bottom() - height, cell.w, height);
        if height > 0.4 {
            let spent = most >= SPENT && subject.node.has_limits();
            let ink = if spent { Tone::Bad } else { family(subject) };
            pen.moving().fill(filled, 2.0, ink);
        }
    }
    let after = pitch * shown as f64 + BEFORE_WORDS;
    if let Some(words) = counted(subject, uses.len()) {
        let at = Point::new(line.x + after, line.bottom() - 3.0);
        if pen.width(&words, Style::SMALL) <= line.w - after {
            pen.resting().text(at, line.w - after, &words, Style::SMALL);
        }
    }
}

/// How much of a lane is in use: of its bucket, or whether it has anything in hand.
fn used(lane: &LaneGauge, level: f64) -> f64 {
    if lane.records_capacity > 0 {
        1.0 - level.clamp(0.0, 1.0)
    } else if lane.waiting > 0 {
        1.0
    } else {
        0.0
    }
}

/// `4 pollers`; nothing for a service whose lanes have no word.
fn counted(subject: &Subject<'_>, n: usize) -> Option<String> {
    let words = subject.stage.words;
    let word = words.lane(subject.node.kind.entry().id);
    let key = if n == 1 { "stage.lane" } else { "stage.lanes" };
    (!word.is_empty()).then(|| words.fill(key, &[("n", &n.to_string()), ("word", &word)]))
}

/// The messages of a queue as parts of one bar; false if the node is no queue of messages.
fn messages(subject: &Subject<'_>, line: Rect, pen: &mut Pen<'_>) -> bool {
    let reading = |key: &str| {
        let mut readings = subject.node.gauges.readings.iter();
        readings.find(|reading| reading.key == key)
    };
    let parts: Vec<f64> = MESSAGES
        .iter()
        .filter_map(|key| reading(key).map(|reading| reading.value))
        .collect();
    if parts.len() < MESSAGES.len() {
        return false;
    }
    pen.resting().fill(line, 2.0, Tone::Line);
    let all: f64 = parts.iter().sum();
    if all < 0.5 {
        return true;
    }
    let own = family(subject);
    let inks = [own.alpha(1.0), own.alpha(0.55), Tone::Muted.alpha(0.6)];
    let mut x = line.x;
    for (part, ink) in parts.into_iter().zip(inks) {
        let width = line.w * part / all;
        if width > 0.4 {
            pen.moving()
                .fill(Rect::new(x, line.y, width - 1.0, line.h), 2.0, ink);
        }
        x += width;
    }
    true
}
