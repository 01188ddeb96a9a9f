//! The cursor that all charts share, the span that is dragged over, and the span that they show.

use super::Session;
use crate::platform::chart_canvas::{Over, Picture};
use crate::ui::charts::{Stroke, Which};
use millrace_engine::base::time::{MINUTE, SECOND, Us};
use millrace_engine::charts::spec::step;

/// The shortest span that charts are zoomed to: history knows seconds [us].
const SPAN_MIN: Us = 4 * SECOND;

/// Where the reader points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Cursor {
    /// The time pointed at [us].
    pub(super) mark: Option<Us>,
    /// The span that is being dragged over [us].
    brush: Option<(Us, Us)>,
    /// One end of a span that is marked by keyboard [us].
    pub(super) half: Option<Us>,
    /// The span that all charts show; none for the whole run [us].
    pub(super) zoom: Option<(Us, Us)>,
    /// Whether it has moved since it was drawn.
    pub(super) moved: bool,
}

fn seconds(at: Us) -> f64 {
    at as f64 / SECOND as f64
}

fn us(seconds: f64) -> Us {
    (seconds * SECOND as f64).round().max(0.0) as Us
}

impl Cursor {
    /// What is drawn over the pictures.
    pub(super) fn over(&self) -> Over {
        let half = self.half.zip(self.mark).map(|(a, b)| (a.min(b), a.max(b)));
        let span = self.brush.or(half);
        Over {
            mark: self.mark.map(seconds),
            span: span.map(|(from, to)| (seconds(from), seconds(to))),
        }
    }

    fn point(&mut self, at: Option<Us>) {
        self.moved |= self.mark != at;
        self.mark = at;
    }

    /// Nobody points any more.
    pub(super) fn leave(&mut self) {
        self.moved |= self.mark.is_some() || self.brush.is_some() || self.half.is_some();
        (self.mark, self.brush, self.half) = (None, None, None);
    }
}

impl Session {
    /// The time under a column of a chart, within the plot.
    fn time_under(&self, which: Which, x: f64) -> Option<Us> {
        let drawn = self.desk.canvases.get(&which)?.drawn();
        let x = (x as f32).clamp(drawn.left, drawn.right.max(drawn.left));
        drawn.time_at(x).map(us)
    }

    /// The pointer is over a column of a chart.
    pub(crate) fn point_chart(&mut self, which: Which, x: f64) {
        let at = self.time_under(which, x);
        self.desk.cursor.point(at);
    }

    /// Nobody points at a time any more.
    pub(crate) fn leave_charts(&mut self) {
        self.desk.cursor.leave();
    }

    /// To the time of a column, if it was simulated.
    pub(crate) fn seek_chart(&mut self, which: Which, x: f64) {
        if let Some(at) = self.time_under(which, x) {
            self.seek(at);
        }
    }

    /// The pointer is dragged over a span of a chart.
    pub(crate) fn brush_chart(&mut self, which: Which, from: f64, to: f64) {
        let ends = self.time_under(which, from).zip(self.time_under(which, to));
        let cursor = &mut self.desk.cursor;
        cursor.brush = ends.map(|(a, b)| (a.min(b), a.max(b)));
        cursor.mark = ends.map(|(_, to)| to);
        cursor.moved = true;
    }

    /// The pointer was let go: all charts show the span.
    pub(crate) fn zoom_chart(&mut self, which: Which, from: f64, to: f64) {
        self.brush_chart(which, from, to);
        if let Some((from, to)) = self.desk.cursor.brush.take() {
            self.zoom_charts(from, to);
        }
    }

    /// All charts show a span, widened to the shortest that shows anything.
    fn zoom_charts(&mut self, from: Us, to: Us) {
        let span = to.saturating_sub(from).max(SPAN_MIN);
        let from = (from + (to - from) / 2).saturating_sub(span / 2);
        let whole = self.run.head().max(MINUTE);
        let all = from == 0 && span >= whole;
        self.desk.cursor.zoom = (!all).then_some((from, from + span));
    }

    /// All charts show the whole run.
    pub(crate) fn whole_run(&mut self) {
        self.desk.cursor.zoom = None;
        self.desk.cursor.half = None;
    }

    /// Whether they show a part of it.
    pub(crate) fn is_zoomed(&self) -> bool {
        self.desk.cursor.zoom.is_some()
    }

    /// A key on a chart that has the focus.
    pub(crate) fn stroke_chart(&mut self, which: Which, stroke: Stroke) {
        match stroke {
            Stroke::Step(steps) => self.step_chart(which, |times, from| step(times, from, steps)),
            Stroke::First => self.step_chart(which, |times, _| times.first().copied()),
            Stroke::Last => self.step_chart(which, |times, _| times.last().copied()),
            Stroke::Seek => {
                if let Some(at) = self.desk.cursor.mark {
                    self.seek(at);
                }
            }
            Stroke::Leave => self.desk.cursor.leave(),
            Stroke::Zoom(closer) => self.zoom_about(closer),
            Stroke::Ends => self.mark_end(),
        }
    }

    fn step_chart(&mut self, which: Which, to: impl Fn(&[f64], f64) -> Option<f64>) {
        let picture = self
            .desk
            .canvases
            .get(&which)
            .and_then(|canvas| canvas.picture());
        let times = match picture {
            Some(Picture::Chart(chart)) => chart.times(),
            Some(Picture::Heat(heat)) => heat.times(),
            None => return,
        };
        let from = self.desk.cursor.mark.unwrap_or(self.frame.at);
        if let Some(at) = to(&times, seconds(from)) {
            self.desk.cursor.point(Some(us(at)));
        }
    }

    /// Half the span about the cursor, or twice the span.
    fn zoom_about(&mut self, closer: bool) {
        let view = self.view();
        let whole = self.run.head().max(MINUTE);
        let span = view.to - view.from;
        let span = if closer {
            span / 2
        } else {
            span.saturating_mul(2)
        };
        if span >= whole {
            return self.whole_run();
        }
        let middle = self.desk.cursor.mark.unwrap_or(self.frame.at);
        let from = middle.saturating_sub(span / 2).min(whole - span);
        self.zoom_charts(from, from + span);
    }

    /// The first time marks one end of a span, the second the other: all charts show it.
    fn mark_end(&mut self) {
        let at = self.desk.cursor.mark.unwrap_or(self.frame.at);
        self.desk.cursor.point(Some(at));
        self.desk.cursor.moved = true;
        match self.desk.cursor.half.take() {
            None => self.desk.cursor.half = Some(at),
            Some(other) => self.zoom_charts(at.min(other), at.max(other)),
        }
    }
}
