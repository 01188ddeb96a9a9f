//! Variants measured in turn, so that a machine that changes its speed changes it for all.

use serde_json::{Value, json};

/// What a round did.
#[derive(Clone, Copy, Debug)]
pub struct Work {
    /// Events handled.
    pub events: u64,
    /// Records that came.
    pub arrivals: u64,
    /// How long it took, where somebody else measured it [s].
    pub seconds: Option<f64>,
}

impl Work {
    /// Work whose time is measured from outside.
    #[must_use]
    pub fn new(events: u64, arrivals: u64) -> Self {
        Self {
            events,
            arrivals,
            seconds: None,
        }
    }
}

/// Something measured: it goes on where its last round ended.
pub trait Variant {
    /// One round.
    fn round(&mut self) -> Work;
}

/// Variants by name.
#[derive(Default)]
pub struct Rounds {
    variants: Vec<(String, Box<dyn Variant>)>,
}

impl std::fmt::Debug for Rounds {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.variants.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl Rounds {
    /// Adds a variant.
    #[must_use]
    pub fn with(mut self, name: &str, variant: impl Variant + 'static) -> Self {
        self.variants.push((name.to_owned(), Box::new(variant)));
        self
    }

    /// Without all variants but one, for a profile of it.
    pub fn only(&mut self, name: &str) {
        self.variants.retain(|(known, _)| known == name);
    }

    /// Runs each in turn, so many times: by name, for each round, events and records a second.
    pub fn run(&mut self, rounds: u32) -> Value {
        let mut found = vec![(Vec::new(), Vec::new()); self.variants.len()];
        for _ in 0..rounds {
            for ((_, variant), (events, arrivals)) in self.variants.iter_mut().zip(&mut found) {
                let begun = clock();
                let work = variant.round();
                let seconds = work.seconds.unwrap_or_else(|| clock() - begun);
                events.push(work.events as f64 / seconds);
                arrivals.push(work.arrivals as f64 / seconds);
            }
        }
        let named = self.variants.iter().zip(found);
        let all = named.map(|((name, _), (events, arrivals))| {
            (
                name.clone(),
                json!({"events": events, "arrivals": arrivals}),
            )
        });
        Value::Object(all.collect())
    }
}

/// Seconds since some time.
#[must_use]
#[cfg(not(target_arch = "wasm32"))]
pub fn clock() -> f64 {
    use std::sync::OnceLock;
    use std::time::Instant;
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    BEGUN.get_or_init(Instant::now).elapsed().as_secs_f64()
}

/// Seconds since some time.
#[must_use]
#[cfg(target_arch = "wasm32")]
pub fn clock() -> f64 {
    clock_ms() / 1e3
}

#[cfg(target_arch = "wasm32")]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn clock_ms() -> f64;
}
