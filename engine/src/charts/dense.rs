//! Lines with more points than pixel columns: of each column the span that the line covers is drawn, as one box.
//!
//! ```text
//! points   /\/\  /\      columns   |||  |     from the lowest to the highest place of the line within the column,
//!              \/  \                 |||||    half the line's width further at both ends
//! ```
//! Such a line goes up and down within a pixel: as a stroke it has thousands of edges that no eye tells apart, and is
//! ten times as dear to paint. The span holds every peak, as min/max decimation does.

/// Points a column from which on a line is drawn by columns.
const DENSE: f64 = 1.5;

/// Columns next to each other over which the line covers the same span, in pixels of the backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Columns {
    /// First column, in CSS pixels.
    pub(crate) from: i32,
    /// After the last column.
    pub(crate) to: i32,
    /// The highest place of the line: the least y.
    pub(crate) top: i32,
    /// The lowest place.
    pub(crate) bottom: i32,
}

/// Whether so many points are better drawn by columns.
pub(crate) fn is_dense(points: usize, columns: f64) -> bool {
    points as f64 > columns * DENSE
}

/// The spans that a line through these places covers, by columns of `fine` pixels. Places go from left to right.
pub(crate) fn columns(places: &[(i32, i32)], fine: i32) -> Vec<Columns> {
    let mut spans: Vec<Columns> = Vec::new();
    for pair in places.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        for column in x0.div_euclid(fine)..=x1.div_euclid(fine) {
            let at = |x: i32| {
                let x = x.clamp(x0, x1.max(x0));
                let share = f64::from(x - x0) / f64::from((x1 - x0).max(1));
                y0 + (f64::from(y1 - y0) * share) as i32
            };
            let last = if (column + 1) * fine > x1 {
                y1
            } else {
                at((column + 1) * fine)
            };
            add(&mut spans, column, at(column * fine), last);
        }
    }
    joined(&spans)
}

fn add(spans: &mut Vec<Columns>, column: i32, a: i32, b: i32) {
    let (top, bottom) = (a.min(b), a.max(b));
    if let Some(last) = spans.last_mut().filter(|last| last.from == column) {
        last.top = last.top.min(top);
        last.bottom = last.bottom.max(bottom);
    } else {
        spans.push(Columns {
            from: column,
            to: column + 1,
            top,
            bottom,
        });
    }
}

/// Neighbours of the same span as one.
fn joined(spans: &[Columns]) -> Vec<Columns> {
    let mut out: Vec<Columns> = Vec::with_capacity(spans.len());
    for span in spans {
        match out.last_mut() {
            Some(last)
                if (last.to, last.top, last.bottom) == (span.from, span.top, span.bottom) =>
            {
                last.to = span.to;
            }
            _ => out.push(*span),
        }
    }
    out
}

/// The parts of the columns that dashes of this length and gap cover [CSS px].
pub(crate) fn dashed(columns: &[Columns], (dash, gap): (i32, i32)) -> Vec<Columns> {
    let mut out = Vec::new();
    for whole in columns {
        let mut at = whole.from;
        while at < whole.to {
            let within = at.rem_euclid(dash + gap);
            let end = if within < dash { dash } else { dash + gap };
            let to = (at + end - within).min(whole.to);
            if within < dash {
                out.push(Columns {
                    from: at,
                    to,
                    ..*whole
                });
            }
            at = to;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i32, to: i32, top: i32, bottom: i32) -> Columns {
        Columns {
            from,
            to,
            top,
            bottom,
        }
    }

    #[test]
    fn a_column_holds_all_that_the_line_covers_in_it() {
        // up and down within the first column, then straight on into the third
        let places = [(0, 10), (1, 40), (2, 0), (3, 20), (11, 20)];
        assert_eq!(columns(&places, 4), [span(0, 1, 0, 40), span(1, 3, 20, 20)]);
    }

    #[test]
    fn a_slope_over_columns_is_shared_out_among_them() {
        let places = [(0, 0), (16, 160)];
        let all = columns(&places, 4);
        assert_eq!(
            all[..3],
            [span(0, 1, 0, 40), span(1, 2, 40, 80), span(2, 3, 80, 120)]
        );
        assert_eq!(all.iter().map(|column| column.bottom).max(), Some(160));
    }

    #[test]
    fn dashes_leave_gaps() {
        let line = [span(0, 20, 5, 5)];
        let parts: Vec<(i32, i32)> = dashed(&line, (6, 3))
            .iter()
            .map(|part| (part.from, part.to))
            .collect();
        assert_eq!(parts, [(0, 6), (9, 15), (18, 20)]);
        assert!(is_dense(400, 200.0) && !is_dense(252, 200.0));
    }
}
