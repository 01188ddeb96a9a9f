//! S3: a bucket that keeps objects under keys by year, month, day and hour.
//!
//! ```text
//!   PutObject --one object a record, or one a call--> 2026/11/01/09/000000000042
//!   on-failure --the records themselves--------------> the same
//! ```
//!
//! A sink: what is kept is delivered. It keeps runs of objects that are alike, not each by itself.

mod fields;
mod figures;
mod show;
mod snippet;
mod store;

#[cfg(test)]
mod tests;

use super::contract::{Custody, Incoming, Lang, Problem, Service, Wiring};
use super::cx::{Cx, View};
use super::gauges::Gauges;
use super::talk::{Ask, ObjectCall, Parcel, Reason, Reply};
use crate::base::time::{DAY, MINUTE, Us};
use crate::catalog::{Api, Dir, Entry, Family, Field, Intake, Metric, Port, PriceLine, Stat};
use crate::kernel::CallId;

pub use store::key;

/// `objects` in files.
const OBJECTS: &[&str] = &["record", "batch"];

const TAG_DAY: u32 = 1;

/// Indexes into `ENTRY.metrics`.
mod metric {
    pub(super) const PUTS: usize = 0;
    pub(super) const GETS: usize = 1;
    pub(super) const LISTS: usize = 2;
    pub(super) const UPLOADED: usize = 3;
    pub(super) const DOWNLOADED: usize = 4;
    pub(super) const ERRORS: usize = 5;
    pub(super) const OBJECTS: usize = 6;
    pub(super) const SIZE: usize = 7;
}

const fn metric(name: &'static str, stat: Stat, unit: &'static str) -> Metric {
    Metric {
        name,
        stat,
        unit,
        per_lane: false,
    }
}

/// Settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Config {
    /// One object a call and not one a record.
    pub batch: bool,
    /// Records that come later than this after they were made count as late [us].
    pub late_after: Us,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            batch: true,
            late_after: 5 * MINUTE,
        }
    }
}

/// A bucket.
#[derive(Clone, Debug, Hash)]
pub struct S3 {
    store: store::Store,
    meter: show::Meter,
    /// When a call was last refused [us].
    refused_at: Option<Us>,
}

impl Service for S3 {
    type Config = Config;
    const ENTRY: Entry = Entry {
        id: "s3",
        name: "S3 bucket",
        family: Family::Storage,
        aws: true,
        ports: &[Port {
            dir: Dir::In,
            kinds: &["put", "on-failure"],
            wires_max: 64,
        }],
        metrics: &[
            metric("PutRequests", Stat::Sum, "Count"),
            metric("GetRequests", Stat::Sum, "Count"),
            metric("ListRequests", Stat::Sum, "Count"),
            metric("BytesUploaded", Stat::Sum, "Bytes"),
            metric("BytesDownloaded", Stat::Sum, "Bytes"),
            metric("4xxErrors", Stat::Sum, "Count"),
            metric("NumberOfObjects", Stat::Maximum, "Count"),
            metric("BucketSizeBytes", Stat::Maximum, "Bytes"),
        ],
        figures: figures::ALL,
        prices: figures::PRICES,
        faults: &["crash", "slow", "refuse", "lost-ack"],
        intake: Some(Intake {
            call_records: &figures::CALL_RECORDS,
            call_bytes: &figures::OBJECT_BYTES,
            api: Api::Other,
        }),
    };
    const FIELDS: &'static [Field<Config>] = fields::FIELDS;

    fn start(_config: &Config, cx: &mut Cx<'_, '_>) -> Self {
        cx.wake(next_day(cx.now()), TAG_DAY, 0);
        Self {
            store: store::Store::default(),
            meter: show::Meter::starting(cx.now()),
            refused_at: None,
        }
    }

    fn wake(&mut self, _config: &Config, _tag: u32, _arg: u64, cx: &mut Cx<'_, '_>) {
        // storage metrics come once a day
        cx.count(metric::OBJECTS, None, self.store.objects());
        cx.count(metric::SIZE, None, self.store.bytes());
        cx.wake(next_day(cx.now()), TAG_DAY, 0);
    }

    fn ask(&mut self, config: &Config, incoming: Incoming, cx: &mut Cx<'_, '_>) {
        let reply = match &incoming.ask {
            Ask::Put { entries, batched } => {
                let whole = *batched && config.batch;
                match self.put(config, incoming.wire, entries, whole, cx) {
                    Ok(()) => Reply::Put { failed: Vec::new() },
                    Err(reason) => return cx.refuse(incoming, reason),
                }
            }
            Ask::DeadLetter { parcels, .. } => {
                match self.put(config, incoming.wire, parcels, true, cx) {
                    Ok(()) => Reply::Done,
                    Err(reason) => return cx.refuse(incoming, reason),
                }
            }
            Ask::Object(call) => self.look(call, cx),
            _ => return cx.refuse(incoming, Reason::Invalid),
        };
        cx.reply(incoming.call, reply);
    }

    fn answer(&mut self, _config: &Config, _call: CallId, _reply: Reply, _cx: &mut Cx<'_, '_>) {}

    fn recover(&mut self, _config: &Config, cx: &mut Cx<'_, '_>) {
        cx.wake(next_day(cx.now()), TAG_DAY, 0);
    }

    fn gauges(&self, _config: &Config, view: &View<'_>, out: &mut Gauges) {
        self.list_gauges(view, out);
    }

    fn custody(&self, _config: &Config, _view: &View<'_>, _out: &mut Custody) {}

    fn bill(&self, _config: &Config, view: &View<'_>, out: &mut Vec<PriceLine>) {
        self.list_bill(view, out);
    }

    fn check(config: &Config, wiring: &Wiring, out: &mut Vec<Problem>) {
        fields::check(config, wiring, out);
    }

    fn snippet(_config: &Config, wiring: &Wiring, lang: Lang) -> Option<String> {
        Some(snippet::of(wiring, lang))
    }

    fn assert_invariants(&self, _config: &Config) {
        self.store.assert_sound();
    }
}

impl S3 {
    /// PutObject: one object of all records, or one of each.
    fn put(
        &mut self,
        config: &Config,
        wire: super::talk::WireId,
        parcels: &[Parcel],
        whole: bool,
        cx: &mut Cx<'_, '_>,
    ) -> Result<(), Reason> {
        let size = |parcel: &Parcel| u64::from(parcel.n) * u64::from(parcel.bytes_each);
        let bytes: u64 = parcels.iter().map(size).sum();
        let most = cx.figure(&figures::OBJECT_BYTES);
        // a single record is never so large
        if whole && bytes > most {
            self.refused_at = Some(cx.now());
            cx.count(metric::ERRORS, None, 1);
            return Err(Reason::TooLarge);
        }
        self.advance(cx.now());
        let mut objects = 0;
        for parcel in parcels {
            let n = u64::from(parcel.n);
            cx.took(n);
            cx.delivered(wire, parcel, config.late_after);
            if !whole {
                self.store.add(n, u64::from(parcel.bytes_each), cx.now());
                objects += n;
            }
        }
        if whole && !parcels.is_empty() {
            self.store.add(1, bytes, cx.now());
            objects = 1;
        }
        self.meter.put(objects, cx.now());
        cx.count(metric::PUTS, None, objects);
        cx.count(metric::UPLOADED, None, bytes);
        Ok(())
    }

    /// GetObject, ListObjectsV2.
    fn look(&mut self, call: &ObjectCall, cx: &mut Cx<'_, '_>) -> Reply {
        match call {
            ObjectCall::Get { number } => {
                self.meter.get();
                cx.count(metric::GETS, None, 1);
                let bytes = self.store.size_of(*number);
                cx.count(metric::DOWNLOADED, None, bytes.unwrap_or(0));
                if bytes.is_none() {
                    cx.count(metric::ERRORS, None, 1);
                }
                let objects = u64::from(bytes.is_some());
                let (bytes, next) = (bytes.unwrap_or(0), None);
                Reply::Objects {
                    objects,
                    bytes,
                    next,
                }
            }
            ObjectCall::List { hour, from } => {
                self.meter.list();
                cx.count(metric::LISTS, None, 1);
                let most = cx.figure(&figures::LIST_KEYS);
                let (objects, bytes, next) = self.store.list(*hour, *from, most);
                Reply::Objects {
                    objects,
                    bytes,
                    next,
                }
            }
        }
    }

    /// Counts the time so far, before the size changes.
    fn advance(&mut self, now: Us) {
        self.meter.advance(now, self.store.bytes());
    }
}

/// The next full day [us].
fn next_day(now: Us) -> Us {
    (now / DAY + 1) * DAY
}
