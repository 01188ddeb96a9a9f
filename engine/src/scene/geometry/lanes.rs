//! Lanes inside a card: one row each up to 24, cells of a heat map beyond; closed ones in a strip
//! of their own below.
//!
//! ```text
//! head
//! plate          the newest refusal in words
//! heads of columns
//! rows or cells  lanes that take work
//! closed         small cells: lanes that are only read
//! foot
//! ```

use super::Mode;
use crate::run::frame::NodeFrame;
use crate::scene::shapes::{Point, Rect};

/// The largest number of lanes that have a row each.
pub const ROWS_MAX: usize = 24;
/// Cells in a row of the heat map.
const COLUMNS: usize = 16;
/// The largest number of cells; beyond, a cell shows the fullest of several lanes.
const CELLS_MAX: usize = COLUMNS * 20;
/// Cells of the closed strip; beyond, several lanes share one.
const CLOSED_MAX: usize = 20;
/// Height of the closed strip with the gap above it.
const CLOSED_H: f64 = 18.0;
/// From the strip's left edge to its cells, and from the last one to its right edge.
const CLOSED_PAD: (f64, f64) = (50.0, 30.0);

/// Where the lanes of a node stand.
#[derive(Clone, Debug, PartialEq)]
pub struct LaneGrid {
    /// Ids of the lanes that take work, in order.
    pub ids: Vec<u32>,
    /// The place of each among all lanes of the node.
    pub places: Vec<usize>,
    /// Closed lanes: place among all lanes of the node, and id.
    pub closed: Vec<(usize, u32)>,
    /// All rows or cells together.
    pub area: Rect,
    /// The newest refusal in words stands here.
    pub plate: Rect,
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
        Mode::Wide => (76.0, pitch, height, 28.0),
        Mode::Compact => (70.0, pitch, height, 22.0),
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
    let (open, closed) = node.lane_counts();
    let (top, pitch, _, below) = measures(open, mode);
    let width = match mode {
        Mode::Wide => 252.0,
        Mode::Compact => 316.0,
    };
    let strip = if closed > 0 { CLOSED_H } else { 0.0 };
    (width, top + pitch * rows(open) as f64 + strip + below)
}

impl LaneGrid {
    /// The lanes of a node whose card stands at `card`.
    pub(super) fn of(node: &NodeFrame, card: &Rect, mode: Mode) -> Self {
        let lanes = || node.gauges.lanes.iter().enumerate();
        let open = || lanes().filter(|(_, lane)| lane.open);
        let count = open().count();
        let (top, pitch, height, _) = measures(count, mode);
        let area = Rect::new(
            card.x + 10.0,
            card.y + top,
            card.w - 20.0,
            pitch * rows(count) as f64,
        );
        let plate_y = match mode {
            Mode::Wide => card.y + 41.0,
            Mode::Compact => card.y + 38.0,
        };
        let closed = lanes().filter(|(_, lane)| !lane.open);
        Self {
            ids: open().map(|(_, lane)| lane.id).collect(),
            places: open().map(|(ix, _)| ix).collect(),
            closed: closed.map(|(ix, lane)| (ix, lane.id)).collect(),
            area,
            plate: Rect::new(area.x, plate_y, area.w, 17.0),
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

    /// The place of an open lane in the order.
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

    /// The box of the open lane with this id.
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

    /// The strip of the closed lanes.
    #[must_use]
    pub fn strip(&self) -> Rect {
        let area = self.area;
        Rect::new(area.x, area.bottom() + 3.0, area.w, CLOSED_H - 6.0)
    }

    /// The cells of the strip: box, and which of `closed` share it.
    pub fn closed_cells(&self) -> impl Iterator<Item = (Rect, &[(usize, u32)])> {
        let strip = self.strip();
        let each = self.closed.len().div_ceil(CLOSED_MAX).max(1);
        let room = strip.w - CLOSED_PAD.0 - CLOSED_PAD.1;
        let pitch = room / CLOSED_MAX as f64;
        let cells = self.closed.chunks(each).enumerate();
        cells.map(move |(k, lanes)| {
            let x = strip.x + CLOSED_PAD.0 + pitch * k as f64;
            (
                Rect::new(x, strip.y + 2.0, pitch - 2.0, strip.h - 4.0),
                lanes,
            )
        })
    }

    /// Cell and id of the (first) open lane under a point.
    #[must_use]
    pub fn at(&self, point: Point) -> Option<(usize, u32)> {
        (0..self.cells())
            .find(|cell| self.cell(*cell).holds(point))
            .and_then(|cell| self.ids.get(cell * self.per_cell).map(|id| (cell, *id)))
    }

    /// The id of the (first) closed lane under a point.
    #[must_use]
    pub fn closed_at(&self, point: Point) -> Option<u32> {
        let mut cells = self.closed_cells();
        let (_, lanes) = cells.find(|(cell, _)| cell.grown(1.0).holds(point))?;
        lanes.first().map(|(_, id)| *id)
    }
}
