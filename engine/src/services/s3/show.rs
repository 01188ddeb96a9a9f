//! What is seen of a bucket, and what it costs.

use super::{S3, figures};
use crate::base::time::{DAY, SECOND, Us};
use crate::base::units::GIB;
use crate::catalog::PriceLine;
use crate::services::cx::View;
use crate::services::gauges::{Gauges, State};

/// A month of storage [us].
const MONTH: Us = 30 * DAY;

/// What was used so far of what is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Meter {
    at: Us,
    byte_us: u128,
    puts: u64,
    gets: u64,
    lists: u64,
    /// Objects put in this second and the one before.
    second: u64,
    now: u64,
    before: u64,
}

impl Meter {
    /// Nothing used yet.
    pub(super) fn starting(now: Us) -> Self {
        Self {
            at: now,
            ..Self::default()
        }
    }

    /// Counts the time up to `now`, in which so many bytes were kept.
    pub(super) fn advance(&mut self, now: Us, bytes: u64) {
        self.byte_us += u128::from(bytes) * u128::from(now - self.at);
        self.at = now;
    }

    fn turn(&mut self, now: Us) {
        let second = now / SECOND;
        self.before = match second - self.second {
            0 => return,
            1 => self.now,
            _ => 0,
        };
        (self.second, self.now) = (second, 0);
    }

    /// Objects were put.
    pub(super) fn put(&mut self, objects: u64, now: Us) {
        self.turn(now);
        self.now += objects;
        self.puts += objects;
    }

    /// An object was read.
    pub(super) fn get(&mut self) {
        self.gets += 1;
    }

    /// Objects were listed.
    pub(super) fn list(&mut self) {
        self.lists += 1;
    }

    /// Objects put in the fuller of the last two seconds.
    fn rate(mut self, now: Us) -> u64 {
        self.turn(now);
        self.now.max(self.before)
    }
}

impl S3 {
    pub(super) fn list_gauges(&self, view: &View<'_>, out: &mut Gauges) {
        let rate = self.meter.rate(view.now);
        let prefix = view.figure(&figures::PREFIX_PUTS);
        out.read("objects", self.store.objects() as f64, "");
        out.read("size", self.store.bytes() as f64, "B");
        out.read_of("put_rate", rate as f64, "objects/s", prefix as f64);
        let lately = |at: Us| view.now.saturating_sub(at) < SECOND;
        out.state = match () {
            () if view.down() => State::Down,
            () if self.refused_at.is_some_and(lately) => State::Refusing,
            // S3 would answer some of these with 503 Slow Down; here they are only shown
            () if rate > prefix => State::Behind,
            () if rate * 10 > prefix * 8 => State::Busy,
            () => State::Calm,
        };
    }

    pub(super) fn list_bill(&self, view: &View<'_>, out: &mut Vec<PriceLine>) {
        let mut meter = self.meter;
        meter.advance(view.now, self.store.bytes());
        let months = meter.byte_us * 1_000_000 / (u128::from(GIB) * u128::from(MONTH));
        let calls = |n: u64| u128::from(n) * 1_000_000;
        for (price, micro_units) in [
            (&figures::STORAGE, months),
            (&figures::PUT, calls(meter.puts + meter.lists)),
            (&figures::GET, calls(meter.gets)),
        ] {
            out.push(PriceLine { price, micro_units });
        }
    }
}
