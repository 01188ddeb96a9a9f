//! The digest of a world: the lanes of XXH64 over a canonical encoding, as a [`Hasher`].
//!
//! `#[derive(Hash)]` on a state type says what is digested; this hasher says how. Every number
//! goes in little-endian at its own width, `usize` and `isize` as 64 bits, so that a 32-bit
//! WebAssembly build and a 64-bit native one digest alike. The bytes form one stream: the result
//! depends on the concatenated bytes alone, not on how calls split them (`write_u16` twice is
//! `write_u32` once). What separates fields is therefore the encoding: the length that slices,
//! strings and maps write, and an enum's discriminant.
//!
//! One trap: the standard library hashes a *slice* of integers as raw memory, so a `Vec<usize>`
//! would differ between builds. State holds `u32` or `u64` instead.
//!
//! XXH64 keeps four independent lanes, each a 64-bit multiply, rotate, multiply per word, which
//! WebAssembly has as single instructions. Here every word is mixed into the lane whose turn it is as
//! soon as it is whole, the words of the last stripe too, so nothing is gathered. For whole stripes with
//! less than a word behind them, and for less than a word, the digest is XXH64's. Source: the xxHash
//! specification, version 0.1.1, <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.

use std::fmt;
use std::hash::{Hash, Hasher};

const P1: u64 = 0x9E37_79B1_85EB_CA87;
const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
const P3: u64 = 0x1656_67B1_9E37_79F9;
const P4: u64 = 0x85EB_CA77_C2B2_AE63;
const P5: u64 = 0x27D4_EB2F_1656_67C5;

/// Bytes of a word.
const WORD: usize = 8;

/// A 64-bit digest in the making: XXH64's lanes, with seed 0.
///
/// All it holds are a few numbers, and every write is a few steps without a loop or a call: in a loop over many
/// values the compiler keeps them in registers. What stands at a whole word of the stream takes the short way.
#[derive(Clone, Debug)]
pub struct Digest {
    /// The lane whose turn is next stands first.
    lanes: [u64; 4],
    /// The bytes behind the last whole word, the first one lowest; zeros above.
    part: u64,
    /// Bytes written.
    bytes: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self::new()
    }
}

impl Digest {
    /// The digest of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            lanes: [P1.wrapping_add(P2), P2, 0, 0u64.wrapping_sub(P1)],
            part: 0,
            bytes: 0,
        }
    }

    /// The digest of one value.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut digest = Self::new();
        value.hash(&mut digest);
        digest.finish()
    }

    /// Bits of the part.
    #[inline(always)]
    fn bits(&self) -> u32 {
        (self.bytes % WORD as u64) as u32 * 8
    }

    /// Mixes a word of the stream in.
    #[inline(always)]
    fn mix(&mut self, word: u64) {
        let [a, b, c, d] = self.lanes;
        self.lanes = [b, c, d, round(a, word)];
    }

    /// A number of 64 bits.
    #[inline(always)]
    fn wide(&mut self, value: u64) {
        let bits = self.bits();
        self.bytes = self.bytes.wrapping_add(WORD as u64);
        let mut word = value;
        if bits != 0 {
            word = self.part | value << bits;
            self.part = value >> (u64::BITS - bits);
        }
        self.mix(word);
    }

    /// A number of less than 64 bits.
    #[inline(always)]
    fn narrow(&mut self, value: u64, bytes: u32) {
        let bits = self.bits();
        self.bytes = self.bytes.wrapping_add(bytes.into());
        let word = self.part | value << bits;
        if bits + bytes * 8 < u64::BITS {
            self.part = word;
        } else {
            self.part = (value >> 1) >> (u64::BITS - 1 - bits);
            self.mix(word);
        }
    }

    /// Less than a word.
    fn little(&mut self, bytes: &[u8]) {
        let value = bytes
            .iter()
            .rev()
            .fold(0, |value, byte| value << 8 | u64::from(*byte));
        self.narrow(value, bytes.len() as u32);
    }
}

fn merged(lanes: [u64; 4]) -> u64 {
    let [a, b, c, d] = lanes;
    let mut h = a
        .rotate_left(1)
        .wrapping_add(b.rotate_left(7))
        .wrapping_add(c.rotate_left(12))
        .wrapping_add(d.rotate_left(18));
    for lane in lanes {
        h = (h ^ round(0, lane)).wrapping_mul(P1).wrapping_add(P4);
    }
    h
}

#[inline]
fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(P2))
        .rotate_left(31)
        .wrapping_mul(P1)
}

/// Numbers at the width of their type, by way of the unsigned one of that width.
macro_rules! writes {
    ($($name:ident($type:ty, $unsigned:ty)),* $(,)?) => {$(
        #[inline(always)]
        fn $name(&mut self, i: $type) {
            self.narrow((i as $unsigned).into(), <$type>::BITS / 8);
        }
    )*};
}

/// Numbers that are encoded in 64 bits; the cast spreads the sign of an `isize`.
macro_rules! full_writes {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline(always)]
        fn $name(&mut self, i: $type) {
            self.wide(i as u64);
        }
    )*};
}

/// Numbers of two words, the low one first.
macro_rules! double_writes {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline(always)]
        fn $name(&mut self, i: $type) {
            self.wide(i as u64);
            self.wide((i >> u64::BITS) as u64);
        }
    )*};
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        let words = self.bytes / WORD as u64;
        let mut h = if words > 0 {
            let mut lanes = self.lanes;
            lanes.rotate_right((words % 4) as usize);
            merged(lanes)
        } else {
            P5
        };
        h = h.wrapping_add(self.bytes);
        let part = self.part.to_le_bytes();
        let (halves, rest) = part[..(self.bits() / 8) as usize].as_chunks();
        for half in halves {
            h ^= u64::from(u32::from_le_bytes(*half)).wrapping_mul(P1);
            h = h.rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
        }
        for byte in rest {
            h = (h ^ u64::from(*byte).wrapping_mul(P5))
                .rotate_left(11)
                .wrapping_mul(P1);
        }
        h = (h ^ (h >> 33)).wrapping_mul(P2);
        h = (h ^ (h >> 29)).wrapping_mul(P3);
        h ^ (h >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        // up to the next whole word of the stream: what follows is read word by word, wherever it lies
        let open = (WORD - (self.bits() / 8) as usize) % WORD;
        let (head, left) = bytes.split_at(open.min(bytes.len()));
        self.little(head);
        let (words, rest) = left.as_chunks::<WORD>();
        let (stripes, behind) = words.as_chunks::<4>();
        let mut lanes = self.lanes;
        for stripe in stripes {
            for (lane, word) in lanes.iter_mut().zip(stripe) {
                *lane = round(*lane, u64::from_le_bytes(*word));
            }
        }
        self.lanes = lanes;
        for word in behind {
            self.mix(u64::from_le_bytes(*word));
        }
        self.bytes = self.bytes.wrapping_add((words.len() * WORD) as u64);
        self.little(rest);
    }

    writes! {
        write_u8(u8, u8), write_u16(u16, u16), write_u32(u32, u32),
        write_i8(i8, u8), write_i16(i16, u16), write_i32(i32, u32),
    }

    full_writes! {
        write_u64(u64), write_i64(i64), write_usize(usize), write_isize(isize),
    }

    double_writes! {
        write_u128(u128), write_i128(i128),
    }
}

/// A digest as 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hex(
    /// The digest shown.
    pub u64,
);

impl fmt::Display for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

#[cfg(test)]
mod tests;
