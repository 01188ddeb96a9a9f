//! Default places: columns by depth for wide stages, bands for narrow ones.

use super::{FLAG, Look, NodeBox};
use crate::run::frame::Frame;
use crate::scene::shapes::Rect;
use std::collections::BTreeMap;

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

/// Longest way from a node without predecessors; circles are cut where they close.
fn depths(frame: &Frame) -> Vec<usize> {
    let place = |id| frame.nodes.iter().position(|node| node.id == id);
    let edges: Vec<(usize, usize)> = frame
        .wires
        .iter()
        .filter_map(|wire| Some((place(wire.from)?, place(wire.to)?)))
        .collect();
    let count = frame.nodes.len();
    let mut depth = vec![0; count];
    for _ in 0..count {
        let mut changed = false;
        for &(from, to) in &edges {
            if depth[to] < depth[from] + 1 && depth[from] + 1 < count {
                depth[to] = depth[from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    depth
}

/// Node indexes by depth, without gaps.
fn ranks(frame: &Frame) -> Vec<Vec<usize>> {
    let mut by_depth: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (ix, depth) in depths(frame).into_iter().enumerate() {
        by_depth.entry(depth).or_default().push(ix);
    }
    by_depth.into_values().collect()
}

/// Sets nodes out in columns; those with a place of their own stand there.
pub(super) fn columns(frame: &Frame, places: &BTreeMap<String, (i32, i32)>, nodes: &mut [NodeBox]) {
    let mut x = 0.0;
    for (rank, mut column) in ranks(frame).into_iter().enumerate() {
        if rank > 0 {
            sort_by_feeders(frame, nodes, &mut column);
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
fn sort_by_feeders(frame: &Frame, nodes: &[NodeBox], column: &mut [usize]) {
    let height = |ix: usize| {
        let feeders: Vec<f64> = frame
            .wires
            .iter()
            .filter(|wire| wire.to == nodes[ix].id)
            .filter_map(|wire| nodes.iter().find(|node| node.id == wire.from))
            .map(|node| node.rect.centre().y)
            .collect();
        feeders.iter().sum::<f64>() / feeders.len().max(1) as f64
    };
    column.sort_by(|a, b| height(*a).total_cmp(&height(*b)));
}

/// Moves nodes to the places that the design gives; the others make way downwards.
fn take_places(frame: &Frame, places: &BTreeMap<String, (i32, i32)>, nodes: &mut [NodeBox]) {
    let mut placed: Vec<Rect> = Vec::new();
    let mut free = Vec::new();
    for (ix, node) in frame.nodes.iter().enumerate() {
        if let Some((x, y)) = places.get(&*node.name) {
            nodes[ix].rect.x = f64::from(*x);
            nodes[ix].rect.y = f64::from(*y);
            placed.push(nodes[ix].rect);
        } else {
            free.push(ix);
        }
    }
    if placed.is_empty() {
        return;
    }
    for ix in free {
        let rect = &mut nodes[ix].rect;
        while let Some(other) = placed.iter().find(|other| other.grown(FLAG).overlaps(rect)) {
            rect.y = other.bottom() + GAP_Y;
        }
        placed.push(*rect);
    }
}

/// Sets nodes out in bands of one stage's width: small cards two in a row, lanes alone.
pub(super) fn bands(frame: &Frame, nodes: &mut [NodeBox]) {
    let mut y = 0.0;
    let mut row: Vec<usize> = Vec::new();
    let mut row_rank = 0;
    for (rank, members) in ranks(frame).into_iter().enumerate() {
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
