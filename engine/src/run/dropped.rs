//! Inputs that lie ahead of an act are dropped with it, for they were made for another design; here
//! they are counted and find their way back.
//!
//! ```text
//!  file     --a----------b-----c-->        an act at X drops b and c
//!  branch   --a------X                     undo of X brings back what still lies ahead
//! ```

use super::Run;
use super::admit::allowed;
use crate::design::file::{Act, Input};

/// What the newest act dropped.
#[derive(Clone, Debug, Default)]
pub(super) struct Dropped {
    inputs: Vec<Input>,
    /// Whether the act was an edit. It is then the first step of the branch that can be undone.
    by_edit: bool,
}

/// What came of bringing dropped inputs back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Back {
    /// Inputs that are ahead again.
    pub back: usize,
    /// Inputs that stay dropped: their time has passed, or they no longer fit the design.
    pub gone: usize,
}

impl Run {
    /// How many inputs lie ahead of the cursor: the next act here drops them.
    #[must_use]
    pub fn inputs_ahead(&self) -> usize {
        self.inputs.len() - self.taken
    }

    /// How many inputs the newest act that dropped any has dropped, unless they are back.
    #[must_use]
    pub fn inputs_dropped(&self) -> usize {
        self.dropped.inputs.len()
    }

    /// Keeps what `act`, at the cursor, is about to drop.
    pub(super) fn keep_dropped(&mut self, act: &Act) {
        let ahead = self.inputs[self.taken..].to_vec();
        if !ahead.is_empty() {
            self.dropped = Dropped {
                inputs: ahead,
                by_edit: matches!(act, Act::Edit(_)),
            };
        }
    }

    /// After an undo: the inputs that the undone edit had dropped come back.
    pub(super) fn undone(&mut self) -> Back {
        if self.dropped.by_edit && self.undo.is_empty() {
            self.bring_back()
        } else {
            Back::default()
        }
    }

    /// Brings back the dropped inputs that still lie ahead of the cursor and fit the design as it
    /// is; the others are gone. Does nothing behind the head, where the next act forks.
    pub fn bring_back(&mut self) -> Back {
        let mut found = Back::default();
        if self.now() < self.head || self.inputs_ahead() > 0 {
            return found;
        }
        let mut design = self.design.clone();
        for mut input in std::mem::take(&mut self.dropped).inputs {
            // those of this very time come after what was done now
            let same = self.inputs.iter().filter(|kept| kept.at_us == input.at_us);
            let n = same.map(|kept| kept.n.saturating_add(1)).max();
            input.n = n.unwrap_or(0).max(input.n);
            if input.at_us >= self.now() && allowed(&mut design, &input).is_ok() {
                self.inputs.push(input);
                found.back += 1;
            } else {
                found.gone += 1;
            }
        }
        found
    }
}
