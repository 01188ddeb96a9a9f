//! Small line drawings of the page's own controls, 18 by 18, in the colour of the text.

use yew::prelude::*;

/// A drawing by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// Three waves.
    Brand,
    /// To the start.
    Start,
    /// Play.
    Play,
    /// Pause.
    Pause,
    /// One event.
    Step,
    /// To the next event worth a look.
    Next,
    /// From the start again, as it came.
    Reset,
    /// As the system has it.
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
    /// Question mark.
    Help,
    /// Three dots.
    Menu,
    /// A cross.
    Close,
    /// An i.
    Info,
    /// A chevron to the left.
    Left,
    /// A chevron to the right.
    Right,
    /// A chevron upward.
    Up,
    /// A chevron downward.
    Down,
    /// A curve between two ends.
    Wire,
    /// Rows and columns.
    Table,
    /// A plus.
    Plus,
    /// An arrow back.
    Undo,
    /// An arrow forth.
    Redo,
    /// A lens.
    Find,
    /// A tick.
    Tick,
    /// A ring.
    Ring,
    /// A pin.
    Pin,
    /// An arrow into a tray.
    Save,
}

/// (path, filled).
fn path(icon: Icon) -> (&'static str, bool) {
    match icon {
        Icon::Brand => (
            "M1 5c4-3 6 3 10 0s5 0 6 0M1 10c4-3 6 3 10 0s5 0 6 0M1 15c4-3 6 3 10 0s5 0 6 0",
            false,
        ),
        Icon::Start => ("M4 4h1.8v10H4zM14 4v10L6.6 9z", true),
        Icon::Play => ("M5.2 3.4v11.2L14.6 9z", true),
        Icon::Pause => ("M5 3.5h3v11H5zM10 3.5h3v11h-3z", true),
        Icon::Step => ("M4 4h2v10H4zM8.4 4v10L15 9z", true),
        Icon::Next => ("M3 4v10l5.6-5zM8.8 4v10l5.6-5zM14 4h1.6v10H14z", true),
        Icon::Reset => ("M4.2 5.6A6 6 0 1 1 3 9M4.4 2.2v3.6H8", false),
        Icon::System => ("M2.5 3.5h13v9h-13zM6.5 15.5h5M9 12.5v3", false),
        Icon::Light => (
            "M9 5.6a3.4 3.4 0 1 0 0 6.8 3.4 3.4 0 0 0 0-6.8zM9 1.2v1.9M9 14.9v1.9M1.2 9h1.9M14.9 9h1.9\
             M3.5 3.5l1.3 1.3M13.2 13.2l1.3 1.3M3.5 14.5l1.3-1.3M13.2 4.8l1.3-1.3",
            false,
        ),
        Icon::Dark => ("M14.8 10.8A6.2 6.2 0 1 1 7.2 3.2a5 5 0 0 0 7.6 7.6z", false),
        Icon::Help => (
            "M6.4 6.6a2.6 2.6 0 1 1 3.9 2.3c-.9.5-1.3 1-1.3 2M9 13.6v.5",
            false,
        ),
        Icon::Menu => (
            "M3 7.7h2.6v2.6H3zM7.7 7.7h2.6v2.6H7.7zM12.4 7.7H15v2.6h-2.6z",
            true,
        ),
        Icon::Close => ("M4.5 4.5l9 9M13.5 4.5l-9 9", false),
        Icon::Info => (
            "M9 8.2v5M9 5v.4M9 1.8a7.2 7.2 0 1 0 0 14.4A7.2 7.2 0 0 0 9 1.8z",
            false,
        ),
        Icon::Left => ("M11 4L6 9l5 5", false),
        Icon::Right => ("M7 4l5 5-5 5", false),
        Icon::Up => ("M4 11l5-5 5 5", false),
        Icon::Down => ("M4 7l5 5 5-5", false),
        Icon::Plus => ("M9 3.5v11M3.5 9h11", false),
        Icon::Undo => ("M6.5 4L3 7.5 6.5 11M3.2 7.5h7.3a4 4 0 0 1 0 8H7", false),
        Icon::Redo => (
            "M11.5 4L15 7.5 11.5 11M14.8 7.5H7.5a4 4 0 0 0 0 8H11",
            false,
        ),
        Icon::Find => (
            "M8 13.2A5.2 5.2 0 1 0 8 2.8a5.2 5.2 0 0 0 0 10.4zM12 12l3.6 3.6",
            false,
        ),
        Icon::Tick => ("M3.6 9.6l3.6 3.6 7.2-8", false),
        Icon::Ring => ("M9 3.6a5.4 5.4 0 1 0 0 10.8A5.4 5.4 0 0 0 9 3.6z", false),
        Icon::Table => (
            "M2.5 3.5h13v11h-13zM2.5 7.2h13M2.5 10.9h13M7 7.2v7.3",
            false,
        ),
        Icon::Pin => ("M6 2.5h6M7 2.5v5L4.5 10.5h9L11 7.5v-5M9 10.5v5", false),
        Icon::Save => (
            "M9 2.5v8.5M5.5 7.8L9 11.2l3.5-3.4M3 12.5v2.8h12v-2.8",
            false,
        ),
        Icon::Wire => (
            "M3.4 5.6a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM5.2 3.8c6 0 1.6 10.4 7.6 10.4\
             M14.6 16a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6z",
            false,
        ),
    }
}

/// The drawing; it is hidden from the accessible tree, the control around it has the name.
pub(crate) fn icon(icon: Icon) -> Html {
    let (d, filled) = path(icon);
    html! {
        <svg class={classes!("icon", filled.then_some("filled"))} viewBox="0 0 18 18" aria-hidden="true">
            <path {d} />
        </svg>
    }
}
