//! What queues and their callers say to each other about messages.

use super::talk::Parcel;
use crate::base::time::Us;

/// Messages of a queue as ReceiveMessage hands them out: `parcel.n` messages with consecutive ids
/// and equal state. Their records carry [`super::talk::FLAG_COPY`]: the queue keeps the originals until they are
/// deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Message {
    /// Id of the first message; the others follow.
    pub id: u64,
    /// Receipt handle: the number of this receive, for deleting and for visibility.
    pub receipt: u64,
    /// The records, a message each; for a notice, the records that one message tells of.
    pub parcel: Parcel,
    /// Message group: the key's hash of a FIFO queue, 0 of a standard one.
    pub group: u64,
    /// When it was first sent; a dead-letter move of a standard queue keeps it [us].
    pub sent: Us,
    /// How often it was received, this time included.
    pub received: u32,
    /// True if it only tells of records (shard, sequence numbers, counts) and does not carry them.
    pub notice: bool,
    /// ErrorCode of a message that a function's dead-letter queue got (an HTTP status); none of others.
    pub error: Option<u16>,
}

impl Message {
    /// Names of its message attributes: what Lambda adds to an event in a dead-letter queue
    /// (L-async, "Dead-letter queues", 2023).
    #[must_use]
    pub fn attributes(&self) -> &'static [&'static str] {
        match self.error {
            Some(_) => &["ErrorCode", "ErrorMessage", "RequestID"],
            None => &[],
        }
    }
}

/// A message as SendMessage gives it to a queue, with attributes of its own. A source that puts
/// records ([`super::talk::Ask::Put`]) leaves them to the queue: the group is the record's key, and the
/// deduplication id is the record's own number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SendEntry {
    /// The record: one message.
    pub parcel: Parcel,
    /// Hash of the body, for deduplication by content.
    pub body: u64,
    /// MessageGroupId, hashed.
    pub group: Option<u64>,
    /// MessageDeduplicationId, hashed.
    pub dedup: Option<u64>,
    /// DelaySeconds [us].
    pub delay: Option<Us>,
}

/// Some messages of one receive, named for DeleteMessage or ChangeMessageVisibility.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Receipt {
    /// Id of the first message.
    pub id: u64,
    /// How many, with consecutive ids.
    pub n: u32,
    /// Receipt handle.
    pub receipt: u64,
}
