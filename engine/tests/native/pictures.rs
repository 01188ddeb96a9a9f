//! Pictures out of history: while the thumb moves they say what the exact world says once it rests.

use crate::support::{fault, first_light, run_of, set, to};
use millrace_engine::base::time::{SECOND, Us};
use millrace_engine::run::Run;
use millrace_engine::run::frame::{Frame, NodeFrame};
use millrace_engine::services::gauges::State;

fn exact(run: &mut Run, at: Us) -> Frame {
    let mut frame = Frame::default();
    run.seek(at, u64::MAX);
    assert_eq!(run.now(), at, "the seek comes there");
    run.frame(&mut frame);
    frame
}

/// A node's name, its rates, and those of its lanes by their ids.
type Known = (String, Vec<f64>, Vec<(u32, [f64; 4])>);

/// What history knows of a node.
fn known(node: &NodeFrame) -> Known {
    let rates = vec![node.in_rate, node.out_rate, node.refused_rate];
    let lanes = node.gauges.lanes.iter().zip(&node.rates);
    let lanes = lanes.map(|(lane, rate)| {
        let rates = [rate.tried, rate.admitted, rate.refused, rate.bytes];
        (lane.id, rates)
    });
    (node.name.to_string(), rates, lanes.collect())
}

fn assert_alike(run: &mut Run, times: &[Us]) {
    let mut picture = Frame::default();
    for at in times {
        let (digest, now) = (run.digest(), run.now());
        run.picture(*at, &mut picture);
        assert_eq!((run.digest(), run.now()), (digest, now), "nothing moves");
        assert!(picture.past && picture.at == *at && picture.marks.is_empty());
        let exact = exact(run, *at);
        let of = |frame: &Frame| frame.nodes.iter().map(known).collect::<Vec<_>>();
        assert_eq!(of(&picture), of(&exact), "nodes at {at} us");
        assert_eq!(picture.wires, exact.wires, "wires at {at} us");
        for (picture, exact) in picture.nodes.iter().zip(&exact.nodes) {
            let state = |node: &NodeFrame| node.gauges.state == State::Refusing;
            let name = &picture.name;
            assert_eq!(
                state(picture),
                state(exact),
                "whether {name} refuses at {at} us"
            );
        }
    }
}

#[test]
fn a_picture_has_the_rates_of_the_exact_world() {
    let mut run = first_light(&[]);
    to(&mut run, 40 * SECOND);
    // not just after the first refusal, which a whole second does not show yet
    let times = [31, 9, 6, 39, 3, 25, 36, 1].map(|second| second * SECOND + 500_000);
    assert_alike(&mut run, &times);
}

#[test]
fn what_history_does_not_know_lies_between_the_worlds_around() {
    let mut run = first_light(&[]);
    to(&mut run, 40 * SECOND);
    let sold = |frame: &Frame| {
        let sales = frame.nodes.iter().find(|node| &*node.name == "sales");
        let mut readings = sales.expect("the sink").gauges.readings.iter();
        let records = readings.find(|reading| reading.key == "records");
        records.expect("a sink counts records").value
    };
    let mut picture = Frame::default();
    for second in [5, 12, 20, 28, 37] {
        run.picture(second * SECOND, &mut picture);
        assert!(picture.knows("rate") && !picture.knows("records"));
        let guess = sold(&picture);
        let exact = exact(&mut run, second * SECOND);
        assert!(exact.knows("records"));
        let truth = sold(&exact);
        let off = (guess - truth).abs() / truth;
        // before the first world kept only its start is known, and the doors open at 5 s
        let most = if second < 10 { 4.0 } else { 0.4 };
        assert!(off < most, "{guess} for {truth} at {second} s");
        run.seek(40 * SECOND, u64::MAX);
    }
}

#[test]
fn a_picture_knows_the_lanes_of_its_time() {
    let mut run = first_light(&[]);
    to(&mut run, 10 * SECOND);
    run.edit(set("stream", "shards", "20"))
        .expect("it reshards");
    to(&mut run, 120 * SECOND);
    let open = |frame: &Frame| {
        let stream = frame.nodes.iter().find(|node| &*node.name == "stream");
        let lanes = stream.expect("the stream").gauges.lanes.iter();
        lanes.filter(|lane| lane.open).count()
    };
    let mut picture = Frame::default();
    run.picture(9 * SECOND, &mut picture);
    assert_eq!(open(&picture), 10, "before");
    run.picture(119 * SECOND, &mut picture);
    assert_eq!(open(&picture), 20, "after");
}

#[test]
fn a_picture_knows_who_is_down() {
    let mut run = run_of("first-light", None);
    to(&mut run, 10 * SECOND);
    run.fault(fault("checkout", "crash", "5s", None))
        .expect("it can crash");
    to(&mut run, 30 * SECOND);
    let mut picture = Frame::default();
    let mut down = |at: Us| {
        run.picture(at, &mut picture);
        let node = picture.nodes.iter().find(|node| &*node.name == "checkout");
        node.expect("the consumer").gauges.state == State::Down
    };
    let seen = [9, 10, 14, 15, 20].map(|second| down(second * SECOND + 1));
    assert_eq!(seen, [false, true, true, false, false]);
}

#[test]
fn keys_that_came_later_do_not_trouble_a_picture_or_another_branch() {
    let mut run = first_light(&[]);
    to(&mut run, 10 * SECOND);
    run.edit(set("store-*", "key", "{store}/till-{nn}"))
        .expect("a new key");
    to(&mut run, 30 * SECOND);
    let mut frame = Frame::default();
    run.picture(5 * SECOND, &mut frame);
    assert_eq!(frame.nodes.len(), 7);
    run.seek(5 * SECOND, u64::MAX);
    run.edit(set("stream", "retention", "48h"))
        .expect("another branch");
    run.frame(&mut frame);
    assert_eq!(
        frame.nodes.len(),
        7,
        "lanes of the other branch are forgotten"
    );
}

#[test]
fn while_a_reader_is_down_its_iterators_age_stands_and_the_oldest_unread_grows() {
    let mut run = first_light(&[]);
    to(&mut run, 10 * SECOND);
    run.fault(fault("checkout", "crash", "60s", None))
        .expect("it can crash");
    let mut frame = Frame::default();
    let mut look = |second: Us| {
        to(&mut run, second * SECOND);
        run.frame(&mut frame);
        let of = |name: &str| {
            let mut nodes = frame.nodes.iter();
            let node = nodes.find(|node| &*node.name == name).expect("a node");
            let unread = frame.oldest_unread(node.id);
            let mut readings = node.gauges.readings.iter();
            let age = readings.find(|reading| reading.key == "iterator_age");
            (unread, age.map(|reading| reading.value))
        };
        (of("checkout"), of("stream").0, of("sales").0)
    };
    let (first, _, none) = look(20);
    let (second, stream, _) = look(40);
    assert_eq!(none, None, "nothing waits for a sink");
    assert_eq!(second.0, stream, "the only reader's is the stream's");
    let grown = second.0.expect("known") - first.0.expect("known");
    assert_eq!(grown, 20 * SECOND, "it grows by the second");
    assert!(second.0 > Some(29 * SECOND), "{second:?}");
    assert_eq!(first.1, second.1, "the iterator's age stands still");
}
