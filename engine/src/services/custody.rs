//! Who holds which records: asked of the holders and read from the queue, never from the books.

use super::ServiceKind;
use super::contract::{Custody, Held};
use super::plant::Plant;
use super::signal::Signal;
use super::talk::{NodeId, OUTSIDE, Parcel, Place, Reply, WireId};
use crate::base::time::Us;
use crate::kernel::{self, CallId};

impl Plant {
    /// Who holds which records for which wire, over all nodes and wires (not the queue).
    #[must_use]
    pub fn custody(&self, now: Us) -> Vec<(NodeId, Option<WireId>, Parcel)> {
        let mut all = Vec::new();
        for (node, custody) in self.holders(now) {
            let held = custody.held.into_iter();
            all.extend(held.map(|(wire, parcel)| (node, wire, parcel)));
            let kept = custody.kept.into_iter();
            all.extend(kept.map(|(wire, parcel)| (node, Some(wire), parcel)));
        }
        all
    }

    /// What each node and each wire holds; a wire's is told under its receiving end.
    pub(super) fn holders(&self, now: Us) -> Vec<(NodeId, Custody)> {
        let mut all = Vec::new();
        for (ix, unit) in self.units.iter().enumerate() {
            let node = NodeId(ix as u32);
            let mut custody = Custody::default();
            if let Some(unit) = unit {
                unit.custody(&self.view(node, now), &mut custody);
            }
            all.push((node, custody));
        }
        for (ix, link) in self.links.iter().enumerate() {
            // while a wire is being removed its part is still there and holds what it held
            if let Some(link) = link {
                let mut custody = Custody::default();
                link.custody(&mut custody);
                all.push((self.floor.wires[ix].to, custody));
            }
        }
        all
    }

    /// Records on their way in the queue: the wire's receiving end, the wire, the records. Not those
    /// that their sender, which has crashed since, reads again from its log.
    #[must_use]
    pub fn in_flight(
        &self,
        pending: &kernel::Queue<Signal>,
    ) -> Vec<(NodeId, Option<WireId>, Parcel)> {
        let mut all = Vec::new();
        for signal in pending.iter_unordered() {
            let (wire, parcels) = match signal {
                Signal::Arrive { call, .. } if self.read_again(*call) => continue,
                Signal::Arrive { wire, ask, .. } => (*wire, ask.parcels()),
                Signal::Answer {
                    call,
                    place,
                    life,
                    wire,
                    reply,
                } => {
                    // of a wire that is removed the log takes nothing back
                    let node = matches!(place, Place::Node(_));
                    let gone = node && self.floor.life(*place) != *life;
                    let again =
                        matches!(reply, Reply::Records { .. }) || self.log_has_again(*call, *place);
                    if *place == Place::Outside || (gone && again) {
                        continue;
                    }
                    (*wire, reply.parcels())
                }
                _ => continue,
            };
            if wire != OUTSIDE {
                let to = self.floor.wire(wire).to;
                all.extend(parcels.into_iter().map(|parcel| (to, Some(wire), parcel)));
            }
        }
        all
    }

    /// Whether what a reader sent in an earlier life is its log's again.
    fn log_has_again(&self, call: CallId, place: Place) -> bool {
        let Place::Node(node) = place else {
            return false;
        };
        self.floor.node(node).kind == ServiceKind::Consumer && !self.floor.alone.0.contains(&call)
    }

    /// Whether a request of an earlier life carries what the asker will read again.
    fn read_again(&self, call: CallId) -> bool {
        let open = self.floor.calls.get(call);
        open.is_some_and(|open| {
            self.floor.life(open.asker) != open.life && self.log_has_again(call, open.asker)
        })
    }

    /// A glance at what one node and the wires to it hold: at most about `most` runs of records.
    pub fn peek(&self, node: NodeId, now: Us, most: usize, out: &mut Vec<Held>) {
        if let Some(unit) = self.unit(node) {
            unit.peek(&self.view(node, now), most, out);
        }
        let mut on_wires = Custody::at_most(most.saturating_sub(out.len()));
        for wire in self.floor.node(node).ins.iter() {
            if let Some(link) = self.link(*wire) {
                link.custody(&mut on_wires);
            }
        }
        on_wires.glance(out);
    }

    /// Records that one node holds, as its tally counts them, what lies on wires to it included.
    #[must_use]
    pub fn held_by(&self, node: NodeId, now: Us) -> u64 {
        let mut custody = Custody::default();
        if let Some(unit) = self.unit(node) {
            unit.custody(&self.view(node, now), &mut custody);
        }
        for wire in self.floor.node(node).ins.iter() {
            if let Some(link) = self.link(*wire) {
                link.custody(&mut custody);
            }
        }
        let held = custody.held.iter().map(|(_, parcel)| parcel.n);
        let kept = custody.kept.iter().map(|(_, parcel)| parcel.n);
        custody.beside + held.chain(kept).map(u64::from).sum::<u64>()
    }
}
