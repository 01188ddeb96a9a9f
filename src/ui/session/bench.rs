//! What the reader holds on the stage while building: a service from the palette, nodes, a wire, a frame.
//!
//! Nothing here changes the design: what is let go becomes an edit in `app::bench`.

mod overlay;
pub(crate) mod placing;

use super::Session;
use crate::ui::text::{fill, t};
use millrace_engine::base::sorted::{SortedMap, SortedSet, order};
use millrace_engine::catalog::Dir;
use millrace_engine::design::check::kinds_between;
use millrace_engine::design::compose::Clip;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::scene::gesture::{Asks, Finger, Hand, Held, between};
use millrace_engine::scene::places;
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::tools::{self, Fit, Side};
use millrace_engine::scene::{Geometry, Mode};
use millrace_engine::services::ServiceKind;
use millrace_engine::services::talk::NodeId;
use placing::shifted;

/// Between two cards of a place, and what its head and foot take [world units].
const COLUMN_GAP: f64 = 28.0;
const COLUMN_ROOM: f64 = 120.0;
/// How far beside a thin thing a finger may be [px].
pub(super) const SLACK_TOUCH: f64 = 14.0;

/// What is placed with the arrow keys, or by a tap.
#[derive(Clone, Debug, PartialEq)]
enum Placed {
    /// A new service.
    New(ServiceKind),
    /// Nodes of the design, from where they stood.
    Old(SortedMap<String, Rect>),
}

/// What the reader holds.
#[derive(Debug, Default)]
pub(crate) struct Bench {
    hand: Hand,
    /// From the palette under a pointer: which, and where on the stage [px], if over it.
    carried: Option<(ServiceKind, Option<Point>)>,
    /// The press that holds it, and one that holds nothing any more since Escape.
    press: (u32, Option<u32>),
    /// Placed by keys or a tap: what, and where its upper left corner stands [world units].
    placing: Option<(Placed, Rect)>,
    /// A wire begun by a click on a port, and where the pointer is [px].
    wiring: Option<(NodeId, Dir, Point)>,
    /// Whether the pointer moves the camera on the minimap.
    mapping: bool,
    /// Ids of chosen nodes, where more than one is.
    pub(crate) picked: SortedSet<String>,
    /// Sizes of services that are not on the stage yet.
    sizes: SortedMap<&'static str, (f64, f64)>,
    last_ms: Option<f64>,
}

impl Bench {
    /// Whether something is held that Escape lets go.
    pub(crate) fn is_busy(&self) -> bool {
        self.carried.is_some()
            || self.placing.is_some()
            || self.wiring.is_some()
            || self.hand.held != Held::Nothing
    }

    /// Whether a service of the palette is held.
    pub(crate) fn is_carrying(&self) -> bool {
        self.carried.is_some()
    }

    /// The pointer is gone; what was begun by clicks stays.
    pub(crate) fn drop_hand(&mut self) {
        self.mapping = false;
        self.hand.cancel();
    }

    /// Lets everything go; nothing has happened.
    pub(crate) fn let_go(&mut self) {
        if self.carried.is_some() {
            self.press.1 = Some(self.press.0);
        }
        self.hand.cancel();
        self.carried = None;
        self.placing = None;
        self.wiring = None;
    }
}

impl Session {
    pub(super) fn node_of(&self, id: NodeId) -> Option<&NodeFrame> {
        self.frame.nodes.iter().find(|node| node.id == id)
    }

    pub(crate) fn name_at(&self, id: NodeId) -> Option<String> {
        self.node_of(id).map(|node| node.name.to_string())
    }

    /// Whether nodes cannot be moved: the narrow layout sets them out itself.
    pub(super) fn is_still(&self) -> bool {
        self.stage.geometry().mode == Mode::Compact
    }

    // ---- pointers on the stage ------------------------------------------------------------

    /// A pointer goes down.
    pub(crate) fn pointer_down(&mut self, finger: Finger) {
        if self.stage.map_to(finger.at) {
            self.bench.mapping = true;
            return;
        }
        let target = self.stage.target(finger.at.x, finger.at.y, finger.touch);
        let now = self.last_ms.unwrap_or(0.0);
        self.bench.hand.down(finger, target, now);
    }

    /// A pointer moves; gives what it asks for.
    pub(crate) fn pointer_moved(&mut self, finger: Finger) -> Asks {
        if self.bench.mapping {
            self.stage.map_to(finger.at);
            return Asks::Nothing;
        }
        if let Some((_, _, at)) = &mut self.bench.wiring {
            *at = finger.at;
        }
        let still = self.is_still();
        let asks = self.bench.hand.moved(finger, still);
        match asks {
            Asks::Hover(at) => self.hover(Some((at.x, at.y))),
            Asks::Pan(dx, dy) => self.pan(dx, dy),
            Asks::Pinch(factor, at, dx, dy) => {
                self.zoom(factor, at.x, at.y);
                self.pan(dx, dy);
            }
            _ => {}
        }
        asks
    }

    /// A pointer goes up; gives what it asks for.
    pub(crate) fn pointer_up(&mut self, finger: Finger) -> Asks {
        if std::mem::take(&mut self.bench.mapping) {
            return Asks::Nothing;
        }
        self.bench.hand.up(finger)
    }

    /// A finger has rested: where the menu is asked for.
    pub(crate) fn rested(&mut self, now_ms: f64) -> Option<Point> {
        self.bench.hand.rested(now_ms)
    }

    /// Whether a point below the stage lies over the charts [px].
    pub(crate) fn is_over_charts(&self, at: Point) -> bool {
        let stage = crate::platform::dom::by_id(crate::ui::stage::STAGE);
        let rect = stage.map(|stage| stage.get_bounding_client_rect());
        at.y > self.stage.camera().height
            && rect.is_some_and(|rect| {
                let (x, y) = (rect.left() + at.x, rect.top() + at.y);
                crate::platform::dom::is_over(x, y, ".charts")
            })
    }

    /// The stage follows what is held at its edges.
    pub(super) fn follow_edges(&mut self, now_ms: f64) {
        let dt_s = self
            .bench
            .last_ms
            .map_or(0.0, |last| (now_ms - last) / 1_000.0);
        self.bench.last_ms = Some(now_ms);
        let held = self.bench.hand.carries();
        let Some(at) = held.or(self.bench.carried.as_ref().and_then(|(_, at)| *at)) else {
            return;
        };
        let camera = self.stage.camera();
        let pull = tools::edge_pull(at, camera.width, camera.height);
        let (dx, dy) = (pull.x * dt_s.min(0.1), pull.y * dt_s.min(0.1));
        if dx != 0.0 || dy != 0.0 {
            self.pan(dx, dy);
            self.bench.hand.carried(dx, dy);
        }
    }

    // ---- moving nodes ----------------------------------------------------------------------

    /// Ids that move with a node: itself, and what was chosen with it.
    pub(super) fn mates(&self, id: &str) -> SortedSet<String> {
        if self.bench.picked.contains(id) {
            return self.bench.picked.clone();
        }
        [id.to_owned()].into()
    }

    /// Where nodes would stand after a move of one by so much [px], snapped; and the lines they snapped to.
    pub(super) fn moved_by(
        &self,
        id: NodeId,
        dx: f64,
        dy: f64,
    ) -> (SortedMap<String, Rect>, Vec<tools::Guide>) {
        let (Some(name), zoom) = (self.name_at(id), self.stage.camera().zoom) else {
            return Default::default();
        };
        let mates = self.mates(&name);
        let standing = self.stage.standing();
        let (own, others): (Vec<_>, Vec<_>) = self
            .frame
            .nodes
            .iter()
            .zip(&standing.nodes)
            .partition(|(node, _)| mates.contains(&*node.name));
        let Some((_, taken)) = own.iter().find(|(node, _)| node.id == id) else {
            return Default::default();
        };
        let wanted = Rect::new(
            taken.rect.x + dx / zoom,
            taken.rect.y + dy / zoom,
            taken.rect.w,
            taken.rect.h,
        );
        let others: Vec<Rect> = others.iter().map(|(_, place)| place.rect).collect();
        let (at, guides) = tools::snap(wanted, &others, zoom);
        let (dx, dy) = (at.x - taken.rect.x, at.y - taken.rect.y);
        let moved = own.iter().map(|(node, place)| {
            let rect = place.rect;
            let rect = Rect::new(rect.x + dx, rect.y + dy, rect.w, rect.h);
            (node.name.to_string(), rect)
        });
        (moved.collect(), guides)
    }

    /// Places of nodes that are being moved, over those of the design.
    pub(super) fn held_places(&self) -> SortedMap<String, (i32, i32)> {
        let moved = match (&self.bench.hand.held, &self.bench.placing) {
            (Held::Node(id, from, at), _) => self.moved_by(*id, at.x - from.x, at.y - from.y).0,
            (_, Some((Placed::Old(nodes), at))) => shifted(nodes, *at),
            _ => SortedMap::new(),
        };
        moved
            .into_iter()
            .map(|(id, rect)| (id, tools::whole(rect)))
            .collect()
    }

    /// The edit that a finished move is; `None` if nothing moves.
    pub(crate) fn dropped_nodes(&self, id: NodeId, dx: f64, dy: f64) -> Option<Edit> {
        let moved = self.moved_by(id, dx, dy).0;
        let standing = self.places();
        let stays = |(id, rect): (&String, &Rect)| standing.get(id) == Some(&tools::whole(*rect));
        if moved.iter().all(stays) {
            return None;
        }
        moves(moved)
    }

    /// Where nodes stand now, whether the design says it or not.
    pub(crate) fn places(&self) -> SortedMap<String, (i32, i32)> {
        let wide = self.wide();
        let nodes = self.frame.nodes.iter().zip(&wide.nodes);
        nodes
            .map(|(node, place)| (node.name.to_string(), tools::whole(place.rect)))
            .collect()
    }

    /// How high the parts of a clip stand together, as far as they are on the stage [world units].
    pub(crate) fn height_of(&self, clip: &Clip) -> i32 {
        let wide = self.wide();
        let nodes = self.frame.nodes.iter().zip(&wide.nodes);
        let own = nodes.filter(|(node, _)| clip.places.contains_key(&*node.name));
        let all = own
            .map(|(_, place)| place.rect)
            .reduce(|all, rect| all.around(&rect));
        all.map_or(0, |all| all.h as i32)
    }

    /// Where nodes stand on a wide stage, whatever this one is.
    pub(crate) fn wide(&self) -> std::borrow::Cow<'_, Geometry> {
        if self.is_still() {
            let places = &self.run.design().layout.places;
            std::borrow::Cow::Owned(Geometry::of(&self.frame, places, Mode::Wide))
        } else {
            std::borrow::Cow::Borrowed(self.stage.standing())
        }
    }

    /// Nodes set out along a side.
    pub(crate) fn aligned(&self, side: Side) -> Option<Edit> {
        let wide = self.wide();
        let nodes = self.frame.nodes.iter().zip(&wide.nodes);
        let own: Vec<_> = nodes
            .filter(|(node, _)| self.bench.picked.contains(&*node.name))
            .collect();
        let rects: Vec<Rect> = own.iter().map(|(_, place)| place.rect).collect();
        let corners = tools::align(&rects, side);
        let moved = own.iter().zip(corners).map(|((node, place), at)| {
            (
                node.name.to_string(),
                Rect::new(at.x, at.y, place.rect.w, place.rect.h),
            )
        });
        moves(moved.collect())
    }

    /// All nodes in tidy columns.
    pub(crate) fn tidied(&self) -> Option<Edit> {
        let moved = self
            .at_home()
            .unwrap_or_else(|| tools::tidy(&self.frame))
            .into_iter();
        let edits: Vec<Edit> = moved.map(|(id, (x, y))| Edit::Move { id, x, y }).collect();
        (!edits.is_empty()).then_some(Edit::Many(edits))
    }

    /// In the shop and the bank: each node in the place where its family is at home, in the order of the tidy columns.
    /// `None` elsewhere, and where a place has no room for all.
    fn at_home(&self) -> Option<SortedMap<String, (i32, i32)>> {
        self.start_areas()?;
        let world = self.run.design().layout.world;
        let tidy = tools::tidy(&self.frame);
        let nodes = self.frame.nodes.iter().zip(&self.stage.standing().nodes);
        let mut by_area: SortedMap<&str, Vec<(&NodeFrame, Rect)>> = SortedMap::new();
        for (node, place) in nodes {
            let area = places::home(world, node.kind.entry().family)?;
            by_area.entry(area.id).or_default().push((node, place.rect));
        }
        let mut out = SortedMap::new();
        for area in places::areas(world) {
            let Some(mut own) = by_area.remove(area.id) else {
                continue;
            };
            order::sort_by_key(&mut own, |(node, _)| {
                tidy.get(&*node.name).map(|(x, y)| (*y, *x))
            });
            let gaps = (own.len() - 1) as f64 * COLUMN_GAP;
            let height = own.iter().map(|(_, rect)| rect.h).sum::<f64>() + gaps;
            if height > area.rect.h - COLUMN_ROOM
                || own.iter().any(|(_, rect)| rect.w > area.rect.w)
            {
                return None;
            }
            let mut y = area.rect.centre().y - height / 2.0;
            for (node, rect) in own {
                let x = area.rect.centre().x - rect.w / 2.0;
                out.insert(
                    node.name.to_string(),
                    tools::whole(Rect::new(x, y, rect.w, rect.h)),
                );
                y += rect.h + COLUMN_GAP;
            }
        }
        Some(out)
    }

    /// What lies within a frame [px] is chosen.
    pub(crate) fn pick_within(&mut self, frame: Rect, adds: bool) {
        let camera = self.stage.camera();
        let (a, b) = (
            camera.to_world(Point::new(frame.x, frame.y)),
            camera.to_world(Point::new(frame.right(), frame.bottom())),
        );
        let frame = between(a, b);
        let nodes = self.frame.nodes.iter().zip(&self.stage.standing().nodes);
        let within = nodes.filter(|(_, place)| frame.overlaps(&place.rect));
        let within: SortedSet<String> = within.map(|(node, _)| node.name.to_string()).collect();
        if !adds {
            self.bench.picked.clear();
        }
        self.bench.picked.extend(within);
    }

    /// Chosen nodes that are still there.
    pub(crate) fn picked(&self) -> SortedSet<String> {
        let design = self.run.design();
        let there = self
            .bench
            .picked
            .iter()
            .filter(|id| design.node(id).is_some());
        there.cloned().collect()
    }

    // ---- wires -----------------------------------------------------------------------------

    /// Begins a wire at a node, to be ended by a click or a key.
    pub(crate) fn begin_wire(&mut self, id: NodeId, dir: Dir, at: Point) {
        self.bench.let_go();
        self.bench.wiring = Some((id, dir, at));
    }

    /// Whether a wire was begun, and at which node and side.
    pub(crate) fn wiring(&self) -> Option<(NodeId, Dir)> {
        self.bench.wiring.map(|(id, dir, _)| (id, dir))
    }

    /// The ends of a wire from a port to a point [px]: ids of the nodes, data's way; `None` over nothing.
    pub(crate) fn wire_ends(&self, id: NodeId, dir: Dir, at: Point) -> Option<(String, String)> {
        let other = self.wire_end(id, dir, at)?;
        let (here, there) = (self.name_at(id)?, self.name_at(other)?);
        Some(match dir {
            Dir::Out => (here, there),
            Dir::In => (there, here),
        })
    }

    pub(super) fn wire_end(&self, id: NodeId, dir: Dir, at: Point) -> Option<NodeId> {
        let camera = self.stage.camera();
        let other = match dir {
            Dir::Out => Dir::In,
            Dir::In => Dir::Out,
        };
        tools::magnet(
            self.stage.geometry(),
            camera.to_world(at),
            other,
            id,
            camera.zoom,
        )
    }

    pub(super) fn fits(&self, from: NodeId, to: NodeId) -> Fit {
        let kind = |id| self.node_of(id).map(|node| node.kind);
        match (kind(from), kind(to)) {
            (Some(from), Some(to)) if !kinds_between(from, to).is_empty() => Fit::Fits,
            _ => Fit::Refused,
        }
    }
}

/// Moves as one edit; `None` without any.
fn moves(moved: SortedMap<String, Rect>) -> Option<Edit> {
    let edits = moved.into_iter().map(|(id, rect)| {
        let (x, y) = tools::whole(rect);
        Edit::Move { id, x, y }
    });
    let edits: Vec<Edit> = edits.collect();
    (!edits.is_empty()).then_some(Edit::Many(edits))
}

/// Words for how many are chosen.
pub(crate) fn picked_words(n: usize) -> String {
    if n == 0 {
        return t("pick.none").to_owned();
    }
    fill("pick.some", &[("n", &n.to_string())])
}
