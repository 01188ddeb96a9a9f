//! How the plant takes up a changed topology: who owes what from then on, what ends.

use super::contract::Custody;
use super::facts::Fact;
use super::floor::Floor;
use super::plant::Plant;
use super::talk::{NodeId, Parcel, Reason, WireId};
use crate::kernel;
use std::collections::BTreeMap;

/// Where records are, and for which wire: on it, or behind it if they outlive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    node: NodeId,
    wire: Option<WireId>,
    stays: bool,
}

/// What lies ahead of a spot on the way to a path's last wire; asked of the floor once each.
#[derive(Default)]
struct Ahead {
    leads: BTreeMap<(Spot, WireId), bool>,
    parts: BTreeMap<(NodeId, WireId), bool>,
}

impl Ahead {
    /// Whether records at the spot can still come to `last` and end their way there. What no wire
    /// holds is held for all of them, as long as its node is there.
    fn leads(&mut self, floor: &Floor, at: Spot, last: WireId) -> bool {
        let found = || match at.wire {
            Some(wire) if at.stays => floor.leads_from(at.node, wire, last),
            Some(wire) => floor.leads(wire, last),
            None => floor.node(at.node).live,
        };
        *self.leads.entry((at, last)).or_insert_with(found)
    }

    /// Whether ways to `last` part before the records at the spot.
    fn parts(&mut self, floor: &Floor, at: Spot, last: WireId) -> bool {
        let wire = at.wire.filter(|_| !at.stays);
        let start = wire.map_or(at.node, |wire| floor.wire(wire).to);
        let found = || floor.parts_ahead(start, last);
        *self.parts.entry((start, last)).or_insert_with(found)
    }
}

impl Plant {
    /// Takes up a changed topology. New paths owe what somebody holds for them already; what is
    /// held for a way that is gone ends as removed.
    pub(super) fn rewire(&mut self, k: &mut kernel::Cx<'_, Self>) {
        let fresh = self.floor.rewire();
        let mut held = self.in_flight(k.pending());
        let mut kept = Vec::new();
        for (node, custody) in self.holders(k.now()) {
            let items = custody.held.into_iter();
            held.extend(items.map(|(wire, parcel)| (node, wire, parcel)));
            let items = custody.kept.into_iter();
            kept.extend(items.map(|(wire, parcel)| (node, Some(wire), parcel)));
        }
        let held = held.into_iter().map(|item| (item, false));
        let kept = kept.into_iter().map(|item| (item, true));
        let mut ahead = Ahead::default();
        for ((node, wire, parcel), stays) in held.chain(kept) {
            let at = Spot { node, wire, stays };
            for path in &fresh {
                let last = self.floor.books.paths[*path].last;
                let leads = wire.is_some() && !stays && ahead.leads(&self.floor, at, last);
                let (books, lanes) = (&mut self.floor.books, &self.floor.lanes);
                if let Some(wire) = wire.filter(|_| leads) {
                    books.leads_on(lanes, *path, wire, &parcel);
                }
                books.owe_held(lanes, *path, wire, &parcel);
            }
            self.meet(at, &parcel, &mut ahead);
            if self.end_stranded(at, &parcel, &mut ahead) > 0 {
                k.note(Fact::Ended {
                    node,
                    reason: Reason::Removed,
                    parcel,
                });
            }
        }
    }

    /// Notes what may have a second holder from now on: what leads on to the end of a path that it
    /// was not held for, for somebody else holds it there, and what stands before a fork.
    fn meet(&mut self, at: Spot, parcel: &Parcel, ahead: &mut Ahead) {
        let source = self.floor.lanes.get(parcel.lane).source;
        for ix in 0..self.floor.books.paths.len() {
            let path = &self.floor.books.paths[ix];
            let idle = path.source != source || !path.waits();
            if idle || self.floor.books.open_in(ix, parcel) == 0 {
                continue;
            }
            let (last, on_it) = (path.last, at.wire.is_none_or(|w| path.through.contains(&w)));
            let meets = if on_it {
                ahead.parts(&self.floor, at, last)
            } else {
                ahead.leads(&self.floor, at, last)
            };
            if meets {
                self.floor.books.met(&self.floor.lanes, ix, parcel);
            }
        }
    }

    /// Ends what cannot come any more to where it is owed. What `stays` at its node outlives the
    /// wire that it came over.
    fn end_stranded(&mut self, at: Spot, parcel: &Parcel, ahead: &mut Ahead) -> u64 {
        let source = self.floor.lanes.get(parcel.lane).source;
        let mut stranded = 0;
        for ix in 0..self.floor.books.paths.len() {
            let path = &self.floor.books.paths[ix];
            let held_for = at.wire.is_none_or(|wire| path.through.contains(&wire));
            let last = path.last;
            if path.source == source && held_for && !ahead.leads(&self.floor, at, last) {
                stranded += self
                    .floor
                    .books
                    .end_on(&self.floor.lanes, ix, parcel, Reason::Removed);
            }
        }
        stranded
    }

    pub(super) fn remove_wire(&mut self, wire: WireId, k: &mut kernel::Cx<'_, Self>) {
        if !self.floor.wire(wire).live {
            return;
        }
        self.drop_held(wire);
        self.close_wire(wire);
        self.rewire(k);
        self.links[wire.0 as usize] = None;
        self.tell_ends(wire, k);
    }

    /// What stands at work on a wire is about to go: the tally of its receiving end learns of it.
    fn drop_held(&mut self, wire: WireId) {
        let mut custody = Custody::default();
        if let Some(link) = self.link(wire) {
            link.custody(&mut custody);
        }
        let held: u64 = custody
            .held
            .iter()
            .map(|(_, parcel)| u64::from(parcel.n))
            .sum();
        if held > 0 {
            let to = self.floor.wire(wire).to;
            let ended = &mut self.floor.books.node(to).ended;
            *ended.entry(Reason::Removed).or_default() += held;
        }
    }

    fn close_wire(&mut self, wire: WireId) {
        let info = &mut self.floor.wires[wire.0 as usize];
        info.live = false;
        info.life += 1;
    }

    pub(super) fn remove_node(&mut self, node: NodeId, k: &mut kernel::Cx<'_, Self>) {
        let info = self.floor.node(node);
        let wires: Vec<WireId> = info.ins.iter().chain(info.outs.iter()).copied().collect();
        for wire in &wires {
            self.drop_held(*wire);
            self.close_wire(*wire);
        }
        let info = &mut self.floor.nodes[node.0 as usize];
        info.live = false;
        info.life += 1;
        self.rewire(k);
        self.units[node.0 as usize] = None;
        for wire in wires {
            self.links[wire.0 as usize] = None;
            self.tell_ends(wire, k);
        }
    }
}
