//! Nodes: a card each, with what its look shows inside.

mod card;
mod heat;
mod lanes;
mod parts;
mod source;
mod total;

use super::Stage;
use super::geometry::{Look, NodeBox};
use super::hit::Target;
use super::list::Stroke;
use super::pen::{Pen, Style};
use super::shapes::{Point, Rect};
use super::theme::Tone;
use crate::run::frame::NodeFrame;

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
    parts::card(&subject, pen);
    match place.look {
        Look::Source => source::draw(&subject, pen),
        Look::Lanes => lanes::draw(&subject, pen),
        Look::Card => card::draw(&subject, pen),
        Look::Total => total::draw(&subject, pen),
    }
    parts::flag(&subject, pen);
}

/// Draws the badges of refusals over the lanes that they belong to.
pub(super) fn badges(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    for place in &stage.geometry.nodes {
        let Some(grid) = place.lanes.as_ref().filter(|grid| grid.has_rows()) else {
            continue;
        };
        for (cell, lane) in grid.ids.iter().enumerate() {
            let Some((refusal, seen)) = stage.motion.badge(place.id, *lane) else {
                continue;
            };
            let asked = [stage.hover, stage.selection]
                .iter()
                .flatten()
                .any(|target| *target == Target::Badge(place.id, *lane));
            let seen = if asked { 1.0 } else { seen };
            if seen > 0.02 {
                badge(grid, cell, &stage.words.refusal(&refusal), seen, pen);
            }
        }
    }
}

/// Sizes that the words of a badge may take, largest first.
const BADGE_SIZES: [f64; 4] = [10.5, 10.0, 9.5, 9.0];

fn badge(grid: &super::geometry::LaneGrid, cell: usize, text: &str, seen: f64, pen: &mut Pen<'_>) {
    let row = grid.cell(cell);
    let room = grid.badge(cell).x - row.x - 8.0;
    let height = grid.badge(cell).h + 1.0;
    let ink = Tone::Bad.alpha(seen);
    let style = |size| Style::FIGURE.size(size).ink(ink);
    let size = BADGE_SIZES
        .into_iter()
        .find(|size| *size <= height - 5.0 && pen.width(text, style(*size)) <= room - 14.0)
        .unwrap_or(BADGE_SIZES[BADGE_SIZES.len() - 1]);
    let style = style(size);
    let width = pen.width(text, style).min(room - 14.0);
    let plate = Rect::new(
        row.x + 4.0,
        row.y + (row.h - height) / 2.0,
        width + 14.0,
        height,
    );
    let edge = Stroke::solid(Tone::Bad.alpha(seen), 1.0);
    let fill = Tone::BadSoft.alpha(seen);
    pen.moving()
        .round(plate, height / 2.0, Some(fill), Some(edge), false);
    let at = Point::new(plate.x + 7.0, plate.centre().y + size * 0.36);
    pen.text(at, room - 13.0, text, style);
}
