//! The budget of the log: what is made coarser loses no record, no byte and no order.

use super::{balance, iterator, over, put};
use crate::base::digest::Digest;
use crate::base::rng::Rng;
use crate::base::time::{MINUTE, SECOND};
use crate::services::rig::Rig;
use crate::services::signal::Signal;
use crate::services::talk::{Ask, Read, Reply, StartAt, WireId};
use std::collections::BTreeMap;

/// A stream with one polling subscriber and a budget of its own.
fn bench(seed: u64, budget: u64) -> (Rig, WireId, Vec<u32>) {
    let mut rig = Rig::new(seed);
    rig.engine.machine_mut().floor.log_budget.0 = budget;
    rig.node("s", "kinesis", &[("shards", "2")]);
    rig.node("c", "sink", &[]);
    let wire = rig.wire("poll", "s", "c", &[]);
    let lanes = (0..5).map(|i| rig.lane(&format!("k{i}"), None)).collect();
    (rig, wire, lanes)
}

/// Puts for `seconds`, ten times a second; sizes by chance, numbers without gaps but for one in a
/// hundred. Gives records and bytes by lane.
fn load(rig: &mut Rig, lanes: &[u32], from: u64, seconds: u64) -> BTreeMap<u32, (u64, u64)> {
    let mut rng = Rng::stream(7, from, "load");
    let mut sums: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for tick in from * 10..(from + seconds) * 10 {
        rig.run_to(tick * SECOND / 10);
        rig.facts.clear();
        let mut entries = Vec::new();
        for lane in lanes {
            let n = if rng.below(100) == 0 { 4 } else { 5 };
            let bytes = 100 + 50 * rng.below(3) as u32;
            entries.push(rig.parcel(*lane, tick * 5, n, bytes));
            let sum = sums.entry(*lane).or_default();
            *sum = (sum.0 + u64::from(n), sum.1 + u64::from(n * bytes));
        }
        assert!(put(rig, entries).is_empty(), "all is taken");
    }
    sums
}

/// Reads a shard from `ordinal` on to its end, as the subscriber.
fn read_all(rig: &mut Rig, wire: WireId, shard: u32, mut ordinal: u64) -> Vec<Read> {
    let mut all = Vec::new();
    loop {
        rig.run_to(rig.engine.now() + SECOND);
        let issued = rig.engine.now();
        let ask = Ask::GetRecords {
            shard,
            ordinal,
            issued,
            limit: 777,
        };
        let Reply::Records { reads, next, .. } = over(rig, wire, ask) else {
            panic!("no records")
        };
        ordinal = next.expect("an open shard");
        if reads.is_empty() {
            return all;
        }
        all.extend(reads);
    }
}

/// Records and bytes by lane; each lane's numbers must only grow.
fn sums(reads: &[Read]) -> BTreeMap<u32, (u64, u64)> {
    let mut sums: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    let mut next: BTreeMap<u32, u64> = BTreeMap::new();
    for Read { parcel, .. } in reads {
        let above = next.entry(parcel.lane).or_default();
        assert!(
            parcel.first >= *above,
            "lane {}: {} after {above}",
            parcel.lane,
            parcel.first
        );
        *above = parcel.range().1;
        let sum = sums.entry(parcel.lane).or_default();
        let bytes = u64::from(parcel.n) * u64::from(parcel.bytes_each);
        *sum = (sum.0 + u64::from(parcel.n), sum.1 + bytes);
    }
    sums
}

fn kept_bytes(rig: &Rig) -> u64 {
    match rig.engine.machine().unit(rig.find("s")) {
        Some(crate::services::Unit::Kinesis(part)) => part.state.log_bytes(),
        _ => 0,
    }
}

#[test]
fn numbers_counts_and_bytes_stay_exact() {
    for budget in [16 << 10, 40 << 10, 400 << 10] {
        let (mut rig, wire, lanes) = bench(1, budget);
        let wanted = load(&mut rig, &lanes, 0, 700);
        rig.run_to(720 * SECOND);
        let limit = budget.max(8 << 10);
        assert!(
            kept_bytes(&rig) <= limit,
            "{} B of {budget}",
            kept_bytes(&rig)
        );
        assert_eq!(balance(&rig).0, balance(&rig).1, "all is still held");
        let mut reads = read_all(&mut rig, wire, 0, 0);
        reads.extend(read_all(&mut rig, wire, 1, 0));
        assert_eq!(sums(&reads), wanted, "with {budget} B");
        assert_eq!(balance(&rig), (0, 0), "all was handed over once");
    }
}

#[test]
fn a_reader_in_the_middle_misses_nothing() {
    let (mut rig, wire, lanes) = bench(1, 4 << 10);
    let mut wanted = load(&mut rig, &lanes, 0, 50);
    let mut reads = read_all(&mut rig, wire, 0, 0);
    reads.extend(read_all(&mut rig, wire, 1, 0));
    let at = [0, 1].map(|shard| reads_end(&reads, shard, &rig));
    let from = rig.engine.now() / SECOND + 1;
    for (lane, sum) in load(&mut rig, &lanes, from, 400) {
        let all = wanted.entry(lane).or_default();
        *all = (all.0 + sum.0, all.1 + sum.1);
    }
    rig.run_to(rig.engine.now() + 2 * MINUTE);
    reads.extend(read_all(&mut rig, wire, 0, at[0]));
    reads.extend(read_all(&mut rig, wire, 1, at[1]));
    assert_eq!(sums(&reads), wanted, "the position lay in no wide tick");
}

/// Number behind the last record that the reads have of a shard.
fn reads_end(reads: &[Read], shard: u32, rig: &Rig) -> u64 {
    let lanes = rig
        .floor()
        .lanes
        .iter()
        .map(|lane| u32::from(lane.hash >= 1 << 127));
    let of: Vec<u32> = lanes.collect();
    let mine = reads
        .iter()
        .filter(|read| of[read.parcel.lane as usize] == shard);
    mine.map(|read| read.ordinal + u64::from(read.parcel.n))
        .max()
        .unwrap_or(0)
}

#[test]
fn who_goes_back_into_a_wide_tick_begins_at_its_start() {
    let (mut rig, wire, lanes) = bench(1, 4 << 10);
    load(&mut rig, &lanes, 0, 30);
    let before = read_all(&mut rig, wire, 0, 0);
    let lost_from = 100;
    let lost: u64 = before.iter().map(|read| below(read, lost_from)).sum();
    let from = rig.engine.now() / SECOND + 1;
    load(&mut rig, &lanes, from, 300);
    let (node, now) = (rig.find("s"), rig.engine.now());
    rig.engine.schedule(
        now,
        Signal::SetBack {
            node,
            wire,
            shard: 0,
            ordinal: lost_from,
        },
    );
    rig.run_to(now);
    assert_eq!(balance(&rig).0, balance(&rig).1);
    let ask = Ask::GetShardIterator {
        shard: 0,
        start: StartAt::AfterSequence(lost_from - 1),
    };
    let Reply::Iterator { ordinal } = over(&mut rig, wire, ask) else {
        panic!("no iterator")
    };
    assert!(
        ordinal <= lost_from,
        "at the start of the tick that holds it: {ordinal}"
    );
    let again = read_all(&mut rig, wire, 0, ordinal);
    let seen = numbers(&again);
    let missing = before.iter().filter(|read| read.ordinal >= lost_from);
    for read in missing {
        let (first, end) = read.parcel.range();
        let all = (first..end).all(|n| seen.contains(&(read.parcel.lane, n)));
        assert!(all, "what was lost comes again: {read:?}");
    }
    assert!(lost > 0, "something lay before it");
}

fn below(read: &Read, ordinal: u64) -> u64 {
    ordinal
        .saturating_sub(read.ordinal)
        .min(u64::from(read.parcel.n))
}

fn numbers(reads: &[Read]) -> std::collections::BTreeSet<(u32, u64)> {
    let each = reads.iter().flat_map(|read| {
        let (first, end) = read.parcel.range();
        (first..end).map(|n| (read.parcel.lane, n))
    });
    each.collect()
}

#[test]
fn the_budget_changes_nothing_before_its_first_minute() {
    let digest = |rig: &Rig| Digest::of(rig.engine.machine().unit(rig.find("s")).expect("started"));
    let (mut small, _, lanes) = bench(1, 4 << 10);
    let (mut large, _, _) = bench(1, 96 << 20);
    for minute in 0..3 {
        for rig in [&mut small, &mut large] {
            load(rig, &lanes, minute * 60, 60);
        }
        // the first look is at one minute sharp; before it the two are one
        let same = digest(&small) == digest(&large);
        assert_eq!(same, minute == 0, "after minute {minute}");
    }
    let mut twin = bench(1, 4 << 10).0;
    (0..3).for_each(|minute| drop(load(&mut twin, &lanes, minute * 60, 60)));
    assert_eq!(
        digest(&twin),
        digest(&small),
        "and the same budget makes the same log"
    );
}

#[test]
fn positions_by_time_stay_right_within_a_tick() {
    let (mut rig, _, lanes) = bench(1, 4 << 10);
    load(&mut rig, &lanes, 0, 600);
    rig.run_to(660 * SECOND);
    let mut last = 0;
    for minute in 0..10 {
        rig.run_to(rig.engine.now() + SECOND);
        let at = StartAt::AtTimestamp(minute * MINUTE);
        let ordinal = iterator(&mut rig, 0, at).expect("an iterator");
        assert!(ordinal >= last, "later times lie behind");
        last = ordinal;
    }
}
