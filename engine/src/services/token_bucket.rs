//! Token bucket of the workbench: law bucket(C, r) by itself. Each record takes one token; who finds
//! none is refused; whoever finds one goes on at once. So in no span of w seconds more than
//! C + r x w records pass.

#[cfg(test)]
mod tests;

use super::contract::{Custody, Incoming, Service};
use super::cx::{Cx, View};
use super::facts::Fact;
use super::gauges::{Gauges, State, Tank};
use super::talk::{Ask, Failed, Parcel, Reason, Reply, WireId};
use crate::base::bucket::Bucket;
use crate::base::few::Few;
use crate::base::map::Map;
use crate::base::time::{SECOND, Us};
use crate::catalog::{Change, Dir, Entry, Family, Field, Kind, Metric, Port, Stat, Value};
use crate::kernel::CallId;

/// Index of `Arrived` in the metrics.
const ARRIVED: usize = 0;
/// Index of `Admitted` in the metrics.
const ADMITTED: usize = 1;
/// Index of `Refused` in the metrics.
const REFUSED: usize = 2;

/// Thousandths of a token: rates have three digits behind the point.
const MILLI: u64 = 1_000;

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// Most tokens (C).
    pub capacity: u64,
    /// Tokens gained a second (r) [thousandths].
    pub rate: u64,
}

impl Default for Config {
    fn default() -> Self {
        // a second's worth of a Kinesis shard
        Self {
            capacity: 1_000,
            rate: 1_000 * MILLI,
        }
    }
}

/// State.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct TokenBucket {
    /// Holds thousandths of tokens.
    bucket: Bucket,
    /// Requests to next places that are on the way.
    calls: Map<CallId, WireId>,
    /// The last refusal [us].
    refused_at: Option<Us>,
}

impl Service for TokenBucket {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "bucket",
        name: "Token bucket",
        family: Family::Workbench,
        aws: false,
        ports: &[
            Port {
                dir: Dir::In,
                kinds: &["put", "deliver"],
                wires_max: 64,
            },
            Port {
                dir: Dir::Out,
                kinds: &["deliver"],
                wires_max: 16,
            },
        ],
        metrics: &[
            Metric {
                name: "Arrived",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Admitted",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
            Metric {
                name: "Refused",
                stat: Stat::Sum,
                unit: "Count",
                per_lane: false,
            },
        ],
        figures: &[],
        prices: &[],
        faults: &["crash", "refuse", "lost-ack"],
        intake: None,
    };
    const FIELDS: &'static [Field<Config>] = &[
        Field {
            key: "capacity",
            kind: Kind::Int {
                min: 0,
                max: 1_000_000_000,
            },
            unit: "records",
            change: Change::Live,
            source: "own",
            shown: |_| true,
            get: |c| Value::Int(c.capacity as i64),
            set: |c, v| v.uint().map(|n| c.capacity = n),
        },
        Field {
            key: "rate",
            kind: Kind::Decimal {
                min: 0,
                max: 1_000_000_000_000,
                places: 3,
            },
            unit: "records/s",
            change: Change::Live,
            source: "own",
            shown: |_| true,
            get: |c| Value::Int(c.rate as i64),
            set: |c, v| v.uint().map(|n| c.rate = n),
        },
    ];

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let bucket = Bucket::new(config.capacity * MILLI, config.rate, cx.now());
        Self {
            bucket,
            calls: Map::new(),
            refused_at: None,
        }
    }

    fn wake(&mut self, _config: &Config, _tag: u32, _arg: u64, _cx: &mut Cx<'_, '_>) {}

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let (parcels, put) = match &incoming.ask {
            Ask::Hand { parcels } => (parcels, false),
            Ask::Put { entries, .. } => (entries, true),
            _ => return cx.refuse(incoming, Reason::Invalid),
        };
        let (mut passed, mut failed) = (Few::new(), Vec::new());
        for parcel in parcels {
            let (head, tail) = self.judge(config, parcel, cx);
            passed.extend(head);
            failed.extend(tail.map(|parcel| Failed {
                parcel,
                reason: Reason::NoToken,
            }));
        }
        let all = failed.is_empty() && !put;
        cx.reply(
            incoming.call,
            if all {
                Reply::Done
            } else {
                Reply::Put { failed }
            },
        );
        self.pass_on(incoming.wire, passed, cx);
    }

    fn answer(&mut self, _config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        let Some(out) = self.calls.remove(&call) else {
            return;
        };
        // a bucket keeps nothing: what the next place does not take is lost
        let (reason, back) = match reply {
            Reply::Refused { reason, back } => (reason, back),
            Reply::NoAnswer { unknown } => (Reason::NoAnswer, unknown),
            Reply::Put { failed } => {
                failed
                    .iter()
                    .for_each(|one| cx.ended(Some(out), &one.parcel, one.reason));
                return;
            }
            _ => return,
        };
        back.iter()
            .for_each(|parcel| cx.ended(Some(out), parcel, reason));
    }

    fn crash(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {
        self.calls.clear();
    }

    fn recover(&mut self, _config: &Config, _cx: &mut Cx<'_, '_>) {}

    fn reconfigure(&mut self, _old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        self.bucket
            .reset_to(new.capacity * MILLI, new.rate, cx.now());
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        let level = self.bucket.available(view.now) as f64 / MILLI as f64;
        let size = config.capacity as f64;
        out.tanks.push(Tank {
            key: "tokens",
            level,
            size,
            unit: "records",
        });
        out.read_of("tokens", level, "records", size);
        let lately = self
            .refused_at
            .is_some_and(|at| view.now.saturating_sub(at) < SECOND);
        out.state = match () {
            () if view.down() => State::Down,
            () if lately => State::Refusing,
            () if level < 0.2 * size => State::Busy,
            () => State::Calm,
        };
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, _out: &mut Custody) {}

    fn normalise(&mut self, _config: &Config, now: Us) {
        self.bucket.refill(now);
    }
}

impl TokenBucket {
    /// Takes tokens for as much of the parcel as there are; gives what passes and what does not.
    fn judge(
        &mut self,
        config: &Config,
        parcel: &Parcel,
        cx: &mut Cx<'_, '_>,
    ) -> (Option<Parcel>, Option<Parcel>) {
        let (now, all) = (cx.now(), u64::from(parcel.n));
        let had = self.bucket.available(now) / MILLI;
        let n = had.min(all);
        self.bucket.take(now, n * MILLI);
        cx.count(ARRIVED, None, all);
        cx.count(ADMITTED, None, n);
        cx.count(REFUSED, None, all - n);
        cx.took(n);
        let (head, tail) = parcel.split(u32::try_from(n).unwrap_or(u32::MAX));
        if let Some(parcel) = tail {
            self.refused_at = Some(now);
            cx.note(Fact::Refused {
                node: cx.node(),
                lane: None,
                reason: Reason::NoToken,
                parcel,
                had,
                needed: 1,
                limit_per_s: config.rate / MILLI,
            });
        }
        (head, tail)
    }

    fn pass_on(&mut self, wire: WireId, passed: Few<Parcel>, cx: &mut Cx<'_, '_>) {
        if passed.is_empty() {
            return;
        }
        let outs = cx.outs();
        if outs == 0 {
            for parcel in &passed {
                cx.delivered(wire, parcel, Us::MAX);
            }
            return;
        }
        let n: u64 = passed.iter().map(|parcel| u64::from(parcel.n)).sum();
        if outs > 1 {
            cx.created(Reason::FanOut, n * (outs as u64 - 1));
        }
        for ix in 0..outs {
            let (out, parcels) = (cx.out(ix), passed.clone());
            let call = cx.ask(out, Ask::Hand { parcels });
            self.calls.insert(call, out);
        }
    }
}
