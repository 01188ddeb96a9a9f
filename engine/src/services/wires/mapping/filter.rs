//! The filter of a mapping (FilterCriteria): patterns over the key and the data of a record, or over
//! the body of a message.
//!
//! Several patterns are alternatives. A pattern names fields; each must have one of the values in
//! its list. Data that is no JSON matches no pattern for its fields.

use crate::services::cx::Cx;
use crate::services::payload::Act;
use crate::services::shared::reading::cut;
use crate::services::talk::{Message, Parcel, Read};
use serde_json::{Map, Value, json};

/// Most patterns of a mapping: 5, and 10 on request (L-filter, 2023).
const PATTERNS_MAX: usize = 10;

/// A filter; one without patterns lets all through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    patterns: Vec<Value>,
    /// Whether any pattern looks into data or body, so that each record is looked at alone.
    data: bool,
}

impl Filter {
    /// Reads one pattern, or a list of them.
    ///
    /// # Errors
    /// A sentence if it is no JSON or no pattern: the mapping cannot be created so
    /// (InvalidParameterValueException).
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        let value: Value = serde_json::from_str(text)
            .map_err(|error| format!("InvalidParameterValueException: no JSON ({error})."))?;
        let patterns = match value {
            Value::Array(list) => list,
            one => vec![one],
        };
        if patterns.len() > PATTERNS_MAX {
            let n = patterns.len();
            return Err(format!(
                "{n} patterns; a mapping takes at most {PATTERNS_MAX}."
            ));
        }
        patterns.iter().try_for_each(check)?;
        let inside = |pattern: &Value| {
            ["data", "body"]
                .iter()
                .any(|key| pattern.get(key).is_some())
        };
        let data = patterns.iter().any(inside);
        Ok(Self { patterns, data })
    }

    /// The filter of a setting, which was checked when it was set.
    pub(in crate::services::wires) fn of_setting(text: &str) -> Self {
        Self::parse(text).unwrap_or_default()
    }

    /// Whether all records pass.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Whether an event passes.
    #[must_use]
    pub fn lets_through(&self, event: &Value) -> bool {
        self.is_open()
            || self
                .patterns
                .iter()
                .any(|pattern| fits(pattern, Some(event)))
    }

    /// Parts what was read into what passes and what does not.
    pub(super) fn sift(&self, read: &Read, cx: &Cx<'_, '_>) -> (Vec<Read>, Vec<Read>) {
        let (mut through, mut out) = (Vec::new(), Vec::new());
        let mut rest = Some(*read);
        while let Some(read) = rest.take() {
            let (head, tail) = if self.data {
                cut(&read, 1)
            } else {
                (read, None)
            };
            let list = if self.lets_through(&event_of(&head, cx)) {
                &mut through
            } else {
                &mut out
            };
            list.push(head);
            rest = tail;
        }
        (through, out)
    }

    /// Parts messages that were received into those that pass and those that do not. A notice has
    /// a body of its own, without the fields of a record.
    pub(in crate::services::wires) fn sift_messages(
        &self,
        message: &Message,
        cx: &Cx<'_, '_>,
    ) -> (Vec<Message>, Vec<Message>) {
        let (mut through, mut out) = (Vec::new(), Vec::new());
        let alone = self.data && !message.notice;
        let step = if alone { 1 } else { message.parcel.n };
        for skip in (0..message.parcel.n).step_by(step.max(1) as usize) {
            let parcel = message.parcel.part(skip, step);
            let body = if message.notice {
                Value::Null
            } else {
                data_of(&parcel, cx)
            };
            let event = json!({ "eventSource": "aws:sqs", "body": body });
            let list = if self.lets_through(&event) {
                &mut through
            } else {
                &mut out
            };
            let id = message.id + u64::from(skip);
            list.push(Message {
                id,
                parcel,
                ..*message
            });
        }
        (through, out)
    }
}

/// A record as a pattern sees it.
fn event_of(read: &Read, cx: &Cx<'_, '_>) -> Value {
    let lane = cx.lanes().get(read.parcel.lane);
    let data = data_of(&read.parcel, cx);
    json!({ "eventSource": "aws:kinesis", "partitionKey": &*lane.key, "data": data })
}

/// What the first record of a parcel says.
fn data_of(parcel: &Parcel, cx: &Cx<'_, '_>) -> Value {
    let payload = cx
        .lanes()
        .payload(cx.seed(), parcel.lane, parcel.first, parcel.op);
    let amount = payload.cents as f64 / 100.0;
    let (product, account) = (payload.product, payload.account);
    match payload.act {
        Act::Count => json!({ "type": "count" }),
        Act::Sale => json!({
            "type": "sale", "units": payload.units, "amount": amount, "product": product,
        }),
        Act::Payment => json!({ "type": "payment", "amount": amount, "account": account }),
        Act::Deposit => json!({ "type": "deposit", "amount": amount, "account": account }),
        Act::Withdrawal => json!({ "type": "withdrawal", "amount": amount, "account": account }),
    }
}

/// Whether a pattern can be one: objects down to lists.
fn check(pattern: &Value) -> Result<(), String> {
    let Value::Object(members) = pattern else {
        return Err(format!(
            "InvalidParameterValueException: {pattern} is no pattern (an object)."
        ));
    };
    for (key, value) in members {
        match value {
            Value::Object(_) => check(value)?,
            Value::Array(list) if key == "$or" => list.iter().try_for_each(check)?,
            Value::Array(list) if !list.is_empty() => {
                list.iter().try_for_each(|test| check_test(key, test))?;
            }
            _ => {
                return Err(format!(
                    "InvalidParameterValueException: \"{key}\" needs a list of values or a pattern, not {value}."
                ));
            }
        }
    }
    Ok(())
}

/// Whether one test of a list can be one: a plain value, or one rule with what it needs.
fn check_test(key: &str, test: &Value) -> Result<(), String> {
    let bad = |why: &str| {
        Err(format!(
            "InvalidParameterValueException: \"{key}\": {test} {why}."
        ))
    };
    let rule = match test {
        Value::Object(rule) => rule,
        Value::Array(_) => return bad("is a list in a list"),
        _ => return Ok(()),
    };
    let mut members = rule.iter();
    let (Some((name, wanted)), None) = (members.next(), members.next()) else {
        return bad("needs exactly one rule");
    };
    let plain = |value: &Value| value.is_string() || value.is_number();
    let fit = match (name.as_str(), wanted) {
        ("exists", wanted) => wanted.is_boolean(),
        ("prefix" | "suffix" | "equals-ignore-case", wanted) => wanted.is_string(),
        ("anything-but", Value::Array(list)) => !list.is_empty() && list.iter().all(plain),
        ("anything-but", wanted) => plain(wanted),
        ("numeric", Value::Array(parts)) => is_range(parts),
        ("numeric", _) => false,
        _ => {
            return bad(
                "is no rule; there are exists, prefix, suffix, equals-ignore-case, anything-but, numeric",
            );
        }
    };
    if fit {
        Ok(())
    } else {
        bad("does not have what its rule needs")
    }
}

/// One or two comparisons: `["=", 5]`, `[">", 0, "<=", 5]`.
fn is_range(parts: &[Value]) -> bool {
    let sign = |value: &Value| matches!(value.as_str(), Some("=" | "<" | "<=" | ">" | ">="));
    let pairs = parts.chunks_exact(2);
    (parts.len() == 2 || parts.len() == 4)
        && pairs
            .into_iter()
            .all(|pair| sign(&pair[0]) && pair[1].is_number())
}

fn fits(pattern: &Value, event: Option<&Value>) -> bool {
    match pattern {
        Value::Object(members) => all_fit(members, event),
        Value::Array(tests) => match event {
            Some(Value::Array(values)) => values
                .iter()
                .any(|value| tests.iter().any(|test| passes(test, Some(value)))),
            event => tests.iter().any(|test| passes(test, event)),
        },
        _ => false,
    }
}

fn all_fit(members: &Map<String, Value>, event: Option<&Value>) -> bool {
    members.iter().all(|(key, pattern)| match pattern {
        Value::Array(list) if key == "$or" => list.iter().any(|one| fits(one, event)),
        _ => fits(pattern, event.and_then(|event| event.get(key))),
    })
}

/// One test of a list against one value.
fn passes(test: &Value, value: Option<&Value>) -> bool {
    let Value::Object(rule) = test else {
        return value == Some(test);
    };
    let text = value.and_then(Value::as_str);
    rule.iter()
        .all(|(name, wanted)| match (name.as_str(), wanted) {
            ("exists", Value::Bool(wanted)) => value.is_some() == *wanted,
            ("prefix", Value::String(start)) => {
                text.is_some_and(|text| text.starts_with(start.as_str()))
            }
            ("suffix", Value::String(end)) => text.is_some_and(|text| text.ends_with(end.as_str())),
            ("equals-ignore-case", Value::String(other)) => {
                text.is_some_and(|text| text.to_lowercase() == other.to_lowercase())
            }
            ("anything-but", Value::Array(list)) => {
                value.is_some_and(|value| !list.contains(value))
            }
            ("anything-but", one) => value.is_some_and(|value| value != one),
            ("numeric", Value::Array(parts)) => value
                .and_then(Value::as_f64)
                .is_some_and(|number| in_range(number, parts)),
            _ => false,
        })
}

/// `[">", 0, "<=", 5]`.
fn in_range(number: f64, parts: &[Value]) -> bool {
    parts.chunks(2).all(|pair| {
        let bound = pair.get(1).and_then(Value::as_f64);
        match (pair[0].as_str(), bound) {
            (Some(">"), Some(bound)) => number > bound,
            (Some(">="), Some(bound)) => number >= bound,
            (Some("<"), Some(bound)) => number < bound,
            (Some("<="), Some(bound)) => number <= bound,
            (Some("="), Some(bound)) => (number - bound).abs() < f64::EPSILON,
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passes(filter: &str, event: &Value) -> bool {
        Filter::parse(filter).expect("a filter").lets_through(event)
    }

    #[test]
    fn fields_must_all_fit_and_patterns_are_alternatives() {
        let event = json!({ "partitionKey": "till-1", "data": { "n": 5, "who": "Ann", "tags": ["x", "y"] } });
        for (filter, wanted) in [
            ("", true),
            (r#"{"data": {"n": [5]}}"#, true),
            (r#"{"data": {"n": [5], "who": ["Bob"]}}"#, false),
            (
                r#"[{"data": {"n": [6]}}, {"data": {"who": ["Ann"]}}]"#,
                true,
            ),
            (r#"{"data": {"n": [{"numeric": [">", 4, "<=", 5]}]}}"#, true),
            (r#"{"data": {"n": [{"numeric": [">", 5]}]}}"#, false),
            (r#"{"partitionKey": [{"prefix": "till-"}]}"#, true),
            (r#"{"partitionKey": [{"suffix": "-2"}]}"#, false),
            (
                r#"{"data": {"who": [{"anything-but": ["Ann", "Bob"]}]}}"#,
                false,
            ),
            (r#"{"data": {"none": [{"exists": false}]}}"#, true),
            (r#"{"data": {"tags": ["y"]}}"#, true),
            (
                r#"{"data": {"$or": [{"n": [7]}, {"who": [{"equals-ignore-case": "ann"}]}]}}"#,
                true,
            ),
        ] {
            assert_eq!(passes(filter, &event), wanted, "{filter}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused_and_text_matches_no_data_pattern() {
        for filter in [
            "plain text",
            "5",
            r#"{"data": "plain"}"#,
            r#"{"data": {"n": 5}}"#,
            r#"{"n": []}"#,
        ] {
            assert!(Filter::parse(filter).is_err(), "{filter}");
        }
        let text = json!({ "partitionKey": "a", "data": "plain" });
        assert!(!passes(r#"{"data": {"n": [5]}}"#, &text), "dropped");
        assert!(
            passes(r#"{"partitionKey": ["a"]}"#, &text),
            "other fields decide"
        );
    }

    #[test]
    fn rules_that_mean_nothing_are_refused() {
        for test in [
            r#"{"nonsense": [1]}"#,
            r#"{"numeric": [">"]}"#,
            r#"{"numeric": []}"#,
            r#"{"numeric": ["~", 5]}"#,
            r#"{"numeric": [">", "5"]}"#,
            r#"{"exists": 1}"#,
            r#"{"prefix": 7}"#,
            r#"{"prefix": "a", "suffix": "b"}"#,
            r#"{"anything-but": []}"#,
            r#"{"anything-but": {"prefix": "a"}}"#,
            "{}",
            "[1]",
        ] {
            let filter = format!(r#"{{"data": {{"units": [{test}]}}}}"#);
            let why = Filter::parse(&filter).expect_err("no pattern").to_string();
            assert!(why.contains("InvalidParameterValueException"), "{why}");
        }
    }
}
