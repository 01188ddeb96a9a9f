//! Open requests: each is opened once and closed once, by its one answer.

use std::hash::{Hash, Hasher};

/// The number of a request, never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId {
    slot: u32,
    life: u32,
}

impl CallId {
    /// One number for people and messages.
    #[must_use]
    pub fn number(self) -> u64 {
        (u64::from(self.life) << 32) | u64::from(self.slot)
    }
}

/// The requests that wait for their answer, with what the machine keeps about each.
#[derive(Clone, Debug)]
pub struct Calls<T> {
    slots: Vec<(u32, Option<T>)>,
    free: Vec<u32>,
    open: u64,
}

impl<T> Default for Calls<T> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            open: 0,
        }
    }
}

impl<T> Calls<T> {
    /// Opens a request.
    pub fn open(&mut self, about: T) -> CallId {
        self.open += 1;
        if let Some(slot) = self.free.pop() {
            let cell = &mut self.slots[slot as usize];
            cell.0 += 1;
            cell.1 = Some(about);
            return CallId { slot, life: cell.0 };
        }
        self.slots.push((0, Some(about)));
        CallId {
            slot: (self.slots.len() - 1) as u32,
            life: 0,
        }
    }

    /// Closes a request; `None` if it is not open, which is a breach of "exactly one answer".
    pub fn close(&mut self, call: CallId) -> Option<T> {
        let cell = self.slots.get_mut(call.slot as usize)?;
        if cell.0 != call.life {
            return None;
        }
        let about = cell.1.take()?;
        self.free.push(call.slot);
        self.open -= 1;
        Some(about)
    }

    /// What is kept about an open request.
    #[must_use]
    pub fn get(&self, call: CallId) -> Option<&T> {
        let cell = self.slots.get(call.slot as usize)?;
        if cell.0 == call.life {
            cell.1.as_ref()
        } else {
            None
        }
    }

    /// What is kept about an open request, to change.
    pub fn get_mut(&mut self, call: CallId) -> Option<&mut T> {
        let cell = self.slots.get_mut(call.slot as usize)?;
        if cell.0 == call.life {
            cell.1.as_mut()
        } else {
            None
        }
    }

    /// How many requests are open.
    #[must_use]
    pub fn open_count(&self) -> u64 {
        self.open
    }
}

impl<T: Hash> Hash for Calls<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.open.hash(state);
        for (life, about) in &self.slots {
            if let Some(about) = about {
                life.hash(state);
                about.hash(state);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_answer_each() {
        let mut calls = Calls::default();
        let first = calls.open("first");
        assert_eq!(calls.close(first), Some("first"), "the one answer");
        assert_eq!(calls.close(first), None, "a second answer is seen");
        let second = calls.open("second");
        assert_ne!(first, second, "numbers are never reused");
        assert_eq!(
            calls.close(first),
            None,
            "an old number does not close a new request"
        );
        assert_eq!(calls.open_count(), 1, "the second is still open");
    }
}
