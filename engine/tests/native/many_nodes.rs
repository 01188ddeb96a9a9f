//! How long it takes to set out and draw 500 nodes and 1,000 wires:
//! `cargo test --release -p millrace-engine --test native time_of -- --ignored --nocapture`.

#![expect(clippy::disallowed_types, reason = "it measures the machine")]

use millrace_engine::base::sorted::SortedMap;
use millrace_engine::design::World;
use millrace_engine::scene::measure::Estimate;
use millrace_engine::scene::{
    Camera, DisplayList, Geometry, Mode, Motion, Stage, Words, build, sample,
};
use std::time::Instant;

const TIMES: u32 = 20;

fn took(name: &str, mut work: impl FnMut()) {
    let start = Instant::now();
    for _ in 0..TIMES {
        work();
    }
    let each = start.elapsed().as_secs_f64() * 1e3 / f64::from(TIMES);
    println!("{name}: {each:.2} ms");
}

#[test]
#[ignore = "measures"]
fn time_of_500_nodes() {
    let (frame, mut places) = sample::workshop();
    let mut motion = Motion::default();
    let mut geometry = Geometry::default();
    took("set out", || {
        geometry = Geometry::of(&frame, &places, Mode::Wide);
    });
    took("refresh, the same", || {
        assert!(!geometry.refresh(&frame, &places, Mode::Wide));
    });
    let mut kept = geometry.clone();
    took("refresh, one moved", || {
        places.entry("n200".to_owned()).or_default().0 += 1;
        assert!(kept.refresh(&frame, &places, Mode::Wide));
    });
    took("step", || motion.step(0.016, &frame, true));
    let (words, names) = (Words::default(), SortedMap::new());
    for zoom in [0.1, 0.2, 0.44, 0.6, 1.0, 2.0] {
        let mut camera = Camera::new(1_240.0, 640.0);
        camera.zoom = zoom;
        let mut list = DisplayList::default();
        let stage = Stage {
            frame: &frame,
            names: &names,
            geometry: &geometry,
            motion: &motion,
            camera: &camera,
            selection: None,
            hover: None,
            words: &words,
            world: World::Shop,
            measure: &Estimate,
        };
        took(&format!("build at {zoom}"), || build(&stage, &mut list));
        println!("    {} operations", list.resting.len() + list.moving.len());
        assert!(!list.resting.is_empty());
    }
}
