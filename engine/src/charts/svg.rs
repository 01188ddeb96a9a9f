//! A display list as SVG: for a file that someone takes with them, and for tests that look at the picture.

use std::fmt::Write;

use super::list::{Anchor, Ink, List, Op, Text, Token};

/// The list as a complete SVG document. `color` gives the CSS colour of a token.
#[must_use]
pub fn svg(list: &List, color: &dyn Fn(Token) -> String) -> String {
    let (width, height) = (list.width, list.height);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" font-family=\"Inter, system-ui, sans-serif\">\n"
    );
    for op in &list.ops {
        // Writing into a string cannot fail.
        let _ = write_op(&mut out, list, op, color);
    }
    out.push_str("</svg>\n");
    out
}

fn write_op(
    out: &mut String,
    list: &List,
    op: &Op,
    color: &dyn Fn(Token) -> String,
) -> std::fmt::Result {
    let paint = |kind: &str, ink: &Ink| {
        let mut paint = format!("{kind}=\"{}\"", color(ink.token));
        if ink.alpha < 1.0 {
            let _ = write!(paint, " {kind}-opacity=\"{}\"", ink.alpha);
        }
        paint
    };
    match op {
        Op::Path {
            from,
            to,
            width,
            ink,
        } => {
            let (points, paint) = (points(list, *from, *to), paint("stroke", ink));
            writeln!(
                out,
                "<polyline points=\"{points}\" fill=\"none\" {paint} stroke-width=\"{width}\" \
                 stroke-linejoin=\"round\"/>"
            )
        }
        Op::Fill { from, to, ink } => {
            let (points, paint) = (points(list, *from, *to), paint("fill", ink));
            writeln!(out, "<polygon points=\"{points}\" {paint}/>")
        }
        Op::Rect { x, y, w, h, ink } => {
            let paint = paint("fill", ink);
            writeln!(
                out,
                "<rect x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\" {paint}/>"
            )
        }
        Op::Disc { x, y, r, ink } => {
            let paint = paint("fill", ink);
            writeln!(out, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" {paint}/>")
        }
        Op::Text(text) => write_text(out, text, &paint("fill", &text.ink)),
    }
}

fn write_text(out: &mut String, text: &Text, paint: &str) -> std::fmt::Result {
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let bold = if text.bold {
        " font-weight=\"600\""
    } else {
        ""
    };
    let words = text
        .words
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    writeln!(
        out,
        "<text x=\"{}\" y=\"{}\" font-size=\"{}\"{bold} text-anchor=\"{anchor}\" \
         dominant-baseline=\"central\" {paint}>{words}</text>",
        text.x, text.y, text.size
    )
}

fn points(list: &List, from: u32, to: u32) -> String {
    let mut out = String::new();
    for (x, y) in list.points_of(from, to) {
        let _ = write!(out, "{x},{y} ");
    }
    out.truncate(out.trim_end().len());
    out
}
