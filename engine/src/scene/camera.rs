//! From world units to CSS pixels and back. One world unit is one pixel at zoom 1.

use super::shapes::{Cubic, Point, Rect};

/// The smallest zoom: at it 500 nodes fit on a stage.
pub const ZOOM_MIN: f64 = 0.1;
/// The largest zoom.
pub const ZOOM_MAX: f64 = 3.0;
/// The largest zoom that `fit` chooses: more looks coarse.
const FIT_MAX: f64 = 1.35;

/// What the stage shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Camera {
    /// World point at the upper left corner.
    pub origin: Point,
    /// Pixels a unit.
    pub zoom: f64,
    /// Width of the stage [px].
    pub width: f64,
    /// Height of the stage [px].
    pub height: f64,
}

/// Room that `fit` leaves at the edges [px].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Padding {
    /// Above.
    pub top: f64,
    /// Left and right.
    pub side: f64,
    /// Below.
    pub bottom: f64,
}

impl Default for Padding {
    fn default() -> Self {
        Self {
            top: 24.0,
            side: 20.0,
            bottom: 34.0,
        }
    }
}

impl Camera {
    /// A stage of this size at zoom 1.
    #[must_use]
    pub fn new(width: f64, height: f64) -> Self {
        Self {
            origin: Point::default(),
            zoom: 1.0,
            width,
            height,
        }
    }

    /// World to pixels.
    #[must_use]
    pub fn to_screen(&self, at: Point) -> Point {
        Point::new(
            (at.x - self.origin.x) * self.zoom,
            (at.y - self.origin.y) * self.zoom,
        )
    }

    /// Pixels to world.
    #[must_use]
    pub fn to_world(&self, at: Point) -> Point {
        Point::new(
            at.x / self.zoom + self.origin.x,
            at.y / self.zoom + self.origin.y,
        )
    }

    /// A box, world to pixels.
    #[must_use]
    pub fn rect(&self, rect: &Rect) -> Rect {
        let at = self.to_screen(Point::new(rect.x, rect.y));
        Rect::new(at.x, at.y, rect.w * self.zoom, rect.h * self.zoom)
    }

    /// A curve, world to pixels.
    #[must_use]
    pub fn cubic(&self, cubic: &Cubic) -> Cubic {
        Cubic {
            from: self.to_screen(cubic.from),
            c1: self.to_screen(cubic.c1),
            c2: self.to_screen(cubic.c2),
            to: self.to_screen(cubic.to),
        }
    }

    /// What of the world is seen.
    #[must_use]
    pub fn view(&self) -> Rect {
        Rect::new(
            self.origin.x,
            self.origin.y,
            self.width / self.zoom,
            self.height / self.zoom,
        )
    }

    /// The same stage moved by a drag of so many pixels.
    #[must_use]
    pub fn panned(mut self, dx: f64, dy: f64) -> Self {
        self.origin.x -= dx / self.zoom;
        self.origin.y -= dy / self.zoom;
        self
    }

    /// The same stage with another zoom; the world point under `at` [px] stays there.
    #[must_use]
    pub fn zoomed(mut self, factor: f64, at: Point) -> Self {
        let held = self.to_world(at);
        self.zoom = (self.zoom * factor).clamp(ZOOM_MIN, ZOOM_MAX);
        self.origin = Point::new(held.x - at.x / self.zoom, held.y - at.y / self.zoom);
        self
    }

    /// Shows all of `bounds` where that can be read (`zoom_min`); else shows `focus` first.
    #[must_use]
    pub fn fit(mut self, bounds: &Rect, focus: &Rect, padding: Padding, zoom_min: f64) -> Self {
        let room_w = (self.width - 2.0 * padding.side).max(1.0);
        let room_h = (self.height - padding.top - padding.bottom).max(1.0);
        let whole = (room_w / bounds.w.max(1.0)).min(room_h / bounds.h.max(1.0));
        self.zoom = whole.clamp(zoom_min, FIT_MAX.max(zoom_min));
        self.origin.x = place(bounds.x, bounds.w, focus.x, focus.w, room_w / self.zoom)
            - padding.side / self.zoom;
        self.origin.y = place(bounds.y, bounds.h, focus.y, focus.h, room_h / self.zoom)
            - padding.top / self.zoom;
        self
    }
}

/// Room before the beginning of a focus that does not fit [world units].
const EDGE: f64 = 16.0;

/// Start of the part seen along one axis: the middle of all, or the focus kept within all.
fn place(start: f64, length: f64, focus: f64, focus_length: f64, room: f64) -> f64 {
    if length <= room {
        return start - (room - length) / 2.0;
    }
    // of a focus that does not fit its beginning is seen: the head of a card says what it is
    let wanted = if focus_length > room {
        focus - EDGE
    } else {
        focus + focus_length / 2.0 - room / 2.0
    };
    wanted.clamp(start, start + length - room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let camera = Camera::new(800.0, 600.0)
            .panned(31.0, -7.0)
            .zoomed(1.7, Point::new(40.0, 50.0));
        let at = Point::new(12.5, 99.0);
        assert!(camera.to_world(camera.to_screen(at)).distance(at) < 1e-9);
    }

    #[test]
    fn the_point_under_the_pointer_stays() {
        let at = Point::new(200.0, 100.0);
        let camera = Camera::new(800.0, 600.0);
        let held = camera.to_world(at);
        assert!(camera.zoomed(2.0, at).to_world(at).distance(held) < 1e-9);
        let far = camera.zoomed(1e9, at);
        assert!((far.zoom - ZOOM_MAX).abs() < 1e-9);
    }

    #[test]
    fn all_is_seen_where_it_can_be_read() {
        let bounds = Rect::new(-40.0, 10.0, 900.0, 500.0);
        let camera = Camera::new(820.0, 560.0).fit(&bounds, &bounds, Padding::default(), 0.5);
        let seen = camera.rect(&bounds);
        assert!(
            Rect::new(0.0, 0.0, 820.0, 560.0).around(&seen) == Rect::new(0.0, 0.0, 820.0, 560.0)
        );
    }

    #[test]
    fn what_does_not_fit_shows_its_focus() {
        let bounds = Rect::new(0.0, 0.0, 900.0, 500.0);
        let focus = Rect::new(300.0, 0.0, 240.0, 400.0);
        let camera = Camera::new(390.0, 500.0).fit(&bounds, &focus, Padding::default(), 0.9);
        let seen = camera.rect(&focus);
        assert!(seen.x >= 0.0 && seen.right() <= 390.0, "{seen:?}");
        let low = Camera::new(390.0, 200.0).fit(&bounds, &focus, Padding::default(), 0.9);
        let seen = low.rect(&focus);
        assert!((0.0..60.0).contains(&seen.y), "its head is seen: {seen:?}");
    }
}
