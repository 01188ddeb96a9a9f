//! A trace: measured load over time, as steps, and how it is read from CSV.
//!
//! ```text
//!   t_s,value          seconds from any start          0,94
//!   timestamp,value    ISO 8601, epoch s or ms         2014-04-10 00:04:00,94
//!   time,key,bytes,op,amount     a record a row        0.25,acct-0007,250,deposit,12.50
//! ```
//!
//! Whatever the text is, the reader ends in bounded time with a trace or with sentences that say
//! what is wrong where.

mod cell;
pub mod exact;

use crate::base::time::{DAY, Us};
use cell::Cells;
use exact::{Columns, Exact, Row};
use std::collections::BTreeMap;

/// One step of a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Step {
    /// Start, from the first row [us].
    pub at: Us,
    /// What was measured in the step, as it stands in the file, in thousandths.
    pub milli: u64,
}

/// A measured load.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Trace {
    /// Where it comes from, as people named it.
    pub name: String,
    /// Steps by time; the last one lasts as long as the one before it.
    pub steps: Vec<Step>,
    /// Records one by one, in the place of steps.
    pub exact: Option<Exact>,
}

impl Trace {
    /// Whether a source can follow it: what the CSV reader guarantees, asked of any other origin.
    ///
    /// # Errors
    /// A sentence that names the trace and the first step that is wrong.
    pub fn check(&self) -> Result<(), String> {
        let name: String = self.name.chars().take(40).collect();
        if self.name.chars().count() > 80 || self.name.chars().any(char::is_control) {
            return Err(format!(
                "The trace \"{name}\": a name has at most 80 characters."
            ));
        }
        if let Some(exact) = &self.exact {
            return exact
                .check()
                .map_err(|(row, why)| format!("The trace \"{name}\", row {row}: {why}."));
        }
        if self.steps.is_empty() || self.steps.len() as u64 > ROWS_MAX {
            let len = self.steps.len();
            return Err(format!(
                "The trace \"{name}\" has {len} steps; 1 to {ROWS_MAX} can be."
            ));
        }
        let mut before = None;
        for (ix, step) in self.steps.iter().enumerate() {
            let number = ix + 1;
            if before.is_some_and(|before| step.at <= before) {
                return Err(format!(
                    "The trace \"{name}\", step {number}: time must go forward."
                ));
            }
            if step.at > LENGTH_MAX || step.milli / 1_000 > VALUE_MAX {
                return Err(format!(
                    "The trace \"{name}\", step {number}: the number is too large."
                ));
            }
            before = Some(step.at);
        }
        Ok(())
    }

    /// Where the last step ends: it lasts as long as the one before it, or a second; or just behind
    /// the last record [us].
    #[must_use]
    pub fn end(&self) -> Option<Us> {
        if let Some(exact) = &self.exact {
            return exact.rows.last().map(|row| row.at + 1);
        }
        let last = self.steps.last()?.at;
        let before = self.steps.len().checked_sub(2).map(|ix| self.steps[ix].at);
        Some(last + before.map_or(1_000_000, |before| last - before))
    }
}

/// Most rows of a trace.
pub const ROWS_MAX: u64 = 1_000_000;
/// Most rows of exact records: each is kept by itself.
pub const EXACT_ROWS_MAX: u64 = 200_000;
/// Largest value of a row.
pub const VALUE_MAX: u64 = 1_000_000_000_000;
/// Longest trace [us].
pub const LENGTH_MAX: Us = 3_660 * DAY;
/// Most problems that are told of one file.
pub const PROBLEMS_MAX: usize = 20;
/// Characters of what was found that a problem shows.
const SHOWN: usize = 40;

/// Something wrong in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvProblem {
    /// Line in the file, from 1; 0: the whole file.
    pub line: u64,
    /// The column by its header, or empty.
    pub column: String,
    /// What was found there, cut short.
    pub found: String,
    /// What is allowed, as a sentence.
    pub allowed: String,
}

impl CsvProblem {
    fn new(line: u64, column: &str, found: &str, allowed: impl Into<String>) -> Self {
        let found = found.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self {
            line,
            column: column.to_owned(),
            found: found.take(SHOWN).collect(),
            allowed: allowed.into(),
        }
    }
}

impl std::fmt::Display for CsvProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.line > 0 {
            write!(f, "Line {}", self.line)?;
            if !self.column.is_empty() {
                write!(f, ", column {}", self.column)?;
            }
            write!(f, ": found \"{}\". ", self.found)?;
        }
        f.write_str(&self.allowed)
    }
}

impl std::error::Error for CsvProblem {}

/// What a file gave: the good rows as a trace, and what is wrong with the others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The trace of the good rows.
    pub trace: Trace,
    /// Lines of the good rows, in the order of the steps.
    pub good_lines: Vec<u64>,
    /// What is wrong, at most [`PROBLEMS_MAX`].
    pub problems: Vec<CsvProblem>,
    /// Rows that cannot be used, those included whose problems are not told.
    pub bad_rows: u64,
}

impl Reading {
    /// How many rows can be used.
    #[must_use]
    pub fn good_rows(&self) -> u64 {
        self.good_lines.len() as u64
    }

    fn tell(&mut self, problems: impl IntoIterator<Item = CsvProblem>) {
        let room = PROBLEMS_MAX.saturating_sub(self.problems.len());
        self.problems.extend(problems.into_iter().take(room));
    }
}

/// Reads a trace from CSV.
///
/// # Errors
/// Up to [`PROBLEMS_MAX`] problems, each a sentence with line, column, what was found and what is
/// allowed.
pub fn parse(name: &str, text: &str) -> Result<Trace, Vec<CsvProblem>> {
    let reading = read(name, text);
    if reading.problems.is_empty() {
        Ok(reading.trace)
    } else {
        Err(reading.problems)
    }
}

/// Reads all good rows of a CSV file and tells of the others.
#[must_use]
pub fn read(name: &str, text: &str) -> Reading {
    let mut reading = Reading::default();
    name.clone_into(&mut reading.trace.name);
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut cells = None;
    let mut lines = Lines::default();
    let mut state = Rows::default();
    for record in rows.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let allowed = format!("The row cannot be read as CSV: {error}.");
                reading.tell([CsvProblem::new(0, "", "", allowed)]);
                break;
            }
        };
        let byte = record.position().map_or(0, csv::Position::byte);
        let line = lines.at(text.as_bytes(), byte);
        match &cells {
            None => match Cells::of_header(&record, line) {
                Ok(found) => cells = Some(found),
                Err(problem) => {
                    reading.problems.push(problem);
                    return reading;
                }
            },
            Some(cells) => {
                let most = cells.rows_max();
                if state.rows >= most {
                    let allowed = format!("A trace has at most {most} rows; cut the file.");
                    reading.tell([CsvProblem::new(line, "", &record[0], allowed)]);
                    break;
                }
                state.row(cells, &record, line, &mut reading);
            }
        }
    }
    if state.rows == 0 && reading.problems.is_empty() {
        let allowed =
            "The file has no rows; a header \"t_s,value\" and at least one row are needed.";
        reading.problems.push(CsvProblem::new(0, "", "", allowed));
    }
    reading
}

/// Counts lines up to the rows; the reader's own count leaves out empty lines before a row.
#[derive(Default)]
struct Lines {
    byte: usize,
    ends: u64,
}

impl Lines {
    /// The line of the row that the reader began to look for at `byte`.
    fn at(&mut self, text: &[u8], byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
        let empty = text[byte..]
            .iter()
            .take_while(|c| matches!(c, b'\r' | b'\n'));
        let start = byte + empty.count();
        for at in self.byte..start {
            let alone = text[at] == b'\r' && text.get(at + 1) != Some(&b'\n');
            self.ends += u64::from(text[at] == b'\n' || alone);
        }
        self.byte = start;
        self.ends + 1
    }
}

/// What is known while rows are read.
#[derive(Default)]
struct Rows {
    rows: u64,
    /// Time of the first good row and line and time of the last one [us].
    origin: Option<i128>,
    last: Option<(u64, i128)>,
    /// Keys of exact records by name.
    keys: BTreeMap<String, u32>,
}

impl Rows {
    fn row(&mut self, cells: &Cells, record: &csv::StringRecord, line: u64, out: &mut Reading) {
        self.rows += 1;
        let done = match &cells.exact {
            None => self.step(cells, record, line, out),
            Some(columns) => self.record(cells, columns, record, line, out),
        };
        match done {
            Ok(()) => out.good_lines.push(line),
            Err(problems) => {
                out.bad_rows += 1;
                out.tell(problems);
            }
        }
    }

    fn step(
        &mut self,
        cells: &Cells,
        record: &csv::StringRecord,
        line: u64,
        out: &mut Reading,
    ) -> Result<(), Vec<CsvProblem>> {
        let (time, milli) = match (cells.time(record, line), cells.value(record, line)) {
            (Ok(time), Ok(milli)) => (time, milli),
            (time, value) => {
                return Err([time.err(), value.err()].into_iter().flatten().collect());
            }
        };
        let at = self.stand(cells, record, line, time)?;
        out.trace.steps.push(Step { at, milli });
        Ok(())
    }

    fn record(
        &mut self,
        cells: &Cells,
        columns: &Columns,
        record: &csv::StringRecord,
        line: u64,
        out: &mut Reading,
    ) -> Result<(), Vec<CsvProblem>> {
        let (time, (name, row)) = match (cells.time(record, line), columns.row(record, line)) {
            (Ok(time), Ok(row)) => (time, row),
            (time, row) => {
                let mut wrong: Vec<CsvProblem> = time.err().into_iter().collect();
                wrong.extend(row.err().into_iter().flatten());
                return Err(wrong);
            }
        };
        let at = self.stand(cells, record, line, time)?;
        let exact = out.trace.exact.get_or_insert_with(Exact::default);
        let key = *self.keys.entry(name.to_owned()).or_insert_with(|| {
            exact.keys.push(name.to_owned());
            (exact.keys.len() - 1) as u32
        });
        exact.rows.push(Row { at, key, ..row });
        Ok(())
    }

    /// Where a row stands in the trace, which goes on from there; a problem if it cannot.
    fn stand(
        &mut self,
        cells: &Cells,
        record: &csv::StringRecord,
        line: u64,
        time: i128,
    ) -> Result<Us, Vec<CsvProblem>> {
        let at = self.place(time, cells.exact.is_some()).map_err(|allowed| {
            let found = cells.time_text(record);
            vec![CsvProblem::new(line, &cells.time_name, found, allowed)]
        })?;
        self.last = Some((line, time));
        Ok(at)
    }

    /// Where a row stands in the trace; a sentence if it cannot stand there.
    fn place(&mut self, time: i128, may_repeat: bool) -> Result<Us, String> {
        if let Some((line, last)) = self.last {
            if time == last && !may_repeat {
                return Err(format!(
                    "Line {line} has the same time; each row needs its own."
                ));
            }
            if time < last {
                return Err(format!(
                    "The time is before that of line {line}; sort the rows."
                ));
            }
        }
        let origin = *self.origin.get_or_insert(time);
        match Us::try_from(time - origin) {
            Ok(at) if at <= LENGTH_MAX => Ok(at),
            _ => {
                let days = LENGTH_MAX / DAY;
                Err(format!(
                    "A trace lasts at most {days} days from its first row."
                ))
            }
        }
    }
}

#[cfg(test)]
mod tests;
