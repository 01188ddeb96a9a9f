//! The closed vocabulary in which services and wires talk: parcels, requests, answers, reasons.
//!
//! Long: the closed vocabulary stands in one place.

pub use super::message::{Message, Receipt, SendEntry};
pub use super::reason::Reason;
use crate::base::few::Few;
use crate::base::time::Us;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

/// A node of the design; numbered in order, never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A wire of the design; numbered in order, never reused within a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WireId(pub u32);

/// Who acts: a node, or what AWS keeps on a wire (a mapping, a subscription).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A service.
    Node(NodeId),
    /// A wire.
    Wire(WireId),
    /// A person or a test that asks a service directly; answers become facts.
    Outside,
}

/// The wire of requests from outside: no wire at all.
pub const OUTSIDE: WireId = WireId(u32::MAX);

/// What a record says; its payload is a function of (seed, source, lane, record number).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// A step of a trace or a test load: counts only.
    Count,
    /// A sale: units and money.
    Sale,
    /// A card payment: one unit and money.
    Payment,
    /// A deposit or a withdrawal of money on an account.
    Account,
    /// A record of a file, which lists what it says.
    Listed,
}

/// Set on a parcel whose records were accepted before although the sender does not know it
/// (a lost acknowledgement): the truth ledger counts no second obligation for it.
pub const FLAG_COPY: u8 = 1;

/// A run of consecutive records of one lane. A split is a sub-range, a merge joins adjacent
/// ranges with equal fields; both lose nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parcel {
    /// Number of the lane in [`super::lanes::Lanes`]; the lane names source, client and key.
    pub lane: u32,
    /// Count of records [1..].
    pub n: u32,
    /// Number of the first record in the lane; the others follow without a gap.
    pub first: u64,
    /// When the first record was made [us].
    pub born: Us,
    /// From the first record's making to the end of the parcel's time [us]; record i was made at
    /// `born + span * i / n`.
    pub span: u32,
    /// Payload of each record, without its key [B].
    pub bytes_each: u32,
    /// What the records say.
    pub op: Op,
    /// [`FLAG_COPY`].
    pub flags: u8,
}

impl Hash for Parcel {
    /// As five words, which a digest takes at once: worlds hold many parcels. Inlined, for a call for each would keep
    /// the lanes of the digest in memory.
    #[inline(always)]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let pair = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
        state.write_u64(self.first);
        state.write_u64(self.born);
        state.write_u64(pair(self.lane, self.n));
        state.write_u64(pair(self.span, self.bytes_each));
        state.write_u64(pair(self.op as u32, self.flags.into()));
    }
}

impl Parcel {
    /// When record `i` of the parcel was made [us].
    #[must_use]
    pub fn born_at(&self, i: u32) -> Us {
        self.born + u64::from(self.span) * u64::from(i) / u64::from(self.n.max(1))
    }

    /// The sub-range of `n` records from the `skip`-th on.
    #[must_use]
    pub fn part(&self, skip: u32, n: u32) -> Self {
        debug_assert!(skip + n <= self.n, "a part lies inside the parcel");
        let born = self.born_at(skip);
        let end = self.born_at(skip + n);
        Self {
            n,
            first: self.first + u64::from(skip),
            born,
            span: u32::try_from(end - born).unwrap_or(u32::MAX),
            ..*self
        }
    }

    /// Cuts into the first `n` records and the rest.
    #[must_use]
    pub fn split(&self, n: u32) -> (Option<Self>, Option<Self>) {
        let n = n.min(self.n);
        let head = (n > 0).then(|| self.part(0, n));
        let tail = (n < self.n).then(|| self.part(n, self.n - n));
        (head, tail)
    }

    /// Joins `next` behind `self` if it continues the same range with equal fields.
    #[must_use]
    pub fn join(&self, next: &Self) -> Option<Self> {
        let end = self.born + u64::from(self.span);
        let fits = self.lane == next.lane
            && self.first + u64::from(self.n) == next.first
            && self.bytes_each == next.bytes_each
            && self.op == next.op
            && self.flags == next.flags
            && end == next.born
            // equal spacing, so that every record keeps the time at which it was made
            && u64::from(self.span) * u64::from(next.n) == u64::from(next.span) * u64::from(self.n);
        if !fits {
            return None;
        }
        let n = self.n.checked_add(next.n)?;
        let span = self.span.checked_add(next.span)?;
        Some(Self { n, span, ..*self })
    }

    /// The numbers of its records, half open.
    #[must_use]
    pub fn range(&self) -> (u64, u64) {
        (self.first, self.first + u64::from(self.n))
    }

    /// Whether it repeats records that were accepted before.
    #[must_use]
    pub fn is_copy(&self) -> bool {
        self.flags & FLAG_COPY != 0
    }
}

/// Adds `parcel` to `list`, joined to the last one where that loses nothing.
pub fn push_joined(list: &mut Vec<Parcel>, parcel: Parcel) {
    if let Some(last) = list.last_mut()
        && let Some(joined) = last.join(&parcel)
    {
        *last = joined;
        return;
    }
    list.push(parcel);
}

/// Where a reader begins (aws-facts 1.3.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StartAt {
    /// The oldest record kept.
    TrimHorizon,
    /// After the newest record at the time of the call.
    Latest,
    /// The first record that arrived at or after the time [us since start].
    AtTimestamp(Us),
    /// The record with this number in the shard, inclusive.
    AtSequence(u64),
    /// The record behind this number.
    AfterSequence(u64),
}

/// Records as they were read: the parcel, its place in the shard, when it arrived there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Read {
    /// The records.
    pub parcel: Parcel,
    /// Number of the first record in the shard (dense, from 0); its sequence number is made of it.
    pub ordinal: u64,
    /// When the first of them arrived at the log [us].
    pub arrived: Us,
}

impl Read {
    /// Records that no log has given a place.
    #[must_use]
    pub fn loose(parcel: Parcel) -> Self {
        Self {
            parcel,
            ordinal: 0,
            arrived: 0,
        }
    }
}

/// A shard as ListShards tells it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ShardInfo {
    /// Number in `shardId-000000000008`.
    pub id: u32,
    /// The shards it came from: none, one (split), two (merge).
    pub parents: Vec<u32>,
    /// Whether it takes writes.
    pub open: bool,
}

/// What a write does to an item of a table. Which item a record belongs to is the table's setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteOp {
    /// PutItem: the item becomes what the record says.
    Put,
    /// UpdateItem with ADD: the record's amount is added to the item's number.
    Add,
    /// DeleteItem.
    Delete,
}

/// The condition of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Condition {
    /// None.
    None,
    /// The record's sequence number is above the one stored with the item.
    Sequence,
    /// The record's event id is not among those remembered with the item.
    EventId,
    /// The item does not exist (attribute_not_exists).
    New,
    /// The item was changed so many times: optimistic locking on the version that was read.
    Version(u64),
}

/// How a write is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Write {
    /// What it does.
    pub op: WriteOp,
    /// Its condition.
    pub condition: Condition,
    /// Whether the item's number may not fall below zero.
    pub not_below_zero: bool,
    /// The call that carries it.
    pub call: WriteCall,
}

/// The call that carries writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WriteCall {
    /// One call a record.
    Single,
    /// BatchWriteItem: at most 25, no conditions; what is throttled comes back unprocessed.
    Batch,
    /// TransactWriteItems: all or none, twice the units.
    Transact,
}

/// How items are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GetCall {
    /// GetItem.
    One,
    /// BatchGetItem: each item is rounded up to units by itself.
    Batch,
    /// Query or Scan: all that it looks at is rounded up together.
    Query,
    /// TransactGetItems: twice the units.
    Transact,
}

/// A read of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Get {
    /// The call.
    pub call: GetCall,
    /// Hash of the partition key; of a batch, that of the first item.
    pub key: u128,
    /// Items looked at.
    pub items: u32,
    /// Bytes of each, where the table does not keep the item by itself; 0: it is not there [B].
    pub bytes_each: u32,
    /// Strongly consistent; otherwise half the units.
    pub consistent: bool,
}

/// A look into a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ObjectCall {
    /// GetObject.
    Get {
        /// Number of the object.
        number: u64,
    },
    /// ListObjectsV2: a page of keys.
    List {
        /// Only the prefix of this hour since the start.
        hour: Option<u64>,
        /// Number of the first object wanted.
        from: u64,
    },
}

/// How an invocation ended, as the caller sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It returned. What it reported as failed comes back in `back`.
    Returned,
    /// It returned something that cannot be read as a report of failed items.
    Malformed,
    /// It ended with an error (FunctionError: Unhandled), a time-out included.
    Failed,
}

/// A request. Each gets exactly one [`Reply`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// PutRecord / PutRecords and their like: every entry is tried.
    Put {
        /// The records, in the order in which the client sends them.
        entries: Few<Parcel>,
        /// True for PutRecords (at most 500 a call), false for one call a record.
        batched: bool,
    },
    /// ListShards.
    ListShards,
    /// GetShardIterator.
    GetShardIterator {
        /// Shard number.
        shard: u32,
        /// Position asked for.
        start: StartAt,
    },
    /// GetRecords.
    GetRecords {
        /// Shard number.
        shard: u32,
        /// Number of the next record wanted (what the iterator points to).
        ordinal: u64,
        /// When the iterator was given out [us]; it expires.
        issued: Us,
        /// Most records.
        limit: u32,
    },
    /// SubscribeToShard (enhanced fan-out): lasts five minutes.
    Subscribe {
        /// Shard number.
        shard: u32,
        /// Position asked for.
        start: StartAt,
    },
    /// An event of a subscription: the stream pushes it.
    ShardEvent {
        /// Shard number.
        shard: u32,
        /// The records.
        reads: Vec<Read>,
        /// Number of the record behind the last one.
        next: u64,
        /// MillisBehindLatest.
        behind_ms: u64,
        /// True when a closed shard has been read to its end.
        end: bool,
        /// Children to go on with at the end.
        children: Vec<u32>,
    },
    /// Hands records to a sink or to a part of the workbench.
    Hand {
        /// The records.
        parcels: Few<Parcel>,
    },
    /// Invoke: runs a function on a batch. Answered with [`Reply::Invoked`] when it ends, or with
    /// [`Reply::Done`] at once if asynchronous (202: the function's own queue has it).
    Invoke {
        /// The batch, in order; place and time of arrival are 0 where no log or queue has them.
        reads: Vec<Read>,
        /// Whether the caller does not wait for the end.
        asynchronous: bool,
    },
    /// PutItem, UpdateItem, BatchWriteItem, TransactWriteItems.
    Write {
        /// The records, an item each (or an addition to one), with their places in the log.
        entries: Vec<Read>,
        /// How.
        write: Write,
    },
    /// SendMessage / SendMessageBatch of messages with attributes of their own.
    Send {
        /// The messages, in the order in which the client sends them.
        entries: Vec<SendEntry>,
        /// True for SendMessageBatch (at most 10 a call), false for one call a message.
        batched: bool,
    },
    /// GetItem, BatchGetItem, Query, Scan, TransactGetItems.
    Read(Get),
    /// GetObject, ListObjectsV2.
    Object(ObjectCall),
    /// ReceiveMessage.
    Receive {
        /// Most messages [1..10].
        max: u32,
        /// How long it may wait for one (long poll) [us]; `None`: as the queue is set.
        wait: Option<Us>,
        /// Visibility time-out in place of the queue's [us].
        visibility: Option<Us>,
    },
    /// DeleteMessageBatch.
    Delete {
        /// Which.
        receipts: Vec<Receipt>,
    },
    /// ChangeMessageVisibilityBatch.
    Visibility {
        /// Which.
        receipts: Vec<Receipt>,
        /// From now on [us]; 0: at once.
        timeout: Us,
    },
    /// A queue moves messages to its dead-letter queue, or back; the time of sending stays.
    Move {
        /// The messages; their records are copies.
        messages: Vec<Message>,
    },
    /// Tells an on-failure destination of records that were given up. They are copies.
    DeadLetter {
        /// The records.
        parcels: Vec<Parcel>,
        /// Whether the records travel with the notice (S3), or only shard, sequence numbers, counts.
        carries: bool,
        /// For a function's dead-letter queue: the ErrorCode attribute (an HTTP status).
        error: Option<u16>,
    },
}

impl Ask {
    /// The records that travel with the request and are in nobody else's custody.
    #[must_use]
    pub fn parcels(&self) -> Vec<Parcel> {
        match self {
            Self::Put { entries, .. } => entries.to_vec(),
            Self::Send { entries, .. } => entries.iter().map(|entry| entry.parcel).collect(),
            Self::ShardEvent { reads, .. } | Self::Invoke { reads, .. } => {
                reads.iter().map(|read| read.parcel).collect()
            }
            Self::Write { entries, .. } => entries.iter().map(|read| read.parcel).collect(),
            Self::Hand { parcels } => parcels.to_vec(),
            Self::DeadLetter { parcels, .. } => parcels.clone(),
            Self::Move { messages } => messages.iter().map(|message| message.parcel).collect(),
            _ => Vec::new(),
        }
    }
}

/// An entry that was not taken, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Failed {
    /// The records; their sender has custody again once the answer arrives.
    pub parcel: Parcel,
    /// Why.
    pub reason: Reason,
}

/// The one answer to a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Put: what was not taken, in the order of the request. Empty: all were.
    Put {
        /// Entries not taken.
        failed: Vec<Failed>,
    },
    /// ListShards.
    Shards(Vec<ShardInfo>),
    /// GetShardIterator: the number of the record that the iterator points to.
    Iterator {
        /// Number of the next record.
        ordinal: u64,
    },
    /// GetRecords.
    Records {
        /// What was read.
        reads: Vec<Read>,
        /// Where the next iterator points; `None` when a closed shard was read to its end.
        next: Option<u64>,
        /// MillisBehindLatest.
        behind_ms: u64,
        /// Children to go on with at the end.
        children: Vec<u32>,
    },
    /// Done (Subscribe, ShardEvent, Hand, Delete, Visibility, Move, DeadLetter; Invoke: accepted).
    Done,
    /// Invoke ended. Of a failed one all records come back; those that had been delivered on are
    /// copies.
    Invoked {
        /// How.
        outcome: Outcome,
        /// The records that failed, in the order of the batch.
        back: Vec<Failed>,
    },
    /// Read.
    Items {
        /// How often the item of the key was changed; 0: it is not there.
        version: u64,
        /// UnprocessedKeys: items for which there were no units.
        unprocessed: u32,
        /// Units consumed, in thousandths.
        milli_units: u64,
    },
    /// Object: how many objects were found.
    Objects {
        /// Of a get, 0 if it is not there (NoSuchKey).
        objects: u64,
        /// Their size in all [B].
        bytes: u64,
        /// Number of the object with which the next page begins.
        next: Option<u64>,
    },
    /// ReceiveMessage.
    Messages {
        /// What was received; empty is normal.
        messages: Vec<Message>,
    },
    /// Delete or Visibility: receipts that were not valid any more. Empty: all were.
    Receipts {
        /// Those refused.
        refused: Vec<Receipt>,
    },
    /// The whole call was refused; what travelled with it comes back.
    Refused {
        /// Why.
        reason: Reason,
        /// The records of the request.
        back: Vec<Parcel>,
    },
    /// The answer was lost; the caller's time-out ran. Entries that had been accepted carry
    /// [`FLAG_COPY`], which no client reads: only the truth ledger does.
    NoAnswer {
        /// The records of the request.
        unknown: Vec<Parcel>,
    },
}

impl Reply {
    /// The records that travel with the answer and are in nobody else's custody.
    #[must_use]
    pub fn parcels(&self) -> Vec<Parcel> {
        let mut all = Vec::new();
        self.each_parcel(|parcel| all.push(*parcel));
        all
    }

    /// Calls `see` with each of [`Self::parcels`].
    pub fn each_parcel(&self, see: impl FnMut(&Parcel)) {
        match self {
            Self::Put { failed } => failed.iter().map(|failed| &failed.parcel).for_each(see),
            Self::Records { reads, .. } => reads.iter().map(|read| &read.parcel).for_each(see),
            Self::Refused { back, .. } => back.iter().for_each(see),
            Self::Invoked { back, .. } => back.iter().map(|failed| &failed.parcel).for_each(see),
            Self::Messages { messages } => {
                messages.iter().map(|message| &message.parcel).for_each(see);
            }
            Self::NoAnswer { unknown } => {
                let known = unknown.iter().filter(|parcel| !parcel.is_copy());
                known.for_each(see);
            }
            _ => {}
        }
    }
}

/// A command to a service's control plane, given by a person at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Control {
    /// SplitShard with NewStartingHashKey (decimal); `None`: the middle.
    SplitShard {
        /// Shard number.
        shard: u32,
        /// NewStartingHashKey.
        new_start: Option<u128>,
    },
    /// MergeShards.
    MergeShards {
        /// Shard number.
        shard: u32,
        /// AdjacentShardToMerge.
        adjacent: u32,
    },
    /// PurgeQueue: deletes all messages of a queue.
    Purge,
    /// StartMessageMoveTask: a dead-letter queue gives its messages back to the queues that they
    /// came from.
    Redrive {
        /// MaxNumberOfMessagesPerSecond, 1 to 500; 0: as fast as the service goes by itself.
        per_second: u32,
    },
}

/// Text shared between configuration, state and reports.
pub type Name = Arc<str>;

#[cfg(test)]
mod tests;
