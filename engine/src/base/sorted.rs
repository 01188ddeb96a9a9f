//! A map and a set kept as one sorted list: for collections of a few to some thousand entries, which are most of ours.
//!
//! ```text
//!   keys     a  c  f  k          found by halving; what comes in order goes to the end
//!   values   1  2  3  4
//! ```
//!
//! They read like `BTreeMap` and `BTreeSet`, hash as those do, and take about a tenth of their code for each pair of
//! types, which the page has to load. Putting in and taking out moves all entries behind: a collection that grows with
//! records and does not grow at its end belongs in a `BTreeMap`.

mod map;
pub mod order;
mod set;
#[cfg(test)]
mod tests;

pub use map::{Iter, SortedMap, Spot};
pub use set::SortedSet;

use std::ops::{Bound, RangeBounds};

/// The places in a sorted list of `len` that a range of keys takes; `below(ix, key, or_at)` tells whether the entry at
/// `ix` lies below `key`, or at it where `or_at`.
fn places<Q: ?Sized>(
    len: usize,
    range: &impl RangeBounds<Q>,
    below: impl Fn(usize, &Q, bool) -> bool,
) -> std::ops::Range<usize> {
    let from = match range.start_bound() {
        Bound::Included(key) => halve(len, |ix| below(ix, key, false)),
        Bound::Excluded(key) => halve(len, |ix| below(ix, key, true)),
        Bound::Unbounded => 0,
    };
    let to = match range.end_bound() {
        Bound::Included(key) => halve(len, |ix| below(ix, key, true)),
        Bound::Excluded(key) => halve(len, |ix| below(ix, key, false)),
        Bound::Unbounded => len,
    };
    from..to.max(from)
}

/// The first place of `len` at which `below` no longer holds.
#[inline]
fn halve(len: usize, below: impl Fn(usize) -> bool) -> usize {
    let (mut from, mut to) = (0, len);
    while from < to {
        let middle = usize::midpoint(from, to);
        if below(middle) {
            from = middle + 1;
        } else {
            to = middle;
        }
    }
    from
}
