//! Capacity modes: what an on-demand stream serves, and how often a stream may change its mode.
//!
//! Streams of this model are provisioned; these are the rules of the other mode by themselves.

use super::figures;
use crate::base::time::{DAY, Us};
use crate::catalog::Rules;

/// Writes that an on-demand stream serves, from its highest write rate of the last 30 days
/// (0 for a new stream) [MiB/s]: twice that, within what a new stream and the Region give
/// (aws-facts 1.1, 1.3.14, W11).
#[must_use]
pub fn on_demand_write(peak: f64, rules: Rules) -> f64 {
    let least = rules.value(&figures::ON_DEMAND_NEW) as f64;
    let most = rules.value(&figures::ON_DEMAND_MOST) as f64;
    (2.0 * peak).clamp(least, most)
}

/// Reads that it serves beside so much of writes [MiB/s].
#[must_use]
pub fn on_demand_read(write: f64) -> f64 {
    2.0 * write
}

/// How many of the calls fell into the 24 hours before `now`.
pub(super) fn in_a_day(calls: &[Us], now: Us) -> u64 {
    calls.iter().filter(|at| **at + DAY > now).count() as u64
}

/// Whether a stream that switched its mode at these times may switch now.
///
/// # Errors
/// AWS's refusal: the error code, then a sentence.
pub fn may_switch(switches: &[Us], now: Us, rules: Rules) -> Result<(), String> {
    let most = rules.value(&figures::SWITCHES_A_DAY);
    let recent = in_a_day(switches, now);
    if recent < most {
        return Ok(());
    }
    Err(format!(
        "LimitExceededException: A stream may change its mode {most} times in 24 hours; it has \
         done so {recent} times."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::HOUR;

    #[test]
    fn on_demand_serves_twice_the_peak() {
        let now = Rules::NEWEST;
        // aws-facts W11
        for (peak, write) in [(0.0, 4.0), (1.0, 4.0), (40.0, 80.0), (50.0, 100.0)] {
            assert!((on_demand_write(peak, now) - write).abs() < 1e-9, "{peak}");
        }
        let then = Rules { as_of: 202_208 };
        assert!((on_demand_write(500.0, then) - 200.0).abs() < 1e-9);
        assert!((on_demand_write(500.0, now) - 1_000.0).abs() < 1e-9);
    }

    #[test]
    fn the_third_switch_of_a_day_is_refused() {
        let switches = [HOUR, 2 * HOUR];
        let rules = Rules::NEWEST;
        assert!(may_switch(&switches[..1], 3 * HOUR, rules).is_ok());
        assert!(may_switch(&switches, 25 * HOUR - 1, rules).is_err());
        assert!(may_switch(&switches, 25 * HOUR, rules).is_ok());
    }
}
