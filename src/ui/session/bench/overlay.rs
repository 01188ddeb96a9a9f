//! What lies over the picture while something is held.

use super::Placed;
use crate::ui::bench::Landing;
use crate::ui::session::Session;
use millrace_engine::catalog::Dir;
use millrace_engine::scene::Target;
use millrace_engine::scene::gesture::{Held, between};
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::tools::{self, Fit, Ghost, Overlay};
use millrace_engine::services::talk::NodeId;

impl Session {
    // ---- drawing ---------------------------------------------------------------------------

    /// What lies over the picture.
    pub(crate) fn overlay(&self) -> Overlay {
        let mut overlay = Overlay {
            picked: self.picked_rects(),
            ..Overlay::default()
        };
        match self.bench.hand.held {
            Held::Wire(id, dir, at) => self.rubber(id, dir, at, &mut overlay),
            Held::Node(id, from, at) => {
                overlay.guides = self.moved_by(id, at.x - from.x, at.y - from.y).1;
            }
            Held::Frame(from, at) => {
                let camera = self.stage.camera();
                overlay.frame = Some(between(camera.to_world(from), camera.to_world(at)));
            }
            _ => {}
        }
        if let Some((id, dir, at)) = self.bench.wiring {
            self.rubber(id, dir, at, &mut overlay);
        }
        if let Some((kind, Some(at))) = self.bench.carried {
            let at = self.stage.camera().to_world(at);
            let landing = self.landing(kind, at);
            overlay.area = self.area_at(at).map(|area| area.rect);
            self.ghost(&landing, &mut overlay);
        }
        if let Some((Placed::New(kind), rect)) = &self.bench.placing {
            let into = self.wire_under(rect.centre());
            let at = tools::whole(*rect);
            self.ghost(
                &Landing {
                    kind: *kind,
                    at,
                    into,
                },
                &mut overlay,
            );
        }
        if overlay.rubber.is_none() {
            self.open_ports(&mut overlay);
        }
        overlay
    }

    pub(crate) fn picked_rects(&self) -> Vec<Rect> {
        if self.bench.picked.is_empty() {
            return Vec::new();
        }
        let nodes = self.frame.nodes.iter().zip(&self.stage.geometry().nodes);
        let own = nodes.filter(|(node, _)| self.bench.picked.contains(&*node.name));
        own.map(|(_, place)| place.rect).collect()
    }

    /// The ports of the node under the pointer, or of the chosen one: a wire can be drawn from there.
    pub(crate) fn open_ports(&self, overlay: &mut Overlay) {
        let hovered = self.stage.hovered().and_then(Target::node);
        let chosen = self.look.chosen.as_deref().and_then(|id| self.find(id));
        for id in [hovered, chosen].into_iter().flatten() {
            let (Some(place), Some(node)) = (self.stage.geometry().node(id), self.node_of(id))
            else {
                continue;
            };
            for dir in [Dir::In, Dir::Out] {
                if node.kind.entry().ports.iter().any(|port| port.dir == dir) {
                    overlay.ends.push((tools::port(place, dir), Fit::Open));
                }
            }
        }
    }

    pub(crate) fn rubber(&self, id: NodeId, dir: Dir, at: Point, overlay: &mut Overlay) {
        let geometry = self.stage.geometry();
        let Some(place) = geometry.node(id) else {
            return;
        };
        let facing = if dir == Dir::Out { Dir::In } else { Dir::Out };
        let fit_of = |other: NodeId| match dir {
            Dir::Out => self.fits(id, other),
            Dir::In => self.fits(other, id),
        };
        let end = self.wire_end(id, dir, at);
        let fit = end.map_or(Fit::Open, fit_of);
        let snapped = end
            .and_then(|end| geometry.node(end))
            .map(|end| tools::port(end, facing));
        let to = snapped.unwrap_or_else(|| self.stage.camera().to_world(at));
        let from = tools::port(place, dir);
        overlay.rubber = Some(match dir {
            Dir::Out => (from, to, fit),
            Dir::In => (to, from, fit),
        });
        let view = self.stage.camera().view();
        let others = geometry
            .nodes
            .iter()
            .filter(|node| node.id != id && view.overlaps(&node.rect));
        overlay.ends = others
            .map(|node| (tools::port(node, facing), fit_of(node.id)))
            .collect();
    }

    pub(crate) fn ghost(&self, landing: &Landing, overlay: &mut Overlay) {
        let entry = landing.kind.entry();
        let (w, h) = self
            .bench
            .sizes
            .get(entry.id)
            .copied()
            .unwrap_or((168.0, 112.0));
        let (x, y) = landing.at;
        let wire = landing.into.as_deref().and_then(|id| self.find_wire(id));
        let shape = wire.and_then(|wire| self.stage.geometry().wire(wire.id));
        overlay.into = shape.map(|shape| shape.curve.clone());
        overlay.ghost = Some(Ghost {
            rect: Rect::new(f64::from(x), f64::from(y), w, h),
            icon: entry.id,
            name: entry.name.to_owned(),
            fits: true,
        });
    }
}
