//! What came out: counts by table, by source and by trust, as text, as JSON and as the scoreboard.

use super::{Outcome, Verdict};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How many cases came out how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All that was expected came out.
    pub passed: usize,
    /// Something else came out.
    pub failed: usize,
    /// Cannot be told to the engine.
    pub not_expressible: usize,
    /// Fail as they must by the facts that the model is built on.
    pub known_disagreements: usize,
}

const FIELDS: [&str; 4] = ["passed", "failed", "not_expressible", "known_disagreements"];

impl Counts {
    /// The counts of some cases.
    fn of<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> Self {
        let mut counts = Self::default();
        for outcome in outcomes {
            *match outcome.verdict {
                Verdict::Passed => &mut counts.passed,
                Verdict::Failed(_) => &mut counts.failed,
                Verdict::NotExpressible(_) => &mut counts.not_expressible,
                Verdict::Known(_) => &mut counts.known_disagreements,
            } += 1;
        }
        counts
    }

    /// All cases.
    #[must_use]
    pub fn total(&self) -> usize {
        self.passed + self.failed + self.not_expressible + self.known_disagreements
    }

    fn json(&self) -> Json {
        json!({
            "passed": self.passed,
            "failed": self.failed,
            "not_expressible": self.not_expressible,
            "known_disagreements": self.known_disagreements,
            "total": self.total(),
        })
    }
}

/// One table after its run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableReport {
    /// Its topic.
    pub topic: String,
    /// Its cases, in the table's order.
    pub outcomes: Vec<Outcome>,
}

impl TableReport {
    /// How many cases came out how.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(self.outcomes.iter())
    }

    /// The counts by a property of the cases.
    fn by(&self, key: impl Fn(&Outcome) -> String) -> Json {
        let mut groups: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
        for outcome in &self.outcomes {
            groups.entry(key(outcome)).or_default().push(outcome);
        }
        let counts = |list: Vec<&Outcome>| Counts::of(list.into_iter()).json();
        let groups = groups.into_iter().map(|(key, list)| (key, counts(list)));
        Json::Object(groups.collect())
    }

    /// The row of the scoreboard: counts only.
    fn row(&self) -> Json {
        let mut row = self.counts().json();
        row["topic"] = json!(self.topic);
        row["sources"] = self.by(|outcome| outcome.source.clone());
        row["trust"] = self.by(|outcome| outcome.trust.to_string());
        row
    }

    /// The row of the scoreboard, and each case that did not pass.
    fn detail(&self) -> Json {
        let mut row = self.row();
        let (mut failures, mut inexpressible, mut known) = (Vec::new(), Vec::new(), Vec::new());
        for Outcome { id, verdict, .. } in &self.outcomes {
            match verdict {
                Verdict::Passed => {}
                Verdict::Failed(why) => failures.push(json!({"id": id, "why": why})),
                Verdict::NotExpressible(reason) => {
                    inexpressible.push(json!({"id": id, "reason": reason}));
                }
                Verdict::Known(row) => {
                    known.push(json!({"id": id, "reason": row.reason, "facts": row.facts}));
                }
            }
        }
        row["failures"] = json!(failures);
        row["inexpressible"] = json!(inexpressible);
        row["disagreements"] = json!(known);
        row
    }

    fn show(&self, out: &mut String) {
        let Counts {
            passed,
            failed,
            not_expressible,
            known_disagreements,
        } = self.counts();
        let total = self.outcomes.len();
        let topic = &self.topic;
        let _ = writeln!(
            out,
            "{topic:24} {passed:4} passed, {failed:3} failed, {not_expressible:3} not expressible, \
             {known_disagreements:2} known disagreements, {total:4} in all"
        );
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for Outcome { id, verdict, .. } in &self.outcomes {
            match verdict {
                Verdict::Passed => {}
                Verdict::Failed(why) => {
                    let _ = writeln!(out, "    failed: {id}: {why}");
                }
                Verdict::NotExpressible(why) => reasons.entry(why).or_default().push(id),
                Verdict::Known(row) => {
                    let _ = writeln!(out, "    known: {id}: {} ({})", row.reason, row.facts);
                }
            }
        }
        for (why, ids) in reasons {
            let names = if ids.len() > 8 {
                format!("{} and {} more", ids[..8].join(", "), ids.len() - 8)
            } else {
                ids.join(", ")
            };
            let _ = writeln!(out, "    not expressible: {why}: {names}");
        }
    }
}

/// All tables after their run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// By topic.
    pub tables: Vec<TableReport>,
    /// Files that are no tables, and why.
    pub unreadable: Vec<(String, String)>,
}

impl Report {
    /// The counts over all tables.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts::of(self.tables.iter().flat_map(|table| &table.outcomes))
    }

    /// Whether no case failed and every file could be read.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.counts().failed == 0 && self.unreadable.is_empty()
    }

    /// As one JSON object.
    #[must_use]
    pub fn json(&self) -> Json {
        let tables: Vec<Json> = self.tables.iter().map(TableReport::detail).collect();
        let unreadable = |(file, why): &(String, String)| json!({"file": file, "why": why});
        json!({
            "tables": tables,
            "total": self.counts().json(),
            "unreadable": self.unreadable.iter().map(unreadable).collect::<Vec<_>>(),
        })
    }

    /// As text, a few lines a table.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.tables.iter().for_each(|table| table.show(&mut out));
        for (file, why) in &self.unreadable {
            let _ = writeln!(out, "{file}: no table of cases: {why}");
        }
        let all = self.counts();
        let _ = writeln!(
            out,
            "cases: {} passed, {} failed, {} not expressible, {} known disagreements, {} in all",
            all.passed,
            all.failed,
            all.not_expressible,
            all.known_disagreements,
            all.total()
        );
        out
    }
}

/// The scoreboard: counts by table, by source and by trust, as the text of its file.
#[must_use]
pub fn scoreboard(report: &Report) -> String {
    let tables: Vec<Json> = report.tables.iter().map(TableReport::row).collect();
    let board = json!({"tables": tables, "total": report.counts().json()});
    format!("{board:#}\n")
}

/// Checks the form of a scoreboard: every count is there and the sums agree. Gives the total.
///
/// # Errors
/// What is wrong: a sentence.
pub fn form(text: &str) -> Result<Counts, String> {
    let board: Json = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let tables = board["tables"].as_array().ok_or("no list of tables")?;
    let mut sum = Counts::default();
    for table in tables {
        let topic = table["topic"].as_str().ok_or("a table without topic")?;
        let whole = counts(table).map_err(|why| format!("{topic}: {why}"))?;
        for part in ["sources", "trust"] {
            let groups = table[part]
                .as_object()
                .ok_or("no counts by source or trust")?;
            let mut of_groups = Counts::default();
            for (key, group) in groups {
                let group = counts(group).map_err(|why| format!("{topic}, {key}: {why}"))?;
                of_groups = plus(of_groups, group);
            }
            if of_groups != whole {
                return Err(format!("{topic}: the counts by {part} do not add up"));
            }
        }
        sum = plus(sum, whole);
    }
    if counts(&board["total"])? != sum {
        return Err("the total is not the sum of the tables".to_owned());
    }
    Ok(sum)
}

fn plus(a: Counts, b: Counts) -> Counts {
    Counts {
        passed: a.passed + b.passed,
        failed: a.failed + b.failed,
        not_expressible: a.not_expressible + b.not_expressible,
        known_disagreements: a.known_disagreements + b.known_disagreements,
    }
}

fn counts(of: &Json) -> Result<Counts, String> {
    let read = |key: &str| {
        let count = of[key]
            .as_u64()
            .ok_or_else(|| format!("no count \"{key}\""))?;
        usize::try_from(count).map_err(|error| error.to_string())
    };
    let [passed, failed, not_expressible, known_disagreements] = FIELDS.map(read);
    let counts = Counts {
        passed: passed?,
        failed: failed?,
        not_expressible: not_expressible?,
        known_disagreements: known_disagreements?,
    };
    if read("total")? != counts.total() {
        return Err("the total is not the sum".to_owned());
    }
    Ok(counts)
}
