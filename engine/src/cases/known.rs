//! Rows that contradict the facts the model is built on, each with the place that decides.

use super::Verdict;

/// A row that fails as it must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    /// Topic of its table.
    pub topic: &'static str,
    /// Its id.
    pub id: &'static str,
    /// Why it cannot come out: a sentence.
    pub reason: &'static str,
    /// Section of the collected facts that decides.
    pub facts: &'static str,
}

/// All of them; at most 1 % of the cases.
pub(super) const ALL: &[Disagreement] = &[];

/// What a verdict is worth beside the list: a failure that is listed is known; a listed case that
/// passes is a failure of the list.
pub(super) fn weigh(
    list: &'static [Disagreement],
    topic: &str,
    id: &str,
    verdict: Verdict,
) -> Verdict {
    let listed = list.iter().find(|row| row.topic == topic && row.id == id);
    match (listed, verdict) {
        (Some(row), Verdict::Failed(_)) => Verdict::Known(row),
        (Some(row), Verdict::Passed) => Verdict::Failed(format!(
            "it passes, but is listed as a known disagreement ({}): take it off the list",
            row.reason
        )),
        (_, verdict) => verdict,
    }
}
