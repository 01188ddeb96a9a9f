//! Marks keep to their number and time, bars ease, pauses and jumps are seen.

use super::*;
use crate::scene::sample;

fn run(motion: &mut Motion, frame: &mut Frame, seconds: f64, per_step: u64) -> usize {
    let steps = libm::round(seconds / 0.02) as u64;
    let mut most = 0;
    for step in 0..steps {
        frame.at += 20_000;
        frame.marks.clear();
        for k in 0..per_step {
            let mut one = frame.clone();
            sample::add_marks(&mut one, step * per_step + k);
            frame.marks.extend(one.marks);
        }
        motion.step(0.02, frame, true);
        let of_wire = motion
            .flying()
            .filter(|(flight, share)| flight.mark.wire == WireId(4) && *share <= 1.0);
        most = most.max(of_wire.count());
    }
    most
}

#[test]
fn at_most_twelve_marks_a_second_and_wire() {
    let mut frame = sample::black_friday(10, 1_500.0);
    let mut motion = Motion::new(false);
    let most = run(&mut motion, &mut frame, 3.0, 3);
    assert!((7..=8).contains(&most), "{most} in flight: 12/s for 0.6 s");
}

#[test]
fn a_mark_flies_six_tenths_of_a_second() {
    let mut frame = sample::black_friday(10, 200.0);
    let mut motion = Motion::new(false);
    sample::add_marks(&mut frame, 1);
    motion.step(0.01, &frame, true);
    frame.marks.clear();
    assert_eq!(motion.flying().count(), 6);
    for _ in 0..29 {
        motion.step(0.02, &frame, true);
    }
    assert_eq!(motion.flying().count(), 6);
    motion.step(0.03, &frame, true);
    assert_eq!(motion.flying().count(), 0);
}

#[test]
fn bars_come_to_their_value_in_about_two_and_a_half_seconds() {
    let mut frame = sample::black_friday(10, 200.0);
    let mut motion = Motion::new(false);
    motion.step(0.0, &frame, false);
    let load = |motion: &Motion| motion.bars(NodeId(4)).unwrap().lanes[2].load;
    assert!(
        (load(&motion) - 0.2).abs() < 1e-9,
        "the first value stands at once"
    );
    frame.nodes = sample::black_friday(10, 1_000.0).nodes;
    run(&mut motion, &mut frame, 0.5, 0);
    assert!(
        load(&motion) > 0.4 && load(&motion) < 0.7,
        "{}",
        load(&motion)
    );
    run(&mut motion, &mut frame, 2.0, 0);
    assert!(load(&motion) > 0.95, "{}", load(&motion));
}

#[test]
fn a_jump_of_the_cursor_is_not_eased() {
    let mut frame = sample::black_friday(10, 1_000.0);
    let mut motion = Motion::new(false);
    sample::add_marks(&mut frame, 1);
    motion.step(0.02, &frame, true);
    frame = sample::black_friday(10, 200.0);
    frame.at = 1_000;
    motion.step(0.02, &frame, true);
    assert_eq!(motion.flying().count(), 0, "marks of another time are gone");
    let load = motion.bars(NodeId(4)).unwrap().lanes[2].load;
    assert!((load - 0.2).abs() < 1e-9);
}

#[test]
fn ways_fade_when_keys_move_on() {
    let mut frame = sample::black_friday(10, 200.0);
    let mut motion = Motion::new(false);
    run(&mut motion, &mut frame, 2.0, 1);
    assert!(
        motion
            .ways(WireId(0))
            .any(|(lane, seen)| lane == 2 && seen > 0.9)
    );
    run(&mut motion, &mut frame, 8.0, 0);
    assert_eq!(motion.ways(WireId(0)).count(), 0);
}

#[test]
fn a_long_frame_is_no_leap() {
    let mut motion = Motion::new(false);
    motion.step(60.0, &sample::black_friday(10, 200.0), true);
    assert!(motion.wall <= 0.25);
}
