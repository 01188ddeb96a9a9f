//! The browser, behind small functions: animation frames, events, storage, files, clipboard, theme, panic overlay.

pub(crate) mod chart_canvas;
