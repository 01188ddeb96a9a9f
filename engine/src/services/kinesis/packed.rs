//! Sealed entries of a shard's log, close together: a busy hour has millions, and checkpoints share them.
//!
//! An entry takes 64 bytes where it is laid out; here about a third of that, for the entries of a chunk are alike: one
//! number follows the other, and sizes, lanes and times lie near each other.

use super::log::{Entry, Run, extra_of};
use crate::base::chunks::Sealed;
use crate::base::columns::Columns;
use crate::services::talk::{Op, Parcel};
use std::sync::Arc;

/// Numbers of an entry.
const NUMBERS: usize = 9;
/// Bytes of what stands before the columns, and of a pointer, on 64 bits.
const HEAD_BYTES: u64 = 120;
const POINTER_BYTES: u64 = 8;

const OPS: [Op; 5] = [Op::Count, Op::Sale, Op::Payment, Op::Account, Op::Listed];

/// Entries in order.
#[derive(Debug)]
pub(super) struct Packed {
    columns: Columns<NUMBERS>,
    /// Those of wide entries; none where no entry is wide.
    runs: Box<[Option<Arc<Vec<Run>>>]>,
    /// What they take [B].
    behind: u64,
}

/// An entry in numbers; times and numbers stand as distances where that keeps them small.
fn numbers(entry: &Entry) -> [u64; NUMBERS] {
    let parcel = &entry.parcel;
    [
        u64::from(parcel.lane),
        u64::from(parcel.n),
        parcel.first,
        entry.arrived.wrapping_sub(parcel.born),
        u64::from(parcel.span),
        u64::from(parcel.bytes_each),
        parcel.op as u64 | u64::from(parcel.flags) << 8,
        entry.ordinal,
        entry.arrived,
    ]
}

/// The entry of such numbers.
fn entry(numbers: [u64; NUMBERS], runs: Option<Arc<Vec<Run>>>) -> Option<Entry> {
    let [
        lane,
        n,
        first,
        age,
        span,
        bytes_each,
        kind,
        ordinal,
        arrived,
    ] = numbers;
    let parcel = Parcel {
        lane: lane as u32,
        n: n as u32,
        first,
        born: arrived.wrapping_sub(age),
        span: span as u32,
        bytes_each: bytes_each as u32,
        op: *OPS.get(kind as usize & 0xFF)?,
        flags: (kind >> 8) as u8,
    };
    Some(Entry {
        parcel,
        ordinal,
        arrived,
        runs,
    })
}

impl Sealed<Entry> for Packed {
    fn of(items: Vec<Entry>) -> Self {
        let rows: Vec<_> = items.iter().map(numbers).collect();
        let columns = Columns::of(&rows);
        let behind = items.iter().map(extra_of).sum();
        let runs = items.into_iter().map(|entry| entry.runs);
        Self {
            columns,
            runs: if behind > 0 {
                runs.collect()
            } else {
                Box::default()
            },
            behind,
        }
    }

    fn get(&self, place: usize) -> Option<Entry> {
        let runs = self.runs.get(place).cloned().flatten();
        entry(self.columns.row(place)?, runs)
    }

    fn len(&self) -> usize {
        self.columns.len()
    }

    fn bytes(&self) -> u64 {
        HEAD_BYTES + self.columns.bytes() + self.runs.len() as u64 * POINTER_BYTES
    }

    fn behind(&self) -> u64 {
        self.behind
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    fn any(rng: &mut Rng, ix: u64) -> Entry {
        let wide = (rng.below(9) == 0).then(|| {
            let run = Run {
                first: ix,
                n: 3,
                bytes_each: 9,
            };
            Arc::new(vec![run; rng.below(4) as usize])
        });
        Entry {
            parcel: Parcel {
                lane: rng.below(70_000) as u32,
                n: rng.next_u64() as u32,
                first: rng.next_u64() >> rng.below(64),
                born: rng.next_u64() >> rng.below(64),
                span: rng.next_u64() as u32,
                bytes_each: rng.below(2_000) as u32,
                op: OPS[rng.below(5) as usize],
                flags: rng.below(2) as u8,
            },
            ordinal: rng.next_u64() >> rng.below(64),
            arrived: rng.next_u64() >> rng.below(64),
            runs: wide,
        }
    }

    #[test]
    fn gives_back_what_was_put_in() {
        let mut rng = Rng::stream(3, 0, "packed");
        for n in [0, 1, 7, 256] {
            let items: Vec<Entry> = (0..n).map(|ix| any(&mut rng, ix)).collect();
            let packed = Packed::of(items.clone());
            assert_eq!(packed.len(), items.len());
            for (place, item) in items.iter().enumerate() {
                assert_eq!(
                    packed.get(place).as_ref(),
                    Some(item),
                    "place {place} of {n}"
                );
            }
            assert_eq!(packed.get(items.len()), None);
        }
    }

    #[test]
    fn every_op_has_its_number() {
        for (number, op) in OPS.into_iter().enumerate() {
            assert_eq!(op as usize, number);
        }
    }

    #[test]
    fn entries_that_are_alike_take_a_third() {
        let mut rng = Rng::stream(5, 0, "packed");
        let items: Vec<Entry> = (0..256)
            .map(|ix| {
                let mut entry = any(&mut rng, ix);
                entry.parcel.n = 3;
                entry.parcel.first = 1_000_000 + ix;
                entry.parcel.span = 20_000;
                entry.ordinal = 5_000_000 + 3 * ix;
                entry.arrived = 900_000_000 + 1_000 * ix;
                entry.parcel.born = entry.arrived - 20_000 - rng.below(5_000);
                entry.runs = None;
                entry
            })
            .collect();
        let each = Packed::of(items).bytes() / 256;
        assert!((8..24).contains(&each), "{each} B");
    }
}
