//! What the browser calls.

use crate::rounds::Rounds;
use crate::variants;
use crate::{product, travel};
use wasm_bindgen::prelude::wasm_bindgen;

/// The variants of a model.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Models(Rounds);

#[wasm_bindgen]
impl Models {
    /// Those of `a` or `b`.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(model: &str) -> Self {
        Self(variants(model))
    }

    /// So many rounds of each in turn, as JSON.
    #[must_use]
    pub fn rounds(&mut self, rounds: u32) -> String {
        self.0.run(rounds).to_string()
    }
}

/// See [`travel::copies`].
#[wasm_bindgen]
#[must_use]
pub fn copies(rounds: u32) -> String {
    travel::copies(rounds).to_string()
}

/// See [`travel::seeks`].
#[wasm_bindgen]
#[must_use]
pub fn seeks(count: usize) -> String {
    travel::seeks(count).to_string()
}

/// See [`product::black_friday`].
#[wasm_bindgen]
#[must_use]
pub fn black_friday(seconds: u32) -> String {
    product::black_friday(seconds.into()).to_string()
}

/// See [`product::played`].
#[wasm_bindgen]
#[must_use]
pub fn played(text: &str, seconds: u32) -> String {
    product::played(text, seconds.into()).to_string()
}

/// See [`product::stream`].
#[wasm_bindgen]
#[must_use]
pub fn stream(seconds: u32) -> String {
    product::stream(seconds.into()).to_string()
}
