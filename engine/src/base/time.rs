//! Model time: whole microseconds, how people write spans of it, and how a clock shows it.

use std::fmt;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};

/// Microseconds since the run's start, or the length of a span (us).
pub type Us = u64;

/// One millisecond (us).
pub const MS: Us = 1_000;
/// One second (us).
pub const SECOND: Us = 1_000 * MS;
/// One minute (us).
pub const MINUTE: Us = 60 * SECOND;
/// One hour (us).
pub const HOUR: Us = 60 * MINUTE;
/// One day of 24 hours (us).
pub const DAY: Us = 24 * HOUR;

/// The units in which a span may be given; the first name of a length is the one shown.
const UNITS: [(&str, Us); 8] = [
    ("µs", 1),
    ("us", 1),
    ("ms", MS),
    ("s", SECOND),
    ("min", MINUTE),
    ("m", MINUTE),
    ("h", HOUR),
    ("d", DAY),
];

/// What [`show_span`] chooses from, shortest first.
const SHOWN: [(&str, Us); 6] = [
    ("µs", 1),
    ("ms", MS),
    ("s", SECOND),
    ("min", MINUTE),
    ("h", HOUR),
    ("d", DAY),
];

/// Why a text is not a span of time; its `Display` is a sentence for the person who wrote it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SpanError {
    /// The text is not a number followed by a unit.
    Form(String),
    /// The number is followed by a unit that is not known.
    Unit(String, String),
    /// The span is not a whole number of microseconds.
    TooFine(String),
    /// The span does not fit into 64 bits of microseconds (584,000 years).
    TooLong(String),
}

impl fmt::Display for SpanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const ALLOWED: &str = "us, ms, s, m, h or d";
        match self {
            Self::Form(given) => write!(
                f,
                "\"{given}\" is not a span of time: give a number and a unit \
                 ({ALLOWED}), such as 1.5s."
            ),
            Self::Unit(given, unit) => write!(
                f,
                "\"{given}\" has the unit \"{unit}\", which is not known: the units are {ALLOWED}."
            ),
            Self::TooFine(given) => write!(
                f,
                "\"{given}\" is not a whole number of microseconds, the finest step of the model; \
                 the units are {ALLOWED}."
            ),
            Self::TooLong(given) => write!(
                f,
                "\"{given}\" is longer than the model can count; the units are {ALLOWED}."
            ),
        }
    }
}

impl std::error::Error for SpanError {}

/// Reads a span such as `600s`, `1.5s`, `10ms`, `24h`, `3d`, `250us` or `90m` (us).
///
/// Blanks around the text and before the unit are ignored. The arithmetic is exact: no float.
///
/// # Errors
/// [`SpanError`] when the text has no number, no known unit, a fraction of a microsecond, or
/// more than 64 bits hold.
pub fn parse_span(text: &str) -> Result<Us, SpanError> {
    let given = text.trim();
    let split = given
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(given.len());
    let (number, unit) = given.split_at(split);
    let unit = unit.trim_start();
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let no_digits = whole.is_empty() && fraction.is_empty();
    if no_digits || fraction.contains('.') || unit.is_empty() {
        return Err(SpanError::Form(begin(given)));
    }
    let Some(&(_, us)) = UNITS.iter().find(|(name, _)| *name == unit) else {
        return Err(SpanError::Unit(begin(given), begin(unit)));
    };
    let too_long = || SpanError::TooLong(begin(given));
    let fraction = fraction.trim_end_matches('0');
    let whole = if whole.is_empty() {
        0
    } else {
        whole.parse::<Us>().map_err(|_| too_long())?
    };
    let part = part_of(fraction, us).ok_or_else(|| SpanError::TooFine(begin(given)))?;
    whole
        .checked_mul(us)
        .and_then(|w| w.checked_add(part))
        .ok_or_else(too_long)
}

/// As much of what was given as a sentence gives back.
fn begin(given: &str) -> String {
    given.chars().take(40).collect()
}

/// `0.fraction` of a unit of `us` microseconds, or nothing when that is not a whole number.
fn part_of(fraction: &str, us: Us) -> Option<Us> {
    let scale = 10u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let digits = if fraction.is_empty() {
        0
    } else {
        fraction.parse::<u128>().ok()?
    };
    let scaled = digits.checked_mul(u128::from(us))?;
    if scaled % scale == 0 {
        Us::try_from(scaled / scale).ok()
    } else {
        None
    }
}

/// A short text for a span: the largest unit that gives at least one, and up to two decimals.
#[must_use]
pub fn show_span(span: Us) -> String {
    let mut at = SHOWN.iter().rposition(|&(_, us)| us <= span).unwrap_or(0);
    // Rounding to hundredths can reach the next unit (59.999 s is 1 min): then show that one.
    if let Some(&(_, next)) = SHOWN.get(at + 1)
        && hundredths(span, SHOWN[at].1) * u128::from(SHOWN[at].1) >= 100 * u128::from(next)
    {
        at += 1;
    }
    let (name, us) = SHOWN[at];
    let hundredths = hundredths(span, us);
    let (whole, rest) = (hundredths / 100, hundredths % 100);
    match (rest, rest % 10) {
        (0, _) => format!("{whole} {name}"),
        (_, 0) => format!("{whole}.{} {name}", rest / 10),
        _ => format!("{whole}.{rest:02} {name}"),
    }
}

/// `span` in hundredths of a unit, rounded half up.
fn hundredths(span: Us, us: Us) -> u128 {
    (u128::from(span) * 100 + u128::from(us) / 2) / u128::from(us)
}

/// The wall clock (UTC) at `at` of a run that began `start_us_utc` after 1 January 1970, such as
/// `Fri 29 Nov 10:04:12.350`; milliseconds are cut, not rounded.
///
/// Beyond the calendar's end (the year 9999) it shows the span since the run's start instead.
#[must_use]
pub fn clock(start_us_utc: u64, at: Us) -> String {
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let moment = start_us_utc
        .checked_add(at)
        .and_then(|us| i64::try_from(us).ok())
        .and_then(|us| Timestamp::from_microsecond(us).ok());
    let Some(moment) = moment else {
        return format!("{} after the start", show_span(at));
    };
    let civil = TimeZone::UTC.to_datetime(moment);
    let day = match civil.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    };
    let month = usize::try_from(civil.month() - 1)
        .ok()
        .and_then(|m| MONTHS.get(m))
        .unwrap_or(&"?");
    format!(
        "{day} {} {month} {:02}:{:02}:{:02}.{:03}",
        civil.day(),
        civil.hour(),
        civil.minute(),
        civil.second(),
        civil.millisecond()
    )
}

/// The hour `at` as a path, `2026/11/01/09`, of a run that began with the month `as_of` (yyyymm,
/// UTC). Beyond the calendar's end it counts hours since the start instead.
#[must_use]
pub fn hour_path(as_of: u32, at: Us) -> String {
    let year = i16::try_from(as_of / 100).ok();
    let month = i8::try_from(as_of % 100).ok();
    let first = year.zip(month).and_then(|(y, m)| Date::new(y, m, 1).ok());
    let days = i32::try_from(at / DAY).ok();
    let hour = at % DAY / HOUR;
    let day = first.zip(days).and_then(|(first, days)| {
        let days = Span::new().try_days(days).ok()?;
        first.checked_add(days).ok()
    });
    match day {
        Some(day) => format!(
            "{:04}/{:02}/{:02}/{hour:02}",
            day.year(),
            day.month(),
            day.day()
        ),
        None => format!("hour-{}", at / HOUR),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_exactly() {
        for (text, us) in [
            ("600s", 600 * SECOND),
            ("1.5s", 1_500 * MS),
            ("10ms", 10 * MS),
            ("24h", DAY),
            ("3d", 3 * DAY),
            ("250us", 250),
            ("90m", 90 * MINUTE),
            (" 1.50 min ", 90 * SECOND),
            (".1ms", 100),
            ("0s", 0),
            ("1.0000000000us", 1),
        ] {
            assert_eq!(parse_span(text), Ok(us), "{text}");
        }
    }

    #[test]
    fn wrong_spans_say_what_is_allowed() {
        for text in [
            "",
            "s",
            "12",
            "1.2.3s",
            "-1s",
            "5 weeks",
            "0.5us",
            "1e3s",
            "99999999999999d",
        ] {
            let Err(error) = parse_span(text) else {
                panic!("{text} was read")
            };
            let sentence = error.to_string();
            assert!(
                sentence.contains(text) && sentence.contains("us, ms, s"),
                "{sentence}"
            );
            assert!(sentence.ends_with('.'), "{sentence}");
        }
    }

    #[test]
    fn a_long_text_is_given_back_in_part() {
        for end in ["", "s", "weeks", " x"] {
            let text = format!("{}{end}", "7".repeat(5_000));
            let text = text.replace(" x", &" [[".repeat(5_000));
            let sentence = parse_span(&text).expect_err("no span").to_string();
            assert!(sentence.chars().count() < 300, "{sentence}");
        }
    }

    #[test]
    fn spans_are_shown_short_and_read_back() {
        for (us, text) in [
            (0, "0 µs"),
            (250, "250 µs"),
            (1_500 * MS, "1.5 s"),
            (59_999 * MS, "1 min"),
            (999_999, "1 s"),
            (90 * MINUTE, "1.5 h"),
            (25 * HOUR, "1.04 d"),
            (10_050, "10.05 ms"),
        ] {
            assert_eq!(show_span(us), text);
            assert!(parse_span(text).is_ok());
        }
        assert!(show_span(u64::MAX).ends_with(" d"));
    }

    #[test]
    fn the_clock_shows_day_and_time() {
        // 29 November 2024, 10:00:00 UTC.
        let start = 1_732_874_400 * SECOND;
        assert_eq!(
            clock(start, 4 * MINUTE + 12_350 * MS),
            "Fri 29 Nov 10:04:12.350"
        );
        assert_eq!(clock(start, DAY + 14 * HOUR), "Sun 1 Dec 00:00:00.000");
        assert_eq!(clock(0, 999), "Thu 1 Jan 00:00:00.000");
        assert!(clock(u64::MAX, SECOND).contains("after the start"));
    }
}
