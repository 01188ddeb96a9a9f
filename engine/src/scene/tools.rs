//! What people hold while they build: snap lines, the rubber wire, a ghost, a frame around several. Pure.
//!
//! ```text
//! Overlay --draw--> operations over the moving layer        snap: edges and middles of neighbours
//! align, tidy --> new upper left corners                    magnet: the node a wire would end at
//! ```

use super::camera::Camera;
use super::geometry::{Geometry, Mode, NodeBox};
use super::hit;
use super::list::{DisplayList, Stroke};
use super::measure::Measure;
use super::pen::{Pen, Style};
use super::shapes::{Curve, Point, Rect};
use super::theme::Tone;
use crate::base::sorted::{SortedMap, order};
use crate::catalog::Dir;
use crate::run::frame::Frame;
use crate::services::talk::NodeId;

/// The grid on which nodes come to stand [world units].
pub const GRID: f64 = 10.0;
/// How near an edge must be to snap [px].
const SNAP: f64 = 6.0;
/// How far beside a node a wire is still drawn to it [px].
const MAGNET: f64 = 36.0;

/// Whether a wire could end there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Nothing is under the pointer.
    Open,
    /// A wire fits.
    Fits,
    /// None does.
    Refused,
}

impl Fit {
    fn tone(self) -> Tone {
        match self {
            Self::Open => Tone::Accent,
            Self::Fits => Tone::Good,
            Self::Refused => Tone::Bad,
        }
    }
}

/// A line to which something snapped.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Guide {
    /// Start.
    pub from: Point,
    /// End.
    pub to: Point,
}

/// A service on its way to the stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Ghost {
    /// Where it would stand.
    pub rect: Rect,
    /// Its drawing.
    pub icon: &'static str,
    /// Its name.
    pub name: String,
    /// Whether it may come to stand here.
    pub fits: bool,
}

/// What lies over the picture while people build [world units].
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Overlay {
    /// Cards of chosen nodes.
    pub picked: Vec<Rect>,
    /// A wire being drawn: from, to, whether it fits.
    pub rubber: Option<(Point, Point, Fit)>,
    /// Where wires may end, while one is drawn.
    pub ends: Vec<(Point, Fit)>,
    /// Lines to which what is held snapped.
    pub guides: Vec<Guide>,
    /// The box that chooses.
    pub frame: Option<Rect>,
    /// What comes from the palette.
    pub ghost: Option<Ghost>,
    /// The wire that what is held would go into.
    pub into: Option<Curve>,
    /// The place of the shop or bank that it would stand in.
    pub area: Option<Rect>,
}

impl Overlay {
    /// Draws over what was built into `out`.
    pub fn draw(&self, camera: &Camera, measure: &dyn Measure, out: &mut DisplayList) {
        let mut pen = Pen::new(camera, measure, out);
        let pen = pen.moving();
        let unit = 1.0 / camera.zoom;
        if let Some(area) = &self.area {
            let edge = Stroke::dashed(Tone::Accent.alpha(0.7), 1.4 * unit);
            let fill = Tone::Accent.alpha(0.06);
            pen.round(*area, 10.0, Some(fill), Some(edge), false);
        }
        for rect in &self.picked {
            let edge = Stroke::solid(Tone::Accent, 2.0 * unit);
            // around the flag of its state too
            let around = Rect::new(rect.x - 5.0, rect.y - 13.0, rect.w + 10.0, rect.h + 18.0);
            pen.round(around, 12.0, None, Some(edge), false);
        }
        for guide in &self.guides {
            pen.line(guide.from, guide.to, Stroke::dashed(Tone::Accent, unit));
        }
        if let Some(way) = &self.into {
            pen.curve(way, Stroke::solid(Tone::Good, 3.4 * unit));
        }
        for (at, fit) in &self.ends {
            let ground = Some(Tone::Panel.into());
            pen.circle(*at, 6.0, ground, Some(Stroke::solid(fit.tone(), 2.0)));
        }
        if let Some((from, to, fit)) = &self.rubber {
            let mut stroke = Stroke::solid(fit.tone(), 2.4);
            stroke.dashed = *fit != Fit::Fits;
            pen.curve(&Curve::across(*from, *to), stroke);
            pen.circle(*to, 5.0, Some(fit.tone().into()), None);
        }
        if let Some(rect) = &self.frame {
            let edge = Stroke::solid(Tone::Accent, 1.2 * unit);
            pen.round(
                *rect,
                2.0,
                Some(Tone::Accent.alpha(0.08)),
                Some(edge),
                false,
            );
        }
        if let Some(ghost) = &self.ghost {
            ghost.draw(pen, unit);
        }
    }
}

impl Ghost {
    fn draw(&self, pen: &mut Pen<'_>, unit: f64) {
        let tone = if self.fits { Tone::Accent } else { Tone::Bad };
        let edge = Stroke::dashed(tone, 1.8 * unit);
        let rect = self.rect;
        pen.round(rect, 10.0, Some(Tone::Panel.alpha(0.85)), Some(edge), false);
        let ink = Tone::Text;
        pen.icon(
            Point::new(rect.x + 12.0, rect.y + 10.0),
            22.0,
            self.icon,
            ink,
        );
        let at = Point::new(rect.x + 42.0, rect.y + 26.0);
        pen.text(at, rect.w - 50.0, &self.name, Style::TITLE);
    }
}

/// A box moved so that an edge or a middle lies on that of a neighbour, or on the grid; and the lines it snapped to.
#[must_use]
pub fn snap(rect: Rect, others: &[Rect], zoom: f64) -> (Point, Vec<Guide>) {
    let reach = SNAP / zoom;
    let near = rect.grown(600.0);
    let others: Vec<&Rect> = others.iter().filter(|other| near.overlaps(other)).collect();
    let xs = |r: &Rect| [r.x, r.centre().x, r.right()];
    let ys = |r: &Rect| [r.y, r.centre().y, r.bottom()];
    let x = nearest(xs(&rect), &others, xs, reach);
    let y = nearest(ys(&rect), &others, ys, reach);
    let grid = |value: f64| libm::round(value / GRID) * GRID;
    let at = Point::new(
        x.map_or_else(|| grid(rect.x), |(by, ..)| rect.x + by),
        y.map_or_else(|| grid(rect.y), |(by, ..)| rect.y + by),
    );
    let moved = Rect::new(at.x, at.y, rect.w, rect.h);
    let mut guides = Vec::new();
    if let Some((_, line, other)) = x {
        let all = moved.around(other);
        guides.push(Guide {
            from: Point::new(line, all.y - 8.0),
            to: Point::new(line, all.bottom() + 8.0),
        });
    }
    if let Some((_, line, other)) = y {
        let all = moved.around(other);
        guides.push(Guide {
            from: Point::new(all.x - 8.0, line),
            to: Point::new(all.right() + 8.0, line),
        });
    }
    (at, guides)
}

/// The smallest move that brings one of three lines onto one of a neighbour's: (move, line, neighbour).
fn nearest<'a>(
    own: [f64; 3],
    others: &[&'a Rect],
    lines: impl Fn(&Rect) -> [f64; 3],
    reach: f64,
) -> Option<(f64, f64, &'a Rect)> {
    let mut best: Option<(f64, f64, &Rect)> = None;
    for other in others {
        for (mine, line) in own.iter().zip(lines(other)) {
            let by = line - mine;
            if by.abs() <= reach && best.is_none_or(|(least, ..)| by.abs() < least.abs()) {
                best = Some((by, line, other));
            }
        }
    }
    best
}

/// An edge or a middle along which nodes are set out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Left edges.
    Left,
    /// Middles, one above the other.
    Centre,
    /// Right edges.
    Right,
    /// Upper edges.
    Top,
    /// Middles, side by side.
    Middle,
    /// Lower edges.
    Bottom,
}

impl Side {
    /// All, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Left,
        Self::Centre,
        Self::Right,
        Self::Top,
        Self::Middle,
        Self::Bottom,
    ];

    /// Its key in the text files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Left => "align.left",
            Self::Centre => "align.centre",
            Self::Right => "align.right",
            Self::Top => "align.top",
            Self::Middle => "align.middle",
            Self::Bottom => "align.bottom",
        }
    }
}

/// Upper left corners of boxes set out along one side of the box around them all; boxes that would then overlap
/// make way along the line.
#[must_use]
pub fn align(rects: &[Rect], side: Side) -> Vec<Point> {
    let Some(all) = rects.iter().copied().reduce(|all, rect| all.around(&rect)) else {
        return Vec::new();
    };
    let upright = matches!(side, Side::Left | Side::Centre | Side::Right);
    let mut moved: Vec<Rect> = rects
        .iter()
        .map(|rect| {
            let (mut x, mut y) = (rect.x, rect.y);
            match side {
                Side::Left => x = all.x,
                Side::Centre => x = all.centre().x - rect.w / 2.0,
                Side::Right => x = all.right() - rect.w,
                Side::Top => y = all.y,
                Side::Middle => y = all.centre().y - rect.h / 2.0,
                Side::Bottom => y = all.bottom() - rect.h,
            }
            Rect::new(libm::round(x), libm::round(y), rect.w, rect.h)
        })
        .collect();
    let start = |rect: &Rect| if upright { rect.y } else { rect.x };
    let mut order: Vec<usize> = (0..moved.len()).collect();
    order::sort_by(&mut order, |a, b| {
        start(&moved[*a])
            .total_cmp(&start(&moved[*b]))
            .then(a.cmp(b))
    });
    for pair in order.windows(2) {
        let before = moved[pair[0]];
        let rect = &mut moved[pair[1]];
        if upright {
            rect.y = rect.y.max(before.bottom() + 2.0 * GRID);
        } else {
            rect.x = rect.x.max(before.right() + 2.0 * GRID);
        }
    }
    moved
        .iter()
        .map(|rect| Point::new(rect.x, rect.y))
        .collect()
}

/// Upper left corners of all nodes in tidy columns from left to right, by node id.
#[must_use]
pub fn tidy(frame: &Frame) -> SortedMap<String, (i32, i32)> {
    let geometry = Geometry::of(frame, &SortedMap::new(), Mode::Wide);
    let nodes = frame.nodes.iter().zip(&geometry.nodes);
    nodes
        .map(|(node, place)| (node.name.to_string(), whole(place.rect)))
        .collect()
}

/// The upper left corner in whole units.
#[must_use]
pub fn whole(rect: Rect) -> (i32, i32) {
    (libm::round(rect.x) as i32, libm::round(rect.y) as i32)
}

/// The node that a wire drawn to `point` would end at: the one under it, else the nearest port within reach.
#[must_use]
pub fn magnet(
    geometry: &Geometry,
    point: Point,
    dir: Dir,
    but: NodeId,
    zoom: f64,
) -> Option<NodeId> {
    let others = || geometry.nodes.iter().filter(|node| node.id != but);
    let inside = others().rev().find(|node| node.rect.holds(point));
    let near = || {
        others()
            .map(|node| (port(node, dir).distance(point), node))
            .filter(|(far, _)| *far <= MAGNET / zoom)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map(|(_, node)| node)
    };
    inside.or_else(near).map(|node| node.id)
}

/// Where a node's wires enter or leave.
#[must_use]
pub fn port(node: &NodeBox, dir: Dir) -> Point {
    let [into, out] = hit::ports(node);
    match dir {
        Dir::In => into,
        Dir::Out => out,
    }
}

/// How far the stage moves while something is held at its edge [px in a second], along x and y.
#[must_use]
pub fn edge_pull(at: Point, width: f64, height: f64) -> Point {
    const EDGE: f64 = 32.0;
    const FASTEST: f64 = 520.0;
    let pull = |at: f64, length: f64| {
        let (start, end) = ((EDGE - at) / EDGE, (at - (length - EDGE)) / EDGE);
        FASTEST * (start.clamp(0.0, 1.0) - end.clamp(0.0, 1.0))
    };
    Point::new(pull(at.x, width), pull(at.y, height))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::measure::Estimate;
    use crate::scene::sample;

    fn rect(x: f64, y: f64) -> Rect {
        Rect::new(x, y, 100.0, 60.0)
    }

    #[test]
    fn what_is_held_snaps_to_its_neighbours_and_else_to_the_grid() {
        let others = [rect(0.0, 0.0), rect(300.0, 200.0)];
        let (at, guides) = snap(rect(4.0, 123.0), &others, 1.0);
        assert_eq!((at.x, at.y, guides.len()), (0.0, 120.0, 1));
        assert_eq!((guides[0].from.x, guides[0].from.y), (0.0, -8.0));
        let (at, guides) = snap(rect(296.0, -3.0), &others, 1.0);
        assert_eq!((at.x, at.y, guides.len()), (300.0, 0.0, 2));
        // a larger zoom asks for a steadier hand
        let (at, guides) = snap(rect(4.0, 123.0), &others, 3.0);
        assert_eq!((at.x, at.y, guides.len()), (0.0, 120.0, 0));
        let (at, guides) = snap(rect(1_004.0, 2_026.0), &others, 1.0);
        assert_eq!((at.x, at.y, guides.len()), (1_000.0, 2_030.0, 0));
    }

    #[test]
    fn aligned_boxes_share_a_line_and_do_not_overlap() {
        let rects = [rect(0.0, 0.0), rect(30.0, 20.0), rect(250.0, 400.0)];
        for side in Side::ALL {
            let moved: Vec<Rect> = align(&rects, side)
                .iter()
                .map(|at| rect(at.x, at.y))
                .collect();
            let line = |r: &Rect| match side {
                Side::Left => r.x,
                Side::Centre => r.centre().x,
                Side::Right => r.right(),
                Side::Top => r.y,
                Side::Middle => r.centre().y,
                Side::Bottom => r.bottom(),
            };
            for (ix, one) in moved.iter().enumerate() {
                assert!((line(one) - line(&moved[0])).abs() < 1e-9, "{side:?}");
                assert!(
                    moved[ix + 1..].iter().all(|other| !one.overlaps(other)),
                    "{side:?} {moved:?}"
                );
            }
        }
        assert!(align(&[], Side::Left).is_empty());
    }

    #[test]
    fn a_tidy_design_has_columns_without_overlaps() {
        let frame = sample::black_friday(10, 1_500.0);
        let places = tidy(&frame);
        assert_eq!(places.len(), frame.nodes.len());
        let geometry = Geometry::of(&frame, &places, Mode::Wide);
        for (ix, one) in geometry.nodes.iter().enumerate() {
            let after = &geometry.nodes[ix + 1..];
            assert!(after.iter().all(|other| !one.rect.overlaps(&other.rect)));
        }
        for wire in &geometry.wires {
            assert!(wire.start.x < wire.end.x, "data go from left to right");
        }
    }

    #[test]
    fn the_nearest_port_draws_a_wire() {
        let frame = sample::black_friday(10, 1_500.0);
        let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
        let (from, to) = (&geometry.nodes[0], &geometry.nodes[4]);
        let at = port(to, Dir::In);
        let beside = Point::new(at.x - 30.0, at.y + 5.0);
        assert_eq!(
            magnet(&geometry, beside, Dir::In, from.id, 1.0),
            Some(to.id)
        );
        assert_eq!(magnet(&geometry, beside, Dir::In, from.id, 3.0), None);
        assert_eq!(
            magnet(&geometry, to.rect.centre(), Dir::In, from.id, 1.0),
            Some(to.id)
        );
        assert_eq!(
            magnet(&geometry, from.rect.centre(), Dir::In, from.id, 1.0),
            None
        );
    }

    #[test]
    fn the_stage_moves_only_at_its_edges() {
        let still = edge_pull(Point::new(400.0, 300.0), 800.0, 600.0);
        assert_eq!((still.x, still.y), (0.0, 0.0));
        let left = edge_pull(Point::new(5.0, 300.0), 800.0, 600.0);
        assert!(left.x > 0.0 && left.y == 0.0);
        let corner = edge_pull(Point::new(800.0, 600.0), 800.0, 600.0);
        assert!(corner.x < 0.0 && corner.y < 0.0);
    }

    #[test]
    fn all_that_is_held_is_drawn_over_the_picture() {
        let overlay = Overlay {
            picked: vec![rect(0.0, 0.0)],
            rubber: Some((Point::default(), Point::new(90.0, 40.0), Fit::Refused)),
            ends: vec![(Point::new(5.0, 5.0), Fit::Fits)],
            guides: snap(rect(4.0, 0.0), &[rect(0.0, 200.0)], 1.0).1,
            frame: Some(rect(10.0, 10.0)),
            ghost: Some(Ghost {
                rect: rect(50.0, 50.0),
                icon: "kinesis",
                name: "Kinesis Data Streams".to_owned(),
                fits: true,
            }),
            into: Some(Curve::across(Point::default(), Point::new(80.0, 0.0))),
            area: Some(rect(200.0, 200.0)),
        };
        let mut list = DisplayList::default();
        let camera = Camera::new(800.0, 600.0);
        overlay.draw(&camera, &Estimate, &mut list);
        assert!(list.resting.is_empty());
        assert!(list.moving.len() >= 11, "{}", list.moving.len());
        let mut none = DisplayList::default();
        Overlay::default().draw(&camera, &Estimate, &mut none);
        assert!(none.moving.is_empty());
    }
}
