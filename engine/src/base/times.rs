//! Products that a browser works out at once.
//!
//! Wasm has no product of 64 bits that tells of an overflow: the compiler calls a function that multiplies to 128 bits.
//! Where both factors have 32 bits nothing can overflow, and one instruction does.

/// Whether both have 32 bits.
#[inline]
fn small(a: u64, b: u64) -> bool {
    (a | b) >> 32 == 0
}

/// `a` times `b`.
///
/// # Panics
/// If the product has more than 64 bits, as `a * b` does.
#[must_use]
#[inline]
pub fn times(a: u64, b: u64) -> u64 {
    if small(a, b) {
        a.wrapping_mul(b)
    } else {
        a * b
    }
}

/// `a` times `b`, or the largest number where the product has more than 64 bits.
#[must_use]
#[inline]
pub fn times_at_most(a: u64, b: u64) -> u64 {
    if small(a, b) {
        a.wrapping_mul(b)
    } else {
        a.saturating_mul(b)
    }
}

/// `a` times `b`, whole.
#[must_use]
#[inline]
pub fn times_wide(a: u64, b: u64) -> u128 {
    if small(a, b) {
        u128::from(a.wrapping_mul(b))
    } else {
        u128::from(a) * u128::from(b)
    }
}

/// The upper and the lower half of `a` times `b`, where `b` has 32 bits.
#[must_use]
#[inline]
pub fn halves(a: u64, b: u32) -> (u64, u64) {
    let b = u64::from(b);
    let low = (a & 0xffff_ffff).wrapping_mul(b);
    let high = (a >> 32).wrapping_mul(b);
    (high.wrapping_add(low >> 32) >> 32, a.wrapping_mul(b))
}

/// The upper half of `a` times `b`.
#[must_use]
#[inline]
pub fn high(a: u64, b: u64) -> u64 {
    if cfg!(target_arch = "wasm32") {
        high_of_parts(a, b)
    } else {
        ((u128::from(a) * u128::from(b)) >> 64) as u64
    }
}

/// The same of products of 32 bits, none of which can overflow.
#[inline]
fn high_of_parts(a: u64, b: u64) -> u64 {
    let (a_high, a_low) = (a >> 32, a & 0xffff_ffff);
    let (b_high, b_low) = (b >> 32, b & 0xffff_ffff);
    let low = a_low.wrapping_mul(b_low) >> 32;
    let middle = a_high.wrapping_mul(b_low).wrapping_add(low);
    let other = a_low
        .wrapping_mul(b_high)
        .wrapping_add(middle & 0xffff_ffff);
    let high = a_high.wrapping_mul(b_high);
    high.wrapping_add(middle >> 32).wrapping_add(other >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn products_are_products() {
        let mut rng = Rng::stream(7, 0, "times");
        for round in 0..20_000 {
            let (a, b) = (
                rng.next_u64() >> (round % 64),
                rng.next_u64() >> (round / 64 % 64),
            );
            let wide = u128::from(a) * u128::from(b);
            assert_eq!(times_wide(a, b), wide);
            assert_eq!(times_at_most(a, b), u64::try_from(wide).unwrap_or(u64::MAX));
            if let Ok(product) = u64::try_from(wide) {
                assert_eq!(times(a, b), product);
            }
            let upper = (wide >> 64) as u64;
            assert_eq!((high(a, b), high_of_parts(a, b)), (upper, upper));
            let short = b as u32;
            let wide = u128::from(a) * u128::from(short);
            assert_eq!(halves(a, short), ((wide >> 64) as u64, wide as u64));
        }
    }

    #[test]
    #[should_panic(expected = "overflow")]
    fn a_product_too_large_stops() {
        let large = std::hint::black_box(1 << 40);
        assert_eq!(times(large, large), 0);
    }
}
