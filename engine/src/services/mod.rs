//! Services and wire kinds: what AWS does, one file each.
//!
//! To add a service: its `.rs` here, its `static/text/en/services/<id>.md`, one line in the list
//! below, one icon `static/icons/<id>.svg`. Nothing else knows it by name.

pub mod board;
pub mod books;
pub mod contract;
mod custody;
pub mod cx;
pub mod facts;
pub mod faults;
pub mod floor;
pub mod gauges;
pub mod lanes;
pub mod list;
pub mod message;
pub mod payload;
pub mod plant;
pub mod reason;
mod repeats;
mod rewiring;
pub mod rig;
pub mod shared;
pub mod signal;
pub mod talk;
pub mod wires;

pub mod consumer;
pub mod contest;
pub mod csv_trace;
pub mod dynamodb;
pub mod kinesis;
pub mod lambda;
pub mod queue;
pub mod s3;
pub mod sink;
pub mod sqs;
pub mod terminals;
pub mod tills;
pub mod token_bucket;

use contract::{Link as _, Service as _};
use wires::{deliver, invoke, mapping, on_failure, poll, push, put, queue_mapping, redrive, write};

crate::services! {
    Tills => tills::Tills,
    Terminals => terminals::Terminals,
    CsvTrace => csv_trace::CsvTrace,
    Kinesis => kinesis::Kinesis,
    Consumer => consumer::Consumer,
    Sqs => sqs::Sqs,
    DynamoDb => dynamodb::DynamoDb,
    Lambda => lambda::Lambda,
    S3 => s3::S3,
    Sink => sink::Sink,
    Queue => queue::Queue,
    Bucket => token_bucket::TokenBucket,
    Contest => contest::Contest,
}

crate::links! {
    Put => put::Put,
    Poll => poll::Poll,
    Push => push::Push,
    Deliver => deliver::Deliver,
    Write => write::Write,
    Mapping => mapping::Mapping,
    Redrive => redrive::Redrive,
    QueueMapping => queue_mapping::QueueMapping,
    Invoke => invoke::Invoke,
    OnFailure => on_failure::OnFailure,
}

/// Calls what is given from a function of its own. Without it the parts of all services would become one function each
/// of `wake`, `ask`, `gauges` and so on; so the page can load those that the first play does not run later.
#[inline(never)]
fn apart<T>(call: impl FnOnce() -> T) -> T {
    call()
}

impl ServiceKind {
    /// The service with this id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.entry().id == id)
    }
}

impl LinkKind {
    /// The wire kind with this id.
    #[must_use]
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.entry().id == id)
    }
}
