//! Records of a batch with their places in it: what went, what came back, who holds what.

use crate::base::sorted::order;
use crate::services::talk::{FLAG_COPY, Failed, Parcel, Read, Reason};

/// Some records of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// Place of the first one in the batch, from 0.
    pub at: u32,
    /// The records.
    pub read: Read,
}

impl Item {
    /// Records.
    #[must_use]
    pub fn n(&self) -> u32 {
        self.read.parcel.n
    }

    /// One behind the last place.
    #[must_use]
    pub fn end(&self) -> u32 {
        self.at + self.n()
    }

    /// The sub-range of `n` records from the `skip`-th on.
    #[must_use]
    pub fn part(&self, skip: u32, n: u32) -> Self {
        let read = Read {
            parcel: self.read.parcel.part(skip, n),
            ordinal: self.read.ordinal + u64::from(skip),
            ..self.read
        };
        Self {
            at: self.at + skip,
            read,
        }
    }

    /// The records from place `from` up to `to`, as far as they are among these.
    #[must_use]
    pub fn clip(&self, from: u32, to: u32) -> Option<Self> {
        let (from, to) = (from.max(self.at), to.min(self.end()));
        (from < to).then(|| self.part(from - self.at, to - from))
    }
}

/// Numbers the records of a batch.
#[must_use]
pub fn numbered(reads: &[Read]) -> Vec<Item> {
    let mut at = 0;
    let mut items = Vec::with_capacity(reads.len());
    for read in reads {
        items.push(Item { at, read: *read });
        at += read.parcel.n;
    }
    items
}

/// Records in all.
#[must_use]
pub fn count(items: &[Item]) -> u64 {
    items.iter().map(|item| u64::from(item.n())).sum()
}

/// Takes places out of a list: gives what was taken and what is left.
#[must_use]
pub fn without(items: &[Item], taken: &[Item]) -> Vec<Item> {
    let mut left = Vec::new();
    let mut taken = taken.iter().copied().peekable();
    for item in items {
        let mut from = item.at;
        while let Some(out) = taken.next_if(|out| out.at < item.end()) {
            left.extend(item.clip(from, out.at));
            from = out.end();
        }
        left.extend(item.clip(from, item.end()));
    }
    left
}

/// Finds what came back among what was sent. The flags are those that came back.
#[must_use]
pub fn matched(sent: Vec<Item>, back: &[Failed]) -> Vec<(Item, Reason)> {
    let mut left = sent;
    let mut found = Vec::with_capacity(back.len());
    let mut from = 0;
    for failed in back {
        let mut rest = Some(failed.parcel);
        while let Some(parcel) = rest.take() {
            let holds = |item: &Item| {
                let (first, end) = item.read.parcel.range();
                item.read.parcel.lane == parcel.lane && (first..end).contains(&parcel.first)
            };
            let ahead = left.iter().skip(from).position(holds).map(|ix| ix + from);
            let Some(ix) = ahead.or_else(|| left.iter().position(holds)) else {
                debug_assert!(false, "what comes back was sent: {parcel:?}");
                break;
            };
            let item = left.remove(ix);
            let skip = (parcel.first - item.read.parcel.first) as u32;
            let n = parcel.n.min(item.n() - skip);
            if let Some(tail) = item.clip(item.at + skip + n, item.end()) {
                left.insert(ix, tail);
            }
            from = ix;
            if let Some(head) = item.clip(item.at, item.at + skip) {
                left.insert(ix, head);
                from += 1;
            }
            let mut piece = item.part(skip, n);
            piece.read.parcel = parcel.part(0, n);
            found.push((piece, failed.reason));
            rest = parcel.split(n).1;
        }
    }
    found
}

/// A stretch of a batch and how many hold it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The records; a copy if nobody holds the originals.
    pub item: Item,
    /// How many hold it.
    pub holders: u64,
}

/// Cuts a batch where it changes who holds it. `held` may name a place more than once.
#[must_use]
pub fn stretches(batch: &[Item], held: &[Item]) -> Vec<Stretch> {
    let mut held = held.to_vec();
    order::sort_by_key(&mut held, |item| item.at);
    let mut out = Vec::new();
    let mut first = 0; // of those that can still reach the batch
    for item in batch {
        while first < held.len() && held[first].end() <= item.at {
            first += 1;
        }
        let near = held[first..]
            .iter()
            .take_while(|piece| piece.at < item.end());
        let near: Vec<Item> = near
            .filter_map(|piece| piece.clip(item.at, item.end()))
            .collect();
        let mut cuts: Vec<u32> = near
            .iter()
            .flat_map(|piece| [piece.at, piece.end()])
            .collect();
        cuts.extend([item.at, item.end()]);
        order::sort(&mut cuts);
        cuts.dedup();
        for pair in cuts.windows(2) {
            let over = near
                .iter()
                .filter(|piece| piece.at <= pair[0] && pair[1] <= piece.end());
            let (mut holders, mut original) = (0, false);
            for piece in over {
                holders += 1;
                original |= !piece.read.parcel.is_copy();
            }
            if let Some(mut part) = item.clip(pair[0], pair[1]) {
                part.read.parcel = flagged(part.read.parcel, !original);
                out.push(Stretch {
                    item: part,
                    holders,
                });
            }
        }
    }
    out
}

fn flagged(parcel: Parcel, copy: bool) -> Parcel {
    let flags = if copy {
        parcel.flags | FLAG_COPY
    } else {
        parcel.flags & !FLAG_COPY
    };
    Parcel { flags, ..parcel }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::talk::Op;

    fn read(lane: u32, first: u64, n: u32) -> Read {
        Read::loose(Parcel {
            lane,
            n,
            first,
            born: 0,
            span: 0,
            bytes_each: 1,
            op: Op::Count,
            flags: 0,
        })
    }

    #[test]
    fn what_comes_back_is_found_once_each() {
        let sent = numbered(&[read(0, 0, 10), read(1, 0, 5), read(0, 0, 10)]);
        let failed = |lane, first, n| Failed {
            parcel: read(lane, first, n).parcel,
            reason: Reason::WriteRecords,
        };
        let back = [failed(0, 2, 3), failed(1, 4, 1), failed(0, 2, 3)];
        let found = matched(sent, &back);
        let places: Vec<(u32, u32)> = found.iter().map(|(item, _)| (item.at, item.n())).collect();
        assert_eq!(
            places,
            [(2, 3), (14, 1), (17, 3)],
            "the twin is found in its own place"
        );
    }

    #[test]
    fn a_batch_is_cut_where_its_holders_change() {
        let batch = numbered(&[read(0, 0, 10)]);
        let held = [batch[0].part(2, 3), batch[0].part(4, 2)];
        let found = stretches(&batch, &held);
        let seen: Vec<(u32, u32, u64)> = found
            .iter()
            .map(|s| (s.item.at, s.item.n(), s.holders))
            .collect();
        assert_eq!(
            seen,
            [(0, 2, 0), (2, 2, 1), (4, 1, 2), (5, 1, 1), (6, 4, 0)],
            "places, records, holders"
        );
        assert!(
            found[0].item.read.parcel.is_copy(),
            "nobody holds it: a copy"
        );
        assert!(!found[1].item.read.parcel.is_copy(), "an original");
        let left = without(&batch, &[batch[0].part(3, 1)]);
        let places: Vec<(u32, u32)> = left.iter().map(|item| (item.at, item.n())).collect();
        assert_eq!(places, [(0, 3), (4, 6)], "all but one");
    }
}
