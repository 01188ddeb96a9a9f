//! A fortnight of load for the `trace` scenario, made by a seeded script, so that the scenario
//! works everywhere: five-minute counts with a day wave, quiet Sundays, noise, and two rushes.

use crate::base::rng::Rng;
use crate::base::time::{MINUTE, Us};
use crate::services::shared::trace::{Step, Trace};

/// Name of the trace in designs.
pub const NAME: &str = "fortnight";
/// Length of a step [us].
const STEP: Us = 5 * MINUTE;
/// Steps of a day.
const DAY_STEPS: u64 = 288;

/// The fortnight: 4,032 counts of five minutes.
#[must_use]
pub fn trace() -> Trace {
    let mut rng = Rng::stream(2_024, 0, "fortnight");
    let steps = (0..14 * DAY_STEPS).map(|ix| {
        let (day, minute) = (ix / DAY_STEPS, ix % DAY_STEPS);
        // from 2 at night to 10 at noon, as a smooth wave around 14:00
        let phase = (minute as f64 / DAY_STEPS as f64 - 14.0 / 24.0) * std::f64::consts::TAU;
        let wave = 6.0 + 4.0 * libm::cos(phase);
        let weekday = match day % 7 {
            6 => 0.4,
            5 => 1.3,
            _ => 1.0,
        };
        let noise = 0.9 + 0.2 * rng.unit();
        let rush = match (day, minute) {
            (4, 216..=222) => 3.0,  // a Friday evening
            (11, 120..=132) => 2.2, // a sale in the second week
            _ => 1.0,
        };
        let count = (wave * weekday * noise * rush * 3_000.0) as u64;
        Step {
            at: ix * STEP,
            milli: count * 1_000,
        }
    });
    Trace {
        name: NAME.to_owned(),
        steps: steps.collect(),
        exact: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_a_fortnight_with_two_rushes() {
        let trace = trace();
        assert_eq!(trace.steps.len(), 4_032, "steps of five minutes");
        let peak = trace
            .steps
            .iter()
            .map(|step| step.milli)
            .max()
            .expect("steps");
        let at = trace
            .steps
            .iter()
            .find(|step| step.milli == peak)
            .map(|step| step.at);
        assert_eq!(
            at.map(|at| at / (DAY_STEPS * STEP)),
            Some(4),
            "the Friday rush is highest"
        );
    }
}
