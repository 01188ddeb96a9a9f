//! Links of whole scenarios: those without a long trace fit into an address and come back as they were.

use millrace_engine::design::file::{ENGINE, File};
use millrace_engine::design::link;
use millrace_engine::lessons::scenarios;

#[test]
fn every_act_without_a_long_trace_fits_into_a_link() {
    let mut fit = 0;
    for scenario in scenarios::list() {
        for act in scenario.acts {
            let (design, inputs) = scenario.load(act).expect("it loads");
            let traced = !design.traces.is_empty();
            let file = File {
                design,
                inputs,
                end: None,
                engine: ENGINE.to_owned(),
            };
            let name = format!("{}:{}", scenario.id, act.id);
            match link::write(&file) {
                Ok(fragment) => {
                    assert!(fragment.len() < 3_000, "{name}: {}", fragment.len());
                    assert_eq!(link::read(&fragment), Ok(file), "{name}");
                    fit += 1;
                }
                Err(long) => assert!(traced && long.over() > 0, "{name}: {long:?}"),
            }
        }
    }
    assert!(fit >= 15, "only {fit} acts fit");
}
