//! Calls of the code: to tables, streams, queues and sinks, with the SDK's retries.

use super::config::{Config, Idempotency};
use super::run::{Fallen, Part};
use super::{Asked, Lambda, TAG_AGAIN, TAG_LETTERS, metric};
use crate::base::time::Us;
use crate::catalog::Intake;
use crate::kernel::CallId;
use crate::services::AnyLink;
use crate::services::cx::Cx;
use crate::services::faults::CLIENT_TIMEOUT_US;
use crate::services::shared::client::{Api, Failure, SdkRules};
use crate::services::shared::items::{Item, count, matched};
use crate::services::talk::{
    Ask, Condition, Failed, Parcel, Place, Reason, Reply, WireId, Write, WriteCall,
};

/// Most writes of a TransactWriteItems (API-ddb, 2026-11-22).
const TRANSACT_MAX: u64 = 100;

impl Lambda {
    /// Passes records on to every next place; here they have come to their end if there is none.
    pub(super) fn pass_on(
        &mut self,
        config: &Config,
        id: u64,
        items: &[Item],
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        let outs = cx.wires_out();
        let outs: Vec<WireId> = outs
            .iter()
            .copied()
            .filter(|out| !cx.floor.aside(*out))
            .collect();
        if outs.is_empty() {
            for item in items {
                cx.delivered(run.wire, &item.read.parcel, Us::MAX);
            }
        } else if !items.is_empty() {
            if outs.len() > 1 {
                cx.created(Reason::FanOut, count(items) * (outs.len() as u64 - 1));
            }
            run.parts = outs.into_iter().map(|out| Part::new(out, items)).collect();
        }
        self.go_on(config, id, cx);
    }

    /// Makes the calls that can be made; ends the invocation when none is left.
    pub(super) fn go_on(&mut self, config: &Config, id: u64, cx: &mut Cx<'_, '_>) {
        let Some(run) = self.runs.get_mut(&id) else {
            return;
        };
        let now = cx.now();
        let late = now >= run.deadline && run.parts.iter().any(|part| !part.idle());
        if late || run.broken == Some(Reason::Crashed) {
            run.broken.get_or_insert(Reason::FunctionTimeout);
            run.stop_calls();
        }
        for part in &mut run.parts {
            let ready = part.call.is_none() && part.due.is_none_or(|due| due <= now);
            if !ready || (part.sent.is_empty() && part.todo.is_empty()) {
                continue;
            }
            part.due = None;
            if part.sent.is_empty() {
                part.failed = 0;
                part.next_chunk(cx);
            }
            let ask = part.ask(config, cx);
            let timeout = (run.deadline - now).clamp(1, CLIENT_TIMEOUT_US);
            let to = Place::Node(cx.floor.wire(part.out).to);
            let call = cx.ask_place(part.out, to, ask, timeout);
            part.call = Some(call);
            self.asked.insert(
                call,
                Asked {
                    run: id,
                    out: part.out,
                },
            );
        }
        if run.parts.iter().all(Part::idle) {
            self.conclude(config, id, cx);
        }
    }

    /// The timer of a back-off rang.
    pub(super) fn call_again(&mut self, config: &Config, id: u64, cx: &mut Cx<'_, '_>) {
        self.go_on(config, id, cx);
    }

    /// An answer came; `late` if the environment that asked died meanwhile.
    pub(super) fn answered(
        &mut self,
        config: &Config,
        call: CallId,
        reply: &Reply,
        late: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        if let Some(lost) = self.letters.answered(call, reply, (TAG_LETTERS, late), cx) {
            if lost > 0 {
                cx.count(metric::DESTINATION_FAILURES, None, lost);
            }
            return;
        }
        let Some(asked) = self.asked.remove(&call) else {
            return;
        };
        self.part_answered(config, asked, reply, late, cx);
        self.go_on(config, asked.run, cx);
    }

    fn part_answered(
        &mut self,
        config: &Config,
        asked: Asked,
        reply: &Reply,
        late: bool,
        cx: &mut Cx<'_, '_>,
    ) {
        let Some(run) = self.runs.get_mut(&asked.run) else {
            return;
        };
        let Some(part) = run.parts.iter_mut().find(|part| part.out == asked.out) else {
            return;
        };
        part.call = None;
        let back = matched(std::mem::take(&mut part.sent), &came_back(reply, late));
        let sdk = SdkRules::of(config.sdk_retry, api(part.out, cx), cx.rules());
        // entries of a batched call that came back in a good answer are nothing that an SDK retries
        let entries = matches!(reply, Reply::Put { .. }) && batched(asked.out, cx);
        let may_retry = run.broken != Some(Reason::Crashed) && !entries;
        part.failed += 1;
        for (item, reason) in back {
            let failure = Failure::of(reason);
            let again = sdk.is_some_and(|sdk| sdk.retries(part.failed, failure)) && may_retry;
            if reason == Reason::ConditionFailed {
                cx.ended(Some(part.out), &item.read.parcel, reason);
            } else if again {
                part.sent.push(item);
                let sdk = sdk.as_ref();
                let pause =
                    sdk.map(|sdk| sdk.delay(part.failed, failure, &mut || self.draws.unit()));
                let due = (cx.now() + pause.unwrap_or(0)).min(run.deadline);
                // one pause for what goes again together: the first one drawn
                if part.due.is_none() {
                    part.due = Some(due);
                    cx.wake(due, TAG_AGAIN, asked.run);
                }
            } else {
                run.fallen.push(Fallen {
                    item,
                    out: Some(part.out),
                    reason,
                });
            }
        }
    }
}

impl Part {
    fn new(out: WireId, items: &[Item]) -> Self {
        Self {
            out,
            todo: items.to_vec(),
            sent: Vec::new(),
            call: None,
            failed: 0,
            due: None,
        }
    }

    /// Whether nothing is left to do.
    pub(super) fn idle(&self) -> bool {
        self.call.is_none() && self.sent.is_empty() && self.todo.is_empty()
    }

    /// Takes what one call carries from what is to be sent.
    fn next_chunk(&mut self, cx: &Cx<'_, '_>) {
        let mut most = Carries::of(self.out, cx);
        let mut rest = std::mem::take(&mut self.todo).into_iter();
        for item in rest.by_ref() {
            let n = most.take(&item.read.parcel, self.sent.is_empty(), cx);
            self.sent.extend(item.clip(item.at, item.at + n));
            if n < item.n() {
                self.todo.extend(item.clip(item.at + n, item.end()));
                break;
            }
        }
        self.todo.extend(rest);
    }

    fn ask(&self, config: &Config, cx: &Cx<'_, '_>) -> Ask {
        let parcels = self.sent.iter().map(|item| item.read.parcel).collect();
        match &cx.floor.wire(self.out).link {
            AnyLink::Write(wire) => Ask::Write {
                entries: self.sent.iter().map(|item| item.read).collect(),
                write: Write {
                    op: wire.op,
                    condition: match config.idempotency {
                        _ if wire.call == WriteCall::Batch => Condition::None,
                        Idempotency::None => Condition::None,
                        Idempotency::Sequence => Condition::Sequence,
                        Idempotency::EventId => Condition::EventId,
                    },
                    not_below_zero: wire.not_below_zero,
                    call: wire.call,
                },
            },
            AnyLink::Put(_) => Ask::Put {
                entries: parcels,
                batched: true,
            },
            _ => Ask::Hand { parcels },
        }
    }
}

/// What one call carries.
struct Carries {
    records: u64,
    bytes: u64,
}

impl Carries {
    fn of(out: WireId, cx: &Cx<'_, '_>) -> Self {
        let intake = intake(out, cx);
        let all = Self {
            records: u64::MAX,
            bytes: u64::MAX,
        };
        match (&cx.floor.wire(out).link, intake) {
            (AnyLink::Write(wire), _) if wire.call == WriteCall::Single => all,
            (AnyLink::Write(wire), _) if wire.call == WriteCall::Transact => Self {
                records: TRANSACT_MAX,
                ..all
            },
            (AnyLink::Write(_) | AnyLink::Put(_), Some(intake)) => Self {
                records: cx.figure(intake.call_records),
                bytes: cx.figure(intake.call_bytes),
            },
            _ => all,
        }
    }

    /// How many of a parcel's records still fit; one at least into an empty call.
    fn take(&mut self, parcel: &Parcel, empty: bool, cx: &Cx<'_, '_>) -> u32 {
        let key = u64::from(cx.lanes().get(parcel.lane).key_bytes);
        let each = (u64::from(parcel.bytes_each) + key).max(1);
        let fit = u64::from(parcel.n).min(self.records).min(self.bytes / each);
        let fit = fit.max(u64::from(empty));
        self.records = self.records.saturating_sub(fit);
        self.bytes = self.bytes.saturating_sub(fit * each);
        u32::try_from(fit).unwrap_or(u32::MAX)
    }
}

fn intake(out: WireId, cx: &Cx<'_, '_>) -> Option<Intake> {
    let to = cx.floor.wire(out).to;
    cx.floor.node(to).kind.entry().intake
}

fn api(out: WireId, cx: &Cx<'_, '_>) -> Api {
    intake(out, cx).map_or(Api::Other, |intake| intake.api)
}

/// Whether one call carries several entries that can fail one by one (BatchWriteItem, PutRecords).
fn batched(out: WireId, cx: &Cx<'_, '_>) -> bool {
    match &cx.floor.wire(out).link {
        AnyLink::Write(wire) => wire.call == WriteCall::Batch,
        AnyLink::Put(_) => true,
        _ => false,
    }
}

/// What an answer brings back. An environment that died does not learn what was taken.
fn came_back(reply: &Reply, late: bool) -> Vec<Failed> {
    let all = |parcels: &[Parcel], reason| {
        let failed = |parcel: &Parcel| Failed {
            parcel: *parcel,
            reason,
        };
        parcels.iter().map(failed).collect()
    };
    match reply {
        Reply::Put { failed } => failed.clone(),
        Reply::Invoked { back, .. } => back.clone(),
        Reply::Refused { reason, back } => all(back, *reason),
        Reply::NoAnswer { .. } if late => all(&reply.parcels(), Reason::NoAnswer),
        Reply::NoAnswer { unknown } => all(unknown, Reason::NoAnswer),
        _ => Vec::new(),
    }
}
