//! Lanes: runs of records with one source, client and key, numbered densely each.
//!
//! The register only grows, by the lanes of a source and again by as many when its keys change, so
//! its bound is sources x lanes x edits. A lane carries the 128-bit hash of its key, so that no
//! record is ever hashed twice.

use super::payload::{Law, Payload, Subject};
use super::talk::{Name, NodeId, Op};
use md5::{Digest, Md5};
use std::ops::Range;
use std::sync::Arc;

/// The key of a lane's records, and who sends them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Lane {
    /// The source node.
    pub source: NodeId,
    /// Which of the source's clients sends it (each has its own connection and retry quota).
    pub client: u32,
    /// Position among the source's lanes, stable over changes of keys.
    pub ordinal: u32,
    /// The partition key.
    pub key: Name,
    /// Length of the key in UTF-8 [B]; counted by Kinesis with each record.
    pub key_bytes: u32,
    /// MD5 of the key as a big-endian number, or the ExplicitHashKey in its place.
    pub hash: u128,
    /// From what the payloads of its records are drawn; shared by the lanes of a source.
    pub law: Arc<Law>,
    /// The product or account that its key names.
    pub subject: Subject,
}

/// MD5 of the key's UTF-8 bytes as an unsigned big-endian number (aws-facts 1.3.1, API-kin).
#[must_use]
pub fn key_hash(key: &str) -> u128 {
    let digest: [u8; 16] = Md5::digest(key.as_bytes()).into();
    u128::from_be_bytes(digest)
}

/// All lanes of a run, by number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lanes {
    list: Arc<Vec<Lane>>,
}

impl Lanes {
    /// Registers a lane and gives its number.
    pub fn add(&mut self, lane: Lane) -> u32 {
        let list = Arc::make_mut(&mut self.list);
        list.push(lane);
        u32::try_from(list.len() - 1).expect("lanes are bounded by the design")
    }

    /// The lane with this number.
    #[must_use]
    pub fn get(&self, lane: u32) -> &Lane {
        &self.list[lane as usize]
    }

    /// What record `record` of a lane says, in a run with this seed.
    #[must_use]
    pub fn payload(&self, seed: u64, lane: u32, record: u64, op: Op) -> Payload {
        let lane = self.get(lane);
        lane.law.payload(seed, lane, record, op)
    }

    /// Units and money of a record [pieces, cents]: less work than the whole payload.
    #[must_use]
    pub fn amounts(&self, seed: u64, lane: u32, record: u64, op: Op) -> (u64, u64) {
        let lane = self.get(lane);
        lane.law.amounts(seed, lane, record, op)
    }

    /// Units and money of consecutive records of a lane, added up [pieces, cents].
    #[must_use]
    pub fn sums(&self, seed: u64, lane: u32, records: Range<u64>, op: Op) -> (u64, u64) {
        let lane = self.get(lane);
        lane.law.sums(seed, lane, records, op)
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// All lanes in order of their numbers.
    pub fn iter(&self) -> impl Iterator<Item = &Lane> {
        self.list.iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_worked_numbers() {
        // aws-facts W1
        for (key, hash) in [
            (
                "store-001",
                73_870_337_084_973_131_715_145_762_840_074_011_768,
            ),
            (
                "store-002",
                243_771_729_510_904_016_112_713_705_885_248_328_289,
            ),
            (
                "store-003",
                301_522_838_571_664_863_800_205_057_158_489_970_723,
            ),
            (
                "store-004",
                192_986_289_551_219_510_197_756_234_370_832_058_249,
            ),
            ("é", 136_732_923_097_551_493_579_404_309_126_273_812_335),
        ] {
            assert_eq!(key_hash(key), hash, "{key}");
        }
    }
}
