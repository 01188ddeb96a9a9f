//! A display list as JSON: each operation with all that a call of a 2d context needs, for the baseline in JavaScript.

use crate::strings::{font, stepped};
use millrace_engine::scene::icons;
use millrace_engine::scene::list::{Align, Op, Stroke};
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::svg::dots;
use millrace_engine::scene::theme::{Ink, Theme, Tone};

/// The operations as an array of objects.
pub(crate) fn json<'a>(ops: impl Iterator<Item = &'a Op>, size: (f64, f64)) -> String {
    let ground = format!(
        r#"{{"kind":"rect","x":0,"y":0,"w":{},"h":{},"fill":"{}"}}"#,
        size.0,
        size.1,
        css(Tone::Ground.into())
    );
    let all: Vec<String> = std::iter::once(ground)
        .chain(ops.map(|op| one(op, size)))
        .collect();
    format!("[{}]", all.join(","))
}

fn css(ink: Ink) -> String {
    ink.css(Theme::Light)
}

fn look(fill: Option<Ink>, stroke: Option<Stroke>) -> String {
    let fill = fill.map_or(String::new(), |ink| format!(r#","fill":"{}""#, css(ink)));
    let stroke = stroke.map_or(String::new(), |stroke| {
        format!(
            r#","stroke":"{}","width":{},"dashed":{}"#,
            css(stroke.ink),
            stroke.width,
            stroke.dashed
        )
    });
    fill + &stroke
}

fn points(all: &[Point]) -> String {
    let all: Vec<String> = all
        .iter()
        .map(|at| format!("[{},{}]", at.x, at.y))
        .collect();
    all.join(",")
}

fn one(op: &Op, size: (f64, f64)) -> String {
    match op {
        Op::Dots { at, step, ink } => grid(*at, *step, *ink, size),
        Op::RoundRect {
            rect,
            radius,
            fill,
            stroke,
            shadow,
        } => round(rect, *radius, &look(*fill, *stroke), *shadow),
        Op::Rect { rect, fill } => {
            let look = look(Some(*fill), None);
            format!(r#"{{"kind":"rect",{}{look}}}"#, place(rect))
        }
        Op::Line { from, to, stroke } => path(&[*from, *to], false, None, Some(*stroke)),
        Op::Bezier { cubic, stroke } => format!(
            r#"{{"kind":"curve","at":[{}]{}}}"#,
            points(&[cubic.from, cubic.c1, cubic.c2, cubic.to]),
            look(None, Some(*stroke))
        ),
        Op::Polyline {
            points,
            closed,
            fill,
            stroke,
        } => path(points, *closed, *fill, *stroke),
        Op::Circle {
            centre,
            radius,
            fill,
            stroke,
        } => format!(
            r#"{{"kind":"circle","x":{},"y":{},"r":{radius}{}}}"#,
            centre.x,
            centre.y,
            look(*fill, *stroke)
        ),
        Op::Text { .. } => text(op),
        Op::Icon { at, size, id, ink } => icon(*at, *size, id, *ink),
    }
}

fn place(rect: &Rect) -> String {
    let Rect { x, y, w, h } = rect;
    format!(r#""x":{x},"y":{y},"w":{w},"h":{h}"#)
}

fn grid(at: Point, step: f64, ink: Ink, (width, height): (f64, f64)) -> String {
    let all: Vec<String> = dots(at, step, width, height)
        .into_iter()
        .map(|(x, y)| format!("[{x},{y}]"))
        .collect();
    let (all, look) = (all.join(","), look(Some(ink), None));
    format!(r#"{{"kind":"dots","at":[{all}]{look}}}"#)
}

fn round(rect: &Rect, radius: f64, look: &str, shadow: bool) -> String {
    let shadow = if shadow {
        format!(r#""{}""#, css(Tone::Shadow.alpha(0.16)))
    } else {
        "null".to_owned()
    };
    let place = place(rect);
    format!(r#"{{"kind":"round",{place},"r":{radius},"shadow":{shadow}{look}}}"#)
}

fn text(op: &Op) -> String {
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
        return "null".to_owned();
    };
    let align = match align {
        Align::Left => "left",
        Align::Centre => "center",
        Align::Right => "right",
    };
    let font = font(stepped(*size), *weight).replace('"', "'");
    let (Point { x, y }, look) = (at, look(Some(*ink), None));
    format!(
        r#"{{"kind":"text","x":{x},"y":{y},"text":{text:?},"font":"{font}","align":"{align}"{look}}}"#
    )
}

fn icon(Point { x, y }: Point, size: f64, id: &str, ink: Ink) -> String {
    format!(
        r#"{{"kind":"icon","x":{x},"y":{y},"scale":{},"paths":{:?},"stroke":"{}","width":{}}}"#,
        size / icons::SIZE,
        icons::paths(id),
        css(ink),
        icons::STROKE
    )
}

fn path(all: &[Point], closed: bool, fill: Option<Ink>, stroke: Option<Stroke>) -> String {
    format!(
        r#"{{"kind":"path","at":[{}],"closed":{closed}{}}}"#,
        points(all),
        look(fill, stroke)
    )
}
