//! Two weeks of a real load balancer, where `../shared/traces` stands beside the project: the run
//! ends with the sums of the file to the record.

use crate::support::{act, number, set, to};
use millrace_engine::run::Run;
use millrace_engine::services::shared::trace;
use std::path::PathBuf;
use std::sync::Arc;

fn file() -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/traces");
    std::fs::read_to_string(folder.join("elb_request_count.csv")).ok()
}

#[test]
fn a_real_trace_ends_with_the_sums_of_its_file() {
    let Some(text) = file() else {
        println!("real trace: not run");
        return;
    };
    let rows = text
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(',')?.1.parse::<u64>().ok());
    let sum: u64 = rows.sum();
    let parsed = trace::parse("elb", &text).expect("a good file");
    let end = parsed.end().expect("it has steps") + 60_000_000;
    let (mut design, _) = act("trace", None);
    design.traces.insert("elb".to_owned(), Arc::new(parsed));
    for (field, value) in [("trace", "elb"), ("scale", "none")] {
        design = design
            .apply(&set("trace", field, value))
            .expect("a good setting");
    }
    let mut run = Run::new(design).expect("it runs");
    to(&mut run, end);
    let report = run.report("trace");
    let made = number(&report, "ledger/report/records/true") as u64;
    let believed = number(&report, "ledger/report/records/believed") as u64;
    assert_eq!(made, sum, "every request of the file was made");
    assert_eq!(believed, sum, "and came to the report");
    assert_eq!(
        report["conservation"]["holds"], true,
        "{}",
        report["conservation"]["breach"]
    );
}
