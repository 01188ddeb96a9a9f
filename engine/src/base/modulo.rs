//! Remainders by one and the same divisor, without a division for each.
//!
//! A division takes a processor as long as ten products. Of one divisor d the number m = floor((2^64 - 1) / d) is taken
//! once; then the upper half of x m is floor(x / d) or one less, for x m is less than x below x 2^64 / d, and less than
//! 2^64 below it.

use super::times::high;

/// A divisor above 0.
#[derive(Clone, Copy, Debug)]
pub struct Modulo {
    divisor: u64,
    inverse: u64,
}

impl Modulo {
    /// The remainders by `divisor`; by 1, if it is 0.
    #[must_use]
    pub fn new(divisor: u64) -> Self {
        let divisor = divisor.max(1);
        Self {
            divisor,
            inverse: u64::MAX / divisor,
        }
    }

    /// What `x % divisor` is.
    #[must_use]
    #[inline]
    pub fn of(self, x: u64) -> u64 {
        let below = high(x, self.inverse).wrapping_mul(self.divisor);
        let rest = x.wrapping_sub(below);
        if rest >= self.divisor {
            rest.wrapping_sub(self.divisor)
        } else {
            rest
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn remainders_are_remainders() {
        let mut rng = Rng::stream(3, 0, "modulo");
        for round in 0..50_000 {
            let divisor = (rng.next_u64() >> (round % 64)).max(1);
            let modulo = Modulo::new(divisor);
            let any = rng.next_u64() >> (round / 64 % 64);
            let multiple = divisor * (u64::MAX / divisor);
            let near = [multiple - 1, multiple, multiple.saturating_add(1)];
            for x in near
                .into_iter()
                .chain([0, any, u64::MAX, divisor, divisor - 1])
            {
                assert_eq!(modulo.of(x), x % divisor, "{x} by {divisor}");
            }
        }
        assert_eq!(Modulo::new(0).of(5), 0);
    }
}
