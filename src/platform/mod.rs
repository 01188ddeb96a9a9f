//! The browser, behind small functions: animation frames, events, storage, files, clipboard, theme, panic overlay.

#[expect(
    dead_code,
    reason = "its panels open from the foot, which has none yet"
)]
pub(crate) mod chart_canvas;
pub(crate) mod clipboard;
pub(crate) mod dom;
pub(crate) mod fetch;
pub(crate) mod files;
pub(crate) mod listen;
pub(crate) mod panic;
pub(crate) mod raf;
pub(crate) mod storage;
pub(crate) mod theme;
