//! Tests of shapes and counts.

use super::*;
use crate::base::time::{MS, SECOND};

fn load(shape: Shape) -> Load {
    Load {
        shape,
        rate: 200_000,
        rate_after: 1_500_000,
        at: 5 * SECOND,
        lasting: 3 * SECOND,
        period: 10 * SECOND,
        peak_milli: 1_800,
        peak_hour: 17,
    }
}

/// Records made until `to` in ticks of `tick`.
fn total(load: &Load, tick: Us, to: Us) -> u64 {
    let (mut metronome, mut rng) = (Metronome::default(), Rng::stream(1, 0, "arrivals"));
    let ticks = (0..to.div_ceil(tick)).map(|ix| (ix * tick, ((ix + 1) * tick).min(to), 0));
    ticks
        .flat_map(|span| {
            runs(
                load,
                Arrivals::Regular,
                span,
                (&mut metronome, &mut Steady::default()),
                &mut rng,
            )
        })
        .map(|run| run.n)
        .sum()
}

#[test]
fn regular_totals_are_exact_whatever_the_tick() {
    for (shape, expected) in [
        (Shape::Constant, 200 * 60),
        (Shape::Step, 200 * 5 + 1_500 * 55),
        (Shape::Spike, 200 * 57 + 1_500 * 3),
        (Shape::Ramp, 200 * 5 + 850 * 3 + 1_500 * 52),
        (Shape::Bursts, 200 * 42 + 1_500 * 18),
    ] {
        for tick in [MS, 7 * MS, 100 * MS, 333_333, SECOND, 10 * SECOND] {
            assert_eq!(
                total(&load(shape), tick, 60 * SECOND),
                expected,
                "{shape:?}, {tick} us"
            );
        }
    }
}

#[test]
fn a_day_of_the_wave_has_its_mean() {
    let day = Load {
        rate: 1_500,
        ..load(Shape::DayWave)
    };
    for tick in [10 * SECOND, 777 * SECOND] {
        assert_eq!(
            total(&day, tick, DAY),
            129_600,
            "1.5 records a second, tick {tick} us"
        );
    }
    assert_eq!(
        day.rate_at(17 * HOUR, 0),
        2_700,
        "1.8 times the mean at the peak"
    );
    assert_eq!(
        day.rate_at(5 * HOUR, 0),
        300,
        "0.2 times twelve hours later"
    );
    assert_eq!(
        day.rate_at(HOUR, 16 * HOUR),
        2_700,
        "a run that starts at 16:00"
    );
}

#[test]
fn odd_rates_lose_nothing_over_a_day() {
    // 1/3 records a second cannot be written; 0.333 can, and gives 28,771.2 a day
    let odd = Load {
        rate: 333,
        ..load(Shape::Constant)
    };
    for tick in [SECOND, 100 * MS] {
        assert_eq!(
            total(&odd, tick, DAY),
            28_772,
            "the record begun counts, tick {tick} us"
        );
    }
}

#[test]
fn a_step_inside_a_tick_divides_it() {
    let step = Load {
        at: 5 * SECOND + 40 * MS,
        ..load(Shape::Step)
    };
    let (mut metronome, mut rng) = (Metronome::default(), Rng::stream(1, 0, "arrivals"));
    let span = (5 * SECOND, 5 * SECOND + 100 * MS, 0);
    let found = runs(
        &step,
        Arrivals::Regular,
        span,
        (&mut metronome, &mut Steady::default()),
        &mut rng,
    );
    let counts: Vec<u64> = found.iter().map(|run| run.n).collect();
    assert_eq!(counts, [8, 90], "40 ms at 200 a second, 60 ms at 1,500");
    assert_eq!(
        found[1].from,
        5 * SECOND + 40 * MS,
        "the second begins at the step"
    );
    assert_eq!(
        found[1].time(0),
        5 * SECOND + 40 * MS,
        "with a record at once"
    );
    assert_eq!(
        found[1].time(3),
        5 * SECOND + 42 * MS,
        "the others 1/1,500 s apart"
    );
}

#[test]
fn records_lie_inside_their_span() {
    let (mut metronome, mut rng) = (Metronome::default(), Rng::stream(1, 0, "arrivals"));
    let odd = Load {
        rate: 123_457,
        ..load(Shape::Constant)
    };
    let mut last = None;
    for ix in 0..1_000_u64 {
        let span = (ix * 37 * MS, (ix + 1) * 37 * MS, 0);
        for run in runs(
            &odd,
            Arrivals::Regular,
            span,
            (&mut metronome, &mut Steady::default()),
            &mut rng,
        ) {
            for j in 0..run.n {
                let at = run.time(j);
                assert!(
                    at >= span.0 && at < span.1,
                    "record {j} of tick {ix} at {at} us"
                );
                assert!(
                    last.is_none_or(|last| at - last >= 8_099),
                    "evenly spaced at {at} us"
                );
                last = Some(at);
            }
        }
    }
}

#[test]
fn poisson_counts_have_the_mean_and_variance_of_the_rate() {
    let (mut metronome, mut rng) = (Metronome::default(), Rng::stream(3, 0, "arrivals"));
    let steady = Load {
        rate: 50_000,
        ..load(Shape::Constant)
    };
    let counts: Vec<f64> = (0..20_000_u64)
        .map(|ix| {
            let span = (ix * 100 * MS, (ix + 1) * 100 * MS, 0);
            runs(
                &steady,
                Arrivals::Poisson,
                span,
                (&mut metronome, &mut Steady::default()),
                &mut rng,
            )
            .iter()
            .map(|run| run.n as f64)
            .sum()
        })
        .collect();
    let mean = counts.iter().sum::<f64>() / 20_000.0;
    let variance = counts.iter().map(|n| (n - mean) * (n - mean)).sum::<f64>() / 20_000.0;
    assert!((mean - 5.0).abs() < 0.07, "mean {mean}");
    assert!((variance - 5.0).abs() < 0.25, "variance {variance}");
}

#[test]
fn the_largest_rate_overflows_nowhere() {
    let most = 10_000_000_000;
    for shape in [Shape::Constant, Shape::Ramp, Shape::DayWave, Shape::Bursts] {
        let huge = Load {
            rate: most,
            rate_after: most,
            lasting: 7 * DAY,
            ..load(shape)
        };
        let nanos = huge.nanos(364 * DAY, 365 * DAY, 0);
        assert!(nanos > 0, "{shape:?}");
    }
}
