//! What a changed design makes of the paths: which begin, which are closed, who owes what on them.

use super::{Books, Path, Unowed};
use crate::base::sorted::SortedSet;
use crate::services::lanes::Lanes;
use crate::services::talk::{NodeId, Parcel, WireId};
use std::sync::Arc;

/// A way from a source to a sink, as the topology has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where the records are made.
    pub source: NodeId,
    /// Where they must come.
    pub sink: NodeId,
    /// The last wire.
    pub last: WireId,
    /// Nodes between.
    pub via: Vec<NodeId>,
    /// All wires on it.
    pub through: SortedSet<WireId>,
    /// Whether ways part and meet again on it, so that a record goes more than one of them.
    pub parted: bool,
}

impl Books {
    /// Takes up the ways of a changed design. A path whose way is gone is closed: it is about no
    /// record made later. Gives the indexes of new paths, whose debts in custody are to be added
    /// ([`Self::owe_held`]).
    pub fn set_paths(&mut self, lanes: &Lanes, found: Vec<Way>) -> Vec<usize> {
        self.forget_met();
        let made_to: Arc<[u64]> = self.made_to.clone().into();
        for path in self.paths.iter_mut().filter(|path| path.live()) {
            match found
                .iter()
                .find(|way| way.source == path.source && way.last == path.last)
            {
                Some(way) => {
                    path.via.clone_from(&way.via);
                    path.through.extend(way.through.iter().copied());
                }
                None => path.closed = Some(made_to.clone()),
            }
        }
        let mut fresh = Vec::new();
        for way in found {
            let same = |path: &Path| path.source == way.source && path.last == way.last;
            let before = self.paths.iter().rposition(same);
            let lives = before.filter(|ix| self.paths[*ix].live());
            if way.parted {
                self.repeats.part(lives.unwrap_or(self.paths.len()));
            }
            if lives.is_some() {
                continue;
            }
            let from = before
                .and_then(|ix| self.paths[ix].closed.clone())
                .unwrap_or_default();
            let made = lanes.iter().zip(&self.made_to).enumerate();
            let unowed = Unowed::all(made.filter_map(|(ix, (lane, end))| {
                let first = from.get(ix).copied().unwrap_or(0);
                (lane.source == way.source && first < *end).then_some((ix as u32, first..*end))
            }));
            fresh.push(self.paths.len());
            self.paths.push(Path::new(way, from, unowed));
        }
        fresh
    }

    /// Records that somebody holds for `wire` are owed on a path that is new. Those that another
    /// holder has too, because ways met or led in a circle before, are owed once.
    pub fn owe_held(&mut self, lanes: &Lanes, path: usize, wire: Option<WireId>, parcel: &Parcel) {
        if self.concerns(lanes, path, wire, parcel) {
            self.met(lanes, path, parcel);
            self.owe_unowed(lanes, path, parcel);
        }
    }

    /// Whether what is held for `wire` has to do with a path.
    fn concerns(&self, lanes: &Lanes, path: usize, wire: Option<WireId>, parcel: &Parcel) -> bool {
        let path = &self.paths[path];
        let through = wire.is_none_or(|wire| path.through.contains(&wire));
        through && path.source == lanes.get(parcel.lane).source && !parcel.is_copy()
    }

    /// A path that is new is also about what waits for this wire: no way leads there from the source
    /// any more, and yet it goes on to the path's end.
    pub fn leads_on(&mut self, lanes: &Lanes, path: usize, wire: WireId, parcel: &Parcel) {
        let path = &mut self.paths[path];
        if path.source == lanes.get(parcel.lane).source {
            path.through.insert(wire);
        }
    }

    /// Records kept in a log are owed to a subscriber that came later, as far as its path did not
    /// owe them by another way.
    pub fn owe_kept(&mut self, lanes: &Lanes, wire: WireId, parcel: &Parcel) {
        let mut again = false;
        for ix in 0..self.paths.len() {
            if self.concerns(lanes, ix, Some(wire), parcel) {
                let part = self.paths[ix].clip(parcel);
                again |= self.paths[ix].open(parcel.lane, part) > 0;
                self.owe_unowed(lanes, ix, parcel);
            }
        }
        if again {
            // it lies in the log twice, or with somebody else too
            self.held_again(lanes, wire, parcel);
        }
    }
}
