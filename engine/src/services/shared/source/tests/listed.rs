//! Tests of exact records, of bytes a step and of the burst inside a step.

use super::traces::{made, replay};
use super::*;
use crate::services::payload::{Act, Payload};

const RECORDS: &str = "\
time,key,bytes,op,amount
0,acct-1,250,deposit,100.00
0,acct-2,300,deposit,50
1.5,acct-1,250,withdrawal,20.25
1.5,\"a,b\",80,sale,9.99
7,acct-2,120,payment,30.00
7,meter,40,count,12
";

/// Each record made, in order of time: (born, key, bytes, payload).
fn records(rig: &Rig) -> Vec<(Us, String, u32, Payload)> {
    let floor = rig.floor();
    let mut all = Vec::new();
    for (_, fact) in &rig.facts {
        if let Fact::Moved { parcel, .. } = fact {
            for i in 0..parcel.n {
                let record = parcel.first + u64::from(i);
                let lane = floor.lanes.get(parcel.lane);
                let says = floor
                    .lanes
                    .payload(floor.seed, parcel.lane, record, parcel.op);
                let key = lane.key.to_string();
                all.push((parcel.born_at(i), key, parcel.bytes_each, says));
            }
        }
    }
    all.sort_by_key(|(at, key, ..)| (*at, key.clone()));
    all
}

#[test]
fn records_of_a_file_come_with_their_time_key_size_and_amount() {
    let mut rig = replay(RECORDS, &[]);
    rig.run_to(20 * SECOND);
    let found = records(&rig);
    let flat: Vec<_> = found
        .iter()
        .map(|(at, key, bytes, says)| (*at, key.as_str(), *bytes, says.act, says.cents))
        .collect();
    assert_eq!(
        flat,
        [
            (0, "acct-1", 250, Act::Deposit, 10_000),
            (0, "acct-2", 300, Act::Deposit, 5_000),
            (1_500 * MS, "a,b", 80, Act::Sale, 999),
            (1_500 * MS, "acct-1", 250, Act::Withdrawal, 2_025),
            (7 * SECOND, "acct-2", 120, Act::Payment, 3_000),
            (7 * SECOND, "meter", 40, Act::Count, 0),
        ]
    );
    assert_eq!(found[5].3.units, 12, "what is counted has units");
    assert_eq!(
        (found[0].3.account, found[3].3.account, found[4].3.account),
        (1, 1, 2),
        "the key is the account"
    );
    let made = rig.floor().books.made.values().next().expect("made");
    assert_eq!((made.records, made.money_cents), (6, 21_024));
    balanced(&rig);
}

#[test]
fn records_may_take_other_keys_and_stay_what_they_are() {
    for keys in ["uniform", "hot", "zipf"] {
        let settings = [("keys", keys), ("key_count", "3"), ("key", "k-{n}")];
        let mut rig = replay(RECORDS, &settings);
        rig.run_to(20 * SECOND);
        let mut cents: Vec<u64> = records(&rig).iter().map(|(.., says)| says.cents).collect();
        cents.sort_unstable();
        assert_eq!(cents, [0, 999, 2_025, 3_000, 5_000, 10_000], "{keys}");
        let known = records(&rig)
            .iter()
            .all(|(_, key, ..)| key.starts_with("k-"));
        assert!(known, "{keys}");
        balanced(&rig);
    }
}

#[test]
fn more_keys_than_lanes_are_slots_and_another_choice_takes_the_rest() {
    let mut text = "time,key,bytes,op,amount\n".to_owned();
    for ix in 0..400 {
        text.push_str(&format!("{},key-{},100,count,1\n", ix / 20, ix % 40));
    }
    let mut rig = replay(&text, &[("lane_budget", "16")]);
    rig.run_to(10 * SECOND + 500 * MS);
    assert_eq!(rig.floor().lanes.len(), 16, "hash slots");
    rig.set(
        "feed",
        &[("keys", "uniform"), ("key_count", "5"), ("key", "k-{n}")],
    );
    rig.run_to(40 * SECOND);
    let found = records(&rig);
    assert_eq!(found.len(), 400, "each record once");
    let total: u64 = found.iter().map(|(.., says)| says.units).sum();
    assert_eq!(total, 400, "and says what its row says");
    balanced(&rig);
}

#[test]
fn rows_of_a_closed_shop_are_left_out() {
    let mut rig = replay(RECORDS, &[]);
    let node = rig.find("feed");
    rig.run_to(SECOND);
    let (fault, lasts) = (crate::services::faults::Fault::Crash, 2 * SECOND);
    rig.order(crate::services::plant::Order::Fault {
        node,
        fault,
        number: 1,
        lasts,
    });
    rig.run_to(20 * SECOND);
    let cents: Vec<u64> = records(&rig).iter().map(|(.., says)| says.cents).collect();
    assert_eq!(
        cents,
        [10_000, 5_000, 3_000, 0],
        "those of 1.5 s were not made"
    );
    balanced(&rig);
}

#[test]
fn the_fullest_seconds_of_a_step_have_the_factor_times_its_mean() {
    // 300 s with 3,000 and with 30,000 records
    let text = "t_s,value\n0,3000\n300,30000\n";
    for (burst, factor) in [("1", 1), ("2", 2), ("5", 5), ("10", 10)] {
        let mut rig = replay(text, &[("scale", "none"), ("burst", burst)]);
        let seconds = made(&mut rig, SECOND, 600 * SECOND);
        for (step, mean) in [(0, 10), (1, 100)] {
            let step = &seconds[step * 300..(step + 1) * 300];
            assert_eq!(step.iter().sum::<u64>(), mean * 300, "the sum stays");
            let most = step.iter().max().copied().unwrap_or(0);
            assert_eq!(most, factor * mean, "burst {burst}");
            let full = step.iter().filter(|n| **n == most).count();
            let wanted = match factor {
                1 => 300..=300,
                10 => 14..=15,
                _ => 29..=30,
            };
            assert!(wanted.contains(&full), "burst {burst}: {full} full seconds");
        }
        balanced(&rig);
    }
}

#[test]
fn short_steps_stay_even_and_chance_keeps_the_mean() {
    let mut rig = replay("t_s,value\n0,80\n8,80\n", &[("scale", "none")]);
    assert_eq!(made(&mut rig, SECOND, 16 * SECOND), [10; 16], "8 s a step");
    let settings = [("scale", "none"), ("burst", "3"), ("spread", "poisson")];
    let mut rig = replay("t_s,value\n0,60000\n600,0\n", &settings);
    let seconds = made(&mut rig, SECOND, 600 * SECOND);
    let all: u64 = seconds.iter().sum();
    // four standard deviations of a Poisson count of 60,000
    assert!(all.abs_diff(60_000) < 980, "{all}");
    let full = seconds.iter().filter(|n| **n > 200).count();
    assert!((55..=60).contains(&full), "{full} seconds at about 300");
}

#[test]
fn bytes_of_a_step_become_records_of_the_record_size() {
    let settings = [
        ("scale", "none"),
        ("value_is", "bytes"),
        ("bytes", "200"),
        ("bytes_max", "200"),
    ];
    let text = "t_s,value\n0,20000\n60,50\n120,150\n180,0\n";
    let mut rig = replay(text, &settings);
    // sums 100, 100.25, 101, 101 records
    assert_eq!(made(&mut rig, MINUTE, 4 * MINUTE), [100, 0, 1, 0]);
    let mut more = settings.to_vec();
    more.push(("bytes_max", "600"));
    let mut rig = replay(text, &more);
    assert_eq!(
        made(&mut rig, MINUTE, 4 * MINUTE)[0],
        50,
        "400 B on average"
    );
    let peak = [("value_is", "bytes"), ("bytes", "200"), ("peak", "10")];
    let mut rig = replay(text, &peak);
    assert_eq!(made(&mut rig, MINUTE, 4 * MINUTE)[0], 600, "10 a second");
}
