//! Nothing overlaps, wires end at lanes, and what is pointed at is found.

use super::*;
use crate::catalog::Dir;
use crate::scene::hit::{Target, at};
use crate::scene::motion::Motion;
use crate::scene::{Camera, camera::Padding, sample};

fn assert_apart(geometry: &Geometry) {
    for (k, a) in geometry.nodes.iter().enumerate() {
        for b in &geometry.nodes[k + 1..] {
            let room = a.rect.grown(FLAG / 2.0);
            assert!(!room.overlaps(&b.rect), "{a:?} overlaps {b:?}");
        }
    }
}

fn set_out(lanes: u32, mode: Mode) -> (Frame, Geometry) {
    let frame = sample::black_friday(lanes, 1_500.0);
    let geometry = Geometry::of(&frame, &SortedMap::new(), mode);
    (frame, geometry)
}

#[test]
fn nodes_do_not_overlap() {
    for lanes in [1, 10, 16, 24, 25, 1_000, 10_000] {
        for mode in [Mode::Wide, Mode::Compact] {
            assert_apart(&set_out(lanes, mode).1);
        }
    }
}

#[test]
fn depth_runs_from_left_to_right() {
    let (frame, geometry) = set_out(10, Mode::Wide);
    for wire in &frame.wires {
        let from = geometry.node(wire.from).unwrap().rect;
        let to = geometry.node(wire.to).unwrap().rect;
        assert!(from.right() < to.x);
    }
}

#[test]
fn circles_of_wires_are_set_out_too() {
    let mut frame = sample::black_friday(10, 1_500.0);
    frame.wires.push(sample::wire(9, "put", 6, 0, 1.0));
    for mode in [Mode::Wide, Mode::Compact] {
        assert_apart(&Geometry::of(&frame, &SortedMap::new(), mode));
    }
}

#[test]
fn places_of_the_design_are_kept_and_others_make_way() {
    let frame = sample::black_friday(10, 1_500.0);
    let free = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    let taken = free.node(frame.nodes[0].id).unwrap().rect;
    let places = SortedMap::from([("orders".to_owned(), (taken.x as i32, taken.y as i32))]);
    let geometry = Geometry::of(&frame, &places, Mode::Wide);
    let orders = geometry.node(frame.nodes[4].id).unwrap().rect;
    assert!((orders.x - taken.x).abs() < 1.0 && (orders.y - taken.y).abs() < 1.0);
    assert_apart(&geometry);
}

#[test]
fn a_new_node_finds_a_free_place() {
    let (_, geometry) = set_out(10, Mode::Wide);
    let wanted = geometry.focus().centre();
    let at = geometry.free_place(wanted, 168.0, 112.0);
    let rect = Rect::new(at.x, at.y, 168.0, 112.0);
    assert!(geometry.nodes.iter().all(|node| !node.rect.overlaps(&rect)));
}

#[test]
fn a_way_to_a_lane_ends_at_its_row() {
    for mode in [Mode::Wide, Mode::Compact] {
        let (_, geometry) = set_out(10, mode);
        let grid = geometry.nodes[4].lanes.as_ref();
        let row = grid.unwrap().lane(7).unwrap();
        for wire in &geometry.wires[..4] {
            let end = wire.to_lane(grid, Some(7)).at(1.0);
            assert!((end.y - row.centre().y).abs() < 0.01, "{end:?} {row:?}");
        }
    }
}

#[test]
fn all_is_legible_on_a_narrow_screen() {
    let (_, geometry) = set_out(10, Mode::Compact);
    let camera = Camera::new(390.0, 500.0).fit(
        &geometry.bounds(),
        &geometry.focus(),
        Padding::default(),
        Mode::Compact.zoom_min(),
    );
    let stage = Rect::new(0.0, 0.0, 390.0, 500.0);
    let seen = camera.rect(&geometry.focus());
    assert!(
        camera.zoom >= 0.84 && stage.around(&seen) == stage,
        "{seen:?}"
    );
    let all = camera.rect(&geometry.bounds());
    assert!(all.x >= 0.0 && all.right() <= 390.0, "{all:?}");
}

#[test]
fn what_is_pointed_at_is_found() {
    let (frame, geometry) = set_out(10, Mode::Wide);
    let mut motion = Motion::new(false);
    motion.step(0.0, &frame, false);
    let stream = &geometry.nodes[4];
    let grid = stream.lanes.as_ref().unwrap();
    let find = |point| at(&geometry, &motion, point, 5.0);
    assert_eq!(
        find(grid.badge(2).centre()),
        Some(Target::Badge(stream.id, 2))
    );
    assert_eq!(
        find(grid.badge(3).centre()),
        Some(Target::Lane(stream.id, 3))
    );
    let label = Point::new(grid.cell(2).x + 6.0, grid.cell(2).centre().y);
    assert_eq!(find(label), Some(Target::Lane(stream.id, 2)));
    let head = Point::new(stream.rect.x + 60.0, stream.rect.y + 20.0);
    assert_eq!(find(head), Some(Target::Node(stream.id)));
    let port = Point::new(stream.rect.right() + 2.0, stream.rect.centre().y);
    assert_eq!(find(port), Some(Target::Port(stream.id, Dir::Out)));
    let wire = &geometry.wires[5];
    assert_eq!(find(wire.curve.at(0.5)), Some(Target::Wire(wire.id)));
    assert_eq!(find(Point::new(-500.0, -500.0)), None);
}

#[test]
fn a_lane_of_a_heat_map_is_found_and_a_shared_cell_gives_its_first() {
    let (frame, geometry) = set_out(10_000, Mode::Wide);
    let mut motion = Motion::new(false);
    motion.step(0.0, &frame, false);
    let stream = &geometry.nodes[4];
    let grid = stream.lanes.as_ref().unwrap();
    assert!(grid.per_cell > 1 && grid.cells() <= 320);
    let found = at(&geometry, &motion, grid.cell(3).centre(), 4.0);
    let first = 3 * grid.per_cell as u32;
    assert_eq!(found, Some(Target::Lane(stream.id, first)));
    assert!(grid.area.bottom() < stream.rect.bottom());
}
