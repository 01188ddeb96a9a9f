//! Execution environments: how many run, how many are kept warm, how fast they may grow.

use super::config::Config;
use super::figures::{GROW_AT_ONCE, GROW_PER_S, REQUESTS_PER_PLACE};
use crate::base::bucket::Bucket;
use crate::base::time::Us;
use crate::catalog::Rules;
use std::collections::VecDeque;

/// The function's environments.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Places {
    /// At work.
    pub(super) used: u64,
    /// Kept warm: since when [us] and how many, oldest first.
    idle: VecDeque<(Us, u64)>,
    /// New environments.
    grow: Bucket,
    /// Synchronous requests.
    requests: Bucket,
    /// Environments started so far.
    pub(super) cold: u64,
}

impl Places {
    pub(super) fn new(config: &Config, rules: Rules, now: Us) -> Self {
        let grow = Bucket::new(rules.value(&GROW_AT_ONCE), rules.value(&GROW_PER_S), now);
        let calls = requests_a_second(config, rules);
        Self {
            used: 0,
            idle: VecDeque::new(),
            grow,
            requests: Bucket::new(calls, calls, now),
            cold: 0,
        }
    }

    /// The limits changed: what is left of the quota of requests stays, so that no change gives more than both allow.
    pub(super) fn set_limits(&mut self, config: &Config, rules: Rules, now: Us) {
        let most = requests_a_second(config, rules);
        self.requests.reset_to(most, most, now);
    }

    /// Lets go of environments that were idle for too long.
    fn forget_old(&mut self, keep: Us, now: Us) {
        while self
            .idle
            .front()
            .is_some_and(|(since, _)| now.saturating_sub(*since) >= keep)
        {
            self.idle.pop_front();
        }
    }

    /// Environments kept warm.
    pub(super) fn warm(&self, config: &Config, now: Us) -> u64 {
        let kept = |(since, _): &&(Us, u64)| now.saturating_sub(*since) < config.keep_alive;
        self.idle.iter().filter(kept).map(|(_, n)| n).sum()
    }

    /// How many of `wanted` invocations may start now.
    pub(super) fn room(&self, config: &Config, wanted: u64, sync: bool, now: Us) -> u64 {
        let free = config.concurrency().saturating_sub(self.used);
        let envs = self.warm(config, now) + self.grow.available(now);
        let calls = if sync {
            self.requests.available(now)
        } else {
            u64::MAX
        };
        wanted.min(free).min(envs).min(calls)
    }

    /// Starts `n` invocations that there is room for; gives how many start cold.
    pub(super) fn take(&mut self, config: &Config, n: u64, sync: bool, now: Us) -> u64 {
        self.forget_old(config.keep_alive, now);
        let mut missing = n;
        while missing > 0
            && let Some((_, warm)) = self.idle.back_mut()
        {
            let used = missing.min(*warm);
            *warm -= used;
            missing -= used;
            if *warm == 0 {
                self.idle.pop_back();
            }
        }
        self.grow.take(now, missing);
        if sync {
            self.requests.take(now, n);
        }
        self.used += n;
        self.cold += missing;
        missing
    }

    /// `n` invocations ended.
    pub(super) fn give_back(&mut self, n: u64, now: Us) {
        self.used -= n;
        match self.idle.back_mut() {
            Some((since, warm)) if *since == now => *warm += n,
            _ if n > 0 => self.idle.push_back((now, n)),
            _ => {}
        }
    }

    /// All environments die.
    pub(super) fn die(&mut self) {
        self.used = 0;
        self.idle.clear();
    }

    /// Brings lazily kept values to `now`.
    pub(super) fn normalise(&mut self, config: &Config, now: Us) {
        self.forget_old(config.keep_alive, now);
        self.grow.refill(now);
        self.requests.refill(now);
    }
}

fn requests_a_second(config: &Config, rules: Rules) -> u64 {
    let places = config.concurrency();
    places.saturating_mul(rules.value(&REQUESTS_PER_PLACE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::SECOND;

    #[test]
    fn a_change_of_limits_gives_no_second_quota() {
        let rules = Rules::NEWEST;
        let of = |reserved: u32| Config {
            reserved: Some(reserved),
            ..Config::default()
        };
        let mut places = Places::new(&of(10), rules, 0);
        let mut calls = 0;
        loop {
            let n = places.room(&of(10), 1_000, true, 0);
            if n == 0 {
                break;
            }
            places.take(&of(10), n, true, 0);
            places.give_back(n, 0);
            calls += n;
        }
        assert_eq!(calls, 100, "ten calls a second and place");
        places.set_limits(&of(20), rules, 0);
        assert_eq!(places.room(&of(20), 1_000, true, 0), 0, "they are spent");
        let later = places.room(&of(20), 1_000, true, SECOND);
        assert_eq!(later, 20, "a second later the places bind");
    }
}
