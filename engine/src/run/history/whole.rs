//! Latencies of the whole run, by sink: exact to three digits, or to one per cent where there are
//! so many sinks that their histograms would fill the memory.

use crate::base::footprint::See;
use crate::base::histogram::{Histogram, Sketch};
use crate::base::map::Map;
use crate::base::time::Us;
use crate::services::talk::NodeId;

/// Bytes that all histograms may take before further sinks get sketches.
const HISTOGRAMS_MAX: u64 = 12 << 20;
/// What a histogram grows to with all values between 1 ms and some hours [B].
const HISTOGRAM_LIKELY: u64 = 200_000;
/// What the head of a histogram takes [B].
const HEAD_BYTES: u64 = 512;

/// Latencies of one sink.
#[derive(Clone, Copy, Debug)]
pub enum Whole<'a> {
    /// To three digits.
    Fine(&'a Histogram),
    /// To one per cent.
    Coarse(&'a Sketch),
}

impl Whole<'_> {
    /// How many records came for the first time.
    #[must_use]
    pub fn count(&self) -> u64 {
        match self {
            Self::Fine(all) => all.count(),
            Self::Coarse(all) => all.count(),
        }
    }

    /// The nearest-rank quantile [us].
    #[must_use]
    pub fn quantile(&self, q: f64) -> u64 {
        match self {
            Self::Fine(all) => all.quantile(q),
            Self::Coarse(all) => all.quantile(q),
        }
    }

    /// The largest [us].
    #[must_use]
    pub fn max(&self) -> u64 {
        match self {
            Self::Fine(all) => all.max(),
            Self::Coarse(all) => all.max(),
        }
    }
}

/// Latencies of all sinks.
#[derive(Clone, Debug, Default)]
pub struct WholeRuns {
    fine: Map<NodeId, Histogram>,
    coarse: Map<NodeId, Sketch>,
}

impl WholeRuns {
    /// Records `n` first arrivals whose latencies lie evenly between two [us].
    pub(super) fn record(&mut self, sink: NodeId, newest: Us, oldest: Us, n: u64) {
        if let Some(all) = self.fine.get_mut(&sink) {
            all.record_spread(newest, oldest, n);
        } else if let Some(all) = self.coarse.get_mut(&sink) {
            all.record_spread(newest, oldest, n);
        } else if (self.fine.len() as u64 + 1) * HISTOGRAM_LIKELY <= HISTOGRAMS_MAX {
            let all = self.fine.at(sink);
            all.record_spread(newest, oldest, n);
        } else {
            let all = self.coarse.at(sink);
            all.record_spread(newest, oldest, n);
        }
    }

    /// Those of a sink.
    pub(super) fn get(&self, sink: NodeId) -> Option<Whole<'_>> {
        let fine = self.fine.get(&sink).map(Whole::Fine);
        fine.or_else(|| self.coarse.get(&sink).map(Whole::Coarse))
    }

    /// What they take beside the blocks [B].
    pub(super) fn bytes(&self) -> u64 {
        let sketches = self.coarse.values().map(|s| s.iter().count() as u64 * 16);
        (self.fine.len() + self.coarse.len()) as u64 * HEAD_BYTES + sketches.sum::<u64>()
    }

    /// What they take, the blocks included [B].
    pub(super) fn all_bytes(&self) -> u64 {
        let blocks = self.fine.values().map(|all| all.bytes() as u64);
        self.bytes() + blocks.sum::<u64>()
    }

    /// Names the blocks of the histograms, which copies share.
    pub(in crate::run) fn shared(&self, see: &mut See<'_>) {
        for all in self.fine.values() {
            all.shared(see);
        }
    }
}
