//! Event source mapping: Lambda reads a stream and runs a function on batches of its records.
//!
//! ```text
//!   stream --poll or events--> gathered --batch--> function --Returned--> done
//!                                 ^                   |
//!                     (window, size, 6 MB)            +--failed--> again, halves, from the reported
//!                                                                  one on, or given up --> on-failure
//! ```
//!
//! One reader a shard, one batch at a time in each of its lanes (ParallelizationFactor); a key is
//! always in one lane, so that its order holds. What is gathered or waits to be tried again is in
//! the mapping's custody, what the function works on in the function's.

mod answer;
mod batch;
mod config;
mod figures;
mod filter;
mod gather;
mod reader;
mod show;
mod snippet;
#[cfg(test)]
mod tests;

use super::start::StartKind;
use crate::base::rng::Rng;
use crate::base::time::Us;
use crate::catalog::{Field, WireEntry};
use crate::kernel::CallId;
use crate::services::contract::{Custody, Ends, Incoming, Lang, Link, Problem};
use crate::services::cx::{Cx, View};
use crate::services::gauges::Gauges;
use crate::services::shared::letters::Letters;
use crate::services::shared::reading::Key;
use crate::services::talk::{Ask, Place, Reason, Reply, StartAt, WireId};
use batch::Shard;
use std::collections::BTreeMap;

pub use answer::{GivenUp, Notice};
pub use config::Config;
pub use filter::Filter;

/// A shard's next call is due; `arg` is its [`Key`].
const TAG_READ: u32 = 0;
/// A batch of a shard is due; `arg` is its [`Key`].
const TAG_BATCH: u32 = 1;
/// The shards are listed again.
const TAG_LIST: u32 = 2;
/// Dead letters are sent again.
const TAG_LETTERS: u32 = 3;

/// What a request on the way was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    /// ListShards.
    List,
    /// GetShardIterator, GetRecords or SubscribeToShard of a shard.
    Shard(Key),
    /// GetShardIterator to learn whether an old batch is still kept: shard and lane.
    Kept(Key, usize),
    /// A batch: shard and lane.
    Invoke(Key, usize),
}

/// A mapping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mapping {
    wire: WireId,
    shards: BTreeMap<Key, Shard>,
    /// ListShards on the way.
    listing: Option<CallId>,
    /// When the shards are listed again [us].
    list_at: Us,
    asked: BTreeMap<CallId, Asked>,
    phases: Rng,
    filter: Filter,
    letters: Letters,
    /// The last batch that was given up.
    last_notice: Option<Notice>,
}

impl Mapping {
    /// What the on-failure destination was told of the last batch that was given up.
    #[must_use]
    pub fn last_notice(&self) -> Option<&Notice> {
        self.last_notice.as_ref()
    }
}

impl Link for Mapping {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "mapping",
        pulled: true,
        active: true,
        aside: false,
        figures: figures::ALL,
    };
    const FIELDS: &'static [Field<Config>] = config::FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let wire = match cx.me {
            Place::Wire(wire) => wire,
            _ => crate::services::talk::OUTSIDE,
        };
        let mut mapping = Self {
            wire,
            shards: BTreeMap::new(),
            listing: None,
            list_at: 0,
            asked: BTreeMap::new(),
            phases: cx.rng("poll phase"),
            filter: Filter::of_setting(&config.filter),
            letters: Letters::default(),
            last_notice: None,
        };
        mapping.list(config, cx);
        mapping
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_READ => self.read_due(config, Key::of(arg), cx),
            TAG_BATCH => self.pump(config, Key::of(arg), cx),
            TAG_LIST => self.list_due(config, cx),
            _ => self.letters.due(cx),
        }
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        if let Some(lost) = self
            .letters
            .answered(call, &reply, (TAG_LETTERS, false), cx)
        {
            if lost > 0 {
                let metric = crate::services::lambda::metric::DESTINATION_FAILURES;
                cx.count(metric, None, lost);
            }
            return;
        }
        match self.asked.remove(&call) {
            Some(Asked::List) => self.listed(config, reply, cx),
            Some(Asked::Shard(key)) => self.shard_answered(config, key, reply, cx),
            Some(Asked::Kept(key, lane)) => self.kept_answered(config, (key, lane), &reply, cx),
            Some(Asked::Invoke(key, lane)) => self.invoked(config, (key, lane), reply, cx),
            None => {}
        }
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        match &incoming.ask {
            Ask::ShardEvent { shard, .. } if self.subscribed(config, *shard) => {
                self.event(config, incoming, cx);
            }
            _ => cx.refuse(incoming, Reason::Invalid),
        }
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if old.filter != new.filter {
            self.filter = Filter::of_setting(&new.filter);
        }
        if old.parallelization != new.parallelization {
            self.shards.values_mut().for_each(Shard::lay_out_anew);
        }
        if new.enabled && !old.enabled {
            self.list(new, cx);
        }
        let keys: Vec<Key> = self.shards.keys().copied().collect();
        for key in keys {
            self.pump(new, key, cx);
        }
    }

    fn gauges(&self, config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.show(config, view, out);
    }

    fn check(config: &Config, ends: &Ends, out: &mut Vec<Problem>) {
        show::check(config, ends, out);
    }

    fn snippet(config: &Config, ends: &Ends, lang: Lang) -> Option<String> {
        Some(snippet::of(config, ends, lang))
    }

    fn start_at(config: &Config) -> StartAt {
        match config.start {
            StartKind::TrimHorizon => StartAt::TrimHorizon,
            StartKind::Latest => StartAt::Latest,
            StartKind::AtTimestamp => StartAt::AtTimestamp(config.timestamp),
        }
    }

    fn custody(&self, _config: &Config, out: &mut Custody) {
        self.held(out);
    }
}
