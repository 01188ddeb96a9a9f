//! Cells of a trace: which columns there are, times and values.

use super::exact::Columns;
use super::{CsvProblem, EXACT_ROWS_MAX, ROWS_MAX, VALUE_MAX};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Which columns a file has.
pub(super) struct Cells {
    time: usize,
    value: usize,
    /// Times are seconds from any start, not time stamps.
    seconds: bool,
    pub(super) time_name: String,
    value_name: String,
    /// The columns of exact records, in a file of such.
    pub(super) exact: Option<Columns>,
}

/// Numbers from here on are milliseconds of the epoch, below seconds: 10^11 s lies in the year
/// 5138, 10^11 ms in 1973.
const EPOCH_MS_FROM: f64 = 1e11;

const HEADER: &str = "The first line must name the columns: \"t_s,value\", \"timestamp,value\" or, for \
                      single records, \"time,key,bytes,op,amount\".";

impl Cells {
    pub(super) fn of_header(record: &csv::StringRecord, line: u64) -> Result<Self, CsvProblem> {
        let text = record.iter().collect::<Vec<_>>().join(",");
        let problem = |allowed: &str| CsvProblem::new(line, "", &text, allowed);
        let find = |names: &[&str]| {
            record
                .iter()
                .position(|cell| names.iter().any(|name| cell.eq_ignore_ascii_case(name)))
        };
        if record.len() == 1 && text.contains([';', '\t']) {
            let allowed = "Columns are separated by commas, not by semicolons or tabs.";
            return Err(problem(allowed));
        }
        if let (Some(time), None) = (find(&["time"]), find(&["value"])) {
            return Self::of_records(record, time).map_err(|missing| {
                problem(&format!("There is no column \"{missing}\". {HEADER}"))
            });
        }
        let seconds = find(&["t_s"]);
        let Some(time) = seconds.or_else(|| find(&["timestamp"])) else {
            let allowed = format!("There is no column \"t_s\" or \"timestamp\". {HEADER}");
            return Err(problem(&allowed));
        };
        let Some(value) = find(&["value"]) else {
            let allowed = format!("There is no column \"value\". {HEADER}");
            return Err(problem(&allowed));
        };
        Ok(Self {
            time,
            value,
            seconds: seconds.is_some(),
            time_name: record[time].to_owned(),
            value_name: record[value].to_owned(),
            exact: None,
        })
    }

    /// A file of exact records; the name of a column that is missing.
    fn of_records(record: &csv::StringRecord, time: usize) -> Result<Self, &'static str> {
        Ok(Self {
            time,
            value: time,
            seconds: false,
            time_name: record[time].to_owned(),
            value_name: String::new(),
            exact: Some(Columns::of_header(record)?),
        })
    }

    /// The largest number of rows of such a file.
    pub(super) fn rows_max(&self) -> u64 {
        if self.exact.is_some() {
            EXACT_ROWS_MAX
        } else {
            ROWS_MAX
        }
    }

    pub(super) fn time_text<'a>(&self, record: &'a csv::StringRecord) -> &'a str {
        record.get(self.time).unwrap_or_default()
    }

    /// The time of a row [us from some start].
    pub(super) fn time(&self, record: &csv::StringRecord, line: u64) -> Result<i128, CsvProblem> {
        let text = self.time_text(record);
        let allowed = if self.seconds {
            "A number of seconds is needed, such as 300 or 0.5, from 0 to 10,000,000,000."
        } else if self.exact.is_some() {
            "A time is needed: seconds such as 0.25, or a time stamp such as 2014-04-10T00:04:00Z."
        } else {
            "A time stamp is needed, such as 2014-04-10T00:04:00Z, 2014-04-10 00:04:00, or \
             seconds or milliseconds since 1970."
        };
        let found = if self.seconds {
            seconds(text)
        } else {
            stamp(text)
        };
        found.ok_or_else(|| CsvProblem::new(line, &self.time_name, text, allowed))
    }

    /// The value of a row [thousandths].
    pub(super) fn value(&self, record: &csv::StringRecord, line: u64) -> Result<u64, CsvProblem> {
        let Some(text) = record.get(self.value) else {
            let allowed = format!("The row has {} cells and no value.", record.len());
            return Err(CsvProblem::new(line, &self.value_name, "", allowed));
        };
        milli(text).map_err(|allowed| CsvProblem::new(line, &self.value_name, text, allowed))
    }
}

/// Seconds with a fraction [us].
fn seconds(text: &str) -> Option<i128> {
    let number = number(text)?;
    (0.0..=1e10)
        .contains(&number)
        .then(|| libm::round(number * 1e6) as i128)
}

/// A time stamp [us since 1970].
fn stamp(text: &str) -> Option<i128> {
    if let Some(number) = number(text) {
        let us = if number >= EPOCH_MS_FROM {
            number * 1e3
        } else {
            number * 1e6
        };
        return (0.0..=1e17).contains(&us).then(|| libm::round(us) as i128);
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(i128::from(instant.as_microsecond()));
    }
    let civil = text.parse::<DateTime>().ok()?;
    let zoned = civil.to_zoned(TimeZone::UTC).ok()?;
    Some(i128::from(zoned.timestamp().as_microsecond()))
}

/// A plain number: what Rust also reads as one, such as `inf` or `NaN`, is none here.
fn number(text: &str) -> Option<f64> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    let number: f64 = text.parse().ok().filter(|_| plain)?;
    number.is_finite().then_some(number)
}

/// A value in thousandths; a sentence if it is none.
fn milli(text: &str) -> Result<u64, String> {
    let needed = || format!("A number from 0 to {VALUE_MAX} is needed.");
    if text.is_empty() {
        return Err(format!("The cell is empty. {}", needed()));
    }
    let Some(number) = number(text) else {
        let separated = text.len() > 1 && text.bytes().any(|byte| byte == b',');
        let hint = if separated {
            " Write it without thousands separators."
        } else {
            ""
        };
        return Err(format!("This is not a number. {}{hint}", needed()));
    };
    if number < 0.0 {
        return Err(format!("A load is never negative. {}", needed()));
    }
    if number > VALUE_MAX as f64 {
        return Err(format!("The value is too large. {}", needed()));
    }
    Ok(exact_milli(text).unwrap_or_else(|| libm::round(number * 1e3) as u64))
}

/// Digits with at most three behind the point, without a detour over floats.
fn exact_milli(text: &str) -> Option<u64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || fraction.len() > 3 || !digits(whole) || !digits(fraction) {
        return None;
    }
    let whole: u64 = whole.parse().ok()?;
    let padded = format!("{fraction:0<3}");
    whole.checked_mul(1_000)?.checked_add(padded.parse().ok()?)
}
