//! What the clients make of answers: retries, resends, giving up, the journal.

use super::{
    Drafts, FIRST, Failure, Flight, JOURNAL_PARCELS, Outbox, Quota, Resend, SdkMode, SdkRules,
    Stage, UNITS, Waiting, calls, records, serial, terms,
};
use crate::base::time::Us;
use crate::kernel::CallId;
use crate::services::contract::Custody;
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::shared::client::Limiter;
use crate::services::shared::source::settings::Values;
use crate::services::shared::source::{GIVEN_UP, REFUSED, RETRY};
use crate::services::talk::{Failed, Parcel, Reason, Reply, WireId, push_joined};
use std::collections::BTreeMap;

/// Records of one client that failed together.
struct Unit {
    who: (WireId, u32),
    stage: Stage,
    parcels: Vec<Failed>,
    /// Calls that they are.
    calls: u64,
}

/// Whether the code of a function failed, and not the call.
fn by_code(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::FunctionError | Reason::FunctionTimeout | Reason::Crashed
    )
}

impl Outbox {
    /// The answer to a request came.
    pub fn answer(&mut self, values: &Values, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(flight) = self.flights.remove(&call) else {
            return;
        };
        // single records that were refused are failed calls; entries of a batch are not
        let (failed, whole) = match reply {
            Reply::Put { failed } => (failed, values.single),
            Reply::Invoked { back, .. } => (back, true),
            Reply::Refused { reason, back } => (all_for(back, reason), true),
            Reply::NoAnswer { unknown } => (all_for(unknown, Reason::NoAnswer), true),
            _ => (Vec::new(), true),
        };
        if !failed.is_empty() {
            let n = failed.iter().map(|failed| u64::from(failed.parcel.n)).sum();
            cx.count(REFUSED, None, n);
            self.last_failed = Some(cx.now());
        }
        // an empty tree takes no memory
        let mut groups: BTreeMap<u32, Vec<Failed>> = BTreeMap::new();
        for failed in failed {
            let client = cx.lanes().get(failed.parcel.lane).client;
            groups.entry(client).or_default().push(failed);
        }
        self.learn(values, &flight, &groups, whole, cx);
        for (client, failed) in groups {
            // a function's own error comes in a good answer, which no SDK sends again
            let (own, failed) = failed
                .into_iter()
                .partition(|failed| by_code(failed.reason));
            self.failed(values, &flight, client, own, false, cx);
            self.failed(values, &flight, client, failed, whole, cx);
        }
        self.release_lines(values, &flight, cx);
        self.arm(cx);
    }

    /// Quotas and limiters take note of what succeeded and what was throttled.
    fn learn(
        &mut self,
        values: &Values,
        flight: &Flight,
        groups: &BTreeMap<u32, Vec<Failed>>,
        whole: bool,
        cx: &Cx<'_, '_>,
    ) {
        let Some(sdk) = SdkRules::of(values.sdk_retry, terms(flight.wire, cx).api, cx.rules())
        else {
            return;
        };
        for (client, sent) in &flight.senders {
            let failed = groups.get(client).filter(|_| whole).map_or(0, |failed| {
                let n = failed.iter().map(|failed| u64::from(failed.parcel.n)).sum();
                calls(n, flight.wire, values, cx).min(*sent)
            });
            let throttled = groups.get(client).is_some_and(|failed| {
                failed
                    .iter()
                    .any(|failed| Failure::of(failed.reason) == Failure::Throttle)
            });
            let back = sdk.refund_for((flight.stage.sdk > 1).then_some(flight.stage.paid));
            if let Some(quota) = self.quotas.get_mut(client) {
                let tokens = u64::from(back).saturating_mul(*sent - failed);
                quota.release(u32::try_from(tokens).unwrap_or(u32::MAX));
                if quota.is_full() {
                    self.quotas.remove(client);
                }
            }
            if values.sdk_retry == SdkMode::Adaptive {
                let now = cx.now();
                let limiter = self.limiters.entry(*client);
                let limiter = limiter.or_insert_with(|| Limiter::new(cx.rules(), now));
                (0..*sent - failed).for_each(|_| limiter.answered(false, now));
                (0..failed).for_each(|_| limiter.answered(throttled, now));
            }
        }
    }

    /// Records of one client came back.
    fn failed(
        &mut self,
        values: &Values,
        flight: &Flight,
        client: u32,
        failed: Vec<Failed>,
        whole: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        let who = (flight.wire, client);
        let live = cx.view().floor.carries(flight.wire);
        let (hopeless, failed): (Vec<Failed>, Vec<Failed>) = failed
            .into_iter()
            .partition(|failed| !live || Failure::of(failed.reason) == Failure::Fatal);
        for Failed { parcel, reason } in hopeless {
            let reason = if live { reason } else { Reason::Removed };
            self.end(flight.wire, parcel, reason, cx);
        }
        for unit in units(values, who, flight.stage, failed, cx) {
            if whole {
                self.call_failed(values, unit, cx);
            } else {
                self.entries_failed(values, unit, None, cx);
            }
        }
    }

    /// The SDK's turn.
    fn call_failed(&mut self, values: &Values, mut unit: Unit, cx: &mut Cx<'_, '_>) {
        let Some(first) = unit.parcels.first() else {
            return;
        };
        let failure = Failure::of(first.reason);
        let sdk = SdkRules::of(values.sdk_retry, terms(unit.who.0, cx).api, cx.rules());
        let Some(sdk) = sdk.filter(|sdk| sdk.retries(unit.stage.sdk, failure)) else {
            let spent = (unit.stage.sdk > 1).then_some(Reason::AttemptsSpent);
            self.entries_failed(values, unit, spent, cx);
            return;
        };
        let cost = sdk.cost(failure);
        let granted = self.pay(&sdk, unit.who.1, cost, unit.calls);
        if granted < unit.calls {
            let n = if values.single { granted } else { 0 };
            let poor = unit.split(n);
            self.entries_failed(values, poor, Some(Reason::QuotaSpent), cx);
        }
        let pause = sdk.delay(unit.stage.sdk, failure, &mut || self.rng.unit());
        let stage = Stage {
            sdk: unit.stage.sdk + 1,
            paid: cost,
            ..unit.stage
        };
        self.again(values, unit, stage, pause, cx);
    }

    /// Takes tokens for `calls` retries out of a client's quota; gives for how many there were.
    fn pay(&mut self, sdk: &SdkRules, client: u32, cost: u32, calls: u64) -> u64 {
        if cost == 0 {
            return calls;
        }
        let quota: &mut Quota = self.quotas.entry(client).or_insert_with(|| sdk.new_quota());
        (0..calls).take_while(|_| quota.acquire(cost)).count() as u64
    }

    /// The program's turn; `spent` says what the SDK ran out of.
    fn entries_failed(
        &mut self,
        values: &Values,
        unit: Unit,
        spent: Option<Reason>,
        cx: &mut Cx<'_, '_>,
    ) {
        let resend = values.resend.map(|backoff| Resend {
            backoff,
            base: values.base,
            cap: values.cap,
            attempts: values.attempts,
        });
        let stage = unit.stage;
        let pause = resend
            .and_then(|resend| resend.delay(stage.round, stage.previous, &mut || self.rng.unit()));
        if let Some(pause) = pause {
            let stage = Stage {
                sdk: 1,
                round: stage.round + 1,
                previous: pause,
                paid: 0,
            };
            self.again(values, unit, stage, pause, cx);
            return;
        }
        let spent = spent.or(resend.map(|_| Reason::AttemptsSpent));
        for Failed { parcel, reason } in unit.parcels {
            self.give_up(values, unit.who.0, parcel, spent.unwrap_or(reason), cx);
        }
    }

    /// Sends records again after a pause.
    fn again(&mut self, values: &Values, unit: Unit, stage: Stage, pause: Us, cx: &mut Cx<'_, '_>) {
        let parcels = unit
            .parcels
            .into_iter()
            .map(|failed| failed.parcel)
            .collect();
        let kept = self.keep(values, unit.who.0, parcels, cx);
        let (node, at) = (cx.node(), cx.now().saturating_add(pause));
        for parcel in &kept {
            let attempt = stage.attempt();
            cx.note(Fact::Retried {
                node,
                parcel: *parcel,
                attempt,
                at,
            });
        }
        self.wait(unit.who, stage, kept, at);
    }

    /// Puts records that are held already into the queue.
    pub(super) fn wait(&mut self, who: (WireId, u32), stage: Stage, parcels: Vec<Parcel>, at: Us) {
        if parcels.is_empty() {
            return;
        }
        if let Some(line) = self.lines.get_mut(&who) {
            line.open += 1;
        }
        let (wire, client) = who;
        self.number += 1;
        self.waiting.insert(
            (at, self.number),
            Waiting {
                wire,
                client,
                stage,
                parcels,
            },
        );
    }

    /// No more attempts: the journal keeps the records, or they end.
    pub(super) fn give_up(
        &mut self,
        values: &Values,
        wire: WireId,
        parcel: Parcel,
        reason: Reason,
        cx: &mut Cx<'_, '_>,
    ) {
        if values.journal && self.write_down(wire, parcel) {
            let at = cx.now().saturating_add(values.journal_after);
            self.journal_at.get_or_insert(at);
        } else {
            self.end(wire, parcel, reason, cx);
        }
    }

    /// Writes records into the journal if there is room.
    fn write_down(&mut self, wire: WireId, parcel: Parcel) -> bool {
        let parcels: usize = self.journal.values().map(Vec::len).sum();
        if parcels as u64 >= JOURNAL_PARCELS {
            return false;
        }
        push_joined(self.journal.entry(wire).or_default(), parcel);
        true
    }

    fn end(&mut self, wire: WireId, parcel: Parcel, reason: Reason, cx: &mut Cx<'_, '_>) {
        self.given_up += u64::from(parcel.n);
        cx.count(GIVEN_UP, None, u64::from(parcel.n));
        cx.ended(Some(wire), &parcel, reason);
    }

    /// Clients whose records are all settled send what stands in line.
    fn release_lines(&mut self, values: &Values, flight: &Flight, cx: &mut Cx<'_, '_>) {
        if self.lines.is_empty() {
            return;
        }
        let mut drafts = Drafts::new();
        for (client, _) in &flight.senders {
            let who = (flight.wire, *client);
            if let Some(line) = self.lines.get_mut(&who) {
                line.open = line.open.saturating_sub(1);
            }
            self.next_in_line(values, who, &mut drafts, cx);
        }
        self.launch(values, drafts, cx);
    }

    fn next_in_line(
        &mut self,
        values: &Values,
        who: (WireId, u32),
        drafts: &mut Drafts,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(line) = self.lines.get_mut(&who).filter(|line| line.open == 0) else {
            return;
        };
        let parcels = std::mem::take(&mut line.parcels);
        if parcels.is_empty() {
            self.lines.remove(&who);
            return;
        }
        self.held = self.held.saturating_sub(records(&parcels));
        self.draft(values, who, FIRST, parcels, drafts, cx);
    }

    /// The timer rang: what is due leaves.
    pub fn ring(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        if self.armed.is_some_and(|at| at <= now) {
            self.armed = None;
        }
        let later = self.waiting.split_off(&(now + 1, 0));
        let due = std::mem::replace(&mut self.waiting, later);
        let mut drafts = Drafts::new();
        for Waiting {
            wire,
            client,
            stage,
            parcels,
        } in due.into_values()
        {
            self.held = self.held.saturating_sub(records(&parcels));
            if let Some(line) = self.lines.get_mut(&(wire, client)) {
                line.open = line.open.saturating_sub(1);
            }
            self.draft(values, (wire, client), stage, parcels, &mut drafts, cx);
        }
        self.launch(values, drafts, cx);
        if self.journal_at.is_some_and(|at| at <= now) {
            self.journal_at = None;
            for (wire, parcels) in std::mem::take(&mut self.journal) {
                self.send(values, wire, parcels.into(), cx);
            }
        }
        self.rest();
        self.arm(cx);
    }

    /// Notes when nothing waits any more.
    pub(super) fn rest(&mut self) {
        if self.held == 0 {
            self.waiting_since = None;
        }
    }

    /// Sets the timer for what is due next.
    pub fn arm(&mut self, cx: &mut Cx<'_, '_>) {
        self.rest();
        let first = self.waiting.keys().next().map(|(at, _)| *at);
        let next = [first, self.journal_at].into_iter().flatten().min();
        if let Some(at) = next.filter(|at| self.armed.is_none_or(|armed| *at < armed)) {
            self.armed = Some(at);
            cx.wake(at, RETRY, 0);
        }
    }

    /// Everything held: waiting, in line, in the journal.
    fn all(&self) -> impl Iterator<Item = (WireId, &Parcel)> {
        let waiting = self
            .waiting
            .values()
            .map(|waiting| (waiting.wire, &waiting.parcels));
        let lines = self
            .lines
            .iter()
            .map(|((wire, _), line)| (*wire, &line.parcels));
        let journal = self.journal.iter().map(|(wire, parcels)| (*wire, parcels));
        let lists = waiting.chain(lines).chain(journal);
        lists.flat_map(|(wire, parcels)| parcels.iter().map(move |parcel| (wire, parcel)))
    }

    /// What is held now.
    pub fn custody(&self, out: &mut Custody) {
        self.all()
            .for_each(|(wire, parcel)| out.hold(Some(wire), *parcel));
    }

    /// Records waiting by client, for as many clients as asked for.
    pub fn waiting_by_client(&self, clients: u32) -> Vec<u64> {
        let mut out = vec![0_u64; clients as usize];
        for waiting in self.waiting.values() {
            if let Some(cell) = out.get_mut(waiting.client as usize) {
                *cell += records(&waiting.parcels);
            }
        }
        for ((_, client), line) in &self.lines {
            if let Some(cell) = out.get_mut(*client as usize) {
                *cell += records(&line.parcels);
            }
        }
        out
    }

    /// Records in the journal.
    pub fn journalled(&self) -> u64 {
        self.journal.values().map(|parcels| records(parcels)).sum()
    }

    /// The program dies: memory is lost, the journal is not.
    pub fn crash(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let lost: Vec<(WireId, Parcel)> = {
            let waiting = std::mem::take(&mut self.waiting).into_values();
            let waiting = waiting.map(|waiting| (waiting.wire, waiting.parcels));
            let lines = std::mem::take(&mut self.lines).into_iter();
            let lists = waiting.chain(lines.map(|((wire, _), line)| (wire, line.parcels)));
            lists
                .flat_map(|(wire, list)| list.into_iter().map(move |p| (wire, p)))
                .collect()
        };
        self.held = 0;
        self.flights.clear();
        self.quotas.clear();
        self.limiters.clear();
        self.armed = None;
        self.rest();
        for (wire, parcel) in lost {
            self.give_up(values, wire, parcel, Reason::Crashed, cx);
        }
    }

    /// Records that were never sent die with the program, unless it keeps a journal.
    pub fn lose(&mut self, values: &Values, wire: WireId, parcel: Parcel, cx: &mut Cx<'_, '_>) {
        self.give_up(values, wire, parcel, Reason::Crashed, cx);
    }

    /// The program starts again and looks into its journal after the usual pause.
    pub fn recover(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        self.armed = None;
        self.journal_at = (!self.journal.is_empty()).then(|| cx.now() + values.journal_after);
        self.arm(cx);
    }

    /// Records of a request of an earlier life come back.
    pub fn orphan(&mut self, values: &Values, wire: WireId, reply: &Reply, cx: &mut Cx<'_, '_>) {
        for parcel in reply.parcels() {
            self.give_up(values, wire, parcel, Reason::Crashed, cx);
        }
        if !cx.view().down() {
            self.arm(cx);
        }
    }

    /// Forgets what was meant for wires that are gone; the books have ended it already.
    pub fn rewired(&mut self, cx: &mut Cx<'_, '_>) {
        let gone = |wire: WireId, cx: &Cx<'_, '_>| !cx.view().floor.carries(wire);
        let lost = self.all().filter(|(wire, _)| gone(*wire, cx));
        let lost: u64 = lost.map(|(_, parcel)| u64::from(parcel.n)).sum();
        if lost == 0 {
            return;
        }
        cx.dropped(Reason::Removed, lost);
        self.waiting.retain(|_, waiting| !gone(waiting.wire, cx));
        self.lines.retain(|(wire, _), _| !gone(*wire, cx));
        self.journal.retain(|wire, _| !gone(*wire, cx));
        let waiting = self
            .waiting
            .values()
            .map(|waiting| records(&waiting.parcels));
        let lines = self.lines.values().map(|line| records(&line.parcels));
        self.held = waiting.chain(lines).sum();
        self.rest();
    }
}

impl Unit {
    /// Cuts the unit behind its first `n` calls of single records; gives the rest.
    fn split(&mut self, n: u64) -> Self {
        let mut left = n;
        let (mut head, mut tail) = (Vec::new(), Vec::new());
        for Failed { parcel, reason } in std::mem::take(&mut self.parcels) {
            let (a, b) = parcel.split(u32::try_from(left).unwrap_or(u32::MAX));
            left -= a.map_or(0, |a| u64::from(a.n));
            head.extend(a.map(|parcel| Failed { parcel, reason }));
            tail.extend(b.map(|parcel| Failed { parcel, reason }));
        }
        self.parcels = head;
        let n = n.min(self.calls);
        let calls = self.calls - n;
        self.calls = n;
        Self {
            who: self.who,
            stage: self.stage,
            parcels: tail,
            calls,
        }
    }
}

fn all_for(parcels: Vec<Parcel>, reason: Reason) -> Vec<Failed> {
    parcels
        .into_iter()
        .map(|parcel| Failed { parcel, reason })
        .collect()
}

/// Calls of one client that fail and are tried again together: each record by itself where
/// records are put singly, each call of a batch, or all where the client keeps order.
fn units(
    values: &Values,
    who: (WireId, u32),
    stage: Stage,
    parcels: Vec<Failed>,
    cx: &Cx<'_, '_>,
) -> Vec<Unit> {
    let n: u64 = parcels
        .iter()
        .map(|failed| u64::from(failed.parcel.n))
        .sum();
    let mut rest = Unit {
        who,
        stage,
        parcels,
        calls: 1,
    };
    if n == 0 {
        return Vec::new();
    }
    if serial(values) {
        return vec![rest];
    }
    let all = calls(n, who.0, values, cx);
    rest.calls = all;
    let each = if values.single {
        n.div_ceil(UNITS)
    } else {
        n.div_ceil(all)
    };
    let mut out = Vec::new();
    while rest.calls > 0 && !rest.parcels.is_empty() {
        let mut tail = rest.split(each);
        if !values.single {
            rest.calls = 1;
            tail.calls = all.saturating_sub(out.len() as u64 + 1);
        }
        out.push(rest);
        rest = tail;
    }
    out
}
