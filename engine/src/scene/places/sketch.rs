//! Drawings of the backdrop: a few straight lines each, which overshoot their corners a little as a
//! hand with a pencil does.

use crate::scene::list::Stroke;
use crate::scene::pen::Pen;
use crate::scene::shapes::{Point, Rect};

/// How far a line runs past its corner [world units].
const PAST: f64 = 2.5;

/// What is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Motif {
    /// A checkout: belt and screen.
    Counter,
    /// A shelf with goods.
    Shelf,
    /// Boxes on each other.
    Boxes,
    /// A desk with a screen.
    Desk,
    /// A sheet with a chart.
    Report,
    /// A cash machine.
    Machine,
    /// A branch.
    House,
    /// A magnifying glass.
    Lens,
    /// A safe.
    Safe,
}

/// A drawing at a place of its area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sketch {
    motif: Motif,
    x: f64,
    y: f64,
    width: f64,
}

/// A pencil at the upper left corner of a drawing.
struct Pencil<'a, 'p> {
    at: Point,
    line: Stroke,
    pen: &'a mut Pen<'p>,
}

impl Sketch {
    /// A drawing of this width, by its distance from the area's upper left corner.
    pub(super) const fn new(motif: Motif, x: f64, y: f64, width: f64) -> Self {
        Self { motif, x, y, width }
    }

    /// Draws it; in an area higher than `height`, for which it was made, what stands in the lower half keeps its
    /// distance from the lower edge.
    pub(super) fn draw(&self, area: &Rect, height: f64, line: Stroke, pen: &mut Pen<'_>) {
        let lower = if self.y > height / 2.0 {
            area.h - height
        } else {
            0.0
        };
        let at = Point::new(area.x + self.x, area.y + self.y + lower);
        let mut pencil = Pencil { at, line, pen };
        let w = self.width;
        match self.motif {
            Motif::Counter => pencil.counter(w),
            Motif::Shelf => pencil.shelf(w),
            Motif::Boxes => pencil.boxes(w),
            Motif::Desk => pencil.desk(w),
            Motif::Report => pencil.report(w),
            Motif::Machine => pencil.machine(w),
            Motif::House => pencil.house(w),
            Motif::Lens => pencil.lens(w),
            Motif::Safe => pencil.safe(w),
        }
    }
}

impl Pencil<'_, '_> {
    fn point(&self, x: f64, y: f64) -> Point {
        Point::new(self.at.x + x, self.at.y + y)
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64)) {
        let (from, to) = (self.point(from.0, from.1), self.point(to.0, to.1));
        self.pen.resting().line(from, to, self.line);
    }

    /// Four lines that cross at the corners.
    fn frame(&mut self, x: f64, y: f64, w: f64, h: f64) {
        let (right, low) = (x + w, y + h);
        self.line((x - PAST, y), (right + PAST, y));
        self.line((right, y - PAST), (right, low + PAST));
        self.line((right + PAST, low), (x - PAST, low));
        self.line((x, low + PAST), (x, y - PAST));
    }

    fn circle(&mut self, x: f64, y: f64, radius: f64) {
        let centre = self.point(x, y);
        self.pen
            .resting()
            .circle(centre, radius, None, Some(self.line));
    }

    fn counter(&mut self, w: f64) {
        self.frame(0.0, 12.0, w, 16.0);
        self.line((8.0, 20.0), (w * 0.62, 20.0));
        self.frame(w * 0.74, 0.0, 14.0, 9.0);
        self.line((w * 0.74 + 7.0, 9.0), (w * 0.74 + 7.0, 12.0));
    }

    fn shelf(&mut self, w: f64) {
        self.frame(0.0, 0.0, w, 28.0);
        self.line((0.0, 14.0), (w, 14.0));
        let pieces = (w / 15.0) as u32;
        for k in 0..pieces {
            // goods of different widths and heights, gaps among them
            let x = 6.0 + f64::from(k) * 15.0;
            let (upper, lower) = (
                4.0 + f64::from(k * 5 % 4) * 1.6,
                4.0 + f64::from(k * 3 % 4) * 1.6,
            );
            if k % 5 != 3 {
                self.line((x, 14.0), (x, 14.0 - upper));
                self.line((x, 14.0 - upper), (x + 8.0, 14.0 - upper));
                self.line((x + 8.0, 14.0 - upper), (x + 8.0, 14.0));
            }
            if k % 7 != 4 {
                self.line((x, 28.0), (x, 28.0 - lower));
                self.line((x, 28.0 - lower), (x + 10.0, 28.0 - lower));
                self.line((x + 10.0, 28.0 - lower), (x + 10.0, 28.0));
            }
        }
    }

    fn boxes(&mut self, w: f64) {
        let side = w / 3.0;
        for (x, y) in [(0.0, side), (side + 4.0, side), (side / 2.0 + 2.0, 0.0)] {
            self.frame(x, y, side, side - 3.0);
            self.line((x, y + 6.0), (x + side, y + 6.0));
            self.line((x + side / 2.0, y), (x + side / 2.0, y + 10.0));
        }
    }

    fn desk(&mut self, w: f64) {
        self.line((0.0, 24.0), (w, 24.0));
        self.line((6.0, 24.0), (6.0, 42.0));
        self.line((w - 6.0, 24.0), (w - 6.0, 42.0));
        self.frame(w * 0.56, 24.0, w * 0.3, 12.0);
        self.frame(w * 0.14, 3.0, 26.0, 16.0);
        self.line((w * 0.14 + 13.0, 19.0), (w * 0.14 + 13.0, 24.0));
    }

    fn report(&mut self, w: f64) {
        self.frame(0.0, 0.0, w * 0.62, 44.0);
        for (k, height) in [10.0, 18.0, 14.0].into_iter().enumerate() {
            let x = 6.0 + 9.0 * k as f64;
            self.frame(x, 34.0 - height, 5.0, height);
        }
        self.line((6.0, 39.0), (w * 0.5, 39.0));
    }

    fn machine(&mut self, w: f64) {
        self.frame(0.0, 0.0, w, 46.0);
        self.frame(6.0, 6.0, w - 12.0, 13.0);
        for (x, y) in [
            (8.0, 25.0),
            (14.0, 25.0),
            (20.0, 25.0),
            (8.0, 31.0),
            (14.0, 31.0),
            (20.0, 31.0),
        ] {
            self.line((x, y), (x + 2.5, y));
        }
        self.line((6.0, 39.0), (w - 6.0, 39.0));
    }

    fn house(&mut self, w: f64) {
        self.line((-4.0, 20.0), (w / 2.0 + 1.0, -0.5));
        self.line((w / 2.0 - 1.0, -0.5), (w + 4.0, 20.0));
        self.line((-6.0, 20.0), (w + 6.0, 20.0));
        for share in [0.1, 0.3, 0.7, 0.9] {
            self.line((w * share, 20.0), (w * share, 48.0));
        }
        self.frame(w * 0.42, 28.0, w * 0.16, 20.0);
        self.line((-6.0, 48.0), (w + 6.0, 48.0));
    }

    fn lens(&mut self, w: f64) {
        let radius = w * 0.3;
        self.circle(radius, radius, radius);
        self.circle(radius, radius, radius - 4.0);
        let rim = radius * 1.72;
        self.line((rim, rim), (w * 0.92, w * 0.92));
        self.line((rim + 3.0, rim - 2.0), (w * 0.95, w * 0.86));
    }

    fn safe(&mut self, w: f64) {
        self.frame(0.0, 0.0, w, w * 0.86);
        self.frame(5.0, 5.0, w - 10.0, w * 0.86 - 10.0);
        let (x, y) = (w / 2.0, w * 0.43);
        self.circle(x, y, w * 0.17);
        for (dx, dy) in [(1.0, 0.0), (-0.5, 0.87), (-0.5, -0.87)] {
            let spoke = |by: f64| (x + dx * w * by, y + dy * w * by);
            self.line(spoke(0.08), spoke(0.24));
        }
        self.circle(x, y, w * 0.06);
    }
}
