//! Messages that were received too often move to the dead-letter queue over the redrive wire, and
//! a move task of the dead-letter queue gives them back.

use super::run::Run;
use super::{Sqs, TAG_MOVE_AGAIN, TAG_TASK, figures};
use crate::base::time::SECOND;
use crate::kernel::CallId;
use crate::services::AnyLink;
use crate::services::contract::Custody;
use crate::services::cx::Cx;
use crate::services::talk::{Ask, Message, Reason, Reply, WireId};
use std::collections::BTreeMap;

/// The highest rate of a move task that can be set (StartMessageMoveTask, API-sqs, 2026-11-22).
const TASK_RATE_MAX: u32 = 500;

/// What is being moved.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Moves {
    under_way: BTreeMap<CallId, (WireId, Vec<Message>)>,
    /// Not taken by the other queue; offered again.
    stuck: Vec<(WireId, Message)>,
    /// Messages a second of the task that runs.
    task: Option<u64>,
}

impl Moves {
    pub(super) fn custody(&self, out: &mut Custody) {
        for (wire, message) in &self.stuck {
            out.hold(Some(*wire), message.parcel);
        }
    }

    /// Messages that wait to be offered again.
    pub(super) fn waiting(&self) -> usize {
        self.stuck.len()
    }
}

fn redrive(wire: WireId, cx: &Cx<'_, '_>) -> Option<u32> {
    match &cx.view().floor.wire(wire).link {
        AnyLink::Redrive(config) => Some(config.max_receive_count),
        _ => None,
    }
}

impl Sqs {
    /// maxReceiveCount, if the queue has a dead-letter queue.
    pub(super) fn receives_max(&self, cx: &Cx<'_, '_>) -> Option<u32> {
        cx.wires_out().iter().find_map(|wire| redrive(*wire, cx))
    }

    /// Messages that were received too often leave for the dead-letter queue.
    pub(super) fn bury(&mut self, dead: Vec<Run>, cx: &mut Cx<'_, '_>) {
        let out = cx.wires_out();
        let Some(wire) = out.iter().find(|wire| redrive(**wire, cx).is_some()) else {
            return;
        };
        if dead.is_empty() {
            return;
        }
        let mut messages = Vec::with_capacity(dead.len());
        for run in dead {
            cx.ended(Some(run.wire), &run.parcel, Reason::DeadLettered);
            cx.created(Reason::DeadLettered, u64::from(run.parcel.n));
            messages.push(run.message());
        }
        self.offer(*wire, messages, cx);
    }

    fn offer(&mut self, wire: WireId, messages: Vec<Message>, cx: &mut Cx<'_, '_>) {
        let ask = Ask::Move {
            messages: messages.clone(),
        };
        let call = cx.ask(wire, ask);
        self.moves.under_way.insert(call, (wire, messages));
    }

    /// The other queue answered.
    pub(super) fn moved(
        &mut self,
        call: CallId,
        reply: &Reply,
        same_life: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some((wire, messages)) = self.moves.under_way.remove(&call) else {
            return;
        };
        match reply {
            Reply::Refused { back, .. } if !back.is_empty() => {
                let stuck = messages.into_iter().map(|message| (wire, message));
                self.moves.stuck.extend(stuck);
                let again = cx.now() + cx.figure(&figures::MOVE_AGAIN);
                cx.wake(again, TAG_MOVE_AGAIN, 0);
            }
            // it took them, and only the answer was lost
            Reply::NoAnswer { unknown } if same_life => {
                let n = unknown.iter().map(|parcel| u64::from(parcel.n)).sum();
                cx.dropped(Reason::SentAgain, n);
            }
            _ => {}
        }
    }

    /// Offers again what was not taken.
    pub(super) fn move_again(&mut self, cx: &mut Cx<'_, '_>) {
        let mut by_wire: BTreeMap<WireId, Vec<Message>> = BTreeMap::new();
        for (wire, message) in std::mem::take(&mut self.moves.stuck) {
            by_wire.entry(wire).or_default().push(message);
        }
        for (wire, messages) in by_wire {
            self.offer(wire, messages, cx);
        }
    }

    /// Sets the timers of moves anew after a crash.
    pub(super) fn moves_recover(&mut self, cx: &mut Cx<'_, '_>) {
        if !self.moves.stuck.is_empty() {
            cx.wake(cx.now(), TAG_MOVE_AGAIN, 0);
        }
        if self.moves.task.is_some() {
            cx.wake(cx.now(), TAG_TASK, 0);
        }
    }

    /// What cannot move any more, because its wire is gone, ends.
    pub(super) fn moves_forget_wires(&mut self, cx: &mut Cx<'_, '_>) {
        let mut gone = 0;
        self.moves.stuck.retain(|(wire, message)| {
            let stays = cx.view().floor.carries(*wire);
            gone += if stays {
                0
            } else {
                u64::from(message.parcel.n)
            };
            stays
        });
        if gone > 0 {
            cx.dropped(Reason::Removed, gone);
        }
    }

    /// StartMessageMoveTask.
    pub(super) fn start_task(
        &mut self,
        per_second: u32,
        cx: &mut Cx<'_, '_>,
    ) -> Result<(), String> {
        let ins = cx.wires_in();
        if !ins.iter().any(|wire| redrive(*wire, cx).is_some()) {
            return Err(
                "InvalidParameterValue: no queue has this one as its dead-letter queue.".to_owned(),
            );
        }
        if per_second > TASK_RATE_MAX {
            return Err(format!(
                "InvalidParameterValue: a task moves 1 to {TASK_RATE_MAX} messages a second, not \
                 {per_second}."
            ));
        }
        if self.moves.task.is_some() {
            return Err("UnsupportedOperation: a move task is running already.".to_owned());
        }
        let own = cx.figure(&figures::MOVE_RATE);
        self.moves.task = Some(if per_second == 0 {
            own
        } else {
            u64::from(per_second)
        });
        self.task_goes_on(cx);
        Ok(())
    }

    /// A second's worth of messages goes back to where it came from.
    pub(super) fn task_goes_on(&mut self, cx: &mut Cx<'_, '_>) {
        let Some(mut left) = self.moves.task else {
            return;
        };
        let mut by_wire: BTreeMap<WireId, Vec<Message>> = BTreeMap::new();
        let mut strangers = Vec::new();
        while left > 0 {
            let drawn = self.store.draw(left);
            if drawn.is_empty() {
                self.moves.task = None;
                break;
            }
            for run in drawn {
                let known = run.wire != crate::services::talk::OUTSIDE
                    && cx.view().floor.carries(run.wire)
                    && redrive(run.wire, cx).is_some();
                if known {
                    left -= run.n();
                    by_wire.entry(run.wire).or_default().push(run.message());
                } else {
                    strangers.push(run);
                }
            }
        }
        // nobody knows where these came from: they stay
        for run in strangers {
            self.store.stay(run);
        }
        for (wire, messages) in by_wire {
            self.offer(wire, messages, cx);
        }
        if self.moves.task.is_some() {
            cx.wake(cx.now() + SECOND, TAG_TASK, 0);
        }
    }
}
