//! What becomes of a batch: done, tried again, cut, or given up.

use super::Mapping;
use super::batch::Batch;
use super::config::Config;
use super::figures::{BACKOFF_FIRST_MS, BACKOFF_LAST_MS};
use super::gather::halves;
use crate::base::sorted::order;
use crate::base::time::{MS, Us};
use crate::services::cx::Cx;
use crate::services::shared::items::{count, matched, numbered, without};
use crate::services::shared::reading::Key;
use crate::services::talk::{FLAG_COPY, Failed, Outcome, Parcel, Read, Reason, Reply, push_joined};

/// Why a batch was given up, as the notice says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GivenUp {
    /// MaximumRetryAttempts are used.
    RetryAttemptsExhausted,
    /// MaximumRecordAgeInSeconds is passed.
    RecordAgeExceeded,
}

impl GivenUp {
    /// AWS's word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            Self::RecordAgeExceeded => "RecordAgeExceeded",
        }
    }
}

/// What an on-failure destination is told.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Notice {
    /// condition.
    pub condition: GivenUp,
    /// approximateInvokeCount.
    pub invoke_count: u32,
    /// batchSize.
    pub batch_size: u64,
    /// The shard.
    pub shard: u32,
    /// Number in the shard of the first record (startSequenceNumber stands for it).
    pub start: u64,
    /// Number of the last one.
    pub end: u64,
    /// How the last invocation ended; `None` where the notice has no response context.
    pub response: Option<Outcome>,
}

impl Mapping {
    /// The function answered.
    pub(super) fn invoked(
        &mut self,
        config: &Config,
        (key, ix): (Key, usize),
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        let now = cx.now();
        let Some(lane) = self
            .shards
            .get_mut(&key)
            .and_then(|shard| shard.lanes.get_mut(ix))
        else {
            return;
        };
        let Some(mut batch) = lane.running.take() else {
            return;
        };
        lane.window_from = now;
        lane.since = now;
        match reply {
            Reply::Invoked { outcome, back } => {
                batch.invoked += 1;
                batch.outcome = Some(outcome);
                let all = outcome == Outcome::Failed;
                if all || (outcome == Outcome::Malformed && config.report) {
                    batch.reads = reads_of(&batch.reads, &back);
                    self.batch_failed(config, (key, ix), batch, cx);
                } else if config.report && !back.is_empty() {
                    self.partly(config, (key, ix), batch, &back, cx);
                } else {
                    self.forget(&back, cx);
                }
            }
            Reply::Refused { reason, back } if reason != Reason::Removed => {
                let back = all_for(&back, reason);
                self.again((key, ix), batch, &back, cx);
            }
            Reply::NoAnswer { unknown } => {
                let back = all_for(&unknown, Reason::NoAnswer);
                self.again((key, ix), batch, &back, cx);
            }
            _ => {}
        }
        self.pump(config, key, cx);
    }

    /// A report that nobody asked for: to Lambda the batch was a success.
    fn forget(&self, back: &[Failed], cx: &mut Cx<'_, '_>) {
        for failed in back {
            cx.ended(Some(self.wire), &failed.parcel, Reason::Swallowed);
        }
    }

    /// A throttle or an error of the system: it does not count as an attempt.
    fn again(&mut self, at: (Key, usize), mut batch: Batch, back: &[Failed], cx: &mut Cx<'_, '_>) {
        batch.reads = reads_of(&batch.reads, back);
        batch.pause(cx);
        self.put_back(at, batch);
    }

    /// The function failed on the whole batch.
    fn batch_failed(
        &mut self,
        config: &Config,
        at: (Key, usize),
        mut batch: Batch,
        cx: &mut Cx<'_, '_>,
    ) {
        if config.bisect && batch.n() > 1 {
            let (head, tail) = halves(batch.reads);
            let mut first = Batch::new(head, cx.now(), batch.checked);
            first.pause(cx);
            self.put_back(at, Batch::new(tail, cx.now(), batch.checked));
            self.put_back(at, first);
            return;
        }
        batch.failed += 1;
        if config.max_retries.is_some_and(|most| batch.failed > most) {
            self.give_up(at.0, &batch, GivenUp::RetryAttemptsExhausted, cx);
            return;
        }
        batch.pause(cx);
        self.put_back(at, batch);
    }

    /// The function reported items: the first of them is the checkpoint, all from there on go again.
    fn partly(
        &mut self,
        config: &Config,
        at: (Key, usize),
        mut batch: Batch,
        back: &[Failed],
        cx: &mut Cx<'_, '_>,
    ) {
        let all = numbered(&batch.reads);
        let failed: Vec<_> = matched(all.clone(), back)
            .into_iter()
            .map(|(item, _)| item)
            .collect();
        let from = failed.iter().map(|item| item.at).min().unwrap_or(0);
        let behind: Vec<_> = all
            .iter()
            .filter_map(|item| item.clip(from, u32::MAX))
            .collect();
        let mut sorted = failed.clone();
        order::sort_by_key(&mut sorted, |item| item.at);
        let mut done = without(&behind, &sorted);
        cx.created(Reason::ReadAgain, count(&done));
        for item in &mut done {
            item.read.parcel.flags |= FLAG_COPY;
        }
        done.extend(sorted);
        order::sort_by_key(&mut done, |item| item.at);
        let reads = done.iter().map(|item| item.read).collect();
        if from == 0 {
            batch.reads = reads;
            self.batch_failed(config, at, batch, cx);
            return;
        }
        let mut rest = Batch::new(reads, cx.now(), batch.checked);
        rest.outcome = batch.outcome;
        rest.pause(cx);
        self.put_back(at, rest);
    }

    /// Gives a batch up and tells the on-failure destination.
    pub(super) fn give_up(&mut self, key: Key, batch: &Batch, why: GivenUp, cx: &mut Cx<'_, '_>) {
        let (Some(first), Some(last)) = (batch.reads.first(), batch.reads.last()) else {
            return;
        };
        let (cause, response) = match why {
            GivenUp::RetryAttemptsExhausted => (Reason::AttemptsSpent, batch.outcome),
            GivenUp::RecordAgeExceeded => (Reason::MaxAge, None),
        };
        self.last_notice = Some(Notice {
            condition: why,
            invoke_count: batch.invoked.max(1),
            batch_size: batch.n(),
            shard: key.1,
            start: first.ordinal,
            end: last.ordinal + u64::from(last.parcel.n) - 1,
            response,
        });
        let mut parcels: Vec<Parcel> = Vec::new();
        batch
            .reads
            .iter()
            .for_each(|read| push_joined(&mut parcels, read.parcel));
        self.letters.give_up(self.wire, &parcels, (cause, None), cx);
    }
}

impl Batch {
    /// It waits before it is tried again, each time twice as long.
    fn pause(&mut self, cx: &Cx<'_, '_>) {
        let doubled = cx
            .figure(&BACKOFF_FIRST_MS)
            .saturating_mul(1 << self.pauses.min(20));
        let wait: Us = doubled.min(cx.figure(&BACKOFF_LAST_MS)) * MS;
        self.pauses += 1;
        self.due = cx.now() + wait;
    }
}

fn all_for(parcels: &[Parcel], reason: Reason) -> Vec<Failed> {
    let failed = |parcel: &Parcel| Failed {
        parcel: *parcel,
        reason,
    };
    parcels.iter().map(failed).collect()
}

/// What came back, with the places in the shard that the records had.
fn reads_of(sent: &[Read], back: &[Failed]) -> Vec<Read> {
    let found = matched(numbered(sent), back);
    let mut items: Vec<_> = found.into_iter().map(|(item, _)| item).collect();
    order::sort_by_key(&mut items, |item| item.at);
    items.into_iter().map(|item| item.read).collect()
}
