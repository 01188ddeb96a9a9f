//! Tests of parcels: cutting and joining them loses nothing.

use super::*;

fn parcel(first: u64, n: u32, born: Us, span: u32) -> Parcel {
    Parcel {
        lane: 3,
        n,
        first,
        born,
        span,
        bytes_each: 300,
        op: Op::Sale,
        flags: 0,
    }
}

#[test]
fn split_and_merge_lose_nothing() {
    for n in 1..40_u32 {
        let whole = parcel(100, n, 5_000, n * 1_000);
        for cut in 0..=n {
            let (head, tail) = whole.split(cut);
            let parts: Vec<Parcel> = head.into_iter().chain(tail).collect();
            assert_eq!(
                parts.iter().map(|p| p.n).sum::<u32>(),
                n,
                "all records are there"
            );
            let mut joined = Vec::new();
            parts
                .iter()
                .for_each(|part| push_joined(&mut joined, *part));
            assert_eq!(joined, [whole], "cut at {cut} of {n}");
        }
    }
}

#[test]
fn records_keep_their_birth_through_any_split() {
    let whole = parcel(0, 7, 1_000, 700);
    let (_, tail) = whole.split(3);
    let tail = tail.expect("four records");
    for i in 0..4 {
        assert_eq!(
            tail.born_at(i),
            whole.born_at(i + 3),
            "record {i} of the tail"
        );
    }
}

#[test]
fn neighbours_with_other_fields_do_not_join() {
    let one = parcel(0, 10, 0, 100);
    let next = parcel(10, 10, 100, 100);
    assert!(one.join(&next).is_some(), "equal fields join");
    assert!(
        one.join(&parcel(11, 10, 100, 100)).is_none(),
        "a gap in the numbers"
    );
    assert!(
        one.join(&parcel(10, 10, 150, 100)).is_none(),
        "a gap in time"
    );
    assert!(
        one.join(&parcel(10, 10, 100, 50)).is_none(),
        "another spacing"
    );
    assert!(
        one.join(&Parcel {
            flags: FLAG_COPY,
            ..next
        })
        .is_none(),
        "a copy"
    );
}
