//! What is seen of a table, and what it costs.

use super::capacity::Capacity;
use super::settings::Config;
use super::units::UNIT;
use super::{DynamoDb, figures};
use crate::base::time::{DAY, HOUR, SECOND, Us};
use crate::base::units::GIB;
use crate::catalog::PriceLine;
use crate::services::cx::View;
use crate::services::gauges::{Gauges, LaneGauge, State, Tank};

/// A month of storage, as AWS counts it [us].
const MONTH: Us = 30 * DAY;

/// What was used so far of what is paid by time or request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Meter {
    at: Us,
    write_us: u128,
    read_us: u128,
    byte_us: u128,
    /// Requested on demand [milli-units].
    write_milli: u64,
    read_milli: u64,
}

impl Meter {
    /// Nothing used yet.
    #[must_use]
    pub(super) fn starting(now: Us) -> Self {
        Self {
            at: now,
            ..Self::default()
        }
    }

    /// Counts written units, if they are paid one by one [milli-units].
    pub(super) fn write(&mut self, capacity: &Capacity, milli: u64) {
        self.write_milli += if capacity.on_demand() { milli } else { 0 };
    }

    /// Counts read units, if they are paid one by one [milli-units].
    pub(super) fn read(&mut self, capacity: &Capacity, milli: u64) {
        self.read_milli += if capacity.on_demand() { milli } else { 0 };
    }

    /// Counts the time up to `now`.
    fn advance(&mut self, now: Us, (write, read): (u64, u64), bytes: u64) {
        let us = u128::from(now - self.at);
        self.at = now;
        self.write_us += u128::from(write) * us;
        self.read_us += u128::from(read) * us;
        self.byte_us += u128::from(bytes) * us;
    }
}

/// Units written in this second and the one before, for the state that is drawn [milli-units].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Pulse {
    second: u64,
    now: u64,
    before: u64,
}

impl Pulse {
    /// Adds units.
    pub(super) fn add(&mut self, now: Us, milli: u64) {
        *self = self.at(now);
        self.now += milli;
    }

    fn at(self, now: Us) -> Self {
        let second = now / SECOND;
        match second.saturating_sub(self.second) {
            0 => self,
            1 => Self {
                second,
                now: 0,
                before: self.now,
            },
            _ => Self {
                second,
                ..Self::default()
            },
        }
    }

    /// The fuller of the two seconds [milli-units/s].
    #[must_use]
    fn rate(self, now: Us) -> u64 {
        let seen = self.at(now);
        seen.now.max(seen.before)
    }
}

/// A stretch of unit-time in millionths of an hour.
fn hours(us: u128) -> u128 {
    us * 1_000_000 / u128::from(HOUR)
}

impl DynamoDb {
    /// Counts the time so far, before anything changes that is paid by time.
    pub(super) fn advance_meter(&mut self, view: &View<'_>) {
        self.meter = self.meter_at(view);
    }

    fn meter_at(&self, view: &View<'_>) -> Meter {
        let mut meter = self.meter;
        let (mut write, read) = self.capacity.provisioned();
        write += self.index.as_ref().map_or(0, |index| index.provisioned().0);
        let free = view.figure(&figures::FREE_GB) * GIB;
        let bytes = self.items.bytes.saturating_sub(free);
        meter.advance(view.now, (write, read), bytes);
        meter
    }

    pub(super) fn list_bill(&self, view: &View<'_>, out: &mut Vec<PriceLine>) {
        let meter = self.meter_at(view);
        let gib = meter.byte_us / u128::from(GIB);
        let lines = [
            (&figures::WRITE_HOUR, hours(meter.write_us)),
            (&figures::READ_HOUR, hours(meter.read_us)),
            (
                &figures::WRITE_REQUEST,
                u128::from(meter.write_milli) * 1_000,
            ),
            (&figures::READ_REQUEST, u128::from(meter.read_milli) * 1_000),
            (&figures::STORAGE, gib * 1_000_000 / u128::from(MONTH)),
        ];
        let paid = |micro_units: &u128| *micro_units > 0;
        for (price, micro_units) in lines.into_iter().filter(|(_, used)| paid(used)) {
            out.push(PriceLine { price, micro_units });
        }
    }

    pub(super) fn list_gauges(&self, _config: &Config, view: &View<'_>, out: &mut Gauges) {
        let now = view.now;
        let mut capacity = self.capacity.clone();
        capacity.roll(now);
        let units = |milli: u64| milli as f64 / UNIT as f64;
        let limit = capacity.write.per_s();
        let rate = self.pulse.rate(now);
        out.read_of("consumed", units(rate), "units/s", limit as f64);
        out.read("items", self.items.count as f64, "items");
        if !capacity.on_demand() {
            let (level, size) = (capacity.write.available(now), capacity.write.capacity());
            out.read_of("burst", units(level), "units", units(size));
            out.tanks.push(tank("burst", units(level), units(size)));
            let (level, size) = (capacity.read.available(now), capacity.read.capacity());
            out.tanks
                .push(tank("burst_reads", units(level), units(size)));
        }
        if let Some(index) = &self.index {
            let mut index = index.clone();
            index.roll(now);
            let (level, size) = (index.write.available(now), index.write.capacity());
            out.tanks.push(tank("index", units(level), units(size)));
        }
        if self.items.approximates {
            out.read("approximates", 1.0, "");
        }
        self.list_lanes(&capacity, now, out);
        let refusing = self.refused_at.is_some_and(|at| at + SECOND > now);
        out.state = match () {
            () if view.down() => State::Down,
            () if refusing => State::Refusing,
            () if rate * 10 > limit * UNIT * 8 => State::Busy,
            () => State::Calm,
        };
    }

    fn list_lanes(&self, capacity: &Capacity, now: Us, out: &mut Gauges) {
        let n = capacity.partitions.len() as f32;
        let (write, read) = capacity.per_partition();
        for (id, partition) in (0_u32..).zip(&capacity.partitions) {
            out.lanes.push(LaneGauge {
                id,
                open: true,
                tried: partition.tried,
                admitted: partition.admitted,
                refused: partition.tried - partition.admitted,
                bytes: partition.bytes,
                records_level: partition.write_left(now) / UNIT,
                records_capacity: write,
                bytes_level: partition.read_left(now) / UNIT,
                bytes_capacity: read,
                from: id as f32 / n,
                to: (id + 1) as f32 / n,
                ..LaneGauge::default()
            });
        }
    }
}

fn tank(key: &'static str, level: f64, size: f64) -> Tank {
    Tank {
        key,
        level,
        size,
        unit: "units",
    }
}
