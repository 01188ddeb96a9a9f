//! What came of replaying all seeds: the counts of shards that are enough, and what binds.

use super::{Count, HEADROOM, ONE_IN, SHARDS_MAX, Sizing, Sums};
use crate::base::time::{SECOND, Us};
use crate::design::Design;
use crate::services::kinesis::sizing::{Load, Needed};
use crate::services::talk::Reason;
use serde_json::{Value, json};

/// Whether at most one in a million was refused.
fn few(refused: u64, tried: u64, stopped: bool) -> bool {
    !stopped && refused.saturating_mul(ONE_IN) <= tried
}

/// The answer from the sums over all seeds.
pub(super) fn of(
    design: &Design,
    id: &str,
    (until, tick, seeds): (Us, Us, u32),
    polling: u64,
    sums: Sums,
) -> Sizing {
    let first = |enough: &dyn Fn(&Count) -> bool| {
        let ix = sums.counts.iter().position(enough)?;
        Some(ix as u32 + 1)
    };
    let writes = first(&|count| few(count.refused, sums.tried, count.stopped));
    let roomy = first(&|count| {
        let stopped = count.stopped_with_headroom;
        few(count.refused_with_headroom, sums.tried, stopped)
    });
    let peak = Load {
        records_s: sums.peak.0,
        bytes_s: sums.peak.1,
        polling,
    };
    let reads = |percent: u64| {
        let load = Load {
            bytes_s: peak.bytes_s * percent / 100,
            ..peak
        };
        Needed::of(&load, design.rules).read.max(1)
    };
    let with_reads = |writes: Option<u32>, percent| {
        let reads = u32::try_from(reads(percent)).unwrap_or(u32::MAX);
        writes.map(|n| n.max(reads)).filter(|n| *n <= SHARDS_MAX)
    };
    let seconds = u128::from(until) * u128::from(seeds);
    let a_second = |sum: u64| {
        let sum = u128::from(sum) * u128::from(SECOND);
        u64::try_from(sum.div_ceil(seconds.max(1))).unwrap_or(u64::MAX)
    };
    let mean = Load {
        records_s: a_second(sums.tried),
        bytes_s: a_second(sums.bytes),
        polling,
    };
    Sizing {
        stream: id.to_owned(),
        until,
        tick,
        seeds,
        tried: sums.tried,
        by_writes: writes,
        smallest: with_reads(writes, 100),
        with_headroom: with_reads(roomy, HEADROOM),
        binds: binds(writes, reads(100), &sums),
        average: (mean, Needed::of(&mean, design.rules)),
        peak,
        per_n: sums.counts,
    }
}

/// What the count is that is one too small refuses for.
fn binds(writes: Option<u32>, reads: u64, sums: &Sums) -> &'static str {
    if writes.is_some_and(|n| u64::from(n) < reads) {
        return "reads";
    }
    let below = match writes {
        Some(1) => return "nothing",
        Some(n) => n as usize - 2,
        None => SHARDS_MAX as usize - 1,
    };
    let of = |reason| sums.reasons[below].get(&reason).copied().unwrap_or(0);
    let (records, bytes) = (of(Reason::WriteRecords), of(Reason::WriteBytes));
    if sums.hottest[below] * 2 > records + bytes {
        "hottest-key"
    } else if bytes > records {
        "bytes"
    } else {
        "records"
    }
}

impl Sizing {
    /// As JSON: what `millrace size` prints.
    #[must_use]
    pub fn value(&self) -> Value {
        let load =
            |load: &Load| json!({"records_per_s": load.records_s, "bytes_per_s": load.bytes_s});
        let (mean, needed) = &self.average;
        let per_n: Vec<Value> = (1..)
            .zip(&self.per_n)
            .map(|(n, count): (u32, &Count)| {
                json!({
                    "n": n,
                    "refused": count.refused,
                    "refused_with_headroom": count.refused_with_headroom,
                    "at_least": count.stopped,
                    "at_least_with_headroom": count.stopped_with_headroom,
                    "enough": few(count.refused, self.tried, count.stopped),
                })
            })
            .collect();
        json!({
            "stream": self.stream,
            "smallest": self.smallest,
            "with_headroom": self.with_headroom,
            "by_writes": self.by_writes,
            "binds": self.binds,
            "by_average": needed.shards(),
            "average": load(mean),
            "average_asks": {
                "records": needed.records, "write": needed.write, "read": needed.read,
            },
            "peak": load(&self.peak),
            "seeds": self.seeds,
            "until_us": self.until,
            "tick_us": self.tick,
            "tried": self.tried,
            "per_n": per_n,
        })
    }
}
