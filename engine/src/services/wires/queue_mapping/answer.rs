//! What the function said: what is deleted, what is left to its visibility time-out.

use super::gather::size_of;
use super::{Asked, Config, QueueMapping, Stage, TAG_AGAIN, figures};
use crate::base::few::Few;
use crate::services::cx::Cx;
use crate::services::talk::{Ask, Failed, Message, Outcome, Parcel, Reason, Receipt, Reply};

/// Messages of one DeleteMessageBatch (SQS-q, 2026-11-22).
const DELETE_MAX: u64 = 10;
/// Attempts of one delete; after that the messages come again. Own choice.
const DELETE_TRIES: u32 = 3;

impl QueueMapping {
    /// An invocation ended, or did not begin.
    pub(super) fn invoked(
        &mut self,
        config: &Config,
        number: u64,
        reply: &Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        match reply {
            Reply::Invoked { outcome, back } => {
                for failed in back {
                    cx.dropped(failed.reason, u64::from(failed.parcel.n));
                }
                let whole = match outcome {
                    Outcome::Returned => false,
                    // nobody reads the return value without ReportBatchItemFailures
                    Outcome::Malformed => config.report,
                    Outcome::Failed => true,
                };
                self.ended(number, whole, if config.report { back } else { &[] }, cx);
            }
            Reply::Refused { .. } => self.throttled(number, cx),
            Reply::NoAnswer { unknown } => {
                let n = unknown.iter().map(|parcel| u64::from(parcel.n)).sum();
                cx.dropped(Reason::SentAgain, n);
                self.ended(number, true, &[], cx);
            }
            _ => self.ended(number, true, &[], cx),
        }
    }

    /// The batch is over: deletes what did not fail.
    fn ended(&mut self, number: u64, whole: bool, failed: &[Failed], cx: &mut Cx<'_, '_>) {
        if whole || !failed.is_empty() {
            self.failed_at = Some(cx.now());
        }
        let Some(batch) = self.batches.get_mut(&number) else {
            return;
        };
        let mut todo = Vec::new();
        if !whole {
            for message in &batch.messages {
                todo.extend(done_parts(message, failed));
            }
        }
        if todo.is_empty() {
            self.remove(number);
            return;
        }
        batch.stage = Stage::Deleting(todo, Vec::new(), 0);
        self.delete(number, cx);
    }

    /// No place for the batch at the function, or it does not answer.
    fn throttled(&mut self, number: u64, cx: &mut Cx<'_, '_>) {
        self.failed_at = Some(cx.now());
        let Some(batch) = self.batches.get_mut(&number) else {
            return;
        };
        batch.tries += 1;
        if u64::from(batch.tries) >= cx.figure(&figures::TRIES) {
            for message in &batch.messages {
                cx.dropped(Reason::Concurrency, u64::from(message.parcel.n));
            }
            self.remove(number);
            return;
        }
        batch.stage = Stage::Throttled;
        let pause = cx.figure(&figures::PAUSE) << (batch.tries - 1).min(10);
        cx.wake(cx.now() + pause, TAG_AGAIN, number);
    }

    /// A batch or a delete is tried again.
    pub(super) fn again(&mut self, number: u64, cx: &mut Cx<'_, '_>) {
        match self.batches.get(&number).map(|batch| &batch.stage) {
            Some(Stage::Throttled) => self.invoke(number, cx),
            Some(Stage::Deleting(..)) => self.delete(number, cx),
            _ => {}
        }
    }

    /// Deletes the next ten messages of a batch.
    pub(super) fn delete(&mut self, number: u64, cx: &mut Cx<'_, '_>) {
        let Some(batch) = self.batches.get_mut(&number) else {
            return;
        };
        let Stage::Deleting(todo, sent, _) = &mut batch.stage else {
            return;
        };
        if sent.is_empty() {
            *sent = take_ten(todo);
        }
        if sent.is_empty() {
            self.remove(number);
            return;
        }
        let receipts = sent.clone();
        let call = cx.ask(self.wire, Ask::Delete { receipts });
        self.asked.insert(call, Asked::Delete(number));
    }

    /// A delete was answered.
    pub(super) fn deleted(&mut self, number: u64, reply: &Reply, cx: &mut Cx<'_, '_>) {
        let Some(batch) = self.batches.get_mut(&number) else {
            return;
        };
        let Stage::Deleting(_, sent, tries) = &mut batch.stage else {
            return;
        };
        let done = matches!(reply, Reply::Receipts { .. });
        *tries += 1;
        if done || *tries >= DELETE_TRIES {
            sent.clear();
            *tries = 0;
            self.delete(number, cx);
        } else {
            cx.wake(cx.now() + cx.figure(&figures::PAUSE), TAG_AGAIN, number);
        }
    }
}

/// The messages that are not among those that failed.
fn done_parts(message: &Message, failed: &[Failed]) -> Few<Receipt> {
    let receipt = |skip: u64, n: u64| Receipt {
        id: message.id + skip,
        n: u32::try_from(n).unwrap_or(u32::MAX),
        receipt: message.receipt,
    };
    if failed.is_empty() {
        return Few::one(receipt(0, size_of(message)));
    }
    let hits = |parcel: &Parcel| {
        let (from, to) = message.parcel.range();
        let (low, high) = parcel.range();
        let low = low.clamp(from, to);
        let high = high.clamp(from, to);
        (parcel.lane == message.parcel.lane && low < high).then_some((low - from, high - from))
    };
    let mut bad: Vec<(u64, u64)> = failed.iter().filter_map(|f| hits(&f.parcel)).collect();
    if message.notice {
        return if bad.is_empty() {
            Few::one(receipt(0, 1))
        } else {
            Few::new()
        };
    }
    bad.sort_unstable();
    let (mut at, mut parts) = (0, Few::new());
    for (low, high) in bad {
        if low > at {
            parts.push(receipt(at, low - at));
        }
        at = at.max(high);
    }
    let n = size_of(message);
    if at < n {
        parts.push(receipt(at, n - at));
    }
    parts
}

/// Takes the next ten messages off a list.
fn take_ten(todo: &mut Vec<Receipt>) -> Vec<Receipt> {
    let (mut room, mut whole) = (DELETE_MAX, 0);
    while let Some(receipt) = todo.get(whole)
        && u64::from(receipt.n) <= room
    {
        room -= u64::from(receipt.n);
        whole += 1;
    }
    let mut taken: Vec<Receipt> = todo.drain(..whole).collect();
    if room > 0
        && let Some(next) = todo.first_mut()
    {
        let n = room as u32;
        taken.push(Receipt { n, ..*next });
        next.id += room;
        next.n -= n;
    }
    taken
}
