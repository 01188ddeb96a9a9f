//! A node from far away: the sign of its service in a ring that shows its load, its state by edge,
//! ground, sign and word, its name where that can be read. Edges, signs and words keep their size on
//! the screen.

use super::{Subject, parts};
use crate::scene::hit::Target;
use crate::scene::list::Stroke;
use crate::scene::pen::{Pen, Style};
use crate::scene::shapes::{Point, Rect};
use crate::scene::theme::Tone;
use crate::services::gauges::State;

/// Height of a name [px].
const NAME: f64 = 11.0;
/// Room for a name at the lower edge [px].
const NAME_LINE: f64 = 15.0;
/// A card lower than this has no room for one [px].
const NAMED_FROM: f64 = 38.0;
/// A name is cut off, but not to less than this [px].
const NAME_MIN: f64 = 40.0;
/// The largest ring [world units].
const RING_MAX: f64 = 72.0;
/// A ring smaller than this says nothing [px].
const RING_MIN: f64 = 7.0;
/// Lines of which a whole ring is made.
const RING_STEPS: f64 = 40.0;
/// Radius of a state's sign [px].
const SIGN: f64 = 5.0;
/// Height of the letters of a state [px].
const WORD: f64 = 9.5;

/// Draws the node.
pub(super) fn draw(subject: &Subject<'_>, pen: &mut Pen<'_>) {
    let px = 1.0 / pen.camera.zoom;
    card(subject, px, pen);
    let mut room = subject.place.rect.grown(-3.0 * px);
    if name(subject, px, pen) {
        room.h -= NAME_LINE * px - 3.0 * px;
    }
    ring(subject, room, px, pen);
    state(subject, px, pen);
}

/// The card: ground and edge tell the state, the edge of a state is wider than that of rest.
fn card(subject: &Subject<'_>, px: f64, pen: &mut Pen<'_>) {
    let (rect, state) = (subject.place.rect, subject.node.gauges.state);
    pen.resting();
    if subject.stage.selection.and_then(Target::node) == Some(subject.node.id) {
        let chosen = Stroke::solid(Tone::Accent, 2.0 * px);
        pen.round(rect.grown(3.5 * px), 13.0, None, Some(chosen), false);
    }
    let hovered = subject.stage.hover.and_then(Target::node) == Some(subject.node.id);
    let (fill, mut edge) = match state {
        State::Calm if hovered => (Tone::Panel, Stroke::solid(Tone::Muted, 1.4)),
        State::Calm => (Tone::Panel, Stroke::solid(Tone::Line, 1.0)),
        State::Busy => (Tone::Panel, Stroke::solid(Tone::Busy, 2.0)),
        State::Behind => (Tone::Panel, Stroke::dashed(Tone::Behind, 2.4)),
        State::Refusing => (Tone::BadSoft, Stroke::solid(Tone::Bad, 3.0)),
        State::Down => (Tone::Soft, Stroke::solid(Tone::Text, 3.0)),
    };
    edge.width *= px;
    pen.round(rect, 10.0, Some(fill.into()), Some(edge), false);
    if state == State::Down {
        let line = Stroke::solid(Tone::Line, 2.0 * px);
        parts::hatch(rect.grown(-3.0 * px), 9.0 * px, line, pen);
    }
}

/// The name at the lower edge; whether there is one.
fn name(subject: &Subject<'_>, px: f64, pen: &mut Pen<'_>) -> bool {
    let rect = subject.place.rect;
    let style = Style::TITLE.size(NAME * px).centre();
    let room = rect.w - 10.0 * px;
    let fits = room >= NAME_MIN * px || pen.width(subject.name(), style) <= room;
    if rect.h < NAMED_FROM * px || !fits {
        return false;
    }
    let at = Point::new(rect.centre().x, rect.bottom() - 5.0 * px);
    pen.resting().text(at, room, subject.name(), style);
    true
}

/// The sign of the service, and around it how much of its limit is used.
fn ring(subject: &Subject<'_>, room: Rect, px: f64, pen: &mut Pen<'_>) {
    let entry = subject.node.kind.entry();
    let family = Tone::Family(entry.family);
    let centre = room.centre();
    let radius = (room.w.min(room.h) / 2.0).min(RING_MAX);
    let shown = radius >= RING_MIN * px;
    let size = if shown { radius * 1.08 } else { radius * 1.8 };
    let corner = Point::new(centre.x - size / 2.0, centre.y - size / 2.0);
    pen.resting().icon(corner, size, entry.id, family);
    if !shown {
        return;
    }
    let width = (radius * 0.16).max(2.0 * px);
    let radius = radius - width / 2.0;
    let track = Stroke::solid(Tone::Line, width);
    pen.circle(centre, radius, None, Some(track));
    let ink = match subject.node.gauges.state {
        State::Calm => family,
        other => Tone::state(other),
    };
    let share = load(subject).clamp(0.0, 1.0);
    if share > 0.01 {
        let arc = arc(centre, radius, share);
        pen.moving()
            .poly(&arc, None, Some(Stroke::solid(ink, width)));
    }
}

/// Of lanes that of the fullest, what it refused included.
fn load(subject: &Subject<'_>) -> f64 {
    let Some(bars) = subject.stage.motion.bars(subject.node.id) else {
        return 0.0;
    };
    let lanes = bars.lanes.iter().map(|lane| lane.load + lane.excess);
    lanes.reduce(f64::max).unwrap_or(0.0).max(bars.load)
}

/// A share of a circle, from the top clockwise.
fn arc(centre: Point, radius: f64, share: f64) -> Vec<Point> {
    let steps = libm::ceil(RING_STEPS * share).max(1.0) as u32;
    (0..=steps)
        .map(|k| {
            let turn = share * f64::from(k) / f64::from(steps) * std::f64::consts::TAU;
            Point::new(
                centre.x + radius * libm::sin(turn),
                centre.y - radius * libm::cos(turn),
            )
        })
        .collect()
}

/// The sign of a state that is not calm, on the upper edge, with its word where there is room.
fn state(subject: &Subject<'_>, px: f64, pen: &mut Pen<'_>) {
    let state = subject.node.gauges.state;
    if state == State::Calm {
        return;
    }
    let rect = subject.place.rect;
    let sign = (SIGN * px).min(rect.h * 0.24);
    let (height, pad) = (3.2 * sign, 1.5 * sign);
    let word = subject.stage.words.state(state);
    let style = Style::FIGURE.size(WORD * px).ink(Tone::OnState);
    let words = pen.width(&word, style) + 4.0 * px;
    let told = 2.0 * pad + words <= rect.w - 6.0 * px && sign >= SIGN * px - 1e-9;
    let width = 2.0 * pad + if told { words } else { 0.0 };
    let plate = Rect::new(
        rect.right() - 3.0 * px - width,
        rect.y - height * 0.65,
        width,
        height,
    );
    let fill = Tone::state(state).into();
    let gap = Stroke::solid(Tone::Ground, 1.5 * px);
    pen.resting()
        .round(plate, height / 2.0, Some(fill), Some(gap), false);
    let middle = plate.centre().y;
    let at = Point::new(plate.x + pad, middle);
    parts::sign(state, at, sign, Tone::OnState, 1.6 * px, pen);
    if told {
        let at = Point::new(plate.x + 2.0 * pad, middle + WORD * px * 0.36);
        pen.text(at, words, &word, style);
    }
}
