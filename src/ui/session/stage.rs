//! The stage of a session: the canvases, what is drawn on them, and what lies under the pointer.

use super::Session;
use crate::ui::seen::Seen;
use yew::AttrValue;

/// What drawing needs.
#[derive(Debug, Default)]
pub(crate) struct Stage {
    hasty: bool,
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

    /// Draws the frame.
    pub(crate) fn draw(&mut self, now_ms: f64) {
        self.draw_charts(now_ms);
    }

    /// All that the panels see.
    pub(crate) fn seen(&mut self, now_ms: f64) -> Seen {
        self.stage.hasty = false;
        self.see(now_ms, |_| [0.0; 4])
    }

    /// Measures the stage again.
    pub(crate) fn restage(&mut self, _dark: bool) {
        self.desk.forget();
    }

    /// A node has the focus.
    pub(crate) fn point_at(&mut self, _node: Option<&str>) {}

    /// Node and lane under a point of the stage.
    pub(crate) fn hit(&self, _x: f64, _y: f64) -> Option<(AttrValue, Option<u32>)> {
        None
    }

    /// Hands the stage to another session.
    pub(crate) fn take_stage(&mut self) -> Stage {
        std::mem::take(&mut self.stage)
    }

    /// Takes it.
    pub(crate) fn set_stage(&mut self, stage: Stage) {
        self.stage = stage;
    }
}
