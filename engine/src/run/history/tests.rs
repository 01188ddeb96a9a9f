//! Sums at every age, cuts, rates, and the budget.

use super::*;
use crate::services::talk::WireId;

fn metric(value: u64) -> Fact {
    Fact::Metric {
        node: NodeId(1),
        lane: Some(2),
        metric: 0,
        value,
    }
}

#[test]
fn sums_stay_exact_at_every_age() {
    let mut history = History::default();
    let hours = 5_u64;
    for second in 0..hours * 3_600 {
        history.fold(second * SECOND + 10, &metric(3));
    }
    let key = Key::Metric {
        node: NodeId(1),
        lane: Some(2),
        metric: 0,
    };
    let points = history.series(key, 0, u64::MAX / 2);
    let sum: u64 = points.iter().map(|point| point.sum).sum();
    assert_eq!(sum, 3 * hours * 3_600, "no sample is lost or counted twice");
    assert!(
        points.len() < 1_700,
        "old seconds are joined: {} points",
        points.len()
    );
    assert!(
        points.windows(2).all(|w| w[0].at + w[0].span <= w[1].at),
        "in order, no overlap"
    );
}

#[test]
fn a_fork_cuts_back_to_the_mark() {
    let mut history = History::default();
    for i in 0..1_000_u64 {
        history.fold(i * 100_000, &metric(1));
    }
    history.set_events(1_000);
    let mark = history.mark();
    let before = history.series(
        Key::Metric {
            node: NodeId(1),
            lane: None,
            metric: 0,
        },
        0,
        u64::MAX / 2,
    );
    for i in 1_000..5_000_u64 {
        history.fold(i * 100_000, &metric(1));
    }
    history.cut(&mark);
    let after = history.series(
        Key::Metric {
            node: NodeId(1),
            lane: None,
            metric: 0,
        },
        0,
        u64::MAX / 2,
    );
    assert_eq!(before, after, "as it was");
}

#[test]
fn the_rate_is_that_of_the_last_whole_second() {
    let mut history = History::default();
    for i in 0..35_u64 {
        history.fold(i * 100_000, &metric(10));
    }
    let key = Key::Metric {
        node: NodeId(1),
        lane: None,
        metric: 0,
    };
    assert_eq!(
        history.rate(key, 3_400_000),
        100.0,
        "ten samples of ten in second 2"
    );
    assert_eq!(history.peak(key, 3_400_000), Some(10), "the largest");
    assert_eq!(history.peak(key, 900_000), None, "no whole second yet");
}

/// Thousands of lanes with a metric, admissions and a sink each second.
fn load(history: &mut History, second: u64, lanes: u32) {
    let node = NodeId(0);
    for lane in 0..lanes {
        let at = second * SECOND + u64::from(lane % 900);
        for metric in 0..3 {
            let value = u64::from(lane) + second;
            let lane = Some(lane);
            let fact = Fact::Metric {
                node,
                lane,
                metric,
                value,
            };
            history.fold(at, &fact);
        }
    }
    let delivered = Fact::Delivered {
        node: NodeId(9),
        parcel: parcel(),
        first: 10,
        oldest_us: 900_000 + second,
        newest_us: 1_000,
    };
    history.fold(second * SECOND + 950, &delivered);
}

fn parcel() -> Parcel {
    Parcel {
        lane: 0,
        n: 10,
        first: 0,
        born: 0,
        span: 0,
        bytes_each: 1,
        op: crate::services::talk::Op::Count,
        flags: 0,
    }
}

fn total(history: &History, lane: Option<u32>) -> (u64, u64) {
    let node = NodeId(0);
    let key = Key::Metric {
        node,
        lane,
        metric: 1,
    };
    let points = history.series(key, 0, Us::MAX / 2);
    let in_order = points.windows(2).all(|w| w[0].at + w[0].span <= w[1].at);
    assert!(in_order, "no overlap");
    let samples = points.iter().map(|point| point.samples).sum();
    (points.iter().map(|point| point.sum).sum(), samples)
}

#[test]
fn history_keeps_to_its_budget_and_its_sums_stay_exact() {
    let budget = 2 << 20;
    let mut history = History::with_budget(budget);
    let (lanes, seconds) = (300_u32, 4_000_u64);
    for second in 0..seconds {
        load(&mut history, second, lanes);
        let (used, of) = history.bytes();
        // what goes on in the open buckets comes on top of it until the second is over
        let open: u64 = history.tiers.iter().map(|tier| tier.open.bytes()).sum();
        assert!(used <= of + open, "second {second}: {used} of {of}");
    }
    let sum_of = |lane: u64| (0..seconds).map(|second| lane + second).sum::<u64>();
    for lane in [0, 1, 299] {
        let found = total(&history, Some(lane));
        assert_eq!(found, (sum_of(u64::from(lane)), seconds), "lane {lane}");
    }
    let all = (0..u64::from(lanes)).map(sum_of).sum();
    assert_eq!(total(&history, None), (all, seconds * u64::from(lanes)));
    let latency = history.latency(NodeId(9), 0, Us::MAX / 2);
    let count: u64 = latency.iter().map(|point| point.count).sum();
    assert_eq!(count, seconds * 10, "latencies too");
    let longest = latency.iter().map(|point| point.span).max();
    assert!(longest > Some(60 * SECOND), "old minutes were joined");
}

#[test]
fn a_larger_budget_joins_nothing() {
    let mut history = History::default();
    (0..2_000).for_each(|second| load(&mut history, second, 20));
    let latency = history.latency(NodeId(9), 0, Us::MAX / 2);
    assert!(latency.iter().all(|point| point.span <= 60 * SECOND));
    assert!(latency.len() > 600, "the newest ten minutes by the second");
}

#[test]
fn a_mark_that_a_joined_bucket_reaches_over_is_not_clean() {
    let mut history = History::with_budget(400_000);
    let mut marks = Vec::new();
    for second in 0..3_000 {
        load(&mut history, second, 60);
        history.set_events(second + 1);
        if second % 100 == 50 {
            marks.push((second, total(&history, None), history.mark()));
        }
    }
    let unclean = marks.iter().filter(|mark| !history.cuts_cleanly(&mark.2));
    assert!(unclean.count() > 5, "old minutes were joined over marks");
    let clean = marks
        .iter()
        .rev()
        .filter(|mark| history.cuts_cleanly(&mark.2));
    for (second, sums, mark) in clean.take(5) {
        let mut branch = history.clone();
        branch.cut(mark);
        assert_eq!(total(&branch, None), *sums, "cut back to second {second}");
    }
}

#[test]
fn the_bytes_counted_are_those_of_the_buckets() {
    let mut history = History::default();
    (0..500).for_each(|second| load(&mut history, second, 50));
    for tier in &history.tiers {
        let again: u64 = tier.sealed.iter().map(Bucket::bytes).sum();
        assert_eq!(tier.bytes(), again);
    }
    let mark = history.mark();
    (500..900).for_each(|second| load(&mut history, second, 50));
    history.cut(&mark);
    for tier in &history.tiers {
        let again: u64 = tier.sealed.iter().map(Bucket::bytes).sum();
        assert_eq!(tier.bytes(), again, "after a cut");
    }
    history.fold(
        0,
        &Fact::Moved {
            wire: WireId(1),
            parcel: parcel(),
        },
    );
    assert!(history.bytes().0 < 4 << 20);
}
