//! Calls a second of a FIFO queue: a bucket for each action, and in high-throughput mode one for
//! each message group. A standard queue has no such limit.

use super::{Config, figures};
use crate::base::bucket::Bucket;
use crate::base::time::Us;
use crate::services::cx::Cx;
use std::collections::BTreeMap;

/// The actions that have a bucket of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Send,
    Receive,
    Delete,
    Visibility,
}

/// What a single message counts in a group's bucket, which is full of batched ones.
const SINGLE: u64 = 10;

/// The buckets.
#[derive(Clone, Debug, Hash)]
pub(super) struct Limits {
    actions: Option<[Bucket; 4]>,
    /// High-throughput mode: messages a second of a group, and the groups used lately.
    per_group: Option<u64>,
    groups: BTreeMap<u64, Bucket>,
}

impl Limits {
    /// The limits of these settings, all buckets full.
    pub(super) fn new(config: &Config, cx: &Cx<'_, '_>) -> Self {
        let calls = if config.limit_per_group {
            cx.figure(&figures::HIGH_CALLS)
        } else {
            cx.figure(&figures::FIFO_CALLS)
        };
        let group = cx.figure(&figures::GROUP_MESSAGES);
        Self {
            actions: config
                .fifo
                .then(|| [Bucket::new(calls, calls, cx.now()); 4]),
            per_group: (config.fifo && config.limit_per_group).then_some(group),
            groups: BTreeMap::new(),
        }
    }

    /// Takes the calls of other settings over: what is spent stays spent.
    pub(super) fn change(&mut self, config: &Config, cx: &Cx<'_, '_>) {
        let fresh = Self::new(config, cx);
        let (Some(own), Some(new)) = (&mut self.actions, &fresh.actions) else {
            *self = fresh;
            return;
        };
        for (own, new) in own.iter_mut().zip(new) {
            own.reset_to(new.capacity(), new.rate_per_s(), cx.now());
        }
        self.per_group = fresh.per_group;
        if self.per_group.is_none() {
            self.groups.clear();
        }
    }

    /// How many of `n` calls the action's bucket lets in.
    pub(super) fn calls(&mut self, action: Action, n: u64, now: Us) -> u64 {
        match &mut self.actions {
            Some(buckets) => buckets[action as usize].take_up_to(now, n),
            None => n,
        }
    }

    /// How many of `n` messages of a group are let in.
    pub(super) fn messages(&mut self, group: u64, n: u64, batched: bool, now: Us) -> u64 {
        let Some(rate) = self.per_group else {
            return n;
        };
        let each = if batched { 1 } else { SINGLE };
        let bucket = self
            .groups
            .entry(group)
            .or_insert_with(|| Bucket::new(rate, rate, now));
        let fits = (bucket.available(now) / each).min(n);
        bucket.take(now, fits * each);
        fits
    }

    /// What the action's bucket holds and how it refills [calls, calls/s].
    pub(super) fn level(&self, action: Action, now: Us) -> Option<(u64, u64)> {
        let bucket = self.actions.as_ref()?[action as usize];
        Some((bucket.available(now), bucket.rate_per_s()))
    }

    /// Forgets the groups whose buckets are full again.
    pub(super) fn sweep(&mut self, now: Us) {
        self.groups
            .retain(|_, bucket| bucket.available(now) < bucket.capacity());
    }

    /// Brings all buckets to `now`.
    pub(super) fn refill(&mut self, now: Us) {
        for bucket in self.actions.iter_mut().flatten() {
            bucket.refill(now);
        }
        for bucket in self.groups.values_mut() {
            bucket.refill(now);
        }
    }
}
