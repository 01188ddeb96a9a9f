//! Queue mapping: Lambda receives messages of a queue and runs a function on batches of them.
//!
//! ```text
//!   queue --long polls--> gathered --batch--> function --Returned--> DeleteMessageBatch
//!                (window, size, 6 MB)             |
//!                                                 +-- failed: not deleted, visible again later
//! ```
//!
//! So many batches may be at work at once: 5 at first, 300 more each minute while there is more to
//! do. What the mapping has in hand are copies; the queue keeps the originals until the delete.

mod answer;
mod config;
mod figures;
mod gather;
mod show;
mod snippet;

use crate::base::map::Map;
use crate::base::time::Us;
use crate::catalog::{Field, WireEntry};
use crate::kernel::CallId;
use crate::services::contract::{Custody, Ends, Lang, Link, Problem};
use crate::services::cx::{Cx, View};
use crate::services::gauges::Gauges;
use crate::services::talk::{Message, Place, Receipt, Reply, WireId};
use crate::services::wires::mapping::Filter;
use std::collections::VecDeque;

pub use config::Config;
pub use gather::Scaling;
pub use show::visibility_wanted;

/// Polls that failed are made again.
const TAG_POLL: u32 = 0;
/// A batching window is over.
const TAG_WINDOW: u32 = 1;
/// More, or fewer, batches may be at work.
const TAG_SCALE: u32 = 2;
/// A batch or a delete is tried again; `arg` is its number.
const TAG_AGAIN: u32 = 3;

/// What a request on the way was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Asked {
    /// ReceiveMessage, begun then [us].
    Receive(Us),
    /// A batch, by its number.
    Invoke(u64),
    /// A DeleteMessageBatch for the batch with this number.
    Delete(u64),
}

/// How far a batch has come.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Stage {
    /// At the function.
    Running,
    /// Throttled, and tried again later. The mapping has the messages in hand.
    Throttled,
    /// Being deleted: what is still to be named, what is on its way, failed attempts.
    Deleting(Vec<Receipt>, Vec<Receipt>, u32),
}

/// A batch at work; one without messages only deletes what the filter held back.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Batch {
    messages: Vec<Message>,
    stage: Stage,
    /// How often it was throttled.
    tries: u32,
}

/// A mapping.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueMapping {
    wire: WireId,
    /// Whether the queue is a FIFO queue, as its messages tell: they have groups.
    fifo: bool,
    asked: Map<CallId, Asked>,
    /// Receives on their way.
    polls: u32,
    /// Set while polls pause after a refusal.
    paused: bool,
    /// Messages that wait for their batch to be full or its window to end.
    gathered: Vec<Message>,
    /// When the gathered ones go at the latest [us].
    window_ends: Option<Us>,
    /// Batches that wait for a free place.
    ready: VecDeque<Vec<Message>>,
    /// Batches at work, by number.
    batches: Map<u64, Batch>,
    next_batch: u64,
    /// How many of the batches only delete what the filter held back.
    held_back: u32,
    /// The filter, as it is set.
    filter: Filter,
    /// How many batches may be at work at once.
    allowed: u32,
    /// When all of them were last at work [us].
    full_at: Option<Us>,
    /// The most that were at work since the last look.
    peak: u32,
    /// Whether the timer of the next look is set.
    scaling: bool,
    /// Batches that failed, lately [us].
    failed_at: Option<Us>,
}

impl Link for QueueMapping {
    type Config = Config;
    const ENTRY: WireEntry = WireEntry {
        id: "queue-mapping",
        pulled: true,
        active: true,
        aside: false,
        figures: figures::ALL,
    };
    const FIELDS: &'static [Field<Config>] = config::FIELDS;

    fn start(config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        let wire = match cx.view().me {
            Place::Wire(wire) => wire,
            _ => crate::services::talk::OUTSIDE,
        };
        let mapping = Self {
            wire,
            fifo: false,
            asked: Map::new(),
            polls: 0,
            paused: true,
            gathered: Vec::new(),
            window_ends: None,
            ready: VecDeque::new(),
            batches: Map::new(),
            next_batch: 0,
            held_back: 0,
            filter: Filter::of_setting(&config.filter),
            allowed: Scaling::of(config.max_concurrency, cx.rules()).first,
            full_at: None,
            peak: 0,
            scaling: false,
            failed_at: None,
        };
        // the ends begin their lives at the same instant
        cx.wake(cx.now(), TAG_POLL, 0);
        mapping
    }

    fn wake(&mut self, config: &Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>) {
        match tag {
            TAG_POLL => self.paused = false,
            TAG_WINDOW => self.window_over(config, cx),
            TAG_SCALE => self.scale(config, cx),
            _ => self.again(arg, cx),
        }
        self.go_on(config, cx);
    }

    fn answer(&mut self, config: &Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>) {
        match self.asked.remove(&call) {
            Some(Asked::Receive(since)) => self.received(config, since, reply, cx),
            Some(Asked::Invoke(number)) => self.invoked(config, number, &reply, cx),
            Some(Asked::Delete(number)) => self.deleted(number, &reply, cx),
            None => {}
        }
        self.go_on(config, cx);
    }

    fn reconfigure(&mut self, old: &Config, new: &Config, cx: &mut Cx<'_, '_>) {
        if old.max_concurrency != new.max_concurrency {
            let scaling = Scaling::of(new.max_concurrency, cx.rules());
            self.allowed = self.allowed.clamp(scaling.first, scaling.most);
        }
        self.filter = Filter::of_setting(&new.filter);
        self.window_changed(new, cx);
        self.go_on(new, cx);
    }

    fn gauges(&self, config: &Config, _view: &View<'_>, out: &mut Gauges) {
        self.show(config, out);
    }

    fn check(config: &Config, ends: &Ends, out: &mut Vec<Problem>) {
        show::check(config, ends, out);
    }

    fn snippet(config: &Config, ends: &Ends, lang: Lang) -> Option<String> {
        Some(snippet::of(config, ends, lang))
    }

    fn custody(&self, _config: &Config, out: &mut Custody) {
        let waiting = self.ready.iter().flatten();
        let throttled = self.batches.values().filter(|batch| batch.in_hand());
        let throttled = throttled.flat_map(|batch| &batch.messages);
        for message in self.gathered.iter().chain(waiting).chain(throttled) {
            out.hold(Some(self.wire), message.parcel);
        }
    }
}

impl Batch {
    /// Whether the mapping has the messages, and not the function.
    fn in_hand(&self) -> bool {
        matches!(self.stage, Stage::Throttled)
    }
}
