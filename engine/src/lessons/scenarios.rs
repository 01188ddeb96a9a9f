//! The scenarios, and the figures that the tests and the runner hold them to.
//!
//! One file a world (`shop`, `bank`) says what stands in each; `parts` makes nodes and wires.

use super::parts::set;
use super::{bank, shop};
use crate::base::time::{MINUTE, SECOND, Us};
use crate::design::edit::EditError;
use crate::design::file::{Act as InputAct, FaultSpec, Input};
use crate::design::{Design, World};

/// A number that must come out, found in the report by a path such as
/// `nodes/stream/shards/2/metrics/IncomingRecords`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figure {
    /// What it says, in words.
    pub name: &'static str,
    /// Where it stands in the report; names and numbers of list entries, joined by `/`.
    pub path: &'static str,
    /// What must come out.
    pub value: f64,
    /// By how much it may differ.
    pub tolerance: f64,
}

/// Something that happens at a time.
#[derive(Clone, Copy, Debug)]
pub enum What {
    /// A setting changes: node or pattern, field, value.
    Set(&'static str, &'static str, &'static str),
    /// A fault begins: node, kind, how long.
    Fault(&'static str, &'static str, &'static str),
}

/// A variant of a scenario.
#[derive(Clone, Copy, Debug)]
pub struct Act {
    /// Its id.
    pub id: &'static str,
    /// The design that it starts from, where it is not the scenario's.
    pub build: Option<fn() -> Result<Design, EditError>>,
    /// Settings that differ from that design's: (node or pattern, field, value).
    pub settings: &'static [(&'static str, &'static str, &'static str)],
    /// What happens at times [us].
    pub inputs: &'static [(Us, What)],
    /// What must come out at the scenario's end.
    pub figures: &'static [Figure],
}

impl Act {
    /// The scenario itself under a name.
    pub(super) const fn plain(id: &'static str, figures: &'static [Figure]) -> Self {
        Self {
            id,
            build: None,
            settings: &[],
            inputs: &[],
            figures,
        }
    }
}

/// A design that loads in one step.
#[derive(Clone, Copy, Debug)]
pub struct Scenario {
    /// Its id.
    pub id: &'static str,
    /// `shop` or `bank`.
    pub world: &'static str,
    /// How long it runs [us].
    pub until: Us,
    /// Variants; the first is the scenario itself.
    pub acts: &'static [Act],
    /// The design.
    pub build: fn() -> Result<Design, EditError>,
}

/// A fixed run: (scenario, time, digest), seed 7, natively and in the browser. A digest changes
/// only with behaviour, or all of them with the encoding of state.
pub const DIGESTS: &[(&str, Us, &str)] = &[
    ("first-light", 60 * SECOND, "720ea9769e3e2c46"),
    ("first-light", 600 * SECOND, "0d5d713a55f65c20"),
    ("black-friday", 60 * SECOND, "e010fbfa1ba287e1"),
    ("black-friday", 600 * SECOND, "045144d60f2a5d4f"),
    ("live-inventory", 180 * SECOND, "13f050c686600051"),
    ("card-fraud", 300 * SECOND, "0f8e055eb731a4ca"),
    ("account-balance", 180 * SECOND, "7e5b7e073f639732"),
    ("throttled-writer", 600 * SECOND, "dba49a1bcf5a22cb"),
    ("trace", 120 * MINUTE, "6bcd29ef6691b384"),
];

/// All scenarios, in the order in which they are offered.
#[must_use]
pub fn list() -> &'static [Scenario] {
    &[
        shop::BLACK_FRIDAY,
        shop::LIVE_INVENTORY,
        bank::CARD_FRAUD,
        bank::ACCOUNT_BALANCE,
        bank::THROTTLED_WRITER,
        shop::FIRST_LIGHT,
        shop::TRACE,
    ]
}

/// The scenario with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Scenario> {
    list().iter().find(|scenario| scenario.id == id)
}

impl Scenario {
    /// The act with this id; the first one if none is named.
    #[must_use]
    pub fn act(&self, id: Option<&str>) -> Option<&'static Act> {
        match id {
            None => self.acts.first(),
            Some(id) => self.acts.iter().find(|act| act.id == id),
        }
    }

    /// Design and inputs of an act.
    ///
    /// # Errors
    /// If the scenario does not fit the catalogue; tests load every act.
    pub fn load(&self, act: &Act) -> Result<(Design, Vec<Input>), EditError> {
        let mut design = (act.build.unwrap_or(self.build))()?;
        for (at, field, value) in act.settings {
            design = design.apply(&set(at, field, value))?;
        }
        design.layout.world = World::parse(self.world).unwrap_or_default();
        let inputs = (0..).zip(act.inputs).map(|(n, (at_us, what))| Input {
            at_us: *at_us,
            n,
            act: match what {
                What::Set(at, field, value) => InputAct::Edit(set(at, field, value)),
                What::Fault(node, kind, lasts) => InputAct::Fault(FaultSpec {
                    node: (*node).to_owned(),
                    kind: (*kind).to_owned(),
                    lasts: (*lasts).to_owned(),
                    times: None,
                    percent: None,
                }),
            },
        });
        Ok((design, inputs.collect()))
    }
}
