//! Hundreds of nodes: what is drawn is bounded by what is seen.

use super::*;

/// Columns of the grid that the nodes stand on.
const COLUMNS: u32 = 25;

/// 500 nodes and 1,000 wires on a grid, one node in seven a stream of ten lanes.
fn workshop() -> (Frame, BTreeMap<String, (i32, i32)>) {
    let mut frame = Frame {
        records_per_mark: 10,
        ..Frame::default()
    };
    let stream = sample::black_friday(10, 1_500.0).nodes.swap_remove(4);
    let mut places = BTreeMap::new();
    for id in 0..500_u32 {
        let name = format!("n{id}");
        let mut node = match id % 7 {
            0 => stream.clone(),
            1 => sample::node(id, &name, "tills", 900.0, 900.0),
            _ => sample::node(id, &name, "consumer", 900.0, 850.0),
        };
        node.id = crate::services::talk::NodeId(id);
        node.name = name.clone().into();
        node.gauges.state = STATES[id as usize % 5];
        frame.nodes.push(node);
        let (column, row) = ((id % COLUMNS) as i32, (id / COLUMNS) as i32);
        places.insert(name, (column * 330, row * 460));
    }
    for id in 0..1_000_u32 {
        let from = id / 2;
        let to = (from + if id % 2 == 0 { 1 } else { COLUMNS + 2 }) % 500;
        frame.wires.push(sample::wire(id, "put", from, to, 500.0));
    }
    (frame, places)
}

/// The picture that a camera sees.
pub(super) fn seen(
    frame: &Frame,
    geometry: &Geometry,
    motion: &Motion,
    camera: &Camera,
) -> DisplayList {
    let (words, names) = (Words::default(), BTreeMap::new());
    let mut list = DisplayList::default();
    let stage = Stage {
        frame,
        names: &names,
        geometry,
        motion,
        camera,
        selection: None,
        hover: None,
        words: &words,
        world: World::None,
        measure: &Estimate,
    };
    build(&stage, &mut list);
    list
}

fn count(list: &DisplayList) -> usize {
    list.resting.len() + list.moving.len()
}

#[test]
fn what_is_drawn_of_500_nodes_is_bounded_by_what_is_seen() {
    let (frame, places) = workshop();
    let geometry = Geometry::of(&frame, &places, Mode::Wide);
    let mut motion = Motion::default();
    motion.step(0.0, &frame, false);
    let mut camera = Camera::new(1_000.0, 600.0);
    camera.origin = Point::new(1_000.0, 2_000.0);
    let near = count(&seen(&frame, &geometry, &motion, &camera));
    assert!((100..1_600).contains(&near), "{near} at its own size");
    camera.origin.x = 1e6;
    let nothing = count(&seen(&frame, &geometry, &motion, &camera));
    assert!(
        nothing <= 510,
        "{nothing} beside everything: the minimap alone"
    );
    camera = Camera::new(1_000.0, 600.0);
    camera.zoom = 0.1;
    let all = count(&seen(&frame, &geometry, &motion, &camera));
    assert!(all < 16 * 500 + 8 * 1_000, "{all} of the whole");
}

/// `cargo test --release -p millrace-engine --lib time_of -- --ignored --nocapture`.
#[test]
#[ignore = "measures"]
fn time_of_500_nodes() {
    let (frame, mut places) = workshop();
    let mut motion = Motion::default();
    let took = |name: &str, work: &mut dyn FnMut()| {
        let start = std::time::Instant::now();
        for _ in 0..20 {
            work();
        }
        println!("{name}: {:.2} ms", start.elapsed().as_secs_f64() * 50.0);
    };
    let mut geometry = Geometry::default();
    took("set out", &mut || {
        geometry = Geometry::of(&frame, &places, Mode::Wide)
    });
    took("refresh, same", &mut || {
        geometry.refresh(&frame, &places, Mode::Wide);
    });
    let mut kept = geometry.clone();
    took("refresh, one moved", &mut || {
        places.entry("n200".to_owned()).or_default().0 += 1;
        kept.refresh(&frame, &places, Mode::Wide);
    });
    took("step", &mut || motion.step(0.016, &frame, true));
    for zoom in [0.1, 0.2, 0.44, 0.6, 1.0, 2.0] {
        let mut camera = Camera::new(1_240.0, 640.0);
        camera.zoom = zoom;
        let mut list = DisplayList::default();
        took(&format!("build at {zoom}"), &mut || {
            list = seen(&frame, &geometry, &motion, &camera);
        });
        println!("    {} operations", count(&list));
    }
}
