//! Pieces of memory that several copies of the world share: in how many they are, and what they take.

use crate::base::footprint::Piece;
use crate::base::sorted::order;

/// A piece.
#[derive(Clone, Copy, Debug)]
struct Known {
    /// A number that no other piece in memory has.
    piece: usize,
    /// What it takes [B].
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
}

impl Pieces {
    fn find(&self, piece: usize) -> Option<usize> {
        let at = self.known.partition_point(|known| known.piece < piece);
        let known = self.known.get(at)?;
        (known.piece == piece).then_some(at)
    }

    /// Begins with a new copy, whose pieces follow.
    pub(super) fn begin(&mut self) {
        self.newest += 1;
    }

    /// Takes a piece of the new copy.
    pub(super) fn take(&mut self, piece: usize, size: &dyn Fn() -> Piece) {
        let seen = self.newest;
        match self.find(piece) {
            Some(at) => {
                let known = &mut self.known[at];
                known.copies += 1;
                known.seen = seen;
            }
            None => self.fresh.push(Known {
                piece,
                bytes: size().bytes,
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
        let known = self.find(piece).map(|at| &mut self.known[at]);
        known.map_or(0, |known| {
            known.copies = known.copies.saturating_sub(1);
            let freed = known.copies == 0 && known.seen != newest;
            if freed { known.bytes } else { 0 }
        })
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

    fn copy(pieces: &mut Pieces, all: &[usize]) {
        pieces.begin();
        for piece in all {
            pieces.take(*piece, &|| Piece::of(*piece as u64));
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
