//! Services on their way to the stage: carried by a pointer, or placed with the arrow keys or by a tap.

use super::{Placed, moves};
use crate::platform::dom;
use crate::ui::bench::{Landing, PlacingSeen};
use crate::ui::session::Session;
use crate::ui::text::fill;
use millrace_engine::base::sorted::{SortedMap, SortedSet};
use millrace_engine::catalog::Dir;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::Run;
use millrace_engine::run::frame::Frame;
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::{Geometry, Mode, places, tools};
use millrace_engine::services::ServiceKind;

/// How near a wire something must be to go into it [px].
const INTO: f64 = 16.0;

/// The size of a service's card as it comes to the stage [world units].
fn size_of(kind: ServiceKind) -> (f64, f64) {
    let (id, edit) = Design::default().placing(kind, (0, 0));
    let run = Design::default().apply(&edit).ok().map(Run::new);
    let mut frame = Frame::default();
    if let Some(Ok(mut run)) = run {
        run.advance(0, u64::MAX);
        run.frame(&mut frame);
    }
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let place = frame.nodes.iter().position(|node| *node.name == *id);
    let rect = place
        .and_then(|ix| geometry.nodes.get(ix))
        .map(|node| node.rect);
    rect.map_or((168.0, 112.0), |rect| (rect.w, rect.h))
}

impl Session {
    pub(crate) fn size_of(&mut self, kind: ServiceKind) -> (f64, f64) {
        let sizes = &mut self.bench.sizes;
        *sizes
            .entry(kind.entry().id)
            .or_insert_with(|| size_of(kind))
    }

    // ---- the palette -----------------------------------------------------------------------

    /// A service from the palette is over this point of the page [client px].
    pub(crate) fn carry(&mut self, kind: ServiceKind, x: f64, y: f64, press: u32) {
        if self.bench.press.1 == Some(press) {
            return; // Escape let it go
        }
        self.bench.press = (press, None);
        self.size_of(kind);
        let at = on_stage(x, y);
        self.bench.carried = Some((kind, at));
    }

    /// It is let go; where it would land, if over the stage.
    pub(crate) fn carried(&mut self) -> Option<Landing> {
        let (kind, at) = self.bench.carried.take()?;
        let at = self.stage.camera().to_world(at?);
        Some(self.landing(kind, at))
    }

    /// Where a service whose middle is at a world point would stand, and the wire that it would go into.
    pub(crate) fn landing(&self, kind: ServiceKind, at: Point) -> Landing {
        let (w, h) = self
            .bench
            .sizes
            .get(kind.entry().id)
            .copied()
            .unwrap_or((168.0, 112.0));
        let wanted = Point::new(at.x - w / 2.0, at.y - h / 2.0);
        let standing = self.stage.standing();
        let into = self.wire_under(at);
        let area = self.area_at(at);
        let free = match area {
            // the narrow layout sets it out itself; on a wide stage it stands beside the others
            _ if self.is_still() => {
                let wide = self.wide();
                let all = wide.bounds();
                wide.free_place(Point::new(all.right() + 60.0, all.y), w, h)
            }
            // in a place of the shop or the bank cards stand in its middle, one below the other
            Some(area) if into.is_none() && w <= area.rect.w => {
                let middle = area.rect.centre().x - w / 2.0;
                standing.free_place(Point::new(middle, wanted.y), w, h)
            }
            _ => standing.free_place(wanted, w, h),
        };
        Landing {
            kind,
            at: tools::whole(Rect::new(free.x, free.y, w, h)),
            into,
        }
    }

    /// The place of the shop or the bank at a point of the world.
    pub(crate) fn area_at(&self, at: Point) -> Option<places::Area> {
        let world = self.run.design().layout.world;
        places::at(world, self.stage.standing(), at).filter(|_| !self.is_still())
    }

    pub(crate) fn wire_under(&self, at: Point) -> Option<String> {
        let reach = INTO / self.stage.camera().zoom;
        let geometry = self.stage.geometry();
        if geometry.nodes.iter().any(|node| node.rect.holds(at)) {
            return None;
        }
        let near = geometry
            .wires
            .iter()
            .map(|wire| (wire.curve.distance(at), wire.id));
        let near = near.filter(|(far, _)| *far <= reach);
        let (_, id) = near.min_by(|a, b| a.0.total_cmp(&b.0))?;
        let wire = self.frame.wires.iter().find(|wire| wire.id == id)?;
        Some(wire.name.to_string())
    }

    /// Begins to place a service with the arrow keys, or by a tap.
    pub(crate) fn place_new(&mut self, kind: ServiceKind) {
        self.bench.let_go();
        let (w, h) = self.size_of(kind);
        let camera = self.stage.camera();
        let middle = camera.to_world(Point::new(camera.width / 2.0, camera.height / 2.0));
        let wanted = Point::new(middle.x - w / 2.0, middle.y - h / 2.0);
        let world = self.run.design().layout.world;
        let home = self
            .start
            .and_then(|_| places::home(world, kind.entry().family));
        let at = match home {
            Some(area) => area.slot(self.stage.standing(), (w, h)),
            None => self.stage.standing().free_place(wanted, w, h),
        };
        let rect = Rect::new(at.x, at.y, w, h);
        self.bench.placing = Some((Placed::New(kind), rect));
        if !self.is_still() {
            self.bring_into_view(rect);
        }
    }

    /// Begins to move nodes with the arrow keys.
    pub(crate) fn place_old(&mut self, ids: &SortedSet<String>) {
        self.bench.let_go();
        let nodes = self.frame.nodes.iter().zip(&self.stage.standing().nodes);
        let nodes: SortedMap<String, Rect> = nodes
            .filter(|(node, _)| ids.contains(&*node.name))
            .map(|(node, place)| (node.name.to_string(), place.rect))
            .collect();
        let all = nodes
            .values()
            .copied()
            .reduce(|all, rect| all.around(&rect));
        if let Some(all) = all.filter(|_| !self.is_still()) {
            self.bench.placing = Some((Placed::Old(nodes), all));
        }
    }

    /// Moves what is placed by so many steps of the grid.
    pub(crate) fn nudge(&mut self, dx: f64, dy: f64) {
        let Some((_, rect)) = &mut self.bench.placing else {
            return;
        };
        rect.x += dx * tools::GRID;
        rect.y += dy * tools::GRID;
        let rect = *rect;
        self.bring_into_view(rect);
    }

    pub(crate) fn bring_into_view(&mut self, rect: Rect) {
        let seen = self.stage.camera().rect(&rect);
        let camera = self.stage.camera();
        let shift = |from: f64, length: f64, room: f64| {
            if from < 0.0 || length > room {
                -from + 20.0
            } else {
                (room - from - length - 20.0).min(0.0)
            }
        };
        let dx = shift(seen.x, seen.w, camera.width);
        let dy = shift(seen.y, seen.h, camera.height);
        if dx.abs() > 0.5 || dy.abs() > 0.5 {
            self.pan(dx, dy);
        }
    }

    /// What is placed is put here [px], if a service is being placed.
    pub(crate) fn place_at(&mut self, at: Point) -> Option<Landing> {
        let Some((Placed::New(kind), _)) = &self.bench.placing else {
            return None;
        };
        let kind = *kind;
        self.bench.placing = None;
        let at = self.stage.camera().to_world(at);
        Some(self.landing(kind, at))
    }

    /// What is placed stays where it is: a new service's landing, or the edit of a move.
    pub(crate) fn placed(&mut self) -> Option<Result<Landing, Edit>> {
        match self.bench.placing.take()? {
            (Placed::New(kind), rect) => {
                let into = self.wire_under(rect.centre());
                let corner = Point::new(rect.x, rect.y);
                if self.is_still() {
                    return Some(Ok(self.landing(kind, rect.centre())));
                }
                let free = self.stage.standing().free_place(corner, rect.w, rect.h);
                let at = tools::whole(Rect::new(free.x, free.y, rect.w, rect.h));
                Some(Ok(Landing { kind, at, into }))
            }
            (Placed::Old(nodes), rect) => moves(shifted(&nodes, rect)).map(Err),
        }
    }

    /// What is being placed, in words.
    pub(crate) fn placing_seen(&self) -> Option<PlacingSeen> {
        if let Some((id, dir)) = self.wiring() {
            let node = self.name_at(id)?;
            let key = match dir {
                Dir::Out => "place.wire-from",
                Dir::In => "place.wire-to",
            };
            return Some(PlacingSeen {
                words: fill(key, &[("node", &node)]).into(),
                keys: false,
            });
        }
        let (what, rect) = self.bench.placing.as_ref()?;
        let name = match what {
            Placed::New(kind) => kind.entry().name.to_owned(),
            Placed::Old(nodes) if nodes.len() == 1 => nodes.keys().next()?.clone(),
            Placed::Old(nodes) => fill("place.nodes", &[("n", &nodes.len().to_string())]),
        };
        let over = self.frame.nodes.iter().zip(&self.stage.standing().nodes);
        let mut over = over.filter(|(node, _)| match what {
            Placed::New(_) => true,
            Placed::Old(nodes) => !nodes.contains_key(&*node.name),
        });
        let over = over.find(|(_, place)| place.rect.overlaps(rect));
        let (x, y) = tools::whole(*rect);
        let at = [("x", &*x.to_string()), ("y", &*y.to_string())];
        let words = fill("place.words", &[("what", &name)]);
        let words = format!("{words} {}", fill("place.at", &at));
        let words = match over {
            Some((node, _)) => format!("{words} {}", fill("place.over", &[("node", &node.name)])),
            None => words,
        };
        Some(PlacingSeen {
            words: words.into(),
            keys: true,
        })
    }

    /// Free places for services in a row between two nodes.
    pub(crate) fn places_between(
        &mut self,
        from: &str,
        to: &str,
        row: &[ServiceKind],
    ) -> Vec<(i32, i32)> {
        let standing = self.stage.standing().clone();
        let rect = |id: &str| {
            let node = self.find(id).and_then(|id| standing.node(id));
            node.map(|node| node.rect).unwrap_or_default()
        };
        let (a, b) = (rect(from).centre(), rect(to).centre());
        let mut places = Vec::new();
        for (ix, kind) in row.iter().enumerate() {
            let (w, h) = self.size_of(*kind);
            let share = (ix + 1) as f64 / (row.len() + 1) as f64;
            let at = a.towards(b, share);
            let free = standing.free_place(Point::new(at.x - w / 2.0, at.y - h / 2.0), w, h);
            places.push(tools::whole(Rect::new(free.x, free.y, w, h)));
        }
        places
    }
}

/// Nodes moved as their common box was.
pub(super) fn shifted(nodes: &SortedMap<String, Rect>, to: Rect) -> SortedMap<String, Rect> {
    let all = nodes
        .values()
        .copied()
        .reduce(|all, rect| all.around(&rect))
        .unwrap_or(to);
    let (dx, dy) = (to.x - all.x, to.y - all.y);
    let moved = nodes.iter().map(|(id, rect)| {
        (
            id.clone(),
            Rect::new(rect.x + dx, rect.y + dy, rect.w, rect.h),
        )
    });
    moved.collect()
}

/// A point of the page on the stage [px]; `None` beside it.
pub(crate) fn on_stage(x: f64, y: f64) -> Option<Point> {
    let stage = dom::by_id(crate::ui::stage::STAGE)?;
    let rect = stage.get_bounding_client_rect();
    let (x, y) = (x - rect.left(), y - rect.top());
    let inside = x >= 0.0 && y >= 0.0 && x <= rect.width() && y <= rect.height();
    inside.then(|| Point::new(x, y))
}
