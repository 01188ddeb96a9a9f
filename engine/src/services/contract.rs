//! The contract of services and wire kinds, and the macros that make one closed list of each.
//!
//! A service is one file that implements [`Service`]; its state is `Self`, its settings are
//! `Config`. `services! { tills: Tills, ... }` in `services/mod.rs` is the one list: from it come
//! `ServiceKind`, `Unit` (state with settings, so that the two cannot mismatch) and `AnyConfig`.
//! Wire kinds follow the same pattern with [`Link`] and `links!`.

use super::cx::Cx;
use super::gauges::Gauges;
use super::shared::source::settings::Values;
use super::talk::{Ask, Control, Op, Parcel, Reply, WireId};
use crate::base::sorted::SortedMap;
use crate::base::time::Us;
use crate::catalog::{Entry, Field, PriceLine, Value, WireEntry};
use crate::kernel::CallId;
use std::fmt::Debug;
use std::hash::Hash;

/// The languages of the Code tab.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lang {
    /// AWS CLI.
    Cli,
    /// boto3.
    Python,
}

/// What a snippet or check may know of a node's surroundings.
#[derive(Clone, Debug, Default)]
pub struct Wiring {
    /// The node's id in the design.
    pub id: String,
    /// (wire kind, id of the other node, its service id) of wires whose data come in.
    pub ins: Vec<(String, String, String)>,
    /// The same of wires whose data go out.
    pub outs: Vec<(String, String, String)>,
}

/// What a snippet or check may know of a wire's surroundings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ends {
    /// The wire's id in the design.
    pub id: String,
    /// Id and service id of the node that data come from.
    pub from: (String, String),
    /// Id and service id of the node that data go to.
    pub to: (String, String),
    /// Settings of the node that data come from, by key.
    pub from_fields: Vec<(&'static str, Value)>,
    /// Settings of the node that data go to, by key.
    pub to_fields: Vec<(&'static str, Value)>,
}

impl Ends {
    /// A setting of the node that data come from.
    #[must_use]
    pub fn from_value(&self, key: &str) -> Option<&Value> {
        value_of(&self.from_fields, key)
    }

    /// A setting of the node that data go to.
    #[must_use]
    pub fn to_value(&self, key: &str) -> Option<&Value> {
        value_of(&self.to_fields, key)
    }
}

fn value_of<'a>(fields: &'a [(&'static str, Value)], key: &str) -> Option<&'a Value> {
    let found = fields.iter().find(|(known, _)| *known == key);
    found.map(|(_, value)| value)
}

/// Something about a design that a person should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The node or wire, or empty for the whole design.
    pub at: String,
    /// The field, or empty.
    pub field: String,
    /// A sentence with values and remedy.
    pub text: String,
    /// True if the design cannot run.
    pub fatal: bool,
}

/// A request that arrived.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// To answer with `cx.reply(call, ..)`, exactly once.
    pub call: CallId,
    /// The wire it came over.
    pub wire: WireId,
    /// What is asked.
    pub ask: Ask,
}

/// Who holds records, told to conservation checks.
#[derive(Debug, Default)]
pub struct Custody {
    /// Records held for all paths through the wire (`None`: all paths from their source).
    pub held: Vec<(Option<WireId>, Parcel)>,
    /// Records held for all paths through the wire that they came over, which they outlive: they
    /// are owed on as long as there is a way on from here.
    pub kept: Vec<(WireId, Parcel)>,
    /// Records held without an obligation of their own as the node's tally counts them:
    /// kept copies (a log without readers), repeats.
    pub beside: u64,
    /// How many runs of records are listed at most, for one who only glances.
    most: Option<usize>,
}

impl Custody {
    /// A list of no more than the first `most` runs of records: not for conservation checks.
    #[must_use]
    pub fn at_most(most: usize) -> Self {
        Self {
            most: Some(most),
            ..Self::default()
        }
    }

    fn has_room(&self) -> bool {
        let listed = self.held.len() + self.kept.len();
        self.most.is_none_or(|most| listed < most)
    }

    /// Adds records held for all paths through `wire`.
    pub fn hold(&mut self, wire: Option<WireId>, parcel: Parcel) {
        if self.has_room() {
            self.held.push((wire, parcel));
        }
    }

    /// Adds records that came over `wire` and stay when it is removed.
    pub fn keep(&mut self, wire: WireId, parcel: Parcel) {
        if self.has_room() {
            self.kept.push((wire, parcel));
        }
    }
}

impl Custody {
    /// All that is listed, without whose it is.
    pub(super) fn glance(&self, out: &mut Vec<Held>) {
        let held = self.held.iter().map(|(_, parcel)| *parcel);
        let kept = self.kept.iter().map(|(_, parcel)| *parcel);
        let lane = None;
        out.extend(held.chain(kept).map(|parcel| Held { lane, parcel }));
    }
}

/// A run of records at a place, for one who looks closely.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// The lane of the node in which they lie (the shard), where it has some.
    pub lane: Option<u32>,
    /// The records.
    pub parcel: Parcel,
}

/// What a service's items say, asked by the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Beliefs {
    /// The products or accounts that are asked for, by the names that keys have.
    pub wanted: Vec<String>,
    /// What each item says [pieces or cents]; a name that is left out has its start.
    pub numbers: SortedMap<String, i64>,
    /// Whether the service answers at all; if not, the ledger adds up what it was handed.
    pub told: bool,
}

impl Beliefs {
    /// The service answers, and its item of this name says `number`.
    pub fn say(&mut self, name: &str, number: i64) {
        self.told = true;
        self.numbers.insert(name.to_owned(), number);
    }
}

/// What a source makes, for those who ask how much that is without playing a run.
#[derive(Clone, Copy, Debug)]
pub struct Feed<'a> {
    /// Its load, keys and sizes.
    pub values: &'a Values,
    /// What its records say.
    pub op: Op,
    /// Whether its load is a trace.
    pub trace: bool,
}

/// What one file must provide to be a service. `Self` is its run-time state.
pub trait Service: Clone + Debug + Hash {
    /// Its settings.
    type Config: Clone + Debug + Default + PartialEq + Hash + 'static;
    /// What it says of itself.
    const ENTRY: Entry;
    /// Its settings, described.
    const FIELDS: &'static [Field<Self::Config>];

    /// What it makes, if it is a source. The default: nothing.
    fn feed(_config: &Self::Config) -> Option<Feed<'_>> {
        None
    }

    /// State at the start of its life; schedules its first wakes.
    fn start(config: &Self::Config, cx: &mut Cx<'_, '_>) -> Self;

    /// A timer that it set (`cx.wake`) rings.
    fn wake(&mut self, config: &Self::Config, tag: u32, arg: u64, cx: &mut Cx<'_, '_>);

    /// A request came. Answer it once, now or later. The default refuses.
    fn ask(&mut self, _config: &Self::Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        cx.refuse(incoming, super::talk::Reason::Invalid);
    }

    /// The answer to a request of its own came.
    fn answer(&mut self, config: &Self::Config, call: CallId, reply: Reply, cx: &mut Cx<'_, '_>);

    /// The answer to a request of an earlier life came (it crashed in between).
    /// The default ends what comes back as [`super::talk::Reason::Crashed`].
    fn orphan(
        &mut self,
        _config: &Self::Config,
        _call: CallId,
        wire: WireId,
        reply: Reply,
        cx: &mut Cx<'_, '_>,
    ) {
        if !matches!(reply, Reply::Records { .. }) {
            for parcel in reply.parcels() {
                cx.ended(Some(wire), &parcel, super::talk::Reason::Crashed);
            }
        }
    }

    /// It crashes: what only its memory held is lost (`cx.ended`) or goes back to the log.
    fn crash(&mut self, _config: &Self::Config, _cx: &mut Cx<'_, '_>) {}

    /// It comes back after a crash; its old timers never ring.
    fn recover(&mut self, config: &Self::Config, cx: &mut Cx<'_, '_>);

    /// Whether the settings may change so now; a sentence if not. Pure.
    ///
    /// # Errors
    /// Why the service refuses the change, with values and the rule.
    fn admit(
        &self,
        _old: &Self::Config,
        _new: &Self::Config,
        _cx: &super::cx::View<'_>,
    ) -> Result<(), String> {
        Ok(())
    }

    /// The settings changed.
    fn reconfigure(&mut self, _old: &Self::Config, _new: &Self::Config, _cx: &mut Cx<'_, '_>) {}

    /// A command to its control plane.
    ///
    /// # Errors
    /// Why the service refuses it: AWS's error code, then a sentence.
    fn control(
        &mut self,
        _config: &Self::Config,
        _control: &Control,
        _cx: &mut Cx<'_, '_>,
    ) -> Result<(), String> {
        Err("This service has no such command.".to_owned())
    }

    /// A wire was added or removed, or the node at its other end changed.
    fn rewired(&mut self, _config: &Self::Config, _cx: &mut Cx<'_, '_>) {}

    /// The far end of `wire` reads again from `ordinal` of `shard` on (it lost what it had read
    /// since). Bookkeeping of custody, no call of AWS: only logs answer it.
    fn set_back(
        &mut self,
        _config: &Self::Config,
        _wire: WireId,
        _shard: u32,
        _ordinal: u64,
        _cx: &mut Cx<'_, '_>,
    ) {
    }

    /// What drawing and charts may see.
    fn gauges(&self, config: &Self::Config, view: &super::cx::View<'_>, out: &mut Gauges);

    /// What it holds now, record by record.
    fn custody(&self, config: &Self::Config, view: &super::cx::View<'_>, out: &mut Custody);

    /// A glance at what it holds now, for drawing: at most about `most` runs of records, those that
    /// come next, or of a log the newest of each lane. Takes no longer for a log of millions. The
    /// default takes the first of its custody; what keeps many runs has a quicker way.
    fn peek(
        &self,
        config: &Self::Config,
        view: &super::cx::View<'_>,
        most: usize,
        out: &mut Vec<Held>,
    ) {
        let mut custody = Custody::at_most(most);
        self.custody(config, view, &mut custody);
        custody.glance(out);
    }

    /// Bytes that its retained logs take of their budget.
    fn retained(&self) -> u64 {
        0
    }

    /// Names the pieces that copies share (sealed chunks of a log, long sets of record numbers), with what each takes
    /// and what a [`crate::base::footprint::Footprint`] counts of it all the same.
    fn pieces(&self, _see: &mut crate::base::footprint::See<'_>) {}

    /// What was used of each price so far.
    fn bill(&self, _config: &Self::Config, _view: &super::cx::View<'_>, _out: &mut Vec<PriceLine>) {
    }

    /// What its items say of the products or accounts in `out.wanted`, for a table that keeps
    /// them; sets `out.told`. The default says nothing: the ledger then adds up what the sink was
    /// handed. Asked of services that called [`Cx::track`] only.
    fn beliefs(&self, _config: &Self::Config, _view: &super::cx::View<'_>, _out: &mut Beliefs) {}

    /// Problems of its settings and wires that no single field's range shows.
    fn check(_config: &Self::Config, _wiring: &Wiring, _out: &mut Vec<Problem>) {}

    /// The node as code; `None` for what is not AWS.
    fn snippet(_config: &Self::Config, _wiring: &Wiring, _lang: Lang) -> Option<String> {
        None
    }

    /// Brings lazily kept values to `now`.
    fn normalise(&mut self, _config: &Self::Config, _now: Us) {}

    /// Panics if the state is impossible; called after events in tests.
    fn assert_invariants(&self, _config: &Self::Config) {}
}

/// What one file must provide to be a wire kind. `Self` is its run-time state.
pub trait Link: Clone + Debug + Hash {
    /// What AWS keeps on the wire.
    type Config: Clone + Debug + Default + PartialEq + Hash + 'static;
    /// What it says of itself.
    const ENTRY: WireEntry;
    /// Its settings, described.
    const FIELDS: &'static [Field<Self::Config>];

    /// State at the start of its life; an active kind (a mapping) schedules its first wakes.
    fn start(config: &Self::Config, cx: &mut Cx<'_, '_>) -> Self;

    /// A timer that it set rings.
    fn wake(&mut self, _config: &Self::Config, _tag: u32, _arg: u64, _cx: &mut Cx<'_, '_>) {}

    /// The answer to a request of its own came.
    fn answer(
        &mut self,
        _config: &Self::Config,
        _call: CallId,
        _reply: Reply,
        _cx: &mut Cx<'_, '_>,
    ) {
    }

    /// The sending end sent a request over the wire (only to an active kind: a stream that pushes
    /// to a mapping). Answer it once. The default refuses.
    fn ask(&mut self, _config: &Self::Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        cx.refuse(incoming, super::talk::Reason::Invalid);
    }

    /// The settings changed.
    fn reconfigure(&mut self, _old: &Self::Config, _new: &Self::Config, _cx: &mut Cx<'_, '_>) {}

    /// Adds to what is seen of the receiving node: pollers, the batch being gathered.
    fn gauges(&self, _config: &Self::Config, _view: &super::cx::View<'_>, _out: &mut Gauges) {}

    /// Problems of its settings between these ends that no single field's range shows.
    fn check(_config: &Self::Config, _ends: &Ends, _out: &mut Vec<Problem>) {}

    /// What AWS keeps on the wire as code; `None` where it keeps nothing.
    fn snippet(_config: &Self::Config, _ends: &Ends, _lang: Lang) -> Option<String> {
        None
    }

    /// Brings lazily kept values to `now`.
    fn normalise(&mut self, _config: &Self::Config, _now: Us) {}

    /// Time that a request, and again its answer, is on the way [us].
    fn delay(_config: &Self::Config) -> Us {
        0
    }

    /// Where a reader over this wire starts without a checkpoint.
    fn start_at(_config: &Self::Config) -> super::talk::StartAt {
        super::talk::StartAt::TrimHorizon
    }

    /// What it holds now. The tally of the receiving node counts it.
    fn custody(&self, _config: &Self::Config, _out: &mut Custody) {}
}

/// State with its settings.
#[derive(Debug)]
pub struct Part<S, C> {
    /// The settings, shared between checkpoints.
    pub config: std::sync::Arc<C>,
    /// The state.
    pub state: S,
}

/// Not derived, so that each service's copy is a function of its own.
impl<S: Clone, C> Clone for Part<S, C> {
    #[inline(never)]
    fn clone(&self) -> Self {
        Self {
            config: std::sync::Arc::clone(&self.config),
            state: self.state.clone(),
        }
    }
}

/// Not derived, so that each service's part of a digest is a function of its own.
impl<S: std::hash::Hash, C: std::hash::Hash> std::hash::Hash for Part<S, C> {
    #[inline(never)]
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.config.hash(state);
        self.state.hash(state);
    }
}
