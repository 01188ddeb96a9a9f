//! Draws in world units into a display list in pixels; text never leaves its room.

use super::camera::Camera;
use super::list::{Align, DisplayList, Op, Stroke, Weight};
use super::measure::{Measure, fitted};
use super::shapes::{Curve, Point, Rect};
use super::theme::{Ink, Tone};

/// Letters lower than this cannot be read [px].
const LEGIBLE: f64 = 5.0;

/// A way of writing, in world units.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) align: Align,
    pub(crate) ink: Ink,
}

impl Style {
    pub(crate) const fn new(size: f64, weight: Weight, tone: Tone) -> Self {
        let ink = Ink { tone, alpha: 1.0 };
        Self {
            size,
            weight,
            align: Align::Left,
            ink,
        }
    }

    /// Names.
    pub(crate) const TITLE: Self = Self::new(12.5, Weight::Bold, Tone::Text);
    /// Under names.
    pub(crate) const SUB: Self = Self::new(10.5, Weight::Regular, Tone::Muted);
    /// Figures that are read often.
    pub(crate) const FIGURE: Self = Self::new(11.0, Weight::Bold, Tone::Text);
    /// Heads of columns, labels.
    pub(crate) const SMALL: Self = Self::new(10.0, Weight::Regular, Tone::Muted);

    pub(crate) const fn right(mut self) -> Self {
        self.align = Align::Right;
        self
    }

    pub(crate) const fn centre(mut self) -> Self {
        self.align = Align::Centre;
        self
    }

    pub(crate) fn ink(mut self, ink: impl Into<Ink>) -> Self {
        self.ink = ink.into();
        self
    }

    pub(crate) const fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }
}

/// Which layer is drawn on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Resting,
    Moving,
}

/// The pen.
pub(crate) struct Pen<'a> {
    pub(crate) camera: &'a Camera,
    pub(crate) measure: &'a dyn Measure,
    list: &'a mut DisplayList,
    layer: Layer,
}

impl<'a> Pen<'a> {
    pub(crate) fn new(
        camera: &'a Camera,
        measure: &'a dyn Measure,
        list: &'a mut DisplayList,
    ) -> Self {
        Self {
            camera,
            measure,
            list,
            layer: Layer::Resting,
        }
    }

    /// What follows rests.
    pub(crate) fn resting(&mut self) -> &mut Self {
        self.layer = Layer::Resting;
        self
    }

    /// What follows changes while playing.
    pub(crate) fn moving(&mut self) -> &mut Self {
        self.layer = Layer::Moving;
        self
    }

    pub(crate) fn push(&mut self, op: Op) {
        match self.layer {
            Layer::Resting => self.list.resting.push(op),
            Layer::Moving => self.list.moving.push(op),
        }
    }

    fn scaled(&self, mut stroke: Stroke) -> Stroke {
        stroke.width = (stroke.width * self.camera.zoom).max(0.6);
        stroke
    }

    /// A filled box with round corners.
    pub(crate) fn fill(&mut self, rect: Rect, radius: f64, ink: impl Into<Ink>) {
        self.round(rect, radius, Some(ink.into()), None, false);
    }

    /// A box with round corners.
    pub(crate) fn round(
        &mut self,
        rect: Rect,
        radius: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
        shadow: bool,
    ) {
        if rect.w <= 0.0 || rect.h <= 0.0 {
            return;
        }
        let radius = radius.min(rect.w / 2.0).min(rect.h / 2.0) * self.camera.zoom;
        let op = Op::RoundRect {
            rect: self.camera.rect(&rect),
            radius,
            fill,
            stroke: stroke.map(|stroke| self.scaled(stroke)),
            shadow,
        };
        self.push(op);
    }

    /// A text in the room given; gives the width that it took. What is too small to be read is
    /// not written.
    pub(crate) fn text(&mut self, at: Point, room: f64, text: &str, style: Style) -> f64 {
        let zoom = self.camera.zoom;
        let size = style.size * zoom;
        if size < LEGIBLE {
            return 0.0;
        }
        let (text, width) = fitted(self.measure, text, size, style.weight, room * zoom);
        if text.is_empty() {
            return 0.0;
        }
        let op = Op::Text {
            at: self.camera.to_screen(at),
            text,
            size,
            weight: style.weight,
            align: style.align,
            ink: style.ink,
            room: room * zoom,
        };
        self.push(op);
        width / zoom
    }

    /// The first of several wordings that has room, else what has room of the last.
    pub(crate) fn text_of(
        &mut self,
        at: Point,
        room: f64,
        wordings: &[String],
        style: Style,
    ) -> f64 {
        let mut all = wordings.iter();
        let fits = all.find(|text| self.width(text, style) <= room);
        let text = fits.or(wordings.last()).map_or("", String::as_str);
        self.text(at, room, text, style)
    }

    /// The width of a text.
    pub(crate) fn width(&self, text: &str, style: Style) -> f64 {
        let zoom = self.camera.zoom;
        self.measure.width(text, style.size * zoom, style.weight) / zoom
    }

    /// A straight line.
    pub(crate) fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        let op = Op::Line {
            from: self.camera.to_screen(from),
            to: self.camera.to_screen(to),
            stroke: self.scaled(stroke),
        };
        self.push(op);
    }

    /// A curve.
    pub(crate) fn curve(&mut self, curve: &Curve, stroke: Stroke) {
        let stroke = self.scaled(stroke);
        for part in &curve.parts {
            let cubic = self.camera.cubic(part);
            self.push(Op::Bezier { cubic, stroke });
        }
    }

    /// A circle.
    pub(crate) fn circle(
        &mut self,
        centre: Point,
        radius: f64,
        fill: Option<Ink>,
        stroke: Option<Stroke>,
    ) {
        let op = Op::Circle {
            centre: self.camera.to_screen(centre),
            radius: radius * self.camera.zoom,
            fill,
            stroke: stroke.map(|stroke| self.scaled(stroke)),
        };
        self.push(op);
    }

    /// A broken line or an area.
    pub(crate) fn poly(&mut self, points: &[Point], fill: Option<Ink>, stroke: Option<Stroke>) {
        let op = Op::Polyline {
            points: points.iter().map(|at| self.camera.to_screen(*at)).collect(),
            closed: fill.is_some(),
            fill,
            stroke: stroke.map(|stroke| self.scaled(stroke)),
        };
        self.push(op);
    }

    /// A line drawing.
    pub(crate) fn icon(&mut self, at: Point, size: f64, id: &'static str, ink: impl Into<Ink>) {
        let op = Op::Icon {
            at: self.camera.to_screen(at),
            size: size * self.camera.zoom,
            id,
            ink: ink.into(),
        };
        self.push(op);
    }

    /// A square of whole pixels around a point.
    pub(crate) fn square(&mut self, centre: Point, size: f64, fill: impl Into<Ink>) {
        let size = libm::round(size * self.camera.zoom).max(2.0);
        let at = self.camera.to_screen(centre);
        let (x, y) = (
            libm::round(at.x - size / 2.0),
            libm::round(at.y - size / 2.0),
        );
        self.push(Op::Rect {
            rect: Rect::new(x, y, size, size),
            fill: fill.into(),
        });
    }

    /// A bar: a track that rests, and its filled share that moves.
    pub(crate) fn bar(&mut self, track: Rect, share: f64, ink: impl Into<Ink>) {
        let radius = track.h / 2.0;
        self.resting().fill(track, radius, Tone::Line);
        let width = track.w * share.clamp(0.0, 1.0);
        if width > 0.4 {
            let filled = Rect::new(track.x, track.y, width.max(track.h.min(3.0)), track.h);
            self.moving().fill(filled, radius, ink);
        }
    }
}
