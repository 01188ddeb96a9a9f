//! Designs that people placed by hand: wires run beside cards, and only what changed is set out anew.

use super::*;
use crate::scene::sample;
use crate::scene::shapes::Curve;

/// Between two cards of a random layout at least [world units].
const GAP: f64 = 40.0;

/// Numbers without order, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

type Places = SortedMap<String, (i32, i32)>;

/// Cards of four kinds with wires between them, at random places that are apart.
fn crowd(dice: &mut Dice, nodes: u32, wires: u32) -> (Frame, Places) {
    let mut frame = Frame::default();
    let stream = sample::black_friday(10, 1_500.0).nodes.swap_remove(4);
    for id in 0..nodes {
        let name = format!("n{id}");
        let mut node = match dice.below(4) {
            0 => stream.clone(),
            1 => sample::node(id, &name, "tills", 10.0, 10.0),
            _ => sample::node(id, &name, "consumer", 10.0, 10.0),
        };
        (node.id, node.name) = (NodeId(id), name.into());
        frame.nodes.push(node);
    }
    for id in 0..wires {
        let (from, to) = (dice.below(u64::from(nodes)), dice.below(u64::from(nodes)));
        frame
            .wires
            .push(sample::wire(id, "put", from as u32, to as u32, 5.0));
    }
    let mut places = Places::new();
    let mut taken: Vec<Rect> = Vec::new();
    let side = (libm::sqrt(f64::from(nodes)) * 560.0) as u64 / 10;
    for node in &frame.nodes {
        let (w, h) = size(node, Look::of(node), Mode::Wide);
        let rect = loop {
            let at = [dice.below(side), dice.below(side)].map(|at| at as f64 * 10.0);
            let rect = Rect::new(at[0], at[1], w, h);
            if taken.iter().all(|other| !other.grown(GAP).overlaps(&rect)) {
                break rect;
            }
        };
        taken.push(rect);
        places.insert(node.name.to_string(), (rect.x as i32, rect.y as i32));
    }
    (frame, places)
}

fn ways(geometry: &Geometry, wire: &WireShape) -> Vec<Curve> {
    let grid = geometry.node(wire.to).and_then(|node| node.lanes.as_ref());
    let lanes = grid.map_or(Vec::new(), |grid| grid.ids.clone());
    let to_lanes = lanes.into_iter().map(|lane| wire.to_lane(grid, Some(lane)));
    [wire.curve.clone()].into_iter().chain(to_lanes).collect()
}

#[test]
fn no_wire_runs_through_a_card() {
    let mut dice = Dice(11);
    let mut round = 0;
    for layout in 0..300 {
        let (frame, places) = crowd(&mut dice, 12, 16);
        let geometry = Geometry::of(&frame, &places, Mode::Wide);
        round += geometry
            .wires
            .iter()
            .filter(|wire| wire.goes_round())
            .count();
        for wire in &geometry.wires {
            for way in ways(&geometry, wire) {
                for at in route::samples(&way) {
                    let holder = geometry
                        .nodes
                        .iter()
                        .find(|node| node.rect.grown(-1.0).holds(at));
                    assert!(
                        holder.is_none(),
                        "layout {layout}: {wire:?} at {at:?} in {holder:?}"
                    );
                    let grown = wire.reach.grown(0.01);
                    assert!(
                        grown.holds(at),
                        "layout {layout}: {at:?} is out of {grown:?}"
                    );
                }
                assert!(way.at(0.0).distance(wire.start) < 1e-6);
                assert!((way.at(1.0).x - wire.end.x).abs() < 1e-6);
            }
        }
    }
    assert!(
        (900..4_800).contains(&round),
        "{round} of 4,800 go round something"
    );
}

#[test]
fn what_nothing_bars_runs_as_ever() {
    let frame = sample::black_friday(10, 1_500.0);
    let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
    for wire in &geometry.wires {
        assert!(!wire.goes_round(), "{wire:?}");
        assert_eq!(wire.curve, Curve::across(wire.start, wire.end));
    }
}

#[test]
fn a_layout_changed_step_by_step_is_the_one_made_at_once() {
    let mut dice = Dice(5);
    for _ in 0..40 {
        let (mut frame, mut places) = crowd(&mut dice, 14, 20);
        let mut kept = Geometry::default();
        assert!(kept.refresh(&frame, &places, Mode::Wide));
        for step in 0..12 {
            let name = format!("n{}", dice.below(14));
            let (x, y) = (dice.below(1_800) as i32, dice.below(1_800) as i32);
            match step % 4 {
                0 | 1 => drop(places.insert(name, (x, y))),
                2 => frame.wires.retain(|wire| wire.id.0 != step),
                _ => frame.nodes.retain(|node| *node.name != name),
            }
            kept.refresh(&frame, &places, Mode::Wide);
            assert_eq!(kept, Geometry::of(&frame, &places, Mode::Wide));
        }
    }
}

#[test]
fn rates_and_states_set_nothing_out_anew_and_a_lane_does() {
    let mut frame = sample::black_friday(10, 200.0);
    let places = SortedMap::new();
    let mut geometry = Geometry::default();
    assert!(geometry.refresh(&frame, &places, Mode::Wide));
    assert!(!geometry.refresh(&frame, &places, Mode::Wide));
    frame.nodes[4].gauges.state = crate::services::gauges::State::Down;
    frame.wires[0].rate = 12.0;
    assert!(!geometry.refresh(&frame, &places, Mode::Wide));
    assert!(geometry.refresh(&frame, &places, Mode::Compact));
    assert!(geometry.refresh(&frame, &places, Mode::Wide));
    frame.nodes[4].gauges.lanes[9].open = false;
    assert!(geometry.refresh(&frame, &places, Mode::Wide));
    let closed = &geometry
        .node(NodeId(4))
        .and_then(|node| node.lanes.as_ref());
    assert_eq!(closed.map(|grid| grid.closed.len()), Some(1));
}

#[test]
fn a_small_move_leaves_most_ways_nearly_where_they_were() {
    let mut dice = Dice(3);
    let (mut far, mut all) = (0, 0);
    for _ in 0..60 {
        let (frame, mut places) = crowd(&mut dice, 12, 16);
        let before = Geometry::of(&frame, &places, Mode::Wide);
        if let Some(place) = places.get_mut("n3") {
            place.0 += 2;
        }
        let after = Geometry::of(&frame, &places, Mode::Wide);
        for (a, b) in before.wires.iter().zip(&after.wires) {
            let moved = (1..8).map(|k| f64::from(k) / 8.0);
            let moved = moved.map(|share| a.curve.at(share).distance(b.curve.at(share)));
            all += 1;
            far += usize::from(moved.fold(0.0, f64::max) > 40.0);
        }
    }
    assert!(far * 50 < all, "{far} of {all} wires jumped");
}
