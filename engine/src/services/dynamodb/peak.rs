//! The highest load that a table has served, minute by minute: what an on-demand table serves now
//! is twice the highest minute that lies at least half an hour back.

use crate::base::time::{MINUTE, SECOND, Us};
use std::collections::VecDeque;

/// Minutes served, newest last.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Peak {
    /// Minutes after which a load counts.
    window: u64,
    /// The minute that is counted, and what it has had [milli-units].
    minute: u64,
    units: u64,
    /// (end as a minute, mean rate) of the loads of the last window [milli-units/s].
    recent: VecDeque<(u64, u64)>,
    /// The highest mean rate of a minute before the window [milli-units/s].
    before: u64,
}

impl Peak {
    /// No load yet.
    #[must_use]
    pub(super) fn starting(window: u64, now: Us) -> Self {
        Self {
            window,
            minute: now / MINUTE,
            units: 0,
            recent: VecDeque::new(),
            before: 0,
        }
    }

    /// The previous peak: the highest mean of a minute before the window [milli-units/s].
    #[must_use]
    pub(super) fn before(&self) -> u64 {
        self.before
    }

    /// Adds a load now; all minutes before are closed already [milli-units].
    pub(super) fn add(&mut self, milli: u64, now: Us) {
        if self.units == 0 {
            self.minute = now / MINUTE;
        }
        self.units += milli;
    }

    /// A load counts as a previous peak whatever was served.
    pub(super) fn at_least(&mut self, milli_per_s: u64) {
        self.before = self.before.max(milli_per_s);
    }

    /// The next instant until `now` at which a minute closes.
    #[must_use]
    pub(super) fn next_close(&self, now: Us) -> Option<Us> {
        let oldest = self.recent.front().map(|(minute, _)| minute + self.window);
        let next = if self.units > 0 {
            self.minute + 1
        } else {
            // nothing happens in empty minutes until the oldest load counts
            oldest?.max(self.minute + 1)
        };
        let at = next * MINUTE;
        (at <= now).then_some(at)
    }

    /// Closes the minutes before `at`, a full minute given by [`Self::next_close`].
    pub(super) fn close(&mut self, at: Us) {
        let rate = self.units / (MINUTE / SECOND);
        if rate > 0 {
            self.recent.push_back((self.minute + 1, rate));
        }
        self.units = 0;
        self.minute = at / MINUTE;
        while let Some((_, rate)) = self
            .recent
            .front()
            .filter(|(minute, _)| minute + self.window <= self.minute)
        {
            self.before = self.before.max(*rate);
            self.recent.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rolls to `now` as a limit does.
    fn roll(peak: &mut Peak, now: Us) {
        while let Some(at) = peak.next_close(now) {
            peak.close(at);
        }
    }

    #[test]
    fn a_load_counts_half_an_hour_after_its_minute() {
        let mut peak = Peak::starting(30, 0);
        peak.add(4_000_000 * 60, 0);
        roll(&mut peak, 31 * MINUTE - 1);
        assert_eq!(peak.before(), 0, "not yet");
        roll(&mut peak, 31 * MINUTE);
        assert_eq!(peak.before(), 4_000_000, "4,000 a second");
    }

    #[test]
    fn it_does_not_matter_how_often_it_is_looked_at() {
        let (mut often, mut once) = (Peak::starting(30, 0), Peak::starting(30, 0));
        for peak in [&mut often, &mut once] {
            peak.add(60_000, 0);
        }
        (1..500_000).for_each(|step| roll(&mut often, step * 10_000));
        roll(&mut once, 499_999 * 10_000);
        assert_eq!(often, once, "the same minutes");
    }
}
