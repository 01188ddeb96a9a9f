//! The whole design in a corner of the stage, where not all of it is in view: cards in the colours of
//! their families, the signs of states that want a look, and a frame around what is seen.
//!
//! ```text
//! shown    only while a part of the design lies outside of the view
//! hit      a point of the stage [px] that lies on it becomes a point of the world
//! seeing   the camera that has a point of the world in its middle
//! ```

use super::camera::Camera;
use super::geometry::Geometry;
use super::list::{DisplayList, Op, Stroke};
use super::measure::Measure;
use super::node::sign;
use super::pen::Pen;
use super::shapes::{Point, Rect};
use super::theme::Tone;
use crate::run::frame::Frame;
use crate::services::gauges::State;

/// Width and height at most [px].
const SIZE: (f64, f64) = (176.0, 116.0);
/// From the edges of the stage [px].
const MARGIN: f64 = 12.0;
/// Inside its edge [px].
const PAD: f64 = 6.0;
/// A smaller stage has no room for one [px].
const STAGE_MIN: (f64, f64) = (520.0, 320.0);
/// A part of the design that lies out of view by less than this is not missed [world units].
const SLACK: f64 = 12.0;
/// A card is at least as large as this [px].
const CARD_MIN: f64 = 3.0;
/// Radius of a state's sign [px].
const SIGN: f64 = 3.2;

/// A small picture of the world in a box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimap {
    /// Where it is drawn [px].
    pub area: Rect,
    /// What of the world it shows: the design and the view [world units].
    pub world: Rect,
    scale: f64,
}

impl Minimap {
    /// A picture of the design and the camera's view in a box of this size at most, whose lower
    /// right corner lies at `corner` [px].
    #[must_use]
    pub fn new(geometry: &Geometry, camera: &Camera, size: (f64, f64), corner: Point) -> Self {
        let world = geometry.bounds().around(&camera.view());
        let (room_w, room_h) = (size.0 - 2.0 * PAD, size.1 - 2.0 * PAD);
        let scale = (room_w / world.w.max(1.0)).min(room_h / world.h.max(1.0));
        let width = libm::round(world.w * scale + 2.0 * PAD);
        let height = libm::round(world.h * scale + 2.0 * PAD);
        let area = Rect::new(corner.x - width, corner.y - height, width, height);
        Self { area, world, scale }
    }

    /// The one in the corner of the stage; `None` while the whole design is in view, and on a stage
    /// that has no room for it.
    #[must_use]
    pub fn of(geometry: &Geometry, camera: &Camera) -> Option<Self> {
        let room = camera.width >= STAGE_MIN.0 && camera.height >= STAGE_MIN.1;
        let bounds = geometry.bounds();
        let view = camera.view().grown(SLACK);
        if !room || geometry.nodes.is_empty() || view.around(&bounds) == view {
            return None;
        }
        let corner = Point::new(camera.width - MARGIN, camera.height - MARGIN);
        Some(Self::new(geometry, camera, SIZE, corner))
    }

    /// World to pixels.
    #[must_use]
    pub fn to_screen(&self, at: Point) -> Point {
        Point::new(
            self.area.x + PAD + (at.x - self.world.x) * self.scale,
            self.area.y + PAD + (at.y - self.world.y) * self.scale,
        )
    }

    /// Pixels to world; a point beside the picture gives the nearest one in it.
    #[must_use]
    pub fn to_world(&self, at: Point) -> Point {
        let x = (at.x - self.area.x - PAD) / self.scale;
        let y = (at.y - self.area.y - PAD) / self.scale;
        Point::new(
            self.world.x + x.clamp(0.0, self.world.w),
            self.world.y + y.clamp(0.0, self.world.h),
        )
    }

    fn rect(&self, rect: &Rect) -> Rect {
        let at = self.to_screen(Point::new(rect.x, rect.y));
        Rect::new(at.x, at.y, rect.w * self.scale, rect.h * self.scale)
    }

    /// Draws it over all else.
    pub fn draw(
        &self,
        geometry: &Geometry,
        frame: &Frame,
        camera: &Camera,
        measure: &dyn Measure,
        out: &mut DisplayList,
    ) {
        let screen = Camera::new(camera.width, camera.height);
        let mut pen = Pen::new(&screen, measure, out);
        let edge = Stroke::solid(Tone::Line, 1.0);
        let ground = Some(Tone::Panel.alpha(0.92));
        pen.moving()
            .round(self.area, 8.0, ground, Some(edge), false);
        let mut signs = Vec::new();
        for (node, place) in frame.nodes.iter().zip(&geometry.nodes) {
            let (state, card) = (node.gauges.state, self.rect(&place.rect));
            let family = Tone::Family(node.kind.entry().family).alpha(0.75);
            let (rect, fill) = match state {
                State::Calm => (whole(&card), family),
                // no room for a sign
                _ if card.h < 2.0 * SIGN => (whole(&card.grown(1.0)), Tone::state(state).into()),
                _ => {
                    signs.push((state, card.centre()));
                    (whole(&card), family)
                }
            };
            pen.push(Op::Rect { rect, fill });
        }
        for (state, at) in signs {
            pen.circle(at, SIGN + 1.8, Some(Tone::state(state).into()), None);
            sign(state, at, SIGN, Tone::OnState, 1.2, &mut pen);
        }
        let seen = self.rect(&camera.view()).grown(-0.5);
        let edge = Stroke::solid(Tone::Accent, 1.5);
        pen.round(seen, 3.0, Some(Tone::Accent.alpha(0.07)), Some(edge), false);
    }
}

/// On whole pixels, at least a few of them.
fn whole(rect: &Rect) -> Rect {
    let (w, h) = (libm::round(rect.w), libm::round(rect.h));
    Rect::new(
        libm::round(rect.x),
        libm::round(rect.y),
        w.max(CARD_MIN),
        h.max(CARD_MIN),
    )
}

/// The world point under a point of the stage [px] that lies on the minimap, if there is one.
#[must_use]
pub fn hit(geometry: &Geometry, camera: &Camera, at: Point) -> Option<Point> {
    let map = Minimap::of(geometry, camera)?;
    map.area.holds(at).then(|| map.to_world(at))
}

/// The same camera with a world point in its middle.
#[must_use]
pub fn seeing(mut camera: Camera, at: Point) -> Camera {
    camera.origin.x = at.x - camera.width / camera.zoom / 2.0;
    camera.origin.y = at.y - camera.height / camera.zoom / 2.0;
    camera
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::sorted::SortedMap;
    use crate::scene::geometry::Mode;
    use crate::scene::measure::Estimate;
    use crate::scene::sample;

    fn shop() -> (Frame, Geometry) {
        let frame = sample::black_friday(10, 1_500.0);
        let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
        (frame, geometry)
    }

    /// A camera that sees only the left upper part.
    fn part(geometry: &Geometry) -> Camera {
        let mut camera = Camera::new(800.0, 500.0);
        (camera.zoom, camera.origin) = (1.6, geometry.nodes[0].rect.centre());
        camera
    }

    #[test]
    fn it_is_there_only_where_something_is_out_of_view() {
        let (_, geometry) = shop();
        let mut camera = part(&geometry);
        let map = Minimap::of(&geometry, &camera).expect("not all is seen");
        let stage = Rect::new(0.0, 0.0, 800.0, 500.0);
        assert_eq!(stage.around(&map.area), stage);
        assert!(map.area.w <= SIZE.0 + 0.5 && map.area.h <= SIZE.1 + 0.5);
        camera.width = 400.0;
        assert_eq!(Minimap::of(&geometry, &camera), None, "no room");
        let mut camera = seeing(Camera::new(1_400.0, 900.0), geometry.bounds().centre());
        assert_eq!(Minimap::of(&geometry, &camera), None, "all is seen");
        camera.origin.x += 5_000.0;
        assert!(Minimap::of(&geometry, &camera).is_some(), "all is lost");
        assert_eq!(Minimap::of(&Geometry::default(), &camera), None);
    }

    #[test]
    fn its_points_are_points_of_the_world() {
        let (_, geometry) = shop();
        let camera = part(&geometry);
        let map = Minimap::of(&geometry, &camera).expect("one");
        for node in &geometry.nodes {
            let at = node.rect.centre();
            let on_map = map.to_screen(at);
            let found = hit(&geometry, &camera, on_map).expect("on it");
            assert!(found.distance(at) < 1e-6);
            let there = seeing(camera, found);
            assert!(there.view().centre().distance(at) < 1e-6);
        }
        assert_eq!(hit(&geometry, &camera, Point::new(10.0, 10.0)), None);
        let beside = map.to_world(Point::new(-1e4, -1e4));
        assert_eq!(beside, Point::new(map.world.x, map.world.y));
    }

    #[test]
    fn it_shows_each_card_the_states_and_the_view() {
        let (frame, geometry) = shop();
        let camera = part(&geometry);
        let map = Minimap::of(&geometry, &camera).expect("one");
        let mut list = DisplayList::default();
        map.draw(&geometry, &frame, &camera, &Estimate, &mut list);
        let count = |wanted: fn(&Op) -> bool| list.moving.iter().filter(|op| wanted(op)).count();
        assert_eq!(count(|op| matches!(op, Op::Rect { .. })), 7);
        assert_eq!(
            count(|op| matches!(op, Op::Circle { radius, .. } if *radius > 4.0)),
            2
        );
        assert_eq!(count(|op| matches!(op, Op::RoundRect { .. })), 2);
        assert!(list.resting.is_empty());
        for op in &list.moving {
            if let Op::Rect { rect, .. } = op {
                assert_eq!(map.area.around(rect), map.area, "{rect:?}");
            }
        }
    }
}
