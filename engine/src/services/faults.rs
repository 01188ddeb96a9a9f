//! Faults as inputs: what can befall any node, at a time, for a while.

use crate::base::rng::Rng;
use crate::base::time::{MS, Us};

/// What befalls a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fault {
    /// It stops and forgets what only its memory held; comes back when the time is over.
    Crash,
    /// Its answers and its own work take `times` as long.
    Slow {
        /// Factor, 2 and more.
        times: u32,
    },
    /// It refuses whole calls with an internal failure.
    Refuse {
        /// Share of the calls [per million].
        ppm: u32,
    },
    /// Its answers get lost, so that the client sends again.
    LostAck {
        /// Share of the answers [per million].
        ppm: u32,
    },
}

impl Fault {
    /// The id in files.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Slow { .. } => "slow",
            Self::Refuse { .. } => "refuse",
            Self::LostAck { .. } => "lost-ack",
        }
    }
}

/// Nominal time of an answer that a slow node multiplies [us]: "low tens of milliseconds" for a
/// PutRecord (aws-facts 1.2, unverified), so illustrative. Without the fault answers take no time.
pub const NOMINAL_ANSWER_US: Us = 10 * MS;

/// A client's time-out for an answer that never comes [us]: read_timeout of botocore, 60 s
/// (general knowledge, 2026-11, unverified); sources have it as a setting.
pub const CLIENT_TIMEOUT_US: Us = 60_000 * MS;

/// The faults that are on at a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Afflictions {
    /// Number of the fault within the run, and what it is.
    on: Vec<(u32, Fault)>,
}

impl Afflictions {
    /// A fault begins.
    pub fn begin(&mut self, number: u32, fault: Fault) {
        self.on.push((number, fault));
    }

    /// A fault ends; gives it back if it was on.
    pub fn end(&mut self, number: u32) -> Option<Fault> {
        let ix = self.on.iter().position(|(n, _)| *n == number)?;
        Some(self.on.remove(ix).1)
    }

    /// Whether the node is down.
    #[must_use]
    pub fn down(&self) -> bool {
        self.on.iter().any(|(_, fault)| *fault == Fault::Crash)
    }

    /// The product of all slowness, 1 if there is none.
    #[must_use]
    pub fn times(&self) -> u64 {
        let each = self.on.iter().map(|(_, fault)| match fault {
            Fault::Slow { times } => u64::from(*times).max(1),
            _ => 1,
        });
        each.fold(1, u64::saturating_mul).min(1_000_000)
    }

    /// Whether this call is refused; draws only while such a fault is on.
    pub fn refuses(&self, rng: &mut Rng) -> bool {
        self.on
            .iter()
            .any(|(_, fault)| matches!(fault, Fault::Refuse { ppm } if hit(rng, *ppm)))
    }

    /// Whether this answer is lost; draws only while such a fault is on.
    pub fn loses(&self, rng: &mut Rng) -> bool {
        self.on
            .iter()
            .any(|(_, fault)| matches!(fault, Fault::LostAck { ppm } if hit(rng, *ppm)))
    }

    /// What is on.
    pub fn iter(&self) -> impl Iterator<Item = &(u32, Fault)> {
        self.on.iter()
    }
}

fn hit(rng: &mut Rng, ppm: u32) -> bool {
    rng.below(1_000_000) < u64::from(ppm)
}
