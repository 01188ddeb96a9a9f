//! What a chapter of the walk starts from: a design of nothing, or an act of a scenario at a small load.

use millrace_engine::base::rng::Rng;
use millrace_engine::catalog::{FieldInfo, Kind};
use millrace_engine::design::file::Input;
use millrace_engine::design::{Design, Edit};
use millrace_engine::lessons::scenarios;
use millrace_engine::run::Run;

/// Settings that make a run long rather than strange: field, least and most in the field's own whole numbers.
const CALM: &[(&str, i64, i64)] = &[
    ("rate", 0, 250),
    ("rate_after", 0, 250),
    ("clients", 1, 6),
    ("accounts", 1, 40),
    ("products", 1, 40),
    ("key_count", 1, 40),
    ("tick", 50_000, 1_000_000),
    ("shards", 1, 5),
    ("servers", 1, 6),
    ("peak_factor", 1, 3_000),
    ("lane_budget", 1, 5),
    ("buffer_records", 1, 2_000),
    ("bytes", 1, 4_000),
    ("bytes_max", 1, 8_000),
];

/// A number of a field, held where it keeps a walk quick. A decimal's bounds are in whole units.
pub(crate) fn calmed(field: &FieldInfo, value: i64) -> i64 {
    let found = CALM.iter().find(|(key, _, _)| *key == field.key);
    let Some((_, least, most)) = found else {
        return value;
    };
    let scale = match field.kind {
        Kind::Decimal { places, .. } if field.key != "peak_factor" => 10_i64.pow(places),
        _ => 1,
    };
    let calm = value.clamp(least * scale, most * scale);
    match field.kind {
        Kind::Int { min, max } | Kind::Decimal { min, max, .. } => calm.clamp(min, max),
        _ => calm,
    }
}

/// Settings of a design that would make it long, as edits.
fn calming(design: &Design) -> Vec<Edit> {
    let mut edits = Vec::new();
    for node in &design.nodes {
        for (ix, field) in node.config.kind().fields().iter().enumerate() {
            let value = node.config.get(ix);
            let Ok(now) = value.int() else { continue };
            let calm = calmed(field, now);
            if calm != now {
                edits.push(Edit::Set {
                    at: node.id.clone(),
                    field: field.key.to_owned(),
                    value: field.show(&millrace_engine::catalog::Value::Int(calm)),
                });
            }
        }
    }
    edits
}

/// An act of a scenario at a small load, with what happens in it at a tenth of its time.
fn scenario(rng: &mut Rng) -> (String, Design, Vec<Input>) {
    let all = scenarios::list();
    let scenario = &all[rng.below(all.len() as u64) as usize];
    let act = &scenario.acts[rng.below(scenario.acts.len() as u64) as usize];
    let (mut design, mut inputs) = scenario.load(act).expect("a scenario loads");
    for edit in calming(&design) {
        // a field may need another one: what is refused stays as it is
        design = design.apply(&edit).unwrap_or(design);
    }
    for input in &mut inputs {
        input.at_us /= 10;
    }
    (format!("{}:{}", scenario.id, act.id), design, inputs)
}

/// The run of a new chapter, at time 0, and what it is.
pub(crate) fn begin(rng: &mut Rng) -> (String, Run) {
    if rng.below(3) == 0 {
        let design = Design {
            seed: rng.next_u64(),
            ..Design::default()
        };
        let run = Run::new(design).expect("a design of nothing runs");
        return ("nothing".to_owned(), run);
    }
    let (name, mut design, inputs) = scenario(rng);
    design.seed = rng.next_u64();
    let mut run = Run::new(design).unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    // an input that the small load leaves nothing to do for is none
    let taken = run.set_inputs(inputs);
    taken.unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
    (name, run)
}
