//! Hundreds of nodes: what is drawn is bounded by what is seen.

use super::*;

/// The picture that a camera sees.
pub(super) fn seen(
    frame: &Frame,
    geometry: &Geometry,
    motion: &Motion,
    camera: &Camera,
) -> DisplayList {
    let (words, names) = (Words::default(), SortedMap::new());
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
    let (frame, places) = sample::workshop();
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
