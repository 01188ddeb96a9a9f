//! Why? The newest refusal at a lane, as a chain from the key to the limit, each link with its
//! number and its rule. Found by running again from the checkpoint before it with all facts.

use super::Run;
use super::checkpoints::Checkpoints;
use super::live::Checked;
use super::watch::Watch;
use crate::base::time::{SECOND, Us};
use crate::services::facts::Fact;
use crate::services::talk::{NodeId, Parcel, Reason};

/// Why records were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// When [us].
    pub at: Us,
    /// Id of the node that refused.
    pub node: String,
    /// Shard or other lane.
    pub lane: Option<u32>,
    /// Which law and bucket.
    pub reason: Reason,
    /// The records.
    pub parcel: Parcel,
    /// Id of their source.
    pub source: String,
    /// Their key.
    pub key: String,
    /// The key's hash: MD5 read as a number, as 32 hex digits.
    pub hash: String,
    /// The hash as a share of the ring, in millionths.
    pub hash_ppm: u32,
    /// What the bucket held.
    pub had: u64,
    /// What one record needed.
    pub needed: u64,
    /// Units refilled a second.
    pub limit_per_s: u64,
    /// Records of this key that asked to come in within the second before.
    pub tried_in_second: u64,
}

/// Most events that are run again to answer.
const EVENTS_MAX: u64 = 400_000;

impl Run {
    /// The newest refusal at a node's lane (any lane if `None`) at or before `near`.
    #[must_use]
    pub fn why(&self, node: NodeId, lane: Option<u32>, near: Us) -> Option<Why> {
        let facts = self.facts_before(near.min(self.head))?;
        let hit = facts.iter().rev().find(|(_, fact)| match fact {
            Fact::Refused {
                node: at, lane: of, ..
            } => *at == node && (lane.is_none() || *of == lane),
            _ => false,
        })?;
        let (
            at,
            Fact::Refused {
                lane,
                reason,
                parcel,
                had,
                needed,
                limit_per_s,
                ..
            },
        ) = hit
        else {
            return None;
        };
        let floor = &self.engine.machine().floor;
        let source_lane = floor.lanes.get(parcel.lane);
        let since = at.saturating_sub(SECOND);
        let tried = facts.iter().filter(|(when, _)| *when > since && when <= at);
        let tried_in_second = tried
            .filter_map(|(_, fact)| match fact {
                Fact::Refused {
                    node: of, parcel, ..
                }
                | Fact::Admitted {
                    node: of, parcel, ..
                } if *of == node && floor.lanes.get(parcel.lane).hash == source_lane.hash => {
                    Some(u64::from(parcel.n))
                }
                _ => None,
            })
            .sum();
        Some(Why {
            at: *at,
            node: floor.node(node).name.to_string(),
            lane: *lane,
            reason: *reason,
            parcel: *parcel,
            source: floor.node(source_lane.source).name.to_string(),
            key: source_lane.key.to_string(),
            hash: format!("{:032x}", source_lane.hash),
            hash_ppm: (((source_lane.hash >> 64) * 1_000_000) >> 64) as u32,
            had: *had,
            needed: *needed,
            limit_per_s: *limit_per_s,
            tried_in_second,
        })
    }

    /// All facts of some seconds before `near`, by running a copy again; the run itself stays.
    fn facts_before(&self, near: Us) -> Option<Vec<(Us, Fact)>> {
        let found = self.checkpoints.before(near.saturating_sub(2 * SECOND))?;
        let mut copy = Self {
            first: self.first.clone(),
            design: self.design.clone(),
            inputs: self.inputs.clone(),
            taken: found.inputs,
            faults: 0,
            engine: found.engine.clone(),
            watch: Watch::listening(),
            checkpoints: Checkpoints::default(),
            checked: Checked::default(),
            head: Us::MAX, // no checkpoints of a copy
            log_budget: self.log_budget,
            undo: Vec::new(),
            redo: Vec::new(),
            layout: super::editing::Laid::default(),
            seeking: None,
            taking: false,
            refused: self.refused.clone(),
            dropped: super::dropped::Dropped::default(),
        };
        copy.fold_design();
        copy.go(near, EVENTS_MAX, false);
        Some(copy.take_facts())
    }
}
