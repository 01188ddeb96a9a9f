//! Tests of the table, each over a bench with requests from outside.

use crate::base::time::Us;
use crate::services::rig::Rig;
use crate::services::talk::{
    Ask, Condition, Parcel, Read, Reason, Reply, Write, WriteCall, WriteOp,
};

mod items;
mod limits;
mod paths;
mod reading;
mod showing;

/// A plain put, a call each.
const PUT: Write = Write {
    op: WriteOp::Put,
    condition: Condition::None,
    not_below_zero: false,
    call: WriteCall::Single,
};

/// A bench with a table "t" and a source that its wires come from.
fn table(settings: &[(&str, &str)]) -> Rig {
    let mut rig = Rig::new(7);
    rig.node("t", "dynamodb", settings);
    rig
}

/// Writes entries and gives what failed: records by reason; or why the call was refused.
fn write_reads(
    rig: &mut Rig,
    entries: Vec<Read>,
    write: Write,
) -> Result<Vec<(u32, Reason)>, Reason> {
    match rig.ask("t", Ask::Write { entries, write }) {
        Reply::Put { failed } => Ok(failed.into_iter().map(|f| (f.parcel.n, f.reason)).collect()),
        Reply::Refused { reason, .. } => Err(reason),
        other => panic!("not the answer to a write: {other:?}"),
    }
}

/// The same of records that no log has given a place.
fn write(rig: &mut Rig, parcels: &[Parcel], write: Write) -> Result<Vec<(u32, Reason)>, Reason> {
    let entries = parcels.iter().map(|parcel| Read::loose(*parcel)).collect();
    write_reads(rig, entries, write)
}

/// A load on some lanes, each with its rate, in steps of a tenth of a second: records let in and
/// refused in each whole second.
struct Load {
    rig: Rig,
    lanes: Vec<(u32, u64)>,
    bytes: u32,
}

impl Load {
    fn new(rig: Rig, keys: &[&str], bytes: u32) -> Self {
        let mut load = Self {
            rig,
            lanes: Vec::new(),
            bytes,
        };
        for key in keys {
            let lane = load.rig.lane(key, None);
            load.lanes.push((lane, 0));
        }
        load
    }

    /// Puts at these rates until `until`; gives what was let in and refused, by reason.
    fn run(&mut self, rates: &[u64], until: Us) -> (u64, std::collections::BTreeMap<Reason, u64>) {
        let step = 100_000;
        let (mut tried, mut refused) = (0, std::collections::BTreeMap::new());
        while self.rig.engine.now() < until {
            self.rig.run_to(self.rig.engine.now() + step);
            for ((lane, next), rate) in self.lanes.iter_mut().zip(rates) {
                let n = rate / 10;
                let parcel = self.rig.parcel(*lane, *next, n as u32, self.bytes);
                *next += n;
                tried += n;
                for (n, reason) in write(&mut self.rig, &[parcel], PUT).expect("single writes") {
                    *refused.entry(reason).or_default() += u64::from(n);
                }
            }
        }
        let sum: u64 = refused.values().sum();
        (tried - sum, refused)
    }
}
