//! What drawing and panels may see of a service: plain numbers, filled into reused buffers.

use crate::base::time::Us;

/// The five states, read from across a room and said in words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Little to do.
    #[default]
    Calm,
    /// Works near its limit.
    Busy,
    /// Cannot keep up; what waits grows old.
    Behind,
    /// Turns work away.
    Refusing,
    /// Does not answer.
    Down,
}

impl State {
    /// The key of its word in the text files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Calm => "state.calm",
            Self::Busy => "state.busy",
            Self::Behind => "state.behind",
            Self::Refusing => "state.refusing",
            Self::Down => "state.down",
        }
    }
}

/// A number with its meaning; the label lies in the text files under `gauge.<key>`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// `in_rate`, `backlog`, `iterator_age`.
    pub key: &'static str,
    /// The value.
    pub value: f64,
    /// `rec/s`, `records`, `s`, `B`, `%`.
    pub unit: &'static str,
    /// The limit it is held against, if any.
    pub limit: Option<f64>,
}

/// One lane inside a node: a shard, a server, a till.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneGauge {
    /// Shard number, till number.
    pub id: u32,
    /// Whether it takes work (false: a closed shard that is still read).
    pub open: bool,
    /// Records that asked to come in, so far.
    pub tried: u64,
    /// Records let in, so far.
    pub admitted: u64,
    /// Records refused, so far.
    pub refused: u64,
    /// Bytes let in, so far [B].
    pub bytes: u64,
    /// What the records bucket holds, of `records_capacity`.
    pub records_level: u64,
    /// Capacity of the records bucket; also refilled per second.
    pub records_capacity: u64,
    /// What the bytes bucket holds, of `bytes_capacity` [B].
    pub bytes_level: u64,
    /// Capacity of the bytes bucket; also refilled per second [B].
    pub bytes_capacity: u64,
    /// Records kept and not yet handed to the slowest reader.
    pub waiting: u64,
    /// Age of the oldest of those [us].
    pub oldest_us: Us,
    /// Start of its hash range as a share of the ring, 0..1.
    pub from: f32,
    /// End of its hash range as a share of the ring, 0..1.
    pub to: f32,
}

/// A tank: a level against a size.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tank {
    /// Key of its label.
    pub key: &'static str,
    /// How full, in `unit`.
    pub level: f64,
    /// Size, in `unit`.
    pub size: f64,
    /// The unit.
    pub unit: &'static str,
}

/// All that is seen of one node.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gauges {
    /// The state.
    pub state: State,
    /// Numbers, the most telling first.
    pub readings: Vec<Reading>,
    /// Lanes, in order of their ids.
    pub lanes: Vec<LaneGauge>,
    /// Tanks.
    pub tanks: Vec<Tank>,
}

impl Gauges {
    /// Empties the buffers and keeps their memory.
    pub fn clear(&mut self) {
        self.state = State::Calm;
        self.readings.clear();
        self.lanes.clear();
        self.tanks.clear();
    }

    /// Adds a reading.
    pub fn read(&mut self, key: &'static str, value: f64, unit: &'static str) {
        self.readings.push(Reading {
            key,
            value,
            unit,
            limit: None,
        });
    }

    /// Adds a reading that is held against a limit.
    pub fn read_of(&mut self, key: &'static str, value: f64, unit: &'static str, limit: f64) {
        self.readings.push(Reading {
            key,
            value,
            unit,
            limit: Some(limit),
        });
    }
}
