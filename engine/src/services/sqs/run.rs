//! Messages in the queue as runs: consecutive ids, consecutive records, equal state.

use crate::base::chunks::Item;
use crate::base::time::Us;
use crate::services::talk::{FLAG_COPY, Message, Parcel, WireId};

/// A run of messages of the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Run {
    /// Id of the first message; the others follow.
    pub(super) id: u64,
    /// The records, a message each; for a notice, the records that the one message tells of.
    pub(super) parcel: Parcel,
    /// The wire that they came over.
    pub(super) wire: WireId,
    /// Message group of a FIFO queue, 0 in a standard one.
    pub(super) group: u64,
    /// When they were sent [us].
    pub(super) sent: Us,
    /// Since when they can be received, or could be for the last time [us].
    pub(super) since: Us,
    /// How often they were received.
    pub(super) received: u32,
    /// Receipt handle of the latest receive; 0 before the first.
    pub(super) receipt: u64,
    /// Whether the one message only tells of records.
    pub(super) notice: bool,
    /// ErrorCode that a function's dead letter carries.
    pub(super) error: Option<u16>,
}

impl Item for Run {
    type Sealed = Vec<Self>;
}

impl Run {
    /// How many messages.
    pub(super) fn n(&self) -> u64 {
        if self.notice {
            1
        } else {
            u64::from(self.parcel.n)
        }
    }

    /// Bytes of the bodies; a notice is a short text.
    pub(super) fn bytes(&self) -> u64 {
        if self.notice {
            NOTICE_BYTES
        } else {
            u64::from(self.parcel.n) * u64::from(self.parcel.bytes_each)
        }
    }

    /// Id behind the last message.
    pub(super) fn end(&self) -> u64 {
        self.id + self.n()
    }

    /// Cuts into the first `n` messages and the rest.
    pub(super) fn split(&self, n: u64) -> (Option<Self>, Option<Self>) {
        if n == 0 {
            return (None, Some(*self));
        }
        if n >= self.n() {
            return (Some(*self), None);
        }
        let (head, tail) = self.parcel.split(u32::try_from(n).unwrap_or(u32::MAX));
        let head = head.map(|parcel| Self { parcel, ..*self });
        let tail = tail.map(|parcel| Self {
            parcel,
            id: self.id + n,
            ..*self
        });
        (head, tail)
    }

    /// The messages with ids in `from..to`, and what lies before and behind.
    pub(super) fn cut(&self, from: u64, to: u64) -> (Option<Self>, Option<Self>, Option<Self>) {
        let (before, rest) = self.split(from.saturating_sub(self.id));
        let Some(rest) = rest else {
            return (before, None, None);
        };
        let (inside, behind) = rest.split(to.saturating_sub(rest.id));
        (before, inside, behind)
    }

    /// The messages as they are handed out.
    pub(super) fn message(&self) -> Message {
        let parcel = Parcel {
            flags: self.parcel.flags | FLAG_COPY,
            ..self.parcel
        };
        Message {
            id: self.id,
            receipt: self.receipt,
            parcel,
            group: self.group,
            sent: self.sent,
            received: self.received,
            notice: self.notice,
            error: self.error,
        }
    }
}

/// Size of a notice's body [B]; illustrative (a JSON text with shard, numbers and counts).
pub(super) const NOTICE_BYTES: u64 = 512;
