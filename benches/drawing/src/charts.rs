//! Charts: a line over time that moves on by a bucket with each frame.

use crate::canvas;
use crate::chart_canvas::{ChartCanvas, Over, Picture};
use millrace_engine::base::time::SECOND;
use millrace_engine::charts::build::View;
use millrace_engine::charts::metric;
use millrace_engine::charts::spec::Chart;
use millrace_engine::run::history::Point;
use wasm_bindgen::prelude::wasm_bindgen;

/// Charts on canvases of their own.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Charts {
    canvases: Vec<ChartCanvas>,
    points: usize,
    /// What was counted in each second: more than is shown at once.
    history: Vec<Point>,
    from: usize,
}

#[wasm_bindgen]
impl Charts {
    /// Takes the canvases with these ids; `values` are what was counted in each second, the last `points` of what has
    /// passed are shown.
    #[wasm_bindgen(constructor)]
    pub fn new(ids: Vec<String>, values: &[f64], points: usize) -> Self {
        let canvases = ids.iter().map(|id| {
            let made = ChartCanvas::new(canvas(id));
            made.unwrap_or_else(|| panic!("no 2d context"))
        });
        let point = |(second, value): (usize, &f64)| Point {
            at: second as u64 * SECOND,
            span: SECOND,
            sum: *value as u64,
            samples: 1,
            max: *value as u64,
        };
        Self {
            canvases: canvases.collect(),
            points,
            history: values.iter().enumerate().map(point).collect(),
            from: 0,
        }
    }

    /// Draws all of them, one second on.
    pub fn frame(&mut self) {
        self.from = (self.from + 1) % (self.history.len() - self.points);
        for ix in 0..self.canvases.len() {
            let chart = self.chart();
            self.canvases[ix].show(Picture::Chart(chart), Over::default(), &|key| {
                key.to_owned()
            });
        }
    }
}

impl Charts {
    /// The data of one chart, made out of what was counted, as the page does.
    fn chart(&self) -> Chart {
        let points = &self.history[self.from..self.from + self.points];
        let second = |ix: usize| ix as u64 * SECOND;
        let view = View {
            from: second(self.from),
            to: second(self.from + self.points),
            head: second(self.from + self.points),
            cursor: None,
            clock: Some(36_000.0),
        };
        metric::records(&view, "records", points)
    }
}
