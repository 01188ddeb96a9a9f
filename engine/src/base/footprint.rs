//! How much memory a state takes, measured by what its canonical encoding writes.
//!
//! Every part of the world is `Hash`, so a hasher that only counts knows all of it, the parts of
//! later services included. Memory is laid out with more room than the encoding needs: padding,
//! spare capacity, nodes of trees, headers of allocations. Over the worlds of the scenarios and
//! one of a thousand shards the process grew by 1.0 to 1.5 times the bytes written, so a half is
//! added.
//!
//! What copies share (sealed chunks, blocks of histograms) is named piece by piece and counted once.

use std::fmt;
use std::hash::{Hash, Hasher};

/// Takes note of a shared piece: a number that no other piece in memory has, and its size.
pub type See<'a> = dyn FnMut(usize, Piece<'_>) + 'a;

/// The size of a shared piece, worked out by whoever needs it: most pieces are known.
#[derive(Clone, Copy)]
pub struct Piece<'a> {
    /// What a footprint counts of it, by its canonical encoding [B].
    pub encoded: &'a dyn Fn() -> u64,
    /// What it takes in memory [B].
    pub bytes: &'a dyn Fn() -> u64,
}

impl fmt::Debug for Piece<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} B, {} B encoded", (self.bytes)(), (self.encoded)())
    }
}

/// Bytes of the header and the fields of a shared piece, whatever it holds.
pub const PIECE_BYTES: u64 = 64;

/// A hasher that counts the bytes written.
#[derive(Clone, Copy, Debug, Default)]
pub struct Footprint(u64);

impl Footprint {
    /// The memory that a value takes, about [B]; what lies behind a sealed chunk is not counted.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut counted = Self::default();
        value.hash(&mut counted);
        counted.0 + counted.0 / 2
    }
}

macro_rules! counts {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline]
        fn $name(&mut self, _: $type) {
            self.0 += size_of::<$type>() as u64;
        }
    )*};
}

impl Hasher for Footprint {
    fn finish(&self) -> u64 {
        self.0
    }

    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        self.0 += bytes.len() as u64;
    }

    counts! {
        write_u8(u8), write_u16(u16), write_u32(u32), write_u64(u64), write_u128(u128),
        write_i8(i8), write_i16(i16), write_i32(i32), write_i64(i64), write_i128(i128),
        write_usize(usize), write_isize(isize),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_written_and_half_as_much_again() {
        assert_eq!(Footprint::of(&7_u64), 12);
        assert_eq!(
            Footprint::of(&[1_u64; 100]),
            1_212,
            "with the length of a slice"
        );
        let list: Vec<(u32, u64)> = vec![(1, 2); 10];
        assert_eq!(Footprint::of(&list), (8 + 10 * 12) * 3 / 2);
    }
}
