//! What moves by the wall clock: marks in flight, badges, eased bars. The engine never reads it.
//!
//! Time here is wall seconds that pass while playing; paused, everything stands still. Bars ease
//! over about 2.5 s, figures never. After a jump of the cursor bars stand at their values at once.

use crate::base::sorted::SortedMap;
use crate::base::time::Us;
use crate::catalog::Family;
use crate::run::frame::{Frame, LaneRate, Mark, NodeFrame, Refusal};
use crate::services::gauges::{LaneGauge, Reading};
use crate::services::talk::{NodeId, WireId};

/// A mark crosses its wire in this time [wall s].
pub const FLIGHT: f64 = 0.6;
/// A refused mark is seen to fall back for this time [wall s].
pub const BOUNCE: f64 = 0.45;
/// A badge is seen for this time [wall s].
pub const BADGE: f64 = 3.0;
/// Marks a wall second and wire.
pub const MARKS_PER_S: f64 = 12.0;
/// Marks wait at most this long to leave, so that they are evenly spaced [wall s].
const QUEUE: f64 = 0.3;
/// A lane shows its badge again after this time at the earliest [wall s].
const BADGE_REST: f64 = 9.0;
/// Badges of one node that may be seen at once: they share one place.
const BADGES_AT_ONCE: usize = 1;
/// A way to a lane that no mark takes any more is gone after about this time [wall s].
const WAY_REST: f64 = 4.0;
/// Bars come within 5 % of their value in three of these: 2.5 s.
const EASE: f64 = 2.5 / 3.0;
/// Lanes whose bars are eased one by one; a heat map of more shows its values as they are.
const EASED_MAX: usize = 1_024;

/// A mark on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Flight {
    /// The record that it shows.
    pub mark: Mark,
    /// When it leaves [wall s of this motion].
    pub born: f64,
    /// Its number among those of its wire: a short wire shows every second or third.
    pub number: u32,
}

/// A badge at a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Badge {
    /// What it says.
    pub refusal: Refusal,
    /// When it was put up [wall s of this motion].
    pub born: f64,
}

/// Shares of one lane, eased.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneBars {
    /// Records let in against the limit.
    pub load: f64,
    /// Records refused against the limit.
    pub excess: f64,
    /// Bytes let in against the limit.
    pub bytes: f64,
    /// How full the records bucket is.
    pub records_level: f64,
    /// How full the bytes bucket is.
    pub bytes_level: f64,
}

/// Shares of one node, eased.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeBars {
    /// Its load: a reading against its limit, or its rate against the scale of its kind.
    pub load: f64,
    /// Its tanks.
    pub tanks: Vec<f64>,
    /// Its lanes.
    pub lanes: Vec<LaneBars>,
}

/// All that moves.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Motion {
    /// Wall seconds played.
    pub wall: f64,
    /// Whether marks fly; without it wires carry a figure.
    pub reduced: bool,
    at: Us,
    peak: f64,
    flights: Vec<Flight>,
    bars: SortedMap<NodeId, NodeBars>,
    badges: SortedMap<(NodeId, u32), Badge>,
    ways: SortedMap<(WireId, u32), f64>,
    next_mark: SortedMap<WireId, (f64, u32)>,
}

impl Motion {
    /// Nothing in flight.
    #[must_use]
    pub fn new(reduced: bool) -> Self {
        Self {
            reduced,
            ..Self::default()
        }
    }

    /// Wall time passed and a frame was filled.
    pub fn step(&mut self, wall_dt_s: f64, frame: &Frame, playing: bool) {
        let dt = if playing {
            wall_dt_s.clamp(0.0, 0.25)
        } else {
            0.0
        };
        self.wall += dt;
        let jumped = frame.at < self.at || (!playing && frame.at != self.at);
        if frame.at < self.at {
            self.flights.clear();
            self.badges.clear();
            self.ways.clear();
            self.next_mark.clear();
        }
        self.at = frame.at;
        self.ease(dt, frame, jumped);
        if playing {
            self.spawn(frame);
        }
        self.land(frame, dt);
        self.badges
            .retain(|(node, lane), _| takes_work(frame, *node, *lane));
    }

    /// Forgets everything: another run.
    pub fn reset(&mut self) {
        *self = Self::new(self.reduced);
    }

    /// Sends a mark on its way, whatever else flies: for pictures and benchmarks.
    pub fn send(&mut self, flight: Flight) {
        self.flights.push(flight);
    }

    /// Marks that have left: with the share of the wire that lies behind them (above 1 while one
    /// that was refused falls back).
    pub fn flying(&self) -> impl Iterator<Item = (&Flight, f64)> {
        self.flights
            .iter()
            .filter(|flight| flight.born <= self.wall)
            .map(|flight| (flight, (self.wall - flight.born) / FLIGHT))
    }

    /// The bars of a node.
    #[must_use]
    pub fn bars(&self, node: NodeId) -> Option<&NodeBars> {
        self.bars.get(&node)
    }

    /// The newest refusal of a lane and how much of its badge is still seen, 0..1.
    #[must_use]
    pub fn badge(&self, node: NodeId, lane: u32) -> Option<(Refusal, f64)> {
        let badge = self.badges.get(&(node, lane))?;
        let age = self.wall - badge.born;
        let left = BADGE - age;
        Some((
            badge.refusal,
            (left / 0.6).min(age / 0.12 + 0.2).clamp(0.0, 1.0),
        ))
    }

    /// The badge of a node that is seen: its lane, what it says, how much of it is seen, 0..1.
    #[must_use]
    pub fn newest_badge(&self, node: NodeId) -> Option<(u32, Refusal, f64)> {
        let all = self.badges.range((node, 0)..=(node, u32::MAX));
        let newest = all.max_by(|(_, a), (_, b)| a.born.total_cmp(&b.born));
        let ((_, lane), _) = newest?;
        let (refusal, seen) = self.badge(node, *lane)?;
        (seen > 0.0).then_some((*lane, refusal, seen))
    }

    /// Lanes that marks of a wire took of late, with how lately, 0..1.
    pub fn ways(&self, wire: WireId) -> impl Iterator<Item = (u32, f64)> + '_ {
        self.ways
            .range((wire, 0)..=(wire, u32::MAX))
            .map(|((_, lane), strength)| (*lane, strength.clamp(0.0, 1.0)))
    }

    fn ease(&mut self, dt: f64, frame: &Frame, jumped: bool) {
        let sources = frame
            .nodes
            .iter()
            .filter(|node| node.kind.entry().family == Family::Sources);
        let top = sources.map(|node| node.out_rate).fold(0.0, f64::max);
        self.peak = self.peak.max(top);
        let scale = scale_of(self.peak);
        self.bars.retain(|id, _| frame.node(*id).is_some());
        for node in &frame.nodes {
            let fresh = !self.bars.contains_key(&node.id);
            let bars = self.bars.entry(node.id).or_default();
            let step = if jumped || fresh {
                1.0
            } else {
                1.0 - libm::exp(-dt / EASE)
            };
            ease_node(bars, node, scale, step);
        }
    }

    fn spawn(&mut self, frame: &Frame) {
        let mut by_wire: SortedMap<WireId, Vec<&Mark>> = SortedMap::new();
        for mark in &frame.marks {
            by_wire.entry(mark.wire).or_default().push(mark);
        }
        for (wire, marks) in by_wire {
            let (next, number) = self.next_mark.entry(wire).or_insert((0.0, 0));
            let first = next.max(self.wall);
            let room = (self.wall + QUEUE - first) * MARKS_PER_S;
            if room < 0.0 {
                continue;
            }
            // what comes in one tick is spread over its whole length: the first are let in, the
            // last refused, and the marks must show both
            let leave = marks.len().min(room as usize + 1);
            let begin = *number as usize;
            for k in 0..leave {
                let mark = marks[(begin + k * marks.len() / leave) % marks.len()].clone();
                self.flights.push(Flight {
                    mark,
                    born: first + k as f64 / MARKS_PER_S,
                    number: *number,
                });
                *number = number.wrapping_add(1);
            }
            *next = first + leave as f64 / MARKS_PER_S;
        }
    }

    fn land(&mut self, frame: &Frame, dt: f64) {
        for strength in self.ways.values_mut() {
            *strength -= dt / WAY_REST;
        }
        self.ways.retain(|_, strength| *strength > 0.02);
        for flight in &self.flights {
            let Some(lane) = flight.mark.to_lane else {
                continue;
            };
            if flight.born <= self.wall {
                let way = self.ways.entry((flight.mark.wire, lane)).or_insert(0.0);
                *way = (*way + dt * 4.0).min(1.5);
            }
            let landed = flight.born + FLIGHT <= self.wall;
            let to = frame.wire(flight.mark.wire);
            if let (true, Some(refusal), Some(wire)) = (landed, flight.mark.refused, to) {
                put_up(&mut self.badges, (wire.to, lane), refusal, self.wall);
            }
        }
        let (wall, reduced) = (self.wall, self.reduced);
        self.flights.retain(|flight| {
            let fall = if flight.mark.refused.is_some() && !reduced {
                BOUNCE
            } else {
                0.0
            };
            wall < flight.born + FLIGHT + fall
        });
    }
}

/// Whether the lane is there and open: what a closed one refused is of the past.
fn takes_work(frame: &Frame, node: NodeId, lane: u32) -> bool {
    frame.node(node).is_some_and(|node| {
        let lanes = &node.gauges.lanes;
        let ix = lanes.binary_search_by_key(&lane, |lane| lane.id);
        ix.is_ok_and(|ix| lanes[ix].open)
    })
}

/// Puts a badge up, unless one hung there of late or another one is still seen.
fn put_up(
    badges: &mut SortedMap<(NodeId, u32), Badge>,
    (node, lane): (NodeId, u32),
    refusal: Refusal,
    wall: f64,
) {
    let all = badges.range((node, 0)..=(node, u32::MAX));
    let seen = all.filter(|(_, badge)| wall < badge.born + BADGE).count();
    let before = badges.get(&(node, lane)).map(|badge| badge.born);
    let rested = before.is_none_or(|born| born + BADGE_REST <= wall);
    let born = if rested && seen < BADGES_AT_ONCE {
        wall
    } else {
        // not shown, and free to be shown as soon as the others are gone
        before.unwrap_or(wall - BADGE_REST)
    };
    badges.insert((node, lane), Badge { refusal, born });
}

/// A round number above the fastest source, at least 2,000 a second, so that bars can be compared.
fn scale_of(peak: f64) -> f64 {
    let mut scale = 2_000.0;
    while scale < peak {
        scale *= 2.0;
    }
    scale
}

fn share(value: f64, of: f64) -> f64 {
    if of > 0.0 { value / of } else { 0.0 }
}

fn ease_to(value: &mut f64, target: f64, step: f64) {
    *value += (target - *value) * step;
}

/// A node's rate against its limit; for what makes no records also any other reading with one.
fn limited(node: &NodeFrame) -> Option<f64> {
    let source = node.kind.entry().family == Family::Sources;
    let with_limit = |reading: &&Reading| reading.limit.is_some_and(|limit| limit > 0.0);
    let mut readings = node.gauges.readings.iter().filter(with_limit);
    let reading = readings.find(|reading| !source || reading.key == "rate")?;
    reading.limit.map(|limit| reading.value / limit)
}

fn ease_node(bars: &mut NodeBars, node: &NodeFrame, scale: f64, step: f64) {
    let load = limited(node).unwrap_or_else(|| share(node.out_rate, scale));
    ease_to(&mut bars.load, load, step);
    bars.tanks.resize(node.gauges.tanks.len(), 0.0);
    for (bar, tank) in bars.tanks.iter_mut().zip(&node.gauges.tanks) {
        ease_to(bar, share(tank.level, tank.size), step);
    }
    let lanes = &node.gauges.lanes;
    let step = if bars.lanes.len() != lanes.len() || lanes.len() > EASED_MAX {
        1.0
    } else {
        step
    };
    bars.lanes.resize(lanes.len(), LaneBars::default());
    for (ix, (bar, lane)) in bars.lanes.iter_mut().zip(lanes).enumerate() {
        let rate = node.rates.get(ix).copied().unwrap_or_default();
        ease_lane(bar, lane, &rate, step);
    }
}

fn ease_lane(bar: &mut LaneBars, lane: &LaneGauge, rate: &LaneRate, step: f64) {
    let (records, bytes) = (lane.records_capacity as f64, lane.bytes_capacity as f64);
    ease_to(&mut bar.load, share(rate.admitted, records), step);
    ease_to(&mut bar.excess, share(rate.refused, records), step);
    ease_to(&mut bar.bytes, share(rate.bytes, bytes), step);
    ease_to(
        &mut bar.records_level,
        share(lane.records_level as f64, records),
        step,
    );
    ease_to(
        &mut bar.bytes_level,
        share(lane.bytes_level as f64, bytes),
        step,
    );
}

#[cfg(test)]
mod tests;
