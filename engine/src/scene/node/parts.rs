//! What all cards have: the card itself, the stripe of its family, its head, the flag of its state.

use super::Subject;
use crate::catalog::Family;
use crate::scene::hit::Target;
use crate::scene::list::{Stroke, Weight};
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;
use crate::services::gauges::State;

/// The card with its edge, which tells the state, and the stripe of its family.
pub(super) fn card(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let (rect, state) = (subject.place.rect, subject.node.gauges.state);
    let chosen = subject.stage.selection == Some(Target::Node(subject.node.id));
    if chosen {
        let ring = Stroke::solid(Tone::Accent, 2.0);
        pen.resting()
            .round(rect.grown(4.0), 13.0, None, Some(ring), false);
    }
    let hovered = subject.stage.hover.and_then(Target::node) == Some(subject.node.id);
    let edge = match state {
        State::Calm if hovered => Stroke::solid(Tone::Muted, 1.2),
        State::Calm => Stroke::solid(Tone::Line, 1.0),
        State::Busy => Stroke::solid(Tone::Busy, 1.6),
        State::Behind => Stroke::dashed(Tone::Behind, 2.0),
        State::Refusing => Stroke::solid(Tone::Bad, 2.0),
        State::Down => Stroke::solid(Tone::Text, 2.4),
    };
    let fill = if state == State::Down {
        Tone::Soft
    } else {
        Tone::Panel
    };
    pen.resting()
        .round(rect, 10.0, Some(fill.into()), Some(edge), true);
    if state == State::Down {
        let line = Stroke::solid(Tone::Line, 1.5);
        hatch(rect.grown(-3.0), 12.0, line, pen);
    }
    stripe(rect, subject.node.kind.entry().family, pen);
}

/// Slanting lines over what does not answer.
pub(super) fn hatch(rect: Rect, step: f64, stroke: Stroke, pen: &mut Pen<'_>) {
    let mut along = step;
    while along < rect.w + rect.h {
        let top = Point::new(
            rect.x + along.min(rect.w),
            rect.y + (along - rect.w).max(0.0),
        );
        let low = Point::new(
            rect.x + (along - rect.h).max(0.0),
            rect.y + along.min(rect.h),
        );
        pen.resting().line(top, low, stroke);
        along += step;
    }
}

/// One shape for each family: a post at the left, banks on both sides of a stream, a lintel over
/// the door of what computes, a floor under what keeps, parcels in a row for messages.
fn stripe(rect: Rect, family: Family, pen: &mut Pen<'_>) {
    let ink = Tone::Family(family);
    let post = |x: f64| Rect::new(x, rect.y + 10.0, 4.0, rect.h - 20.0);
    pen.resting();
    match family {
        Family::Sources | Family::Workbench => pen.fill(post(rect.x), 2.0, ink),
        Family::Streams => {
            pen.fill(post(rect.x), 2.0, ink);
            pen.fill(post(rect.right() - 4.0), 2.0, ink);
        }
        Family::Compute => {
            pen.fill(Rect::new(rect.x + 10.0, rect.y, 30.0, 4.0), 2.0, ink);
        }
        Family::Storage => {
            let y = rect.bottom() - 4.0;
            pen.fill(Rect::new(rect.x + 12.0, y, rect.w - 24.0, 4.0), 2.0, ink);
        }
        Family::Messaging => {
            let step = (rect.h - 20.0) / 4.0;
            for k in 0..4 {
                let y = rect.y + 10.0 + step * f64::from(k);
                pen.fill(Rect::new(rect.x, y, 4.0, step - 3.0), 2.0, ink);
            }
        }
    }
}

/// Icon, name, and what it is.
pub(super) fn head(subject: &Subject<'_>, sub: &str, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    let (top, x) = if subject.compact {
        (10.0, 32.0)
    } else {
        (11.0, 38.0)
    };
    let size = if subject.compact { 16.0 } else { 20.0 };
    let family = Tone::Family(entry.family);
    pen.resting()
        .icon(subject.at(11.0, top), size, entry.id, family);
    let title = subject.name();
    pen.text(
        subject.at(x, top + 11.0),
        subject.room(x),
        title,
        Style::TITLE,
    );
    if !sub.is_empty() {
        pen.text(subject.at(x, top + 24.0), subject.room(x), sub, Style::SUB);
    }
}

/// The state in a word and a sign, on the upper edge: filled where something is the matter.
pub(super) fn flag(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let state = subject.node.gauges.state;
    let word = subject.stage.words.state(state);
    let calm = state == State::Calm;
    let (size, height) = if calm { (9.5, 15.0) } else { (11.0, 18.0) };
    let ink = if calm { Tone::Muted } else { Tone::OnState };
    let mut style = Style::FIGURE.size(size).ink(ink);
    if calm {
        style.weight = Weight::Regular;
    }
    let width = pen.width(&word, style) + size + 15.0;
    let rect = subject.place.rect;
    let plate = Rect::new(
        rect.right() - 12.0 - width,
        rect.y - height / 2.0,
        width,
        height,
    );
    let edge = calm.then(|| Stroke::solid(Tone::Line, 1.0));
    let fill = if calm {
        Tone::Panel
    } else {
        Tone::state(state)
    };
    pen.resting()
        .round(plate, height / 2.0, Some(fill.into()), edge, false);
    let middle = plate.centre().y;
    sign(
        state,
        Point::new(plate.x + 6.0 + size / 2.0, middle),
        size * 0.42,
        ink,
        1.5,
        pen,
    );
    let at = Point::new(plate.x + 10.0 + size, middle + size * 0.36);
    pen.text(at, width - size - 12.0, &word, style);
}

/// The sign of a state, in a circle of radius `r`, of lines of this width.
pub(in crate::scene) fn sign(
    state: State,
    at: Point,
    r: f64,
    ink: Tone,
    width: f64,
    pen: &mut Pen<'_>,
) {
    let stroke = Stroke::solid(ink, width);
    let point = |x: f64, y: f64| Point::new(at.x + x * r, at.y + y * r);
    match state {
        State::Calm => pen.circle(at, r * 0.8, None, Some(Stroke::solid(ink, 1.0))),
        State::Busy => {
            let up = [point(-1.0, 0.8), point(0.0, -1.0), point(1.0, 0.8)];
            pen.poly(&up, Some(ink.into()), None);
        }
        State::Behind => {
            pen.circle(at, r, None, Some(stroke));
            pen.poly(&[point(0.0, -0.6), at, point(0.5, 0.3)], None, Some(stroke));
        }
        State::Refusing => {
            pen.line(point(-0.8, -0.8), point(0.8, 0.8), stroke);
            pen.line(point(-0.8, 0.8), point(0.8, -0.8), stroke);
        }
        State::Down => {
            let rect = Rect::new(at.x - r * 0.8, at.y - r * 0.8, r * 1.6, r * 1.6);
            pen.fill(rect, 1.0, ink);
        }
    }
}
