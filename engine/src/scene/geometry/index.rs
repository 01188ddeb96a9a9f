//! Finds things fast among hundreds: a place by its id, and the boxes near a box.

use crate::base::sorted::order;
use crate::scene::shapes::Rect;
use std::collections::BTreeMap;

/// Places in a list by id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Index<Id> {
    /// (id, place), in order of the ids.
    places: Vec<(Id, usize)>,
}

impl<Id> Default for Index<Id> {
    fn default() -> Self {
        Self { places: Vec::new() }
    }
}

impl<Id: Copy + Ord> Index<Id> {
    /// The index of a list of ids.
    pub(super) fn of(ids: impl Iterator<Item = Id>) -> Self {
        let mut places: Vec<(Id, usize)> = ids.zip(0..).collect();
        order::sort(&mut places);
        Self { places }
    }

    /// The place of an id.
    pub(super) fn get(&self, id: Id) -> Option<usize> {
        let found = self.places.binary_search_by_key(&id, |(id, _)| *id).ok()?;
        Some(self.places[found].1)
    }
}

/// Width and height of a bucket [world units]: about a card with its gap.
const BUCKET: f64 = 240.0;
/// Buckets that one box is entered in at most on each axis; a longer box is looked at always.
const SPAN_MAX: i32 = 64;

/// Boxes by the buckets of a grid that they lie in.
#[derive(Clone, Debug, Default)]
pub(super) struct Buckets {
    boxes: Vec<Rect>,
    buckets: BTreeMap<(i32, i32), Vec<usize>>,
    large: Vec<usize>,
}

fn bucket(value: f64) -> i32 {
    libm::floor(value / BUCKET).clamp(-1e9, 1e9) as i32
}

/// First and last bucket on both axes.
fn span(rect: &Rect) -> [(i32, i32); 2] {
    [
        (bucket(rect.x), bucket(rect.right())),
        (bucket(rect.y), bucket(rect.bottom())),
    ]
}

impl Buckets {
    /// All these boxes.
    pub(super) fn of(boxes: impl Iterator<Item = Rect>) -> Self {
        let mut all = Self::default();
        for rect in boxes {
            all.insert(rect);
        }
        all
    }

    /// Adds a box; its number is the number of boxes before it.
    pub(super) fn insert(&mut self, rect: Rect) {
        let number = self.boxes.len();
        self.boxes.push(rect);
        let [(x0, x1), (y0, y1)] = span(&rect);
        if x1 - x0 > SPAN_MAX || y1 - y0 > SPAN_MAX {
            self.large.push(number);
            return;
        }
        for y in y0..=y1 {
            for x in x0..=x1 {
                self.buckets.entry((y, x)).or_default().push(number);
            }
        }
    }

    /// Numbers of the boxes that overlap `rect`, in order, each once.
    pub(super) fn near(&self, rect: &Rect) -> Vec<usize> {
        let [(x0, x1), (y0, y1)] = span(rect);
        if x1 - x0 > SPAN_MAX || y1 - y0 > SPAN_MAX {
            let all = 0..self.boxes.len();
            return all
                .filter(|number| self.boxes[*number].overlaps(rect))
                .collect();
        }
        let mut found = self.large.clone();
        for y in y0..=y1 {
            let row = self.buckets.range((y, x0)..=(y, x1));
            found.extend(row.flat_map(|(_, numbers)| numbers));
        }
        order::sort(&mut found);
        found.dedup();
        found.retain(|number| self.boxes[*number].overlaps(rect));
        found
    }

    /// The box with this number.
    pub(super) fn get(&self, number: usize) -> Rect {
        self.boxes[number]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_by_its_id() {
        let index = Index::of([7_u32, 3, 9].into_iter());
        assert_eq!(index.get(3), Some(1));
        assert_eq!(index.get(4), None);
    }

    #[test]
    fn the_boxes_near_are_those_that_overlap() {
        let at = |k: u32| {
            let (x, y) = (f64::from(k % 20) * 210.0, f64::from(k / 20) * 150.0);
            Rect::new(x - 900.0, y, 168.0, 112.0)
        };
        let mut buckets = Buckets::of((0..400).map(at));
        buckets.insert(Rect::new(-1e6, 0.0, 2e6, 5.0));
        for k in 0..60 {
            let step = f64::from(k) * 37.0;
            let wanted = Rect::new(step - 1_000.0, step / 2.0, 300.0, 200.0);
            let all = (0..401).filter(|k| buckets.get(*k).overlaps(&wanted));
            assert_eq!(buckets.near(&wanted), all.collect::<Vec<_>>());
        }
    }
}
