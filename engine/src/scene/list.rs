//! The display list: what is to be drawn, as plain data in CSS pixels, in two layers.
//!
//! ```text
//! resting   cards, wires, names, tracks      repainted only when it differs
//! moving    fills, figures, marks, badges    repainted each frame
//! ```
//! It is rebuilt each frame into the same buffers and knows no theme: colours are tokens.

use super::shapes::{Cubic, Point, Rect};
use super::theme::Ink;
use std::fmt::Write as _;

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stroke {
    /// Colour.
    pub ink: Ink,
    /// Width [px].
    pub width: f64,
    /// Broken into dashes.
    pub dashed: bool,
}

impl Stroke {
    /// A solid line.
    pub fn solid(ink: impl Into<Ink>, width: f64) -> Self {
        Self {
            ink: ink.into(),
            width,
            dashed: false,
        }
    }

    /// A dashed line.
    pub fn dashed(ink: impl Into<Ink>, width: f64) -> Self {
        Self {
            dashed: true,
            ..Self::solid(ink, width)
        }
    }
}

/// Where a text's point lies in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// At its left end.
    #[default]
    Left,
    /// In its middle.
    Centre,
    /// At its right end.
    Right,
}

/// How heavy letters are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// 400.
    #[default]
    Regular,
    /// 600.
    Bold,
}

/// One thing to draw.
#[derive(Clone, Debug, PartialEq)]
pub enum Op {
    /// The dots of the stage over the whole canvas, one of them at `at`.
    Dots {
        /// One dot.
        at: Point,
        /// Distance of two dots.
        step: f64,
        /// Colour.
        ink: Ink,
    },
    /// A box with round corners.
    RoundRect {
        /// The box.
        rect: Rect,
        /// Radius of its corners.
        radius: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Edge, on the box's edge.
        stroke: Option<Stroke>,
        /// Whether it throws a soft shadow.
        shadow: bool,
    },
    /// A box without an edge, on whole pixels: marks, cells.
    Rect {
        /// The box.
        rect: Rect,
        /// Inside.
        fill: Ink,
    },
    /// A straight line.
    Line {
        /// Start.
        from: Point,
        /// End.
        to: Point,
        /// How.
        stroke: Stroke,
    },
    /// A curve.
    Bezier {
        /// The curve.
        cubic: Cubic,
        /// How.
        stroke: Stroke,
    },
    /// A broken line, or an area.
    Polyline {
        /// Corners.
        points: Vec<Point>,
        /// Whether the last corner joins the first.
        closed: bool,
        /// Inside.
        fill: Option<Ink>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A circle.
    Circle {
        /// Middle.
        centre: Point,
        /// Radius.
        radius: f64,
        /// Inside.
        fill: Option<Ink>,
        /// Edge.
        stroke: Option<Stroke>,
    },
    /// A text on one line; figures are tabular.
    Text {
        /// On the base line.
        at: Point,
        /// The letters.
        text: String,
        /// Height of the font [px].
        size: f64,
        /// Weight.
        weight: Weight,
        /// Which end lies at `at`.
        align: Align,
        /// Colour.
        ink: Ink,
        /// Width that it may take, by the measure it was made with.
        room: f64,
    },
    /// A line drawing of 24 units by its id.
    Icon {
        /// Upper left corner.
        at: Point,
        /// Width and height.
        size: f64,
        /// Service id.
        id: &'static str,
        /// Colour.
        ink: Ink,
    },
}

/// All that is to be drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DisplayList {
    /// What stands still, drawn first.
    pub resting: Vec<Op>,
    /// What changes while playing, drawn over it.
    pub moving: Vec<Op>,
}

impl DisplayList {
    /// Empties the buffers and keeps their memory.
    pub fn clear(&mut self) {
        self.resting.clear();
        self.moving.clear();
    }

    /// One line an operation with rounded numbers, for tests.
    #[must_use]
    pub fn golden(&self) -> String {
        let mut out = String::new();
        for (layer, ops) in [("resting", &self.resting), ("moving", &self.moving)] {
            let _ = writeln!(out, "{layer}:");
            for op in ops {
                let _ = writeln!(out, "  {}", op.line());
            }
        }
        out
    }
}

impl Op {
    /// One short line, for tests.
    #[must_use]
    pub fn line(&self) -> String {
        match self {
            Self::Dots { at, step, ink } => format!("dots {} step {step:.1} {}", p(at), i(ink)),
            Self::RoundRect {
                rect,
                radius,
                fill,
                stroke,
                shadow,
            } => {
                let shadow = if *shadow { " shadow" } else { "" };
                format!(
                    "round {} r{radius:.1}{}{shadow}",
                    b(rect),
                    paint(*fill, *stroke)
                )
            }
            Self::Rect { rect, fill } => format!("rect {} {}", b(rect), i(fill)),
            Self::Line { from, to, stroke } => {
                format!("line {} {}{}", p(from), p(to), paint(None, Some(*stroke)))
            }
            Self::Bezier { cubic, stroke } => format!(
                "curve {} {} {} {}{}",
                p(&cubic.from),
                p(&cubic.c1),
                p(&cubic.c2),
                p(&cubic.to),
                paint(None, Some(*stroke))
            ),
            Self::Polyline {
                points,
                closed,
                fill,
                stroke,
            } => {
                let points: Vec<_> = points.iter().map(p).collect();
                let kind = if *closed { "area" } else { "broken" };
                format!("{kind} {}{}", points.join(" "), paint(*fill, *stroke))
            }
            Self::Circle {
                centre,
                radius,
                fill,
                stroke,
            } => format!("circle {} r{radius:.1}{}", p(centre), paint(*fill, *stroke)),
            Self::Text {
                at,
                text,
                size,
                weight,
                align,
                ink,
                ..
            } => format!(
                "text {} {text:?} {size:.1} {weight:?} {align:?} {}",
                p(at),
                i(ink)
            ),
            Self::Icon { at, size, id, ink } => {
                format!("icon {} {id} {size:.1} {}", p(at), i(ink))
            }
        }
    }
}

fn p(at: &Point) -> String {
    format!("{:.1},{:.1}", at.x, at.y)
}

fn b(rect: &Rect) -> String {
    format!("{:.1},{:.1} {:.1}x{:.1}", rect.x, rect.y, rect.w, rect.h)
}

fn i(ink: &Ink) -> String {
    if ink.alpha >= 0.995 {
        format!("{:?}", ink.tone)
    } else {
        format!("{:?}@{:.2}", ink.tone, ink.alpha)
    }
}

fn paint(fill: Option<Ink>, stroke: Option<Stroke>) -> String {
    let mut out = String::new();
    if let Some(ink) = fill {
        let _ = write!(out, " fill {}", i(&ink));
    }
    if let Some(stroke) = stroke {
        let dashed = if stroke.dashed { " dashed" } else { "" };
        let _ = write!(out, " edge {} {:.1}{dashed}", i(&stroke.ink), stroke.width);
    }
    out
}
