//! The clients of a source: what they sent, what they send again and when, what they give up.
//!
//! ```text
//!   new records ──> flight ──answer──> done
//!        ^  (line)     ^        └────> waiting (SDK or resend) ──> flight
//!        └─ in order ──┘                    └──> given up: dropped, or journal ──> flight
//! ```

mod answers;

use super::settings::Values;
use super::{CALLS, RESENT, SENT};
use crate::base::few::Few;
use crate::base::map::Map;
use crate::base::rng::Rng;
use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::cx::Cx;
use crate::services::shared::client::{
    Api, Failure, Limiter, Quota, Resend, SdkMode, SdkRules, figures,
};
use crate::services::talk::{Ask, Parcel, Read, Reason, WireId, push_joined};
use crate::services::{AnyLink, LinkKind};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// How far the sending of records has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stage {
    /// Attempts of the SDK within the call, this one included.
    sdk: u32,
    /// Rounds of the program's loop, this one included.
    round: u32,
    /// The loop's last delay [us].
    previous: Us,
    /// Tokens paid for the SDK's last retry.
    paid: u32,
}

const FIRST: Stage = Stage {
    sdk: 1,
    round: 1,
    previous: 0,
    paid: 0,
};

impl Stage {
    fn attempt(&self) -> u32 {
        self.sdk + self.round - 1
    }
}

/// A request on its way.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Flight {
    wire: WireId,
    stage: Stage,
    /// Clients with their calls, where somebody needs to know.
    senders: Few<(u32, u64)>,
}

/// Records of one client that are sent again at a time.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Waiting {
    wire: WireId,
    client: u32,
    stage: Stage,
    parcels: Vec<Parcel>,
}

/// Records that leave together, before they are cut into calls.
/// Where order counts, each client has a call of its own, otherwise clients share requests.
type Drafts = BTreeMap<(WireId, Stage, Option<u32>), Vec<Parcel>>;

/// What stands in line behind a client's older records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
struct Line {
    /// Requests on the way and groups that wait, of this client.
    open: u32,
    parcels: Vec<Parcel>,
}

/// Parcels of the journal of one node at most; above it records end as if the buffer were full.
const JOURNAL_PARCELS: u64 = 200_000;
/// Calls of single records of one client that have delays of their own in one answer; more share.
const UNITS: u64 = 64;

/// The clients' side of a source.
#[derive(Clone, Debug, Hash)]
pub struct Outbox {
    flights: Map<CallId, Flight>,
    waiting: BTreeMap<(Us, u64), Waiting>,
    number: u64,
    /// Records in `waiting` and in lines.
    pub held: u64,
    /// Records given up so far.
    pub given_up: u64,
    /// When an answer last had failures.
    pub last_failed: Option<Us>,
    /// Since when records wait without a break.
    pub waiting_since: Option<Us>,
    /// Quotas that are not full, by client.
    quotas: BTreeMap<u32, Quota>,
    /// Limiters of the adaptive mode, by client.
    limiters: BTreeMap<u32, Limiter>,
    /// Clients with records on the way, behind which new ones stand in line.
    lines: BTreeMap<(WireId, u32), Line>,
    journal: BTreeMap<WireId, Vec<Parcel>>,
    journal_at: Option<Us>,
    /// The earliest timer set.
    armed: Option<Us>,
    rng: Rng,
}

fn records(parcels: &[Parcel]) -> u64 {
    parcels.iter().map(|parcel| u64::from(parcel.n)).sum()
}

/// Whether a client does one thing after the other.
pub(super) fn serial(values: &Values) -> bool {
    values.keeps_order || values.sdk_retry == SdkMode::Adaptive
}

fn by_client(parcels: &[Parcel], cx: &Cx<'_, '_>) -> BTreeMap<u32, Vec<Parcel>> {
    let mut groups: BTreeMap<u32, Vec<Parcel>> = BTreeMap::new();
    for parcel in parcels {
        groups
            .entry(cx.lanes().get(parcel.lane).client)
            .or_default()
            .push(*parcel);
    }
    groups
}

/// What one call may bring over a wire, and whose retry numbers hold: the word of the service at
/// its end; that of PutRecords where the service says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Terms {
    records: u64,
    bytes: u64,
    api: Api,
}

fn terms(wire: WireId, cx: &Cx<'_, '_>) -> Terms {
    let view = cx.view();
    let far = view.floor.node(view.floor.wire(wire).to).kind.entry();
    let (records, bytes, api) = match &far.intake {
        Some(intake) => (intake.call_records, intake.call_bytes, intake.api),
        None => (&figures::CALL_RECORDS, &figures::CALL_BYTES, Api::Other),
    };
    Terms {
        records: view.figure(records).max(1),
        bytes: view.figure(bytes),
        api,
    }
}

fn calls(records: u64, wire: WireId, values: &Values, cx: &Cx<'_, '_>) -> u64 {
    let alone = cx.floor.wire(wire).link.kind() == LinkKind::Invoke;
    if values.single || alone {
        records
    } else {
        records.div_ceil(terms(wire, cx).records)
    }
}

impl Outbox {
    /// Nothing sent yet.
    pub fn new(cx: &Cx<'_, '_>) -> Self {
        Self {
            flights: Map::new(),
            waiting: BTreeMap::new(),
            number: 0,
            held: 0,
            given_up: 0,
            last_failed: None,
            waiting_since: None,
            quotas: BTreeMap::new(),
            limiters: BTreeMap::new(),
            lines: BTreeMap::new(),
            journal: BTreeMap::new(),
            journal_at: None,
            armed: None,
            rng: cx.rng("retries"),
        }
    }

    /// Sends those of new records that fill requests, of clients that share them; gives back the others.
    pub fn send_full(
        &mut self,
        values: &Values,
        wire: WireId,
        parcels: Few<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) -> Vec<Parcel> {
        let mut calls = batches(parcels, wire, cx);
        let rest = calls.pop().unwrap_or_default();
        let n = calls.iter().map(|call| records(call)).sum();
        if n > 0 {
            count_sent(n, FIRST, cx);
        }
        for parcels in calls {
            self.call(values, (wire, FIRST), parcels, cx);
        }
        self.arm(cx);
        rest.into_vec()
    }

    /// Sends new records over a wire.
    pub fn send(
        &mut self,
        values: &Values,
        wire: WireId,
        parcels: Few<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) {
        if serial(values) {
            let mut drafts = Drafts::new();
            for (client, parcels) in by_client(&parcels, cx) {
                self.line_up(values, (wire, client), parcels, &mut drafts, cx);
            }
            self.launch(values, drafts, cx);
        } else {
            self.launch_one(values, (wire, FIRST), parcels, cx);
        }
        self.arm(cx);
    }

    /// New records of a client that does one thing after the other.
    fn line_up(
        &mut self,
        values: &Values,
        who: (WireId, u32),
        parcels: Vec<Parcel>,
        drafts: &mut Drafts,
        cx: &mut Cx<'_, '_>,
    ) {
        if let Entry::Vacant(line) = self.lines.entry(who) {
            line.insert(Line::default());
            self.draft(values, who, FIRST, parcels, drafts, cx);
            return;
        }
        let kept = self.keep(values, who.0, parcels, cx);
        if let Some(line) = self.lines.get_mut(&who) {
            for parcel in kept {
                push_joined(&mut line.parcels, parcel);
            }
        }
    }

    /// Takes records into the buffer as far as there is room; the newest ones end.
    fn keep(
        &mut self,
        values: &Values,
        wire: WireId,
        parcels: Vec<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) -> Vec<Parcel> {
        let mut kept = Vec::with_capacity(parcels.len());
        for parcel in parcels {
            let room = values.buffer_records.saturating_sub(self.held);
            let (head, tail) = parcel.split(u32::try_from(room).unwrap_or(u32::MAX));
            if let Some(head) = head {
                self.held += u64::from(head.n);
                kept.push(head);
            }
            if let Some(tail) = tail {
                self.give_up(values, wire, tail, Reason::BufferFull, cx);
            }
        }
        if self.held > 0 && self.waiting_since.is_none() {
            self.waiting_since = Some(cx.now());
        }
        kept
    }

    /// Adds records of a client to a request, as far as its limiter lets them go.
    fn draft(
        &mut self,
        values: &Values,
        who: (WireId, u32),
        stage: Stage,
        parcels: Vec<Parcel>,
        drafts: &mut Drafts,
        cx: &mut Cx<'_, '_>,
    ) {
        let all = calls(records(&parcels), who.0, values, cx);
        let (granted, wait) = self.leave(values, who.1, all, cx);
        let (now, later) = if granted == all {
            (parcels, Vec::new())
        } else {
            let each = if values.single {
                1
            } else {
                terms(who.0, cx).records
            };
            cut(parcels, granted.saturating_mul(each))
        };
        let alone = serial(values).then_some(who.1);
        let now = if alone.is_some() && !values.single {
            self.one_call(values, who, now, cx)
        } else {
            now
        };
        let idle = now.is_empty();
        if !idle {
            let draft = drafts.entry((who.0, stage, alone)).or_default();
            draft.extend(now);
        }
        let kept = self.keep(values, who.0, later, cx);
        if idle && kept.is_empty() {
            self.unblock(who, cx.now() + wait);
        }
        self.wait(who, stage, kept, cx.now() + wait);
    }

    /// Nothing of a client is under way any more: its line, if it has one, moves up by itself.
    fn unblock(&mut self, who: (WireId, u32), at: Us) {
        if self.lines.get(&who).is_some_and(|line| line.open == 0)
            && let Some(line) = self.lines.remove(&who)
            && !line.parcels.is_empty()
        {
            self.lines.insert(who, Line::default());
            self.wait(who, FIRST, line.parcels, at);
        }
    }

    /// The first call's worth of some records; the others go to the head of the line.
    fn one_call(
        &mut self,
        values: &Values,
        who: (WireId, u32),
        parcels: Vec<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) -> Vec<Parcel> {
        let mut calls = batches(parcels.into(), who.0, cx).into_iter();
        let first = calls.next().unwrap_or_default().into_vec();
        let rest: Vec<Parcel> = calls.flatten().collect();
        if !rest.is_empty() {
            let mut head = self.keep(values, who.0, rest, cx);
            let line = self.lines.entry(who).or_default();
            head.append(&mut line.parcels);
            line.parcels = head;
        }
        first
    }

    /// How many of a client's calls may leave now, and how long the others wait.
    fn leave(&mut self, values: &Values, client: u32, all: u64, cx: &Cx<'_, '_>) -> (u64, Us) {
        if values.sdk_retry != SdkMode::Adaptive {
            return (all, 0);
        }
        let Some(limiter) = self.limiters.get_mut(&client) else {
            return (all, 0);
        };
        for granted in 0..all {
            if let Err(wait) = limiter.acquire(cx.now()) {
                return (granted, wait);
            }
        }
        (all, 0)
    }

    fn launch(&mut self, values: &Values, drafts: Drafts, cx: &mut Cx<'_, '_>) {
        for ((wire, stage, _), parcels) in drafts {
            self.launch_one(values, (wire, stage), parcels.into(), cx);
        }
    }

    /// Makes the calls that carry some records.
    fn launch_one(
        &mut self,
        values: &Values,
        (wire, stage): (WireId, Stage),
        parcels: Few<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) {
        let n = records(&parcels);
        if n == 0 {
            return;
        }
        count_sent(n, stage, cx);
        let kind = cx.floor.wire(wire).link.kind();
        if values.single || matches!(kind, LinkKind::Deliver | LinkKind::Invoke) {
            return self.call(values, (wire, stage), parcels, cx);
        }
        for parcels in batches(parcels, wire, cx) {
            self.call(values, (wire, stage), parcels, cx);
        }
    }

    fn call(
        &mut self,
        values: &Values,
        (wire, stage): (WireId, Stage),
        parcels: Few<Parcel>,
        cx: &mut Cx<'_, '_>,
    ) {
        let senders = senders(values, wire, &parcels, cx);
        cx.count(CALLS, None, senders.iter().map(|(_, calls)| calls).sum());
        let ask = match &cx.view().floor.wire(wire).link {
            AnyLink::Deliver(_) => Ask::Hand { parcels },
            AnyLink::Invoke(kept) => Ask::Invoke {
                reads: parcels.into_iter().map(Read::loose).collect(),
                asynchronous: kept.asynchronous,
            },
            _ => Ask::Put {
                entries: parcels,
                batched: !values.single,
            },
        };
        let call = cx.ask_within(wire, ask, values.timeout);
        for (client, _) in &senders {
            if let Some(line) = self.lines.get_mut(&(wire, *client)) {
                line.open += 1;
            }
        }
        let known = values.sdk_retry != SdkMode::None || !self.lines.is_empty();
        let senders = if known || !self.quotas.is_empty() {
            senders
        } else {
            Few::new()
        };
        self.flights.insert(
            call,
            Flight {
                wire,
                stage,
                senders,
            },
        );
    }
}

fn count_sent(n: u64, stage: Stage, cx: &mut Cx<'_, '_>) {
    cx.count(SENT, None, n);
    if stage != FIRST {
        cx.count(RESENT, None, n);
    }
}

/// Cuts records into requests that the service takes: by number and by size with keys. A record
/// that is too large by itself goes alone, to be refused alone.
fn batches(parcels: Few<Parcel>, wire: WireId, cx: &Cx<'_, '_>) -> Vec<Few<Parcel>> {
    let Terms { records, bytes, .. } = terms(wire, cx);
    let mut out = vec![Few::new()];
    let (mut n, mut size) = (0, 0);
    for parcel in parcels {
        let key = u64::from(cx.lanes().get(parcel.lane).key_bytes);
        let each = (u64::from(parcel.bytes_each) + key).max(1);
        let mut rest = Some(parcel);
        while let Some(open) = rest {
            let room = (records - n).min(bytes.saturating_sub(size) / each);
            if room == 0 && n > 0 {
                out.push(Few::new());
                (n, size) = (0, 0);
                continue;
            }
            let (head, tail) = open.split(u32::try_from(room.max(1)).unwrap_or(u32::MAX));
            if let (Some(head), Some(last)) = (head, out.last_mut()) {
                n += u64::from(head.n);
                size += u64::from(head.n) * each;
                last.push(head);
            }
            rest = tail;
        }
    }
    out
}

/// Cuts off the first `n` records.
fn cut(parcels: Vec<Parcel>, mut n: u64) -> (Vec<Parcel>, Vec<Parcel>) {
    let (mut now, mut later) = (Vec::new(), Vec::new());
    for parcel in parcels {
        let (head, tail) = parcel.split(u32::try_from(n).unwrap_or(u32::MAX));
        n -= head.map_or(0, |head| u64::from(head.n));
        now.extend(head);
        later.extend(tail);
    }
    (now, later)
}

/// The clients of some records with their calls.
fn senders(values: &Values, wire: WireId, parcels: &[Parcel], cx: &Cx<'_, '_>) -> Few<(u32, u64)> {
    let client = |parcel: &Parcel| cx.lanes().get(parcel.lane).client;
    if let [first, rest @ ..] = parcels
        && rest.iter().all(|other| client(other) == client(first))
    {
        // out of step each client sends for itself
        return Few::one((client(first), calls(records(parcels), wire, values, cx)));
    }
    let mut all: Few<(u32, u64)> = parcels
        .iter()
        .map(|parcel| (client(parcel), u64::from(parcel.n)))
        .collect();
    all.sort_unstable();
    let groups = all.chunk_by(|a, b| a.0 == b.0);
    groups
        .map(|group| {
            let n = group.iter().map(|(_, n)| n).sum();
            (group[0].0, calls(n, wire, values, cx))
        })
        .collect()
}
