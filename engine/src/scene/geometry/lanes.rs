//! Lanes inside a card: one row each up to 24, cells of a heat map beyond.

use super::Mode;
use crate::run::frame::NodeFrame;
use crate::scene::shapes::{Point, Rect};

/// The largest number of lanes that have a row each.
pub const ROWS_MAX: usize = 24;
/// Cells in a row of the heat map.
const COLUMNS: usize = 16;
/// The largest number of cells; beyond, a cell shows the fullest of several lanes.
const CELLS_MAX: usize = COLUMNS * 20;

/// Where the lanes of a node stand.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneGrid {
    /// Ids of the lanes, in order.
    pub ids: Vec<u32>,
    /// All rows or cells together.
    pub area: Rect,
    /// 1 where each lane has a row.
    pub columns: usize,
    /// From one row to the next.
    pub pitch: f64,
    /// Height of a row.
    pub height: f64,
    /// Lanes that share a cell.
    pub per_cell: usize,
}

/// (top of the rows, pitch, row height, room below).
fn measures(count: usize, mode: Mode) -> (f64, f64, f64, f64) {
    let (pitch, height) = match (mode, count) {
        (_, n) if n > ROWS_MAX => (13.0, 11.0),
        (Mode::Wide, 0..=10) => (30.0, 25.0),
        (Mode::Wide, 11..=16) => (24.0, 20.0),
        (Mode::Wide, _) => (19.0, 16.0),
        (Mode::Compact, 0..=12) => (19.0, 17.0),
        (Mode::Compact, _) => (15.0, 13.0),
    };
    match mode {
        Mode::Wide => (74.0, pitch, height, 28.0),
        Mode::Compact => (52.0, pitch, height, 22.0),
    }
}

fn rows(count: usize) -> usize {
    if count <= ROWS_MAX {
        count.max(1)
    } else {
        count.min(CELLS_MAX).div_ceil(COLUMNS)
    }
}

/// Width and height of a card with lanes.
pub(super) fn size(node: &NodeFrame, mode: Mode) -> (f64, f64) {
    let count = node.gauges.lanes.len();
    let (top, pitch, _, below) = measures(count, mode);
    let width = match mode {
        Mode::Wide => 252.0,
        Mode::Compact => 316.0,
    };
    (width, top + pitch * rows(count) as f64 + below)
}

impl LaneGrid {
    /// The lanes of a node whose card stands at `card`.
    pub(super) fn of(node: &NodeFrame, card: &Rect, mode: Mode) -> Self {
        let count = node.gauges.lanes.len();
        let (top, pitch, height, _) = measures(count, mode);
        let area = Rect::new(
            card.x + 10.0,
            card.y + top,
            card.w - 20.0,
            pitch * rows(count) as f64,
        );
        Self {
            ids: node.gauges.lanes.iter().map(|lane| lane.id).collect(),
            area,
            columns: if count <= ROWS_MAX { 1 } else { COLUMNS },
            pitch,
            height,
            per_cell: count.div_ceil(CELLS_MAX).max(1),
        }
    }

    /// Whether each lane has a row of its own.
    #[must_use]
    pub fn has_rows(&self) -> bool {
        self.columns == 1
    }

    /// Rows or cells that are drawn.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.ids.len().div_ceil(self.per_cell)
    }

    /// The place of a lane in the order.
    #[must_use]
    pub fn index(&self, lane: u32) -> Option<usize> {
        self.ids.binary_search(&lane).ok()
    }

    /// The box of a row or cell.
    #[must_use]
    pub fn cell(&self, cell: usize) -> Rect {
        let (row, column) = (cell / self.columns, cell % self.columns);
        let width = self.area.w / self.columns as f64;
        let gap = if self.columns == 1 { 0.0 } else { 2.0 };
        Rect::new(
            self.area.x + width * column as f64,
            self.area.y + self.pitch * row as f64,
            width - gap,
            self.height,
        )
    }

    /// The box of the lane with this id.
    #[must_use]
    pub fn lane(&self, lane: u32) -> Option<Rect> {
        self.index(lane).map(|ix| self.cell(ix / self.per_cell))
    }

    /// Where the figure of a row stands: the refusals that can be asked Why.
    #[must_use]
    pub fn badge(&self, cell: usize) -> Rect {
        let row = self.cell(cell);
        let height = (self.height - 4.0).min(17.0);
        Rect::new(
            row.right() - 54.0,
            row.y + (self.height - height) / 2.0,
            50.0,
            height,
        )
    }

    /// The id of the (first) lane under a point.
    #[must_use]
    pub fn at(&self, point: Point) -> Option<(usize, u32)> {
        (0..self.cells())
            .find(|cell| self.cell(*cell).holds(point))
            .and_then(|cell| self.ids.get(cell * self.per_cell).map(|id| (cell, *id)))
    }
}
