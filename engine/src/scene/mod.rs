//! The drawn stage: a frame, a geometry and a camera become a display list. Pure.
//!
//! ```text
//! Frame --Geometry::of--> boxes, rows, curves --build--> DisplayList --painter--> canvas
//!   \--Motion::step--> marks, badges, eased bars --/                 \--svg::svg--> picture
//! ```
//! Nothing here knows a browser, a theme or a wall clock: the caller gives wall seconds to
//! [`Motion::step`], a theme to what paints, and a [`Measure`] for widths of text. What is seen
//! can be asked for by [`hit::at`], and read as sentences from [`Words`].

pub mod camera;
pub mod detail;
pub mod geometry;
pub mod gesture;
pub mod hit;
pub mod icons;
pub mod list;
mod marks;
pub mod measure;
pub mod minimap;
pub mod motion;
mod node;
pub mod numbers;
pub mod order;
mod pen;
pub mod places;
pub mod sample;
pub mod shapes;
pub mod squares;
pub mod svg;
pub mod theme;
pub mod tools;
mod wire;
pub mod words;

pub use camera::Camera;
pub use detail::{Detail, look_into};
pub use geometry::{Geometry, Mode};
pub use hit::Target;
pub use list::DisplayList;
pub use measure::Measure;
pub use minimap::Minimap;
pub use motion::Motion;
pub use theme::Theme;
pub use words::Words;

use crate::base::sorted::SortedMap;
use crate::design::World;
use crate::run::frame::Frame;
use list::Op;
use pen::{Pen, Style};
use shapes::{Point, Rect};
use theme::Tone;

/// Distance of the dots of the stage [world units].
const DOTS: f64 = 20.0;

/// All that the picture is made of.
#[derive(Clone, Copy)]
pub struct Stage<'a> {
    /// What the run shows.
    pub frame: &'a Frame,
    /// Names that people gave to nodes, by id; a node without one shows its id.
    pub names: &'a SortedMap<String, String>,
    /// Where everything stands.
    pub geometry: &'a Geometry,
    /// What moves.
    pub motion: &'a Motion,
    /// Which part of the world is shown.
    pub camera: &'a Camera,
    /// What is chosen.
    pub selection: Option<Target>,
    /// What the pointer is over.
    pub hover: Option<Target>,
    /// The words.
    pub words: &'a Words,
    /// The place that the design stands in.
    pub world: World,
    /// How wide text is.
    pub measure: &'a dyn Measure,
}

impl std::fmt::Debug for Stage<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Stage")
            .field("geometry", self.geometry)
            .field("camera", self.camera)
            .field("selection", &self.selection)
            .field("hover", &self.hover)
            .finish_non_exhaustive()
    }
}

/// Draws the stage into `out`, whose buffers are used again.
pub fn build(stage: &Stage<'_>, out: &mut DisplayList) {
    out.clear();
    let mut pen = Pen::new(stage.camera, stage.measure, out);
    places::draw(stage, &mut pen);
    backdrop(&mut pen);
    wire::draw(stage, &mut pen);
    for (frame, place) in stage.frame.nodes.iter().zip(&stage.geometry.nodes) {
        if stage.camera.view().overlaps(&place.rect.grown(20.0)) {
            node::draw(stage, frame, place, &mut pen);
        }
    }
    marks::draw(stage, &mut pen);
    wire::rates(stage, &mut pen);
    wire::ports(stage, &mut pen);
    node::badges(stage, &mut pen);
    legend(stage, &mut pen);
    if let Some(map) = Minimap::of(stage.geometry, stage.camera) {
        map.draw(
            stage.geometry,
            stage.frame,
            stage.camera,
            stage.measure,
            out,
        );
    }
}

fn backdrop(pen: &mut Pen<'_>) {
    let at = pen.camera.to_screen(Point::default());
    let step = DOTS * pen.camera.zoom.max(0.5);
    let ink = Tone::Dot.into();
    pen.resting().push(Op::Dots { at, step, ink });
}

/// What one mark stands for, at the lower left corner of the stage, always at its own size.
fn legend(stage: &Stage<'_>, pen: &mut Pen<'_>) {
    let n = stage.frame.records_per_mark;
    if n == 0 || stage.frame.wires.is_empty() {
        return;
    }
    let (zoom, height) = (pen.camera.zoom, pen.camera.height);
    let key = if n == 1 {
        "stage.one-mark-one"
    } else {
        "stage.one-mark"
    };
    let text = stage.words.fill(key, &[("n", &numbers::count(n as f64))]);
    let at = |x: f64| pen.camera.to_world(Point::new(x, height - 11.0));
    let (square, words) = (at(16.0), at(26.0));
    let style = Style::SMALL.size(11.0 / zoom);
    let width = pen.width(&text, style);
    let ground = Rect::new(
        square.x - 9.0 / zoom,
        words.y - 14.0 / zoom,
        width + 28.0 / zoom,
        20.0 / zoom,
    );
    // on a low stage it would stand on a card
    if stage
        .geometry
        .nodes
        .iter()
        .any(|node| node.rect.overlaps(&ground))
    {
        return;
    }
    pen.moving()
        .fill(ground, 6.0 / zoom, Tone::Ground.alpha(0.85));
    let middle = Point::new(square.x, words.y - 4.0 / zoom);
    pen.square(
        middle,
        7.0 / zoom,
        Tone::key(crate::run::frame::KEY_COLOURS),
    );
    pen.text(words, width + 1.0, &text, style);
}

#[cfg(test)]
mod tests;
