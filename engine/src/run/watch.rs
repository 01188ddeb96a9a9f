//! The observer of a run: folds facts into history, collects exemplars for the moving marks,
//! and sees when something notable happens.

use super::frame::Refusal;
use super::history::History;
use crate::base::sorted::SortedMap;
use crate::base::time::{SECOND, Us};
use crate::kernel::Observer;
use crate::services::facts::Fact;
use crate::services::talk::{NodeId, Parcel, WireId};

/// Exemplars kept a wire between two frames.
const EXEMPLARS: usize = 32;

/// A record that went over a wire.
#[derive(Clone, Copy, Debug)]
pub struct Exemplar {
    /// When [us].
    pub at: Us,
    /// Over which wire.
    pub wire: WireId,
    /// The records it was taken from; the first one flies.
    pub parcel: Parcel,
    /// Lane of the node it came to.
    pub to_lane: Option<u32>,
    /// Why it was refused there.
    pub refused: Option<Refusal>,
}

/// Something worth stopping at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notable {
    /// Refusals begin at a lane that refused nothing for a second.
    RefusalBegins,
    /// The first records came to a sink.
    FirstArrival,
    /// A note of a service.
    Note,
}

/// A set of source lanes: most of what a limiter says is about records of which none is an exemplar.
#[derive(Debug, Default)]
struct Lanes(Vec<u64>);

impl Lanes {
    fn insert(&mut self, lane: u32) {
        let word = lane as usize / 64;
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (lane % 64);
    }

    #[inline]
    fn contains(&self, lane: u32) -> bool {
        let word = self.0.get(lane as usize / 64);
        word.is_some_and(|word| word >> (lane % 64) & 1 == 1)
    }

    /// Takes a lane out, and others near it: for use when all go.
    fn forget(&mut self, lane: u32) {
        if let Some(word) = self.0.get_mut(lane as usize / 64) {
            *word = 0;
        }
    }
}

/// Folds, samples and watches.
#[derive(Debug, Default)]
pub struct Watch {
    /// The past of the branch.
    pub history: History,
    /// False while events are re-simulated: nothing is folded.
    pub folding: bool,
    /// Whether exemplars are wanted.
    pub sampling: bool,
    /// The first notable thing since it was last taken.
    pub notable: Option<(Us, Notable)>,
    /// All facts, while somebody listens (`--facts`, Why?).
    pub listener: Option<Vec<(Us, Fact)>>,
    exemplars: Vec<Exemplar>,
    /// The lanes of their records.
    flying: Lanes,
    counts: SortedMap<WireId, usize>,
    /// Last refusal by node and lane [us].
    last_refusal: SortedMap<(NodeId, Option<u32>), Us>,
    arrived: SortedMap<NodeId, Us>,
}

impl Watch {
    /// A watch that folds from the start.
    #[must_use]
    pub fn folding() -> Self {
        Self {
            folding: true,
            ..Self::default()
        }
    }

    /// A watch that keeps all facts.
    #[must_use]
    pub fn listening() -> Self {
        Self {
            listener: Some(Vec::new()),
            ..Self::default()
        }
    }

    /// Takes the exemplars since the last call.
    pub fn take_exemplars(&mut self) -> Vec<Exemplar> {
        self.counts.clear();
        for exemplar in &self.exemplars {
            self.flying.forget(exemplar.parcel.lane);
        }
        std::mem::take(&mut self.exemplars)
    }

    /// When this lane last refused, if it did [us].
    #[must_use]
    pub fn last_refusal(&self, node: NodeId, lane: Option<u32>) -> Option<Us> {
        self.last_refusal.get(&(node, lane)).copied()
    }

    fn sample(&mut self, at: Us, fact: &Fact) {
        match fact {
            Fact::Moved { wire, parcel } => {
                let count = self.counts.entry(*wire).or_default();
                if *count < EXEMPLARS {
                    *count += 1;
                    let (wire, parcel) = (*wire, *parcel);
                    let exemplar = Exemplar {
                        at,
                        wire,
                        parcel,
                        to_lane: None,
                        refused: None,
                    };
                    self.exemplars.push(exemplar);
                    self.flying.insert(parcel.lane);
                }
            }
            Fact::Admitted { lane, parcel, .. } => self.settle(parcel, Some(*lane), None),
            Fact::Refused {
                lane,
                parcel,
                reason,
                had,
                needed,
                limit_per_s,
                ..
            } => {
                let (reason, had) = (*reason, *had);
                let (needed, limit_per_s) = (*needed, *limit_per_s);
                let refusal = Refusal {
                    reason,
                    had,
                    needed,
                    limit_per_s,
                };
                self.settle(parcel, *lane, Some(refusal));
            }
            _ => {}
        }
    }

    /// Tells the newest exemplar of these records where it came to.
    fn settle(&mut self, parcel: &Parcel, lane: Option<u32>, refused: Option<Refusal>) {
        if !self.flying.contains(parcel.lane) {
            return;
        }
        let (from, to) = parcel.range();
        let hit = self.exemplars.iter_mut().rev().find(|exemplar| {
            let (first, end) = exemplar.parcel.range();
            exemplar.parcel.lane == parcel.lane && from < end && first < to
        });
        if let Some(exemplar) = hit {
            let partly = exemplar.to_lane.is_some() && exemplar.refused.is_none();
            exemplar.to_lane = lane;
            if refused.is_some() || !partly {
                exemplar.refused = refused;
            }
        }
    }

    fn watch(&mut self, at: Us, fact: &Fact) {
        let seen = match fact {
            Fact::Refused { node, lane, .. } => {
                let before = self.last_refusal.insert((*node, *lane), at);
                let quiet = before.is_none_or(|before| at > before + SECOND || at < before);
                quiet.then_some(Notable::RefusalBegins)
            }
            Fact::Delivered { node, first, .. } if *first > 0 => {
                let before = self.arrived.get(node).copied();
                if before.is_none_or(|before| at < before) {
                    self.arrived.insert(*node, at);
                    Some(Notable::FirstArrival)
                } else {
                    None
                }
            }
            Fact::Note { .. } => Some(Notable::Note),
            _ => None,
        };
        if let (Some(seen), None) = (seen, self.notable) {
            self.notable = Some((at, seen));
        }
    }
}

impl Observer<Fact> for Watch {
    fn wants_all(&self) -> bool {
        self.listener.is_some()
    }

    fn fact(&mut self, at: Us, fact: Fact) {
        // samples of nodes are taken up from their boards (`run::seconds`)
        let gathered = matches!(fact, Fact::Metric { lane: None, .. });
        if self.folding && !gathered {
            self.history.fold(at, &fact);
        }
        if self.sampling {
            self.sample(at, &fact);
        }
        self.watch(at, &fact);
        if let Some(list) = &mut self.listener {
            list.push((at, fact));
        }
    }
}
