//! The stage of a session: the canvases, the camera, what is drawn, and what lies under the pointer.

use super::bench::SLACK_TOUCH;
use super::{Gait, Session};
use crate::platform::dom;
use crate::platform::painter::Painter;
use crate::platform::sizes::Watched;
use crate::ui::seen::Seen;
use crate::ui::stage::{MOVES, OVER, REST, STAGE};
use millrace_engine::run::frame::NodeFrame;
use millrace_engine::scene::camera::Padding;
use millrace_engine::scene::shapes::{Point, Rect};
use millrace_engine::scene::{
    self, Camera, DisplayList, Geometry, Mode, Motion, Target, Theme, Words, hit, minimap,
};
use millrace_engine::services::talk::{NodeId, WireId};
use wasm_bindgen::JsCast;
use web_sys::HtmlCanvasElement;
use yew::AttrValue;

/// Room around the design; above it lie cards.
const PADDING: Padding = Padding {
    top: 66.0,
    side: 20.0,
    bottom: 34.0,
};
/// Room above the design on a narrow stage without cards, and between a card and the design.
const NARROW_TOP: f64 = 24.0;
/// How far beside a thin thing a click may be [world units].
const SLACK: f64 = 6.0;
/// Width and height of a wire's element in the mirror [CSS px].
const WIRE: f64 = 26.0;

/// What drawing needs.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The panels are to be looked at with the next frame.
    hasty: bool,
    painter: Option<Painter>,
    /// The stage's own box, and what lies over it.
    watched: [Option<Watched>; 2],
    list: DisplayList,
    /// Where nodes stand in the design.
    standing: Geometry,
    /// The same, with what is being moved where it is held.
    geometry: Geometry,
    motion: Motion,
    camera: Camera,
    pub(super) words: Words,
    theme: Theme,
    /// Whether the reader moved the camera: then nothing else does.
    moved: bool,
    /// Whether all is to be seen, however small it gets.
    whole: bool,
    hover: Option<Target>,
    last_ms: Option<f64>,
}

impl Default for Stage {
    fn default() -> Self {
        Self {
            hasty: true,
            painter: None,
            watched: [None, None],
            list: DisplayList::default(),
            standing: Geometry::default(),
            geometry: Geometry::default(),
            motion: Motion::new(dom::matches("(prefers-reduced-motion: reduce)")),
            camera: Camera::new(0.0, 0.0),
            words: Words::default(),
            theme: Theme::default(),
            moved: false,
            whole: false,
            hover: None,
            last_ms: None,
        }
    }
}

fn canvas(id: &str) -> Option<HtmlCanvasElement> {
    dom::by_id(id)?.dyn_into().ok()
}

impl Stage {
    /// Finds the canvases once they are in the page, and fits them to their box. False while there are none.
    fn ready(&mut self) -> bool {
        if self.painter.is_none() {
            self.painter = canvas(REST)
                .zip(canvas(MOVES))
                .and_then(|(rest, moves)| Painter::new(rest, moves));
        }
        let size = Watched::size(&mut self.watched[0], STAGE);
        let (Some(painter), Some((width, height))) = (&mut self.painter, size) else {
            return false;
        };
        painter.resize(width, height, dom::pixel_ratio());
        width > 0.0 && height > 0.0
    }

    /// Shows the whole design, unless the reader has moved the camera.
    fn fit(&mut self, areas: Option<Rect>) {
        let Some(painter) = &self.painter else {
            return;
        };
        let fresh = painter.camera();
        if self.moved {
            (self.camera.width, self.camera.height) = (fresh.width, fresh.height);
        } else {
            let mode = self.standing.mode;
            let own = (!self.standing.nodes.is_empty()).then(|| self.standing.bounds());
            let areas = areas.filter(|_| mode == Mode::Wide);
            let all = own
                .into_iter()
                .chain(areas)
                .reduce(|all, rect| all.around(&rect));
            let bounds = all.unwrap_or(Rect::new(0.0, 0.0, 800.0, 400.0));
            let focus = areas.map_or_else(|| self.standing.focus(), |_| bounds);
            let cards = Watched::size(&mut self.watched[1], OVER).map_or(0.0, |(_, high)| high);
            let top = match mode {
                Mode::Wide if areas.is_some() => PADDING.top.max(cards + 28.0),
                Mode::Wide => PADDING.top,
                Mode::Compact => NARROW_TOP + cards,
            };
            let zoom_min = if self.whole && mode == Mode::Wide {
                millrace_engine::scene::camera::ZOOM_MIN
            } else {
                mode.zoom_min()
            };
            self.camera = fresh.fit(&bounds, &focus, Padding { top, ..PADDING }, zoom_min);
        }
    }

    fn place(&self, id: NodeId) -> [f64; 4] {
        let rect = self
            .geometry
            .node(id)
            .map(|node| self.camera.rect(&node.rect));
        rect.map_or([0.0; 4], |rect| [rect.x, rect.y, rect.w, rect.h])
    }

    /// Forgets how things moved: other parts stand under their numbers now.
    pub(super) fn forget(&mut self) {
        self.motion.reset();
        self.hover = None;
    }

    /// What lies under a point [px]; a finger covers more than a pointer.
    pub(super) fn target(&self, x: f64, y: f64, touch: bool) -> Option<Target> {
        let at = Point::new(x, y);
        if minimap::hit(&self.geometry, &self.camera, at).is_some() {
            return None; // it lies over what is there
        }
        let slack = if touch { SLACK_TOUCH } else { SLACK };
        let at = self.camera.to_world(at);
        hit::at(&self.geometry, &self.motion, at, slack / self.camera.zoom)
    }

    /// Moves the camera to a point of the minimap [px]; false if that lies elsewhere.
    pub(super) fn map_to(&mut self, at: Point) -> bool {
        let found = minimap::hit(&self.geometry, &self.camera, at);
        if let Some(at) = found {
            self.moved = true;
            self.camera = minimap::seeing(self.camera, at);
        }
        found.is_some()
    }

    /// Where nodes stand, with what is being moved where it is held.
    pub(super) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    /// Where nodes stand in the design.
    pub(super) fn standing(&self) -> &Geometry {
        &self.standing
    }

    /// The camera.
    pub(super) fn camera(&self) -> &Camera {
        &self.camera
    }

    /// What the pointer is over.
    pub(super) fn hovered(&self) -> Option<Target> {
        self.hover
    }
}

impl Session {
    /// The panels are to be looked at with the next frame.
    pub(crate) fn hasten(&mut self) {
        self.stage.hasty = true;
    }

    /// Whether they are.
    pub(crate) fn is_hasty(&self) -> bool {
        self.stage.hasty
    }

    /// Draws the stage as the run stands, before it plays.
    pub(crate) fn draw_first(&mut self, now_ms: f64) {
        self.run.frame(&mut self.frame);
        self.draw_stage(now_ms);
    }

    /// Draws the frame.
    pub(crate) fn draw(&mut self, now_ms: f64) {
        self.draw_stage(now_ms);
        self.draw_charts(now_ms);
        self.pace.drawn();
    }

    fn draw_stage(&mut self, now_ms: f64) {
        let dt_s = self
            .stage
            .last_ms
            .map_or(0.0, |last| (now_ms - last) / 1_000.0);
        self.stage.last_ms = Some(now_ms);
        self.follow_edges(now_ms);
        if !self.stage.ready() {
            return;
        }
        let chosen = self.look.chosen.as_deref();
        let selection = chosen.and_then(|id| {
            let wire = || self.find_wire(id).map(|wire| Target::Wire(wire.id));
            self.find(id).map(Target::Node).or_else(wire)
        });
        self.set_out();
        let areas = self.start_areas();
        let overlay = self.overlay();
        let layout = &self.run.design().layout;
        let stage = &mut self.stage;
        stage
            .motion
            .step(dt_s, &self.frame, self.gait == Gait::Plays);
        stage.fit(areas);
        let Some(painter) = &mut stage.painter else {
            return;
        };
        let picture = scene::Stage {
            frame: &self.frame,
            names: &layout.names,
            geometry: &stage.geometry,
            motion: &stage.motion,
            camera: &stage.camera,
            selection,
            hover: stage.hover,
            words: &stage.words,
            world: layout.world,
            measure: painter.ruler(),
        };
        scene::build(&picture, &mut stage.list);
        overlay.draw(&stage.camera, painter.ruler(), &mut stage.list);
        painter.paint(&mut stage.list, stage.theme);
        // what the next frame is to tell of single records
        scene::look_into(&stage.geometry, &stage.camera, &mut self.frame.looked_into);
    }

    /// Sets the nodes out: as the design has them, and as they are held.
    pub(super) fn set_out(&mut self) {
        let Some(painter) = &self.stage.painter else {
            return;
        };
        let mode = Mode::of_width(painter.size().0);
        let held = self.held_places();
        let places = &self.run.design().layout.places;
        self.stage.standing.refresh(&self.frame, places, mode);
        if held.is_empty() {
            self.stage.geometry.refresh(&self.frame, places, mode);
        } else {
            let mut places = places.clone();
            places.extend(held);
            self.stage.geometry.refresh(&self.frame, &places, mode);
        }
    }

    /// All that the panels see.
    pub(crate) fn seen(&mut self, now_ms: f64) -> Seen {
        self.stage.hasty = false;
        self.see(now_ms)
    }

    /// Where a node's card is on the stage [CSS px].
    pub(super) fn place(&self, node: &NodeFrame) -> [f64; 4] {
        self.stage.place(node.id).map(f64::round)
    }

    /// Where a wire can be pointed at: near its start, where all its ways run together [CSS px].
    pub(super) fn place_of_wire(&self, id: WireId) -> [f64; 4] {
        let Some(wire) = self.stage.geometry.wire(id) else {
            return [0.0; 4];
        };
        let at = self.stage.camera.to_screen(wire.curve.at(0.2));
        [at.x - WIRE / 2.0, at.y - WIRE / 2.0, WIRE, WIRE].map(f64::round)
    }

    /// The theme or the window changed.
    pub(crate) fn restage(&mut self, dark: bool) {
        self.stage.theme = if dark { Theme::Dark } else { Theme::Light };
        self.stage.motion.reduced = dom::matches("(prefers-reduced-motion: reduce)");
        if let Some(painter) = &mut self.stage.painter {
            painter.refresh();
        }
        self.desk.forget();
    }

    /// A node or wire has the focus: the camera comes to it if it is out of sight.
    pub(crate) fn point_at(&mut self, part: &str) {
        let node = self.find(part).map(|id| self.stage.place(id));
        let wire = || self.find_wire(part).map(|wire| self.place_of_wire(wire.id));
        let Some([x, y, w, h]) = node.or_else(wire) else {
            return;
        };
        let (width, height) = (self.stage.camera.width, self.stage.camera.height);
        let shift = |from: f64, length: f64, room: f64| {
            if from < 0.0 {
                -from + 20.0
            } else {
                (room - from - length - 20.0).min(0.0)
            }
        };
        let (dx, dy) = (shift(x, w, width), shift(y, h, height));
        if dx.abs() > 0.5 || dy.abs() > 0.5 {
            self.pan(dx, dy);
        }
    }

    /// Moves the camera [CSS px].
    pub(crate) fn pan(&mut self, dx: f64, dy: f64) {
        self.stage.moved = true;
        self.stage.camera = self.stage.camera.panned(dx, dy);
    }

    /// Zooms; the point stays where it is.
    pub(crate) fn zoom(&mut self, factor: f64, x: f64, y: f64) {
        self.stage.moved = true;
        self.stage.camera = self.stage.camera.zoomed(factor, Point::new(x, y));
    }

    /// Zooms about the middle of the stage.
    pub(crate) fn zoom_middle(&mut self, factor: f64) {
        let camera = self.stage.camera;
        self.zoom(factor, camera.width / 2.0, camera.height / 2.0);
    }

    /// The camera stays where it is from now on: what the reader builds must not move under the hand.
    pub(crate) fn keep_camera(&mut self) {
        // in an empty start the whole place is in view and stays so
        if self.stage.standing.mode == Mode::Wide && self.start_areas().is_none() {
            self.stage.moved = true;
        }
    }

    /// The port under a point [px].
    pub(crate) fn port_at(
        &self,
        at: Point,
        touch: bool,
    ) -> Option<(NodeId, millrace_engine::catalog::Dir)> {
        match self.stage.target(at.x, at.y, touch)? {
            Target::Port(id, dir) => Some((id, dir)),
            _ => None,
        }
    }

    /// The name of a wire kind.
    pub(crate) fn wire_kind(&self, id: &str) -> String {
        self.stage.words.wire_kind(id)
    }

    /// Shows the whole design again.
    pub(crate) fn fit_again(&mut self) {
        self.stage.moved = false;
        self.stage.whole = true;
    }

    /// The pointer is over this point, or nowhere.
    pub(crate) fn hover(&mut self, at: Option<(f64, f64)>) {
        self.stage.hover = at.and_then(|(x, y)| self.stage.target(x, y, false));
        if let Some(canvas) = dom::by_id(MOVES) {
            let sign = match self.stage.hover {
                Some(Target::Port(..)) => "crosshair",
                Some(_) => "pointer",
                None => "default",
            };
            dom::style(&canvas, "cursor", sign);
        }
    }

    /// What lies under a point of the stage: a node's or wire's id, the lane, and whether the point asks why.
    pub(crate) fn hit(
        &self,
        x: f64,
        y: f64,
        touch: bool,
    ) -> Option<(AttrValue, Option<u32>, bool)> {
        let target = self.stage.target(x, y, touch)?;
        if let Target::Wire(id) = target {
            let wire = self.frame.wires.iter().find(|wire| wire.id == id)?;
            return Some((wire.name.to_string().into(), None, false));
        }
        let id = target.node()?;
        let node = self.frame.nodes.iter().find(|node| node.id == id)?;
        let (lane, asks) = match target {
            Target::Badge(_, lane) => (Some(lane), true),
            Target::Lane(_, lane) => (Some(lane), false),
            Target::Node(_) | Target::Port(..) | Target::Wire(_) => (None, false),
        };
        Some((node.name.to_string().into(), lane, asks))
    }

    /// Hands the stage to another session.
    pub(crate) fn take_stage(&mut self) -> Stage {
        let mut stage = std::mem::take(&mut self.stage);
        stage.moved = false;
        stage.whole = false;
        stage.motion.reset();
        stage
    }

    /// Takes it.
    pub(crate) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
        self.stage.hasty = true;
    }
}
