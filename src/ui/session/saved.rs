//! Where a file or a link says that its run stood: the same run must come to the same world here.

use super::{Session, Told};
use crate::ui::text::{fill, t};
use millrace_engine::base::digest::Hex;
use millrace_engine::base::time::{Us, clock};
use millrace_engine::design::file::{ENGINE, End, File};
use millrace_engine::kernel::Stop;

/// What was saved beside design and inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    /// Where the run stood.
    pub(crate) end: End,
    /// The engine that wrote it.
    pub(crate) engine: String,
}

impl Session {
    /// From here on the run is one that was saved.
    pub(crate) fn was_saved(&mut self, saved: Option<Saved>) {
        self.saved = saved;
    }

    /// The run as a file, at the end of the instant at which it stands: the world in its middle is told by no time.
    pub(crate) fn whole_file(&mut self) -> File {
        self.arrive();
        if let Stop::Fault(fault) = self.run.advance(self.run.now(), u64::MAX).stop {
            self.broke(&fault.to_string());
        }
        self.run.file()
    }

    /// When the run comes to where it stood, if that is ahead [us].
    pub(super) fn saved_ahead(&self) -> Option<Us> {
        let at = self.saved.as_ref()?.end.at_us;
        (at > self.run.now()).then_some(at)
    }

    /// Compares the world with the saved one when the run has come there; says if they differ.
    pub(super) fn compare_saved(&mut self) {
        let Some(saved) = self
            .saved
            .take_if(|saved| saved.end.at_us <= self.run.now())
        else {
            return;
        };
        let here = Hex(self.run.digest()).to_string();
        if saved.end.at_us != self.run.now() || saved.end.digest == here {
            return;
        }
        let time = clock(self.run.design().start_us, saved.end.at_us);
        let engine = match saved.engine.as_str() {
            "" => t("note.engine-unnamed"),
            engine => engine,
        };
        self.told = Some(Told::of(fill(
            "note.differs",
            &[("time", &time), ("engine", engine), ("here", ENGINE)],
        )));
    }
}
