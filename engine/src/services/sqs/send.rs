//! Messages come in: SendMessage, SendMessageBatch, notices of failures.

use super::limits::Action;
use super::run::Run;
use super::{Config, Sqs, figures, metric};
use crate::base::few::Few;
use crate::base::time::{MINUTE, Us};
use crate::services::contract::Incoming;
use crate::services::cx::Cx;
use crate::services::facts::Fact;
use crate::services::talk::{Ask, Failed, Parcel, Reason, Reply, SendEntry, WireId};

/// The longest delay (DelaySeconds, API-sqs, 2026-11-22) [us].
pub(super) const DELAY_MAX: Us = 15 * MINUTE;

/// Messages of one call that have equal attributes.
#[derive(Clone, Copy, Debug)]
enum Body {
    /// Records of a source.
    Records(Parcel),
    /// A message with attributes of its own.
    Entry(SendEntry),
}

impl Body {
    fn parcel(&self) -> Parcel {
        match self {
            Self::Records(parcel) => *parcel,
            Self::Entry(entry) => entry.parcel,
        }
    }

    /// Whether a FIFO queue cannot know it again: neither id nor content will do.
    fn nameless(&self, config: &Config) -> bool {
        let own = matches!(self, Self::Entry(entry) if entry.dedup.is_none());
        own && config.fifo && !config.content_dedup
    }

    fn with(&self, parcel: Parcel) -> Self {
        match self {
            Self::Records(_) => Self::Records(parcel),
            Self::Entry(entry) => Self::Entry(SendEntry { parcel, ..*entry }),
        }
    }
}

impl Sqs {
    /// SendMessage or SendMessageBatch; a batch handed over by an application is sent so too.
    pub(super) fn send(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let handed = matches!(incoming.ask, Ask::Hand { .. });
        let (bodies, batched) = match &incoming.ask {
            Ask::Put { entries, batched } => (records(entries), *batched),
            Ask::Hand { parcels } => (records(parcels), true),
            Ask::Send { entries, batched } => {
                (entries.iter().copied().map(Body::Entry).collect(), *batched)
            }
            _ => (Few::new(), false),
        };
        let all: u64 = bodies.iter().map(|body| u64::from(body.parcel().n)).sum();
        let bytes: u64 = bodies.iter().map(|body| size(&body.parcel())).sum();
        let most = cx.figure(&figures::CALL_RECORDS);
        if batched && !handed {
            let reason = match () {
                () if all == 0 => Some(Reason::Invalid),
                () if all > most => Some(Reason::TooManyEntries),
                () if bytes > cx.figure(&figures::CALL_BYTES) => Some(Reason::TooLarge),
                // recorded from AWS: not the one message, the whole call
                () if bodies.iter().any(|body| body.nameless(config)) => Some(Reason::Invalid),
                () => None,
            };
            if let Some(reason) = reason {
                return cx.refuse(incoming, reason);
            }
        }
        let calls = if batched { all.div_ceil(most) } else { all };
        let let_in = self.limits.calls(Action::Send, calls, cx.now());
        self.requests += if batched && !handed {
            figures::requests_of(bytes)
        } else {
            bodies
                .iter()
                .map(|body| requests(&body.parcel(), batched))
                .sum()
        };
        let messages = if batched { let_in * most } else { let_in };
        if batched && !handed && let_in == 0 {
            bodies
                .iter()
                .for_each(|body| self.throttled(&body.parcel(), cx));
            return cx.refuse(incoming, Reason::CallsLimit);
        }
        let failed = self.send_all(config, incoming.wire, (bodies, batched, messages), cx);
        let done = handed && failed.is_empty();
        cx.reply(
            incoming.call,
            if done {
                Reply::Done
            } else {
                Reply::Put { failed }
            },
        );
    }

    /// Takes the messages of a call one after the other; gives those that failed.
    fn send_all(
        &mut self,
        config: &Config,
        wire: WireId,
        (bodies, batched, mut room): (Few<Body>, bool, u64),
        cx: &mut Cx<'_, '_>,
    ) -> Vec<Failed> {
        let mut failed = Vec::new();
        let interval = cx.figure(&figures::DEDUP_INTERVAL);
        self.memory.forget(cx.now(), interval);
        for body in bodies {
            let parcel = body.parcel();
            if let Some(reason) = wrong(config, &body, cx) {
                failed.push(Failed { parcel, reason });
                continue;
            }
            let group = group_of(config, &body, cx);
            let n = u64::from(parcel.n);
            let fits = self.limits.messages(group, n.min(room), batched, cx.now());
            room -= fits;
            let (head, tail) = parcel.split(u32::try_from(fits).unwrap_or(u32::MAX));
            if let Some(head) = head {
                self.take_in(config, wire, &body.with(head), group, cx);
            }
            if let Some(parcel) = tail {
                let reason = Reason::CallsLimit;
                self.throttled(&parcel, cx);
                failed.push(Failed { parcel, reason });
            }
        }
        failed
    }

    /// Messages of one group are accepted; those sent before are kept only once.
    fn take_in(
        &mut self,
        config: &Config,
        wire: WireId,
        body: &Body,
        group: u64,
        cx: &mut Cx<'_, '_>,
    ) {
        let now = cx.now();
        let parcel = body.parcel();
        cx.took(u64::from(parcel.n));
        cx.count(metric::SENT, None, u64::from(parcel.n));
        cx.count(metric::SENT_SIZE, None, size(&parcel));
        let (new, again) = match body {
            _ if !config.fifo => (Few::one(parcel), Few::new()),
            Body::Records(parcel) => {
                let (new, again) = self.memory.sift(parcel, now);
                (new.into(), again.into())
            }
            Body::Entry(entry) => {
                let scope = if config.dedup_per_group { group } else { 0 };
                let id = entry.dedup.unwrap_or(entry.body);
                if self.memory.is_new((scope, id), now) {
                    (Few::one(parcel), Few::new())
                } else {
                    (Few::new(), Few::one(parcel))
                }
            }
        };
        for parcel in again {
            cx.count(metric::DEDUPLICATED, None, u64::from(parcel.n));
            if parcel.is_copy() {
                cx.dropped(Reason::Deduplicated, u64::from(parcel.n));
            } else {
                cx.ended(Some(wire), &parcel, Reason::Deduplicated);
            }
        }
        let own = match body {
            Body::Entry(entry) if !config.fifo => entry.delay,
            _ => None,
        };
        let since = now + own.unwrap_or(config.delay);
        for parcel in new {
            self.store
                .send(arrived(parcel, wire, group, (now, since)), now);
        }
    }

    /// Tells of messages above the limit of calls.
    fn throttled(&mut self, parcel: &Parcel, cx: &mut Cx<'_, '_>) {
        let now = cx.now();
        self.refused_at = Some(now);
        let (had, limit_per_s) = self.limits.level(Action::Send, now).unwrap_or_default();
        let node = cx.node();
        cx.note(Fact::Refused {
            node,
            lane: None,
            reason: Reason::CallsLimit,
            parcel: *parcel,
            had,
            needed: 1,
            limit_per_s,
        });
    }

    /// Messages from another queue (to its dead-letter queue, or back), or notices of failures.
    pub(super) fn take_dead(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let (now, wire) = (cx.now(), incoming.wire);
        let home =
            wire != crate::services::talk::OUTSIDE && cx.view().floor.wire(wire).from == cx.node();
        let mut runs = Vec::new();
        match &incoming.ask {
            Ask::Move { messages } => {
                for message in messages {
                    // what comes home is a new message; a standard queue keeps the time of sending
                    let keeps = !home && !config.fifo;
                    let sent = if keeps { message.sent } else { now };
                    let group = if config.fifo { message.group } else { 0 };
                    let mut run = arrived(message.parcel, wire, group, (sent, now));
                    run.notice = message.notice;
                    run.error = message.error;
                    runs.push(run);
                }
            }
            Ask::DeadLetter {
                parcels,
                carries,
                error,
            } => {
                for parcel in parcels {
                    let group = if config.fifo {
                        cx.lanes().get(parcel.lane).hash as u64
                    } else {
                        0
                    };
                    let mut run = arrived(*parcel, wire, group, (now, now));
                    run.notice = !carries;
                    run.error = *error;
                    runs.push(run);
                }
            }
            _ => {}
        }
        for run in runs {
            cx.took(u64::from(run.parcel.n));
            if matches!(incoming.ask, Ask::DeadLetter { .. }) {
                cx.count(metric::SENT, None, run.n());
                self.requests += figures::requests_of(run.bytes());
            }
            self.store.send(run, now);
        }
        cx.reply(incoming.call, Reply::Done);
    }
}

fn records(parcels: &[Parcel]) -> Few<Body> {
    parcels.iter().copied().map(Body::Records).collect()
}

/// Bytes of the bodies of some records.
fn size(parcel: &Parcel) -> u64 {
    u64::from(parcel.n) * u64::from(parcel.bytes_each)
}

/// Requests that records count as, a call each or in calls of ten.
fn requests(parcel: &Parcel, batched: bool) -> u64 {
    let each = u64::from(parcel.bytes_each);
    let n = u64::from(parcel.n);
    if batched {
        n.div_ceil(10) * figures::requests_of(each * n.min(10))
    } else {
        n * figures::requests_of(each)
    }
}

/// A run that is new in this queue.
fn arrived(parcel: Parcel, wire: WireId, group: u64, (sent, since): (Us, Us)) -> Run {
    Run {
        id: 0,
        parcel,
        wire,
        group,
        sent,
        since,
        received: 0,
        receipt: 0,
        notice: false,
        error: None,
    }
}

/// The message group: the key of a record, unless the message names one.
fn group_of(config: &Config, body: &Body, cx: &Cx<'_, '_>) -> u64 {
    match body {
        _ if !config.fifo => 0,
        Body::Records(parcel) => cx.lanes().get(parcel.lane).hash as u64,
        Body::Entry(entry) => entry.group.unwrap_or_default(),
    }
}

/// Why a message is refused whatever the load.
fn wrong(config: &Config, body: &Body, cx: &Cx<'_, '_>) -> Option<Reason> {
    let largest = u64::from(config.max_bytes).min(cx.figure(&figures::CALL_BYTES));
    if u64::from(body.parcel().bytes_each) > largest {
        return Some(Reason::TooLarge);
    }
    let Body::Entry(entry) = body else {
        return None;
    };
    let own_delay = entry.delay.is_some_and(|delay| delay > 0);
    let fits = if config.fifo {
        entry.group.is_some() && !body.nameless(config) && !own_delay
    } else {
        entry.dedup.is_none() && entry.delay.is_none_or(|delay| delay <= DELAY_MAX)
    };
    (!fits).then_some(Reason::Invalid)
}
