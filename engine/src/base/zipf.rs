//! The Zipf law: rank k of n has a probability in proportion to k^-s.
//!
//! By rejection-inversion, which needs no table: an exact draw costs about two logarithms and an
//! exponential for any n. Source: W. Hoermann and G. Derflinger, "Rejection-inversion to generate
//! variates from monotone discrete distributions" (1996).

use super::rng::Rng;

/// The Zipf law over the ranks 1 to n with exponent s; made once, drawn from often.
#[derive(Clone, Debug, PartialEq)]
pub struct Zipf {
    n: u64,
    s: f64,
    /// The integral at 3/2 less the height at 1, where the area drawn from begins.
    area_first: f64,
    /// The integral at n + 1/2, where it ends.
    area_last: f64,
    /// A rank no farther than this above the point drawn is accepted unseen.
    sure: f64,
}

impl Zipf {
    /// The law over the ranks 1 to `n` (0 counts as 1) with exponent `s`; 0 makes all ranks
    /// equally likely, and what is not a number or negative counts as 0.
    #[must_use]
    pub fn new(n: u64, s: f64) -> Self {
        let (n, s) = (n.max(1), if s > 0.0 { s } else { 0.0 });
        Self {
            n,
            s,
            area_first: integral(1.5, s) - 1.0,
            area_last: integral(n as f64 + 0.5, s),
            sure: 2.0 - integral_inverse(integral(2.5, s) - height(2.0, s), s),
        }
    }

    /// How many ranks there are.
    #[must_use]
    pub fn n(&self) -> u64 {
        self.n
    }

    /// The exponent.
    #[must_use]
    pub fn s(&self) -> f64 {
        self.s
    }

    /// A rank: 1 is the most likely, `n` the least.
    pub fn draw(&self, rng: &mut Rng) -> u64 {
        loop {
            let u = self.area_last + rng.unit() * (self.area_first - self.area_last);
            let x = integral_inverse(u, self.s);
            let k = libm::floor(x + 0.5).clamp(1.0, self.n as f64);
            let accepted = k - x <= self.sure || u >= integral(k + 0.5, self.s) - height(k, self.s);
            if accepted {
                return (k as u64).min(self.n);
            }
        }
    }
}

/// x^-s.
fn height(x: f64, s: f64) -> f64 {
    libm::exp(-s * libm::log(x))
}

/// The integral of the height from 1 to x.
fn integral(x: f64, s: f64) -> f64 {
    let ln_x = libm::log(x);
    expm1_over((1.0 - s) * ln_x) * ln_x
}

fn integral_inverse(area: f64, s: f64) -> f64 {
    // Rounding may lead just below the least value that the logarithm takes.
    let t = (area * (1.0 - s)).max(-1.0);
    libm::exp(log1p_over(t) * area)
}

/// (e^x - 1) / x, also near 0.
fn expm1_over(x: f64) -> f64 {
    if libm::fabs(x) > 1e-8 {
        libm::expm1(x) / x
    } else {
        1.0 + x * 0.5 * (1.0 + x / 3.0)
    }
}

/// ln(1 + x) / x, also near 0.
fn log1p_over(x: f64) -> f64 {
    if libm::fabs(x) > 1e-8 {
        libm::log1p(x) / x
    } else {
        1.0 - x * (0.5 - x / 3.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_have_their_probabilities() {
        const DRAWS: f64 = 100_000.0;
        for s in [0.0, 0.5, 0.99, 1.0, 1.2, 3.0] {
            let (zipf, mut rng) = (Zipf::new(50, s), Rng::stream(16, 0, "zipf"));
            let mut seen = [0.0; 50];
            (0..DRAWS as u32).for_each(|_| seen[zipf.draw(&mut rng) as usize - 1] += 1.0);
            let weights: Vec<f64> = (1..=50).map(|k| height(f64::from(k), s)).collect();
            let total: f64 = weights.iter().sum();
            for (weight, count) in weights.iter().zip(seen) {
                let expected = DRAWS * weight / total;
                // 4.5 standard deviations, because 300 cells are looked at.
                let error = 4.5 * libm::sqrt(expected) + 3.0;
                assert!(
                    (count - expected).abs() < error,
                    "s {s}: {count}, not {expected}"
                );
            }
        }
    }

    #[test]
    fn few_and_many_ranks_stay_in_range() {
        let mut rng = Rng::stream(17, 0, "zipf");
        for (n, s) in [
            (0, 1.0),
            (1, 2.0),
            (2, 1.0),
            (u64::MAX, 1.01),
            (1 << 40, 0.3),
            (9, f64::NAN),
        ] {
            let zipf = Zipf::new(n, s);
            assert!((0..2_000).all(|_| (1..=zipf.n()).contains(&zipf.draw(&mut rng))));
        }
        assert!(Zipf::new(9, f64::NAN).s() <= 0.0);
    }
}
