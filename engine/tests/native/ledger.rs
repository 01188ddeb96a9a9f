//! Truth beside belief: every difference is explained, in records, units and money, and the
//! sentence names its reasons.

use crate::support::{act, at, fault, first_light, number, set, to};
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::SECOND;
use millrace_engine::design::Design;
use millrace_engine::design::edit::Edit;
use millrace_engine::run::Run;
use serde_json::{Value, json};

fn add(id: &str, service: &str, settings: &[(&str, &str)]) -> Edit {
    let settings = settings
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Edit::AddNode {
        id: id.into(),
        service: service.into(),
        settings: settings.collect(),
    }
}

fn wire(kind: &str, from: &str, to: &str) -> Edit {
    Edit::AddWire {
        id: format!("{from}-to-{to}"),
        kind: kind.into(),
        from: from.into(),
        to: to.into(),
        settings: SortedMap::new(),
    }
}

/// A source -> a stream -> an application -> a report.
fn way(source: Edit, report: &[(&str, &str)]) -> Run {
    let Edit::AddNode { id, .. } = &source else {
        panic!("a source is a node");
    };
    let id = id.clone();
    let edits = vec![
        source,
        add("stream", "kinesis", &[("shards", "4")]),
        add("app", "consumer", &[]),
        add("report", "sink", report),
        wire("put", &id, "stream"),
        wire("poll", "stream", "app"),
        wire("deliver", "app", "report"),
    ];
    let design = Design::default().apply(&Edit::Many(edits));
    Run::new(design.expect("a good design")).expect("it runs")
}

fn explained(report: &Value, sink: &str) {
    let gap = at(report, &format!("ledger/{sink}/difference/unexplained"));
    let none = json!({"records": 0, "units": 0, "money_cents": 0});
    assert_eq!(gap, &none, "{sink}: {}", at(report, "ledger"));
    assert_eq!(report["conservation"]["holds"], true);
}

#[test]
fn refused_sales_are_lost_in_money_too() {
    let mut run = first_light(&[]);
    to(&mut run, 60 * SECOND);
    let report = run.report("first-light");
    explained(&report, "sales");
    let lost = at(&report, "ledger/sales/difference/lost/write-records-limit");
    let records = number(lost, "records");
    assert!((records - number(&report, "ledger/sales/records/lost")).abs() < 0.5);
    // 2 pieces of 5.485 on average: 10.97 a sale, four standard deviations of about 6.9 each
    let mean = number(lost, "money_cents") / records;
    assert!(
        (mean - 1_097.0).abs() < 4.0 * 690.0 / records.sqrt(),
        "{mean}"
    );
    let money = number(
        &report,
        "ledger/sales/difference/lost_money_cents/write-records-limit",
    );
    assert!(
        (money - number(lost, "money_cents")).abs() < 0.5,
        "the same by itself"
    );
    let sentence = at(&report, "ledger/sales/sentence")
        .as_str()
        .expect("a text");
    assert!(sentence.starts_with("sales wrong by "), "{sentence}");
    assert!(
        sentence.contains("sales lost (refused by a shard's records limit)"),
        "{sentence}"
    );
}

#[test]
fn a_consumer_that_was_down_counts_twice_and_the_sentence_says_so() {
    let mut run = first_light(&[
        ("store-*", "rate_after", "200"),
        ("checkout", "checkpoint_every", "30s"),
    ]);
    to(&mut run, 80 * SECOND);
    run.fault(fault("checkout", "crash", "2m", None))
        .expect("a fault");
    to(&mut run, 300 * SECOND);
    let report = run.report("first-light");
    explained(&report, "sales");
    let again = number(&report, "ledger/sales/records/twice");
    assert!(again > 1_000.0, "what was read since the checkpoint");
    let twice = at(&report, "ledger/sales/difference/twice/read-again");
    assert!((number(twice, "records") - again).abs() < 0.5, "{twice}");
    assert!(number(twice, "money_cents") > 99.0 * again, "{twice}");
    let sentence = at(&report, "ledger/sales/sentence")
        .as_str()
        .expect("a text");
    assert!(
        sentence.contains("sales counted twice (read again)"),
        "{sentence}"
    );
    assert!(
        sentence.contains("checkout down 10:01:20-10:03:20"),
        "{sentence}"
    );
}

#[test]
fn what_is_on_its_way_or_has_no_way_is_told_apart() {
    let (design, _) = act("first-light", None);
    let mut run = Run::new(design).expect("it runs");
    to(&mut run, 3 * SECOND);
    run.edit(Edit::RemoveWire {
        id: "stream-to-checkout".into(),
    })
    .expect("an edit");
    to(&mut run, 10 * SECOND);
    let report = run.report("first-light");
    explained(&report, "sales");
    assert!(number(&report, "ledger/sales/difference/not_owed/records") > 0.0);
    run.edit(wire("poll", "stream", "checkout"))
        .expect("an edit");
    to(&mut run, 12 * SECOND);
    explained(&run.report("first-light"), "sales");
}

/// A shop of 20 products, a report of its stock.
fn stock(quantity_max: &str) -> Run {
    let settings = [
        ("rate", "200"),
        ("products", "20"),
        ("quantity_max", quantity_max),
        ("key", "{product}"),
    ];
    let tracked = [("track", "product"), ("stock", "100000")];
    way(add("shop", "tills", &settings), &tracked)
}

#[test]
fn stock_by_product_is_the_start_less_what_was_sold() {
    for (quantity, each) in [("1", Some(1_000.0)), ("3", None)] {
        let mut run = stock(quantity);
        run.edit(set("shop", "shape", "step")).expect("an edit");
        run.edit(set("shop", "at", "50s")).expect("an edit");
        run.edit(set("shop", "rate_after", "0")).expect("an edit");
        to(&mut run, 60 * SECOND);
        let report = run.report("stock");
        explained(&report, "report");
        assert_eq!(at(&report, "ledger/report/tracked"), "stock");
        let keys = at(&report, "ledger/report/keys").as_object().expect("keys");
        assert_eq!(keys.len(), 20, "each product");
        let sold: f64 = keys
            .values()
            .map(|key| 100_000.0 - number(key, "true"))
            .sum();
        assert!((sold - number(&report, "ledger/report/units/true")).abs() < 0.5);
        assert_eq!(at(&report, "ledger/report/keys_wrong"), 0);
        if let Some(each) = each {
            let sales = number(&report, "ledger/report/records/true") / 20.0;
            assert!(
                (sales - each / 2.0).abs() < 0.5,
                "10,000 sales of one piece"
            );
            assert_eq!(
                keys["prod-0007"],
                json!({"true": 99_500, "believed": 99_500})
            );
        }
        let sentence = at(&report, "ledger/report/sentence");
        assert_eq!(sentence, "report is right on all 20 stocks.");
    }
}

/// A bank of 50 accounts that move more than they have.
fn bank(settings: &[(&str, &str)], not_below_zero: &str) -> Run {
    let mut all = vec![
        ("operation", "account"),
        ("accounts", "50"),
        ("key", "{account}"),
        ("keys", "template"),
        ("rate", "300"),
        ("withdrawal_percent", "60"),
    ];
    all.extend(settings);
    let tracked = [
        ("track", "account"),
        ("balance", "300.00"),
        ("not_below_zero", not_below_zero),
    ];
    way(add("bank", "terminals", &all), &tracked)
}

#[test]
fn balances_agree_with_the_truth_and_none_falls_below_zero() {
    let mut run = bank(&[], "yes");
    to(&mut run, 30 * SECOND);
    run.edit(set("bank", "rate", "0")).expect("an edit");
    to(&mut run, 40 * SECOND);
    let report = run.report("bank");
    explained(&report, "report");
    assert_eq!(at(&report, "ledger/report/tracked"), "balance");
    assert_eq!(
        at(&report, "ledger/report/keys_wrong"),
        0,
        "in order by account"
    );
    assert_eq!(at(&report, "ledger/report/keys_below_zero"), 0);
    assert!(
        number(&report, "ledger/report/declined") > 100.0,
        "more is asked than there is"
    );
}

#[test]
fn without_the_rule_balances_fall_below_zero() {
    let mut run = bank(&[], "no");
    to(&mut run, 40 * SECOND);
    let report = run.report("bank");
    assert!(number(&report, "ledger/report/keys_below_zero") > 10.0);
    assert_eq!(at(&report, "ledger/report/declined"), 0);
}

#[test]
fn operations_counted_twice_make_balances_wrong() {
    let mut run = bank(
        &[
            ("timeout", "1s"),
            ("attempts", "5"),
            ("resend", "full"),
            ("sdk_retry", "standard"),
        ],
        "yes",
    );
    to(&mut run, 10 * SECOND);
    run.fault(fault("stream", "lost-ack", "5s", Some(50.0)))
        .expect("a fault");
    to(&mut run, 100 * SECOND);
    let report = run.report("bank");
    explained(&report, "report");
    assert!(
        number(
            &report,
            "ledger/report/difference/twice/sent-again/money_cents"
        ) > 0.0
    );
    assert!(number(&report, "ledger/report/keys_wrong") > 0.0);
    let sentence = at(&report, "ledger/report/sentence")
        .as_str()
        .expect("a text");
    assert!(
        sentence.contains("counted twice (done again after it had been done)"),
        "{sentence}"
    );
}

#[test]
fn stocks_and_balances_of_a_file_have_its_keys() {
    let text = "time,key,bytes,op,amount\n0,12345,90,deposit,100.00\n1,67890,90,withdrawal,50.00\n\
                2,12345,90,payment,30.25\n2,milk-001,40,sale,1.99\n";
    let trace = millrace_engine::services::shared::trace::parse("day", text).expect("a good file");
    let edits = vec![
        add("day", "trace", &[("trace", "day")]),
        add(
            "report",
            "sink",
            &[("track", "account"), ("balance", "200")],
        ),
        wire("deliver", "day", "report"),
    ];
    let mut design = Design::default();
    design
        .traces
        .insert("day".into(), std::sync::Arc::new(trace));
    let design = design.apply(&Edit::Many(edits)).expect("a good design");
    let mut run = Run::new(design).expect("it runs");
    to(&mut run, 10 * SECOND);
    let report = run.report("day");
    explained(&report, "report");
    let balance = |cents: i64| json!({"true": cents, "believed": cents});
    assert_eq!(
        at(&report, "ledger/report/keys"),
        &json!({"12345": balance(26_975), "67890": balance(15_000)})
    );
    assert_eq!(at(&report, "ledger/report/money_cents/true"), 18_224);
}
