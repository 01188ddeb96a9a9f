//! How invocations end, and what the caller gets back.

use super::config::{Config, OnError};
use super::returned::{Reading, read};
use super::run::{Caller, Fallen, Run};
use super::{Lambda, metric};
use crate::base::time::MS;
use crate::services::cx::Cx;
use crate::services::shared::items::{Item, count, stretches};
use crate::services::talk::{Failed, OUTSIDE, Outcome, Parcel, Reason, Reply};

impl Lambda {
    /// All calls are made: the invocation ends.
    pub(super) fn conclude(&mut self, config: &Config, id: u64, cx: &mut Cx<'_, '_>) {
        let Some(run) = self.runs.remove(&id) else {
            return;
        };
        self.release(config, &run, cx);
        if run.each {
            self.end_each(config, run, cx);
        } else {
            self.end_batch(config, run, cx);
        }
    }

    /// Frees the environments and adds to the bill.
    fn release(&mut self, config: &Config, run: &Run, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let crashed = run.broken == Some(Reason::Crashed);
        if !crashed {
            self.places.give_back(run.places, now);
        }
        let lasted = (now - run.began).div_ceil(MS);
        cx.count(metric::DURATION, None, lasted);
        self.mb_ms += lasted * u64::from(config.memory) * run.invocations;
    }

    fn end_batch(&mut self, config: &Config, run: Run, cx: &mut Cx<'_, '_>) {
        let raises = config.on_error == OnError::Raise;
        let first = run.fallen.first().map(|fallen| fallen.reason);
        let broken = run.broken.or(first.filter(|_| raises));
        let (outcome, back) = if let Some(reason) = broken {
            self.failed_at = Some(cx.now());
            cx.count(metric::ERRORS, None, 1);
            (Outcome::Failed, run.all_back(reason, cx))
        } else if config.on_error == OnError::Swallow {
            run.swallow(cx);
            (Outcome::Returned, Vec::new())
        } else if read(&config.returns) == Some(Reading::Unreadable) {
            (Outcome::Malformed, run.all_back(Reason::FunctionError, cx))
        } else {
            (Outcome::Returned, run.fallen_back(cx))
        };
        if let Caller::Call(call) = run.caller {
            cx.reply(call, Reply::Invoked { outcome, back });
        }
    }

    /// Each record was an invocation of its own: only those that failed come back.
    fn end_each(&mut self, config: &Config, run: Run, cx: &mut Cx<'_, '_>) {
        if config.on_error != OnError::Raise && run.broken.is_none() {
            // a list of failed items means nothing to these callers
            let (over, fallen) = run
                .fallen
                .iter()
                .partition(|f| f.reason == Reason::Concurrency);
            let run = Run { fallen, ..run };
            run.swallow(cx);
            return self.give_back(
                config,
                Run {
                    fallen: over,
                    ..run
                },
                cx,
            );
        }
        self.give_back(config, run, cx);
    }

    fn give_back(&mut self, config: &Config, run: Run, cx: &mut Cx<'_, '_>) {
        let back = run.fallen_back(cx);
        let ran = |failed: &&Failed| failed.reason != Reason::Concurrency;
        let errors = back
            .iter()
            .filter(ran)
            .map(|failed| u64::from(failed.parcel.n))
            .sum();
        if errors > 0 {
            self.failed_at = Some(cx.now());
            cx.count(metric::ERRORS, None, errors);
        }
        match run.caller {
            Caller::Call(call) => {
                let outcome = if back.is_empty() {
                    Outcome::Returned
                } else {
                    Outcome::Failed
                };
                cx.reply(call, Reply::Invoked { outcome, back });
            }
            Caller::Queue { failed, accepted } => {
                self.event_failed(config, (run.wire, failed + 1, accepted), &back, cx);
            }
        }
    }

    /// All environments die: what runs fails; what is on its way is waited for.
    pub(super) fn environments_die(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        self.places.die();
        let ids: Vec<u64> = self.runs.keys().copied().collect();
        for id in ids {
            if let Some(run) = self.runs.get_mut(&id) {
                run.places = 0;
                run.until = None;
                run.broken = Some(Reason::Crashed);
                run.stop_calls();
                if run.each {
                    let all = std::mem::take(&mut run.rest).into_iter();
                    run.fallen.extend(all.map(|item| Fallen {
                        item,
                        out: None,
                        reason: Reason::Crashed,
                    }));
                }
                self.go_on(config, id, cx);
            }
        }
    }

    /// Forgets what came over, or was to go over, wires that were removed; the books know already.
    pub(super) fn forget_wires(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let mut gone = self.events.forget_wires(cx);
        let ids: Vec<u64> = self.runs.keys().copied().collect();
        for id in ids {
            let Some(run) = self.runs.get_mut(&id) else {
                continue;
            };
            gone += run.forget_wires(cx);
            let writing = !run.parts.is_empty();
            if writing && run.parts.iter().all(super::run::Part::idle) {
                self.conclude(config, id, cx);
            }
        }
        if gone > 0 {
            cx.dropped(Reason::Removed, gone);
        }
    }
}

impl Run {
    /// What has not been sent is not sent any more.
    pub(super) fn stop_calls(&mut self) {
        let reason = self.broken.unwrap_or(Reason::FunctionError);
        for part in &mut self.parts {
            let mut left = std::mem::take(&mut part.todo);
            if part.call.is_none() {
                left.append(&mut part.sent);
                part.due = None;
            }
            let out = Some(part.out);
            self.fallen
                .extend(left.into_iter().map(|item| Fallen { item, out, reason }));
        }
    }

    /// Forgets what is here for wires that are gone; gives how many records.
    fn forget_wires(&mut self, cx: &Cx<'_, '_>) -> u64 {
        let mut gone = 0;
        if self.wire != OUTSIDE && !cx.floor.carries(self.wire) {
            gone += count(&std::mem::take(&mut self.rest));
        }
        let wire = self.wire;
        self.fallen.retain(|fallen| {
            let stays = cx.floor.carries(fallen.out.unwrap_or(wire));
            gone += if stays { 0 } else { u64::from(fallen.item.n()) };
            stays
        });
        for part in self
            .parts
            .iter_mut()
            .filter(|part| !cx.floor.carries(part.out))
        {
            gone += count(&std::mem::take(&mut part.todo));
            if part.call.is_none() {
                gone += count(&std::mem::take(&mut part.sent));
                part.due = None;
            }
        }
        gone
    }

    /// If some places have got what others have not, the caller has it for all of them again, and
    /// those that got it may have it still.
    fn goes_again(&self, parcel: &Parcel, holders: u64, cx: &mut Cx<'_, '_>) {
        if holders > 0 && holders < self.parts.len() as u64 && self.wire != OUTSIDE {
            cx.held_again(self.wire, parcel);
        }
    }

    /// All that is here, several times over where several next places have not got it.
    fn held(&self) -> Vec<Item> {
        let fallen = self.fallen.iter().map(|fallen| fallen.item);
        self.rest.iter().copied().chain(fallen).collect()
    }

    /// Why the records at a place did not get through.
    fn reason_at(&self, at: u32) -> Option<Reason> {
        let fallen = &self.fallen;
        let found = fallen
            .iter()
            .find(|f| (f.item.at..f.item.end()).contains(&at));
        found.map(|fallen| fallen.reason)
    }

    /// The whole batch, for the caller to send again: what had been written goes as copies.
    fn all_back(&self, why: Reason, cx: &mut Cx<'_, '_>) -> Vec<Failed> {
        let mut back = Vec::new();
        for stretch in stretches(&self.batch, &self.held()) {
            let n = u64::from(stretch.item.n());
            match stretch.holders {
                0 => cx.created(Reason::SentAgain, n),
                1 => {}
                more => cx.dropped(Reason::FanOut, n * (more - 1)),
            }
            let parcel = stretch.item.read.parcel;
            self.goes_again(&parcel, stretch.holders, cx);
            let reason = self.reason_at(stretch.item.at).unwrap_or(why);
            back.push(Failed { parcel, reason });
        }
        back
    }

    /// The records that fell, each once.
    fn fallen_back(&self, cx: &mut Cx<'_, '_>) -> Vec<Failed> {
        let held = self.held();
        if held.is_empty() {
            return Vec::new();
        }
        let mut back = Vec::new();
        for stretch in stretches(&self.batch, &held)
            .iter()
            .filter(|s| s.holders > 0)
        {
            if stretch.holders > 1 {
                cx.dropped(
                    Reason::FanOut,
                    u64::from(stretch.item.n()) * (stretch.holders - 1),
                );
            }
            let parcel = stretch.item.read.parcel;
            self.goes_again(&parcel, stretch.holders, cx);
            let reason = self
                .reason_at(stretch.item.at)
                .unwrap_or(Reason::FunctionError);
            back.push(Failed { parcel, reason });
        }
        back
    }

    /// The code says nothing of what fell: it is gone.
    fn swallow(&self, cx: &mut Cx<'_, '_>) {
        for fallen in &self.fallen {
            let wire = fallen.out.unwrap_or(self.wire);
            cx.ended(Some(wire), &fallen.item.read.parcel, Reason::Swallowed);
        }
    }
}
