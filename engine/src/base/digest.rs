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
        // What did not fit; when the word was filled exactly nothing is left over.
        let used = 64 - self.part_bits;
        self.part = value.checked_shr(used).unwrap_or(0);
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

#[inline]
fn word_of(bytes: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..bytes.len()].copy_from_slice(bytes);
    u64::from_le_bytes(word)
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
        while left.len() >= 8 && (self.part_bits != 0 || self.held != 0 || left.len() < 32) {
            self.full(word_of(&left[..8]));
            left = &left[8..];
        }
        if self.part_bits == 0 && self.held == 0 {
            let mut stripes = left.chunks_exact(32);
            for s in &mut stripes {
                self.stripe([&s[..8], &s[8..16], &s[16..24], &s[24..]].map(word_of));
                self.count += 4;
            }
            left = stripes.remainder();
        }
        let mut words = left.chunks_exact(8);
        for word in &mut words {
            self.full(word_of(word));
        }
        for &byte in words.remainder() {
            self.small(u64::from(byte), 8);
        }
    }

    #[inline]
    fn write_u8(&mut self, i: u8) {
        self.small(u64::from(i), 8);
    }
    #[inline]
    fn write_u16(&mut self, i: u16) {
        self.small(u64::from(i), 16);
    }
    #[inline]
    fn write_u32(&mut self, i: u32) {
        self.small(u64::from(i), 32);
    }
    #[inline]
    fn write_u64(&mut self, i: u64) {
        self.full(i);
    }
    #[inline]
    fn write_u128(&mut self, i: u128) {
        self.full(i as u64);
        self.full((i >> 64) as u64);
    }
    #[inline]
    fn write_usize(&mut self, i: usize) {
        self.full(i as u64);
    }
    #[inline]
    fn write_i8(&mut self, i: i8) {
        self.write_u8(i.cast_unsigned());
    }
    #[inline]
    fn write_i16(&mut self, i: i16) {
        self.write_u16(i.cast_unsigned());
    }
    #[inline]
    fn write_i32(&mut self, i: i32) {
        self.write_u32(i.cast_unsigned());
    }
    #[inline]
    fn write_i64(&mut self, i: i64) {
        self.full(i.cast_unsigned());
    }
    #[inline]
    fn write_i128(&mut self, i: i128) {
        self.write_u128(i.cast_unsigned());
    }
    #[inline]
    fn write_isize(&mut self, i: isize) {
        self.full((i as i64).cast_unsigned());
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
mod tests {
    use super::*;

    fn bytes(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i * 131 + i / 7) as u8).collect()
    }

    fn digest_of(parts: &[&[u8]]) -> u64 {
        let mut digest = Digest::new();
        parts.iter().for_each(|part| digest.write(part));
        digest.finish()
    }

    #[test]
    fn published_vectors_hold() {
        for (text, expected) in [
            ("", 0xEF46_DB37_51D8_E999),
            ("a", 0xD24E_C4F1_A98C_6E5B),
            ("abc", 0x44BC_2CF5_AD77_0999),
        ] {
            assert_eq!(Hex(digest_of(&[text.as_bytes()])), Hex(expected), "{text}");
        }
    }

    #[test]
    fn the_split_of_the_bytes_does_not_matter() {
        let all = bytes(203);
        let whole = digest_of(&[&all]);
        for cut in 0..all.len() {
            for second in [cut, (cut + 9).min(203), (cut + 70).min(203)] {
                let parts = [&all[..cut], &all[cut..second], &all[second..]];
                assert_eq!(digest_of(&parts), whole, "cut at {cut} and {second}");
            }
        }
    }

    #[test]
    fn numbers_are_their_little_endian_bytes() {
        let mut digest = Digest::new();
        digest.write_u8(0x01);
        digest.write_u16(0x0302);
        digest.write_u32(0x0706_0504);
        digest.write_u64(0x0F0E_0D0C_0B0A_0908);
        digest.write_i32(-2);
        digest.write_usize(5);
        digest.write_isize(-1);
        digest.write_u128(1);
        let mut expected: Vec<u8> = (1..16).collect();
        expected.extend((-2i32).to_le_bytes());
        expected.extend(5u64.to_le_bytes());
        expected.extend((-1i64).to_le_bytes());
        expected.extend(1u128.to_le_bytes());
        assert_eq!(digest.finish(), digest_of(&[&expected]));
    }

    #[test]
    fn each_bit_changes_the_digest() {
        let mut data = bytes(77);
        let before = digest_of(&[&data]);
        for bit in 0..data.len() * 8 {
            data[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(digest_of(&[&data]), before, "bit {bit}");
            data[bit / 8] ^= 1 << (bit % 8);
        }
    }
}
