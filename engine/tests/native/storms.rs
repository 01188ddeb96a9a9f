//! Storms: random edits of any setting, wires and parts that come and go, faults, seeks and forks,
//! over designs of every newer service. Whatever happens, each obligation has one holder, the ledger
//! has no gap, and the file of the run comes to the same world.

use crate::support::{bench, fault, run_of, set, to};
use millrace_engine::base::rng::Rng;
use millrace_engine::base::sorted::SortedMap;
use millrace_engine::base::time::{MS, SECOND, Us};
use millrace_engine::catalog::{Change, FieldInfo, Kind, Value};
use millrace_engine::design::edit::Edit;
use millrace_engine::design::{Design, file};
use millrace_engine::kernel::Stop;
use millrace_engine::run::Run;
use millrace_engine::services::ServiceKind;

/// Kinesis, a function that writes, what it gives up; a pushed reader beside it.
const STREAM: &str = "
    tills tills rate=90 clients=4 timeout=1s resend=full
    stream kinesis shards=2
    fold lambda duration=80ms per_record=1ms errors=every error_every=37 error_tries=2
    stock dynamodb item=product wcu=60 burst_start=0s
    report sink
    dead sqs
    tills -put-> stream
    stream -mapping-> fold batch_size=30 bisect=yes max_retries=3
    fold -write-> stock op=add not_below_zero=yes
    fold -deliver-> report
    fold -on-failure-> dead";

/// A queue, its dead letters, a function that writes in transactions.
const QUEUE: &str = "
    tills tills rate=60 clients=3 timeout=1s resend=full attempts=4
    queue sqs visibility_timeout=4s
    dlq sqs
    fold lambda duration=200ms errors=every error_every=11
    books dynamodb item=key wcu=80 burst_start=0s index=record index_wcu=70
    tills -put-> queue
    queue -redrive-> dlq max_receive_count=3
    queue -queue-mapping-> fold report_batch_item_failures=yes
    fold -write-> books op=add call=transact";

/// FIFO, whose function sends on to a second queue and puts objects.
const FIFO: &str = "
    tills tills rate=60 clients=3 timeout=1s resend=full attempts=4
    queue sqs fifo=yes visibility_timeout=5s
    dlq sqs fifo=yes
    fold lambda duration=150ms errors=share error_share=4
    next sqs
    later lambda duration=50ms
    heap s3
    report sink
    tills -put-> queue
    queue -redrive-> dlq max_receive_count=2
    queue -queue-mapping-> fold batch_size=5
    fold -put-> next
    fold -put-> heap
    next -queue-mapping-> later
    later -deliver-> report";

/// Asynchronous events, tried again, and what is given up as objects; a second function that waits.
const EVENTS: &str = "
    tills tills rate=40 clients=2 timeout=1s resend=full attempts=4
    events lambda duration=300ms errors=every error_every=9 retries=1 reserved=4
    direct lambda duration=20ms reserved=3
    heap s3
    stock dynamodb item=product wcu=50 burst_start=0s
    tills -invoke-> events type=Event
    tills -invoke-> direct
    events -on-failure-> heap
    events -write-> stock op=add
    direct -write-> stock";

/// A stream of a function's puts behind a queue, with writes in batches and a sink told of failures.
const CHAIN: &str = "
    tills terminals rate=80 clients=4 timeout=1s resend=full operation=account accounts=50
    table dynamodb item=record wcu=70 burst_start=2s
    queue sqs visibility_timeout=3s
    copy lambda duration=60ms per_record=2ms
    stream kinesis shards=1
    fold lambda duration=90ms errors=poison poison=1/40 on_error=report idempotency=event-id
    balance dynamodb item=account wcu=90 burst_start=0s
    told sink
    tills -put-> table
    tills -put-> queue
    queue -queue-mapping-> copy
    copy -put-> stream
    stream -mapping-> fold report_batch_item_failures=yes max_retries=2 parallelization=3
    fold -write-> balance op=add
    fold -on-failure-> told";

const ALL: &[&str] = &[STREAM, QUEUE, FIFO, EVENTS, CHAIN];

/// Settings that would make a run long rather than strange.
const LONG: &[&str] = &[
    "rate",
    "rate_after",
    "clients",
    "accounts",
    "tick",
    "lane_budget",
    "shards",
    "key_count",
    "key_list",
    "products",
    "peak_factor",
    "servers",
    "buffer_records",
    "bytes",
    "bytes_max",
    "filter",
];

/// Another value of a field: a word of its list, or a number near the one that it has.
fn other(rng: &mut Rng, field: &FieldInfo, now: &Value) -> Option<Value> {
    let near = |rng: &mut Rng, min: i64, max: i64| {
        let now = now.int().unwrap_or(min);
        let value = match rng.below(7) {
            0 => min,
            1 => now / 2,
            2 => now.saturating_mul(2),
            3 => now.saturating_add(1),
            4 => now / 10,
            5 => now.saturating_mul(5),
            _ => min.saturating_add(rng.below(20) as i64),
        };
        Value::Int(value.clamp(min, max))
    };
    match field.kind {
        Kind::Int { min, max } | Kind::Decimal { min, max, .. } => Some(near(rng, min, max)),
        Kind::Span { min, max } => {
            let whole = i64::try_from(max).unwrap_or(i64::MAX);
            let Value::Int(us) = near(rng, min as i64, whole) else {
                return None;
            };
            Some(Value::Int(us - us % 1_000))
        }
        Kind::Choice(words) => {
            let word = words[rng.below(words.len() as u64) as usize];
            Some(Value::Text(word.to_owned()))
        }
        Kind::Flag => Some(Value::Flag(rng.below(2) == 0)),
        Kind::Text { .. } => None,
    }
}

/// A change of one setting of anything.
fn tuned(rng: &mut Rng, design: &Design) -> Option<Edit> {
    let at = rng.below((design.nodes.len() + design.wires.len()) as u64) as usize;
    let (id, fields, value): (_, _, Box<dyn Fn(usize) -> Value>) = match design.nodes.get(at) {
        Some(node) => (
            &node.id,
            node.config.kind().fields(),
            Box::new(|ix| node.config.get(ix)),
        ),
        None => {
            let wire = &design.wires[at - design.nodes.len()];
            let fields = wire.link.kind().fields();
            (&wire.id, fields, Box::new(|ix| wire.link.get(ix)))
        }
    };
    let fits = |field: &FieldInfo| field.change != Change::Restart && !LONG.contains(&field.key);
    let open: Vec<usize> = (0..fields.len()).filter(|ix| fits(&fields[*ix])).collect();
    let ix = *open.get(rng.below(open.len().max(1) as u64) as usize)?;
    let new = other(rng, &fields[ix], &value(ix))?;
    Some(set(id, fields[ix].key, &fields[ix].show(&new)))
}

/// A wire between any two nodes, of any kind that can be.
fn wired(rng: &mut Rng, design: &Design, step: u32) -> Option<Edit> {
    use millrace_engine::design::check::kinds_between;
    let mut pairs = Vec::new();
    for from in &design.nodes {
        for to in design.nodes.iter().filter(|to| to.id != from.id) {
            for kind in kinds_between(from.config.kind(), to.config.kind()) {
                pairs.push((from.id.clone(), to.id.clone(), kind));
            }
        }
    }
    let (from, to, kind) = pairs.get(rng.below(pairs.len().max(1) as u64) as usize)?;
    Some(Edit::AddWire {
        id: format!("wire-{step}"),
        kind: (*kind).to_owned(),
        from: from.clone(),
        to: to.clone(),
        settings: SortedMap::new(),
    })
}

fn fresh(rng: &mut Rng, step: u32) -> Edit {
    let services = [
        "lambda", "sqs", "dynamodb", "s3", "sink", "kinesis", "consumer", "queue", "bucket",
    ];
    Edit::AddNode {
        id: format!("node-{step}"),
        service: services[rng.below(services.len() as u64) as usize].to_owned(),
        settings: SortedMap::new(),
    }
}

/// One act; what is refused with a sentence changes nothing. Says what it was.
fn act(run: &mut Run, rng: &mut Rng, step: u32) -> String {
    let design = run.design().clone();
    let edit = match rng.below(20) {
        0..=7 => tuned(rng, &design),
        8..=9 => wired(rng, &design, step),
        10 => design
            .wires
            .get(rng.below(design.wires.len().max(1) as u64) as usize)
            .map(|wire| Edit::RemoveWire {
                id: wire.id.clone(),
            }),
        11 if step.is_multiple_of(2) => {
            let node = &design.nodes[rng.below(design.nodes.len() as u64) as usize];
            let stays = node.config.kind() == ServiceKind::Tills || design.nodes.len() < 4;
            (!stays).then(|| Edit::RemoveNode {
                id: node.id.clone(),
            })
        }
        11 => Some(fresh(rng, step)),
        12 => return format!("undo {:?}", run.undo().map(|_| ())),
        13 => {
            let at = run.head() - rng.below(run.head().min(4 * SECOND) + 1);
            while run.seek(at, 900).stop == Stop::Budget {}
            return format!("seek {at}");
        }
        _ => None,
    };
    if let Some(edit) = edit {
        let done = run.edit(edit.clone());
        return format!("{edit:?}: {done:?}");
    }
    let node = &design.nodes[rng.below(design.nodes.len() as u64) as usize];
    let faults = node.config.kind().entry().faults;
    let Some(kind) = faults.get(rng.below(faults.len().max(1) as u64) as usize) else {
        return "nothing".to_owned();
    };
    let lasts = format!("{}ms", 100 + rng.below(3_000));
    let share = matches!(*kind, "refuse" | "lost-ack").then(|| 5.0 + rng.below(95) as f64);
    let spec = fault(&node.id, kind, &lasts, share);
    let done = run.fault(spec.clone());
    format!("{spec:?}: {done:?}")
}

/// Every promise that can be asked of a run as it stands.
fn sound(run: &mut Run, when: impl Fn() -> String) {
    let found = run.conservation();
    assert!(found.holds, "{}: {:?}", when(), found.breach);
    let sinks: Vec<_> = found.paths.iter().map(|path| path.sink.clone()).collect();
    for sink in sinks {
        let node = run.engine().machine().floor.find(&sink);
        let Some(node) = node else { continue };
        let gap = run.difference(node).gap();
        assert_eq!(gap, [0; 3], "{}: ledger of {sink}", when());
    }
}

/// A storm over a design; the run and its story.
fn storm(design: &str, seed: u64, steps: u32) -> Run {
    let mut rng = Rng::stream(seed, 0, "storm");
    let mut first = bench(design);
    first.seed = seed;
    let mut run = Run::new(first).expect("the design runs");
    to(&mut run, 2 * SECOND);
    let mut story = Vec::new();
    for step in 0..steps {
        story.push(format!(
            "{} us: {}",
            run.now(),
            act(&mut run, &mut rng, step)
        ));
        let tell = || format!("seed {seed}, step {step}\n{}", story.join("\n"));
        sound(&mut run, tell);
        for _ in 0..3 {
            let next = run.now() + rng.below(500) * MS + rng.below(1_000);
            let progress = run.advance(next, u64::MAX);
            assert_eq!(progress.stop, Stop::Reached, "{}", tell());
            sound(&mut run, || format!("{} at {next} us", tell()));
        }
    }
    run
}

/// The file of a run, read again, comes to the world of the run.
fn replays(run: &Run, when: &str) {
    let text = run.file_text();
    let file = file::read(&text).unwrap_or_else(|problems| panic!("{when}: {problems:?}"));
    let mut again = Run::restore(file).unwrap_or_else(|problems| panic!("{when}: {problems:?}"));
    to(&mut again, run.now());
    assert_eq!(again.digest(), run.digest(), "{when}: file and run agree");
}

#[test]
fn every_promise_holds_in_any_storm() {
    for seed in 1..=3 {
        for (ix, design) in ALL.iter().enumerate() {
            let run = storm(design, seed * 10 + ix as u64, 30);
            replays(&run, &format!("design {ix}, seed {seed}"));
        }
    }
}

// ---- what storms found, in few steps --------------------------------------------------------

/// Runs to a time and looks at each twentieth of a second.
fn sound_until(run: &mut Run, end: Us, when: &str) {
    while run.now() < end {
        let next = run.now() + 50 * MS;
        to(run, next);
        sound(run, || format!("{when}, at {next} us"));
    }
}

#[test]
fn copies_of_what_came_before_a_path_began_are_owed_when_they_come() {
    let mut run = Run::new(bench(STREAM)).expect("the design runs");
    to(&mut run, 4 * SECOND);
    run.fault(fault("stream", "lost-ack", "3s", Some(46.0)))
        .expect("a fault");
    to(&mut run, 6 * SECOND);
    let reader = "stream-to-fold".to_owned();
    run.edit(Edit::RemoveWire { id: reader })
        .expect("the reader goes");
    sound_until(&mut run, 9 * SECOND, "copies come to the stream");
    let paths = run.conservation().paths;
    let path = paths.iter().find(|path| path.sink == "stream");
    let path = path.expect("the stream is an end now");
    assert!(path.owed >= 200, "what is made from then on: {path:?}");
}

#[test]
fn what_two_holders_have_when_a_path_begins_is_owed_once() {
    let mut run = Run::new(bench(QUEUE)).expect("the design runs");
    let wire = |id: &str, kind: &str, from: &str, to: &str| Edit::AddWire {
        id: id.into(),
        kind: kind.into(),
        from: from.into(),
        to: to.into(),
        settings: SortedMap::new(),
    };
    to(&mut run, 5 * SECOND);
    run.edit(wire("by-hand", "invoke", "tills", "fold"))
        .expect("a second way");
    sound_until(&mut run, 6 * SECOND, "two ways");
    run.edit(wire("report", "deliver", "fold", "dlq"))
        .expect("a new end");
    sound_until(&mut run, 9 * SECOND, "a new end");
}

#[test]
fn a_transaction_may_shrink_its_item() {
    let mut run = Run::new(bench(QUEUE)).expect("the design runs");
    to(&mut run, 3 * SECOND);
    run.edit(set("books", "item_bytes", "1"))
        .expect("smaller items");
    sound_until(&mut run, 6 * SECOND, "smaller items");
}

#[test]
fn lanes_that_wait_do_not_wake_each_other_without_end() {
    let mut run = Run::new(bench(CHAIN)).expect("the design runs");
    to(&mut run, 5 * SECOND);
    run.edit(set("stream-to-fold", "parallelization", "10"))
        .expect("ten lanes");
    run.edit(set("balance", "wcu", "1"))
        .expect("a table that refuses");
    let before = run.engine().events();
    sound_until(&mut run, 25 * SECOND, "ten lanes that fail");
    let events = run.engine().events() - before;
    assert!(events < 100_000, "{events} events in 20 s of 80 records");
}

#[test]
fn the_check_of_storms_finds_a_planted_loss() {
    let run = storm(QUEUE, 5, 4);
    let mut engine = run.engine().clone();
    let books = &mut engine.machine_mut().floor.books;
    books.paths.last_mut().expect("a path").first_delivered += 1;
    let found = millrace_engine::ledger::conservation::check(&engine);
    assert!(!found.holds, "one record too many");
}

#[test]
fn a_lost_answer_of_a_table_that_refuses_some_entries_loses_no_record() {
    for act in ["partial-response", "sequence-condition"] {
        let mut run = run_of("live-inventory", Some(act));
        to(&mut run, 37_742_824);
        run.fault(fault("stock", "lost-ack", "20s", Some(100.0)))
            .expect("a fault");
        while run.now() < 62 * SECOND {
            let next = run.now() + 500 * MS;
            to(&mut run, next);
            sound(&mut run, || format!("{act} at {next} us"));
        }
    }
}
