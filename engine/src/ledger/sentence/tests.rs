//! Tests of the sentence: what it says of losses, repeats, stocks and balances.

use super::*;

fn sums(records: u64, money_cents: u64) -> Sums {
    Sums {
        records,
        units: records,
        money_cents,
    }
}

fn told<'a>(
    difference: &'a Difference,
    keys: &'a Keys,
    circumstances: &'a [Circumstance],
) -> Told<'a> {
    Told {
        sink: "Revenue report",
        op: Some(Op::Sale),
        difference,
        keys,
        circumstances,
    }
}

#[test]
fn the_sentence_names_sum_losses_and_circumstances() {
    let difference = Difference {
        truth: sums(100_000, 30_000_000),
        believed: sums(93_860, 28_158_000),
        lost: SortedMap::from([(Reason::BeforeStart, sums(6_140, 1_842_000))]),
        ..Difference::default()
    };
    assert_eq!(difference.gap(), [0; 3], "the example adds up");
    let circumstances = [
        Circumstance::Down {
            node: "consumer".to_owned(),
            from: "10:00".to_owned(),
            to: "14:00".to_owned(),
        },
        Circumstance::Retention {
            node: "stream".to_owned(),
            span: "24h".to_owned(),
        },
        Circumstance::StartedAt {
            position: "LATEST".to_owned(),
        },
    ];
    let keys = Keys::default();
    let text = sentence(&told(&difference, &keys, &circumstances), &english());
    assert_eq!(
        text,
        "Revenue report wrong by 18,420.00: 6,140 sales lost (before the start position), \
         consumer down 10:00-14:00, stream retention 24h, started at LATEST."
    );
}

#[test]
fn several_reasons_are_counted_apart_the_largest_first() {
    let difference = Difference {
        truth: sums(100, 1_000),
        believed: sums(92, 920),
        lost: SortedMap::from([
            (Reason::WriteRecords, sums(3, 30)),
            (Reason::Retention, sums(7, 70)),
        ]),
        twice: SortedMap::from([(Reason::ReadAgain, sums(1, 10))]),
        unchanged: sums(1, 10),
        on_its_way: Sums::default(),
        fanned_out: sums(2, 20),
        ..Difference::default()
    };
    assert_eq!(difference.gap(), [0; 3], "the example adds up");
    let keys = Keys::default();
    let text = sentence(&told(&difference, &keys, &[]), &english());
    assert_eq!(
        text,
        "Revenue report wrong by 0.80: 10 sales lost (7 older than the retention, 3 refused by a \
         shard's records limit), 1 sale counted twice (read again), 1 sale written over with the \
         same, 2 sales sent there by more than one way."
    );
}

#[test]
fn what_is_only_late_is_not_wrong_and_all_there_is_right() {
    let mut difference = Difference {
        truth: sums(1_200, 5_000),
        believed: sums(1_190, 4_900),
        on_its_way: sums(10, 100),
        ..Difference::default()
    };
    let keys = Keys::default();
    let circumstances = [Circumstance::StartedAt {
        position: "LATEST".to_owned(),
    }];
    let behind = sentence(&told(&difference, &keys, &circumstances), &english());
    assert_eq!(
        behind,
        "Revenue report is 1.00 short so far, nothing lost and nothing twice: 10 sales still on \
         the way."
    );
    difference.believed = difference.truth;
    difference.on_its_way = Sums::default();
    let right = sentence(&told(&difference, &keys, &circumstances), &english());
    assert_eq!(
        right,
        "Revenue report is right: 1,200 sales, nothing lost and nothing twice."
    );
}

#[test]
fn balances_are_told_by_how_many_are_wrong() {
    let difference = Difference {
        truth: sums(20, 9_000),
        believed: sums(19, 8_000),
        lost: SortedMap::from([(Reason::ConditionFailed, sums(2, 2_000))]),
        twice: SortedMap::from([(Reason::SentAgain, sums(1, 1_000))]),
        ..Difference::default()
    };
    let mut keys = Keys {
        by: By::Account,
        numbers: SortedMap::from([
            ("acct-0001".to_owned(), (500, 500)),
            ("acct-0002".to_owned(), (700, 1_700)),
        ]),
        declined: 2,
        beyond: 0,
    };
    let mut told = told(&difference, &keys, &[]);
    told.op = Some(Op::Account);
    assert_eq!(
        sentence(&told, &english()),
        "Revenue report wrong on 1 of 2 balances, 10.00 too high in sum: 1 operation counted \
         twice (done again after it had been done), 2 operations declined as they had to be."
    );
    let difference = Difference {
        twice: SortedMap::new(),
        ..difference.clone()
    };
    keys.numbers.insert("acct-0002".to_owned(), (700, 700));
    let told = Told {
        op: Some(Op::Account),
        ..self::told(&difference, &keys, &[])
    };
    assert_eq!(
        sentence(&told, &english()),
        "Revenue report is right on all 2 balances: 2 operations declined as they had to be."
    );
}

#[test]
fn more_refusals_than_declines_are_losses() {
    let difference = Difference {
        lost: SortedMap::from([(Reason::ConditionFailed, sums(3, 0))]),
        ..Difference::default()
    };
    let keys = Keys {
        by: By::Product,
        numbers: SortedMap::from([("prod-0001".to_owned(), (5, 8))]),
        declined: 2,
        beyond: 0,
    };
    assert_eq!(
        sentence(&told(&difference, &keys, &[]), &english()),
        "Revenue report wrong on 1 of 1 stocks, 3 too high in sum: 3 sales lost (the condition of \
         the write did not hold)."
    );
}

#[test]
fn every_reason_and_every_key_has_words() {
    let words = english();
    for reason in Reason::ALL {
        let key = format!("reason.{}", reason.code());
        assert!(words.find(&key).is_some(), "{key}");
    }
    for op in [Op::Count, Op::Sale, Op::Payment, Op::Account] {
        assert_eq!(noun(&words, Some(op), 1).split(' ').count(), 2, "{op:?}");
        assert!(
            noun(&words, Some(op), 2_000).starts_with("2,000 "),
            "{op:?}"
        );
    }
}
