//! Nodes: a card each, with what its look shows inside.

mod card;
mod far;
mod heat;
mod lanes;
mod near;
mod parts;
mod source;
mod strip;
mod total;

pub(super) use parts::sign;
pub(super) use strip::has_inside;

use super::Stage;
use super::detail::Detail;
use super::geometry::{LaneGrid, Look, NodeBox};
use super::hit::Target;
use super::list::Stroke;
use super::pen::{Pen, Style};
use super::shapes::{Point, Rect};
use super::theme::Tone;
use crate::run::frame::NodeFrame;
use crate::services::talk::NodeId;

/// A node about to be drawn.
pub(super) struct Subject<'a> {
    pub(super) stage: &'a Stage<'a>,
    pub(super) node: &'a NodeFrame,
    pub(super) place: &'a NodeBox,
    pub(super) compact: bool,
}

impl Subject<'_> {
    /// Its name, as people call it.
    fn name(&self) -> &str {
        let given = self.stage.names.get(&*self.node.name);
        given.map_or(&*self.node.name, String::as_str)
    }

    /// A point by its distance from the card's upper left corner.
    fn at(&self, x: f64, y: f64) -> Point {
        Point::new(self.place.rect.x + x, self.place.rect.y + y)
    }

    /// The ink of a reading's figure: fainter where it is not of the time shown.
    fn ink(&self, reading: &str) -> Tone {
        if self.stage.frame.knows(reading) {
            Tone::Text
        } else {
            Tone::Muted
        }
    }

    /// The room from `x` to the card's inner right edge.
    fn room(&self, x: f64) -> f64 {
        self.place.rect.w - x - 10.0
    }
}

/// Draws one node.
pub(super) fn draw(stage: &Stage<'_>, node: &NodeFrame, place: &NodeBox, pen: &mut Pen<'_>) {
    let subject = Subject {
        stage,
        node,
        place,
        compact: stage.geometry.mode == super::Mode::Compact,
    };
    if Detail::of(stage.camera.zoom) == Detail::Far {
        far::draw(&subject, pen);
        return;
    }
    parts::card(&subject, pen);
    match place.look {
        Look::Source => source::draw(&subject, pen),
        Look::Lanes => lanes::draw(&subject, pen),
        Look::Card => card::draw(&subject, pen),
        Look::Total => total::draw(&subject, pen),
    }
    parts::flag(&subject, pen);
}

/// Draws the newest refusal of each node in words, at its place above the lanes, and marks its lane.
pub(super) fn badges(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    if Detail::of(stage.camera.zoom) == Detail::Far {
        return;
    }
    let asked = |id: NodeId| {
        let targets = [stage.hover, stage.selection];
        targets.into_iter().flatten().find_map(|target| {
            let Target::Badge(at, lane) = target else {
                return None;
            };
            let (refusal, _) = stage.motion.badge(id, lane)?;
            (at == id).then_some((lane, refusal, 1.0))
        })
    };
    let view = stage.camera.view();
    for (frame, place) in stage.frame.nodes.iter().zip(&stage.geometry.nodes) {
        let Some(grid) = place.lanes.as_ref().filter(|_| place.rect.overlaps(&view)) else {
            continue;
        };
        let shown = asked(place.id).or_else(|| stage.motion.newest_badge(place.id));
        if let Some((lane, refusal, seen)) = shown.filter(|(_, _, seen)| *seen > 0.02) {
            let words = stage.words;
            let word = words.lane(frame.kind.entry().id);
            let number = lane.to_string();
            let why = words.refusal(&refusal);
            let values = [("word", &*word), ("n", &*number), ("why", &*why)];
            plate(grid, &words.fill("stage.refusal", &values), seen, pen);
            mark(grid, lane, seen, pen);
        }
    }
}

/// Sizes that the words of a badge may take, largest first.
const BADGE_SIZES: [f64; 4] = [10.5, 10.0, 9.5, 9.0];

fn plate(grid: &LaneGrid, text: &str, seen: f64, pen: &mut Pen<'_>) {
    let place = grid.plate;
    let room = place.w - 16.0;
    let style = |size| Style::FIGURE.size(size).ink(Tone::Bad.alpha(seen));
    let size = BADGE_SIZES
        .into_iter()
        .find(|size| pen.width(text, style(*size)) <= room)
        .unwrap_or(BADGE_SIZES[BADGE_SIZES.len() - 1]);
    let width = pen.width(text, style(size)).min(room);
    let plate = Rect::new(place.x, place.y, width + 16.0, place.h);
    let edge = Stroke::solid(Tone::Bad.alpha(seen), 1.0);
    let fill = Tone::BadSoft.alpha(seen);
    pen.moving()
        .round(plate, place.h / 2.0, Some(fill), Some(edge), false);
    let at = Point::new(plate.x + 8.0, plate.centre().y + size * 0.36);
    pen.text(at, room + 1.0, text, style(size));
}

/// A line around the figure of the lane that the badge speaks of.
fn mark(grid: &LaneGrid, lane: u32, seen: f64, pen: &mut Pen<'_>) {
    let Some(cell) = grid.index(lane).map(|ix| ix / grid.per_cell) else {
        return;
    };
    let edge = Stroke::solid(Tone::Bad.alpha(seen), 1.2);
    let (rect, round) = if grid.has_rows() {
        let figure = grid.badge(cell);
        (figure, figure.h / 2.0)
    } else {
        (grid.cell(cell), 2.0)
    };
    pen.moving().round(rect, round, None, Some(edge), false);
}
