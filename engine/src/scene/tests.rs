//! The picture as a whole: golden lists of every service in every state, text within its room.

use super::camera::Padding;
use super::list::Weight;
use super::measure::Estimate;
use super::*;
use crate::catalog::Family;
use crate::design::World;
use crate::run::frame::NodeFrame;
use crate::services::ServiceKind;
use crate::services::gauges::{LaneGauge, State, Tank};
use std::fmt::Write as _;
use std::path::PathBuf;

mod levels;
mod many;

const STATES: [State; 5] = [
    State::Calm,
    State::Busy,
    State::Behind,
    State::Refusing,
    State::Down,
];

fn draw(frame: &Frame, motion: &Motion, width: f64, height: f64) -> DisplayList {
    let geometry = Geometry::of(frame, &SortedMap::new(), Mode::of_width(width));
    let camera = Camera::new(width, height).fit(
        &geometry.bounds(),
        &geometry.focus(),
        Padding::default(),
        geometry.mode.zoom_min(),
    );
    let (words, names) = (Words::default(), SortedMap::new());
    let mut list = DisplayList::default();
    let stage = Stage {
        frame,
        names: &names,
        geometry: &geometry,
        motion,
        camera: &camera,
        selection: None,
        hover: None,
        words: &words,
        world: World::None,
        measure: &Estimate,
    };
    build(&stage, &mut list);
    list
}

fn played(lanes: u32, rate: f64, steps: u64, reduced: bool) -> (Frame, Motion) {
    let mut frame = sample::black_friday(lanes, rate);
    let mut motion = Motion::new(reduced);
    for record in 0..steps {
        sample::add_marks(&mut frame, record);
        motion.step(0.05, &frame, true);
    }
    (frame, motion)
}

/// One node of a service with plausible gauges, in a state.
fn single(kind: ServiceKind, state: State) -> Frame {
    let mut node: NodeFrame = sample::node(0, "the-node", kind.entry().id, 900.0, 850.0);
    node.gauges.state = state;
    match kind.entry().family {
        crate::catalog::Family::Sources => node.gauges.read("given_up", 12.0, "records"),
        crate::catalog::Family::Streams => {
            for id in 0..3 {
                node.gauges.lanes.push(LaneGauge {
                    id,
                    open: id != 1,
                    records_level: 500 * u64::from(id),
                    records_capacity: 1_000,
                    bytes_level: 1_000_000,
                    bytes_capacity: 1_048_576,
                    ..LaneGauge::default()
                });
                node.rates.push(crate::run::frame::LaneRate {
                    tried: 700.0 * f64::from(id),
                    admitted: 500.0 * f64::from(id),
                    refused: 200.0 * f64::from(id),
                    bytes: 300_000.0,
                    colour: id as u8,
                });
            }
        }
        crate::catalog::Family::Storage => {
            node.gauges.read("records", 1_234_567.0, "records");
            node.gauges.read("money", 98_765.43, "USD");
        }
        _ => {
            node.gauges.read("in_hand", 400.0, "records");
            node.gauges.read_of("age", 3.5, "s", 60.0);
            node.gauges.tanks.push(Tank {
                key: "buffer",
                level: 3.0,
                size: 5.0,
                unit: "B",
            });
        }
    }
    Frame {
        nodes: vec![node],
        ..Frame::default()
    }
}

/// Compares with a file, or writes it where `UPDATE_EXPECT` is set.
fn expect(name: &str, got: &str) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let path = folder.join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        std::fs::write(&path, got).expect("a file can be written");
    }
    let want = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        want == got,
        "{} differs; run with UPDATE_EXPECT=1 and look at what changed:\n{got}",
        path.display()
    );
}

#[test]
fn every_service_is_drawn_in_every_state() {
    for kind in ServiceKind::ALL {
        let mut text = String::new();
        for state in STATES {
            let frame = single(*kind, state);
            let mut motion = Motion::default();
            motion.step(0.0, &frame, false);
            let list = draw(&frame, &motion, 800.0, 400.0);
            let _ = writeln!(text, "== {}\n{}", state.key(), list.golden());
        }
        expect(&format!("scene-{}.txt", kind.entry().id), &text);
    }
}

#[test]
fn the_five_states_differ_without_their_colours() {
    let without_colour = |state| {
        let frame = single(ServiceKind::ALL[0], state);
        let mut list = draw(&frame, &Motion::default(), 800.0, 400.0);
        list.moving.clear();
        let shapes: Vec<String> = list
            .resting
            .iter()
            .map(|op| match op {
                Op::Text { text, .. } => text.clone(),
                Op::RoundRect { rect, stroke, .. } => format!(
                    "{:.0} {:?}",
                    rect.w,
                    stroke.map(|stroke| (stroke.dashed, (stroke.width * 10.0) as u32))
                ),
                other => other
                    .line()
                    .split(' ')
                    .next()
                    .unwrap_or_default()
                    .to_owned(),
            })
            .collect();
        shapes.join("|")
    };
    let mut seen: Vec<String> = STATES.into_iter().map(without_colour).collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), STATES.len());
}

#[test]
fn no_text_leaves_its_room_and_none_is_lost() {
    for (lanes, rate) in [(10, 1_500.0), (20, 98_765.0), (24, 5e6), (300, 1_500.0)] {
        for (width, height) in [
            (820.0, 560.0),
            (390.0, 500.0),
            (360.0, 640.0),
            (1_600.0, 900.0),
        ] {
            let (mut frame, motion) = played(lanes, rate, 40, false);
            frame.nodes[6].gauges.readings[1].value = 98_765_432_109.87;
            let list = draw(&frame, &motion, width, height);
            for op in list.resting.iter().chain(&list.moving) {
                let Op::Text {
                    text,
                    size,
                    weight,
                    room,
                    ..
                } = op
                else {
                    continue;
                };
                let wide = Estimate.width(text, *size, *weight);
                assert!(
                    wide <= *room + 1e-6,
                    "{text:?} is {wide:.1} wide, has {room:.1}"
                );
                let figure = text
                    .chars()
                    .next()
                    .is_some_and(|c| c.is_ascii_digit() || c == '$');
                assert!(
                    !(figure && text.ends_with('\u{2026}')),
                    "figure cut: {text:?}"
                );
            }
        }
    }
}

#[test]
fn names_that_people_give_are_shown() {
    let frame = sample::black_friday(10, 200.0);
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let names = SortedMap::from([("orders".to_owned(), "The till roll".to_owned())]);
    let (words, motion, camera) = (
        Words::default(),
        Motion::default(),
        Camera::new(900.0, 600.0),
    );
    let mut list = DisplayList::default();
    let stage = Stage {
        frame: &frame,
        names: &names,
        geometry: &geometry,
        motion: &motion,
        camera: &camera.panned(0.0, 300.0),
        selection: None,
        hover: None,
        words: &words,
        world: World::None,
        measure: &Estimate,
    };
    build(&stage, &mut list);
    let shown = |wanted: &str| {
        let mut ops = list.resting.iter();
        ops.any(|op| matches!(op, Op::Text { text, .. } if text == wanted))
    };
    assert!(shown("The till roll") && shown("store-001") && !shown("orders"));
}

#[test]
fn what_rests_rests_while_marks_fly() {
    let (mut frame, mut motion) = played(10, 1_500.0, 200, false);
    let before = draw(&frame, &motion, 820.0, 560.0);
    sample::add_marks(&mut frame, 3);
    motion.step(0.016, &frame, true);
    let after = draw(&frame, &motion, 820.0, 560.0);
    assert_eq!(before.resting, after.resting);
    assert_ne!(before.moving, after.moving);
}

#[test]
fn paused_the_picture_stands_still() {
    let (frame, mut motion) = played(10, 1_500.0, 50, false);
    let before = draw(&frame, &motion, 820.0, 560.0);
    motion.step(0.5, &frame, false);
    assert_eq!(before, draw(&frame, &motion, 820.0, 560.0));
}

#[test]
fn with_less_motion_wires_carry_figures_and_nothing_flies() {
    let squares = |list: &DisplayList| {
        let marks = list
            .moving
            .iter()
            .filter(|op| matches!(op, Op::Rect { .. }));
        marks.count()
    };
    let (frame, motion) = played(10, 1_500.0, 50, true);
    let list = draw(&frame, &motion, 820.0, 560.0);
    assert_eq!(squares(&list), 1, "only the legend's");
    let rates = list
        .moving
        .iter()
        .filter(|op| matches!(op, Op::Text { text, .. } if text == "1,500/s"));
    assert_eq!(rates.count(), 4);
    let (frame, motion) = played(10, 1_500.0, 50, false);
    assert!(squares(&draw(&frame, &motion, 820.0, 560.0)) > 20);
}

#[test]
fn a_refused_mark_leaves_a_badge_that_names_the_bucket_and_hides_no_lane() {
    for (lanes, width) in [(10, 820.0), (10, 390.0), (24, 820.0), (300, 820.0)] {
        let (frame, motion) = played(lanes, 1_500.0, 30, false);
        let list = draw(&frame, &motion, width, 560.0);
        let badges: Vec<(&Point, f64)> = list
            .moving
            .iter()
            .filter_map(|op| match op {
                Op::Text { text, at, size, .. }
                    if text == "shard 2: records bucket 0 of 1,000/s" =>
                {
                    Some((at, *size))
                }
                _ => None,
            })
            .collect();
        assert_eq!(badges.len(), 1, "one at a time, at {width} px");
        let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::of_width(width));
        let grid = geometry.nodes[4].lanes.as_ref().expect("lanes");
        let rows = (0..grid.cells()).map(|cell| grid.cell(cell));
        assert!(
            rows.into_iter().all(|row| !row.overlaps(&grid.plate)),
            "its place hides no lane"
        );
    }
}

/// Black Friday after a reshard: the ten lanes of before are closed, some of them still read.
fn resharded() -> Frame {
    let mut frame = sample::black_friday(20, 1_500.0);
    let stream = &mut frame.nodes[4];
    let gauges = &mut stream.gauges;
    for lane in &mut gauges.lanes {
        lane.id += 10;
    }
    for id in (0..10).rev() {
        let closed = LaneGauge {
            id,
            waiting: u64::from(id % 3),
            ..LaneGauge::default()
        };
        gauges.lanes.insert(0, closed);
        stream
            .rates
            .insert(0, crate::run::frame::LaneRate::default());
    }
    frame
}

#[test]
fn after_a_reshard_only_open_lanes_have_rows_and_are_counted() {
    let frame = resharded();
    for mode in [Mode::Wide, Mode::Compact] {
        let geometry = Geometry::of(&frame, &SortedMap::new(), mode);
        let stream = &geometry.nodes[4];
        let grid = stream.lanes.as_ref().expect("lanes");
        assert!(grid.has_rows() && grid.cells() == 20 && grid.closed.len() == 10);
        assert!(grid.strip().bottom() < stream.rect.bottom() - 16.0);
        let (third, lanes) = grid.closed_cells().nth(3).expect("a cell each");
        assert_eq!(lanes, [(3, 3)]);
        let mut motion = Motion::new(false);
        motion.step(0.0, &frame, false);
        let found = hit::at(&geometry, &motion, third.centre(), 4.0);
        assert_eq!(found, Some(Target::Lane(stream.id, 3)));
        let row = grid.cell(0).centre();
        let found = hit::at(
            &geometry,
            &motion,
            Point::new(grid.area.x + 8.0, row.y),
            4.0,
        );
        assert_eq!(
            found,
            Some(Target::Lane(stream.id, 10)),
            "the first open one"
        );
    }
    let mut motion = Motion::new(false);
    motion.step(0.0, &frame, false);
    let list = draw(&frame, &motion, 820.0, 640.0);
    let said = |wanted: &str| {
        let mut ops = list.resting.iter().chain(&list.moving);
        ops.any(|op| matches!(op, Op::Text { text, .. } if text == wanted))
    };
    assert!(said("Kinesis Data Streams, 20 shards") && said("closed") && said("10"));
    let words = Words::default();
    let sentence = words.node(&frame.nodes[4], "orders");
    assert!(sentence.contains("20 shards, 10 closed,"), "{sentence}");
    let closed = words.lane_of(&frame.nodes[4], 4).expect("a lane");
    assert_eq!(closed, "shard 4: closed, 1 still to be read");
}

/// A function with ten pollers before a table of four partitions, and a queue for what fails.
fn function_and_table() -> Frame {
    let mut function = sample::node(0, "checkout", "lambda", 4_000.0, 4_000.0);
    function.gauges.read_of("invocations", 4.0, "", 1_000.0);
    let tank = |key, level, size| Tank {
        key,
        level,
        size,
        unit: "",
    };
    function
        .gauges
        .tanks
        .push(tank("invocations", 400.0, 1_000.0));
    function.gauges.read("warm", 6.0, "");
    function.gauges.read("cold_starts", 6.0, "");
    function.gauges.read("errors", 0.0, "");
    function.gauges.read("iterator_age", 0.4, "s");
    let mut table = sample::node(1, "sales", "dynamodb", 4_000.0, 0.0);
    table.total = Some(crate::run::frame::Total {
        records: 45_250.0,
        cents: 49_672_222.0,
    });
    for id in 0..10 {
        function.gauges.lanes.push(LaneGauge {
            id,
            open: true,
            waiting: u64::from(id % 4 == 0),
            ..LaneGauge::default()
        });
        if id < 4 {
            table.gauges.lanes.push(LaneGauge {
                id,
                open: true,
                records_level: [1_000, 500, 0, 1_000][id as usize],
                records_capacity: 1_000,
                ..LaneGauge::default()
            });
        }
    }
    let letters = sample::node(2, "letters", "sqs", 0.0, 0.0);
    Frame {
        nodes: vec![function, table, letters],
        wires: vec![
            sample::wire(0, "write", 0, 1, 4_000.0),
            sample::wire(1, "on-failure", 0, 2, 40.0),
        ],
        ..Frame::default()
    }
}

#[test]
fn a_function_and_a_table_show_what_is_inside() {
    let frame = function_and_table();
    let mut motion = Motion::new(false);
    motion.step(0.0, &frame, false);
    for width in [820.0, 390.0] {
        let list = draw(&frame, &motion, width, 600.0);
        let filled = |wanted: Tone| {
            let ops = list.moving.iter();
            ops.filter(
                |op| matches!(op, Op::RoundRect { fill: Some(ink), .. } if ink.tone == wanted),
            )
            .count()
        };
        let [compute, storage] = [Family::Compute, Family::Storage].map(Tone::Family);
        assert_eq!(
            filled(compute),
            3,
            "three pollers with work; of 1,000 environments a bar would tell nothing"
        );
        assert_eq!(filled(storage), 1, "one partition is half used");
        assert_eq!(filled(Tone::Bad), 1, "one is spent");
        let said = |wanted: &str| {
            let mut ops = list.resting.iter().chain(&list.moving);
            ops.any(|op| matches!(op, Op::Text { text, .. } if text == wanted))
        };
        assert!(said("4 / 1,000"), "what runs beside what may run");
        assert!(
            said("iterator age") && said("400 ms"),
            "whether it keeps up"
        );
        assert!(said("$496,722.22") && said("45,250 records"), "its total");
    }
}

#[test]
fn ways_of_what_failed_are_dashed_and_quiet() {
    let frame = function_and_table();
    let list = draw(&frame, &Motion::new(false), 820.0, 600.0);
    let curves: Vec<_> = list
        .resting
        .iter()
        .filter_map(|op| match op {
            Op::Bezier { stroke, .. } => Some(*stroke),
            _ => None,
        })
        .collect();
    let [write, failure] = curves[..] else {
        panic!("two wires, not {}", curves.len());
    };
    assert!(!write.dashed && failure.dashed);
    assert!(failure.width < write.width && failure.ink.alpha < write.ink.alpha);
}

#[test]
fn a_badge_goes_with_its_lane() {
    let (mut frame, mut motion) = played(10, 1_500.0, 30, false);
    let stream = frame.nodes[4].id;
    assert!(motion.newest_badge(stream).is_some());
    for lane in &mut frame.nodes[4].gauges.lanes {
        lane.open = false;
    }
    frame.marks.clear();
    motion.step(0.0, &frame, false);
    assert!(
        motion.newest_badge(stream).is_none(),
        "the lanes are closed"
    );
}

#[test]
fn marks_lie_on_whole_pixels() {
    let (frame, motion) = played(10, 1_500.0, 50, false);
    for op in draw(&frame, &motion, 811.0, 557.0).moving {
        if let Op::Rect { rect, .. } = op {
            for value in [rect.x, rect.y, rect.w, rect.h] {
                assert!((value - libm::round(value)).abs() < 1e-9, "{rect:?}");
            }
        }
    }
}

#[test]
fn a_svg_holds_every_operation() {
    let (frame, motion) = played(10, 1_500.0, 50, false);
    let list = draw(&frame, &motion, 820.0, 560.0);
    let picture = svg::svg(&list, 820.0, 560.0, Theme::Dark);
    let lines = picture.lines().count();
    assert_eq!(lines, list.resting.len() + list.moving.len() + 3);
    assert!(picture.contains("store-004") && picture.contains("#0e161c"));
    assert!(Estimate.width("m", 10.0, Weight::Bold) > Estimate.width("i", 10.0, Weight::Bold));
}
