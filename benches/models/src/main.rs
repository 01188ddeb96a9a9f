//! The native side of `make bench`.

fn main() {}
