//! How long stepping may take in a frame, and how many events are handled between two looks at the wall clock: few
//! enough that a frame is not late, many enough that looking costs nothing.

use crate::platform::dom;

/// Wall time that stepping may take in a frame [ms].
const BUDGET_MS: f64 = 6.0;
/// The same where the speed that is asked for was not reached, and at speeds at which nobody follows single records:
/// the end is what is waited for.
const HURRY_MS: f64 = 12.0;
/// Such a speed.
const HURRY_FROM: f64 = 600.0;
/// Most events between two looks; fewer where an event of the design takes long.
const EVENTS_MAX: u64 = 1_500;
/// What lies between two looks should take about as long [ms].
const LOOK_MS: f64 = 1.0;

/// See the module.
#[derive(Debug)]
pub(super) struct Pace {
    looked_ms: f64,
    events: u64,
    /// The speed that was not reached; another one, or standing still, forgets it.
    missed: Option<f64>,
    speed: f64,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            looked_ms: 0.0,
            events: EVENTS_MAX,
            missed: None,
            speed: 0.0,
        }
    }
}

impl Pace {
    /// A frame begins; gives the wall time until which it may step [ms].
    pub(super) fn begin(&mut self, plays: bool, speed: f64) -> f64 {
        self.speed = speed;
        self.missed = self.missed.filter(|missed| plays && *missed == speed);
        let hurries = plays && (self.missed.is_some() || speed >= HURRY_FROM);
        self.looked_ms = dom::now_ms();
        self.looked_ms + if hurries { HURRY_MS } else { BUDGET_MS }
    }

    /// Whether the speed was reached.
    pub(super) fn reached(&mut self, reached: bool) {
        if !reached {
            self.missed = Some(self.speed);
        }
    }

    /// Events until the next look.
    pub(super) fn events(&self) -> u64 {
        self.events
    }

    /// Looks at the wall clock [ms], and sets how many events there are until the next look.
    pub(super) fn look(&mut self) -> f64 {
        let now_ms = dom::now_ms();
        let took_ms = now_ms - std::mem::replace(&mut self.looked_ms, now_ms);
        // a single slow event halves it, and no more
        let change = (LOOK_MS / took_ms.max(LOOK_MS / 2.0)).max(0.5);
        self.events = ((self.events as f64 * change) as u64).clamp(1, EVENTS_MAX);
        now_ms
    }
}
