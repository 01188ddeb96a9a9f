//! What a chart shows, as plain data that can be compared: the page draws again only if it changed.

use super::list::Token;
use super::number::Unit;

/// How a series is drawn; dashes tell lines apart where colour cannot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// An unbroken line.
    #[default]
    Line,
    /// A line with a tint down to the axis.
    Area,
    /// Long dashes.
    Dashed,
    /// Short dashes.
    Dotted,
    /// Bars from the axis up.
    Bars,
}

/// One line of a chart.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Series {
    /// Key of its name in the text files.
    pub label: &'static str,
    /// Its colour.
    pub token: Token,
    /// How it is drawn.
    pub style: Style,
    /// Time [s of the run] and value, ascending in time, finite.
    pub points: Vec<(f64, f64)>,
    /// Indices of points that are not joined to the one before: nothing is known between the two.
    pub breaks: Vec<u32>,
    /// Whether it is the line to look at.
    pub emphasised: bool,
}

impl Series {
    /// The stretches of points that are joined.
    pub fn stretches(&self) -> impl Iterator<Item = &[(f64, f64)]> {
        let end = self.points.len();
        let starts =
            std::iter::once(0).chain(self.breaks.iter().map(move |at| (*at as usize).min(end)));
        let ends = self.breaks.iter().map(move |at| (*at as usize).min(end));
        starts
            .zip(ends.chain(std::iter::once(end)))
            .filter(|(from, to)| from < to)
            .map(|(from, to)| &self.points[from..to])
    }
}

/// A dashed line across the chart, with its name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limit {
    /// Key of its name; `{n}` in the text is replaced by `of`.
    pub label: &'static str,
    /// A number in its name, such as the count of shards in use.
    pub of: Option<u32>,
    /// Where it lies, in the chart's unit.
    pub value: f64,
}

/// A number that stands beside the lines, such as the share that was never delivered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    /// Key of its name.
    pub label: &'static str,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: Unit,
    /// Whether it is bad news.
    pub bad: bool,
}

/// The range of an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// Lower end.
    pub from: f64,
    /// Upper end.
    pub to: f64,
}

/// A chart over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Key of its title in the text files; the title itself stands outside the picture.
    pub title: &'static str,
    /// Unit of its values.
    pub unit: Unit,
    /// Its lines, the first drawn first.
    pub series: Vec<Series>,
    /// Its limits.
    pub limits: Vec<Limit>,
    /// Numbers beside the lines.
    pub notes: Vec<Note>,
    /// Time shown [s of the run].
    pub x: Span,
    /// Values shown.
    pub y: Span,
    /// Whether values are spread by their logarithm.
    pub log: bool,
    /// The cursor [s of the run].
    pub cursor: Option<f64>,
    /// What the wall clock of the model shows at 0 [s since midnight]; without it times are durations.
    pub clock: Option<f64>,
}

impl Chart {
    /// Fits the range of the values: down to 0, up to a round number over the highest value; limits are taken in
    /// unless that would press the lines to the floor. `log` is chosen where the values span more than two decades.
    pub fn fit(&mut self, may_be_log: bool) {
        let shown = || {
            let x = self.x;
            self.series
                .iter()
                .flat_map(|series| series.points.iter())
                .filter(move |(at, value)| *at >= x.from && *at <= x.to && value.is_finite())
                .map(|(_, value)| *value)
        };
        let top = shown().fold(0.0, f64::max);
        let least = shown()
            .filter(|value| *value > 0.0)
            .fold(f64::INFINITY, f64::min);
        self.log = may_be_log && least.is_finite() && top / least > 100.0;
        let tallest = self
            .limits
            .iter()
            .map(|limit| limit.value)
            .filter(|value| *value <= top * 2.0 || top == 0.0)
            .fold(top, f64::max);
        self.y = if self.log {
            super::ticks::log_range(least, tallest, self.unit)
        } else {
            Span {
                from: 0.0,
                to: super::ticks::round_top(tallest, self.unit),
            }
        };
    }

    /// The newest value of each series at or before the cursor, for the line beside the title.
    #[must_use]
    pub fn latest(&self) -> Vec<(&'static str, Option<f64>)> {
        let until = self.cursor.unwrap_or(f64::INFINITY);
        let newest = |series: &Series| {
            let at = series.points.partition_point(|(at, _)| *at <= until);
            let newest = at.checked_sub(1).and_then(|at| series.points.get(at));
            newest.map(|(_, value)| *value)
        };
        self.series
            .iter()
            .map(|series| (series.label, newest(series)))
            .collect()
    }
}
