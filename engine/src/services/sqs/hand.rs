//! Messages go out: ReceiveMessage with short and long polls, DeleteMessage,
//! ChangeMessageVisibility, PurgeQueue.

use super::limits::Action;
use super::run::Run;
use super::store::{Taken, Wanted};
use super::{Config, Poll, Sqs, TAG_DUE, TAG_MINUTE, TAG_POLL, figures, metric, next_minute};
use crate::base::time::{SECOND, Us};
use crate::services::contract::Incoming;
use crate::services::cx::Cx;
use crate::services::talk::{Ask, OUTSIDE, Reason, Receipt, Reply};

/// The longest wait of a receive (WaitTimeSeconds, API-sqs, 2026-11-22) [us].
pub(super) const WAIT_MAX: Us = 20 * SECOND;

impl Sqs {
    /// ReceiveMessage.
    pub(super) fn receive(
        &mut self,
        config: &Config,
        incoming: &Incoming,
        (max, wait, visibility): (u32, Option<Us>, Option<Us>),
        cx: &mut Cx<'_, '_>,
    ) {
        let refuse = |reason| Reply::Refused {
            reason,
            back: Vec::new(),
        };
        let (wait, visibility) = (
            wait.unwrap_or(config.wait),
            visibility.unwrap_or(config.visibility),
        );
        let hidden_max = cx.figure(&figures::HIDDEN_MAX);
        if !(1..=10).contains(&max) || wait > WAIT_MAX || visibility > hidden_max {
            return cx.reply(incoming.call, refuse(Reason::Invalid));
        }
        if self.limits.calls(Action::Receive, 1, cx.now()) == 0 {
            self.refused_at = Some(cx.now());
            return cx.reply(incoming.call, refuse(Reason::CallsLimit));
        }
        let poll = Poll {
            call: incoming.call,
            wire: incoming.wire,
            max,
            visibility,
        };
        let full = !config.fifo && self.room(config, cx) == 0;
        if full && wait == 0 {
            self.refused_at = Some(cx.now());
            self.requests += 1;
            return cx.reply(incoming.call, refuse(Reason::InFlightLimit));
        }
        if self.polls.is_empty() && self.give(config, &poll, cx) {
            return;
        }
        if wait == 0 {
            self.answer_empty(&poll, cx);
            return;
        }
        self.polls_begun += 1;
        self.polls.insert(self.polls_begun, poll);
        cx.wake(cx.now() + wait, TAG_POLL, self.polls_begun);
    }

    /// Messages that may still go into flight.
    fn room(&self, config: &Config, cx: &Cx<'_, '_>) -> u64 {
        let limit = if config.fifo {
            cx.figure(&figures::IN_FLIGHT_FIFO)
        } else {
            cx.figure(&figures::IN_FLIGHT)
        };
        limit.saturating_sub(self.store.in_flight)
    }

    /// Answers a receive if there is something for it.
    fn give(&mut self, config: &Config, poll: &Poll, cx: &mut Cx<'_, '_>) -> bool {
        let wanted = Wanted {
            max: u64::from(poll.max).min(self.room(config, cx)),
            visibility: poll.visibility,
            receives_max: self.receives_max(cx),
            retention: config.retention,
        };
        if wanted.max == 0 || !self.store.has_some() {
            return false;
        }
        let Taken { out, dead, expired } = self.store.take(&wanted, cx.now());
        self.end(&expired, Reason::Retention, cx);
        self.bury(dead, cx);
        if out.is_empty() {
            return false;
        }
        let messages: u64 = out.iter().map(Run::n).sum();
        let records: u64 = out.iter().map(|run| u64::from(run.parcel.n)).sum();
        self.requests += figures::requests_of(out.iter().map(Run::bytes).sum());
        cx.count(metric::RECEIVED, None, messages);
        cx.created(Reason::Received, records);
        let messages = out.iter().map(Run::message).collect();
        cx.reply(poll.call, Reply::Messages { messages });
        true
    }

    fn answer_empty(&mut self, poll: &Poll, cx: &mut Cx<'_, '_>) {
        self.requests += 1;
        cx.count(metric::EMPTY, None, 1);
        let messages = Vec::new();
        cx.reply(poll.call, Reply::Messages { messages });
    }

    /// A long poll found nothing in its time.
    pub(super) fn poll_over(&mut self, number: u64, cx: &mut Cx<'_, '_>) {
        if let Some(poll) = self.polls.remove(&number) {
            self.answer_empty(&poll, cx);
        }
    }

    /// After whatever happened: ends flights and delays that are over, answers receives that wait,
    /// sets the next timer.
    pub(super) fn go_on(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.store.settle(cx.now());
        while let Some((number, poll)) = self.polls.first_key_value() {
            let (number, poll) = (*number, *poll);
            if !self.give(config, &poll, cx) {
                break;
            }
            self.polls.remove(&number);
        }
        if let Some(due) = self.store.next_due()
            && self.armed.is_none_or(|at| at > due)
        {
            self.armed = Some(due);
            cx.wake(due, TAG_DUE, 0);
        }
    }

    /// Receives over a wire that is gone wait no longer.
    pub(super) fn forget_wires(&mut self, cx: &mut Cx<'_, '_>) {
        let gone = |poll: &Poll| poll.wire != OUTSIDE && !cx.view().floor.carries(poll.wire);
        let gone: Vec<u64> = self
            .polls
            .iter()
            .filter(|(_, poll)| gone(poll))
            .map(|(number, _)| *number)
            .collect();
        gone.into_iter()
            .for_each(|number| self.poll_over(number, cx));
        self.moves_forget_wires(cx);
    }

    /// Messages end with a reason, for all that they were owed to.
    pub(super) fn end(&mut self, runs: &[Run], reason: Reason, cx: &mut Cx<'_, '_>) {
        for run in runs {
            cx.ended(Some(run.wire), &run.parcel, reason);
        }
    }

    /// Takes the receipts of a batched call apart, or refuses the call as a whole.
    fn batch(
        &mut self,
        action: Action,
        receipts: &[Receipt],
        cx: &mut Cx<'_, '_>,
    ) -> Result<(), Reason> {
        let all: u64 = receipts.iter().map(|receipt| u64::from(receipt.n)).sum();
        self.requests += 1;
        if all == 0 {
            return Err(Reason::Invalid);
        }
        if all > cx.figure(&figures::CALL_RECORDS) {
            return Err(Reason::TooManyEntries);
        }
        if self.limits.calls(action, 1, cx.now()) == 0 {
            self.refused_at = Some(cx.now());
            return Err(Reason::CallsLimit);
        }
        Ok(())
    }

    /// DeleteMessage, DeleteMessageBatch.
    pub(super) fn delete(&mut self, _config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let Ask::Delete { receipts } = &incoming.ask else {
            return;
        };
        if let Err(reason) = self.batch(Action::Delete, receipts, cx) {
            return cx.refuse(incoming, reason);
        }
        let mut refused = Vec::new();
        for receipt in receipts {
            let Some(gone) = self.store.delete(receipt) else {
                refused.push(*receipt);
                continue;
            };
            for run in gone {
                cx.count(metric::DELETED, None, run.n());
                cx.deleted(run.wire, &run.parcel);
            }
        }
        cx.reply(incoming.call, Reply::Receipts { refused });
    }

    /// ChangeMessageVisibility, ChangeMessageVisibilityBatch.
    pub(super) fn change_visibility(
        &mut self,
        _config: &Config,
        incoming: Incoming,
        cx: &mut Cx<'_, '_>,
    ) {
        let Ask::Visibility { receipts, timeout } = &incoming.ask else {
            return;
        };
        if let Err(reason) = self.batch(Action::Visibility, receipts, cx) {
            return cx.refuse(incoming, reason);
        }
        let span = (*timeout, cx.figure(&figures::HIDDEN_MAX));
        let now = cx.now();
        let hide = |receipt: &&Receipt| !self.store.hide(receipt, span, now);
        let refused = receipts.iter().filter(hide).copied().collect();
        cx.reply(incoming.call, Reply::Receipts { refused });
    }

    /// PurgeQueue.
    pub(super) fn purge(&mut self, cx: &mut Cx<'_, '_>) -> Result<(), String> {
        let every = cx.figure(&figures::PURGE_EVERY);
        if self.purged_at.is_some_and(|at| at + every > cx.now()) {
            let code = super::PURGE_IN_PROGRESS;
            return Err(format!("{code}: a queue can be purged once in 60 seconds."));
        }
        self.purged_at = Some(cx.now());
        let gone = self.store.purge();
        self.end(&gone, Reason::Purged, cx);
        Ok(())
    }

    /// Once a minute: what is too old goes, and the metrics get their points.
    pub(super) fn minute(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        self.store.settle(now);
        if let Some(until) = now.checked_sub(config.retention) {
            let gone = self.store.expire(until);
            self.end(&gone, Reason::Retention, cx);
        }
        self.memory.forget(now, cx.figure(&figures::DEDUP_INTERVAL));
        self.limits.sweep(now);
        cx.count(metric::VISIBLE, None, self.store.visible);
        cx.count(metric::NOT_VISIBLE, None, self.store.in_flight);
        cx.count(metric::DELAYED, None, self.store.later);
        let age = self
            .store
            .oldest()
            .map_or(0, |sent| now.saturating_sub(sent));
        cx.count(metric::OLDEST, None, age / SECOND);
        if config.fifo {
            cx.count(metric::GROUPS, None, self.store.groups_away());
        }
        cx.wake(next_minute(now), TAG_MINUTE, 0);
        self.go_on(config, cx);
    }
}
