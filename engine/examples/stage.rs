//! Writes pictures of the drawn stage as SVG: `cargo run --example stage -- <folder>`.

use millrace_engine::base::sorted::SortedMap;
use millrace_engine::design::World;
use millrace_engine::run::frame::Frame;
use millrace_engine::scene::camera::{Camera, Padding};
use millrace_engine::scene::measure::Estimate;
use millrace_engine::scene::shapes::Point;
use millrace_engine::scene::svg::svg;
use millrace_engine::scene::{DisplayList, Geometry, Mode, Motion, Stage, Theme, Words, sample};
use millrace_engine::services::gauges::State;

/// (name, lanes, records a second and store, width, height, theme)
type Picture = (&'static str, u32, f64, f64, f64, Theme);

/// (name, zoom, theme)
const LEVELS: &[(&str, f64, Theme)] = &[
    ("far", 0.4, Theme::Light),
    ("far-dark", 0.4, Theme::Dark),
    ("farther", 0.2, Theme::Light),
    ("near", 2.0, Theme::Light),
    ("near-dark", 2.0, Theme::Dark),
];

const PICTURES: &[Picture] = &[
    ("light", 10, 1_500.0, 820.0, 560.0, Theme::Light),
    ("dark", 10, 1_500.0, 820.0, 560.0, Theme::Dark),
    ("calm", 10, 200.0, 1_240.0, 640.0, Theme::Light),
    ("twenty", 20, 1_500.0, 820.0, 560.0, Theme::Light),
    ("many", 200, 1_500.0, 820.0, 560.0, Theme::Dark),
    ("narrow", 10, 1_500.0, 390.0, 500.0, Theme::Light),
    ("narrow-dark", 10, 1_500.0, 390.0, 600.0, Theme::Dark),
];

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for &(name, lanes, rate, width, height, theme) in PICTURES {
        let mut frame = sample::black_friday(lanes, rate);
        let mut motion = Motion::new(false);
        let steps = if lanes == 20 { 36 } else { 130 };
        for record in 0..steps {
            sample::add_marks(&mut frame, record);
            motion.step(0.05, &frame, true);
        }
        let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::of_width(width));
        let camera = Camera::new(width, height).fit(
            &geometry.bounds(),
            &geometry.focus(),
            Padding::default(),
            geometry.mode.zoom_min(),
        );
        let text = picture(&frame, &geometry, &motion, &camera, World::None, theme);
        std::fs::write(format!("{folder}/{name}.svg"), text)?;
    }
    for world in [World::Shop, World::Bank] {
        for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
            let path = format!("{folder}/{}-{name}.svg", world.key());
            std::fs::write(path, place(world, theme))?;
        }
    }
    for (name, theme) in [("round", Theme::Light), ("round-dark", Theme::Dark)] {
        std::fs::write(format!("{folder}/{name}.svg"), round(theme))?;
    }
    for &(name, zoom, theme) in LEVELS {
        let text = level(zoom, theme);
        std::fs::write(format!("{folder}/{name}.svg"), text)?;
    }
    Ok(())
}

fn picture(
    frame: &Frame,
    geometry: &Geometry,
    motion: &Motion,
    camera: &Camera,
    world: World,
    theme: Theme,
) -> String {
    let (words, names) = (Words::default(), SortedMap::new());
    let stage = Stage {
        frame,
        names: &names,
        geometry,
        motion,
        camera,
        selection: None,
        hover: None,
        words: &words,
        world,
        measure: &Estimate,
    };
    let mut list = DisplayList::default();
    millrace_engine::scene::build(&stage, &mut list);
    svg(&list, camera.width, camera.height, theme)
}

/// Black Friday with its nodes in all states, with single records, at a zoom.
fn level(zoom: f64, theme: Theme) -> String {
    let mut frame = sample::black_friday(10, 1_500.0);
    let states = [State::Calm, State::Busy, State::Behind, State::Down];
    for (node, state) in frame.nodes.iter_mut().zip(states) {
        node.gauges.state = state;
    }
    sample::add_records(&mut frame);
    let mut motion = Motion::new(false);
    for record in 0..100 {
        sample::add_marks(&mut frame, record);
        motion.step(0.05, &frame, true);
    }
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let bounds = geometry.bounds();
    let (width, height) = (bounds.w * zoom + 40.0, bounds.h * zoom + 60.0);
    let mut camera = Camera::new(width.min(2_000.0), height.min(1_100.0));
    camera.zoom = zoom;
    camera.origin = Point::new(bounds.x - 20.0 / zoom, bounds.y - 20.0 / zoom);
    picture(&frame, &geometry, &motion, &camera, World::None, theme)
}

/// A design of the world in its place.
fn place(world: World, theme: Theme) -> String {
    let mut frame = sample::black_friday(10, 1_500.0);
    let mut motion = Motion::new(false);
    for record in 0..100 {
        sample::add_marks(&mut frame, record);
        motion.step(0.05, &frame, true);
    }
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let mut camera = Camera::new(1_080.0, 660.0);
    camera.origin = Point::new(-70.0, -330.0);
    picture(&frame, &geometry, &motion, &camera, world, theme)
}

/// Cards in the way of wires, on a stage that shows not all of them.
fn round(theme: Theme) -> String {
    let mut frame = sample::black_friday(10, 1_500.0);
    for (id, from, to) in [(6, 4, 6), (7, 6, 0), (8, 5, 3)] {
        frame.wires.push(sample::wire(id, "put", from, to, 200.0));
    }
    let places = [
        ("store-001", 0, 0),
        ("store-002", 240, 60),
        ("store-003", 40, 240),
        ("store-004", 260, 300),
        ("orders", 520, 0),
        ("sales-report", 860, 130),
        ("checkout", 1_120, 150),
    ];
    let places = places.map(|(name, x, y)| (name.to_owned(), (x, y)));
    let mut motion = Motion::new(false);
    for record in 0..100 {
        sample::add_marks(&mut frame, record);
        motion.step(0.05, &frame, true);
    }
    let geometry = Geometry::of(&frame, &SortedMap::from(places), Mode::Wide);
    let mut camera = Camera::new(1_180.0, 560.0);
    camera.origin = Point::new(-60.0, -80.0);
    picture(&frame, &geometry, &motion, &camera, World::None, theme)
}
