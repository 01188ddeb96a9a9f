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

    /// The value of the point nearest to a time; none in a break, nor further out than the points lie apart.
    #[must_use]
    pub fn at(&self, time: f64) -> Option<f64> {
        let after = self.points.partition_point(|(at, _)| *at < time);
        let right = self.points.get(after);
        let left = after.checked_sub(1).map(|at| &self.points[at]);
        let (point, far) = match (left, right) {
            (Some(left), Some(right)) => {
                let left_is_near = time - left.0 < right.0 - time;
                (
                    if left_is_near { left } else { right },
                    self.breaks.contains(&(after as u32)),
                )
            }
            (Some(one), None) | (None, Some(one)) => (one, true),
            (None, None) => return None,
        };
        let gaps = self.points.windows(2).map(|pair| pair[1].0 - pair[0].0);
        let reach = gaps.fold(60.0, f64::min).max(1.0);
        (!far || (point.0 - time).abs() <= reach).then_some(point.1)
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

    /// The value of each series in the bucket in which a time lies [s of the run]; none where nothing is known.
    #[must_use]
    pub fn at(&self, time: f64) -> Vec<(&'static str, Option<f64>)> {
        let near = |series: &Series| (series.label, series.at(time));
        self.series.iter().map(near).collect()
    }

    /// The times shown at which any series has a point, ascending [s of the run].
    #[must_use]
    pub fn times(&self) -> Vec<f64> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let mut times: Vec<f64> = points.map(|(at, _)| *at).collect();
        times.retain(|at| *at >= self.x.from && *at <= self.x.to);
        times.sort_by(f64::total_cmp);
        times.dedup();
        times
    }
}

/// The time that lies `steps` further on (or back) than `from` among times that ascend; at the ends the outermost.
#[must_use]
pub fn step(times: &[f64], from: f64, steps: i64) -> Option<f64> {
    let before = times.partition_point(|at| *at < from) as i64;
    let on = times.get(before as usize).is_some_and(|at| *at == from);
    // between two times the first step forward is half a step
    let base = if steps > 0 && !on { before - 1 } else { before };
    let last = times.len() as i64 - 1;
    let at = base.saturating_add(steps).clamp(0, last.max(0));
    times.get(at as usize).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(points: &[(f64, f64)], breaks: &[u32]) -> Series {
        Series {
            points: points.to_vec(),
            breaks: breaks.to_vec(),
            ..Series::default()
        }
    }

    #[test]
    fn a_time_has_the_value_of_its_bucket() {
        let of = series(&[(0.5, 1.0), (1.5, 2.0), (2.5, 3.0), (20.5, 9.0)], &[3]);
        assert_eq!(of.at(1.01), Some(2.0), "in the second from 1 to 2");
        assert_eq!(of.at(1.99), Some(2.0));
        assert_eq!(of.at(0.0), Some(1.0));
        assert_eq!(of.at(10.0), None, "nothing is known in the gap");
        assert_eq!(of.at(20.2), Some(9.0));
        assert_eq!(of.at(40.0), None, "far beyond the last");
        let joined = series(&[(0.5, 0.0), (9.5, 0.0)], &[]);
        assert_eq!(
            joined.at(5.0),
            Some(0.0),
            "on a line that was drawn through"
        );
        assert_eq!(Series::default().at(1.0), None);
    }

    #[test]
    fn steps_go_from_bucket_to_bucket_and_stop_at_the_ends() {
        let times = [0.5, 1.5, 2.5, 3.5];
        assert_eq!(step(&times, 1.5, 1), Some(2.5));
        assert_eq!(step(&times, 1.5, -1), Some(0.5));
        assert_eq!(step(&times, 1.7, 1), Some(2.5), "from between two");
        assert_eq!(step(&times, 1.7, -1), Some(1.5));
        assert_eq!(step(&times, 1.5, 10), Some(3.5));
        assert_eq!(step(&times, 1.5, -10), Some(0.5));
        assert_eq!(step(&[], 1.5, 1), None);
    }
}
