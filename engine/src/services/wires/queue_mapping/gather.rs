//! Receiving, gathering into batches, and how many of them may be at work.

use super::{Asked, Batch, Config, QueueMapping, Stage, TAG_POLL, TAG_SCALE, TAG_WINDOW, figures};
use crate::base::time::{MINUTE, SECOND, Us};
use crate::catalog::Rules;
use crate::services::cx::Cx;
use crate::services::faults::CLIENT_TIMEOUT_US;
use crate::services::talk::{Ask, FLAG_COPY, Message, Parcel, Place, Read, Reason, Receipt, Reply};

/// Messages of one receive (SQS-q, 2026-11-22).
const RECEIVE_MAX: u32 = 10;
/// For so long after all were at work more are wanted [us]; own choice.
const LATELY: Us = 5 * SECOND;

/// How many batches of a standard queue may be at work at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scaling {
    /// At first.
    pub first: u32,
    /// More each minute while all are at work.
    pub step: u32,
    /// The most.
    pub most: u32,
}

impl Scaling {
    /// That of a mapping with this maximum concurrency, if any, under these rules.
    #[must_use]
    pub fn of(max_concurrency: Option<u32>, rules: Rules) -> Self {
        let figure = |figure| u32::try_from(rules.value(figure)).unwrap_or(u32::MAX);
        let most = figure(&figures::MOST);
        let most = max_concurrency.map_or(most, |max| max.min(most));
        Self {
            first: figure(&figures::FIRST).min(most),
            step: figure(&figures::MORE),
            most,
        }
    }

    /// How many may be at work a minute after `allowed` of them all were.
    #[must_use]
    pub fn grown(self, allowed: u32) -> u32 {
        allowed.saturating_add(self.step).min(self.most)
    }
}

fn count(messages: &[Message]) -> u64 {
    sums(messages).0
}

/// Messages and bytes.
fn sums(messages: &[Message]) -> (u64, u64) {
    let (mut all, mut bytes) = (0, 0);
    for message in messages {
        all += size_of(message);
        bytes += u64::from(message.parcel.n) * u64::from(message.parcel.bytes_each);
    }
    (all, bytes)
}

/// How many messages it stands for.
pub(super) fn size_of(message: &Message) -> u64 {
    if message.notice {
        1
    } else {
        u64::from(message.parcel.n)
    }
}

/// The first messages of a list, and the rest.
fn split(messages: Vec<Message>, mut n: u64) -> (Vec<Message>, Vec<Message>) {
    let (mut head, mut tail) = (Vec::with_capacity(messages.len()), Vec::new());
    for message in messages {
        let own = size_of(&message);
        if own <= n {
            n -= own;
            head.push(message);
            continue;
        }
        let (first, rest) = message.parcel.split(u32::try_from(n).unwrap_or(u32::MAX));
        head.extend(first.map(|parcel| Message { parcel, ..message }));
        tail.extend(rest.map(|parcel| Message {
            parcel,
            id: message.id + n,
            ..message
        }));
        n = 0;
    }
    (head, tail)
}

impl QueueMapping {
    fn busy(&self) -> u32 {
        self.batches.len() as u32 - self.held_back
    }

    /// How many batches may be at work now: the groups of a FIFO queue limit themselves.
    fn places(&self, config: &Config, cx: &Cx<'_, '_>) -> u32 {
        if self.fifo {
            Scaling::of(config.max_concurrency, cx.rules()).most
        } else {
            self.allowed
        }
    }

    /// After whatever happened: starts batches, makes polls.
    pub(super) fn go_on(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let places = self.places(config, cx);
        while self.busy() < places
            && let Some(messages) = self.ready.pop_front()
        {
            self.begin(messages, cx);
        }
        self.note_load(cx);
        if !config.enabled || self.paused || !self.ready.is_empty() {
            return;
        }
        // idle it makes as many long polls as there are batches at first
        let first = Scaling::of(config.max_concurrency, cx.rules()).first;
        let most = first + self.busy();
        let wanted = places.saturating_sub(self.busy()).min(most);
        let full = || count(&self.gathered) >= u64::from(config.batch_size);
        if self.polls >= wanted || full() {
            return;
        }
        while self.polls < wanted {
            self.polls += 1;
            let ask = Ask::Receive {
                max: RECEIVE_MAX.min(config.batch_size),
                wait: Some(cx.figure(&figures::LONG_POLL)),
                visibility: None,
            };
            let call = cx.ask(self.wire, ask);
            self.asked.insert(call, Asked::Receive(cx.now()));
        }
    }

    /// A receive was answered.
    pub(super) fn received(
        &mut self,
        config: &Config,
        since: Us,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        self.polls = self.polls.saturating_sub(1);
        let Reply::Messages { messages } = reply else {
            if matches!(reply, Reply::Refused { .. }) && !self.paused {
                self.paused = true;
                cx.wake(cx.now() + cx.figure(&figures::PAUSE), TAG_POLL, 0);
            }
            return;
        };
        if messages.is_empty() {
            return;
        }
        self.fifo = messages.iter().any(|message| message.group != 0);
        let messages = self.sifted(messages, cx);
        if messages.is_empty() {
            return;
        }
        if self.fifo {
            // a FIFO queue: one batch for each of its groups
            for group in messages.chunk_by(|a, b| a.group == b.group) {
                let mut rest = group.to_vec();
                while !rest.is_empty() {
                    let (head, tail) = split(rest, u64::from(config.batch_size));
                    self.ready.push_back(head);
                    rest = tail;
                }
            }
            return;
        }
        self.gather(config, messages, since, cx);
    }

    /// Those that the filter lets through; the others are deleted without a call.
    fn sifted(&mut self, messages: Vec<Message>, cx: &mut Cx<'_, '_>) -> Vec<Message> {
        if self.filter.is_open() {
            return messages;
        }
        let (mut through, mut receipts) = (Vec::new(), Vec::new());
        for message in &messages {
            let (passes, out) = self.filter.sift_messages(message, cx);
            through.extend(passes);
            for message in out {
                // it ends for good, although the queue has the original until it is deleted
                let flags = message.parcel.flags & !FLAG_COPY;
                let parcel = Parcel {
                    flags,
                    ..message.parcel
                };
                cx.ended(Some(self.wire), &parcel, Reason::Filtered);
                receipts.push(Receipt {
                    id: message.id,
                    n: u32::try_from(size_of(&message)).unwrap_or(u32::MAX),
                    receipt: message.receipt,
                });
            }
        }
        if !receipts.is_empty() {
            self.held_back += 1;
            let stage = Stage::Deleting(receipts, Vec::new(), 0);
            let number = self.add(Vec::new(), stage);
            self.delete(number, cx);
        }
        through
    }

    /// Messages wait for their batch, if there is a window.
    fn gather(&mut self, config: &Config, messages: Vec<Message>, since: Us, cx: &mut Cx<'_, '_>) {
        let first = self.gathered.is_empty();
        self.gathered.extend(messages);
        if first && config.window > 0 {
            // a poller hands over when its long poll is over, even if the window is shorter
            let polled = since + cx.figure(&figures::LONG_POLL);
            let ends = polled.max(cx.now() + config.window_us());
            self.window_ends = Some(ends);
            cx.wake(ends, TAG_WINDOW, 0);
        }
        self.close(config, false, cx);
    }

    /// Makes batches of what is gathered: full ones, and the rest if its window is over.
    fn close(&mut self, config: &Config, over: bool, cx: &Cx<'_, '_>) {
        let payload = cx.figure(&figures::PAYLOAD);
        loop {
            let (all, bytes) = sums(&self.gathered);
            if all == 0 {
                break;
            }
            let each = bytes.div_ceil(all).max(1);
            let by_bytes = (payload / each).max(1);
            let most = u64::from(config.batch_size).min(by_bytes);
            if all < most && !over && config.window > 0 {
                return;
            }
            let (head, tail) = split(std::mem::take(&mut self.gathered), most);
            self.ready.push_back(head);
            self.gathered = tail;
        }
        self.window_ends = None;
    }

    /// The batching window is over.
    pub(super) fn window_over(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        if self.window_ends.is_some_and(|at| at <= cx.now()) {
            self.close(config, true, cx);
        }
    }

    /// The settings changed while messages wait.
    pub(super) fn window_changed(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let over = config.window == 0;
        self.close(config, over, cx);
    }

    /// Hands a batch to the function.
    fn begin(&mut self, messages: Vec<Message>, cx: &mut Cx<'_, '_>) {
        let number = self.add(messages, Stage::Running);
        self.invoke(number, cx);
    }

    /// Gives a batch its number.
    fn add(&mut self, messages: Vec<Message>, stage: Stage) -> u64 {
        let (number, tries) = (self.next_batch, 0);
        self.next_batch += 1;
        let batch = Batch {
            messages,
            stage,
            tries,
        };
        self.batches.insert(number, batch);
        number
    }

    /// A batch is done with.
    pub(super) fn remove(&mut self, number: u64) {
        let batch = self.batches.remove(&number);
        if batch.is_some_and(|batch| batch.messages.is_empty()) {
            self.held_back -= 1;
        }
    }

    pub(super) fn invoke(&mut self, number: u64, cx: &mut Cx<'_, '_>) {
        let Some(batch) = self.batches.get_mut(&number) else {
            return;
        };
        batch.stage = Stage::Running;
        let reads = batch.messages.iter().map(|message| Read {
            parcel: message.parcel,
            ordinal: message.id,
            arrived: message.sent,
        });
        let ask = Ask::Invoke {
            reads: reads.collect(),
            asynchronous: false,
        };
        let to = Place::Node(cx.node());
        let call = cx.ask_place(self.wire, to, ask, CLIENT_TIMEOUT_US);
        self.asked.insert(call, Asked::Invoke(number));
    }

    // ---- scaling --------------------------------------------------------------------------

    /// Remembers how many are at work, and looks again in a minute if they were all.
    fn note_load(&mut self, cx: &mut Cx<'_, '_>) {
        self.peak = self.peak.max(self.busy());
        if self.fifo || self.busy() < self.allowed {
            return;
        }
        self.full_at = Some(cx.now());
        if !self.scaling {
            self.scaling = true;
            cx.wake(cx.now() + MINUTE, TAG_SCALE, 0);
        }
    }

    /// A minute is over: more batches while there is more to do, fewer when there is less.
    pub(super) fn scale(&mut self, config: &Config, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        let scaling = Scaling::of(config.max_concurrency, cx.rules());
        let Scaling { first, step, .. } = scaling;
        let full = self.busy() >= self.allowed || self.full_at.is_some_and(|at| at + LATELY > now);
        if full {
            self.allowed = scaling.grown(self.allowed);
        } else if self.peak + step < self.allowed {
            self.allowed = self.allowed.saturating_sub(step).max(first);
        } else if self.peak <= first {
            self.allowed = first;
        }
        self.peak = self.busy();
        self.scaling = full || self.allowed > first;
        if self.scaling {
            cx.wake(now + MINUTE, TAG_SCALE, 0);
        }
    }
}
