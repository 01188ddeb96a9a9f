//! What is seen of a queue mapping, and problems of its settings.

use super::gather::size_of;
use super::{Config, QueueMapping};
use crate::base::time::{SECOND, Us, show_span};
use crate::catalog::Value;
use crate::services::contract::{Ends, Problem};
use crate::services::gauges::{Gauges, Tank};
use crate::services::talk::Message;

impl QueueMapping {
    /// Adds to what is seen of the function.
    pub(super) fn show(&self, config: &Config, out: &mut Gauges) {
        out.read_of(
            "concurrent_batches",
            (self.batches.len() as u32 - self.held_back) as f64,
            "batches",
            f64::from(self.allowed),
        );
        out.read("long_polls", f64::from(self.polls), "");
        let gathered: u64 = self.gathered.iter().map(size_of).sum();
        if config.window > 0 {
            out.tanks.push(Tank {
                key: "gathered",
                level: (gathered as f64).min(f64::from(config.batch_size)),
                size: f64::from(config.batch_size),
                unit: "messages",
            });
        }
    }

    /// How many batches may be at work at once.
    #[must_use]
    pub fn allowed(&self) -> u32 {
        self.allowed
    }

    /// The batches that are at work, by number, in order of their beginning.
    pub fn at_work(&self) -> impl Iterator<Item = (u64, &[Message])> {
        let all = self.batches.iter();
        all.filter(|(_, batch)| !batch.messages.is_empty())
            .map(|(number, batch)| (*number, batch.messages.as_slice()))
    }
}

/// The visibility time-out that AWS recommends for a queue that a function reads: six times the
/// function's time-out and the batching window (L-sqs, 2026-11-22) [us].
#[must_use]
pub fn visibility_wanted(timeout: Us, window: Us) -> Us {
    6 * timeout + window
}

pub(super) fn check(config: &Config, ends: &Ends, out: &mut Vec<Problem>) {
    let mut tell = |field: &str, fatal: bool, text: String| {
        out.push(Problem {
            at: ends.id.clone(),
            field: field.to_owned(),
            text,
            fatal,
        });
    };
    let function = &ends.to.0;
    let fifo = matches!(ends.from_value("fifo"), Some(Value::Flag(true)));
    if fifo && config.batch_size > 10 {
        let text = format!(
            "A batch of a FIFO queue holds at most 10 messages, not {} (API-lam).",
            config.batch_size
        );
        tell("batch_size", true, text);
    }
    if fifo && config.window > 0 {
        let text = "A FIFO queue takes no batching window (API-lam).";
        tell("window", true, text.to_owned());
    }
    if !fifo && config.batch_size > 10 && config.window == 0 {
        let text = format!(
            "A batch of {} messages needs a batching window of at least 1 s; up to 10 it needs none \
             (API-lam).",
            config.batch_size
        );
        tell("batch_size", true, text);
    }
    if !config.enabled {
        tell(
            "enabled",
            false,
            format!("The mapping is disabled: {function} gets nothing."),
        );
    }
    if let Some((text, fatal)) = too_short(config, ends) {
        tell("", fatal, text);
    }
    if let Some(Value::Int(reserved)) = ends.to_value("reserved")
        && (0..5).contains(reserved)
        && config.max_concurrency.is_none()
    {
        let text = format!(
            "{function} may run {reserved} at once, and the mapping starts with 5: messages are \
             throttled and may end in the dead-letter queue. Reserve 5 or more, or set the maximum \
             concurrency."
        );
        tell("max_concurrency", false, text);
    }
}

/// Whether messages come again while they are still worked on, and whether AWS refuses that.
fn too_short(config: &Config, ends: &Ends) -> Option<(String, bool)> {
    let (queue, function) = (&ends.from.0, &ends.to.0);
    let span = |value: Option<&Value>| value.and_then(|value| value.uint().ok());
    let visibility = span(ends.from_value("visibility_timeout"));
    if let (Some(visibility), Some(timeout)) = (visibility, span(ends.to_value("timeout"))) {
        let wanted = visibility_wanted(timeout, Us::from(config.window) * SECOND);
        if visibility < timeout {
            let text = format!(
                "The visibility time-out of {queue}, {}, is shorter than the time-out of {function}, \
                 {}: AWS refuses the mapping. Give the queue {}.",
                show_span(visibility),
                show_span(timeout),
                show_span(wanted)
            );
            return Some((text, true));
        }
        if visibility < wanted {
            let text = format!(
                "The visibility time-out of {queue} is {}. Six times the time-out of {function} and \
                 the batching window are {}: below that messages come again while they are still \
                 worked on.",
                show_span(visibility),
                show_span(wanted)
            );
            return Some((text, false));
        }
    }
    None
}
