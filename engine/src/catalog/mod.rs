//! The vocabulary in which services and wire kinds describe themselves. Data only, no behaviour.
//!
//! One entry has many readers: palette, inspector, validation, Learn and Code tabs, file format,
//! runner, tests over all entries. Words that a person reads (labels, help, Learn) are not here:
//! they lie under `static/text/<language>/services/<id>.md` and are read by [`guide::Guide`].

pub mod entry;
pub mod field;
pub mod figure;
pub mod guide;
pub mod price;

pub use entry::{Api, Dir, Entry, Family, Intake, Metric, Port, Stat, WireEntry};
pub use field::{Change, Field, FieldError, FieldInfo, Kind, Value};
pub use figure::{Dated, Figure, Rules, Status};
pub use price::{Price, PriceLine};
