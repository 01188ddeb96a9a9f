//! What a tick made and has yet to be handed over: a tick of very many keys is taken up in parts, each an event of the
//! same instant, so that no event is as long as the tick is full.
//!
//! ```text
//!   tick ──> fresh ──part──> made, gathered, sent ──part──> ... ──> nothing left
//! ```
//!
//! Requests are cut as if all were sent at once: what does not fill one waits for the next part.

use super::settings::Values;
use super::{FRESH, MADE, Preset, Source, WAITING, outbox};
use crate::base::few::Few;
use crate::services::LinkKind;
use crate::services::cx::Cx;
use crate::services::talk::Parcel;
use std::collections::VecDeque;
use std::hash::{Hash, Hasher};

/// Runs of records that one event takes up at most; own choice, about a millisecond's work in a browser.
const PART: usize = 2_048;

/// Runs of records that nobody has counted as made yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Fresh(VecDeque<Parcel>);

impl Hash for Fresh {
    /// Between two instants there are none.
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}

impl Fresh {
    /// Whether nothing is left.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<P: Preset> Source<P> {
    /// Takes up what a tick made: at once, or in parts where requests can be cut as if it were at once.
    pub(super) fn take_up(&mut self, values: &Values, parcels: Few<Parcel>, cx: &mut Cx<'_, '_>) {
        if parcels.len() <= PART || !self.goes_in_parts(values, cx) {
            return self.announce(values, parcels, cx);
        }
        self.fresh.0.extend(parcels);
        self.take_part(values, cx);
    }

    /// Whether what is made can go out in parts: over wires that carry requests of many records, not one by one, and
    /// by clients that do not wait for answers.
    fn goes_in_parts(&self, values: &Values, cx: &Cx<'_, '_>) -> bool {
        let put = |wire| cx.floor.wire(wire).link.kind() == LinkKind::Put;
        let alone = values.single || outbox::serial(values);
        !alone && (0..cx.outs()).all(|ix| put(cx.out(ix)))
    }

    /// Takes up the next part; the one behind it comes at the same instant.
    pub(super) fn take_part(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let n = self.fresh.0.len().min(PART);
        let part = self.fresh.0.drain(..n).collect();
        if !self.fresh.is_empty() {
            cx.wake(cx.now(), FRESH, 0);
        }
        self.announce(values, part, cx);
    }

    /// Takes up all that is left, before something else happens.
    pub(super) fn take_rest(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        if !self.fresh.is_empty() {
            let rest = self.fresh.0.drain(..).collect();
            self.announce(values, rest, cx);
        }
    }

    /// Counts records as made and hands them over.
    fn announce(&mut self, values: &Values, parcels: Few<Parcel>, cx: &mut Cx<'_, '_>) {
        let n: u64 = parcels.iter().map(|parcel| u64::from(parcel.n)).sum();
        if n > 0 {
            parcels.iter().for_each(|parcel| cx.made(parcel));
            cx.count(MADE, None, n);
            self.hand_over(values, parcels, n, cx);
        }
        cx.count(WAITING, None, self.outbox.held);
    }
}
