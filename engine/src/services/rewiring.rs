//! How the plant takes up a changed topology: who owes what from then on, what ends.

use super::contract::Custody;
use super::facts::Fact;
use super::plant::Plant;
use super::talk::{NodeId, Parcel, Reason, WireId};
use crate::kernel;

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
        for ((node, wire, parcel), stays) in held.chain(kept) {
            for path in &fresh {
                let last = self.floor.books.paths[*path].last;
                let onward = wire.filter(|wire| !stays && self.floor.leads(*wire, last));
                let (books, lanes) = (&mut self.floor.books, &self.floor.lanes);
                if let Some(wire) = onward {
                    books.leads_on(lanes, *path, wire, &parcel);
                }
                books.owe_held(lanes, *path, wire, &parcel);
            }
            if self.end_stranded(node, wire, &parcel, stays) > 0 {
                k.note(Fact::Ended {
                    node,
                    reason: Reason::Removed,
                    parcel,
                });
            }
        }
    }

    /// Ends what cannot come any more to where it is owed. What `stays` at its node outlives the
    /// wire that it came over.
    fn end_stranded(
        &mut self,
        node: NodeId,
        wire: Option<WireId>,
        parcel: &Parcel,
        stays: bool,
    ) -> u64 {
        let source = self.floor.lanes.get(parcel.lane).source;
        let mut stranded = 0;
        for ix in 0..self.floor.books.paths.len() {
            let path = &self.floor.books.paths[ix];
            let gone = match wire {
                Some(wire) if stays => {
                    path.through.contains(&wire) && !self.floor.leads_from(node, wire, path.last)
                }
                Some(wire) => path.through.contains(&wire) && !self.floor.leads(wire, path.last),
                None => !self.floor.node(node).live,
            };
            if gone && path.source == source {
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
