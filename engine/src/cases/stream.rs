//! A Kinesis stream on a bench, asked and commanded as its API is.

use crate::base::time::{MINUTE, Us};
use crate::catalog::Rules;
use crate::services::kinesis::{
    Call, Config, Description, Kinesis, SHARDS_MAX, error_code, sequence_number,
};
use crate::services::rig::{Rig, config_of};
use crate::services::signal::Order;
use crate::services::talk::{Ask, Control, Parcel, Read, Reason, Reply, StartAt};
use crate::services::{AnyConfig, Unit, facts::Fact};
use std::collections::BTreeMap;

use super::Inexpressible;

/// Name of the stream on its bench.
pub(super) const NAME: &str = "s";

/// A record to put: key, ExplicitHashKey, payload [B].
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) explicit: Option<u128>,
    pub(super) bytes: u32,
}

/// Where a record lies: shard, number in it, when it arrived [us].
pub(super) type Stored = (u32, u64, Us);

/// The answer to a put: an entry each, or the code of the whole call.
pub(super) type Put = Result<Vec<Result<Stored, &'static str>>, &'static str>;

/// An answer with records: their numbers in the order of their putting, and the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Got {
    pub(super) records: Vec<u64>,
    pub(super) next: Option<u64>,
    pub(super) behind_ms: u64,
    pub(super) children: Vec<u32>,
}

/// A stream on a bench.
#[derive(Debug)]
pub(super) struct Stream {
    pub(super) rig: Rig,
    rules: Rules,
    lanes: BTreeMap<(String, Option<u128>), (u32, u64)>,
    /// Number over all puts of the record with this lane and number in it.
    numbers: BTreeMap<(u32, u64), u64>,
    stored: Vec<Option<Stored>>,
}

/// The code before the sentence of a refusal.
pub(super) fn code_of(refusal: &str) -> &str {
    refusal.split_once(':').map_or(refusal, |(code, _)| code)
}

/// Settings of a stream.
pub(super) fn shards_of(count: u64) -> Result<Vec<(&'static str, String)>, Inexpressible> {
    if (1..=u64::from(SHARDS_MAX)).contains(&count) {
        return Ok(vec![("shards", count.to_string())]);
    }
    let why = format!("a stream has 1 to {SHARDS_MAX} shards, not {count}");
    Err(Inexpressible(why))
}

impl Stream {
    /// A stream of even shards that is there from the start.
    pub(super) fn even(shards: u64, rules: Rules) -> Result<Self, Inexpressible> {
        Self::with(&shards_of(shards)?, rules, 0)
    }

    /// A stream with these settings, made at `at`.
    pub(super) fn with(
        settings: &[(&str, String)],
        rules: Rules,
        at: Us,
    ) -> Result<Self, Inexpressible> {
        let settings: Vec<(&str, &str)> = settings.iter().map(|(k, v)| (*k, v.as_str())).collect();
        config_of("kinesis", &settings).map_err(|error| Inexpressible(error.0))?;
        let mut rig = Rig::under(1, rules);
        rig.run_to(at);
        rig.node(NAME, "kinesis", &settings);
        Ok(Self {
            rig,
            rules,
            lanes: BTreeMap::new(),
            numbers: BTreeMap::new(),
            stored: Vec::new(),
        })
    }

    /// Model time [us].
    pub(super) fn now(&self) -> Us {
        self.rig.engine.now()
    }

    fn state(&self) -> (&Kinesis, &Config) {
        let unit = self.rig.engine.machine().unit(self.rig.find(NAME));
        match unit {
            Some(Unit::Kinesis(part)) => (&part.state, &part.config),
            _ => unreachable!("the stream was put on the bench"),
        }
    }

    /// All shards that are kept.
    pub(super) fn shards(&self) -> Vec<Description> {
        self.state().0.describe()
    }

    /// The open shards, by range.
    pub(super) fn open(&self) -> Vec<Description> {
        let mut open = self.shards();
        open.retain(|shard| shard.ending_at.is_none());
        open.sort_unstable_by_key(|shard| shard.from);
        open
    }

    /// StreamStatus.
    pub(super) fn status(&self) -> &'static str {
        self.state().0.status()
    }

    /// The settings in force.
    pub(super) fn config(&self) -> &Config {
        self.state().1
    }

    fn code(&self, reason: Reason, call: Call) -> &'static str {
        error_code(reason, call, self.rules)
    }

    // ---- writing ---------------------------------------------------------------------------

    /// One PutRecords (or one PutRecord) of these records, in order.
    pub(super) fn put(&mut self, entries: &[Entry], batched: bool) -> Put {
        let parcels: Vec<Parcel> = entries.iter().map(|entry| self.parcel(entry)).collect();
        let seen = self.rig.facts.len();
        let ask = Ask::Put {
            entries: parcels.clone().into(),
            batched,
        };
        let (whole, part) = if batched {
            (Call::PutRecords, Call::PutRecordsEntry)
        } else {
            (Call::PutRecord, Call::PutRecord)
        };
        let failed = match self.rig.ask(NAME, ask) {
            Reply::Put { failed } => failed,
            Reply::Refused { reason, .. } => return Err(self.code(reason, whole)),
            _ => Vec::new(),
        };
        let now = self.now();
        let mut places = BTreeMap::new();
        for (_, fact) in &self.rig.facts[seen..] {
            if let Fact::Admitted {
                lane,
                parcel,
                ordinal,
                ..
            } = fact
            {
                let place = |i: u64| ((parcel.lane, parcel.first + i), (*lane, ordinal + i, now));
                places.extend((0..u64::from(parcel.n)).map(place));
            }
        }
        let answer = |parcel: &Parcel| {
            let refusal = failed
                .iter()
                .find(|f| f.parcel.lane == parcel.lane && f.parcel.range().0 == parcel.first);
            match (places.get(&(parcel.lane, parcel.first)), refusal) {
                (Some(place), None) => Ok(*place),
                (_, Some(refusal)) => Err(self.code(refusal.reason, part)),
                (None, None) => Err("neither stored nor refused"),
            }
        };
        let answers: Vec<_> = parcels.iter().map(answer).collect();
        for (parcel, answer) in parcels.iter().zip(&answers) {
            let number = self.stored.len() as u64;
            self.numbers.insert((parcel.lane, parcel.first), number);
            self.stored.push(answer.ok());
        }
        Ok(answers)
    }

    fn parcel(&mut self, entry: &Entry) -> Parcel {
        let key = (entry.key.clone(), entry.explicit);
        let rig = &mut self.rig;
        let (lane, next) = self
            .lanes
            .entry(key)
            .or_insert_with(|| (rig.lane(&entry.key, entry.explicit), 0));
        let parcel = rig.parcel(*lane, *next, 1, entry.bytes);
        *next += 1;
        parcel
    }

    /// Where the record with this number over all puts lies.
    pub(super) fn stored(&self, number: u64) -> Option<Stored> {
        self.stored.get(number as usize).copied().flatten()
    }

    /// The SequenceNumber of the record with this number over all puts.
    pub(super) fn sequence(&self, number: u64) -> Option<String> {
        let (shard, ordinal, arrived) = self.stored(number)?;
        Some(sequence_number(shard, ordinal, arrived))
    }

    // ---- reading ---------------------------------------------------------------------------

    /// GetShardIterator: the number of the next record.
    pub(super) fn iterator(&mut self, shard: u32, start: StartAt) -> Result<u64, &'static str> {
        match self.rig.ask(NAME, Ask::GetShardIterator { shard, start }) {
            Reply::Iterator { ordinal } => Ok(ordinal),
            Reply::Refused { reason, .. } => Err(self.code(reason, Call::GetShardIterator)),
            _ => Err("no answer to GetShardIterator"),
        }
    }

    /// GetRecords with an iterator that was given out at `issued`.
    pub(super) fn get(
        &mut self,
        (shard, ordinal, issued): (u32, u64, Us),
        limit: u32,
    ) -> Result<Got, &'static str> {
        let ask = Ask::GetRecords {
            shard,
            ordinal,
            issued,
            limit,
        };
        match self.rig.ask(NAME, ask) {
            Reply::Records {
                reads,
                next,
                behind_ms,
                children,
            } => Ok(Got {
                records: self.numbers_of(reads.iter().map(|read: &Read| &read.parcel)),
                next,
                behind_ms,
                children,
            }),
            Reply::Refused { reason, .. } => Err(self.code(reason, Call::GetRecords)),
            _ => Err("no answer to GetRecords"),
        }
    }

    /// Numbers over all puts of the records in these parcels.
    pub(super) fn numbers_of<'p>(&self, parcels: impl Iterator<Item = &'p Parcel>) -> Vec<u64> {
        let of = |parcel: &'p Parcel| {
            let (first, end) = parcel.range();
            let number = |n| self.numbers.get(&(parcel.lane, n)).copied();
            (first..end).map(move |n| number(n).unwrap_or(u64::MAX))
        };
        parcels.flat_map(of).collect()
    }

    // ---- the control plane -----------------------------------------------------------------

    /// SplitShard or MergeShards.
    pub(super) fn command(&mut self, control: Control) -> Result<(), String> {
        if let Some(refusal) = self.state().0.refusal(&control, NAME) {
            return Err(refusal);
        }
        let node = self.rig.find(NAME);
        self.rig.order(Order::Control { node, control });
        Ok(())
    }

    /// UpdateShardCount and the like: a new setting, as the run takes it.
    pub(super) fn set(&mut self, key: &str, value: &str) -> Result<(), String> {
        let node = self.rig.find(NAME);
        let plant = self.rig.engine.machine();
        let unit = plant.unit(node).ok_or("there is no stream")?;
        let mut config: AnyConfig = unit.config();
        let fields = config.kind().fields();
        let ix = fields
            .iter()
            .position(|field| field.key == key)
            .ok_or("there is no such setting")?;
        let value = fields[ix].parse(value).map_err(|error| error.0)?;
        config.set(ix, &value).map_err(|error| error.0)?;
        unit.admit(&config, &plant.view(node, self.now()))?;
        self.rig.order(Order::Configure { node, config });
        Ok(())
    }

    /// Waits until the stream is ACTIVE.
    pub(super) fn settle(&mut self) {
        for _ in 0..10 {
            if self.status() == "ACTIVE" {
                return;
            }
            self.rig.run_to(self.now() + MINUTE);
        }
    }
}
