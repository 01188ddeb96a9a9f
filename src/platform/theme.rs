//! Light, dark, or as the reader's system has it.

use super::{dom, storage};

/// The reader's choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

impl Theme {
    /// What was chosen before.
    pub(crate) fn remembered() -> Self {
        match storage::get("theme").as_deref() {
            Some("light") => Self::Light,
            Some("dark") => Self::Dark,
            _ => Self::System,
        }
    }

    /// The id in the text files and in storage.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The next one of the switch.
    pub(crate) fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// Shows and remembers the choice.
    pub(crate) fn apply(self) {
        storage::set("theme", self.id());
        let Some(root) = dom::document().document_element() else {
            return;
        };
        let _ = match self {
            Self::System => root.remove_attribute("data-theme"),
            chosen => root.set_attribute("data-theme", chosen.id()),
        };
    }

    /// Whether the page is dark now.
    pub(crate) fn is_dark(self) -> bool {
        match self {
            Self::System => dom::matches("(prefers-color-scheme: dark)"),
            chosen => chosen == Self::Dark,
        }
    }
}
