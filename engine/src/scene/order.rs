//! The order in which operations are painted: a text that nothing covers may wait, so that texts of one font come
//! together. Setting a font is the dearest thing that a painter asks of a browser; what is painted is the same.

use super::list::{Align, Op, Stroke, Weight};
use super::shapes::{Point, Rect};

/// How much a shadow reaches beyond its box [px].
const SHADOW: f64 = 12.0;
/// Letters reach so much of their size below the base line.
const BELOW: f64 = 0.4;

/// Where the order is worked out.
#[derive(Debug, Default)]
pub struct Order {
    /// What covers what lies before it.
    covers: Vec<Rect>,
    /// Places of texts that wait, each with its font.
    late: Vec<(Font, usize)>,
    /// Whether the operation at a place waits.
    waits: Vec<bool>,
}

/// Size, whether it is bold, where its point lies.
type Font = (u64, bool, u8);

impl Order {
    /// Gives all operations, in an order that paints what the given one paints.
    pub fn paint<'a>(&mut self, ops: &'a [Op], mut paint: impl FnMut(&'a Op)) {
        self.find(ops);
        for (op, waits) in ops.iter().zip(&self.waits) {
            if !waits {
                paint(op);
            }
        }
        for (_, place) in &self.late {
            paint(&ops[*place]);
        }
    }

    /// Finds what may wait.
    fn find(&mut self, ops: &[Op]) {
        self.covers.clear();
        self.late.clear();
        self.waits.clear();
        self.waits.resize(ops.len(), false);
        for (place, op) in ops.iter().enumerate().rev() {
            let reach = reach(op);
            match font(op) {
                Some(font) if !self.covers.iter().any(|cover| cover.overlaps(&reach)) => {
                    self.late.push((font, place));
                    self.waits[place] = true;
                }
                _ => self.covers.push(reach),
            }
        }
        self.late.sort_unstable();
    }
}

/// The font of a text.
fn font(op: &Op) -> Option<Font> {
    let Op::Text {
        size,
        weight,
        align,
        ..
    } = op
    else {
        return None;
    };
    let align = match align {
        Align::Left => 0,
        Align::Centre => 1,
        Align::Right => 2,
    };
    Some((size.to_bits(), *weight == Weight::Bold, align))
}

/// A box around all that an operation may paint.
fn reach(op: &Op) -> Rect {
    let edge = |stroke: &Option<Stroke>| stroke.map_or(0.0, |stroke| stroke.width);
    match op {
        Op::Dots { .. } => Rect::new(-1e9, -1e9, 2e9, 2e9),
        Op::RoundRect {
            rect,
            stroke,
            shadow,
            ..
        } => rect.grown(edge(stroke) + if *shadow { SHADOW } else { 0.0 }),
        Op::Rect { rect, .. } => *rect,
        Op::Line { from, to, stroke } => around(&[*from, *to]).grown(stroke.width),
        Op::Bezier { cubic, stroke } => {
            around(&[cubic.from, cubic.c1, cubic.c2, cubic.to]).grown(stroke.width)
        }
        Op::Polyline { points, stroke, .. } => around(points).grown(edge(stroke)),
        Op::Circle {
            centre,
            radius,
            stroke,
            ..
        } => around(&[*centre]).grown(radius + edge(stroke)),
        Op::Text {
            at,
            size,
            align,
            room,
            ..
        } => {
            let x = match align {
                Align::Left => at.x,
                Align::Centre => at.x - room / 2.0,
                Align::Right => at.x - room,
            };
            Rect::new(x, at.y - size, *room, size * (1.0 + BELOW))
        }
        Op::Icon { at, size, .. } => Rect::new(at.x, at.y, *size, *size),
    }
}

/// A box around points.
fn around(points: &[Point]) -> Rect {
    let least = |of: fn(&Point) -> f64| points.iter().map(of).fold(f64::INFINITY, f64::min);
    let most = |of: fn(&Point) -> f64| points.iter().map(of).fold(f64::NEG_INFINITY, f64::max);
    let (x, y) = (least(|at| at.x), least(|at| at.y));
    Rect::new(x, y, most(|at| at.x) - x, most(|at| at.y) - y)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;
    use crate::scene::theme::Tone;

    fn text(x: f64, y: f64, size: f64, weight: Weight) -> Op {
        Op::Text {
            at: Point::new(x, y),
            text: "900".into(),
            size,
            weight,
            align: Align::Left,
            ink: Tone::Text.into(),
            room: 30.0,
        }
    }

    fn plate(rect: Rect) -> Op {
        Op::RoundRect {
            rect,
            radius: 2.0,
            fill: Some(Tone::Panel.into()),
            stroke: None,
            shadow: false,
        }
    }

    fn ordered(ops: &[Op]) -> Vec<Op> {
        let mut out = Vec::new();
        Order::default().paint(ops, |op| out.push(op.clone()));
        out
    }

    #[test]
    fn texts_of_one_font_come_together() {
        let row = |y: f64| {
            [
                text(0.0, y, 11.0, Weight::Bold),
                text(40.0, y, 10.0, Weight::Regular),
            ]
        };
        let ops: Vec<Op> = (0..20).flat_map(|n| row(f64::from(n) * 20.0)).collect();
        let fonts = ordered(&ops).iter().filter_map(font).collect::<Vec<_>>();
        assert_eq!(fonts.chunk_by(|a, b| a == b).count(), 2);
        assert_eq!(fonts.len(), 40);
    }

    #[test]
    fn what_lies_under_a_plate_stays_there() {
        let under = text(0.0, 10.0, 11.0, Weight::Bold);
        let over = text(2.0, 11.0, 10.0, Weight::Bold);
        let ops = [
            under.clone(),
            plate(Rect::new(-1.0, 0.0, 60.0, 14.0)),
            over.clone(),
        ];
        assert_eq!(ordered(&ops), ops);
        let beside = [
            text(100.0, 10.0, 11.0, Weight::Bold),
            plate(Rect::new(-1.0, 0.0, 60.0, 14.0)),
        ];
        let [first, second] = beside.clone();
        assert_eq!(ordered(&beside), [second, first], "nothing covers it");
    }

    /// Which operation each pixel shows, boxes as wide as they reach; texts count as painted through.
    fn seen(ops: &[Op]) -> Vec<(usize, usize)> {
        const WIDE: usize = 80;
        let mut pixels = vec![Vec::new(); WIDE * WIDE];
        for op in ops {
            let rect = reach(op);
            for y in rect.y.max(0.0) as usize..(rect.bottom() as usize).min(WIDE) {
                for x in rect.x.max(0.0) as usize..(rect.right() as usize).min(WIDE) {
                    let shown: &mut Vec<&Op> = &mut pixels[y * WIDE + x];
                    if font(op).is_none() {
                        shown.clear(); // it hides what lies under it
                    }
                    shown.push(op);
                }
            }
        }
        let texts = |shown: &Vec<&Op>| shown.iter().filter(|op| font(op).is_some()).count();
        pixels
            .iter()
            .map(|shown| (texts(shown), shown.len()))
            .collect()
    }

    #[test]
    fn every_text_that_was_seen_is_seen_and_no_other() {
        let mut rng = Rng::stream(5, 0, "order");
        let mut below = |bound: u64| rng.below(bound) as f64;
        let mut moved = 0;
        for _ in 0..60 {
            let mut ops = Vec::new();
            for k in 0..30_u32 {
                let (x, y) = (below(70), below(70));
                if k % 3 == 0 {
                    ops.push(plate(Rect::new(x, y, below(30) + 1.0, below(20) + 1.0)));
                } else {
                    ops.push(text(x, y, 8.0 + f64::from(k % 2), Weight::Bold));
                }
            }
            let painted = ordered(&ops);
            assert_eq!(seen(&painted), seen(&ops));
            moved += usize::from(painted != ops);
        }
        assert!(moved > 40, "texts do wait: {moved} of 60");
    }
}
