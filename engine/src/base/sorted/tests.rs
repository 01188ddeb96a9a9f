//! The sorted list beside the trees of the standard library, over random acts.

use super::order::{sort, sort_by_key};
use super::{SortedMap, SortedSet};
use crate::base::digest::Digest;
use crate::base::rng::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};

fn digest(of: &impl Hash) -> u64 {
    let mut digest = Digest::default();
    of.hash(&mut digest);
    digest.finish()
}

#[test]
fn a_map_does_as_a_tree_does() {
    let mut rng = Rng::stream(1, 0, "sorted map");
    let (mut ours, mut tree) = (SortedMap::new(), BTreeMap::new());
    for step in 0..20_000_u64 {
        let key = rng.below(60) as u32;
        match rng.below(8) {
            0 | 1 => assert_eq!(ours.insert(key, step), tree.insert(key, step)),
            2 => assert_eq!(ours.remove(&key), tree.remove(&key)),
            3 => assert_eq!(
                ours.entry(key).or_insert(step),
                tree.entry(key).or_insert(step)
            ),
            4 => {
                *ours.entry(key).or_default() += 1;
                *tree.entry(key).or_default() += 1;
            }
            5 => {
                let (low, high) = (key.min(30), key.max(30));
                assert!(ours.range(low..=high).eq(tree.range(low..=high)));
                assert!(
                    ours.range(low + 1..high + 1)
                        .rev()
                        .eq(tree.range(low + 1..high + 1).rev())
                );
                assert!(ours.range(..low).eq(tree.range(..low)));
            }
            6 if key < 3 => {
                assert_eq!(ours.pop_first(), tree.pop_first());
                let (behind, beside) = (ours.split_off(&40), tree.split_off(&40));
                assert!(behind.iter().eq(beside.iter()));
            }
            6 => assert_eq!(ours.get(&key), tree.get(&key)),
            _ if key == 0 => {
                ours.retain(|key, _| key % 7 != 0);
                tree.retain(|key, _| key % 7 != 0);
            }
            _ => assert_eq!(ours.contains_key(&key), tree.contains_key(&key)),
        }
        assert!(ours.iter().eq(tree.iter()));
    }
    assert_eq!(digest(&ours), digest(&tree), "both hash alike");
    assert_eq!(
        serde_json::to_string(&ours).expect("it writes"),
        serde_json::to_string(&tree).expect("it writes")
    );
}

#[test]
fn a_set_does_as_a_tree_does() {
    let mut rng = Rng::stream(2, 0, "sorted set");
    let (mut ours, mut tree) = (SortedSet::new(), BTreeSet::new());
    for _ in 0..5_000 {
        let key = rng.below(50);
        match rng.below(3) {
            0 => assert_eq!(ours.insert(key), tree.insert(key)),
            1 => assert_eq!(ours.remove(&key), tree.remove(&key)),
            _ => assert!(ours.range(key..).eq(tree.range(key..))),
        }
        assert_eq!((ours.first(), ours.last()), (tree.first(), tree.last()));
        assert!(ours.iter().eq(tree.iter()));
    }
    assert_eq!(digest(&ours), digest(&tree), "both hash alike");
}

#[test]
fn a_map_read_twice_from_one_text_is_one_map() {
    let text = r#"{"b":2,"a":1,"b":3}"#;
    let ours: SortedMap<String, u32> = serde_json::from_str(text).expect("a map");
    let tree: BTreeMap<String, u32> = serde_json::from_str(text).expect("a map");
    assert!(
        ours.iter().eq(tree.iter()),
        "of a key that comes twice the last counts"
    );
}

#[test]
fn sorting_is_that_of_the_standard_library() {
    let mut rng = Rng::stream(3, 0, "sorting");
    for len in (0..70).chain([500, 4_097]) {
        let list: Vec<(u64, u64)> = (0..len).map(|n| (rng.below(len / 3 + 1), n)).collect();
        let (mut ours, mut theirs) = (list.clone(), list.clone());
        sort_by_key(&mut ours, |one| one.0);
        theirs.sort_by_key(|one| one.0);
        assert_eq!(ours, theirs, "equals keep their order");
        let (mut ours, mut theirs): (Vec<u64>, Vec<u64>) = (
            list.iter().map(|one| one.0).collect(),
            list.iter().map(|one| one.0).collect(),
        );
        sort(&mut ours);
        theirs.sort_unstable();
        assert_eq!(ours, theirs);
    }
}
