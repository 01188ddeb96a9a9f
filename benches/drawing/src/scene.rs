//! The scene: a design at rest and marks that move over all its wires.

use crate::painter::Painter;
use crate::{canvas, picture, yard};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::design::World;
use millrace_engine::run::frame::{Frame, Mark};
use millrace_engine::scene::camera::Padding;
use millrace_engine::scene::motion::{FLIGHT, Flight};
use millrace_engine::scene::{
    self, Camera, DisplayList, Geometry, Mode, Motion, Stage, Theme, Words,
};
use millrace_engine::services::talk::Name;
use wasm_bindgen::prelude::wasm_bindgen;

/// Wall time between two frames [s].
const FRAME_S: f64 = 1.0 / 60.0;

/// A stage with marks.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Scene {
    painter: Painter,
    list: DisplayList,
    frame: Frame,
    geometry: Geometry,
    motion: Motion,
    camera: Camera,
    words: Words,
    names: SortedMap<String, String>,
    marks: usize,
    sent: u64,
}

#[wasm_bindgen]
impl Scene {
    /// Takes the canvases `resting` and `moving`; `marks` are in flight at any time.
    #[wasm_bindgen(constructor)]
    pub fn new(resting: &str, moving: &str, width: f64, height: f64, marks: usize) -> Self {
        let painter = Painter::new(canvas(resting), canvas(moving));
        let mut painter = painter.unwrap_or_else(|| panic!("no 2d context"));
        painter.resize(width, height, 1.0);
        let (frame, places) = yard::yard();
        let geometry = Geometry::of(&frame, &places, Mode::Wide);
        let bounds = geometry.bounds();
        let camera = Camera::new(width, height).fit(&bounds, &bounds, Padding::default(), 0.1);
        let mut motion = Motion::new(false);
        motion.step(0.0, &frame, true);
        let mut own = Self {
            painter,
            list: DisplayList::default(),
            frame,
            geometry,
            motion,
            camera,
            words: Words::default(),
            names: SortedMap::new(),
            marks,
            sent: 0,
        };
        for mark in 0..marks {
            own.send(own.motion.wall - FLIGHT * mark as f64 / marks as f64);
        }
        own
    }

    /// Draws the next frame.
    pub fn frame(&mut self) {
        self.motion.step(FRAME_S, &self.frame, true);
        for _ in self.motion.flying().count()..self.marks {
            self.send(self.motion.wall);
        }
        self.build();
        self.painter.paint(&mut self.list, Theme::Light);
    }

    /// The picture of the last frame, both layers in order, as JSON.
    pub fn ops(&mut self) -> String {
        self.build();
        let ops = self.list.resting.iter().chain(&self.list.moving);
        picture::json(ops, (self.camera.width, self.camera.height))
    }

    /// How many operations of the last frame rest and how many move.
    pub fn counts(&mut self) -> Vec<u32> {
        self.build();
        vec![
            self.list.resting.len() as u32,
            self.list.moving.len() as u32,
        ]
    }
}

impl Scene {
    fn build(&mut self) {
        let stage = Stage {
            frame: &self.frame,
            names: &self.names,
            geometry: &self.geometry,
            motion: &self.motion,
            camera: &self.camera,
            selection: None,
            hover: None,
            words: &self.words,
            world: World::None,
            measure: self.painter.ruler(),
        };
        scene::build(&stage, &mut self.list);
    }

    /// Sends a mark over the next wire.
    fn send(&mut self, born: f64) {
        let wires = &self.frame.wires;
        let wire = wires[self.sent as usize % wires.len()].id;
        let store = (self.sent / 7 % 4) as u32;
        self.motion.send(Flight {
            mark: Mark {
                wire,
                lane: store,
                record: self.sent,
                key: Name::from("store"),
                colour: store as u8,
                to_lane: None,
                refused: None,
                at: self.frame.at,
            },
            born,
            number: 0, // of few on a short wire all would be seen
        });
        self.sent += 1;
    }
}
