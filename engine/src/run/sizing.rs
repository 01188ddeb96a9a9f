//! How many shards a load needs: the smallest count with at most one record in a million refused,
//! found by replaying what the sources make through the routing and the write buckets of streams
//! with 1 to 64 shards, over several seeds.
//!
//! Where no shard of any stream still in question could be full, several ticks are made as one:
//! counts stay exact, and no bucket is looked at. A count that has refused far more than one in a
//! million is not followed to the end. Clients send once and at the end of the tick.

mod answer;
mod feeds;

use crate::base::sorted::SortedMap;
use crate::base::time::{SECOND, Us};
use crate::design::Design;
use crate::services::AnyConfig;
use crate::services::kinesis::replay::Replay;
use crate::services::kinesis::sizing::{Load, Needed};
use crate::services::talk::Reason;
use feeds::Feeds;
use std::borrow::Cow;

/// Largest number of shards that is tried.
pub const SHARDS_MAX: u32 = 64;
/// Seeds by default.
pub const SEEDS: u32 = 20;
/// Largest number of seeds.
pub const SEEDS_MAX: u32 = 1_000;
/// One record in so many may be refused.
const ONE_IN: u64 = 1_000_000;
/// The load with headroom [percent].
const HEADROOM: u64 = 125;
/// Ticks of one seed; a longer load is made in wider ticks.
const TICKS_MAX: u64 = 4_000_000;
/// Ticks that are made as one where nothing can be refused.
const QUIET_TICKS: u64 = 10;

/// What became of the load at one number of shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Records refused, over all seeds.
    pub refused: u64,
    /// The same with 25 % more load.
    pub refused_with_headroom: u64,
    /// Not followed to the end: far too many were refused.
    pub stopped: bool,
    /// The same with 25 % more load.
    pub stopped_with_headroom: bool,
}

/// The answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Sizing {
    /// Id of the stream.
    pub stream: String,
    /// Model time of each seed [us].
    pub until: Us,
    /// Width of a tick [us].
    pub tick: Us,
    /// Seeds.
    pub seeds: u32,
    /// Records that were tried, over all seeds.
    pub tried: u64,
    /// The smallest count with at most one in a million refused, for write limits alone.
    pub by_writes: Option<u32>,
    /// The smallest count that is enough for reads too; `None`: none of 64 is.
    pub smallest: Option<u32>,
    /// The same with 25 % more load.
    pub with_headroom: Option<u32>,
    /// `records`, `bytes`, `reads`, `hottest-key`, or `nothing` where one shard is enough.
    pub binds: &'static str,
    /// The mean load, and what it alone would have suggested.
    pub average: (Load, Needed),
    /// The fullest second over all seeds.
    pub peak: Load,
    /// By number of shards, from 1.
    pub per_n: Vec<Count>,
}

/// Streams of one number of shards, while a seed is replayed: as it is, and with headroom.
#[derive(Debug)]
struct Trial {
    plain: Option<Replay>,
    roomy: Option<Replay>,
    /// Whether `plain` is followed no further; what it has refused still tells why.
    over: bool,
    /// The largest share of each feed that one shard gets.
    share: Vec<f64>,
}

/// How full the shards of a stream can become: what each takes in a second (records, bytes), and
/// the largest share of each feed that one shard gets.
#[derive(Debug)]
struct Fill<'a> {
    takes: (u64, u64),
    share: Cow<'a, [f64]>,
}

/// Sums over all seeds.
#[derive(Debug)]
struct Sums {
    tried: u64,
    bytes: u64,
    peak: (u64, u64),
    counts: Vec<Count>,
    /// By count: records refused by reason, and those at shards that one key fills.
    reasons: Vec<SortedMap<Reason, u64>>,
    hottest: Vec<u64>,
}

/// A sizing at work, a few steps at a time, so that a page stays awake.
#[derive(Debug)]
pub struct Sizer {
    design: Design,
    stream: String,
    record_kib: u32,
    until: Us,
    tick: Us,
    seeds: u32,
    /// The seed that is replayed now, from 1.
    seed: u32,
    /// Records that all seeds are expected to make.
    expected: u64,
    pass: Pass,
    sums: Sums,
}

/// One seed while it is replayed.
#[derive(Debug)]
struct Pass {
    feeds: Feeds,
    trials: Vec<Trial>,
    at: Us,
    /// The second that is being filled: its number, records, bytes.
    second: (Us, u64, u64),
    worst: Option<Fill<'static>>,
}

/// Sizes the stream of a design (the one with this id, or the first) for what its sources put.
///
/// # Errors
/// A sentence if there is no such stream, or no source puts into it.
pub fn size(
    design: &Design,
    stream: Option<&str>,
    until: Us,
    seeds: u32,
) -> Result<Sizing, String> {
    let mut sizer = Sizer::new(design, stream, until, seeds)?;
    while !sizer.advance(u32::MAX) {}
    Ok(sizer.answer())
}

impl Sizer {
    /// Makes ready to size the stream of a design (the one with this id, or the first).
    ///
    /// # Errors
    /// A sentence if there is no such stream, or no source puts into it.
    pub fn new(
        design: &Design,
        stream: Option<&str>,
        until: Us,
        seeds: u32,
    ) -> Result<Self, String> {
        let streams = design.nodes.iter().filter_map(|node| match &node.config {
            AnyConfig::Kinesis(config) => Some((node.id.as_str(), config)),
            _ => None,
        });
        let mut wanted = streams.filter(|(id, _)| stream.is_none_or(|stream| stream == *id));
        let Some((id, config)) = wanted.next() else {
            return Err(match stream {
                Some(stream) => format!("there is no stream \"{stream}\" in the design"),
                None => "there is no stream in the design".to_owned(),
            });
        };
        let first = Feeds::of(design, id, design.seed);
        if first.is_empty() {
            return Err(format!("no source puts into {id}; sizing needs one"));
        }
        let seeds = seeds.clamp(1, SEEDS_MAX);
        let sums = Sums::default();
        Ok(Self {
            design: design.clone(),
            stream: id.to_owned(),
            record_kib: config.max_record_kib,
            until,
            tick: first.tick().max(until.div_ceil(TICKS_MAX)).max(1),
            seeds,
            seed: 1,
            expected: first.expected(until).saturating_mul(u64::from(seeds)),
            pass: Pass::new(design, id, 1, config.max_record_kib, &sums),
            sums,
        })
    }

    /// Replays at most so many steps of a seed; true when all seeds are through.
    pub fn advance(&mut self, steps: u32) -> bool {
        if self.seed > self.seeds {
            return true;
        }
        // twice what may be refused of all, and a little: beyond that no count can be enough
        let hopeless = (self.expected / ONE_IN).saturating_mul(2) + 100;
        for _ in 0..steps {
            if self.pass.at >= self.until {
                break;
            }
            self.pass
                .step((self.until, self.tick), hopeless, &mut self.sums);
        }
        if self.pass.at < self.until {
            return false;
        }
        self.pass.gather(&mut self.sums);
        self.seed += 1;
        if self.seed <= self.seeds {
            let (id, seed) = (&self.stream, u64::from(self.seed));
            self.pass = Pass::new(&self.design, id, seed, self.record_kib, &self.sums);
        }
        self.seed > self.seeds
    }

    /// How much is done, in parts of a thousand.
    #[must_use]
    pub fn done(&self) -> u64 {
        let whole = u128::from(self.seeds) * u128::from(self.until.max(1));
        let through = u128::from(self.seed - 1) * u128::from(self.until);
        let now = if self.seed > self.seeds {
            0
        } else {
            self.pass.at
        };
        let done = (through + u128::from(now)) * 1_000 / whole;
        u64::try_from(done).unwrap_or(1_000).min(1_000)
    }

    /// What came out; of the seeds that are through, if not all are.
    #[must_use]
    pub fn answer(self) -> Sizing {
        let polling = polling(&self.design, &self.stream);
        let of = (self.until, self.tick, self.seeds);
        answer::of(&self.design, &self.stream, of, polling, self.sums)
    }
}

impl Default for Sums {
    fn default() -> Self {
        Self {
            tried: 0,
            bytes: 0,
            peak: (0, 0),
            counts: vec![Count::default(); SHARDS_MAX as usize],
            reasons: vec![SortedMap::new(); SHARDS_MAX as usize],
            hottest: vec![0; SHARDS_MAX as usize],
        }
    }
}

/// Consumers that share the reading of each shard.
fn polling(design: &Design, stream: &str) -> u64 {
    let wires = design.wires.iter();
    let pulled = wires.filter(|wire| wire.from == stream && wire.link.kind().entry().pulled);
    pulled.count() as u64
}

fn trials(design: &Design, feeds: &Feeds, record_kib: u32, sums: &Sums) -> Vec<Trial> {
    let new = |n, percent| Replay::new(n, &feeds.lanes, design.rules, record_kib, percent);
    (1..=SHARDS_MAX)
        .zip(&sums.counts)
        .map(|(n, count)| {
            let plain = (!count.stopped).then(|| new(n, 100));
            let roomy = (!count.stopped_with_headroom).then(|| new(n, HEADROOM));
            let share = plain
                .as_ref()
                .or(roomy.as_ref())
                .map_or_else(Vec::new, |replay| feeds.shares(|lane| replay.slot(lane), n));
            Trial {
                plain,
                roomy,
                over: false,
                share,
            }
        })
        .collect()
}

impl Pass {
    fn new(design: &Design, id: &str, seed: u64, record_kib: u32, sums: &Sums) -> Self {
        let feeds = Feeds::of(design, id, seed);
        let trials = trials(design, &feeds, record_kib, sums);
        let worst = Fill::worst(&trials);
        Self {
            feeds,
            trials,
            at: 0,
            second: (0, 0, 0),
            worst,
        }
    }

    /// One tick, or several where nothing can be refused.
    fn step(&mut self, (until, tick): (Us, Us), hopeless: u64, sums: &mut Sums) {
        let at = self.at;
        let quiet = (0..QUIET_TICKS).all(|k| {
            let rates = self.feeds.rates(at + k * tick);
            let worst = self.worst.as_ref();
            worst.is_none_or(|worst| worst.rests(&self.feeds, &rates, tick))
        });
        let width = if quiet { QUIET_TICKS * tick } else { tick };
        let end = (at + width).min(until);
        let rates = self.feeds.rates(at);
        let parcels = self.feeds.make(at, end);
        note(sums, &parcels, (at, end), &mut self.second);
        self.at = end;
        if quiet {
            return;
        }
        let mut gave_up = false;
        for (trial, count) in self.trials.iter_mut().zip(sums.counts.iter_mut()) {
            let fill = trial.fill();
            if fill.is_none_or(|fill| fill.rests(&self.feeds, &rates, tick)) {
                continue;
            }
            trial.put(&parcels, end, count);
            gave_up |= trial.give_up(count, hopeless);
        }
        if gave_up {
            self.worst = Fill::worst(&self.trials);
        }
    }

    /// Adds the reasons of the seed to the sums.
    fn gather(&self, sums: &mut Sums) {
        for (ix, trial) in self.trials.iter().enumerate() {
            if let Some(plain) = &trial.plain {
                gather(plain, &mut sums.reasons[ix], &mut sums.hottest[ix]);
            }
        }
    }
}

/// Adds what was tried to the sums and to the fullest second.
fn note(
    sums: &mut Sums,
    parcels: &[(u32, u32, u64)],
    (at, end): (Us, Us),
    second: &mut (Us, u64, u64),
) {
    let (mut records, mut bytes) = (0, 0);
    for (_, n, size) in parcels {
        records += u64::from(*n);
        bytes += u64::from(*n) * size;
    }
    sums.tried += records;
    sums.bytes += bytes;
    let wide = (end - at).div_ceil(SECOND).max(1);
    if at / SECOND != second.0 {
        *second = (at / SECOND, 0, 0);
    }
    second.1 += records / wide;
    second.2 += bytes / wide;
    sums.peak = (sums.peak.0.max(second.1), sums.peak.1.max(second.2));
}

/// Adds the refusals of a seed; those at shards that one key fills by themselves.
fn gather(replay: &Replay, reasons: &mut SortedMap<Reason, u64>, hottest: &mut u64) {
    for (reason, n) in &replay.refused {
        *reasons.entry(*reason).or_default() += n;
    }
    *hottest += replay.refused_for_one_key();
}

impl Fill<'_> {
    /// What bounds all streams that are still followed; `None` if none is.
    fn worst(trials: &[Trial]) -> Option<Fill<'static>> {
        let all: Vec<Fill<'_>> = trials.iter().filter_map(Trial::fill).collect();
        let width = all.iter().map(|fill| fill.share.len()).max()?;
        let most = |ix: usize| {
            let shares = all.iter().filter_map(|fill| fill.share.get(ix));
            shares.copied().fold(0.0, f64::max)
        };
        let least = |of: fn(&(u64, u64)) -> u64| all.iter().map(|fill| of(&fill.takes)).min();
        Some(Fill {
            takes: (least(|takes| takes.0)?, least(|takes| takes.1)?),
            share: (0..width).map(most).collect::<Vec<f64>>().into(),
        })
    }

    /// Whether no shard can be full at these rates, chance and the dealing of keys included.
    fn rests(&self, feeds: &Feeds, rates: &[u64], tick: Us) -> bool {
        let (records, bytes) = self.takes;
        let (n, size) = feeds.fullest(rates, &self.share, tick);
        n <= records as f64 && n * size <= bytes as f64
    }
}

impl Trial {
    fn fill(&self) -> Option<Fill<'_>> {
        let replay = match (self.plain.as_ref().filter(|_| !self.over), &self.roomy) {
            (_, Some(roomy)) => roomy,
            (Some(plain), None) => plain,
            (None, None) => return None,
        };
        Some(Fill {
            takes: replay.takes(),
            share: self.share.as_slice().into(),
        })
    }

    fn put(&mut self, parcels: &[(u32, u32, u64)], now: Us, count: &mut Count) {
        for (lane, n, size) in parcels {
            if let Some(plain) = self.plain.as_mut().filter(|_| !self.over) {
                count.refused += plain.put(*lane, *n, *size, now);
            }
            if let Some(roomy) = &mut self.roomy {
                count.refused_with_headroom += roomy.put(*lane, *n, *size, now);
            }
        }
    }

    /// Follows no further what cannot be enough; says whether that is new.
    fn give_up(&mut self, count: &mut Count, hopeless: u64) -> bool {
        let before = (count.stopped, count.stopped_with_headroom);
        count.stopped |= count.refused > hopeless;
        count.stopped_with_headroom |= count.refused_with_headroom > hopeless;
        self.over |= count.stopped;
        if count.stopped_with_headroom {
            self.roomy = None;
        }
        before != (count.stopped, count.stopped_with_headroom)
    }
}

#[cfg(test)]
mod tests;
