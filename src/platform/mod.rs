//! The browser, behind small functions: animation frames, events, storage, files, clipboard, theme, panic overlay.

pub(crate) mod chart_canvas;
pub(crate) mod chart_file;
pub(crate) mod clipboard;
pub(crate) mod dom;
pub(crate) mod fetch;
pub(crate) mod files;
#[cfg(feature = "test-hooks")]
pub(crate) mod hooks;
pub(crate) mod listen;
pub(crate) mod painter;
pub(crate) mod panic;
pub(crate) mod raf;
pub(crate) mod sizes;
pub(crate) mod storage;
pub(crate) mod strings;
pub(crate) mod theme;
