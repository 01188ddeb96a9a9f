//! Tests of the stream, each over a bench with requests from outside.

use crate::services::rig::Rig;
use crate::services::talk::{Ask, Parcel, Read, Reason, Reply, StartAt};

mod writing;

/// Puts entries in one call and gives what failed.
fn put(rig: &mut Rig, entries: Vec<Parcel>) -> Vec<(Parcel, Reason)> {
    match rig.ask(
        "s",
        Ask::Put {
            entries,
            batched: true,
        },
    ) {
        Reply::Put { failed } => failed.into_iter().map(|f| (f.parcel, f.reason)).collect(),
        other => panic!("not the answer to a put: {other:?}"),
    }
}

/// Opens an iterator and gives its number.
fn iterator(rig: &mut Rig, shard: u32, start: StartAt) -> Option<u64> {
    match rig.ask("s", Ask::GetShardIterator { shard, start }) {
        Reply::Iterator { ordinal } => Some(ordinal),
        _ => None,
    }
}

/// One GetRecords call with a fresh iterator.
fn get(rig: &mut Rig, shard: u32, ordinal: u64, limit: u32) -> Reply {
    let issued = rig.engine.now();
    rig.ask(
        "s",
        Ask::GetRecords {
            shard,
            ordinal,
            issued,
            limit,
        },
    )
}

/// The same where records must come.
fn got(rig: &mut Rig, shard: u32, ordinal: u64) -> (Vec<Read>, Option<u64>, u64, Vec<u32>) {
    match get(rig, shard, ordinal, 10_000) {
        Reply::Records {
            reads,
            next,
            behind_ms,
            children,
        } => (reads, next, behind_ms, children),
        other => panic!("no records: {other:?}"),
    }
}

/// How many records lie in the reads.
fn count(reads: &[Read]) -> u64 {
    reads.iter().map(|read| u64::from(read.parcel.n)).sum()
}
