//! Numbers of series: each [`Key`] gets a small number at its first sample, by which cells are found.
//!
//! Keys are known by place and lane, so a sample costs two steps and no search among all keys.

use crate::services::talk::{NodeId, Reason, WireId};

/// What a series is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// A metric of a node or of one of its lanes.
    Metric {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: Option<u32>,
        /// Index in the service's `ENTRY.metrics`.
        metric: u16,
    },
    /// Records sent over a wire.
    Moved {
        /// The wire.
        wire: WireId,
    },
    /// Records that a limiter let in.
    Admitted {
        /// Where.
        node: NodeId,
        /// Shard or other lane; `None` for the node.
        lane: Option<u32>,
    },
    /// Bytes that a limiter let in, without keys.
    AdmittedBytes {
        /// Where.
        node: NodeId,
        /// Shard or other lane.
        lane: u32,
    },
    /// Records refused.
    Refused {
        /// Where.
        node: NodeId,
        /// Shard or other lane; `None` for the node.
        lane: Option<u32>,
    },
    /// Obligations that ended.
    Ended {
        /// Where.
        node: NodeId,
    },
    /// Records refused, by reason, over all nodes.
    Because {
        /// Why.
        reason: Reason,
    },
}

/// Most series that are kept; later lanes have none of their own, sums of nodes go on.
pub(super) const KEYS_MAX: u32 = 200_000;

/// Bytes that a key takes in the tables, about: its number, its share of a lane and of a tree.
const KEY_BYTES: u64 = 24;

/// The first numbers of a place or a lane: fixed series come before the metrics.
const ADMITTED: usize = 0;
const REFUSED: usize = 1;
const BYTES_OR_ENDED: usize = 2;
const METRICS: usize = 3;

/// No number yet.
const NONE: u32 = u32::MAX;

/// Most lanes of a node that have series of their own.
const LANES_MAX: u32 = KEYS_MAX;

/// Lanes whose numbers lie together, a power of two.
const TOGETHER: usize = 64;

/// Numbers of a node and of its lanes.
#[derive(Clone, Debug, Default)]
struct Place {
    own: Vec<u32>,
    /// How many numbers a lane has room for.
    width: usize,
    /// Those of all lanes, [`TOGETHER`] lanes at a time: first the first number of each, then the second one of each.
    /// Samples of one kind, lane after lane, meet few lines of memory.
    lanes: Vec<u32>,
    /// By lane: the source lane last seen in it, plus one.
    seen: Vec<u32>,
}

impl Place {
    /// Where a lane's number stands.
    #[inline]
    fn at(&self, lane: u32, ix: usize) -> usize {
        let (block, place) = (lane as usize / TOGETHER, lane as usize % TOGETHER);
        (block * self.width + ix) * TOGETHER + place
    }

    /// A lane's number, if it has one.
    fn find(&self, lane: u32, ix: usize) -> Option<u32> {
        let at = self.at(lane, ix);
        (ix < self.width).then(|| self.lanes.get(at).copied())?
    }

    /// The cell of a lane, which comes into being; `None` where there are too many lanes.
    #[inline]
    fn of_lane(&mut self, lane: u32, ix: usize) -> Option<&mut u32> {
        if lane >= LANES_MAX {
            return None;
        }
        if ix >= self.width {
            self.widen(ix + 1);
        }
        let at = self.at(lane, ix);
        if self.lanes.len() <= at {
            self.lengthen(lane);
        }
        self.lanes.get_mut(at)
    }

    #[cold]
    fn lengthen(&mut self, lane: u32) {
        let blocks = lane as usize / TOGETHER + 1;
        self.lanes.resize(blocks * self.width * TOGETHER, NONE);
    }

    #[cold]
    fn widen(&mut self, width: usize) {
        let old = std::mem::replace(&mut self.width, width).max(1);
        let blocks = self.lanes.chunks(old * TOGETHER).flat_map(|block| {
            let room = std::iter::repeat_n(NONE, width * TOGETHER - block.len());
            block.iter().copied().chain(room)
        });
        self.lanes = blocks.collect();
    }
}

/// All numbers given so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    places: Vec<Place>,
    wires: Vec<u32>,
    reasons: Vec<u32>,
    count: u32,
}

/// Gives the cell at `ix`, which comes into being.
#[inline]
fn cell(list: &mut Vec<u32>, ix: usize) -> &mut u32 {
    if list.len() <= ix {
        list.resize(ix + 1, NONE);
    }
    &mut list[ix]
}

/// Where a key's number stands: node, lane, place in the list.
#[inline]
fn spot(key: Key) -> Result<(NodeId, Option<u32>, usize), Key> {
    match key {
        Key::Metric { node, lane, metric } => Ok((node, lane, METRICS + usize::from(metric))),
        Key::Admitted { node, lane } => Ok((node, lane, ADMITTED)),
        Key::Refused { node, lane } => Ok((node, lane, REFUSED)),
        Key::AdmittedBytes { node, lane } => Ok((node, Some(lane), BYTES_OR_ENDED)),
        Key::Ended { node } => Ok((node, None, BYTES_OR_ENDED)),
        Key::Moved { .. } | Key::Because { .. } => Err(key),
    }
}

impl Keys {
    /// Memory of the tables [B].
    pub(super) fn bytes(&self) -> u64 {
        u64::from(self.count) * KEY_BYTES
    }

    /// The number of a key; the first sample gives it one. `None` when there are too many.
    #[inline(always)] // who asks knows the kind of key, and then little of this is left
    pub(super) fn id(&mut self, key: Key) -> Option<u32> {
        let fresh = self.count;
        let id = match spot(key) {
            Ok((node, lane, ix)) => {
                let place = self.place(node);
                match lane {
                    None => cell(&mut place.own, ix),
                    Some(lane) => place.of_lane(lane, ix)?,
                }
            }
            Err(Key::Moved { wire }) => cell(&mut self.wires, wire.0 as usize),
            Err(Key::Because { reason }) => cell(&mut self.reasons, reason as usize),
            Err(_) => return None,
        };
        if *id == NONE {
            if fresh >= KEYS_MAX {
                return None;
            }
            *id = fresh;
            self.count += 1;
            return Some(fresh);
        }
        Some(*id)
    }

    /// The number of a key that has one.
    pub(super) fn find(&self, key: Key) -> Option<u32> {
        let id = match spot(key) {
            Ok((node, lane, ix)) => {
                let place = self.places.get(node.0 as usize)?;
                match lane {
                    None => *place.own.get(ix)?,
                    Some(lane) => place.find(lane, ix)?,
                }
            }
            Err(Key::Moved { wire }) => *self.wires.get(wire.0 as usize)?,
            Err(Key::Because { reason }) => *self.reasons.get(reason as usize)?,
            Err(_) => return None,
        };
        (id != NONE).then_some(id)
    }

    #[inline]
    fn place(&mut self, node: NodeId) -> &mut Place {
        let ix = node.0 as usize;
        if self.places.len() <= ix {
            self.places.resize_with(ix + 1, Place::default);
        }
        &mut self.places[ix]
    }

    /// Notes the source lane whose records came to a lane of a node.
    #[inline]
    pub(super) fn saw(&mut self, node: NodeId, lane: u32, source_lane: u32) {
        if lane >= LANES_MAX {
            return;
        }
        let (seen, ix) = (&mut self.place(node).seen, lane as usize);
        if seen.len() <= ix {
            seen.resize(ix + 1, 0);
        }
        seen[ix] = source_lane.saturating_add(1);
    }

    /// The source lane that was last seen in a lane of a node.
    pub(super) fn seen(&self, node: NodeId, lane: u32) -> Option<u32> {
        let place = self.places.get(node.0 as usize)?;
        place.seen.get(lane as usize)?.checked_sub(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_number() {
        let (node, reason) = (NodeId(3), Reason::WriteBytes);
        let mut all = vec![
            Key::Moved { wire: WireId(7) },
            Key::Ended { node },
            Key::Because { reason },
        ];
        for lane in [None, Some(0), Some(90)] {
            all.push(Key::Admitted { node, lane });
            all.push(Key::Refused { node, lane });
            for metric in 0..4 {
                all.push(Key::Metric { node, lane, metric });
            }
        }
        for lane in [0, 90] {
            all.push(Key::AdmittedBytes { node, lane });
        }
        let mut keys = Keys::default();
        assert!(all.iter().all(|key| keys.find(*key).is_none()), "none yet");
        for (ix, key) in (0_u32..).zip(&all) {
            assert_eq!(keys.id(*key), Some(ix), "{key:?} is new");
        }
        for (ix, key) in (0_u32..).zip(&all) {
            assert_eq!((keys.id(*key), keys.find(*key)), (Some(ix), Some(ix)));
        }
    }

    #[test]
    fn there_are_at_most_so_many() {
        let mut keys = Keys::default();
        let node = NodeId(0);
        let key = |lane| Key::AdmittedBytes { node, lane };
        let given = (0..KEYS_MAX + 10).filter(|lane| keys.id(key(*lane)).is_some());
        assert_eq!(given.count() as u32, KEYS_MAX);
        keys.saw(node, KEYS_MAX + 5, 1);
        assert_eq!(keys.seen(node, KEYS_MAX + 5), None, "no lane beyond");
        assert!(keys.places[0].lanes.len() <= KEYS_MAX as usize * keys.places[0].width);
    }
}
