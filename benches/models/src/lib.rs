//! The engine beside what it is compared with, natively and in a browser. Each model is run by variants that take
//! turns; a script gathers what they say (`benches/models.mjs`).

pub mod loops;
pub mod model;
#[cfg(not(target_arch = "wasm32"))]
pub mod peers;
pub mod product;
pub mod rounds;
pub mod travel;
#[cfg(target_arch = "wasm32")]
pub mod web;

use loops::{Bare, Kernel};
use model::{A, B};
use product::Product;
use rounds::Rounds;

/// Seed of all models.
pub const SEED: u64 = 7;

/// The variants of a model that run everywhere.
#[must_use]
pub fn variants(model: &str) -> Rounds {
    match model {
        "a" => Rounds::default()
            .with("bare", Bare::<A>::new(SEED))
            .with("kernel", Kernel::<A>::new(SEED))
            .with("product", Product::a()),
        _ => Rounds::default()
            .with("bare", Bare::<B>::new(SEED))
            .with("kernel", Kernel::<B>::new(SEED))
            .with("product", Product::b()),
    }
}
