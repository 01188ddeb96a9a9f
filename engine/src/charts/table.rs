//! A chart as a table, for those who cannot see the picture, and as CSV.

use super::number::clock;
use super::spec::{Chart, Limit, Series};

/// Head and rows, all as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    /// Names of the columns: time, then one a series.
    pub head: Vec<String>,
    /// One row a time at which any series has a point; empty where a series has none.
    pub rows: Vec<Vec<String>>,
}

/// The name of a limit with its number filled in.
#[must_use]
pub fn limit_name(limit: &Limit, word: &dyn Fn(&str) -> String) -> String {
    let name = word(limit.label);
    match limit.of {
        Some(of) => name.replace("{n}", &of.to_string()),
        None => name,
    }
}

/// The chart as a table, with units. `word` gives the text of a key.
#[must_use]
pub fn table(chart: &Chart, word: &dyn Fn(&str) -> String) -> Table {
    // a bucket is named by the second in which its middle lies
    let time = |at: f64| match chart.clock {
        Some(zero) => clock(libm::floor(zero + at), true),
        None => format!("{at} s"),
    };
    let unit = chart.unit.in_head();
    let named = |name: String| match unit {
        "" => name,
        unit => format!("{name}, {unit}"),
    };
    let mut head = vec![word("chart.time")];
    head.extend(chart.series.iter().map(|series| named(word(series.label))));
    Table {
        head,
        rows: rows(chart, &time, &|value| chart.unit.full(value)),
    }
}

/// What stands beside the lines, a line each: limits and notes.
#[must_use]
pub fn beside(chart: &Chart, word: &dyn Fn(&str) -> String) -> Vec<String> {
    let unit = chart.unit.in_head();
    let limits = chart.limits.iter().map(|limit| {
        let value = chart.unit.full(limit.value);
        format!("{}: {value} {unit}", limit_name(limit, word))
    });
    let notes = chart
        .notes
        .iter()
        .map(|note| format!("{}: {}", word(note.label), note.unit.full(note.value)));
    limits
        .chain(notes)
        .map(|line| line.trim_end().to_owned())
        .collect()
}

/// The chart as CSV: seconds of the run and bare numbers in the chart's unit, limits as constant columns.
#[must_use]
pub fn csv(chart: &Chart, word: &dyn Fn(&str) -> String) -> String {
    let unit = chart.unit.sign();
    let named = |name: String| {
        if unit.is_empty() {
            name
        } else {
            format!("{name} [{unit}]")
        }
    };
    let mut head = vec![format!("{} [s]", word("chart.time"))];
    head.extend(chart.series.iter().map(|series| named(word(series.label))));
    let limits = chart.limits.iter();
    head.extend(limits.map(|limit| named(limit_name(limit, word))));
    let mut rows = rows(chart, &|at| at.to_string(), &|value| value.to_string());
    for row in &mut rows {
        row.extend(chart.limits.iter().map(|limit| limit.value.to_string()));
    }
    let mut text = line(&head);
    for row in &rows {
        text.push_str(&line(row));
    }
    text
}

fn rows(
    chart: &Chart,
    time: &dyn Fn(f64) -> String,
    number: &dyn Fn(f64) -> String,
) -> Vec<Vec<String>> {
    let points = |series: &Series| series.points.clone();
    let mut times: Vec<f64> = chart
        .series
        .iter()
        .flat_map(points)
        .map(|(at, _)| at)
        .collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    let cell = |series: &Series, at: f64| {
        let found = series
            .points
            .binary_search_by(|(other, _)| other.total_cmp(&at));
        found.map_or_else(|_| String::new(), |found| number(series.points[found].1))
    };
    let row = |at: f64| {
        let mut row = vec![time(at)];
        row.extend(chart.series.iter().map(|series| cell(series, at)));
        row
    };
    times.into_iter().map(row).collect()
}

pub(super) fn line(cells: &[String]) -> String {
    let quoted = |cell: &String| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.clone()
        }
    };
    let mut line = cells.iter().map(quoted).collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::charts::number::Unit;

    fn chart() -> Chart {
        let series = |label, points: &[(f64, f64)]| Series {
            label,
            points: points.to_vec(),
            ..Series::default()
        };
        Chart {
            unit: Unit::PerSecond,
            series: vec![
                series("in", &[(0.5, 800.0), (1.5, 6_000.0)]),
                series("out, all", &[(1.5, 4_000.0)]),
            ],
            limits: vec![Limit {
                label: "{n} shards",
                of: Some(4),
                value: 4_000.0,
            }],
            clock: Some(36_000.0),
            ..Chart::default()
        }
    }

    #[test]
    fn a_table_has_a_row_a_time_and_holes_where_nothing_is_known() {
        let table = table(&chart(), &str::to_owned);
        assert_eq!(table.head, ["chart.time", "in, rec/s", "out, all, rec/s"]);
        assert_eq!(table.rows[0], ["10:00:00", "800", ""]);
        assert_eq!(table.rows[1], ["10:00:01", "6,000", "4,000"]);
        let beside = beside(&chart(), &str::to_owned);
        assert_eq!(beside, ["4 shards: 4,000 rec/s"]);
    }

    #[test]
    fn csv_has_bare_numbers_and_quotes_what_needs_it() {
        let text = csv(&chart(), &str::to_owned);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[0],
            "chart.time [s],in [1/s],\"out, all [1/s]\",4 shards [1/s]"
        );
        assert_eq!(lines[1], "0.5,800,,4000");
        assert_eq!(lines[2], "1.5,6000,4000,4000");
    }
}
