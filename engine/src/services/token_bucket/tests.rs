//! The token bucket by itself and before a sink.

use super::*;
use crate::base::rng::Rng;
use crate::base::time::MS;
use crate::services::rig::Rig;

/// Offers `n` records and gives how many were refused.
fn offer(rig: &mut Rig, lane: u32, first: &mut u64, n: u32) -> u64 {
    let parcel = rig.parcel(lane, *first, n, 100);
    *first += u64::from(n);
    match rig.ask(
        "b",
        Ask::Hand {
            parcels: vec![parcel].into(),
        },
    ) {
        Reply::Done => 0,
        Reply::Put { failed } => failed.iter().map(|one| u64::from(one.parcel.n)).sum(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn admits_a_burst_of_its_capacity_and_then_its_rate() {
    let mut rig = Rig::new(1);
    rig.node("b", "bucket", &[("capacity", "100"), ("rate", "2.5")]);
    rig.node("report", "sink", &[]);
    rig.wire("deliver", "b", "report", &[]);
    let (lane, mut first) = (rig.lane("k", None), 0);
    assert_eq!(
        offer(&mut rig, lane, &mut first, 150),
        50,
        "the capacity passes"
    );
    rig.run_to(10 * SECOND);
    assert_eq!(
        offer(&mut rig, lane, &mut first, 40),
        15,
        "ten seconds give 25 tokens"
    );
    assert!(
        (rig.metric("report", "Records") - 125.0).abs() < 0.1,
        "what passed went on"
    );
    let refused = rig.facts.iter().filter(|(_, fact)| {
        matches!(
            fact,
            Fact::Refused {
                reason: Reason::NoToken,
                ..
            }
        )
    });
    assert_eq!(refused.count(), 2, "each refusal is told");
    for name in ["b", "report"] {
        let node = rig.find(name);
        assert_eq!(
            rig.floor().books.nodes[node.0 as usize].held(),
            0,
            "{name} holds nothing"
        );
    }
}

#[test]
fn no_span_of_time_passes_more_than_the_law() {
    let (capacity, rate) = (7_u64, 20_u64);
    let mut rig = Rig::new(2);
    rig.node("b", "bucket", &[("capacity", "7"), ("rate", "20")]);
    let (lane, mut first) = (rig.lane("k", None), 0);
    let mut rng = Rng::stream(2, 0, "offers");
    let (mut at, mut passed) = (0, Vec::new());
    for _ in 0..400 {
        at += rng.below(300 * MS);
        rig.run_to(at);
        let n = 1 + rng.below(9) as u32;
        passed.push((at, u64::from(n) - offer(&mut rig, lane, &mut first, n)));
    }
    for from in 0..passed.len() {
        let mut sum = 0;
        for (at, n) in &passed[from..] {
            sum += n;
            let allowed = capacity * SECOND + rate * (at - passed[from].0);
            assert!(
                sum * SECOND <= allowed,
                "{sum} passed from {} to {at}",
                passed[from].0
            );
        }
    }
    assert!(
        passed.iter().map(|(_, n)| n).sum::<u64>() > 500,
        "and it is used"
    );
}

#[test]
fn what_the_next_place_refuses_is_lost_and_counted() {
    let mut rig = Rig::new(3);
    let node = rig.node("b", "bucket", &[]);
    rig.node(
        "q",
        "queue",
        &[("room", "0"), ("mean", "1h"), ("law", "fixed")],
    );
    rig.wire("deliver", "b", "q", &[]);
    let (lane, mut first) = (rig.lane("k", None), 0);
    assert_eq!(offer(&mut rig, lane, &mut first, 10), 0, "all find tokens");
    let tally = &rig.floor().books.nodes[node.0 as usize];
    assert_eq!(
        tally.ended.get(&Reason::RoomFull),
        Some(&9),
        "one is served"
    );
    assert_eq!(tally.held(), 0, "the bucket keeps nothing");
}
