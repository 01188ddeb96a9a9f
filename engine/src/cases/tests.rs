//! The instrument itself: a wrong value fails, what is not compared never passes, stale entries fail.

use super::*;
use serde_json::json;

/// A runner of one rule: doubling.
fn double(case: &Case<'_>) -> Told {
    if case.kind() != "double" {
        return Err(case.unknown_kind());
    }
    let twice = case.input().get("n")?.u64()? * 2;
    case.check("twice", twice);
    Ok(())
}

const LIST: &[Disagreement] = &[Disagreement {
    topic: "doubling",
    id: "one",
    reason: "a test",
    facts: "0",
}];

fn verdicts(cases: Json, list: &'static [Disagreement]) -> Vec<Verdict> {
    let table = json!({"topic": "doubling", "sources": [], "cases": cases});
    let report = run_with(&table, Some(Topic::Each(double)), list);
    report.outcomes.into_iter().map(|o| o.verdict).collect()
}

fn verdict(input: Json, expected: Json) -> Verdict {
    let case = json!({"id": "one", "kind": "double", "in": input, "expected": expected});
    verdicts(json!([case]), &[]).remove(0)
}

fn inexpressible(verdict: &Verdict, part: &str) -> bool {
    matches!(verdict, Verdict::NotExpressible(why) if why.contains(part))
}

#[test]
fn a_planted_wrong_value_fails() {
    let right = verdict(json!({"n": 3}), json!({"twice": 6}));
    assert_eq!(right, Verdict::Passed);
    let wrong = verdict(json!({"n": 3}), json!({"twice": 7}));
    assert_eq!(
        wrong,
        Verdict::Failed("expected.twice: wanted 7, found 6".to_owned())
    );
}

#[test]
fn what_is_not_compared_or_not_understood_never_passes() {
    let more = verdict(json!({"n": 3}), json!({"twice": 6, "half": 1.5}));
    assert!(
        inexpressible(&more, "expected.half is not compared"),
        "{more:?}"
    );
    let deep = verdict(json!({"n": 3, "m": [{"k": 1}]}), json!({"twice": 6}));
    assert!(
        inexpressible(&deep, "in.m[0].k is not understood"),
        "{deep:?}"
    );
    let nothing = verdict(json!({"n": 3}), json!({}));
    assert!(
        inexpressible(&nothing, "nothing is compared"),
        "{nothing:?}"
    );
    let unreadable = verdict(json!({"n": "three"}), json!({"twice": 6}));
    assert!(
        inexpressible(&unreadable, "in.n is \"three\""),
        "{unreadable:?}"
    );
    let kind = json!([{"id": "one", "kind": "halve", "in": {"n": 3}, "expected": {"twice": 6}}]);
    let kind = verdicts(kind, &[]).remove(0);
    assert!(inexpressible(&kind, "\"halve\""), "{kind:?}");
    // a difference shows even where something else is not compared
    let both = verdict(json!({"n": 3}), json!({"twice": 7, "half": 1.5}));
    assert!(matches!(both, Verdict::Failed(_)), "{both:?}");
}

#[test]
fn the_list_of_disagreements_must_be_true() {
    let case = |twice: u64| json!([{"id": "one", "kind": "double", "in": {"n": 3}, "expected": {"twice": twice}}]);
    assert_eq!(verdicts(case(7), LIST), [Verdict::Known(&LIST[0])]);
    let stale = verdicts(case(6), LIST).remove(0);
    assert!(
        matches!(&stale, Verdict::Failed(why) if why.contains("take it off the list")),
        "{stale:?}"
    );
}

#[test]
fn an_unknown_topic_is_counted_whole() {
    let table = json!({
        "topic": "carrier-pigeons",
        "sources": [{"key": "loft", "trust": "recorded-from-aws"}],
        "cases": [{"id": "a", "source": "loft"}, {"id": "b", "source": "elsewhere"}],
    });
    let report = run(&[("pigeons.json".to_owned(), table.to_string())]);
    let counts = report.counts();
    assert_eq!((counts.not_expressible, counts.total()), (2, 2));
    assert_eq!(report.tables[0].outcomes[0].trust, 'R');
    assert_eq!(report.tables[0].outcomes[1].trust, '?');
    assert!(report.holds() && report.text().contains("carrier-pigeons"));
}

#[test]
fn a_file_that_is_no_table_is_reported() {
    let files = [("a.json", "{"), ("b.json", "{\"topic\": \"x\"}")];
    let report = run(&files.map(|(name, text)| (name.to_owned(), text.to_owned())));
    assert_eq!(report.unreadable.len(), 2);
    assert!(!report.holds() && report.text().contains("b.json"));
}

#[test]
fn the_scoreboard_keeps_its_form() {
    let case = json!({"id": "one", "kind": "double", "source": "s", "in": {"n": 3}, "expected": {"twice": 6}});
    let table = json!({"topic": "doubling", "sources": [{"key": "s", "trust": "computed"}], "cases": [case]});
    let tables = vec![run_with(&table, Some(Topic::Each(double)), &[])];
    let report = Report {
        tables,
        unreadable: Vec::new(),
    };
    let text = scoreboard(&report);
    assert_eq!(form(&text), Ok(report.counts()));
    for (from, to) in [
        ("\"passed\": 1", "\"passed\": 2"),
        ("\"C\"", "\"C\": {}, \"D\""),
    ] {
        assert!(form(&text.replacen(from, to, 1)).is_err(), "{from} -> {to}");
    }
    assert!(form("{}").is_err());
}
