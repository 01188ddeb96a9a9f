//! Settings: key, range, how a change takes effect, and plain function pointers to read and write.

use crate::base::time::{Us, parse_span};

/// A setting's value between a form, a file and a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// Whole numbers; decimals scaled by 10^places; spans in microseconds; bytes.
    Int(i64),
    /// Yes or no.
    Flag(bool),
    /// Text, and the chosen word of a choice.
    Text(String),
}

impl Value {
    /// The number inside.
    ///
    /// # Errors
    /// If the value is not a number.
    pub fn int(&self) -> Result<i64, FieldError> {
        match self {
            Self::Int(n) => Ok(*n),
            other => Err(FieldError(format!(
                "A number is needed here, not {other:?}."
            ))),
        }
    }

    /// The number inside, not negative.
    ///
    /// # Errors
    /// If the value is not a number or is negative.
    pub fn uint(&self) -> Result<u64, FieldError> {
        let n = self.int()?;
        u64::try_from(n).map_err(|_| FieldError(format!("{n} is negative; 0 is the least.")))
    }

    /// The text inside.
    ///
    /// # Errors
    /// If the value is not text.
    pub fn text(&self) -> Result<&str, FieldError> {
        match self {
            Self::Text(text) => Ok(text),
            other => Err(FieldError(format!("Text is needed here, not {other:?}."))),
        }
    }

    /// The yes or no inside.
    ///
    /// # Errors
    /// If the value is not a flag.
    pub fn flag(&self) -> Result<bool, FieldError> {
        match self {
            Self::Flag(flag) => Ok(*flag),
            other => Err(FieldError(format!(
                "Yes or no is needed here, not {other:?}."
            ))),
        }
    }
}

/// Why a value was not taken: one sentence with the value, the range and where the range is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldError(pub String);

impl std::fmt::Display for FieldError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for FieldError {}

/// What values a field takes, and so which control shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A whole number.
    Int {
        /// Least.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// A decimal number, kept as a whole number of 10^-places.
    Decimal {
        /// Least, scaled.
        min: i64,
        /// Largest, scaled.
        max: i64,
        /// Digits behind the point, 1 to 6.
        places: u32,
    },
    /// A length of time in microseconds; written `10s`, `200ms`, `24h`.
    Span {
        /// Least [us].
        min: Us,
        /// Largest [us].
        max: Us,
    },
    /// One word of a list.
    Choice(&'static [&'static str]),
    /// Free text.
    Text {
        /// Most characters.
        chars_max: usize,
    },
    /// Yes or no.
    Flag,
}

/// When a change of the field takes effect in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// At once.
    Live,
    /// At once asked for, in effect later, as the service does it; the text says after what.
    After(&'static str),
    /// Only from the start of a new run.
    Restart,
}

/// One setting of a configuration `C`.
#[derive(Debug)]
pub struct Field<C> {
    /// The key in files and on the command line; the service's own word where it has one.
    pub key: &'static str,
    /// What values it takes.
    pub kind: Kind,
    /// The unit shown behind the control; empty where there is none.
    pub unit: &'static str,
    /// When a change takes effect.
    pub change: Change,
    /// Where range and default come from, with the date; `own` where the product chose them.
    pub source: &'static str,
    /// Whether the field means anything under the other settings.
    pub shown: fn(&C) -> bool,
    /// Reads it.
    pub get: fn(&C) -> Value,
    /// Writes it; the range was checked before.
    pub set: fn(&mut C, &Value) -> Result<(), FieldError>,
}

/// A field without its configuration type, for readers that loop over all services.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldInfo {
    /// See [`Field::key`].
    pub key: &'static str,
    /// See [`Field::kind`].
    pub kind: Kind,
    /// See [`Field::unit`].
    pub unit: &'static str,
    /// See [`Field::change`].
    pub change: Change,
    /// See [`Field::source`].
    pub source: &'static str,
}

impl<C> Field<C> {
    /// The part that does not depend on the configuration type.
    #[must_use]
    pub const fn info(&self) -> FieldInfo {
        FieldInfo {
            key: self.key,
            kind: self.kind,
            unit: self.unit,
            change: self.change,
            source: self.source,
        }
    }
}

fn show_scaled(n: i64, places: u32) -> String {
    let scale = 10_u64.pow(places);
    let whole = n.unsigned_abs() / scale;
    let rest = n.unsigned_abs() % scale;
    let sign = if n < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let digits = format!("{rest:0width$}", width = places as usize);
    format!("{sign}{whole}.{}", digits.trim_end_matches('0'))
}

fn parse_scaled(text: &str, places: u32) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    if rest.len() > places as usize || !rest.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let whole: i64 = whole.parse().ok().filter(|n| *n >= 0)?;
    let padded = format!("{rest:0<width$}", width = places as usize);
    let rest: i64 = if padded.is_empty() {
        0
    } else {
        padded.parse().ok()?
    };
    whole
        .checked_mul(10_i64.pow(places))?
        .checked_add(rest)?
        .checked_mul(sign)
}

impl FieldInfo {
    /// Reads what a person typed or a file holds as text.
    ///
    /// # Errors
    /// A sentence with the field, what was given, and what is allowed.
    pub fn parse(&self, text: &str) -> Result<Value, FieldError> {
        let text = text.trim();
        let given = match self.kind {
            Kind::Int { .. } => text.replace([',', '_'], "").parse().ok().map(Value::Int),
            Kind::Decimal { places, .. } => {
                parse_scaled(&text.replace([',', '_'], ""), places).map(Value::Int)
            }
            Kind::Span { .. } => parse_span(text)
                .ok()
                .and_then(|us| i64::try_from(us).ok())
                .map(Value::Int),
            Kind::Flag => match text {
                "true" | "yes" | "on" => Some(Value::Flag(true)),
                "false" | "no" | "off" => Some(Value::Flag(false)),
                _ => None,
            },
            Kind::Choice(_) | Kind::Text { .. } => Some(Value::Text(text.to_owned())),
        };
        match given {
            Some(value) => self.check(&value).map(|()| value),
            None => Err(self.refusal(text)),
        }
    }

    /// Checks kind and range.
    ///
    /// # Errors
    /// A sentence with the field, what was given, and what is allowed.
    pub fn check(&self, value: &Value) -> Result<(), FieldError> {
        let fits = match (self.kind, value) {
            (Kind::Int { min, max } | Kind::Decimal { min, max, .. }, Value::Int(n)) => {
                (min..=max).contains(n)
            }
            (Kind::Span { min, max }, Value::Int(n)) => {
                u64::try_from(*n).is_ok_and(|us| (min..=max).contains(&us))
            }
            (Kind::Choice(words), Value::Text(word)) => words.contains(&word.as_str()),
            (Kind::Text { chars_max }, Value::Text(text)) => {
                text.chars().count() <= chars_max && !text.chars().any(char::is_control)
            }
            (Kind::Flag, Value::Flag(_)) => true,
            _ => false,
        };
        if fits {
            Ok(())
        } else {
            Err(self.refusal(&self.show(value)))
        }
    }

    fn refusal(&self, given: &str) -> FieldError {
        let short: String = given.chars().take(60).collect();
        let from = match self.source {
            "own" => String::new(),
            source => format!(" ({source})"),
        };
        FieldError(format!(
            "{}: \"{short}\" is not {}{from}.",
            self.key,
            self.allowed()
        ))
    }

    /// What is allowed, in words: `a whole number from 1 to 500`.
    #[must_use]
    pub fn allowed(&self) -> String {
        use crate::base::time::show_span;
        match self.kind {
            Kind::Int { min, max } => format!("a whole number from {min} to {max}"),
            Kind::Decimal { min, max, places } => format!(
                "a number from {} to {} with at most {places} digits behind the point",
                show_scaled(min, places),
                show_scaled(max, places)
            ),
            Kind::Span { min, max } => format!(
                "a time from {} to {}, written like 200ms, 10s, 24h",
                show_span(min),
                show_span(max)
            ),
            Kind::Choice(words) => format!("one of: {}", words.join(", ")),
            Kind::Text { chars_max } => {
                format!("text of at most {chars_max} characters without control characters")
            }
            Kind::Flag => "yes or no".to_owned(),
        }
    }

    /// The value as [`Self::parse`] reads it back.
    #[must_use]
    pub fn show(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Decimal { places, .. }, Value::Int(n)) => show_scaled(*n, places),
            (Kind::Span { .. }, Value::Int(n)) => match u64::try_from(*n) {
                Ok(us) => exact_span(us),
                Err(_) => format!("{n}us"),
            },
            (_, Value::Int(n)) => n.to_string(),
            (_, Value::Flag(flag)) => (if *flag { "yes" } else { "no" }).to_owned(),
            (_, Value::Text(text)) => text.clone(),
        }
    }
}

/// A span in the largest unit that divides it, so that it reads back to the microsecond.
fn exact_span(us: Us) -> String {
    for (unit, size) in [
        ("h", 3_600_000_000),
        ("m", 60_000_000),
        ("s", 1_000_000),
        ("ms", 1_000),
    ] {
        if us != 0 && us.is_multiple_of(size) {
            return format!("{}{unit}", us / size);
        }
    }
    if us == 0 {
        "0s".to_owned()
    } else {
        format!("{us}us")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(kind: Kind) -> FieldInfo {
        FieldInfo {
            key: "rate",
            kind,
            unit: "",
            change: Change::Live,
            source: "KDS-lim",
        }
    }

    #[test]
    fn what_is_shown_reads_back() {
        for (kind, text) in [
            (Kind::Int { min: 1, max: 500 }, "20"),
            (
                Kind::Decimal {
                    min: 0,
                    max: 10_000,
                    places: 2,
                },
                "1.5",
            ),
            (
                Kind::Span {
                    min: 0,
                    max: u64::MAX >> 1,
                },
                "200ms",
            ),
            (
                Kind::Span {
                    min: 0,
                    max: u64::MAX >> 1,
                },
                "24h",
            ),
            (Kind::Flag, "yes"),
            (Kind::Choice(&["none", "fixed"]), "fixed"),
        ] {
            let field = info(kind);
            let value = field.parse(text).expect("a good value");
            assert_eq!(field.show(&value), text, "{kind:?}");
        }
    }

    #[test]
    fn a_refusal_names_field_value_range_and_source() {
        let error = info(Kind::Int { min: 1, max: 500 })
            .parse("501")
            .expect_err("out of range");
        let text = error.to_string();
        for part in ["rate", "501", "1 to 500", "KDS-lim"] {
            assert!(text.contains(part), "{part} is missing in: {text}");
        }
        assert!(
            info(Kind::Int { min: 1, max: 500 }).parse("ten").is_err(),
            "not a number"
        );
        assert!(
            info(Kind::Decimal {
                min: 0,
                max: 99,
                places: 1
            })
            .parse("1.25")
            .is_err(),
            "digits"
        );
    }
}
