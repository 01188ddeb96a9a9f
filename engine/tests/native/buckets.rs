//! Nothing is lost or invented on the way into a bucket, while anything breaks.

use millrace_engine::base::digest::Digest;
use millrace_engine::base::rng::Rng;
use millrace_engine::base::time::{MS, SECOND};
use millrace_engine::ledger::conservation::check;
use millrace_engine::services::faults::Fault;
use millrace_engine::services::plant::Order;
use millrace_engine::services::rig::Rig;

fn holds(rig: &Rig, when: &str) {
    let found = check(&rig.engine);
    let at = rig.engine.now();
    let breach = found.breach.clone().unwrap_or_default();
    assert!(found.holds, "{when}, at {at} us: {breach}");
}

fn strike(rig: &mut Rig, rng: &mut Rng, name: &str, number: u32) {
    let fault = match rng.below(4) {
        0 => Fault::Crash,
        1 => Fault::Slow { times: 20 },
        2 => Fault::Refuse { ppm: 400_000 },
        _ => Fault::LostAck { ppm: 400_000 },
    };
    let (node, lasts) = (rig.find(name), SECOND + rng.below(3 * SECOND));
    rig.order(Order::Fault {
        node,
        fault,
        number,
        lasts,
    });
}

fn reading(rig: &Rig, name: &str, key: &str) -> u64 {
    let gauges = rig.gauges(name);
    let found = gauges.readings.iter().find(|reading| reading.key == key);
    found.expect("a reading").value as u64
}

fn run(objects: &str) -> (Rig, u64) {
    let mut rig = Rig::new(11);
    let tills = [
        ("rate", "300"),
        ("clients", "3"),
        ("timeout", "1s"),
        ("resend", "full"),
    ];
    rig.node("tills", "tills", &tills);
    rig.node("lake", "s3", &[("objects", objects)]);
    rig.wire("put", "tills", "lake", &[]);
    let mut rng = Rng::stream(11, 0, "lake");
    for step in 0..80 {
        rig.run_to((step + 1) * 250 * MS);
        holds(&rig, objects);
        if step % 16 == 8 {
            strike(&mut rig, &mut rng, "lake", step as u32);
        }
    }
    rig.set("tills", &[("rate", "0")]);
    rig.run_to(90 * SECOND);
    holds(&rig, "at the end");
    let digest = Digest::of(rig.engine.machine());
    (rig, digest)
}

#[test]
fn each_record_comes_to_the_bucket_and_repeats_make_objects_of_their_own() {
    for objects in ["record", "batch"] {
        let (rig, digest) = run(objects);
        let found = check(&rig.engine);
        let path = found.paths.first().expect("a path");
        assert!(path.first_delivered > 5_000, "{objects}: {path:?}");
        assert!(
            path.delivered_again > 0,
            "{objects}: lost answers make repeats"
        );
        assert_eq!(path.in_custody, 0, "{objects}: nothing stays");
        let kept = reading(&rig, "lake", "objects");
        let came = path.first_delivered + path.delivered_again;
        if objects == "record" {
            assert_eq!(kept, came, "an object each time");
        } else {
            assert!(
                kept > 0 && kept < came,
                "fewer objects than records: {kept}"
            );
        }
        assert_eq!(digest, run(objects).1, "{objects}: the same again");
    }
}

#[test]
fn a_bucket_gets_the_records_that_a_stream_mapping_gave_up() {
    let mut rig = Rig::new(12);
    rig.node("tills", "tills", &[("rate", "50")]);
    rig.node("stream", "kinesis", &[("shards", "2")]);
    let fails = [("errors", "poison"), ("poison", "5, 9")];
    rig.node("function", "lambda", &fails);
    rig.node("report", "sink", &[]);
    rig.node("lake", "s3", &[]);
    rig.wire("deliver", "function", "report", &[]);
    rig.wire("on-failure", "function", "lake", &[]);
    let gives_up = [("max_retries", "0"), ("bisect", "yes")];
    rig.wire("mapping", "stream", "function", &gives_up);
    rig.wire("put", "tills", "stream", &[]);
    let mut rng = Rng::stream(12, 0, "letters");
    for step in 0..80 {
        rig.run_to((step + 1) * 250 * MS);
        holds(&rig, "letters");
        if step % 16 == 8 {
            let name = ["lake", "function"][(step / 16 % 2) as usize];
            strike(&mut rig, &mut rng, name, step as u32);
        }
    }
    rig.set("tills", &[("rate", "0")]);
    rig.run_to(120 * SECOND);
    holds(&rig, "at the end");
    let (objects, bytes) = (
        reading(&rig, "lake", "objects"),
        reading(&rig, "lake", "size"),
    );
    assert!(
        objects > 0 && bytes > 0,
        "{objects} objects of {bytes} bytes"
    );
}
