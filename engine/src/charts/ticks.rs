//! Where an axis has its lines: round numbers, round durations, round times of day; and the axis for plotters.

use std::ops::Range;

use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};

use super::number::{Unit, clock, duration};
use super::spec::Span;

/// Steps of durations from a second up [s].
const DURATIONS: &[f64] = &[
    1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1_200.0, 1_800.0,
    3_600.0, 7_200.0, 10_800.0, 21_600.0, 43_200.0,
];
/// Lines of a logarithmic axis of durations over 10 s [s].
const LONG: &[f64] = &[60.0, 600.0, 3_600.0, 36_000.0, 360_000.0];
const DAY: f64 = 86_400.0;
/// Intervals on a value axis at most.
const INTERVALS: f64 = 3.0;

/// A round upper end for values up to `top`: a whole number of steps, and no lower than `top`.
#[must_use]
pub fn round_top(top: f64, unit: Unit) -> f64 {
    if top <= 0.0 || !top.is_finite() {
        return 1.0;
    }
    let step = step(top / INTERVALS, unit);
    // A hair less, so that 3.0000001 steps do not cost a whole further one.
    ((top / step) - 1e-9).ceil().max(1.0) * step
}

/// A range between lines of a logarithmic axis around `least` (over 0) and `top`.
#[must_use]
pub fn log_range(least: f64, top: f64, unit: Unit) -> Span {
    let (mut from, mut to) = (log_at(-9, unit), log_at(15, unit));
    for power in -9..=15 {
        let line = log_at(power, unit);
        if line <= least {
            from = line;
        }
    }
    for power in (-9..=15).rev() {
        let line = log_at(power, unit);
        if line >= top {
            to = line;
        }
    }
    Span { from, to }
}

/// Lines of a value axis: three or four, ascending, both ends included where they are round.
#[must_use]
pub fn values(y: Span, unit: Unit, log: bool) -> Vec<f64> {
    if y.to <= y.from || !y.from.is_finite() || !y.to.is_finite() {
        return Vec::new();
    }
    if log {
        let lines: Vec<f64> = (-9..=15)
            .map(|power| log_at(power, unit))
            .filter(|line| *line >= y.from * 0.999 && *line <= y.to * 1.001)
            .collect();
        let every = lines.len().div_ceil(4).max(1);
        return lines.into_iter().step_by(every).collect();
    }
    let step = step((y.to - y.from) / INTERVALS, unit);
    multiples(y, step, 0.0)
}

/// Times with their words, at most `most`. With a clock they are round times of the model's day.
#[must_use]
pub fn times(x: Span, clock_at_0: Option<f64>, most: usize) -> Vec<(f64, String)> {
    if x.to <= x.from || most == 0 {
        return Vec::new();
    }
    let zero = clock_at_0.unwrap_or(0.0);
    let (mut step, mut lines) = (0.0, Vec::new());
    let mut wanted = most as f64;
    while wanted >= 0.5 {
        step = self::step((x.to - x.from) / wanted, Unit::Seconds);
        lines = multiples(x, step, zero);
        if lines.len() <= most {
            break;
        }
        wanted /= 1.5;
    }
    lines.truncate(most);
    let words = |at: f64| match clock_at_0 {
        Some(_) if step >= DAY => format!("+{} d", ((zero + at) / DAY).round()),
        Some(_) => clock(zero + at, step < 60.0),
        None => duration(at),
    };
    lines.into_iter().map(|at| (at, words(at))).collect()
}

/// The least round step that is no smaller than `raw` (over 0).
fn step(raw: f64, unit: Unit) -> f64 {
    match unit {
        Unit::Bytes | Unit::BytesPerSecond if raw > 1.0 => {
            libm::pow(2.0, libm::ceil(libm::log2(raw) - 1e-9))
        }
        Unit::Seconds if raw > DURATIONS[0] => {
            let found = DURATIONS.iter().copied().find(|step| *step >= raw);
            found.unwrap_or_else(|| decimal(raw / DAY) * DAY)
        }
        _ => decimal(raw),
    }
}

/// 1, 2 or 5 times a power of ten.
fn decimal(raw: f64) -> f64 {
    let power = libm::pow(10.0, libm::floor(libm::log10(raw) + 1e-9));
    let steps = [1.0, 2.0, 5.0];
    let found = steps
        .into_iter()
        .find(|of| of * power >= raw * (1.0 - 1e-9));
    found.unwrap_or(10.0) * power
}

/// Multiples of `step` within a range, counted from `-zero`.
fn multiples(span: Span, step: f64, zero: f64) -> Vec<f64> {
    let first = ((span.from + zero) / step - 1e-9).ceil();
    let last = ((span.to + zero) / step + 1e-9).floor();
    let count = (last - first + 1.0).clamp(0.0, 64.0) as u32;
    (0..count)
        .map(|at| (first + f64::from(at)) * step - zero)
        .collect()
}

/// The line of a logarithmic axis at a power of ten; durations over 10 s go on in minutes and hours.
fn log_at(power: i32, unit: Unit) -> f64 {
    let long = usize::try_from(power - 2).ok();
    match (unit, long) {
        (Unit::Seconds, Some(long)) => LONG.get(long).copied().unwrap_or_else(|| {
            LONG[LONG.len() - 1] * libm::pow(10.0, (long - LONG.len() + 1) as f64)
        }),
        _ => libm::pow(10.0, f64::from(power)),
    }
}

/// An axis for plotters with our own lines. What lies outside is held at its ends: plotters does not clip.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    pub(crate) span: Span,
    pub(crate) log: bool,
    pub(crate) lines: Vec<f64>,
}

impl Axis {
    /// Where a value lies between the ends, 0..1.
    pub(crate) fn share(&self, value: f64) -> f64 {
        let Span { from, to } = self.span;
        let share = if self.log {
            let log = |value: f64| libm::log(value.max(1e-12));
            (log(value) - log(from)) / (log(to) - log(from))
        } else {
            (value - from) / (to - from)
        };
        if share.is_nan() {
            0.0
        } else {
            share.clamp(0.0, 1.0)
        }
    }
}

impl Ranged for Axis {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, limit: (i32, i32)) -> i32 {
        limit.0 + (f64::from(limit.1 - limit.0) * self.share(*value)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        if hint.weight().allow_light_points() {
            Vec::new()
        } else {
            self.lines.clone()
        }
    }

    fn range(&self) -> Range<f64> {
        self.span.from..self.span.to
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(top: f64, unit: Unit) -> Vec<String> {
        let to = round_top(top, unit);
        let lines = values(Span { from: 0.0, to }, unit, false);
        assert!(
            to >= top && (2..=5).contains(&lines.len()),
            "{top}: {lines:?}"
        );
        lines.into_iter().map(|line| unit.short(line)).collect()
    }

    #[test]
    fn value_lines_are_round_and_few() {
        assert_eq!(words(6_000.0, Unit::PerSecond), ["0", "2k", "4k", "6k"]);
        assert_eq!(words(1.83, Unit::Seconds), ["0", "1 s", "2 s"]);
        assert_eq!(
            words(0.21, Unit::Seconds),
            ["0", "100 ms", "200 ms", "300 ms"]
        );
        assert_eq!(words(55.0, Unit::Seconds), ["0", "20 s", "40 s", "1 min"]);
        assert_eq!(
            words(5.0 * 1_048_576.0, Unit::Bytes),
            ["0", "2 MiB", "4 MiB", "6 MiB"]
        );
        assert_eq!(words(0.33, Unit::Share), ["0 %", "20 %", "40 %"]);
        for top in 1..2_000 {
            for unit in [Unit::Count, Unit::Seconds, Unit::Bytes] {
                let _ = words(f64::from(top) * 0.37, unit);
            }
        }
    }

    #[test]
    fn a_logarithmic_axis_ends_on_lines() {
        let span = log_range(0.02, 400.0, Unit::Seconds);
        assert_eq!((span.from, span.to), (0.01, 600.0));
        let lines = values(span, Unit::Seconds, true);
        let words: Vec<String> = lines
            .into_iter()
            .map(|at| Unit::Seconds.short(at))
            .collect();
        assert_eq!(words, ["10 ms", "1 s", "1 min"]);
    }

    #[test]
    fn times_are_round_on_the_clock() {
        let x = Span {
            from: 0.0,
            to: 250.0,
        };
        let lines = times(x, Some(36_010.0), 4);
        let words: Vec<&str> = lines.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["10:02", "10:04"]);
        let lines = times(x, None, 4);
        assert_eq!(lines[1], (120.0, "2 min".to_owned()));
        for to in 1..5_000 {
            let x = Span {
                from: 3.0,
                to: 3.0 + f64::from(to) * 37.0,
            };
            let count = times(x, Some(50.0), 4).len();
            assert!((1..=4).contains(&count), "{to}: {count}");
        }
    }

    #[test]
    fn what_lies_outside_is_held_at_the_ends() {
        let axis = Axis {
            span: Span {
                from: 0.0,
                to: 10.0,
            },
            log: false,
            lines: vec![],
        };
        assert_eq!(axis.map(&20.0, (100, 0)), 0);
        assert_eq!(axis.map(&-5.0, (100, 0)), 100);
        assert_eq!(axis.map(&f64::NAN, (100, 0)), 100);
        let empty = Axis {
            span: Span::default(),
            log: true,
            lines: vec![],
        };
        assert_eq!(empty.map(&1.0, (0, 100)), 100);
    }
}
