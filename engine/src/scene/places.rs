//! The shop and the bank as places: a quiet backdrop behind everything, and the areas in it that
//! services can be dropped into.
//!
//! ```text
//! shop   tills | aisles   | stock room | back office     sources | streams, messages |
//! bank   terminals | branches | fraud desk | vault         | compute | storage
//! ```
//! The areas stand where designs that nobody has placed by hand set their columns out. What is drawn
//! is fainter than dots and wires, and fainter still where nothing stands.

mod sketch;

use super::geometry::{Geometry, Mode};
use super::list::Stroke;
use super::pen::{Pen, Style};
use super::shapes::{Point, Rect};
use super::theme::Tone;
use super::{Detail, Stage};
use crate::catalog::Family;
use crate::design::World;
use sketch::{Motif, Sketch};

/// Upper edge and height of all areas [world units].
const TOP: f64 = -300.0;
const HEIGHT: f64 = 600.0;
/// Upper strip of an area, which holds its name and a drawing; cards are dropped below.
const HEAD: f64 = 78.0;
/// Free room that a dropped card keeps to others.
const GAP: f64 = 24.0;
/// How much of the colour of a family the ground has.
const GROUND: f64 = 0.038;
/// Strength of what is drawn, and where nothing stands.
const USED: f64 = 1.0;
const UNUSED: f64 = 0.6;

/// A part of a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Its id.
    pub id: &'static str,
    /// Key of its name in the words of the stage.
    pub key: &'static str,
    /// Where it lies [world units].
    pub rect: Rect,
    /// Families of services that feel at home there.
    pub families: &'static [Family],
    motifs: &'static [Sketch],
}

const fn area(
    [id, key]: [&'static str; 2],
    x: f64,
    width: f64,
    families: &'static [Family],
    motifs: &'static [Sketch],
) -> Area {
    Area {
        id,
        key,
        rect: Rect::new(x, TOP, width, HEIGHT),
        families,
        motifs,
    }
}

const SHOP: &[Area] = &[
    area(
        ["tills", "place.tills"],
        -46.0,
        216.0,
        &[Family::Sources],
        &[
            Sketch::new(Motif::Counter, 20.0, 40.0, 76.0),
            Sketch::new(Motif::Counter, 116.0, 40.0, 76.0),
            Sketch::new(Motif::Counter, 20.0, 548.0, 76.0),
            Sketch::new(Motif::Counter, 116.0, 548.0, 76.0),
        ],
    ),
    area(
        ["aisles", "place.aisles"],
        186.0,
        318.0,
        &[Family::Streams, Family::Messaging],
        &[
            Sketch::new(Motif::Shelf, 24.0, 40.0, 270.0),
            Sketch::new(Motif::Shelf, 24.0, 538.0, 270.0),
        ],
    ),
    area(
        ["stock-room", "place.stock-room"],
        520.0,
        216.0,
        &[Family::Compute, Family::Workbench],
        &[
            Sketch::new(Motif::Boxes, 24.0, 36.0, 78.0),
            Sketch::new(Motif::Boxes, 24.0, 516.0, 78.0),
            Sketch::new(Motif::Boxes, 116.0, 516.0, 78.0),
        ],
    ),
    area(
        ["back-office", "place.back-office"],
        752.0,
        216.0,
        &[Family::Storage],
        &[
            Sketch::new(Motif::Report, 24.0, 36.0, 60.0),
            Sketch::new(Motif::Desk, 100.0, 44.0, 90.0),
            Sketch::new(Motif::Desk, 24.0, 534.0, 90.0),
            Sketch::new(Motif::Report, 134.0, 520.0, 60.0),
        ],
    ),
];

const BANK: &[Area] = &[
    area(
        ["terminals", "place.terminals"],
        -46.0,
        216.0,
        &[Family::Sources],
        &[
            Sketch::new(Motif::Machine, 24.0, 34.0, 36.0),
            Sketch::new(Motif::Machine, 90.0, 34.0, 36.0),
            Sketch::new(Motif::Machine, 156.0, 34.0, 36.0),
            Sketch::new(Motif::Machine, 24.0, 526.0, 36.0),
            Sketch::new(Motif::Machine, 90.0, 526.0, 36.0),
            Sketch::new(Motif::Machine, 156.0, 526.0, 36.0),
        ],
    ),
    area(
        ["branches", "place.branches"],
        186.0,
        318.0,
        &[Family::Streams, Family::Messaging],
        &[
            Sketch::new(Motif::House, 24.0, 30.0, 84.0),
            Sketch::new(Motif::House, 210.0, 30.0, 84.0),
            Sketch::new(Motif::House, 24.0, 522.0, 84.0),
            Sketch::new(Motif::House, 210.0, 522.0, 84.0),
        ],
    ),
    area(
        ["fraud-desk", "place.fraud-desk"],
        520.0,
        216.0,
        &[Family::Compute, Family::Workbench],
        &[
            Sketch::new(Motif::Lens, 24.0, 32.0, 56.0),
            Sketch::new(Motif::Desk, 104.0, 44.0, 90.0),
            Sketch::new(Motif::Desk, 24.0, 534.0, 90.0),
            Sketch::new(Motif::Lens, 140.0, 522.0, 56.0),
        ],
    ),
    area(
        ["vault", "place.vault"],
        752.0,
        216.0,
        &[Family::Storage],
        &[
            Sketch::new(Motif::Safe, 84.0, 24.0, 52.0),
            Sketch::new(Motif::Safe, 24.0, 528.0, 52.0),
            Sketch::new(Motif::Safe, 140.0, 528.0, 52.0),
        ],
    ),
];

/// The areas of a place, from left to right; a bare stage has none.
#[must_use]
pub fn areas(world: World) -> &'static [Area] {
    match world {
        World::None => &[],
        World::Shop => SHOP,
        World::Bank => BANK,
    }
}

/// The areas around a design: higher than they are of themselves where its cards would look over an edge.
pub fn around(world: World, geometry: &Geometry) -> impl Iterator<Item = Area> {
    let cards = geometry.nodes.iter().map(|node| node.rect);
    let all = cards
        .reduce(|all, rect| all.around(&rect))
        .unwrap_or_default();
    let top = TOP.min(all.y - HEAD);
    let bottom = (TOP + HEIGHT).max(all.bottom() + HEAD);
    areas(world).iter().map(move |area| {
        let rect = Rect::new(area.rect.x, top, area.rect.w, bottom - top);
        Area { rect, ..*area }
    })
}

/// The area under a point of the world.
#[must_use]
pub fn at(world: World, geometry: &Geometry, point: Point) -> Option<Area> {
    around(world, geometry).find(|area| area.rect.holds(point))
}

/// The area in which services of a family feel at home.
#[must_use]
pub fn home(world: World, family: Family) -> Option<&'static Area> {
    let mut areas = areas(world).iter();
    areas.find(|area| area.families.contains(&family))
}

impl Area {
    /// The upper left corner of a free place in it for a card of this size, from above, on the grid
    /// of ten; where it is full, the nearest free place below its head.
    #[must_use]
    pub fn slot(&self, geometry: &Geometry, (w, h): (f64, f64)) -> Point {
        let room = self.rect;
        let snap = |value: f64| libm::round(value / 10.0) * 10.0;
        let mut columns = vec![snap(room.centre().x - w / 2.0)];
        if room.w >= 2.0 * w + 3.0 * GAP {
            columns = vec![snap(room.x + GAP), snap(room.right() - GAP - w)];
        }
        let first = snap(room.y + HEAD + GAP);
        let rows = ((room.bottom() - GAP - h - first) / 10.0).max(0.0) as u32;
        let free = |at: &Point| {
            let rect = Rect::new(at.x, at.y, w, h).grown(GAP);
            !geometry.nodes.iter().any(|node| node.rect.overlaps(&rect))
        };
        let places = (0..=rows).flat_map(|row| {
            let y = first + 10.0 * f64::from(row);
            columns.iter().map(move |x| Point::new(*x, y))
        });
        let found = places.into_iter().find(free);
        found.unwrap_or_else(|| geometry.free_place(Point::new(columns[0], first), w, h))
    }
}

/// Draws the place behind all else; the compact layout, in which nothing stands where its area is,
/// does without.
pub(super) fn draw(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    if stage.geometry.mode == Mode::Compact {
        return;
    }
    let view = stage.camera.view();
    // from near lines would be bars
    let near = match Detail::of(stage.camera.zoom) {
        Detail::Near => 0.6,
        Detail::Middle | Detail::Far => 1.0,
    };
    for area in around(stage.world, stage.geometry) {
        if !area.rect.overlaps(&view) {
            continue;
        }
        let mut cards = stage.geometry.nodes.iter().map(|node| node.rect);
        let used = cards.any(|card| card.overlaps(&area.rect));
        let strength = near * if used { USED } else { UNUSED };
        draw_area(&area, strength, stage, pen);
    }
}

fn draw_area(area: &Area, strength: f64, stage: &Stage<'_>, pen: &mut Pen<'_>) {
    let family = area.families[0];
    let ground = Tone::Family(family).alpha(GROUND * strength);
    let edge = Stroke::dashed(Tone::Dot.alpha(0.75 * strength), 1.0);
    pen.resting()
        .round(area.rect, 16.0, Some(ground), Some(edge), false);
    let lines = Stroke::solid(Tone::Dot.alpha(0.9 * strength), 1.2);
    for sketch in area.motifs {
        sketch.draw(&area.rect, HEIGHT, lines, pen);
    }
    let name = stage.words.get(area.key);
    let at = Point::new(area.rect.x + 14.0, area.rect.y + 20.0);
    let style = Style::SMALL.size(11.5).ink(Tone::Muted.alpha(0.9));
    pen.text(at, area.rect.w - 28.0, &name, style);
}

#[cfg(test)]
mod tests;
