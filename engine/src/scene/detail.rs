//! How closely one looks: what is inside a node is drawn on three levels.
//!
//! ```text
//! far      a large sign of the service in a ring of its load; its state; its name where it fits
//! middle   readings, lanes, tanks
//! near     single records with key, size and age
//! ```

use super::{Camera, Geometry};
use crate::services::talk::NodeId;

/// Below this zoom a card's words could not be read.
pub const FAR_BELOW: f64 = 0.45;
/// From this zoom on there is room for single records.
pub const NEAR_FROM: f64 = 1.9;
/// Nodes that are looked into at once: more do not fit on a screen so near.
const LOOKED_INTO_MAX: usize = 24;

/// A level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The whole design.
    Far,
    /// A part of it.
    Middle,
    /// A node or two.
    Near,
}

impl Detail {
    /// The level at this zoom.
    #[must_use]
    pub fn of(zoom: f64) -> Self {
        if zoom < FAR_BELOW {
            Self::Far
        } else if zoom < NEAR_FROM {
            Self::Middle
        } else {
            Self::Near
        }
    }
}

/// Writes the nodes whose records are to be seen into `out` (`Frame::looked_into`): those in view
/// while the camera is near.
pub fn look_into(geometry: &Geometry, camera: &Camera, out: &mut Vec<NodeId>) {
    out.clear();
    if Detail::of(camera.zoom) != Detail::Near {
        return;
    }
    let view = camera.view();
    let seen = geometry
        .nodes
        .iter()
        .filter(|node| node.rect.overlaps(&view));
    out.extend(seen.map(|node| node.id).take(LOOKED_INTO_MAX));
}
