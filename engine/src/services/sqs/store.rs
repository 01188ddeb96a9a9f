//! The messages of a queue by state: waiting, in flight, delayed.
//!
//! ```text
//!   send ──> delayed ──> waiting ──receive──> in flight ──delete──> gone
//!                          ^  └─ too often received ─> dead    │
//!                          └──── visibility time-out ──────────┘
//! ```
//!
//! Messages never received lie in a log whose copies share what is old; those received at least
//! once lie in maps, for at most the in-flight limit of them are away at a time. A FIFO queue has
//! one such line for each message group, a standard one has one line in all.

use super::run::Run;
use crate::base::chunks::Log;
use crate::base::few::Few;
use crate::base::map::Map;
use crate::base::time::Us;
use crate::services::talk::Receipt;
use std::collections::BTreeSet;

/// Messages in flight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Flight {
    pub(super) run: Run,
    /// When they can be received again [us].
    pub(super) until: Us,
    /// When they were received [us].
    pub(super) taken: Us,
}

/// A line of messages: a message group, or the whole of a standard queue.
#[derive(Clone, Debug, Default, Hash)]
struct Line {
    /// The rest of the oldest run of `fresh`.
    head: Option<Run>,
    /// Never received, in the order of sending.
    fresh: Log<Run>,
    /// Received before and waiting again: their first ids (FIFO only).
    returned: BTreeSet<u64>,
    /// In flight: their first ids (FIFO only).
    away: BTreeSet<u64>,
    /// Its place among the groups that can be received from.
    rank: Option<(Us, u64)>,
}

impl Line {
    fn front(&self) -> Option<Run> {
        self.head
            .or_else(|| self.fresh.get(self.fresh.first_index()))
    }

    fn pop_front(&mut self) -> Option<Run> {
        if let Some(run) = self.head.take() {
            return Some(run);
        }
        let ix = self.fresh.first_index();
        let run = self.fresh.get(ix)?;
        self.fresh.drop_front_to(ix + 1);
        Some(run)
    }

    fn is_empty(&self) -> bool {
        self.front().is_none() && self.returned.is_empty() && self.away.is_empty()
    }
}

/// What a receive wants.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    /// Most messages.
    pub(super) max: u64,
    /// For how long they are hidden [us].
    pub(super) visibility: Us,
    /// Above so many receives a message is dead.
    pub(super) receives_max: Option<u32>,
    /// Older than this a message is gone [us].
    pub(super) retention: Us,
}

/// What a receive gives.
#[derive(Clone, Debug, Default)]
pub(super) struct Taken {
    /// Handed out.
    pub(super) out: Vec<Run>,
    /// Received too often: they move to the dead-letter queue.
    pub(super) dead: Vec<Run>,
    /// Older than the retention.
    pub(super) expired: Vec<Run>,
}

/// All messages.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Store {
    fifo: bool,
    next_id: u64,
    receipts: u64,
    lines: Map<u64, Line>,
    /// Groups that can be received from: (since, id) of the first message, group (FIFO only).
    ready: BTreeSet<(Us, u64, u64)>,
    /// Received before and waiting again, by first id.
    returned: Map<u64, Run>,
    /// By first id.
    flight: Map<u64, Flight>,
    /// Ends of flights, with the first id.
    due: Map<(Us, u64), ()>,
    /// By the time at which they can be received, and id.
    delayed: Map<(Us, u64), Run>,
    /// Messages that wait.
    pub(super) visible: u64,
    /// Messages in flight.
    pub(super) in_flight: u64,
    /// Messages delayed.
    pub(super) later: u64,
}

impl Store {
    /// No messages.
    pub(super) fn new(fifo: bool) -> Self {
        Self {
            fifo,
            ..Self::default()
        }
    }

    /// Takes in new messages; `run.id` is given here, `run.since` is when they can be received.
    pub(super) fn send(&mut self, mut run: Run, now: Us) {
        run.id = self.next_id;
        self.next_id = run.end();
        if run.since > now {
            self.later += run.n();
            self.delayed.insert((run.since, run.id), run);
        } else {
            self.line_up(run);
        }
    }

    fn line_up(&mut self, run: Run) {
        self.visible += run.n();
        let line = self.lines.at(run.group);
        line.fresh.push(run);
        self.rank(run.group);
    }

    /// Whether a receive would find something.
    pub(super) fn has_some(&self) -> bool {
        if self.fifo {
            !self.ready.is_empty()
        } else {
            self.visible > 0
        }
    }

    /// When the next flight or delay ends [us].
    pub(super) fn next_due(&self) -> Option<Us> {
        let flight = self.due.first_key_value().map(|((at, _), ())| *at);
        let delay = self.delayed.keys().next().map(|(at, _)| *at);
        flight.into_iter().chain(delay).min()
    }

    /// Flights and delays that are over by `now` end.
    pub(super) fn settle(&mut self, now: Us) {
        while let Some((&(at, id), ())) = self.due.first_key_value()
            && at <= now
        {
            if let Some(flight) = self.land(id) {
                self.give_back(flight.run, at);
            }
        }
        while let Some(((since, _), _)) = self.delayed.first_key_value()
            && *since <= now
            && let Some((_, run)) = self.delayed.pop_first()
        {
            self.later -= run.n();
            self.line_up(run);
        }
    }

    /// Another delay for what is delayed already (a FIFO queue keeps its order so).
    pub(super) fn delay_again(&mut self, delay: Us) {
        let all = std::mem::take(&mut self.delayed);
        for mut run in all.into_values() {
            run.since = run.sent + delay;
            self.delayed.insert((run.since, run.id), run);
        }
    }

    // ---- lines ----------------------------------------------------------------------------

    /// The message of a group that would be received next; nothing while one before it is away.
    fn first_of(&self, group: u64) -> Option<Run> {
        let line = self.lines.get(&group)?;
        let away = line.away.first().copied();
        if let Some(id) = line.returned.first()
            && away.is_none_or(|away| *id < away)
        {
            return self.returned.get(id).copied();
        }
        if away.is_some() {
            return None;
        }
        line.front()
    }

    /// Finds the place of a group among those that can be received from.
    fn rank(&mut self, group: u64) {
        if !self.fifo {
            return;
        }
        let rank = self.first_of(group).map(|run| (run.since, run.id));
        let Some(line) = self.lines.get_mut(&group) else {
            return;
        };
        if line.rank != rank {
            if let Some((since, id)) = line.rank {
                self.ready.remove(&(since, id, group));
            }
            if let Some((since, id)) = rank {
                self.ready.insert((since, id, group));
            }
            line.rank = rank;
        }
        if line.is_empty() {
            self.lines.remove(&group);
        }
    }

    /// Takes the next message run out of its line.
    fn pop(&mut self, group: u64) -> Option<Run> {
        if !self.fifo && self.returned.is_empty() {
            let run = self.lines.get_mut(&group)?.pop_front()?;
            self.visible -= run.n();
            return Some(run);
        }
        let run = if self.fifo {
            self.first_of(group)?
        } else {
            let back = self.returned.values().next();
            back.copied().or_else(|| self.lines.get(&group)?.front())?
        };
        self.visible -= run.n();
        let line = self.lines.get_mut(&run.group)?;
        if self.returned.remove(&run.id).is_some() {
            line.returned.remove(&run.id);
            return Some(run);
        }
        line.pop_front()
    }

    /// Puts the rest of a run back to where [`Self::pop`] took it.
    fn unpop(&mut self, run: Run) {
        self.visible += run.n();
        let line = self.lines.at(run.group);
        if run.received == 0 {
            line.head = Some(run);
            return;
        }
        self.returned.insert(run.id, run);
        if self.fifo {
            line.returned.insert(run.id);
        }
    }

    /// Messages can be received again.
    fn give_back(&mut self, mut run: Run, since: Us) {
        run.since = since;
        self.visible += run.n();
        self.returned.insert(run.id, run);
        if self.fifo {
            let line = self.lines.at(run.group);
            line.returned.insert(run.id);
            self.rank(run.group);
        }
    }

    fn fly(&mut self, flight: Flight) {
        let run = flight.run;
        self.in_flight += run.n();
        self.due.insert((flight.until, run.id), ());
        self.flight.insert(run.id, flight);
        if self.fifo {
            self.lines.at(run.group).away.insert(run.id);
            self.rank(run.group);
        }
    }

    /// Takes a run out of flight.
    fn land(&mut self, id: u64) -> Option<Flight> {
        let flight = self.flight.remove(&id)?;
        self.due.remove(&(flight.until, id));
        self.in_flight -= flight.run.n();
        if self.fifo {
            if let Some(line) = self.lines.get_mut(&flight.run.group) {
                line.away.remove(&id);
            }
            self.rank(flight.run.group);
        }
        Some(flight)
    }

    // ---- calls ----------------------------------------------------------------------------

    /// ReceiveMessage: of a FIFO queue one group after the other.
    pub(super) fn take(&mut self, wanted: &Wanted, now: Us) -> Taken {
        let mut taken = Taken::default();
        self.receipts += 1;
        let mut room = wanted.max;
        let mut group = 0;
        while room > 0 {
            let Some(run) = self.pop(group) else {
                self.rank(group);
                match self.ready.first() {
                    Some((_, _, next)) => group = *next,
                    None => break,
                }
                continue;
            };
            if run.sent.saturating_add(wanted.retention) <= now {
                taken.expired.push(run);
            } else if wanted.receives_max.is_some_and(|max| run.received >= max) {
                taken.dead.push(run);
            } else {
                let (head, tail) = run.split(room);
                if let Some(tail) = tail {
                    self.unpop(tail);
                }
                if let Some(mut head) = head {
                    room -= head.n();
                    head.received += 1;
                    head.receipt = self.receipts;
                    taken.out.push(head);
                }
            }
        }
        self.rank(group);
        for run in &taken.out {
            self.hide_run(*run, now, wanted.visibility, now);
        }
        taken
    }

    /// First ids of the runs in flight that hold some of the ids.
    fn flying(&self, ids: (u64, u64)) -> Few<u64> {
        let before = self.flight.range(..=ids.0).next_back();
        let before = before.filter(|(_, flight)| flight.run.end() > ids.0);
        let rest = self.flight.range(ids.0 + 1..ids.1);
        before.into_iter().chain(rest).map(|(id, _)| *id).collect()
    }

    /// First ids of the runs that wait again and hold some of the ids.
    fn waiting_again(&self, ids: (u64, u64)) -> Few<u64> {
        if self.returned.is_empty() {
            return Few::new();
        }
        let before = self.returned.range(..=ids.0).next_back();
        let before = before.filter(|(_, run)| run.end() > ids.0);
        let rest = self.returned.range(ids.0 + 1..ids.1);
        before.into_iter().chain(rest).map(|(id, _)| *id).collect()
    }

    /// Takes the named messages out of flight, leaving their neighbours there.
    fn land_part(&mut self, id: u64, ids: (u64, u64)) -> Option<Flight> {
        let flight = self.land(id)?;
        let (before, inside, behind) = flight.run.cut(ids.0, ids.1);
        for run in before.into_iter().chain(behind) {
            self.fly(Flight { run, ..flight });
        }
        inside.map(|run| Flight { run, ..flight })
    }

    /// Takes the named messages out of those that wait again.
    fn pick_part(&mut self, id: u64, ids: (u64, u64)) -> Option<Run> {
        let run = self.returned.remove(&id)?;
        self.visible -= run.n();
        let (before, inside, behind) = run.cut(ids.0, ids.1);
        for part in before.into_iter().chain(behind) {
            self.unpop(part);
        }
        inside
    }

    /// Whether a receipt was ever given out.
    fn known(&self, receipt: &Receipt) -> bool {
        let end = receipt.id.saturating_add(u64::from(receipt.n));
        (1..=self.receipts).contains(&receipt.receipt) && end <= self.next_id && receipt.n > 0
    }

    /// DeleteMessage: gives what is gone now; `None` if the receipt is refused.
    ///
    /// A standard queue takes an old receipt and does nothing; a FIFO queue refuses one whose
    /// visibility time-out is over.
    pub(super) fn delete(&mut self, receipt: &Receipt) -> Option<Few<Run>> {
        if !self.known(receipt) {
            return None;
        }
        let ids = (receipt.id, receipt.id + u64::from(receipt.n));
        let mut gone = Few::new();
        for id in self.flying(ids) {
            let latest = self.flight.get(&id);
            if latest.is_some_and(|flight| flight.run.receipt == receipt.receipt) {
                gone.extend(self.land_part(id, ids).map(|flight| flight.run));
            } else if self.fifo {
                return if gone.is_empty() { None } else { Some(gone) };
            }
        }
        let again = self.waiting_again(ids);
        if self.fifo {
            return (again.is_empty() || !gone.is_empty()).then_some(gone);
        }
        for id in again {
            let latest = self.returned.get(&id);
            if latest.is_some_and(|run| run.receipt == receipt.receipt) {
                gone.extend(self.pick_part(id, ids));
            }
        }
        Some(gone)
    }

    /// ChangeMessageVisibility: false if the receipt is refused.
    ///
    /// On a standard queue any receipt of a message that is still there will do.
    pub(super) fn hide(&mut self, receipt: &Receipt, span: (Us, Us), now: Us) -> bool {
        let (timeout, hidden_max) = span;
        if !self.known(receipt) {
            return false;
        }
        let ids = (receipt.id, receipt.id + u64::from(receipt.n));
        let flying = self.flying(ids);
        let fits = |flight: &Flight| {
            let latest = !self.fifo || flight.run.receipt == receipt.receipt;
            latest && now + timeout <= flight.taken.saturating_add(hidden_max)
        };
        if !flying
            .iter()
            .all(|id| self.flight.get(id).is_some_and(fits))
        {
            return false;
        }
        let again = self.waiting_again(ids);
        if flying.is_empty() && (self.fifo || again.is_empty()) {
            return false;
        }
        for id in flying {
            if let Some(flight) = self.land_part(id, ids) {
                self.hide_run(flight.run, flight.taken, timeout, now);
            }
        }
        if !self.fifo {
            for id in again {
                if let Some(run) = self.pick_part(id, ids) {
                    self.hide_run(run, now, timeout, now);
                }
            }
        }
        true
    }

    fn hide_run(&mut self, run: Run, taken: Us, timeout: Us, now: Us) {
        if timeout == 0 {
            self.give_back(run, now);
        } else {
            let until = now + timeout;
            self.fly(Flight { run, until, taken });
        }
    }

    // ---- all of them ----------------------------------------------------------------------

    /// Takes out all messages that were sent at or before `until`, as far as they stand at the
    /// head of a line or were received before.
    pub(super) fn expire(&mut self, until: Us) -> Vec<Run> {
        let mut gone = Vec::new();
        let groups: Vec<u64> = self.lines.keys().copied().collect();
        for group in groups {
            while let Some(line) = self.lines.get_mut(&group)
                && line.front().is_some_and(|run| run.sent <= until)
            {
                let run = line.pop_front();
                self.visible -= run.map_or(0, |run| run.n());
                gone.extend(run);
            }
            self.rank(group);
        }
        let old = |run: &Run| run.sent <= until;
        let back: Vec<Run> = self.returned.values().filter(|r| old(r)).copied().collect();
        for run in back {
            self.returned.remove(&run.id);
            self.visible -= run.n();
            if let Some(line) = self.lines.get_mut(&run.group) {
                line.returned.remove(&run.id);
            }
            self.rank(run.group);
            gone.push(run);
        }
        let away = self.flight.values().filter(|flight| old(&flight.run));
        let away: Vec<u64> = away.map(|flight| flight.run.id).collect();
        gone.extend(
            away.into_iter()
                .filter_map(|id| self.land(id))
                .map(|f| f.run),
        );
        gone
    }

    /// Takes out everything.
    pub(super) fn purge(&mut self) -> Vec<Run> {
        let gone = self.all().collect();
        *self = Self {
            fifo: self.fifo,
            next_id: self.next_id,
            receipts: self.receipts,
            ..Self::default()
        };
        gone
    }

    /// Takes up to `n` messages that wait out of the queue, the oldest first.
    pub(super) fn draw(&mut self, mut n: u64) -> Vec<Run> {
        let mut drawn = Vec::new();
        while n > 0 {
            let group = if self.fifo {
                self.ready.first().map(|(_, _, group)| *group)
            } else {
                Some(0)
            };
            let Some(run) = group.and_then(|group| self.pop(group)) else {
                break;
            };
            let (head, tail) = run.split(n);
            if let Some(tail) = tail {
                self.unpop(tail);
            }
            n -= head.map_or(0, |head| head.n());
            drawn.extend(head);
            self.rank(run.group);
        }
        drawn
    }

    /// Puts a run that was drawn back to the head of its line.
    pub(super) fn stay(&mut self, run: Run) {
        self.give_back(run, run.since);
    }

    /// All runs of messages.
    pub(super) fn all(&self) -> impl Iterator<Item = Run> + '_ {
        let lines = self.lines.values();
        let fresh = lines.flat_map(|line| line.head.into_iter().chain(line.fresh.iter()));
        let away = self.flight.values().map(|flight| flight.run);
        fresh
            .chain(self.returned.values().copied())
            .chain(away)
            .chain(self.delayed.values().copied())
    }

    /// When the oldest message was sent [us], as far as it stands at the head of its line.
    pub(super) fn oldest(&self) -> Option<Us> {
        let fronts = self.lines.values().filter_map(Line::front);
        let away = self.flight.values().map(|flight| flight.run);
        let first = self.delayed.values().copied().take(1);
        fronts
            .chain(self.returned.values().copied())
            .chain(away)
            .chain(first)
            .map(|run| run.sent)
            .min()
    }

    /// Groups with messages in flight.
    pub(super) fn groups_away(&self) -> u64 {
        let away = self.lines.values().filter(|line| !line.away.is_empty());
        away.count() as u64
    }

    /// Panics if the counts do not fit the messages; for tests.
    pub(super) fn assert_sound(&self) {
        let sum = |runs: &mut dyn Iterator<Item = Run>| runs.map(|run| run.n()).sum::<u64>();
        let lines = self.lines.values();
        let fresh = lines.flat_map(|line| line.head.into_iter().chain(line.fresh.iter()));
        let waiting = sum(&mut fresh.chain(self.returned.values().copied()));
        assert_eq!(waiting, self.visible, "messages that wait");
        let away = sum(&mut self.flight.values().map(|flight| flight.run));
        assert_eq!(away, self.in_flight, "messages in flight");
        assert_eq!(
            sum(&mut self.delayed.values().copied()),
            self.later,
            "delayed messages"
        );
        assert_eq!(self.due.len(), self.flight.len(), "one end a flight");
        if self.fifo {
            for (group, line) in self.lines.iter() {
                let rank = self.first_of(*group).map(|run| (run.since, run.id));
                assert_eq!(line.rank, rank, "the place of a group");
            }
        }
    }
}
