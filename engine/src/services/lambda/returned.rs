//! What a function returns, read as a report of failed items (aws-facts 3.3.6).

use crate::catalog::FieldError;
use serde_json::Value;

/// How a caller that asked for ReportBatchItemFailures reads a return value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reading {
    /// Nothing failed.
    Success,
    /// It cannot be read, or names what is not in the batch: all failed.
    Unreadable,
}

/// Checks a setting.
///
/// # Errors
/// A sentence if it is no JSON.
pub(super) fn check(text: &str) -> Result<(), FieldError> {
    if text.trim().is_empty() {
        return Ok(());
    }
    match serde_json::from_str::<Value>(text) {
        Ok(_) => Ok(()),
        Err(error) => Err(FieldError(format!(
            "returns: the text is no JSON ({error}); leave it empty for what the work comes to."
        ))),
    }
}

/// Reads a return value; `None` for an empty text, which stands for what the work comes to.
/// Names of items written by hand can be those of no record here, and such a report fails whole.
#[must_use]
pub fn read(text: &str) -> Option<Reading> {
    if text.trim().is_empty() {
        return None;
    }
    let Ok(value) = serde_json::from_str::<Value>(text) else {
        return Some(Reading::Unreadable);
    };
    let list = match &value {
        Value::Object(members) => members.get("batchItemFailures").unwrap_or(&Value::Null),
        Value::String(text) if !text.trim().is_empty() => return Some(Reading::Unreadable),
        // null, "", []: what a handler returns that has nothing to say
        _ => &Value::Null,
    };
    let empty = match list {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    Some(if empty {
        Reading::Success
    } else {
        Reading::Unreadable
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_say_is_success_and_nonsense_fails() {
        for text in ["null", "\"\"", "[]", "{}", r#"{"batchItemFailures": []}"#] {
            assert_eq!(read(text), Some(Reading::Success), "{text}");
        }
        for text in [
            r#"{"batchItemFailures": [{"itemIdentifier": ""}]}"#,
            r#"{"batchItemFailures": [{"itemIdentifier": null}]}"#,
            r#"{"batchItemFailures": [{"name": 1}]}"#,
            r#"{"batchItemFailures": "x"}"#,
            r#""some words""#,
        ] {
            assert_eq!(read(text), Some(Reading::Unreadable), "{text}");
        }
        assert_eq!(read(" "), None, "empty");
        assert!(check("{").is_err(), "no JSON");
    }
}
