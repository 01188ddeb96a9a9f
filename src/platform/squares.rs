//! Squares by colour, as few boxes as they can be painted as.
//!
//! A colour is set once for all its squares, and squares of one opaque colour that touch or overlap in a row of pixels
//! are one box: a crowd of marks covers the same pixels again and again. What is painted is the same.

use millrace_engine::scene::list::Op;
use millrace_engine::scene::shapes::Rect;
use millrace_engine::scene::theme::{Ink, Tone};

/// Fewer squares of a colour are painted as they are.
const FEW: usize = 24;
/// Pixels are counted from here, so that none is negative.
const BEFORE: f64 = 1_048_576.0;

/// Squares by (tone, whether they are opaque), and where two numbers and boxes are put while they are joined.
#[derive(Debug, Default)]
pub(crate) struct Squares {
    heaps: Vec<((Tone, bool), Vec<(f32, Rect)>)>,
    order: Vec<(u64, u32)>,
    joined: Vec<Rect>,
}

impl Squares {
    /// Takes a run of squares; other operations are passed over.
    pub(crate) fn take(&mut self, ops: &[Op]) {
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
    pub(crate) fn paint(&mut self, mut paint: impl FnMut(Ink, &Rect)) {
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
