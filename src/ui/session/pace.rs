//! How long stepping may take in a frame, and how many events are handled between two looks at the wall clock: few
//! enough that a frame is not late, many enough that looking costs nothing.

use crate::platform::dom;

/// Wall time that stepping may take in a frame [ms].
const BUDGET_MS: f64 = 6.0;
/// The same where the speed that is asked for was not reached, and at speeds at which nobody follows single records:
/// the end is what is waited for.
const HURRY_MS: f64 = 12.0;
/// It gives way as far as this where frames come late because of it [ms].
const LEAST_MS: f64 = 5.0;
/// A frame is late if it comes so long after the one before: a sixtieth of a second and some [ms].
const LATE_MS: f64 = 19.0;
/// What a late frame leaves of the time, and what one in time adds to it [ms]: at a balance one in forty is late.
const GIVES_WAY: f64 = 0.9;
const GROWS_MS: f64 = 0.025;
/// Where the panels are looked at too, stepping has such a share of its time.
const BESIDE_PANELS: f64 = 0.5;
/// Where so many frames in a row are late although stepping gave way, something else makes them late.
const IN_VAIN: u32 = 40;
/// What takes so much longer than it was to take says nothing of other frames [ms].
const LONG_MS: f64 = 2.0;
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
    /// What stepping takes of a frame in a hurry [ms].
    hurry_ms: f64,
    /// When the last frame began [ms], if it hurried and had nothing else to do.
    hurried_ms: Option<f64>,
    /// Late frames in a row.
    late: u32,
    /// Until when stepping was to go on, and when it ended [ms].
    stepping_ms: (f64, f64),
    /// What drawing takes, about [ms].
    draws_ms: f64,
    /// Whether the frame had more to do than others.
    odd: bool,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            looked_ms: 0.0,
            events: EVENTS_MAX,
            missed: None,
            speed: 0.0,
            hurry_ms: HURRY_MS,
            hurried_ms: None,
            late: 0,
            stepping_ms: (0.0, 0.0),
            draws_ms: 0.0,
            odd: false,
        }
    }
}

impl Pace {
    /// A frame begins; gives the wall time until which it may step [ms]. In a frame in which the panels are looked at
    /// too, that is less.
    pub(super) fn begin(&mut self, plays: bool, speed: f64, panels: bool) -> f64 {
        self.looked_ms = dom::now_ms();
        if !plays || speed != self.speed {
            (self.hurry_ms, self.late, self.hurried_ms) = (HURRY_MS, 0, None);
        }
        let odd = std::mem::take(&mut self.odd);
        if let Some(before_ms) = self.hurried_ms.take().filter(|_| !odd) {
            self.give_way(self.looked_ms - before_ms);
        }
        self.speed = speed;
        self.missed = self.missed.filter(|missed| plays && *missed == speed);
        let hurries = plays && (self.missed.is_some() || speed >= HURRY_FROM);
        self.hurried_ms = (hurries && !panels).then_some(self.looked_ms);
        let whole = if hurries { self.hurry_ms } else { BUDGET_MS };
        let share = if hurries && panels {
            BESIDE_PANELS
        } else {
            1.0
        };
        self.stepping_ms.0 = self.looked_ms + whole * share;
        self.stepping_ms.0
    }

    /// Stepping is over for this frame; what is left is to look and to draw.
    pub(super) fn stepped(&mut self) {
        self.stepping_ms.1 = dom::now_ms();
        // one event that takes long, and no shorter time would have helped
        self.odd = self.stepping_ms.1 > self.stepping_ms.0 + LONG_MS;
    }

    /// All is drawn.
    pub(super) fn drawn(&mut self) {
        let took_ms = dom::now_ms() - self.stepping_ms.1;
        self.odd |= took_ms > self.draws_ms + LONG_MS;
        self.draws_ms += (took_ms - self.draws_ms) / 16.0;
    }

    /// Takes note of how long after the last frame this one came.
    fn give_way(&mut self, gap_ms: f64) {
        if gap_ms <= LATE_MS {
            self.late = 0;
            self.hurry_ms = (self.hurry_ms + GROWS_MS).min(HURRY_MS);
            return;
        }
        self.late += 1;
        self.hurry_ms = if self.late < IN_VAIN {
            (self.hurry_ms * GIVES_WAY).max(LEAST_MS)
        } else {
            HURRY_MS
        };
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
