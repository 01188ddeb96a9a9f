//! What sources put into a stream, tick by tick, without the rest of a run.

use crate::base::time::{MINUTE, SECOND, Us};
use crate::design::Design;
use crate::services::contract::Feed;
use crate::services::lanes::Lanes;
use crate::services::shared::source::maker::{Ground, Maker};
use crate::services::shared::source::settings::Values;
use crate::services::talk::NodeId;

/// One source.
#[derive(Debug)]
struct Source {
    values: Values,
    maker: Maker,
    /// Its first lane in the register.
    first: u32,
}

/// All sources that put into one stream.
#[derive(Debug)]
pub(super) struct Feeds {
    sources: Vec<Source>,
    pub(super) lanes: Lanes,
}

impl Feeds {
    /// The sources of a design before a stream, with all their random streams by the seed.
    pub(super) fn of(design: &Design, stream: &str, seed: u64) -> Self {
        let mut lanes = Lanes::default();
        let mut sources = Vec::new();
        for (ix, node) in design.nodes.iter().enumerate() {
            let leads = |wire: &&crate::design::Wire| wire.from == node.id && wire.to == stream;
            let wires = design.wires.iter().filter(leads).count();
            let Some(Feed { values, op, trace }) = node.config.feed().filter(|_| wires > 0) else {
                continue;
            };
            let first = lanes.len() as u32;
            let ground = Ground {
                source: NodeId(ix as u32),
                name: &node.id,
                seed,
                start_us: design.start_us,
                traces: &design.traces,
            };
            let maker = Maker::on(&ground, values, op, trace, &mut |lane| lanes.add(lane));
            sources.push(Source {
                values: values.clone(),
                maker,
                first,
            });
        }
        Self { sources, lanes }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sources.is_empty()
    }

    /// The narrowest tick [us].
    pub(super) fn tick(&self) -> Us {
        let ticks = self.sources.iter().map(|source| source.values.tick);
        ticks.min().unwrap_or(SECOND)
    }

    /// About how many records come until a time, by the rate of each minute.
    pub(super) fn expected(&self, until: Us) -> u64 {
        let step = MINUTE.min(until.max(1));
        let minutes = until.div_ceil(step);
        let each = (0..minutes).map(|minute| self.rates(minute * step).iter().sum::<u64>());
        let milli: u128 = each.map(u128::from).sum();
        u64::try_from(milli * u128::from(step) / 1_000 / u128::from(SECOND)).unwrap_or(u64::MAX)
    }

    /// Rates at a time, by source [milli-records/s].
    pub(super) fn rates(&self, at: Us) -> Vec<u64> {
        let each = self.sources.iter();
        each.map(|source| source.maker.rate_at(&source.values, at))
            .collect()
    }

    /// Of each source, the largest share that one of `n` shards gets.
    pub(super) fn shares(&self, slot: impl Fn(u32) -> u32, n: u32) -> Vec<f64> {
        let share = |source: &Source| {
            let mut by_slot = vec![0.0_f64; n as usize];
            for (lane, weight) in (source.first..).zip(source.maker.weights()) {
                by_slot[slot(lane) as usize] += weight;
            }
            by_slot.into_iter().fold(0.0, f64::max)
        };
        self.sources.iter().map(share).collect()
    }

    /// A bound on what the fullest shard gets in a second or a tick: records, and bytes of each.
    pub(super) fn fullest(&self, rates: &[u64], shares: &[f64], tick: Us) -> (f64, f64) {
        let seconds = (tick as f64 / SECOND as f64).max(1.0);
        let (mut records, mut size) = (0.0, 0.0_f64);
        for ((source, rate), share) in self.sources.iter().zip(rates).zip(shares) {
            if source.maker.listed.is_some() {
                return (f64::INFINITY, 1.0);
            }
            let values = &source.values;
            let mean = *rate as f64 / 1e3 * share * seconds;
            // a trace gives runs of records to a few keys a tick
            let lumps = if source.maker.tracing.is_some() {
                140.0
            } else {
                4.0
            };
            let some = if *rate > 0 { lumps } else { 0.0 };
            records += mean * 1.25 + 6.0 * libm::sqrt(mean) + some;
            let bytes = values.bytes.max(values.bytes_max) + values.keys.template.len() as u32;
            size = size.max(f64::from(bytes) + 64.0);
        }
        (records, size)
    }

    /// What was made in `[from, to)`: lane, records, size with the key [B].
    pub(super) fn make(&mut self, from: Us, to: Us) -> Vec<(u32, u32, u64)> {
        let mut out = Vec::new();
        for source in &mut self.sources {
            for parcel in source.maker.make(&source.values, from, to) {
                let key = self.lanes.get(parcel.lane).key_bytes;
                let size = u64::from(parcel.bytes_each) + u64::from(key);
                out.push((parcel.lane, parcel.n, size));
            }
        }
        out
    }
}
