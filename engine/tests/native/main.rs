//! The one native test binary: what crosses the engine's modules. The tests of one module sit in its own file.

mod acts;
mod buckets;
mod catalogue;
mod custody;
mod determinism;
mod dropped;
mod editing;
mod ledger;
mod limits;
mod links;
mod many_nodes;
mod peeks;
mod pictures;
mod promises;
mod queues;
mod readers;
mod real_trace;
mod scenarios;
mod soaking;
mod storms;
mod stream_paths;
mod support;
mod tables;
mod tidy;
mod walk;
