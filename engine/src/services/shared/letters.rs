//! Dead letters on their way to on-failure destinations: copies of records that were given up.
//!
//! A record that is given up ends on its path; what travels on is a copy, so nothing is owed over
//! the wire. A destination that does not take it is asked again a few times.

use crate::base::time::{MS, Us};
use crate::catalog::{Dated, Entry, Figure, Status};
use crate::kernel::CallId;
use crate::services::AnyLink;
use crate::services::contract::Custody;
use crate::services::cx::Cx;
use crate::services::faults::CLIENT_TIMEOUT_US;
use crate::services::talk::{Ask, FLAG_COPY, Parcel, Place, Reason, Reply, WireId, push_joined};
use std::collections::BTreeMap;

/// How often a destination is asked.
pub const TRIES: Figure = Figure {
    key: "destination_tries",
    unit: "",
    status: Status::Illustrative,
    history: &[Dated {
        since: 201_911,
        value: 3,
        source: "own",
    }],
};

/// Until a destination is asked again.
pub const AGAIN_MS: Figure = Figure {
    key: "destination_again_ms",
    unit: "ms",
    status: Status::Illustrative,
    history: &[Dated {
        since: 201_911,
        value: 1_000,
        source: "own",
    }],
};

/// Whether a destination gets the records themselves and not only a notice of them: S3 alone does
/// (aws-facts 3.3.4).
#[must_use]
pub fn carries(entry: &Entry) -> bool {
    entry.id == "s3"
}

/// Whether the wire is the function's own dead-letter queue (DeadLetterConfig) and no destination.
fn dead_letter_queue(wire: WireId, cx: &Cx<'_, '_>) -> bool {
    matches!(&cx.floor.wire(wire).link, AnyLink::OnFailure(kept) if kept.dead_letter_queue)
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Letter {
    wire: WireId,
    parcels: Vec<Parcel>,
    /// For a function's dead-letter queue: the ErrorCode that goes with the event.
    error: Option<u16>,
    /// How often it was sent.
    tries: u32,
    /// When it is sent again [us].
    due: Us,
}

/// All notices that are not settled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Letters {
    open: BTreeMap<CallId, Letter>,
    waiting: Vec<Letter>,
}

fn records(parcels: &[Parcel]) -> u64 {
    parcels.iter().map(|parcel| u64::from(parcel.n)).sum()
}

impl Letters {
    /// The on-failure wires of the node that acts.
    #[must_use]
    pub fn destinations(cx: &Cx<'_, '_>) -> Vec<WireId> {
        let outs = cx.wires_out();
        outs.iter()
            .copied()
            .filter(|wire| cx.floor.aside(*wire))
            .collect()
    }

    /// Records held for all paths through `wire` are given up: they end, because of `cause` or, if
    /// there is a destination, as dead letters, and each destination is told. A dead-letter queue
    /// of the function itself is for asynchronous events alone: they have an `error` code.
    pub fn give_up(
        &mut self,
        wire: WireId,
        parcels: &[Parcel],
        (cause, error): (Reason, Option<u16>),
        cx: &mut Cx<'_, '_>,
    ) {
        let mut outs = Self::destinations(cx);
        outs.retain(|out| error.is_some() || !dead_letter_queue(*out, cx));
        let reason = if outs.is_empty() {
            cause
        } else {
            Reason::DeadLettered
        };
        let mut copies = Vec::new();
        for parcel in parcels {
            cx.ended(Some(wire), parcel, reason);
            let flags = parcel.flags | FLAG_COPY;
            push_joined(&mut copies, Parcel { flags, ..*parcel });
        }
        for out in outs {
            cx.created(Reason::DeadLettered, records(&copies));
            let letter = Letter {
                wire: out,
                parcels: copies.clone(),
                error: error.filter(|_| dead_letter_queue(out, cx)),
                tries: 0,
                due: 0,
            };
            self.send(letter, cx);
        }
    }

    fn send(&mut self, mut letter: Letter, cx: &mut Cx<'_, '_>) {
        if !cx.floor.carries(letter.wire) {
            cx.dropped(Reason::Removed, records(&letter.parcels));
            return;
        }
        let to = cx.floor.wire(letter.wire).to;
        let carries = letter.error.is_some() || carries(cx.floor.node(to).kind.entry());
        let ask = Ask::DeadLetter {
            parcels: letter.parcels.clone(),
            carries,
            error: letter.error,
        };
        letter.tries += 1;
        let call = cx.ask_place(letter.wire, Place::Node(to), ask, CLIENT_TIMEOUT_US);
        self.open.insert(call, letter);
    }

    /// A destination answered; `None` if the request was none of these. Gives how many notices
    /// were given up with it (DestinationDeliveryFailures). `late`: an answer of an earlier life,
    /// which brings nothing that is not in it. A wake with `tag` is asked for where one must go
    /// again.
    pub fn answered(
        &mut self,
        call: CallId,
        reply: &Reply,
        (tag, late): (u32, bool),
        cx: &mut Cx<'_, '_>,
    ) -> Option<u64> {
        let mut letter = self.open.remove(&call)?;
        letter.parcels = match reply {
            Reply::Refused { back, .. } => back.clone(),
            Reply::Put { failed } => failed.iter().map(|failed| failed.parcel).collect(),
            Reply::NoAnswer { unknown } if late => unknown
                .iter()
                .filter(|parcel| !parcel.is_copy())
                .copied()
                .collect(),
            Reply::NoAnswer { unknown } => unknown.clone(),
            _ => Vec::new(),
        };
        if letter.parcels.is_empty() {
            return Some(0);
        }
        if u64::from(letter.tries) >= cx.figure(&TRIES) {
            cx.dropped(Reason::AttemptsSpent, records(&letter.parcels));
            return Some(1);
        }
        letter.due = cx.now() + cx.figure(&AGAIN_MS) * MS;
        cx.wake(letter.due, tag, 0);
        self.waiting.push(letter);
        Some(0)
    }

    /// Sends again what is due.
    pub fn due(&mut self, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let (due, wait) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|letter| letter.due <= now);
        self.waiting = wait;
        let due: Vec<Letter> = due;
        due.into_iter().for_each(|letter| self.send(letter, cx));
    }

    /// Asks for the wakes anew after a crash.
    pub fn rearm(&self, tag: u32, cx: &mut Cx<'_, '_>) {
        for letter in &self.waiting {
            cx.wake(letter.due, tag, 0);
        }
    }

    /// Copies that wait to be sent again.
    pub fn custody(&self, out: &mut Custody) {
        for letter in &self.waiting {
            for parcel in &letter.parcels {
                out.hold(Some(letter.wire), *parcel);
            }
        }
    }
}
