//! Wire kinds: what AWS keeps on a wire, one file each.

pub mod deliver;
pub mod invoke;
pub mod mapping;
pub mod on_failure;
pub mod poll;
pub mod push;
pub mod put;
pub mod queue_mapping;
pub mod redrive;
pub mod start;
pub mod write;
