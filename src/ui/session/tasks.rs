//! The things to do of an empty start, and which of them the run does.

use super::Session;
use crate::ui::bench::tasks::TaskSeen;
use crate::ui::text::t;
use millrace_engine::lessons::starts::{self, Start};
use millrace_engine::scene::places;
use millrace_engine::scene::shapes::Rect;

impl Session {
    /// From here on the run is one of an empty start, or of none.
    pub(crate) fn starts(&mut self, id: &str) {
        self.start = starts::find(id);
    }

    /// The whole place of an empty start [world units].
    pub(super) fn start_areas(&self) -> Option<Rect> {
        self.start?;
        let areas = places::areas(self.run.design().layout.world).iter();
        areas
            .map(|area| area.rect)
            .reduce(|all, rect| all.around(&rect))
    }

    /// The things to do; those that were done once stay done.
    pub(super) fn tasks_seen(&mut self) -> Vec<TaskSeen> {
        let Some(start) = self.start else {
            self.tasks_done.clear();
            return Vec::new();
        };
        self.tasks_done.resize(start.tasks.len(), false);
        let run = &self.run;
        let tasks = start.tasks.iter().zip(&mut self.tasks_done);
        tasks
            .map(|(task, done)| {
                *done |= (task.done)(run);
                TaskSeen {
                    words: t(task.key),
                    done: *done,
                }
            })
            .collect()
    }
}

/// An empty start, if the session is one.
pub(super) type Started = Option<&'static Start>;
