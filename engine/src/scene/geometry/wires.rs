//! Ends and curves of wires. A wire into a card with lanes has one way to each lane.

use super::index::{Buckets, Index};
use super::route::{self, Ends};
use super::{LaneGrid, Look, Mode, NodeBox};
use crate::base::sorted::{SortedMap, order};
use crate::run::frame::{Frame, WireFrame};
use crate::scene::shapes::{Curve, Point, Rect};
use crate::services::talk::{NodeId, WireId};

/// Room beside the compact layout for the wires that run down its sides.
pub(crate) const GUTTER: f64 = 22.0;
/// The largest distance of two ends on one edge.
const PORT_GAP: f64 = 34.0;
/// Ways that go round something run this far beside it, each a little further than the one before.
const BESIDE: [f64; 3] = [12.0, 14.0, 16.0];

/// Where a wire runs.
#[derive(Clone, Debug, PartialEq)]
pub struct WireShape {
    /// Which.
    pub id: WireId,
    /// Where data come from.
    pub from: NodeId,
    /// Where data go.
    pub to: NodeId,
    /// Its start, on the edge of `from`.
    pub start: Point,
    /// Its end, on the edge of `to`, where no lane is known.
    pub end: Point,
    /// The way from start to end.
    pub curve: Curve,
    /// The box in which its curve and its ways to all lanes lie.
    pub reach: Rect,
    /// How it gets there.
    path: Path,
    /// A way round leads to here and on to its end: wires into one card do not share it.
    aim: Point,
    /// While no card in this box moves, the wire stays.
    looked: Rect,
}

/// How a wire gets from its start to an end.
#[derive(Clone, Debug, PartialEq)]
enum Path {
    /// By one curve.
    Direct,
    /// Down the side, at this x.
    Side(f64),
    /// Round cards, by these corners, this far beside them.
    Round(Vec<Point>, f64),
}

impl Path {
    fn to(&self, start: Point, end: Point) -> Curve {
        match self {
            Self::Side(x) => {
                Curve::through(&[start, Point::new(*x, start.y), Point::new(*x, end.y), end])
            }
            Self::Round(corners, beside) => Curve::through(&route::led_to(corners, *beside, end)),
            Self::Direct if (end.y - start.y).abs() > 3.0 * (end.x - start.x).abs() => {
                Curve::down(start, end)
            }
            Self::Direct => Curve::across(start, end),
        }
    }
}

impl WireShape {
    /// The way to a lane of the node it ends at.
    #[must_use]
    pub fn to_lane(&self, grid: Option<&LaneGrid>, lane: Option<u32>) -> Curve {
        let rows = grid.filter(|grid| grid.has_rows());
        let row = lane.and_then(|lane| rows?.lane(lane));
        match row {
            Some(row) => {
                let end = Point::new(self.end.x, row.centre().y);
                self.path.to(self.start, end)
            }
            None => self.curve.clone(),
        }
    }

    /// Whether it goes round cards that stand in its way.
    #[must_use]
    pub fn goes_round(&self) -> bool {
        matches!(self.path, Path::Round(..))
    }

    fn new(wire: &WireFrame, start: Point, end: Point, path: Path) -> Self {
        let curve = path.to(start, end);
        let reach = route::hull(&curve);
        Self {
            id: wire.id,
            from: wire.from,
            to: wire.to,
            start,
            end,
            curve,
            reach,
            path,
            aim: end,
            looked: reach,
        }
    }

    /// Takes the ways to all lanes into its box.
    fn reach_lanes(&mut self, grid: Option<&LaneGrid>) {
        for end in row_ends(grid, self.end.x) {
            let way = self.path.to(self.start, end);
            self.reach = self.reach.around(&route::hull(&way));
        }
    }
}

/// The ends of the ways to each lane with a row.
fn row_ends(grid: Option<&LaneGrid>, x: f64) -> impl Iterator<Item = Point> + '_ {
    let rows = grid.filter(|grid| grid.has_rows());
    rows.into_iter().flat_map(move |grid| {
        (0..grid.cells()).map(move |cell| Point::new(x, grid.cell(cell).centre().y))
    })
}

/// What was set out before, and where something moved since: other wires stay as they are.
#[derive(Debug)]
pub(super) struct Before<'a> {
    wires: &'a [WireShape],
    index: Index<WireId>,
    moved: Buckets,
}

impl<'a> Before<'a> {
    /// Compares the boxes of two layouts of one mode.
    pub(super) fn of(wires: &'a [WireShape], old: &[NodeBox], new: &[NodeBox]) -> Self {
        let by_id: SortedMap<NodeId, &NodeBox> = old.iter().map(|node| (node.id, node)).collect();
        let stays = |node: &NodeBox| by_id.get(&node.id).is_some_and(|old| *old == node);
        let moved: SortedMap<NodeId, &NodeBox> = new
            .iter()
            .filter(|node| !stays(node))
            .map(|node| (node.id, node))
            .collect();
        let here = Index::of(new.iter().map(|node| node.id));
        let left = old
            .iter()
            .filter(|node| moved.contains_key(&node.id) || here.get(node.id).is_none());
        let rects = moved.values().copied().chain(left).map(|node| node.rect);
        Self {
            wires,
            index: Index::of(wires.iter().map(|wire| wire.id)),
            moved: Buckets::of(rects),
        }
    }

    /// The same wire if nothing that it depends on has changed.
    fn same(&self, wire: &WireFrame, [start, end, aim]: [Point; 3]) -> Option<&WireShape> {
        let old = &self.wires[self.index.get(wire.id)?];
        if old.aim != aim {
            return None;
        }
        let ends =
            (old.from, old.to) == (wire.from, wire.to) && (old.start, old.end) == (start, end);
        (ends && self.moved.near(&old.looked).is_empty()).then_some(old)
    }
}

/// Sets out the wires of one frame.
struct Layer<'a> {
    nodes: &'a [NodeBox],
    cards: Buckets,
    outs: Ports,
    ins: Ports,
    before: Before<'a>,
}

/// All wires whose ends exist.
pub(super) fn shapes(
    frame: &Frame,
    nodes: &[NodeBox],
    index: &Index<NodeId>,
    mode: Mode,
    before: Before<'_>,
) -> Vec<WireShape> {
    let height = |id| {
        index
            .get(id)
            .map_or(0.0, |ix: usize| nodes[ix].rect.centre().y)
    };
    let ends = || frame.wires.iter();
    let layer = Layer {
        nodes,
        cards: Buckets::of(nodes.iter().map(|node| node.rect)),
        outs: Ports::of(ends().map(|wire| (wire.from, height(wire.to), wire.id))),
        ins: Ports::of(ends().map(|wire| (wire.to, height(wire.from), wire.id))),
        before,
    };
    let mut taken: SortedMap<NodeId, usize> = SortedMap::new();
    ends()
        .filter_map(|wire| {
            let (from, to) = (index.get(wire.from)?, index.get(wire.to)?);
            let place = taken.entry(wire.to).or_insert(0);
            *place += 1;
            Some(match mode {
                Mode::Wide => layer.wide(wire, from, to),
                Mode::Compact => {
                    let mut shape = compact(wire, &nodes[from], &nodes[to], *place - 1);
                    shape.reach_lanes(nodes[to].lanes.as_ref());
                    shape
                }
            })
        })
        .collect()
}

/// The wires at one side of each node, by the height of the nodes at their other ends.
#[derive(Default)]
struct Ports {
    /// Place among its neighbours, and their number.
    places: SortedMap<WireId, (usize, usize)>,
}

impl Ports {
    /// Of (node, height of the other end, wire).
    fn of(ends: impl Iterator<Item = (NodeId, f64, WireId)>) -> Self {
        let mut sides: SortedMap<NodeId, Vec<(f64, WireId)>> = SortedMap::new();
        for (node, height, wire) in ends {
            sides.entry(node).or_default().push((height, wire));
        }
        let mut places = SortedMap::new();
        for wires in sides.values_mut() {
            order::sort_by(wires, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let count = wires.len();
            places.extend(
                wires
                    .iter()
                    .zip(0..)
                    .map(|((_, wire), place)| (*wire, (place, count))),
            );
        }
        Self { places }
    }

    /// How far from the middle of an edge of this height a wire ends.
    fn offset(&self, wire: WireId, height: f64) -> f64 {
        let (place, count) = self.places.get(&wire).copied().unwrap_or((0, 1));
        let gap = PORT_GAP.min(height / (count + 1) as f64);
        (place as f64 - (count.saturating_sub(1)) as f64 / 2.0) * gap
    }
}

impl Layer<'_> {
    fn wide(&self, wire: &WireFrame, from: usize, to: usize) -> WireShape {
        let [a, b] = [from, to].map(|ix| &self.nodes[ix]);
        let start = Point::new(
            a.rect.right(),
            a.rect.centre().y + self.outs.offset(wire.id, a.rect.h),
        );
        let end_y = match &b.lanes {
            Some(grid) => grid.area.centre().y,
            None => b.rect.centre().y + self.ins.offset(wire.id, b.rect.h),
        };
        let end = Point::new(b.rect.x, end_y);
        let aim = Point::new(
            end.x,
            b.rect.centre().y + self.ins.offset(wire.id, b.rect.h),
        );
        if let Some(same) = self.before.same(wire, [start, end, aim]) {
            return same.clone();
        }
        let (mut shape, barred) = self.directly(wire, start, end, [from, to]);
        if barred {
            shape = self.round(&shape, aim, wire, [from, to]);
        }
        shape.aim = aim;
        shape
    }

    /// The curve from start to end, and whether a card bars it or one of the ways to lanes.
    fn directly(
        &self,
        wire: &WireFrame,
        start: Point,
        end: Point,
        cards: [usize; 2],
    ) -> (WireShape, bool) {
        let mut shape = WireShape::new(wire, start, end, Path::Direct);
        let grid = self.nodes[cards[1]].lanes.as_ref();
        shape.reach_lanes(grid);
        shape.looked = shape.reach.grown(route::CLEAR + 1.0);
        let near = self.cards.near(&shape.looked);
        let forward = start.x + 2.0 < end.x;
        if forward && near.iter().all(|card| cards.contains(card)) {
            return (shape, false); // between two columns, as most are
        }
        let crosses = |curve: &Curve| route::crosses(curve, &self.cards, &near, cards);
        let mut ways = row_ends(grid, end.x).map(|end| shape.path.to(start, end));
        let barred = crosses(&shape.curve) || ways.any(|way| crosses(&way));
        drop(ways);
        (shape, barred)
    }

    /// A way round what bars the direct one, or that one where there is none.
    fn round(
        &self,
        direct: &WireShape,
        aim: Point,
        wire: &WireFrame,
        cards: [usize; 2],
    ) -> WireShape {
        let (start, end) = (direct.start, direct.end);
        let mut looked = direct.looked;
        let wanted = BESIDE[wire.id.0 as usize % BESIDE.len()];
        for beside in [wanted, BESIDE[0], route::CLEAR + 1.0] {
            let ends = Ends {
                start,
                end: aim,
                cards,
                beside,
            };
            let (corners, seen) = route::corners(&ends, &self.cards);
            looked = looked.around(&seen);
            if corners.is_empty() {
                continue;
            }
            let mut shape = WireShape::new(wire, start, end, Path::Round(corners, beside));
            shape.reach_lanes(self.nodes[cards[1]].lanes.as_ref());
            shape.looked = looked;
            return shape;
        }
        WireShape {
            looked,
            ..direct.clone()
        }
    }
}

fn compact(wire: &WireFrame, from: &NodeBox, to: &NodeBox, place: usize) -> WireShape {
    let (a, b) = (from.rect, to.rect);
    if let Some(grid) = &to.lanes {
        return down_the_side(wire, from, to, grid.area.centre().y, place);
    }
    if a.y < b.bottom() && b.y < a.bottom() {
        let (start, end) = if a.x < b.x {
            (a.right(), b.x)
        } else {
            (a.x, b.right())
        };
        let start = Point::new(start, a.centre().y);
        return WireShape::new(wire, start, Point::new(end, b.centre().y), Path::Direct);
    }
    // left of the middle, where no flag of a state stands
    let enter = b.x + b.w * 0.36;
    let x = enter.clamp(a.x + 16.0, a.right() - 16.0);
    let x = if from.look == Look::Lanes {
        x
    } else {
        a.centre().x
    };
    let (start, end) = (Point::new(x, a.bottom()), Point::new(enter, b.y));
    WireShape::new(wire, start, end, Path::Direct)
}

/// Out at the outer edge, down beside everything, in at the lane; each wire on its own way, by its
/// place among those to the same node.
fn down_the_side(
    wire: &WireFrame,
    from: &NodeBox,
    to: &NodeBox,
    end_y: f64,
    place: usize,
) -> WireShape {
    let (a, b) = (from.rect, to.rect);
    let left = a.centre().x < b.centre().x + 1.0;
    let out = 8.0 + 4.0 * (place / 2 % 3) as f64;
    let (start, end, gutter) = if left {
        (a.x, b.x, a.x.min(b.x) - out)
    } else {
        (a.right(), b.right(), a.right().max(b.right()) + out)
    };
    let start = Point::new(start, a.centre().y);
    WireShape::new(wire, start, Point::new(end, end_y), Path::Side(gutter))
}
