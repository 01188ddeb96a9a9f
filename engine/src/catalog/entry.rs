//! What a service and a wire kind say of themselves.

use super::figure::Figure;

/// Groups of the palette; one drawn shape each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// Where records are made.
    Sources,
    /// Streams and logs.
    Streams,
    /// What computes.
    Compute,
    /// What keeps.
    Storage,
    /// Queues, topics, buses.
    Messaging,
    /// Parts of queueing theory, not of AWS.
    Workbench,
}

impl Family {
    /// All, in the order of the palette.
    pub const ALL: [Self; 6] = [
        Self::Sources,
        Self::Streams,
        Self::Compute,
        Self::Storage,
        Self::Messaging,
        Self::Workbench,
    ];

    /// The key of its name in the text files.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Self::Sources => "sources",
            Self::Streams => "streams",
            Self::Compute => "compute",
            Self::Storage => "storage",
            Self::Messaging => "messaging",
            Self::Workbench => "workbench",
        }
    }
}

/// The direction in which data crosses a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dir {
    /// Data comes in.
    In,
    /// Data goes out.
    Out,
}

/// A place where wires end, typed by the wire kinds that it accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// Direction of the data.
    pub dir: Dir,
    /// Ids of the wire kinds that may end here.
    pub kinds: &'static [&'static str],
    /// The largest number of wires.
    pub wires_max: u32,
}

/// How the points of a metric are joined over a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Stat {
    /// Added.
    Sum,
    /// The largest.
    Maximum,
    /// The mean over samples.
    Average,
}

/// A metric under its CloudWatch name (or our own, for what is not AWS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Metric {
    /// `IncomingRecords`.
    pub name: &'static str,
    /// How its points are joined.
    pub stat: Stat,
    /// `Count`, `Bytes`, `Milliseconds`.
    pub unit: &'static str,
    /// Whether it is also kept per shard (or other lane of the service).
    pub per_lane: bool,
}

/// The API that a client calls: DynamoDB has retry numbers of its own in the SDKs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Api {
    /// DynamoDB and DynamoDB Streams.
    DynamoDb,
    /// All others.
    Other,
}

/// What one call may bring to a service that takes records.
#[derive(Clone, Copy, Debug)]
pub struct Intake {
    /// Most records of a batched call (PutRecords, SendMessageBatch, BatchWriteItem).
    pub call_records: &'static Figure,
    /// Most bytes of a batched call, keys included [B].
    pub call_bytes: &'static Figure,
    /// Whose retry numbers the SDK takes.
    pub api: Api,
}

/// A service, as palette, inspector and tests see it.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// The id in files: `kinesis`.
    pub id: &'static str,
    /// The proper name, the same in every language: `Kinesis Data Streams`.
    pub name: &'static str,
    /// Its group.
    pub family: Family,
    /// False for what is not a service of AWS (sources, workbench): the page says so.
    pub aws: bool,
    /// Where wires end.
    pub ports: &'static [Port],
    /// What it measures, in the order of the indexes given to `Cx::count`.
    pub metrics: &'static [Metric],
    /// The limits and defaults that it reads from the rules.
    pub figures: &'static [&'static Figure],
    /// The prices that its lines use.
    pub prices: &'static [&'static super::price::Price],
    /// Ids of the faults that can befall it, of `crash`, `slow`, `refuse`, `lost-ack`.
    pub faults: &'static [&'static str],
    /// What one call of a client may bring; `None` where no client calls.
    pub intake: Option<Intake>,
}

impl Entry {
    /// Whether records are made here: nothing comes in.
    #[must_use]
    pub fn makes_records(&self) -> bool {
        !self.ports.iter().any(|port| port.dir == Dir::In)
    }
}

/// A wire kind, as the wire's inspector and the validation see it.
#[derive(Clone, Copy, Debug)]
pub struct WireEntry {
    /// The id in files: `put`.
    pub id: &'static str,
    /// True where the receiver calls (a poll): the call runs against the arrow of the data.
    pub pulled: bool,
    /// True where AWS keeps something at work on the wire (a mapping): it makes calls of its own
    /// to both ends, and what the sending end sends over the wire comes to it.
    pub active: bool,
    /// True for dead letters and failures: what goes over it has left its way, so that nobody is
    /// owed it there.
    pub aside: bool,
    /// The limits and defaults that it reads from the rules.
    pub figures: &'static [&'static Figure],
}
