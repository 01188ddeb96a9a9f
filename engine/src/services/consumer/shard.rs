//! One shard as the application keeps it.

use crate::base::time::Us;
use crate::services::shared::reading::{self, Cursor, Phase, count};
use crate::services::talk::Read;
use std::collections::VecDeque;
use std::ops::{Deref, DerefMut};

/// A slice in the hands of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Work {
    /// The records, in order.
    pub(super) reads: Vec<Read>,
    /// When it will be done [us].
    pub(super) until: Us,
    /// Whether a batch ends with it.
    pub(super) last: bool,
}

/// One shard: where reading stands, and what of it is in memory.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Shard {
    /// Where reading stands.
    cursor: Cursor,
    /// Records in memory that no worker has yet.
    pub(super) waiting: VecDeque<Read>,
    pub(super) work: Option<Work>,
    /// Records read and not yet done: waiting, at work, being handed on.
    pub(super) in_hand: u64,
    /// All records before this one are done.
    pub(super) done_to: Option<u64>,
}

impl Deref for Shard {
    type Target = Cursor;

    fn deref(&self) -> &Cursor {
        &self.cursor
    }
}

impl DerefMut for Shard {
    fn deref_mut(&mut self) -> &mut Cursor {
        &mut self.cursor
    }
}

impl reading::Shard for Shard {
    fn fresh(cursor: Cursor) -> Self {
        Self {
            cursor,
            waiting: VecDeque::new(),
            work: None,
            in_hand: 0,
            done_to: None,
        }
    }

    fn cursor(&self) -> &Cursor {
        &self.cursor
    }

    fn cursor_mut(&mut self) -> &mut Cursor {
        &mut self.cursor
    }

    fn is_done(&self) -> bool {
        self.in_hand == 0
    }
}

impl Shard {
    /// The same after a crash: only the saved position is left.
    pub(super) fn forgotten(&self) -> Self {
        reading::Shard::fresh(self.cursor.forgotten())
    }

    /// Whether its reading goes on.
    pub(super) fn reads(&self) -> bool {
        self.phase == Phase::Reading
    }

    /// Records in memory that are not on their way to a next place.
    pub(super) fn unfinished(&self) -> u64 {
        let waiting: u64 = self
            .waiting
            .iter()
            .map(|read| u64::from(read.parcel.n))
            .sum();
        let events: u64 = self.events.iter().map(|event| count(&event.reads)).sum();
        waiting + events + self.work.as_ref().map_or(0, |work| count(&work.reads))
    }

    /// When the oldest record in memory arrived at the stream [us].
    pub(super) fn oldest(&self) -> Option<Us> {
        let at_work = self.work.as_ref().and_then(|work| work.reads.first());
        let event = self.events.front().and_then(|event| event.reads.first());
        at_work
            .or(self.waiting.front())
            .or(event)
            .map(|read| read.arrived)
    }
}
