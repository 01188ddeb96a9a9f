//! Tests of the histogram, against exact quantiles and the published demonstration.

use super::*;
use crate::base::digest::Digest;
use crate::base::rng::Rng;

fn near(found: u64, exact: u64) -> bool {
    found >= exact && found - exact <= exact / 1_000
}

#[test]
fn one_long_pause_shows_only_when_corrected() {
    // The classic demonstration: 10,000 values of 1 ms, then one pause of 100 s.
    let (mut raw, mut corrected) = (Histogram::new(), Histogram::new());
    raw.record_n(1_000, 10_000);
    raw.record(100_000_000);
    corrected.record_n(1_000, 10_000);
    corrected.record_corrected(100_000_000, 1, 10_000);
    assert_eq!((raw.count(), corrected.count()), (10_001, 20_000));
    assert_eq!(raw.quantile(0.99), 1_000);
    assert_eq!(
        (raw.quantile(0.99999), raw.quantile(1.0)),
        (100_000_000, 100_000_000)
    );
    assert_eq!(
        (corrected.quantile(0.3), corrected.quantile(0.5)),
        (1_000, 1_000)
    );
    assert!(near(corrected.quantile(0.99), 98_000_000));
    assert_eq!(corrected.quantile(0.99999), 100_000_000);
    assert!((raw.share_at_most(5_000) - 0.9999).abs() < 0.0001);
    assert!((corrected.share_at_most(5_000) - 0.5).abs() < 0.0001);
    assert_eq!(raw.between(5_000, 150_000_000), 1);
}

#[test]
fn the_correction_is_the_loop_that_defines_it() {
    for (value, interval) in [
        (100, 7),
        (100, 10),
        (100, 99),
        (100, 100),
        (100, 0),
        (99, 50),
    ] {
        let (mut one, mut loops) = (Histogram::new(), Histogram::new());
        one.record_corrected(value, 3, interval);
        loops.record_n(value, 3);
        let mut missing = value - interval;
        while interval > 0 && missing >= interval {
            loops.record_n(missing, 3);
            missing -= interval;
        }
        assert_eq!(one, loops, "{value} every {interval}");
    }
}

#[test]
fn quantiles_are_within_a_thousandth_above() {
    let mut rng = Rng::stream(6, 0, "histogram");
    let mut all: Vec<u64> = (0..5_000)
        .map(|_| rng.next_u64() >> (24 + rng.below(40)))
        .collect();
    let mut histogram = Histogram::new();
    all.iter().for_each(|&value| histogram.record(value));
    all.sort_unstable();
    for q in [0.0, 0.01, 0.25, 0.5, 0.9, 0.99, 0.999, 1.0] {
        let exact = nearest_rank(&all, q).expect("there are values");
        assert!(
            near(histogram.quantile(q), exact),
            "{q}: {}",
            histogram.quantile(q)
        );
    }
    assert_eq!(
        histogram.sum(),
        all.iter().map(|&v| u128::from(v)).sum::<u128>()
    );
    assert_eq!((histogram.min(), histogram.max()), (all[0], all[4_999]));
    assert_eq!(histogram.iter().map(|cell| cell.1).sum::<u64>(), 5_000);
}

#[test]
fn few_values_are_exact() {
    let mut ten = Histogram::new();
    ten.record_spread(1, 10, 10);
    let found = [0.0, 0.25, 0.5, 0.75, 0.9, 0.95, 1.0].map(|q| ten.quantile(q));
    assert_eq!(found, [1, 3, 5, 8, 9, 10, 10]);
    assert!((ten.mean() - 5.5).abs() < 1e-12);
    assert_eq!(Histogram::new().quantile(0.5), 0);
    let mut sequence = Histogram::new();
    sequence.record_spread(0, 99_999, 100_000);
    assert!(near(sequence.quantile(0.5), 49_999) && near(sequence.quantile(0.99), 98_999));
}

#[test]
fn a_merge_is_all_values_at_once() {
    let (mut a, mut b, mut all) = (Histogram::new(), Histogram::new(), Histogram::new());
    for n in 0..2_000 {
        let one = if n % 3 == 0 { &mut a } else { &mut b };
        one.record(n * n);
        all.record(n * n);
    }
    a.merge(&b);
    a.merge(&Histogram::new());
    assert_eq!(a, all);
    assert_eq!(Digest::of(&a), Digest::of(&all));
}

#[test]
fn memory_follows_the_values() {
    let mut histogram = Histogram::new();
    assert_eq!(histogram.bytes(), 0);
    histogram.record(50_000);
    assert_eq!(histogram.bytes(), 8_192);
    histogram.record_n(u64::MAX, 2);
    assert_eq!(
        (histogram.max(), histogram.quantile(1.0)),
        (u64::MAX, u64::MAX)
    );
    histogram.record_spread(0, u64::MAX, 1_000);
    assert!(histogram.bytes() <= 33 * 8_192);
}
