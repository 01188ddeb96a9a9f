//! The adaptive mode's limiter of a client's own rate: a token bucket whose rate follows CUBIC.
//!
//! Source: botocore 1.44.5, retries/adaptive.py, throttling.py and bucket.py (aws-facts 4.6, W28).
//! The limiter sleeps until the first throttling error. Then it takes 0.7 of the smaller of the
//! measured and the allowed rate, and recovers along a cubic curve that passes the old rate after
//! K seconds.

use super::figures;
use crate::base::time::{SECOND, Us};
use crate::catalog::Rules;

/// A number of the limiter, kept by its bits so that it hashes; it never is NaN or negative zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Num(u64);

impl Num {
    fn of(value: f64) -> Self {
        Self((value + 0.0).to_bits())
    }

    fn get(self) -> f64 {
        f64::from_bits(self.0)
    }
}

/// Shape of the recovery after a throttle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cubic {
    w_max: Num,
    k: Num,
    last_fail: Num,
    beta: Num,
    scale: Num,
}

impl Cubic {
    /// The curve around `rate` [requests/s] from `start_s` on.
    #[must_use]
    pub fn new(rate: f64, start_s: f64, beta: f64, scale: f64) -> Self {
        let mut cubic = Self {
            w_max: Num::of(rate),
            k: Num::of(0.0),
            last_fail: Num::of(start_s),
            beta: Num::of(beta),
            scale: Num::of(scale),
        };
        cubic.k = Num::of(cubic.zero_point());
        cubic
    }

    fn zero_point(&self) -> f64 {
        libm::cbrt(self.w_max.get() * (1.0 - self.beta.get()) / self.scale.get())
    }

    /// Seconds after the last failure at which the old rate is reached.
    #[must_use]
    pub fn k(&self) -> f64 {
        self.k.get()
    }

    /// The rate before the last failure [requests/s].
    #[must_use]
    pub fn w_max(&self) -> f64 {
        self.w_max.get()
    }

    /// The rate allowed after a success at `now_s` [requests/s].
    #[must_use]
    pub fn success(&self, now_s: f64) -> f64 {
        let x = now_s - self.last_fail.get() - self.k.get();
        self.scale.get() * x * x * x + self.w_max.get()
    }

    /// A throttle at `now_s` under this rate; gives the new one [requests/s].
    pub fn error(&mut self, rate: f64, now_s: f64) -> f64 {
        self.w_max = Num::of(rate);
        self.k = Num::of(self.zero_point());
        self.last_fail = Num::of(now_s);
        rate * self.beta.get()
    }
}

/// A token bucket whose rate may change; one token a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenBucket {
    rate: Num,
    rate_min: Num,
    capacity: Num,
    level: Num,
    last: Option<Us>,
}

impl TokenBucket {
    /// An empty bucket of this rate [requests/s].
    #[must_use]
    pub fn new(rate: f64, rate_min: f64, now: Us) -> Self {
        let zero = Num::of(0.0);
        let mut bucket = Self {
            rate: zero,
            rate_min: Num::of(rate_min),
            capacity: zero,
            level: zero,
            last: None,
        };
        bucket.set_rate(rate, now);
        bucket
    }

    /// The rate [requests/s].
    #[must_use]
    pub fn rate(&self) -> f64 {
        self.rate.get()
    }

    /// The capacity [requests].
    #[must_use]
    pub fn capacity(&self) -> f64 {
        self.capacity.get()
    }

    fn refill(&mut self, now: Us) {
        if let Some(last) = self.last {
            let gone = now.saturating_sub(last) as f64 / SECOND as f64;
            let level = self.level.get() + gone * self.rate.get();
            self.level = Num::of(level.min(self.capacity.get()));
        }
        self.last = Some(now);
    }

    /// Gives the bucket another rate, at least the least one.
    pub fn set_rate(&mut self, rate: f64, now: Us) {
        self.refill(now);
        self.rate = Num::of(rate.max(self.rate_min.get()));
        self.capacity = Num::of(rate.max(1.0));
        self.level = Num::of(self.level.get().min(self.capacity.get()));
    }

    /// Takes `n` tokens if they are there; a millionth short counts as there, because times are
    /// whole microseconds.
    pub fn take(&mut self, n: u64, now: Us) -> bool {
        self.refill(now);
        let left = self.level.get() - n as f64;
        if left < -1e-6 {
            return false;
        }
        self.level = Num::of(left.max(0.0));
        true
    }

    /// Time until `n` tokens are there [us].
    #[must_use]
    pub fn wait(&self, n: u64) -> Us {
        let missing = (n as f64 - self.level.get()).max(0.0);
        libm::ceil(missing / self.rate.get().max(1e-6) * SECOND as f64) as Us
    }
}

/// The limiter of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limiter {
    enabled: bool,
    cubic: Cubic,
    bucket: TokenBucket,
    /// The rate of answers, smoothed [requests/s].
    measured: Num,
    smoothing: Num,
    over_measured: Num,
    /// Start of the half second that is counted, in half seconds.
    half: u64,
    count: u64,
}

impl Limiter {
    /// A sleeping limiter.
    #[must_use]
    pub fn new(rules: Rules, now: Us) -> Self {
        let milli = |figure| rules.value(figure) as f64 / 1e3;
        let (beta, scale) = (milli(&figures::CUBIC_BETA), milli(&figures::CUBIC_SCALE));
        Self {
            enabled: false,
            cubic: Cubic::new(0.0, seconds(now), beta, scale),
            bucket: TokenBucket::new(1.0, milli(&figures::RATE_MIN), now),
            measured: Num::of(0.0),
            smoothing: Num::of(milli(&figures::SMOOTHING)),
            over_measured: Num::of(rules.value(&figures::RATE_OVER_MEASURED) as f64),
            half: now / SECOND * 2,
            count: 0,
        }
    }

    /// The rate allowed; `None` while it sleeps [requests/s].
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.enabled.then(|| self.bucket.rate())
    }

    /// The measured rate [requests/s].
    #[must_use]
    pub fn measured(&self) -> f64 {
        self.measured.get()
    }

    /// Asks for leave to send a request now.
    ///
    /// # Errors
    /// How long to wait before asking again [us].
    pub fn acquire(&mut self, now: Us) -> Result<(), Us> {
        if !self.enabled || self.bucket.take(1, now) {
            return Ok(());
        }
        Err(self.bucket.wait(1).max(1))
    }

    /// An answer came.
    pub fn answered(&mut self, throttled: bool, now: Us) {
        let measured = self.measure(now);
        let at = seconds(now);
        let rate = if throttled {
            let from = if self.enabled {
                measured.min(self.bucket.rate())
            } else {
                measured
            };
            self.enabled = true;
            self.cubic.error(from, at)
        } else {
            self.cubic.success(at)
        };
        self.bucket
            .set_rate(rate.min(self.over_measured.get() * measured), now);
    }

    fn measure(&mut self, now: Us) -> f64 {
        let half = now / (SECOND / 2);
        self.count += 1;
        if half > self.half {
            let rate = self.count as f64 * 2.0 / (half - self.half) as f64;
            let weight = self.smoothing.get();
            self.measured = Num::of(rate * weight + self.measured.get() * (1.0 - weight));
            self.count = 0;
            self.half = half;
        }
        self.measured.get()
    }
}

fn seconds(at: Us) -> f64 {
    at as f64 / SECOND as f64
}
