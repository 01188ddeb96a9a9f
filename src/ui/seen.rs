//! What the panels see: small values that are compared, so that a panel is drawn again only when it changed.

use std::rc::Rc;
use yew::AttrValue;

/// The clock and the transport.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Clock {
    /// `Fri 29 Nov`.
    pub(crate) day: AttrValue,
    /// `10:00:04.350`.
    pub(crate) time: AttrValue,
    /// Model time [us].
    pub(crate) at: u64,
    /// The furthest model time that was simulated [us].
    pub(crate) head: u64,
    /// Whether it runs.
    pub(crate) playing: bool,
    /// Whether the picture comes from history.
    pub(crate) past: bool,
    /// Index of the speed asked for.
    pub(crate) speed: usize,
    /// The speed reached, where it is below the one asked for.
    pub(crate) reached: Option<AttrValue>,
    /// The seed.
    pub(crate) seed: u64,
}

/// One node as the accessible mirror and the inspector's heading have it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NodeSeen {
    /// Its id in the design.
    pub(crate) id: AttrValue,
    /// Its service's id.
    pub(crate) service: &'static str,
    /// Its service's name.
    pub(crate) service_name: &'static str,
    /// Its family's key.
    pub(crate) family: &'static str,
    /// Left, top, width, height on the stage [CSS px].
    pub(crate) place: [f64; 4],
    /// State and figures in words.
    pub(crate) words: AttrValue,
}

/// One wire as the accessible mirror has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WireSeen {
    /// Its id in the design.
    pub(crate) id: AttrValue,
    /// Id of the node that data come from.
    pub(crate) from: AttrValue,
    /// Id of the node that data go to.
    pub(crate) to: AttrValue,
    /// Left, top, width, height of a part of it on the stage [CSS px].
    pub(crate) place: [f64; 4],
    /// Kind, ends and rate in words.
    pub(crate) words: AttrValue,
}

/// Where a wire runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wired {
    /// Id of the node that data come from.
    pub(crate) from: AttrValue,
    /// Id of the node that data go to.
    pub(crate) to: AttrValue,
    /// Whether the receiver calls.
    pub(crate) pulled: bool,
}

/// A label with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// What it is.
    pub(crate) label: AttrValue,
    /// The value, with its unit.
    pub(crate) value: AttrValue,
    /// Whether it is bad news.
    pub(crate) bad: bool,
    /// What it means, where its name does not say it: shown on hover and to screen readers.
    pub(crate) hint: Option<AttrValue>,
}

/// What is told of the lanes of a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum LaneForm {
    /// Tried, let in and refused a second; waiting.
    #[default]
    Rates,
    /// Let in and refused so far; what the bucket holds.
    Buckets,
    /// Waiting, and the age of the oldest.
    Waiting,
}

impl LaneForm {
    /// Keys of the columns; the first is that of the lane, which the service names.
    pub(crate) fn heads(self) -> &'static [&'static str] {
        match self {
            Self::Rates => &[
                "live.lane",
                "live.tried",
                "live.admitted",
                "live.refused",
                "live.waiting",
            ],
            Self::Buckets => &["live.lane", "live.let-in", "live.turned-away", "live.left"],
            Self::Waiting => &["live.lane", "live.waiting", "live.oldest"],
        }
    }
}

/// One lane of the node in the inspector.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LaneRow {
    /// Shard number.
    pub(crate) id: u32,
    /// What is told of it; put into words when its row is shown, for of ten thousand lanes most are not.
    pub(crate) told: LaneTold,
    /// Whether it refuses now.
    pub(crate) bad: bool,
}

/// What is told of a lane, by the form of the list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum LaneTold {
    /// Of a stream.
    Rates {
        /// Asked to come in, let in and refused [whole records/s].
        rates: [u64; 3],
        /// Records that wait.
        waiting: u64,
    },
    /// Of a shard that takes nothing any more: records that wait.
    Closed(u64),
    /// Of a limit.
    Bucket {
        /// Let in and refused so far.
        counts: [u64; 2],
        /// What is left, of how much.
        level: [u64; 2],
    },
    /// Of what only keeps.
    Waiting {
        /// Records that wait.
        waiting: u64,
        /// Age of the oldest [us].
        oldest: u64,
    },
}

/// A fault that is on.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FaultRow {
    /// Its words.
    pub(crate) words: AttrValue,
}

/// How many shards the load of a stream needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sized {
    /// Nobody asked; how long the load is.
    Unasked(AttrValue),
    /// So many per cent are done.
    Working(u64),
    /// It cannot be told: the sentence.
    Not(AttrValue),
    /// The answer.
    Found {
        /// In words.
        rows: Rc<Vec<Row>>,
        /// The smallest number that is enough, if there is one.
        shards: Option<u32>,
        /// How long the load is.
        load: AttrValue,
    },
}

/// The chosen node or wire, live.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PartLive {
    /// Key of its state; empty for a wire, which has none.
    pub(crate) state: &'static str,
    /// Readings.
    pub(crate) rows: Vec<Row>,
    /// Lanes.
    pub(crate) lanes: Vec<LaneRow>,
    /// What is told of the lanes.
    pub(crate) lane_form: LaneForm,
    /// What a lane is called.
    pub(crate) lane: AttrValue,
    /// Faults that are on.
    pub(crate) faults: Vec<FaultRow>,
    /// Cost so far, by price line.
    pub(crate) bill: Vec<Row>,
    /// After a long run: which limits bound, and when.
    pub(crate) hours: Rc<super::session::hours::Hours>,
    /// For a stream that a source puts into: how many shards it needs.
    pub(crate) sized: Option<Sized>,
    /// What it refuses, in a heading and a sentence.
    pub(crate) refusing: Option<(AttrValue, AttrValue)>,
}

/// One field of the chosen node or wire.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FieldSeen {
    /// What it is, from the catalogue.
    pub(crate) info: millrace_engine::catalog::FieldInfo,
    /// Its value as text.
    pub(crate) value: AttrValue,
}

/// The chosen node or wire, as it is set.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PartSet {
    /// Its id in the design.
    pub(crate) id: AttrValue,
    /// What people call it: its id, unless they gave it a name.
    pub(crate) name: AttrValue,
    /// Id of its service or wire kind.
    pub(crate) service: &'static str,
    /// Name of its service or wire kind.
    pub(crate) service_name: AttrValue,
    /// Its family's key; `wire` for a wire.
    pub(crate) family: &'static str,
    /// For a wire, where it runs.
    pub(crate) wired: Option<Wired>,
    /// Whether it is a service of AWS.
    pub(crate) aws: bool,
    /// Fields that mean something now.
    pub(crate) fields: Vec<FieldSeen>,
    /// The node in AWS CLI and boto3, if it is of AWS.
    pub(crate) code: Option<[AttrValue; 2]>,
    /// Ids of the faults that can befall it.
    pub(crate) faults: &'static [&'static str],
    /// Problems of its settings: each in words, and whether it is more than advice.
    pub(crate) problems: Vec<(AttrValue, bool)>,
}

/// A mark on the timeline.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MarkSeen {
    /// When [us].
    pub(crate) at: u64,
    /// Its words.
    pub(crate) words: AttrValue,
    /// Whether it is bad news.
    pub(crate) bad: bool,
}

impl PartSet {
    /// Folder and id of its guide.
    pub(crate) fn guide(&self) -> (&'static str, &'static str) {
        let folder = if self.wired.is_some() {
            "wires"
        } else {
            "services"
        };
        (folder, self.service)
    }
}

/// A key whose number is believed to be another than it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyRow {
    /// A product or an account.
    pub(crate) key: AttrValue,
    /// What it should be.
    pub(crate) truth: AttrValue,
    /// What it is believed to be.
    pub(crate) believed: AttrValue,
    /// The difference, with its sign.
    pub(crate) off: AttrValue,
}

/// What a sink believes, beside the truth.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SinkSeen {
    /// The sentence that tells it.
    pub(crate) sentence: AttrValue,
    /// Whether something was lost or counted twice.
    pub(crate) bad: bool,
    /// Lost by reason: records, and money where there is any.
    pub(crate) lost: Vec<Row>,
    /// Counted twice by reason.
    pub(crate) twice: Vec<Row>,
    /// What the keys are.
    pub(crate) keys_title: AttrValue,
    /// Keys that differ, those that differ most.
    pub(crate) keys: Vec<KeyRow>,
    /// How many more differ.
    pub(crate) more: usize,
}

/// Whether a figure came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It cannot be said yet, or no more.
    Open,
    /// As it must.
    Right,
    /// Otherwise.
    Wrong,
}

/// A figure of the act.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OutcomeRow {
    /// What it is.
    pub(crate) name: AttrValue,
    /// What must come out.
    pub(crate) expected: AttrValue,
    /// What came out so far.
    pub(crate) value: AttrValue,
    /// Whether it came out.
    pub(crate) verdict: Verdict,
}

/// What came out of the act.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CameOut {
    /// Its figures; none for a file of the reader's own.
    pub(crate) rows: Vec<OutcomeRow>,
    /// Whether they are those of its end.
    pub(crate) ended: bool,
    /// Whether the reader has changed the run.
    pub(crate) changed: bool,
    /// When it ends [us].
    pub(crate) until: u64,
}

/// The ledger.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LedgerSeen {
    /// Model time at which it was counted [us].
    pub(crate) at: u64,
    /// Sums over all sinks.
    pub(crate) sums: Vec<Row>,
    /// Each sink, those that are wrong first.
    pub(crate) sinks: Vec<SinkSeen>,
    /// What came out of the act.
    pub(crate) came: CameOut,
    /// The sums in one line, a part each: what is read while the ledger is folded.
    pub(crate) line: Vec<AttrValue>,
    /// What it costs.
    pub(crate) cost: CostSeen,
}

/// A price of a node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CostRow {
    /// What is paid for.
    pub(crate) label: AttrValue,
    /// How much of it was used, and what one costs.
    pub(crate) used: AttrValue,
    /// Where the price is from.
    pub(crate) source: &'static str,
    /// Whether AWS states the price where we looked.
    pub(crate) verified: bool,
    /// So far, and in a month [USD].
    pub(crate) amounts: [AttrValue; 2],
}

/// What a node costs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CostOfNode {
    /// Its id.
    pub(crate) node: AttrValue,
    /// So far, and in a month [USD].
    pub(crate) amounts: [AttrValue; 2],
    /// By price.
    pub(crate) rows: Vec<CostRow>,
}

/// What the run costs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CostSeen {
    /// Each node that has prices.
    pub(crate) nodes: Vec<CostOfNode>,
    /// All together, so far and in a month [USD].
    pub(crate) total: [AttrValue; 2],
    /// The part of the total whose prices nobody verified, if there is one.
    pub(crate) unverified: Option<[AttrValue; 2]>,
    /// How long the run has run.
    pub(crate) ran: AttrValue,
}

/// All that the panels see.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Seen {
    /// The clock.
    pub(crate) clock: Clock,
    /// Nodes, in the order in which the arrow keys walk.
    pub(crate) nodes: Rc<Vec<NodeSeen>>,
    /// Wires.
    pub(crate) wires: Rc<Vec<WireSeen>>,
    /// The chosen node or wire as it is set.
    pub(crate) set: Option<Rc<PartSet>>,
    /// The chosen node or wire, live.
    pub(crate) live: Option<Rc<PartLive>>,
    /// The truth ledger.
    pub(crate) ledger: Rc<LedgerSeen>,
    /// The end of an act has just been reached.
    pub(crate) over: bool,
    /// Marks on the timeline.
    pub(crate) marks: Rc<Vec<MarkSeen>>,
    /// One sentence on counts and refusals, for the live region.
    pub(crate) spoken: AttrValue,
    /// What is being placed or wired.
    pub(crate) placing: Option<super::bench::PlacingSeen>,
    /// The things to do of an empty start.
    pub(crate) tasks: Vec<super::bench::tasks::TaskSeen>,
    /// Whether a service of the palette is held over the page.
    pub(crate) carrying: bool,
    /// How many nodes are chosen together.
    pub(crate) picked: usize,
    /// Why the newest change cannot be taken back, and why none can be made again; `None` where it can.
    pub(crate) steps: [Option<AttrValue>; 2],
    /// What the first visit shows now.
    pub(crate) visit: super::visit::Beat,
    /// The charts.
    pub(crate) charts: Rc<Vec<super::charts::ChartSeen>>,
    /// Whether they show a part of the run.
    pub(crate) zoomed: bool,
}
