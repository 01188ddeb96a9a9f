//! The one native test binary: what crosses the engine's modules. The tests of one module sit in its own file.

mod tidy;
