//! The heat strip: one row a shard over time, what it was asked to take against what it can.
//!
//! A cell darkens with the load. Over the limit it takes another colour *and* a hatch. Above 24 shards neighbours
//! share a row, cut in two: above the busiest of them, below their mean, because a mean alone hides the hot one.

use super::draw::{Drawn, Said};
use super::list::{Anchor, Ink, List, Measure, Op, Text, Token};
use super::number::Unit;
use super::spec::Span;
use super::table::{Table, line};
use super::ticks::times;

/// Rows at most; more shards share rows.
pub const ROWS_MAX: usize = 24;
/// Width of a column in a small and in a large picture [CSS px].
const COLUMN: [f32; 2] = [4.0, 6.0];
/// Shades under the limit.
const SHADES: u8 = 4;
const OVER: u8 = SHADES + 1;

/// One shard.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// The shard's number.
    pub id: u32,
    /// Start [s], length [s], and records tried a second; ascending.
    pub buckets: Vec<(f64, f64, f64)>,
}

/// Load per shard over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Heat {
    /// Key of its title.
    pub title: &'static str,
    /// The shards, in order.
    pub rows: Vec<Row>,
    /// What one shard takes a second.
    pub limit: f64,
    /// Time shown [s of the run].
    pub x: Span,
    /// How far the run has come: beyond it nothing is known [s].
    pub known_to: f64,
    /// The cursor [s of the run].
    pub cursor: Option<f64>,
    /// What the wall clock of the model shows at 0 [s since midnight].
    pub clock: Option<f64>,
}

impl Heat {
    /// The busiest shard in the bucket in which a time lies, with its load a second; none where all are idle.
    #[must_use]
    pub fn busiest(&self, time: f64) -> Option<(u32, f64)> {
        let load = |row: &Row| {
            let mut own = row.buckets.iter();
            let own = own.find(|(at, span, _)| (*at..at + span).contains(&time))?;
            Some((row.id, own.2))
        };
        let loads = self.rows.iter().filter_map(load);
        loads.fold(None, |most, one| match most {
            Some((_, load)) if load >= one.1 => most,
            _ => Some(one).filter(|(_, load)| *load > 0.0).or(most),
        })
    }

    /// The middles of all buckets shown, ascending [s of the run].
    #[must_use]
    pub fn times(&self) -> Vec<f64> {
        let buckets = self.rows.iter().flat_map(|row| &row.buckets);
        let mut times: Vec<f64> = buckets.map(|(at, span, _)| at + span / 2.0).collect();
        times.retain(|at| *at >= self.x.from && *at <= self.x.to);
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }
}

/// Load of one drawn row, a value a column: the busiest shard and the mean.
#[derive(Clone, Debug, Default, PartialEq)]
struct Band {
    first: u32,
    last: u32,
    shards: u32,
    max: Vec<f64>,
    mean: Vec<f64>,
}

/// Records the strip into a list of this size [CSS px].
pub fn record(
    heat: &Heat,
    (width, height): (f32, f32),
    measure: &dyn Measure,
    word: &dyn Fn(&str) -> String,
    list: &mut List,
) -> Drawn {
    list.clear(width, height);
    let pen = Pen::new(heat, (width, height), measure);
    let mut drawn = pen.drawn;
    if drawn.right - drawn.left < 8.0 || drawn.bottom - drawn.top < 8.0 {
        return Drawn::default();
    }
    if heat.rows.iter().all(|row| row.buckets.is_empty()) {
        let middle = (
            (drawn.left + drawn.right) / 2.0,
            (drawn.top + drawn.bottom) / 2.0,
        );
        pen.text(list, word("chart.nothing"), middle, Anchor::Middle);
        return drawn;
    }
    drawn.said = Said::Lines;
    let bands = bands(heat, pen.rows, pen.columns);
    for (at, band) in bands.iter().enumerate() {
        pen.band(list, band, at);
    }
    pen.columns(list);
    pen.row_words(list, &bands);
    pen.time_words(list, measure);
    pen.cursor(list);
    drawn
}

/// The strip as a table: one row a shard, with peak and mean over the time that is known.
#[must_use]
pub fn table(heat: &Heat, word: &dyn Fn(&str) -> String) -> Table {
    let known = (heat.known_to.min(heat.x.to) - heat.x.from).max(1e-6);
    let row = |row: &Row| {
        let peak = row
            .buckets
            .iter()
            .map(|bucket| bucket.2)
            .fold(0.0, f64::max);
        let sum: f64 = row.buckets.iter().map(|(_, span, load)| span * load).sum();
        let over = row.buckets.iter().filter(|bucket| bucket.2 > heat.limit);
        let over: f64 = over.map(|bucket| bucket.1).sum();
        let share = Unit::Share.short((over / known).min(1.0));
        let full = |value| Unit::PerSecond.full(value);
        vec![row.id.to_string(), full(peak), full(sum / known), share]
    };
    let keys = ["chart.shard", "chart.peak", "chart.mean", "chart.over"];
    Table {
        head: keys.into_iter().map(word).collect(),
        rows: heat.rows.iter().map(row).collect(),
    }
}

/// The strip as CSV: a line a shard and bucket, bare numbers.
#[must_use]
pub fn csv(heat: &Heat, word: &dyn Fn(&str) -> String) -> String {
    let head = ["chart.shard", "chart.from", "chart.length", "chart.tried"];
    let mut text = line(&head.map(word));
    for row in &heat.rows {
        for (at, span, load) in &row.buckets {
            let cells = [at, span, load].map(|value| value.to_string());
            let mut whole = vec![row.id.to_string()];
            whole.extend(cells);
            text.push_str(&line(&whole));
        }
    }
    text
}

fn name(band: &Band) -> String {
    if band.first == band.last {
        band.first.to_string()
    } else {
        format!("{}–{}", band.first, band.last)
    }
}

/// Folds shards into rows and buckets into columns.
fn bands(heat: &Heat, rows: usize, columns: usize) -> Vec<Band> {
    let each = heat.rows.len().div_ceil(rows.max(1)).max(1);
    let known = (heat.known_to.min(heat.x.to) - heat.x.from) / (heat.x.to - heat.x.from);
    let columns = columns.max(1);
    let known = (known.clamp(0.0, 1.0) * columns as f64).ceil() as usize;
    let band = |group: &[Row]| {
        let mut band = Band {
            first: group.first().map_or(0, |row| row.id),
            last: group.last().map_or(0, |row| row.id),
            shards: group.len() as u32,
            max: vec![0.0; known],
            mean: vec![0.0; known],
        };
        for row in group {
            let loads = loads(row, heat.x, columns, known);
            for (at, load) in loads.into_iter().enumerate() {
                band.max[at] = band.max[at].max(load);
                band.mean[at] += load / group.len() as f64;
            }
        }
        band
    };
    heat.rows.chunks(each).map(band).collect()
}

/// The highest load of a shard in each column.
fn loads(row: &Row, x: Span, columns: usize, known: usize) -> Vec<f64> {
    let mut loads = vec![0.0; known];
    let scale = columns as f64 / (x.to - x.from);
    for (at, span, load) in &row.buckets {
        // A hair inside, so that a bucket that ends on a column's edge does not colour the next.
        let from = ((at - x.from) * scale + 1e-6).floor();
        let to = ((at + span - x.from) * scale - 1e-6).floor();
        if to < 0.0 || from >= known as f64 {
            continue;
        }
        let to = (to as usize).min(known.saturating_sub(1));
        for cell in loads.iter_mut().take(to + 1).skip(from.max(0.0) as usize) {
            *cell = f64::max(*cell, *load);
        }
    }
    loads
}

/// 0 idle, 1..=`SHADES` under the limit, `OVER` beyond it.
fn shade(load: f64, limit: f64) -> u8 {
    if load <= 0.0 || load.is_nan() {
        0
    } else if load > limit {
        OVER
    } else {
        let share = (load / limit * f64::from(SHADES)).ceil();
        (share as u8).clamp(1, SHADES)
    }
}

fn ink(shade: u8) -> Ink {
    match shade {
        0 => Ink::full(Token::Idle),
        OVER => Ink::full(Token::Over),
        _ => Ink {
            token: Token::Heat,
            alpha: f32::from(shade) / f32::from(SHADES),
        },
    }
}

/// Sizes of the strip.
struct Pen<'a> {
    heat: &'a Heat,
    drawn: Drawn,
    font: f32,
    rows: usize,
    row: f32,
    columns: usize,
    column: f32,
}

impl<'a> Pen<'a> {
    fn new(heat: &'a Heat, (width, height): (f32, f32), measure: &dyn Measure) -> Self {
        let font = if height < 180.0 { 10.0 } else { 12.0 };
        let (top, bottom) = (font / 2.0, height - font - 6.0);
        let room = (bottom - top).max(1.0);
        let shards = heat.rows.len().max(1);
        let rows = if shards <= ROWS_MAX {
            shards
        } else {
            // Two halves need some height each.
            ((room / 8.0) as usize).clamp(1, ROWS_MAX)
        };
        let last = heat.rows.last().map_or(0, |row| row.id).to_string();
        let name = if shards > rows {
            format!("{last}–{last}")
        } else {
            last
        };
        let left = measure.width(&name, font, false).ceil() + 6.0;
        let right = width - 4.0;
        let wide = COLUMN[usize::from(height >= 180.0)];
        let columns = ((right - left) / wide).max(1.0) as usize;
        Self {
            heat,
            drawn: Drawn {
                left,
                right,
                top,
                bottom,
                x: heat.x,
                said: Said::Nothing,
            },
            font,
            rows,
            row: room / shards.div_ceil(shards.div_ceil(rows)) as f32,
            columns,
            column: (right - left) / columns as f32,
        }
    }

    fn text(&self, list: &mut List, words: String, (x, y): (f32, f32), anchor: Anchor) {
        list.ops.push(Op::Text(Text {
            x,
            y,
            size: self.font,
            bold: false,
            anchor,
            ink: Ink::full(Token::Text),
            words,
        }));
    }

    /// One row: cells of one shade in one rectangle; shared rows are cut in two.
    fn band(&self, list: &mut List, band: &Band, at: usize) {
        let gap = if self.row >= 5.0 { 1.0 } else { 0.5 };
        let (top, height) = (self.drawn.top + at as f32 * self.row, self.row - gap);
        if band.shards < 2 {
            self.cells(list, &band.max, (top, height));
            return;
        }
        let upper = (height * 0.6).round();
        self.cells(list, &band.max, (top, upper));
        self.cells(list, &band.mean, (top + upper, height - upper));
    }

    fn cells(&self, list: &mut List, loads: &[f64], (top, height): (f32, f32)) {
        let left = self.drawn.left;
        let wide = self.drawn.right - left;
        list.rect(left, top, wide, height, Ink::full(Token::Idle));
        let mut start = 0;
        while start < loads.len() {
            let own = shade(loads[start], self.heat.limit);
            let same = |load: &&f64| shade(**load, self.heat.limit) == own;
            let size = loads[start..].iter().take_while(same).count();
            let (x, w) = (left + start as f32 * self.column, size as f32 * self.column);
            if own > 0 {
                list.rect(x, top, w, height, ink(own));
            }
            if own == OVER {
                hatch(list, (x, top), (w, height), self.column);
            }
            start += size;
        }
    }

    /// Thin seams between the columns make cells out of stretches.
    fn columns(&self, list: &mut List) {
        let ink = Ink {
            token: Token::Panel,
            alpha: 0.55,
        };
        for at in 1..self.columns {
            let x = self.drawn.left + at as f32 * self.column - 0.5;
            list.rect(
                x,
                self.drawn.top,
                0.75,
                self.drawn.bottom - self.drawn.top,
                ink,
            );
        }
    }

    fn row_words(&self, list: &mut List, bands: &[Band]) {
        // Plain numbers do not reach below their line, so they may stand closer.
        let alone = bands.iter().all(|band| band.shards < 2);
        let height = self.font * if alone { 0.75 } else { 1.0 };
        let every = (height / self.row).ceil().max(1.0) as usize;
        for (at, band) in bands.iter().enumerate().step_by(every) {
            let y = self.drawn.top + (at as f32 + 0.5) * self.row;
            self.text(list, name(band), (self.drawn.left - 4.0, y), Anchor::End);
        }
    }

    fn time_words(&self, list: &mut List, measure: &dyn Measure) {
        let Drawn {
            left,
            right,
            bottom,
            x,
            ..
        } = self.drawn;
        let most = ((right - left) / (self.font * 5.0)).clamp(1.0, 8.0) as usize;
        let mut free = 0.0;
        for (at, words) in times(x, self.heat.clock, most) {
            let share = ((at - x.from) / (x.to - x.from)) as f32;
            let half = measure.width(&words, self.font, false) / 2.0 + 0.5;
            let middle = left + share * (right - left);
            let middle = middle.min(list.width - half).max(half);
            if middle - half >= free {
                self.text(
                    list,
                    words,
                    (middle, bottom + 5.0 + self.font / 2.0),
                    Anchor::Middle,
                );
                free = middle + half + 6.0;
            }
        }
    }

    fn cursor(&self, list: &mut List) {
        let Drawn {
            left,
            right,
            top,
            bottom,
            x,
            ..
        } = self.drawn;
        let Some(cursor) = self.heat.cursor.filter(|at| *at >= x.from && *at <= x.to) else {
            return;
        };
        let share = ((cursor - x.from) / (x.to - x.from)) as f32;
        let at = left + share * (right - left);
        let veil = Ink {
            token: Token::Panel,
            alpha: 0.6,
        };
        list.rect(at, top, right - at, bottom - top, veil);
        let line = at.floor() + 0.5;
        list.path([(line, top), (line, bottom)], 1.0, Ink::full(Token::Cursor));
    }
}

/// Slanted lines over cells beyond their limit, so that they stand out without colour.
fn hatch(list: &mut List, (x, y): (f32, f32), (w, h): (f32, f32), step: f32) {
    let ink = Ink {
        token: Token::Panel,
        alpha: 0.85,
    };
    let lean = h.min(step);
    let mut at = x;
    while at + lean <= x + w + 0.01 {
        list.path([(at, y + h), (at + lean, y)], 1.0, ink);
        at += step;
    }
}
