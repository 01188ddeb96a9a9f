//! What a source makes in a tick: exact counts by lane, as parcels with their times of birth.

use super::listed::Listed;
use super::settings::Values;
use super::tracing::Tracing;
use crate::base::few::Few;
use crate::base::poisson::Steady;
use crate::base::rng::{Rng, payload};
use crate::base::sorted::SortedMap;
use crate::base::time::{DAY, Us};
use crate::services::cx::Cx;
use crate::services::lanes::Lane;
use crate::services::shared::keys::{self, Plan};
use crate::services::shared::load::{self, Arrivals, Metronome, Run};
use crate::services::shared::trace::Trace;
use crate::services::talk::{NodeId, Op, Parcel};
use std::sync::Arc;

/// Records of one lane and tick up to which each record has a size of its own.
pub const SIZES_EXACT: u32 = 200;
/// Sizes drawn for a lane and tick above that.
const SIZES_COARSE: u32 = 16;
/// Keys that a trace uses in a tick at least.
const TRACE_KEYS: u64 = 32;
/// Records of a key in a tick up to which a trace uses no more keys than that.
const TRACE_RUN: u64 = 64;
/// Salt that tells a record's size from its payload; lane ordinals stay far below it.
const SALT_SIZE: u32 = 1 << 31;

/// A lane of the source and how far it is numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LaneAt {
    /// Number in the register.
    pub id: u32,
    /// Number of its next record.
    pub next: u64,
}

/// What the records of a source are that has these settings: card payments or, in their place,
/// operations on accounts.
fn op_of(values: &Values, op: Op) -> Op {
    match op {
        Op::Payment | Op::Account if values.account_ops => Op::Account,
        Op::Payment | Op::Account => Op::Payment,
        Op::Count | Op::Sale | Op::Listed => op,
    }
}

/// Makes records.
#[derive(Clone, Debug, Hash)]
pub struct Maker {
    /// Lanes in force, in order of their ordinals.
    pub lanes: Vec<LaneAt>,
    /// Whether lanes stand for hash slots.
    pub slots: bool,
    /// Whether a tick was so full that sizes were drawn for runs of records.
    pub coarse: bool,
    /// The steps of a trace, for a source that follows one.
    pub tracing: Option<Tracing>,
    /// The records of a trace that has them one by one.
    pub listed: Option<Listed>,
    sums: Arc<[u64]>,
    metronome: Metronome,
    steady: Steady,
    /// The lane whose turn it is.
    turn: u32,
    /// The lane that is sent first, another one each tick.
    head: u32,
    /// Time of day at model time 0 [us].
    origin: Us,
    node: u32,
    seed: u64,
    op: Op,
    arrivals: Rng,
    dealing: Rng,
}

/// What a maker stands on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The source node.
    pub source: NodeId,
    /// Its id in the design.
    pub name: &'a str,
    /// The run's seed.
    pub seed: u64,
    /// UTC of model time 0 [us since 1970].
    pub start_us: u64,
    /// Traces of the design by name.
    pub traces: &'a SortedMap<String, Arc<Trace>>,
}

impl Maker {
    /// A maker with its lanes registered.
    pub fn new(values: &Values, op: Op, trace: bool, cx: &mut Cx<'_, '_>) -> Self {
        let (name, traces) = (cx.name(), cx.view().floor.traces.clone());
        let ground = Ground {
            source: cx.node(),
            name: &name,
            seed: cx.seed(),
            start_us: cx.view().floor.start_us,
            traces: &traces,
        };
        Self::on(&ground, values, op, trace, &mut |lane| cx.add_lane(lane))
    }

    /// A maker that stands there, whose lanes `add` registers; in a run or by itself.
    pub fn on(
        ground: &Ground<'_>,
        values: &Values,
        op: Op,
        trace: bool,
        add: &mut dyn FnMut(Lane) -> u32,
    ) -> Self {
        let known = ground.traces.get(&values.trace).filter(|_| trace).cloned();
        let listed = known.as_ref().and_then(Listed::new);
        let (seed, node) = (ground.seed, ground.source.0);
        let tracing = trace.then(|| Tracing::new(known, values, (seed, node)));
        let rng = |purpose| Rng::stream(seed, u64::from(node), purpose);
        let mut maker = Self {
            lanes: Vec::new(),
            slots: false,
            coarse: false,
            tracing,
            listed,
            sums: Arc::default(),
            metronome: Metronome::default(),
            steady: Steady::default(),
            turn: 0,
            head: 0,
            origin: ground.start_us % DAY,
            node,
            seed,
            op: op_of(values, op),
            arrivals: rng("arrivals"),
            dealing: rng("keys"),
        };
        maker.take_up(values, ground.name, add);
        maker
    }

    /// Takes up the keys of the settings with lanes of their own; records made before keep theirs.
    pub fn register(&mut self, values: &Values, cx: &mut Cx<'_, '_>) {
        let name = cx.name();
        self.take_up(values, &name, &mut |lane| cx.add_lane(lane));
    }

    fn take_up(&mut self, values: &Values, name: &str, add: &mut dyn FnMut(Lane) -> u32) {
        let clients = values.clients.max(1);
        let mut law = values.law_in_force();
        let Plan {
            mut lanes,
            sums,
            slots,
        } = match &mut self.listed {
            None => values.keys.plan(name, values.template_keys()),
            Some(listed) => {
                let (plan, listing) = listed.plan(values, name, (self.seed, self.node));
                law.listing = Some(listing);
                plan
            }
        };
        let law = Arc::new(law);
        self.op = op_of(values, self.op);
        if self.tracing.is_some() && self.listed.is_none() && sums.is_empty() && !slots {
            lanes = keys::spread(lanes);
        }
        let source = NodeId(self.node);
        self.lanes = (0..)
            .zip(lanes)
            .map(|(ordinal, key)| {
                let client = ordinal % clients;
                let lane = Lane {
                    source,
                    client,
                    ordinal,
                    key: key.key.into(),
                    key_bytes: key.bytes,
                    hash: key.hash,
                    law: law.clone(),
                    subject: key.subject,
                };
                LaneAt {
                    id: add(lane),
                    next: 0,
                }
            })
            .collect();
        self.sums = sums;
        self.slots = slots;
        self.turn = 0;
    }

    /// How likely each lane is, in sum 1.
    pub fn weights(&self) -> impl Iterator<Item = f64> + '_ {
        let total = self.sums.last().copied().unwrap_or(self.lanes.len() as u64);
        let before = |ix: usize| ix.checked_sub(1).map_or(0, |ix| self.sums[ix]);
        (0..self.lanes.len()).map(move |ix| {
            let weight = match self.sums.get(ix) {
                Some(sum) => sum - before(ix),
                None => 1,
            };
            weight as f64 / total.max(1) as f64
        })
    }

    /// Rate now [milli-records/s].
    #[must_use]
    pub fn rate_at(&self, values: &Values, at: Us) -> u64 {
        match (&self.listed, &self.tracing) {
            (Some(listed), _) => listed.rate_at(at),
            (None, Some(tracing)) => tracing.rate_at(at),
            (None, None) => values.load.rate_at(at, self.origin),
        }
    }

    /// Nothing is made before `at`: the shop was closed. A trace goes on where it is by then.
    pub fn skip_to(&mut self, at: Us) {
        if let Some(listed) = &mut self.listed {
            listed.skip_to(at, &mut self.lanes);
        } else if let Some(tracing) = &mut self.tracing {
            tracing.runs(Arrivals::Regular, 0, at, &mut self.arrivals);
        }
    }

    /// What was made in `[from, to)`, lane by lane.
    pub fn make(&mut self, values: &Values, from: Us, to: Us) -> Few<Parcel> {
        if let Some(listed) = &mut self.listed {
            return listed.make(to, &mut self.lanes).into();
        }
        let arrivals = if values.poisson {
            Arrivals::Poisson
        } else {
            Arrivals::Regular
        };
        let runs = match &mut self.tracing {
            Some(tracing) => tracing.runs(arrivals, from, to, &mut self.arrivals).into(),
            None => {
                let span = (from, to, self.origin);
                load::runs(
                    &values.load,
                    arrivals,
                    span,
                    (&mut self.metronome, &mut self.steady),
                    &mut self.arrivals,
                )
            }
        };
        let mut out = Few::new();
        for run in runs {
            if values.poisson || !self.sums.is_empty() {
                self.by_chance(values, &run, &mut out);
            } else {
                self.in_turn(values, &run, &mut out);
            }
        }
        if !out.is_empty() {
            let head = self.head as usize % out.len();
            out.rotate_left(head);
            self.head = self.head.wrapping_add(1);
        }
        out
    }

    /// Lanes that take part in a run. A trace runs for weeks, so its records go to a few keys a
    /// tick, other ones each tick, in runs that are small beside what a shard takes in a second.
    fn width(&self, n: u64) -> u64 {
        let lanes = self.lanes.len() as u64;
        if self.tracing.is_none() {
            return lanes;
        }
        lanes.min((n / TRACE_RUN).max(TRACE_KEYS))
    }

    /// Each record to the next lane, at its exact time.
    fn in_turn(&mut self, values: &Values, run: &Run, out: &mut Few<Parcel>) {
        let (lanes, width) = (self.lanes.len() as u64, self.width(run.n));
        for j in 0..run.n.min(width) {
            let ix = (u64::from(self.turn) + j) % lanes;
            let n = (run.n - j - 1) / width + 1;
            let (born, end) = (run.time(j), run.time(j + n * width));
            self.push(
                values,
                ix as usize,
                n,
                (born, end.saturating_sub(born)),
                out,
            );
        }
        let moved = if width < lanes {
            run.n.min(width)
        } else {
            run.n
        };
        self.turn = ((u64::from(self.turn) + moved) % lanes) as u32;
    }

    /// Counts by chance, each lane's records evenly spaced from a time by chance on.
    fn by_chance(&mut self, values: &Values, run: &Run, out: &mut Few<Parcel>) {
        let length = run.to - run.from;
        let dealt = keys::deal(
            &mut self.dealing,
            run.n,
            self.lanes.len() as u32,
            &self.sums,
        );
        for (ix, n) in dealt {
            let born = run.from + self.dealing.below(length / n);
            self.push(values, ix as usize, n, (born, length), out);
        }
    }

    fn push(
        &mut self,
        values: &Values,
        ix: usize,
        n: u64,
        (born, span): (Us, Us),
        out: &mut Few<Parcel>,
    ) {
        let Some(lane) = self.lanes.get_mut(ix) else {
            return;
        };
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let parcel = Parcel {
            lane: lane.id,
            n,
            first: lane.next,
            born,
            span: u32::try_from(span).unwrap_or(u32::MAX),
            bytes_each: values.bytes,
            op: self.op,
            flags: 0,
        };
        lane.next += u64::from(n);
        if values.bytes_max <= values.bytes {
            out.push(parcel);
        } else {
            self.coarse |= n > SIZES_EXACT;
            self.sized(values, ix as u32, parcel, out);
        }
    }

    /// Gives each record its size; neighbours of one size stay one parcel.
    fn sized(&self, values: &Values, ordinal: u32, parcel: Parcel, out: &mut Few<Parcel>) {
        let width = u64::from(values.bytes_max - values.bytes) + 1;
        let size = |record: u64| {
            let bits = payload(self.seed, self.node, record, SALT_SIZE | ordinal);
            values.bytes + (bits % width) as u32
        };
        let step = if parcel.n > SIZES_EXACT {
            parcel.n.div_ceil(SIZES_COARSE)
        } else {
            1
        };
        let (mut from, mut bytes) = (0, size(parcel.first));
        for at in (step..parcel.n).step_by(step as usize) {
            let next = size(parcel.first + u64::from(at));
            if next != bytes {
                out.push(Parcel {
                    bytes_each: bytes,
                    ..parcel.part(from, at - from)
                });
                (from, bytes) = (at, next);
            }
        }
        out.push(Parcel {
            bytes_each: bytes,
            ..parcel.part(from, parcel.n - from)
        });
    }
}
