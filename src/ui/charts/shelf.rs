//! Which charts there are: the standard ones, those that were added, and which of them keep their node.

use crate::ui::text::{find, t};
use millrace_engine::base::sorted::SortedMap;

/// Charts that can be added at most.
const ADDED_MAX: usize = 12;

/// A chart's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Which {
    /// In, out, refused.
    Throughput,
    /// Percentiles.
    Latency,
    /// How far the slowest reader is behind.
    Age,
    /// Load per shard.
    Heat,
    /// One that was added, by its number.
    Added(u32),
}

impl Which {
    /// Those that are always there, in the order in which they stand.
    pub(crate) const STANDARD: [Self; 4] = [Self::Throughput, Self::Latency, Self::Age, Self::Heat];

    /// Its title over a service, which may have its own word for its lanes; empty for an added one.
    pub(crate) fn title_of(self, service: &str) -> &'static str {
        let key = match self {
            Self::Throughput => "chart.throughput",
            Self::Latency => "chart.latency",
            Self::Age => "chart.age",
            Self::Heat => "chart.heat",
            Self::Added(_) => return "",
        };
        find(&format!("{key}.{service}")).unwrap_or(t(key))
    }

    /// Its name in ids, and of a standard one in the names of files.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Throughput => "throughput".to_owned(),
            Self::Latency => "latency".to_owned(),
            Self::Age => "iterator-age".to_owned(),
            Self::Heat => "load-per-shard".to_owned(),
            Self::Added(n) => format!("added-{n}"),
        }
    }

    /// Id of the canvas.
    pub(crate) fn canvas(self) -> String {
        format!("chart-{}", self.name())
    }

    /// Id of what carries the shared cursor by keyboard.
    pub(crate) fn slider(self) -> String {
        format!("chart-{}-cursor", self.name())
    }
}

/// What an added chart reads of its node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Read {
    /// A metric of its service, by name.
    Metric(&'static str),
    /// Records that come in over its wires.
    In,
    /// Records that go out over its wires.
    Out,
    /// Records that it refuses.
    Refused,
    /// What it has cost so far.
    Cost,
    /// What the whole design has cost so far.
    CostOfAll,
}

impl Read {
    /// The metric's name, or the key of its name in the text files.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Metric(name) => name,
            Self::In => "chart.read.in",
            Self::Out => "chart.read.out",
            Self::Refused => "chart.read.refused",
            Self::Cost => "chart.read.cost",
            Self::CostOfAll => "chart.read.cost-of-all",
        }
    }

    /// Its name.
    pub(crate) fn title(self) -> &'static str {
        word(self.key())
    }

    /// Its name in the name of a file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Metric(name) => name,
            Self::In => "records-in",
            Self::Out => "records-out",
            Self::Refused => "records-refused",
            Self::Cost => "cost",
            Self::CostOfAll => "cost-of-all",
        }
    }
}

/// The word of a series: a metric has one name in every language, all else stands in the text files.
pub(crate) fn word(key: &'static str) -> &'static str {
    if key.starts_with("chart.") {
        t(key)
    } else {
        key
    }
}

/// The charts beyond the standard ones, and which charts keep their node. It outlives the run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shelf {
    pins: SortedMap<Which, String>,
    added: Vec<(u32, Read)>,
    last: u32,
}

impl Shelf {
    /// All charts, in the order in which they stand.
    pub(crate) fn all(&self) -> impl Iterator<Item = Which> {
        let added = self.added.iter().map(|(n, _)| Which::Added(*n));
        Which::STANDARD.into_iter().chain(added)
    }

    /// What an added chart reads; none for the others.
    pub(crate) fn read(&self, which: Which) -> Option<Read> {
        let Which::Added(n) = which else {
            return None;
        };
        let found = self.added.iter().find(|(own, _)| *own == n);
        found.map(|(_, read)| *read)
    }

    /// The node that a chart keeps.
    pub(crate) fn pinned(&self, which: Which) -> Option<&str> {
        self.pins.get(&which).map(String::as_str)
    }

    /// Adds a chart of a node, which it keeps. None if there are too many.
    pub(crate) fn add(&mut self, node: &str, read: Read) -> Option<Which> {
        if self.added.len() >= ADDED_MAX {
            return None;
        }
        self.last += 1;
        let which = Which::Added(self.last);
        self.added.push((self.last, read));
        self.pin(which, node);
        Some(which)
    }

    /// Takes an added chart away.
    pub(crate) fn close(&mut self, which: Which) {
        if let Which::Added(n) = which {
            self.added.retain(|(own, _)| *own != n);
            self.pins.remove(&which);
        }
    }

    /// From now on a chart keeps this node.
    pub(crate) fn pin(&mut self, which: Which, node: &str) {
        self.pins.insert(which, node.to_owned());
    }

    /// From now on a chart follows the chosen node.
    pub(crate) fn unpin(&mut self, which: Which) {
        self.pins.remove(&which);
    }
}
