//! Tests of the stream, each over a bench with requests from outside.

use crate::services::rig::Rig;
use crate::services::talk::{Ask, Parcel, Read, Reason, Reply, StartAt, WireId};

mod balance;
mod coarse;
mod pushing;
mod reading;
mod resharding;
mod showing;
mod writing;

/// Puts entries in one call and gives what failed.
fn put(rig: &mut Rig, entries: Vec<Parcel>) -> Vec<(Parcel, Reason)> {
    match rig.ask(
        "s",
        Ask::Put {
            entries: entries.into(),
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

/// Asks over a wire, as the node at its far end would; the answer comes to the test.
fn over(rig: &mut Rig, wire: WireId, ask: Ask) -> Reply {
    rig.over(wire, ask)
}

/// What the stream's tally says it must hold, and what it holds.
fn balance(rig: &Rig) -> (i128, i128) {
    let (node, now) = (rig.find("s"), rig.engine.now());
    let held = rig.engine.machine().held_by(node, now);
    (
        rig.floor().books.nodes[node.0 as usize].held(),
        i128::from(held),
    )
}

/// (number, parents, open) of all shards.
fn shards(rig: &mut Rig) -> Vec<(u32, Vec<u32>, bool)> {
    match rig.ask("s", Ask::ListShards) {
        Reply::Shards(list) => list
            .into_iter()
            .map(|s| (s.id, s.parents, s.open))
            .collect(),
        other => panic!("no list: {other:?}"),
    }
}
