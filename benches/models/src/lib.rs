//! The engine beside what it is compared with.
