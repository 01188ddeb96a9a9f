//! The digest of a world: XXH64 over a canonical encoding, as a [`Hasher`].
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
//! WebAssembly has as single instructions. Source: the xxHash specification, version 0.1.1,
//! <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>.

use std::fmt;
use std::hash::{Hash, Hasher};

const P1: u64 = 0x9E37_79B1_85EB_CA87;
const P2: u64 = 0xC2B2_AE3D_27D4_EB4F;
const P3: u64 = 0x1656_67B1_9E37_79F9;
const P4: u64 = 0x85EB_CA77_C2B2_AE63;
const P5: u64 = 0x27D4_EB2F_1656_67C5;

/// A 64-bit digest in the making: XXH64 with seed 0.
#[derive(Clone, Debug)]
pub struct Digest {
    lanes: [u64; 4],
    /// Whole words waiting for a stripe of four.
    words: [u64; 4],
    /// How many of `words` are set: 0..=3 between calls.
    held: usize,
    /// Bytes waiting for a whole word, the first in the lowest place.
    part: u64,
    /// How many bits of `part` are set: 0, 8 .. 56 between calls.
    part_bits: u32,
    /// Whole words seen.
    count: u64,
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
            words: [0; 4],
            held: 0,
            part: 0,
            part_bits: 0,
            count: 0,
        }
    }

    /// The digest of one value.
    #[must_use]
    pub fn of<T: Hash + ?Sized>(value: &T) -> u64 {
        let mut digest = Self::new();
        value.hash(&mut digest);
        digest.finish()
    }

    #[inline]
    fn word(&mut self, word: u64) {
        self.words[self.held] = word;
        self.count += 1;
        if self.held == 3 {
            self.held = 0;
            let words = self.words;
            self.stripe(words);
        } else {
            self.held += 1;
        }
    }

    #[inline]
    fn stripe(&mut self, words: [u64; 4]) {
        for (lane, word) in self.lanes.iter_mut().zip(words) {
            *lane = round(*lane, word);
        }
    }

    /// The low `bits` (8, 16 or 32) of `value`; the rest of it is zero.
    #[inline]
    fn small(&mut self, value: u64, bits: u32) {
        self.part |= value << self.part_bits;
        let filled = self.part_bits + bits;
        if filled < 64 {
            self.part_bits = filled;
            return;
        }
        let word = self.part;
        // What did not fit: nothing when the word was filled exactly.
        self.part = value >> (64 - self.part_bits);
        self.part_bits = filled - 64;
        self.word(word);
    }

    #[inline]
    fn full(&mut self, value: u64) {
        if self.part_bits == 0 {
            self.word(value);
        } else {
            let word = self.part | (value << self.part_bits);
            self.part = value >> (64 - self.part_bits);
            self.word(word);
        }
    }

    fn merged_lanes(&self) -> u64 {
        let [a, b, c, d] = self.lanes;
        let mut h = a
            .rotate_left(1)
            .wrapping_add(b.rotate_left(7))
            .wrapping_add(c.rotate_left(12))
            .wrapping_add(d.rotate_left(18));
        for lane in self.lanes {
            h = (h ^ round(0, lane)).wrapping_mul(P1).wrapping_add(P4);
        }
        h
    }
}

#[inline]
fn round(lane: u64, word: u64) -> u64 {
    lane.wrapping_add(word.wrapping_mul(P2))
        .rotate_left(31)
        .wrapping_mul(P1)
}

/// Numbers of 8 to 32 bits: cast to the unsigned type of their width, so that no sign is spread.
macro_rules! small_writes {
    ($($name:ident($type:ty: $unsigned:ty)),* $(,)?) => {$(
        #[inline]
        fn $name(&mut self, i: $type) {
            self.small(u64::from(i as $unsigned), <$unsigned>::BITS);
        }
    )*};
}

/// Numbers that are encoded in 64 bits; the cast spreads the sign of an `isize`.
macro_rules! full_writes {
    ($($name:ident($type:ty)),* $(,)?) => {$(
        #[inline]
        fn $name(&mut self, i: $type) {
            self.full(i as u64);
        }
    )*};
}

impl Hasher for Digest {
    fn finish(&self) -> u64 {
        let mut h = if self.count >= 4 {
            self.merged_lanes()
        } else {
            P5
        };
        h = h.wrapping_add(
            self.count
                .wrapping_mul(8)
                .wrapping_add(u64::from(self.part_bits / 8)),
        );
        for &word in &self.words[..self.held] {
            h = (h ^ round(0, word))
                .rotate_left(27)
                .wrapping_mul(P1)
                .wrapping_add(P4);
        }
        let (mut rest, mut bits) = (self.part, self.part_bits);
        if bits >= 32 {
            h ^= (rest & 0xFFFF_FFFF).wrapping_mul(P1);
            h = h.rotate_left(23).wrapping_mul(P2).wrapping_add(P3);
            (rest, bits) = (rest >> 32, bits - 32);
        }
        while bits > 0 {
            h = (h ^ (rest & 0xFF).wrapping_mul(P5))
                .rotate_left(11)
                .wrapping_mul(P1);
            (rest, bits) = (rest >> 8, bits - 8);
        }
        h = (h ^ (h >> 33)).wrapping_mul(P2);
        h = (h ^ (h >> 29)).wrapping_mul(P3);
        h ^ (h >> 32)
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut left = bytes;
        // Up to a stripe's beginning; all the way when the bytes lie across words.
        while self.part_bits != 0 || self.held != 0 {
            let Some((word, rest)) = left.split_first_chunk() else {
                break;
            };
            self.full(u64::from_le_bytes(*word));
            left = rest;
        }
        if self.part_bits == 0 && self.held == 0 {
            let (stripes, rest) = left.as_chunks::<32>();
            for stripe in stripes {
                let (words, _) = stripe.as_chunks();
                for (lane, word) in self.lanes.iter_mut().zip(words) {
                    *lane = round(*lane, u64::from_le_bytes(*word));
                }
            }
            self.count += 4 * stripes.len() as u64;
            left = rest;
        }
        let (words, rest) = left.as_chunks();
        words
            .iter()
            .for_each(|word| self.full(u64::from_le_bytes(*word)));
        rest.iter().for_each(|&byte| self.small(u64::from(byte), 8));
    }

    small_writes! {
        write_u8(u8: u8), write_u16(u16: u16), write_u32(u32: u32),
        write_i8(i8: u8), write_i16(i16: u16), write_i32(i32: u32),
    }

    full_writes! {
        write_u64(u64), write_usize(usize), write_i64(i64), write_isize(isize),
    }

    #[inline]
    fn write_u128(&mut self, i: u128) {
        self.full(i as u64);
        self.full((i >> 64) as u64);
    }

    #[inline]
    fn write_i128(&mut self, i: i128) {
        self.write_u128(i.cast_unsigned());
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
