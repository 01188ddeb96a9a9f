//! Squares by colour, as few boxes as they can be painted as.
//!
//! A colour is set once for all its squares, and squares of one opaque colour that touch or overlap in a row of pixels
//! are one box: a crowd of marks covers the same pixels again and again. What is painted is the same.

use super::list::Op;
use super::shapes::Rect;
use super::theme::{Ink, Tone};

/// Fewer squares of a colour are painted as they are.
const FEW: usize = 24;
/// Pixels are counted from here, so that none is negative.
const BEFORE: f64 = 1_048_576.0;

/// A tone, and whether it is opaque.
type Kind = (Tone, bool);
/// Squares of one kind, each with how much of it is seen.
type Heap = Vec<(f32, Rect)>;

/// Squares by (tone, whether they are opaque), and where two numbers and boxes are put while they are joined.
#[derive(Debug, Default)]
pub struct Squares {
    heaps: Vec<(Kind, Heap)>,
    order: Vec<(u64, u32)>,
    joined: Vec<Rect>,
}

impl Squares {
    /// Takes a run of squares; other operations are passed over.
    pub fn take(&mut self, ops: &[Op]) {
        for (_, heap) in &mut self.heaps {
            heap.clear();
        }
        let mut last = 0;
        for op in ops {
            let Op::Rect { rect, fill } = op else {
                continue;
            };
            let key = (fill.tone, fill.alpha >= 1.0);
            if self.heaps.get(last).is_none_or(|(of, _)| *of != key) {
                let found = self.heaps.iter().position(|(of, _)| *of == key);
                last = found.unwrap_or_else(|| {
                    self.heaps.push((key, Vec::new()));
                    self.heaps.len() - 1
                });
            }
            self.heaps[last].1.push((fill.alpha, *rect));
        }
        self.heaps.sort_unstable_by_key(|(key, _)| *key);
    }

    /// Gives the boxes in order of colour; rims (the colour of cards) come first, so that they lie below.
    pub fn paint(&mut self, mut paint: impl FnMut(Ink, &Rect)) {
        let Self {
            heaps,
            order,
            joined,
        } = self;
        for ((tone, opaque), heap) in heaps {
            if !*opaque || heap.len() < FEW {
                for (alpha, rect) in heap.iter() {
                    let (tone, alpha) = (*tone, *alpha);
                    paint(Ink { tone, alpha }, rect);
                }
                continue;
            }
            join(heap, order, joined);
            for rect in joined.iter() {
                paint((*tone).into(), rect);
            }
        }
    }
}

/// Joins what touches in a row.
fn join(heap: &[(f32, Rect)], order: &mut Vec<(u64, u32)>, joined: &mut Vec<Rect>) {
    let key = |rect: &Rect| ((rect.y + BEFORE) as u64) << 32 | (rect.x + BEFORE) as u64;
    order.clear();
    order.extend(heap.iter().zip(0..).map(|((_, rect), ix)| (key(rect), ix)));
    order.sort_unstable();
    joined.clear();
    for (_, ix) in order.iter() {
        let rect = heap[*ix as usize].1;
        match joined.last_mut() {
            Some(last)
                if last.y == rect.y
                    && last.h == rect.h
                    && rect.x >= last.x
                    && rect.x <= last.right() =>
            {
                last.w = last.w.max(rect.right() - last.x);
            }
            _ => joined.push(rect),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    const WIDE: usize = 64;

    fn square(x: f64, y: f64, size: f64, ink: impl Into<Ink>) -> Op {
        Op::Rect {
            rect: Rect::new(x, y, size, size),
            fill: ink.into(),
        }
    }

    /// The colour of each pixel after painting.
    fn pixels(boxes: &[(Ink, Rect)]) -> Vec<Option<Tone>> {
        let mut all = vec![None; WIDE * WIDE];
        for (ink, rect) in boxes {
            for y in rect.y as usize..rect.bottom() as usize {
                for x in rect.x as usize..rect.right() as usize {
                    all[y * WIDE + x] = Some(ink.tone);
                }
            }
        }
        all
    }

    fn painted(ops: &[Op]) -> Vec<(Ink, Rect)> {
        let (mut squares, mut out) = (Squares::default(), Vec::new());
        squares.take(ops);
        squares.paint(|ink, rect| out.push((ink, *rect)));
        out
    }

    #[test]
    fn a_crowd_covers_the_same_pixels_in_fewer_boxes() {
        let mut rng = Rng::stream(11, 0, "squares");
        let mut below = |bound: u64| rng.below(bound) as f64;
        let mut ops = Vec::new();
        for k in 0..400_u32 {
            let (x, y) = (below(56), below(56));
            ops.push(square(x, y, 7.0, Tone::Panel));
            ops.push(square(x, y, 5.0, Tone::Key((k % 4) as u8)));
        }
        let mut plain: Vec<(Ink, Rect)> = ops
            .iter()
            .filter_map(|op| match op {
                Op::Rect { rect, fill } => Some((*fill, *rect)),
                _ => None,
            })
            .collect();
        plain.sort_by_key(|(ink, _)| ink.tone);
        let boxes = painted(&ops);
        assert_eq!(pixels(&boxes), pixels(&plain));
        assert!(boxes.len() < 600, "{} boxes of 800", boxes.len());
    }

    #[test]
    fn what_fades_is_painted_as_it_is_and_below_what_does_not() {
        let ops = [
            square(4.0, 4.0, 4.0, Tone::Key(1)),
            square(4.0, 4.0, 4.0, Tone::Key(1).alpha(0.5)),
            square(6.0, 4.0, 4.0, Tone::Key(1).alpha(0.25)),
            square(0.0, 0.0, 9.0, Tone::Panel),
        ];
        let alphas: Vec<f32> = painted(&ops).iter().map(|(ink, _)| ink.alpha).collect();
        assert_eq!(alphas, [1.0, 0.5, 0.25, 1.0]);
    }
}
