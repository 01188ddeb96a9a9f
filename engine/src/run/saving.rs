//! A run as a file, and as the start of another run.

use super::Run;
use crate::base::digest::Hex;
use crate::design::edit::Edit;
use crate::design::file::{self, ENGINE, End, File};
use crate::services::contract::Problem;

impl Run {
    /// The file that opens this run again.
    #[must_use]
    pub fn file(&self) -> File {
        let mut design = self.first.clone();
        self.layout.over(&mut design.layout);
        File {
            design,
            inputs: self.inputs.clone(),
            end: Some(End {
                at_us: self.now(),
                digest: Hex(self.digest()).to_string(),
            }),
            engine: ENGINE.to_owned(),
        }
    }

    /// The file as text.
    #[must_use]
    pub fn file_text(&self) -> String {
        file::write(&self.file())
    }

    /// A new run of the present design from time 0, without inputs.
    ///
    /// # Errors
    /// All fatal problems of the design.
    pub fn restarted(&self, edit: Option<&Edit>) -> Result<Self, Vec<Problem>> {
        let design = match edit {
            None => self.design.clone(),
            Some(edit) => self.design.apply(edit).map_err(|error| {
                let text = error.to_string();
                vec![Problem {
                    at: String::new(),
                    field: String::new(),
                    text,
                    fatal: true,
                }]
            })?,
        };
        Self::with_log_budget(design, self.log_budget)
    }
}
