//! Writes pictures of the drawn stage as SVG: `cargo run --example stage -- <folder>`.

use millrace_engine::scene::camera::{Camera, Padding};
use millrace_engine::scene::measure::Estimate;
use millrace_engine::scene::svg::svg;
use millrace_engine::scene::{DisplayList, Geometry, Mode, Motion, Stage, Theme, Words, sample};
use std::collections::BTreeMap;

/// (name, lanes, records a second and store, width, height, theme)
type Picture = (&'static str, u32, f64, f64, f64, Theme);

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
        let geometry = Geometry::of(&frame, &BTreeMap::new(), Mode::of_width(width));
        let camera = Camera::new(width, height).fit(
            &geometry.bounds(),
            &geometry.focus(),
            Padding::default(),
            geometry.mode.zoom_min(),
        );
        let (words, names) = (Words::default(), BTreeMap::new());
        let stage = Stage {
            frame: &frame,
            names: &names,
            geometry: &geometry,
            motion: &motion,
            camera: &camera,
            selection: None,
            hover: None,
            words: &words,
            measure: &Estimate,
        };
        let mut list = DisplayList::default();
        millrace_engine::scene::build(&stage, &mut list);
        let text = svg(&list, width, height, theme);
        std::fs::write(format!("{folder}/{name}.svg"), text)?;
    }
    Ok(())
}
