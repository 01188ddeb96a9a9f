//! Tests of templates, plans and dealing.

use super::*;

fn keys(choice: Choice, template: &str, count: u32) -> Keys {
    Keys {
        choice,
        template: template.to_owned(),
        count,
        zipf_centi: 100,
        hot_permille: 500,
        list: " a, b ,,c".to_owned(),
        lanes_max: 4_096,
    }
}

#[test]
fn templates_write_out() {
    for (template, expected) in [
        ("{store}", "store-001"),
        ("{store}/till-{nn}", "store-001/till-07"),
        ("pos-{nn}", "pos-07"),
        ("{n}", "7"),
        ("{nnn}-{account}", "007-acct-0007"),
        ("{shop} {", "{shop} {"),
        ("é{n}", "é7"),
        ("", ""),
    ] {
        assert_eq!(expand(template, "store-001", 7), expected, "{template}");
    }
    assert_eq!(
        expand("till-{nn}", "", 123),
        "till-123",
        "wider numbers are not cut"
    );
    assert_eq!(
        unknown_words("{store}{shop}{n}"),
        ["{shop}"],
        "what means nothing"
    );
}

#[test]
fn a_template_gives_one_lane_a_client() {
    let plan = keys(Choice::Template, "{store}/till-{nn}", 1).plan("store-001", 10);
    let names: Vec<&str> = plan.lanes.iter().map(|lane| lane.key.as_str()).collect();
    assert_eq!(names[0], "store-001/till-01", "the first");
    assert_eq!(names[9], "store-001/till-10", "the last");
    assert!(plan.sums.is_empty() && !plan.slots, "all alike");
    let same = keys(Choice::Template, "{store}", 1).plan("store-001", 10);
    assert_eq!(same.lanes.len(), 10, "ten tills share one key");
    assert_eq!(same.lanes[3].hash, key_hash("store-001"), "and its hash");
    let many = keys(Choice::Template, "{store}", 1).plan("store-001", 10_000);
    assert!(
        !many.slots && many.lanes.len() == 4_096,
        "however many they are"
    );
}

#[test]
fn more_keys_than_lanes_become_even_slots() {
    let plan = keys(Choice::Uniform, "acct-{nnnn}", 100_000).plan("bank", 200);
    assert!(plan.slots, "slots");
    assert_eq!(plan.lanes.len(), 4_096, "as many as the budget");
    let mut by_shard = [0_u32; 8];
    plan.lanes
        .iter()
        .for_each(|lane| by_shard[(lane.hash >> 125) as usize] += 1);
    assert_eq!(by_shard, [512; 8], "512 slots on each eighth of the ring");
    let mut first = [0_u32; 8];
    plan.lanes[..64]
        .iter()
        .for_each(|lane| first[(lane.hash >> 125) as usize] += 1);
    assert!(
        first.iter().all(|n| (7..=9).contains(n)),
        "any 64 in a row are spread: {first:?}"
    );
}

#[test]
fn weights_follow_the_law() {
    let hot = keys(Choice::Hot, "k{n}", 11).plan("s", 1);
    assert_eq!(
        hot.sums[0] * 2,
        *hot.sums.last().expect("lanes"),
        "half on the hot key"
    );
    let zipf = keys(Choice::Zipf, "k{n}", 3).plan("s", 1);
    let share = zipf.sums[0] as f64 / *zipf.sums.last().expect("lanes") as f64;
    assert!((share - 6.0 / 11.0).abs() < 1e-9, "1 of 1 + 1/2 + 1/3");
    let slots = keys(Choice::Zipf, "k{n}", 200_000).plan("s", 1);
    let total = *slots.sums.last().expect("lanes") as f64 / WEIGHT;
    assert!(
        (total - 12.783_29).abs() < 1e-3,
        "the harmonic number of 200,000, got {total}"
    );
    let slots = keys(Choice::Hot, "k{n}", 200_000).plan("s", 1);
    let most = weights_of(&slots.sums).into_iter().fold(0.0, f64::max);
    let total = *slots.sums.last().expect("lanes") as f64;
    assert!(
        (most / total - 0.500_122).abs() < 1e-5,
        "half and its part of the rest"
    );
}

#[test]
fn dealing_keeps_the_number_and_the_law() {
    let mut rng = Rng::stream(5, 0, "keys");
    let sums: Vec<u64> = vec![1, 1, 4];
    for n in [1, 5, 1_000] {
        for lanes in [1, 3, 4_096] {
            let sum: u64 = deal(&mut rng, n, lanes, &[]).iter().map(|(_, n)| n).sum();
            assert_eq!(sum, n, "{n} over {lanes}");
        }
        let mut counts = [0_u64; 3];
        for _ in 0..3_000 / n {
            for (lane, n) in deal(&mut rng, n, 3, &sums) {
                counts[lane as usize] += n;
            }
        }
        assert_eq!(counts[1], 0, "weight 0 gets nothing");
        assert!(
            (2_100..2_400).contains(&counts[2]),
            "three quarters: {counts:?}"
        );
    }
}

#[test]
fn odd_settings_give_some_key() {
    let empty = Keys {
        list: " ,, ".to_owned(),
        ..keys(Choice::List, "", 5)
    };
    assert_eq!(
        empty.plan("s", 10).lanes.len(),
        1,
        "an empty list is one key"
    );
    let listed = keys(Choice::List, "", 5).plan("s", 10);
    assert_eq!(
        listed
            .lanes
            .iter()
            .map(|l| l.key.as_str())
            .collect::<Vec<_>>(),
        ["a", "b", "c"]
    );
    assert_eq!(
        keys(Choice::Template, "", 1).plan("s", 1).lanes[0].key,
        "-",
        "no empty key"
    );
    let one = Keys {
        hot_permille: 0,
        ..keys(Choice::Hot, "k", 1)
    }
    .plan("s", 1);
    assert_eq!(one.sums[..], [1], "a hot key alone");
    let plain = keys(Choice::Uniform, "{store}", 3).plan("s", 1);
    assert_eq!(
        plain.lanes[2].key, "s/0003",
        "a number where the template has none"
    );
}

#[test]
fn a_key_may_name_an_account_or_a_product() {
    let plan = keys(Choice::Template, "{store}/{account}", 1).plan("bank", 1_000);
    assert_eq!(plan.lanes[41].key, "bank/acct-0042");
    assert_eq!(plan.lanes[41].subject, Subject::Account(42));
    let plan = keys(Choice::Zipf, "{product}", 20).plan("bank", 3);
    assert_eq!(plan.lanes.len(), 20, "a lane a product");
    assert_eq!(
        (plan.lanes[6].key.as_str(), plan.lanes[6].subject),
        ("prod-0007", Subject::Product(7))
    );
    let slots = keys(Choice::Uniform, "{account}", 10_000).plan("bank", 1);
    let any = slots.lanes.iter().all(|lane| lane.subject == Subject::Any);
    assert!(slots.slots && any, "a slot is nobody's");
    let plain = keys(Choice::Template, "{store}", 1).plan("bank", 1);
    assert_eq!(plain.lanes[0].subject, Subject::Any);
}
