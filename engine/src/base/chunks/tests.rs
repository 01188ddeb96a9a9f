//! Tests of the log, against a plain map.

use super::*;
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
            for _ in 0..rng.below(500) {
                assert_eq!(log.push(next * 3), next);
                model.insert(next, next * 3);
                next += 1;
            }
            let ix = log.first_index() + rng.below(log.len() + 2);
            if rng.below(2) == 0 {
                log.drop_front_to(ix);
                model.retain(|&at, _| at >= ix);
            } else if ix <= next {
                let n = rng.below(ix - log.first_index() + 1);
                let items: Vec<u64> = (0..n).map(|k| k * 3 + 1).collect();
                assert!(log.compact_prefix(ix, items.clone()));
                model.retain(|&at, _| at >= ix);
                model.extend((ix - n..ix).zip(items));
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
    assert_eq!((log.chunks.len(), log.tail.len()), (3, 232));
    assert!(
        log.chunks
            .iter()
            .zip(&copy.chunks)
            .all(|(a, b)| Arc::ptr_eq(a, b))
    );
    assert_eq!((log.next_index(), copy.next_index()), (1_000, 1_001));
    // Laying out a front anew leaves the later chunks shared.
    assert!(copy.compact_prefix(300, vec![7]));
    assert!(Arc::ptr_eq(&log.chunks[2], &copy.chunks[1]));
    assert_eq!(
        (copy.first_index(), copy.get(299), copy.get(300)),
        (299, Some(7), Some(3_000))
    );
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut log = filled(10);
    assert!(!log.compact_prefix(11, Vec::new()));
    assert!(!log.compact_prefix(3, vec![1; 4]));
    assert_eq!(log, filled(10));
    assert!(log.compact_prefix(10, Vec::new()));
    assert!(log.is_empty() && log.get(9).is_none() && log.last().is_none());
    assert_eq!(log.push(5), 10);
    assert_eq!(log.last(), Some(5));
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
