//! Points, boxes and curves, in whatever unit the reader says: world units or CSS pixels.

/// A point; y grows downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Down.
    pub y: f64,
}

impl Point {
    /// A point.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The distance to another point.
    #[must_use]
    pub fn distance(self, other: Self) -> f64 {
        let (dx, dy) = (self.x - other.x, self.y - other.y);
        (dx * dx + dy * dy).sqrt() // exact everywhere, and one instruction
    }

    /// The point that lies `share` of the way to `other`.
    #[must_use]
    pub fn towards(self, other: Self, share: f64) -> Self {
        Self::new(
            self.x + (other.x - self.x) * share,
            self.y + (other.y - self.y) * share,
        )
    }
}

/// A box.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Upper edge.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// A box by its upper left corner and its size.
    #[must_use]
    pub const fn new(x: f64, y: f64, w: f64, h: f64) -> Self {
        Self { x, y, w, h }
    }

    /// Right edge.
    #[must_use]
    pub fn right(&self) -> f64 {
        self.x + self.w
    }

    /// Lower edge.
    #[must_use]
    pub fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The middle.
    #[must_use]
    pub fn centre(&self) -> Point {
        Point::new(self.x + self.w / 2.0, self.y + self.h / 2.0)
    }

    /// Whether the point lies inside or on an edge.
    #[must_use]
    pub fn holds(&self, at: Point) -> bool {
        at.x >= self.x && at.x <= self.right() && at.y >= self.y && at.y <= self.bottom()
    }

    /// Whether the two share more than an edge.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// The box made larger by `by` on every side.
    #[must_use]
    pub fn grown(&self, by: f64) -> Self {
        Self::new(
            self.x - by,
            self.y - by,
            self.w + 2.0 * by,
            self.h + 2.0 * by,
        )
    }

    /// The smallest box around both.
    #[must_use]
    pub fn around(&self, other: &Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = self.right().max(other.right());
        let bottom = self.bottom().max(other.bottom());
        Self::new(x, y, right - x, bottom - y)
    }
}

/// One cubic Bezier.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cubic {
    /// Where it starts.
    pub from: Point,
    /// First handle.
    pub c1: Point,
    /// Second handle.
    pub c2: Point,
    /// Where it ends.
    pub to: Point,
}

impl Cubic {
    /// The point at `t` of 0..1.
    #[must_use]
    pub fn at(&self, t: f64) -> Point {
        let u = 1.0 - t;
        let (a, b, c, d) = (u * u * u, 3.0 * u * u * t, 3.0 * u * t * t, t * t * t);
        Point::new(
            a * self.from.x + b * self.c1.x + c * self.c2.x + d * self.to.x,
            a * self.from.y + b * self.c1.y + c * self.c2.y + d * self.to.y,
        )
    }

    /// Its length, within a percent.
    #[must_use]
    pub fn length(&self) -> f64 {
        const STEPS: u32 = 12;
        (0..STEPS)
            .map(|k| {
                let t = |k: u32| f64::from(k) / f64::from(STEPS);
                self.at(t(k)).distance(self.at(t(k + 1)))
            })
            .sum()
    }
}

/// A curve of Beziers, end to end.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    /// The parts.
    pub parts: Vec<Cubic>,
}

impl Curve {
    /// A flat S from left to right, as wires between columns have it.
    #[must_use]
    pub fn across(from: Point, to: Point) -> Self {
        let reach = ((to.x - from.x).abs() * 0.5).clamp(24.0, 140.0);
        Self::one(Cubic {
            from,
            c1: Point::new(from.x + reach, from.y),
            c2: Point::new(to.x - reach, to.y),
            to,
        })
    }

    /// An upright S from above to below.
    #[must_use]
    pub fn down(from: Point, to: Point) -> Self {
        let reach = ((to.y - from.y).abs() * 0.5).clamp(12.0, 120.0);
        Self::one(Cubic {
            from,
            c1: Point::new(from.x, from.y + reach),
            c2: Point::new(to.x, to.y - reach),
            to,
        })
    }

    /// Straight lines through the corners, with round bends.
    #[must_use]
    pub fn through(corners: &[Point]) -> Self {
        let mut corners = corners.to_vec();
        corners.dedup_by(|a, b| a.distance(*b) < 1e-6);
        let mut parts = Vec::new();
        let Some(mut at) = corners.first().copied() else {
            return Self { parts };
        };
        for bend in corners.windows(3) {
            let (before, corner, after) = (bend[0], bend[1], bend[2]);
            let (near, far) = (corner.distance(before), corner.distance(after));
            let radius = (near / 2.0).min(far / 2.0).min(10.0);
            let enter = corner.towards(before, radius / near);
            let leave = corner.towards(after, radius / far);
            parts.push(straight(at, enter));
            parts.push(Cubic {
                from: enter,
                c1: enter.towards(corner, 0.6),
                c2: leave.towards(corner, 0.6),
                to: leave,
            });
            at = leave;
        }
        if let Some(last) = corners.last() {
            parts.push(straight(at, *last));
        }
        Self { parts }
    }

    /// A curve of one Bezier.
    #[must_use]
    pub fn one(cubic: Cubic) -> Self {
        Self { parts: vec![cubic] }
    }

    /// The point at `share` of 0..1 of the length.
    #[must_use]
    pub fn at(&self, share: f64) -> Point {
        if let [only] = self.parts.as_slice() {
            return only.at(share.clamp(0.0, 1.0));
        }
        let lengths: Vec<f64> = self.parts.iter().map(Cubic::length).collect();
        self.along(&lengths, lengths.iter().sum(), share)
    }

    /// The same where the lengths of the parts are known.
    fn along(&self, lengths: &[f64], total: f64, share: f64) -> Point {
        let mut left = share.clamp(0.0, 1.0) * total;
        for (part, length) in self.parts.iter().zip(lengths) {
            if left <= *length && *length > 0.0 {
                return part.at(left / length);
            }
            left -= length;
        }
        self.parts.last().map_or(Point::default(), |part| part.to)
    }

    /// The smallest distance to a point, within a pixel or two.
    #[must_use]
    pub fn distance(&self, at: Point) -> f64 {
        const STEPS: u32 = 32;
        self.parts
            .iter()
            .flat_map(|part| (0..=STEPS).map(|k| part.at(f64::from(k) / f64::from(STEPS))))
            .map(|point| point.distance(at))
            .fold(f64::INFINITY, f64::min)
    }
}

/// A curve with the lengths of its parts, for many points of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    curve: Curve,
    lengths: Vec<f64>,
    total: f64,
}

impl Measured {
    /// Measures a curve.
    #[must_use]
    pub fn of(curve: Curve) -> Self {
        let lengths: Vec<f64> = curve.parts.iter().map(Cubic::length).collect();
        Self {
            total: lengths.iter().sum(),
            curve,
            lengths,
        }
    }

    /// The length of all parts.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.total
    }

    /// The point at `share` of 0..1 of the length, as the curve itself gives it.
    #[must_use]
    pub fn at(&self, share: f64) -> Point {
        match self.curve.parts.as_slice() {
            [only] => only.at(share.clamp(0.0, 1.0)),
            _ => self.curve.along(&self.lengths, self.total, share),
        }
    }
}

fn straight(from: Point, to: Point) -> Cubic {
    Cubic {
        from,
        c1: from.towards(to, 1.0 / 3.0),
        c2: from.towards(to, 2.0 / 3.0),
        to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_begins_and_ends_where_it_says() {
        let (a, b) = (Point::new(0.0, 0.0), Point::new(100.0, 60.0));
        for curve in [
            Curve::across(a, b),
            Curve::down(a, b),
            Curve::through(&[a, Point::new(-20.0, 0.0), Point::new(-20.0, 60.0), b]),
        ] {
            assert!(curve.at(0.0).distance(a) < 1e-9);
            assert!(curve.at(1.0).distance(b) < 1e-6);
            assert!(curve.distance(curve.at(0.4)) < 4.0);
            assert_eq!(Measured::of(curve.clone()).at(0.4), curve.at(0.4));
        }
    }

    #[test]
    fn boxes_that_share_an_edge_do_not_overlap() {
        let a = Rect::new(0.0, 0.0, 10.0, 10.0);
        assert!(!a.overlaps(&Rect::new(10.0, 0.0, 10.0, 10.0)));
        assert!(a.overlaps(&Rect::new(9.0, 9.0, 10.0, 10.0)));
        assert!(a.holds(a.centre()));
    }
}
