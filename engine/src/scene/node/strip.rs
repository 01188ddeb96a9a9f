//! At the lower edge of a card: what a service has inside, as far as its gauges tell it.
//!
//! ```text
//! [##][  ][##][  ]     lanes: pollers with work, partitions with what of their bucket is used
//! [#####     ][##  ]   tanks: reserved and used, gathered and wanted
//! ```

use super::Subject;
use crate::scene::motion::NodeBars;
use crate::scene::pen::Pen;
use crate::scene::shapes::Rect;
use crate::scene::theme::Tone;
use crate::services::gauges::LaneGauge;

/// Height of a line of cells or tanks.
const LINE: f64 = 6.0;
/// From one line to the next.
const PITCH: f64 = 8.0;
/// Cells at most; of more lanes several share one.
const CELLS: usize = 16;
/// Tanks side by side at most.
const TANKS: usize = 2;
/// From this share on a bucket counts as spent.
const SPENT: f64 = 0.98;

/// Draws lanes and tanks in `area`'s width, the last line at its lower edge; without either the
/// load against a limit.
pub(super) fn draw(subject: &Subject<'_>, area: Rect, pen: &mut Pen<'_>) {
    let bars = subject.stage.motion.bars(subject.node.id);
    let has_tanks = !subject.node.gauges.tanks.is_empty();
    let line = |up: f64| Rect::new(area.x, area.bottom() - LINE - up, area.w, LINE);
    let Some(bars) = bars else {
        return;
    };
    if subject.node.gauges.lanes.iter().any(|lane| lane.open) {
        let up = if has_tanks { PITCH } else { 0.0 };
        cells(subject, bars, line(up), pen);
    }
    if has_tanks {
        tanks(subject, bars, line(0.0), pen);
    } else if subject.node.gauges.lanes.is_empty() && limited(subject) {
        pen.bar(line(0.0), bars.load, family(subject));
    }
}

fn family(subject: &Subject<'_>) -> Tone {
    Tone::Family(subject.node.kind.entry().family)
}

fn limited(subject: &Subject<'_>) -> bool {
    let mut readings = subject.node.gauges.readings.iter();
    readings.any(|reading| reading.limit.is_some())
}

fn tanks(subject: &Subject<'_>, bars: &NodeBars, line: Rect, pen: &mut Pen<'_>) {
    let shown = bars.tanks.len().clamp(1, TANKS);
    let gaps = PITCH * (shown - 1) as f64;
    let width = (line.w - gaps) / shown as f64;
    for (k, level) in bars.tanks.iter().take(shown).enumerate() {
        let x = line.x + (width + PITCH) * k as f64;
        pen.bar(Rect::new(x, line.y, width, line.h), *level, family(subject));
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
    let pitch = line.w / shown as f64;
    for (k, shared) in uses.chunks(each).enumerate() {
        let cell = Rect::new(line.x + pitch * k as f64, line.y, pitch - 2.0, line.h);
        pen.resting().fill(cell, 1.5, Tone::Line);
        // the fullest of those that share it
        let most = shared.iter().copied().fold(0.0, f64::max);
        let filled = Rect::new(cell.x, cell.y, cell.w * most.min(1.0), cell.h);
        if filled.w > 0.4 {
            let spent = most >= SPENT && subject.node.has_limits();
            let ink = if spent { Tone::Bad } else { family(subject) };
            pen.moving().fill(filled, 1.5, ink);
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
