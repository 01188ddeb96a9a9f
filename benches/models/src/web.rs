//! What the browser calls.

use crate::rounds::Rounds;
use crate::variants;
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
