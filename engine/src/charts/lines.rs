//! The lines of a chart, and their names at the line ends.

use plotters::element::{Circle, DashedPathElement, PathElement, Rectangle};
use plotters::prelude::{AreaSeries, Color, DrawingBackend};
use plotters::style::ShapeStyle;
use plotters::style::text_anchor::HPos;

use super::decimate::decimate;
use super::dense::{self, Columns, is_dense};
use super::draw::{Failed, Frame, Pen, Plane};
use super::spec::{Chart, Series, Style};

/// The series that need a name beside their line: with one alone the title says what it is.
pub(crate) fn named(chart: &Chart) -> impl Iterator<Item = &Series> {
    let several = chart.series.len() > 1;
    chart.series.iter().filter(move |_| several)
}

/// Draws all lines and their names; the broad, emphasised ones first, so that dashes on the same way stay visible.
pub(crate) fn draw<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &mut Plane<'_, DB>,
    chart: &Chart,
    frame: &Frame,
) -> Result<(), Failed<DB>> {
    for emphasised in [true, false] {
        for series in &chart.series {
            if series.emphasised == emphasised {
                one(pen, plane, chart, series, frame)?;
            }
        }
    }
    names(pen, plane, chart, frame)
}

fn one<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &mut Plane<'_, DB>,
    chart: &Chart,
    series: &Series,
    frame: &Frame,
) -> Result<(), Failed<DB>> {
    let x = chart.x;
    let columns = f64::from(frame.right - frame.left) / f64::from(pen.look.fine);
    let column = |at: f64| ((at - x.from) / (x.to - x.from) * columns) as i64;
    let width = if series.emphasised { 8 } else { 6 } * pen.look.fine / 4;
    let line = pen.stroke(series.token, 1.0, width as u32);
    for stretch in series.stretches() {
        let shown: Vec<(f64, f64)> = stretch
            .iter()
            .copied()
            .filter(|(at, value)| *at >= x.from && *at <= x.to && value.is_finite())
            .collect();
        if series.style != Style::Bars && is_dense(shown.len(), columns) {
            by_columns(pen, plane, series, &shown, (line, frame))?;
            continue;
        }
        let points = decimate(&shown, column);
        match (points.as_slice(), series.style) {
            ([], _) => {}
            (_, Style::Bars) => bars(plane, chart, &points, line, columns)?,
            ([alone], _) => {
                let dot = Circle::new(*alone, pen.px(2), line);
                plane.plotting_area().draw(&dot)?;
            }
            _ => stroke(pen, plane, chart, series, points, line)?,
        }
    }
    Ok(())
}

/// Draws a stretch of more points than pixel columns.
fn by_columns<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane<'_, DB>,
    series: &Series,
    points: &[(f64, f64)],
    (line, frame): (ShapeStyle, &Frame),
) -> Result<(), Failed<DB>> {
    let places: Vec<(i32, i32)> = points.iter().map(|at| plane.backend_coord(at)).collect();
    let mut columns = dense::columns(&places, pen.look.fine);
    let boxed = |column: &Columns, top: i32, bottom: i32, style: ShapeStyle| {
        let corners = [(pen.px(column.from), top), (pen.px(column.to), bottom)];
        pen.root.draw(&Rectangle::new(corners, style))
    };
    if series.style == Style::Area {
        let tint = line.color.mix(0.15).filled();
        for column in &columns {
            boxed(column, column.top, frame.bottom, tint)?;
        }
    }
    if let Some(dash) = dash_of(series.style) {
        columns = dense::dashed(&columns, dash);
    }
    let half = line.stroke_width as i32 / 2;
    for column in &columns {
        boxed(column, column.top - half, column.bottom + half, line)?;
    }
    Ok(())
}

/// Length of a dash and of the gap behind it [CSS px].
fn dash_of(style: Style) -> Option<(i32, i32)> {
    match style {
        Style::Dashed => Some((6, 3)),
        Style::Dotted => Some((2, 2)),
        Style::Area | Style::Line | Style::Bars => None,
    }
}

fn stroke<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &mut Plane<'_, DB>,
    chart: &Chart,
    series: &Series,
    points: Vec<(f64, f64)>,
    line: ShapeStyle,
) -> Result<(), Failed<DB>> {
    let Some((dash, gap)) = dash_of(series.style) else {
        if series.style == Style::Area {
            let tint = line.color.mix(0.15);
            let area = AreaSeries::new(points.iter().copied(), chart.y.from, tint);
            plane.draw_series(area)?;
        }
        return plane.plotting_area().draw(&PathElement::new(points, line));
    };
    let dashed = DashedPathElement::new(points, pen.px(dash), pen.px(gap), line);
    plane.plotting_area().draw(&dashed)
}

fn bars<DB: DrawingBackend>(
    plane: &mut Plane<'_, DB>,
    chart: &Chart,
    points: &[(f64, f64)],
    fill: ShapeStyle,
    columns: f64,
) -> Result<(), Failed<DB>> {
    let near = points.windows(2).map(|pair| pair[1].0 - pair[0].0);
    let pixel = (chart.x.to - chart.x.from) / columns;
    let gap = near.fold(chart.x.to - chart.x.from, f64::min) * 0.8;
    let half = gap.max(pixel).min(40.0 * pixel) / 2.0;
    let bar = |(at, value): &(f64, f64)| {
        let ends = [(at - half, chart.y.from), (at + half, *value)];
        Rectangle::new(ends, fill)
    };
    plane.draw_series(points.iter().map(bar))?;
    Ok(())
}

/// Writes names beside the last points, pushed apart so that none covers another.
fn names<DB: DrawingBackend>(
    pen: &Pen<'_, DB>,
    plane: &Plane<'_, DB>,
    chart: &Chart,
    frame: &Frame,
) -> Result<(), Failed<DB>> {
    let last = |series: &Series| {
        let until = series.points.partition_point(|(at, _)| *at <= chart.x.to);
        let last = series.points[..until].last()?;
        Some(plane.backend_coord(last).1)
    };
    let mut places: Vec<(i32, &Series)> = named(chart)
        .filter_map(|series| Some((last(series)?, series)))
        .collect();
    places.sort_by_key(|(y, _)| *y);
    let height = pen.font + pen.px(1);
    let mut ys: Vec<i32> = places.iter().map(|(y, _)| *y).collect();
    spread(&mut ys, height, (frame.top, frame.bottom));
    let (left, room) = (frame.right + pen.px(4), pen.root.dim_in_pixel().0 as i32);
    for (y, (_, series)) in ys.into_iter().zip(places) {
        if let Some(words) = pen.fitting(&pen.word(series.label), room - left) {
            pen.write(&words, series.token, HPos::Left, (left, y))?;
        }
    }
    Ok(())
}

/// Moves ascending places apart to `height`, within the bounds as far as they go.
fn spread(ys: &mut [i32], height: i32, (low, high): (i32, i32)) {
    let mut least = low;
    for y in ys.iter_mut() {
        *y = (*y).max(least);
        least = *y + height;
    }
    let mut most = high;
    for y in ys.iter_mut().rev() {
        *y = (*y).min(most);
        most = *y - height;
    }
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn names_are_pushed_apart_and_stay_inside() {
        let mut ys = [5, 6, 98, 99];
        spread(&mut ys, 10, (0, 100));
        assert_eq!(ys, [5, 15, 90, 100]);
    }
}
