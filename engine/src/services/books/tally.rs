//! What went in and out of one node.

use crate::services::talk::Reason;
use std::collections::BTreeMap;

/// Tally of one node, in records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// Taken in.
    pub taken: u64,
    /// Made here, by reason: fan-out, read again.
    pub created: BTreeMap<Reason, u64>,
    /// Handed on.
    pub out: u64,
    /// Ended here, by reason.
    pub ended: BTreeMap<Reason, u64>,
}

impl Tally {
    /// in + created - out - ended: what the node must hold.
    #[must_use]
    pub fn held(&self) -> i128 {
        let sum = |map: &BTreeMap<Reason, u64>| map.values().map(|n| i128::from(*n)).sum::<i128>();
        i128::from(self.taken) + sum(&self.created) - i128::from(self.out) - sum(&self.ended)
    }
}
