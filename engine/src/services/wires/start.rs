//! Where a reader starts without a checkpoint, as it is written in files.

/// The words of [`StartKind`] in files, AWS's own.
pub const START_WORDS: &[&str] = &["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"];

/// Where a reader starts without a checkpoint (API-kin, ShardIteratorType, 2026-11-22).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum StartKind {
    /// The oldest record kept.
    #[default]
    TrimHorizon,
    /// After the newest one.
    Latest,
    /// At a time.
    AtTimestamp,
}

impl StartKind {
    /// The word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        START_WORDS[self as usize]
    }

    /// The kind of a word of [`START_WORDS`].
    #[must_use]
    pub fn of(word: &str) -> Self {
        match word {
            "LATEST" => Self::Latest,
            "AT_TIMESTAMP" => Self::AtTimestamp,
            _ => Self::TrimHorizon,
        }
    }
}
