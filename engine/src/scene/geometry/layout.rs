//! Default places: columns by depth for wide stages, bands for narrow ones.

use super::index::{Buckets, Index};
use super::{FLAG, Look, NodeBox};
use crate::base::sorted::{SortedMap, SortedSet, order};
use crate::run::frame::Frame;
use crate::services::talk::NodeId;

/// Between two nodes of a column.
const GAP_Y: f64 = 24.0;
/// Before a column with lanes, where marks bounce.
const GAP_LANES: f64 = 84.0;
/// Before any other column.
const GAP_X: f64 = 62.0;
/// Between two nodes of a band.
const BAND_X: f64 = 16.0;
/// Between two bands.
const BAND_Y: f64 = 28.0;
/// Width of the compact layout.
const BAND_WIDTH: f64 = 316.0;

/// (from, to) of each wire whose ends exist, by place.
pub(super) fn edges(frame: &Frame, index: &Index<NodeId>) -> Vec<(usize, usize)> {
    let wires = frame.wires.iter();
    wires
        .filter_map(|wire| Some((index.get(wire.from)?, index.get(wire.to)?)))
        .collect()
}

/// Longest way from a node without predecessors; circles are cut where they close.
fn depths(count: usize, edges: &[(usize, usize)]) -> Vec<usize> {
    let mut outs = vec![Vec::new(); count];
    let mut fed = vec![false; count];
    for &(from, to) in edges {
        outs[from].push(to);
        fed[to] = true;
    }
    let roots: Vec<usize> = (0..count).filter(|ix| !fed[*ix]).chain(0..count).collect();
    let (done, cut) = walked(&outs, &roots);
    let mut depth = vec![0; count];
    for from in done.into_iter().rev() {
        for to in &outs[from] {
            if !cut.contains(&(from, *to)) {
                depth[*to] = depth[*to].max(depth[from] + 1);
            }
        }
    }
    depth
}

/// Walks from the roots into the depth: the nodes in the order in which all behind them was done,
/// and the wires back to where the walk came from, which close a circle.
fn walked(outs: &[Vec<usize>], roots: &[usize]) -> (Vec<usize>, SortedSet<(usize, usize)>) {
    let mut seen = vec![Seen::Not; outs.len()];
    let mut done = Vec::with_capacity(outs.len());
    let mut cut = SortedSet::new();
    for root in roots.iter().copied() {
        let mut stack = vec![(root, 0)];
        if seen[root] != Seen::Not {
            continue;
        }
        seen[root] = Seen::Within;
        while let Some((node, next)) = stack.last_mut() {
            let from = *node;
            let Some(to) = outs[from].get(*next).copied() else {
                seen[from] = Seen::Done;
                done.push(from);
                stack.pop();
                continue;
            };
            *next += 1;
            match seen[to] {
                Seen::Not => {
                    seen[to] = Seen::Within;
                    stack.push((to, 0));
                }
                Seen::Within => {
                    cut.insert((from, to));
                }
                Seen::Done => {}
            }
        }
    }
    (done, cut)
}

/// How far a walk has come with a node.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Not,
    /// On the way from the root to where the walk is.
    Within,
    Done,
}

/// Node indexes by depth, without gaps.
fn ranks(count: usize, edges: &[(usize, usize)]) -> Vec<Vec<usize>> {
    let mut by_depth: SortedMap<usize, Vec<usize>> = SortedMap::new();
    for (ix, depth) in depths(count, edges).into_iter().enumerate() {
        by_depth.entry(depth).or_default().push(ix);
    }
    by_depth.into_values().collect()
}

/// Sets nodes out in columns; those with a place of their own stand there.
pub(super) fn columns(
    frame: &Frame,
    edges: &[(usize, usize)],
    places: &SortedMap<String, (i32, i32)>,
    nodes: &mut [NodeBox],
) {
    let mut x = 0.0;
    let mut feeders = vec![Vec::new(); nodes.len()];
    for &(from, to) in edges {
        feeders[to].push(from);
    }
    for (rank, mut column) in ranks(nodes.len(), edges).into_iter().enumerate() {
        if rank > 0 {
            sort_by_feeders(&feeders, nodes, &mut column);
            let lanes = column.iter().any(|ix| nodes[*ix].look == Look::Lanes);
            x += if lanes { GAP_LANES } else { GAP_X };
        }
        let width = column
            .iter()
            .map(|ix| nodes[*ix].rect.w)
            .fold(0.0, f64::max);
        let height: f64 = column.iter().map(|ix| nodes[*ix].rect.h).sum();
        let gaps = GAP_Y * column.len().saturating_sub(1) as f64;
        let mut y = -libm::round((height + gaps) / 2.0);
        for ix in column {
            nodes[ix].rect.x = x;
            nodes[ix].rect.y = y;
            y += nodes[ix].rect.h + GAP_Y;
        }
        x += width;
    }
    take_places(frame, places, nodes);
}

/// Orders a column by the height of what feeds it, so that wires cross little.
fn sort_by_feeders(feeders: &[Vec<usize>], nodes: &[NodeBox], column: &mut [usize]) {
    let height = |ix: usize| {
        let heights = feeders[ix].iter().map(|from| nodes[*from].rect.centre().y);
        heights.sum::<f64>() / feeders[ix].len().max(1) as f64
    };
    let mut sorted: Vec<(f64, usize)> = column.iter().map(|ix| (height(*ix), *ix)).collect();
    order::sort_by(&mut sorted, |a, b| a.0.total_cmp(&b.0));
    for (place, (_, ix)) in column.iter_mut().zip(sorted) {
        *place = ix;
    }
}

/// Moves nodes to the places that the design gives; the others make way downwards.
fn take_places(frame: &Frame, places: &SortedMap<String, (i32, i32)>, nodes: &mut [NodeBox]) {
    let mut placed = Buckets::default();
    let mut free = Vec::new();
    for (ix, node) in frame.nodes.iter().enumerate() {
        if let Some((x, y)) = places.get(&*node.name) {
            nodes[ix].rect.x = f64::from(*x);
            nodes[ix].rect.y = f64::from(*y);
            placed.insert(nodes[ix].rect);
        } else {
            free.push(ix);
        }
    }
    if free.len() == nodes.len() {
        return;
    }
    for ix in free {
        let rect = &mut nodes[ix].rect;
        while let Some(other) = placed.near(&rect.grown(FLAG)).first() {
            rect.y = placed.get(*other).bottom() + GAP_Y;
        }
        placed.insert(*rect);
    }
}

/// Sets nodes out in bands of one stage's width: small cards two in a row, lanes alone.
pub(super) fn bands(edges: &[(usize, usize)], nodes: &mut [NodeBox]) {
    let mut y = 0.0;
    let mut row: Vec<usize> = Vec::new();
    let mut row_rank = 0;
    for (rank, members) in ranks(nodes.len(), edges).into_iter().enumerate() {
        for ix in members {
            let width: f64 = row.iter().map(|k| nodes[*k].rect.w + BAND_X).sum();
            let full = width + nodes[ix].rect.w > BAND_WIDTH + 0.5;
            let mixed = row.iter().any(|k| nodes[*k].look == Look::Source)
                && nodes[ix].look != Look::Source;
            if !row.is_empty() && (full || mixed) {
                let gap = if row_rank == rank { BAND_X } else { BAND_Y };
                y = set_row(&row, y, nodes) + gap;
                row.clear();
            }
            row.push(ix);
            row_rank = rank;
        }
    }
    set_row(&row, y, nodes);
}

/// Sets one row, in the middle; gives its lower edge.
fn set_row(row: &[usize], y: f64, nodes: &mut [NodeBox]) -> f64 {
    let gaps = BAND_X * row.len().saturating_sub(1) as f64;
    let width: f64 = row.iter().map(|ix| nodes[*ix].rect.w).sum::<f64>() + gaps;
    let height = row.iter().map(|ix| nodes[*ix].rect.h).fold(0.0, f64::max);
    let mut x = (BAND_WIDTH - width) / 2.0;
    for ix in row {
        let rect = &mut nodes[*ix].rect;
        (rect.x, rect.y) = (x, y);
        x += rect.w + BAND_X;
    }
    y + height
}
