//! UpdateShardCount with UNIFORM_SCALING: which shards are split and merged, in which order.
//!
//! "Uniform scaling creates shards of equal size" (API-kin). In 2023 the service was seen to walk
//! along the ring, to split where an even range must end and to merge what lies between:
//!
//! ```text
//!   4 to 3   [  0  |  1  |  2  |  3  ]   1 -> 4 5   0 4 -> 6   2 -> 7 8   5 7 -> 9   8 3 -> 10
//!            [   6   |   9   |  10   ]   (risingwave #9961, 2023-05: 6, 9 and 10 were open)
//! ```
//!
//! Suites of before, which say that their totals are those of AWS, know fewer shards on the way:
//! up, each shard is split once and neighbours are merged; down, pairs are merged from the lowest
//! range on. That ends even only where one cut a shard can make it so. Which of the two holds is a
//! matter of the design's rules ([`figures::EVEN_SHARDS`]).

use super::ring::{even_start, middle};
use super::{Config, Kinesis, figures};
use crate::services::cx::Cx;

/// An open shard: number, first and last key.
type Piece = (u32, u128, u128);

/// A border that lies this near to an even one, as a part of the even width, is even: splits by
/// hand round down where even ranges do not.
const NEAR: u128 = 1 << 20;

impl Kinesis {
    /// Makes `target` open shards.
    pub(super) fn scale(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        if cx.figure(&figures::EVEN_SHARDS) == 1 {
            self.even_out(config, target, cx);
        } else if target as usize > self.open.len() {
            self.grow(config, target, cx);
        } else {
            self.shrink(config, target, cx);
        }
    }

    /// Splits where an even range must end, and merges what lies between, from the lowest key on.
    fn even_out(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        let pieces = self.by_range();
        let mut borders = borders(&pieces, target).into_iter().peekable();
        let mut left = None;
        for mut piece in pieces {
            while let Some(key) = borders.next_if(|key| *key <= piece.2) {
                let (low, high) = self.cut(config, piece, key, cx);
                self.join(config, left.take(), low, cx);
                piece = high;
            }
            left = Some(self.join(config, left.take(), piece, cx));
            if piece.2.checked_add(1) == borders.peek().copied() {
                borders.next();
                left = None;
            }
        }
    }

    fn cut(
        &mut self,
        config: &Config,
        piece: Piece,
        key: u128,
        cx: &mut Cx<'_, '_>,
    ) -> (Piece, Piece) {
        let low = self.next_id;
        self.split(config, piece.0, key, cx);
        ((low, piece.1, key - 1), (low + 1, key, piece.2))
    }

    /// Merges a piece with what lies left of it, if anything does.
    fn join(
        &mut self,
        config: &Config,
        left: Option<Piece>,
        right: Piece,
        cx: &mut Cx<'_, '_>,
    ) -> Piece {
        let Some(left) = left else {
            return right;
        };
        let merged = self.next_id;
        self.merge(config, left.0, right.0, cx);
        (merged, left.1, right.2)
    }

    /// Splits every open shard once, then merges neighbours until `target` are left. Cuts go where
    /// even ranges need them, so the end is even where one cut a shard can make it so.
    fn grow(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        for (shard, from, to) in self.by_range() {
            if let Some(key) = best_cut(from, to, target) {
                self.split(config, shard, key, cx);
            }
        }
        let even: Vec<u128> = (0..target).map(|i| even_start(i, target)).collect();
        let mut pieces = self.by_range();
        while pieces.len() > target as usize {
            let spare = |ix: &usize| even.binary_search(&pieces[*ix].1).is_err();
            let width = |ix: &usize| pieces[*ix].2 - pieces[*ix - 1].1;
            let cuts = 1..pieces.len();
            let best = cuts.clone().filter(spare).min_by_key(width);
            let Some(ix) = best.or_else(|| cuts.min_by_key(width)) else {
                break;
            };
            let left = Some(pieces[ix - 1]);
            pieces[ix - 1] = self.join(config, left, pieces[ix], cx);
            pieces.remove(ix);
        }
    }

    /// Merges pairs of neighbours from the lowest range on until `target` are left.
    fn shrink(&mut self, config: &Config, target: u32, cx: &mut Cx<'_, '_>) {
        let open = self.by_range();
        let merges = open.len().saturating_sub(target as usize);
        for pair in open.chunks_exact(2).take(merges) {
            self.merge(config, pair[0].0, pair[1].0, cx);
        }
    }
}

/// Where `target` even ranges begin, but for the first: at borders that are there already where
/// they lie near enough.
fn borders(pieces: &[Piece], target: u32) -> Vec<u128> {
    let near = u128::MAX / u128::from(target.max(1)) / NEAR;
    let snapped = |key: u128| {
        let ix = pieces.partition_point(|piece| piece.1 < key);
        let around = pieces[ix.saturating_sub(1)..].iter().take(2);
        let there = around
            .map(|piece| piece.1)
            .find(|there| there.abs_diff(key) <= near);
        there.unwrap_or(key)
    };
    (1..target)
        .map(|i| snapped(even_start(i, target)))
        .collect()
}

/// Where to cut the range so that `target` even ranges come nearer: the even border inside it
/// that lies nearest to its middle, else the middle. `None` for a range of one key.
fn best_cut(from: u128, to: u128, target: u32) -> Option<u128> {
    if from == to {
        return None;
    }
    let half = middle(from, to).max(from + 1);
    // the even border at or below `at` has about this number; look at its neighbours
    let near = |at: u128| (at / (u128::MAX / u128::from(target.max(1)))) as u32;
    let low = near(from).saturating_sub(1);
    let high = near(to).saturating_add(2).min(target);
    let inside = (low..high)
        .map(|i| even_start(i, target))
        .filter(|key| from < *key && *key <= to);
    Some(inside.min_by_key(|key| key.abs_diff(half)).unwrap_or(half))
}
