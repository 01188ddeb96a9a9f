//! The three levels of a node's inside: from far a sign, from near single records.

use super::many::seen;
use super::*;
use crate::run::frame::HeldRecord;

/// The picture of one node at a zoom, with records in it.
fn at_zoom(kind: ServiceKind, state: State, zoom: f64) -> DisplayList {
    let mut frame = single(kind, state);
    sample::add_records(&mut frame);
    pictured(&frame, zoom)
}

fn pictured(frame: &Frame, zoom: f64) -> DisplayList {
    let mut motion = Motion::default();
    motion.step(0.0, frame, false);
    let geometry = Geometry::of(frame, &SortedMap::new(), Mode::Wide);
    let mut camera = Camera::new(900.0, 900.0);
    camera.zoom = zoom;
    let bounds = geometry.bounds();
    camera.origin = Point::new(bounds.x - 8.0, bounds.y - 8.0);
    seen(frame, &geometry, &motion, &camera)
}

fn words_of(list: &DisplayList) -> Vec<&str> {
    let ops = list.resting.iter().chain(&list.moving);
    ops.filter_map(|op| match op {
        Op::Text { text, .. } => Some(text.as_str()),
        _ => None,
    })
    .collect()
}

/// The first state whole, of the others what differs from it.
fn compared(lists: &[(State, DisplayList)]) -> String {
    let mut out = String::new();
    let first = lists[0].1.golden();
    let known: Vec<&str> = first.lines().collect();
    for (k, (state, list)) in lists.iter().enumerate() {
        let _ = writeln!(out, "== {}", state.key());
        for line in list.golden().lines() {
            if k == 0 || !known.contains(&line) {
                let _ = writeln!(out, "{line}");
            }
        }
    }
    out
}

#[test]
fn every_service_is_drawn_from_far_and_near_in_every_state() {
    for kind in ServiceKind::ALL {
        for (level, zoom) in [("far", 0.4), ("near", 2.0)] {
            let lists: Vec<_> = STATES
                .into_iter()
                .map(|state| (state, at_zoom(*kind, state, zoom)))
                .collect();
            let name = format!("scene-{level}-{}.txt", kind.entry().id);
            expect(&name, &compared(&lists));
        }
    }
}

#[test]
fn every_service_has_a_sentence_that_names_its_state() {
    let words = Words::default();
    for kind in ServiceKind::ALL {
        for state in STATES {
            let frame = single(*kind, state);
            let sentence = words.node(&frame.nodes[0], "the-node");
            let (word, name) = (words.state(state), kind.entry().name);
            let told = [&*word, "the-node", name].map(|part| sentence.contains(part));
            assert_eq!(told, [true; 3], "{sentence} in {word}");
        }
    }
}

#[test]
fn from_far_the_states_differ_without_colour_down_to_the_smallest_zoom() {
    for zoom in [0.44, 0.3, 0.2, crate::scene::camera::ZOOM_MIN] {
        for kind in ServiceKind::ALL {
            let mut shapes: Vec<String> = STATES
                .into_iter()
                .map(|state| {
                    let list = at_zoom(*kind, state, zoom);
                    let shape = |op: &Op| match op {
                        Op::RoundRect { rect, stroke, .. } => {
                            let edge = stroke.map(|edge| (edge.width * 10.0) as u32);
                            format!("{:.0} {edge:?}", rect.w)
                        }
                        other => other.line().split(' ').next().unwrap_or("").to_owned(),
                    };
                    list.resting.iter().map(shape).collect::<Vec<_>>().join("|")
                })
                .collect();
            shapes.sort();
            shapes.dedup();
            assert_eq!(shapes.len(), STATES.len(), "{kind:?} at {zoom}");
        }
    }
}

#[test]
fn from_far_letters_keep_their_size_and_stay_on_their_card() {
    for zoom in [0.44, 0.35, 0.25, 0.12] {
        for state in STATES {
            let list = at_zoom(ServiceKind::ALL[0], state, zoom);
            for op in list.resting.iter().chain(&list.moving) {
                if let Op::Text {
                    size,
                    text,
                    room,
                    weight,
                    ..
                } = op
                {
                    assert!(*size >= 9.5, "{text} of {size} px at {zoom}");
                    assert!(Estimate.width(text, *size, *weight) <= room + 0.5);
                }
            }
        }
    }
    let all = words_of(&at_zoom(sample::kind("consumer"), State::Refusing, 0.44)).join(" ");
    assert!(
        all.contains("the-node") && all.contains("refusing"),
        "{all}"
    );
}

#[test]
fn from_far_the_ring_tells_the_load() {
    let points = |rate: f64| {
        let mut frame = single(sample::kind("consumer"), State::Busy);
        frame.nodes[0].gauges.readings.clear();
        frame.nodes[0].gauges.read_of("age", rate, "s", 100.0);
        let list = pictured(&frame, 0.4);
        let arcs = list.moving.into_iter().filter_map(|op| match op {
            Op::Polyline { points, .. } => Some(points.len()),
            _ => None,
        });
        arcs.sum::<usize>()
    };
    assert!(points(0.0) == 0 && points(20.0) < points(60.0));
    assert_eq!(points(100.0), points(1e9), "no more than a whole ring");
}

#[test]
fn from_near_records_stand_with_key_size_and_age() {
    let list = at_zoom(sample::kind("consumer"), State::Calm, 2.0);
    let words = words_of(&list);
    for wanted in ["store-001", "300 B", "400 ms"] {
        assert!(words.contains(&wanted), "{wanted} among {words:?}");
    }
    let further = words_of(&at_zoom(sample::kind("consumer"), State::Calm, 1.8)).join(" ");
    assert!(!further.contains("store-001"), "{further}");
    let rows = |zoom| {
        let list = at_zoom(sample::kind("consumer"), State::Calm, zoom);
        words_of(&list)
            .iter()
            .filter(|text| text.ends_with("300 B"))
            .count()
    };
    assert!(rows(2.0) >= 3 && rows(3.0) > rows(2.0), "nearer shows more");
}

#[test]
fn what_holds_nothing_says_so() {
    let mut frame = single(sample::kind("consumer"), State::Calm);
    frame
        .held
        .insert(frame.nodes[0].id, Vec::<HeldRecord>::new());
    let said = words_of(&pictured(&frame, 2.0)).join(" ");
    assert!(said.contains("holds nothing now"), "{said}");
}

#[test]
fn only_nodes_in_view_from_near_are_looked_into() {
    let frame = sample::black_friday(10, 1_500.0);
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let mut camera = Camera::new(500.0, 400.0);
    camera.origin = Point::new(geometry.nodes[0].rect.x, geometry.nodes[0].rect.y);
    let mut asked = vec![geometry.nodes[6].id];
    look_into(&geometry, &camera, &mut asked);
    assert!(asked.is_empty(), "at its own size nobody is");
    camera.zoom = 2.5;
    look_into(&geometry, &camera, &mut asked);
    assert!(asked.contains(&geometry.nodes[0].id) && !asked.contains(&geometry.nodes[6].id));
}
