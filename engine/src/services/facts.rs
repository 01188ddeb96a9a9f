//! What happened, for charts, badges, Why? and files. Services write facts and never read them.

use super::talk::{NodeId, Parcel, Reason, Reply, WireId};
use crate::base::time::Us;
use crate::kernel::CallId;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Fact {
    /// A sample of a metric: index into the service's `ENTRY.metrics`.
    Metric {
        /// Where.
        node: NodeId,
        /// Shard or other lane; `None` for the node.
        lane: Option<u32>,
        /// Index of the metric.
        metric: u16,
        /// The sample.
        value: u64,
    },
    /// Records went over a wire (what the moving marks show).
    Moved {
        /// The wire.
        wire: WireId,
        /// The records.
        parcel: Parcel,
    },
    /// A limiter let records in; told only while somebody asks *why*.
    Admitted {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: u32,
        /// The records.
        parcel: Parcel,
        /// Number of the first record in the shard.
        ordinal: u64,
    },
    /// A limiter refused records, with bucket, holder and both numbers.
    Refused {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: Option<u32>,
        /// Which law and bucket.
        reason: Reason,
        /// The records.
        parcel: Parcel,
        /// What the bucket still held [units of the bucket].
        had: u64,
        /// What one record needs [units of the bucket].
        needed: u64,
        /// Units refilled a second.
        limit_per_s: u64,
    },
    /// A call without records was refused as a whole (GetRecords, SubscribeToShard).
    CallRefused {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: Option<u32>,
        /// Why.
        reason: Reason,
    },
    /// A client sends again later.
    Retried {
        /// Where.
        node: NodeId,
        /// The records.
        parcel: Parcel,
        /// Which attempt comes next (2 is the first repeat).
        attempt: u32,
        /// When [us].
        at: Us,
    },
    /// Obligations ended.
    Ended {
        /// Where.
        node: NodeId,
        /// Why.
        reason: Reason,
        /// The records.
        parcel: Parcel,
    },
    /// Records came to a sink; latencies lie evenly between two values.
    Delivered {
        /// The sink.
        node: NodeId,
        /// The records.
        parcel: Parcel,
        /// Of those, how many came for the first time.
        first: u64,
        /// Latency of the record made first [us].
        oldest_us: Us,
        /// Latency of the record made last [us].
        newest_us: Us,
    },
    /// A request from outside was opened; the next such fact of its number is its answer.
    Asked {
        /// The request.
        call: CallId,
    },
    /// The answer to a request from outside.
    Answered {
        /// The request.
        call: CallId,
        /// The answer.
        reply: Box<Reply>,
    },
    /// Something worth a mark on the timeline.
    Note {
        /// Where.
        node: Option<NodeId>,
        /// Key of its sentence in the text files.
        key: &'static str,
        /// A number that belongs to it.
        value: u64,
    },
}
