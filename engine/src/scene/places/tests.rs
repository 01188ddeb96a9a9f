//! The places hold what the scenarios set out, give free slots, and disturb nothing.

use super::*;
use crate::base::sorted::SortedMap;
use crate::lessons::scenarios;
use crate::run::Run;
use crate::run::frame::Frame;
use crate::scene::list::{DisplayList, Op};
use crate::scene::measure::Estimate;
use crate::scene::theme::{Theme, contrast};
use crate::scene::{Camera, Motion, Words, build, sample};

const WORLDS: [World; 2] = [World::Shop, World::Bank];

fn drawn(frame: &Frame, world: World, mode: Mode) -> (Geometry, DisplayList) {
    let geometry = Geometry::of(frame, &SortedMap::new(), mode);
    let mut camera = Camera::new(1_300.0, 760.0);
    camera.origin = Point::new(-100.0, -340.0);
    let (words, names) = (Words::default(), SortedMap::new());
    let mut list = DisplayList::default();
    let stage = Stage {
        frame,
        names: &names,
        geometry: &geometry,
        motion: &Motion::default(),
        camera: &camera,
        selection: None,
        hover: None,
        words: &words,
        world,
        measure: &Estimate,
    };
    build(&stage, &mut list);
    (geometry, list)
}

#[test]
fn areas_are_apart_and_each_family_has_a_home() {
    for world in WORLDS {
        let all = areas(world);
        for (k, area) in all.iter().enumerate() {
            assert!(
                all[k + 1..]
                    .iter()
                    .all(|other| !other.rect.overlaps(&area.rect))
            );
            let found = at(world, &Geometry::default(), area.rect.centre());
            assert_eq!(found.as_ref(), Some(area));
            assert_ne!(
                Words::default().get(area.key),
                area.key.replace(['.', '-'], " ")
            );
        }
        for family in Family::ALL {
            assert!(home(world, family).is_some(), "{family:?} in {world:?}");
        }
    }
    assert_eq!(
        at(World::Shop, &Geometry::default(), Point::new(1e4, 0.0)),
        None
    );
    assert!(areas(World::None).is_empty());
}

#[test]
fn scenarios_lie_sensibly_on_their_place() {
    let (mut at_home, mut all) = (0, 0);
    for scenario in scenarios::list() {
        let (design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
        let world = design.layout.world;
        assert_eq!(world.key(), scenario.world, "{}", scenario.id);
        let mut frame = Frame::default();
        let mut run = Run::new(design).expect("it runs");
        run.advance(1_000_000, u64::MAX);
        run.frame(&mut frame);
        let geometry = Geometry::of(&frame, &SortedMap::new(), Mode::Wide);
        for (node, place) in frame.nodes.iter().zip(&geometry.nodes) {
            let family = node.kind.entry().family;
            let area = at(world, &geometry, place.rect.centre());
            all += 1;
            at_home += usize::from(area.is_some_and(|area| area.families.contains(&family)));
        }
    }
    assert!(
        at_home * 5 >= all * 4,
        "{at_home} of {all} nodes are at home"
    );
}

#[test]
fn no_card_of_a_scenario_looks_over_the_upper_or_lower_edge_of_its_place() {
    for scenario in scenarios::list() {
        let (design, _) = scenario.load(&scenario.acts[0]).expect("it loads");
        let (world, places) = (design.layout.world, design.layout.places.clone());
        let mut frame = Frame::default();
        let mut run = Run::new(design).expect("it runs");
        run.advance(1_000_000, u64::MAX);
        run.frame(&mut frame);
        let geometry = Geometry::of(&frame, &places, Mode::Wide);
        let area = around(world, &geometry).next().expect("an area");
        for place in &geometry.nodes {
            let inside = place.rect.y >= area.rect.y && place.rect.bottom() <= area.rect.bottom();
            assert!(inside, "{}: {:?}", scenario.id, place.rect);
        }
    }
}

#[test]
fn a_slot_is_free_and_inside_until_the_area_is_full() {
    for world in WORLDS {
        for area in areas(world) {
            let mut frame = Frame::default();
            let mut places = SortedMap::new();
            let mut inside = 0;
            for id in 0..9_u32 {
                let geometry = Geometry::of(&frame, &places, Mode::Wide);
                let at = area.slot(&geometry, (168.0, 112.0));
                let rect = Rect::new(at.x, at.y, 168.0, 112.0);
                assert!(geometry.nodes.iter().all(|node| !node.rect.overlaps(&rect)));
                inside += usize::from(area.rect.around(&rect) == area.rect);
                let name = format!("n{id}");
                frame
                    .nodes
                    .push(sample::node(id, &name, "consumer", 1.0, 1.0));
                places.insert(name, (at.x as i32, at.y as i32));
            }
            assert!((3..=8).contains(&inside), "{inside} in {}", area.id);
        }
    }
}

#[test]
fn the_backdrop_lies_under_everything_and_fades_where_nothing_stands() {
    let frame = sample::black_friday(10, 200.0);
    let (_, bare) = drawn(&frame, World::None, Mode::Wide);
    let (_, shop) = drawn(&frame, World::Shop, Mode::Wide);
    assert_eq!(shop.moving, bare.moving, "it rests");
    let more = shop.resting.len() - bare.resting.len();
    assert!(more > 40 && shop.resting[more..] == bare.resting[..]);
    let (_, narrow) = drawn(&frame, World::Shop, Mode::Compact);
    assert_eq!(narrow, drawn(&frame, World::None, Mode::Compact).1);
    let strength = |list: &DisplayList| {
        let ops = list.resting.iter().filter_map(|op| match op {
            Op::Line { stroke, .. } => Some(stroke.ink.alpha),
            _ => None,
        });
        ops.fold(0.0, f32::max)
    };
    let (_, empty) = drawn(&Frame::default(), World::Shop, Mode::Wide);
    assert!(strength(&empty) < strength(&shop));
}

#[test]
fn the_backdrop_is_fainter_than_dots_and_its_words_can_be_read() {
    let (_, shop) = drawn(&Frame::default(), World::Shop, Mode::Wide);
    for op in &shop.resting {
        match op {
            Op::Line { stroke, .. }
            | Op::Circle {
                stroke: Some(stroke),
                ..
            } => {
                assert!(stroke.ink.tone == Tone::Dot && stroke.ink.alpha < 0.95);
            }
            Op::RoundRect {
                fill: Some(fill), ..
            } => assert!(fill.alpha < 0.06),
            _ => {}
        }
    }
    for theme in [Theme::Light, Theme::Dark] {
        let seen = contrast(Tone::Muted.rgb(theme), Tone::Ground.rgb(theme));
        assert!(seen >= 4.5, "{seen}");
    }
}

#[test]
fn the_place_changes_no_digest() {
    let digest = |world| {
        let (mut design, _) = scenarios::list()[0]
            .load(&scenarios::list()[0].acts[0])
            .expect("it loads");
        design.layout.world = world;
        let mut run = Run::new(design).expect("it runs");
        run.advance(3_000_000, u64::MAX);
        run.digest()
    };
    assert_eq!(digest(World::None), digest(World::Bank));
}
