//! A display list as SVG: for saved pictures, and to look at what tests draw.

use super::icons;
use super::list::{Align, DisplayList, Op, Stroke, Weight};
use super::shapes::{Point, Rect};
use super::theme::{Ink, Theme, Tone};
use std::fmt::Write as _;

/// The fonts of the page.
pub const FONTS: &str = "Inter, system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif";

/// The whole list as one SVG document of this size.
#[must_use]
pub fn svg(list: &DisplayList, width: f64, height: f64, theme: Theme) -> String {
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" \
         viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{FONTS}\" \
         style=\"font-variant-numeric:tabular-nums\">\n"
    );
    let ground = Tone::Ground.alpha(1.0).css(theme);
    let _ = writeln!(
        out,
        "<rect width=\"{width:.0}\" height=\"{height:.0}\" fill=\"{ground}\"/>\
         <defs><filter id=\"shadow\" x=\"-20%\" y=\"-20%\" width=\"140%\" height=\"140%\">\
         <feDropShadow dx=\"0\" dy=\"1.5\" stdDeviation=\"2.5\" flood-opacity=\"0.12\"/></filter></defs>"
    );
    let writer = Writer {
        theme,
        width,
        height,
    };
    for op in list.resting.iter().chain(&list.moving) {
        writer.op(op, &mut out);
    }
    out.push_str("</svg>\n");
    out
}

struct Writer {
    theme: Theme,
    width: f64,
    height: f64,
}

impl Writer {
    fn op(&self, op: &Op, out: &mut String) {
        let line = match op {
            Op::Dots { at, step, ink } => self.dots(*at, *step, *ink),
            Op::RoundRect {
                rect,
                radius,
                fill,
                stroke,
                shadow,
            } => {
                let shadow = if *shadow {
                    " filter=\"url(#shadow)\""
                } else {
                    ""
                };
                format!(
                    "<rect {} rx=\"{radius:.2}\"{}{shadow}/>",
                    size(rect),
                    self.paint(*fill, *stroke)
                )
            }
            Op::Rect { rect, fill } => {
                format!("<rect {}{}/>", size(rect), self.paint(Some(*fill), None))
            }
            Op::Line { from, to, stroke } => {
                format!(
                    "<path d=\"M{}L{}\"{}/>",
                    p(from),
                    p(to),
                    self.paint(None, Some(*stroke))
                )
            }
            Op::Bezier { cubic, stroke } => format!(
                "<path d=\"M{}C{} {} {}\"{}/>",
                p(&cubic.from),
                p(&cubic.c1),
                p(&cubic.c2),
                p(&cubic.to),
                self.paint(None, Some(*stroke))
            ),
            Op::Polyline {
                points,
                closed,
                fill,
                stroke,
            } => {
                let points: Vec<_> = points.iter().map(p).collect();
                let close = if *closed { "z" } else { "" };
                let d = points.join("L");
                format!("<path d=\"M{d}{close}\"{}/>", self.paint(*fill, *stroke))
            }
            Op::Circle {
                centre,
                radius,
                fill,
                stroke,
            } => format!(
                "<circle cx=\"{:.2}\" cy=\"{:.2}\" r=\"{radius:.2}\"{}/>",
                centre.x,
                centre.y,
                self.paint(*fill, *stroke)
            ),
            Op::Text { .. } => self.text(op),
            Op::Icon { at, size, id, ink } => self.icon(*at, *size, id, *ink),
        };
        out.push_str(&line);
        out.push('\n');
    }

    fn paint(&self, fill: Option<Ink>, stroke: Option<Stroke>) -> String {
        let fill = fill.map_or_else(|| "none".to_owned(), |ink| ink.css(self.theme));
        let mut out = format!(" fill=\"{fill}\"");
        if let Some(stroke) = stroke {
            let ink = stroke.ink.css(self.theme);
            let _ = write!(
                out,
                " stroke=\"{ink}\" stroke-width=\"{:.2}\"",
                stroke.width
            );
            if stroke.dashed {
                out.push_str(" stroke-dasharray=\"4 4\"");
            }
            out.push_str(" stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
        out
    }

    fn dots(&self, at: Point, step: f64, ink: Ink) -> String {
        let mut d = String::new();
        for (x, y) in dots(at, step, self.width, self.height) {
            let _ = write!(d, "M{x:.0} {y:.0}h1v1h-1z");
        }
        format!("<path d=\"{d}\" fill=\"{}\"/>", ink.css(self.theme))
    }

    fn text(&self, op: &Op) -> String {
        let Op::Text {
            at,
            text,
            size,
            weight,
            align,
            ink,
            ..
        } = op
        else {
            return String::new();
        };
        let anchor = match align {
            Align::Left => "start",
            Align::Centre => "middle",
            Align::Right => "end",
        };
        let weight = match weight {
            Weight::Regular => 400,
            Weight::Bold => 600,
        };
        format!(
            "<text x=\"{:.2}\" y=\"{:.2}\" font-size=\"{size:.2}\" font-weight=\"{weight}\" \
             text-anchor=\"{anchor}\" fill=\"{}\">{}</text>",
            at.x,
            at.y,
            ink.css(self.theme),
            escaped(text)
        )
    }

    fn icon(&self, at: Point, size: f64, id: &str, ink: Ink) -> String {
        let d = icons::paths(id).join(" ");
        format!(
            "<path transform=\"translate({:.2} {:.2}) scale({:.4})\" d=\"{d}\" fill=\"none\" \
             stroke=\"{}\" stroke-width=\"{}\" stroke-linecap=\"round\" \
             stroke-linejoin=\"round\"/>",
            at.x,
            at.y,
            size / icons::SIZE,
            ink.css(self.theme),
            icons::STROKE
        )
    }
}

/// Corners of the dots that lie on a stage.
pub fn dots(at: Point, step: f64, width: f64, height: f64) -> impl Iterator<Item = (f64, f64)> {
    let step = step.max(4.0);
    let first = |start: f64| start - libm::floor(start / step) * step;
    let (x0, y0) = (first(at.x), first(at.y));
    let count = move |from: f64, to: f64| ((to - from) / step).max(0.0) as u32 + 1;
    (0..count(y0, height)).flat_map(move |row| {
        (0..count(x0, width)).map(move |column| {
            let x = x0 + f64::from(column) * step;
            let y = y0 + f64::from(row) * step;
            (libm::round(x), libm::round(y))
        })
    })
}

fn p(at: &Point) -> String {
    format!("{:.2} {:.2}", at.x, at.y)
}

fn size(rect: &Rect) -> String {
    format!(
        "x=\"{:.2}\" y=\"{:.2}\" width=\"{:.2}\" height=\"{:.2}\"",
        rect.x, rect.y, rect.w, rect.h
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
