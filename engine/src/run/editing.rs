//! Edits of a run: as inputs, as another start, as mere layout; undo and redo.
//!
//! ```text
//! moves and names     no input: no result depends on them, so they fork nothing
//! at time 0           the design itself: the run is built again, and any field may change
//! later               an input at the cursor; behind the head it forks
//! ```

use super::Run;
use super::admit::edit_fits;
use super::dropped::Back;
use crate::base::sorted::SortedMap;
use crate::design::Layout;
use crate::design::edit::{Edit, EditError};
use crate::design::file::Act;

/// Largest number of steps that can be undone.
pub const UNDO_MAX: usize = 100;

/// Where people put nodes and what they call them, over what the first design and its edits say.
/// `None` where they took a place or a name back: that of the design must not come again.
#[derive(Clone, Debug, Default)]
pub(super) struct Laid {
    places: SortedMap<String, Option<(i32, i32)>>,
    names: SortedMap<String, Option<String>>,
}

impl Laid {
    /// Lays this over a design's layout.
    pub(super) fn over(&self, layout: &mut Layout) {
        over(&self.places, &mut layout.places);
        over(&self.names, &mut layout.names);
    }
}

fn over<T: Clone>(own: &SortedMap<String, Option<T>>, other: &mut SortedMap<String, T>) {
    for (id, value) in own {
        match value {
            Some(value) => other.insert(id.clone(), value.clone()),
            None => other.remove(id),
        };
    }
}

impl Run {
    /// Changes the design at the cursor.
    ///
    /// # Errors
    /// A sentence; nothing has changed.
    pub fn edit(&mut self, edit: Edit) -> Result<(), EditError> {
        self.finish_instant();
        let inverse = self.design.inverse(&edit);
        self.try_edit(edit)?;
        push(&mut self.undo, inverse);
        self.redo.clear();
        Ok(())
    }

    fn try_edit(&mut self, edit: Edit) -> Result<(), EditError> {
        if edit.is_layout() {
            self.design = self.design.apply(&edit)?;
            self.lay(&edit);
            return Ok(());
        }
        if self.now() == 0 && self.inputs.is_empty() {
            return self.remake(&edit);
        }
        let next = edit_fits(&self.design, &edit)?;
        self.admitted(&next)?;
        let (truth, layout) = split(edit);
        self.record(Act::Edit(truth));
        self.design.layout = next.layout;
        self.lay(&layout);
        Ok(())
    }

    /// Remembers where people put nodes and what they call them, apart from the inputs.
    fn lay(&mut self, edit: &Edit) {
        for id in touched(edit) {
            let at = self.design.layout.places.get(id).copied();
            self.layout.places.insert(id.to_owned(), at);
            let name = self.design.layout.names.get(id).cloned();
            self.layout.names.insert(id.to_owned(), name);
        }
    }

    /// Lays `design(cursor)` out as people have laid out what stands in it.
    pub(super) fn lay_out(&mut self) {
        self.layout.over(&mut self.design.layout);
    }

    /// An edit at time 0 is one of the design: the run begins again from what it gives.
    fn remake(&mut self, edit: &Edit) -> Result<(), EditError> {
        let next = self.design.apply(edit)?;
        let problems = next.check().into_iter().filter(|problem| problem.fatal);
        let fatal: Vec<String> = problems.map(|problem| problem.text).collect();
        if !fatal.is_empty() {
            return Err(EditError::Problems(fatal));
        }
        let mut fresh = Self::of(next, self.log_budget);
        fresh.watch.sampling = self.watch.sampling;
        fresh.undo = std::mem::take(&mut self.undo);
        fresh.redo = std::mem::take(&mut self.redo);
        *self = fresh;
        // what starts at time 0 starts now: lanes are seen before anything plays
        self.finish_instant();
        Ok(())
    }

    /// Whether there is something to undo here.
    ///
    /// # Errors
    /// The sentence for the greyed button.
    pub fn can_undo(&self) -> Result<(), EditError> {
        self.can_go(self.undo.last(), "Nothing to undo.")
    }

    /// Whether there is something to do again here.
    ///
    /// # Errors
    /// The sentence for the greyed button.
    pub fn can_redo(&self) -> Result<(), EditError> {
        self.can_go(self.redo.last(), "Nothing to do again.")
    }

    fn can_go(&self, edit: Option<&Edit>, nothing: &str) -> Result<(), EditError> {
        let Some(edit) = edit else {
            return Err(EditError::Undo(nothing.to_owned()));
        };
        // before the start the design itself is edited, unless later inputs belong to it
        let before_start = self.now() == 0 && self.inputs.is_empty();
        if self.now() < self.head && !before_start && !edit.is_layout() {
            return Err(EditError::Undo(
                "Undo works at the newest time; here the next edit starts another branch.".into(),
            ));
        }
        Ok(())
    }

    /// Appends the inverse of the last edit; the simulated past stays. Inputs that the edit had
    /// dropped come back, as far as they still lie ahead.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub fn undo(&mut self) -> Result<Back, EditError> {
        self.finish_instant();
        self.can_undo()?;
        let Some(inverse) = self.undo.pop() else {
            return Ok(Back::default());
        };
        let again = self.design.inverse(&inverse);
        if let Err(error) = self.try_edit(inverse.clone()) {
            self.undo.push(inverse);
            return Err(error);
        }
        push(&mut self.redo, again);
        Ok(self.undone())
    }

    /// Makes again what was undone last.
    ///
    /// # Errors
    /// Why not, as a sentence.
    pub fn redo(&mut self) -> Result<(), EditError> {
        self.finish_instant();
        self.can_redo()?;
        let Some(edit) = self.redo.pop() else {
            return Ok(());
        };
        let back = self.design.inverse(&edit);
        if let Err(error) = self.try_edit(edit.clone()) {
            self.redo.push(edit);
            return Err(error);
        }
        push(&mut self.undo, back);
        Ok(())
    }
}

/// Keeps the newest steps.
fn push(steps: &mut Vec<Edit>, step: Edit) {
    steps.push(step);
    if steps.len() > UNDO_MAX {
        steps.remove(0);
    }
}

/// What decides the future, and what does not.
fn split(edit: Edit) -> (Edit, Edit) {
    let Edit::Many(edits) = edit else {
        return (edit, Edit::Many(Vec::new()));
    };
    let (mut truth, mut layout) = (Vec::new(), Vec::new());
    for edit in edits {
        if edit.is_layout() {
            layout.push(edit);
        } else {
            let (own, rest) = split(edit);
            truth.push(own);
            if touched(&rest).is_empty() {
                continue;
            }
            layout.push(rest);
        }
    }
    (Edit::Many(truth), Edit::Many(layout))
}

/// Nodes that a layout edit is about.
fn touched(edit: &Edit) -> Vec<&str> {
    match edit {
        Edit::Move { id, .. } | Edit::Unplace { id } | Edit::Rename { id, .. } => vec![id],
        Edit::Many(edits) => edits.iter().flat_map(touched).collect(),
        _ => Vec::new(),
    }
}
