//! Tests of the log, against a plain map.

use super::groups::GROUP;
use super::*;
use crate::base::footprint::Footprint;
use crate::base::rng::Rng;
use crate::base::sorted::SortedMap;

impl Item for u64 {
    type Sealed = Vec<Self>;
}

fn filled(n: u64) -> Log<u64> {
    let mut log = Log::new();
    (0..n).for_each(|item| assert_eq!(log.push(item * 10), item));
    log
}

fn agrees(log: &Log<u64>, model: &SortedMap<u64, u64>, next: u64) {
    assert!(log.iter_from(0).eq(model.clone()));
    assert_eq!(log.next_index(), next);
    assert_eq!(
        log.first_index(),
        model.keys().next().copied().unwrap_or(next)
    );
    // The same content, pushed in order, is the same log.
    let mut plain = Log::starting_at(log.first_index());
    model.values().for_each(|&item| _ = plain.push(item));
    assert_eq!(&plain, log);
    assert_eq!(Digest::of(&plain), Digest::of(log));
}

#[test]
fn agrees_with_a_map_whatever_is_done() {
    let mut rng = Rng::stream(9, 0, "log");
    for _ in 0..12 {
        let (mut log, mut model, mut next) = (Log::new(), SortedMap::new(), 0);
        for _ in 0..25 {
            // sometimes more than a group
            let most = if rng.below(5) == 0 { 12_000 } else { 500 };
            for _ in 0..rng.below(most) {
                assert_eq!(log.push(next * 3), next);
                model.insert(next, next * 3);
                next += 1;
            }
            let ix = log.first_index() + rng.below(log.len() + 2);
            if rng.below(2) == 0 {
                log.drop_front_to(ix);
                model.retain(|&at, _| at >= ix);
            } else if ix <= next {
                log = log.front_to(ix);
                model.retain(|&at, _| at < ix);
                next = ix;
            }
            agrees(&log, &model, next);
        }
    }
}

#[test]
fn copies_share_what_is_sealed() {
    let log = filled(1_000);
    let mut copy = log.clone();
    copy.push(1);
    let chunks = |log: &Log<u64>| -> Vec<*const Chunk<u64>> {
        let all = log.chunks.iter_from(log.first);
        all.map(std::ptr::from_ref).collect()
    };
    assert_eq!((chunks(&log).len(), log.tail.len()), (3, 232));
    assert_eq!(chunks(&log), chunks(&copy));
    assert_eq!((log.next_index(), copy.next_index()), (1_000, 1_001));
}

#[test]
fn a_front_shares_whole_groups() {
    let log = filled(2 * GROUP + 700);
    let front = log.front_to(GROUP + 300);
    assert_eq!((front.first_index(), front.next_index()), (0, GROUP + 300));
    let at = |log: &Log<u64>, ix| log.chunks.get(ix).map(std::ptr::from_ref);
    assert_eq!(at(&log, 5), at(&front, 5));
    assert_ne!(
        at(&log, GROUP),
        at(&front, GROUP),
        "of a part of a group it has its own"
    );
    let beyond = filled(9).front_to(20);
    assert_eq!(beyond, filled(9), "all that there is");
    assert!(log.front_to(0).is_empty());
}

#[test]
fn items_are_found_by_halving() {
    let mut log = filled(700);
    log.drop_front_to(100);
    assert_eq!(log.partition_point(|&item| item < 3_005), 301);
    assert_eq!(log.partition_point(|_| true), 700);
    assert_eq!(log.partition_point(|_| false), 100);
}

#[test]
fn the_digest_sees_items_and_places() {
    let digest = |log: &Log<u64>| Digest::of(log);
    assert_ne!(digest(&filled(300)), digest(&filled(301)));
    let mut other = Log::starting_at(1);
    (0..300).for_each(|item| _ = other.push(item * 10));
    assert_ne!(digest(&filled(300)), digest(&other));
    let mut changed = Log::new();
    (0..300).for_each(|item| _ = changed.push(if item == 77 { 0 } else { item * 10 }));
    assert_ne!(digest(&filled(300)), digest(&changed));
}

#[test]
fn a_copy_is_named_by_groups_and_all_bytes_are_told() {
    let mut log = filled(GROUP * 3 + 1_000);
    log.drop_front_to(GROUP + 300);
    let told = |log: &Log<u64>| {
        let mut told = Vec::new();
        log.shared(&mut |name, size| told.push((name, (size.bytes)(), (size.encoded)())));
        told
    };
    let before = told(&log);
    assert_eq!(before.len(), 3, "two groups and what is loose");
    // a footprint counts what is told and the rest of the log: ends, tail
    let beside = Footprint::of(&(0_u64, 0_u64)) + Footprint::of(&0_u64) * 232;
    let encoded: u64 = before.iter().map(|(_, _, encoded)| encoded).sum();
    let pointers = (2 + 3) * 8;
    assert_eq!(Footprint::of(&log), beside + encoded + pointers);
    // the loose ones keep their name when they become a group
    let (name, bytes, _) = before[2];
    (0..GROUP).for_each(|item| _ = log.push(item));
    let after = told(&log);
    assert_eq!((after.len(), after[2].0), (4, name));
    assert!(after[2].1 > bytes, "and are more now");
    let all: u64 = after.iter().map(|(_, bytes, _)| bytes).sum();
    assert_eq!(all, log.bytes(0) + 4 * PIECE_BYTES);
}
