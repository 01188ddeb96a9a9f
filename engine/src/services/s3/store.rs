//! The objects of a bucket as runs: consecutive numbers, one size, one hour.

use crate::base::chunks::{Item, Log};
use crate::base::time::{HOUR, Us, hour_path};
use crate::catalog::Rules;

/// Objects that are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Run {
    /// Number of the first object.
    first: u64,
    n: u64,
    /// Size of each [B].
    bytes_each: u64,
    /// Hour since the start in which they were put.
    hour: u64,
}

impl Item for Run {
    type Sealed = Vec<Self>;
}

impl Run {
    fn end(&self) -> u64 {
        self.first + self.n
    }
}

/// All objects.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Store {
    runs: Log<Run>,
    /// The newest run, which may still grow.
    open: Option<Run>,
    objects: u64,
    bytes: u64,
}

impl Store {
    /// Objects in all.
    pub(super) fn objects(&self) -> u64 {
        self.objects
    }

    /// Bytes of them all [B].
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds `n` objects of a size.
    pub(super) fn add(&mut self, n: u64, bytes_each: u64, now: Us) {
        if n == 0 {
            return;
        }
        let (first, hour) = (self.objects, now / HOUR);
        self.objects += n;
        self.bytes += n * bytes_each;
        if let Some(open) = &mut self.open
            && (open.bytes_each, open.hour) == (bytes_each, hour)
        {
            open.n += n;
            return;
        }
        if let Some(full) = self.open.take() {
            self.runs.push(full);
        }
        self.open = Some(Run {
            first,
            n,
            bytes_each,
            hour,
        });
    }

    fn run(&self, ix: u64) -> Option<Run> {
        if ix == self.runs.next_index() {
            return self.open;
        }
        self.runs.get(ix)
    }

    /// Size of the object with this number [B].
    pub(super) fn size_of(&self, number: u64) -> Option<u64> {
        let ix = self.runs.partition_point(|run| run.end() <= number);
        let run = self.run(ix).filter(|run| number < run.end());
        run.map(|run| run.bytes_each)
    }

    /// Up to `most` objects of an hour, or of all, from number `from` on: how many, their bytes, and
    /// the number with which the next page begins.
    pub(super) fn list(&self, hour: Option<u64>, from: u64, most: u64) -> (u64, u64, Option<u64>) {
        let (mut objects, mut bytes) = (0, 0);
        let before = |run: &Run| run.end() <= from || hour.is_some_and(|hour| run.hour < hour);
        let mut ix = self.runs.partition_point(before);
        while let Some(run) = self.run(ix).filter(|run| {
            // the open run may lie before the hour that is asked for
            hour.is_none_or(|hour| run.hour == hour) && from < run.end()
        }) {
            let first = run.first.max(from);
            let n = (run.end() - first).min(most - objects);
            objects += n;
            bytes += n * run.bytes_each;
            let behind = first + n;
            let more = behind < run.end()
                || self
                    .run(ix + 1)
                    .is_some_and(|next| hour.is_none_or(|hour| next.hour == hour));
            if objects == most {
                return (objects, bytes, more.then_some(behind));
            }
            ix += 1;
        }
        (objects, bytes, None)
    }

    /// Panics if the counts do not fit the runs; for tests.
    pub(super) fn assert_sound(&self) {
        let runs = || self.runs.iter().chain(self.open);
        let objects: u64 = runs().map(|run| run.n).sum();
        assert_eq!(objects, self.objects, "objects");
        let bytes: u64 = runs().map(|run| run.n * run.bytes_each).sum();
        assert_eq!(bytes, self.bytes, "bytes");
    }
}

/// The key of an object that is put at `at`: a path by hour, as if the run began with the month of
/// the rules (UTC), and the object's number.
#[must_use]
pub fn key(rules: Rules, at: Us, number: u64) -> String {
    format!("{}/{number:012}", hour_path(rules.as_of, at))
}
