//! Enhanced fan-out: the delay, the five-second rule, the life of a subscription.

use super::{balance, over, put};
use crate::base::time::{MINUTE, MS, SECOND, Us};
use crate::services::facts::Fact;
use crate::services::rig::Rig;
use crate::services::talk::{Ask, Reason, Reply, StartAt, WireId};

fn bench() -> (Rig, u32, WireId) {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    rig.node("c", "sink", &[]);
    let wire = rig.wire("push", "s", "c", &[]);
    let lane = rig.lane("k", None);
    (rig, lane, wire)
}

fn subscribe(rig: &mut Rig, wire: WireId, start: StartAt) -> bool {
    over(rig, wire, Ask::Subscribe { shard: 0, start }) == Reply::Done
}

/// (instant, first record, count) of all events pushed.
fn pushed(rig: &Rig) -> Vec<(Us, u64, u32)> {
    let moved = rig.facts.iter().filter_map(|(at, fact)| match fact {
        Fact::Moved { parcel, .. } => Some((*at, parcel.first, parcel.n)),
        _ => None,
    });
    moved.collect()
}

#[test]
fn records_go_seventy_milliseconds_after_they_arrived() {
    let (mut rig, lane, wire) = bench();
    assert!(
        subscribe(&mut rig, wire, StartAt::TrimHorizon),
        "subscribed"
    );
    for tick in 0..5_u64 {
        rig.run_to(1_000 + tick * 10 * MS);
        let parcel = rig.parcel(lane, tick * 5, 5, 10);
        put(&mut rig, vec![parcel]);
    }
    // the sink takes no events, so the first comes back and only its instant counts here
    rig.run_to(1_000 + 70 * MS);
    assert_eq!(
        pushed(&rig),
        [(1_000 + 70 * MS, 0, 5)],
        "what arrived 70 ms before, no more"
    );
    let (must, holds) = balance(&rig);
    assert_eq!(
        (must, holds),
        (25, 25),
        "the log has custody of what was refused"
    );
    rig.run_to(1_000 + 1_070 * MS);
    assert_eq!(
        pushed(&rig).len(),
        6,
        "a second later all that waits is sent again"
    );
    assert_eq!(balance(&rig), (25, 25));
}

#[test]
fn the_same_pair_may_subscribe_again_after_five_seconds() {
    let (mut rig, _, wire) = bench();
    assert!(subscribe(&mut rig, wire, StartAt::Latest));
    rig.run_to(4_999 * MS);
    let again = Ask::Subscribe {
        shard: 0,
        start: StartAt::Latest,
    };
    let in_use = Reply::Refused {
        reason: Reason::InUse,
        back: Vec::new(),
    };
    assert_eq!(over(&mut rig, wire, again), in_use, "4.999 s later");
    rig.run_to(5 * SECOND);
    assert!(subscribe(&mut rig, wire, StartAt::Latest), "5 s later");
    let outside = Ask::Subscribe {
        shard: 0,
        start: StartAt::Latest,
    };
    assert_eq!(
        rig.ask("s", outside.clone()),
        Reply::Done,
        "another consumer"
    );
    assert_eq!(rig.ask("s", outside), in_use, "which must wait too");
}

#[test]
fn a_subscription_ends_after_five_minutes() {
    let (mut rig, lane, wire) = bench();
    assert!(subscribe(&mut rig, wire, StartAt::TrimHorizon));
    rig.run_to(5 * MINUTE);
    let parcel = rig.parcel(lane, 0, 5, 10);
    put(&mut rig, vec![parcel]);
    rig.run_to(5 * MINUTE + 10 * SECOND);
    assert!(pushed(&rig).is_empty(), "nothing is pushed any more");
    assert!(subscribe(&mut rig, wire, StartAt::TrimHorizon));
    rig.run_to(5 * MINUTE + 11 * SECOND);
    assert!(!pushed(&rig).is_empty(), "until it subscribes again");
}

#[test]
fn two_mib_a_second_for_each_subscription() {
    let (mut rig, lane, wire) = bench();
    for second in 0..20_u64 {
        rig.run_to(second * SECOND);
        let parcel = rig.parcel(lane, second * 64, 64, (16 << 10) - 1);
        put(&mut rig, vec![parcel]);
    }
    let crash = crate::services::faults::Fault::LostAck { ppm: 1_000_000 };
    let node = rig.find("c");
    let order = crate::services::signal::Order::Fault {
        node,
        fault: crash,
        number: 0,
        lasts: 1,
    };
    rig.order(order);
    assert!(subscribe(&mut rig, wire, StartAt::TrimHorizon));
    let sent = rig.metric("s", "SubscribeToShardEvent.Bytes");
    assert!(
        sent <= f64::from((2 << 20) + (16 << 10)),
        "one second's worth at once: {sent}"
    );
}

#[test]
fn twenty_consumers_may_register() {
    let mut rig = Rig::new(1);
    rig.node("s", "kinesis", &[("shards", "1")]);
    rig.node("c", "sink", &[]);
    for i in 1..=21 {
        let wire = rig.wire("push", "s", "c", &[]);
        assert_eq!(
            subscribe(&mut rig, wire, StartAt::Latest),
            i <= 20,
            "consumer {i}"
        );
    }
    let wire = rig.wire("poll", "s", "c", &[]);
    let ask = Ask::Subscribe {
        shard: 0,
        start: StartAt::Latest,
    };
    let refused = Reply::Refused {
        reason: Reason::Invalid,
        back: Vec::new(),
    };
    assert_eq!(
        over(&mut rig, wire, ask),
        refused,
        "a polling reader has no subscription"
    );
}

#[test]
fn what_the_start_skips_ends() {
    let (mut rig, lane, wire) = bench();
    let parcel = rig.parcel(lane, 0, 30, 10);
    put(&mut rig, vec![parcel]);
    assert_eq!(
        balance(&rig),
        (30, 30),
        "all kept records are owed to the consumer"
    );
    assert!(subscribe(&mut rig, wire, StartAt::Latest));
    assert_eq!(balance(&rig), (0, 0), "LATEST skips them");
    let node = rig.find("s");
    let ended = &rig.floor().books.nodes[node.0 as usize].ended;
    assert_eq!(ended.get(&Reason::BeforeStart), Some(&30));
}
