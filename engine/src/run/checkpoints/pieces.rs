//! Pieces of memory that several copies of the world share: in how many they are, and what they take.

use crate::base::sorted::order;

/// A piece.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// A number that no other piece in memory has.
    piece: usize,
    /// What it takes, as it was when it was largest: the newest pieces of a log grow [B].
    bytes: u64,
    /// In how many copies it is.
    copies: u32,
    /// The last copy that named it.
    seen: u64,
}

/// All pieces of all copies.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    /// By number.
    known: Vec<Known>,
    /// Those of the newest copy that no other one has.
    fresh: Vec<Known>,
    /// Number of the newest copy.
    newest: u64,
    /// Where the last one was found: the next one lies near it.
    near: usize,
}

impl Pieces {
    /// Where a piece stands. Pieces of a copy are named nearly as they lie in memory: it looks in steps that double
    /// from where the last one was, and halves what is left.
    fn find(&mut self, piece: usize) -> Option<usize> {
        let (known, from) = (&self.known, self.near);
        let above = known.get(from).is_some_and(|known| known.piece <= piece);
        let (mut low, mut high, mut step) = (from, from, 1);
        if above {
            while known.get(high).is_some_and(|known| known.piece <= piece) {
                (low, high, step) = (high, high + step, step * 2);
            }
        } else {
            while known.get(low).is_none_or(|known| known.piece > piece) && low > 0 {
                (low, high, step) = (low.saturating_sub(step), low, step * 2);
            }
        }
        let (low, high) = (low.min(known.len()), high.min(known.len()));
        let behind = known[low..high].partition_point(|known| known.piece <= piece);
        let at = (low + behind).checked_sub(1)?;
        self.near = at;
        (known[at].piece == piece).then_some(at)
    }

    /// Begins with a new copy, whose pieces follow.
    pub(super) fn begin(&mut self) {
        self.newest += 1;
    }

    /// Takes a piece of the new copy.
    pub(super) fn take(&mut self, piece: usize, bytes: &dyn Fn() -> u64) {
        let seen = self.newest;
        match self.find(piece) {
            Some(at) => {
                let known = &mut self.known[at];
                known.copies += 1;
                known.seen = seen;
                known.bytes = known.bytes.max(bytes());
            }
            None => self.fresh.push(Known {
                piece,
                bytes: bytes(),
                copies: 1,
                seen,
            }),
        }
    }

    /// Ends the new copy.
    pub(super) fn end(&mut self) {
        self.known.append(&mut self.fresh);
        order::sort_by_key(&mut self.known, |known| known.piece);
        // one that the new copy named twice
        self.known.dedup_by(|next, kept| {
            let same = next.piece == kept.piece;
            kept.copies += if same { next.copies } else { 0 };
            same
        });
    }

    /// Gives a piece of a copy back that goes; gives what that frees, if the newest one does not have it too [B].
    pub(super) fn give_back(&mut self, piece: usize) -> u64 {
        let newest = self.newest;
        let Some(at) = self.find(piece) else {
            return 0;
        };
        let known = &mut self.known[at];
        known.copies = known.copies.saturating_sub(1);
        let freed = known.copies == 0 && known.seen != newest;
        if freed { known.bytes } else { 0 }
    }

    /// Forgets those that no copy has.
    pub(super) fn forget(&mut self) {
        self.known.retain(|known| known.copies > 0);
    }

    /// What those take that the newest copy does not have [B].
    pub(super) fn beside_newest(&self) -> u64 {
        let beside = self.known.iter().filter(|known| known.seen != self.newest);
        beside.map(|known| known.bytes).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::rng::Rng;

    #[test]
    fn any_piece_is_found_from_anywhere() {
        let mut pieces = Pieces::default();
        let all: Vec<usize> = (1..200).map(|n| n * 3).collect();
        copy(&mut pieces, &all);
        let mut rng = Rng::stream(8, 0, "pieces");
        for _ in 0..20_000 {
            let wanted = rng.below(610) as usize;
            let found = pieces.find(wanted).map(|at| pieces.known[at].piece);
            let there = wanted.is_multiple_of(3) && (3..600).contains(&wanted);
            assert_eq!(found, there.then_some(wanted));
        }
        assert_eq!(Pieces::default().find(7), None);
    }

    fn copy(pieces: &mut Pieces, all: &[usize]) {
        pieces.begin();
        for piece in all {
            pieces.take(*piece, &|| *piece as u64);
        }
        pieces.end();
    }

    #[test]
    fn a_piece_counts_once_and_not_while_the_newest_copy_has_it() {
        let mut pieces = Pieces::default();
        copy(&mut pieces, &[30, 10, 20]);
        assert_eq!(pieces.beside_newest(), 0);
        copy(&mut pieces, &[20, 40]);
        assert_eq!(pieces.beside_newest(), 30 + 10);
        copy(&mut pieces, &[50, 20, 50]);
        assert_eq!(pieces.beside_newest(), 30 + 10 + 40);
        // the first one goes: 20 is in others
        let freed: u64 = [30, 10, 20]
            .map(|piece| pieces.give_back(piece))
            .iter()
            .sum();
        pieces.forget();
        assert_eq!((freed, pieces.beside_newest()), (40, 40));
        // the newest one goes, piece by piece as it was taken
        let freed: u64 = [50, 20, 50]
            .map(|piece| pieces.give_back(piece))
            .iter()
            .sum();
        pieces.forget();
        assert_eq!(
            (freed, pieces.known.len()),
            (0, 2),
            "20 and 40 of the second one"
        );
        // what lies where something else lay is new
        copy(&mut pieces, &[50]);
        assert_eq!(pieces.beside_newest(), 20 + 40);
    }
}
